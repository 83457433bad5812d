/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading comparisons, which may be damaged or hostile.
 *
 * R1  Every member that this library writes must be there, with its type and within its range; a
 *     name that occurs twice in an object is refused. Members that it does not know are ignored:
 *     what changes the meaning of others raises the format.
 * R2  The format comes first: of a newer one nothing else is read.
 * R3  Groups are strictly ascending by key, their rows sum up to those of the data, every group
 *     has one cell per approach, and correlations of every feature or none.
 * R4  Predictions are not in the file; everything else reads back as it was, but infinities, which
 *     become NaN.
 * R5  Memory is bounded by the size of the file: arrays are only made for members that are there.
 */

#include "compare/comparison_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/key.h"
#include "pack/json_reader.h"
#include "pack/names.h"

enum { KEY_COLUMNS_MAX = 16, CLASSES_MAX = 4096, APPROACHES_MAX = 64 };

static const char *
evaluation_name(int32_t evaluation)
{
    static const char *const names[] = {NULL, "cross", "nested"};

    return evaluation >= 0 && evaluation <= SEGML_EVALUATION_NESTED ? names[evaluation] : NULL;
}

/* sg_names_find() counts from 1, verdicts from 0. */
static const char *
verdict_name_from_1(int32_t verdict)
{
    return segml_verdict_name(verdict - 1);
}

static double
to_real(sg_json_reader *r, const json_t *value, const char *name)
{
    return json_is_null(value) ? (double)NAN : sg_json_to_number(r, value, name);
}

/* An array of numbers; null is NaN. */
static const double *
get_reals(sg_json_reader *r, const json_t *object, const char *name, int64_t *count)
{
    const json_t *array = sg_json_get_array(r, object, name);
    int64_t n = (int64_t)json_array_size(array);
    double *values = sg_json_take(r, n, sizeof *values);

    for (int64_t i = 0; i < n && r->rc == SEGML_OK; i++)
        values[i] = to_real(r, json_array_get(array, (size_t)i), name);
    *count = r->rc == SEGML_OK ? n : 0;
    return values;
}

static const segml_estimate *
read_estimates(sg_json_reader *r, const json_t *object, int64_t *count)
{
    json_t *estimates = json_object_get(object, "estimates");
    segml_estimate *out;
    const char *name;
    json_t *value;
    int64_t n = 0, numbers;

    if (!json_is_object(estimates))
        sg_json_refuse(r, "estimates", "is not an object");
    out = sg_json_take(r, (int64_t)json_object_size(estimates), sizeof *out);
    if (out == NULL)
        return NULL;
    json_object_foreach(estimates, name, value)
    {
        const double *v = get_reals(r, estimates, name, &numbers);

        if (r->rc == SEGML_OK && numbers != 6)
            sg_json_refuse(r, name, "does not have six numbers");
        if (r->rc < 0)
            return NULL;
        out[n].name = sg_arena_text(r->arena, name, strlen(name));
        if (out[n].name == NULL)
            r->rc = sg_fail_nomem(r->err);
        out[n].value = v[0];
        out[n].low = v[1];
        out[n].high = v[2];
        out[n].difference = v[3];
        out[n].difference_low = v[4];
        out[n].difference_high = v[5];
        n++;
    }
    *count = n;
    return out;
}

static void
read_cell(sg_json_reader *r, const json_t *object, segml_comparison_cell *cell, int is_group)
{
    cell->struct_size = sizeof *cell;
    if (is_group)
        cell->status = sg_json_get_name(r, object, "status", segml_group_status_name);
    cell->rounds = (int32_t)sg_json_get_integer(r, object, "rounds", INT32_MAX);
    cell->threshold = to_real(r, sg_json_get(r, object, "threshold"), "threshold");
    if (cell->threshold < 0 || cell->threshold > 1)
        sg_json_refuse(r, "threshold", "is not in [0, 1]");
    cell->message = sg_json_get_text(r, object, "message");
    cell->estimates = read_estimates(r, object, &cell->estimate_count);
    cell->metrics = sg_json_get_values(r, object, "metrics", 1, &cell->metric_count);
    cell->params = sg_json_get_values(r, object, "params", 0, &cell->param_count);
    cell->trials = get_reals(r, object, "trials", &cell->trial_count);
}

static void
read_group(sg_json_reader *r, const json_t *object, segml_comparison *c, int64_t at)
{
    segml_comparison_group *group = &c->group[at];
    const json_t *cells;
    int64_t correlations = 0;

    group->struct_size = sizeof *group;
    group->rows = sg_json_get_integer(r, object, "rows", INT64_MAX);
    group->verdict = sg_json_get_name(r, object, "verdict", verdict_name_from_1) - 1;
    group->correlations = get_reals(r, object, "correlations", &correlations);
    if (correlations == 0)
        group->correlations = NULL;
    else if (correlations != c->info.features)
        sg_json_refuse(r, "correlations", "does not have one value per feature");
    cells = sg_json_get_array(r, object, "cells");
    for (int64_t a = 0; a < c->info.approaches && r->rc == SEGML_OK; a++)
        read_cell(r, json_array_get(cells, (size_t)a), sg_comparison_cell(c, a, at),
                  at < c->info.groups);
}

static void
read_group_key(sg_json_reader *r, const json_t *object, segml_comparison *c, int64_t g)
{
    const json_t *array = sg_json_get_array(r, object, "key");
    segml_key *keys = sg_json_take(r, c->info.keys, sizeof *keys);

    if (r->rc == SEGML_OK && (int64_t)json_array_size(array) != c->info.keys)
        sg_json_refuse(r, "key", "does not have one value per column");
    for (int64_t k = 0; k < c->info.keys && r->rc == SEGML_OK; k++)
        sg_json_to_key(r, json_array_get(array, (size_t)k), c->key_type[k], &keys[k]);
    c->group[g].keys = keys;
    if (r->rc == SEGML_OK && g > 0 && sg_key_compare(c->group[g - 1].keys, keys, c->info.keys) >= 0)
        sg_json_refuse(r, "key", "is not above the one before");
}

/* That every cell is there as an object, before memory is taken for all of them. */
static void
check_cells(sg_json_reader *r, const json_t *group, int64_t approaches)
{
    const json_t *cells = sg_json_get_array(r, group, "cells");

    if (r->rc == SEGML_OK && (int64_t)json_array_size(cells) != approaches)
        sg_json_refuse(r, "cells", "does not have one object per approach");
    for (int64_t a = 0; a < approaches && r->rc == SEGML_OK; a++) {
        if (!json_is_object(json_array_get(cells, (size_t)a)))
            sg_json_refuse(r, "cells", "holds something that is not an object");
    }
}

static void
read_groups(sg_json_reader *r, const json_t *root, segml_comparison *c)
{
    const json_t *array = sg_json_get_array(r, root, "groups");
    int64_t rows = 0;

    c->info.groups = (int64_t)json_array_size(array);
    for (int64_t g = 0; g < c->info.groups && r->rc == SEGML_OK; g++)
        check_cells(r, json_array_get(array, (size_t)g), c->info.approaches);
    check_cells(r, sg_json_get(r, root, "overall"), c->info.approaches);
    c->group = sg_json_take(r, c->info.groups + 1, sizeof *c->group);
    c->cell = sg_json_take(r, (c->info.groups + 1) * c->info.approaches, sizeof *c->cell);
    for (int64_t g = 0; g < c->info.groups && r->rc == SEGML_OK; g++) {
        const json_t *object = json_array_get(array, (size_t)g);

        snprintf(r->where, sizeof r->where, "groups[%lld]", (long long)g);
        read_group_key(r, object, c, g);
        read_group(r, object, c, g);
        if (c->group[g].rows > c->info.rows - rows)
            sg_json_refuse(r, "rows", "has a sum that is not that of the data");
        rows += c->group[g].rows;
    }
    snprintf(r->where, sizeof r->where, "overall");
    if (r->rc == SEGML_OK)
        read_group(r, sg_json_get(r, root, "overall"), c, c->info.groups);
    if (r->rc == SEGML_OK && (rows != c->info.rows || c->group[c->info.groups].rows != rows))
        sg_json_refuse(r, "rows", "is not the sum over the groups");
}

static void
read_key_columns(sg_json_reader *r, const json_t *root, segml_comparison *c)
{
    const json_t *array = sg_json_get_array(r, root, "keys");
    int64_t count = (int64_t)json_array_size(array);

    if (r->rc == SEGML_OK && (count < 1 || count > KEY_COLUMNS_MAX))
        sg_json_refuse(r, "keys", "must name 1 to 16 columns");
    c->key_name = sg_json_take(r, count, sizeof *c->key_name);
    c->key_type = sg_json_take(r, count, sizeof *c->key_type);
    for (int64_t k = 0; k < count && r->rc == SEGML_OK; k++) {
        const json_t *object = json_array_get(array, (size_t)k);

        c->key_name[k] = sg_json_get_text(r, object, "name");
        c->key_type[k] = sg_json_get_name(r, object, "type", sg_names_key_type);
    }
    c->info.keys = count;
}

static void
read_format(sg_json_reader *r, const json_t *root)
{
    int64_t format = sg_json_get_integer(r, root, "format", INT32_MAX);
    const char *kind;

    if (r->rc == SEGML_OK && format > SG_COMPARISON_FORMAT)
        r->rc = sg_fail(r->err, SEGML_E_UNSUPPORTED,
                        "the comparison has format %d, this library reads formats up to %d; "
                        "a newer libsegml is needed",
                        (int)format, (int)SG_COMPARISON_FORMAT);
    kind = sg_json_get_text(r, root, "kind");
    if (kind != NULL && strcmp(kind, "comparison") != 0)
        sg_json_refuse(r, "kind", "is not \"comparison\"");
}

/* An index of an approach, or where it is allowed -1 for none. */
static int64_t
read_approach(sg_json_reader *r, const json_t *root, const char *name, int allow_none,
              int64_t approaches)
{
    const json_t *value = sg_json_get(r, root, name);

    if (allow_none && json_is_integer(value) && json_integer_value(value) == -1)
        return -1;
    return sg_json_get_integer(r, root, name, approaches - 1);
}

static void
read_info(sg_json_reader *r, const json_t *root, segml_comparison *c)
{
    segml_comparison_info *info = &c->info;
    int64_t least, most;

    info->struct_size = sizeof *info;
    info->library = sg_json_get_text(r, root, "library");
    info->engine = sg_json_get_text(r, root, "engine");
    info->task = sg_json_get_name(r, root, "task", segml_task_name);
    info->evaluation = sg_json_get_name(r, root, "evaluation", evaluation_name);
    info->label_name = sg_json_get_text(r, root, "label");
    c->class_name = sg_json_get_texts(r, root, "classes", &info->classes);
    info->seed = sg_json_get_seed(r, root, "seed");
    info->trials = (int32_t)sg_json_get_integer(r, root, "trials", INT32_MAX);
    info->folds = (int32_t)sg_json_get_integer(r, root, "folds", INT32_MAX);
    info->outer_folds = (int32_t)sg_json_get_integer(r, root, "outer_folds", INT32_MAX);
    info->outer_used = (int32_t)sg_json_get_integer(r, root, "outer_used", info->outer_folds);
    info->rows = sg_json_get_integer(r, root, "rows", INT32_MAX);
    info->scored = sg_json_get_integer(r, root, "scored", info->rows);
    c->feature = sg_json_get_texts(r, root, "features", &info->features);
    c->approach = sg_json_get_texts(r, root, "approaches", &info->approaches);
    if (r->rc == SEGML_OK && (info->approaches < 1 || info->approaches > APPROACHES_MAX))
        sg_json_refuse(r, "approaches", "must name 1 to 64");
    info->reference = read_approach(r, root, "reference", 0, info->approaches);
    info->best = read_approach(r, root, "best", 1, info->approaches);
    info->outputs = info->task == SEGML_TASK_MULTICLASS ? info->classes : 1;
    least = info->task == SEGML_TASK_BINARY || info->task == SEGML_TASK_MULTICLASS ? 2 : 0;
    most = info->task == SEGML_TASK_MULTICLASS ? CLASSES_MAX : least;
    if (r->rc == SEGML_OK && (info->classes < least || info->classes > most))
        sg_json_refuse(r, "classes", "do not fit the task");
}

int
sg_comparison_read(segml_comparison *c, const void *json, size_t size, segml_error *err)
{
    sg_json_reader r = {.arena = &c->arena, .err = err, .where = "comparison"};
    json_t *root;

    if (size > SG_COMPARISON_BYTES_MAX)
        return sg_fail(err, SEGML_E_LIMIT, "a comparison of %zu bytes; the limit is %d", size,
                       (int)SG_COMPARISON_BYTES_MAX);
    sg_json_begin(&r);
    root = sg_json_parse(&r, json, size);
    if (root != NULL) {
        read_format(&r, root);
        read_info(&r, root, c);
        read_key_columns(&r, root, c);
        read_groups(&r, root, c);
    }
    json_decref(root);
    sg_json_end(&r);
    return r.rc;
}

int
segml_comparison_open_memory(segml_comparison **out, const void *bytes, size_t size,
                             segml_error *err)
{
    segml_comparison *comparison;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (bytes == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "bytes is NULL");
    comparison = sg_alloc_zeroed(1, sizeof *comparison);
    if (comparison == NULL)
        return sg_fail_nomem(err);
    rc = sg_comparison_read(comparison, bytes, size, err);
    if (rc < 0)
        segml_comparison_free(comparison);
    else
        *out = comparison;
    return rc;
}

int
segml_comparison_open(segml_comparison **out, const char *path, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    sg_buf json = {.max = SG_COMPARISON_BYTES_MAX};
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path is NULL");
    rc = sg_file_read(&json, path, err);
    if (rc == SEGML_OK) {
        rc = segml_comparison_open_memory(out, json.bytes, json.size, &inner);
        if (rc < 0)
            sg_fail(err, rc, "%s: %s", path, inner.message);
    }
    sg_buf_clear(&json);
    return rc;
}

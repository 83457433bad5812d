/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writing comparisons.
 *
 * R1  Same comparison, same bytes: members stand in a fixed order, numbers read back to the same
 *     bits, nothing depends on locale, time or machine.
 * R2  One line per member of the object and per group, so that a difference of two files can be
 *     read.
 * R3  The seed is text, because JSON readers round numbers above 2^53.
 * R4  What is not finite becomes null; parameters must be finite.
 */

#include "compare/comparison_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/opts.h"
#include "pack/json_writer.h"
#include "pack/names.h"

enum { LINE_BREAK_DEPTH = 2 };

static void
write_estimates(sg_json_writer *w, const segml_comparison_cell *cell)
{
    sg_json_name(w, "estimates");
    sg_json_open(w, '{');
    for (int64_t i = 0; i < cell->estimate_count; i++) {
        const segml_estimate *e = &cell->estimates[i];
        const double numbers[] = {
            e->value, e->low, e->high, e->difference, e->difference_low, e->difference_high};

        sg_json_put_reals(w, e->name, numbers, sizeof numbers / sizeof *numbers);
    }
    sg_json_close(w, '}');
}

static void
write_cell(sg_json_writer *w, const segml_comparison_cell *cell)
{
    sg_json_open(w, '{');
    if (cell->status != 0)
        sg_json_put_text(w, "status", segml_group_status_name(cell->status));
    sg_json_put_integer(w, "rounds", cell->rounds);
    sg_json_name(w, "threshold");
    sg_json_real(w, cell->threshold);
    sg_json_put_text(w, "message", cell->message);
    write_estimates(w, cell);
    sg_json_put_values(w, "metrics", cell->metrics, cell->metric_count);
    for (int64_t i = 0; i < cell->param_count && w->rc == SEGML_OK; i++) {
        if (!isfinite(cell->params[i].value))
            w->rc = sg_fail(w->err, SEGML_E_INTERNAL, "%s is not a finite number",
                            cell->params[i].name);
    }
    sg_json_put_values(w, "params", cell->params, cell->param_count);
    sg_json_put_reals(w, "trials", cell->trials, cell->trial_count);
    sg_json_close(w, '}');
}

static void
write_group(sg_json_writer *w, const segml_comparison *c, int64_t at)
{
    const segml_comparison_group *group = &c->group[at];

    sg_json_open(w, '{');
    if (group->keys != NULL) {
        sg_json_name(w, "key");
        sg_json_open(w, '[');
        for (int64_t k = 0; k < c->info.keys; k++)
            sg_json_key(w, &group->keys[k]);
        sg_json_close(w, ']');
    }
    sg_json_put_integer(w, "rows", group->rows);
    sg_json_put_text(w, "verdict", segml_verdict_name(group->verdict));
    sg_json_put_reals(w, "correlations", group->correlations,
                      group->correlations != NULL ? c->info.features : 0);
    sg_json_name(w, "cells");
    sg_json_open(w, '[');
    for (int64_t a = 0; a < c->info.approaches; a++)
        write_cell(w, sg_comparison_cell(c, a, at));
    sg_json_close(w, ']');
    sg_json_close(w, '}');
}

static void
write_info(sg_json_writer *w, const segml_comparison *c)
{
    const segml_comparison_info *info = &c->info;
    char seed[24];

    snprintf(seed, sizeof seed, "%" PRIu64, info->seed);
    sg_json_put_integer(w, "format", SG_COMPARISON_FORMAT);
    sg_json_put_text(w, "kind", "comparison");
    sg_json_put_text(w, "library", info->library);
    sg_json_put_text(w, "engine", info->engine);
    sg_json_put_text(w, "task", segml_task_name(info->task));
    sg_json_put_text(w, "evaluation",
                     info->evaluation == SEGML_EVALUATION_NESTED ? "nested" : "cross");
    sg_json_put_text(w, "label", info->label_name);
    sg_json_put_texts(w, "classes", c->class_name, info->classes);
    sg_json_put_text(w, "seed", seed);
    sg_json_put_integer(w, "trials", info->trials);
    sg_json_put_integer(w, "folds", info->folds);
    sg_json_put_integer(w, "outer_folds", info->outer_folds);
    sg_json_put_integer(w, "outer_used", info->outer_used);
    sg_json_put_integer(w, "rows", info->rows);
    sg_json_put_integer(w, "scored", info->scored);
}

static void
write_key_columns(sg_json_writer *w, const segml_comparison *c)
{
    sg_json_name(w, "keys");
    sg_json_open(w, '[');
    for (int64_t k = 0; k < c->info.keys; k++) {
        sg_json_open(w, '{');
        sg_json_put_text(w, "name", c->key_name[k]);
        sg_json_put_text(w, "type", sg_names_key_type(c->key_type[k]));
        sg_json_close(w, '}');
    }
    sg_json_close(w, ']');
}

int
sg_comparison_write(sg_buf *json, const segml_comparison *c, segml_error *err)
{
    sg_json_writer w = {.out = json, .err = err, .break_depth = LINE_BREAK_DEPTH};

    sg_json_open(&w, '{');
    write_info(&w, c);
    sg_json_put_texts(&w, "features", c->feature, c->info.features);
    write_key_columns(&w, c);
    sg_json_put_texts(&w, "approaches", c->approach, c->info.approaches);
    sg_json_put_integer(&w, "reference", c->info.reference);
    sg_json_put_integer(&w, "best", c->info.best);
    sg_json_name(&w, "overall");
    write_group(&w, c, c->info.groups);
    sg_json_name(&w, "groups");
    sg_json_open(&w, '[');
    for (int64_t g = 0; g < c->info.groups && w.rc == SEGML_OK; g++)
        write_group(&w, c, g);
    sg_json_close(&w, ']');
    sg_json_close(&w, '}');
    return w.rc == SEGML_OK ? sg_buf_append(json, "\n", 1, err) : w.rc;
}

int
segml_comparison_save(const segml_comparison *comparison, const char *path,
                      const segml_save_options *options, segml_error *err)
{
    segml_save_options known;
    sg_buf json = {.max = SG_COMPARISON_BYTES_MAX};
    int rc;

    if (comparison == NULL || path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL",
                       comparison == NULL ? "comparison" : "path");
    rc = sg_opts_load(&known, sizeof known, options, "segml_save_options", err);
    if (rc == SEGML_OK)
        rc = sg_comparison_write(&json, comparison, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, json.bytes, json.size, known.overwrite > 0, err);
    sg_buf_clear(&json);
    return rc;
}

int
segml_comparison_save_memory(const segml_comparison *comparison, void *bytes, size_t capacity,
                             size_t *size, segml_error *err)
{
    sg_buf json = {.max = SG_COMPARISON_BYTES_MAX};
    int rc;

    if (comparison == NULL || size == NULL || (bytes == NULL && capacity > 0))
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL",
                       comparison == NULL ? "comparison"
                       : size == NULL     ? "size"
                                          : "bytes");
    *size = 0;
    rc = sg_comparison_write(&json, comparison, err);
    if (rc == SEGML_OK) {
        *size = json.size;
        if (json.size <= capacity)
            memcpy(bytes, json.bytes, json.size);
        else if (capacity > 0)
            rc = sg_fail(err, SEGML_E_ARGUMENT, "capacity is %zu; %zu bytes are needed", capacity,
                         json.size);
    }
    sg_buf_clear(&json);
    return rc;
}

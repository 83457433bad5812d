/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What segml.json says about a training apart from its models: columns, options, version, and
 * the constant that answers where no model does.
 *
 * Of the options, those that change results are stated, budgets and limits only where they were
 * given: two artifacts with equal options, versions and rows are equal. A space or a list of
 * points of the caller's own stands as the hash of its JSON.
 */

#include "train/describe.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/json_writer.h"
#include "segml/version.h"
#include "train/options.h"

/* Margins of the constant: smoothed base rate, or mean. */
static int
fill_constant(sg_manifest *m, const sg_run *run, segml_error *err)
{
    int64_t outputs = run->target.outputs, rows = run->dataset->rows, n = 0;
    float *margin = sg_arena_alloc(&m->arena, outputs, sizeof *margin);
    double *sum = sg_alloc_zeroed(outputs, sizeof *sum);
    double total = 0, scale;

    if (margin == NULL || sum == NULL) {
        sg_free(sum);
        return sg_fail_nomem(err);
    }
    for (int64_t i = 0; i < rows; i++) { /* by position: independent of the caller's order */
        double w = (double)sg_dataset_weight(run->dataset, run->row[i]);
        float label = run->target.label[run->row[i]];

        total += w;
        n += w > 0;
        sum[outputs > 1 ? (int64_t)label : 0] += outputs > 1 ? w : w * (double)label;
    }
    scale = total > 0 ? (double)n / total : 0; /* weights of mean 1 */
    for (int64_t k = 0; k < outputs; k++) {
        double s = sum[k] * scale, count = (double)n;

        margin[k] = (float)(run->target.task == SEGML_TASK_BINARY ? log((s + 1) / (count - s + 1))
                            : run->target.task == SEGML_TASK_MULTICLASS
                                ? log((s + 1) / (count + (double)outputs))
                            : run->target.task == SEGML_TASK_POISSON
                                ? log(fmax(n > 0 ? s / count : 0, 1e-6))
                            : n > 0 ? s / count
                                    : 0);
    }
    m->constant = margin;
    m->constant_count = outputs;
    sg_free(sum);
    return SEGML_OK;
}

static int
fill_columns(sg_manifest *m, const segml_dataset *dataset, segml_error *err)
{
    m->feature_count = dataset->features;
    m->features = sg_arena_alloc(&m->arena, m->feature_count, sizeof *m->features);
    m->key_count = dataset->key_count;
    m->keys = sg_arena_alloc(&m->arena, m->key_count, sizeof *m->keys);
    if (m->features == NULL || m->keys == NULL)
        return sg_fail_nomem(err);
    for (int64_t j = 0; j < m->feature_count; j++) {
        const sg_feature *feature = &dataset->feature[j];

        m->features[j] =
            (sg_manifest_feature){feature->name, feature->type, feature->has_values,
                                  feature->values, feature->has_values ? feature->categories : 0};
    }
    for (int64_t c = 0; c < m->key_count; c++)
        m->keys[c] =
            (sg_manifest_key){dataset->key_name[c], dataset->key_type[c], dataset->key_null[c]};
    return SEGML_OK;
}

/* Options under construction; the arena has room for the most there can be. */
typedef struct option_list {
    segml_value *values;
    int64_t count;
} option_list;

static void
add_option(option_list *list, const char *name, double value)
{
    list->values[list->count++] = (segml_value){name, value};
}

static void
add_given(option_list *list, const char *name, double value)
{
    if (value > 0)
        add_option(list, name, value);
}

/* Values that are named themselves: their names follow a prefix. */
static int
add_named(option_list *list, sg_arena *arena, const char *prefix, const segml_value *values,
          int64_t count)
{
    size_t length = strlen(prefix);

    for (int64_t i = 0; i < count; i++) {
        size_t size = strlen(values[i].name) + 1;
        char *name = sg_arena_alloc(arena, (int64_t)(length + size), 1);

        if (name == NULL)
            return SEGML_E_NOMEM;
        memcpy(name, prefix, length);
        memcpy(name + length, values[i].name, size);
        add_option(list, name, values[i].value);
    }
    return SEGML_OK;
}

static int
fill_options(sg_manifest *m, const sg_run *run, int search_cut, segml_error *err)
{
    enum { MOST_OPTIONS = 20 };
    static const char *const fold_names[] = {[SG_FOLD_GIVEN] = "folds_given",
                                             [SG_FOLD_GROUPED] = "folds_grouped",
                                             [SG_FOLD_ORDERED] = "folds_ordered"};
    const segml_train_options *options = &run->options;
    option_list list = {
        sg_arena_alloc(&m->arena, MOST_OPTIONS + options->param_count + options->monotone_count,
                       sizeof *list.values),
        0};
    int rc;

    if (list.values == NULL)
        return sg_fail_nomem(err);
    add_option(&list, "trials", options->trials);
    add_option(&list, "folds", options->folds);
    add_option(&list, "min_rows", (double)options->min_rows);
    add_option(&list, "search_rows", (double)options->search_rows);
    add_given(&list, "search_folds", options->search_folds);
    add_given(&list, "stop_folds", options->stop_folds);
    add_given(&list, "max_rounds", options->max_rounds);
    add_given(&list, "total_trials", (double)options->total_trials);
    add_given(&list, "group_rounds", (double)options->group_rounds);
    add_given(&list, "total_rounds", (double)options->total_rounds);
    add_given(&list, "group_seconds", options->group_seconds);
    add_given(&list, "total_seconds", options->total_seconds);
    if (m->task == SEGML_TASK_BINARY)
        add_given(&list, "threshold", options->threshold);
    add_given(&list, "search_cut", search_cut);
    add_given(&list, "parents", options->parents);
    if (run->dataset->fold_kind != SG_FOLD_DEALT)
        add_option(&list, fold_names[run->dataset->fold_kind], 1);
    rc = add_named(&list, &m->arena, "param.", options->params, options->param_count);
    if (rc == SEGML_OK)
        rc = add_named(&list, &m->arena, "monotone.", options->monotone, options->monotone_count);
    m->options = list.values;
    m->option_count = list.count;
    m->seed = options->seed;
    return rc == SEGML_OK ? rc : sg_fail_nomem(err);
}

static void
write_params(sg_json_writer *w, const segml_param_set *set)
{
    sg_json_open(w, '{');
    for (int64_t k = 0; k < set->count; k++) {
        sg_json_name(w, set->params[k].name);
        sg_json_real(w, set->params[k].value);
    }
    sg_json_close(w, '}');
}

static void
write_dimension(sg_json_writer *w, const segml_dimension *dimension)
{
    const double numbers[] = {dimension->kind,       dimension->logarithmic, dimension->low,
                              dimension->high,       dimension->step,        dimension->parent_low,
                              dimension->parent_high};

    sg_json_open(w, '[');
    sg_json_text(w, dimension->name, strlen(dimension->name));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sg_json_real(w, numbers[i]);
    for (int64_t i = 0; i < dimension->choice_count; i++)
        sg_json_real(w, dimension->choices[i]);
    if (dimension->parent != NULL)
        sg_json_text(w, dimension->parent, strlen(dimension->parent));
    sg_json_close(w, ']');
}

/* "default", or the hash of a space, or of points, of the caller's own. */
static int
name_own(const char **out, sg_arena *arena, const sg_json_writer *written)
{
    char hex[33];

    *out = "default";
    if (written->rc < 0 || written->out->size == 0)
        return written->rc;
    sg_hash_hex(hex, sg_hash_128(written->out->bytes, written->out->size));
    *out = sg_arena_text(arena, hex, 32);
    return *out != NULL ? SEGML_OK : sg_fail_nomem(written->err);
}

static int
fill_own(sg_manifest *m, const segml_train_options *options, const char **space,
         const char **points, segml_error *err)
{
    sg_buf text[2] = {{0}};
    sg_json_writer of_space = {.out = &text[0], .err = err};
    sg_json_writer of_points = {.out = &text[1], .err = err};
    int rc;

    for (int64_t i = 0; options->space != NULL && i < options->space_count; i++)
        write_dimension(&of_space, &options->space[i]);
    for (int64_t i = 0; options->points != NULL && i < options->point_count; i++)
        write_params(&of_points, &options->points[i]);
    rc = name_own(space, &m->arena, &of_space);
    if (rc == SEGML_OK)
        rc = name_own(points, &m->arena, &of_points);
    sg_buf_clear(&text[1]);
    sg_buf_clear(&text[0]);
    return rc;
}

static const char *
text_or(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static int
fill_option_texts(sg_manifest *m, const segml_train_options *options, segml_error *err)
{
    const char *space = NULL, *points = NULL;
    /* The kernel, which changes no model, is not told. */
    const char *engine = strchr(text_or(options->engine, "auto"), ':') != NULL
                             ? "native"
                             : text_or(options->engine, "auto");
    segml_text *copy;
    int rc = fill_own(m, options, &space, &points, err);
    const segml_text texts[] = {
        {"sampler", options->sample != NULL ? "own" : text_or(options->sampler, "tpe")},
        {"validation", text_or(options->validation, "holdout")},
        {"metric", text_or(options->metric, "loss")},
        {"pruner", text_or(options->pruner, "none")},
        {"space", space},
        {"points", points},
        {"engine", engine},
        {"tree_method", text_or(options->tree_method, "hist")},
        {"threshold_metric", text_or(options->threshold_metric, "f1")}};
    int64_t count = sizeof texts / sizeof *texts;

    if (rc < 0)
        return rc;
    count -= m->task != SEGML_TASK_BINARY || options->threshold > 0;
    copy = sg_arena_alloc(&m->arena, count, sizeof *copy);
    if (copy == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < count; i++) {
        copy[i].name = texts[i].name;
        copy[i].text = sg_arena_text(&m->arena, texts[i].text, strlen(texts[i].text));
        if (copy[i].text == NULL)
            return sg_fail_nomem(err);
    }
    m->option_texts = copy;
    m->option_text_count = count;
    return SEGML_OK;
}

int
sg_describe_training(sg_manifest *m, const sg_run *run, int search_cut, segml_error *err)
{
    int rc;

    m->format = SG_FORMAT_VERSION;
    m->library = SEGML_VERSION;
    m->task = run->target.task;
    m->fallback = sg_options_policy(&run->options);
    m->label_name = run->dataset->label_name;
    m->classes = run->target.class_names;
    m->class_count = run->target.class_count;
    rc = fill_columns(m, run->dataset, err);
    if (rc == SEGML_OK)
        rc = fill_options(m, run, search_cut, err);
    if (rc == SEGML_OK)
        rc = fill_option_texts(m, &run->options, err);
    return rc == SEGML_OK ? fill_constant(m, run, err) : rc;
}

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Export.
 *
 * Metrics are those of out-of-fold predictions as the model routes: a group's own where
 * it has a model, the global model's elsewhere. Rows that no model predicted out of fold
 * (no global model, or the first rows in time) have no metric and are left out of the
 * overall record.
 */

#include "train/export.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "metric/metric.h"
#include "pack/build.h"
#include "pack/manifest.h"
#include "segml/version.h"

static const double threshold = 0.5; /* until one is chosen by the data */

/* Values that a record has beside the metrics of its task. */
enum { OWN_VALUES = 8 };

/* What all records are scored with, by position. */
typedef struct labels {
    int32_t task;
    int64_t classes; /* margins per row */
    float *label;
    float *weight;     /* 0 also where the row has no out-of-fold prediction */
    float *unsearched; /* the same without the fold that the search was scored on */
} labels;

static int
collect_labels(labels *by_position, const sg_run *run, segml_error *err)
{
    int64_t rows = run->dataset->rows;

    by_position->task = run->target.task;
    by_position->classes = run->target.outputs;
    by_position->label = sg_alloc_array(rows, sizeof *by_position->label);
    by_position->weight = sg_alloc_array(rows, sizeof *by_position->weight);
    by_position->unsearched = sg_alloc_array(rows, sizeof *by_position->unsearched);
    if (by_position->label == NULL || by_position->weight == NULL ||
        by_position->unsearched == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < rows; i++)
        by_position->label[i] = run->target.label[run->row[i]];
    return SEGML_OK;
}

/* Rows that are scored together. */
typedef struct span {
    const float *margin; /* of all rows by position */
    int64_t first, rows;
} span;

/* Weighs the rows of a span as the out-of-fold predictions of one model count. */
static void
weigh(labels *all, const sg_run *run, span of, const sg_result *model)
{
    for (int64_t i = of.first; i < of.first + of.rows; i++) {
        float weight = sg_dataset_weight(run->dataset, run->row[i]);

        all->weight[i] = isnan(of.margin[i * all->classes]) ? 0 : weight;
        all->unsearched[i] = sg_result_searched(model, run->fold[i]) ? 0 : all->weight[i];
    }
}

/* The first metric once more, of the folds that the search did not see. */
static segml_value
unsearched_loss(const sg_scored *scored, const float *weight)
{
    sg_scored unseen = *scored;
    double loss;

    unseen.weight = weight;
    loss = sg_metric_loss(&unseen);
    switch (scored->task) {
    case SEGML_TASK_REGRESSION:
        return (segml_value){"rmse_unsearched", sqrt(loss)};
    case SEGML_TASK_POISSON:
        return (segml_value){"deviance_unsearched", loss};
    default:
        return (segml_value){"log_loss_unsearched", loss};
    }
}

/* Metrics of a span of rows, and the search's loss where there was one. */
static int
add_metrics(sg_manifest *m, sg_manifest_record *record, const labels *all, span of,
            const sg_result *result, segml_error *err)
{
    segml_value values[SG_METRIC_MAX + OWN_VALUES];
    sg_scored scored = {.task = all->task,
                        .rows = of.rows,
                        .classes = all->classes,
                        .margin = of.margin + of.first * all->classes,
                        .label = all->label + of.first,
                        .weight = all->weight + of.first,
                        .threshold = threshold};
    segml_value *copy;
    int64_t count;
    int rc = sg_metric_all(&scored, values, &count, err);

    if (rc < 0)
        return rc;
    values[count++] = unsearched_loss(&scored, all->unsearched + of.first);
    if (result != NULL && result->status == SEGML_GROUP_TRAINED)
        values[count++] = (segml_value){"search_loss", result->search_loss};
    copy = sg_arena_alloc(&m->arena, count, sizeof *copy);
    if (copy == NULL)
        return sg_fail_nomem(err);
    memcpy(copy, values, (size_t)count * sizeof *copy);
    record->metrics = copy;
    record->metric_count = count;
    return SEGML_OK;
}

static int
add_params(sg_manifest_record *record, sg_arena *arena, const sg_result *result, segml_error *err)
{
    const sg_fit_params *p = &result->params;
    const segml_value values[] = {{"learning_rate", p->learning_rate},
                                  {"max_depth", p->max_depth},
                                  {"max_leaves", p->max_leaves},
                                  {"min_child_weight", p->min_child_weight},
                                  {"subsample", p->subsample},
                                  {"colsample_bytree", p->colsample_bytree},
                                  {"reg_lambda", p->reg_lambda},
                                  {"reg_alpha", p->reg_alpha},
                                  {"gamma", p->gamma},
                                  {"max_delta_step", p->max_delta_step},
                                  {"max_bin", result->max_bin},
                                  {"max_cat_to_onehot", p->max_cat_to_onehot},
                                  {"base_score", p->base_score},
                                  {"seed", p->seed}};
    segml_value *copy = sg_arena_alloc(arena, sizeof values / sizeof *values, sizeof *copy);

    if (copy == NULL)
        return sg_fail_nomem(err);
    memcpy(copy, values, sizeof values);
    record->params = copy;
    record->param_count = sizeof values / sizeof *values;
    return SEGML_OK;
}

/* Status, message, rounds and parameters of a result. */
static int
fill_record(sg_manifest_record *record, sg_arena *arena, const sg_result *result, segml_error *err)
{
    const char *message = result->message != NULL ? result->message : "";

    record->status = result->status;
    record->message = sg_arena_text(arena, message, strlen(message));
    if (record->message == NULL)
        return sg_fail_nomem(err);
    if (result->status != SEGML_GROUP_TRAINED)
        return SEGML_OK;
    record->has_model = 1;
    record->rounds = result->rounds;
    return add_params(record, arena, result, err);
}

static int
fill_groups(sg_manifest *m, const sg_outcome *outcome, labels *all, segml_error *err)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    int rc = SEGML_OK;

    m->group_count = groups->count;
    m->groups = sg_arena_alloc(&m->arena, groups->count, sizeof *m->groups);
    if (m->groups == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups->count && rc == SEGML_OK; g++) {
        sg_manifest_record *record = &m->groups[g];
        const sg_result *result = &outcome->group[g];
        int own = result->status == SEGML_GROUP_TRAINED;
        span of = {own ? outcome->own : outcome->shared, groups->start[g],
                   sg_groups_rows(groups, g)};

        record->keys = groups->keys + g * groups->columns;
        record->rows = of.rows;
        record->content = run->content[g];
        rc = fill_record(record, &m->arena, result, err);
        if (rc < 0 || of.margin == NULL)
            continue;
        weigh(all, run, of, own ? result : outcome->global);
        rc = add_metrics(m, record, all, of, result, err);
    }
    return rc;
}

/* The rows of groups that have any out-of-fold prediction, moved to the front. */
static int64_t
route_margins(const sg_outcome *outcome, labels *all)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    size_t row_bytes = (size_t)run->target.outputs * sizeof(float);
    int64_t kept = 0;

    for (int64_t g = 0; g < groups->count; g++) {
        int64_t first = groups->start[g], rows = sg_groups_rows(groups, g);
        int own = outcome->group[g].status == SEGML_GROUP_TRAINED;
        const float *from = own ? outcome->own : outcome->shared;

        if (from == NULL)
            continue;
        weigh(all, run, (span){from, first, rows}, own ? &outcome->group[g] : outcome->global);
        memmove(outcome->own + kept * run->target.outputs, from + first * run->target.outputs,
                (size_t)rows * row_bytes);
        memmove(all->label + kept, all->label + first, (size_t)rows * sizeof *all->label);
        memmove(all->unsearched + kept, all->unsearched + first,
                (size_t)rows * sizeof *all->unsearched);
        memmove(all->weight + kept, all->weight + first, (size_t)rows * sizeof *all->weight);
        kept += rows;
    }
    return kept;
}

static int
fill_global(sg_manifest *m, const sg_outcome *outcome, labels *all, segml_error *err)
{
    const sg_run *run = outcome->run;
    size_t groups = (size_t)run->dataset->groups.count;
    span of = {outcome->shared, 0, run->dataset->rows};
    int rc;

    m->has_global = 1;
    m->global.rows = of.rows;
    m->global.content = sg_hash_128(run->content, groups * sizeof *run->content);
    rc = fill_record(&m->global, &m->arena, outcome->global, err);
    if (rc < 0)
        return rc;
    weigh(all, run, of, outcome->global);
    return add_metrics(m, &m->global, all, of, outcome->global, err);
}

/* The last to be filled: it moves margins and labels. */
static int
fill_overall(sg_manifest *m, const sg_outcome *outcome, labels *all, segml_error *err)
{
    int64_t rows = outcome->run->dataset->rows;
    const float *margin = outcome->own != NULL ? outcome->own : outcome->shared;

    m->overall.rows = rows;
    m->overall.message = "";
    if (outcome->own != NULL)
        rows = route_margins(outcome, all);
    if (rows == 0)
        return SEGML_OK;
    return add_metrics(m, &m->overall, all, (span){margin, 0, rows}, NULL, err);
}

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

static int
fill_options(sg_manifest *m, const sg_run *run, segml_error *err)
{
    static const char *const fold_names[] = {[SG_FOLD_GIVEN] = "folds_given",
                                             [SG_FOLD_GROUPED] = "folds_grouped",
                                             [SG_FOLD_ORDERED] = "folds_ordered"};
    const segml_train_options *options = &run->options;
    const segml_value values[] = {{"trials", options->trials},
                                  {"folds", options->folds},
                                  {"min_rows", (double)options->min_rows},
                                  {"search_rows", (double)options->search_rows}};
    int64_t count = sizeof values / sizeof *values;
    segml_value *copy = sg_arena_alloc(&m->arena, count + options->param_count + 1, sizeof *copy);

    if (copy == NULL)
        return sg_fail_nomem(err);
    memcpy(copy, values, sizeof values);
    if (run->dataset->fold_kind != SG_FOLD_DEALT)
        copy[count++] = (segml_value){fold_names[run->dataset->fold_kind], 1};
    for (int64_t i = 0; i < options->param_count; i++) {
        size_t size = strlen(options->params[i].name) + 1;
        char *name = sg_arena_alloc(&m->arena, (int64_t)size + 6, 1);

        if (name == NULL)
            return sg_fail_nomem(err);
        memcpy(name, "param.", 6);
        memcpy(name + 6, options->params[i].name, size);
        copy[count++] = (segml_value){name, options->params[i].value};
    }
    m->options = copy;
    m->option_count = count;
    m->seed = options->seed;
    return SEGML_OK;
}

static int
fill_versions(sg_manifest *m, const sg_engine *engine, segml_error *err)
{
    size_t name = strlen(engine->name), version = strlen(engine->version);
    char *text = sg_arena_alloc(&m->arena, (int64_t)(name + version) + 2, 1);

    if (text == NULL)
        return sg_fail_nomem(err);
    memcpy(text, engine->name, name);
    text[name] = ' ';
    memcpy(text + name + 1, engine->version, version);
    m->engine = text;
    m->library = SEGML_VERSION;
    return SEGML_OK;
}

static int
fill_manifest(sg_manifest *m, const sg_outcome *outcome, labels *all, segml_error *err)
{
    const sg_run *run = outcome->run;
    int rc;

    m->format = SG_FORMAT_VERSION;
    m->task = run->target.task;
    m->mode = outcome->mode;
    m->fallback = run->options.fallback;
    m->label_name = run->dataset->label_name;
    m->threshold = threshold;
    m->keys_as_features = outcome->keys_as_features;
    m->classes = run->target.class_names;
    m->class_count = run->target.class_count;
    m->has_unseen = outcome->unseen != NULL;
    m->unseen_rounds = m->has_unseen ? outcome->global->rounds : 0;
    rc = fill_columns(m, run->dataset, err);
    if (rc == SEGML_OK)
        rc = fill_options(m, run, err);
    if (rc == SEGML_OK)
        rc = fill_versions(m, run->engine, err);
    if (rc == SEGML_OK)
        rc = fill_constant(m, run, err);
    if (rc == SEGML_OK)
        rc = fill_groups(m, outcome, all, err);
    if (rc == SEGML_OK && outcome->global != NULL)
        rc = fill_global(m, outcome, all, err);
    if (rc == SEGML_OK)
        rc = fill_overall(m, outcome, all, err);
    return rc;
}

int
sg_export(sg_buf *artifact, sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    int64_t groups = run->dataset->groups.count;
    sg_manifest manifest = {.format = 0};
    sg_packed *packed = sg_alloc_zeroed(groups, sizeof *packed);
    labels all = {.label = NULL};
    int rc = packed != NULL ? collect_labels(&all, run, err) : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = fill_manifest(&manifest, outcome, &all, err);
    for (int64_t g = 0; g < groups && rc == SEGML_OK; g++)
        packed[g] = outcome->group[g].packed; /* lent: released by the results */
    if (rc == SEGML_OK)
        rc = sg_build_artifact(artifact, &manifest, packed,
                               outcome->global != NULL ? &outcome->global->packed : NULL,
                               outcome->unseen, err);
    sg_free(packed);
    sg_free(all.label);
    sg_free(all.weight);
    sg_free(all.unsearched);
    sg_manifest_clear(&manifest);
    return rc;
}

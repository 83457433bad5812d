/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scores.
 *
 * R1  Every row is predicted by a model that did not see it, the one that its group is routed
 *     to: its own where it has one, the global model elsewhere. Rows that no model predicted out
 *     of fold (no global model) count nowhere; a group of such rows has no metrics.
 * R2  Metrics that need a class use the threshold of the row's model, cross-fitted: see
 *     decision.c. f1_at_half is F1 at one half, as the original experiment reports it.
 * R3  The loss is given once more without the folds that the search was scored on, which has
 *     chosen its parameters there: the headline.
 * R4  Intervals are 95 % intervals over rows, widened because the folds' models share most of
 *     their rows (Nadeau and Bengio).
 */

#include "train/score.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "metric/binary.h"

/* Rows that are scored together, and the key of their random stream. */
typedef struct part {
    sg_scored scored;
    const float *unsearched;
    uint64_t key;
} part;

static void
add(segml_value *values, int64_t *count, const char *name, double value)
{
    values[(*count)++] = (segml_value){name, value};
}

/* R3 */
static void
add_unsearched_loss(const part *of, segml_value *values, int64_t *count)
{
    sg_scored unseen = of->scored;
    double loss;

    unseen.weight = of->unsearched;
    loss = sg_metric_loss(&unseen);
    if (unseen.task == SEGML_TASK_REGRESSION)
        add(values, count, "rmse_unsearched", sqrt(loss));
    else if (unseen.task == SEGML_TASK_POISSON)
        add(values, count, "deviance_unsearched", loss);
    else
        add(values, count, "log_loss_unsearched", loss);
}

static void
add_f1_at_half(const part *of, segml_value *values, int64_t *count)
{
    sg_scored half = of->scored;
    double sums[SG_SUM_SINGLE];

    if (half.task != SEGML_TASK_BINARY)
        return;
    half.threshold = 0.5;
    half.row_threshold = NULL;
    sg_sums_all(&half, NULL, sums);
    add(values, count, "f1_at_half", sg_binary_f1(sums, 1));
}

/* Names of the ends of an interval. */
static const struct bounds {
    const char *metric, *low, *high;
} bounds[] = {
    {"log_loss", "log_loss_low", "log_loss_high"},
    {"f1", "f1_low", "f1_high"},
    {"f1_macro", "f1_macro_low", "f1_macro_high"},
    {"accuracy", "accuracy_low", "accuracy_high"},
    {"rmse", "rmse_low", "rmse_high"},
    {"deviance", "deviance_low", "deviance_high"},
    {"mae", "mae_low", "mae_high"},
};

static void
add_bounds(const char *metric, const sg_interval *interval, segml_value *values, int64_t *count)
{
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        if (strcmp(bounds[i].metric, metric) != 0)
            continue;
        add(values, count, bounds[i].low, interval->low);
        add(values, count, bounds[i].high, interval->high);
    }
}

/* R4 */
static int
add_intervals(const sg_score *score, const part *of, segml_value *values, int64_t *count,
              segml_error *err)
{
    const segml_train_options *options = &score->outcome->run->options;
    double folds = options->folds;
    sg_interval_spec spec = {.seed = options->seed,
                             .group = of->key,
                             .widen = sqrt(1 + folds / (folds - 1)),
                             .row_threshold = of->scored.row_threshold};
    sg_interval intervals[SG_INTERVAL_MAX];
    const char *const *names;
    int32_t named = sg_interval_names(of->scored.task, &names);
    int rc = sg_interval_all(&of->scored, &spec, intervals, err);

    for (int32_t i = 0; i < named && rc == SEGML_OK; i++)
        add_bounds(names[i], &intervals[i], values, count);
    return rc;
}

/* How the winner of the search did on the rows that it was chosen on. */
static void
add_search(const sg_result *result, segml_value *values, int64_t *count)
{
    const segml_value found[] = {{"search_loss", result->search_loss},
                                 {"search_loss_corrected", result->search_loss_corrected},
                                 {"search_f1", result->search_f1},
                                 {"search_f1_corrected", result->search_f1_corrected}};

    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        if (result->status == SEGML_GROUP_TRAINED && !isnan(found[i].value))
            values[(*count)++] = found[i];
    }
}

static int
add_over_groups(const sg_score *score, segml_value *values, int64_t *count, segml_error *err)
{
    const sg_groups *groups = &score->outcome->run->dataset->groups;
    const sg_metric_groups all = {.scored = &score->routed,
                                  .start = groups->start,
                                  .groups = groups->count,
                                  .row_threshold = score->routed.row_threshold};
    int64_t added = 0;
    int rc = sg_metric_over_groups(&all, values + *count, &added, err);

    *count += added;
    return rc;
}

static int
score_part(const sg_score *score, const part *of, segml_value *values, int64_t *count,
           segml_error *err)
{
    int rc = sg_metric_all(&of->scored, values, count, err);

    if (rc < 0)
        return rc;
    add_unsearched_loss(of, values, count);
    add_f1_at_half(of, values, count);
    return add_intervals(score, of, values, count, err);
}

/* The rows of a group, as routed. */
static part
part_of_group(const sg_score *score, int64_t g)
{
    const sg_groups *groups = &score->outcome->run->dataset->groups;
    int64_t first = groups->start[g];
    part of = {score->routed, score->unsearched + first, groups->hashes[g].low};

    of.scored.rows = sg_groups_rows(groups, g);
    of.scored.margin += first * of.scored.classes;
    of.scored.label += first;
    of.scored.weight += first;
    if (of.scored.row_threshold != NULL)
        of.scored.row_threshold += first;
    return of;
}

int
sg_score_record(const sg_score *score, int64_t index, segml_value *values, int64_t *count,
                segml_error *err)
{
    const sg_outcome *outcome = score->outcome;
    const sg_result *result = NULL;
    part of = {score->routed, score->unsearched, 0};
    int rc;

    *count = 0;
    if (index >= 0) {
        result = &outcome->group[index];
        if (result->status != SEGML_GROUP_TRAINED && outcome->shared == NULL)
            return SEGML_OK;
        of = part_of_group(score, index);
    } else if (!score->predicted) {
        return SEGML_OK;
    } else if (index == SEGML_GROUP_INDEX_GLOBAL) {
        result = outcome->global;
        of.scored = score->shared;
    }
    rc = score_part(score, &of, values, count, err);
    if (rc == SEGML_OK && result != NULL)
        add_search(result, values, count);
    if (rc == SEGML_OK && index == SEGML_GROUP_INDEX_OVERALL)
        rc = add_over_groups(score, values, count, err);
    return rc;
}

/* R1: fills up the margins of own models; rows without any prediction get weight 0. */
static void
route_margins(sg_score *score, sg_outcome *outcome)
{
    const sg_groups *groups = &outcome->run->dataset->groups;
    int64_t outputs = outcome->run->target.outputs;

    for (int64_t g = 0; outcome->own != NULL && g < groups->count; g++) {
        int64_t first = groups->start[g], rows = sg_groups_rows(groups, g);
        float *to = outcome->own + first * outputs;
        size_t bytes = (size_t)(rows * outputs) * sizeof *to;

        if (outcome->group[g].status == SEGML_GROUP_TRAINED)
            continue;
        if (outcome->shared != NULL) {
            memcpy(to, outcome->shared + first * outputs, bytes);
            continue;
        }
        memset(to, 0, bytes);
        for (int64_t i = first; i < first + rows; i++)
            score->weight[i] = score->unsearched[i] = 0;
    }
}

static void
collect_rows(sg_score *score, const sg_run *run)
{
    int32_t searched = run->options.search_folds > 1 ? run->options.search_folds : 1;

    for (int64_t i = 0; i < run->dataset->rows; i++) {
        float weight = sg_dataset_weight(run->dataset, run->row[i]);

        score->label[i] = run->target.label[run->row[i]];
        score->weight[i] = weight;
        score->unsearched[i] = run->fold[i] < searched ? 0 : weight;
    }
}

static int
decide(sg_score *score, const sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    const char *metric = run->options.threshold_metric;
    uint8_t *own = sg_alloc_array(groups->count, sizeof *own);
    sg_decision_input input = {
        .routed = &score->routed,
        .shared = &score->shared,
        .fold = run->fold,
        .folds = run->options.folds,
        .goal = metric != NULL && strcmp(metric, "mcc") == 0 ? SG_THRESHOLD_MCC : SG_THRESHOLD_F1,
        .fixed = run->options.threshold,
        .start = groups->start,
        .own = own,
        .groups = groups->count};
    int rc;

    if (own == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups->count; g++)
        own[g] = outcome->group[g].status == SEGML_GROUP_TRAINED;
    rc = sg_decision_make(&score->decision, &input, err);
    score->routed.row_threshold = score->decision.row;
    score->shared.row_threshold = score->decision.shared_row;
    sg_free(own);
    return rc;
}

int
sg_score_prepare(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    int64_t rows = run->dataset->rows;

    score->outcome = outcome;
    score->label = sg_alloc_array(rows, sizeof *score->label);
    score->weight = sg_alloc_array(rows, sizeof *score->weight);
    score->unsearched = sg_alloc_array(rows, sizeof *score->unsearched);
    if (score->label == NULL || score->weight == NULL || score->unsearched == NULL)
        return sg_fail_nomem(err);
    collect_rows(score, run);
    route_margins(score, outcome);
    for (int64_t i = 0; i < rows; i++)
        score->predicted = score->predicted || score->weight[i] > 0;
    score->shared = (sg_scored){.task = run->target.task,
                                .rows = rows,
                                .classes = run->target.outputs,
                                .margin = outcome->shared,
                                .label = score->label,
                                .weight = score->weight,
                                .threshold = 0.5};
    score->routed = score->shared;
    if (outcome->own != NULL)
        score->routed.margin = outcome->own;
    return run->target.task == SEGML_TASK_BINARY ? decide(score, outcome, err) : SEGML_OK;
}

void
sg_score_clear(sg_score *score)
{
    sg_decision_clear(&score->decision);
    sg_free(score->label);
    sg_free(score->weight);
    sg_free(score->unsearched);
    *score = (sg_score){.label = NULL};
}

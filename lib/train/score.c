/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scores.
 *
 * R1  Every row is predicted by a model that did not see it, the one that its group is routed
 *     to: its own where it has one, the global model elsewhere. Rows without such a prediction
 *     (no global model, or a margin that is NaN) count nowhere; a group without a model that
 *     answers has no metrics.
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

/* Groups that are one task, and the most values of a record. */
enum {
    GROUPS_PER_TASK = 16,
    MOST_VALUES = SG_METRIC_MAX + 2 * SG_INTERVAL_MAX + SG_METRIC_GROUPS_MAX + 10
};

/* Rows that are scored together, and the key of their random stream. */
typedef struct part {
    sg_scored scored;
    const double *row_threshold; /* of binary */
    const float *unsearched;
    uint64_t key;
} part;

static void
add(segml_value *values, int64_t *count, const char *name, double value)
{
    values[(*count)++] = (segml_value){name, value};
}

/* R3 */
static const char *
unsearched_name(int32_t task)
{
    return task == SEGML_TASK_REGRESSION ? "rmse_unsearched"
           : task == SEGML_TASK_POISSON  ? "deviance_unsearched"
                                         : "log_loss_unsearched";
}

static void
add_unsearched_loss(const part *of, segml_value *values, int64_t *count)
{
    sg_scored unseen = of->scored;
    double loss;

    unseen.weight = of->unsearched;
    loss = sg_metric_loss(&unseen);
    add(values, count, unsearched_name(unseen.task),
        unseen.task == SEGML_TASK_REGRESSION ? sqrt(loss) : loss);
}

static void
add_f1_at_half(const part *of, segml_value *values, int64_t *count)
{
    sg_scored half = of->scored;
    double sums[SG_SUM_SINGLE];

    if (half.task != SEGML_TASK_BINARY)
        return;
    half.threshold = 0.5;
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
    {"log_loss_unsearched", "log_loss_unsearched_low", "log_loss_unsearched_high"},
    {"rmse_unsearched", "rmse_unsearched_low", "rmse_unsearched_high"},
    {"deviance_unsearched", "deviance_unsearched_low", "deviance_unsearched_high"},
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
                             .row_threshold = of->row_threshold};
    sg_interval intervals[SG_INTERVAL_MAX];
    sg_scored unseen = of->scored;
    const char *const *names;
    int32_t named = sg_interval_names(of->scored.task, &names);
    int rc = sg_interval_all(&of->scored, &spec, intervals, err);

    for (int32_t i = 0; i < named && rc == SEGML_OK; i++)
        add_bounds(names[i], &intervals[i], values, count);
    if (rc < 0)
        return rc;
    unseen.weight = of->unsearched;
    rc = sg_interval_all(&unseen, &spec, intervals, err); /* the first one is the loss's */
    if (rc == SEGML_OK)
        add_bounds(unsearched_name(unseen.task), &intervals[0], values, count);
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
                                  .row_threshold = score->decision.row};
    int64_t added = 0;
    int rc = sg_metric_over_groups(&all, values + *count, &added, err);

    *count += added;
    return rc;
}

static int
score_part(const sg_score *score, const part *of, segml_value *values, int64_t *count,
           segml_error *err)
{
    int rc = sg_metric_all_at(&of->scored, of->row_threshold, values, count, err);

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
    part of = {score->routed, NULL, score->unsearched + first, groups->hashes[g].low};

    of.scored.rows = sg_groups_rows(groups, g);
    of.scored.margin += first * of.scored.classes;
    of.scored.label += first;
    of.scored.weight += first;
    if (score->decision.row != NULL)
        of.row_threshold = score->decision.row + first;
    return of;
}

/* Metrics of a record: index of a group, SEGML_GROUP_INDEX_GLOBAL or _OVERALL. */
static int
score_record(const sg_score *score, int64_t index, segml_value *values, int64_t *count,
             segml_error *err)
{
    const sg_outcome *outcome = score->outcome;
    const sg_result *result = NULL;
    part of = {score->routed, score->decision.row, score->unsearched, 0};
    int rc;

    if (index >= 0) {
        result = &outcome->group[index];
        of = part_of_group(score, index);
    } else if (index == SEGML_GROUP_INDEX_GLOBAL) {
        result = outcome->global;
        of.scored = score->shared;
        of.row_threshold = score->decision.shared_row;
        of.unsearched = score->shared_unsearched;
    }
    rc = score_part(score, &of, values, count, err);
    if (rc == SEGML_OK && result != NULL)
        add_search(result, values, count);
    if (rc == SEGML_OK && index == SEGML_GROUP_INDEX_OVERALL)
        rc = add_over_groups(score, values, count, err);
    return rc;
}

static int
keep_record(const sg_score *score, int64_t index, sg_score_values *out, segml_error *err)
{
    segml_value values[MOST_VALUES];
    int64_t count = 0;
    int rc = score_record(score, index, values, &count, err);

    if (rc < 0)
        return rc;
    out->values = sg_alloc_copy(values, (size_t)count * sizeof *values);
    if (out->values == NULL)
        return sg_fail_nomem(err);
    out->count = count;
    return SEGML_OK;
}

static int
decide_group(sg_score *score, int64_t g, segml_error *err)
{
    return score->routed.task == SEGML_TASK_BINARY
               ? sg_decision_group(&score->decision, &score->input, g, err)
               : SEGML_OK;
}

static int
score_group(sg_score *score, int64_t g, segml_error *err)
{
    int rc;

    if (!score->own[g] && score->shared.margin == NULL)
        return SEGML_OK;
    rc = decide_group(score, g, err);
    return rc == SEGML_OK ? keep_record(score, g, &score->group[g], err) : rc;
}

typedef struct group_task {
    sg_score *score;
    int64_t first, end;
} group_task;

static int
run_task(sg_pool *pool, void *argument, segml_error *err)
{
    const group_task *task = argument;
    int rc = SEGML_OK;

    for (int64_t g = task->first; g < task->end && rc == SEGML_OK && !sg_pool_stopping(pool); g++)
        rc = score_group(task->score, g, err);
    return rc;
}

/* Training is over: there is nothing to tell, and it is too late to cancel. */
static int
go_on(void *user)
{
    (void)user;
    return 0;
}

static int
score_groups(sg_score *score, segml_error *err)
{
    const sg_run *run = score->outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    int64_t tasks = (groups->count + GROUPS_PER_TASK - 1) / GROUPS_PER_TASK;
    int32_t workers = run->options.jobs < tasks ? run->options.jobs : (int32_t)tasks;
    group_task *task = sg_alloc_array(tasks, sizeof *task);
    sg_pool *pool = NULL;
    int rc = task != NULL ? sg_pool_create(&pool, err) : sg_fail_nomem(err);

    for (int64_t t = 0; t < tasks && rc == SEGML_OK; t++) {
        int64_t first = t * GROUPS_PER_TASK, end = first + GROUPS_PER_TASK;

        task[t] = (group_task){score, first, end < groups->count ? end : groups->count};
        rc = sg_pool_submit(pool,
                            (sg_task){(double)(groups->start[task[t].end] - groups->start[first]),
                                      run_task, &task[t]},
                            err);
    }
    if (rc == SEGML_OK && tasks > 0)
        rc = sg_pool_run(pool, workers, go_on, NULL, err);
    sg_pool_free(pool);
    sg_free(task);
    return rc;
}

/* Weights of rows as the predictions of one model count; NaN = none. */
static void
weigh(const sg_run *run, const float *margin, const sg_result *model, const int64_t span[2],
      float *weight, float *unsearched)
{
    for (int64_t i = span[0]; i < span[1]; i++) {
        weight[i] = sg_dataset_weight(run->dataset, run->row[i]);
        if (margin == NULL || isnan(margin[i * run->target.outputs]))
            weight[i] = 0;
        unsearched[i] = model != NULL && sg_result_searched(model, run->fold[i]) ? 0 : weight[i];
    }
}

/* R1: fills up the margins of own models with the shared ones, or with zeros of weight 0. */
static void
route_rows(sg_score *score, sg_outcome *outcome)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    int64_t outputs = run->target.outputs;

    for (int64_t g = 0; g < groups->count; g++) {
        const int64_t span[2] = {groups->start[g], groups->start[g + 1]};
        const float *from = score->own[g] ? outcome->own : outcome->shared;
        size_t bytes = (size_t)((span[1] - span[0]) * outputs) * sizeof *from;

        weigh(run, from, score->own[g] ? &outcome->group[g] : outcome->global, span, score->weight,
              score->unsearched);
        if (score->own[g] || outcome->own == NULL)
            continue;
        if (from != NULL)
            memcpy(outcome->own + span[0] * outputs, from + span[0] * outputs, bytes);
        else
            memset(outcome->own + span[0] * outputs, 0, bytes);
    }
}

static int
collect_rows(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    const int64_t all[2] = {0, run->dataset->rows};
    float **columns[] = {&score->label, &score->weight, &score->unsearched, &score->shared_weight,
                         &score->shared_unsearched};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        *columns[i] = sg_alloc_array(all[1], sizeof(float));
        if (*columns[i] == NULL)
            return sg_fail_nomem(err);
    }
    for (int64_t i = 0; i < all[1]; i++)
        score->label[i] = run->target.label[run->row[i]];
    route_rows(score, outcome);
    weigh(run, outcome->shared, outcome->global, all, score->shared_weight,
          score->shared_unsearched);
    return SEGML_OK;
}

/* Thresholds of all rows together; those of groups follow with their scores. */
static int
decide(sg_score *score, const sg_run *run, segml_error *err)
{
    const sg_groups *groups = &run->dataset->groups;
    const char *metric = run->options.threshold_metric;

    score->input = (sg_decision_input){
        .routed = &score->routed,
        .shared = &score->shared,
        .fold = run->fold,
        .folds = run->options.folds,
        .goal = metric != NULL && strcmp(metric, "mcc") == 0 ? SG_THRESHOLD_MCC : SG_THRESHOLD_F1,
        .fixed = run->options.threshold,
        .start = groups->start,
        .own = score->own,
        .groups = groups->count};
    return sg_decision_make(&score->decision, &score->input, err);
}

static int
prepare(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    int64_t rows = run->dataset->rows, groups = run->dataset->groups.count;
    int rc;

    score->outcome = outcome;
    score->own = sg_alloc_array(groups, sizeof *score->own);
    score->group = sg_alloc_zeroed(groups, sizeof *score->group);
    if (score->own == NULL || score->group == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups; g++)
        score->own[g] = outcome->group[g].status == SEGML_GROUP_TRAINED;
    rc = collect_rows(score, outcome, err);
    if (rc < 0)
        return rc;
    score->shared = (sg_scored){.task = run->target.task,
                                .rows = rows,
                                .classes = run->target.outputs,
                                .margin = outcome->shared,
                                .label = score->label,
                                .weight = score->shared_weight,
                                .threshold = 0.5};
    score->routed = score->shared;
    score->routed.weight = score->weight;
    if (outcome->own != NULL)
        score->routed.margin = outcome->own;
    return run->target.task == SEGML_TASK_BINARY ? decide(score, run, err) : SEGML_OK;
}

/* Whether a model predicts any row. */
static int
predicts(const sg_score *score)
{
    int any = score->shared.margin != NULL;

    for (int64_t g = 0; g < score->outcome->run->dataset->groups.count; g++)
        any = any || score->own[g];
    return any;
}

int
sg_score_decide(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    int64_t groups = outcome->run->dataset->groups.count;
    int rc = prepare(score, outcome, err);

    for (int64_t g = 0; g < groups && rc == SEGML_OK; g++)
        rc = decide_group(score, g, err);
    return rc;
}

int
sg_score_make(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    int rc = prepare(score, outcome, err);

    if (rc == SEGML_OK)
        rc = score_groups(score, err);
    if (rc == SEGML_OK && outcome->global != NULL)
        rc = keep_record(score, SEGML_GROUP_INDEX_GLOBAL, &score->global, err);
    if (rc == SEGML_OK && predicts(score)) /* after the groups' thresholds */
        rc = keep_record(score, SEGML_GROUP_INDEX_OVERALL, &score->overall, err);
    return rc;
}

void
sg_score_clear(sg_score *score)
{
    int64_t groups = score->group != NULL ? score->outcome->run->dataset->groups.count : 0;

    for (int64_t g = 0; g < groups; g++)
        sg_free(score->group[g].values);
    sg_free(score->group);
    sg_free(score->global.values);
    sg_free(score->overall.values);
    sg_decision_clear(&score->decision);
    sg_free(score->own);
    sg_free(score->label);
    sg_free(score->weight);
    sg_free(score->shared_weight);
    sg_free(score->unsearched);
    sg_free(score->shared_unsearched);
    *score = (sg_score){.label = NULL};
}

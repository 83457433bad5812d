/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scores.
 *
 * R1  Every row is predicted by a model that did not see it, the one that its group is routed
 *     to: its own where it has one, else by the fallback policy its parent of most key columns
 *     that has one, else the global model. Rows without such a prediction (no such model, or a
 *     margin that is NaN) count nowhere; a group without a model that answers has no metrics.
 * R2  Metrics that need a class use the threshold of the row's model, cross-fitted: see
 *     decision.c.
 * R3  Parents come before groups, which inherit their thresholds (score_parents.c).
 */

#include "train/score.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/manifest.h"
#include "train/options.h"

enum { GROUPS_PER_TASK = 16 };

sg_score_part
sg_score_part_of(const sg_score *score)
{
    const segml_train_options *options = &score->outcome->run->options;

    return (sg_score_part){.scored = score->routed,
                           .row_threshold = score->decision.row,
                           .unsearched = score->unsearched,
                           .seed = options->seed,
                           .folds = options->folds};
}

/* Whether a model predicts the rows of a group out of fold. */
static int
is_answered(const sg_score *score, int64_t g)
{
    return score->own[g] || score->parent_of[g] >= 0 ||
           (score->shared_answers && score->shared.margin != NULL);
}

static int
decide_group(sg_score *score, int64_t g, segml_error *err)
{
    return score->routed.task == SEGML_TASK_BINARY
               ? sg_decision_group(&score->decision, &score->input, g, err)
               : SEGML_OK;
}

/* The rows of a group, as routed. */
static int
score_group(sg_score *score, int64_t g, segml_error *err)
{
    const sg_groups *groups = &score->outcome->run->dataset->groups;
    sg_score_part part = sg_score_part_of(score);
    int64_t first = groups->start[g];
    int rc;

    if (!is_answered(score, g))
        return SEGML_OK;
    rc = decide_group(score, g, err);
    if (rc < 0)
        return rc;
    part.scored.rows = sg_groups_rows(groups, g);
    part.scored.margin += first * part.scored.classes;
    part.scored.label += first;
    part.scored.weight += first;
    part.unsearched += first;
    part.key = groups->hashes[g].low;
    part.result = &score->outcome->group[g];
    if (part.row_threshold != NULL)
        part.row_threshold += first;
    return sg_score_part_keep(&score->group[g], &part, err);
}

static int
score_global(sg_score *score, segml_error *err)
{
    sg_score_part part = sg_score_part_of(score);

    part.scored = score->shared;
    part.row_threshold = score->decision.shared_row;
    part.unsearched = score->shared_unsearched;
    part.result = score->outcome->global;
    return sg_score_part_keep(&score->global, &part, err);
}

static int
score_overall(sg_score *score, segml_error *err)
{
    const sg_groups *groups = &score->outcome->run->dataset->groups;
    const sg_metric_groups all = {.scored = &score->routed,
                                  .start = groups->start,
                                  .groups = groups->count,
                                  .row_threshold = score->decision.row};
    sg_score_part part = sg_score_part_of(score);

    part.groups = &all;
    return sg_score_part_keep(&score->overall, &part, err);
}

/* Records that are scored side by side: groups, or parents. */
typedef struct many {
    sg_score *score;
    int64_t count, per_task;
    int (*one)(sg_score *score, int64_t index, segml_error *err);
    double (*rows)(const sg_score *score, int64_t index);
} many;

typedef struct many_task {
    const many *all;
    int64_t first, end;
} many_task;

static double
rows_of_group(const sg_score *score, int64_t g)
{
    return (double)sg_groups_rows(&score->outcome->run->dataset->groups, g);
}

static double
rows_of_parent(const sg_score *score, int64_t p)
{
    return (double)score->outcome->parents->parent[p].rows;
}

static int
run_task(sg_pool *pool, void *argument, segml_error *err)
{
    const many_task *task = argument;
    int rc = SEGML_OK;

    for (int64_t i = task->first; i < task->end && rc == SEGML_OK && !sg_pool_stopping(pool); i++)
        rc = task->all->one(task->all->score, i, err);
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
score_many(const many *all, segml_error *err)
{
    int32_t jobs = all->score->outcome->run->options.jobs;
    int64_t tasks = (all->count + all->per_task - 1) / all->per_task;
    int32_t workers = jobs < tasks ? jobs : (int32_t)tasks;
    many_task *task = sg_alloc_array(tasks, sizeof *task);
    sg_pool *pool = NULL;
    int rc = task != NULL ? sg_pool_create(&pool, err) : sg_fail_nomem(err);

    for (int64_t t = 0; t < tasks && rc == SEGML_OK; t++) {
        int64_t first = t * all->per_task, end = first + all->per_task;
        double rows = 0;

        end = end < all->count ? end : all->count;
        for (int64_t i = first; i < end; i++)
            rows += all->rows(all->score, i);
        task[t] = (many_task){all, first, end};
        rc = sg_pool_submit(pool, (sg_task){rows, run_task, &task[t]}, err);
    }
    if (rc == SEGML_OK && tasks > 0)
        rc = sg_pool_run(pool, workers, go_on, NULL, err);
    sg_pool_free(pool);
    sg_free(task);
    return rc;
}

static int
score_groups(sg_score *score, segml_error *err)
{
    const many groups = {score, score->outcome->run->dataset->groups.count, GROUPS_PER_TASK,
                         score_group, rows_of_group};

    return score_many(&groups, err);
}

/* Each is a task of its own: they can be large. */
static int
score_parents(sg_score *score, segml_error *err)
{
    const sg_parents *parents = score->outcome->parents;
    const many all = {score, parents != NULL ? parents->count : 0, 1, sg_score_parent,
                      rows_of_parent};

    return all.count > 0 ? score_many(&all, err) : SEGML_OK;
}

void
sg_score_weigh(const sg_run *run, const sg_score_weights *w)
{
    for (int64_t i = 0; i < w->rows; i++) {
        w->weight[i] = sg_dataset_weight(run->dataset, run->row[w->first + i]);
        if (w->margin == NULL || isnan(w->margin[i * run->target.outputs]))
            w->weight[i] = 0;
        w->unsearched[i] = w->model != NULL && sg_result_searched(w->model, run->fold[w->first + i])
                               ? 0
                               : w->weight[i];
    }
}

/* R1: the model that answers for a group, and its margins. */
static sg_score_weights
answer_of(const sg_score *score, int64_t g)
{
    const sg_outcome *outcome = score->outcome;
    const sg_groups *groups = &outcome->run->dataset->groups;
    int64_t first = groups->start[g], outputs = outcome->run->target.outputs;
    sg_score_weights answer = {NULL,
                               NULL,
                               first,
                               sg_groups_rows(groups, g),
                               score->weight + first,
                               score->unsearched + first};

    if (score->own[g]) {
        answer.model = &outcome->group[g];
        answer.margin = outcome->own + first * outputs;
    } else if (score->parent_of[g] >= 0) {
        const sg_parent *parent = &outcome->parents->parent[score->parent_of[g]];

        answer.model = &parent->result;
        answer.margin = parent->margin + (first - parent->first) * outputs;
    } else if (score->shared_answers && outcome->shared != NULL) {
        answer.model = outcome->global;
        answer.margin = outcome->shared + first * outputs;
    }
    return answer;
}

/* Fills up the margins of own models with those of the models that answer, or with zeros of
   weight 0. */
static void
route_rows(sg_score *score, sg_outcome *outcome)
{
    int64_t outputs = outcome->run->target.outputs;

    for (int64_t g = 0; g < outcome->run->dataset->groups.count; g++) {
        const sg_score_weights answer = answer_of(score, g);
        size_t bytes = (size_t)(answer.rows * outputs) * sizeof *answer.margin;

        sg_score_weigh(outcome->run, &answer);
        if (score->own[g] || outcome->own == NULL)
            continue;
        if (answer.margin != NULL)
            memcpy(outcome->own + answer.first * outputs, answer.margin, bytes);
        else
            memset(outcome->own + answer.first * outputs, 0, bytes);
    }
}

static int
collect_rows(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    int64_t rows = run->dataset->rows;
    float **columns[] = {&score->label, &score->weight, &score->unsearched, &score->shared_weight,
                         &score->shared_unsearched};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        *columns[i] = sg_alloc_array(rows, sizeof(float));
        if (*columns[i] == NULL)
            return sg_fail_nomem(err);
    }
    for (int64_t i = 0; i < rows; i++)
        score->label[i] = run->target.label[run->row[i]];
    route_rows(score, outcome);
    sg_score_weigh(run, &(sg_score_weights){outcome->global, outcome->shared, 0, rows,
                                            score->shared_weight, score->shared_unsearched});
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

/* Which model answers for each group. */
static int
find_answers(sg_score *score, const sg_outcome *outcome, segml_error *err)
{
    const sg_parents *parents = outcome->parents;
    int64_t groups = outcome->run->dataset->groups.count;
    int64_t parent_count = parents != NULL ? parents->count : 0;
    int32_t policy = sg_options_policy(&outcome->run->options);

    score->own = sg_alloc_array(groups, sizeof *score->own);
    score->parent_of = sg_alloc_array(groups, sizeof *score->parent_of);
    score->group = sg_alloc_zeroed(groups, sizeof *score->group);
    score->parent = sg_alloc_zeroed(parent_count, sizeof *score->parent);
    score->parent_threshold = sg_alloc_zeroed(parent_count, sizeof *score->parent_threshold);
    if (score->own == NULL || score->parent_of == NULL || score->group == NULL ||
        score->parent == NULL || score->parent_threshold == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups; g++) {
        score->own[g] = outcome->group[g].status == SEGML_GROUP_TRAINED;
        score->parent_of[g] = -1;
    }
    if (parent_count > 0 && (policy & SG_FALLBACK_PARENT) != 0)
        sg_parents_route(parents, groups, score->parent_of);
    score->shared_answers =
        outcome->mode == SEGML_MODE_GLOBAL || (policy & SG_FALLBACK_GLOBAL) != 0;
    return SEGML_OK;
}

static int
prepare(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    int64_t rows = run->dataset->rows;
    int rc;

    score->outcome = outcome;
    rc = find_answers(score, outcome, err);
    if (rc == SEGML_OK)
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
    int any = 0;

    for (int64_t g = 0; g < score->outcome->run->dataset->groups.count; g++)
        any = any || is_answered(score, g);
    return any;
}

int
sg_score_decide(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    int64_t groups = outcome->run->dataset->groups.count;
    int rc = prepare(score, outcome, err);

    if (rc == SEGML_OK)
        rc = score_parents(score, err);
    for (int64_t g = 0; g < groups && rc == SEGML_OK; g++)
        rc = decide_group(score, g, err);
    return rc;
}

int
sg_score_make(sg_score *score, sg_outcome *outcome, segml_error *err)
{
    int rc = prepare(score, outcome, err);

    if (rc == SEGML_OK)
        rc = score_parents(score, err);
    if (rc == SEGML_OK)
        rc = score_groups(score, err);
    if (rc == SEGML_OK && outcome->global != NULL)
        rc = score_global(score, err);
    if (rc == SEGML_OK && predicts(score)) /* after the groups' thresholds */
        rc = score_overall(score, err);
    return rc;
}

static void
clear_values(sg_score_values *values, int64_t count)
{
    for (int64_t i = 0; values != NULL && i < count; i++)
        sg_free(values[i].values);
    sg_free(values);
}

void
sg_score_clear(sg_score *score)
{
    const sg_outcome *outcome = score->outcome;

    if (score->group != NULL)
        clear_values(score->group, outcome->run->dataset->groups.count);
    if (score->parent != NULL)
        clear_values(score->parent, outcome->parents != NULL ? outcome->parents->count : 0);
    sg_free(score->global.values);
    sg_free(score->overall.values);
    sg_decision_clear(&score->decision);
    sg_free(score->parent_threshold);
    sg_free(score->parent_of);
    sg_free(score->own);
    sg_free(score->label);
    sg_free(score->weight);
    sg_free(score->shared_weight);
    sg_free(score->unsearched);
    sg_free(score->shared_unsearched);
    *score = (sg_score){.label = NULL};
}

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Predictions to score approaches on.
 *
 * Nested evaluation:
 * R1  The outer folds are dealt as folds are (train/run.h), from a random stream of their own;
 *     where the data are in folds, these are the outer folds, and the inner ones those that are
 *     left. In order of time an outer fold is predicted from what is before it alone.
 * R2  The rows of an outer fold, and later ones in order of time, are in the training as rows of
 *     weight 0, which no fit, threshold or count sees, and their labels are replaced: the order
 *     of rows, and with it the inner folds, comes from hashes of rows, labels included.
 * R3  Every approach is trained from search to export, and predicts as the exported model routes.
 *
 * A copy of the rows that are left was rejected: the schema (classes, dictionaries, codes of keys)
 * would have to be carried over, and a group could be gone.
 */

#include "compare/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "compare/facts.h"
#include "segml/model.h"
#include "train/score.h"

static const double half = 0.5;

static int
begin(sg_contest *contest, int32_t approach, segml_error *err)
{
    sg_predicted *predicted = &contest->predicted[approach];
    int64_t rows = contest->dataset->rows, values = rows * contest->base.target.outputs;

    predicted->margin = sg_alloc_array(values, sizeof *predicted->margin);
    if (contest->base.target.task == SEGML_TASK_BINARY)
        predicted->threshold = sg_alloc_array(rows, sizeof *predicted->threshold);
    if (predicted->margin == NULL ||
        (contest->base.target.task == SEGML_TASK_BINARY && predicted->threshold == NULL))
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < values; i++)
        predicted->margin[i] = NAN;
    for (int64_t i = 0; predicted->threshold != NULL && i < rows; i++)
        predicted->threshold[i] = half;
    return SEGML_OK;
}

/* Out-of-fold margins as they are routed; rows that no model did not see have none. */
static void
route(sg_contest *contest, int32_t approach, const sg_training *training)
{
    const sg_groups *groups = &contest->dataset->groups;
    int64_t outputs = contest->base.target.outputs;
    float *margin = contest->predicted[approach].margin;
    const float *global = training->shared;

    if (training->global.status != SEGML_GROUP_TRAINED)
        global = NULL;
    else if (approach != SG_APPROACH_GLOBAL) /* scores have replaced NaN in training->shared */
        global = contest->predicted[SG_APPROACH_GLOBAL].margin;
    for (int64_t g = 0; g < groups->count; g++) {
        int own = training->result[g].status == SEGML_GROUP_TRAINED;
        const float *from = own ? training->own : global;

        for (int64_t i = groups->start[g]; from != NULL && i < groups->start[g + 1]; i++) {
            if (training->run.fold[i] != SG_FOLD_NEVER)
                memcpy(margin + i * outputs, from + i * outputs, (size_t)outputs * sizeof *margin);
        }
    }
}

/* Thresholds, of each row one that its label had no part in; and which rows no search has seen. */
static int
decide(sg_contest *contest, int32_t approach, sg_training *training, segml_error *err)
{
    sg_predicted *predicted = &contest->predicted[approach];
    size_t rows = (size_t)contest->dataset->rows;
    sg_outcome outcome = sg_training_outcome(training);
    int global = approach == SG_APPROACH_GLOBAL;
    sg_score score = {.label = NULL};
    int rc;

    if (global && outcome.global == NULL)
        return SEGML_OK;
    rc = sg_score_decide(&score, &outcome, err);
    if (rc == SEGML_OK)
        predicted->unsearched = sg_alloc_copy(score.unsearched, rows * sizeof *score.unsearched);
    if (rc == SEGML_OK && predicted->unsearched == NULL)
        rc = sg_fail_nomem(err);
    if (rc == SEGML_OK && predicted->threshold != NULL) {
        memcpy(predicted->threshold, score.decision.row, rows * sizeof *predicted->threshold);
        sg_facts_thresholds(contest, approach, score.decision.group,
                            global ? score.decision.shared : score.decision.pooled);
    }
    sg_score_clear(&score);
    return rc;
}

static int
take_cross(sg_contest *contest, int32_t approach, sg_training *training, sg_training *global,
           void *user, segml_error *err)
{
    int rc = begin(contest, approach, err);

    (void)user;
    (void)global;
    if (rc < 0)
        return rc;
    route(contest, approach, training);
    rc = sg_facts_take(contest, approach, training, err);
    return rc == SEGML_OK ? decide(contest, approach, training, err) : rc;
}

int
sg_evaluate_cross(sg_contest *contest, segml_error *err)
{
    return sg_approach_train_all(contest, contest->dataset, &contest->train, take_cross, NULL, err);
}

/* The data as the training of one outer fold sees it. */
typedef struct outer {
    int32_t fold;
    segml_dataset copy; /* shallow */
    float *label, *weight;
} outer;

/* Whether the models of an outer fold may see the row of a position. */
static int
is_seen(const sg_contest *contest, int32_t fold, int64_t position)
{
    int32_t of_row = contest->base.fold[position];

    return contest->dataset->fold_kind == SG_FOLD_ORDERED ? of_row < fold : of_row != fold;
}

static int
hide_fold(outer *o, const sg_contest *contest, segml_error *err)
{
    const segml_dataset *dataset = contest->dataset;
    const sg_target *target = &contest->base.target;
    int classes = target->class_count > 0;

    o->copy = *dataset;
    o->label = sg_alloc_array(dataset->rows, sizeof *o->label);
    o->weight = sg_alloc_array(dataset->rows, sizeof *o->weight);
    if (o->label == NULL || o->weight == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < dataset->rows; i++) {
        int32_t row = contest->base.row[i];
        int seen = is_seen(contest, o->fold, i);

        /* 0 is a class, a number and a count. */
        o->label[row] = !seen ? 0 : classes ? target->label[row] : dataset->label[row];
        o->weight[row] = seen ? sg_dataset_weight(dataset, row) : 0;
    }
    o->copy.label = o->label;
    o->copy.weight = o->weight;
    if (classes) { /* all of them, also one that only the hidden rows have */
        o->copy.class_names = (const char *const *)target->class_names;
        o->copy.class_hashes = NULL;
        o->copy.class_count = target->class_count;
    }
    return SEGML_OK;
}

/* Predicts the hidden rows of one group. */
static int
predict_group(sg_contest *contest, int32_t approach, int32_t fold, const segml_model *model,
              int64_t g, segml_error *err)
{
    const segml_dataset *dataset = contest->dataset;
    const sg_groups *groups = &dataset->groups;
    const sg_predicted *predicted = &contest->predicted[approach];
    int64_t outputs = contest->base.target.outputs;
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    float *cells = sg_alloc_array(dataset->features, sizeof *cells);
    segml_route *way = NULL;
    int rc = cells != NULL ? segml_route_find(&way, model, groups->keys + g * groups->columns,
                                              groups->columns, err)
                           : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = segml_model_get_group(model, g, &info, err);
    if (rc == SEGML_OK && fold == 0)
        sg_comparison_cell(contest->made, approach, g)->threshold = info.threshold;
    for (int64_t i = groups->start[g]; rc == SEGML_OK && i < groups->start[g + 1]; i++) {
        if (contest->base.fold[i] != fold)
            continue;
        for (int64_t j = 0; j < dataset->features; j++)
            cells[j] = sg_dataset_cell(dataset, contest->base.row[i], j);
        rc = segml_route_predict(way, SEGML_OUTPUT_MARGIN, cells, dataset->features,
                                 predicted->margin + i * outputs, outputs);
        if (predicted->threshold != NULL)
            predicted->threshold[i] = info.threshold;
    }
    segml_route_free(way);
    sg_free(cells);
    return rc == SEGML_E_NOT_FOUND ? SEGML_OK : rc; /* no model answers: not predicted */
}

static int
take_nested(sg_contest *contest, int32_t approach, sg_training *training, sg_training *global,
            void *user, segml_error *err)
{
    const outer *o = user;
    int64_t groups = contest->dataset->groups.count;
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_model *model = NULL;
    int rc = o->fold == 0 ? begin(contest, approach, err) : SEGML_OK;

    if (rc == SEGML_OK && o->fold == 0)
        rc = sg_facts_take(contest, approach, training, err);
    if (rc < 0 || (approach == SG_APPROACH_GLOBAL && global->global.status != SEGML_GROUP_TRAINED))
        return rc;
    rc = sg_training_export(&model, training, err);
    for (int64_t g = 0; g < groups && rc >= 0; g++)
        rc = predict_group(contest, approach, o->fold, model, g, err);
    if (rc >= 0)
        rc = segml_model_get_info(model, &info, err);
    if (rc == SEGML_OK && o->fold == 0 && info.task == SEGML_TASK_BINARY)
        sg_comparison_cell(contest->made, approach, groups)->threshold = info.threshold;
    segml_model_free(model);
    return rc < 0 ? rc : SEGML_OK;
}

int
sg_evaluate_nested(sg_contest *contest, int32_t used, segml_error *err)
{
    const sg_target *target = &contest->base.target;
    segml_train_options options = contest->train;
    int rc = SEGML_OK;

    options.objective = segml_task_name(target->task);
    options.positive = target->task == SEGML_TASK_BINARY ? target->class_names[1] : NULL;
    for (int32_t fold = 0; fold < used && rc == SEGML_OK; fold++) {
        outer o = {.fold = fold};

        rc = hide_fold(&o, contest, err);
        if (rc == SEGML_OK)
            rc = sg_approach_train_all(contest, &o.copy, &options, take_nested, &o, err);
        sg_free(o.weight);
        sg_free(o.label);
    }
    return rc;
}

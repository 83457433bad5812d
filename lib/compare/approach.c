/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Approaches.
 *
 * R1  All are trained on one dataset with one seed, so they have one fold map, and a row's
 *     out-of-fold predictions are made from the same other rows by each.
 * R2  The global model is trained once. The segmented trainings borrow it, so that they route, and
 *     export, as if each had trained it itself: it depends on data, seed and the caller's options
 *     alone.
 * R3  Only the searched approaches know the caller's parameters and search; what concerns data,
 *     folds and statuses is the same for all.
 *
 * The reference, segmented-untuned, is what the library does without a search; XGBoost's own
 * defaults, as many a program that loops over groups has them, stand beside it.
 */

#include "compare/approach.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WARNINGS = 5 };

const char *const sg_approach_names[SG_APPROACHES] = {"global-tuned", "segmented-xgboost",
                                                      "segmented-untuned", "segmented-tuned"};

static const segml_value xgboost_defaults[] = {
    {"learning_rate", 0.3},  {"max_depth", 6},  {"min_child_weight", 1}, {"subsample", 1},
    {"colsample_bytree", 1}, {"reg_lambda", 1}, {"reg_alpha", 0},        {"gamma", 0},
    {"max_bin", 256},        {"max_leaves", 0}, {"rounds", 100}};

/* Options of one approach. */
static segml_train_options
options_of(const segml_train_options *given, int32_t approach)
{
    segml_train_options options = *given;

    options.fallback = -1;
    options.parents = -1; /* groups without own model are scored by the global one */
    options.fallback_policy = NULL;
    if (approach == SG_APPROACH_GLOBAL || approach == SG_APPROACH_XGBOOST)
        options.tree_method = NULL; /* keys are categories, and hist is XGBoost's default */
    if (approach == SG_APPROACH_GLOBAL || approach == SG_APPROACH_TUNED)
        return options;
    options.trials = 1;
    if (approach == SG_APPROACH_XGBOOST)
        options.max_rounds = 0; /* a cap of the searches is none of these 100 */
    options.params = approach == SG_APPROACH_XGBOOST ? xgboost_defaults : NULL;
    options.param_count =
        approach == SG_APPROACH_XGBOOST ? sizeof xgboost_defaults / sizeof *xgboost_defaults : 0;
    options.sampler = options.validation = options.metric = options.pruner = NULL;
    options.search_folds = options.stop_folds = 0;
    options.space = NULL;
    options.space_count = 0;
    options.points = NULL;
    options.point_count = 0;
    options.sample = NULL;
    options.total_trials = options.group_rounds = options.total_rounds = 0;
    options.group_seconds = options.total_seconds = 0;
    return options;
}

/* Work of one training as sg_job_work() estimates it. */
static double
training_work(const sg_contest *contest, int32_t approach)
{
    const segml_train_options options = options_of(&contest->train, approach);
    const sg_groups *groups = &contest->dataset->groups;
    double sum = 1, folds = options.search_folds > 0 ? options.search_folds : 1;

    for (int64_t g = 0; g < (approach == SG_APPROACH_GLOBAL ? 1 : groups->count); g++) {
        int64_t whole =
            approach == SG_APPROACH_GLOBAL ? contest->dataset->rows : sg_groups_rows(groups, g);
        double rows = (double)whole;
        double searched = whole < options.search_rows ? rows : (double)options.search_rows;

        if (whole >= options.min_rows)
            sum += options.trials * folds * searched + (options.folds + 1) * rows;
    }
    return sum;
}

double
sg_approach_work(const sg_contest *contest)
{
    double sum = 0;

    for (int32_t a = 0; a < SG_APPROACHES; a++)
        sum += training_work(contest, a);
    return sum;
}

/* Counts a model that failed, and says so. */
static void
note_failure(sg_contest *contest, const char *approach, const char *what, const char *why)
{
    const segml_train_options *options = &contest->train;
    char line[600];

    snprintf(line, sizeof line, "%s: %s: %.300s", approach, what, why);
    if (contest->failed++ == 0)
        sg_fail(&contest->failure, SEGML_PARTIAL, "%s", line);
    if (contest->failed <= MOST_WARNINGS && options->log != NULL)
        options->log(SEGML_LOG_WARNING, line, options->user);
}

static void
note_failures(sg_contest *contest, const sg_training *training, int32_t approach)
{
    const sg_groups *groups = &contest->dataset->groups;
    const char *name = sg_approach_names[approach];
    char key[160], what[200];

    if (approach == SG_APPROACH_GLOBAL && training->global.status == SEGML_GROUP_FAILED)
        note_failure(contest, name, "no global model", training->global.message);
    for (int64_t g = 0; g < groups->count; g++) {
        if (training->result[g].status != SEGML_GROUP_FAILED)
            continue;
        sg_key_display(key, sizeof key, groups->keys + g * groups->columns, groups->columns);
        snprintf(what, sizeof what, "group %s failed", key);
        note_failure(contest, name, what, training->result[g].message);
    }
}

/* What the training holds of the global one is only lent. */
static void
lend_global(sg_training *training, const sg_training *global)
{
    training->global = global->global;
    training->shared = global->shared;
    training->run.options.fallback = 1;
}

static void
take_global_back(sg_training *training)
{
    static const sg_result none;

    training->global = none;
    training->shared = NULL;
}

/* Trains one approach; the global one stays, for the others. */
static int
train_one(sg_contest *contest, const segml_dataset *dataset, const segml_train_options *given,
          int32_t approach, sg_training *training, segml_error *err)
{
    segml_train_options options = options_of(given, approach);
    int32_t mode = approach == SG_APPROACH_GLOBAL ? SEGML_MODE_GLOBAL : SEGML_MODE_SEGMENTED;
    int rc;

    sg_relay_next(&contest->relay, sg_approach_names[approach], training_work(contest, approach),
                  dataset->groups.count);
    sg_relay_install(&contest->relay, &options);
    rc = sg_training_run(training, dataset, &options, mode, err);
    if (rc == SEGML_OK)
        note_failures(contest, training, approach);
    training->run.options.log = NULL; /* what export would warn of was said */
    return rc;
}

int
sg_approach_train_all(sg_contest *contest, const segml_dataset *dataset,
                      const segml_train_options *given, sg_approach_take take, void *user,
                      segml_error *err)
{
    sg_training global = {.mode = 0};
    int rc = train_one(contest, dataset, given, SG_APPROACH_GLOBAL, &global, err);

    if (rc == SEGML_OK)
        rc = take(contest, SG_APPROACH_GLOBAL, &global, &global, user, err);
    for (int32_t a = SG_APPROACH_GLOBAL + 1; a < SG_APPROACHES && rc == SEGML_OK; a++) {
        sg_training training = {.mode = 0};

        rc = train_one(contest, dataset, given, a, &training, err);
        if (rc == SEGML_OK) {
            lend_global(&training, &global);
            rc = take(contest, a, &training, &global, user, err);
            take_global_back(&training);
        }
        sg_training_clear(&training);
    }
    sg_training_clear(&global);
    return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The arms and how they are trained.
 *
 * The first eight are those of the experiment as it was first made, with the figures it
 * found on 40,000 fresh rows; where it searched, it searched the recipe's space on one
 * fold, the number of rounds included. One model for all had the groups as one-hot columns
 * there; that matters where columns are sampled. The others are the library's own ways.
 */

#include "arms.h"

#include <math.h>
#include <string.h>

#include "bench.h"

#define NONE ((double)NAN)

const arm arms[] = {
    {"blended", "one model, groups unknown, XGBoost's defaults", ARM_BLENDED, ARM_XGBOOST, 0, NULL,
     NULL, 0, 0, .512, .788},
    {"one-hot-xgboost", "one model, XGBoost's defaults", ARM_ONE_HOT, ARM_XGBOOST, 0, NULL, NULL, 0,
     0, .796, .432},
    {"one-hot-tuned-f1", "one model, tuned on F1", ARM_ONE_HOT, ARM_RECIPE, 1, "f1", NULL, 0, 0,
     .802, .423},
    {"one-hot-tuned-loss", "one model, tuned on log loss", ARM_ONE_HOT, ARM_RECIPE, 1, NULL, NULL,
     0, 0, .808, .409},
    {"segmented-xgboost", "per group, XGBoost's defaults", ARM_SEGMENTED, ARM_XGBOOST, 0, NULL,
     NULL, 0, 0, .802, .566},
    {"segmented-untuned", "per group, robust default", ARM_SEGMENTED, ARM_OWN, 0, NULL, NULL, 0, 1,
     .806, .409},
    {"segmented-tuned-f1", "per group, tuned on F1", ARM_SEGMENTED, ARM_RECIPE, 1, "f1", NULL, 0, 0,
     .794, .466},
    {"segmented-tuned-loss", "per group, tuned on log loss", ARM_SEGMENTED, ARM_RECIPE, 1, NULL,
     NULL, 0, 0, .802, .424},
    {"global", "one model, own space, 1 fold", ARM_GLOBAL, ARM_OWN, 1, NULL, "holdout", 0, 0, NONE,
     NONE},
    {"holdout", "per group, own space, 1 fold", ARM_SEGMENTED, ARM_OWN, 1, NULL, "holdout", 0, 1,
     NONE, NONE},
    {"kfold", "per group, own space, 5 folds", ARM_SEGMENTED, ARM_OWN, 1, NULL, "kfold", 5, 1, NONE,
     NONE},
    {"shared", "one set for all groups, 1 fold", ARM_SEGMENTED, ARM_OWN, 1, NULL, "shared", 1, 1,
     NONE, NONE},
    {"shared-5", "one set for all groups, 5 folds", ARM_SEGMENTED, ARM_OWN, 1, NULL, "shared", 5, 1,
     NONE, NONE},
};
const int arm_count = sizeof arms / sizeof *arms;

int
arm_find(const char *id)
{
    for (int i = 0; i < arm_count; i++) {
        if (strcmp(arms[i].id, id) == 0)
            return i;
    }
    groups_die("no such arm", id);
    return -1;
}

/* XGBoost's documented defaults; hist counts 256 bins. */
static const segml_value xgboost_defaults[] = {
    {"learning_rate", 0.3},  {"max_depth", 6},  {"min_child_weight", 1}, {"subsample", 1},
    {"colsample_bytree", 1}, {"reg_lambda", 1}, {"reg_alpha", 0},        {"gamma", 0},
    {"max_delta_step", 0},   {"max_bin", 256},  {"rounds", 100}};

/* The recipe's searches begin with ten points at random, the same for all groups. */
enum { STARTS = 10 };

typedef struct start {
    segml_value value[STARTS][GROUPS_SPACE];
    segml_param_set set[STARTS];
} start;

static void
draw_start(start *s, const segml_dimension *space, uint64_t seed)
{
    for (int p = 0; p < STARTS; p++) {
        for (int d = 0; d < GROUPS_SPACE; d++) {
            double u = bench_uniform(&seed), low = space[d].low, high = space[d].high;
            double v = space[d].logarithmic ? low * pow(high / low, u) : low + u * (high - low);

            s->value[p][d].name = space[d].name;
            s->value[p][d].value = space[d].kind == SEGML_DIMENSION_INT ? round(v) : v;
        }
        s->set[p] = (segml_param_set){s->value[p], GROUPS_SPACE};
    }
}

static segml_model *
train(const arm *a, const arm_setup *setup, const segml_dataset *dataset)
{
    static const segml_value bins = {"max_bin", 256};
    start first;
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_dimension space[GROUPS_SPACE];
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc;

    options.objective = "binary";
    options.fallback = -1;
    options.trials = a->searched ? setup->trials : 1;
    options.jobs = setup->jobs;
    options.seed = setup->seed;
    options.xgboost_path = setup->xgboost;
    options.metric = a->metric;
    options.validation = a->validation;
    options.search_folds = a->search_folds;
    options.stop_folds = -1;
    if (a->space == ARM_XGBOOST) {
        options.params = xgboost_defaults;
        options.param_count = sizeof xgboost_defaults / sizeof *xgboost_defaults;
    } else if (a->space == ARM_RECIPE) {
        groups_recipe_space(space);
        options.space = space;
        options.space_count = GROUPS_SPACE;
        draw_start(&first, space, setup->seed);
        options.points = first.set;
        options.point_count = setup->trials < STARTS ? setup->trials : STARTS;
        options.params = &bins;
        options.param_count = 1;
    }
    rc = (a->kind == ARM_SEGMENTED ? segml_train_segmented : segml_train_global)(&model, dataset,
                                                                                 &options, &err);
    if (rc != SEGML_OK)
        groups_die(a->id, err.message);
    return model;
}

/* A figure of the search: of the one model, or the mean over the groups' models. */
static double
search_figure(const arm *a, const segml_model *model, const char *name)
{
    double overall = groups_metric(model, SEGML_GROUP_INDEX_OVERALL, name);

    if (!a->searched)
        return NONE;
    if (!isnan(overall)) /* one search for all groups */
        return overall;
    if (a->kind != ARM_SEGMENTED)
        return groups_metric(model, SEGML_GROUP_INDEX_GLOBAL, name);
    return groups_mean_metric(model, name);
}

arm_result
arm_run(const arm *a, const arm_setup *setup)
{
    arm_result result = {0};
    segml_dataset *dataset = groups_dataset(setup->rows);
    double began = bench_wall();
    segml_model *model = train(a, setup, dataset);
    segml_group_info global = SEGML_GROUP_INFO_INIT;

    result.seconds = bench_wall() - began;
    result.search_f1 = search_figure(a, model, "search_f1");
    result.search_f1_corrected = search_figure(a, model, "search_f1_corrected");
    result.cv_f1 = groups_metric(model, SEGML_GROUP_INDEX_OVERALL, "f1_at_half");
    result.cv_log_loss = groups_metric(model, SEGML_GROUP_INDEX_OVERALL, "log_loss");
    result.score = groups_score_model(model, setup->fresh);
    result.rounds = groups_mean_rounds(model);
    if (a->kind != ARM_SEGMENTED &&
        segml_model_get_group(model, SEGML_GROUP_INDEX_GLOBAL, &global, NULL) == SEGML_OK)
        result.rounds = global.rounds;
    segml_model_free(model);
    segml_dataset_free(dataset);
    return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_ARMS_H
#define BENCH_ARMS_H

/* The arms of the experiment: ways to train on the same rows. */

#include "groups.h"

typedef enum arm_kind {
    ARM_BLENDED,  /* one model that does not know the groups */
    ARM_ONE_HOT,  /* one model that knows them as eight features of 0 and 1 */
    ARM_GLOBAL,   /* one model that knows them as a category: the library's global model */
    ARM_SEGMENTED /* one model per group */
} arm_kind;

typedef enum arm_space {
    ARM_OWN,     /* the library's defaults */
    ARM_XGBOOST, /* XGBoost's own default parameters, 100 rounds; nothing to search */
    ARM_RECIPE   /* the space of bench/recipe.py, rounds included */
} arm_space;

typedef struct arm {
    const char *id, *title;
    arm_kind kind;
    arm_space space;
    int32_t searched;   /* 0: one parameter set, the default */
    const char *metric; /* what the search looks at; NULL = log loss */
    const char *validation;
    int32_t search_folds; /* 0 = the default of validation */
    int32_t fresh;        /* 1: also on fresh data sets */
    double f1, log_loss;  /* on fresh rows, as the experiment was first made, in Python with Optuna;
                             NaN = it was not */
} arm;

extern const arm arms[];
extern const int arm_count;

/* Number of an arm. */
int arm_find(const char *id);

typedef struct arm_setup {
    int32_t trials, jobs; /* jobs 0 = all processors */
    uint64_t seed;        /* of training, not of the data */
    const char *xgboost;  /* NULL = the system's */
    const groups *rows, *fresh;
} arm_setup;

typedef struct arm_result {
    double search_f1, search_f1_corrected; /* of the chosen trial where the search saw it */
    double cv_f1, cv_log_loss;             /* out of fold, all rows together; F1 at 0.5 */
    groups_score score;                    /* on fresh rows */
    double rounds, seconds;
} arm_result;

arm_result arm_run(const arm *a, const arm_setup *setup);

#endif

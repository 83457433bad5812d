/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_CHILD_H
#define SG_TRAIN_CHILD_H

/*
 * One model's way through training: search, cross-validation, refit. The steps take a
 * prepared set each, so that a small group runs them one after the other on one set,
 * and a large one on many threads with a set of their own; the result is the same.
 *
 *     begin -> trial * trials -> choose -> fold * folds -> settle -> refit
 */

#include "train/unit.h"
#include "tree/forest.h"
#include "tune/study.h"

typedef struct sg_child {
    const sg_run *run;
    sg_pool *pool;   /* asked whether to stop */
    uint64_t key;    /* of the random streams: hash of the group's key, 0 = global */
    int32_t one_hot; /* XGBoost's max_cat_to_onehot */
    sg_unit unit;    /* all rows */
    sg_unit sample;  /* rows that are searched on, if those are fewer */
    sg_study study;
    int32_t search_fold;  /* that trials are scored on */
    int32_t chosen;       /* trial */
    int32_t fixed_rounds; /* 1: the number of rounds is given, not read off the curve */
    int32_t cv_rounds;    /* of every fold */
    double *curve;        /* [folds * cv_rounds] sum of the weighted losses */
    sg_forest **forest;   /* [folds] NULL where nothing is before a fold */
    int32_t rounds;       /* of the model refitted on all rows */
} sg_child;

typedef struct sg_child_spec {
    sg_unit_spec rows;
    uint64_t key;
    int32_t one_hot;
} sg_child_spec;

/**
 * Copies the rows and begins the search.
 *
 * @param child  all zero; released with sg_child_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_ARGUMENT (a fixed parameter); SEGML_E_NOMEM
 */
int sg_child_begin(sg_child *child, const sg_run *run, sg_pool *pool, const sg_child_spec *spec,
                   segml_error *err);

/** Rows that the search runs on. */
const sg_unit *sg_child_search_unit(const sg_child *child);

/**
 * Tries one parameter set on the search fold. A trial that the engine cannot train keeps the
 * loss NaN.
 *
 * @param told  trials whose losses the sampler may look at
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_CANCELLED; SEGML_E_BACKEND (for the caller to judge)
 */
int sg_child_trial(sg_child *child, sg_prepared *prepared, int32_t trial, int32_t told,
                   segml_error *err);

/** Picks the best trial. @return SEGML_OK; SEGML_E_BACKEND (all failed); SEGML_E_NOMEM */
int sg_child_choose(sg_child *child, segml_error *err);

/** Trains without a fold and scores it after every round. @return as sg_child_trial() */
int sg_child_fold(sg_child *child, sg_prepared *prepared, int32_t fold, segml_error *err);

/**
 * Chooses the number of rounds and predicts every row by the model that did not see it, each
 * fold at the rounds that the other folds choose.
 *
 * @param margin  out [unit rows * outputs]; NaN where no model did not see the row
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_child_settle(sg_child *child, float *margin, segml_error *err);

/**
 * Trains on all rows of a unit with the chosen parameters and rounds.
 *
 * @param unit   the child's, or one of the same rows with other columns
 * @param model  out: UBJSON appended
 * @return as sg_child_trial()
 */
int sg_child_refit(sg_child *child, const sg_unit *unit, sg_prepared *prepared, sg_buf *model,
                   segml_error *err);

/** Parameters of the chosen trial, as the engine got them for the refit. */
void sg_child_params(const sg_child *child, const sg_unit *unit, sg_fit_params *params,
                     int32_t hold_out);

/** Releases everything; all zero again. */
void sg_child_clear(sg_child *child);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_CHILD_H
#define SG_TRAIN_CHILD_H

/*
 * One model's way through training: search, cross-validation, refit. The steps take a
 * prepared set each, so that a small group runs them one after the other on one set,
 * and a large one on many threads with a set of their own; the result is the same.
 *
 *     begin -> the search's steps -> choose -> fold * folds -> settle -> refit
 */

#include "train/search.h"
#include "tree/forest.h"

enum { SG_CHILD_FOLDS = 100 /* most of the options */ };

typedef struct sg_child {
    sg_fitter fitter;
    sg_unit unit;     /* all rows */
    sg_unit sample;   /* rows that are searched on, if those are fewer */
    sg_search search; /* empty where the parameters were given */
    /* What cross-validation and refit use. */
    sg_params params;
    int32_t trial; /* whose random stream the boosters have */
    int32_t found; /* rounds that the search found, on so many rows: */
    double searched;
    int32_t early_stop; /* 0: the number of rounds is given, not read off the curve */
    int32_t cv_rounds;  /* of every fold */
    double *curve;      /* [folds * cv_rounds] sum of the weighted losses */
    sg_forest **forest; /* [folds] */
    int32_t rounds;     /* of the model refitted on all rows */
} sg_child;

/** Parameters that were found elsewhere: the model is not searched. */
typedef struct sg_given {
    sg_params params;
    int32_t trial, rounds;
    const sg_search_log *log; /* of the search that found them; borrowed */
    double rows;         /* of a model they were found on */
    double mean_hessian; /* of what they were found on: leaf size and lambda follow the model's
                            own; 0 = they do not */
} sg_given;

typedef struct sg_child_spec {
    sg_unit_spec rows;
    uint64_t key;
    int32_t one_hot;
    const sg_given *given; /* NULL = searched */
} sg_child_spec;

/**
 * Copies the rows and begins the search.
 *
 * @param child  all zero; released with sg_child_clear(), also after a failure; it does not move
 * @return SEGML_OK; SEGML_E_ARGUMENT (a parameter, the space); SEGML_E_NOMEM
 */
int sg_child_begin(sg_child *child, const sg_run *run, sg_pool *pool, const sg_child_spec *spec,
                   segml_error *err);

/** Rows that the search runs on. */
const sg_unit *sg_child_search_unit(const sg_child *child);

/** Takes the search's best trial. @return SEGML_OK; SEGML_E_BACKEND (all failed); SEGML_E_NOMEM */
int sg_child_choose(sg_child *child, segml_error *err);

/** Trains without a fold and scores it after every round. @return as sg_validation_run() */
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
 * @return as sg_validation_run()
 */
int sg_child_refit(sg_child *child, const sg_unit *unit, sg_prepared *prepared, sg_buf *model,
                   segml_error *err);

/** The chosen parameters, as the engine gets them. */
void sg_child_params(const sg_child *child, const sg_unit *unit, sg_fit_params *params,
                     int32_t hold_out);

/** Facts about a unit that the default space scales with. */
sg_param_facts sg_child_facts(const sg_run *run, const sg_unit *unit);

/** Releases everything; all zero again. */
void sg_child_clear(sg_child *child);

#endif

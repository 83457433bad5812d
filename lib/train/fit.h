/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_FIT_H
#define SG_TRAIN_FIT_H

/* One fit: parameters in the engine's terms, and the loss of the held-out rows round by round. */

#include "train/params.h"
#include "train/unit.h"
#include "tune/study.h"

/** What all fits of one model share. */
typedef struct sg_fitter {
    const sg_run *run;
    sg_pool *pool;   /* asked whether to stop */
    uint64_t key;    /* of the random streams: hash of the group's key, 0 = global */
    int32_t one_hot; /* XGBoost's max_cat_to_onehot */
} sg_fitter;

/** Fewer validated rows than this, and there is no early stopping. */
enum { SG_FIT_ROWS_TO_STOP_ON = 40 };

/**
 * Parameters of a fit.
 *
 * @param trial     whose random stream the booster has
 * @param hold_out  fold, or SG_FIT_ALL_ROWS
 */
void sg_fit_fill(sg_fit_params *fit, const sg_fitter *fitter, const sg_unit *unit,
                 const sg_params *params, int32_t trial, int32_t hold_out);

/**
 * Brings parameters that were meant for another mean Hessian to a unit's own: the rows per leaf
 * and the shrinkage stay. What the options fix is left alone.
 */
void sg_fit_rescale(sg_params *params, const sg_fitter *fitter, const sg_unit *unit,
                    double mean_hessian);

/**
 * Most rounds that a curve is followed for: the option's, or 1,000, of units of fewer than 1,000
 * rows that count 400: their space has higher learning rates.
 */
int32_t sg_fit_most_rounds(const sg_fitter *fitter, const sg_unit *unit);

/**
 * Rounds of a fit: exactly as many as given, or, without early stopping, 10 / learning rate, at
 * most 300; else the most there may be.
 *
 * @param early_stop  out: 1 = the curve ends it, 0 = it takes all rounds
 */
int32_t sg_fit_rounds(const sg_fitter *fitter, const sg_unit *unit, const sg_params *params,
                      int *early_stop);

/** A fit on all folds but one, scored on that one after every round. */
typedef struct sg_validation {
    int32_t fold;
    int32_t limit;      /* most rounds */
    int32_t early_stop; /* 1: the curve ends it */
    int32_t keep;       /* 1: margins at the best round are wanted */
    const sg_study *pruner; /* asked after every round; NULL = none */
    sg_buf *model;          /* out: the model appended; NULL = not wanted */
    /* Out. */
    double *sum;     /* [limit] sum of the weighted losses after each round; [rounds] are set */
    int32_t rounds;  /* trained */
    int32_t best_at; /* round, counted from 1, at which the averaged curve is lowest; the last one
                        without early stopping */
    double best;     /* averaged mean loss there */
    int32_t pruned;  /* 1: given up */
    float *margin;   /* [held-out rows * outputs] at that round; NULL unless wanted */
} sg_validation;

/**
 * Trains and validates.
 *
 * @param validation  released with sg_validation_clear(), also after a failure
 * @return SEGML_OK; what the engine's fit returns; SEGML_E_CANCELLED; SEGML_E_NOMEM
 */
int sg_validation_run(sg_validation *validation, const sg_fitter *fitter, const sg_unit *unit,
                      sg_prepared *prepared, const sg_fit_params *params, segml_error *err);

/** Releases what it holds. */
void sg_validation_clear(sg_validation *validation);

/**
 * Trains on all rows of a unit.
 *
 * @param fit  rounds, params and model are set; the rest is filled in
 * @return as sg_validation_run()
 */
int sg_fit_all(const sg_fitter *fitter, const sg_unit *unit, sg_prepared *prepared,
               sg_fit_spec *fit, segml_error *err);

/** Adds a fit of a unit's rows to the progress. */
void sg_fit_add_work(const sg_fitter *fitter, const sg_unit *unit, double fits);

#endif

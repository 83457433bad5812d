/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_UNIT_H
#define SG_TRAIN_UNIT_H

/* The rows of one model: a group's, or all, copied into canonical order. */

#include "train/run.h"

typedef struct sg_unit {
    sg_engine_rows rows; /* what the engine sees; its arrays belong to the unit */
    sg_engine *engine;   /* that trains it, of sg_unit_settle() */
    float *data, *label, *weight;
    int32_t *fold;
    int64_t counted; /* rows of positive weight: what all that scales with rows scales with */
    /* The rows that are ever held out, fold by fold, ascending within a fold, for losses. */
    int64_t *fold_start; /* [folds + 1] */
    int32_t *fold_row;   /* [rows] */
    float *fold_label;   /* [rows] in that order */
    float *fold_weight;  /* [rows] in that order; NULL = all 1 */
    double *weight_sum;  /* [folds] of the weights */
    double *label_sum;   /* [folds] of weight * label */
    double never_weight; /* the same of the rows that are never held out */
    double never_label;
} sg_unit;

typedef struct sg_unit_spec {
    const int32_t *position; /* [rows] of the run, ascending; NULL = first .. first + rows */
    int64_t first, rows;
    int32_t with_keys; /* 1: the key columns' codes are appended as features */
} sg_unit_spec;

/**
 * Copies rows.
 *
 * @param unit  all zero; released with sg_unit_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_unit_make(sg_unit *unit, const sg_run *run, const sg_unit_spec *spec, segml_error *err);

/** What the engine will see, as far as it is known without the rows: no array but the schema's. */
sg_engine_rows sg_unit_outline(const sg_run *run, const sg_unit_spec *spec);

/** Sets the bins of a unit and the engine that trains it, before it is prepared. */
void sg_unit_settle(sg_unit *unit, const sg_run *run, int32_t max_bin);

/** Releases everything; all zero again. */
void sg_unit_clear(sg_unit *unit);

/** Rows that a fold holds out. */
int64_t sg_unit_held(const sg_unit *unit, int32_t fold);

/** Rows of a fold that count. */
int64_t sg_unit_validated(const sg_unit *unit, int32_t fold);

/** 1 if a fit that holds out a fold has rows to train on; 0: the fold is never predicted. */
int sg_unit_trains(const sg_unit *unit, int32_t hold_out);

/**
 * The folds that trials are scored on: the first that have rows that count, or of ordered folds
 * the last, so that they hold the most recent rows; among those that others train for.
 *
 * @param fold  out [most]
 * @return number of them, 0 if there is none
 */
int32_t sg_unit_search_folds(const sg_unit *unit, int32_t most, int32_t *fold);

/**
 * Mean label of the rows that a fit trains on: what boosting starts from, in prediction space;
 * clamped to [1e-6, 1 - 1e-6] for probabilities and to at least 1e-6 for counts.
 *
 * @param hold_out  fold, or SG_FIT_ALL_ROWS
 */
double sg_unit_base(const sg_unit *unit, int32_t hold_out);

/** Mean Hessian per row at that start, and the share of the rarer of two classes. */
void sg_unit_hessian(const sg_unit *unit, double *mean_hessian, double *minority);

/**
 * A sample of positions of rows of positive weight, every n-th within each class, in the order
 * given.
 *
 * @param position  out [count] ascending
 * @param count     fewer than there are such rows
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_unit_sample(const sg_run *run, int64_t first, int64_t rows, int64_t count, int32_t *position,
                   segml_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_XGB_XGB_DMATRIX_H
#define SG_XGB_XGB_DMATRIX_H

/* XGBoost's matrices of one fold: the rows to train on and those held out. */

#include "boost/engine.h"
#include "xgb/xgb_symbols.h"

/** What matrices are made from; all borrowed. */
typedef struct sg_xgb_source {
    const sg_xgb_symbols *xgb;
    sg_engine_rows rows;
    const char *const *types; /* [features] XGBoost's names of the features' types */
} sg_xgb_source;

/** The matrices of one fold; all zero before they are made. One thread alone. */
typedef struct sg_xgb_fold {
    sg_xgb_handle train; /* NULL: not made yet */
    sg_xgb_handle valid; /* NULL: no row is held out */
    int64_t held_out;    /* rows of valid */
} sg_xgb_fold;

/**
 * Makes a fold's matrices. XGBoost copies what it needs.
 *
 * @param out       all zero; released with sg_xgb_dmatrix_free_fold(); all zero on failure
 * @param hold_out  fold, or SG_FIT_ALL_ROWS
 * @return SEGML_OK; SEGML_E_DATA (no row is left to train on); SEGML_E_NOMEM; SEGML_E_BACKEND
 */
int sg_xgb_dmatrix_make_fold(sg_xgb_fold *out, const sg_xgb_source *source, int32_t hold_out,
                             segml_error *err);

/** Releases both matrices, on the thread that made them. */
void sg_xgb_dmatrix_free_fold(sg_xgb_fold *fold, const sg_xgb_symbols *xgb);

#endif

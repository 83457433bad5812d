/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BOOST_SIDE_H
#define SG_BOOST_SIDE_H

/*
 * Which rows of a unit a fit trains on, and which it holds out: the same rule for every
 * engine.
 */

#include "boost/engine.h"

/** Rows of one fit. */
typedef struct sg_side {
    const sg_engine_rows *rows;
    int32_t hold_out; /* fold, or SG_FIT_ALL_ROWS */
    int32_t held;     /* 1: the rows that are held out; 0: those that are trained on */
} sg_side;

/** Whether a row is one of them. */
int sg_side_has(const sg_side *side, int64_t row);

/** Number of rows. */
int64_t sg_side_count(const sg_side *side);

/** Their indices, ascending. @param row  out [sg_side_count()] */
void sg_side_list(const sg_side *side, int32_t *row);

/** Scales weights to mean 1. @param weight  [count] */
void sg_side_scale_weights(float *weight, int64_t count);

/** SEGML_E_DATA: the rows that train are none. */
int sg_side_fail_empty(const sg_side *side, segml_error *err);

#endif

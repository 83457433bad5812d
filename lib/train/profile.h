/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_PROFILE_H
#define SG_TRAIN_PROFILE_H

/* How each feature goes with the label, for reports. */

#include "train/run.h"

/** Two columns of the same rows; arrays are borrowed. */
typedef struct sg_profile_pair {
    int64_t rows;
    const float *x, *y;    /* [rows] values, or codes of categories; NaN = missing */
    const float *weight;   /* [rows] */
    int x_categorical, y_categorical;
} sg_profile_pair;

/**
 * Weighted association of two columns over the rows in which both are known: Pearson's r; eta
 * (0 to 1) where one of them is categorical, the share of the other's standard deviation that
 * its categories explain; Cramer's V (0 to 1) where both are.
 *
 * @param out  NaN where fewer than two rows count, or a column has only one value
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_profile_associate(const sg_profile_pair *pair, double *out, segml_error *err);

/**
 * The same of every feature with the label over rows of a run. The label of a binary task is a
 * number, 0 or 1; classes of a multiclass task are categories.
 *
 * @param first  position of the first row; rows follow
 * @param out    [features]
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_profile_rows(const sg_run *run, int64_t first, int64_t rows, double *out, segml_error *err);

#endif

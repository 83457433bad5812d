/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_PREDICT_H
#define SG_TREE_PREDICT_H

/* Evaluating forests: the same bits as XGBoost's CPU predictor. */

#include "tree/forest.h"

/**
 * Margins of one row, which may come in two parts: the caller's features and what the
 * model appends to them (a group's codes). No allocation, no lock.
 *
 * @param rounds  use the first so many boosting rounds; 0 = all
 * @param row     [head] first features; NaN = missing
 * @param head    0 .. sg_forest_features()
 * @param tail    [sg_forest_features() - head] the other features; NULL if there are none
 * @param margin  out [sg_forest_outputs()]
 *
 * Thread-safety: any thread.
 */
void sg_predict_margin(const sg_forest *forest, int32_t rounds, const float *row, int64_t head,
                       const float *tail, float *margin);

/**
 * Turns the margins of one row into predictions in place.
 *
 * @param outputs  1, or the number of classes for SG_OBJECTIVE_SOFTPROB
 */
void sg_predict_transform(sg_objective objective, float *values, int32_t outputs);

#endif

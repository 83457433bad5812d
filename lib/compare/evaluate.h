/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_EVALUATE_H
#define SG_COMPARE_EVALUATE_H

/* Predictions that approaches are scored on: cross-validated or nested. */

#include "compare/approach.h"

/**
 * Trains every approach on the data; each row is predicted by the models of the folds that hold
 * it out. Fills contest->predicted and the cells' facts: status, rounds, threshold, message,
 * parameters, trials.
 *
 * @return as sg_approach_train_all()
 */
int sg_evaluate_cross(sg_contest *contest, segml_error *err);

/**
 * For each outer fold that is used, trains every approach without it and predicts its rows.
 * Facts are those of the first one.
 *
 * @param used  outer folds from 0 on
 * @return as sg_approach_train_all()
 */
int sg_evaluate_nested(sg_contest *contest, int32_t used, segml_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_ASSESS_H
#define SG_COMPARE_ASSESS_H

/* Scores predictions: metrics, intervals, paired differences, verdicts. */

#include "compare/approach.h"

/**
 * Fills metrics, estimates and verdicts of all cells, scored, best. Margins of rows that were not
 * predicted become 0.
 *
 * @param widen  factor on intervals, see metric/interval.h
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_CANCELLED
 */
int sg_assess(sg_contest *contest, double widen, segml_error *err);

/**
 * The verdict from 95 % intervals {low, high} of paired differences of the loss; NaN = unknown.
 */
int32_t sg_assess_verdict(const double global_untuned[2], const double tuned_untuned[2],
                          const double tuned_global[2]);

/** 97.5 % quantile of Student's t, to 0.5 %. */
double sg_assess_student(int64_t freedom);

#endif

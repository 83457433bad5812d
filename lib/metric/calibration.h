/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_CALIBRATION_H
#define SG_METRIC_CALIBRATION_H

/* Whether probabilities are what they say. */

#include "metric/ranking.h"

enum { SG_CALIBRATION_BINS = 10 };

/**
 * Expected calibration error: mean distance between mean probability and share of positives over
 * ten bins of equal weight. NaN without rows.
 *
 * @param row  [count] sorted, scores are margins
 */
double sg_calibration_error(const sg_ranked *row, int64_t count);

/**
 * The logistic regression of the label on the margin: 1 and 0 of calibrated predictions. A slope
 * below 1 means too sure.
 *
 * @param row  [count] scores are margins
 * @param slope, intercept  out: NaN where there is no finite fit: one class, one margin, or
 *             margins that separate the classes
 */
void sg_calibration_line(const sg_ranked *row, int64_t count, double *slope, double *intercept);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_NUMERIC_H
#define SG_METRIC_NUMERIC_H

/* Metrics of numbers: regression and counts. */

#include "metric/metric.h"

/** The part of sg_metric_all() for both tasks; appends. @return SEGML_OK; SEGML_E_NOMEM */
int sg_numeric_metrics(const sg_scored *scored, segml_value *values, int64_t *count,
                       segml_error *err);

/**
 * Weighted sum of the labels' squared distances from their weighted mean: exactly 0 if all are
 * equal.
 *
 * @param mean  out: NaN without a row of positive weight
 */
double sg_numeric_spread(const sg_scored *scored, double *mean);

#endif

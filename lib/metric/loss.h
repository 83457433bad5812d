/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_LOSS_H
#define SG_METRIC_LOSS_H

/* Losses beyond those of metric.h. */

#include "metric/metric.h"

/** Poisson deviance of one row; a mean below 1e-9 counts as that. */
double sg_loss_deviance(double label, double mean);

/** Sum of weight times sg_metric_row_loss(), to 1e-14 of it. */
double sg_loss_sum(const sg_scored *scored);

/**
 * sg_metric_loss() and its standard error as a weighted mean of independent rows,
 * sqrt(sum w^2 (l - mean)^2) / sum w; both NaN without a row of positive weight.
 */
double sg_loss_mean(const sg_scored *scored, double *standard_error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_INTERVAL_H
#define SG_METRIC_INTERVAL_H

/*
 * How sure a metric is: 95 % intervals by the bootstrap over rows, and paired comparisons of
 * two predictions of the same rows.
 *
 * Up to 200 rows the bootstrap is the Bayesian one (exponential row weights), which never loses a
 * class; above, rows are drawn with replacement. Every metric here is a function of sums over
 * rows, so more than 5,000 rows are first summed in 1,000 random blocks, which are drawn instead.
 * Intervals of few rows are stretched so that they hold what they promise.
 */

#include "metric/metric.h"

enum { SG_INTERVAL_DRAWS = 1000 };

typedef struct sg_interval {
    double value;          /* of the rows themselves; NaN = undefined */
    double low, high;      /* NaN where value is, or fewer than two rows count; never beyond what
                              the metric can be (0, for f1 and accuracy also 1) */
    double standard_error; /* of the draws, widened */
} sg_interval;

typedef struct sg_interval_spec {
    uint64_t seed, group; /* of the random stream */
    /* Factor on the width on both sides of the value; at least 1. For cross-validation of K folds
       sqrt(1 + K / (K - 1)) (Nadeau, Bengio). */
    double widen;
    const double *row_threshold; /* [rows] of binary, instead of scored->threshold; NULL = that */
} sg_interval_spec;

/** Names of the metrics that have intervals, for a task: log_loss, f1, accuracy / log_loss,
    f1_macro, accuracy / rmse, mae / deviance, mae. @return number of them */
int32_t sg_interval_names(int32_t task, const char *const **names);

enum { SG_INTERVAL_MAX = 4 };

/**
 * Intervals of those metrics.
 *
 * @param out  [SG_INTERVAL_MAX] in the order of sg_interval_names()
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_interval_all(const sg_scored *scored, const sg_interval_spec *spec, sg_interval *out,
                    segml_error *err);

/**
 * The same for the differences a - b of two predictions of the same rows, drawn together.
 *
 * @param a, b   same rows, labels and weights
 * @param spec_b its row_threshold alone is read; NULL = b's threshold
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_interval_paired(const sg_scored *a, const sg_scored *b, const sg_interval_spec *spec,
                       const sg_interval_spec *spec_b, sg_interval *out, segml_error *err);

/**
 * Mean difference of the row losses a - b and its standard error, clustered by group: sums over
 * the rows of a group count as one observation.
 *
 * @param group           [rows] numbers from 0, of which memory for as many as the largest is
 *                        taken; NULL = every row for itself
 * @param mean            out: NaN without a row of positive weight
 * @param standard_error  out: NaN with fewer than two groups that have such a row
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_interval_loss_difference(const sg_scored *a, const sg_scored *b, const int32_t *group,
                                double *mean, double *standard_error, segml_error *err);

/**
 * One-sided Wilcoxon signed-rank test that x tends to be larger than y, normal approximation
 * with tie correction, zeros split evenly ("zsplit").
 *
 * @param x, y  [n] finite
 * @param p     out: 1 where all differences are zero
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_interval_wilcoxon(const double *x, const double *y, int64_t n, double *p, segml_error *err);

#endif

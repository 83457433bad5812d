/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_BINARY_H
#define SG_METRIC_BINARY_H

/* Metrics of two classes. */

#include "metric/sums.h"

double sg_binary_f1(const double *sums, int64_t classes);
double sg_binary_precision(const double *sums, int64_t classes);
double sg_binary_recall(const double *sums, int64_t classes);
double sg_binary_accuracy(const double *sums, int64_t classes);
double sg_binary_balanced_accuracy(const double *sums, int64_t classes);
double sg_binary_mcc(const double *sums, int64_t classes);
double sg_binary_brier(const double *sums, int64_t classes);

/** The part of sg_metric_all_at() for the task; appends. @return SEGML_OK; SEGML_E_NOMEM */
int sg_binary_metrics(const sg_scored *scored, const double *row_threshold, segml_value *values,
                      int64_t *count, segml_error *err);

#endif

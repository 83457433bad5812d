/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_MULTICLASS_H
#define SG_METRIC_MULTICLASS_H

/* Metrics of three and more classes. */

#include "metric/sums.h"

double sg_multiclass_f1_macro(const double *sums, int64_t classes);
double sg_multiclass_f1_weighted(const double *sums, int64_t classes);
double sg_multiclass_accuracy(const double *sums, int64_t classes); /* also F1, micro average */
double sg_multiclass_balanced_accuracy(const double *sums, int64_t classes);
double sg_multiclass_kappa(const double *sums, int64_t classes);
double sg_multiclass_mcc(const double *sums, int64_t classes);

/** The part of sg_metric_all() for the task; appends. @return SEGML_OK; SEGML_E_NOMEM */
int sg_multiclass_metrics(const sg_scored *scored, segml_value *values, int64_t *count,
                          segml_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_DATA_METRIC_H
#define SG_DATA_METRIC_H

/*
 * Losses and metrics of predictions against labels, all weighted. Rows of weight 0 do
 * not count. A metric that is undefined is NaN, never a guess.
 */

#include "base/status.h"
#include "segml/model.h"

/** Predictions as margins, and what they are compared with. All arrays are borrowed. */
typedef struct sg_scored {
    int32_t task; /* segml_task */
    int64_t rows;
    int64_t classes;     /* of multiclass, else 1 */
    const float *margin; /* [rows * classes] */
    const float *label;  /* [rows] 0 or 1, class, or value */
    const float *weight; /* [rows]; NULL = all 1 */
    double threshold;    /* of binary, on the probability */
} sg_scored;

/**
 * Loss of one row, from margins: log loss (clipped at -log 1e-15), squared error, or Poisson
 * deviance.
 */
double sg_metric_row_loss(int32_t task, const float *margin, int64_t classes, float label);

/** Weighted mean of the row losses; NaN without a row of positive weight. */
double sg_metric_loss(const sg_scored *scored);

enum { SG_METRIC_MAX = 16 };

/**
 * All metrics of a task, under names that doc/guide.md explains.
 *
 * binary      log_loss log_loss_se f1 precision recall accuracy balanced_accuracy mcc roc_auc
 *             pr_auc brier base_rate
 * multiclass  log_loss log_loss_se f1_macro f1_weighted accuracy balanced_accuracy
 * regression  rmse rmse_se mae r2 bias
 * poisson     deviance deviance_se mae rmse bias
 *
 * @param values  out [SG_METRIC_MAX]; names are static texts
 * @param count   out: number of them
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_metric_all(const sg_scored *scored, segml_value *values, int64_t *count, segml_error *err);

#endif

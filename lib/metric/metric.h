/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_METRIC_H
#define SG_METRIC_METRIC_H

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

enum { SG_METRIC_MAX = 40 };

/**
 * All metrics of a task, under names that doc/guide.md explains, with what is undefined where.
 *
 * binary      log_loss log_loss_se f1 precision recall accuracy balanced_accuracy mcc roc_auc
 *             pr_auc brier ece calibration_slope calibration_intercept base_rate tp fp fn tn
 * multiclass  log_loss log_loss_se f1_macro f1_weighted f1_micro accuracy balanced_accuracy
 *             kappa mcc roc_auc_macro roc_auc_weighted classes_seen
 * regression  rmse rmse_se mae median_ae r2 d2_absolute mape mape_rows wape bias
 *             pinball_10 pinball_90
 * poisson     deviance deviance_se d2 mae rmse bias
 *
 * @param values  out [SG_METRIC_MAX]; names are static texts
 * @param count   out: number of them
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_metric_all(const sg_scored *scored, segml_value *values, int64_t *count, segml_error *err);

/**
 * The same with a threshold for each row.
 *
 * @param row_threshold  [rows] of binary, instead of scored->threshold; NULL = that
 */
int sg_metric_all_at(const sg_scored *scored, const double *row_threshold, segml_value *values,
                     int64_t *count, segml_error *err);

/**
 * One metric as a loss to be minimised by a search: itself where lower is better, else 1 - itself
 * (kappa and mcc: likewise); NaN where undefined.
 *
 * @param name  NULL or "loss" = the task's loss; else one of the names above that rank models:
 *              f1, precision, recall, accuracy, ...; not tp, base_rate, ..._se
 * @return SEGML_OK; SEGML_E_ARGUMENT (not of this task: the message names those that are);
 *         SEGML_E_NOMEM
 */
int sg_metric_objective(const char *name, const sg_scored *scored, double *loss, segml_error *err);

/** Whether the name is one for sg_metric_objective() of a task. @return as that, without NOMEM */
int sg_metric_check_objective(const char *name, int32_t task, segml_error *err);

/** Over groups: pooled metrics are those of all rows together; these are the others. */
typedef struct sg_metric_groups {
    const sg_scored *scored; /* all rows, group by group */
    const int64_t *start;    /* [groups + 1] */
    int64_t groups;
    const double *row_threshold; /* [rows] of binary; NULL = scored->threshold */
} sg_metric_groups;

enum { SG_METRIC_GROUPS_MAX = 16 };

/**
 * How a metric is spread over groups: for the task's loss and F1 (f1, f1_macro): <name>_macro
 * (mean over groups where it is defined), <name>_weighted (by the groups' weight), <name>_worst,
 * <name>_q10 (the worst tenth begins there: of n groups the ceil(n / 10)-th worst), and
 * <name>_undefined (number of groups). The loss of regression goes by the name rmse. Binary
 * also roc_auc_stratified: sum n+ n- AUC_g / sum n+ n-; regression r2_within: 1 - sum SSE_g / sum
 * SST_g.
 *
 * @param values  out [SG_METRIC_GROUPS_MAX]
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_metric_over_groups(const sg_metric_groups *groups, segml_value *values, int64_t *count,
                          segml_error *err);

#endif

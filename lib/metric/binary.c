/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Metrics of two classes.
 *
 * R1  Undefined: F1 without positives, true or predicted; precision without predicted positives,
 *     recall without true ones; the Matthews correlation if the labels are of one class. It is 0
 *     if the predictions are of one class and the labels are not.
 * R2  Balanced accuracy is the mean recall of the classes that occur in the labels.
 *
 * Elsewhere the values are scikit-learn's, which returns 0 and warns where R1 says undefined:
 * a group without positives is not the same as a group that was predicted wrongly, and must not
 * pull down a mean over groups.
 */

#include "metric/binary.h"

#include "base/alloc.h"
#include "metric/calibration.h"
#include "metric/loss.h"
#include "metric/ranking.h"
#include "metric/rows.h"

enum { TN = SG_SUM_CELLS, FP, FN, TP };

double
sg_binary_f1(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(2 * sums[TP], 2 * sums[TP] + sums[FP] + sums[FN]);
}

double
sg_binary_precision(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(sums[TP], sums[TP] + sums[FP]);
}

double
sg_binary_recall(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(sums[TP], sums[TP] + sums[FN]);
}

double
sg_binary_accuracy(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(sums[TP] + sums[TN], sums[TP] + sums[FP] + sums[TN] + sums[FN]);
}

double
sg_binary_balanced_accuracy(const double *sums, int64_t classes)
{
    double positive = sums[TP] + sums[FN], negative = sums[TN] + sums[FP];

    (void)classes;
    if (positive <= 0)
        return sg_rows_ratio(sums[TN], negative);
    if (negative <= 0)
        return sg_rows_ratio(sums[TP], positive);
    return (sums[TP] / positive + sums[TN] / negative) / 2;
}

double
sg_binary_mcc(const double *sums, int64_t classes)
{
    double tp = sums[TP], fp = sums[FP], tn = sums[TN], fn = sums[FN];
    double spread = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));

    (void)classes;
    if (tp + fn <= 0 || tn + fp <= 0)
        return (double)NAN;
    return spread > 0 ? (tp * tn - fp * fn) / spread : 0;
}

double
sg_binary_brier(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(sums[SG_SUM_SQUARES], sums[SG_SUM_WEIGHT]);
}

int
sg_binary_metrics(const sg_scored *scored, const double *row_threshold, segml_value *values,
                  int64_t *count, segml_error *err)
{
    double sums[SG_SUM_SINGLE], loss, standard_error, slope, intercept;
    sg_ranked *ranked = NULL;
    sg_areas areas;
    int64_t rows;
    int rc = sg_ranking_make(&ranked, &rows, scored, err);

    if (rc < 0)
        return rc;
    sg_sums_all(scored, row_threshold, sums);
    loss = sg_loss_mean(scored, &standard_error);
    areas = sg_ranking_areas(ranked, rows);
    sg_calibration_line(ranked, rows, &slope, &intercept);
    sg_rows_add(values, count, "log_loss", loss);
    sg_rows_add(values, count, "log_loss_se", standard_error);
    sg_rows_add(values, count, "f1", sg_binary_f1(sums, 1));
    sg_rows_add(values, count, "precision", sg_binary_precision(sums, 1));
    sg_rows_add(values, count, "recall", sg_binary_recall(sums, 1));
    sg_rows_add(values, count, "accuracy", sg_binary_accuracy(sums, 1));
    sg_rows_add(values, count, "balanced_accuracy", sg_binary_balanced_accuracy(sums, 1));
    sg_rows_add(values, count, "mcc", sg_binary_mcc(sums, 1));
    sg_rows_add(values, count, "roc_auc", areas.roc_auc);
    sg_rows_add(values, count, "pr_auc", areas.pr_auc);
    sg_rows_add(values, count, "brier", sg_binary_brier(sums, 1));
    sg_rows_add(values, count, "ece", sg_calibration_error(ranked, rows));
    sg_rows_add(values, count, "calibration_slope", slope);
    sg_rows_add(values, count, "calibration_intercept", intercept);
    sg_rows_add(values, count, "base_rate",
                sg_rows_ratio(sums[TP] + sums[FN], sums[SG_SUM_WEIGHT]));
    sg_rows_add(values, count, "tp", sums[TP]);
    sg_rows_add(values, count, "fp", sums[FP]);
    sg_rows_add(values, count, "fn", sums[FN]);
    sg_rows_add(values, count, "tn", sums[TN]);
    sg_free(ranked);
    return SEGML_OK;
}

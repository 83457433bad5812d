/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Losses and metrics.
 *
 * R1  Everything is computed from margins in double precision, so that a probability
 *     that rounds to 0 or 1 still has its loss.
 * R2  Undefined cases: no row: NaN. F1 without positives, true or predicted: NaN;
 *     precision without predicted positives: NaN, recall without true ones: NaN. ROC
 *     AUC of one class: NaN; average precision without positives: NaN. MCC: NaN if the
 *     labels are of one class, 0 if the predictions are. R2 of a constant label or one
 *     row: NaN. Macro F1: over the classes that occur in labels or predictions.
 * R3  Ties: AUC counts them half, average precision moves equal scores together.
 *
 * Definitions follow scikit-learn's (https://scikit-learn.org/stable/modules/model_evaluation.html)
 * except for R2, where that returns 0 or 1 and warns. Standard errors are those of a weighted
 * mean of independent rows: sqrt(sum w^2 (l - mean)^2) / sum w; of the RMSE by the delta
 * method.
 */

#include "data/metric.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

static const double largest_log_loss = 34.538776394910684; /* -log(1e-15) */
static const double smallest_mean = 1e-9;

static double
row_weight(const sg_scored *s, int64_t i)
{
    return s->weight != NULL ? (double)s->weight[i] : 1.0;
}

static double
sigmoid(double margin)
{
    return margin >= 0 ? 1.0 / (1.0 + exp(-margin)) : exp(margin) / (1.0 + exp(margin));
}

/* log(1 + exp(x)) without overflow. */
static double
softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double
multiclass_loss(const float *margin, int64_t classes, int64_t label)
{
    double largest = (double)margin[0], sum = 0;

    for (int64_t c = 1; c < classes; c++)
        largest = (double)margin[c] > largest ? (double)margin[c] : largest;
    for (int64_t c = 0; c < classes; c++)
        sum += exp((double)margin[c] - largest);
    return log(sum) + largest - (double)margin[label];
}

static double
poisson_mean(double margin)
{
    double mean = exp(margin);

    return mean > smallest_mean ? mean : smallest_mean;
}

double
sg_metric_row_loss(int32_t task, const float *margin, int64_t classes, float label)
{
    double m = (double)margin[0], y = (double)label, loss;

    if (task == SEGML_TASK_REGRESSION)
        return (m - y) * (m - y);
    if (task == SEGML_TASK_POISSON) {
        double mean = poisson_mean(m);

        return 2 * ((y > 0 ? y * log(y / mean) : 0) - (y - mean));
    }
    loss = task == SEGML_TASK_BINARY ? softplus(y > 0.5 ? -m : m)
                                     : multiclass_loss(margin, classes, (int64_t)label);
    return loss < largest_log_loss ? loss : largest_log_loss;
}

/* Weighted mean of the row losses, and its standard error where it is asked for. */
static double
mean_loss(const sg_scored *s, double *standard_error)
{
    double total = 0, sum = 0, squares = 0, mean;

    for (int64_t i = 0; i < s->rows; i++) {
        double w = row_weight(s, i);

        total += w;
        if (w > 0)
            sum += w *
                   sg_metric_row_loss(s->task, s->margin + i * s->classes, s->classes, s->label[i]);
    }
    mean = total > 0 ? sum / total : (double)NAN;
    if (standard_error == NULL)
        return mean;
    for (int64_t i = 0; i < s->rows; i++) {
        double w = row_weight(s, i), off;

        if (w > 0) {
            off = sg_metric_row_loss(s->task, s->margin + i * s->classes, s->classes, s->label[i]) -
                  mean;
            squares += w * w * off * off;
        }
    }
    *standard_error = total > 0 ? sqrt(squares) / total : (double)NAN;
    return mean;
}

double
sg_metric_loss(const sg_scored *scored)
{
    return mean_loss(scored, NULL);
}

static double
ratio(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

static void
add(segml_value *values, int64_t *count, const char *name, double value)
{
    values[*count].name = name;
    values[*count].value = value;
    (*count)++;
}

/* One row of a ranking. */
typedef struct ranked {
    float score;
    int32_t positive;
    double weight;
    int64_t place; /* makes the order, and with it the sums, unique */
} ranked;

static int
by_falling_score(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* ROC AUC and average precision of a ranking, ties together. */
static int
rank_metrics(const sg_scored *s, double *roc_auc, double *pr_auc, segml_error *err)
{
    ranked *r = sg_alloc_array(s->rows, sizeof *r);
    double tp = 0, fp = 0, pairs = 0, precision_sum = 0;
    int64_t n = 0;

    if (r == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < s->rows; i++) {
        if (row_weight(s, i) > 0)
            r[n++] = (ranked){s->margin[i], s->label[i] > 0.5f, row_weight(s, i), i};
    }
    qsort(r, (size_t)n, sizeof *r, by_falling_score);
    for (int64_t i = 0; i < n;) {
        double positives = 0, negatives = 0;
        int64_t j = i;

        for (; j < n && !(r[j].score < r[i].score); j++) { /* also over NaN */
            positives += r[j].positive ? r[j].weight : 0;
            negatives += r[j].positive ? 0 : r[j].weight;
        }
        pairs += negatives * (tp + positives / 2);
        tp += positives;
        fp += negatives;
        precision_sum += positives * (tp / (tp + fp));
        i = j;
    }
    *roc_auc = ratio(pairs, tp * fp);
    *pr_auc = ratio(precision_sum, tp);
    sg_free(r);
    return SEGML_OK;
}

static int
binary_metrics(const sg_scored *s, segml_value *values, int64_t *count, segml_error *err)
{
    double tp = 0, fp = 0, tn = 0, fn = 0, brier = 0, total, spread;
    double standard_error, loss, roc_auc = (double)NAN, pr_auc = (double)NAN;
    int rc;

    for (int64_t i = 0; i < s->rows; i++) {
        double w = row_weight(s, i), p = sigmoid((double)s->margin[i]);
        int positive = s->label[i] > 0.5f, predicted = p >= s->threshold;

        if (!(w > 0))
            continue;
        *(positive ? predicted ? &tp : &fn : predicted ? &fp : &tn) += w;
        brier += w * (p - positive) * (p - positive);
    }
    total = tp + fp + tn + fn;
    spread = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
    loss = mean_loss(s, &standard_error);
    rc = rank_metrics(s, &roc_auc, &pr_auc, err);
    if (rc < 0)
        return rc;
    add(values, count, "log_loss", loss);
    add(values, count, "log_loss_se", standard_error);
    add(values, count, "f1", ratio(2 * tp, 2 * tp + fp + fn));
    add(values, count, "precision", ratio(tp, tp + fp));
    add(values, count, "recall", ratio(tp, tp + fn));
    add(values, count, "accuracy", ratio(tp + tn, total));
    add(values, count, "balanced_accuracy",
        tp + fn <= 0   ? ratio(tn, tn + fp)
        : tn + fp <= 0 ? ratio(tp, tp + fn)
                       : (tp / (tp + fn) + tn / (tn + fp)) / 2);
    add(values, count, "mcc",
        tp + fn <= 0 || tn + fp <= 0 ? (double)NAN
        : spread > 0                 ? (tp * tn - fp * fn) / spread
                                     : 0);
    add(values, count, "roc_auc", roc_auc);
    add(values, count, "pr_auc", pr_auc);
    add(values, count, "brier", ratio(brier, total));
    add(values, count, "base_rate", ratio(tp + fn, total));
    return SEGML_OK;
}

typedef struct class_counts {
    double hit, label, predicted;
} class_counts;

static int64_t
most_probable(const float *margin, int64_t classes)
{
    int64_t best = 0;

    for (int64_t c = 1; c < classes; c++)
        best = margin[c] > margin[best] ? c : best;
    return best;
}

static int
multiclass_metrics(const sg_scored *s, segml_value *values, int64_t *count, segml_error *err)
{
    class_counts *n = sg_alloc_zeroed(s->classes, sizeof *n);
    double macro = 0, weighted = 0, recall = 0, hits = 0, total = 0, standard_error, loss;
    int64_t seen = 0, labelled = 0;

    if (n == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < s->rows; i++) {
        int64_t label = (int64_t)s->label[i];
        int64_t predicted = most_probable(s->margin + i * s->classes, s->classes);
        double w = row_weight(s, i);

        n[label].label += w;
        n[predicted].predicted += w;
        n[label].hit += label == predicted ? w : 0;
        total += w;
    }
    for (int64_t c = 0; c < s->classes; c++) {
        double f1;

        if (n[c].label + n[c].predicted <= 0)
            continue;
        f1 = 2 * n[c].hit / (n[c].label + n[c].predicted);
        macro += f1;
        weighted += f1 * n[c].label;
        hits += n[c].hit;
        seen++;
        if (n[c].label > 0) {
            recall += n[c].hit / n[c].label;
            labelled++;
        }
    }
    loss = mean_loss(s, &standard_error);
    add(values, count, "log_loss", loss);
    add(values, count, "log_loss_se", standard_error);
    add(values, count, "f1_macro", ratio(macro, (double)seen));
    add(values, count, "f1_weighted", ratio(weighted, total));
    add(values, count, "accuracy", ratio(hits, total));
    add(values, count, "balanced_accuracy", ratio(recall, (double)labelled));
    sg_free(n);
    return SEGML_OK;
}

/* Regression and counts: errors of the mean. */
static void
mean_metrics(const sg_scored *s, segml_value *values, int64_t *count)
{
    double total = 0, label = 0, squares = 0, absolute = 0, bias = 0, spread = 0;
    double standard_error, rmse, loss = mean_loss(s, &standard_error);
    int64_t counted = 0;

    for (int64_t i = 0; i < s->rows; i++) {
        double w = row_weight(s, i);

        if (!(w > 0))
            continue;
        total += w;
        label += w * (double)s->label[i];
        counted++;
    }
    for (int64_t i = 0; i < s->rows && total > 0; i++) {
        double w = row_weight(s, i), y = (double)s->label[i], m = (double)s->margin[i];
        double error = (s->task == SEGML_TASK_POISSON ? exp(m) : m) - y;

        if (!(w > 0))
            continue;
        squares += w * error * error;
        absolute += w * fabs(error);
        bias += w * error;
        spread += w * (y - label / total) * (y - label / total);
    }
    rmse = sqrt(ratio(squares, total));
    if (s->task == SEGML_TASK_POISSON) {
        add(values, count, "deviance", loss);
        add(values, count, "deviance_se", standard_error);
    } else {
        add(values, count, "rmse", rmse);
        add(values, count, "rmse_se", rmse > 0 ? standard_error / (2 * rmse) : (double)NAN);
    }
    add(values, count, "mae", ratio(absolute, total));
    if (s->task == SEGML_TASK_POISSON)
        add(values, count, "rmse", rmse);
    else
        add(values, count, "r2", counted > 1 && spread > 0 ? 1 - squares / spread : (double)NAN);
    add(values, count, "bias", ratio(bias, total));
}

int
sg_metric_all(const sg_scored *scored, segml_value *values, int64_t *count, segml_error *err)
{
    *count = 0;
    if (scored->task == SEGML_TASK_BINARY)
        return binary_metrics(scored, values, count, err);
    if (scored->task == SEGML_TASK_MULTICLASS)
        return multiclass_metrics(scored, values, count, err);
    mean_metrics(scored, values, count);
    return SEGML_OK;
}

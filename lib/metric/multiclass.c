/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Metrics of three and more classes.
 *
 * R1  F1 of a class that is predicted but never the label is 0; a class that is neither does not
 *     count. Balanced accuracy is over the classes that are labels.
 * R2  The Matthews correlation is NaN if the labels are of one class, else 0 if the predictions
 *     are. Kappa is NaN if labels and predictions are of one and the same class.
 * R3  Areas are one class against the rest, and are averaged over the classes that are labels;
 *     NaN if that is one class only. A row's score for a class is the log of the odds that the
 *     class has by the model: as good as the probability, but it does not tie near 0 and 1. It is
 *     rounded to float, so that equal margins in another order tie.
 *
 * One against one was rejected for the areas: it takes C^2 rankings and does not tell more.
 */

#include "metric/multiclass.h"

#include "base/alloc.h"
#include "metric/loss.h"
#include "metric/ranking.h"
#include "metric/rows.h"

/* Weights of a class in the sums. */
typedef struct tally {
    double hit, label, predicted;
} tally;

static tally
tally_of(const double *sums, int64_t classes, int64_t c)
{
    const double *cell = sums + SG_SUM_CELLS + c;

    return (tally){cell[0], cell[classes], cell[2 * classes]};
}

/* Mean F1, plain or by the weight of labels. */
static double
mean_f1(const double *sums, int64_t classes, int by_label)
{
    double sum = 0, total = 0;

    for (int64_t c = 0; c < classes; c++) {
        tally n = tally_of(sums, classes, c);
        double w = by_label ? n.label : 1;

        if (n.label + n.predicted <= 0)
            continue;
        sum += w * (2 * n.hit / (n.label + n.predicted));
        total += w;
    }
    return sg_rows_ratio(sum, total);
}

double
sg_multiclass_f1_macro(const double *sums, int64_t classes)
{
    return mean_f1(sums, classes, 0);
}

double
sg_multiclass_f1_weighted(const double *sums, int64_t classes)
{
    return mean_f1(sums, classes, 1);
}

double
sg_multiclass_accuracy(const double *sums, int64_t classes)
{
    double hits = 0;

    for (int64_t c = 0; c < classes; c++)
        hits += tally_of(sums, classes, c).hit;
    return sg_rows_ratio(hits, sums[SG_SUM_WEIGHT]);
}

double
sg_multiclass_balanced_accuracy(const double *sums, int64_t classes)
{
    double recalls = 0;
    int64_t seen = 0;

    for (int64_t c = 0; c < classes; c++) {
        tally n = tally_of(sums, classes, c);

        recalls += n.label > 0 ? n.hit / n.label : 0;
        seen += n.label > 0;
    }
    return sg_rows_ratio(recalls, (double)seen);
}

/* Sums over classes that say how far hits are from chance. */
typedef struct agreement {
    double total, hits;
    double both, labels, predictions; /* sums of label * predicted, label^2, predicted^2 */
    int64_t label_classes, predicted_classes;
} agreement;

static agreement
agree(const double *sums, int64_t classes)
{
    agreement a = {.total = sums[SG_SUM_WEIGHT]};

    for (int64_t c = 0; c < classes; c++) {
        tally n = tally_of(sums, classes, c);

        a.hits += n.hit;
        a.both += n.label * n.predicted;
        a.labels += n.label * n.label;
        a.predictions += n.predicted * n.predicted;
        a.label_classes += n.label > 0;
        a.predicted_classes += n.predicted > 0;
    }
    return a;
}

double
sg_multiclass_kappa(const double *sums, int64_t classes)
{
    agreement a = agree(sums, classes);

    /* Of one and the same class the divisor is exactly 0: both products are of equal sums. */
    return sg_rows_ratio(a.hits * a.total - a.both, a.total * a.total - a.both);
}

double
sg_multiclass_mcc(const double *sums, int64_t classes)
{
    agreement a = agree(sums, classes);
    double squared = a.total * a.total;

    if (a.label_classes < 2)
        return (double)NAN;
    if (a.predicted_classes < 2)
        return 0;
    return (a.hits * a.total - a.both) / (sqrt(squared - a.labels) * sqrt(squared - a.predictions));
}

/* Log of the odds of class c. */
static float
log_odds(const float *margin, int64_t classes, int64_t c)
{
    double largest = (double)-INFINITY, sum = 0;

    for (int64_t k = 0; k < classes; k++)
        largest = k != c && (double)margin[k] > largest ? (double)margin[k] : largest;
    for (int64_t k = 0; k < classes; k++)
        sum += k != c ? exp((double)margin[k] - largest) : 0;
    return (float)((double)margin[c] - largest - log(sum));
}

/* Mean areas over the classes that are labels, plain and by weight. */
static int
mean_areas(const sg_scored *s, const double *sums, double *macro, double *weighted,
           segml_error *err)
{
    sg_ranked *row = sg_alloc_array(s->rows, sizeof *row);
    double sum = 0, weighted_sum = 0, total = 0;
    int64_t seen = 0;

    if (row == NULL)
        return sg_fail_nomem(err);
    for (int64_t c = 0; c < s->classes; c++) {
        double label = tally_of(sums, s->classes, c).label, area;
        int64_t n = 0;

        if (label <= 0)
            continue;
        for (int64_t i = 0; i < s->rows; i++) {
            double w = sg_rows_weight(s, i);

            if (w > 0)
                row[n++] = (sg_ranked){log_odds(s->margin + i * s->classes, s->classes, c),
                                       (int64_t)s->label[i] == c, w, i};
        }
        sg_ranking_sort(row, n);
        area = sg_ranking_areas(row, n).roc_auc;
        sum += area;
        weighted_sum += label * area;
        total += label;
        seen++;
    }
    *macro = sg_rows_ratio(sum, (double)seen);
    *weighted = sg_rows_ratio(weighted_sum, total);
    sg_free(row);
    return SEGML_OK;
}

int
sg_multiclass_metrics(const sg_scored *scored, segml_value *values, int64_t *count,
                      segml_error *err)
{
    int64_t classes = scored->classes;
    double *sums = sg_alloc_array(sg_sums_width(classes), sizeof *sums);
    double loss, standard_error, macro = (double)NAN, weighted = (double)NAN;
    int rc;

    if (sums == NULL)
        return sg_fail_nomem(err);
    sg_sums_all(scored, NULL, sums);
    rc = mean_areas(scored, sums, &macro, &weighted, err);
    if (rc < 0)
        goto out;
    loss = sg_loss_mean(scored, &standard_error);
    sg_rows_add(values, count, "log_loss", loss);
    sg_rows_add(values, count, "log_loss_se", standard_error);
    sg_rows_add(values, count, "f1_macro", sg_multiclass_f1_macro(sums, classes));
    sg_rows_add(values, count, "f1_weighted", sg_multiclass_f1_weighted(sums, classes));
    sg_rows_add(values, count, "f1_micro", sg_multiclass_accuracy(sums, classes));
    sg_rows_add(values, count, "accuracy", sg_multiclass_accuracy(sums, classes));
    sg_rows_add(values, count, "balanced_accuracy", sg_multiclass_balanced_accuracy(sums, classes));
    sg_rows_add(values, count, "kappa", sg_multiclass_kappa(sums, classes));
    sg_rows_add(values, count, "mcc", sg_multiclass_mcc(sums, classes));
    sg_rows_add(values, count, "roc_auc_macro", macro);
    sg_rows_add(values, count, "roc_auc_weighted", weighted);
    sg_rows_add(values, count, "classes_seen", (double)agree(sums, classes).label_classes);
out:
    sg_free(sums);
    return rc;
}

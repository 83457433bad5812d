/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparisons of two predictions by their row losses.
 *
 * R1  The standard error of the mean difference is that of a ratio of sums over clusters:
 *     sqrt(G / (G - 1) * sum of squared residual sums) / total weight, for G clusters of positive
 *     weight. Rows of one group share its peculiarities and its model, so they are no
 *     independent witnesses.
 * R2  Signed ranks (Wilcoxon 1945): differences of 0 take the lowest ranks, half of which count
 *     for either side; equal sizes share their mean rank, and the variance is less by
 *     (t^3 - t) / 48 for each t of them, zeros included. No continuity correction. This is what
 *     scipy.stats.wilcoxon does with zero_method "zsplit", alternative "greater", method
 *     "asymptotic", but for all differences being 0, where p is 1 here and 0.5 there.
 *
 * Exact signed-rank probabilities were rejected: they do not know ties, and folds tie.
 */

#include "metric/interval.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "metric/rows.h"

static double
loss_of(const sg_scored *s, int64_t i)
{
    return sg_metric_row_loss(s->task, s->margin + i * s->classes, s->classes, s->label[i]);
}

/* What rows of a cluster add up to. */
typedef struct cluster {
    double weight, sum; /* of weights; of weighted differences */
} cluster;

static int64_t
count_clusters(const int32_t *group, int64_t rows)
{
    int64_t most = -1;

    for (int64_t i = 0; i < rows; i++)
        most = group[i] > most ? group[i] : most;
    return most + 1;
}

int
sg_interval_loss_difference(const sg_scored *a, const sg_scored *b, const int32_t *group,
                            double *mean, double *standard_error, segml_error *err)
{
    int64_t clusters = group != NULL ? count_clusters(group, a->rows) : a->rows, seen = 0;
    cluster *of = sg_alloc_zeroed(clusters, sizeof *of);
    double total = 0, sum = 0, squares = 0;

    *mean = *standard_error = (double)NAN;
    if (of == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < a->rows; i++) {
        int64_t c = group != NULL ? group[i] : i;
        double w = sg_rows_weight(a, i), d;

        if (!(w > 0))
            continue;
        d = w * (loss_of(a, i) - loss_of(b, i));
        of[c].weight += w;
        of[c].sum += d;
        total += w;
        sum += d;
    }
    *mean = sg_rows_ratio(sum, total);
    for (int64_t c = 0; c < clusters; c++) {
        double off = of[c].weight > 0 ? of[c].sum - of[c].weight * *mean : 0;

        squares += off * off;
        seen += of[c].weight > 0;
    }
    if (seen > 1)
        *standard_error = sqrt(squares * ((double)seen / (double)(seen - 1))) / total;
    sg_free(of);
    return SEGML_OK;
}

static int
by_size(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);

    return x < y ? -1 : x > y;
}

/* z of the positive differences' rank sum; d is sorted by size. */
static double
signed_rank_z(const double *d, int64_t n)
{
    double count = (double)n, positive = 0, ties = 0, variance;

    for (int64_t i = 0, next; i < n; i = next) {
        double rank, t;

        for (next = i + 1; next < n && !(fabs(d[next]) > fabs(d[i]));)
            next++;
        t = (double)(next - i);
        rank = ((double)i + 1 + (double)next) / 2; /* mean of i + 1 ... next */
        ties += t * t * t - t;
        for (int64_t j = i; j < next; j++)
            positive += d[j] > 0 ? rank : d[j] < 0 ? 0 : rank / 2;
    }
    variance = (count * (count + 1) * (2 * count + 1) - ties / 2) / 24;
    return (positive - count * (count + 1) / 4) / sqrt(variance);
}

int
sg_interval_wilcoxon(const double *x, const double *y, int64_t n, double *p, segml_error *err)
{
    double *d = sg_alloc_array(n, sizeof *d);

    *p = 1;
    if (d == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < n; i++)
        d[i] = x[i] - y[i];
    qsort(d, (size_t)n, sizeof *d, by_size);
    if (n > 0 && fabs(d[n - 1]) > 0)
        *p = erfc(signed_rank_z(d, n) / sqrt(2)) / 2;
    sg_free(d);
    return SEGML_OK;
}

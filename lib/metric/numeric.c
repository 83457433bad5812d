/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Metrics of numbers.
 *
 * R1  Medians are weighted lower medians: the smallest value up to which at least half of the
 *     weight lies. Of an even number of equal weights that is the lower one of the middle two,
 *     not their mean, which has no counterpart with weights.
 * R2  What compares with a constant prediction (R2, both D2) is undefined for a constant label,
 *     that of a single row included.
 * R3  Relative errors leave out labels that are 0 (MAPE; mape_rows tells of how many rows it is),
 *     or divide sums (WAPE; undefined if all labels are 0).
 * R4  Pinball losses take the one prediction as the 10 % and the 90 % quantile: they tell how the
 *     error splits into too low and too high, not how good quantiles are.
 *
 * The sum of squares is taken around the mean in a second pass; the difference of two large sums
 * was rejected for its cancellation. That a label is constant is seen by comparing labels: its
 * mean may be rounded, and the squares then are not quite 0.
 */

#include "metric/numeric.h"

#include <float.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "metric/loss.h"
#include "metric/rows.h"
#include "metric/sums.h"

typedef struct weighed {
    double value, weight;
} weighed;

static int
by_rising_value(const void *a, const void *b)
{
    const weighed *x = a, *y = b;

    return x->value < y->value ? -1 : x->value > y->value;
}

/* Weighted lower median; NaN of nothing. Sorts. */
static double
lower_median(weighed *v, int64_t n)
{
    double total = 0, passed = 0;

    qsort(v, (size_t)n, sizeof *v, by_rising_value);
    for (int64_t i = 0; i < n; i++)
        total += v[i].weight;
    for (int64_t i = 0; i < n; i++) {
        passed += v[i].weight;
        if (passed >= total / 2)
            return v[i].value;
    }
    return (double)NAN;
}

double
sg_numeric_spread(const sg_scored *scored, double *mean)
{
    double total = 0, sum = 0, spread = 0, least = DBL_MAX, most = -DBL_MAX;

    for (int64_t i = 0; i < scored->rows; i++) {
        double w = sg_rows_weight(scored, i), y = (double)scored->label[i];

        if (!(w > 0))
            continue;
        total += w;
        sum += w * y;
        least = y < least ? y : least;
        most = y > most ? y : most;
    }
    *mean = sg_rows_ratio(sum, total);
    for (int64_t i = 0; i < scored->rows && least < most; i++) {
        double w = sg_rows_weight(scored, i), off = (double)scored->label[i] - *mean;

        spread += w > 0 ? w * off * off : 0;
    }
    return spread;
}

/* What both tasks are measured by; not all of it is reported for both. */
typedef struct facts {
    double total, mean; /* of weights; of labels */
    double squares, absolute, error;
    double label_spread, label_size; /* squares around the mean; absolute labels */
    double deviance, null_deviance;
    double relative, relative_total; /* of rows whose label is not 0 */
    double low, high;                /* pinball losses at .1 and .9 */
    int64_t relative_rows;
} facts;

static void
add_row(facts *f, double w, double y, double prediction)
{
    double e = prediction - y;

    f->squares += w * e * e;
    f->absolute += w * fabs(e);
    f->error += w * e;
    f->label_size += w * fabs(y);
    f->low += w * (e > 0 ? 0.9 * e : -0.1 * e);
    f->high += w * (e > 0 ? 0.1 * e : -0.9 * e);
    f->total += w;
    if (fabs(y) > 0) {
        f->relative += w * fabs(e / y);
        f->relative_total += w;
        f->relative_rows++;
    }
}

static facts
collect(const sg_scored *s)
{
    facts f = {.total = 0};

    f.label_spread = sg_numeric_spread(s, &f.mean);
    for (int64_t i = 0; i < s->rows; i++) {
        double w = sg_rows_weight(s, i), y = (double)s->label[i], m = (double)s->margin[i];

        if (!(w > 0))
            continue;
        add_row(&f, w, y, s->task == SEGML_TASK_POISSON ? exp(m) : m);
        if (s->task == SEGML_TASK_POISSON) {
            f.deviance += w * sg_loss_deviance(y, exp(m));
            f.null_deviance += w * sg_loss_deviance(y, f.mean);
        }
    }
    return f;
}

/* Median of the absolute errors, and absolute errors of the median of the labels, summed. */
static int
medians(const sg_scored *s, double *median_error, double *label_absolute, segml_error *err)
{
    weighed *v = sg_alloc_array(s->rows, sizeof *v);
    double median;
    int64_t n = 0;

    if (v == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < s->rows; i++) {
        if (sg_rows_weight(s, i) > 0)
            v[n++] =
                (weighed){fabs((double)s->margin[i] - (double)s->label[i]), sg_rows_weight(s, i)};
    }
    *median_error = lower_median(v, n);
    n = 0;
    for (int64_t i = 0; i < s->rows; i++) {
        if (sg_rows_weight(s, i) > 0)
            v[n++] = (weighed){(double)s->label[i], sg_rows_weight(s, i)};
    }
    median = lower_median(v, n);
    *label_absolute = 0;
    for (int64_t i = 0; i < n; i++)
        *label_absolute += v[i].weight * fabs(v[i].value - median);
    sg_free(v);
    return SEGML_OK;
}

static int
regression_metrics(const sg_scored *s, segml_value *values, int64_t *count, segml_error *err)
{
    double median_error = (double)NAN, label_absolute = 0, standard_error, rmse;
    facts f;
    int rc = medians(s, &median_error, &label_absolute, err);

    if (rc < 0)
        return rc;
    f = collect(s);
    rmse = sqrt(sg_rows_ratio(f.squares, f.total));
    sg_loss_mean(s, &standard_error);
    sg_rows_add(values, count, "rmse", rmse);
    /* by the delta method from the mean square */
    sg_rows_add(values, count, "rmse_se", sg_rows_ratio(standard_error, 2 * rmse));
    sg_rows_add(values, count, "mae", sg_rows_ratio(f.absolute, f.total));
    sg_rows_add(values, count, "median_ae", median_error);
    sg_rows_add(values, count, "r2",
                f.label_spread > 0 ? 1 - sg_rows_ratio(f.squares, f.label_spread) : (double)NAN);
    sg_rows_add(values, count, "d2_absolute",
                f.label_spread > 0 ? 1 - sg_rows_ratio(f.absolute, label_absolute) : (double)NAN);
    sg_rows_add(values, count, "mape", sg_rows_ratio(f.relative, f.relative_total));
    sg_rows_add(values, count, "mape_rows", (double)f.relative_rows);
    sg_rows_add(values, count, "wape", sg_rows_ratio(f.absolute, f.label_size));
    sg_rows_add(values, count, "bias", sg_rows_ratio(f.error, f.total));
    sg_rows_add(values, count, "pinball_10", sg_rows_ratio(f.low, f.total));
    sg_rows_add(values, count, "pinball_90", sg_rows_ratio(f.high, f.total));
    return SEGML_OK;
}

static void
poisson_metrics(const sg_scored *s, segml_value *values, int64_t *count)
{
    facts f = collect(s);
    double standard_error, deviance = sg_loss_mean(s, &standard_error);

    sg_rows_add(values, count, "deviance", deviance);
    sg_rows_add(values, count, "deviance_se", standard_error);
    sg_rows_add(values, count, "d2",
                f.label_spread > 0 ? 1 - sg_rows_ratio(f.deviance, f.null_deviance) : (double)NAN);
    sg_rows_add(values, count, "mae", sg_rows_ratio(f.absolute, f.total));
    sg_rows_add(values, count, "rmse", sqrt(sg_rows_ratio(f.squares, f.total)));
    sg_rows_add(values, count, "bias", sg_rows_ratio(f.error, f.total));
}

int
sg_numeric_metrics(const sg_scored *scored, segml_value *values, int64_t *count, segml_error *err)
{
    if (scored->task == SEGML_TASK_REGRESSION)
        return regression_metrics(scored, values, count, err);
    poisson_metrics(scored, values, count);
    return SEGML_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Losses of rows, their mean and its standard error.
 *
 * R1  Everything is computed from margins in double precision, so that a probability that rounds
 *     to 0 or 1 still has its loss.
 * R2  A row's log loss is at most -log(1e-15), a Poisson mean at least 1e-9: one row alone
 *     cannot make a mean infinite.
 * R3  What a row of weight 0 holds is never looked at.
 * R4  Sums of log losses without weights are taken of many rows at once, as after every round of
 *     boosting: with s the margin towards the label, log(1 + exp(-s)) is max(-s, 0) +
 *     log(1 + exp(-|s|)), and logs of factors are the log of their product. Kept as q =
 *     product - 1, it loses nothing where all exps are tiny:
 *     (1 + q)(1 + t) - 1 = q + t (1 + q) adds positive numbers alone. A product of SPAN factors
 *     of at most 2 does not overflow. Relative error below 1e-14; the same on every machine
 *     but for the C library's log1p.
 *
 * exp(x) of R4 is 2^k times the Taylor series of exp(x - k ln 2), to r^12; ln 2 has two parts so
 * that k times the first is exact. The compiler makes vectors of it, and cannot of a call of exp():
 * three times as fast.
 *
 * The standard error takes rows as independent and weights as given, not as counts. Clustered
 * errors are in interval.c.
 */

#include "metric/loss.h"

#include <string.h>

#include "metric/rows.h"

enum { LANES = 16, SPAN = 256 };

static const double largest_log_loss = 34.538776394910684; /* -log(1e-15) */
static const double smallest_mean = 1e-9;

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

double
sg_loss_deviance(double label, double mean)
{
    double m = mean > smallest_mean ? mean : smallest_mean;

    return 2 * ((label > 0 ? label * log(label / m) : 0) - (label - m));
}

double
sg_metric_row_loss(int32_t task, const float *margin, int64_t classes, float label)
{
    double m = (double)margin[0], y = (double)label, loss;

    if (task == SEGML_TASK_REGRESSION)
        return (m - y) * (m - y);
    if (task == SEGML_TASK_POISSON)
        return sg_loss_deviance(y, exp(m));
    loss = task == SEGML_TASK_BINARY ? softplus(y > 0.5 ? -m : m)
                                     : multiclass_loss(margin, classes, (int64_t)label);
    return loss < largest_log_loss ? loss : largest_log_loss;
}

static double
loss_of_row(const sg_scored *s, int64_t i)
{
    return sg_metric_row_loss(s->task, s->margin + i * s->classes, s->classes, s->label[i]);
}

/* exp(x), x in [-700, 0]. */
static inline double
exp_of_negative(double x)
{
    const double shift = 0x1.8p+52; /* added, it leaves k in the low bits */
    double shifted = x * 0x1.71547652b82fep+0 + shift, k = shifted - shift;
    double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
    double r2 = r * r, r4 = r2 * r2, low, high, power;
    uint64_t bits;

    low = (1 + r) + r2 * (1.0 / 2 + r * (1.0 / 6));
    low += r4 * ((1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040)));
    high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
    high += r4 * (1.0 / 479001600);
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return power * (low + r4 * r4 * high);
}

/* Adds rows to the lanes: max(-s, 0) to the first, factors 1 + exp(-|s|) to the second. */
static inline void
add_binary(double *linear, double *product, const float *margin, const float *label)
{
    float wrong[LANES], size[LANES];
    double t[LANES];

    for (int j = 0; j < LANES; j++) {
        wrong[j] = label[j] > 0.5f ? -margin[j] : margin[j];
        wrong[j] = wrong[j] < 0 ? 0 : wrong[j];
        size[j] = fabsf(margin[j]) < 700 ? fabsf(margin[j]) : 700;
    }
    for (int j = 0; j < LANES; j++) {
        double w = (double)wrong[j];

        linear[j] += w < largest_log_loss ? w : largest_log_loss; /* NaN as the largest */
    }
    for (int j = 0; j < LANES; j++)
        t[j] = exp_of_negative(-(double)size[j]);
    for (int j = 0; j < LANES; j++)
        product[j] += t[j] * (1 + product[j]);
}

/* Sum of log losses of at most SPAN rows. */
static double
sum_binary_span(const float *margin, const float *label, int64_t rows)
{
    double linear[LANES] = {0}, product[LANES] = {0};
    float last_margin[LANES], last_label[LANES] = {0};
    int64_t i;

    for (i = 0; i + LANES <= rows; i += LANES)
        add_binary(linear, product, margin + i, label + i);
    if (i < rows) {
        /* Rows that add nothing: label 0, margin far below 0. */
        for (int j = 0; j < LANES; j++)
            last_margin[j] = i + j < rows ? margin[i + j] : -HUGE_VALF;
        memcpy(last_label, label + i, (size_t)(rows - i) * sizeof *label);
        add_binary(linear, product, last_margin, last_label);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int j = 0; j < half; j++) {
            linear[j] += linear[j + half];
            product[j] += product[j + half] * (1 + product[j]);
        }
    }
    return linear[0] + log1p(product[0]);
}

static double
sum_binary(const sg_scored *s)
{
    double sum = 0;

    for (int64_t i = 0; i < s->rows; i += SPAN) {
        int64_t left = s->rows - i;

        sum += sum_binary_span(s->margin + i, s->label + i, left < SPAN ? left : SPAN);
    }
    return sum;
}

static double
sum_squares(const sg_scored *s)
{
    double lane[LANES] = {0};
    int64_t i;

    for (i = 0; i + LANES <= s->rows; i += LANES) {
        for (int j = 0; j < LANES; j++) {
            double off = (double)s->margin[i + j] - (double)s->label[i + j];

            lane[j] += off * off;
        }
    }
    for (; i < s->rows; i++)
        lane[0] += loss_of_row(s, i);
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int j = 0; j < half; j++)
            lane[j] += lane[j + half];
    }
    return lane[0];
}

double
sg_loss_sum(const sg_scored *scored)
{
    double sum = 0;

    if (scored->weight == NULL && scored->task == SEGML_TASK_BINARY)
        return sum_binary(scored);
    if (scored->weight == NULL && scored->task == SEGML_TASK_REGRESSION)
        return sum_squares(scored);
    for (int64_t i = 0; i < scored->rows; i++) {
        double w = sg_rows_weight(scored, i);

        sum += w > 0 ? w * loss_of_row(scored, i) : 0;
    }
    return sum;
}

double
sg_metric_loss(const sg_scored *scored)
{
    double total = 0;

    for (int64_t i = 0; i < scored->rows; i++)
        total += sg_rows_weight(scored, i);
    return sg_rows_ratio(sg_loss_sum(scored), total);
}

double
sg_loss_mean(const sg_scored *scored, double *standard_error)
{
    double mean = sg_metric_loss(scored), total = 0, squares = 0;

    for (int64_t i = 0; i < scored->rows; i++) {
        double w = sg_rows_weight(scored, i), off;

        if (!(w > 0))
            continue;
        off = w * (loss_of_row(scored, i) - mean);
        total += w;
        squares += off * off;
    }
    *standard_error = sg_rows_ratio(sqrt(squares), total);
    return mean;
}

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Losses of rows, their mean and its standard error.
 *
 * R1  Everything is computed from margins in double precision, so that a probability that rounds
 *     to 0 or 1 still has its loss.
 * R2  A row's log loss is at most -log(1e-15), a Poisson mean at least 1e-9: one row alone
 *     cannot make a mean infinite.
 * R3  What a row of weight 0 holds is never looked at.
 *
 * The standard error takes rows as independent and weights as given, not as counts. Clustered
 * errors are in interval.c.
 */

#include "metric/loss.h"

#include "metric/rows.h"

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

double
sg_metric_loss(const sg_scored *scored)
{
    double total = 0, sum = 0;

    for (int64_t i = 0; i < scored->rows; i++) {
        double w = sg_rows_weight(scored, i);

        total += w;
        sum += w > 0 ? w * loss_of_row(scored, i) : 0;
    }
    return sg_rows_ratio(sum, total);
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

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Calibration of binary predictions.
 *
 * R1  Bins: the weight axis of the ranked rows is cut into ten equal parts. Rows of equal margin
 *     stay together, in the part that the middle of their common weight falls into, so that no
 *     value depends on the order of rows. A bin may be empty.
 * R2  The line is fitted by weighted maximum likelihood, label ~ sigmoid(intercept + slope *
 *     margin), both at once (Cox 1958). The fit is finite exactly if the margins of the two
 *     classes overlap by more than a point (Albert, Anderson 1984), which is tested before.
 *
 * Bins of equal width were rejected: with few rows most of them hold a row or two. Newton's
 * method runs on standardised margins and halves a step that does not lower the loss, which is
 * convex.
 */

#include "metric/calibration.h"

#include <float.h>

#include "metric/rows.h"

enum { NEWTON_STEPS = 100 };

/* What a step promises to gain, per weight, where it is taken unseen, and where it is the last:
   the gain of the next one is of the order of the square. */
static const double close_by = 1e-9, arrived = 1e-18;

double
sg_calibration_error(const sg_ranked *row, int64_t count)
{
    double off[SG_CALIBRATION_BINS] = {0}, total = 0, passed = 0, sum = 0;

    for (int64_t i = 0; i < count; i++)
        total += row[i].weight;
    for (int64_t i = 0, next; i < count; i = next) {
        double weight = 0, positives = 0;
        int bin;

        next = sg_ranking_next(row, count, i);
        for (int64_t j = i; j < next; j++) {
            weight += row[j].weight;
            positives += row[j].positive ? row[j].weight : 0;
        }
        bin = (int)(SG_CALIBRATION_BINS * (passed + weight / 2) / total);
        bin = bin < SG_CALIBRATION_BINS ? bin : SG_CALIBRATION_BINS - 1;
        off[bin] += positives - weight * sg_rows_sigmoid((double)row[i].score);
        passed += weight;
    }
    for (int b = 0; b < SG_CALIBRATION_BINS; b++)
        sum += fabs(off[b]);
    return sg_rows_ratio(sum, total);
}

/* Margins are z = (margin - centre) / scale in the fit. */
typedef struct fit {
    const sg_ranked *row;
    int64_t count;
    double centre, scale, total;
    double loss, gradient[2], hessian[3]; /* at the last point; hessian: 00, 01, 11 */
} fit;

static int
has_finite_fit(const sg_ranked *row, int64_t count)
{
    double least[2] = {DBL_MAX, DBL_MAX}, most[2] = {-DBL_MAX, -DBL_MAX};

    for (int64_t i = 0; i < count; i++) {
        double m = (double)row[i].score;
        int c = row[i].positive;

        if (!isfinite(m))
            return 0;
        least[c] = m < least[c] ? m : least[c];
        most[c] = m > most[c] ? m : most[c];
    }
    return least[1] < most[0] && least[0] < most[1];
}

static void
standardise(fit *f)
{
    double sum = 0, squares = 0;

    for (int64_t i = 0; i < f->count; i++) {
        f->total += f->row[i].weight;
        sum += f->row[i].weight * (double)f->row[i].score;
    }
    f->centre = sum / f->total;
    for (int64_t i = 0; i < f->count; i++) {
        double off = (double)f->row[i].score - f->centre;

        squares += f->row[i].weight * off * off;
    }
    f->scale = sqrt(squares / f->total);
}

/* Negative log likelihood at x, its gradient and Hessian. */
static void
evaluate(fit *f, const double x[2])
{
    double *g = f->gradient, *h = f->hessian;

    f->loss = g[0] = g[1] = h[0] = h[1] = h[2] = 0;
    for (int64_t i = 0; i < f->count; i++) {
        double z = ((double)f->row[i].score - f->centre) / f->scale, m = x[0] + x[1] * z;
        double w = f->row[i].weight, p = sg_rows_sigmoid(m);
        double against = f->row[i].positive ? -m : m;

        f->loss += w * (fmax(against, 0) + log1p(exp(-fabs(against))));
        g[0] += w * (p - f->row[i].positive);
        g[1] += w * (p - f->row[i].positive) * z;
        h[0] += w * p * (1 - p);
        h[1] += w * p * (1 - p) * z;
        h[2] += w * p * (1 - p) * z * z;
    }
}

/* One step of Newton's method from x. @return 1: x is the solution, 0: go on, -1: no way on */
static int
step(fit *f, double x[2])
{
    const double *g = f->gradient, *h = f->hessian;
    double det = h[0] * h[2] - h[1] * h[1], loss = f->loss, from[2] = {x[0], x[1]}, by[2], gain;

    if (!(det > 0))
        return -1;
    by[0] = -(h[2] * g[0] - h[1] * g[1]) / det;
    by[1] = -(h[0] * g[1] - h[1] * g[0]) / det;
    gain = -(g[0] * by[0] + g[1] * by[1]);
    for (double size = 1; size > 1e-9; size /= 2) {
        x[0] = from[0] + size * by[0];
        x[1] = from[1] + size * by[1];
        evaluate(f, x);
        if (gain <= close_by * f->total) /* here losses differ by rounding alone */
            return gain <= arrived * f->total;
        if (f->loss < loss)
            return 0;
    }
    return -1;
}

void
sg_calibration_line(const sg_ranked *row, int64_t count, double *slope, double *intercept)
{
    fit f = {.row = row, .count = count};
    double x[2] = {0, 0};
    int done = 0;

    *slope = *intercept = (double)NAN;
    if (!has_finite_fit(row, count))
        return;
    standardise(&f);
    evaluate(&f, x);
    for (int i = 0; i < NEWTON_STEPS && done == 0; i++)
        done = step(&f, x);
    if (done < 1)
        return;
    *slope = x[1] / f.scale;
    *intercept = x[0] - *slope * f.centre;
}

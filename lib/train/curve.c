/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Validation curves. On fewer than 200 rows the minimum of the raw curve is mostly
 * luck, so it is taken of a centred moving average over five rounds. The rule for
 * stopping is adaptive (AutoGluon's): a slow learner gets more patience. Few rows get less of
 * it, and only improvements that such a number of rows can tell count.
 */

#include "train/curve.h"

#include <math.h>

enum { ROWS_WITHOUT_AVERAGE = 200 };

sg_curve
sg_curve_begin(double *loss, int64_t rows)
{
    return (sg_curve){.loss = loss,
                      .half = rows < ROWS_WITHOUT_AVERAGE ? 2 : 0,
                      .best = (double)INFINITY,
                      .mark = (double)INFINITY};
}

/* Mean of the losses around a round that are there. */
static double
average(const double *loss, int32_t rounds, int32_t at, int32_t half)
{
    int32_t first = at - half > 0 ? at - half : 0;
    int32_t last = at + half < rounds ? at + half : rounds - 1;
    double sum = 0;

    for (int32_t i = first; i <= last; i++)
        sum += loss[i];
    return sum / (last - first + 1);
}

int
sg_curve_add(sg_curve *curve, double loss)
{
    int32_t at = curve->rounds - curve->half;
    double tolerance = curve->half > 0 ? 1e-3 : 1e-4;
    double least = curve->half > 0 ? 15 : 20, share = curve->half > 0 ? 0.2 : 0.3;
    double patience, mean;

    curve->loss[curve->rounds++] = loss;
    if (at < 0)
        return 0;
    mean = average(curve->loss, curve->rounds, at, curve->half);
    if (mean < curve->best) {
        curve->best = mean;
        curve->best_at = at + 1;
    }
    if (mean < curve->mark - tolerance * fabs(curve->mark) || isinf(curve->mark)) {
        curve->mark = mean;
        curve->mark_at = at + 1;
    }
    patience = share * curve->mark_at + 10;
    return at + 1 - curve->mark_at >= (patience > least ? patience : least);
}

int32_t
sg_curve_lowest(const double *loss, int32_t rounds, int64_t rows)
{
    int32_t half = rows < ROWS_WITHOUT_AVERAGE ? 2 : 0, best = 0;
    double lowest = average(loss, rounds, 0, half);

    for (int32_t i = 1; i < rounds; i++) {
        double mean = average(loss, rounds, i, half);

        if (mean < lowest) {
            lowest = mean;
            best = i;
        }
    }
    return best + 1;
}

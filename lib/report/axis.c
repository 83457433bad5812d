/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scales.
 *
 * Ticks are 1, 2 or 5 times a power of ten (after Heckbert, "Nice numbers for graph labels",
 * Graphics Gems, 1990), at most six of them so that their numbers have room on a phone. The scale
 * ends a little beyond the values; ending on ticks was rejected, it may leave a third of the width
 * empty.
 */

#include "report/axis.h"

#include <math.h>

enum { MOST = 6 };

static const double margin = 0.04; /* of the range, on each side */

sg_range
sg_range_empty(void)
{
    return (sg_range){INFINITY, -INFINITY, 0};
}

void
sg_range_add(sg_range *range, double value)
{
    if (!isfinite(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
    range->count++;
}

/* The smallest round step that makes at most MOST ticks. */
static double
round_step(double low, double high)
{
    static const double steps[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10((high - low) / MOST)));

    for (int i = 0; i < 3; i++) {
        double step = steps[i] * power;

        if (floor(high / step) - ceil(low / step) < MOST)
            return step;
    }
    return steps[3] * power;
}

sg_axis
sg_axis_fit(const sg_range *range)
{
    sg_axis scale = {.low = range->low, .high = range->high};
    double pad = (range->high - range->low) * margin, step;

    if (!(pad > 1e-9 * fabs(scale.high)))
        pad = scale.high != 0 ? fabs(scale.high) / 10 : 1;
    scale.low -= pad;
    scale.high += pad;
    step = round_step(scale.low, scale.high);
    for (double k = ceil(scale.low / step); k * step <= scale.high; k++) {
        if (scale.ticks < SG_AXIS_TICKS)
            scale.tick[scale.ticks++] = k * step;
    }
    scale.decimals = (int)fmax(0, -floor(log10(step) + 1e-9));
    if (scale.decimals > 6)
        scale.decimals = -1;
    return scale;
}

sg_axis
sg_axis_fit_wide(const sg_range *range, double ratio)
{
    static const double steps[] = {1, 2, 5};
    sg_axis scale = {.low = range->low, .high = range->high, .is_log = 1, .decimals = -1};
    int decades;

    if (!(range->low > 0) || range->high / range->low < ratio)
        return sg_axis_fit(range);
    scale.low /= pow(range->high / range->low, margin);
    scale.high *= pow(range->high / range->low, margin);
    decades = (int)(log10(range->high) - log10(range->low)) + 1;
    for (double power = floor(log10(scale.low)); power <= log10(scale.high); power++) {
        for (int s = 0; s < (decades > 2 ? 1 : 3); s++) {
            double tick = steps[s] * pow(10, power);

            if (tick >= scale.low && tick <= scale.high && scale.ticks < SG_AXIS_TICKS)
                scale.tick[scale.ticks++] = tick;
        }
    }
    return scale;
}

double
sg_axis_at(const sg_axis *scale, double value)
{
    double share = scale->is_log ? log(value / scale->low) / log(scale->high / scale->low)
                                 : (value - scale->low) / (scale->high - scale->low);

    return !(share > 0) ? 0 : share > 1 ? 1 : share;
}

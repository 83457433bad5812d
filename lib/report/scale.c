/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scales.
 *
 * Ticks are 1, 2 or 5 times a power of ten, three to seven of them, and the scale ends on ticks
 * (after Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990). Logarithmic scales
 * end at the values: rounding them to decades would leave most of the width empty.
 */

#include "report/scale.h"

#include <math.h>

enum { WANTED = 4 };

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

static double
round_step(double rough)
{
    double power = pow(10, floor(log10(rough))), share = rough / power;

    return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

sg_scale
sg_scale_fit(const sg_range *range)
{
    sg_scale scale = {.low = range->low, .high = range->high};
    double step, first;

    if (!(scale.high - scale.low > 1e-9 * fabs(scale.high))) {
        double pad = scale.high != 0 ? fabs(scale.high) / 10 : 1;

        scale.low -= pad;
        scale.high += pad;
    }
    step = round_step((scale.high - scale.low) / WANTED);
    first = floor(scale.low / step + 1e-6);
    scale.ticks = (int)(ceil(scale.high / step - 1e-6) - first) + 1;
    if (scale.ticks > SG_SCALE_TICKS)
        scale.ticks = SG_SCALE_TICKS;
    for (int i = 0; i < scale.ticks; i++)
        scale.tick[i] = (first + i) * step;
    scale.low = scale.tick[0];
    scale.high = scale.tick[scale.ticks - 1];
    scale.decimals = (int)fmax(0, -floor(log10(step) + 1e-9));
    if (scale.decimals > 6)
        scale.decimals = -1;
    return scale;
}

sg_scale
sg_scale_fit_wide(const sg_range *range, double ratio)
{
    static const double steps[] = {1, 2, 5};
    sg_scale scale = {.low = range->low, .high = range->high, .is_log = 1, .decimals = -1};
    int decades;

    if (!(range->low > 0) || range->high / range->low < ratio)
        return sg_scale_fit(range);
    decades = (int)(log10(range->high) - log10(range->low)) + 1;
    for (double power = floor(log10(range->low)); power <= log10(range->high); power++) {
        for (int s = 0; s < (decades > 2 ? 1 : 3); s++) {
            double tick = steps[s] * pow(10, power);

            if (tick >= range->low && tick <= range->high && scale.ticks < SG_SCALE_TICKS)
                scale.tick[scale.ticks++] = tick;
        }
    }
    return scale;
}

double
sg_scale_at(const sg_scale *scale, double value)
{
    double share = scale->is_log ? log(value / scale->low) / log(scale->high / scale->low)
                                 : (value - scale->low) / (scale->high - scale->low);

    return !(share > 0) ? 0 : share > 1 ? 1 : share;
}

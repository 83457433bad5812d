/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random sampling. Every (group, trial) has a stream of its own and every dimension
 * takes one draw of it (a switch takes two), so a trial's point does not depend on
 * other trials.
 */

#include <math.h>

#include "base/rng.h"
#include "tune/sampler.h"

/* Integers get equal shares of [low - 1/2, high + 1/2], in the log for log dimensions. */
static double
draw_integer(sg_rng *rng, double low, double high, int logarithmic)
{
    double a = low - 0.5, b = high + 0.5, u = sg_rng_uniform(rng);
    double x = logarithmic ? exp(log(a) + u * (log(b) - log(a))) : a + u * (b - a);

    x = floor(x + 0.5);
    return x < low ? low : x > high ? high : x;
}

static double
draw(sg_rng *rng, const sg_dimension *d)
{
    switch (d->kind) {
    case SG_DIMENSION_LOG_FLOAT:
        return exp(log(d->low) + sg_rng_uniform(rng) * (log(d->high) - log(d->low)));
    case SG_DIMENSION_INT:
        return draw_integer(rng, d->low, d->high, 0);
    case SG_DIMENSION_LOG_INT:
        return draw_integer(rng, d->low, d->high, 1);
    case SG_DIMENSION_SWITCH_LOG_INT:
        return sg_rng_uniform(rng) < 0.5 ? 0 : draw_integer(rng, d->low, d->high, 1);
    case SG_DIMENSION_FLOAT:
        break;
    }
    return d->low + sg_rng_uniform(rng) * (d->high - d->low);
}

static void
ask(const sg_sampler_view *view, int32_t trial, sg_params *params)
{
    sg_rng rng = sg_rng_stream(view->seed, view->group, "random sampler", (uint64_t)trial);

    *params = view->space->fixed;
    for (int32_t d = 0; d < view->space->dimensions; d++)
        params->value[view->space->dimension[d].param] = draw(&rng, &view->space->dimension[d]);
}

const sg_sampler sg_sampler_random = {"random", ask};

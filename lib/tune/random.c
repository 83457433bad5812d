/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random sampling.
 *
 * R1  A dimension is uniform on its line (tune/scale.h): in the logarithm where it is
 *     logarithmic, with equal shares for the values of an integer or a step, with equal
 *     shares for choices.
 * R2  Every (group, trial) has a stream of its own and every dimension takes one draw of
 *     it, active or not: a point does not depend on other trials, and a dimension's value
 *     not on whether another one is active.
 */

#include <math.h>

#include "tune/sampler.h"
#include "tune/scale.h"

static double
draw(const sg_dimension *dimension, double u)
{
    double low = sg_scale_low(dimension), high = sg_scale_high(dimension);

    if (sg_scale_is_fixed(dimension))
        return sg_scale_step_value(dimension, 0);
    return sg_scale_value(dimension, low + u * (high - low));
}

static int
ask(const sg_trials *history, double *point, segml_error *err)
{
    const sg_space *space = history->space;
    sg_rng rng =
        sg_rng_stream(history->seed, history->group, "random sampler", (uint64_t)history->count);

    (void)err;
    for (int32_t d = 0; d < space->count; d++) {
        double u = sg_rng_uniform(&rng);

        point[d] = (double)NAN;
        if (sg_space_active(space, point, d))
            point[d] = draw(&space->dimension[d], u);
    }
    return SEGML_OK;
}

const sg_sampler sg_sampler_random = {"random", NULL, ask};

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_GAIN_H
#define SG_NATIVE_EXACT_GAIN_H

/*
 * Weights and gains with XGBoost's operations and types: sums are double, weights and gains float
 * (src/tree/param.h CalcWeight and ThresholdL1, src/tree/split_evaluator.h CalcGainGivenWeight,
 * CalcSplitGain). The order of the operations is the contract.
 */

#include <math.h>
#include <stdint.h>

#include "native/grower.h"

typedef struct sg_exact_sum {
    double g, h;
} sg_exact_sum;

/** Where a node's weights must lie under monotone constraints. */
typedef struct sg_exact_bounds {
    float lower, upper;
} sg_exact_bounds;

static inline double
sg_exact_shrink(double g, double alpha)
{
    return g > alpha ? g - alpha : g < -alpha ? g + alpha : 0.0;
}

/** R5: the weight of a node before bounds. */
static inline float
sg_exact_weight(const sg_grow_params *p, sg_exact_sum s)
{
    double weight;

    if (s.h < (double)p->min_child_weight || s.h <= 0.0)
        return 0.0f;
    weight = -sg_exact_shrink(s.g, (double)p->alpha) / (s.h + (double)p->lambda);
    if (p->max_delta_step != 0.0f && fabs(weight) > (double)p->max_delta_step)
        weight = copysign((double)p->max_delta_step, weight);
    return (float)weight;
}

/** R5 within the bounds of a node; NULL = there are no constraints. */
static inline float
sg_exact_bounded_weight(const sg_grow_params *p, const sg_exact_bounds *bounds, sg_exact_sum s)
{
    float weight = sg_exact_weight(p, s);

    if (bounds == NULL)
        return weight;
    return weight < bounds->lower ? bounds->lower : weight > bounds->upper ? bounds->upper : weight;
}

/** R6 without max_delta_step and constraints. */
static inline float
sg_exact_plain_gain(const sg_grow_params *p, sg_exact_sum s)
{
    double g = sg_exact_shrink(s.g, (double)p->alpha);

    return s.h <= 0.0 ? 0.0f : (float)(g * g) / (float)(s.h + (double)p->lambda);
}

/** R6: gain of rows that get the weight. */
static inline float
sg_exact_gain(const sg_grow_params *p, sg_exact_sum s, float weight)
{
    float g = (float)s.g, h = (float)s.h;

    if (p->max_delta_step == 0.0f && p->monotone == NULL)
        return sg_exact_plain_gain(p, s);
    return s.h <= 0.0 ? 0.0f : -(2.0f * g * weight + (h + p->lambda) * (weight * weight));
}

/** R6, R7: gain of both sides of a split; minus infinity where it violates a constraint. */
static inline float
sg_exact_split_gain(const sg_grow_params *p, const sg_exact_bounds *bounds, int32_t feature,
                    sg_exact_sum left, sg_exact_sum right)
{
    float low, high, gain;
    int sign = p->monotone == NULL ? 0 : p->monotone[feature];

    if (p->max_delta_step == 0.0f && p->monotone == NULL)
        return sg_exact_plain_gain(p, left) + sg_exact_plain_gain(p, right);
    low = sg_exact_bounded_weight(p, bounds, left);
    high = sg_exact_bounded_weight(p, bounds, right);
    gain = sg_exact_gain(p, left, low) + sg_exact_gain(p, right, high);
    if ((sign > 0 && !(low <= high)) || (sign < 0 && !(low >= high)))
        return -INFINITY;
    return gain;
}

#endif

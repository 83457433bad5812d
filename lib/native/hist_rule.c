/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Weights and gains in double, from integer sums: each is a handful of operations on exact
 * numbers, so they need no kernels. The rules are hist.c's; the formulas for bounded weights
 * are those of XGBoost's split_evaluator.h and param.h, with alpha's share in the gain of a
 * weight that is not the best one (versions from 3.4 have it; it is what the objective says).
 */

#include "native/hist_rule.h"

#include <math.h>

enum { SUM_BITS = 29, SCALE_MOST = 120, LAMBDA_BITS = 40 };

/* R1: the exponent of the largest power of two that keeps a sum below 2^SUM_BITS. */
static int
scale_of(double sum)
{
    int exponent = 0;

    if (sum > 0)
        frexp(sum, &exponent);
    exponent = SUM_BITS - exponent;
    return exponent < SCALE_MOST ? exponent : SCALE_MOST;
}

void
sg_hist_rule_make(sg_hist_rule *rule, const sg_grow_params *params, int32_t features,
                  const double *sum)
{
    int usable = isfinite(sum[0]) && isfinite(sum[1]), exponent = 0;
    int kg = usable ? scale_of(sum[0]) : 0, kh = usable ? scale_of(sum[1]) : 0;
    double least;

    if (params->lambda > 0)
        frexp((double)params->lambda, &exponent);
    if (params->lambda > 0 && kh + exponent > LAMBDA_BITS)
        kh = LAMBDA_BITS - exponent;
    rule->params = params;
    rule->unit_g = ldexp(1.0, -kg);
    rule->unit_h = ldexp(1.0, -kh);
    rule->scale_g = usable ? ldexpf(1.0f, kg) : 0.0f;
    rule->scale_h = usable ? ldexpf(1.0f, kh) : 0.0f;
    rule->terms.lambda = (float)ldexp((double)params->lambda, kh);
    rule->terms.alpha = (float)ldexp((double)params->alpha, kg);
    rule->terms.clip = (float)ldexp((double)params->max_delta_step, kg - kh);
    least = ceil(ldexp((double)params->min_child_weight, kh));
    rule->least = least < 1 ? 1 : least < 0x1p30 ? (int32_t)least : 1 << 30;
    rule->constrained = 0;
    for (int32_t f = 0; params->monotone != NULL && f < features; f++)
        rule->constrained |= params->monotone[f] != 0;
}

/* Soft threshold by alpha. */
static double
shrink(double g, double alpha)
{
    if (g > alpha)
        return g - alpha;
    return g < -alpha ? g + alpha : 0.0;
}

static float
weight_of(const sg_hist_rule *rule, sg_hist_bounds bounds, uint64_t sum)
{
    const sg_grow_params *p = rule->params;
    double g = sg_hist_g(sum) * rule->unit_g, h = sg_hist_h(sum) * rule->unit_h, w;
    float weight;

    if (sg_hist_h(sum) <= 0)
        return 0.0f;
    w = -shrink(g, (double)p->alpha) / (h + (double)p->lambda);
    if (p->max_delta_step != 0 && fabs(w) > (double)p->max_delta_step)
        w = copysign((double)p->max_delta_step, w);
    weight = (float)w;
    if (!rule->constrained)
        return weight;
    return weight < bounds.lower ? bounds.lower : weight > bounds.upper ? bounds.upper : weight;
}

float
sg_hist_weight(const sg_hist_rule *rule, sg_hist_bounds bounds, uint64_t sum)
{
    return sg_hist_h(sum) < rule->least ? 0.0f : weight_of(rule, bounds, sum);
}

float
sg_hist_weight_of_category(const sg_hist_rule *rule, uint64_t sum)
{
    return sg_hist_weight(rule, (sg_hist_bounds){-INFINITY, INFINITY}, sum);
}

/* Gain of one side, or of a node that is not divided. */
static double
gain_of(const sg_hist_rule *rule, sg_hist_bounds bounds, uint64_t sum)
{
    const sg_grow_params *p = rule->params;
    double g = sg_hist_g(sum) * rule->unit_g, h = sg_hist_h(sum) * rule->unit_h, w;

    if (sg_hist_h(sum) <= 0)
        return 0.0;
    if (p->max_delta_step == 0 && !rule->constrained) {
        double shrunk = shrink(g, (double)p->alpha);

        return shrunk * shrunk / (h + (double)p->lambda);
    }
    w = (double)weight_of(rule, bounds, sum);
    return -(2.0 * g * w + (h + (double)p->lambda) * (w * w) + 2.0 * (double)p->alpha * fabs(w));
}

float
sg_hist_loss(const sg_hist_rule *rule, sg_hist_bounds bounds, uint64_t left, uint64_t whole)
{
    return (float)(gain_of(rule, bounds, left) + gain_of(rule, bounds, whole - left) -
                   gain_of(rule, bounds, whole));
}

float
sg_hist_rule_gain(const sg_hist_rule *rule, sg_hist_bounds bounds, int constraint, uint64_t left,
                  uint64_t whole)
{
    if (!rule->constrained)
        return sg_hist_gain(left, whole, &rule->terms);
    if (constraint != 0) {
        float l = weight_of(rule, bounds, left), r = weight_of(rule, bounds, whole - left);

        if (constraint > 0 ? l > r : l < r)
            return -INFINITY;
    }
    return (float)(gain_of(rule, bounds, left) + gain_of(rule, bounds, whole - left));
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_MEASURE_ISA_H
#define SG_NATIVE_EXACT_MEASURE_ISA_H

/*
 * What a tree has to know of its gradients (R13 of exact.c), in loops that the compiler
 * turns into vectors: lanes have accumulators of their own.
 */

#include <math.h>
#include <string.h>

#include "native/exact.h"
#include "native/simd.h"

enum { MEASURE_LANES = 16 };

/* Sums of one array, their bound, and whether all values are multiples of what keeps the sums
 * exact: adding 1.5 * 2^(e-1) rounds to a multiple of 2^(e-53). */
static int
exact_on_lattice(const float *x, int64_t count, double bound)
{
    double big;
    int exponent, off[MEASURE_LANES] = {0}, all = 0;

    if (!(bound < 1e30))
        return 0;
    frexp(bound * 1.0001, &exponent);
    big = ldexp(1.5, exponent - 1);
    for (int64_t i = 0; i < count; i += MEASURE_LANES) {
        for (int j = 0; j < MEASURE_LANES; j++) {
            double value = x[i + j];

            off[j] |= (value + big) - big != value;
        }
    }
    for (int j = 0; j < MEASURE_LANES; j++)
        all |= off[j];
    return !all;
}

/* What screening takes for the Hessian of a gradient. */
static inline float
exact_derived(float absolute)
{
#if SG_SIMD
    return fmaf(-absolute, absolute, absolute); /* the bits of v_less_product() */
#else
    return absolute - absolute * absolute;
#endif
}

static void
exact_copy_sampled(sg_exact *exact, const sg_grow_task *task)
{
    int32_t rows = exact->rows;

    if (task->in == NULL) {
        memcpy(exact->gradient, task->gradient, (size_t)rows * sizeof(float));
        memcpy(exact->hessian, task->hessian, (size_t)rows * sizeof(float));
    } else {
        for (int32_t i = 0; i < rows; i++) {
            exact->gradient[i] = task->in[i] ? task->gradient[i] : 0.0f;
            exact->hessian[i] = task->in[i] ? task->hessian[i] : 0.0f;
        }
    }
    for (int64_t i = rows; i < exact->stride; i++)
        exact->gradient[i] = exact->hessian[i] = 0.0f;
}

/* Rows that are not sampled and the pad are zeros: they change nothing, and are counted out. */
static void
exact_measure(sg_exact *exact, const sg_grow_task *task)
{
    double g[MEASURE_LANES] = {0}, h[MEASURE_LANES] = {0}, absolute[MEASURE_LANES] = {0};
    float largest[MEASURE_LANES] = {0}, error[MEASURE_LANES] = {0};
    int32_t positive[MEASURE_LANES] = {0}, ones[MEASURE_LANES] = {0}, all_positive = 0,
            all_ones = 0;
    int64_t count = (exact->rows + MEASURE_LANES - 1) / MEASURE_LANES * MEASURE_LANES;
    sg_exact_facts facts = {0};

    exact_copy_sampled(exact, task);
    for (int64_t i = 0; i < count; i += MEASURE_LANES) {
        for (int j = 0; j < MEASURE_LANES; j++) {
            float x = exact->gradient[i + j], y = exact->hessian[i + j];
            float a = fabsf(x), off = fabsf(y - exact_derived(a));

            g[j] += x;
            h[j] += y;
            absolute[j] += a;
            largest[j] = a > largest[j] ? a : largest[j];
            error[j] = off > error[j] ? off : error[j];
            positive[j] += y > 0.0f;
            ones[j] += y == 1.0f;
        }
    }
    for (int j = 0; j < MEASURE_LANES; j++) {
        facts.sum.g += g[j];
        facts.sum.h += h[j];
        facts.absolute += absolute[j];
        facts.largest = largest[j] > facts.largest ? largest[j] : facts.largest;
        facts.derived_error = error[j] > facts.derived_error ? error[j] : facts.derived_error;
        all_positive += positive[j];
        all_ones += ones[j];
    }
    facts.lattice = all_positive == task->sampled &&
                    exact_on_lattice(exact->gradient, count, facts.absolute) &&
                    exact_on_lattice(exact->hessian, count, facts.sum.h);
    facts.how = all_ones == task->sampled      ? SG_EXACT_ONE
                : facts.derived_error <= 6e-8f ? SG_EXACT_DERIVED
                                               : SG_EXACT_ANY;
    exact->facts = facts;
}

#endif

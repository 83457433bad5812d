/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_PORTABLE_H
#define SG_NATIVE_HIST_PORTABLE_H

/* Kernels of the histogram grower in plain C, included by hist_isa.h alone. */

#include <string.h>

#include "native/hist_kernel.h"

enum { HIST_STRIDES = 8 };

static void
hist_measure(double *sum, const float *gradient, const float *hessian, int32_t rows)
{
    double g[HIST_STRIDES] = {0}, h[HIST_STRIDES] = {0};
    int32_t i = 0;

    for (; i + HIST_STRIDES <= rows; i += HIST_STRIDES) {
        for (int k = 0; k < HIST_STRIDES; k++) {
            g[k] += (double)(gradient[i + k] < 0 ? -gradient[i + k] : gradient[i + k]);
            h[k] += (double)hessian[i + k];
        }
    }
    for (int k = 0; i + k < rows; k++) {
        g[k] += (double)(gradient[i + k] < 0 ? -gradient[i + k] : gradient[i + k]);
        h[k] += (double)hessian[i + k];
    }
    sum[0] = ((g[0] + g[4]) + (g[2] + g[6])) + ((g[1] + g[5]) + (g[3] + g[7]));
    sum[1] = ((h[0] + h[4]) + (h[2] + h[6])) + ((h[1] + h[5]) + (h[3] + h[7]));
}

/* To the nearest integer, half to even: adding 1.5 * 2^52 leaves it in the low bits. */
static inline uint32_t
hist_round(float value)
{
    double shifted = (double)value + 0x1.8p52;
    uint64_t bits;

    memcpy(&bits, &shifted, sizeof bits);
    return (uint32_t)bits;
}

static uint64_t
hist_pack(const sg_hist_pack *task)
{
    uint64_t total = 0;

    for (int32_t i = 0; i < task->rows; i++) {
        uint64_t g = hist_round(task->gradient[i] * task->scale_g);
        uint64_t h = hist_round(task->hessian[i] * task->scale_h);
        uint64_t sum = (g << 32) + h;

        if (task->in != NULL && !task->in[i])
            sum = 0;
        task->sum[i] = sum;
        total += sum;
    }
    return total;
}

static void
hist_subtract(uint64_t *from, const uint64_t *what, int64_t entries)
{
    for (int64_t i = 0; i < entries; i++)
        from[i] -= what[i];
}

/* One candidate after the other, in the order of R7. */
static inline void
hist_try(sg_hist_best *best, const sg_hist_search *task, uint64_t left, sg_hist_best candidate)
{
    if (!sg_hist_allowed(left, task->whole, task->least))
        return;
    candidate.gain = sg_hist_gain(left, task->whole, &task->terms);
    if (candidate.gain > best->gain)
        *best = candidate;
}

static sg_hist_best
hist_search(const sg_hist_search *task)
{
    const sg_bins *bins = task->bins;
    sg_hist_best best = {.gain = -1.0f, .slot = -1};

    for (int32_t s = 0; s < bins->numeric; s++) {
        const uint64_t *entry = task->hist + bins->slot[s].first;
        uint64_t missing = task->hist[bins->slot[s].last], left = 0;

        if (!task->usable[s])
            continue;
        for (int32_t b = 0; b < bins->slot[s].bins; b++) {
            left += entry[b * bins->step];
            hist_try(&best, task, left, (sg_hist_best){.slot = s, .place = b});
            if (missing != 0)
                hist_try(&best, task, left + missing,
                         (sg_hist_best){.slot = s, .place = b, .missing_left = 1});
        }
    }
    return best;
}

#endif

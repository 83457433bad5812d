/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_KERNEL_H
#define SG_NATIVE_HIST_KERNEL_H

/*
 * The loops of the histogram grower that have a version for each set of instructions. Sums are
 * integers: g in the upper, h in the lower half of 64 bits, each below 2^30, so that one
 * addition adds both and nothing depends on order. R numbers are hist.c's.
 */

#include <math.h>

#include "native/bins.h"
#include "native/kernel.h"

/** Of a sum of both, g << 32 | h: h is never negative, so it never borrows from g. */
static inline int32_t
sg_hist_g(uint64_t sum)
{
    return (int32_t)(uint32_t)(sum >> 32);
}

static inline int32_t
sg_hist_h(uint64_t sum)
{
    return (int32_t)(uint32_t)sum;
}

/** What is left of a sum of gradients, without its sign, after the soft threshold by alpha. */
static inline float
sg_hist_shrink(uint64_t sum, float alpha)
{
    float size = fabsf((float)sg_hist_g(sum)) - alpha;

    return size > 0 ? size : 0.0f;
}

/** Parameters of a gain, in the units of the sums. */
typedef struct sg_hist_terms {
    float lambda, alpha;
    float clip; /* max_delta_step; 0 = none */
} sg_hist_terms;

/** R5: gain of one side whose weight is clipped; h has lambda added. */
static inline float
sg_hist_clipped(float t, float h, float clip)
{
    return t > clip * h ? clip * (t + t - clip * h) : t * t / h;
}

/** R5: what both sides of a split gain, in the units of the sums. */
static inline float
sg_hist_gain(uint64_t left, uint64_t whole, const sg_hist_terms *terms)
{
    uint64_t right = whole - left;
    float t = sg_hist_shrink(left, terms->alpha), h = (float)sg_hist_h(left) + terms->lambda;
    float tr = sg_hist_shrink(right, terms->alpha), hr = (float)sg_hist_h(right) + terms->lambda;

    if (terms->clip > 0)
        return sg_hist_clipped(t, h, terms->clip) + sg_hist_clipped(tr, hr, terms->clip);
    return (t * t * hr + tr * tr * h) / (h * hr);
}

/** R6: whether both sides have the Hessian that they need. */
static inline int
sg_hist_allowed(uint64_t left, uint64_t whole, int32_t least)
{
    return sg_hist_h(left) >= least && sg_hist_h(whole - left) >= least;
}

/** Gradients to turn into integers. */
typedef struct sg_hist_pack {
    const float *gradient, *hessian;
    const uint8_t *in; /* NULL = all rows */
    int32_t rows;
    float scale_g, scale_h; /* powers of two */
    uint64_t *sum;          /* out [rows + SG_BINS_PAD]; 0 for rows that are not in */
} sg_hist_pack;

/** Search among the slots that are not categorical, without constraints (R5). */
typedef struct sg_hist_search {
    const sg_bins *bins;
    const uint64_t *hist;
    const uint8_t *usable; /* [numeric + SG_BINS_PAD] 1 = the slot may split */
    uint64_t whole;        /* sum of the node */
    int32_t least;
    sg_hist_terms terms;
} sg_hist_search;

/** The best candidate, or the best so far. */
typedef struct sg_hist_best {
    float gain;
    int32_t slot;         /* -1 = none */
    int32_t place;        /* last bin that goes left; the category that goes right; how many of the
                             first (above 0) or the last (below 0) categories go right */
    int32_t missing_left; /* 1 = missing values go left */
} sg_hist_best;

/** Rows to divide: those whose code plus shift, as 8 bits, is above bound go right. */
typedef struct sg_hist_part {
    const uint8_t *code;
    uint8_t shift, bound;
    uint32_t *row;   /* [count] ascending; out: left ones, then right ones, each ascending;
                      SG_BINS_PAD more numbers of rows stand behind them */
    uint32_t *spare; /* scratch [count + SG_BINS_PAD] */
    int32_t count;
} sg_hist_part;

typedef struct sg_hist_kernel {
    /** R1: sum[0] of |gradient|, sum[1] of hessian. */
    void (*measure)(double *sum, const float *gradient, const float *hessian, int32_t rows);
    /** @return sum of all rows that are in */
    uint64_t (*pack)(const sg_hist_pack *task);
    /** Makes the histogram of some rows; SG_BINS_PAD more numbers of rows stand behind them. */
    void (*build)(uint64_t *hist, const sg_bins *bins, const uint64_t *sum, const uint32_t *row,
                  int32_t count);
    /** from -= what; entries is a multiple of SG_BINS_LANES. */
    void (*subtract)(uint64_t *from, const uint64_t *what, int64_t entries);
    /** R5 to R7. */
    sg_hist_best (*search)(const sg_hist_search *task);
    /** @return number of rows that go left */
    int32_t (*part)(const sg_hist_part *task);
} sg_hist_kernel;

#endif

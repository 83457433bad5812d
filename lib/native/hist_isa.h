/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_ISA_H
#define SG_NATIVE_HIST_ISA_H

/*
 * Kernels of the histogram grower, included by kernel_isa.c alone. Whatever the instructions, a
 * kernel's result is the same bits: sums are integers, floats are taken element by element with
 * the operations that hist.c states, and the best candidate is the first of a total order.
 *
 * Building is the same code for all: no set of instructions adds to scattered places better than
 * one addition at a time.
 */

#include <string.h>

#include "native/hist_kernel.h"

#ifdef __GNUC__
#define HIST_INLINE inline __attribute__((always_inline))
#define HIST_PREFETCH(place) __builtin_prefetch(place)
#else
#define HIST_INLINE inline
#define HIST_PREFETCH(place) ((void)(place))
#endif

/* What gains need: versions of the search, so that the plain one pays for nothing else. */
typedef enum hist_form { HIST_SQUARES, HIST_SHRINKS, HIST_CLIPS } hist_form;

static inline hist_form
hist_form_of(const sg_hist_terms *terms)
{
    return terms->clip > 0 ? HIST_CLIPS : terms->alpha > 0 ? HIST_SHRINKS : HIST_SQUARES;
}

#if defined __AVX512F__
#include "native/hist_avx512.h"
#elif defined __AVX2__
#include "native/hist_avx2.h"
#else
#include "native/hist_portable.h"
#endif

/* Rows of folds that a cache holds are not asked for ahead. The list of rows is padded. */
enum { HIST_CACHED_ROWS = 10000, HIST_AHEAD = SG_BINS_PAD };

#ifndef __AVX512F__
/* Without an instruction that compresses, one row after the other. */
static int32_t
hist_part(const sg_hist_part *task)
{
    uint32_t *row = task->row, *spare = task->spare;
    int32_t left = 0, right = 0;

    for (int32_t i = 0; i < task->count; i++) {
        uint32_t here = row[i];
        int goes_right = (uint8_t)(task->code[here] + task->shift) > task->bound;

        row[left] = here;
        spare[right] = here;
        left += !goes_right;
        right += goes_right;
    }
    memcpy(row + left, spare, (size_t)right * sizeof *row);
    return left;
}
#endif

/* Adds rows to a histogram; a constant number of features unrolls the inner loop. */
static HIST_INLINE void
hist_add_near(uint64_t *hist, const sg_bins *bins, const uint64_t *sum, const uint32_t *row,
              int32_t count, int32_t features)
{
    const int64_t span = bins->span;
    const int far_apart = bins->rows > HIST_CACHED_ROWS;

    for (int32_t i = 0; i < count; i++) {
        const uint16_t *near = bins->near + row[i] * span;
        uint64_t here = sum[row[i]];
        int32_t f = 0;

        if (far_apart) {
            HIST_PREFETCH(bins->near + row[i + HIST_AHEAD] * span);
            HIST_PREFETCH(sum + row[i + HIST_AHEAD]);
        }

        for (; f + 4 <= features; f += 4) {
            hist[near[f]] += here;
            hist[near[f + 1]] += here;
            hist[near[f + 2]] += here;
            hist[near[f + 3]] += here;
        }
        for (; f < features; f++)
            hist[near[f]] += here;
    }
}

static void
hist_add_far(uint64_t *hist, const sg_bins *bins, const uint64_t *sum, const uint32_t *row,
             int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const uint32_t *far = bins->far + row[i] * bins->span;
        uint64_t here = sum[row[i]];

        for (int32_t f = 0; f < bins->features; f++)
            hist[far[f]] += here;
    }
}

static void
hist_build(uint64_t *hist, const sg_bins *bins, const uint64_t *sum, const uint32_t *row,
           int32_t count)
{
    memset(hist, 0, (size_t)bins->entries * sizeof *hist);
    if (bins->near == NULL)
        hist_add_far(hist, bins, sum, row, count);
    else if (bins->features == 1)
        hist_add_near(hist, bins, sum, row, count, 1);
    else if (bins->features == 2)
        hist_add_near(hist, bins, sum, row, count, 2);
    else if (bins->features == 3)
        hist_add_near(hist, bins, sum, row, count, 3);
    else if (bins->features == 4)
        hist_add_near(hist, bins, sum, row, count, 4);
    else
        hist_add_near(hist, bins, sum, row, count, bins->features);
}

static const sg_hist_kernel hist_kernel = {
    .measure = hist_measure,
    .pack = hist_pack,
    .build = hist_build,
    .subtract = hist_subtract,
    .search = hist_search,
    .part = hist_part,
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_AVX512_H
#define SG_NATIVE_HIST_AVX512_H

/*
 * Kernels of the histogram grower with AVX-512, included by hist_isa.h alone.
 *
 * A step of the search takes 16 candidates. Wide histograms have one feature in each lane and
 * go from bin to bin, so that sums run down the lanes and the first of equal gains is the
 * lowest bin; then the lowest lane is the lowest feature. Narrow ones have 16 bins of one
 * feature in the lanes, sums run across, and the number of a candidate says which of equal gains
 * comes first.
 */

#include <immintrin.h>

#include "native/hist_kernel.h"

enum { HIST_LANES = 16, HIST_EIGHT = 8 };

static void
hist_measure(double *sum, const float *gradient, const float *hessian, int32_t rows)
{
    __m512d g = _mm512_setzero_pd(), h = g;
    double each[2][HIST_EIGHT];

    for (int32_t i = 0; i < rows; i += HIST_EIGHT) {
        __mmask8 in = rows - i < HIST_EIGHT ? (__mmask8)((1u << (rows - i)) - 1) : 0xff;
        __m512d here = _mm512_cvtps_pd(_mm256_maskz_loadu_ps(in, gradient + i));

        g = _mm512_add_pd(g, _mm512_abs_pd(here));
        h = _mm512_add_pd(h, _mm512_cvtps_pd(_mm256_maskz_loadu_ps(in, hessian + i)));
    }
    _mm512_storeu_pd(each[0], g);
    _mm512_storeu_pd(each[1], h);
    for (int k = 0; k < 2; k++) {
        const double *s = each[k];

        sum[k] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
}

static uint64_t
hist_pack(const sg_hist_pack *task)
{
    const __m512 scale_g = _mm512_set1_ps(task->scale_g), scale_h = _mm512_set1_ps(task->scale_h);
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(HIST_EIGHT));
    __m512i total = _mm512_setzero_si512();

    for (int32_t i = 0; i < task->rows; i += HIST_LANES) {
        __mmask16 in =
            task->rows - i < HIST_LANES ? (__mmask16)((1u << (task->rows - i)) - 1) : 0xffff;
        __m512i g, h, first, second;

        if (task->in != NULL)
            in = _mm_mask_test_epi8_mask(in, _mm_loadu_si128((const void *)(task->in + i)),
                                         _mm_set1_epi8(-1));
        g = _mm512_cvtps_epi32(
            _mm512_mul_ps(_mm512_maskz_loadu_ps(in, task->gradient + i), scale_g));
        h = _mm512_cvtps_epi32(
            _mm512_mul_ps(_mm512_maskz_loadu_ps(in, task->hessian + i), scale_h));
        first = _mm512_permutex2var_epi32(h, low, g);
        second = _mm512_permutex2var_epi32(h, high, g);
        _mm512_storeu_si512(task->sum + i, first);
        _mm512_storeu_si512(task->sum + i + HIST_EIGHT, second);
        total = _mm512_add_epi64(total, _mm512_add_epi64(first, second));
    }
    return (uint64_t)_mm512_reduce_add_epi64(total);
}

static void
hist_subtract(uint64_t *from, const uint64_t *what, int64_t entries)
{
    for (int64_t i = 0; i < entries; i += HIST_EIGHT)
        _mm512_storeu_si512(
            from + i, _mm512_sub_epi64(_mm512_loadu_si512(from + i), _mm512_loadu_si512(what + i)));
}

/* The best candidate of each lane, and what all candidates are measured by. */
typedef struct hist_lanes {
    __m512 gain;
    __m512i id;
    __m512i g, h, least; /* of the node */
    __m512 lambda, alpha, clip;
    hist_form form; /* a constant */
} hist_lanes;

static HIST_INLINE hist_lanes
hist_lanes_of(const sg_hist_search *task, hist_form form)
{
    return (hist_lanes){.gain = _mm512_set1_ps(-1.0f),
                        .id = _mm512_set1_epi32(-1),
                        .g = _mm512_set1_epi32(sg_hist_g(task->whole)),
                        .h = _mm512_set1_epi32(sg_hist_h(task->whole)),
                        .least = _mm512_set1_epi32(task->least),
                        .lambda = _mm512_set1_ps(task->terms.lambda),
                        .alpha = _mm512_set1_ps(task->terms.alpha),
                        .clip = _mm512_set1_ps(task->terms.clip),
                        .form = form};
}

/* Sizes of gradients after the soft threshold. */
static HIST_INLINE __m512
hist_shrink(const hist_lanes *best, __m512 g)
{
    if (best->form == HIST_SQUARES)
        return g;
    g = _mm512_sub_ps(_mm512_abs_ps(g), best->alpha);
    return _mm512_max_ps(g, _mm512_setzero_ps());
}

/* R5: one side whose weight is clipped. */
static HIST_INLINE __m512
hist_clipped(const hist_lanes *best, __m512 t, __m512 h)
{
    __m512 most = _mm512_mul_ps(best->clip, h);
    __m512 clipped = _mm512_mul_ps(best->clip, _mm512_sub_ps(_mm512_add_ps(t, t), most));

    return _mm512_mask_mov_ps(_mm512_div_ps(_mm512_mul_ps(t, t), h),
                              _mm512_cmp_ps_mask(t, most, _CMP_GT_OQ), clipped);
}

/* R5: both sides. */
static HIST_INLINE __m512
hist_gain(const hist_lanes *best, __m512 t, __m512 h, __m512 tr, __m512 hr)
{
    if (best->form == HIST_CLIPS)
        return _mm512_add_ps(hist_clipped(best, t, h), hist_clipped(best, tr, hr));
    return _mm512_div_ps(_mm512_add_ps(_mm512_mul_ps(_mm512_mul_ps(t, t), hr),
                                       _mm512_mul_ps(_mm512_mul_ps(tr, tr), h)),
                         _mm512_mul_ps(h, hr));
}

/* R5 to R7 for the 16 left sums in a and b; a lane keeps the first of equal gains. */
static HIST_INLINE void
hist_try16(hist_lanes *best, __m512i a, __m512i b, __mmask16 valid, __m512i id)
{
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odd =
        _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    __m512i left_g = _mm512_permutex2var_epi32(a, odd, b);
    __m512i left_h = _mm512_permutex2var_epi32(a, even, b);
    __m512i right_h = _mm512_sub_epi32(best->h, left_h);
    __m512 g = hist_shrink(best, _mm512_cvtepi32_ps(left_g));
    __m512 gr = hist_shrink(best, _mm512_cvtepi32_ps(_mm512_sub_epi32(best->g, left_g)));
    __m512 h = _mm512_add_ps(_mm512_cvtepi32_ps(left_h), best->lambda);
    __m512 hr = _mm512_add_ps(_mm512_cvtepi32_ps(right_h), best->lambda);
    __m512 gain = hist_gain(best, g, h, gr, hr);

    valid = _mm512_mask_cmpge_epi32_mask(valid, _mm512_min_epi32(left_h, right_h), best->least);
    valid = _mm512_mask_cmp_ps_mask(valid, gain, best->gain, _CMP_GT_OQ);
    best->gain = _mm512_mask_mov_ps(best->gain, valid, gain);
    best->id = _mm512_mask_mov_epi32(best->id, valid, id);
}

/* Wide: the 16 slots from first on. */
static HIST_INLINE hist_lanes
hist_search_block(const sg_hist_search *task, hist_form form, int32_t first, __mmask16 usable)
{
    const sg_bins *bins = task->bins;
    const uint64_t *entry = task->hist + first;
    __mmask8 second = bins->step - first > HIST_EIGHT ? 0xff : 0;
    const uint64_t *last = task->hist + bins->slot[0].last + first;
    __m512i missing_a = _mm512_loadu_si512(last);
    __m512i missing_b = _mm512_maskz_loadu_epi64(second, last + HIST_EIGHT);
    __mmask16 missing = (__mmask16)(_mm512_test_epi64_mask(missing_a, missing_a) |
                                    _mm512_test_epi64_mask(missing_b, missing_b) << HIST_EIGHT) &
                        usable;
    __m512i a = _mm512_setzero_si512(), b = a, id = a;
    const __m512i one = _mm512_set1_epi32(1), two = _mm512_set1_epi32(2);
    hist_lanes best = hist_lanes_of(task, form);

    if (missing == 0) {
        for (int32_t k = 1; k < bins->most; k++, entry += bins->step) {
            a = _mm512_add_epi64(a, _mm512_loadu_si512(entry));
            b = _mm512_add_epi64(b, _mm512_maskz_loadu_epi64(second, entry + HIST_EIGHT));
            hist_try16(&best, a, b, usable, id);
            id = _mm512_add_epi32(id, two);
        }
        return best;
    }
    for (int32_t k = 0; k < bins->most; k++, entry += bins->step) {
        a = _mm512_add_epi64(a, _mm512_loadu_si512(entry));
        b = _mm512_add_epi64(b, _mm512_maskz_loadu_epi64(second, entry + HIST_EIGHT));
        hist_try16(&best, a, b, usable, id);
        hist_try16(&best, _mm512_add_epi64(a, missing_a), _mm512_add_epi64(b, missing_b), missing,
                   _mm512_add_epi32(id, one));
        id = _mm512_add_epi32(id, two);
    }
    return best;
}

static HIST_INLINE sg_hist_best
hist_search_wide(const sg_hist_search *task, hist_form form)
{
    sg_hist_best best = {.gain = -1.0f, .slot = -1};

    for (int32_t first = 0; first < task->bins->numeric; first += HIST_LANES) {
        int32_t left = task->bins->numeric - first, id[HIST_LANES], lane;
        __m128i flags = _mm_loadu_si128((const void *)(task->usable + first));
        __mmask16 usable = _mm_test_epi8_mask(flags, flags);
        hist_lanes found;
        float gain;

        if (left < HIST_LANES)
            usable &= (__mmask16)((1u << left) - 1);
        found = hist_search_block(task, form, first, usable);
        gain = _mm512_reduce_max_ps(found.gain);
        if (!(gain > best.gain))
            continue;
        lane = __builtin_ctz(_mm512_cmp_ps_mask(found.gain, _mm512_set1_ps(gain), _CMP_EQ_OQ));
        _mm512_storeu_si512(id, found.id);
        best = (sg_hist_best){.gain = gain,
                              .slot = first + lane,
                              .place = id[lane] / 2,
                              .missing_left = id[lane] % 2};
    }
    return best;
}

/* Sums of the first 1, 2, ... 8 entries. */
static inline __m512i
hist_prefix8(__m512i x)
{
    const __m512i zero = _mm512_setzero_si512();

    x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 7));
    x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 6));
    return _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 4));
}

static HIST_INLINE sg_hist_best
hist_search_narrow(const sg_hist_search *task, hist_form form)
{
    const sg_bins *bins = task->bins;
    const __m512i seven = _mm512_set1_epi64(7), one = _mm512_set1_epi32(1);
    const __m512i step =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    hist_lanes best = hist_lanes_of(task, form);
    float gain;
    int32_t id;

    for (int32_t s = 0; s < bins->numeric; s++) {
        const uint64_t *entry = task->hist + bins->slot[s].first;
        uint64_t missing = task->hist[bins->slot[s].last];
        __m512i carry = _mm512_setzero_si512(), more = _mm512_set1_epi64((int64_t)missing);

        if (!task->usable[s])
            continue;
        for (int32_t b = 0; b < bins->slot[s].bins; b += HIST_LANES) {
            __m512i number = _mm512_add_epi32(step, _mm512_set1_epi32(2 * (s * SG_BINS_MOST + b)));
            __m512i low = hist_prefix8(_mm512_loadu_si512(entry + b));
            __m512i high = hist_prefix8(_mm512_loadu_si512(entry + b + HIST_EIGHT));

            low = _mm512_add_epi64(low, carry);
            high = _mm512_add_epi64(high, _mm512_permutexvar_epi64(seven, low));
            carry = _mm512_permutexvar_epi64(seven, high);
            hist_try16(&best, low, high, 0xffff, number);
            if (missing != 0)
                hist_try16(&best, _mm512_add_epi64(low, more), _mm512_add_epi64(high, more), 0xffff,
                           _mm512_add_epi32(number, one));
        }
    }
    gain = _mm512_reduce_max_ps(best.gain);
    id = (int32_t)_mm512_mask_reduce_min_epu32(
        _mm512_cmp_ps_mask(best.gain, _mm512_set1_ps(gain), _CMP_EQ_OQ), best.id);
    if (id < 0)
        return (sg_hist_best){.gain = -1.0f, .slot = -1};
    return (sg_hist_best){.gain = gain,
                          .slot = id / 2 / SG_BINS_MOST,
                          .place = id / 2 % SG_BINS_MOST,
                          .missing_left = id % 2};
}

static HIST_INLINE sg_hist_best
hist_search_form(const sg_hist_search *task, hist_form form)
{
    return task->bins->step > 1 ? hist_search_wide(task, form) : hist_search_narrow(task, form);
}

static sg_hist_best
hist_search(const sg_hist_search *task)
{
    switch (hist_form_of(&task->terms)) {
    case HIST_CLIPS:
        return hist_search_form(task, HIST_CLIPS);
    case HIST_SHRINKS:
        return hist_search_form(task, HIST_SHRINKS);
    default:
        return hist_search_form(task, HIST_SQUARES);
    }
}

/* Codes of 16 rows; all is 1 if they follow each other. */
static inline __m128i
hist_codes(const uint8_t *code, const uint32_t *row, int all)
{
    __m128i low, high;

    if (all)
        return _mm_loadu_si128((const void *)(code + row[0]));
#define HIST_CODE(k) code[row[k]]
    low = _mm_cvtsi32_si128(HIST_CODE(0));
    low = _mm_insert_epi8(low, HIST_CODE(1), 1);
    low = _mm_insert_epi8(low, HIST_CODE(2), 2);
    low = _mm_insert_epi8(low, HIST_CODE(3), 3);
    low = _mm_insert_epi8(low, HIST_CODE(4), 4);
    low = _mm_insert_epi8(low, HIST_CODE(5), 5);
    low = _mm_insert_epi8(low, HIST_CODE(6), 6);
    low = _mm_insert_epi8(low, HIST_CODE(7), 7);
    high = _mm_cvtsi32_si128(HIST_CODE(8));
    high = _mm_insert_epi8(high, HIST_CODE(9), 1);
    high = _mm_insert_epi8(high, HIST_CODE(10), 2);
    high = _mm_insert_epi8(high, HIST_CODE(11), 3);
    high = _mm_insert_epi8(high, HIST_CODE(12), 4);
    high = _mm_insert_epi8(high, HIST_CODE(13), 5);
    high = _mm_insert_epi8(high, HIST_CODE(14), 6);
    high = _mm_insert_epi8(high, HIST_CODE(15), 7);
#undef HIST_CODE
    return _mm_unpacklo_epi64(low, high);
}

static int32_t
hist_part(const sg_hist_part *task)
{
    const __m128i shift = _mm_set1_epi8((char)task->shift);
    const __m128i bound = _mm_set1_epi8((char)task->bound);
    uint32_t *row = task->row, *spare = task->spare;
    int32_t left = 0, right = 0;
    int all = row[task->count - 1] - row[0] == (uint32_t)task->count - 1;

    for (int32_t i = 0; i < task->count; i += HIST_LANES) {
        __mmask16 in =
            task->count - i < HIST_LANES ? (__mmask16)((1u << (task->count - i)) - 1) : 0xffff;
        __m512i here = _mm512_loadu_si512(row + i);
        __m128i code = hist_codes(task->code, row + i, all);
        __mmask16 to_right = _mm_mask_cmpgt_epu8_mask(in, _mm_add_epi8(code, shift), bound);
        __mmask16 to_left = in & (__mmask16)~to_right;
        int lefts = __builtin_popcount(to_left);

        _mm512_mask_storeu_epi32(row + left, (__mmask16)((1u << lefts) - 1),
                                 _mm512_maskz_compress_epi32(to_left, here));
        _mm512_storeu_si512(spare + right, _mm512_maskz_compress_epi32(to_right, here));
        left += lefts;
        right += __builtin_popcount(to_right);
    }
    memcpy(row + left, spare, (size_t)right * sizeof *row);
    return left;
}

#endif

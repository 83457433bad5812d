/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_AVX2_H
#define SG_NATIVE_HIST_AVX2_H

/*
 * Kernels of the histogram grower with AVX2, included by hist_isa.h alone. The search is that of
 * hist_avx512.h with 8 candidates in a step. Taking the halves of sums apart leaves them in the
 * order 0 1 4 5 2 3 6 7: putting them right would cost two more instructions per step, so lanes
 * stay in that order to the end.
 */

#include <immintrin.h>
#include <string.h>

#include "native/hist_kernel.h"

enum { HIST_LANES = 8, HIST_FOUR = 4 };

/* Which of eight candidates stands in a lane; its own inverse. */
static const int32_t hist_lane[HIST_LANES] = {0, 1, 4, 5, 2, 3, 6, 7};

/* All bits of the first so many lanes. */
static inline __m256i
hist_first(int32_t count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static void
hist_measure(double *sum, const float *gradient, const float *hessian, int32_t rows)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    __m256d g[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, h[2] = {g[0], g[0]};
    double each[2][HIST_LANES];

    for (int32_t i = 0; i < rows; i += HIST_LANES) {
        __m256i in = hist_first(rows - i);
        __m256 here = _mm256_andnot_ps(sign, _mm256_maskload_ps(gradient + i, in));
        __m256 there = _mm256_maskload_ps(hessian + i, in);

        g[0] = _mm256_add_pd(g[0], _mm256_cvtps_pd(_mm256_castps256_ps128(here)));
        g[1] = _mm256_add_pd(g[1], _mm256_cvtps_pd(_mm256_extractf128_ps(here, 1)));
        h[0] = _mm256_add_pd(h[0], _mm256_cvtps_pd(_mm256_castps256_ps128(there)));
        h[1] = _mm256_add_pd(h[1], _mm256_cvtps_pd(_mm256_extractf128_ps(there, 1)));
    }
    for (int k = 0; k < 2; k++) {
        _mm256_storeu_pd(each[0] + k * HIST_FOUR, g[k]);
        _mm256_storeu_pd(each[1] + k * HIST_FOUR, h[k]);
    }
    for (int k = 0; k < 2; k++) {
        const double *s = each[k];

        sum[k] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
}

static uint64_t
hist_pack(const sg_hist_pack *task)
{
    const __m256 scale_g = _mm256_set1_ps(task->scale_g), scale_h = _mm256_set1_ps(task->scale_h);
    __m256i total = _mm256_setzero_si256();
    uint64_t part[HIST_FOUR];

    for (int32_t i = 0; i < task->rows; i += HIST_LANES) {
        __m256i in = hist_first(task->rows - i), g, h, low, high;

        if (task->in != NULL) {
            __m128i flags = _mm_loadl_epi64((const void *)(task->in + i));

            in = _mm256_and_si256(
                in, _mm256_cmpgt_epi32(_mm256_cvtepu8_epi32(flags), _mm256_setzero_si256()));
        }
        g = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_maskload_ps(task->gradient + i, in), scale_g));
        h = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_maskload_ps(task->hessian + i, in), scale_h));
        low = _mm256_unpacklo_epi32(h, g);
        high = _mm256_unpackhi_epi32(h, g);
        _mm256_storeu_si256((void *)(task->sum + i), _mm256_permute2x128_si256(low, high, 0x20));
        _mm256_storeu_si256((void *)(task->sum + i + HIST_FOUR),
                            _mm256_permute2x128_si256(low, high, 0x31));
        total = _mm256_add_epi64(total, _mm256_add_epi64(low, high));
    }
    _mm256_storeu_si256((void *)part, total);
    return part[0] + part[1] + part[2] + part[3];
}

static inline __m256i
hist_load(const uint64_t *entry)
{
    return _mm256_loadu_si256((const void *)entry);
}

static void
hist_subtract(uint64_t *from, const uint64_t *what, int64_t entries)
{
    for (int64_t i = 0; i < entries; i += HIST_FOUR)
        _mm256_storeu_si256((void *)(from + i),
                            _mm256_sub_epi64(hist_load(from + i), hist_load(what + i)));
}

/* The best candidate of each lane, and what all candidates are measured by. */
typedef struct hist_lanes {
    __m256 gain;
    __m256i id;
    __m256i g, h, least; /* of the node */
    __m256 lambda, alpha, clip;
    hist_form form; /* a constant */
} hist_lanes;

static HIST_INLINE hist_lanes
hist_lanes_of(const sg_hist_search *task, hist_form form)
{
    return (hist_lanes){.gain = _mm256_set1_ps(-1.0f),
                        .id = _mm256_set1_epi32(-1),
                        .g = _mm256_set1_epi32(sg_hist_g(task->whole)),
                        .h = _mm256_set1_epi32(sg_hist_h(task->whole)),
                        .least = _mm256_set1_epi32(task->least),
                        .lambda = _mm256_set1_ps(task->terms.lambda),
                        .alpha = _mm256_set1_ps(task->terms.alpha),
                        .clip = _mm256_set1_ps(task->terms.clip),
                        .form = form};
}

/* Sizes of gradients after the soft threshold. */
static HIST_INLINE __m256
hist_shrink(const hist_lanes *best, __m256 g)
{
    if (best->form == HIST_SQUARES)
        return g;
    g = _mm256_sub_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0f), g), best->alpha);
    return _mm256_max_ps(g, _mm256_setzero_ps());
}

/* R5: one side whose weight is clipped. */
static HIST_INLINE __m256
hist_clipped(const hist_lanes *best, __m256 t, __m256 h)
{
    __m256 most = _mm256_mul_ps(best->clip, h);
    __m256 clipped = _mm256_mul_ps(best->clip, _mm256_sub_ps(_mm256_add_ps(t, t), most));

    return _mm256_blendv_ps(_mm256_div_ps(_mm256_mul_ps(t, t), h), clipped,
                            _mm256_cmp_ps(t, most, _CMP_GT_OQ));
}

/* R5: both sides. */
static HIST_INLINE __m256
hist_gain(const hist_lanes *best, __m256 t, __m256 h, __m256 tr, __m256 hr)
{
    if (best->form == HIST_CLIPS)
        return _mm256_add_ps(hist_clipped(best, t, h), hist_clipped(best, tr, hr));
    return _mm256_div_ps(_mm256_add_ps(_mm256_mul_ps(_mm256_mul_ps(t, t), hr),
                                       _mm256_mul_ps(_mm256_mul_ps(tr, tr), h)),
                         _mm256_mul_ps(h, hr));
}

/* R5 to R7 for the 8 left sums in a and b; a lane keeps the first of equal gains. */
static HIST_INLINE void
hist_try8(hist_lanes *best, __m256i a, __m256i b, __m256i valid, __m256i id)
{
    __m256 low = _mm256_castsi256_ps(a), high = _mm256_castsi256_ps(b);
    __m256i left_g = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0xdd));
    __m256i left_h = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88));
    __m256i right_h = _mm256_sub_epi32(best->h, left_h);
    __m256 g = hist_shrink(best, _mm256_cvtepi32_ps(left_g));
    __m256 gr = hist_shrink(best, _mm256_cvtepi32_ps(_mm256_sub_epi32(best->g, left_g)));
    __m256 h = _mm256_add_ps(_mm256_cvtepi32_ps(left_h), best->lambda);
    __m256 hr = _mm256_add_ps(_mm256_cvtepi32_ps(right_h), best->lambda);
    __m256 gain = hist_gain(best, g, h, gr, hr);
    __m256i small = _mm256_cmpgt_epi32(best->least, _mm256_min_epi32(left_h, right_h));
    __m256 better = _mm256_and_ps(_mm256_castsi256_ps(_mm256_andnot_si256(small, valid)),
                                  _mm256_cmp_ps(gain, best->gain, _CMP_GT_OQ));

    best->gain = _mm256_blendv_ps(best->gain, gain, better);
    best->id = _mm256_blendv_epi8(best->id, id, _mm256_castps_si256(better));
}

/* Wide: the 8 slots from first on, those that are valid. */
static HIST_INLINE hist_lanes
hist_search_block(const sg_hist_search *task, hist_form form, int32_t first, __m256i valid)
{
    const sg_bins *bins = task->bins;
    const uint64_t *entry = task->hist + first;
    const uint64_t *last = task->hist + bins->slot[0].last + first;
    __m256i missing_a = hist_load(last), missing_b = hist_load(last + HIST_FOUR);
    __m256i any = _mm256_or_si256(missing_a, missing_b);
    __m256i a = _mm256_setzero_si256(), b = a, id = a;
    const __m256i one = _mm256_set1_epi32(1), two = _mm256_set1_epi32(2);
    hist_lanes best = hist_lanes_of(task, form);
    int both = !_mm256_testz_si256(any, any);

    for (int32_t k = 0; k < bins->most; k++, entry += bins->step) {
        a = _mm256_add_epi64(a, hist_load(entry));
        b = _mm256_add_epi64(b, hist_load(entry + HIST_FOUR));
        hist_try8(&best, a, b, valid, id);
        if (both)
            hist_try8(&best, _mm256_add_epi64(a, missing_a), _mm256_add_epi64(b, missing_b), valid,
                      _mm256_add_epi32(id, one));
        id = _mm256_add_epi32(id, two);
    }
    return best;
}

static HIST_INLINE sg_hist_best
hist_search_wide(const sg_hist_search *task, hist_form form)
{
    const __m256i order = _mm256_loadu_si256((const void *)hist_lane);
    sg_hist_best best = {.gain = -1.0f, .slot = -1};

    for (int32_t first = 0; first < task->bins->numeric; first += HIST_LANES) {
        __m256i usable =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(task->usable + first)));
        float gain[HIST_LANES];
        int32_t id[HIST_LANES];
        hist_lanes found;

        usable = _mm256_and_si256(_mm256_cmpgt_epi32(usable, _mm256_setzero_si256()),
                                  hist_first(task->bins->numeric - first));
        found = hist_search_block(task, form, first, _mm256_permutevar8x32_epi32(usable, order));
        /* back in the order of slots */
        _mm256_storeu_ps(gain, _mm256_permutevar8x32_ps(found.gain, order));
        _mm256_storeu_si256((void *)id, _mm256_permutevar8x32_epi32(found.id, order));
        for (int32_t k = 0; k < HIST_LANES; k++) {
            if (gain[k] > best.gain)
                best = (sg_hist_best){.gain = gain[k],
                                      .slot = first + k,
                                      .place = id[k] / 2,
                                      .missing_left = id[k] % 2};
        }
    }
    return best;
}

/* Sums of the first 1, 2, 3, 4 entries. */
static inline __m256i
hist_prefix4(__m256i x)
{
    x = _mm256_add_epi64(x, _mm256_slli_si256(x, 8));
    return _mm256_add_epi64(
        x, _mm256_blend_epi32(_mm256_setzero_si256(), _mm256_permute4x64_epi64(x, 0x55), 0xf0));
}

static HIST_INLINE sg_hist_best
hist_search_narrow(const sg_hist_search *task, hist_form form)
{
    const sg_bins *bins = task->bins;
    const __m256i order = _mm256_loadu_si256((const void *)hist_lane);
    const __m256i step = _mm256_add_epi32(order, order), one = _mm256_set1_epi32(1);
    const __m256i all = _mm256_set1_epi32(-1);
    hist_lanes found = hist_lanes_of(task, form);
    float gain[HIST_LANES];
    int32_t id[HIST_LANES], most = 0;

    for (int32_t s = 0; s < bins->numeric; s++) {
        const uint64_t *entry = task->hist + bins->slot[s].first;
        uint64_t missing = task->hist[bins->slot[s].last];
        __m256i carry = _mm256_setzero_si256(), more = _mm256_set1_epi64x((int64_t)missing);

        if (!task->usable[s])
            continue;
        for (int32_t b = 0; b < bins->slot[s].bins; b += HIST_LANES) {
            __m256i number = _mm256_add_epi32(step, _mm256_set1_epi32(2 * (s * SG_BINS_MOST + b)));
            __m256i low = _mm256_add_epi64(hist_prefix4(hist_load(entry + b)), carry);
            __m256i high = hist_prefix4(hist_load(entry + b + HIST_FOUR));

            high = _mm256_add_epi64(high, _mm256_permute4x64_epi64(low, 0xff));
            carry = _mm256_permute4x64_epi64(high, 0xff);
            hist_try8(&found, low, high, all, number);
            if (missing != 0)
                hist_try8(&found, _mm256_add_epi64(low, more), _mm256_add_epi64(high, more), all,
                          _mm256_add_epi32(number, one));
        }
    }
    _mm256_storeu_ps(gain, found.gain);
    _mm256_storeu_si256((void *)id, found.id);
    for (int k = 1; k < HIST_LANES; k++) {
        if (gain[k] > gain[most] || (gain[k] == gain[most] && id[k] < id[most]))
            most = k;
    }
    if (id[most] < 0)
        return (sg_hist_best){.gain = -1.0f, .slot = -1};
    return (sg_hist_best){.gain = gain[most],
                          .slot = id[most] / 2 / SG_BINS_MOST,
                          .place = id[most] / 2 % SG_BINS_MOST,
                          .missing_left = id[most] % 2};
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

#endif

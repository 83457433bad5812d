/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_LANES_H
#define SG_NATIVE_LANES_H

/*
 * A vector of floats, as wide as the set of instructions that the including file is compiled
 * for: 16, 8 or 1. All operations are elementwise and rounded as IEEE says, so the
 * width changes no bit.
 *
 * L1  min(a, b) and max(a, b) are b where one of the two is NaN.
 * L2  where_equal(a, b, c, d) is c where a equals b, else d.
 * L3  Sums of many floats are taken in doubles: widen, sum, round.
 * L4  exp() has the bits of sg_expf().
 */

#include "native/expf.h"

#define LANES_OPERATION(name, result)                                                              \
    static inline lanes lanes_##name(lanes a, lanes b)                                             \
    {                                                                                              \
        return result;                                                                             \
    }

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>

enum { LANES = 16 };

typedef __m512 lanes;

typedef struct lanes_doubles {
    __m512d low, high;
} lanes_doubles;

LANES_OPERATION(add, _mm512_add_ps(a, b))
LANES_OPERATION(subtract, _mm512_sub_ps(a, b))
LANES_OPERATION(multiply, _mm512_mul_ps(a, b))
LANES_OPERATION(divide, _mm512_div_ps(a, b))
LANES_OPERATION(min, _mm512_min_ps(a, b))
LANES_OPERATION(max, _mm512_max_ps(a, b))

static inline lanes
lanes_load(const float *from)
{
    return _mm512_loadu_ps(from);
}

static inline void
lanes_store(float *to, lanes a)
{
    _mm512_storeu_ps(to, a);
}

static inline lanes
lanes_all(float a)
{
    return _mm512_set1_ps(a);
}

static inline lanes
lanes_where_equal(lanes a, lanes b, lanes same, lanes other)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), other, same);
}

static inline lanes_doubles
lanes_widen(lanes a)
{
    return (lanes_doubles){_mm512_cvtps_pd(_mm512_castps512_ps256(a)),
                           _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1))};
}

static inline lanes_doubles
lanes_sum(lanes_doubles a, lanes_doubles b)
{
    return (lanes_doubles){_mm512_add_pd(a.low, b.low), _mm512_add_pd(a.high, b.high)};
}

static inline lanes
lanes_round(lanes_doubles a)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(a.low)),
                              _mm512_cvtpd_ps(a.high), 1);
}

/* Bits of the table. It stands in four registers: Zen 4 takes four times as long to gather. */
static inline __m512i
lanes_exp_entries(__m512i k)
{
    const uint64_t *t = sg_expf_table;
    __m512i low = _mm512_permutex2var_epi64(_mm512_loadu_si512(t), k, _mm512_loadu_si512(t + 8));
    __m512i high =
        _mm512_permutex2var_epi64(_mm512_loadu_si512(t + 16), k, _mm512_loadu_si512(t + 24));

    return _mm512_mask_blend_epi64(_mm512_test_epi64_mask(k, _mm512_set1_epi64(16)), low, high);
}

static inline __m512d
lanes_exp_half(__m512d x)
{
    const __m512d shift = _mm512_set1_pd(EXPF_SHIFT), scale = _mm512_set1_pd(EXPF_N_BY_LN2);
    __m512d shifted = _mm512_fmadd_pd(scale, x, shift);
    __m512i k = _mm512_castpd_si512(shifted);
    __m512d r = _mm512_fmsub_pd(scale, x, _mm512_sub_pd(shifted, shift));
    __m512i bits = _mm512_add_epi64(lanes_exp_entries(k), _mm512_slli_epi64(k, 47));
    __m512d high = _mm512_fmadd_pd(_mm512_set1_pd(EXPF_C0), r, _mm512_set1_pd(EXPF_C1));
    __m512d low = _mm512_fmadd_pd(_mm512_set1_pd(EXPF_C2), r, _mm512_set1_pd(1));

    low = _mm512_fmadd_pd(high, _mm512_mul_pd(r, r), low);
    return _mm512_mul_pd(low, _mm512_castsi512_pd(bits));
}

static inline lanes
lanes_exp(lanes x)
{
    lanes clamped = lanes_max(lanes_all(-EXPF_FAR), lanes_min(lanes_all(EXPF_FAR), x));
    lanes_doubles wide = lanes_widen(clamped);

    wide.low = lanes_exp_half(wide.low);
    wide.high = lanes_exp_half(wide.high);
    return lanes_round(wide);
}

#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

enum { LANES = 8 };

typedef __m256 lanes;

typedef struct lanes_doubles {
    __m256d low, high;
} lanes_doubles;

LANES_OPERATION(add, _mm256_add_ps(a, b))
LANES_OPERATION(subtract, _mm256_sub_ps(a, b))
LANES_OPERATION(multiply, _mm256_mul_ps(a, b))
LANES_OPERATION(divide, _mm256_div_ps(a, b))
LANES_OPERATION(min, _mm256_min_ps(a, b))
LANES_OPERATION(max, _mm256_max_ps(a, b))

static inline lanes
lanes_load(const float *from)
{
    return _mm256_loadu_ps(from);
}

static inline void
lanes_store(float *to, lanes a)
{
    _mm256_storeu_ps(to, a);
}

static inline lanes
lanes_all(float a)
{
    return _mm256_set1_ps(a);
}

static inline lanes
lanes_where_equal(lanes a, lanes b, lanes same, lanes other)
{
    return _mm256_blendv_ps(other, same, _mm256_cmp_ps(a, b, _CMP_EQ_OQ));
}

static inline lanes_doubles
lanes_widen(lanes a)
{
    return (lanes_doubles){_mm256_cvtps_pd(_mm256_castps256_ps128(a)),
                           _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1))};
}

static inline lanes_doubles
lanes_sum(lanes_doubles a, lanes_doubles b)
{
    return (lanes_doubles){_mm256_add_pd(a.low, b.low), _mm256_add_pd(a.high, b.high)};
}

static inline lanes
lanes_round(lanes_doubles a)
{
    return _mm256_set_m128(_mm256_cvtpd_ps(a.high), _mm256_cvtpd_ps(a.low));
}

static inline __m256i
lanes_exp_entries(__m256i k)
{
    return _mm256_i64gather_epi64((const void *)sg_expf_table,
                                  _mm256_and_si256(k, _mm256_set1_epi64x(31)), 8);
}

static inline __m256d
lanes_exp_half(__m256d x)
{
    const __m256d shift = _mm256_set1_pd(EXPF_SHIFT), scale = _mm256_set1_pd(EXPF_N_BY_LN2);
    __m256d shifted = _mm256_fmadd_pd(scale, x, shift);
    __m256i k = _mm256_castpd_si256(shifted);
    __m256d r = _mm256_fmsub_pd(scale, x, _mm256_sub_pd(shifted, shift));
    __m256i bits = _mm256_add_epi64(lanes_exp_entries(k), _mm256_slli_epi64(k, 47));
    __m256d high = _mm256_fmadd_pd(_mm256_set1_pd(EXPF_C0), r, _mm256_set1_pd(EXPF_C1));
    __m256d low = _mm256_fmadd_pd(_mm256_set1_pd(EXPF_C2), r, _mm256_set1_pd(1));

    low = _mm256_fmadd_pd(high, _mm256_mul_pd(r, r), low);
    return _mm256_mul_pd(low, _mm256_castsi256_pd(bits));
}

static inline lanes
lanes_exp(lanes x)
{
    lanes clamped = lanes_max(lanes_all(-EXPF_FAR), lanes_min(lanes_all(EXPF_FAR), x));
    lanes_doubles wide = lanes_widen(clamped);

    wide.low = lanes_exp_half(wide.low);
    wide.high = lanes_exp_half(wide.high);
    return lanes_round(wide);
}

#else
enum { LANES = 1 };

typedef float lanes;
typedef double lanes_doubles;

LANES_OPERATION(add, a + b)
LANES_OPERATION(subtract, a - b)
LANES_OPERATION(multiply, a *b)
LANES_OPERATION(divide, a / b)
LANES_OPERATION(min, a < b ? a : b)
LANES_OPERATION(max, a > b ? a : b)

static inline lanes
lanes_load(const float *from)
{
    return *from;
}

static inline void
lanes_store(float *to, lanes a)
{
    *to = a;
}

static inline lanes
lanes_all(float a)
{
    return a;
}

static inline lanes
lanes_where_equal(lanes a, lanes b, lanes same, lanes other)
{
    return a == b ? same : other;
}

static inline lanes_doubles
lanes_widen(lanes a)
{
    return (double)a;
}

static inline lanes_doubles
lanes_sum(lanes_doubles a, lanes_doubles b)
{
    return a + b;
}

static inline lanes
lanes_round(lanes_doubles a)
{
    return (float)a;
}

static inline lanes
lanes_exp(lanes x)
{
    return sg_expf(x);
}
#endif

#undef LANES_OPERATION

#endif

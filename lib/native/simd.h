/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_SIMD_H
#define SG_NATIVE_SIMD_H

/*
 * Vectors of floats and of column entries, 16 lanes with AVX-512 and 8 with AVX2, under the same
 * names. For files that kernel_isa.c includes. SG_SIMD is 0 where there is neither.
 */

#include <stdint.h>

#if defined(__AVX512F__) && defined(__AVX512VBMI2__)
#define SG_SIMD 512
#elif defined(__AVX2__) && defined(__FMA__)
#define SG_SIMD 256
#else
#define SG_SIMD 0
#endif

#if SG_SIMD
#include <immintrin.h>

/** For functions that take constants as arguments. */
#define V_INLINE static inline __attribute__((always_inline))

/** How many rows the bits of v_sides are of. */
typedef enum v_many { V_ROWS_256, V_ROWS_1024, V_ROWS_ANY } v_many;

static inline v_many
v_many_of(int32_t rows)
{
    return rows <= 256 ? V_ROWS_256 : rows <= 1024 ? V_ROWS_1024 : V_ROWS_ANY;
}

/* Four floats by the rows of four entries. Loads and inserts are quicker than gathers are. */
static inline __m128
v_four(const float *table, const uint32_t *entry)
{
    __m128 x = _mm_load_ss(table + (entry[0] & 0xffff));

    x = _mm_insert_ps(x, _mm_load_ss(table + (entry[1] & 0xffff)), 0x10);
    x = _mm_insert_ps(x, _mm_load_ss(table + (entry[2] & 0xffff)), 0x20);
    return _mm_insert_ps(x, _mm_load_ss(table + (entry[3] & 0xffff)), 0x30);
}
#endif

#if SG_SIMD == 512
enum { V_LANES = 16, V_ALL = 0xffff };
typedef __m512 vfloat;
typedef __m512i vint;

static inline vfloat
v_set(float x)
{
    return _mm512_set1_ps(x);
}

static inline vfloat
v_load(const float *p)
{
    return _mm512_loadu_ps(p);
}

static inline void
v_store(float *p, vfloat x)
{
    _mm512_storeu_ps(p, x);
}

static inline vfloat
v_add(vfloat a, vfloat b)
{
    return _mm512_add_ps(a, b);
}

static inline vfloat
v_sub(vfloat a, vfloat b)
{
    return _mm512_sub_ps(a, b);
}

static inline vfloat
v_mul(vfloat a, vfloat b)
{
    return _mm512_mul_ps(a, b);
}

static inline vfloat
v_div(vfloat a, vfloat b)
{
    return _mm512_div_ps(a, b);
}

static inline vfloat
v_min(vfloat a, vfloat b)
{
    return _mm512_min_ps(a, b);
}

static inline vfloat
v_abs(vfloat a)
{
    return _mm512_abs_ps(a);
}

/* c - a * b */
static inline vfloat
v_less_product(vfloat c, vfloat a, vfloat b)
{
    return _mm512_fnmadd_ps(a, b, c);
}

/* Bits of the lanes where a is not below b. */
static inline unsigned
v_reaches(vfloat a, vfloat b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ);
}

/* Sums of the lanes up to each lane. */
static inline vfloat
v_prefix(vfloat x)
{
    const __m512i none = _mm512_setzero_si512();

    x = v_add(x, _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(x), none, 15)));
    x = v_add(x, _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(x), none, 14)));
    x = v_add(x, _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(x), none, 12)));
    return v_add(x, _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(x), none, 8)));
}

/* The last lane in all lanes. */
static inline vfloat
v_last(vfloat x)
{
    return _mm512_permutexvar_ps(_mm512_set1_epi32(15), x);
}

/* 1, 2, 3, ... */
static inline vfloat
v_count(void)
{
    return _mm512_setr_ps(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

/* Bits of the entries whose value differs from the next one's. */
static inline unsigned
v_changes(const uint32_t *entry)
{
    __m512i x = _mm512_xor_si512(_mm512_loadu_si512(entry), _mm512_loadu_si512(entry + 1));

    return _mm512_cmpge_epu32_mask(x, _mm512_set1_epi32(0x10000));
}

static inline vfloat
v_lookup(const float *table, const uint32_t *entry)
{
    __m512 x = _mm512_castps128_ps512(v_four(table, entry));

    x = _mm512_insertf32x4(x, v_four(table, entry + 4), 1);
    x = _mm512_insertf32x4(x, v_four(table, entry + 8), 2);
    return _mm512_insertf32x4(x, v_four(table, entry + 12), 3);
}

static inline vint
v_load_int(const void *p)
{
    return _mm512_loadu_si512(p);
}

static inline void
v_store_int(void *p, vint x)
{
    _mm512_storeu_si512(p, x);
}

/* The lanes whose bits are set, moved together. */
static inline vint
v_keep(const uint64_t *lanes, unsigned bits, vint x)
{
    (void)lanes;
    return _mm512_maskz_compress_epi32((__mmask16)bits, x);
}

/* Bits of up to 1,024 rows, or where they stand. */
typedef struct v_sides {
    const uint32_t *word;
    __m512i low, high;
} v_sides;

V_INLINE v_sides
v_sides_load(const uint32_t *word)
{
    return (v_sides){word, _mm512_loadu_si512(word), _mm512_loadu_si512(word + 16)};
}

/* Bits of the entries whose row's bit is set. */
V_INLINE unsigned
v_side(const v_sides *sides, v_many many, vint entry)
{
    __m512i row = _mm512_and_si512(entry, _mm512_set1_epi32(0xffff));
    __m512i at = _mm512_srli_epi32(row, 5), word;

    if (many == V_ROWS_256)
        word = _mm512_permutexvar_epi32(at, sides->low);
    else if (many == V_ROWS_1024)
        word = _mm512_permutex2var_epi32(sides->low, at, sides->high);
    else
        word = _mm512_i32gather_epi32(at, sides->word, 4);
    word = _mm512_srlv_epi32(word, _mm512_and_si512(row, _mm512_set1_epi32(31)));
    return _mm512_test_epi32_mask(word, _mm512_set1_epi32(1));
}

/* 32 bytes that are 0 or 1 as bits. */
static inline uint32_t
v_pack(const uint8_t *bytes)
{
    __m256i x = _mm256_loadu_si256((const void *)bytes);

    return _mm256_test_epi8_mask(x, x);
}
#endif

#if SG_SIMD == 256
enum { V_LANES = 8, V_ALL = 0xff };
typedef __m256 vfloat;
typedef __m256i vint;

static inline vfloat
v_set(float x)
{
    return _mm256_set1_ps(x);
}

static inline vfloat
v_load(const float *p)
{
    return _mm256_loadu_ps(p);
}

static inline void
v_store(float *p, vfloat x)
{
    _mm256_storeu_ps(p, x);
}

static inline vfloat
v_add(vfloat a, vfloat b)
{
    return _mm256_add_ps(a, b);
}

static inline vfloat
v_sub(vfloat a, vfloat b)
{
    return _mm256_sub_ps(a, b);
}

static inline vfloat
v_mul(vfloat a, vfloat b)
{
    return _mm256_mul_ps(a, b);
}

static inline vfloat
v_div(vfloat a, vfloat b)
{
    return _mm256_div_ps(a, b);
}

static inline vfloat
v_min(vfloat a, vfloat b)
{
    return _mm256_min_ps(a, b);
}

static inline vfloat
v_abs(vfloat a)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}

static inline vfloat
v_less_product(vfloat c, vfloat a, vfloat b)
{
    return _mm256_fnmadd_ps(a, b, c);
}

static inline unsigned
v_reaches(vfloat a, vfloat b)
{
    return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_NLT_UQ));
}

static inline vfloat
v_prefix(vfloat x)
{
    __m256 low;

    x = v_add(x, _mm256_castsi256_ps(_mm256_slli_si256(_mm256_castps_si256(x), 4)));
    x = v_add(x, _mm256_castsi256_ps(_mm256_slli_si256(_mm256_castps_si256(x), 8)));
    low = _mm256_permute_ps(_mm256_permute2f128_ps(x, x, 0x08), 0xff);
    return v_add(x, low);
}

static inline vfloat
v_last(vfloat x)
{
    return _mm256_permutevar8x32_ps(x, _mm256_set1_epi32(7));
}

static inline vfloat
v_count(void)
{
    return _mm256_setr_ps(1, 2, 3, 4, 5, 6, 7, 8);
}

static inline unsigned
v_changes(const uint32_t *entry)
{
    __m256i x = _mm256_xor_si256(_mm256_loadu_si256((const void *)entry),
                                 _mm256_loadu_si256((const void *)(entry + 1)));
    __m256i same = _mm256_cmpeq_epi32(_mm256_srli_epi32(x, 16), _mm256_setzero_si256());

    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(same)) ^ V_ALL;
}

static inline vfloat
v_lookup(const float *table, const uint32_t *entry)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(v_four(table, entry)),
                                v_four(table, entry + 4), 1);
}

static inline vint
v_load_int(const void *p)
{
    return _mm256_loadu_si256(p);
}

static inline void
v_store_int(void *p, vint x)
{
    _mm256_storeu_si256(p, x);
}

/* lanes[bits] lists the lanes to keep, a byte each. */
static inline vint
v_keep(const uint64_t *lanes, unsigned bits, vint x)
{
    __m128i order = _mm_loadl_epi64((const void *)(lanes + bits));

    return _mm256_permutevar8x32_epi32(x, _mm256_cvtepu8_epi32(order));
}

typedef struct v_sides {
    const uint32_t *word;
    __m256i part[4];
} v_sides;

V_INLINE v_sides
v_sides_load(const uint32_t *word)
{
    v_sides sides = {.word = word};

    for (int i = 0; i < 4; i++)
        sides.part[i] = _mm256_loadu_si256((const void *)(word + 8 * i));
    return sides;
}

V_INLINE unsigned
v_side(const v_sides *sides, v_many many, vint entry)
{
    __m256i row = _mm256_and_si256(entry, _mm256_set1_epi32(0xffff));
    __m256i at = _mm256_srli_epi32(row, 5), word;

    if (many == V_ROWS_256) {
        word = _mm256_permutevar8x32_epi32(sides->part[0], at);
    } else if (many == V_ROWS_1024) {
        __m256 odd = _mm256_castsi256_ps(_mm256_slli_epi32(row, 23));
        __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(row, 22));
        __m256 a = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(sides->part[0], at));
        __m256 b = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(sides->part[1], at));
        __m256 c = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(sides->part[2], at));
        __m256 d = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(sides->part[3], at));

        word = _mm256_castps_si256(
            _mm256_blendv_ps(_mm256_blendv_ps(a, b, odd), _mm256_blendv_ps(c, d, odd), upper));
    } else {
        word = _mm256_i32gather_epi32((const int *)sides->word, at, 4);
    }
    /* The row's bit moved to the top. */
    at = _mm256_andnot_si256(row, _mm256_set1_epi32(31));
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(word, at)));
}

static inline uint32_t
v_pack(const uint8_t *bytes)
{
    __m256i x = _mm256_loadu_si256((const void *)bytes);

    return (uint32_t)_mm256_movemask_epi8(_mm256_sub_epi8(_mm256_setzero_si256(), x));
}
#endif

#endif

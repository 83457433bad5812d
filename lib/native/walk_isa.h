/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_WALK_ISA_H
#define SG_NATIVE_WALK_ISA_H

/*
 * Walks, and the margins of rows whose leaf is known. Included by kernel_isa.c alone.
 *
 * A block of rows goes down the tree together: at a node its values of one feature lie side by
 * side and are compared with one threshold, which gives the rows of either child as bits. A
 * step costs a few vector operations however many of the rows take it, where a row that
 * walks alone waits at every node for the one before. Small trees have few nodes, and of large
 * ones a block visits no more than its rows would one by one.
 */

#include <math.h>
#include <string.h>

#include "native/walk.h"

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

/* The rows of a block whose value is below a threshold; missing values are if missing_left. */
static inline uint64_t
walk_below(const float *value, float threshold, int missing_left)
{
    uint64_t below = 0;

#if defined(__AVX512F__)
    __m512 at = _mm512_set1_ps(threshold);

    for (int i = 0; i < SG_WALK_BLOCK; i += 16) {
        __m512 x = _mm512_loadu_ps(value + i);
        __mmask16 bits = missing_left ? _mm512_cmp_ps_mask(x, at, _CMP_NGE_UQ)
                                      : _mm512_cmp_ps_mask(x, at, _CMP_LT_OQ);

        below |= (uint64_t)bits << i;
    }
#elif defined(__AVX2__)
    __m256 at = _mm256_set1_ps(threshold);

    for (int i = 0; i < SG_WALK_BLOCK; i += 8) {
        __m256 x = _mm256_loadu_ps(value + i);
        __m256 is =
            missing_left ? _mm256_cmp_ps(x, at, _CMP_NGE_UQ) : _mm256_cmp_ps(x, at, _CMP_LT_OQ);

        below |= (uint64_t)(unsigned)_mm256_movemask_ps(is) << i;
    }
#else
    for (int i = 0; i < SG_WALK_BLOCK; i++) {
        int is = missing_left ? !(value[i] >= threshold) : value[i] < threshold;

        below |= (uint64_t)is << i;
    }
#endif
    return below;
}

/* Adds a leaf's value to the margins of some rows of a block. */
static inline void
walk_to_leaf(float *margin, uint64_t rows, float value)
{
#if defined(__AVX512F__)
    __m512 add = _mm512_set1_ps(value);

    for (int i = 0; i < SG_WALK_BLOCK; i += 16) {
        __m512 m = _mm512_loadu_ps(margin + i);

        _mm512_storeu_ps(margin + i, _mm512_mask_add_ps(m, (__mmask16)(rows >> i), m, add));
    }
#elif defined(__AVX2__)
    const __m256i lane = _mm256_set_epi32(128, 64, 32, 16, 8, 4, 2, 1);
    __m256 add = _mm256_set1_ps(value);

    for (int i = 0; i < SG_WALK_BLOCK; i += 8) {
        __m256i bits = _mm256_and_si256(_mm256_set1_epi32((int)(rows >> i & 0xff)), lane);
        __m256 is = _mm256_castsi256_ps(_mm256_cmpeq_epi32(bits, lane));
        __m256 m = _mm256_loadu_ps(margin + i);

        _mm256_storeu_ps(margin + i, _mm256_blendv_ps(m, _mm256_add_ps(m, add), is));
    }
#else
    for (int i = 0; i < SG_WALK_BLOCK; i++)
        margin[i] = rows >> i & 1 ? margin[i] + value : margin[i];
#endif
}

/*
 * The rows of a block that are in a set of categories. What is no category, and what is beyond
 * the set, is not; nor is what is missing.
 */
static inline uint64_t
walk_in_set(const uint32_t *set, const float *value)
{
    const float bound = (float)set[0] * 32; /* no more than 2^24 */
    uint64_t in = 0;

#if defined(__AVX512F__)
    const __m512 zero = _mm512_setzero_ps(), end = _mm512_set1_ps(bound);
    const __m512i one = _mm512_set1_epi32(1), low = _mm512_set1_epi32(31);

    for (int i = 0; i < SG_WALK_BLOCK; i += 16) {
        __m512 x = _mm512_loadu_ps(value + i);
        __mmask16 is = _mm512_cmp_ps_mask(x, zero, _CMP_GE_OQ);
        __m512i category, word;

        is = _mm512_mask_cmp_ps_mask(is, x, end, _CMP_LT_OQ);
        category = _mm512_cvttps_epi32(x);
        word = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), is,
                                           _mm512_srli_epi32(category, 5), set + 1, 4);
        word = _mm512_srlv_epi32(word, _mm512_and_si512(category, low));
        in |= (uint64_t)_mm512_test_epi32_mask(word, one) << i;
    }
#elif defined(__AVX2__)
    const __m256 zero = _mm256_setzero_ps(), end = _mm256_set1_ps(bound);
    const __m256i low = _mm256_set1_epi32(31);

    for (int i = 0; i < SG_WALK_BLOCK; i += 8) {
        __m256 x = _mm256_loadu_ps(value + i);
        __m256 is =
            _mm256_and_ps(_mm256_cmp_ps(x, zero, _CMP_GE_OQ), _mm256_cmp_ps(x, end, _CMP_LT_OQ));
        __m256i category = _mm256_cvttps_epi32(x);
        __m256i word =
            _mm256_mask_i32gather_epi32(_mm256_setzero_si256(), (const int *)(set + 1),
                                        _mm256_srli_epi32(category, 5), _mm256_castps_si256(is), 4);

        word = _mm256_slli_epi32(_mm256_srlv_epi32(word, _mm256_and_si256(category, low)), 31);
        in |= (uint64_t)(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(word)) << i;
    }
#else
    for (int i = 0; i < SG_WALK_BLOCK; i++) {
        int is = value[i] >= 0 && value[i] < bound;
        uint32_t category = is ? (uint32_t)value[i] : 0;
        uint32_t word = is ? set[1 + category / 32] : 0;

        in |= (uint64_t)(word >> category % 32 & 1) << i;
    }
#endif
    return in;
}

/* The rows of a block whose value is missing. */
static inline uint64_t
walk_missing(const float *value)
{
    return walk_below(value, -INFINITY, 1) & ~walk_below(value, -INFINITY, 0);
}

/* The rows of a block that go left by a set of categories. */
static inline uint64_t
walk_outside(const uint32_t *set, const float *value, int missing_left)
{
    uint64_t outside = ~walk_in_set(set, value);

    return missing_left ? outside : outside & ~walk_missing(value);
}

/* The rows of a block whose byte, 0 or 1, is 1. */
static inline uint64_t
walk_marked(const uint8_t *mark)
{
#if defined(__AVX512F__)
    __m512i bytes = _mm512_loadu_si512(mark);

    return _mm512_test_epi8_mask(bytes, bytes);
#elif defined(__AVX2__)
    __m256i low = _mm256_loadu_si256((const __m256i *)mark);
    __m256i high = _mm256_loadu_si256((const __m256i *)(mark + 32));
    uint32_t first = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(low, 7));
    uint32_t last = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(high, 7));

    return (uint64_t)last << 32 | first;
#else
    uint64_t rows = 0;

    for (int i = 0; i < SG_WALK_BLOCK; i++)
        rows |= (uint64_t)(mark[i] & 1) << i;
    return rows;
#endif
}

/* The rows of a block that take part. */
static uint64_t
walk_members(const sg_walk_task *task, int64_t first)
{
    int64_t count = task->count - first;
    uint64_t rows = count >= SG_WALK_BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;

    return task->skip != NULL ? rows & ~walk_marked(task->skip + first) : rows;
}

static void
walk_add(const sg_walk_task *task)
{
    const sg_grown *tree = task->tree;

    for (int64_t first = 0; first < task->count; first += SG_WALK_BLOCK) {
        sg_walk_stop here = {0, walk_members(task, first)};
        int32_t depth = 0;

        for (;;) {
            const sg_grown_node *node = &tree->node[here.node];

            while (here.rows != 0 && node->left != SG_GROWN_LEAF) {
                const float *value = task->plane + node->feature * task->stride + first;
                uint64_t left =
                    node->set >= 0 ? walk_outside(tree->word + node->set, value, node->missing_left)
                                   : walk_below(value, node->value, node->missing_left);

                if (here.rows & ~left)
                    task->stack[depth++] = (sg_walk_stop){node->right, here.rows & ~left};
                here = (sg_walk_stop){node->left, here.rows & left};
                node = &tree->node[here.node];
            }
            if (here.rows != 0)
                walk_to_leaf(task->margin + first, here.rows, node->value);
            if (depth == 0)
                break;
            here = task->stack[--depth];
        }
    }
}

/* Nobody can foresee which rows are sampled, and a branch per row would cost more than all else:
   rows that are not add -0, which changes no bit of any margin. */
static void
walk_settle(float *margin, const int32_t *leaf, const float *value, const uint8_t *in, int64_t rows)
{
    if (in == NULL) {
        for (int64_t i = 0; i < rows; i++)
            margin[i] += value[leaf[i]];
        return;
    }
    for (int64_t i = 0; i < rows; i++) {
        uint32_t mask = 0U - in[i], bits;
        float add = value[leaf[i] & (int32_t)mask];

        memcpy(&bits, &add, sizeof bits);
        bits = (bits & mask) | (UINT32_C(0x80000000) & ~mask);
        memcpy(&add, &bits, sizeof add);
        margin[i] += add;
    }
}

static const sg_walk_kernel walk_kernel = {walk_add, walk_settle};

#endif

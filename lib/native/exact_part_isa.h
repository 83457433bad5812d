/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_PART_ISA_H
#define SG_NATIVE_EXACT_PART_ISA_H

/*
 * Stable partition of the columns by the side of each row. Left rows go straight to their place,
 * right rows wait in the spill.
 */

#include <string.h>

#include "native/exact.h"
#include "native/simd.h"

/* A segment on its way. */
typedef struct part_run {
    const uint32_t *from;
    const float *from_gradient;
    uint32_t *left, *right;
    float *left_gradient, *right_gradient;
} part_run;

#if SG_SIMD
/* Sides of the rows as the loop looks them up. */
typedef struct part_sides {
    v_sides bits;
    const uint64_t *lanes;
} part_sides;

V_INLINE part_sides
part_begin(sg_exact *exact)
{
    for (int32_t i = 0; i < exact->rows; i += 32)
        exact->side_bits[i / 32] = v_pack(exact->side + i);
    return (part_sides){v_sides_load(exact->side_bits), exact->lanes};
}

/* Moves the entries from..to-1: whole vectors, whose lanes beyond what is kept are written over by
 * what follows. */
V_INLINE void
part_rows(part_run *run, const part_sides *sides, int32_t from, int32_t to, int carry, v_many many)
{
    for (int32_t i = from; i < to; i += V_LANES) {
        vint entry = v_load_int(run->from + i);
        unsigned all = to - i < V_LANES ? (1u << (to - i)) - 1 : V_ALL;
        unsigned goes_right = v_side(&sides->bits, many, entry) & all;
        unsigned goes_left = goes_right ^ all;
        int rights = __builtin_popcount(goes_right), lefts = __builtin_popcount(goes_left);

        v_store_int(run->left, v_keep(sides->lanes, goes_left, entry));
        v_store_int(run->right, v_keep(sides->lanes, goes_right, entry));
        if (carry) {
            vint gradient = v_load_int(run->from_gradient + i);

            v_store_int(run->left_gradient, v_keep(sides->lanes, goes_left, gradient));
            v_store_int(run->right_gradient, v_keep(sides->lanes, goes_right, gradient));
            run->left_gradient += lefts;
            run->right_gradient += rights;
        }
        run->left += lefts;
        run->right += rights;
    }
}

V_INLINE void
part_copy(void *to, const void *from, int64_t count)
{
    for (int64_t i = 0; i < count; i += V_LANES)
        v_store_int((uint32_t *)to + i, v_load_int((const uint32_t *)from + i));
}
#else
#define V_INLINE static inline

typedef enum v_many { V_ROWS_256, V_ROWS_1024, V_ROWS_ANY } v_many;

static inline v_many
v_many_of(int32_t rows)
{
    (void)rows;
    return V_ROWS_ANY;
}

typedef struct part_sides {
    const uint8_t *side;
} part_sides;

static inline part_sides
part_begin(sg_exact *exact)
{
    return (part_sides){exact->side};
}

/* Moves the entries from..to-1; both places are written, one counter moves. */
static inline void
part_rows(part_run *run, const part_sides *sides, int32_t from, int32_t to, int carry, v_many many)
{
    uint32_t *left = run->left, *right = run->right;

    (void)carry;
    (void)many;
    for (int32_t i = from; i < to; i++) {
        uint32_t entry = run->from[i];
        uint32_t goes_right = sides->side[entry & 0xffff];

        *left = *right = entry;
        left += 1 - goes_right;
        right += goes_right;
    }
    run->left = left;
    run->right = right;
}

static inline void
part_copy(void *to, const void *from, int64_t count)
{
    memcpy(to, from, (size_t)count * sizeof(uint32_t));
}
#endif

/* Every active column; a constant carry and row count make loops without choices. */
V_INLINE void
part_columns(sg_exact *exact, const sg_exact_level *level, int carry, v_many many)
{
    const part_sides sides = part_begin(exact);

    for (int32_t a = 0; a < exact->actives; a++) {
        const int32_t f = exact->active[a];
        uint16_t *next = level->next_present + f;

        for (int32_t k = 0; k < level->nodes; k++) {
            const sg_exact_node *node = &level->node[k];
            int64_t start = f * exact->stride + node->lo;
            int32_t size = node->hi - node->lo, present, left;
            part_run run = {
                .from = level->from + start, .left = level->to + start, .right = exact->spill};

            if (!node->kept)
                continue;
            if (carry) {
                run.from_gradient = level->gradient + start;
                run.left_gradient = level->next_gradient + start;
                run.right_gradient = exact->spill_gradient;
            }
            present = sg_exact_present(exact, level, k, f);
            part_rows(&run, &sides, 0, present, carry, many);
            left = (int32_t)(run.left - (level->to + start));
            if (present < size)
                part_rows(&run, &sides, present, size, carry, many);
            if (node->kept & 1) {
                *next = (uint16_t)left;
                next += exact->features;
            }
            if (node->kept & 2) {
                *next = (uint16_t)(present - left);
                next += exact->features;
                part_copy(run.left, exact->spill, run.right - exact->spill);
                if (carry)
                    part_copy(run.left_gradient, exact->spill_gradient, run.right - exact->spill);
            }
        }
    }
}

static void
exact_part(sg_exact *exact, const sg_exact_level *level)
{
    const v_many many = v_many_of(exact->rows);

    if (many == V_ROWS_256 && level->screen)
        part_columns(exact, level, 1, V_ROWS_256);
    else if (many == V_ROWS_1024 && level->screen)
        part_columns(exact, level, 1, V_ROWS_1024);
    else if (level->screen)
        part_columns(exact, level, 1, V_ROWS_ANY);
    else
        part_columns(exact, level, 0, V_ROWS_ANY);
}

/* The sampled rows are a left child of the whole fold. */
static void
exact_sample(sg_exact *exact, uint32_t *to, const uint32_t *from, uint16_t *present)
{
    const part_sides sides = part_begin(exact);

    for (int32_t a = 0; a < exact->actives; a++) {
        const int32_t f = exact->active[a];
        uint32_t *left = to + f * exact->stride;
        part_run run = {.from = from + f * exact->stride, .left = left, .right = exact->spill};

        part_rows(&run, &sides, 0, exact->present[f], 0, V_ROWS_ANY);
        present[f] = (uint16_t)(run.left - left);
        part_rows(&run, &sides, exact->present[f], exact->rows, 0, V_ROWS_ANY);
    }
}

#endif

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
    sg_exact *exact;
    const uint32_t *from;
    const float *from_gradient; /* NULL = none */
    uint32_t *left, *right;
    float *left_gradient, *right_gradient;
#if SG_SIMD
    v_sides sides;
#endif
} part_run;

#if SG_SIMD
/* Moves the entries from..to-1: whole vectors, whose lanes beyond what is kept are written over by
 * what follows. */
static inline void
part_rows(part_run *run, int32_t from, int32_t to, int carry)
{
    const uint64_t *lanes = run->exact->lanes;
    uint32_t *left = run->left, *right = run->right;
    float *left_g = run->left_gradient, *right_g = run->right_gradient;

    for (int32_t i = from; i < to; i += V_LANES) {
        vint entry = v_load_int(run->from + i);
        unsigned all = to - i < V_LANES ? (1u << (to - i)) - 1 : V_ALL;
        unsigned goes_right = v_side(&run->sides, entry) & all;
        unsigned goes_left = goes_right ^ all;
        int rights = __builtin_popcount(goes_right), lefts = __builtin_popcount(goes_left);

        v_store_int(left, v_keep(lanes, goes_left, entry));
        v_store_int(right, v_keep(lanes, goes_right, entry));
        if (carry) {
            vint gradient = v_load_int(run->from_gradient + i);

            v_store_int(left_g, v_keep(lanes, goes_left, gradient));
            v_store_int(right_g, v_keep(lanes, goes_right, gradient));
            left_g += lefts;
            right_g += rights;
        }
        left += lefts;
        right += rights;
    }
    run->left = left;
    run->right = right;
    run->left_gradient = left_g;
    run->right_gradient = right_g;
}

static inline void
part_copy(void *to, const void *from, int64_t count)
{
    for (int64_t i = 0; i < count; i += V_LANES)
        v_store_int((uint32_t *)to + i, v_load_int((const uint32_t *)from + i));
}
#else
/* Moves the entries from..to-1; both places are written, one counter moves. */
static inline void
part_rows(part_run *run, int32_t from, int32_t to, int carry)
{
    const uint8_t *side = run->exact->side;
    uint32_t *left = run->left, *right = run->right;

    (void)carry;
    for (int32_t i = from; i < to; i++) {
        uint32_t entry = run->from[i];
        uint32_t goes_right = side[entry & 0xffff];

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

/* Partitions size entries, present of them first; returns the present ones on the left. */
static inline int32_t
part_segment(part_run *run, uint32_t *to, float *to_gradient, int32_t size, int32_t present)
{
    sg_exact *exact = run->exact;
    int carry = run->from_gradient != NULL;
    int32_t present_left;

    run->left = to;
    run->left_gradient = to_gradient;
    run->right = exact->spill;
    run->right_gradient = exact->spill_gradient;
    if (carry)
        part_rows(run, 0, present, 1);
    else
        part_rows(run, 0, present, 0);
    present_left = (int32_t)(run->left - to);
    if (present < size) {
        if (carry)
            part_rows(run, present, size, 1);
        else
            part_rows(run, present, size, 0);
    }
    part_copy(run->left, exact->spill, run->right - exact->spill);
    if (carry)
        part_copy(run->left_gradient, exact->spill_gradient, run->right - exact->spill);
    return present_left;
}

/* Begins a partition: sides of the rows as bits where vectors look them up. */
static inline void
part_begin(part_run *run, sg_exact *exact)
{
    run->exact = exact;
    run->from_gradient = NULL;
#if SG_SIMD
    for (int32_t i = 0; i < exact->rows; i += 32)
        exact->side_bits[i / 32] = v_pack(exact->side + i);
    run->sides = v_sides_load(exact->side_bits, exact->rows);
#endif
}

static void
exact_part(sg_exact *exact, const sg_exact_level *level)
{
    part_run run;

    part_begin(&run, exact);
    for (int32_t a = 0; a < exact->actives; a++) {
        int32_t f = exact->active[a], next = 0;

        for (int32_t k = 0; k < level->nodes; k++) {
            const sg_exact_node *node = &level->node[k];
            int64_t start = f * exact->stride + node->lo;
            int32_t present, left;

            if (!node->kept)
                continue;
            present = sg_exact_present(exact, level, k, f);
            run.from = level->from + start;
            if (level->screen)
                run.from_gradient = level->gradient + start;
            left = part_segment(&run, level->to + start,
                                level->screen ? level->next_gradient + start : NULL,
                                node->hi - node->lo, present);
            if (node->kept & 1)
                level->next_present[next++ * exact->features + f] = (uint16_t)left;
            if (node->kept & 2)
                level->next_present[next++ * exact->features + f] = (uint16_t)(present - left);
        }
    }
}

static void
exact_sample(sg_exact *exact, uint32_t *to, const uint32_t *from, uint16_t *present)
{
    part_run run;

    part_begin(&run, exact);
    for (int32_t a = 0; a < exact->actives; a++) {
        int32_t f = exact->active[a];

        run.from = from + f * exact->stride;
        present[f] = (uint16_t)part_segment(&run, to + f * exact->stride, NULL, exact->rows,
                                            exact->present[f]);
    }
}

#endif

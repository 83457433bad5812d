/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_PART_ISA_H
#define SG_NATIVE_EXACT_PART_ISA_H

/*
 * Stable partition of the columns by the side of each row. Left rows go straight to their place,
 * right rows wait in the spill.
 */

#include <string.h>

#include "native/exact.h"

/* A segment on its way. */
typedef struct part_run {
    const uint32_t *from;
    uint32_t *left, *right;
    const uint8_t *side;
} part_run;

/* Moves the entries from..to-1; both places are written, one counter moves. */
static void
part_rows(part_run *run, int32_t from, int32_t to)
{
    uint32_t *left = run->left, *right = run->right;

    for (int32_t i = from; i < to; i++) {
        uint32_t entry = run->from[i];
        uint32_t goes_right = run->side[entry & 0xffff];

        *left = *right = entry;
        left += 1 - goes_right;
        right += goes_right;
    }
    run->left = left;
    run->right = right;
}

/* Partitions size entries, present of them first; returns the present ones on the left. */
static int32_t
part_segment(sg_exact *exact, uint32_t *to, const uint32_t *from, int32_t size, int32_t present)
{
    part_run run = {from, to, exact->spill, exact->side};
    int32_t present_left;

    part_rows(&run, 0, present);
    present_left = (int32_t)(run.left - to);
    part_rows(&run, present, size);
    memcpy(run.left, exact->spill, (size_t)(run.right - exact->spill) * sizeof *to);
    return present_left;
}

static void
exact_part(sg_exact *exact, const sg_exact_level *level)
{
    for (int32_t a = 0; a < exact->actives; a++) {
        int32_t f = exact->active[a], next = 0;

        for (int32_t k = 0; k < level->nodes; k++) {
            const sg_exact_node *node = &level->node[k];
            int64_t start = f * exact->stride + node->lo;
            int32_t present, left;

            if (!node->kept)
                continue;
            present = sg_exact_present(exact, level, k, f);
            left = part_segment(exact, level->to + start, level->from + start, node->hi - node->lo,
                                present);
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
    for (int32_t a = 0; a < exact->actives; a++) {
        int32_t f = exact->active[a];
        int64_t start = f * exact->stride;

        present[f] =
            (uint16_t)part_segment(exact, to + start, from + start, exact->rows, exact->present[f]);
    }
}

#endif

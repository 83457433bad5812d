/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_WALK_ISA_H
#define SG_NATIVE_WALK_ISA_H

/*
 * Walks, and the margins of rows whose leaf is known. Included by kernel_isa.c alone.
 *
 * Rows walk in blocks, one step each per turn: the steps of different rows do not wait for each
 * other, which a walk of one row after the other does at every node. A row that has come to a
 * leaf stays there.
 */

#include <math.h>

#include "native/walk.h"

enum { WALK_BLOCK = 16 };

/* Whether a category is in a node's set: no category, and one beyond the set, is not. */
static inline int
walk_in_set(const uint32_t *set, float value)
{
    uint32_t category;

    if (!(value >= 0 && value < 16777216.0f))
        return 0;
    category = (uint32_t)value;
    return category / 32 < set[0] && (set[1 + category / 32] >> category % 32 & 1);
}

/* The child that a row goes to, or the leaf that it is in. */
static inline int32_t
walk_step(const sg_grown *tree, int32_t at, const float *row)
{
    const sg_grown_node *node = &tree->node[at];
    float value = row[node->feature]; /* of a leaf, feature is 0 or a feature that it had */
    int left = value < node->value;

    if (node->set >= 0)
        left = !walk_in_set(tree->word + node->set, value);
    left = isnan(value) ? node->missing_left : left;
    return node->left == SG_GROWN_LEAF ? at : node->left + !left;
}

static void
walk_block(const sg_walk_task *task, int64_t first, int count)
{
    int32_t at[WALK_BLOCK] = {0};
    int moved = 1;

    while (moved) {
        moved = 0;
        for (int i = 0; i < count; i++) {
            const float *row = task->data + (int64_t)task->row[first + i] * task->features;
            int32_t next = walk_step(task->tree, at[i], row);

            moved |= next != at[i];
            at[i] = next;
        }
    }
    for (int i = 0; i < count; i++) {
        int64_t place = task->place != NULL ? task->place[first + i] : first + i;

        task->margin[place] += task->tree->node[at[i]].value;
    }
}

static void
walk_add(const sg_walk_task *task)
{
    for (int64_t i = 0; i < task->count; i += WALK_BLOCK) {
        int64_t left = task->count - i;

        walk_block(task, i, left < WALK_BLOCK ? (int)left : WALK_BLOCK);
    }
}

static void
walk_settle(float *margin, const int32_t *leaf, const float *value, const uint8_t *in, int64_t rows)
{
    if (in == NULL) {
        for (int64_t i = 0; i < rows; i++)
            margin[i] += value[leaf[i]];
        return;
    }
    for (int64_t i = 0; i < rows; i++) {
        if (in[i])
            margin[i] += value[leaf[i]];
    }
}

static const sg_walk_kernel walk_kernel = {walk_add, walk_settle};

#endif

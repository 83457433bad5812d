/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_FOREST_LAYOUT_H
#define SG_TREE_FOREST_LAYOUT_H

/*
 * What a loaded forest looks like in memory: shared by the loader, which guarantees it,
 * and by the kernels, which rely on it.
 *
 * A row is read through slots: two for each feature that the forest uses, one after the
 * other, and a last one for leaves. A node says by its slot both which feature it
 * splits on and where a missing value goes: right from the first slot of the
 * feature, left from the second.
 *
 * A node is 8 bytes: a value, and a link of its slot, a flag and the place of its left
 * child, from low bits to high. The width of the slot is the forest's, so that few
 * features leave room for large trees and the other way round.
 *
 * Nodes are placed level by level; places count from the tree's root. The right child
 * follows the left one. A leaf is its own left child, and a kernel never takes it to
 * the right, so that a walk of at least `depth` steps ends in it, however many more
 * are made.
 */

#include "tree/forest.h"

typedef union sg_node_value {
    float threshold; /* of an inner node: less goes left */
    float leaf;      /* of a leaf: finite */
    uint32_t set;    /* of a categorical node: where words has its set, see below */
} sg_node_value;

typedef struct sg_node {
    sg_node_value value;
    uint32_t link;
} sg_node;

typedef struct sg_tree {
    uint32_t root;       /* place of the root in nodes */
    int32_t output;
    uint16_t depth;      /* steps from the root to the deepest leaf */
    uint8_t categorical; /* has categorical nodes */
    uint8_t infinite;    /* has thresholds that are not finite */
} sg_tree;

struct sg_forest {
    sg_objective objective;
    int32_t outputs;
    int32_t rounds;
    int64_t features; /* at least 1 */
    int32_t used;     /* features that the trees split on */
    int slot_bits;    /* width of the slot in a link */
    int32_t *feature; /* [used] ascending */
    float *margin;    /* [outputs] what a row starts from */
    double *gain;     /* [used] of each of them */
    sg_tree *trees;   /* [rounds * outputs] */
    sg_node *nodes;
    uint32_t *words;  /* sets of categories: the number of words, then their bits */
    size_t bytes;
};

/** Whether a node is categorical: a bit of its link. */
static inline uint32_t
sg_link_categorical(const sg_forest *forest, uint32_t link)
{
    return link >> forest->slot_bits & 1;
}

static inline uint32_t
sg_link_slot(const sg_forest *forest, uint32_t link)
{
    return link & (((uint32_t)1 << forest->slot_bits) - 1);
}

/** Place of the left child. */
static inline uint32_t
sg_link_child(const sg_forest *forest, uint32_t link)
{
    return link >> (forest->slot_bits + 1);
}

/** The slot of leaves. */
static inline uint32_t
sg_leaf_slot(const sg_forest *forest)
{
    return 2 * (uint32_t)forest->used;
}

#endif

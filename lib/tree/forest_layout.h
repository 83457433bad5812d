/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_FOREST_LAYOUT_H
#define SG_TREE_FOREST_LAYOUT_H

/*
 * What a loaded forest looks like in memory: shared by the loader, which guarantees it,
 * and by the kernels, which rely on it.
 *
 * A node is 8 bytes: a value and a link of three flags, the feature and the place of
 * the left child, from low bits to high. The width of the feature is the forest's, so
 * that few features leave room for large trees and the other way round.
 *
 * Nodes are placed level by level; places count from the tree's root. The right child
 * follows the left one. A leaf is its own left child and never goes right, so that a
 * walk of at least `depth` steps ends in it, however many steps more are made.
 */

#include "tree/forest.h"

enum {
    SG_NODE_INNER = 1,        /* 0 = leaf */
    SG_NODE_DEFAULT_LEFT = 2, /* a missing value goes left */
    SG_NODE_CATEGORICAL = 4,  /* set instead of threshold */
    SG_NODE_FLAG_BITS = 3
};

typedef struct sg_node {
    union {
        float threshold; /* of an inner node: less goes left */
        float leaf;      /* of a leaf: finite */
        uint32_t set;    /* of a categorical node: where words has its set, see below */
    } value;
    uint32_t link;
} sg_node;

typedef struct sg_tree {
    uint32_t root; /* place of the root in nodes */
    int32_t output;
    uint16_t depth; /* steps from the root to the deepest leaf */
    uint16_t categorical;
} sg_tree;

struct sg_forest {
    sg_objective objective;
    int32_t outputs;
    int32_t rounds;
    int64_t features;    /* at least 1 */
    int feature_bits;    /* width of the feature in a link */
    float *margin;       /* [outputs] what a row starts from */
    double *gain;        /* [features] */
    sg_tree *trees;      /* [rounds * outputs] */
    sg_node *nodes;
    uint32_t *words;     /* sets of categories: the number of words, then their bits */
    size_t bytes;
};

/** Link of a node. */
static inline uint32_t
sg_node_link(uint32_t child, uint32_t feature, uint32_t flags, int feature_bits)
{
    return (child << feature_bits | feature) << SG_NODE_FLAG_BITS | flags;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_GROWN_H
#define SG_NATIVE_GROWN_H

/*
 * Trees as they are grown. Nodes have XGBoost's numbers: the root is 0, and the two children
 * of a node get the next two numbers when it is split, the left one first. Pruning keeps the
 * numbers of what it removes.
 */

#include "base/status.h"

enum { SG_GROWN_LEAF = -1 };

/** One node; statistics as XGBoost stores them. */
typedef struct sg_grown_node {
    int32_t left, right;  /* children; SG_GROWN_LEAF = none */
    int32_t parent;       /* -1 of the root */
    int32_t feature;      /* of a split */
    int32_t set;          /* place of its set of categories in words, -1 = a threshold */
    uint8_t missing_left; /* of a split: 1 = missing values go left */
    uint8_t removed;      /* 1: pruned */
    float value;          /* of a split its threshold, less goes left; of a leaf its value */
    float gain;    /* best gain found (XGBoost's loss_changes), also where it was too small */
    float hessian; /* sum of its rows */
    float weight;  /* of the node before the learning rate (base_weights) */
} sg_grown_node;

/**
 * One tree, or many that share their arrays. A set of categories is a number of words, then
 * that many words of bits; categories whose bit is set go right, all others left.
 */
typedef struct sg_grown {
    sg_grown_node *node;
    int32_t nodes, node_room;
    uint32_t *word;
    int32_t words, word_room;
} sg_grown;

/** Releases the arrays; all zero again. */
void sg_grown_clear(sg_grown *tree);

/**
 * Makes room for more nodes and words of sets.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_grown_reserve(sg_grown *tree, int64_t nodes, int64_t words, segml_error *err);

/** Begins a tree of one leaf, the root, in place of what was there; there is room for a node. */
void sg_grown_begin(sg_grown *tree);

/**
 * Splits a leaf: makes its two children, whose members but parent are for the caller to set.
 * There is room for two nodes.
 *
 * @return number of the left child; the right child is the next
 */
int32_t sg_grown_split(sg_grown *tree, int32_t node);

/**
 * Makes leaves of splits whose children are leaves and whose gain is below gamma, from the
 * bottom up (XGBoost's updater prune): their value is weight * rate.
 */
void sg_grown_prune(sg_grown *tree, float gamma, float rate);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SAMPLE_MODEL_H
#define SAMPLE_MODEL_H

/*
 * Models made by hand: a description of what the file shall hold, true or false, and
 * its UBJSON in the layout of XGBoost 3. Tests change one thing and see what happens.
 * A description is large: keep it static.
 */

#include "base/buf.h"

enum { SAMPLE_NODES = 1100, SAMPLE_TREES = 9 };

typedef struct sample_tree {
    int64_t id;
    const char *num_nodes; /* NULL = as many as there are */
    const char *leaf_size;
    int nodes;             /* elements of every array of nodes */
    int32_t left[SAMPLE_NODES], right[SAMPLE_NODES], parent[SAMPLE_NODES], feature[SAMPLE_NODES];
    float condition[SAMPLE_NODES], gain[SAMPLE_NODES];
    uint8_t default_left[SAMPLE_NODES], categorical[SAMPLE_NODES];
    int sets; /* elements of the three arrays below */
    int32_t set_node[SAMPLE_NODES];
    int64_t set_begin[SAMPLE_NODES], set_size[SAMPLE_NODES];
    int categories;
    int32_t category[SAMPLE_NODES];
    const char *missing; /* name of an array that is left out */
    const char *doubled; /* name of an array that comes twice */
} sample_tree;

typedef struct sample_model {
    int version[2];
    const char *booster, *objective, *base_score, *num_class, *num_feature, *num_target;
    const char *num_trees;       /* NULL = as many as there are */
    const char *num_parallel_tree;
    const char *softmax_classes; /* NULL = no member */
    int trees;                   /* elements of tree */
    sample_tree tree[SAMPLE_TREES];
    int infos;
    int info[SAMPLE_TREES];
    int rounds; /* elements of iteration_indptr; 0 = no member, as before 2.0 */
    int round[SAMPLE_TREES + 1];
    int weights;      /* elements of weight_drop; 0 = no member */
    int dictionaries; /* elements of cats.enc; -1 = no cats, as before 3.1 */
    const char *missing; /* name of a member that is left out */
    const char *after;   /* bytes that follow the model */
} sample_model;

/**
 * Two rounds of reg:squarederror over two features, base score 0.5:
 *
 *     tree 0   f0 < 1.5 (missing left)  ? 0.25 : f1 in {1, 33} (missing left) ? 1 : -0.5
 *     tree 1   f0 < 0 (missing right)   ? -2 : 4
 */
void sample_model_init(sample_model *model);

/** A leaf in the place of a node; its parent is not touched. */
void sample_leaf(sample_tree *tree, int node, float value);

/** A numeric split with children left and left + 1. */
void sample_split(sample_tree *tree, int node, int left, int32_t feature, float threshold);

/** A tree that is one leaf. */
void sample_constant(sample_tree *tree, int64_t id, float value);

/** A tree that splits on feature 0 < 0 and goes on at the right, depth times. */
void sample_chain(sample_tree *tree, int64_t id, int depth);

/** Writes the model. The buffer is cleared first. */
void sample_model_write(sg_buf *out, const sample_model *model);

#endif

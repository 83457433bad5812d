/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_FLATTEN_H
#define SG_TREE_FLATTEN_H

/* One tree of a model file, checked, as nodes level by level. */

#include "base/buf.h"
#include "tree/forest_layout.h"
#include "tree/ubj.h"

/** A node with everything apart; forest_layout.h has the form that it takes in the end. */
typedef struct sg_flat_node {
    sg_node_value value;
    uint32_t child;  /* place of the left child, counted from the tree's root; of a leaf its own */
    int32_t feature; /* -1 = leaf */
    uint8_t default_left;
    uint8_t categorical;
} sg_flat_node;

/** What grows tree by tree. Set up by the caller, released with sg_flatten_clear(). */
typedef struct sg_flatten {
    int64_t features;
    double *gain;     /* [features] borrowed; the gains of the splits are added */
    sg_buf nodes;     /* of sg_flat_node */
    sg_buf words;     /* of uint32_t; its max caps the memory for categories */
    int32_t *order;   /* scratch */
    int64_t capacity; /* of order */
} sg_flatten;

/**
 * Reads one tree and appends it.
 *
 * @param tree   out: all but its output
 * @param index  of the tree; its "id" must say the same
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_UNSUPPORTED (leaves that are vectors);
 *         SEGML_E_LIMIT (too deep, too many categories); SEGML_E_NOMEM
 */
int sg_flatten_tree(sg_flatten *flatten, sg_tree *tree, sg_ubj *reader, int32_t index,
                    segml_error *err);

/** Releases what it owns. */
void sg_flatten_clear(sg_flatten *flatten);

#endif

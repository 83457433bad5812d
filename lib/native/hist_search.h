/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_SEARCH_H
#define SG_NATIVE_HIST_SEARCH_H

/* Best splits of nodes: what kernels leave out, constraints and categories. */

#include "native/hist_rule.h"

/** Scratch for ordering categories. */
typedef struct sg_hist_order {
    uint64_t *key, *spare; /* weight and number; scratch of sorting */
    int32_t *rank;         /* categories in the order of their weights */
    int64_t room;
} sg_hist_order;

/** What is searched: one node's histogram. */
typedef struct sg_hist_node {
    const sg_bins *bins;
    const sg_hist_rule *rule;
    const sg_hist_kernel *kernel;
    const uint64_t *hist;
    const uint8_t *usable; /* [features + SG_BINS_PAD] by slot */
    uint64_t whole;
    sg_hist_bounds bounds;
    sg_hist_order *order;
} sg_hist_node;

/** Makes room for ordering so many categories. @return SEGML_OK; SEGML_E_NOMEM */
int sg_hist_order_reserve(sg_hist_order *order, int64_t categories, segml_error *err);

/** Releases everything; all zero again. */
void sg_hist_order_clear(sg_hist_order *order);

/** R5 to R7, R12: the best candidate of all usable slots. */
sg_hist_best sg_hist_find(const sg_hist_node *node);

/** Sum of the side that goes left. */
uint64_t sg_hist_left(const sg_hist_node *node, const sg_hist_best *split);

/**
 * Categories that go right at a split by categories.
 *
 * @return their number; they stand in node->order->rank
 */
int32_t sg_hist_chosen(const sg_hist_node *node, const sg_hist_best *split);

#endif

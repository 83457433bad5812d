/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_RULE_H
#define SG_NATIVE_HIST_RULE_H

/* What sums are worth: weights of nodes and gains of splits. R numbers are hist.c's. */

#include "native/grower.h"
#include "native/hist_kernel.h"

/** Of one tree. */
typedef struct sg_hist_rule {
    const sg_grow_params *params;
    double unit_g, unit_h;  /* what 1 in a sum stands for: powers of two */
    float scale_g, scale_h; /* their inverses */
    sg_hist_terms terms;
    int32_t least;   /* Hessian that a side needs, in units; at least 1 */
    int constrained; /* 1: a feature has a monotone constraint; 0: R5 is enough */
} sg_hist_rule;

/** What a node's weight may be. */
typedef struct sg_hist_bounds {
    float lower, upper;
} sg_hist_bounds;

/** R1, R2. @param sum  of |gradient| and hessian */
void sg_hist_rule_make(sg_hist_rule *rule, const sg_grow_params *params, int32_t features,
                       const double *sum);

/** R8: weight of a node. */
float sg_hist_weight(const sg_hist_rule *rule, sg_hist_bounds bounds, uint64_t sum);

/** R12: the weight that categories are ordered by: without bounds. */
float sg_hist_weight_of_category(const sg_hist_rule *rule, uint64_t sum);

/** R9: what a split gains over the node that it divides. */
float sg_hist_loss(const sg_hist_rule *rule, sg_hist_bounds bounds, uint64_t left, uint64_t whole);

/** Gain by which candidates are compared; -inf if the constraint forbids the split. */
float sg_hist_rule_gain(const sg_hist_rule *rule, sg_hist_bounds bounds, int constraint,
                        uint64_t left, uint64_t whole);

#endif

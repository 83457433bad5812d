/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_GROWER_H
#define SG_NATIVE_GROWER_H

/*
 * What a way of finding splits must do. A grower holds the training rows of one fold in the form
 * that it likes and grows trees on them from gradients; the engine around it takes the
 * gradients, samples, prunes, moves the margins and keeps the trees.
 */

#include "native/columns.h"
#include "native/grown.h"
#include "native/kernel.h"

/** Room behind the last row of arrays that kernels read in whole vectors. */
enum { SG_GROW_PAD = 16 };

/** Parameters of a fit as XGBoost rounds them. */
typedef struct sg_grow_params {
    float eta, lambda, alpha, gamma, min_child_weight, max_delta_step;
    int32_t max_depth;  /* at least 1; 0 = no limit, with max_leaves */
    int32_t max_leaves; /* 0 = level by level; else the best leaf first */
    int32_t max_cat_to_onehot;
    const int8_t *monotone; /* [features]; NULL = no constraints */
} sg_grow_params;

/** One tree to grow. */
typedef struct sg_grow_task {
    const sg_grow_params *params;
    const float *gradient; /* [rows + SG_GROW_PAD] of the fold's training rows in row order */
    const float *hessian;  /* [rows + SG_GROW_PAD] */
    const uint8_t *in;     /* [rows + SG_GROW_PAD] 1 = the row is sampled; NULL = all are */
    int32_t sampled;       /* rows that are */
    const uint8_t *column; /* [features] 1 = the feature may split; NULL = all may */
    sg_grown *tree;        /* out: begun by the grower; leaves have their final values, without
                              pruning */
    int32_t *leaf;         /* out [rows + SG_GROW_PAD]: node that each sampled row ends in */
} sg_grow_task;

typedef struct sg_grower sg_grower;

/** A way of finding splits. A grower belongs to one thread. */
typedef struct sg_grower_kind {
    /**
     * Makes a grower for the prepared rows, which stay and belong to the caller.
     *
     * @return SEGML_OK; SEGML_E_UNSUPPORTED; SEGML_E_NOMEM
     */
    int (*open)(sg_grower **out, const sg_columns *columns, const sg_kernel *kernel,
                segml_error *err);
    /**
     * Turns to the training rows of a fold.
     *
     * @param row  [count] rows of the unit, ascending; stays until the next call
     * @return SEGML_OK; SEGML_E_NOMEM
     */
    int (*turn)(sg_grower *grower, const int32_t *row, int32_t count, segml_error *err);
    /**
     * Grows a tree. Allocates only what the largest tree so far did not need.
     *
     * @return SEGML_OK; SEGML_E_NOMEM
     */
    int (*grow)(sg_grower *grower, const sg_grow_task *task, segml_error *err);
    /** Releases; NULL is allowed. */
    void (*close)(sg_grower *grower);
} sg_grower_kind;

/** XGBoost's exact greedy trees. */
extern const sg_grower_kind sg_exact_grower;

/** Trees between bins. */
extern const sg_grower_kind sg_hist_grower;

#endif

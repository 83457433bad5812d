/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_GRADIENT_H
#define SG_NATIVE_GRADIENT_H

/*
 * Gradients and Hessians of the objectives, with XGBoost's operations in XGBoost's order, so that
 * they have XGBoost's bits wherever its expf has ours. Arrays are padded to whole vectors: kernels
 * read and write SG_GROW_PAD values past the end.
 */

#include "boost/engine.h"
#include "native/kernel.h"

/** What gradients are taken of. Outputs are planes: all rows of output 0, then those of 1. */
typedef struct sg_gradient_task {
    sg_loss loss;
    int32_t rows;
    int32_t outputs;        /* classes of softprob, else 1 */
    int64_t plane;          /* values from one output to the next, at least rows + SG_GROW_PAD */
    float scale_pos_weight; /* of logistic */
    float max_delta_step;   /* of Poisson: its Hessian is exp(margin + max_delta_step) */
    const float *margin;    /* [outputs * plane] */
    const float *label;     /* [rows + SG_GROW_PAD] */
    const float *weight;    /* [rows + SG_GROW_PAD]; NULL = all 1 */
    float *gradient;        /* out [outputs * plane] */
    float *hessian;         /* out [outputs * plane] */
} sg_gradient_task;

/** One version per set of instructions. */
typedef struct sg_gradient_kernel {
    void (*take)(const sg_gradient_task *task);
} sg_gradient_kernel;

/** log of a float: libm's bits, as those of exp (native/expf.h). */
float sg_gradient_log(float x);

/** The margin that boosting starts from: XGBoost's ProbToMargin of base_score, with our own log. */
float sg_gradient_base_margin(sg_loss loss, float base_score);

#endif

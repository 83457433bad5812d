/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NATIVE_DRAW_H
#define TESTS_NATIVE_DRAW_H

/* Random training problems in which two engines could come to different trees. */

#include "boost/engine.h"

enum { DRAW_LOSSES = 4 };

/** A problem that owns its memory. */
typedef struct drawn {
    sg_engine_rows rows; /* method is exact */
    sg_fit_params params;
    int32_t rounds;
    int32_t hold_out;
    int32_t separable; /* 1: gradients become so small that the order of additions matters */
    int32_t tied;      /* 1: separable in part, and columns of few values */
    float *data, *label, *weight;
    int32_t *fold;
    int8_t *monotone;
    uint8_t *categorical;
    char **names;
} drawn;

/** Draws problem number i, which depends on i alone; released with draw_free(). */
void draw_make(drawn *out, uint64_t number);

void draw_free(drawn *d);

/** Objective of problem number i: all four take turns. */
sg_loss draw_loss(uint64_t number);

/** "logistic", "softprob", "squared", "poisson" */
const char *draw_loss_name(sg_loss loss);

#endif

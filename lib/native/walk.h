/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_WALK_H
#define SG_NATIVE_WALK_H

/* Margins of rows that a tree was not grown on: a walk from the root by the rows' values. */

#include "native/grown.h"
#include "native/kernel.h"

typedef struct sg_walk_task {
    const sg_grown *tree;
    const float *data; /* row by row, NaN = missing */
    int64_t features;
    const int32_t *row; /* [count] rows of data */
    int64_t count;
    const int32_t *place; /* [count] where each row's margin stands; NULL = 0, 1, ... */
    float *margin;        /* in and out: the leaf's value is added */
} sg_walk_task;

typedef struct sg_walk_kernel {
    void (*add)(const sg_walk_task *task);
    /** margin[i] += value[leaf[i]] for the rows whose in is 1; in NULL = all rows. */
    void (*settle)(float *margin, const int32_t *leaf, const float *value, const uint8_t *in,
                   int64_t rows);
} sg_walk_kernel;

#endif

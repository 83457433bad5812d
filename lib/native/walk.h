/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_WALK_H
#define SG_NATIVE_WALK_H

/* Margins of rows that a tree was not grown on, and of those whose leaf is known. */

#include "native/grown.h"
#include "native/kernel.h"

/** Rows are taken in blocks of these many; arrays of rows have room for whole blocks. */
enum { SG_WALK_BLOCK = 64 };

/** Rows of a block that are in a node. */
typedef struct sg_walk_stop {
    int32_t node;
    uint64_t rows;
} sg_walk_stop;

typedef struct sg_walk_task {
    const sg_grown *tree;
    const float *plane;  /* [features * stride] values feature by feature, NaN = missing */
    int64_t stride;      /* rows rounded up to whole blocks */
    int64_t count;       /* rows */
    const uint8_t *skip; /* [stride] 1 = the row stays as it is; NULL = none does */
    float *margin;       /* [stride] in and out: the leaf's value is added */
    sg_walk_stop *stack; /* scratch [nodes of the tree] */
} sg_walk_task;

typedef struct sg_walk_kernel {
    void (*add)(const sg_walk_task *task);
    /** margin[i] += value[leaf[i]] for the rows whose in is 1; in NULL = all rows. */
    void (*settle)(float *margin, const int32_t *leaf, const float *value, const uint8_t *in,
                   int64_t rows);
} sg_walk_kernel;

#endif

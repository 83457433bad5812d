/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TESTS_HIST_FIXTURE_H
#define SG_TESTS_HIST_FIXTURE_H

/* A grower of trees between bins with its data, and a search that its trees are held against. */

#include "native/grower.h"

enum { MOST_ROWS = 700, MOST_FEATURES = 20, SET_MOST = 64 /* max_cat_threshold */ };

typedef struct hist_fixture {
    float data[MOST_ROWS * MOST_FEATURES];
    uint8_t categorical[MOST_FEATURES];
    float gradient[MOST_ROWS + SG_GROW_PAD], hessian[MOST_ROWS + SG_GROW_PAD];
    uint8_t in[MOST_ROWS + SG_GROW_PAD], column[MOST_FEATURES];
    int32_t row[MOST_ROWS], leaf[MOST_ROWS + SG_GROW_PAD];
    int8_t monotone[MOST_FEATURES];
    sg_engine_rows rows;
    sg_columns columns;
    sg_grow_params params;
    sg_grow_task task;
    sg_grown tree;
    sg_grower *grower;
} hist_fixture;

extern hist_fixture hist;

/** Parameters, a task for them, Hessians of 1; everything else zero. */
void hist_set_up(void);

void hist_tear_down(void);

/** Makes a grower for the first so many rows and features, turned to all rows. */
void hist_open(int64_t rows, int64_t features, const char *kernel);

/** Grows hist.tree. */
void hist_grow(void);

/** Random rows: features of few values, some missing, some categorical; gradients in 64ths. */
void hist_fill(uint64_t seed, int64_t rows, int64_t features);

/** Samples the rows of hist.in. */
void hist_sample(void);

/** Holds hist.tree against the search, node by node. */
void hist_check(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_SEED_GROUPS_H
#define EXAMPLES_SEED_GROUPS_H

/*
 * The data of the experiment: eight groups of rows with three features each. In every
 * group another polynomial of the features gives the odds of a binary label, so that the
 * same feature points one way in one group and the other way in the next, while over all
 * groups together it says next to nothing.
 *
 * Exact in any language: SplitMix64, four draws per row, features in millionths.
 */

#include <stdint.h>

enum { SEED_GROUPS = 8, SEED_FEATURES = 3 };

/** Seed of the experiment's own rows, of which there are so many per group. */
#define SEED_DEFAULT UINT64_C(20260037)
enum { SEED_DEFAULT_ROWS = 400 };

/** Draw number 1, 2, ... of a stream: uniform in [0, 1). */
double seed_draw(uint64_t seed, uint64_t number);

/**
 * One row of a stream.
 *
 * @param group       in [0, SEED_GROUPS): whose polynomial gives the label
 * @param millionths  out [SEED_FEATURES] the features, in [-1000000, 1000000)
 * @return the label, 0 or 1
 */
int seed_row(uint64_t seed, uint64_t row, int group, int32_t *millionths);

/**
 * A data set: the rows of group 0, then those of group 1, and so on. Another seed makes
 * fresh rows of the same groups.
 *
 * @param x      out [SEED_GROUPS * rows * SEED_FEATURES] features, row by row
 * @param y      out [SEED_GROUPS * rows] labels
 * @param group  out [SEED_GROUPS * rows] numbers of groups
 * @param rows   of each group
 */
void seed_fill(float *x, float *y, int64_t *group, uint64_t seed, int64_t rows);

#endif

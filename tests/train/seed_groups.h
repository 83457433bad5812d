/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SEED_GROUPS_H
#define TESTS_SEED_GROUPS_H

/*
 * Eight groups of rows with three features each; in every group another polynomial of
 * the features gives the odds of the binary label. Integer-exact: SplitMix64 with a
 * given seed, four draws per row.
 */

#include <stdint.h>

enum { SEED_GROUPS = 8, SEED_FEATURES = 3 };

/* Draw number 1, 2, ... of a stream, uniform in [0, 1). */
double seed_draw(uint64_t seed, uint64_t number);

/* Rows of each group one after the other; x [rows * 3], y [rows], group [rows]. */
void seed_fill(float *x, float *y, int64_t *group, int64_t rows);

#endif

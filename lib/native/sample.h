/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_SAMPLE_H
#define SG_NATIVE_SAMPLE_H

/* Rows and features that a tree is grown on: the engine's own streams (see the source). */

#include <stdint.h>

/**
 * Draws the rows of a boosting round; at least one.
 *
 * @param in    out [rows] 1 = sampled
 * @param rate  share that is wanted, in (0, 1)
 * @return number of rows that are sampled
 */
int32_t sg_sample_rows(uint8_t *in, int32_t rows, double rate, uint32_t seed, int32_t round);

/**
 * Draws the features of a tree: exactly max(1, floor(rate * features)).
 *
 * @param in     out [features] 1 = may split
 * @param order  scratch [features]
 * @param tree   number of the tree in the model
 */
void sg_sample_features(uint8_t *in, int32_t *order, int64_t features, double rate, uint32_t seed,
                        int32_t tree);

#endif

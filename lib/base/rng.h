/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_RNG_H
#define SG_BASE_RNG_H

/*
 * Random streams that depend on what they are for, never on who asks first.
 *
 * A stream is a key and a counter: draw j is a function of the two, so streams of
 * different groups, purposes and trials share nothing and need no order.
 */

#include <stdint.h>

typedef struct sg_rng {
    uint64_t key;
    uint64_t counter;
} sg_rng;

/**
 * A stream at its beginning.
 *
 * @param seed     of the run
 * @param group    hash of the group's key, 0 for what belongs to no group
 * @param purpose  a constant text: "fold", "sample", ...
 * @param trial    number of the trial, 0 where there is none
 */
sg_rng sg_rng_stream(uint64_t seed, uint64_t group, const char *purpose, uint64_t trial);

/** 64 random bits. */
uint64_t sg_rng_next(sg_rng *rng);

/** Uniform in [0, bound), without bias; bound at least 1. */
uint64_t sg_rng_below(sg_rng *rng, uint64_t bound);

/** Uniform in [0, 1), 53 bits. */
double sg_rng_uniform(sg_rng *rng);

#endif

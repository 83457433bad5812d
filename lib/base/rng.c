/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SplitMix64 (Steele, Lea, Flood 2014) read as a counter-based generator: draw j is
 * mix(key + j * golden ratio), j from 1. The key is the 64-bit XXH3 of seed, group,
 * trial (little-endian) and the purpose's bytes. Passes BigCrush from any key; a
 * cryptographic generator would buy nothing here.
 */

#include "base/rng.h"

#include <string.h>

#include "base/hash.h"

enum { PURPOSE_MAX = 40 };

static unsigned char *
put_u64(unsigned char *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        *out++ = (unsigned char)(value >> (8 * i));
    return out;
}

sg_rng
sg_rng_stream(uint64_t seed, uint64_t group, const char *purpose, uint64_t trial)
{
    unsigned char bytes[3 * 8 + PURPOSE_MAX];
    unsigned char *end = put_u64(put_u64(put_u64(bytes, seed), group), trial);
    size_t length = strlen(purpose);

    length = length > PURPOSE_MAX ? PURPOSE_MAX : length;
    memcpy(end, purpose, length);
    return (sg_rng){sg_hash_64(bytes, (size_t)(end - bytes) + length), 0};
}

uint64_t
sg_rng_next(sg_rng *rng)
{
    uint64_t z = rng->key + ++rng->counter * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t
sg_rng_below(sg_rng *rng, uint64_t bound)
{
    uint64_t reject = (0 - bound) % bound; /* 2^64 mod bound values too many */
    uint64_t draw = sg_rng_next(rng);

    while (draw < reject)
        draw = sg_rng_next(rng);
    return draw % bound;
}

double
sg_rng_uniform(sg_rng *rng)
{
    return (double)(sg_rng_next(rng) >> 11) * 0x1p-53;
}

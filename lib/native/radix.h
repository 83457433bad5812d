/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_RADIX_H
#define SG_NATIVE_RADIX_H

/* Sorting by floats. */

#include <stdint.h>
#include <string.h>

/** Bits of a float that is not NaN, as a number of the same order; -0 counts as 0. */
static inline uint32_t
sg_radix_bits(float value)
{
    float plain = value + 0.0f;
    uint32_t bits;

    memcpy(&bits, &plain, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

/**
 * Sorts keys by their upper 32 bits; equal ones keep their order. Linear in count.
 *
 * @param scratch  [count]
 */
void sg_radix_sort(uint64_t *keys, uint64_t *scratch, int64_t count);

#endif

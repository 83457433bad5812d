/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Least significant digit first: bytes 4 to 7 of the keys, each by a counting sort that keeps
 * the order of equals; a byte that all keys share is passed over. Few keys are sorted by
 * insertion, because 256 counters cost more than they do.
 */

#include "native/radix.h"

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, FEW = 32 };

static void
insert(uint64_t *keys, int64_t count)
{
    for (int64_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        int64_t to = i;

        for (; to > 0 && keys[to - 1] >> 32 > key >> 32; to--)
            keys[to] = keys[to - 1];
        keys[to] = key;
    }
}

void
sg_radix_sort(uint64_t *keys, uint64_t *scratch, int64_t count)
{
    if (count <= FEW) {
        insert(keys, count);
        return;
    }
    for (int shift = 32; shift < 64; shift += DIGIT_BITS) {
        uint32_t start[DIGITS] = {0}, sum = 0;

        for (int64_t i = 0; i < count; i++)
            start[keys[i] >> shift & (DIGITS - 1)]++;
        if (start[keys[0] >> shift & (DIGITS - 1)] == (uint32_t)count)
            continue;
        for (int d = 0; d < DIGITS; d++) {
            uint32_t here = start[d];

            start[d] = sum;
            sum += here;
        }
        for (int64_t i = 0; i < count; i++)
            scratch[start[keys[i] >> shift & (DIGITS - 1)]++] = keys[i];
        memcpy(keys, scratch, (size_t)count * sizeof *keys);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */

/*
 * XXH3 (xxHash 0.8, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md),
 * compiled in from its header: its results are frozen since 0.8.0, and a serving
 * process then needs no further library.
 */

#include "base/hash.h"

#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
sg_hash_64(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}

sg_hash128
sg_hash_128(const void *bytes, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);

    return (sg_hash128){hash.low64, hash.high64};
}

int
sg_hash_compare(sg_hash128 a, sg_hash128 b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return a.low < b.low ? -1 : a.low > b.low;
}

void
sg_hash_hex(char hex[33], sg_hash128 hash)
{
    snprintf(hex, 33, "%016llx%016llx", (unsigned long long)hash.high,
             (unsigned long long)hash.low);
}

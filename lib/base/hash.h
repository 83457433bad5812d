/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_HASH_H
#define SG_BASE_HASH_H

/* XXH3 of bytes: for tables, streams and content, not against an attacker. */

#include <stddef.h>
#include <stdint.h>

typedef struct sg_hash128 {
    uint64_t low, high;
} sg_hash128;

/** 64-bit XXH3. */
uint64_t sg_hash_64(const void *bytes, size_t size);

/** 128-bit XXH3. */
sg_hash128 sg_hash_128(const void *bytes, size_t size);

/** Order of two hashes as 128-bit numbers: negative, 0, positive. */
int sg_hash_compare(sg_hash128 a, sg_hash128 b);

/** 32 lower-case hexadecimal digits, most significant first, and a terminator. */
void sg_hash_hex(char hex[33], sg_hash128 hash);

#endif

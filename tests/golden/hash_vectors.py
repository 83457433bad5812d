#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the recorded hashes of tests/unit/test_hash.c, one length for each branch of XXH3."""

import xxhash

LENGTHS = [0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1024, 5000]

if __name__ == "__main__":
    content = bytes((7 * i + 3) % 256 for i in range(max(LENGTHS)))
    for length in LENGTHS:
        part = content[:length]
        print(f'{{{length}, 0x{xxhash.xxh3_64_intdigest(part):016X}, '
              f'"{xxhash.xxh3_128_hexdigest(part)}"}},')

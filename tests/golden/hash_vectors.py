#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the recorded hashes of tests/unit/test_hash.c and test_key.c. Needs xxhash.

Plain bytes: one length for each branch of XXH3. Keys: per column a type byte (0 NULL,
1 integer, 2 text), 8 bytes little-endian (the integer, or the text's length), the text.
"""

import xxhash

LENGTHS = [0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1024, 5000]
KEYS = [[None], [0], [-2], [4711], ["4711"], [7, None, "ä"], ["ab", "c"], ["a", "bc"],
        ["x" * 100000]]


def encode(value):
    if value is None:
        return bytes(9)
    if isinstance(value, int):
        return b"\x01" + value.to_bytes(8, "little", signed=True)
    text = value.encode()
    return b"\x02" + len(text).to_bytes(8, "little") + text


if __name__ == "__main__":
    content = bytes((7 * i + 3) % 256 for i in range(max(LENGTHS)))
    for length in LENGTHS:
        part = content[:length]
        print(f'{{{length}, 0x{xxhash.xxh3_64_intdigest(part):016X}, '
              f'"{xxhash.xxh3_128_hexdigest(part)}"}},')
    for key in KEYS:
        digest = xxhash.xxh3_128_hexdigest(b"".join(map(encode, key)))
        print(str(key)[:40], digest)

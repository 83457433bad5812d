#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the recorded orders and content hashes of tests/unit/test_canon.c.

The rules of lib/data/canon.c in plain Python: a row is 8 bytes, little-endian, per feature,
then its label and its weight; numbers are the bits of the float, with one NaN and one zero;
texts are their 64-bit XXH3. Rows are ordered by their 128-bit XXH3 as numbers; the content is
the 128-bit XXH3 of these hashes in that order, 16 bytes little-endian each. A row's fold, or
the hash of its fold group's value, follows the weight; times are compared before the hashes and
follow each of them in the content, as the bits of the double. Needs xxhash.
"""

import math
import struct

import xxhash

NAN = math.nan
COLOURS = ["red", "green", "blue"]
SIZES = [1.5, -0.0, NAN, 3.25, 1.5, -1e30]
COLOUR_CODES = [0, 2, 1, None, 0, 2]
PLAIN_CODES = [4.0, 0.0, NAN, 1.0, 4.0, 2.0]
LABELS = [1, 0, 2, 0, 1, 2]
CLASSES = ["no", "perhaps", "yes"]
WEIGHTS = [1.0, 0.0, 2.5, 1.0, 1.0, 0.125]
FOLDS = [1, 0, 1, 0, 0, 1]
CUSTOMERS = [-3, 12, None, 12, 12, 7]
TIMES = [2.5, -0.0, 1e9, 0.0, -7.25, 2.5]


def number(value):
    if math.isnan(value):
        return (0x7FC00000).to_bytes(8, "little")
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (0 if value == 0 else bits).to_bytes(8, "little")


def text(value):
    return xxhash.xxh3_64_intdigest(value.encode()).to_bytes(8, "little")


def whole_number(value):
    return value.to_bytes(8, "little")


def key_value(integer):
    """The low half of the key's 128-bit hash (lib/base/key.c R2: type, number); 0 for NULL."""
    if integer is None:
        return whole_number(0)
    code = b"\x01" + integer.to_bytes(8, "little", signed=True)
    return whole_number(xxhash.xxh3_128_intdigest(code) % 2**64)


def canon(label_of, weights, last=None, times=None):
    rows = []
    for i, size in enumerate(SIZES):
        code = COLOUR_CODES[i]
        content = number(size)
        content += number(NAN) if code is None else text(COLOURS[code])
        content += number(PLAIN_CODES[i]) + label_of(LABELS[i]) + number(weights[i])
        content += last[i] if last else b""
        rows.append((times[i] if times else 0, xxhash.xxh3_128_intdigest(content), i))
    rows.sort()
    whole = b"".join(digest.to_bytes(16, "little") +
                     (struct.pack("<d", time + 0.0) if times else b"") for time, digest, _ in rows)
    return [i for _, _, i in rows], xxhash.xxh3_128_hexdigest(whole)


if __name__ == "__main__":
    print("numbers, weights:", *canon(number, WEIGHTS))
    print("classes, no weights:", *canon(lambda label: text(CLASSES[label]), [1.0] * 6))
    print("folds:", *canon(number, WEIGHTS, last=[whole_number(fold) for fold in FOLDS]))
    print("fold groups:", *canon(number, WEIGHTS, last=[key_value(one) for one in CUSTOMERS]))
    print("times:", *canon(number, WEIGHTS, times=TIMES))

# SPDX-License-Identifier: Apache-2.0
"""Random streams as the design comment of lib/base/rng.c specifies them, in plain Python.

The streams and the fold maps of this folder share it; it needs the package xxhash.
"""

import xxhash

MASK = (1 << 64) - 1
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def mix(z):
    """The output function of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Stream:
    """Draws mix(key + j * golden ratio), j = 1, 2, ..."""

    def __init__(self, seed, group, purpose, trial=0):
        content = b"".join(number.to_bytes(8, "little") for number in (seed, group, trial))
        self.key = xxhash.xxh3_64_intdigest(content + purpose.encode())
        self.drawn = 0

    def next(self):
        self.drawn += 1
        return mix((self.key + self.drawn * GOLDEN_RATIO) & MASK)

    def below(self, bound):
        """Draws until one is not among the first 2^64 mod bound, which are too many."""
        while True:
            draw = self.next()
            if draw >= 2**64 % bound:
                return draw % bound

    def uniform(self):
        return (self.next() >> 11) / 2**53

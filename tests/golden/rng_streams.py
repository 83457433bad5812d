#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the recorded draws of tests/unit/test_rng.c."""

from streams import Stream

STREAMS = [
    (0, 0, "fold", 0),
    (7, 42, "fold", 0),
    (7, 42, "fold", 1),
    (7, 42, "sample", 0),
    (2**64 - 1, 0x8000000000000001, "random sampler", 2**32 + 5),
    (1, 2, "", 3),
]

if __name__ == "__main__":
    for seed, group, purpose, trial in STREAMS:
        stream = Stream(seed, group, purpose, trial)
        draws = ", ".join(f"0x{stream.next():016X}" for _ in range(3))
        print(f'{{0x{seed:X}, 0x{group:X}, "{purpose}", {trial}, {{{draws}}}}},')
    stream = Stream(1, 2, "uniform")
    print("uniform:", ", ".join(stream.uniform().hex() for _ in range(4)))
    stream = Stream(1, 2, "below")
    print("below 10:", ", ".join(str(stream.below(10)) for _ in range(20)))
    stream = Stream(1, 2, "below")
    print("below 2^63 + 1:", ", ".join(str(stream.below(2**63 + 1)) for _ in range(4)))

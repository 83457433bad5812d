#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The experiment's generator writes the recorded bytes.   make_groups.py MAKE_GROUPS

Expected: the rules R1 to R3 of examples/seed_groups.c once more, in Python, byte for byte; and
facts about the experiment's own rows that were recorded when it was designed.
"""

import hashlib
import math
import subprocess
import sys

SEED, MD5 = 20260037, "f49d46cd07e8a7a231b8ebd18283d0c9"
# Correlation of num_1 with the target, by group and over all rows; share of positives, over all.
CORRELATIONS = [-.395, -.235, -.113, -.041, .078, .188, .281, .304]
ALL, POSITIVES = .008, .488

MASK = 2**64 - 1

SCORES = [
    lambda a, b, c: .09 - .86 * a + b + 1.5 * (c**2 - 1 / 3),
    lambda a, b, c: -.57 * a + .6 * c + 2.2 * a * b,
    lambda a, b, c: -.15 - .21 * a - .9 * c + 2.2 * (b**2 - 1 / 3),
    lambda a, b, c: -.03 - .10 * a - .7 * b + 2.2 * a * c,
    lambda a, b, c: .34 * a + .8 * b + .8 * c + 4 * (a**3 - .6 * a),
    lambda a, b, c: -.10 + .35 * a + .5 * c - 2.2 * b * c,
    lambda a, b, c: .05 + .60 * a - .9 * b + 1.8 * (a**2 - 1 / 3),
    lambda a, b, c: .53 * a - .6 * c - 1.2 * (b**2 - 1 / 3) + 3 * a * b * c,
]


def draws(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield ((z ^ (z >> 31)) >> 11) / 2**53


def rows(seed, per_group):
    stream = draws(seed)
    for group, score in enumerate(SCORES):
        for _ in range(per_group):
            x = [math.floor(next(stream) * 2e6) / 1e6 - 1 for _ in range(3)]
            yield x, group, int(next(stream) < 1 / (1 + math.exp(-4 * score(*x))))


def text(seed, per_group):
    lines = ["num_1,num_2,num_3,group,target"]
    lines += ["%.6f,%.6f,%.6f,g%d,%d" % (*x, group, y) for x, group, y in rows(seed, per_group)]
    return ("\n".join(lines) + "\n").encode()


def correlation(pairs):
    n = len(pairs)
    means = [sum(pair[k] for pair in pairs) / n for k in (0, 1)]
    product = lambda j, k: sum((p[j] - means[j]) * (p[k] - means[k]) for p in pairs)
    return product(0, 1) / math.sqrt(product(0, 0) * product(1, 1))


def check(condition, what):
    if not condition:
        sys.exit(f"examples/make_groups.c:1: {what}")


def main():
    program = sys.argv[1]
    run = lambda *arguments: subprocess.run([program, *arguments], stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL)
    written = run().stdout
    check(hashlib.md5(written).hexdigest() == MD5, "not the recorded bytes")
    check(written == text(SEED, 400), "not the bytes of the rules in Python")
    for seed, per_group in ((0, 1), (2**64 - 1, 7), (SEED + 777777, 1000)):
        check(run(str(seed), str(per_group)).stdout == text(seed, per_group),
              f"seed {seed}, {per_group} rows: not the bytes of the rules in Python")

    table = [line.split(",") for line in written.decode().splitlines()[1:]]
    for group, expected in enumerate(CORRELATIONS):
        pairs = [(float(row[0]), int(row[4])) for row in table if row[3] == f"g{group}"]
        check(len(pairs) == 400 and abs(correlation(pairs) - expected) <= .0005,
              f"group {group}: correlation {correlation(pairs):.4f}, not {expected}")
    pairs = [(float(row[0]), int(row[4])) for row in table]
    check(abs(correlation(pairs) - ALL) <= .0005, f"correlation {correlation(pairs):.4f}")
    share = sum(y for _, y in pairs) / len(pairs)
    check(abs(share - POSITIVES) <= .0005, f"{share:.4f} are positive, not {POSITIVES}")

    for bad in (("x",), ("1", "0"), ("-1",), ("1", "2", "3"), ("99999999999999999999",), ("",)):
        result = run(*bad)
        check(result.returncode == 2 and not result.stdout, f"{bad} was not refused")


if __name__ == "__main__":
    main()

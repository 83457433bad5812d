#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the recorded fold maps of tests/unit/test_fold.c.

The rules of lib/data/fold.c in other words: shuffle the rows (Fisher-Yates, inside out), put
them into stratum order without disturbing the shuffled order within a stratum, and deal them
round-robin, starting at fold group mod K. A value's fold is the first draw of its own stream.
"""

from streams import Stream


def fold_map(rows, folds, seed, group, stratum=None):
    stream = Stream(seed, group, "fold")
    order = []
    for row in range(rows):
        place = stream.below(row + 1)
        if place == row:
            order.append(row)
        else:
            order.append(order[place])
            order[place] = row
    if stratum is not None:
        order.sort(key=lambda row: stratum[row])
    fold = [0] * rows
    for place, row in enumerate(order):
        fold[row] = (group + place) % folds
    return fold


def fold_of_value(seed, value, folds):
    return Stream(seed, value, "fold group").below(folds)


if __name__ == "__main__":
    print(fold_map(9, 4, seed=7, group=42))
    print(fold_map(12, 3, seed=1, group=5, stratum=[0, 1, 0, 2, 1, 0, 0, 2, 1, 0, 0, 1]))
    print([fold_of_value(7, value, 5) for value in range(1, 11)])
    print([fold_of_value(8, 2**64 - 1 - value, 100) for value in range(5)])

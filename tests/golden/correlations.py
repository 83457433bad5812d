#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes correlations_numpy.h: Pearson's r, eta and Cramer's V by NumPy, from their definitions.

    python3 tests/golden/correlations.py

Weighted ones are computed by repeating rows: the weights are whole numbers.
"""

import pathlib

import numpy as np

ROWS = 40
NAN = float("nan")


def pearson(x, y):
    return np.corrcoef(x, y)[0, 1]


def eta(groups, y):
    values = [y[groups == g] for g in np.unique(groups)]
    between = sum(len(v) * (v.mean() - y.mean()) ** 2 for v in values)
    return np.sqrt(between / ((y - y.mean()) ** 2).sum())


def cramers_v(a, b):
    table = np.array([[np.sum((a == i) & (b == j)) for j in np.unique(b)] for i in np.unique(a)])
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    chi2 = ((table - expected) ** 2 / expected).sum()
    return np.sqrt(chi2 / table.sum() / (min(table.shape) - 1))


def associate(x, y, w, x_categorical, y_categorical):
    known = ~np.isnan(x) & ~np.isnan(y)
    x = np.repeat(x[known].astype(np.float64), w[known].astype(int))
    y = np.repeat(y[known].astype(np.float64), w[known].astype(int))
    if len(x) < 2 or len(np.unique(x)) < 2 or len(np.unique(y)) < 2:
        return NAN
    if x_categorical and y_categorical:
        return cramers_v(x, y)
    if x_categorical:
        return eta(x, y)
    if y_categorical:
        return eta(y, x)
    return pearson(x, y)


def cases():
    """Yields (name, x, y, weight, x categorical, y categorical)."""
    rng = np.random.default_rng(1)
    numeric = rng.normal(size=ROWS).astype(np.float32)
    other = (0.5 * numeric + rng.normal(size=ROWS)).astype(np.float32)
    code = rng.integers(0, 4, ROWS).astype(np.float32)
    code[code == 2] = 900  # categories that do not occur take no part
    classes = (code % 3 + (rng.random(ROWS) < 0.3)).astype(np.float32)
    label = (other > 0).astype(np.float32)
    holes = numeric.copy()
    holes[::5] = np.nan
    code_holes = code.copy()
    code_holes[1::7] = np.nan
    one = np.ones(ROWS, np.float32)
    some = rng.integers(0, 4, ROWS).astype(np.float32)
    yield "r of numbers", numeric, other, one, 0, 0
    yield "r, weighted", numeric, other, some, 0, 0
    yield "r with a label of 0 and 1, holes", holes, label, some, 0, 0
    yield "r of a column far from 0", (numeric + 1000).astype(np.float32), other, one, 0, 0
    yield "r of a line", numeric, -2 * numeric, one, 0, 0
    yield "eta of categories", code, other, one, 1, 0
    yield "eta of categories, weighted, holes", code_holes, other, some, 1, 0
    yield "eta of classes", numeric, classes, some, 0, 1
    yield "V", code, classes, one, 1, 1
    yield "V, weighted, holes", code_holes, classes, some, 1, 1
    yield "V of a column with itself", code, code, some, 1, 1
    yield "a constant number", one, other, some, 0, 0
    yield "a constant label", numeric, one, some, 0, 0
    yield "one category", one, other, some, 1, 0
    yield "no row counts", numeric, other, 0 * one, 0, 0
    yield "all missing", one * np.float32("nan"), other, one, 1, 0


def array(values):
    cells = ["NAN" if np.isnan(v) else repr(float(v)) + "f" for v in values]
    lines = [", ".join(cells[i:i + 4]) for i in range(0, len(cells), 4)]
    return "{" + ",\n      ".join(lines) + "}"


def main():
    out = ["/* SPDX-License-Identifier: Apache-2.0 */", "",
           f"/* Recorded by tests/golden/correlations.py with NumPy {np.__version__}. */", "",
           f"enum {{ CORRELATION_ROWS = {ROWS} }};", "",
           "static const struct correlation_case {",
           "    const char *name;",
           "    float x[CORRELATION_ROWS], y[CORRELATION_ROWS], weight[CORRELATION_ROWS];",
           "    int x_categorical, y_categorical;",
           "    double expected;",
           "} correlation_cases[] = {"]
    for name, x, y, w, x_categorical, y_categorical in cases():
        expected = associate(x, y, w, x_categorical, y_categorical)
        result = "NAN" if np.isnan(expected) else repr(float(expected))
        out.append(f'    {{"{name}",\n     {array(x)},\n     {array(y)},\n     {array(w)},\n'
                   f"     {x_categorical}, {y_categorical}, {result}}},")
    out.append("};")
    path = pathlib.Path(__file__).resolve().parent / "correlations_numpy.h"
    path.write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()

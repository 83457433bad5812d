#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes intervals_scipy.h and searches_numpy.h: intervals, tests, corrections of searches.

    python3 tests/golden/evaluation_scipy.py

For tests/unit/test_interval.c and test_optimism.c. Where the library draws at random, so does
this, independently and many times more often; figures are then expected values, and the test
allows for the error of the library's draws. Recorded with SciPy 1.17, NumPy 2.4.
"""

import pathlib

import numpy as np
from scipy import stats

FOLDER = pathlib.Path(__file__).resolve().parent
DRAWS, SEARCH_DRAWS = 40_000, 40_000
parts = []


def array(name, values, kind="float"):
    texts, lines, line = [], [], "   "
    for value in np.ravel(values):
        texts.append(str(value) if kind != "float" else f"{round(float(value), 3)!r}f")
    for text in texts:
        if len(line) + len(text) + 2 > 99:
            lines.append(line)
            line = "   "
        line += f" {text},"
    parts.append(f"static const {kind} {name}[] = {{\n" + "\n".join(lines + [line]) + "\n};\n")


def rounded(values):
    return np.round(np.asarray(values, float), 3).astype(np.float32).astype(float)


def sigmoid(m):
    return 1 / (1 + np.exp(-m))


def log_loss(y, m):
    return np.logaddexp(0, np.where(y == 1, -m, m))


def f1(tp, fp, fn):
    with np.errstate(invalid="ignore"):
        return 2 * tp / (2 * tp + fp + fn)


def binary_metrics(factors, y, m, w, threshold=0.5):
    """Log loss, F1 and accuracy of rows with factors [draws, rows]."""
    v, hard = factors * w, sigmoid(m) >= threshold
    cell = lambda rows: v @ rows.astype(float)
    return np.column_stack([
        cell(log_loss(y, m)) / v.sum(axis=1),
        f1(cell((y == 1) & hard), cell((y == 0) & hard), cell((y == 1) & ~hard)),
        cell((y == 1) == hard) / v.sum(axis=1)])


def summary(name, value, draws):
    """Rows of value, low, high, standard error."""
    table = np.column_stack([value, *np.percentile(draws, [2.5, 97.5], axis=0),
                             draws.std(axis=0, ddof=1)])
    array(name, table, "double")


def intervals(rng):
    n = 240
    y = (rng.random(n) < 0.4).astype(float)
    a = rounded(rng.normal(y * 1.6 - 1, 1))
    b = rounded(a + rng.normal(0, 0.25, n))
    w = rng.choice([0.5, 1, 2], n)
    group = rng.integers(0, 12, n) * 3
    for name, values in (("label", y), ("margin_a", a), ("margin_b", b), ("weight", w)):
        array("pair_" + name, values)
    array("pair_group", group, "int32_t")

    once = np.ones((1, n))
    losses, hits = log_loss(y, a), (y == 1) == (a >= 0)
    found = stats.bootstrap(
        (np.arange(n),), lambda i, axis: np.array([losses[i].mean(axis), hits[i].mean(axis)]),
        n_resamples=DRAWS, method="percentile", vectorized=True, rng=rng, batch=2000)
    factors = rng.multinomial(n, np.full(n, 1 / n), DRAWS).astype(float)
    plain = binary_metrics(factors, y, a, np.ones(n))
    low, high = np.percentile(plain, [2.5, 97.5], axis=0)
    spread = plain.std(axis=0)
    for own, theirs in ((low, found.confidence_interval.low),
                        (high, found.confidence_interval.high)):
        assert (np.abs(own[[0, 2]] - theirs) < 0.2 * spread[[0, 2]]).all()
    summary("drawn_plain", binary_metrics(once, y, a, np.ones(n))[0], plain)
    summary("drawn_weighted", binary_metrics(once, y, a, w)[0], binary_metrics(factors, y, a, w))
    summary("drawn_difference",
            (binary_metrics(once, y, a, w) - binary_metrics(once, y, b, w))[0],
            binary_metrics(factors, y, a, w) - binary_metrics(factors, y, b, w))
    few = slice(0, 80)
    summary("drawn_bayesian", binary_metrics(once[:, few], y[few], a[few], w[few])[0],
            binary_metrics(rng.dirichlet(np.ones(80), DRAWS), y[few], a[few], w[few]))

    loss = log_loss(y, a) - log_loss(y, b)
    mean = np.average(loss, weights=w)
    for name, ids in (("clustered", group), ("alone", np.arange(n))):
        sums = np.array([np.sum((w * (loss - mean))[ids == g]) for g in np.unique(ids)])
        clusters = len(sums)
        error = np.sqrt(clusters / (clusters - 1) * np.sum(sums**2)) / np.sum(w)
        array("difference_" + name, [mean, error], "double")
    signed_ranks(rng)


def signed_ranks(rng):
    """Differences and their p; the last of the intervals' header."""
    cases = [(rng.normal(0.4, 1, 12), rng.normal(0, 1, 12)),
             (rng.integers(0, 5, 20), rng.integers(0, 5, 20)),
             (rng.integers(0, 2, 40), rng.integers(0, 2, 40)),
             ([1.0], [0.0]), ([0.0], [1.0]), ([2.0, 2.0], [2.0, 1.0]),
             (rng.normal(0, 1, 300).round(1), rng.normal(0.2, 1, 300).round(1))]
    rows = []
    for x, y in cases:
        x, y = np.asarray(x, float), np.asarray(y, float)
        d = rounded(x - y)
        p = stats.wilcoxon(d, zero_method="zsplit", alternative="greater", method="asymptotic",
                           correction=False).pvalue
        array(f"ranks_{len(rows)}", d, "double")
        rows.append(f"    {{ranks_{len(rows)}, {len(d)}, {float(p).hex()}}},")
    parts.append("static const struct {\n    const double *difference;\n    int64_t count;\n"
                 "    double p;\n} signed_ranks[] = {\n" + "\n".join(rows) + "\n};\n")


def areas(margin, y):
    """AUC of each trial as a function of weights, by comparing all pairs."""
    wins = [(m[:, None] > m) + 0.5 * (m[:, None] == m) for m in margin]

    def of(w):
        p, n = w * y, w * (1 - y)
        with np.errstate(invalid="ignore"):
            return np.array([p @ win @ n for win in wins]) / (p.sum() * n.sum())
    return of


def corrected(rng, n, objective, scores):
    """Mean and spread of the scores out of the bag, of many searches; NaN takes no part."""
    out = []
    for _ in range(SEARCH_DRAWS):
        times = rng.multinomial(n, np.full(n, 1 / n)).astype(float)
        value = objective(times)
        if np.isnan(value).all():
            continue
        out.append(scores(int(np.nanargmax(value)), (times == 0).astype(float)))
    out = np.array(out, float)
    return np.column_stack([np.nanmean(out, axis=0), np.nanstd(out, axis=0)])


def searches(rng):
    n, trials = 60, 12
    y = (rng.random(n) < 0.5).astype(float)
    w = rng.choice([1, 2], n)
    margin = rounded(rng.normal(y * 1.5 - 0.75, 1) + rng.normal(0, 1, (trials, n)))
    array("search_label", y)
    array("search_weight", w)
    array("search_margin", margin)
    losses, hard = log_loss(y, margin), margin >= 0
    tp, fp, fn = (y == 1) & hard, (y == 0) & hard, (y == 1) & ~hard
    f1_of = lambda v: f1(tp @ v, fp @ v, fn @ v)
    area_of = areas(margin, y)

    def scores(t, out):
        v = out * w
        return losses[t] @ v / v.sum(), f1_of(v)[t]

    for name, objective in (("loss", lambda k: -(losses @ (k * w))), ("f1", lambda k: f1_of(k * w)),
                            ("roc_auc", lambda k: area_of(k * w))):
        array("corrected_" + name, corrected(rng, n, objective, scores), "double")

    squares = (margin - y)**2

    def explained(k):
        v = k * w
        return 1 - squares @ v / (v @ (y - v @ y / v.sum())**2)

    array("corrected_r2", corrected(
        rng, n, explained,
        lambda t, out: (squares[t] @ (out * w) / (out @ w),)), "double")


def write(name, fill, rng):
    parts.clear()
    fill(rng)
    (FOLDER / name).write_text(
        "/* SPDX-License-Identifier: Apache-2.0 */\n"
        "/* Written by evaluation_scipy.py; do not edit. */\n\n#include <stdint.h>\n\n" +
        "\n".join(parts), encoding="utf-8")


def main():
    rng = np.random.default_rng(11)
    write("intervals_scipy.h", intervals, rng)
    write("searches_numpy.h", searches, rng)


if __name__ == "__main__":
    main()

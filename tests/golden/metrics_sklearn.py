#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes metrics_*.h: cases of tests/unit/test_metric.c with values from scikit-learn.

    python3 tests/golden/metrics_sklearn.py

Margins, labels and weights are float32. Metrics are scikit-learn's, on the probabilities or
means in double precision and on the rows of positive weight. Where scikit-learn refuses or
guesses (one class, no positives, a constant label), the value is the documented one: NaN.
Losses near the clip, standard errors, calibration errors and lower medians are computed here, by
their definitions; calibration lines are scikit-learn's, polished by SciPy.
Recorded with scikit-learn 1.9, SciPy 1.17, NumPy 2.4.
"""

import pathlib
import warnings
from fractions import Fraction

import numpy as np
from scipy import optimize
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression

FOLDER = pathlib.Path(__file__).resolve().parent
CLIP = -np.log(1e-15)
TASKS = {"binary": 1, "multiclass": 2, "regression": 3, "poisson": 4}
NAN = float("nan")


def sigmoid(margin):
    return np.where(margin >= 0, 1 / (1 + np.exp(-np.abs(margin))),
                    np.exp(-np.abs(margin)) / (1 + np.exp(-np.abs(margin))))


def mean_and_error(loss, w):
    """Weighted mean and its standard error, sqrt(sum w^2 (l - mean)^2) / sum w."""
    mean = np.sum(w * loss) / np.sum(w)
    return mean, np.sqrt(np.sum(w**2 * (loss - mean)**2)) / np.sum(w)


def calibration_error(y, m, w):
    """Ten parts of the weight, exact; rows of one margin go where their middle falls."""
    p, total, passed, off = sigmoid(m), sum(map(Fraction, w)), Fraction(0), np.zeros(10)
    for score in sorted(set(m), reverse=True):
        tied = m == score
        weight = sum(map(Fraction, w[tied]))
        bin_ = int(10 * (passed + weight / 2) / total)
        off[bin_] += np.sum(w[tied] * (y[tied] - p[tied]))
        passed += weight
    return np.sum(np.abs(off)) / float(total)


def separates(y, m):
    """Whether a line has no row on its wrong side and one on its right side (Konis 2007)."""
    rows = np.where(y == 1, 1, -1)[:, None] * np.column_stack([np.ones(len(m)), m])
    found = optimize.linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(m)),
                             bounds=[(-1, 1)] * 2)
    return -found.fun > 1e-9


def calibration_line(y, m, w):
    if len(set(m)) < 2 or separates(y, m):
        return NAN, NAN
    start = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    start.fit(m[:, None], y, sample_weight=w)

    def score(line):
        off = w * (sigmoid(line[0] + line[1] * m) - y)
        return [np.sum(off), np.sum(off * m)]

    line = optimize.root(score, [start.intercept_[0], start.coef_[0, 0]], tol=1e-15).x
    assert np.allclose(score(line), 0, atol=1e-9 * np.sum(w) * max(1, np.abs(m).max()))
    return line[1], line[0]


def binary(y, margin, w, threshold):
    m, p = margin[:, 0], sigmoid(margin[:, 0])
    hard = (p >= threshold).astype(int)
    loss = np.minimum(np.logaddexp(0, np.where(y == 1, -m, m)), CLIP)
    mean, error = mean_and_error(loss, w)
    if np.abs(m).max() < 30:
        assert np.isclose(mean, sk.log_loss(y, p, sample_weight=w, labels=[0, 1]), rtol=1e-10)
    both, positives, predicted = len(set(y)) == 2, (y == 1).any(), (hard == 1).any()
    f1 = sk.f1_score(y, hard, sample_weight=w) if positives or predicted else NAN
    (tn, fp), (fn, tp) = sk.confusion_matrix(y, hard, sample_weight=w, labels=[0, 1])
    slope, intercept = calibration_line(y, m, w)
    return {
        "log_loss": mean,
        "log_loss_se": error,
        "f1": f1,
        "precision": sk.precision_score(y, hard, sample_weight=w) if predicted else NAN,
        "recall": sk.recall_score(y, hard, sample_weight=w) if positives else NAN,
        "accuracy": sk.accuracy_score(y, hard, sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(y, hard, sample_weight=w),
        "mcc": sk.matthews_corrcoef(y, hard, sample_weight=w) if both else NAN,
        "roc_auc": sk.roc_auc_score(y, m, sample_weight=w) if both else NAN,
        "pr_auc": sk.average_precision_score(y, m, sample_weight=w) if positives else NAN,
        "brier": sk.brier_score_loss(y, p, sample_weight=w, labels=[0, 1]),
        "ece": calibration_error(y, m, w),
        "calibration_slope": slope,
        "calibration_intercept": intercept,
        "base_rate": np.average(y, weights=w),
        "tp": tp, "fp": fp, "fn": fn, "tn": tn,
    }


def one_against_rest(y, margin, w):
    """Areas and weights of the classes that are labels."""
    areas, weights = [], []
    for c in sorted(set(y.astype(int))):
        others = np.delete(margin, c, axis=1)
        odds = margin[:, c] - np.logaddexp.reduce(others, axis=1)
        area = sk.roc_auc_score(y == c, odds.astype(np.float32), sample_weight=w)
        if len(np.unique(odds.astype(np.float32))) == len(y) and np.abs(odds).max() < 15:
            p = np.exp(margin[:, c] - np.logaddexp.reduce(margin, axis=1))
            assert np.isclose(area, sk.roc_auc_score(y == c, p, sample_weight=w), rtol=1e-10)
        areas.append(area)
        weights.append(np.sum(w[y == c]))
    return areas, weights


def multiclass(y, margin, w, _):
    shifted = margin - margin.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    hard = margin.argmax(axis=1)
    loss = np.minimum(-log_p[np.arange(len(y)), y.astype(int)], CLIP)
    mean, error = mean_and_error(loss, w)
    classes = range(margin.shape[1])
    if np.abs(margin).max() < 30:
        assert np.isclose(mean, sk.log_loss(y, np.exp(log_p), sample_weight=w, labels=classes),
                          rtol=1e-10)
    both = len(set(y)) > 1
    areas, weights = one_against_rest(y, margin, w) if both else ([NAN], [1])
    return {
        "log_loss": mean,
        "log_loss_se": error,
        "f1_macro": sk.f1_score(y, hard, average="macro", sample_weight=w),
        "f1_weighted": sk.f1_score(y, hard, average="weighted", sample_weight=w),
        "f1_micro": sk.f1_score(y, hard, average="micro", sample_weight=w),
        "accuracy": sk.accuracy_score(y, hard, sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(y, hard, sample_weight=w),
        "kappa": sk.cohen_kappa_score(y, hard, sample_weight=w),
        "mcc": sk.matthews_corrcoef(y, hard, sample_weight=w) if both else NAN,
        "roc_auc_macro": np.mean(areas),
        "roc_auc_weighted": np.average(areas, weights=weights),
        "classes_seen": len(set(y)),
    }


def lower_median(values, w):
    return np.quantile(values, 0.5, weights=w, method="inverted_cdf")


def regression(y, margin, w, _):
    m = margin[:, 0]
    mean, error = mean_and_error((m - y)**2, w)
    rmse = sk.root_mean_squared_error(y, m, sample_weight=w)
    assert np.isclose(mean, rmse**2)
    defined, counts = len(set(y)) > 1, y != 0
    median = lower_median(np.abs(m - y), w)
    if (w == 1).all() and len(y) % 2:
        assert np.isclose(median, sk.median_absolute_error(y, m))
    return {
        "rmse": rmse,
        "rmse_se": error / (2 * rmse) if rmse > 0 else NAN,
        "mae": sk.mean_absolute_error(y, m, sample_weight=w),
        "median_ae": median,
        "r2": sk.r2_score(y, m, sample_weight=w) if defined else NAN,
        "d2_absolute": sk.d2_absolute_error_score(y, m, sample_weight=w) if defined else NAN,
        "mape": sk.mean_absolute_percentage_error(y[counts], m[counts], sample_weight=w[counts])
                if counts.any() else NAN,
        "mape_rows": np.sum(counts),
        "wape": np.sum(w * np.abs(m - y)) / np.sum(w * np.abs(y)) if counts.any() else NAN,
        "bias": np.average(m - y, weights=w),
        "pinball_10": sk.mean_pinball_loss(y, m, alpha=0.1, sample_weight=w),
        "pinball_90": sk.mean_pinball_loss(y, m, alpha=0.9, sample_weight=w),
    }


def poisson(y, margin, w, _):
    mu = np.exp(margin[:, 0])
    floor = np.maximum(mu, 1e-9)
    y_log = np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / floor), 0)
    mean, error = mean_and_error(2 * (y_log - y + floor), w)
    assert np.isclose(mean, sk.mean_poisson_deviance(y, floor, sample_weight=w), rtol=1e-10)
    defined = len(set(y)) > 1
    return {
        "deviance": mean,
        "deviance_se": error,
        "d2": sk.d2_tweedie_score(y, floor, power=1, sample_weight=w) if defined else NAN,
        "mae": sk.mean_absolute_error(y, mu, sample_weight=w),
        "rmse": sk.root_mean_squared_error(y, mu, sample_weight=w),
        "bias": np.average(mu - y, weights=w),
    }


def cases():
    """Yields (name, task, label, margin, weight or None, threshold)."""
    rng, more = np.random.default_rng(20240229), np.random.default_rng(5)
    some = lambda n: rng.choice([0, 0.5, 1, 3], n)
    y = rng.integers(0, 2, 45)
    m = rng.normal(y * 1.5 - 0.7, 1.2)
    yield "random", "binary", y, m, None, 0.5
    yield "weights, some 0", "binary", y, m, some(45), 0.5
    yield "high threshold", "binary", y, m, some(45), 0.8
    yield "ties of scores", "binary", y, np.round(m), some(45), 0.3
    yield "one score for all", "binary", y, np.full(45, -0.25), None, 0.5
    yield "none predicted", "binary", y, m - 20, None, 0.5
    yield "all predicted", "binary", y, m + 20, some(45), 0.5
    yield "rare class", "binary", np.arange(40) == 7, rng.normal(size=40), None, 0.4
    yield "all negative, none predicted", "binary", np.zeros(9), rng.normal(-5, 1, 9), None, 0.5
    yield "all negative, some predicted", "binary", np.zeros(9), rng.normal(0, 1, 9), None, 0.5
    yield "all positive", "binary", np.ones(9), rng.normal(0, 1, 9), None, 0.5
    yield "all positive, none predicted", "binary", np.ones(9), rng.normal(-9, 1, 9), None, 0.5
    yield "clipped", "binary", [0, 1, 1, 0], [50, -200, 90, -60], None, 0.5
    yield "one row", "binary", [1], [0.5], None, 0.5
    yield "a class of weight 0", "binary", [0, 1, 1, 1], [0.5, 1, -1, 2], [0, 1, 2, 1], 0.5
    yield "separated", "binary", np.arange(20) > 8, np.arange(20) / 4, None, 0.5
    yield "separated but for a tie", "binary", [0, 0, 1, 0, 1, 1], [-1, 0, 0, 0, 1, 2], None, 0.5
    yield "separated the wrong way", "binary", [1, 1, 0, 0], [-1, 0, 0.5, 2], None, 0.5
    yield "nearly separated", "binary", [0, 0, 0, 1, 0, 1, 1, 1], np.arange(8) - 3.5, None, 0.5
    yield "far off and too sure", "binary", more.permutation(np.arange(60) % 2), \
        more.normal(40, 9, 60), more.choice([0, 1, 3], 60), 0.5
    y = more.integers(0, 2, 200)
    yield "many rows", "binary", y, more.normal(y - 0.5, 1), more.choice([0.25, 1, 2], 200), 0.5
    y = rng.integers(0, 4, 45)
    m = rng.normal(size=(45, 4)) + 1.5 * (y[:, None] == np.arange(4))
    yield "random", "multiclass", y, m, None, 0
    yield "weights, some 0", "multiclass", y, m, some(45), 0
    yield "class without rows", "multiclass", np.minimum(y, 2), m, None, 0
    yield "class never seen", "multiclass", np.minimum(y, 2), m - [0, 0, 0, 50], some(45), 0
    yield "ties go to the first", "multiclass", y, np.round(m), None, 0
    yield "one class", "multiclass", np.full(7, 2), rng.normal(size=(7, 4)), None, 0
    yield "one class, always right", "multiclass", [1, 1, 1], [[0, 2, 1], [1, 2, 0], [0, 9, 0]], \
        None, 0
    yield "one class, always wrong", "multiclass", [1, 1], [[3, 2, 1], [4, 2, 0]], None, 0
    yield "one class predicted", "multiclass", y % 3, m[:, :3] + [0, 9, 0], \
        more.choice([0, 1, 3], 45), 0
    yield "clipped", "multiclass", [0, 1, 2], [[0, 99, 0], [0, 60, 0], [80, 0, 0]], None, 0
    m = rng.normal(10, 3, 40)
    y = m + rng.normal(0.5, 2, 40)
    yield "random", "regression", y, m, None, 0
    yield "weights, some 0", "regression", y, m, some(40), 0
    yield "worse than the mean", "regression", y, 30 - m, some(40), 0
    yield "exact", "regression", m, m, None, 0
    yield "constant label", "regression", np.full(8, 2.5), m[:8], None, 0
    yield "constant label, rounded mean", "regression", np.full(4, 0.1), m[:4], \
        [6.634, 0.042, 0.002, 0.001], 0
    yield "constant and exact", "regression", np.full(8, 2.5), np.full(8, 2.5), None, 0
    yield "one row", "regression", [3], [2.5], None, 0
    yield "one row of positive weight", "regression", [3, 9], [2.5, 9], [2, 0], 0
    yield "some labels 0", "regression", np.where(y > 10, y, 0), m, \
        more.choice([0, 1, 3], 40), 0
    yield "all labels 0", "regression", np.zeros(5), m[:5], None, 0
    yield "odd number of rows", "regression", y[:31], m[:31], None, 0
    yield "weight on one side", "regression", [1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 1, 3], 0
    m = rng.normal(0.5, 1, 40)
    y = rng.poisson(np.exp(m))
    yield "random", "poisson", y, m, None, 0
    yield "weights, some 0", "poisson", y, m, some(40), 0
    yield "all zero", "poisson", np.zeros(6), m[:6], None, 0
    yield "all the same", "poisson", np.full(6, 2), m[:6], None, 0
    yield "one row", "poisson", [2], [0.5], None, 0
    yield "mean next to nothing", "poisson", [0, 1, 2], [-60, -30, 0.5], None, 0


def number_text(value):
    text = np.format_float_positional(value, trim="-")
    return text + "f" if "." in text else text


def wrap(texts):
    lines, line = [], "   "
    for text in map(str, texts):
        if len(line) + len(text) + 2 > 99:
            lines.append(line)
            line = "   "
        line += f" {text},"
    return "\n".join(lines + [line])


def grouped_cases():
    """Yields (name, task, rows per group, label, margin, weight or None, thresholds or None)."""
    rng = np.random.default_rng(7)
    sizes = [12, 5, 1, 9, 4, 3, 8, 7, 10, 6, 5, 4, 0]
    n, group = sum(sizes), np.repeat(np.arange(13), sizes)
    weight = rng.choice([0.5, 1, 2], n)
    y = (rng.random(n) < 0.5).astype(float)
    m = rng.normal(y - 0.5, 1)
    y[group == 1], m[group == 1] = 0, -2  # no positives, none predicted
    y[group == 4] = 1
    weight[group == 5] = 0
    yield "plain", "binary", sizes, y, m, None, None
    yield "weights", "binary", sizes, y, m, weight, None
    yield "thresholds", "binary", sizes, y, m, weight, rng.choice([0.3, 0.5, 0.7], 13)[group]
    yield "no group with two classes", "binary", [2, 3], [1, 1, 0, 0, 0], [1, 2, 0, 1, 2], \
        None, None
    y = rng.integers(0, 3, n)
    yield "weights", "multiclass", sizes, y, rng.normal(size=(n, 3)) + np.eye(3)[y], weight, None
    y = rng.normal(3 * group, 1)
    yield "weights", "regression", sizes, y, y + rng.normal(0.2, 1, n), weight, None
    y[group == 3] = 0.1
    yield "a constant group", "regression", sizes, y, y + rng.normal(0.2, 1, n), None, None
    yield "constant groups", "regression", [3, 3], [0.1] * 3 + [7] * 3, [0, 0, 1, 6, 7, 8], \
        None, None
    m = rng.normal(0, 1, n)
    yield "weights", "poisson", sizes, rng.poisson(np.exp(m)), m, weight, None


def over_groups(task, sizes, y, margin, w, thresholds):
    """Groups one by one by the functions above; NaN where a group has no row that counts."""
    spread = {"binary": [("log_loss", max), ("f1", min)],
              "multiclass": [("log_loss", max), ("f1_macro", min)],
              "regression": [("rmse", max)], "poisson": [("deviance", max)]}[task]
    first, parts, weights = 0, [], []
    for size in sizes:
        rows = np.arange(first, first + size)
        first += size
        rows = rows[w[rows] > 0]
        weights.append(np.sum(w[rows]))
        values = {}
        if len(rows):
            limit = thresholds[rows[0]] if thresholds is not None else 0.5
            values = globals()[task](y[rows], margin[rows], w[rows], limit)
            mean = np.average(y[rows], weights=w[rows])
            values["pairs"] = np.sum(w[rows][y[rows] == 1]) * np.sum(w[rows][y[rows] == 0])
            values["errors"] = np.sum(w[rows] * (margin[rows, 0] - y[rows])**2)
            values["spread"] = np.sum(w[rows] * (y[rows] - mean)**2) if len(set(y[rows])) > 1 else 0
        parts.append(values)
    out, weights = {}, np.array(weights)
    for name, worst in spread:
        values = np.array([part.get(name, NAN) for part in parts])
        known = ~np.isnan(values)
        out |= {name + "_macro": np.mean(values[known]),
                name + "_weighted": np.average(values[known], weights=weights[known]),
                name + "_worst": worst(values[known]),
                name + "_q10": tenth(values[known], worst),
                name + "_undefined": np.sum(~known)}
    if task == "binary":
        pairs = [part for part in parts if part.get("pairs", 0) > 0]
        out["roc_auc_stratified"] = np.average(
            [part["roc_auc"] for part in pairs],
            weights=[part["pairs"] for part in pairs]) if pairs else NAN
    if task == "regression":
        total = sum(part.get("spread", 0) for part in parts)
        errors = sum(part.get("errors", 0) for part in parts)
        out["r2_within"] = 1 - errors / total if total > 0 else NAN
    return out


def tenth(values, worst):
    sign = -1 if worst is max else 1
    return sign * np.quantile(sign * values, 0.1, method="inverted_cdf")


class Writer:
    """A header: arrays of numbers, each once, tables of values, and the table of cases."""

    def __init__(self, name):
        self.name, self.parts, self.known, self.rows = name, [], {}, []

    def array(self, what, numbers, kind="float", text=None):
        if numbers is None:
            return "NULL"
        content = wrap(map(text or number_text, numbers))
        own = f"{self.name}_{what}_{len(self.rows)}"
        name = self.known.setdefault((kind, content), own)
        if name == own:
            self.parts.append(f"static const {kind} {name}[] = {{\n{content}\n}};\n")
        return name

    def values(self, values):
        expected = wrap(f'{{"{key}", {"NAN" if np.isnan(v) else float(v).hex()}}}'
                        for key, v in values.items())
        name = f"{self.name}_expected_{len(self.rows)}"
        self.parts.append(f"static const segml_value {name}[] = {{\n{expected}\n}};\n")
        return f"{name}, {len(values)}"

    def scored(self, task, label, margin, weight, threshold):
        names = [self.array("margin", margin.ravel()), self.array("label", label),
                 self.array("weight", weight)]
        return (f"{{{TASKS[task]}, {len(label)}, {margin.shape[1]}, {', '.join(names)}, "
                f"{threshold}}}")

    def write(self, kind):
        table = (f"\nstatic const {kind} {self.name}_cases[] = {{\n" + "\n".join(self.rows) +
                 "\n};\n")
        (FOLDER / f"metrics_{self.name}.h").write_text(
            "/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Written by metrics_sklearn.py; do not edit. */\n\n"
            '#include <math.h>\n\n#include "metric/metric.h"\n\n' + "\n".join(self.parts) +
            table, encoding="utf-8")


def as_floats(label, margin, weight):
    label = np.asarray(label, np.float32).round(3)
    margin = np.asarray(margin, np.float32).round(3).reshape(len(label), -1)
    return label, margin, None if weight is None else np.asarray(weight, np.float32)


def record(writer, name, task, label, margin, weight, threshold):
    label, margin, weight = as_floats(label, margin, weight)
    counted = slice(None) if weight is None else weight > 0
    w = np.ones(len(label)) if weight is None else weight[counted].astype(float)
    values = globals()[task](label[counted].astype(float), margin[counted].astype(float), w,
                             threshold)
    scored = writer.scored(task, label, margin, weight, threshold)
    writer.rows.append(f'    {{"{task}: {name}", {writer.values(values)},\n     {scored}}},')


def record_groups(writer, name, task, sizes, label, margin, weight, thresholds):
    label, margin, weight = as_floats(label, margin, weight)
    w = np.ones(len(label)) if weight is None else weight.astype(float)
    values = over_groups(task, sizes, label.astype(float), margin.astype(float), w, thresholds)
    scored = writer.scored(task, label, margin, weight, 0.5)
    start = writer.array("start", np.cumsum([0] + sizes), "int64_t", str)
    limits = writer.array("limits", thresholds, "double", str)
    writer.rows.append(f'    {{"{task}: {name}", {writer.values(values)},\n     {scored},\n'
                       f"     {start}, {len(sizes)}, {limits}}},")


def main():
    warnings.simplefilter("ignore")
    writers = {task: Writer(task) for task in TASKS}
    groups = Writer("groups")
    for name, task, *case in cases():
        record(writers[task], name, task, *case)
    for case in grouped_cases():
        record_groups(groups, *case)
    for writer in writers.values():
        writer.write("recorded_case")
    groups.write("grouped_case")


if __name__ == "__main__":
    main()

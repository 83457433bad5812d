#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes metrics_sklearn.h: cases of tests/unit/test_metric.c with values from scikit-learn.

    python3 tests/golden/metrics_sklearn.py

Margins, labels and weights are float32. Metrics are scikit-learn's, on the probabilities or
means in double precision and on the rows of positive weight. Where scikit-learn refuses or
guesses (one class, no positives, a constant label), the value is the documented one: NaN.
Losses near the clip and standard errors are computed here, by their definitions.
Recorded with scikit-learn 1.9.
"""

import pathlib
import warnings

import numpy as np
from sklearn import metrics as sk

OUT = pathlib.Path(__file__).resolve().parent / "metrics_sklearn.h"
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


def binary(y, margin, w, threshold):
    m, p = margin[:, 0], sigmoid(margin[:, 0])
    hard = (p >= threshold).astype(int)
    loss = np.minimum(np.logaddexp(0, np.where(y == 1, -m, m)), CLIP)
    mean, error = mean_and_error(loss, w)
    if np.abs(m).max() < 30:
        assert np.isclose(mean, sk.log_loss(y, p, sample_weight=w, labels=[0, 1]), rtol=1e-10)
    both, positives, predicted = len(set(y)) == 2, (y == 1).any(), (hard == 1).any()
    f1 = sk.f1_score(y, hard, sample_weight=w) if positives or predicted else NAN
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
        "base_rate": np.average(y, weights=w),
    }


def multiclass(y, margin, w, _):
    shifted = margin - margin.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    hard = margin.argmax(axis=1)
    loss = np.minimum(-log_p[np.arange(len(y)), y.astype(int)], CLIP)
    mean, error = mean_and_error(loss, w)
    if np.abs(margin).max() < 30:
        classes = range(margin.shape[1])
        assert np.isclose(mean, sk.log_loss(y, np.exp(log_p), sample_weight=w, labels=classes),
                          rtol=1e-10)
    return {
        "log_loss": mean,
        "log_loss_se": error,
        "f1_macro": sk.f1_score(y, hard, average="macro", sample_weight=w),
        "f1_weighted": sk.f1_score(y, hard, average="weighted", sample_weight=w),
        "accuracy": sk.accuracy_score(y, hard, sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(y, hard, sample_weight=w),
    }


def regression(y, margin, w, _):
    m = margin[:, 0]
    mean, error = mean_and_error((m - y)**2, w)
    rmse = sk.root_mean_squared_error(y, m, sample_weight=w)
    assert np.isclose(mean, rmse**2)
    defined = len(y) > 1 and len(set(y)) > 1
    return {
        "rmse": rmse,
        "rmse_se": error / (2 * rmse) if rmse > 0 else NAN,
        "mae": sk.mean_absolute_error(y, m, sample_weight=w),
        "r2": sk.r2_score(y, m, sample_weight=w) if defined else NAN,
        "bias": np.average(m - y, weights=w),
    }


def poisson(y, margin, w, _):
    mu = np.exp(margin[:, 0])
    floor = np.maximum(mu, 1e-9)
    y_log = np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / floor), 0)
    mean, error = mean_and_error(2 * (y_log - y + floor), w)
    assert np.isclose(mean, sk.mean_poisson_deviance(y, floor, sample_weight=w), rtol=1e-10)
    return {
        "deviance": mean,
        "deviance_se": error,
        "mae": sk.mean_absolute_error(y, mu, sample_weight=w),
        "rmse": sk.root_mean_squared_error(y, mu, sample_weight=w),
        "bias": np.average(mu - y, weights=w),
    }


def cases():
    """Yields (name, task, label, margin, weight or None, threshold)."""
    rng = np.random.default_rng(20240229)
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
    y = rng.integers(0, 4, 45)
    m = rng.normal(size=(45, 4)) + 1.5 * (y[:, None] == np.arange(4))
    yield "random", "multiclass", y, m, None, 0
    yield "weights, some 0", "multiclass", y, m, some(45), 0
    yield "class without rows", "multiclass", np.minimum(y, 2), m, None, 0
    yield "class never seen", "multiclass", np.minimum(y, 2), m - [0, 0, 0, 50], some(45), 0
    yield "ties go to the first", "multiclass", y, np.round(m), None, 0
    yield "one class", "multiclass", np.full(7, 2), rng.normal(size=(7, 4)), None, 0
    yield "clipped", "multiclass", [0, 1, 2], [[0, 99, 0], [0, 60, 0], [80, 0, 0]], None, 0
    m = rng.normal(10, 3, 40)
    y = m + rng.normal(0.5, 2, 40)
    yield "random", "regression", y, m, None, 0
    yield "weights, some 0", "regression", y, m, some(40), 0
    yield "worse than the mean", "regression", y, 30 - m, some(40), 0
    yield "exact", "regression", m, m, None, 0
    yield "constant label", "regression", np.full(8, 2.5), m[:8], None, 0
    yield "constant and exact", "regression", np.full(8, 2.5), np.full(8, 2.5), None, 0
    yield "one row", "regression", [3], [2.5], None, 0
    yield "one row of positive weight", "regression", [3, 9], [2.5, 9], [2, 0], 0
    m = rng.normal(0.5, 1, 40)
    y = rng.poisson(np.exp(m))
    yield "random", "poisson", y, m, None, 0
    yield "weights, some 0", "poisson", y, m, some(40), 0
    yield "all zero", "poisson", np.zeros(6), m[:6], None, 0
    yield "mean next to nothing", "poisson", [0, 1, 2], [-60, -30, 0.5], None, 0


def number_text(value):
    text = np.format_float_positional(value, trim="-")
    return text + "f" if "." in text else text


def wrap(texts):
    lines, line = [], "   "
    for text in texts:
        if len(line) + len(text) + 2 > 99:
            lines.append(line)
            line = "   "
        line += f" {text},"
    return "\n".join(lines + [line])


def main():
    parts, table, known = [], [], {}
    for number, (name, task, label, margin, weight, threshold) in enumerate(cases()):
        label = np.asarray(label, np.float32)
        label, margin = label.round(3), np.asarray(margin, np.float32).round(3)
        margin = margin.reshape(len(label), -1)
        counted = slice(None)
        arrays = {"label": label, "margin": margin.ravel()}
        w = np.ones(len(label))
        if weight is not None:
            weight = np.asarray(weight, np.float32)
            arrays["weight"] = weight
            counted, w = weight > 0, weight[weight > 0].astype(float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = globals()[task](label[counted].astype(float), margin[counted].astype(float),
                                     w, threshold)
        names = {"weight": "NULL"}
        for what, numbers in arrays.items():
            content = wrap(map(number_text, numbers))
            names[what] = known.setdefault(content, f"{what}_{number}")
            if names[what] == f"{what}_{number}":
                parts.append(f"static const float {names[what]}[] = {{\n{content}\n}};\n")
        expected = wrap(f'{{"{key}", {"NAN" if np.isnan(v) else float(v).hex()}}}'
                        for key, v in values.items())
        parts.append(f"static const segml_value expected_{number}[] = {{\n{expected}\n}};\n")
        table.append(f'    {{"{task}: {name}", expected_{number}, {len(values)},\n     '
                     f"{{{TASKS[task]}, {len(label)}, {margin.shape[1]}, {names['margin']}, "
                     f"{names['label']}, {names['weight']}, {threshold}}}}},")
    OUT.write_text(
        "/* SPDX-License-Identifier: Apache-2.0 */\n"
        "/* Written by metrics_sklearn.py; do not edit. */\n\n"
        '#include <math.h>\n\n#include "data/metric.h"\n\n' + "\n".join(parts) +
        "\nstatic const struct {\n    const char *name;\n    const segml_value *expected;\n"
        "    int64_t count;\n    sg_scored scored;\n} recorded[] = {\n" +
        "\n".join(table) + "\n};\n", encoding="utf-8")


if __name__ == "__main__":
    main()

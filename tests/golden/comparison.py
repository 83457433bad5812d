#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second writer of doc/comparison-format.md, which shares no code with the library.

    comparison.py FOLDER

writes binary.json, multiclass.json and regression.json. Their figures are made up; what tests
expect of them stands here.
"""

import json
import os
import sys

APPROACHES = ["global-tuned", "segmented-xgboost", "segmented-untuned", "segmented-tuned"]


def cell(status, number, task):
    """Figures that differ by approach and group: number is 10 * group + approach."""
    binary = task == "binary"
    loss = "rmse" if task == "regression" else "log_loss"
    trained = status == "trained"
    made = {} if status is None else {"status": status}
    made.update({
        "rounds": 100 + number if trained else 0,
        "threshold": 0.25 + number / 1000 if binary else None,
        "message": "" if status in (None, "trained", "global") else "30 rows; 50 are needed",
        "estimates": {loss: [0.5 + number / 100, 0.4, 0.6, number / 100, -0.01, None]},
        "metrics": {loss: 0.5 + number / 100, loss + "_se": 0.01, "roc_auc": None},
        "params": {"learning_rate": 0.1, "max_depth": 3} if trained else {},
        "trials": [0.625, None, 0.5] if trained else [],
    })
    return made


def group(key, number, status, rows, task, features):
    statuses = ["global"] + [status] * 3 if status else [None] * 4
    made = {} if key is None else {"key": key}
    made.update({
        "rows": rows,
        "verdict": ["unclear", "tuned", "none", "global", "untuned"][number % 5],
        "correlations": [-0.25, None, 0.5][:features] if number != 1 else [],
        "cells": [cell(statuses[a], 10 * number + a, task) for a in range(4)],
    })
    return made


def comparison(task, keys, groups, classes, evaluation):
    rows = 30 + 200 * (len(groups) - 1)
    made = {
        "format": 0, "kind": "comparison", "library": "0.1.0", "engine": "xgboost 1.7.4",
        "task": task, "evaluation": evaluation, "label": "late", "classes": classes,
        "seed": str(2 ** 64 - 1), "trials": 3, "folds": 5,
        "outer_folds": 4 if evaluation == "nested" else 0,
        "outer_used": 1 if evaluation == "nested" else 0,
        "rows": rows, "scored": rows if evaluation == "cross" else rows // 4,
        "features": ["distance", "col\u00f6ur", "hour"],
        "keys": keys, "approaches": APPROACHES, "reference": 2,
        "best": 3 if task != "regression" else -1,
        "overall": group(None, len(groups), None, rows, task, 3),
        "groups": [group(key, number, "trained" if number else "too_few_rows",
                         200 if number else 30, task, 3) for number, key in enumerate(groups)],
    }
    return made


def main():
    files = {
        "binary": comparison("binary", [{"name": "store", "type": "int64"}],
                             [[None], [-7], [4711]], ["no", "yes"], "cross"),
        "multiclass": comparison("multiclass", [{"name": "a", "type": "utf8"},
                                                {"name": "b", "type": "int64"}],
                                 [[None, 5], ["s\u00fcd", 5],
                                  ["x\u0000y", -1]], ["a", "b", "c"], "cross"),
        "regression": comparison("regression", [{"name": "store", "type": "utf8"}],
                                 [["n"], ["s"]], [], "nested"),
    }
    for name, made in files.items():
        with open(os.path.join(sys.argv[1], name + ".json"), "w", encoding="utf-8") as file:
            json.dump(made, file, ensure_ascii=False, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()

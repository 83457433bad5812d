# SPDX-License-Identifier: Apache-2.0
"""Runs `segml report`, and makes comparisons for it, in the form of doc/comparison-format.md.

SEGML_TOOL is the path of the tool.
"""

import json
import math
import os
import pathlib
import subprocess

TOOL = os.environ["SEGML_TOOL"]
GOLDEN = pathlib.Path(__file__).parents[1] / "golden"

APPROACHES = ["global-tuned", "segmented-xgboost", "segmented-untuned", "segmented-tuned"]
FEATURES = ["distance", "dep_hour", "weekday", "month", "carrier", "temperature_outside"]

# Keys that could break a page: markup, quotes, another direction of writing, no text, much text.
HARD_KEYS = ["<script>alert(1)</script>", "\"quotes\" & 'more'", "]]> <!-- x",
             "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "k" * 300, "\u4e2d\u6587" * 6,
             "tab\tline\nend\x01", "\u202eturned", "\U0001F6EB plane"]


def report(folder, subject, *options, name="report.html"):
    """The bytes of a report."""
    out = folder / name
    result = subprocess.run([TOOL, "report", str(subject), "-o", str(out), *options], timeout=60,
                            capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout == b"" and result.stderr == b""
    return out.read_bytes()


def estimate(value, width, difference, spread):
    return [value, value - width, value + width, difference, difference - spread,
            difference + spread]


def cell(status, group, approach, rows):
    """Figures without chance: waves, so that groups and approaches differ."""
    shift = [.02, .05, 0, -.01][approach] + .015 * math.sin(3 * group + approach)
    loss = .42 + .1 * math.sin(group) + shift
    width = 1.6 / math.sqrt(rows)
    message = "" if status in (None, "trained", "global") else f"{rows} rows; 50 are needed"
    made = {"rounds": 40 + 7 * group if status == "trained" else 0, "threshold": .4,
            "message": message,
            "estimates": {"log_loss": estimate(loss, width, shift, width / 3),
                          "f1": estimate(.8 - loss / 3, width / 2, -shift / 2, width / 5)},
            "metrics": {"log_loss": loss, "log_loss_se": width / 2, "f1": .8 - loss / 3,
                        "roc_auc": 1 - loss / 2, "accuracy": .9 - loss / 4},
            "params": {}, "trials": []}
    if status == "trained" and approach == 3:
        made["metrics"].update(search_loss=loss - .03, search_loss_corrected=loss - .008)
        made["params"] = {"learning_rate": 10 ** (-2 + group % 5 / 3), "max_depth": 2 + group % 6,
                          "max_bin": 256}
        made["trials"] = [None if t == 7 else loss + .2 / (1 + t) + .03 * (1 + math.sin(5 * t))
                          for t in range(40)]
    return made if status is None else {"status": status, **made}


def comparison(keys):
    """A comparison over these keys, in their order; every seventh group has too few rows."""
    groups = []
    for number, key in enumerate(sorted(keys, key=lambda text: text.encode())):
        status = "too_few_rows" if number % 7 == 6 else "trained"
        rows = 30 if status == "too_few_rows" else 120 + 97 * number
        verdict = ["unclear", "tuned", "global", "untuned"][number % 4]
        groups.append({
            "key": [key], "rows": rows,
            "verdict": "none" if rows == 30 else verdict,
            "correlations": [None if (number + f) % 11 == 5 else math.sin(number * 1.3 + 2 * f)
                             for f in range(len(FEATURES))],
            "cells": [cell("global" if a == 0 else status, number, a, rows) for a in range(4)]})
    rows = sum(group["rows"] for group in groups)
    return {
        "format": 0, "kind": "comparison", "library": "0.1.0", "engine": "xgboost 1.7.4",
        "task": "binary", "evaluation": "cross", "label": "late", "classes": ["no", "yes"],
        "seed": "1", "trials": 40, "folds": 5, "outer_folds": 0, "outer_used": 0, "rows": rows,
        "scored": rows, "features": FEATURES, "keys": [{"name": "origin", "type": "utf8"}],
        "approaches": APPROACHES, "reference": 2, "best": 3,
        "overall": {"rows": rows, "verdict": "tuned",
                    "correlations": [.1, -.1, .02, 0, -.3, None],
                    "cells": [cell(None, 0, a, rows) for a in range(4)]},
        "groups": groups}


def save(path, made):
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path

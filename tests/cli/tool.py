# SPDX-License-Identifier: Apache-2.0
"""Runs the command-line tool, and makes data for it.

SEGML_TOOL is the path of the tool. Every failure is checked the same way: the exit code, what
the message names, and that no file appeared or changed.
"""

import csv
import io
import os
import random
import struct
import subprocess

import pytest

TOOL = os.environ["SEGML_TOOL"]
FAST = ["--trials", "2", "--folds", "2", "--param", "rounds=12", "--min-rows", "30"]

training = pytest.mark.training  # needs a build with training


def snapshot(folder):
    """Every file's name and content."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def run(folder, *args, stdin=b"", **environment):
    return subprocess.run([TOOL, *map(str, args)], cwd=folder, input=stdin, timeout=120,
                          capture_output=True, env={**os.environ, **environment})


def succeeds(folder, *args, code=0, **options):
    result = run(folder, *args, **options)
    assert result.returncode == code, result.stderr.decode()
    return result


def refuses(folder, code, needles, *args, **options):
    """Runs; the exit code is right, one line names everything, and no file changed."""
    before = snapshot(folder)
    result = run(folder, *args, **options)
    message = result.stderr.decode()
    assert result.returncode == code, message
    errors = [line for line in message.splitlines() if line.startswith("segml ")]
    assert len(errors) == 1, message
    for needle in needles:
        assert needle in errors[0], message
    assert not errors[0].endswith(".")
    assert snapshot(folder) == before
    return result


def table(text):
    return list(csv.DictReader(io.StringIO(text.decode() if isinstance(text, bytes) else text)))


def csv_text(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def make_rows(kind="binary"):
    """Three groups of 60 rows and a small one of 10; a number, a category, a target."""
    rng = random.Random(7)
    rows = [["store", "size", "color", "sold"]]
    for store, count, slope in (("Aachen", 60, 2), ("Köln", 60, -2), ('a,"b"', 60, 1),
                                ("tiny", 10, 1)):
        for _ in range(count):
            size = round(rng.uniform(-2, 2), 3)
            color = rng.choice(["red", "green", "blue, dark", ""])
            score = slope * size + (color == "red") + rng.gauss(0, .7)
            target = {"binary": int(score > 0), "regression": round(score, 4),
                      "multiclass": "low" if score < -1 else "high" if score > 1 else "middle",
                      "poisson": max(0, round(score))}[kind]
            rows.append([store, size if rng.random() > .05 else "", color, target])
    return rows


DATA = csv_text(make_rows())
NEW = csv_text([row[:3] for row in make_rows()[:40]] + [["Bonn", "0.5", "red"], ["", "1", "mauve"]])
COLUMNS = ["--group", "store", "--target", "sold"]


def zstd_frame(data):
    """A zstd frame of raw blocks (RFC 8878), so that no compressor is needed."""
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    for at in range(0, len(data), 100000):
        block = data[at:at + 100000]
        last = at + 100000 >= len(data)
        frame += (len(block) << 3 | last).to_bytes(3, "little") + block
    return frame

# SPDX-License-Identifier: Apache-2.0
"""From a CSV file to an artifact and back, with nothing of ours on the other side.

Flights of some airports are trained on by the tool, the artifact is unpacked by GNU tar, every
child is loaded by stock XGBoost in Python, and its margins are compared with those of
`segml predict --margin`, bit for bit. The same flights give the same artifact whatever the
order of rows and the number of jobs, and a group alone gives the same child.

SEGML_TOOL and SEGML_LIBRARY are paths of the tool and the shared library, SEGML_XGBOOST that of
the XGBoost that trains, SEGML_FLIGHTS that of the data.
"""

import csv
import json
import lzma
import os
import pathlib
import random
import subprocess
import sys

import numpy
import pytest
import xgboost
from train_alone import encode

TOOL = os.environ["SEGML_TOOL"]
AIRPORTS = {"BUF", "ABQ", "TXK", "VPS", "MSY", "TUL", "JNU", "BTV"}
FEATURES = ["destination", "month", "weekday", "dep_hour", "distance"]
TRAIN = ["--group", "origin", "--target", "late", "--trials", "3", "--folds", "3",
         "--xgboost", os.environ["SEGML_XGBOOST"]]


def segml(*args):
    result = subprocess.run([TOOL, *map(str, args)], capture_output=True, timeout=600)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=["origin", *FEATURES, "late"])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def flights():
    with lzma.open(os.environ["SEGML_FLIGHTS"], "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["origin"] in AIRPORTS]
    assert {row["origin"] for row in rows} == AIRPORTS
    return rows


@pytest.fixture(scope="module")
def trained(flights, tmp_path_factory):
    """Folder with the artifact and what GNU tar unpacks from it."""
    folder = tmp_path_factory.mktemp("trained")
    write(folder / "flights.csv", flights)
    segml("train", folder / "flights.csv", *TRAIN, "-o", folder / "m.segml")
    (folder / "unpacked").mkdir()
    subprocess.run(["tar", "--zstd", "-xf", folder / "m.segml", "-C", folder / "unpacked"],
                   check=True)
    return folder


def manifest(folder):
    with open(folder / "unpacked" / "segml.json", encoding="utf-8") as file:
        head = json.load(file)
    with open(folder / "unpacked" / "groups.jsonl", encoding="utf-8") as file:
        groups = {line["key"][0]: line for line in map(json.loads, file)}
    return head, groups


def stock_margins(path, matrix, extra=None):
    """Margins by stock XGBoost."""
    types = ["c", "q", "q", "q", "q"]
    booster = xgboost.Booster(model_file=str(path))
    if extra is not None:
        matrix = numpy.column_stack([matrix, numpy.full(len(matrix), extra, numpy.float32)])
        types = types + ["c"]
    data = xgboost.DMatrix(matrix, feature_names=booster.feature_names, feature_types=types,
                           enable_categorical=True)
    return booster.predict(data, output_margin=True)


def test_every_child_in_stock_xgboost_gives_the_tools_margins(flights, trained):
    head, groups = manifest(trained)
    asked = [dict(row) for row in flights]
    asked += [{**row, "origin": "ZZZ"} for row in flights[:200]]  # unseen
    asked += [{**row, "destination": "???", "distance": ""} for row in flights[200:400]]
    write(trained / "asked.csv", asked)
    output = segml("predict", trained / "m.segml", trained / "asked.csv", "--margin").decode()
    predicted = list(csv.DictReader(output.splitlines()))
    matrix = encode(asked, head)
    assert len(predicted) == len(asked)

    kinds = {}
    for origin in sorted(AIRPORTS | {"ZZZ"}):
        rows = [i for i, row in enumerate(asked) if row["origin"] == origin]
        trained_group = groups.get(origin, {}).get("status") == "trained"
        if trained_group:
            path, extra, kind = f"groups/{origin}/model.ubj", None, "exact"
        elif origin in groups:
            path, extra, kind = "global/model.ubj", sorted(groups).index(origin), "global"
        else:
            path, extra, kind = "global/unseen.ubj", None, "global"
        expected = stock_margins(trained / "unpacked" / path, matrix[rows], extra)
        ours = numpy.array([predicted[i]["margin"] for i in rows], dtype=numpy.float32)
        differing = (expected.view(numpy.uint32) != ours.view(numpy.uint32)).sum()
        assert differing == 0, f"{origin}: {differing} of {len(rows)} margins differ"
        assert {predicted[i]["route"] for i in rows} == {kind}
        kinds[path.split("/")[-1] if origin not in groups else kind] = True
    assert set(kinds) == {"exact", "global", "unseen.ubj"}


def test_extracted_json_is_the_same_model_to_stock_xgboost(flights, trained):
    head, groups = manifest(trained)
    matrix = encode(flights, head)
    chosen = [(["--group", origin], f"groups/{origin}/model.ubj", None)
              for origin in groups if groups[origin]["status"] == "trained"]
    chosen += [(["--role", "unseen"], "global/unseen.ubj", None),
               (["--role", "global"], "global/model.ubj", 0)]
    for args, member, extra in chosen:
        segml("extract", trained / "m.segml", *args, "--format", "json", "--force",
              "-o", trained / "model.json")
        ours = stock_margins(trained / "model.json", matrix, extra)
        expected = stock_margins(trained / "unpacked" / member, matrix, extra)
        assert (ours.view(numpy.uint32) == expected.view(numpy.uint32)).all(), member


def test_jobs_and_the_order_of_rows_do_not_change_the_artifact(flights, trained):
    expected = (trained / "m.segml").read_bytes()
    shuffled = list(flights)
    random.Random(5).shuffle(shuffled)
    write(trained / "shuffled.csv", shuffled)
    for jobs, data in [(1, "flights.csv"), (2, "shuffled.csv"), (8, "shuffled.csv")]:
        segml("train", trained / data, *TRAIN, "--jobs", jobs, "-o", trained / "again.segml",
              "--force")
        assert (trained / "again.segml").read_bytes() == expected, f"{jobs} jobs, {data}"


@pytest.mark.parametrize("airport", ["BUF", "MSY"])
def test_a_group_alone_gives_the_same_child(trained, tmp_path, airport):
    script = pathlib.Path(__file__).with_name("train_alone.py")
    subprocess.run([sys.executable, script, trained / "unpacked", trained / "flights.csv", airport,
                    tmp_path / "a.segml"], check=True)
    member = f"groups/{airport}/model.ubj"
    alone = subprocess.run(["tar", "--zstd", "-xOf", tmp_path / "a.segml", member], check=True,
                           capture_output=True).stdout
    assert alone == (trained / "unpacked" / member).read_bytes()

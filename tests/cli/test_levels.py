# SPDX-License-Identifier: Apache-2.0
"""Keys of several columns: models of parents, and who answers for a group without a model."""

import json
import random
import re

import pytest

from test_cli import GOLDEN, GOLDEN_ROWS, bits, recorded
from tool import FAST, csv_text, refuses, run, succeeds, table, training

LEVELS = GOLDEN / "levels.segml"  # country, city, store

# A key's cells, the model that answers, its route and reason.
ANSWERS = [
    ("DE,Bonn,1", "DE,Bonn,1", "exact", "ok"),
    ("DE,Bonn,2", "DE,Bonn", "parent", "too_few_rows"),
    ("DE,Bonn,9", "DE,Bonn", "parent", "unseen"),
    ("DE,Ulm,3", "DE", "parent", "one_class"),
    ("DE,Koeln,1", "DE", "parent", "unseen"),
    ("FR,,4", "FR,NULL,4", "global", "failed"),
    ("FR,Lyon,1", "unseen", "global", "unseen"),
    ("IT,Rome,1", "unseen", "global", "unseen"),
]


def rows_of(key):
    return "country,city,store,size,colour,price\n" + "".join(f"{key},{cells}\n"
                                                             for cells in GOLDEN_ROWS)


def predict(folder, key, *options):
    (folder / "rows.csv").write_text(rows_of(key))
    return table(succeeds(folder, "predict", LEVELS, "rows.csv", *options).stdout)


@pytest.mark.parametrize("key, model, route, reason", ANSWERS)
def test_the_longest_level_that_has_a_model_answers(tmp_path, key, model, route, reason):
    _, predictions, _ = recorded("levels", model)
    out = predict(tmp_path, key)
    assert bits(row["probability"] for row in out) == bits(p[0] for p in predictions)
    assert {(row["route"], row["reason"]) for row in out} == {(route, reason)}


def test_a_parents_threshold_decides_for_its_groups(tmp_path):
    for key, threshold in (("DE,Bonn,2", .75), ("DE,Ulm,3", .640625), ("FR,,4", .3125)):
        for row in predict(tmp_path, key):
            assert row["class"] == ("yes" if float(row["probability"]) >= threshold else "no")


@pytest.mark.parametrize("policy, small, unknown", [
    ("parent", "parent", "none"), ("global", "global", "global"),
    ("constant", "constant", "constant"), ("parent,constant", "parent", "constant"),
    ("none", "none", "none")])
def test_the_policy_can_be_chosen_anew(tmp_path, policy, small, unknown):
    for key, route in (("DE,Bonn,1", "exact"), ("DE,Bonn,2", small), ("IT,Rome,1", unknown)):
        (tmp_path / "rows.csv").write_text(rows_of(key))
        result = run(tmp_path, "predict", LEVELS, "rows.csv", "--fallback", policy)
        assert result.returncode == (1 if route == "none" else 0), result.stderr
        assert {row["route"] for row in table(result.stdout)} == {route}


def test_a_row_without_a_model_is_named_by_its_whole_key(tmp_path):
    (tmp_path / "rows.csv").write_text(rows_of("DE,Bonn,9"))
    result = run(tmp_path, "predict", LEVELS, "rows.csv", "--fallback", "none", "-o", "out.csv")
    assert b"the first is row 1 with key 'DE','Bonn','9';" in result.stderr


def test_a_policy_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "rows.csv").write_text(rows_of("DE,Bonn,1"))
    refuses(tmp_path, 2, ["parents", "parent, global, constant"], "predict", LEVELS, "rows.csv",
            "--fallback", "parents")
    refuses(tmp_path, 2, ["fallback", "parents"], "predict", GOLDEN / "binary.segml", "rows.csv",
            "--fallback", "parent")


def test_inspect_shows_parents_after_the_groups(tmp_path):
    summary = succeeds(tmp_path, "inspect", LEVELS).stdout.decode()
    assert "2 with their own model, of 5" in summary
    assert re.search(r"^fallback +parent,global,constant: ", summary, re.MULTILINE)
    lines = succeeds(tmp_path, "inspect", LEVELS, "--groups").stdout.decode().splitlines()
    assert [line.split(" ")[0] for line in lines[1:10]] == [
        "DE,Bonn,1", "DE,Bonn,2", "DE,Ulm,3", "FR,NULL,4", "DE,*,*", "FR,*,*", "DE,Bonn,*",
        "DE,Ulm,*", "FR,NULL,*"]
    assert lines[5].endswith("trained") and lines[8].endswith("one_class")
    assert lines[6].endswith("failed: the engine failed: example")
    model = json.loads(succeeds(tmp_path, "inspect", LEVELS, "--json").stdout)
    assert model["fallback_policy"] == "parent,global,constant"
    assert model["counts"]["parents"] == 5
    assert [parent["key"] for parent in model["parents"]] == [
        ["DE"], ["FR"], ["DE", "Bonn"], ["DE", "Ulm"], ["FR", None]]
    assert [group["key"] for group in model["groups"]][3] == ["FR", None, 4]
    for parent, name in ((0, "DE"), (2, "DE,Bonn")):
        gain = model["parents"][parent]["importance"]
        assert list(gain.values()) == pytest.approx(recorded("levels", name)[2], rel=1e-6)
    assert model["parents"][0]["threshold"] == .640625
    assert model["parents"][1]["importance"] == {}
    assert json.loads(succeeds(tmp_path, "inspect", GOLDEN / "binary.segml",
                               "--json").stdout)["parents"] == []


# ---- training --------------------------------------------------------------------------------

KEYS = ["--group", "country,store", "--target", "sold"]


def make_data():
    """DE: a store of 60 rows and two of 15; FR: one of 40."""
    rng = random.Random(3)
    rows = [["country", "store", "size", "sold"]]
    for country, store, count in (("DE", 1, 60), ("DE", 2, 15), ("DE", 3, 15), ("FR", 1, 40)):
        for _ in range(count):
            size = round(rng.uniform(-2, 2), 3)
            slope = 2 if country == "DE" else -2
            rows.append([country, store, size, int(slope * size + rng.gauss(0, .7) > 0)])
    return csv_text(rows)


@training
def test_parents_are_trained_and_told(tmp_path):
    (tmp_path / "data.csv").write_text(make_data())
    told = succeeds(tmp_path, "train", "data.csv", *KEYS, *FAST, "--parents", "--fallback-policy",
                    "parent,global", "-o", "m.segml").stderr.decode()
    assert "2 of 4 groups with their own, 2 of 2 parents" in told
    assert "note: groups" not in told  # they are better than the global model
    model = json.loads(succeeds(tmp_path, "inspect", "m.segml", "--json").stdout)
    assert model["fallback_policy"] == "parent,global"
    assert [(p["key"], p["rows"], p["status"]) for p in model["parents"]] == [
        (["DE"], 90, "trained"), (["FR"], 40, "trained")]
    (tmp_path / "new.csv").write_text("country,store,size\nDE,1,1\nDE,2,1\nFR,9,1\nIT,1,1\n")
    rows = table(succeeds(tmp_path, "predict", "m.segml", "new.csv").stdout)
    assert [(row["route"], row["reason"]) for row in rows] == [
        ("exact", "ok"), ("parent", "too_few_rows"), ("parent", "unseen"), ("global", "unseen")]
    assert float(rows[1]["probability"]) > .5 > float(rows[2]["probability"])


@training
def test_a_note_says_where_the_global_model_would_answer_better(tmp_path):
    """Stores of a number are alike in all countries, and within one they are not."""
    rng = random.Random(5)
    rows = [["country", "store", "size", "sold"]]
    for country in "ABCDEF":
        for store in (1, 2):
            for _ in range(25):
                size = round(rng.uniform(-2, 2), 3)
                rows.append([country, store, size, int((size > 0) == (store == 1))])
    (tmp_path / "data.csv").write_text(csv_text(rows))
    told = succeeds(tmp_path, "train", "data.csv", *KEYS, *FAST, "--parents", "-o",
                    "m.segml").stderr.decode()
    found = re.search(r"note: groups that parents answer for have log loss ([\d.]+) by them, and "
                      r"([\d.]+) by the global model", told)
    assert float(found[1]) > .6 > float(found[2])
    told = succeeds(tmp_path, "train", "data.csv", *KEYS, *FAST, "--parents", "--fallback-policy",
                    "global", "-o", "n.segml").stderr.decode()
    assert "note: groups" not in told


@training
def test_parents_alone_answer_without_global_models(tmp_path):
    (tmp_path / "data.csv").write_text(make_data())
    succeeds(tmp_path, "train", "data.csv", *KEYS, *FAST, "--parents", "--no-fallback", "-o",
             "m.segml")
    (tmp_path / "new.csv").write_text("country,store,size\nDE,2,1\nIT,1,1\n")
    rows = table(succeeds(tmp_path, "predict", "m.segml", "new.csv", code=1).stdout)
    assert [row["route"] for row in rows] == ["parent", "none"]


@training
@pytest.mark.parametrize("options, needles", [
    (["-g", "country", "-t", "sold", "--parents"], ["only country", "give more"]),
    ([*KEYS, "--parents", "--mode", "global"], ["parents", "one model for all"]),
    ([*KEYS, "--fallback-policy", "parent"], ["\"parent\"", "switch on the option parents"]),
    ([*KEYS, "--parents", "--no-fallback", "--fallback-policy", "global"], ["leave out global"]),
    ([*KEYS, "--parents", "--fallback-policy", "store"], ["\"store\"", "parent, global, constant"]),
])
def test_parents_that_cannot_be_are_refused(tmp_path, options, needles):
    (tmp_path / "data.csv").write_text(make_data())
    refuses(tmp_path, 2, needles, "train", "data.csv", *options, "-o", "m.segml")

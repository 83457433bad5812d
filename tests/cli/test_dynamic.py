# SPDX-License-Identifier: Apache-2.0
"""Models of groups in files of their own: split, join, and what other commands make of it."""

import json
import shutil

import pytest

from tool import FAST, csv_text, make_rows, refuses, succeeds, table, training


def two_columns():
    """The common data with a country in front of the store."""
    countries = {"Aachen": "DE", "Köln": "DE", 'a,"b"': "FR", "tiny": "FR"}
    rows = make_rows()
    return [["country"] + rows[0]] + [[countries[cells[0]]] + cells for cells in rows[1:]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A model of two key columns; one group is too small for its own model."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "data.csv").write_text(csv_text(two_columns()))
    succeeds(folder, "train", "data.csv", "--group", "country,store", "--target", "sold", *FAST,
             "-o", "whole.segml")
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    shutil.copy(whole / "whole.segml", tmp_path)
    (tmp_path / "new.csv").write_text(csv_text(
        [cells[:4] for cells in two_columns()] + [["DE", "Bonn", "0.5", "red"]]))
    return tmp_path


def predictions(folder, model):
    return table(succeeds(folder, "predict", model, "new.csv", "--margin").stdout)


def children(folder):
    return sorted(path.name for path in (folder / "stores").iterdir())


@training
def test_a_split_model_predicts_the_same(folder):
    result = succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores")
    assert result.stdout.startswith(b"wrote parent.segml  (")
    assert children(folder) == ["DE,Aachen.segml", "DE,K%C3%B6ln.segml", "FR,a%2C%22b%22.segml"]
    assert predictions(folder, "parent.segml") == predictions(folder, "whole.segml")
    assert not succeeds(folder, "predict", "parent.segml", "new.csv").stderr
    for child in children(folder):
        succeeds(folder, "verify", f"stores/{child}")


@training
def test_joined_again_it_is_the_same_bytes(folder):
    for more in ([], ["--float"], ["--by", "country"], ["--by", "store", "--float"]):
        result = succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children",
                          "stores", "-f", "--json", *more)
        assert json.loads(result.stdout)["groups_changed"] == 3
        succeeds(folder, "join", "parent.segml", "-o", "joined.segml", "-f")
        assert (folder / "joined.segml").read_bytes() == (folder / "whole.segml").read_bytes()


@training
def test_children_by_a_key_column_hold_its_groups(folder):
    succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores", "--by",
             "country")
    assert children(folder) == ["DE.segml", "FR.segml"]
    counts = json.loads(succeeds(folder, "inspect", "stores/DE.segml", "--json").stdout)["counts"]
    assert counts["groups_trained"] == counts["models"] == 2
    refuses(folder, 2, ["--by", "city"], "split", "whole.segml", "-o", "b.segml", "--children",
            "b", "--by", "city")


@training
def test_inspect_shows_where_models_are(folder):
    succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores", "--by",
             "country")
    summary = succeeds(folder, "inspect", "parent.segml").stdout.decode()
    assert "children  3 groups have their models in other files\n" in summary
    lines = succeeds(folder, "inspect", "parent.segml", "--groups").stdout.decode().splitlines()
    assert sum(line.endswith("  reference: file:stores/DE.segml") for line in lines) == 2
    model = json.loads(succeeds(folder, "inspect", "parent.segml", "--json").stdout)
    assert model["counts"]["references"] == 3
    assert [group.get("reference") for group in model["groups"]] == [
        "file:stores/DE.segml", "file:stores/DE.segml", "file:stores/FR.segml", None]
    assert model["groups"][0]["rounds"] > 0


@training
def test_what_is_missing_falls_back_and_is_told(folder):
    succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores")
    (folder / "stores" / "DE,Aachen.segml").unlink()
    result = succeeds(folder, "predict", "parent.segml", "new.csv")
    assert result.stderr.startswith(b"segml predict: warning: parent.segml: 1 of 3 references are "
                                    b"not resolved, the first is group DE,Aachen (file:stores/")
    rows = table(result.stdout)
    assert {row["reason"] for row in rows[:60]} == {"unresolved"}
    assert {row["reason"] for row in rows[60:180]} == {"ok"}
    assert b"warning: parent.segml: 1 of 3" in succeeds(folder, "inspect", "parent.segml").stderr
    result = succeeds(folder, "report", "parent.segml", "-o", "report.html")
    assert b"segml report: warning: parent.segml: 1 of 3" in result.stderr
    assert (folder / "report.html").stat().st_size > 10000
    refuses(folder, 5, ["group DE,Aachen", "cannot find"], "join", "parent.segml", "-o",
            "joined.segml")


@training
def test_pinned_children_are_not_replaced_and_floating_ones_are(folder):
    for more, warnings in ([], 1), (["--float"], 0):
        succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores",
                 "-f", *more)
        succeeds(folder, "prune", "whole.segml", "-g", "DE,Aachen", "--keep", "-o",
                 "stores/DE,Aachen.segml", "-f")
        result = succeeds(folder, "predict", "parent.segml", "new.csv")
        assert result.stderr.count(b"not the pinned one") == warnings


@training
def test_split_and_join_refuse(folder):
    refuses(folder, 2, ["--children is missing"], "split", "whole.segml", "-o", "p.segml")
    refuses(folder, 2, ["-o is missing"], "split", "whole.segml", "--children", "c")
    refuses(folder, 2, ["-o is missing"], "join", "whole.segml")
    refuses(folder, 2, ["children", "../c"], "split", "whole.segml", "-o", "p.segml", "--children",
            "../c")
    refuses(folder, 5, ["no.segml"], "join", "no.segml", "-o", "j.segml")
    succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores")
    refuses(folder, 5, ["exists"], "split", "whole.segml", "-o", "p.segml", "--children", "stores")
    refuses(folder, 3, ["references already"], "split", "parent.segml", "-o", "p.segml",
            "--children", "c")


@training
def test_training_reuses_models_that_are_elsewhere(folder, whole):
    train = ["train", whole / "data.csv", "--group", "country,store", "--target", "sold", *FAST,
             "-o", "again.segml", "-f", "--reuse", "parent.segml"]
    succeeds(folder, "split", "whole.segml", "-o", "parent.segml", "--children", "stores")
    assert b"reused 4 of 4 models\n" in succeeds(folder, *train).stderr
    assert (folder / "again.segml").read_bytes() == (folder / "whole.segml").read_bytes()
    (folder / "stores" / "DE,Aachen.segml").unlink()
    assert b"reused 3 of 4 models" in succeeds(folder, *train).stderr
    assert (folder / "again.segml").read_bytes() == (folder / "whole.segml").read_bytes()

# SPDX-License-Identifier: Apache-2.0
"""Training with --fold-column, --fold-group and --time."""

import datetime
import json
import random

import pytest

from tool import COLUMNS, csv_text, make_rows, refuses, succeeds, training

QUICK = ["--trials", "2", "--param", "rounds=12", "--min-rows", "30"]
START = datetime.datetime(2024, 2, 28, tzinfo=datetime.timezone.utc)


def with_column(name, cell_of):
    """The data with one more column before the target; cell_of(number of the row from 0)."""
    rows = make_rows()
    return [cells[:3] + [name if i == 0 else cell_of(i - 1)] + cells[3:]
            for i, cells in enumerate(rows)]


def train(folder, rows, *options, code=0):
    """Trains, and gives the model's bytes and its JSON."""
    (folder / "data.csv").write_text(csv_text(rows))
    succeeds(folder, "train", "data.csv", *COLUMNS, *QUICK, *options, "-f", "-o", "m.segml",
             code=code)
    shown = succeeds(folder, "inspect", "m.segml", "--json").stdout
    return (folder / "m.segml").read_bytes(), json.loads(shown)


def shuffled(rows):
    others = rows[1:]
    random.Random(5).shuffle(others)
    return rows[:1] + others


def hours(i):
    """Distinct but for pairs, and in no order."""
    return i * 77 % 190 // 2


def moment(i):
    """The same time in one of four spellings."""
    time = START + datetime.timedelta(hours=hours(i))
    east = time.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
    return [time.strftime("%Y-%m-%dT%H:%M:%SZ"), time.strftime("%Y-%m-%d %H:%M"),
            time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00"),
            east.strftime("%Y-%m-%d %H:%M+05:30")][i % 4]


@training
def test_folds_may_be_counted_from_0_or_1(tmp_path):
    from_0, shown = train(tmp_path, with_column("part", lambda i: i * i % 3), "--fold-column",
                          "part")
    from_1, _ = train(tmp_path, with_column("part", lambda i: i * i % 3 + 1), "--fold-column",
                      "part", "--folds", "2")
    assert from_0 == from_1  # squares are 0 or 1 modulo 3
    assert shown["options"]["folds"] == 2 and shown["options"]["folds_given"] == 1
    assert [feature["name"] for feature in shown["features"]] == ["size", "color"]


@training
def test_times_are_the_same_as_numbers_or_in_any_spelling(tmp_path):
    seconds = START.timestamp()
    numbers = with_column("sale", lambda i: seconds + 3600 * hours(i))
    as_numbers, shown = train(tmp_path, numbers, "--time", "sale", "--folds", "3")
    as_dates, _ = train(tmp_path, with_column("sale", moment), "--time", "sale", "--folds", "3")
    assert as_numbers == as_dates
    assert shown["options"]["folds"] == 3 and shown["options"]["folds_ordered"] == 1
    assert [feature["name"] for feature in shown["features"]] == ["size", "color"]


@training
def test_other_times_give_other_metrics(tmp_path):
    _, one = train(tmp_path, with_column("sale", hours), "--time", "sale")
    _, other = train(tmp_path, with_column("sale", lambda i: -hours(i)), "--time", "sale")
    assert one["overall"]["metrics"]["log_loss"] != other["overall"]["metrics"]["log_loss"]


@training
@pytest.mark.parametrize("option, cell_of", [
    ("--fold-column", lambda i: i % 4 % 3),
    ("--fold-group", lambda i: ["", "ann", 7, i % 20][i % 4]),
    ("--time", moment)])
def test_jobs_and_the_order_of_rows_do_not_matter(tmp_path, option, cell_of):
    rows = with_column("how", cell_of)
    one, _ = train(tmp_path, rows, option, "how", "--jobs", "1")
    two, _ = train(tmp_path, shuffled(rows), option, "how", "--jobs", "2")
    assert one == two


@training
def test_a_fold_group_keeps_customers_together(tmp_path):
    """Each customer has one size and buys always or never: easy unless he is held out whole."""
    rng = random.Random(3)
    buys = [rng.randint(0, 1) for _ in range(30)]
    rows = [["store", "size", "customer", "sold"]] + \
        [["here", i % 30, f"c{i % 30}", buys[i % 30]] for i in range(300)]
    _, dealt = train(tmp_path, rows, "--drop", "customer")
    _, grouped = train(tmp_path, rows, "--fold-group", "customer")
    assert grouped["options"]["folds_grouped"] == 1
    assert [feature["name"] for feature in grouped["features"]] == ["size"]
    assert dealt["groups"][0]["metrics"]["roc_auc"] > .85
    assert grouped["groups"][0]["metrics"]["roc_auc"] < .65


@training
def test_training_tells_how_folds_are_made(tmp_path):
    for option, cell_of, text in (("--fold-column", lambda i: i % 3, "how (3 folds)"),
                                  ("--fold-group", lambda i: i % 50, "how (one fold per value)"),
                                  ("--time", moment, "how (in order of time, dates)"),
                                  ("--time", hours, "how (in order of time, numbers)")):
        (tmp_path / "data.csv").write_text(csv_text(with_column("how", cell_of)))
        told = succeeds(tmp_path, "train", "data.csv", *COLUMNS, *QUICK, option, "how", "-f", "-o",
                        "m.segml").stderr.decode()
        assert f"folds     {text}\n" in told


@training
def test_a_group_in_one_fold_uses_the_global_model(tmp_path):
    _, shown = train(tmp_path, with_column("part", lambda i: 0 if i < 60 else i % 3),
                     "--fold-column", "part")
    assert [group["status"] for group in shown["groups"]] == ["too_few_rows", "trained", "trained",
                                                              "too_few_rows"]
    assert "one fold" in shown["groups"][0]["message"]


def odd(cell, rows=with_column("how", hours)):
    """The times with another cell in row 17."""
    return [cells[:3] + [cell] + cells[4:] if i == 17 else cells for i, cells in enumerate(rows)]


BAD = {
    "two ways": (odd(1), ["--time", "how", "--fold-group", "color"], 2,
                 ["--fold-column, --fold-group and --time"]),
    "no such column": (odd(1), ["--time", "when"], 3, ["--time", "'when'", "store, size"]),
    "the target": (odd(1), ["--time", "sold"], 2, ["'sold'", "the target", "the time"]),
    "a group column": (odd(1), ["--fold-group", "store"], 2,
                       ["'store'", "the fold group", "a group column"]),
    "also a feature": (odd(1), ["--time", "how", "--features", "how"], 2, ["'how'", "the time"]),
    "a date among numbers": (odd("2024-01-31"), ["--time", "how"], 3,
                             ["row 17", "'how'", "'2024-01-31'", "row 1 holds a number"]),
    "no time": (odd("noon"), ["--time", "how"], 3, ["row 17", "'how'", "'noon'"]),
    "a missing time": (odd(""), ["--time", "how"], 3, ["row 17", "'how'", "time is missing"]),
    "no fold": (odd("x", with_column("how", lambda i: i % 3)), ["--fold-column", "how"], 3,
                ["row 17", "'how'", "'x'", "0 to K - 1 or 1 to K"]),
    "a gap": (odd(5, with_column("how", lambda i: i % 3)), ["--fold-column", "how"], 3,
              ["row 17", "'how'", "'5'", "no row is in fold 3"]),
    "another number of folds": (with_column("how", lambda i: i % 3),
                                ["--fold-column", "how", "--folds", "4"], 2,
                                ["folds is 4", "3 folds"]),
}


@training
@pytest.mark.parametrize("case", BAD)
def test_bad_columns_are_refused(tmp_path, case):
    rows, options, code, needles = BAD[case]
    (tmp_path / "data.csv").write_text(csv_text(rows))
    refuses(tmp_path, code, needles, "train", "data.csv", *COLUMNS, *QUICK, *options, "-o",
            "m.segml")

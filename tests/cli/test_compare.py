# SPDX-License-Identifier: Apache-2.0
"""segml compare from outside: its figures are computed once more from the predictions that it
wrote, by the formulas of the textbooks and with another source of random numbers."""

import csv
import io
import json
import math
import random

import pytest

from tool import COLUMNS, DATA, FAST, csv_text, make_rows, refuses, succeeds, table, training

APPROACHES = ["global-tuned", "segmented-xgboost", "segmented-untuned", "segmented-tuned"]
WIDEN = math.sqrt(1 + 2 / 1)  # two folds
T3 = 3.1824463052837078       # 97.5 % quantile of Student's t, three degrees of freedom


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A comparison as written, and the rows of its predictions."""
    folder = tmp_path_factory.mktemp("compared")
    (folder / "data.csv").write_text(DATA)
    result = succeeds(folder, "compare", "data.csv", *COLUMNS, *FAST, "-o", "run.json",
                      "--predictions", "out.csv")
    return (json.loads((folder / "run.json").read_text()), table((folder / "out.csv").read_text()),
            result)


def loss(row, approach):
    p = float(row[approach])
    return -math.log(p if row["sold"] == "1" else 1 - p)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def f1_at_half(rows, approach):
    hits = sum(float(row[approach]) >= .5 and row["sold"] == "1" for row in rows)
    called = sum(float(row[approach]) >= .5 for row in rows)
    true = sum(row["sold"] == "1" for row in rows)
    return 2 * hits / (called + true)


def groups_of(run, rows):
    """Each group's record with its rows."""
    return [(group, [row for row in rows if row["store"] == group["key"][0]])
            for group in run["groups"]]


@training
def test_predictions_stand_beside_the_data(compared):
    run, rows, _ = compared
    given = list(csv.DictReader(io.StringIO(DATA)))
    assert list(rows[0]) == ["row", "store", "sold", *APPROACHES]
    assert [row["row"] for row in rows] == [str(i + 1) for i in range(len(given))]
    assert [(row["store"], row["sold"]) for row in rows] == [(g["store"], g["sold"]) for g in given]
    assert all(0 < float(row[name]) < 1 for row in rows for name in APPROACHES)
    small = [row for row in rows if row["store"] == "tiny"]
    assert all(row[name] == row["global-tuned"] for row in small for name in APPROACHES)
    assert run["approaches"] == APPROACHES and run["rows"] == run["scored"] == 190


@training
def test_metrics_are_those_of_the_predictions(compared):
    run, rows, _ = compared
    for record, part in [(run["overall"], rows), *groups_of(run, rows)]:
        for name, cell in zip(APPROACHES, record["cells"]):
            assert cell["metrics"]["log_loss"] == pytest.approx(mean(loss(r, name) for r in part),
                                                                rel=1e-5)
            assert cell["metrics"]["f1_at_half"] == pytest.approx(f1_at_half(part, name))
            assert cell["estimates"]["log_loss"][0] == cell["metrics"]["log_loss"]
            assert cell["estimates"]["f1"][0] == cell["metrics"]["f1"]


def bootstrap(values, widen, rng):
    """Interval of the mean by the Bayesian bootstrap, corrected for few rows: its variance is that
    of the mean times (n - 1) / (n + 1), and the tails are Student's."""
    center, draws, n = mean(values), [], len(values)
    student = 1 + 1.2104 / (n - 1) + 1.4403 / (n - 1) ** 2  # over the normal quantile
    widen *= math.sqrt((n + 1) / (n - 1)) * student
    for _ in range(4000):
        weights = [rng.expovariate(1) for _ in values]
        draws.append(sum(w * v for w, v in zip(weights, values)) / sum(weights))
    draws.sort()
    return (center - widen * (center - draws[100]), center + widen * (draws[3899] - center))


@training
def test_intervals_of_groups_are_those_of_a_bootstrap(compared):
    run, rows, _ = compared
    rng = random.Random(3)
    for record, part in groups_of(run, rows):
        for name, cell in zip(APPROACHES, record["cells"]):
            value, low, high, difference, d_low, d_high = cell["estimates"]["log_loss"]
            pairs = [loss(r, name) - loss(r, "segmented-untuned") for r in part]
            for values, center, ends in (([loss(r, name) for r in part], value, (low, high)),
                                         (pairs, difference, (d_low, d_high))):
                expected = bootstrap(values, WIDEN, rng)
                width = expected[1] - expected[0]
                assert center == pytest.approx(mean(values), rel=1e-4, abs=1e-6)
                assert ends[0] == pytest.approx(max(expected[0], 0) if values is not pairs
                                                else expected[0], abs=.15 * width + 1e-9)
                assert ends[1] == pytest.approx(expected[1], abs=.15 * width + 1e-9)


@training
def test_overall_difference_counts_each_group_once(compared):
    run, rows, _ = compared
    for name, cell in zip(APPROACHES, run["overall"]["cells"]):
        pairs = {group["key"][0]: [loss(r, name) - loss(r, "segmented-untuned") for r in part]
                 for group, part in groups_of(run, rows)}
        everything = [value for values in pairs.values() for value in values]
        center = mean(everything)
        squares = sum((sum(values) - len(values) * center) ** 2 for values in pairs.values())
        error = math.sqrt(4 / 3 * squares) / len(everything)
        low, high = center - WIDEN * T3 * error, center + WIDEN * T3 * error
        assert cell["estimates"]["log_loss"][3:] == pytest.approx(
            [center, low, high], rel=2e-3, abs=1e-6)


@training
def test_untuned_approaches_do_not_know_the_fixed_parameters(compared):
    cells = compared[0]["groups"][0]["cells"]
    assert cells[3]["rounds"] == 12 and len(cells[3]["trials"]) in (0, 2)
    assert cells[1]["rounds"] == 100 and cells[1]["params"]["learning_rate"] == .3
    assert cells[2]["rounds"] != 12 and cells[2]["params"]["learning_rate"] == .05


@training
def test_the_table_fits_and_says_what_is_better(compared):
    run, _, result = compared
    out, lines = result.stdout.decode(), result.stdout.decode().splitlines()
    assert max(map(len, lines)) <= 110
    assert lines[0] == ("190 of 190 rows, predicted out of fold; of 2 folds the search saw one or "
                        "more")
    for name in APPROACHES:
        assert sum(line.startswith(name) for line in lines) == 1
    assert "reference" in next(line for line in lines if line.startswith("segmented-untuned"))
    rows = [line for line in lines if line.startswith(("Aachen", "Köln", 'a,"b"', "tiny"))]
    assert [row.split()[1] for row in rows] == ["60", "60", "60", "10"]
    assert rows[3].endswith("none (too_few_rows)")
    for group in run["groups"]:
        assert group["verdict"] in out
    message = result.stderr.decode()
    assert "target    sold (numbers)" in message and "wrote run.json, wrote out.csv" in message


@training
def test_json_on_standard_output_is_the_file(folder):
    out = succeeds(folder, "compare", "data.csv", *COLUMNS, *FAST, "-q", "--json", "-o", "run.json",
                   "--honest", "--outer-folds", "3", "--outer-used", "1", "--predictions", "p.csv")
    assert out.stderr == b"" and out.stdout == (folder / "run.json").read_bytes()
    run = json.loads(out.stdout)
    assert (run["evaluation"], run["outer_folds"], run["outer_used"]) == ("nested", 3, 1)
    rows = table((folder / "p.csv").read_text())
    given = [row for row in rows if row["segmented-tuned"] != ""]
    assert run["scored"] == len(given) and 60 <= len(given) <= 66
    widen = math.sqrt(1 + 1 / 2)
    part = [row for row in given if row["store"] == "Aachen"]
    name = "global-tuned"
    low, high = bootstrap([loss(r, name) - loss(r, "segmented-untuned") for r in part], widen,
                          random.Random(5))
    record = next(group for group in run["groups"] if group["key"] == ["Aachen"])
    estimate = record["cells"][0]["estimates"]["log_loss"]
    # Twenty rows, of which one decides: 1,000 draws know the lower end to a twentieth.
    assert estimate[4:] == pytest.approx([low, high], abs=.2 * (high - low))


@training
@pytest.mark.parametrize("kind", ["multiclass", "regression", "poisson"])
def test_other_tasks_are_compared(tmp_path, kind):
    (tmp_path / "data.csv").write_text(csv_text(make_rows(kind)))
    out = succeeds(tmp_path, "compare", "data.csv", *COLUMNS, *FAST, "--objective", kind,
                   "--predictions", "p.csv", "--groups")
    rows = table((tmp_path / "p.csv").read_text())
    columns = [name for name in rows[0] if name.startswith("segmented-tuned")]
    assert columns == (["segmented-tuned:high", "segmented-tuned:low", "segmented-tuned:middle"]
                       if kind == "multiclass" else ["segmented-tuned"])
    if kind == "multiclass":
        assert all(abs(sum(float(row[c]) for c in columns) - 1) < 1e-5 for row in rows)
    heading = {"multiclass": "log loss", "regression": "RMSE", "poisson": "deviance"}[kind]
    assert heading in out.stdout.decode().splitlines()[2]


@training
def test_what_cannot_be_written_is_refused_before_any_work(folder):
    (folder / "there.json").write_text("{}")
    base = ["compare", "data.csv", *COLUMNS, *FAST]
    refuses(folder, 5, ["there.json"], *base, "-o", "there.json")
    refuses(folder, 5, ["there.json"], *base, "--predictions", "there.json")
    refuses(folder, 2, ["-o and --predictions"], *base, "-o", "x", "--predictions", "x")
    refuses(folder, 2, ["--json writes"], *base, "-o", "-")
    refuses(folder, 6, ["nowhere.so"], *base, "--engine", "xgboost", "--xgboost", "nowhere.so")


def test_usage_errors_name_the_option(folder):
    base = ["compare", "data.csv", *COLUMNS]
    refuses(folder, 2, ["--outer-folds", "--honest"], *base, "--outer-folds", "3")
    refuses(folder, 2, ["--outer-folds", "2 to 100"], *base, "--honest", "--outer-folds", "1")
    refuses(folder, 2, ["'--mode' is no option of compare"], *base, "--mode", "global")
    refuses(folder, 2, ["'--no-fallback' is no option of compare"], *base, "--no-fallback")
    refuses(folder, 2, ["compare needs a CSV file"], "compare")
    refuses(folder, 2, ["--group is missing"], "compare", "data.csv", "--target", "sold")
    refuses(folder, 2, ["'--honest' is no option of train"], "train", "data.csv", "--honest")


@pytest.mark.untrained
def test_a_build_without_training_cannot_compare(folder):
    refuses(folder, 6, ["built without training"], "compare", "data.csv", *COLUMNS)

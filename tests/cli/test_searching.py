# SPDX-License-Identifier: Apache-2.0
"""The search as the command line asks for it: spaces, lists of points, budgets, thresholds."""

import json
import math
import os
import pathlib
import re
import subprocess
import time
import unicodedata

import pytest

from tool import COLUMNS, TOOL, csv_text, make_rows, refuses, succeeds, training

QUICK = [*COLUMNS, "--folds", "2", "--min-rows", "30", "--max-rounds", "15"]

SPACE = {
    "max_depth": {"type": "int", "low": 2, "high": 3},
    "learning_rate": {"low": .11, "high": .17, "log": True},
    "subsample": {"low": .6, "high": .9, "step": .1},
    "min_child_weight": {"choices": [.5, .75, 1.25]},
    "grow_policy": {"choices": [0, 1]},
    "max_leaves": {"type": "int", "low": 4, "high": 7, "if": {"grow_policy": 1}},
}
POINTS = [{"max_depth": 4, "learning_rate": .125, "reg_lambda": 2.5, "gamma": .25},
          {"max_depth": 1, "learning_rate": .0625, "subsample": .75, "max_leaves": 5}]


def write(folder, name, value):
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return name


def train(folder, *args, **options):
    """Trains, and returns what inspect tells about the file."""
    succeeds(folder, "train", "data.csv", *QUICK, "-f", "-o", "m.segml", "-q", *args, **options)
    return json.loads(succeeds(folder, "inspect", "m.segml", "--json").stdout)


def trained(model):
    """The models that were searched: of three groups and the global one."""
    groups = [group for group in model["groups"] if group["status"] == "trained"]
    assert len(groups) == 3 and model["global"] is not None
    return groups + [model["global"]]


# ---- spaces and points -----------------------------------------------------------------------

@training
@pytest.mark.parametrize("sampler", ["tpe", "tpe-univariate", "random", "grid"])
def test_parameters_are_inside_the_space(folder, sampler):
    model = train(folder, "--space", write(folder, "s.json", SPACE), "--trials", "14",
                  "--sampler", sampler)
    assert model["option_texts"]["sampler"] == sampler
    assert model["option_texts"]["space"] != "default"
    models = trained(model)
    for params in (group["params"] for group in models):
        # The robust default is the first trial, and need not be inside.
        if params["learning_rate"] == .05:
            continue
        assert params["max_depth"] in (2, 3)
        assert .11 <= params["learning_rate"] <= .17
        assert min(abs(params["subsample"] - share) for share in (.6, .7, .8, .9)) < 1e-12
        assert params["min_child_weight"] in (.5, .75, 1.25)
        assert params["max_leaves"] in (0, 4, 5, 6, 7)
        assert params["reg_alpha"] == 0 and params["gamma"] == 0  # no dimensions: as they were
    assert any(group["params"]["learning_rate"] != .05 for group in models)


@training
def test_a_space_of_single_values_is_those_values(folder):
    space = {"learning_rate": {"choices": [.3]}, "max_depth": {"type": "int", "low": 5, "high": 5}}
    model = train(folder, "--space", write(folder, "s.json", space), "--points",
                  write(folder, "p.json", [{"learning_rate": .3, "max_depth": 5}]), "--trials", "3")
    assert {(group["params"]["learning_rate"], group["params"]["max_depth"])
            for group in trained(model)} == {(.3, 5)}


@training
@pytest.mark.parametrize("point", range(2))
def test_a_list_of_one_point_is_exactly_it(folder, point):
    model = train(folder, "--points", write(folder, "p.json", [POINTS[point]]), "--trials", "1")
    assert model["option_texts"]["points"] != "default"
    for group in trained(model):
        for name, value in POINTS[point].items():
            assert group["params"][name] == value


@training
def test_as_many_points_as_trials_are_a_fixed_list(folder):
    model = train(folder, "--points", write(folder, "p.json", POINTS), "--trials", "2")
    for group in trained(model):
        assert any(all(group["params"][name] == value for name, value in point.items())
                   for point in POINTS)


@training
def test_a_fixed_parameter_is_kept_beside_a_space(folder):
    space = {"max_depth": {"type": "int", "low": 2, "high": 3}}
    model = train(folder, "--space", write(folder, "s.json", space), "--trials", "3",
                  "--param", "reg_alpha=0.375")
    assert {group["params"]["reg_alpha"] for group in trained(model)} == {.375}


BAD_SPACES = {
    "no JSON": ('{"max_depth": }', 3, ["s.json, line 1", "no JSON"]),
    "empty": ("", 3, ["s.json, line 1"]),
    "no space": ([], 3, ["s.json", "an object of dimensions"]),
    "unknown member": ({"max_depth": {"lo": 1, "high": 2}}, 3, ["'max_depth'", "'lo'"]),
    "no low": ({"max_depth": {"type": "int", "high": 2}}, 3, ["'max_depth'", "low and high"]),
    "text": ({"gamma": {"low": "0", "high": 2}}, 3, ["'gamma'", "low is no number"]),
    "unknown parameter": ({"speed": {"low": 0, "high": 2}}, 2, ['"speed"', "max_depth"]),
    "out of range": ({"subsample": {"low": .5, "high": 2}}, 2, ["subsample = 2", "[0.01, 1]"]),
    "empty range": ({"max_depth": {"type": "int", "low": 5, "high": 3}}, 2,
                    ["max_depth", "from 5 to 3"]),
    "fractions": ({"max_depth": {"low": 1, "high": 3}}, 2, ["max_depth", "kind int"]),
    "step of a logarithm": ({"reg_alpha": {"low": .1, "high": 1, "log": True, "step": .1}}, 2,
                            ["reg_alpha", "step 0.1"]),
    "no logarithm": ({"gamma": {"low": 0, "high": 1, "log": True}}, 2, ["gamma", "logarithm"]),
    "choice twice": ({"max_depth": {"choices": [1, 2, 1]}}, 2, ["max_depth", "choices 0 and 2"]),
    "no such parent": ({"max_leaves": {"choices": [4], "if": {"grow_policy": 1}}}, 2,
                       ["max_leaves", "grow_policy"]),
    "not searchable": ({"max_bin": {"choices": [16, 32]}}, 2, ["max_bin", "fixed"]),
}


@training
@pytest.mark.parametrize("case", BAD_SPACES)
def test_a_bad_space_is_refused(folder, case):
    space, code, needles = BAD_SPACES[case]
    write(folder, "s.json", space)
    refuses(folder, code, needles, "train", "data.csv", *QUICK, "-o", "m.segml", "--space",
            "s.json")
    refuses(folder, code, needles, "compare", "data.csv", *QUICK, "-o", "run.json", "--space",
            "s.json")


BAD_POINTS = {
    "no list": ({"max_depth": 3}, 3, ["p.json", "an array of parameter sets"]),
    "no object": ([{"max_depth": 3}, 3], 3, ["p.json", "set 2 is no object"]),
    "text": ([{"max_depth": "3"}], 3, ["'max_depth' of set 1"]),
    "unknown parameter": ([{"speed": 3}], 2, ['"speed"']),
    "out of range": ([{}, {"max_depth": 99}], 2, ["max_depth = 99", "[1, 16]"]),
    "fraction": ([{"max_depth": 2.5}], 2, ["max_depth = 2.5", "an integer"]),
}


@training
@pytest.mark.parametrize("case", BAD_POINTS)
def test_a_bad_list_of_points_is_refused(folder, case):
    points, code, needles = BAD_POINTS[case]
    refuses(folder, code, needles, "train", "data.csv", *QUICK, "-o", "m.segml", "--points",
            write(folder, "p.json", points))


@training
def test_a_parameter_is_either_fixed_or_searched(folder):
    write(folder, "s.json", SPACE)
    write(folder, "p.json", POINTS)
    for option in (["--space", "s.json"], ["--points", "p.json"]):
        refuses(folder, 2, ["max_depth", "fixed"], "train", "data.csv", *QUICK, "-o", "m.segml",
                *option, "--param", "max_depth=3")


@training
def test_files_are_looked_at_before_the_data(folder):
    refuses(folder, 5, ["none.json", "No such file"], "train", "-", *QUICK, "-o", "m.segml",
            "--space", "none.json")
    refuses(folder, 5, ["none.json", "No such file"], "train", "-", *QUICK, "-o", "m.segml",
            "--points", "none.json")
    write(folder, "s.json", " " * (1 << 20) + json.dumps(SPACE))
    refuses(folder, 4, ["s.json", "1 MiB"], "train", "-", *QUICK, "-o", "m.segml",
            "--space", "s.json")


@training
def test_a_locale_with_decimal_commas_reads_the_same_space(folder):
    write(folder, "s.json", SPACE)
    german = {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    args = ["--space", "s.json", "--trials", "4", "--total-seconds", "1000.5", "--threshold", ".25"]
    train(folder, *args, LC_ALL="C")
    expected = (folder / "m.segml").read_bytes()
    train(folder, *args, **german)
    assert (folder / "m.segml").read_bytes() == expected


# ---- how the search goes ---------------------------------------------------------------------

@training
@pytest.mark.parametrize("args, folds", [
    (["--validation", "holdout"], 1), (["--validation", "kfold"], 2),
    (["--validation", "kfold", "--search-folds", "1"], 1), (["--validation", "shared"], 1),
    (["--validation", "shared", "--search-folds", "2"], 2)])
def test_every_validation_searches(folder, args, folds):
    model = train(folder, "--trials", "6", *args)
    assert model["option_texts"]["validation"] == args[1]
    assert model["options"]["search_folds"] == folds
    groups = trained(model)[:3]
    assert all(0 < group["metrics"]["log_loss"] < 1 for group in groups)
    if args[1] == "shared":  # one set for all groups, but for what scales with the Hessian
        assert len({(group["params"]["learning_rate"], group["params"]["max_depth"],
                     group["params"]["subsample"]) for group in groups}) == 1


@training
@pytest.mark.parametrize("pruner", ["none", "median", "halving"])
def test_every_pruner_searches(folder, pruner):
    model = train(folder, "--trials", "12", "--pruner", pruner)
    assert model["option_texts"]["pruner"] == pruner
    assert all(0 < group["metrics"]["log_loss"] < 1 for group in trained(model))


@training
@pytest.mark.parametrize("kind, metric", [
    ("binary", "f1"), ("binary", "roc_auc"), ("multiclass", "accuracy"), ("regression", "mae")])
def test_what_is_searched_for_can_be_chosen(folder, kind, metric):
    (folder / "data.csv").write_text(csv_text(make_rows(kind)))
    model = train(folder, "--trials", "4", "--metric", metric, "--objective", kind)
    assert model["option_texts"]["metric"] == metric
    trained(model)


@training
@pytest.mark.parametrize("args, needles", [
    (["--metric", "mae"], ['"mae"', "binary"]), (["--metric", "speed"], ['"speed"']),
    (["--pruner", "median", "--validation", "kfold"], ["median", "kfold"]),
    (["--search-folds", "3"], ["search_folds is 3", "1 to 2"])])
def test_a_search_that_cannot_be_is_refused(folder, args, needles):
    refuses(folder, 2, needles, "train", "data.csv", *QUICK, "-o", "m.segml", *args)


def history(folder):
    """The trials of each search that the file remembers."""
    text = subprocess.run(["tar", "--zstd", "-xOf", "m.segml", "history.jsonl"], cwd=folder,
                          check=True, capture_output=True).stdout.decode()
    return [json.loads(line) for line in text.splitlines()]


def members(folder):
    return subprocess.run(["tar", "--zstd", "-tf", "m.segml"], cwd=folder, check=True,
                          capture_output=True).stdout.decode().split()


@training
def test_without_history_the_file_has_none(folder):
    with_history = train(folder, "--trials", "3")
    assert "history.jsonl" in members(folder) and history(folder)
    without = train(folder, "--trials", "3", "--no-history")
    assert "history.jsonl" not in members(folder)
    assert "segml.json" in members(folder)
    for one, other in zip(trained(with_history), trained(without)):
        assert one["params"] == other["params"] and one["metrics"] == other["metrics"]


# ---- budgets ---------------------------------------------------------------------------------

@training
@pytest.mark.parametrize("option", ["--total-seconds", "--group-seconds"])
def test_no_time_ends_the_search_and_trains_all_the_same(folder, option):
    start = time.monotonic()
    model = train(folder, option, "1e-6", "--trials", "100000")
    assert time.monotonic() - start < 60
    assert model["options"]["search_cut"] == 1
    assert {group["params"]["learning_rate"] for group in trained(model)} == {.05}  # the default


@training
@pytest.mark.parametrize("option, value, trials", [
    ("--total-trials", 16, 4), ("--group-rounds", 1, 1), ("--total-rounds", 4, 1)])
def test_a_spent_budget_ends_the_search(folder, option, value, trials):
    """Four searches share it; the one of the global model makes several trials at once."""
    model = train(folder, option, value, "--trials", "100000")
    assert model["options"][option[2:].replace("-", "_")] == value
    trained(model)
    made = [len(search["values"]) for search in history(folder)]
    assert sorted(made)[:1] == [0] and made[:3] == [trials] * 3  # a group is too small
    assert trials <= made[4] < 16


@training
def test_no_fit_is_longer_than_its_cap(folder):
    model = train(folder, "--trials", "2", "--max-rounds", "7")
    # The model that is kept learns from all rows, with as many more rounds: 7 * 1.1 at most.
    assert all(1 <= group["rounds"] <= math.ceil(7 * 1.1) for group in trained(model))


# ---- thresholds ------------------------------------------------------------------------------

@training
def test_a_given_threshold_is_that_of_every_model(folder):
    model = train(folder, "--trials", "1", "--threshold", ".3")
    assert model["threshold"] == .3 and model["options"]["threshold"] == .3
    assert {group["threshold"] for group in model["groups"]} == {.3}
    succeeds(folder, "predict", "m.segml", "data.csv", "-o", "out.csv")
    rows = [line.split(",") for line in (folder / "out.csv").read_text().splitlines()[1:]]
    near = 0
    for row in rows:
        probability, decided = float(row[-4]), row[-3]
        assert decided == str(int(probability >= .3))
        near += .3 <= probability < .5
    assert near > 0  # else .5 would have done as well


@training
def test_a_threshold_can_be_chosen_by_mcc(folder):
    model = train(folder, "--trials", "1", "--threshold-metric", "mcc")
    assert model["option_texts"]["threshold_metric"] == "mcc"
    assert 0 < model["threshold"] < 1


# ---- comparing -------------------------------------------------------------------------------

@training
def test_compare_searches_the_given_space(folder):
    write(folder, "p.json", [POINTS[0]])
    succeeds(folder, "compare", "data.csv", *QUICK, "--points", "p.json", "--trials", "1",
             "-o", "run.json", "-q")
    run = json.loads((folder / "run.json").read_text())
    tuned = [name.endswith("-tuned") for name in run["approaches"]]
    assert sum(tuned) == 2
    assert {group["key"][0] for group in run["groups"] if group["rows"] >= 30} == {
        "Aachen", "Köln", 'a,"b"'}
    for group in run["groups"]:
        for is_tuned, cell in zip(tuned, group["cells"]):
            if is_tuned and cell["params"]:
                for name, value in POINTS[0].items():
                    assert cell["params"][name] == value


def columns_of(text):
    """Columns that a terminal gives to a text."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in text)


@training
@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_tables_are_aligned_for_any_key_and_number(folder, kind):
    """Keys of many bytes, of wide characters, of accents by themselves, with control characters."""
    rows = make_rows(kind)
    keys = {"Aachen": "Łódź " + "ö" * 50, "Köln": "x\ny", 'a,"b"': "東京都 e\u0301", "tiny": "x"}
    for row in rows[1:]:
        row[0] = keys[row[0]]
        if kind == "regression":
            row[3] *= 1234567
    (folder / "data.csv").write_text(csv_text(rows))
    out = succeeds(folder, "compare", "data.csv", *QUICK, "--trials", "2", "--objective",
                   kind).stdout.decode()
    approaches, groups = out.split("\n\n")[1:3]
    head, *lines = approaches.splitlines()
    assert len(lines) == 4
    for line in lines:
        place = head.index("difference")
        assert line[place - 2:place] == "  " and line[place] in "+-r", out
    head, *lines = groups.splitlines()
    place = head.index("verdict")
    assert len(lines) == 4
    for line in lines:
        at = next(i for i in range(len(line)) if columns_of(line[:i]) == place)
        assert line[at:].split()[0] in ("none", "global", "unclear", "untuned", "tuned"), out
        assert line[at - 2:at] == "  " and all(ord(c) >= 32 for c in line)


@training
def test_a_comparison_that_cannot_be_saved_leaves_no_predictions(folder):
    """The file appears while the comparison runs: its place was free when it was looked at."""
    os.mkfifo(folder / "pipe")
    process = subprocess.Popen([TOOL, "compare", "pipe", *QUICK, "--trials", "1", "-q", "-o",
                                "r.json", "--predictions", "p.csv"], cwd=folder,
                               stderr=subprocess.PIPE)
    with open(folder / "pipe", "w", encoding="utf-8") as pipe:  # opened after the look
        (folder / "r.json").write_text("mine")
        pipe.write((folder / "data.csv").read_text())
    _, err = process.communicate(timeout=120)
    assert process.returncode == 5 and b"r.json" in err, err
    assert (folder / "r.json").read_text() == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["data.csv", "new.csv", "pipe",
                                                              "r.json"]


@training
def test_a_quiet_comparison_says_nothing(folder):
    result = succeeds(folder, "compare", "data.csv", *QUICK, "--trials", "1", "-q", "-o", "r.json")
    assert result.stdout == b"" and result.stderr == b""


# ---- what is written about it ----------------------------------------------------------------

ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = ("train", "predict", "compare", "inspect", "report", "verify", "extract", "patch",
            "prune", "merge", "diff", "sign", "version", "help")


def known_options(command):
    """Of the table of options, as bindings/cli/args.c has it."""
    source = (ROOT / "bindings/cli/args.c").read_text()
    sets = dict(re.findall(r"^#define ([A-Z]+) *(\([^)]*\)|\\\n *\([^)]*\))", source, re.M))
    entries = re.findall(r'^    {"([a-z-]+)", [^,]+, KIND_[A-Z]+, ([A-Z_ |]+),', source, re.M)
    assert len(entries) > 60 and {"DATA", "CHANGE", "WRITING", "ALL"} <= set(sets)

    def members(names):
        """The commands of a text like DATA | CLI_PREDICT."""
        for name in re.findall("[A-Z_]+", names):
            yield from members(sets[name]) if name in sets else [name]

    return {name for name, commands in entries
            if f"CLI_{command.upper()}" in members(commands)} - {"help"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_into_80_columns(tmp_path, command):
    text = succeeds(tmp_path, "help", command).stdout.decode()
    assert max(map(len, text.splitlines())) <= 80
    assert text.endswith("\n") and "\t" not in text


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_help_has_every_option_and_no_other(tmp_path, command):
    text = succeeds(tmp_path, "help", command).stdout.decode()
    told = set(re.findall(r"--([a-z-]+)", text))
    if command == "compare":  # those that it shares with train are told there
        told |= known_options("train") & known_options("compare")
    assert told == known_options(command)


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_the_manual_page_has_every_option_of_a_command(command):
    page = (ROOT / "bindings/cli/segml.1.scd").read_text()
    if command == "version":
        return
    section = re.search(rf"^# {command.upper()}\n(.*?)^# ", page, re.M | re.S)[1]
    if command == "compare":
        assert "TRAIN" in section
        section += re.search(r"^# TRAIN\n(.*?)^# ", page, re.M | re.S)[1]
    told = set(re.findall(r"\*(?:-[a-z], )?--([a-z-]+)\*", section))
    assert known_options(command) <= told


@training
def test_examples_of_the_manual_page_work(folder):
    """Every JSON text of the section on search spaces is taken as a space or as points."""
    page = (ROOT / "bindings/cli/segml.1.scd").read_text()
    section = re.search(r"^# SEARCH SPACE\n(.*?)^# ", page, re.M | re.S)[1]
    examples = re.findall(r"^```\n(.*?)^```$", section, re.M | re.S)
    assert len(examples) >= 3
    for text in examples:
        option = "--space" if isinstance(json.loads(text), dict) else "--points"
        train(folder, option, write(folder, "example.json", text), "--trials", "2")

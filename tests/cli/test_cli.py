# SPDX-License-Identifier: Apache-2.0
"""The command-line tool from outside: what it writes, and how it ends.

SEGML_PREDICT_ONE is a small program that asks the C interface.
"""

import csv
import gzip
import io
import json
import lzma
import math
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import time

import pytest

from tool import (COLUMNS, DATA, FAST, NEW, TOOL, csv_text, make_rows, refuses, run, snapshot,
                  succeeds, table, training, zstd_frame)

PREDICT_ONE = os.environ["SEGML_PREDICT_ONE"]


# ---- what XGBoost says -----------------------------------------------------------------------

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "serving"
GOLDEN_ROWS = ["0.5,blue,-1", "-0.25,green,2.5", ",red,0", "1.5,,-0.0", "-3,red,1e2"]
RECORDED = [0, 1, 2, 3, 5]  # their places there; row 4 has a code without a text


def recorded(artifact, model):
    """Margins, predictions and importance that XGBoost gave, see tests/golden/serving.py."""
    text = (GOLDEN / "expected.c").read_text()
    case = re.search(rf'{{"{artifact}", "{model}",\s*{{(.*?)}},\s*{{(.*?)}},\s*{{(.*?)}}}}', text,
                     re.DOTALL)
    margins, predictions = ([float.fromhex(value.strip().rstrip("f"))
                             for value in case[k].split(",")] for k in (1, 2))
    width = len(margins) // 6
    return ([margins[row * width:][:width] for row in RECORDED],
            [predictions[row * width:][:width] for row in RECORDED],
            [float(value) for value in case[3].split(",")])


def bits(values):
    return [struct.pack("f", float(value)) for value in values]


@pytest.mark.parametrize("key, model, route, reason", [
    ("7", "7", "exact", "ok"), ("4711", "4711", "exact", "ok"), ("04711.0", "4711", "exact", "ok"),
    ("", "NULL", "global", "too_few_rows"), ("9000", "9000", "global", "one_class"),
    ("8", "unseen", "global", "unseen"), ("x", "unseen", "global", "unseen")])
def test_predictions_are_the_bits_of_xgboost(tmp_path, key, model, route, reason):
    # The last row's key keeps a column of nothing but "x" from being a mismatch.
    (tmp_path / "rows.csv").write_text("store,size,colour,price\n"
                                       + "".join(f"{key},{cells}\n" for cells in GOLDEN_ROWS)
                                       + "7,,,\n")
    margins, predictions, _ = recorded("binary", model)
    out = table(succeeds(tmp_path, "predict", GOLDEN / "binary.segml", "rows.csv").stdout)[:5]
    assert bits(row["probability"] for row in out) == bits(p[0] for p in predictions)
    threshold = {"7": .25, "4711": .375}.get(model, .6875)  # of the model that answers
    assert [row["class"] for row in out] == ["yes" if p[0] >= threshold else "no"
                                             for p in predictions]
    assert {(row["store"], row["route"], row["reason"]) for row in out} == {(key, route, reason)}
    out = table(succeeds(tmp_path, "predict", GOLDEN / "binary.segml", "rows.csv",
                         "--margin").stdout)[:5]
    assert bits(row["margin"] for row in out) == bits(m[0] for m in margins)


def test_classes_and_composite_keys_are_those_of_xgboost(tmp_path):
    (tmp_path / "rows.csv").write_text("price,colour,size,store,region\n" + "".join(
        ",".join(reversed(cells.split(","))) + ',2,"süd/.,"\n' for cells in GOLDEN_ROWS))
    _, predictions, _ = recorded("multiclass", "south")
    out = table(succeeds(tmp_path, "predict", GOLDEN / "multiclass.segml", "rows.csv").stdout)
    assert list(out[0]) == ["row", "region", "store", "p_a", "p_b", "p_c", "class", "route",
                            "reason"]
    for row, expected in zip(out, predictions):
        assert bits(row[name] for name in ("p_a", "p_b", "p_c")) == bits(expected)
        assert row["class"] == "abc"[expected.index(max(expected))]
        assert (row["region"], row["store"], row["route"]) == ("süd/.,", "2", "exact")


def test_importance_is_that_of_xgboost(tmp_path):
    model = json.loads(succeeds(tmp_path, "inspect", GOLDEN / "binary.segml", "--json").stdout)
    groups = {json.dumps(group["key"]): group for group in model["groups"]}
    for key, name in (("[7]", "7"), ("[4711]", "4711")):
        gain = groups[key]["importance"]
        assert list(gain) == ["size", "colour", "price"]
        assert list(gain.values()) == pytest.approx(recorded("binary", name)[2], rel=1e-6)
    assert groups["[null]"]["status"] == "too_few_rows"
    assert groups["[null]"]["message"] == "12 rows, at least 50 are needed"
    assert groups["[7]"]["metrics"] == {"log_loss": .25, "roc_auc": None}
    assert groups["[7]"]["params"] == {"max_depth": 2, "learning_rate": .5}
    assert list(model["global"]["importance"].values()) == pytest.approx(
        recorded("binary", "NULL")[2], rel=1e-6)


def test_keys_of_text_alone_do_not_fit_integer_keys(tmp_path):
    (tmp_path / "rows.csv").write_text("store,size,colour,price\nx,1,red,1\ny,1,red,1\n")
    refuses(tmp_path, 3, ["store"], "predict", GOLDEN / "binary.segml", "rows.csv", "-o", "o.csv")


# ---- the whole way ---------------------------------------------------------------------------

@training
def test_train_predict_and_inspect_agree(models, folder):
    model = models / "binary.segml"
    succeeds(folder, "predict", model, "data.csv", "-o", "out.csv")
    rows = table((folder / "out.csv").read_text())
    assert list(rows[0]) == ["row", "store", "probability", "class", "route", "reason"]
    assert [int(row["row"]) for row in rows] == list(range(1, 191))
    assert [row["store"] for row in rows] == [row[0] for row in make_rows()[1:]]
    told = json.loads(succeeds(folder, "inspect", model, "--json").stdout)
    thresholds = {group["key"][0]: group["threshold"] for group in told["groups"]}
    for row in rows:
        expected = "0" if float(row["probability"]) < thresholds[row["store"]] else "1"
        assert row["class"] == expected
        assert (row["route"], row["reason"]) == (
            ("global", "too_few_rows") if row["store"] == "tiny" else ("exact", "ok"))
    hits = sum(row["class"] == str(data[3]) for row, data in zip(rows, make_rows()[1:]))
    assert hits > 140  # of 190: it has learnt something

    summary = succeeds(folder, "inspect", model).stdout.decode()
    for text in ("segmented, binary (binary:logistic)", "store (utf8)", "color (categorical)",
                 "size (numeric)", "4 in 190 rows: 3 with their own model"):
        assert text in summary
    groups = succeeds(folder, "inspect", model, "--groups").stdout.decode()
    assert re.search(r"^Köln +60 +12 .* trained$", groups, re.MULTILINE)
    assert re.search(r"^tiny +10 +- .* too_few_rows$", groups, re.MULTILINE)
    assert succeeds(folder, "verify", model).stdout.decode().startswith(f"{model}: OK, 5 models")


@training
def test_inspect_json_has_its_shape(models):
    model = json.loads(succeeds(models, "inspect", "binary.segml", "--json").stdout)
    assert model["task"] == "binary" and model["objective"] == "binary:logistic"
    assert model["mode"] == "segmented" and model["target"] == "sold"
    assert model["classes"] == ["0", "1"] and 0 < model["threshold"] < 1
    assert model["fallback"] is True and isinstance(model["format"], int)
    assert model["artifact_bytes"] == (models / "binary.segml").stat().st_size
    assert model["options"]["folds"] == 2 and model["option_texts"]["metric"] == "loss"
    assert model["features"] == [{"name": "size", "type": "numeric"},
                                 {"name": "color", "type": "categorical"}]
    assert model["keys"] == [{"name": "store", "type": "utf8"}]
    assert model["counts"] == {"rows": 190, "groups": 4, "groups_trained": 3, "groups_failed": 0,
                               "parents": 0, "references": 0, "models": 5}
    root = json.loads(succeeds(models, "verify", "binary.segml", "--json").stdout)["root"]
    assert model["root"] == root and re.fullmatch("[0-9a-f]{64}", root)
    assert model["fallback_policy"] == "global,constant" and model["parents"] == []
    assert [group["key"] for group in model["groups"]] == [["Aachen"], ["Köln"], ['a,"b"'],
                                                           ["tiny"]]
    for group in model["groups"][:3]:
        assert group["rows"] == 60 and group["status"] == "trained" and group["message"] == ""
        assert group["rounds"] == 12 and group["params"]["max_depth"] >= 1
        assert set(group["importance"]) == {"size", "color"}
        assert math.isclose(sum(group["importance"].values()), 1, rel_tol=1e-6)
        assert 0 < group["metrics"]["log_loss"] < 2
        # 60 rows are too few for a threshold of their own.
        assert group["threshold"] == model["threshold"]
    tiny = model["groups"][3]
    assert tiny["status"] == "too_few_rows" and tiny["rounds"] == 0 and tiny["importance"] == {}
    assert tiny["threshold"] == model["global"]["threshold"]
    assert model["overall"]["rows"] == 190 and "key" not in model["overall"]
    assert set(model["global"]["importance"]) == {"size", "color", "store"}


@training
def test_out_of_fold_metrics_are_those_of_the_printed_table(models):
    model = json.loads(succeeds(models, "inspect", "binary.segml", "--json").stdout)
    text = succeeds(models, "inspect", "binary.segml", "--groups").stdout.decode()
    for line, record in (("Aachen", model["groups"][0]), ("all, as routed", model["overall"]),
                         ("global model", model["global"])):
        words = re.search(rf"^{line} (.*)$", text, re.MULTILINE)[1].split()
        metrics = record["metrics"]
        assert words[2:8] == [
            f"{metrics['log_loss_unsearched']:.4f}", f"{metrics['log_loss_unsearched_low']:.4f}",
            f"{metrics['log_loss_unsearched_high']:.4f}", f"{metrics['f1']:.3f}",
            f"{record['threshold']:.3f}", f"{metrics['f1_at_half']:.3f}"]
        for loss in ("log_loss", "log_loss_unsearched"):
            assert metrics[f"{loss}_low"] < metrics[loss] < metrics[f"{loss}_high"]


@training
def test_train_json_is_one_object_on_standard_output(folder):
    result = succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "m.segml", "--json")
    trained = json.loads(result.stdout)
    assert trained.pop("output") == "m.segml" and trained.pop("seconds") > 0
    assert trained == json.loads(succeeds(folder, "inspect", "m.segml", "--json").stdout)
    assert "store (text): 4 distinct, 1 of fewer than 30 rows" in result.stderr.decode()


@training
def test_train_tells_what_it_inferred(folder):
    result = succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "m.segml")
    told = result.stderr.decode()
    for text in ("data.csv, 190 rows", "size (numeric, ", "color (categorical, 3 values, ",
                 "positive 1", "wrote m.segml ("):
        assert text in told
    assert "\r" not in told  # no progress bar without a terminal
    assert result.stdout.decode().splitlines()[0].split() == [
        "group", "rows", "rounds", "log", "loss", "95%", "from", "to", "F1", "threshold", "F1",
        "at", ".5", "status"]


@training
def test_quiet_says_nothing(folder):
    result = succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "m.segml", "-q")
    assert result.stdout == b"" and result.stderr == b""


@training
def test_same_bytes_at_any_number_of_jobs_and_order_of_rows(folder):
    rows = make_rows()
    (folder / "other.csv").write_text(csv_text(rows[:1] + rows[:0:-1]))
    succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "a.segml", "--jobs", "1")
    succeeds(folder, "train", "other.csv", *COLUMNS, *FAST, "-o", "b.segml", "--jobs", "3")
    assert (folder / "a.segml").read_bytes() == (folder / "b.segml").read_bytes()


@training
def test_global_mode_has_one_model_for_all(folder):
    succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "m.segml", "--mode", "global")
    model = json.loads(succeeds(folder, "inspect", "m.segml", "--json").stdout)
    assert model["mode"] == "global" and model["counts"]["groups_trained"] == 0
    assert {group["status"] for group in model["groups"]} == {"global"}
    rows = table(succeeds(folder, "predict", "m.segml", "new.csv").stdout)
    assert {(row["route"], row["reason"]) for row in rows[:39]} == {("global", "ok")}
    assert (rows[39]["route"], rows[39]["reason"]) == ("global", "unseen")


@training
@pytest.mark.parametrize("kind, columns", [
    ("multiclass", ["p_high", "p_low", "p_middle", "class"]),
    ("regression", ["prediction"]), ("poisson", ["prediction"])])
def test_each_task_has_its_columns(models, kind, columns):
    rows = table(succeeds(models, "predict", f"{kind}.segml", f"{kind}.csv").stdout)
    assert list(rows[0]) == ["row", "store", *columns, "route", "reason"]
    data = make_rows(kind)[1:]
    if kind == "multiclass":
        for row in rows:
            shares = {name[2:]: float(row[name]) for name in columns[:3]}
            assert math.isclose(sum(shares.values()), 1, abs_tol=1e-5)
            assert row["class"] == max(shares, key=shares.get)
    else:
        mean = sum(row[3] for row in data) / len(data)
        error = sum((float(row["prediction"]) - cells[3]) ** 2 for row, cells in zip(rows, data))
        assert error < .8 * sum((cells[3] - mean) ** 2 for cells in data)


@training
def test_margin_is_the_prediction_before_its_link(models):
    def columns(*args):
        return table(succeeds(models, "predict", *args).stdout)

    pairs = zip(columns("binary.segml", "binary.csv"),
                columns("binary.segml", "binary.csv", "--margin"))
    for row, raw in pairs:
        assert list(raw) == ["row", "store", "margin", "route", "reason"]
        assert math.isclose(1 / (1 + math.exp(-float(raw["margin"]))), float(row["probability"]),
                            rel_tol=1e-5)
    raw = columns("multiclass.segml", "multiclass.csv", "--margin")[0]
    assert list(raw)[2:5] == ["margin_high", "margin_low", "margin_middle"]


@training
def test_append_writes_the_input_first(models, folder):
    text = succeeds(folder, "predict", models / "binary.segml", "new.csv", "--append").stdout
    rows = list(csv.reader(io.StringIO(text.decode())))
    assert rows[0] == ["store", "size", "color", "row", "store", "probability", "class", "route",
                       "reason"]
    assert [row[:3] for row in rows] == list(csv.reader(io.StringIO(NEW)))


@training
def test_predictions_are_the_bits_of_the_c_interface(models, folder):
    model = models / "binary.segml"
    rows = table(succeeds(folder, "predict", model, "new.csv").stdout)
    for cells, row in zip(table(NEW), rows):
        bits = subprocess.run([PREDICT_ONE, model, cells["store"], cells["size"], cells["color"]],
                              check=True, capture_output=True, timeout=60).stdout.decode().strip()
        assert struct.pack(">f", float(row["probability"])).hex() == bits


# ---- dialects --------------------------------------------------------------------------------

DIALECTS = {
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "every cell quoted": lambda text: "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n"
        for row in csv.reader(io.StringIO(text.decode()))).encode(),
    "no last newline": lambda text: text.rstrip(b"\n"),
    "empty lines": lambda text: text.replace(b"\n", b"\n\n"),
    "blanks around numbers": lambda text: re.sub(rb",(-?\d\.\d+),", rb", \1 ,", text),
    "gzip": gzip.compress,
    "gzip in parts": lambda text: gzip.compress(text[:300]) + gzip.compress(text[300:]),
    "xz": lzma.compress,
    "zstd": zstd_frame,
}


@training
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_predictions(models, folder, dialect):
    model = models / "binary.segml"
    expected = succeeds(folder, "predict", model, "new.csv").stdout
    (folder / "dialect").write_bytes(DIALECTS[dialect](NEW.encode()))
    assert succeeds(folder, "predict", model, "dialect").stdout == expected


@training
def test_standard_input_and_output(models, folder):
    model = models / "binary.segml"
    expected = succeeds(folder, "predict", model, "new.csv").stdout
    result = succeeds(folder, "predict", model, "-", "-o", "-", stdin=gzip.compress(NEW.encode()))
    assert result.stdout == expected
    succeeds(folder, "train", "-", *COLUMNS, *FAST, "-o", "m.segml", stdin=DATA.encode())
    assert (folder / "m.segml").read_bytes() == model.read_bytes()


@training
def test_keys_and_texts_with_newlines_survive(folder):
    text = DATA.replace("Aachen", '"Aa\nchen"').replace("red", '"r\r\ned"')
    (folder / "lines.csv").write_bytes(text.encode())
    succeeds(folder, "train", "lines.csv", *COLUMNS, *FAST, "-o", "m.segml")
    out = succeeds(folder, "predict", "m.segml", "lines.csv", "--append").stdout
    rows = list(csv.reader(io.StringIO(out.decode(), newline="")))
    assert [row[:4] for row in rows] == list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1][4:6] == ["1", "Aa\nchen"] and rows[1][-2:] == ["exact", "ok"]
    groups = succeeds(folder, "inspect", "m.segml", "--groups").stdout.decode()
    assert "Aa?chen" in groups


@training
def test_a_locale_with_decimal_commas_changes_nothing(models, folder):
    """Where the locale is not installed the environment still asks for it."""
    model = models / "binary.segml"
    german = {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    result = succeeds(folder, "predict", model, "new.csv", **german)
    assert result.stdout == succeeds(folder, "predict", model, "new.csv", LC_ALL="C").stdout
    succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "m.segml", **german)
    assert (folder / "m.segml").read_bytes() == model.read_bytes()


@training
def test_integer_keys_are_found_in_any_spelling(models, folder):
    (folder / "new.csv").write_text("store,size,color\n4711,1,red\n4711.0,1,red\n04711,1,red\n"
                                    "-3,1,red\nx,1,red\n")
    rows = table(succeeds(folder, "predict", models / "numbers.segml", "new.csv").stdout)
    assert [row["reason"] for row in rows] == ["ok", "ok", "ok", "ok", "unseen"]
    assert rows[0]["probability"] == rows[1]["probability"] == rows[2]["probability"]


# ---- signals and terminals -------------------------------------------------------------------

def listen():
    """In the child: Ctrl-C is not ignored, whatever this process was started with."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start_long_training(folder, **options):
    return subprocess.Popen([TOOL, "train", "data.csv", *COLUMNS, "--trials", "1000",
                             "--min-rows", "30", "-o", "m.segml"], cwd=folder,
                            preexec_fn=listen, stdout=subprocess.PIPE, **options)


@training
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_training_without_a_file(folder, number):
    before = snapshot(folder)
    process = start_long_training(folder, stderr=subprocess.PIPE)
    while b"search" not in process.stderr.readline():  # training has begun
        assert process.poll() is None
    time.sleep(.3)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.decode().splitlines()[-1].startswith("segml train: ")
    assert out == b"" and snapshot(folder) == before


@training
def test_a_signal_ends_waiting_for_input(folder):
    before = snapshot(folder)
    process = subprocess.Popen([TOOL, "train", "-", *COLUMNS, "-o", "m.segml"], cwd=folder,
                               preexec_fn=listen, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    assert b"interrupted" in process.stderr.read()
    process.stdin.close()
    process.stderr.close()
    assert snapshot(folder) == before


def test_a_signal_ends_what_cannot_be_asked(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    process = subprocess.Popen([TOOL, "merge", "pipe", "pipe", "-o", "m.segml"], cwd=tmp_path,
                               preexec_fn=listen)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == -signal.SIGINT
    assert os.listdir(tmp_path) == ["pipe"]


@training
def test_a_terminal_shows_progress(folder):
    master, terminal = pty.openpty()
    process = start_long_training(folder, stderr=terminal)
    os.close(terminal)
    seen = b""
    limit = time.monotonic() + 60
    while not re.search(rb"\r\[[=> ]{20}\] \d/\d groups  \d+ %.*\d workers?  ETA", seen):
        assert time.monotonic() < limit, seen
        if select.select([master], [], [], .5)[0]:
            seen += os.read(master, 4096)
    process.send_signal(signal.SIGINT)
    while process.poll() is None:  # keep the terminal's buffer empty
        if select.select([master], [], [], .2)[0]:
            try:
                seen += os.read(master, 4096)
            except OSError:
                break
    assert process.wait(timeout=60) == 130
    process.stdout.close()
    os.close(master)


# ---- usage -----------------------------------------------------------------------------------

def test_help_of_every_command(tmp_path):
    assert b"usage: segml COMMAND" in succeeds(tmp_path, "--help").stdout
    assert succeeds(tmp_path, "help").stdout == succeeds(tmp_path, "--help").stdout
    for command in ("train", "predict", "compare", "inspect", "report", "verify", "extract",
                    "patch", "prune", "merge", "diff", "sign", "version"):
        text = succeeds(tmp_path, command, "--help").stdout
        assert text.startswith(f"usage: segml {command}".encode())
        assert succeeds(tmp_path, "help", command).stdout == text


def test_version_names_library_and_engine(tmp_path):
    lines = succeeds(tmp_path, "version").stdout.decode().splitlines()
    assert re.fullmatch(r"segml \d+\.\d+\.\d+", lines[0])
    assert "training=" in lines[1] and "native=" in lines[1]
    assert lines[2].startswith("native engine") and lines[3].startswith("XGBoost")
    text = succeeds(tmp_path, "version", "--xgboost", "/nonexistent").stdout.decode()
    assert "XGBoost:" in text


@training
def test_version_names_the_kernel_of_this_machine(tmp_path):
    line = succeeds(tmp_path, "version").stdout.decode().splitlines()[2]
    assert re.fullmatch(r"native engine \d+ \((portable|avx2|avx512)\): .*256 bins.*65,535 rows.*",
                        line)


@training
def test_a_model_names_the_engine_of_each_of_its_models(tmp_path):
    (tmp_path / "data.csv").write_text(DATA)
    base = ["train", "data.csv", *COLUMNS, *FAST, "--xgboost", "/nonexistent", "-q"]
    succeeds(tmp_path, *base, "-o", "bins.segml")
    model = json.loads(succeeds(tmp_path, "inspect", "--json", "bins.segml").stdout)
    assert re.fullmatch(r"native \d+ \(hist\)", model["engine"])
    engines = {group["engine"] for group in model["groups"] if group["status"] == "trained"}
    assert engines == {model["engine"]}
    assert {group["engine"] for group in model["groups"] if group["status"] != "trained"} <= {None}
    assert model["overall"]["engine"] is None
    assert model["option_texts"]["engine"] == "auto"
    assert b"(hist)\n" not in succeeds(tmp_path, "inspect", "--groups", "bins.segml").stdout

    exact = ["--drop", "color", "--tree-method", "exact", "--monotone", "size=1",
             "--engine", "native:portable"]
    succeeds(tmp_path, *base, *exact, "-o", "exact.segml")
    model = json.loads(succeeds(tmp_path, "inspect", "--json", "exact.segml").stdout)
    assert model["engine"].endswith(" (exact)") and model["global"]["engine"].endswith(" (hist)")
    assert model["option_texts"]["engine"] == "native"
    assert model["option_texts"]["tree_method"] == "exact"
    assert model["options"]["monotone.size"] == 1
    text = succeeds(tmp_path, "inspect", "exact.segml").stdout.decode()
    assert re.search(r"global model .* by native \d+ \(hist\)\n", text)


@pytest.mark.parametrize("args, needles", [
    ([], ["a command is missing"]), (["fly"], ["'fly'"]), (["train", "--wings"], ["'--wings'"]),
    (["train", "d.csv", "--trials", "many"], ["--trials", "'many'"]),
    (["train", "d.csv", "-g", "a", "-o", "m"], ["--target"]),
    (["train", "d.csv", "-g", "a", "-t", "b", "-o", "m", "--mode", "both"], ["--mode", "'both'"]),
    (["predict", "m.segml"], ["predict needs"]), (["verify", "a", "b"], ["'b'"]),
    (["inspect", "m", "--margin"], ["--margin", "inspect"]), (["help", "fly"], ["'fly'"])])
def test_wrong_usage_is_exit_code_2(tmp_path, args, needles):
    result = run(tmp_path, *args)
    assert result.returncode == 2
    first = result.stderr.decode().splitlines()[0]
    assert first.startswith("segml") and all(needle in first for needle in needles)


def test_a_missing_model_is_exit_code_5(tmp_path):
    for command in (["inspect"], ["verify"]):
        refuses(tmp_path, 5, ["none.segml"], *command, "none.segml")


@pytest.mark.untrained
def test_a_build_without_training_says_so(tmp_path):
    (tmp_path / "data.csv").write_text(DATA)
    refuses(tmp_path, 6, ["training"], "train", "data.csv", *COLUMNS, "-o", "m.segml")

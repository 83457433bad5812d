# SPDX-License-Identifier: Apache-2.0
"""The command-line tool from outside: what it writes, what it refuses, and how it ends.

SEGML_TOOL is the path of the tool, SEGML_PREDICT_ONE that of a small program which asks the C
interface. Every failure is checked the same way: the exit code, what the message names, and
that no file appeared or changed.
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
import random
import re
import select
import signal
import struct
import subprocess
import time

import pytest

TOOL = os.environ["SEGML_TOOL"]
PREDICT_ONE = os.environ["SEGML_PREDICT_ONE"]
FAST = ["--trials", "2", "--folds", "2", "--param", "rounds=12", "--min-rows", "30"]

training = pytest.mark.training  # needs a build with training


# ---- running ---------------------------------------------------------------------------------

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


# ---- data ------------------------------------------------------------------------------------

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


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Models that tests only read, by kind."""
    folder = tmp_path_factory.mktemp("models")
    for kind in ("binary", "multiclass", "regression", "poisson"):
        (folder / f"{kind}.csv").write_text(csv_text(make_rows(kind)))
        succeeds(folder, "train", f"{kind}.csv", *COLUMNS, *FAST, "-o", f"{kind}.segml",
                 "--objective", kind)
    (folder / "strict.csv").write_text(DATA)
    succeeds(folder, "train", "strict.csv", *COLUMNS, *FAST, "-o", "strict.segml", "--no-fallback")
    (folder / "numbers.csv").write_text(DATA.replace("Aachen", "4711").replace("Köln", "12")
                                        .replace('"a,""b"""', "-3").replace("tiny", "5"))
    succeeds(folder, "train", "numbers.csv", *COLUMNS, *FAST, "-o", "numbers.segml")
    return folder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data.csv").write_text(DATA)
    (tmp_path / "new.csv").write_text(NEW)
    return tmp_path


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
    assert [row["class"] for row in out] == ["yes" if p[0] >= .375 else "no" for p in predictions]
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
    for row in rows:
        expected = "0" if float(row["probability"]) < .5 else "1"
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
    assert model["classes"] == ["0", "1"] and model["threshold"] == .5
    assert model["fallback"] is True and isinstance(model["format"], int)
    assert model["artifact_bytes"] == (models / "binary.segml").stat().st_size
    assert model["options"]["folds"] == 2
    assert model["features"] == [{"name": "size", "type": "numeric"},
                                 {"name": "color", "type": "categorical"}]
    assert model["keys"] == [{"name": "store", "type": "utf8"}]
    assert model["counts"] == {"rows": 190, "groups": 4, "groups_trained": 3, "groups_failed": 0,
                               "models": 5}
    assert [group["key"] for group in model["groups"]] == [["Aachen"], ["Köln"], ['a,"b"'],
                                                           ["tiny"]]
    for group in model["groups"][:3]:
        assert group["rows"] == 60 and group["status"] == "trained" and group["message"] == ""
        assert group["rounds"] == 12 and group["params"]["max_depth"] >= 1
        assert set(group["importance"]) == {"size", "color"}
        assert math.isclose(sum(group["importance"].values()), 1, rel_tol=1e-6)
        assert 0 < group["metrics"]["log_loss"] < 2
    tiny = model["groups"][3]
    assert tiny["status"] == "too_few_rows" and tiny["rounds"] == 0 and tiny["importance"] == {}
    assert model["overall"]["rows"] == 190 and "key" not in model["overall"]
    assert set(model["global"]["importance"]) == {"size", "color", "store"}


@training
def test_out_of_fold_metrics_are_those_of_the_printed_table(models):
    model = json.loads(succeeds(models, "inspect", "binary.segml", "--json").stdout)
    text = succeeds(models, "inspect", "binary.segml", "--groups").stdout.decode()
    for line, record in (("Aachen", model["groups"][0]), ("all, as routed", model["overall"]),
                         ("global model", model["global"])):
        words = re.search(rf"^{line} (.*)$", text, re.MULTILINE)[1].split()
        assert words[2] == f"{record['metrics']['log_loss']:.4f}"
        assert words[4] == f"{record['metrics']['f1']:.3f}"


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
        "group", "rows", "rounds", "log", "loss", "s.e.", "F1", "ROC", "AUC", "status"]


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

def zstd_frame(data):
    """A zstd frame of raw blocks (RFC 8878), so that no compressor is needed."""
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    for at in range(0, len(data), 100000):
        block = data[at:at + 100000]
        last = at + 100000 >= len(data)
        frame += (len(block) << 3 | last).to_bytes(3, "little") + block
    return frame


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


# ---- bad data in training --------------------------------------------------------------------

HEADER = "store,size,color,sold\n"


def broken(row, column, cell):
    """The data with one cell replaced; rows count from 1."""
    rows = [list(cells) for cells in make_rows()]
    rows[row][column] = cell
    return csv_text(rows)


def with_targets(values):
    """The data with other targets, in turn."""
    rows = make_rows()
    for i, cells in enumerate(rows[1:]):
        cells[3] = values[i % len(values)]
    return csv_text(rows)


def weighted(weight):
    rows = make_rows()
    return csv_text([rows[0] + ["w"]] + [cells + [weight if i == 16 else "1"]
                                         for i, cells in enumerate(rows[1:])])


BAD_TRAINING = {
    "no such target": (DATA, ["--target", "price"], 3, ["--target", "'price'", "store, size"]),
    "no such group": (DATA, ["--group", "shop"], 3, ["--group", "'shop'"]),
    "no such feature": (DATA, ["--features", "size,weight"], 3, ["--features", "'weight'"]),
    "no such weight": (DATA, ["--weight", "w"], 3, ["--weight", "'w'"]),
    "target among features": (DATA, ["--features", "size,sold"], 2, ["'sold'", "the target"]),
    "group among features": (DATA, ["--features", "size,store"], 2, ["'store'", "a group column"]),
    "duplicate names": (DATA.replace("color", "size", 1), [], 3, ["columns 2 and 3", "'size'"]),
    "empty name": (DATA.replace("color", "", 1), [], 3, ["column 3 has no name"]),
    "short row": (DATA + "Bonn,1\n", [], 3, ["row 191 has 2 cells", "the header has 4"]),
    "long row": (DATA + "Bonn,1,2,3,4\n", [], 3, ["row 191 has 5 cells"]),
    "empty file": ("", [], 3, ["data.csv", "empty"]),
    "no rows": (HEADER, [], 3, ["no data rows"]),
    "open quote": (HEADER + 'a,1,"red,1\nb,2,blue,0\n', [], 3, ["row 1, column 3", "never closed"]),
    "stray quote": (DATA + 'Bonn,1,re"d,1\n', [], 3, ["row 191, column 3", "a quote"]),
    "stray cell": (broken(17, 1, "12,5"), [], 3, ["row 17", "'size'", "'12,5'", "--categorical"]),
    "infinite feature": (broken(17, 1, "inf"), [], 3, ["row 17", "'size'", "'inf'"]),
    "huge feature": (broken(17, 1, "-1e60"), [], 3, ["row 17", "'size'", "'-1e60'"]),
    "missing label": (broken(17, 3, ""), [], 3, ["row 17", "'sold'", "label is missing"]),
    "missing class": (with_targets(["a", "b", ""]), [], 3, ["row 3", "'sold'", "missing"]),
    "infinite label": (broken(17, 3, "-inf"), [], 3, ["row 17", "'sold'", "'-inf'"]),
    "stray label": (broken(17, 3, "yes"), [], 3, ["row 17", "'sold'", "'yes'"]),
    "text for a regression": (with_targets(["low", "high"]), ["--objective", "regression"], 3,
                              ["row 1", "'sold'", "'low'", "regression"]),
    "negative count": (broken(17, 3, "-2"), ["--objective", "poisson"], 3, ["row 17", "-2"]),
    "three classes for two": (with_targets([0, 1, 2]), ["--objective", "binary"], 3, ["binary"]),
    "fractions as classes": (with_targets([.5, 1, 2]), ["--objective", "multiclass"], 3, ["0.5"]),
    "ambiguous target": (with_targets([1, 2, 3, 4]), [], 2, ["multiclass", "regression"]),
    "too many classes": (with_targets([f"c{i}" for i in range(120)]), [], 3,
                         ["row 1", "'sold'", "'c0'", "100"]),
    "one class only": (with_targets([1]), [], 3, ["sold"]),
    "unknown positive": (DATA, ["--positive", "maybe"], 2, ["maybe"]),
    "negative weight": (weighted("-2"), ["-w", "w", "--features", "size"], 3,
                        ["row 17", "'w'", "'-2'", "negative"]),
    "missing weight": (weighted(""), ["-w", "w"], 3, ["row 17", "'w'", "missing"]),
    "unknown parameter": (DATA, ["--param", "speed=2"], 2, ["speed"]),
    "parameter out of range": (DATA, ["--param", "subsample=2"], 2, ["subsample"]),
    "not UTF-8": (DATA.replace("Köln", "K\udcf6ln"), [], 3, ["row 61", "'store'", "\\xF6"]),
    "NUL": (DATA + "Bonn,1,r\0d,1\n", [], 3, ["row 191, column 3", "NUL"]),
    "UTF-16": ("\udcff\udcfea\0", [], 3, ["UTF-16"]),
    "XGBoost missing": (DATA, ["--xgboost", "/nonexistent"], 6, ["/nonexistent"]),
    "no such file": (None, [], 5, ["data.csv", "No such file"]),
}


@training
@pytest.mark.parametrize("case", BAD_TRAINING)
def test_bad_training_data_are_refused(tmp_path, case):
    text, extra, code, needles = BAD_TRAINING[case]
    if text is not None:
        (tmp_path / "data.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    columns = COLUMNS if not {"--target", "--group"} & set(extra) else \
        ["--target", "sold"] if "--group" in extra else ["--group", "store"]
    refuses(tmp_path, code, needles, "train", "data.csv", *columns, *FAST, *extra, "-o", "m.segml")


@training
@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstd_frame])
def test_damaged_packed_data_are_refused(tmp_path, pack):
    (tmp_path / "data").write_bytes(pack(DATA.encode())[:-200])
    refuses(tmp_path, 4, ["data: damaged"], "train", "data", *COLUMNS, "-o", "m.segml")


@training
def test_a_folder_as_data_is_refused(tmp_path):
    refuses(tmp_path, 5, ["cannot read", "directory"], "train", ".", *COLUMNS, "-o", "m.segml")


# ---- places of output ------------------------------------------------------------------------

PLACES = {
    "exists": ("old.txt", ["old.txt", "exists", "--force"]),
    "device": ("/dev/null", ["/dev/null", "regular"]),
    "folder": ("sub", ["sub", "regular"]),
    "no folder": ("none/x", ["none/x", "No such file"]),
    "no right": ("/proc/x.out", ["/proc/x.out"]),
}


@training
@pytest.mark.parametrize("command", ["train", "predict"])
@pytest.mark.parametrize("place", PLACES)
def test_output_that_cannot_be_written_is_refused(models, folder, command, place):
    path, needles = PLACES[place]
    (folder / "old.txt").write_text("keep")
    (folder / "sub").mkdir()
    args = ["data.csv", *COLUMNS, *FAST] if command == "train" else \
        [models / "binary.segml", "new.csv"]
    refuses(folder, 5, needles, command, *args, "-o", path)


@training
def test_output_is_checked_before_the_data_are_read(folder):
    (folder / "old.segml").write_text("keep")
    refuses(folder, 5, ["old.segml"], "train", "no-such.csv", *COLUMNS, "-o", "old.segml")


@training
def test_force_replaces_a_file_but_no_device(models, folder):
    (folder / "out").write_text("old")
    succeeds(folder, "predict", models / "binary.segml", "new.csv", "-o", "out", "--force")
    assert (folder / "out").read_text().startswith("row,store,")
    succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "out", "--force")
    assert (folder / "out").read_bytes() == (models / "binary.segml").read_bytes()
    refuses(folder, 5, ["/dev/null"], "predict", models / "binary.segml", "new.csv", "-o",
            "/dev/null", "--force")


@training
def test_a_full_disk_behind_standard_output_is_told(models, folder):
    model = models / "binary.segml"
    for args in (["predict", model, "new.csv"], ["inspect", model],
                 ["train", "data.csv", *COLUMNS, *FAST, "-o", "m.segml"]):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([TOOL, *map(str, args)], cwd=folder, stdout=full,
                                    stderr=subprocess.PIPE, timeout=120)
        assert result.returncode == 5
        assert b"standard output: cannot write: No space left" in result.stderr
    assert not (folder / "m.segml").exists()


@training
def test_a_closed_pipe_is_told(models, folder):
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([TOOL, "predict", models / "binary.segml", "new.csv"], cwd=folder,
                            stdout=writer, stderr=subprocess.PIPE, timeout=120)
    os.close(writer)
    assert result.returncode == 5 and b"Broken pipe" in result.stderr


# ---- bad data in prediction ------------------------------------------------------------------

BAD_ROWS = {
    "missing feature": ("store,color\na,red\n", 3, ["1 column", "'size'"]),
    "missing columns": ("x,y\n1,2\n", 3, ["3 columns", "'store'", "'size'", "'color'"]),
    "missing key": ("size,color\n1,red\n", 3, ["'store'"]),
    "text in a number": ("store,size,color\nAachen,1,red\nKöln,big,red\n", 3,
                         ["row 2", "'size'", "'big'"]),
    "ragged": ("store,size,color\nAachen,1\n", 3, ["row 1 has 2 cells"]),
    "no rows": ("store,size,color\n", 3, ["no data rows"]),
    "empty": ("", 3, ["empty"]),
    "duplicate names": ("store,size,color,size\na,1,red,2\n", 3, ["2 and 4", "'size'"]),
    "key not UTF-8": ("store,size,color\nK\udcf6ln,1,red\n", 3, ["row 1", "'store'"]),
    "no such file": (None, 5, ["rows.csv", "No such file"]),
}


@training
@pytest.mark.parametrize("case", BAD_ROWS)
def test_bad_rows_are_refused(models, tmp_path, case):
    text, code, needles = BAD_ROWS[case]
    if text is not None:
        (tmp_path / "rows.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    for output in (["-o", "out.csv"], []):
        result = refuses(tmp_path, code, needles, "predict", models / "binary.segml", "rows.csv",
                         *output)
        assert result.stdout == b""


@training
def test_extra_columns_are_remarked_unless_they_are_the_target(models, folder):
    (folder / "more.csv").write_text("note,sold,store,size,color\nx,1,Aachen,1,red\n")
    result = succeeds(folder, "predict", models / "binary.segml", "more.csv")
    assert result.stderr.decode() == "segml predict: not used: 'note'\n"
    assert succeeds(folder, "predict", models / "binary.segml", "more.csv", "-q").stderr == b""


@training
def test_missing_and_unknown_cells_are_missing(models, folder):
    (folder / "gaps.csv").write_text("store,size,color\nAachen,,\nAachen,NA,mauve\nAachen,?,?\n")
    rows = table(succeeds(folder, "predict", models / "binary.segml", "gaps.csv", "--na",
                          "?").stdout)
    assert len({row["probability"] for row in rows}) == 1
    assert rows[0]["probability"] != ""


@training
def test_rows_without_a_model_are_empty_and_remarked(models, folder):
    result = succeeds(folder, "predict", models / "strict.segml", "new.csv", "-o", "out.csv",
                      code=1)
    assert b"2 of 41 rows have no model, the first is row 40 with key 'Bonn'" in result.stderr
    rows = table((folder / "out.csv").read_text())
    assert rows[39] == {"row": "40", "store": "Bonn", "probability": "", "class": "",
                        "route": "none", "reason": "unseen"}
    assert rows[40]["reason"] == "null_key"
    assert all(row["probability"] for row in rows[:39])


@training
def test_strict_refuses_rows_without_a_model(models, folder):
    for output in (["-o", "out.csv"], []):
        result = refuses(folder, 3, ["2 of 41 rows", "'Bonn'"], "predict", models / "strict.segml",
                         "new.csv", "--strict", *output)
        assert result.stdout == b""


# ---- models that are none --------------------------------------------------------------------

@training
@pytest.mark.parametrize("command", [["inspect"], ["verify"], ["predict"]])
def test_what_is_no_model_is_refused(models, folder, command):
    def check(code, needles, name):
        rows = ["new.csv", "-o", "out.csv"] if command == ["predict"] else []
        refuses(folder, code, needles, *command, name, *rows)

    sound = (models / "binary.segml").read_bytes()
    check(4, [], "data.csv")
    check(5, ["none.segml", "No such file"], "none.segml")
    check(5, [], ".")
    (folder / "empty.segml").write_bytes(b"")
    check(4, [], "empty.segml")
    (folder / "short.segml").write_bytes(sound[:len(sound) // 2])
    check(4, [], "short.segml")


@training
def test_every_flipped_byte_is_found(models, folder):
    sound = (models / "binary.segml").read_bytes()
    for at in range(0, len(sound), len(sound) // 40):
        damaged = bytearray(sound)
        damaged[at] ^= 0x10
        (folder / "damaged.segml").write_bytes(damaged)
        result = run(folder, "verify", "damaged.segml", "--json")
        verdict = json.loads(result.stdout)
        if at == 0:
            assert result.returncode == 4 and verdict["status"] == "SEGML_E_FORMAT"
        # A flip that a reader must ignore (padding) may pass; then nothing may have changed.
        assert result.returncode in (0, 4, 6), verdict
        assert verdict["ok"] is (result.returncode == 0)
        if verdict["ok"]:
            assert succeeds(folder, "predict", "damaged.segml", "new.csv").stdout == \
                succeeds(folder, "predict", models / "binary.segml", "new.csv").stdout


@training
def test_verify_json_of_a_sound_model(models):
    verdict = json.loads(succeeds(models, "verify", "binary.segml", "--json").stdout)
    assert verdict == {"file": "binary.segml", "ok": True, "status": "SEGML_OK", "format": 0,
                       "counts": {"rows": 190, "groups": 4, "groups_trained": 3,
                                  "groups_failed": 0, "models": 5}}


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
    for command in ("train", "predict", "inspect", "verify", "version"):
        text = succeeds(tmp_path, command, "--help").stdout
        assert text.startswith(f"usage: segml {command}".encode())
        assert succeeds(tmp_path, "help", command).stdout == text


def test_every_option_is_in_the_manual_page(tmp_path):
    source = pathlib.Path(__file__).parents[2] / "bindings/cli/segml.1.scd"
    page = source.read_text()
    for command in ("train", "predict", "inspect", "verify", "version"):
        text = succeeds(tmp_path, "help", command).stdout.decode()
        options = set(re.findall(r"--[a-z-]+", text))
        assert options or command == "help"
        for option in options - {"--help"}:
            assert re.search(rf"{option}\b", page), option


def test_version_names_library_and_engine(tmp_path):
    lines = succeeds(tmp_path, "version").stdout.decode().splitlines()
    assert re.fullmatch(r"segml \d+\.\d+\.\d+", lines[0])
    assert "training=" in lines[1] and "XGBoost" in lines[2]
    text = succeeds(tmp_path, "version", "--xgboost", "/nonexistent").stdout.decode()
    assert "XGBoost:" in text


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

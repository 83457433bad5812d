# SPDX-License-Identifier: Apache-2.0
"""What the command-line tool refuses: data, models, places to write."""

import gzip
import json
import lzma
import os
import subprocess

import pytest

from tool import (COLUMNS, DATA, FAST, TOOL, csv_text, make_rows, refuses, run, succeeds, table,
                  training, zstd_frame)


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
    "XGBoost missing": (DATA, ["--engine", "xgboost", "--xgboost", "/nonexistent"], 6,
                        ["/nonexistent"]),
    "XGBoost needed": (DATA, ["--param", "max_bin=300", "--xgboost", "/nonexistent"], 6,
                       ["max_bin 300", "XGBoost is needed", "/nonexistent"]),
    "not covered": (DATA, ["--engine", "native", "--param", "max_bin=300"], 6, ["max_bin 300"]),
    "categories without bins": (DATA, ["--tree-method", "exact"], 6, ["color", "use hist"]),
    "no such constraint": (DATA, ["--monotone", "weight=1"], 2, ["weight", "no such feature"]),
    "steep constraint": (DATA, ["--monotone", "size=3"], 2, ["size = 3"]),
    "categorical constraint": (DATA, ["--monotone", "color=1"], 2, ["color = 1", "categorical"]),
    "constraint twice": (DATA, ["--monotone", "size=1", "--monotone", "size=-1"], 2,
                         ["size = -1", "twice"]),
    "weight of numbers": (with_targets([.5, 1.5, 2.5]), ["--param", "scale_pos_weight=2"], 2,
                          ["scale_pos_weight", "regression"]),
    "no such file": (None, [], 5, ["data.csv", "No such file"]),
}


@training
def test_huge_counts_do_not_stop_other_groups(tmp_path):
    """Hessians are as large as counts, and so are min_child_weight and reg_lambda."""
    rows = "".join(f"{store},{i % 20},{i % 20 if store == 'calm' else 10**37 * (5 + i % 6)}\n"
                   for store in ("calm", "huge") for i in range(100))
    (tmp_path / "data.csv").write_text("store,size,sold\n" + rows)
    for engine in ("native", "xgboost"):
        said = succeeds(tmp_path, "train", "data.csv", *COLUMNS, *FAST, "--objective", "poisson",
                        "--engine", engine, "--json", "-f", "-o", "m.segml")
        groups = json.loads(said.stdout)["groups"]
        assert [group["status"] for group in groups] == ["trained", "trained"]


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
    size = (models / "binary.segml").stat().st_size
    assert len(verdict.pop("root")) == 64 and verdict.pop("unpacked") > size
    members = verdict["counts"].pop("members")
    assert members >= 9  # README, two manifests, five models, the history
    assert verdict == {"file": "binary.segml", "ok": True, "status": "SEGML_OK", "format": 1,
                       "index": True, "history": True, "signed": False, "bytes": size,
                       "counts": {"rows": 190, "groups": 4, "groups_trained": 3,
                                  "groups_failed": 0, "parents": 0, "references": 0, "models": 5}}

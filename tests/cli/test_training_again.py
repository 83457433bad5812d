# SPDX-License-Identifier: Apache-2.0
"""Training that goes on after a crash, is done again for what changed, or is shared out."""

import hashlib
import json
import random
import re
import signal
import subprocess
import time

import pytest

from tool import COLUMNS, TOOL, csv_text, make_rows, refuses, succeeds, training

QUICK = [*COLUMNS, "--folds", "2", "--min-rows", "30", "--trials", "2", "--param", "rounds=12"]


@pytest.fixture(name="whole")
def fixture_whole(folder):
    """The bytes of a training that nothing happened to."""
    succeeds(folder, "train", "data.csv", *QUICK, "-o", "whole.segml", "-q")
    return (folder / "whole.segml").read_bytes()


def train(folder, *args, data="data.csv", out="m.segml", **options):
    """Trains, and returns what it said and the file's bytes."""
    result = succeeds(folder, "train", data, *QUICK, "-o", out, *args, **options)
    return result.stderr.decode(), (folder / out).read_bytes()


def change(folder, name, edit):
    """A copy of the data with other rows."""
    (folder / name).write_text(csv_text(edit(make_rows())))
    return name


# ---- --resume --------------------------------------------------------------------------------

@training
def test_resume_leaves_the_model_alone_behind(folder, whole):
    said, model = train(folder, "--resume")
    assert model == whole
    assert "journal" not in said
    assert not (folder / "m.segml.journal").exists()


@training
def test_a_killed_training_goes_on_until_it_is_done(folder):
    rows = [row[:] for row in make_rows()]
    data = change(folder, "many.csv", lambda _: [rows[0]] + [
        [f"{row[0]}{copy}", *row[1:]] for copy in range(8) for row in rows[1:]])
    command = ["train", data, *COLUMNS, "--folds", "3", "--min-rows", "30", "--trials", "12"]
    began = time.monotonic()
    succeeds(folder, *command, "-o", "whole.segml", "-q")
    seconds = time.monotonic() - began
    draw = random.Random(5)
    finished = kills = 0
    while kills < 20:
        with subprocess.Popen([TOOL, *command, "-o", "m.segml", "--resume"], cwd=folder,
                              stderr=subprocess.PIPE) as process:
            time.sleep(draw.uniform(.05, .3) * seconds)
            process.send_signal(signal.SIGKILL)
            said = process.stderr.read().decode()
        if process.returncode == 0:
            break
        kills += 1
        assert not (folder / "m.segml").exists()
        found = re.search(r"journal m\.segml\.journal: (\d+) of 25 models are finished", said)
        if found:
            assert int(found[1]) >= finished  # nothing that was finished is lost
            finished = int(found[1])
    assert kills > 1
    if not (folder / "m.segml").exists():
        succeeds(folder, *command, "-o", "m.segml", "--resume")
    assert (folder / "m.segml").read_bytes() == (folder / "whole.segml").read_bytes()
    assert not (folder / "m.segml.journal").exists()


@training
def test_an_interrupted_training_says_where_it_goes_on(folder):
    with subprocess.Popen([TOOL, "train", "data.csv", *COLUMNS, "--folds", "2", "--min-rows", "30",
                           "--trials", "3000", "-o", "m.segml", "--resume"], cwd=folder,
                          stderr=subprocess.PIPE) as process:
        while not (folder / "m.segml.journal").exists():
            time.sleep(.01)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
    assert process.returncode == 130
    assert "finished models are kept in m.segml.journal" in said
    assert not (folder / "m.segml").exists()


def stop_with_journal(folder):
    """Leaves a journal that has a setting."""
    with subprocess.Popen([TOOL, "train", "data.csv", *QUICK, "--trials", "3000", "-o",
                           "m.segml", "--resume"], cwd=folder,
                          stderr=subprocess.DEVNULL) as process:
        while not (folder / "m.segml.journal").exists() or \
                (folder / "m.segml.journal").stat().st_size == 0:
            time.sleep(.01)
        process.kill()


@training
@pytest.mark.parametrize("args, needle", [
    (["--trials", "3000", "--seed", "5"], "seed is 5 here and 0 in the journal"),
    (["--trials", "2999"], "trials is 2999 here and 3000 in the journal"),
    (["--trials", "3000", "--drop", "color"], "number of features is 1 here and 2"),
    (["--trials", "3000", "--mode", "global"], "mode is global here and segmented"),
])
def test_a_journal_of_another_training_is_refused(folder, args, needle):
    stop_with_journal(folder)
    refuses(folder, 3, ["m.segml.journal", needle, "remove the file"], "train", "data.csv", *QUICK,
            *args, "-o", "m.segml", "--resume")


@training
def test_a_journal_of_other_data_is_refused(folder):
    stop_with_journal(folder)
    data = change(folder, "other.csv",
                  lambda rows: rows[:-1] + [[*rows[-1][:1], "9", *rows[-1][2:]]])
    refuses(folder, 3, ["m.segml.journal", "the rows are not those of the journal"], "train", data,
            *QUICK, "--trials", "3000", "-o", "m.segml", "--resume")


@training
def test_something_else_in_place_of_a_journal_stays(folder):
    (folder / "m.segml.journal").write_text("store,size\n")
    refuses(folder, 4, ["m.segml.journal", "not a journal"], "train", "data.csv", *QUICK, "-o",
            "m.segml", "--resume")


@training
def test_a_read_only_folder_is_told_before_training(folder):
    """One that root cannot write to either."""
    refuses(folder, 5, ["/proc/m.segml"], "train", "data.csv", *QUICK, "-o", "/proc/m.segml",
            "--resume")


# ---- --reuse ---------------------------------------------------------------------------------

@training
def test_unchanged_data_trains_nothing(folder, whole):
    said, model = train(folder, "--reuse", "whole.segml")
    assert "reused 4 of 4 models\n" in said
    assert model == whole


def append(rows):
    """One row more for Aachen, with a color that is new and the last in order."""
    return rows + [["Aachen", "0.25", "white", "1"]]


@training
def test_what_changed_is_trained_and_new_texts_follow(folder, whole):
    assert whole
    data = change(folder, "next.csv", append)
    said, model = train(folder, "--reuse", "whole.segml", data=data)
    _, plain = train(folder, data=data, out="plain.segml")
    assert "reused 2 of 4 models; the global models are trained again" in said
    assert model == plain


@training
def test_columns_types_and_texts_are_taken_over(folder, whole):
    """Of one group that lacks texts, whose categories would get other codes by themselves."""
    assert whole
    rows = make_rows()
    few = [rows[0] + ["extra"]] + [[*row, "x"] for row in rows if row[0] == "Aachen"
                                   and row[2] != "blue, dark"]
    data = change(folder, "few.csv", lambda _: few)
    train(folder, "--reuse", "whole.segml", data=data)
    model = json.loads(succeeds(folder, "inspect", "m.segml", "--json").stdout)
    assert [feature["name"] for feature in model["features"]] == ["size", "color"]
    old = json.loads(succeeds(folder, "inspect", "whole.segml", "--json").stdout)
    assert model["features"] == old["features"]


@training
def test_the_positive_class_is_taken_over(folder):
    train(folder, "--positive", "0", out="old.segml")
    said, _ = train(folder, "--reuse", "old.segml")
    assert "positive 0" in said and "reused 4 of 4" in said


@training
@pytest.mark.parametrize("args, needle", [
    (["--trials", "3"], "trials is 3 here and 2 in the model to reuse"),
    (["--positive", "0"], "negative class is 1 here and 0 in the model to reuse"),
])
def test_other_options_are_refused(folder, whole, args, needle):
    assert whole
    refuses(folder, 3, [needle], "train", "data.csv", *QUICK, *args, "--reuse", "whole.segml", "-o",
            "m.segml")


@training
def test_a_missing_feature_is_refused(folder, whole):
    assert whole
    refuses(folder, 3, ["'color'", "whole.segml"], "train", "data.csv", *QUICK, "--drop", "color",
            "--reuse", "whole.segml", "-o", "m.segml")


@training
def test_text_in_a_column_of_numbers_is_refused(folder, whole):
    assert whole
    data = change(folder, "text.csv", lambda rows: [rows[0]] + [[row[0], "big", *row[2:]]
                                                                for row in rows[1:]])
    refuses(folder, 3, ["'size'", "'big'", "row 1"], "train", data, *QUICK, "--reuse",
            "whole.segml", "-o", "m.segml")


@training
def test_a_model_without_what_reuse_needs_is_refused(folder, whole):
    _, small = train(folder, "--no-reusable", out="small.segml")
    assert len(small) < len(whole)
    refuses(folder, 3, ["training.bin"], "train", "data.csv", *QUICK, "--reuse", "small.segml",
            "-o", "m.segml")


@training
def test_a_file_packed_again_by_tar_can_be_reused(folder, whole):
    (folder / "unpacked").mkdir()
    subprocess.run(["tar", "--zstd", "-xf", "whole.segml", "-C", "unpacked"], cwd=folder,
                   check=True)
    subprocess.run(["tar", "--zstd", "-cf", "again.segml", "-C", "unpacked", "."], cwd=folder,
                   check=True)
    said, model = train(folder, "--reuse", "again.segml")
    assert "reused 4 of 4 models" in said
    assert model == whole


def digest(content):
    return hashlib.sha256(content).hexdigest()


@training
def test_a_model_that_was_put_in_the_place_of_another_is_trained_again(folder, whole):
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", "whole.segml", "-C", unpacked], cwd=folder, check=True)
    lines = [json.loads(line) for line in (unpacked / "groups.jsonl").read_text().splitlines()]
    one, other = [line for line in lines if "digest" in line][:2]
    models = {digest(path.read_bytes()): path for path in unpacked.glob("groups/*/model.ubj")}
    models[one["digest"]].write_bytes(models[other["digest"]].read_bytes())
    groups = (unpacked / "groups.jsonl").read_bytes()
    changed = groups.replace(one["digest"].encode(), other["digest"].encode())
    (unpacked / "groups.jsonl").write_bytes(changed)
    manifest = (unpacked / "segml.json").read_text()
    assert digest(groups) in manifest
    (unpacked / "segml.json").write_text(manifest.replace(digest(groups), digest(changed)))
    subprocess.run(["tar", "--zstd", "-cf", "again.segml", "-C", unpacked, "."], cwd=folder,
                   check=True)
    said, model = train(folder, "--reuse", "again.segml")
    assert "reused 3 of 4 models" in said
    assert model == whole


# ---- --shard and merge -----------------------------------------------------------------------

def train_parts(folder, count, *args):
    for shard in range(1, count + 1):
        succeeds(folder, "train", "data.csv", *QUICK, *args, "--shard", f"{shard}/{count}", "-o",
                 f"p{shard}.part", "-f", "-q")
    return [f"p{shard}.part" for shard in range(1, count + 1)]


@training
@pytest.mark.parametrize("args", [[], ["--mode", "global"], ["--validation", "shared"]])
def test_parts_in_any_order_are_the_whole(folder, args):
    _, whole = train(folder, *args, out="whole.segml")
    parts = train_parts(folder, 5, *args)
    for seed in range(3):
        random.Random(seed).shuffle(parts)
        succeeds(folder, "merge", *parts, "-o", "m.segml", "-f")
        assert (folder / "m.segml").read_bytes() == whole


@training
def test_a_part_is_resumed_and_reused_as_a_whole_is(folder, whole):
    for shard in "12":
        said = succeeds(folder, "train", "data.csv", *QUICK, "--shard", f"{shard}/2", "-o",
                        f"p{shard}.part", "--resume", "--reuse", "whole.segml").stderr.decode()
        assert re.search(r"reused (\d) of \1 models\n", said)
        assert f"part {shard} of 2" in said
    succeeds(folder, "merge", "p1.part", "p2.part", "-o", "m.segml")
    assert (folder / "m.segml").read_bytes() == whole


@training
def test_sets_that_are_no_whole_are_refused(folder):
    parts = train_parts(folder, 3)
    refuses(folder, 3, ["missing of 3 parts: 2"], "merge", parts[2], parts[0], "-o", "m.segml")
    refuses(folder, 3, ["part 1 of 3 is also p1.part"], "merge", *parts, "p1.part", "-o", "m.segml")
    (folder / "p2.part").write_bytes((folder / "p2.part").read_bytes()[:-1])
    refuses(folder, 4, ["p2.part", "cut off"], "merge", *parts, "-o", "m.segml")
    (folder / "p2.part").write_bytes((folder / "p1.part").read_bytes()[:8] + b"other")
    refuses(folder, 4, ["p2.part"], "merge", *parts, "-o", "m.segml")
    succeeds(folder, "train", "data.csv", *QUICK, "--seed", "3", "--shard", "2/3", "-o", "p2.part",
             "-f", "-q")
    refuses(folder, 3, ["p2.part: seed is 3 here and 0 in p1.part"], "merge", *parts, "-o",
            "m.segml")


@training
def test_a_merge_that_cannot_print_writes_no_file(folder):
    parts = train_parts(folder, 2)
    with open("/dev/full", "wb") as full:
        result = subprocess.run([TOOL, "merge", *parts, "-o", "m.segml", "--json"], cwd=folder,
                                stdout=full, stderr=subprocess.PIPE, timeout=120)
    assert result.returncode == 5
    assert b"standard output: cannot write: No space left" in result.stderr
    assert not (folder / "m.segml").exists()
    told = json.loads(succeeds(folder, "merge", *parts, "-o", "m.segml", "--json").stdout)
    assert told["groups"] == json.loads(succeeds(folder, "inspect", "m.segml",
                                                 "--json").stdout)["groups"]


@training
def test_merging_refuses_what_is_no_part(folder):
    refuses(folder, 4, ["data.csv"], "merge", "data.csv", "-o", "m.segml")
    refuses(folder, 5, ["gone.part"], "merge", "gone.part", "-o", "m.segml")
    refuses(folder, 2, ["-o is missing"], "merge", "data.csv")
    refuses(folder, 2, ["merge needs model files, or the parts"], "merge", "-o", "m.segml")
    part = train_parts(folder, 1)[0]
    refuses(folder, 2, [part, "--duplicates"], "merge", part, "-o", "m.segml", "--duplicates",
            "best")
    refuses(folder, 4, ["data.csv", "not a part"], "merge", part, "data.csv", "-o", "m.segml")


@training
@pytest.mark.parametrize("value", ["0/3", "4/3", "3", "1/0", "1/65537", "/3", "1/", "a/b",
                                   "11111111111/3", "1/3/5"])
def test_a_shard_that_cannot_be_is_refused(folder, value):
    refuses(folder, 2, ["--shard"], "train", "data.csv", *QUICK, "--shard", value, "-o", "p.part")

# SPDX-License-Identifier: Apache-2.0
"""The life of model files: extract, patch, prune, merge, diff, verify, sign.

Results are looked into by Python's tarfile behind the zstd tool, and signatures are made and
checked by openssl. What XGBoost makes of models that were taken out, tests/parity tests.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile

import pytest

from tool import COLUMNS, FAST, csv_text, make_rows, refuses, succeeds, table, training


def members(path):
    """The tar in a model file, by the zstd tool and Python: path -> content."""
    data = subprocess.run(["zstd", "-d", "-q", "-c", str(path)], check=True,
                          stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}


def groups(path):
    lines = members(path)["groups.jsonl"].decode().splitlines()
    return {tuple(record["key"]): record for record in map(json.loads, lines)}


def inspect(folder, path):
    return json.loads(succeeds(folder, "inspect", path, "--json").stdout)


def train(folder, name, rows, *extra):
    (folder / f"{name}.csv").write_text(csv_text(rows))
    succeeds(folder, "train", f"{name}.csv", *COLUMNS, *FAST, "-o", f"{name}.segml", *extra)


def of_stores(stores, seed=0):
    """Rows of the common data that are of some stores; with a seed fewer of them."""
    rows = make_rows()
    return [rows[0]] + [cells for i, cells in enumerate(rows[1:])
                        if cells[0] in stores and (seed == 0 or i % 7 != seed)]


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Model files of several stores, without and with what answers for the others."""
    folder = tmp_path_factory.mktemp("parts")
    train(folder, "a", of_stores(["Aachen", "tiny"]), "--no-fallback")
    train(folder, "b", of_stores(["Köln"]), "--no-fallback")
    train(folder, "c", of_stores(['a,"b"', "Köln"], 3), "--no-fallback")
    train(folder, "whole", make_rows())
    train(folder, "again", of_stores(["Aachen", "Köln", 'a,"b"', "tiny"], 2))
    return folder


def predictions(folder, model, rows):
    (folder / "rows.csv").write_text(csv_text(rows))
    result = table(succeeds(folder, "predict", model, "rows.csv", "--margin").stdout)
    return [row["margin"] for row in result]


# ---- extract ---------------------------------------------------------------------------------

@training
def test_extracted_models_are_the_members(folder, parts):
    model = parts / "whole.segml"
    inside = members(model)
    for args, name in ((["-g", "Aachen"], "groups/Aachen/model.ubj"),
                       (["-g", '"a,""b"""'], "groups/a%2C%22b%22/model.ubj"),
                       (["--role", "global"], "global/model.ubj"),
                       (["--role", "unseen"], "global/unseen.ubj")):
        succeeds(folder, "extract", model, *args, "-o", "m.ubj", "-f")
        assert (folder / "m.ubj").read_bytes() == inside[name]


@training
def test_json_is_json(folder, parts):
    succeeds(folder, "extract", parts / "whole.segml", "-g", "Aachen", "-o", "m.json")
    succeeds(folder, "extract", parts / "whole.segml", "-g", "Aachen", "-o", "m", "--format",
             "json")
    succeeds(folder, "extract", parts / "whole.segml", "-g", "Aachen", "-o", "x.json",
             "--format", "ubj")
    assert (folder / "m").read_bytes() == (folder / "m.json").read_bytes()
    assert (folder / "x.json").read_bytes()[:2] != (folder / "m.json").read_bytes()[:2]
    model = json.loads((folder / "m.json").read_bytes())
    assert model["learner"]["objective"]["name"] == "binary:logistic"
    trees = model["learner"]["gradient_booster"]["model"]["trees"]
    assert len(trees) == groups(parts / "whole.segml")[("Aachen",)]["rounds"]


# ---- patch and prune -------------------------------------------------------------------------

@training
def test_a_patched_group_is_the_donors_and_the_others_are_the_bases(folder, parts):
    base, donor = parts / "whole.segml", parts / "again.segml"
    result = json.loads(succeeds(folder, "patch", base, donor, "-g", "Köln", "-o", "new.segml",
                                 "--json").stdout)
    new, old, other = (members(path) for path in (folder / "new.segml", base, donor))
    for name, content in new.items():
        if name.endswith(".ubj"):
            source = other if "K%C3%B6ln" in name else old
            assert content == source[name]
    assert result["groups_changed"] == 1 and result["global"] == "kept"
    assert groups(folder / "new.segml")[("Köln",)]["rows"] == groups(donor)[("Köln",)]["rows"]
    assert "training.bin" in old and "training.bin" not in new
    assert json.loads(new["segml.json"])["overall"]["metrics"] == {}
    rows = of_stores(["Aachen"])
    assert predictions(folder, folder / "new.segml", rows) == predictions(folder, base, rows)
    rows = of_stores(["Köln"])
    assert predictions(folder, folder / "new.segml", rows) == predictions(folder, donor, rows)
    succeeds(folder, "verify", "new.segml")


@training
def test_groups_are_named_in_a_file_or_on_standard_input(folder, parts):
    (folder / "keys").write_text('Köln\n"a,""b"""\r\n')
    succeeds(folder, "prune", parts / "whole.segml", "--groups-from", "keys", "--keep",
             "-o", "kept.segml")
    assert set(groups(folder / "kept.segml")) == {("Köln",), ('a,"b"',)}
    succeeds(folder, "prune", parts / "whole.segml", "--groups-from", "-", "-g", "tiny",
             "-o", "rest.segml", stdin='Köln\n"a,""b"""'.encode())
    assert set(groups(folder / "rest.segml")) == {("Aachen",)}
    for name in ("kept", "rest"):
        remarks = succeeds(folder, "verify", f"{name}.segml")
        assert b"OK" in remarks.stdout


@training
def test_pruning_tells_what_it_leaves_out(folder, parts):
    result = succeeds(folder, "prune", parts / "whole.segml", "-g", "Köln", "--drop-history",
                      "-o", "new.segml")
    assert "history.jsonl" not in members(folder / "new.segml")
    for word in (b"global model", b"metrics", b"history", b"training"):
        assert word in result.stderr
    assert b"wrote new.segml" in result.stdout and b"1 dropped" in result.stdout
    assert inspect(folder, "new.segml")["counts"]["groups"] == 3


@training
def test_a_file_is_changed_in_place_with_force_only(folder, parts):
    shutil.copy(parts / "whole.segml", folder / "m.segml")
    refuses(folder, 5, ["m.segml", "--force"], "prune", "m.segml", "-g", "Köln", "-o", "m.segml")
    succeeds(folder, "prune", "m.segml", "-g", "Köln", "-o", "m.segml", "-f")
    assert ("Köln",) not in groups(folder / "m.segml")


@training
def test_nothing_to_prune_writes_the_same_bytes(folder, parts):
    succeeds(folder, "prune", parts / "whole.segml", "-o", "same.segml")
    assert (folder / "same.segml").read_bytes() == (parts / "whole.segml").read_bytes()


@training
def test_a_file_that_tar_packed_again_gets_its_index_back(folder, parts):
    (folder / "x").mkdir()
    subprocess.run(["tar", "--zstd", "-xf", parts / "whole.segml", "-C", folder / "x"], check=True)
    subprocess.run(["tar", "--zstd", "-cf", folder / "t.segml", "-C", folder / "x", "."],
                   check=True)
    assert b"no index" in succeeds(folder, "verify", "t.segml").stdout
    verdict = json.loads(succeeds(folder, "verify", "t.segml", "--json").stdout)
    assert not verdict["index"] and verdict["root"] is None
    succeeds(folder, "prune", "t.segml", "-o", "back.segml")
    assert (folder / "back.segml").read_bytes() == (parts / "whole.segml").read_bytes()
    assert succeeds(folder, "diff", "t.segml", parts / "whole.segml").stdout == b""


# ---- merge and diff --------------------------------------------------------------------------

@training
def test_merged_files_hold_all_groups_in_any_order(folder, parts):
    files = [parts / f"{name}.segml" for name in "abc"]
    succeeds(folder, "merge", *files, "-o", "one.segml", "--duplicates", "best")
    succeeds(folder, "merge", *files[::-1], "-o", "two.segml", "--duplicates", "best")
    assert (folder / "one.segml").read_bytes() == (folder / "two.segml").read_bytes()
    merged = groups(folder / "one.segml")
    assert set(merged) == {("Aachen",), ("Köln",), ('a,"b"',), ("tiny",)}
    best = min((groups(path)[("Köln",)] for path in files[1:]),
               key=lambda record: record["metrics"]["log_loss"])
    assert merged[("Köln",)]["digest"] == best["digest"]
    assert json.loads(succeeds(folder, "verify", "one.segml", "--json").stdout)["ok"]


@training
def test_only_groups_that_have_changed_are_said_to(folder, parts):
    told = succeeds(folder, "merge", parts / "a.segml", "-o", "same.segml").stderr
    assert b"metrics" in told and b"have changed" not in told
    told = succeeds(folder, "merge", parts / "a.segml", parts / "b.segml", "-o", "x.segml").stderr
    assert b"the groups have changed" in told


@training
def test_differences_are_told_and_exit_with_1(folder, parts):
    shutil.copy(parts / "a.segml", folder / "same.segml")
    assert succeeds(folder, "diff", parts / "a.segml", "same.segml").stdout == b""
    result = succeeds(folder, "diff", parts / "whole.segml", parts / "again.segml", code=1)
    lines = result.stdout.decode().splitlines()
    assert "! group Köln: another model" in lines and '! group "a,""b""": another model' in lines
    assert any(line.startswith("! global model") for line in lines)
    text = succeeds(folder, "diff", parts / "a.segml", parts / "b.segml", "--json", code=1).stdout
    found = [json.loads(line) for line in text.splitlines()]
    assert {"kind": "removed", "role": "group", "key": ["Aachen"]} in found
    assert {"kind": "added", "role": "group", "key": ["Köln"]} in found


# ---- sign ------------------------------------------------------------------------------------

def openssl(folder, *args):
    return subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True).stdout


@pytest.fixture
def signing(folder, parts):
    shutil.copy(parts / "a.segml", folder / "m.segml")
    for name in ("key", "other"):
        openssl(folder, "genpkey", "-algorithm", "ed25519", "-out", f"{name}.pem")
        openssl(folder, "pkey", "-in", f"{name}.pem", "-pubout", "-out", f"{name}.pub")
    root = json.loads(succeeds(folder, "verify", "m.segml", "--json").stdout)["root"]
    (folder / "message").write_bytes(b"segml signature\n" + bytes.fromhex(root))
    return folder


@training
def test_openssl_verifies_our_signature_and_we_verify_openssls(signing):
    succeeds(signing, "sign", "m.segml", "--key", "key.pem")
    assert (signing / "m.segml.sig").stat().st_size == 64
    openssl(signing, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pub", "-rawin", "-in",
            "message", "-sigfile", "m.segml.sig")
    openssl(signing, "pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "message", "-out",
            "theirs")
    result = succeeds(signing, "verify", "m.segml", "--key", "key.pub", "--signature", "theirs")
    assert b"signed" in result.stdout


@training
def test_only_what_is_signed_is_used(signing):
    succeeds(signing, "sign", "m.segml", "--key", "key.pem")
    (signing / "new.csv").write_text(csv_text([["store", "size", "color"], ["Aachen", 1, "red"]]))
    succeeds(signing, "predict", "m.segml", "new.csv", "--key", "key.pub")
    for command in (["verify", "m.segml"], ["predict", "m.segml", "new.csv"]):
        refuses(signing, 3, ["m.segml", "another key"], *command, "--key", "other.pub")
    succeeds(signing, "prune", "m.segml", "-g", "tiny", "-o", "m.segml", "-f")
    for command in (["verify", "m.segml"], ["predict", "m.segml", "new.csv"]):
        refuses(signing, 3, ["m.segml", "changed"], *command, "--key", "key.pub")


@training
def test_bad_keys_and_signatures_are_refused(signing):
    refuses(signing, 4, ["key.pub", "genpkey"], "sign", "m.segml", "--key", "key.pub")
    refuses(signing, 5, ["none.pem"], "sign", "m.segml", "--key", "none.pem")
    refuses(signing, 4, ["key.pem", "-pubout"], "verify", "m.segml", "--key", "key.pem",
            "--signature", "message")
    refuses(signing, 4, ["message", "64 bytes"], "verify", "m.segml", "--key", "key.pub",
            "--signature", "message")
    refuses(signing, 5, ["m.segml.sig"], "verify", "m.segml", "--key", "key.pub")
    refuses(signing, 5, ["message", "--force"], "sign", "m.segml", "--key", "key.pem",
            "-o", "message")
    openssl(signing, "genpkey", "-algorithm", "x25519", "-out", "x.pem")
    refuses(signing, 4, ["x.pem", "Ed25519"], "sign", "m.segml", "--key", "x.pem")


# ---- refusals --------------------------------------------------------------------------------

USAGE = [
    (["extract", "m.segml", "-o", "x"], ["--group", "--role"]),
    (["extract", "m.segml", "-o", "x", "-g", "a", "--role", "global"], ["--group", "--role"]),
    (["extract", "m.segml", "-o", "x", "-g", "a", "-g", "b"], ["one model"]),
    (["extract", "m.segml", "-g", "a"], ["-o is missing"]),
    (["extract", "m.segml", "-o", "x", "--role", "best"], ["'best'", "global, unseen"]),
    (["extract", "m.segml", "-o", "x", "-g", "a", "--format", "csv"], ["'csv'", "ubj, json"]),
    (["patch", "m.segml", "-o", "x"], ["two model files"]),
    (["prune", "m.segml", "-o", "x", "--keep"], ["--keep needs"]),
    (["merge", "m.segml"], ["-o is missing"]),
    (["merge", "-o", "x"], ["needs model files"]),
    (["merge", "m.segml", "-o", "x", "--duplicates", "newest"], ["'newest'", "equal, best, rows"]),
    (["merge", "m.segml", "-o", "x", "--global", "best"], ["'best'", "equal, rows, none"]),
    (["diff", "m.segml"], ["two model files"]),
    (["diff", "a", "b", "c"], ["'c'"]),
    (["sign", "m.segml"], ["--key is missing"]),
    (["verify", "m.segml", "--signature", "x"], ["--signature needs --key"]),
    (["sign", "m.segml", "--key", "k", "-o", "-"], ["-o -", "standard output"]),
    (["report", "m.segml", "-o", "-"], ["-o -", "standard output"]),
    (["extract", "m.segml", "-g", "a", "-o", "-"], ["-o -", "standard output"]),
    (["patch", "a.segml", "b.segml", "-o", "-"], ["-o -", "standard output"]),
    (["prune", "m.segml", "-o", "-"], ["-o -", "standard output"]),
    (["merge", "m.segml", "-o", "-"], ["-o -", "standard output"]),
    (["split", "m.segml", "--children", "c", "-o", "-"], ["-o -", "standard output"]),
    (["join", "m.segml", "-o", "-"], ["-o -", "standard output"]),
]


@pytest.mark.parametrize("args,needles", USAGE)
def test_wrong_usage_is_refused(tmp_path, args, needles):
    refuses(tmp_path, 2, needles, *args)


@training
def test_what_is_not_there_is_refused(folder, parts):
    model = parts / "whole.segml"
    refuses(folder, 3, ["no group Bonn"], "extract", model, "-g", "Bonn", "-o", "x")
    refuses(folder, 3, ["tiny", "too_few_rows"], "extract", model, "-g", "tiny", "-o", "x")
    refuses(folder, 2, ["2 keys"], "extract", model, "-g", "a,b", "-o", "x")
    refuses(folder, 2, ["stray quote"], "extract", model, "-g", '"a', "-o", "x")
    refuses(folder, 3, ["no group Bonn"], "prune", model, "-g", "Bonn", "-o", "x")
    refuses(folder, 2, ["'a,b'", "2 values, 1 are needed"], "prune", model, "-g", "a,b", "-o", "x")
    refuses(folder, 5, ["none", "No such file"], "prune", model, "--groups-from", "none",
            "-o", "x")
    refuses(folder, 3, ["tiny", "too_few_rows"], "patch", model, model, "-g", "tiny", "-o", "x")
    (folder / "empty").write_text("")
    refuses(folder, 3, ["empty"], "patch", model, model, "--groups-from", "empty", "-o", "x")
    refuses(folder, 5, ["none.segml"], "merge", model, "none.segml", "-o", "x")
    refuses(folder, 4, ["data.csv"], "diff", model, "data.csv")
    refuses(folder, 4, ["data.csv"], "verify", "data.csv")


@training
def test_what_does_not_fit_is_refused(folder, parts, models):
    refuses(folder, 3, ["task", "binary", "regression"], "merge", parts / "whole.segml",
            models / "regression.segml", "-o", "x")
    refuses(folder, 3, ["task"], "patch", parts / "whole.segml", models / "poisson.segml",
            "-o", "x")
    refuses(folder, 3, ["type of key column", "utf8", "int64"], "merge", parts / "whole.segml",
            models / "numbers.segml", "-o", "x")
    train(folder, "more", of_stores(["Köln"]), "--no-fallback", "--seed", "4")
    refuses(folder, 3, ["seed is 0", "and 4"], "merge", parts / "a.segml", "more.segml",
            "-o", "x")
    succeeds(folder, "merge", parts / "a.segml", "more.segml", "-o", "x", "--any-options")
    refuses(folder, 3, ["group Köln is in", "best"], "merge", parts / "b.segml",
            parts / "c.segml", "-o", "y")
    refuses(folder, 3, ["global models", "choose"], "merge", parts / "whole.segml",
            parts / "again.segml", "-o", "y")
    succeeds(folder, "merge", parts / "whole.segml", parts / "again.segml", "-o", "y",
             "--global", "rows", "--duplicates", "rows")


@training
def test_places_that_cannot_be_written_are_refused(folder, parts):
    model = parts / "whole.segml"
    (folder / "taken").write_text("mine")
    (folder / "dir").mkdir()
    for command in (["extract", model, "-g", "Aachen"], ["patch", model, model],
                    ["prune", model], ["merge", model], ["sign", model, "--key", "k"]):
        refuses(folder, 5, ["taken", "--force"], *command, "-o", "taken")
        refuses(folder, 5, ["dir", "not a regular file"], *command, "-o", "dir", "-f")
        refuses(folder, 5, ["/dev/null", "not a regular file"], *command, "-o", "/dev/null", "-f")
        refuses(folder, 5, ["none/x"], *command, "-o", "none/x")
    if os.geteuid() != 0:
        (folder / "dir").chmod(0o500)
        refuses(folder, 5, ["dir/x"], "prune", model, "-o", "dir/x")
        (folder / "dir").chmod(0o700)


@training
@pytest.mark.parametrize("kilobytes", [1, 4, 8])
def test_a_full_disk_leaves_the_old_file(folder, parts, kilobytes):
    """A limit on file sizes makes the write itself fail, also for the superuser."""
    (folder / "old").write_text("old")
    result = subprocess.run(
        ["bash", "-c", f"ulimit -f {kilobytes}; exec \"$@\"", "-",
         os.environ["SEGML_TOOL"], "prune", parts / "whole.segml", "-o", "old", "-f"],
        cwd=folder, capture_output=True, timeout=60)
    assert result.returncode == 5, result.stderr.decode()
    assert b"old" in result.stderr
    assert (folder / "old").read_text() == "old"
    assert not list(folder.glob(".segml*"))


@training
def test_paths_need_not_be_utf8(folder, parts):
    """JSON has to be; RFC 8259 section 8.1. What is none becomes U+FFFD."""
    odd = b"r\xffsum\xc3\xa9.segml"
    shutil.copy(parts / "a.segml", os.path.join(os.fsencode(folder), odd))
    shown = "r\ufffdsum\u00e9.segml"
    name = os.fsdecode(odd)
    verdict = json.loads(succeeds(folder, "verify", name, "--json").stdout.decode())
    assert verdict["file"] == shown and verdict["ok"]
    result = succeeds(folder, "prune", name, "-o", "x" + name, "--json")
    assert json.loads(result.stdout.decode())["file"] == "x" + shown
    result = succeeds(folder, "train", "data.csv", *COLUMNS, *FAST, "-o", "t" + name, "--json")
    assert json.loads(result.stdout.decode())["output"] == "t" + shown
    missing = os.fsdecode(b"\xff")
    verdict = json.loads(succeeds(folder, "verify", missing, "--json", code=5).stdout.decode())
    assert verdict["file"] == "\ufffd" and "No such file" in verdict["message"]


@training
def test_a_full_disk_behind_differences_is_told(folder):
    """More of them than a buffer holds."""
    rows = "".join(f"group{i},{i % 3},{i % 2}\n" for i in range(400))
    for name in ("a", "b"):
        (folder / f"{name}.csv").write_text("g,x,y\n" + rows.replace("group", name))
        succeeds(folder, "train", f"{name}.csv", "-g", "g", "-t", "y", *FAST, "--no-fallback",
                 "-o", f"{name}.segml")
    for extra in ([], ["--json"]):
        with open("/dev/full", "wb") as full:
            result = subprocess.run(
                [os.environ["SEGML_TOOL"], "diff", "a.segml", "b.segml", *extra], cwd=folder,
                stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert result.returncode == 5, result.stderr.decode()
        assert b"standard output: cannot write" in result.stderr


@training
def test_what_is_no_model_is_not_signed(signing):
    (signing / "empty").write_bytes(b"")
    for name in ("empty", "data.csv"):
        refuses(signing, 4, [name], "sign", name, "--key", "key.pem")


@training
def test_a_damaged_model_is_not_handed_on(folder, parts):
    data = bytearray((parts / "whole.segml").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "damaged.segml").write_bytes(data)
    for command in (["verify", "damaged.segml"], ["prune", "damaged.segml", "-o", "x"],
                    ["merge", "damaged.segml", "-o", "x"]):
        refuses(folder, 4, ["damaged.segml"], *command)

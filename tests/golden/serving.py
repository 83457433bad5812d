#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes artifacts of format 1 and what XGBoost predicts for them.

    python3 tests/golden/serving.py

An implementation of doc/artifact-format.md that shares no code with the library:
the tar is Python's, the frames are the zstd tool's, the models and the expected
predictions are XGBoost's. Needs xgboost (the recorded files: 3.2.0), xxhash and zstd.

The artifacts go to serving/*.segml, the expectations to serving/expected.c. Results are
recorded: run it again only if the format changes, with the same versions.
"""

import hashlib
import io
import json
import pathlib
import struct
import subprocess
import tarfile
import tempfile

import numpy as np
import xgboost as xgb
import xxhash

HERE = pathlib.Path(__file__).resolve().parent / "serving"
NAN = float("nan")
VALUES = ["blue", "green", "red"]
FEATURES = [
    {"name": "size", "type": "numeric"},
    {"name": "colour", "type": "categorical", "values": VALUES},
    {"name": "price", "type": "numeric"},
]
ROWS = np.array(
    [[0.5, 0, -1.0], [-0.25, 1, 2.5], [NAN, 2, 0.0], [1.5, NAN, -0.0], [0.0, 7, NAN],
     [-3.0, 2, 100.0]], dtype=np.float32)


def frame(content):
    """One zstd frame with content size and checksum."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return subprocess.run(["zstd", "-q", "-c", "--check", file.name], check=True,
                              stdout=subprocess.PIPE).stdout


def member(path, content):
    """A tar entry without the tar's end, in a frame."""
    info = tarfile.TarInfo(path)
    info.size = len(content)
    out = info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)
    return frame(out)


STATUSES = ["trained", "too_few_rows", "one_class", "constant_label", "failed", "global",
            "reference"]
PAGE = 16384


def encode(key):
    """The bytes of a key that are hashed."""
    out = b""
    for value in key:
        if value is None:
            out += struct.pack("<BQ", 0, 0)
        elif isinstance(value, int):
            out += struct.pack("<Bq", 1, value)
        else:
            text = value.encode()
            out += struct.pack("<BQ", 2, len(text)) + text
    return out


def key_hash(key):
    """The low and the high half."""
    number = xxhash.xxh3_128_intdigest(encode(key))
    return number % 2**64, number >> 64


def slots_of(keys):
    """The hash table of groups and parents."""
    count = 1
    while count < 2 * len(keys):
        count *= 2
    slots = [0] * (count if keys else 0)
    for number, key in enumerate(keys, 1):
        at = key_hash(key)[0] % count
        while slots[at]:
            at = (at + 1) % count
        slots[at] = number
    return slots


def key_codes(keys):
    """The position of each value among its column's distinct values, key by key."""
    columns = list(zip(*keys))
    distinct = [sorted(set(column), key=lambda v: sort_key([v])) for column in columns]
    return [distinct[k].index(value) for key in keys for k, value in enumerate(key)]


def index_frame(offset, places, groups, parents, has_codes):
    """The skippable frame. places: path -> place; groups, parents: (key, record, path)."""
    entries = groups + parents
    models = {path for _, _, path in entries}
    paths = [path for path in places if path not in models]
    members = keys = b""
    heap = "".join(paths).encode()
    at = 0
    for path in paths:
        members += places[path] + struct.pack("<IIQ", at, len(path), 0)
        at += len(path)
    for key, fields, path in entries:
        encoded = encode(key)
        keys += struct.pack("<QQ", *key_hash(key)) + places.get(path, bytes(48))
        keys += struct.pack("<QIIq", at, len(encoded), fields["rounds"], fields["rows"])
        keys += (struct.pack("<d", fields["threshold"]) if "threshold" in fields
                 else struct.pack("<Q", 0x7FF8000000000000))
        keys += struct.pack("<BB6x", 1 + STATUSES.index(fields["status"]), len(key))
        heap += encoded
        at += len(encoded)
    slots = slots_of([key for key, _, _ in entries])
    codes = key_codes([key for key, _, _ in groups]) if has_codes else []
    body = members + keys + struct.pack(f"<{len(slots)}I", *slots)
    body += struct.pack(f"<{len(codes)}I", *codes) + heap
    digests = b"".join(hashlib.sha256(body[i:i + PAGE]).digest()
                       for i in range(0, len(body), PAGE))
    size = 128 + len(digests) + len(body) + 16

    def header(root):
        return b"SEGMLIDX" + struct.pack(
            "<II32s7QI20x", 1, int(has_codes), root, offset, size, len(paths), len(groups),
            len(parents), len(slots), len(heap), len(groups[0][0]))

    root = hashlib.sha256(header(bytes(32)) + digests).digest()
    end = struct.pack("<Q", size + 8) + b"SEGMLEND"
    return struct.pack("<II", 0x184D2A57, size) + header(root) + digests + body + end


def write_artifact(name, members, groups, parents, has_codes):
    """members: path -> content, in the order of the file."""
    out = b""
    places = {}
    for path, content in members.items():
        packed = member(path, content)
        places[path] = struct.pack("<QII", len(out), len(packed), len(content))
        places[path] += hashlib.sha256(packed).digest()
        out += packed
    out += frame(bytes(1024))
    out += index_frame(len(out), places, groups, parents, has_codes)
    (HERE / name).write_bytes(out)


def escape(key):
    out = ""
    for i, value in enumerate(key):
        out += "," if i > 0 else ""
        out += "%N" if value is None else ""
        for byte in b"" if value is None else str(value).encode():
            c = chr(byte)
            plain = c.isascii() and (c.isalnum() or c in "_-") or (c == "." and out != "")
            out += c if plain else "%%%02X" % byte
    return out


def sort_key(key):
    return [(0, 0) if v is None else (1, v) if isinstance(v, int) else (2, v.encode()) for v in key]


def train(seed, objective, classes, extra=0, rounds=3):
    """A small model; extra categorical features follow the three."""
    rng = np.random.default_rng(seed)
    n = 400
    x = np.column_stack([rng.normal(size=n), rng.integers(0, 3, n), rng.normal(size=n)]
                        + [rng.integers(0, 4, n) for _ in range(extra)])
    score = x[:, 0] + (x[:, 1] == 2) - 0.5 * x[:, 2] + sum(x[:, 3 + k] for k in range(extra))
    score = score + 0.3 * rng.normal(size=n)
    x[rng.random((n, 3 + extra)) < 0.05] = NAN
    if objective == "binary:logistic":
        y = (score > np.median(score)).astype(float)
    elif objective == "multi:softprob":
        y = np.digitize(score, np.quantile(score, [1 / 3, 2 / 3])).astype(float)
    elif objective == "count:poisson":
        y = rng.poisson(np.exp(0.3 * score)).astype(float)
    else:
        y = score
    parameters = {"objective": objective, "max_depth": 2, "eta": 0.5, "nthread": 1, "seed": seed,
                  "max_cat_to_onehot": 65}
    if objective == "multi:softprob":
        parameters["num_class"] = classes
    data = xgb.DMatrix(x.astype(np.float32), y, feature_types=["q", "c", "q"] + ["c"] * extra,
                       enable_categorical=True)
    return xgb.train(parameters, data, rounds)


def predict(booster, codes, margin):
    x = np.column_stack([ROWS] + [np.full(len(ROWS), c, dtype=np.float32) for c in codes])
    data = xgb.DMatrix(x, feature_types=["q", "c", "q"] + ["c"] * len(codes),
                       enable_categorical=True)
    return np.asarray(booster.predict(data, output_margin=margin), dtype=np.float32)


def record(rows, message="", rounds=0, status=None, booster=None, threshold=None):
    out = {"rows": rows}
    if status:
        out["status"] = status
    out.update(message=message, rounds=rounds,
               params={"max_depth": 2, "learning_rate": 0.5} if booster else {},
               metrics={"log_loss": 0.25, "roc_auc": None}, content="0123456789abcdef" * 2)
    if booster:
        out["digest"] = hashlib.sha256(booster).hexdigest()
    if threshold is not None:
        out["threshold"] = threshold
    return out


class Artifact:
    def __init__(self, name, task, objective, classes, keys, **options):
        self.name, self.objective, self.classes = name, objective, classes
        self.rounds = 3
        self.manifest = {
            "format": 1, "library": "0.1.0", "engine": "xgboost " + xgb.__version__, "task": task,
            "objective": objective, "mode": options.get("mode", "segmented"),
            "fallback": options.get("fallback", ["global", "constant"]), "label": "late",
            "classes": classes,
            "threshold": options.get("threshold", 0.5), "constant": options["constant"],
            "features": FEATURES, "keys": keys,
            "keys_as_features": options.get("keys_as_features", False),
            "seed": "18446744073709551615",
            "options": {"trials": 3, "folds": 5, "min_rows": 50},
        }
        if "option_texts" in options:
            self.manifest["option_texts"] = options["option_texts"]
        self.groups, self.parents, self.models, self.expected = [], [], [], []
        self.history = None

    def add_group(self, *args, **options):
        self.add(self.groups, *args, **options)

    def add_reference(self, key, rows, uri, pin=None):
        fields = record(rows, "", 0, "reference")
        fields["reference"] = {"uri": uri, "pin": pin.hex()} if pin else {"uri": uri}
        self.groups.append((key, fields, None))

    def add_parent(self, *args, **options):
        self.add(self.parents, *args, **options)

    def add(self, to, key, status, rows, name=None, seed=None, message="", threshold=None):
        booster = train(seed, self.objective, len(self.classes)) if seed is not None else None
        raw = bytes(booster.save_raw("ubj")) if booster else None
        rounds = self.rounds if raw else 0
        to.append((key, record(rows, message, rounds, status, raw, threshold), raw))
        if booster:
            self.expect(name, booster, [])

    def expect(self, name, booster, codes):
        gain = booster.get_score(importance_type="total_gain")
        importance = np.array([gain.get(f"f{f}", 0.0) for f in range(3 + len(codes))])
        self.expected.append((self.name, name, predict(booster, codes, True).reshape(-1),
                              predict(booster, codes, False).reshape(-1),
                              importance / importance.sum()))

    def add_global(self, seed, rows, codes_of, threshold=None):
        """codes_of: names of groups that use the global model -> their codes."""
        extra = len(self.manifest["keys"]) if self.manifest["keys_as_features"] else 0
        booster = train(seed, self.objective, len(self.classes), extra)
        raw = bytes(booster.save_raw("ubj"))
        self.manifest["global"] = record(rows, "", self.rounds, None, raw, threshold)
        self.models.append(("global/model.ubj", raw))
        for name, codes in codes_of.items():
            self.expect(name, booster, codes)

    def add_unseen(self, seed):
        booster = train(seed, self.objective, len(self.classes))
        raw = bytes(booster.save_raw("ubj"))
        self.manifest["unseen"] = {"rounds": self.rounds, "digest": hashlib.sha256(raw).hexdigest()}
        self.models.append(("global/unseen.ubj", raw))
        self.expect("unseen", booster, [])

    def write(self):
        groups = sorted(self.groups, key=lambda g: sort_key(g[0]))
        parents = sorted(self.parents, key=lambda p: (len(p[0]), sort_key(p[0])))
        rows = sum(fields["rows"] for _, fields, _ in groups)
        for k, column in enumerate(self.manifest["keys"]):
            column["null_seen"] = any(key[k] is None for key, _, _ in groups)
        self.manifest["counts"] = {
            "groups": len(groups), "trained": sum(g[1]["status"] == "trained" for g in groups),
            "failed": sum(g[1]["status"] == "failed" for g in groups),
            "references": sum(g[1]["status"] == "reference" for g in groups),
            "parents": len(parents),
            "parents_trained": sum(p[1]["status"] == "trained" for p in parents), "rows": rows}
        lines = {"groups": lines_of(groups), "parents": lines_of(parents)}
        if self.history:
            lines["history"] = "".join(json.dumps(line, separators=(",", ":")) + "\n"
                                       for line in self.history).encode()
        for name, content in lines.items():
            if content or name == "groups":
                self.manifest[name + "_digest"] = hashlib.sha256(content).hexdigest()
        self.manifest["overall"] = record(rows)
        members = {"README": b"Models for tests.\n",
                   "segml.json": json.dumps(self.manifest, indent=1).encode(),
                   "groups.jsonl": lines["groups"]}
        if parents:
            members["parents.jsonl"] = lines["parents"]
        members.update(self.models)
        members.update((path_of("parents", key), raw) for key, _, raw in parents if raw)
        members.update((path_of("groups", key), raw) for key, _, raw in groups if raw)
        if self.history:
            members["history.jsonl"] = lines["history"]
        write_artifact(self.name + ".segml", members,
                       [(key, fields, path_of("groups", key)) for key, fields, _ in groups],
                       [(key, fields, path_of("parents", key)) for key, fields, _ in parents],
                       self.manifest["keys_as_features"])
        return self.expected


def lines_of(records):
    return "".join(json.dumps({"key": key, **fields}, ensure_ascii=False,
                              separators=(",", ":")) + "\n"
                   for key, fields, _ in records).encode()


def path_of(folder, key):
    path = escape(key)
    if len(path) > 120:
        path = path[:80] + "~" + xxhash.xxh3_128_hexdigest(encode(key))
    return f"{folder}/{path}/model.ubj"


def binary():
    # Codes of the global model's key feature: NULL 0, 7 is 1, 4711 is 2, 9000 is 3.
    a = Artifact("binary", "binary", "binary:logistic", ["no", "yes"],
                 [{"name": "store", "type": "int64"}], keys_as_features=True, threshold=0.375,
                 option_texts={"sampler": "tpe", "metric": "loss"}, constant=[-1.5])
    a.add_group([None], "too_few_rows", 12, message="12 rows, at least 50 are needed")
    a.add_group([7], "trained", 400, "7", seed=1, threshold=0.25)
    a.add_group([4711], "trained", 500, "4711", seed=2)
    a.add_group([9000], "one_class", 60, message="all labels are no")
    a.add_global(3, 972, {"NULL": [0], "9000": [3]}, threshold=0.6875)
    a.add_unseen(4)
    nothing = {"chosen": -1, "values": [], "rounds": [], "states": [],
               "correlations": [None, None, None]}
    a.history = [
        nothing,
        {"chosen": 1, "values": [0.5, 0.1 + 0.2, None], "rounds": [12, 7, 0],
         "states": [2, 1, 3], "correlations": [-0.75, 1 / 3, None]},
        {"chosen": 0, "values": [0.25], "rounds": [3], "states": [1], "correlations": [1, -1, 0]},
        nothing,
        {"chosen": 0, "values": [0.125, 0.625], "rounds": [3, 4], "states": [1, 1],
         "correlations": [0.5, 0.25, -0.125]},
    ]
    return a.write()


def multiclass():
    a = Artifact("multiclass", "multiclass", "multi:softprob", ["a", "b", "c"],
                 [{"name": "region", "type": "utf8"}, {"name": "store", "type": "int64"}],
                 constant=[0.25, -0.5, 0.125])
    a.add_group(["north", 1], "trained", 400, "north", seed=11)
    a.add_group(["süd/.,", 2], "trained", 401, "south", seed=12)
    a.add_group(["north", None], "failed", 90, message="the engine failed: example")
    a.add_global(13, 891, {"global": []})
    return a.write()


def regression():
    a = Artifact("regression", "regression", "reg:squarederror", [],
                 [{"name": "city", "type": "utf8"}], mode="global", keys_as_features=True,
                 constant=[2.5])
    for city, rows in (("Ulm", 100), ("Aalen", 40), ("Bonn", 70)):
        a.add_group([city], "global", rows)
    a.add_global(21, 210, {"Aalen": [0], "Bonn": [1], "Ulm": [2]})
    a.add_unseen(22)
    return a.write()


def poisson():
    a = Artifact("poisson", "poisson", "count:poisson", [], [{"name": "line", "type": "int64"}],
                 fallback=[], constant=[])
    a.add_group([-3], "trained", 400, "-3", seed=31)
    a.add_group([5], "constant_label", 55, message="all labels are 0")
    return a.write()


def constant():
    a = Artifact("constant", "binary", "binary:logistic", ["0", "1"],
                 [{"name": "id", "type": "int64"}], constant=[0.75])
    a.add_group([1], "trained", 400, "1", seed=41)
    a.add_group([2], "too_few_rows", 3, message="3 rows, at least 50 are needed")
    return a.write()


def levels():
    # Codes of the global model: country DE 0, FR 1; city NULL 0, Bonn 1, Ulm 2; store from 0.
    a = Artifact("levels", "binary", "binary:logistic", ["no", "yes"],
                 [{"name": "country", "type": "utf8"}, {"name": "city", "type": "utf8"},
                  {"name": "store", "type": "int64"}], keys_as_features=True,
                 fallback=["parent", "global", "constant"], constant=[0.125])
    a.add_group(["DE", "Bonn", 1], "trained", 400, "DE,Bonn,1", seed=51)
    a.add_group(["DE", "Bonn", 2], "too_few_rows", 20, message="20 rows, at least 50 are needed")
    a.add_group(["DE", "Ulm", 3], "one_class", 60, message="all labels are no")
    a.add_group(["FR", None, 4], "failed", 70, message="the engine failed: example")
    a.add_parent(["DE"], "trained", 480, "DE", seed=52, threshold=0.640625)
    a.add_parent(["FR"], "failed", 70, message="the engine failed: example")
    a.add_parent(["DE", "Bonn"], "trained", 420, "DE,Bonn", seed=53, threshold=0.75)
    a.add_parent(["DE", "Ulm"], "one_class", 60, message="all labels are no")
    a.add_parent(["FR", None], "failed", 70, message="the engine failed: example")
    a.add_global(54, 550, {"FR,NULL,4": [1, 0, 3]}, threshold=0.3125)
    a.add_unseen(55)
    return a.write()


def many():
    # An index of several pages, keys of many lengths, entries behind their slots.
    a = Artifact("many", "regression", "reg:squarederror", [], [{"name": "id", "type": "utf8"}],
                 fallback=["constant"], constant=[1.25])
    for i in range(300):
        a.add_group(["k" * (i % 7) + str(i)], "too_few_rows", i)
    return a.write()


def root_of(name):
    """The root digest in an artifact's index."""
    content = (HERE / name).read_bytes()
    size, = struct.unpack("<Q", content[-16:-8])
    return content[-size:][24:56]


def dynamic():
    # The models of binary: what is pinned, what floats, and what is not there.
    a = Artifact("dynamic", "binary", "binary:logistic", ["no", "yes"],
                 [{"name": "store", "type": "int64"}], threshold=0.5,
                 fallback=["constant"], constant=[-2.5])
    a.add_reference([7], 400, "file:binary.segml", root_of("binary.segml"))
    a.add_reference([8], 100, "file:none.segml")
    a.add_reference([4711], 500, "file:binary.segml")
    a.add_reference([9000], 60, "file:binary.segml")
    return a.write()


def double_array(values):
    lines = [", ".join(repr(float(v)) for v in values[i:i + 4])
             for i in range(0, len(values), 4)]
    return "{" + ",\n         ".join(lines) + "}"


def literal(value):
    return "NAN" if np.isnan(value) else float(value).hex().replace("0000000p", "p") + "f"


def array(values):
    lines = [", ".join(literal(v) for v in values[i:i + 4]) for i in range(0, len(values), 4)]
    return "{" + ",\n         ".join(lines) + "}"


def main():
    HERE.mkdir(exist_ok=True)
    artifacts = (binary, multiclass, regression, poisson, constant, levels, many, dynamic)
    expected = [e for artifact in artifacts for e in artifact()]
    out = io.StringIO()
    out.write(f"""/* SPDX-License-Identifier: Apache-2.0 */

/* Recorded by tests/golden/serving.py with XGBoost {xgb.__version__}. */

#include <math.h>

#include "golden/serving/expected.h"

const float golden_rows[GOLDEN_ROWS * GOLDEN_FEATURES] =
        {array(ROWS.reshape(-1))};

const golden_case golden_cases[GOLDEN_CASES] = {{
""")
    for artifact, name, margins, predictions, importance in expected:
        out.write(f'    {{"{artifact}", "{name}",\n        {array(margins)},\n'
                  f'        {array(predictions)},\n        {double_array(importance)}}},\n')
    out.write("};\n")
    (HERE / "expected.c").write_text(out.getvalue())
    assert (len(ROWS), len(expected)) == (6, 19), "expected.h states other numbers"


if __name__ == "__main__":
    main()

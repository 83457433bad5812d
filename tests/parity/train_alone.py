# SPDX-License-Identifier: Apache-2.0
"""Trains the flights of one airport alone under a whole model's schema, by the C interface.

    train_alone.py UNPACKED FLIGHTS.csv AIRPORT OUT.segml

UNPACKED is the folder of the whole model's unpacked artifact. SEGML_LIBRARY and SEGML_XGBOOST as in
test_artifact.py. A program of its own: stock XGBoost of another version must not be in the process.
"""

import csv
import ctypes as c
import json
import os
import pathlib
import sys

import numpy


def encode(rows, head):
    """Rows as the model's float matrix."""
    matrix = numpy.full((len(rows), len(head["features"])), numpy.nan, dtype=numpy.float32)
    for j, feature in enumerate(head["features"]):
        codes = {text: code for code, text in enumerate(feature.get("values", []))}
        for i, row in enumerate(rows):
            cell = row[feature["name"]]
            if cell != "":
                matrix[i, j] = codes.get(cell, numpy.nan) if codes else numpy.float32(cell)
    return matrix


class KeyColumn(c.Structure):
    _fields_ = [("name", c.c_char_p), ("type", c.c_int32), ("reserved", c.c_int32),
                ("data", c.c_void_p), ("offsets", c.c_void_p), ("validity", c.c_void_p),
                ("reserved2", c.c_void_p * 2)]


class Dictionary(c.Structure):
    _fields_ = [("values", c.POINTER(c.c_char_p)), ("count", c.c_int64)]


class DatasetInput(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("rows", c.c_int64), ("features", c.c_int64),
                ("data", c.c_void_p), ("row_stride", c.c_int64), ("col_stride", c.c_int64),
                ("feature_names", c.POINTER(c.c_char_p)), ("feature_types", c.c_void_p),
                ("dictionaries", c.POINTER(Dictionary)), ("label", c.c_void_p),
                ("label_name", c.c_char_p), ("class_names", c.c_void_p), ("class_count", c.c_int64),
                ("weight", c.c_void_p), ("keys", c.POINTER(KeyColumn)), ("key_count", c.c_int64)]


class TrainOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("objective", c.c_char_p), ("positive", c.c_char_p),
                ("seed", c.c_uint64), ("trials", c.c_int32), ("folds", c.c_int32),
                ("jobs", c.c_int32), ("fallback", c.c_int32), ("min_rows", c.c_int64),
                ("search_rows", c.c_int64), ("params", c.c_void_p), ("param_count", c.c_int64),
                ("xgboost_path", c.c_char_p), ("log", c.c_void_p), ("progress", c.c_void_p),
                ("cancel", c.c_void_p), ("user", c.c_void_p)]


class Error(c.Structure):
    _fields_ = [("code", c.c_int32), ("message", c.c_char * 508)]


def train_alone(rows, head, path):
    """Trains the rows of one airport, with the dictionaries of the whole model."""
    library = c.CDLL(os.environ["SEGML_LIBRARY"])
    matrix = encode(rows, head)
    label = numpy.array([row["late"] for row in rows], dtype=numpy.float32)
    types = numpy.array([2 if "values" in f else 1 for f in head["features"]], dtype=numpy.int32)
    dictionaries = (Dictionary * len(head["features"]))()
    for j, feature in enumerate(head["features"]):
        values = [text.encode() for text in feature.get("values", [])]
        if values:
            dictionaries[j].values = (c.c_char_p * len(values))(*values)
            dictionaries[j].count = len(values)
    keys = b"".join(row["origin"].encode() for row in rows)
    offsets = numpy.arange(0, 3 * len(rows) + 1, 3, dtype=numpy.int64)
    buffer = c.create_string_buffer(keys, len(keys))
    column = KeyColumn(b"origin", 2, 0, c.addressof(buffer), offsets.ctypes.data, None)
    names = (c.c_char_p * len(head["features"]))(*[f["name"].encode() for f in head["features"]])
    given = DatasetInput(c.sizeof(DatasetInput), len(rows), len(head["features"]),
                         matrix.ctypes.data, 0, 0, names, types.ctypes.data, dictionaries,
                         label.ctypes.data, b"late", None, 0, None, c.pointer(column), 1)
    options = TrainOptions(struct_size=c.sizeof(TrainOptions), trials=3, folds=3, fallback=-1,
                           xgboost_path=os.environ["SEGML_XGBOOST"].encode())
    error, dataset, model = Error(), c.c_void_p(), c.c_void_p()
    for call in [lambda: library.segml_dataset_create(c.byref(dataset), c.byref(given),
                                                      c.byref(error)),
                 lambda: library.segml_train_segmented(c.byref(model), dataset, c.byref(options),
                                                       c.byref(error)),
                 lambda: library.segml_model_save(model, path.encode(), None,
                                                  c.byref(error))]:
        assert call() == 0, error.message.decode()
    library.segml_model_free(model)
    library.segml_dataset_free(dataset)


def main():
    unpacked, flights, airport, out = sys.argv[1:]
    head = json.loads((pathlib.Path(unpacked) / "segml.json").read_text(encoding="utf-8"))
    with open(flights, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["origin"] == airport]
    train_alone(rows, head, out)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Usual ways of keeping many XGBoost models in Python; peers of bench/artifact.c.

    artifact_peers.py make FOLDER WORK      a pickle and an MLflow model of FOLDER's .ubj files
    artifact_peers.py pickle|folder|one|mlflow FOLDER WORK

Each of the latter is a process of its own and measures from a running interpreter with all
imports done and one model loaded before: seconds until the first prediction and until all models
are loaded, and by how much memory grows. Prints lines of JSON.

    pickle   a pickled dict of boosters: the first prediction needs all of them
    folder   all files of the folder, loaded into a dict
    one      one file of the folder, for each model in turn: opened, predicted with, dropped
    mlflow   mlflow.pyfunc.load_model() of one model that holds the dict
"""

import json
import os
import pathlib
import pickle
import statistics
import sys
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
warnings.filterwarnings("ignore")

import numpy as np
import xgboost as xgb

ROW = np.array([[0.25, -0.5, 0.75]], dtype=np.float32)


def show(case, metric, value, unit):
    print(json.dumps({"bench": "artifact", "case": case, "metric": metric,
                      "value": float(f"{value:.6g}"), "unit": unit}), flush=True)


def anonymous_memory():
    """Bytes of no file: the memory that was asked for."""
    for line in pathlib.Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return 1024 * int(line.split()[1])
    raise RuntimeError("smaps_rollup has no line Anonymous")


def load(path):
    return xgb.Booster(params={"nthread": 1}, model_file=str(path))


def predict(booster):
    return booster.inplace_predict(ROW)[0]


def load_folder(folder):
    return {path.stem: load(path) for path in sorted(folder.glob("*.ubj"))}


def pickled(work):
    with open(work / "models.pickle", "rb") as file:
        return pickle.load(file)


def make(folder, work):
    import mlflow

    models = load_folder(folder)
    with open(work / "models.pickle", "wb") as file:
        pickle.dump(models, file, protocol=pickle.HIGHEST_PROTOCOL)

    class Grouped(mlflow.pyfunc.PythonModel):
        """One model per group, as a wrapper that MLflow loads eagerly."""

        def load_context(self, context):
            with open(context.artifacts["models"], "rb") as file:
                self.models = pickle.load(file)

        def predict(self, context, model_input, params=None):
            return [self.models[str(group)].inplace_predict(ROW)[0]
                    for group in model_input["group"]]

    mlflow.pyfunc.save_model(work / "mlflow", python_model=Grouped(),
                             artifacts={"models": str(work / "models.pickle")},
                             pip_requirements=["xgboost"])


def measure(case, load_all, first):
    memory, start = anonymous_memory(), time.perf_counter()
    models = load_all()
    first(models)
    seconds = time.perf_counter() - start
    count = len(KEYS)
    show(case, "loaded", count, "models")
    show(case, "first_prediction_of_a_process", 1e3 * seconds, "ms")
    show(case, "load_all", seconds, "s")
    show(case, "anonymous_per_model", (anonymous_memory() - memory) / 1e3 / count, "kB")


def measure_one(folder):
    times = []
    for key in KEYS:
        start = time.perf_counter()
        predict(load(folder / f"{key}.ubj"))
        times.append(time.perf_counter() - start)
    case = "one file of a folder (Python)"
    show(case, "first_prediction_median", 1e3 * statistics.median(times), "ms")
    show(case, "first_prediction_p99", 1e3 * statistics.quantiles(times, n=100)[-1], "ms")


def main():
    command, folder, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    global KEYS
    KEYS = sorted(path.stem for path in folder.glob("*.ubj"))
    predict(load(folder / f"{KEYS[-1]}.ubj"))
    if command == "make":
        make(folder, work)
    elif command == "pickle":
        measure("pickle of a dict of boosters (Python)", lambda: pickled(work),
                lambda models: predict(models[KEYS[0]]))
    elif command == "folder":
        measure("folder of files, all loaded (Python)", lambda: load_folder(folder),
                lambda models: predict(models[KEYS[0]]))
    elif command == "one":
        measure_one(folder)
    elif command == "mlflow":
        import mlflow
        import pandas

        frame = pandas.DataFrame({"group": [KEYS[0]]})
        measure("MLflow pyfunc, eager (Python)", lambda: mlflow.pyfunc.load_model(work / "mlflow"),
                lambda model: model.predict(frame))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()

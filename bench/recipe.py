#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The usual recipe for one model per group, in Python; the peer of bench/recipe.c.

    recipe.py MAKE_GROUPS [--trials 50] [--jobs 2] [--fixed-rounds N]

For each group: 50 trials of Optuna's TPE, each scored by F1 on one stratified fifth of the rows;
5-fold cross-validation of the best; a model on all rows. Groups in parallel by joblib, one thread
each (--jobs 1: one after the other). Prints one line of JSON: seconds of wall clock and of
processors, F1 of the searches, of the folds, and F1 and log loss on 40,000 fresh rows.

Imports, starting the worker processes and a first tiny fit in each of them are timed apart
(start_s), and so is the scoring of the fresh rows: neither counts. MAKE_GROUPS is the program
that writes the experiment's data. With --fixed-rounds every fit takes exactly N rounds.
"""

import time

START = time.perf_counter()

import argparse
import json
import os
import subprocess
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
# SciPy tells at import that it was made for older packages; that concerns nothing here.
warnings.filterwarnings("ignore")

import joblib
import numpy as np
import optuna
import pandas as pd
import xgboost as xgb
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import StratifiedKFold, train_test_split

SEED, FRESH_SEED, FRESH_ROWS = 20260037, 20260037 + 777777, 5000
FIXED = dict(objective="binary:logistic", tree_method="hist", max_bin=256, nthread=1, verbosity=0,
             seed=0)


def read(program, seed, rows):
    """{group: (features, labels)} of the experiment's data."""
    with subprocess.Popen([program, str(seed), str(rows)], stdout=subprocess.PIPE) as run:
        table = pd.read_csv(run.stdout)
    return {group: (part[["num_1", "num_2", "num_3"]].to_numpy(np.float32),
                    part["target"].to_numpy())
            for group, part in table.groupby("group")}


def suggest(trial, fixed_rounds):
    """Parameters and number of rounds of a trial."""
    parameters = {
        "max_depth": trial.suggest_int("max_depth", 2, 8),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.1, 20, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.34, 1),
        "reg_lambda": trial.suggest_float("reg_lambda", 0.01, 10, log=True),
        "gamma": trial.suggest_float("gamma", 1e-3, 2, log=True),
    }
    rounds = fixed_rounds or trial.suggest_int("n_estimators", 30, 500, log=True)
    return {**FIXED, **parameters}, rounds


def f1_of(booster, data, labels):
    return f1_score(labels, booster.predict(data) > 0.5, zero_division=0)


def search(x, y, trials, fixed_rounds):
    """The study of one group on one fold of a fifth."""
    train, test = train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=0)
    data = xgb.DMatrix(x[train], y[train], nthread=1)
    held_out = xgb.DMatrix(x[test], nthread=1)

    def objective(trial):
        return f1_of(xgb.train(*_join(suggest(trial, fixed_rounds), data)), held_out, y[test])

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize",
                                sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(objective, n_trials=trials)
    return study


def _join(suggestion, data):
    parameters, rounds = suggestion
    return parameters, data, rounds


def train_group(x, y, trials, fixed_rounds):
    """One group from its rows to its model, and the processor time of that."""
    cpu = time.process_time()
    study = search(x, y, trials, fixed_rounds)
    best = suggest(optuna.trial.FixedTrial(study.best_params), fixed_rounds)
    folds = []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(x, y):
        data = xgb.DMatrix(x[train], y[train], nthread=1)
        folds.append(f1_of(xgb.train(*_join(best, data)), xgb.DMatrix(x[test], nthread=1), y[test]))
    model = xgb.train(*_join(best, xgb.DMatrix(x, y, nthread=1)))
    return {"search_f1": study.best_value, "cv_f1": np.mean(folds), "rounds": best[1],
            "model": model.save_raw("ubj"), "cpu": time.process_time() - cpu}


def warm_up(jobs):
    """Workers that have imported everything, and have trained once."""
    x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    y = np.arange(40) % 2
    tiny = joblib.Parallel(n_jobs=jobs)
    tiny(joblib.delayed(train_group)(x, y, 1, 1) for _ in range(4 * jobs))


def score_fresh(program, results):
    """F1 at 0.5 and log loss of the models on rows that nobody has seen."""
    labels, chances = [], []
    for group, (x, y) in read(program, FRESH_SEED, FRESH_ROWS).items():
        model = xgb.Booster(params={"nthread": 1}, model_file=results[group]["model"])
        labels.append(y)
        chances.append(model.predict(xgb.DMatrix(x, nthread=1)).astype(float))
    labels, chances = np.concatenate(labels), np.concatenate(chances)
    return f1_score(labels, chances > 0.5), log_loss(labels, chances)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("make_groups")
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fixed-rounds", type=int, default=0)
    args = parser.parse_args()

    data = read(args.make_groups, SEED, 400)
    warm_up(args.jobs)
    start = time.perf_counter() - START

    wall, cpu = time.perf_counter(), time.process_time()
    made = joblib.Parallel(n_jobs=args.jobs)(
        joblib.delayed(train_group)(x, y, args.trials, args.fixed_rounds)
        for x, y in data.values())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if args.jobs > 1:
        cpu += sum(result["cpu"] for result in made)

    f1, loss = score_fresh(args.make_groups, dict(zip(data, made)))
    mean = lambda name: float(np.mean([result[name] for result in made]))
    print(json.dumps({
        "side": f"optuna {optuna.__version__}, xgboost {xgb.__version__}",
        "jobs": args.jobs, "trials": args.trials, "start_s": start, "wall_s": wall, "cpu_s": cpu,
        "rounds": mean("rounds"), "search_f1": mean("search_f1"), "cv_f1": mean("cv_f1"),
        "fresh_f1": float(f1), "fresh_log_loss": float(loss)}))


if __name__ == "__main__":
    main()

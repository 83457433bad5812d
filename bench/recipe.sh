#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The usual recipe in Python and libsegml on the same data, taking turns; prints the figures of
# both and the ratios of wall and processor time (above 1: libsegml is faster). BUILD is a build
# folder with -Dbench=enabled; what Python needs goes into it, too.
#
#     bench/recipe.sh BUILD [--fixed-rounds N] [--pruner NAME] [--trials N] [--jobs N]
#                           [--engine NAME] [--repetitions N]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/setup.sh
. "$top/examples/setup.sh"

usage="usage: bench/recipe.sh BUILD [--fixed-rounds N] [--pruner NAME] [--trials N] [--jobs N] \
[--engine NAME] [--repetitions N]"
fixed_rounds=0 trials=50 jobs=2 repetitions=3 pruner=median engine=auto
build=${1-}
[ -f "$build/build.ninja" ] || setup_fail "$usage"
shift
while [ $# -gt 0 ]; do
    [[ $# -gt 1 && ($2 =~ ^[0-9]+$ || $1 = --pruner || $1 = --engine) ]] || setup_fail "$usage"
    case $1 in
    --pruner) pruner=$2 ;;
    --engine) engine=$2 ;;
    --fixed-rounds) fixed_rounds=$2 ;;
    --trials) trials=$2 ;;
    --jobs) jobs=$2 ;;
    --repetitions) repetitions=$2 ;;
    *) setup_fail "$usage" ;;
    esac
    shift 2
done

ninja -C "$build" --quiet bench/recipe examples/make_groups >&2
setup_venv "$build/recipe-venv" "$top/bench/requirements.txt"
python=$build/recipe-venv/bin/python
xgboost=$("$python" -c 'import xgboost; print(xgboost.libpath.find_lib_path()[0])')

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
for ((i = 0; i < repetitions; i++)); do
    "$python" "$top/bench/recipe.py" "$build/examples/make_groups" --trials "$trials" \
        --jobs "$jobs" --fixed-rounds "$fixed_rounds" | tee -a "$lines"
    OMP_NUM_THREADS=1 "$build/bench/recipe" "$xgboost" "$trials" "$jobs" "$fixed_rounds" \
        "$pruner" "$engine" | tee -a "$lines"
done

"$python" - "$lines" "$fixed_rounds" "$pruner" "$engine" <<'PYTHON'
import json
import statistics
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    runs = [json.loads(line) for line in file]
peer, ours = runs[0::2], runs[1::2]
rounds, pruner, engine = sys.argv[2:]
case = f"{rounds} rounds" if rounds != "0" else f"early stopping, pruner {pruner}"
case += f", engine {engine}"


def show(metric, value, unit):
    print(json.dumps({"bench": "recipe", "case": case, "metric": metric, "value": round(value, 5),
                      "unit": unit}))


for name in ("wall_s", "cpu_s"):
    ratios = [p[name] / o[name] for p, o in zip(peer, ours)]
    show(f"x_optuna_{name[:-2]}", statistics.median(ratios), "ratio")
    show(f"x_optuna_{name[:-2]}_least", min(ratios), "ratio")
for name in ("fresh_f1", "fresh_log_loss"):
    show(f"optuna_{name}", statistics.mean(p[name] for p in peer), "")
    show(f"libsegml_{name}", statistics.mean(o[name] for o in ours), "")
PYTHON

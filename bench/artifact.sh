#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What it costs to open an artifact with many groups and to use some of them, beside the usual ways
# of keeping the same models: XGBoost's C interface, a pickle, a folder of files, MLflow. Prints
# all figures, then the ratios (above 1: libsegml is better). BUILD is a build folder with
# -Dbench=enabled; what Python needs goes into it, too. The files, 33 kB for each child, go into
# a folder of /tmp, or of TMPDIR, and are removed; with --keep into FOLDER, where those that are
# there already are taken.
#
#     bench/artifact.sh BUILD [--children N] [--keys N] [--eager N] [--keep FOLDER]
#
# --children  groups with models of 100 trees, no two equal (100000)
# --keys      groups of another artifact, of which one in a thousand has a model (1000000)
# --eager     children that the others load (1000)
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/setup.sh
. "$top/examples/setup.sh"

usage="usage: bench/artifact.sh BUILD [--children N] [--keys N] [--eager N] [--keep FOLDER]"
children=100000 keys=1000000 eager=1000 keep=
build=${1-}
[ -f "$build/build.ninja" ] || setup_fail "$usage"
shift
while [ $# -gt 0 ]; do
    [[ $# -gt 1 && ($2 =~ ^[0-9]+$ || $1 = --keep) ]] || setup_fail "$usage"
    case $1 in
    --children) children=$2 ;;
    --keys) keys=$2 ;;
    --eager) eager=$2 ;;
    --keep) keep=$2 ;;
    *) setup_fail "$usage" ;;
    esac
    shift 2
done
((children >= eager && eager >= 100 && keys >= 1000)) ||
    setup_fail "at least as many children as --eager, which is at least 100; 1000 keys"

ninja -C "$build" --quiet bench/artifact bench/artifact_make >&2
setup_venv "$build/artifact-venv" "$top/bench/artifact_requirements.txt"
python=$build/artifact-venv/bin/python
xgboost=$("$python" -c 'import xgboost; print(xgboost.libpath.find_lib_path()[0])')
export OMP_NUM_THREADS=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files=${keep:-$work}
many=$files/$children.segml few=$files/eager-$eager.segml alone=$files/keys-$keys.segml
mkdir -p "$files" "$work/ubj"
run() { "$build/bench/artifact" "$@" | tee -a "$work/lines"; }
peer() { "$python" "$top/bench/artifact_peers.py" "$1" "$work/ubj" "$work" | tee -a "$work/lines"; }

[ -f "$many" ] || "$build/bench/artifact_make" "$many" "$children"
[ -f "$alone" ] || "$build/bench/artifact_make" "$alone" "$keys" $((keys / 1000))
"$build/bench/artifact_make" "$few" "$eager" "$eager" "$work/ubj" "$eager"
peer make >/dev/null 2>&1

run open "$many"
run first "$many" "$eager"
used=(10 1000)
((children < 10000)) || used+=(10000)
run memory "$many" 0 "${used[@]}"
run memory "$many" 20 "${used[@]}"
run share "$many" "$eager"
"$build/bench/artifact" open "$alone" | sed 's/"case":"/&keys alone, /'
"$build/bench/artifact" first "$alone" $((keys / 1000)) | sed 's/"case":"/&keys alone, /'
for ((i = 0; i < 3; i++)); do
    for how in pickle folder one mlflow; do
        peer $how
    done
    run xgboost "$work/ubj" "$xgboost"
    run preload "$few" 1
    run preload "$few" 0
    run process "$few"
done

"$python" - "$work/lines" "$children" "$eager" <<'PYTHON'
import json
import statistics
import sys

values = {}
with open(sys.argv[1], encoding="utf-8") as file:
    for line in map(json.loads, file):
        values.setdefault((line["case"], line["metric"]), []).append(line["value"])
children, eager = int(sys.argv[2]), int(sys.argv[3])


def median(case, metric):
    return statistics.median(values[case, metric])


def show(case, metric, value, unit="ratio"):
    print(json.dumps({"bench": "artifact", "case": case, "metric": metric,
                      "value": float(f"{value:.4g}"), "unit": unit}))


peers = {"xgboost": "XGBoost's C interface",
         "folder": "folder of files, all loaded (Python)",
         "pickle": "pickle of a dict of boosters (Python)",
         "mlflow": "MLflow pyfunc, eager (Python)"}
ours = "preload, 1 jobs"
for name, case in peers.items():
    show(f"all of {eager} children loaded, one thread", f"x_{name}",
         median(case, "load_all") / median(ours, "load_all"))
    show(f"memory of {eager} children", f"x_{name}",
         median(case, "anonymous_per_model") / median(ours, "anonymous_per_model"))
first = median("open and predict", "cached_median")
for name in ("folder", "pickle", "mlflow"):
    show(f"first prediction of a process, {eager} children", f"x_{name}",
         median(peers[name], "first_prediction_of_a_process") / first)
    show(f"first prediction of a process, {name} scaled to {children} children, not measured",
         "seconds", median(peers[name], "load_all") * children / eager, "s")
show("first prediction of a cold child", "x_folder",
     median("one file of a folder (Python)", "first_prediction_median")
     / median("first prediction", "cached_median"))
show("first prediction of a cold child", "x_xgboost",
     median(peers["xgboost"], "first_prediction_median")
     / median("first prediction", "cached_median"))
PYTHON

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# One model for all groups, or one per group? Makes the experiment's data, compares both ways,
# tuned and untuned, and writes a report; then asks 40,000 fresh rows who was right.
# doc/experiment.md tells what to look for.
#
#     examples/experiment.sh [--trials N] [--no-install] [--output FOLDER] [--build FOLDER]
#
# --build takes the programs from a build folder that is there already.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=examples/setup.sh
. examples/setup.sh

usage="usage: examples/experiment.sh [--trials N] [--no-install] [--output FOLDER] [--build FOLDER]"
trials=50
out=experiment-out
build=
while [ $# -gt 0 ]; do
    case $1 in
    --no-install) setup_install() { setup_fail "missing: $*"; } ;;
    --trials | --output | --build)
        [ $# -gt 1 ] || setup_fail "$usage"
        case $1 in
        --trials) trials=$2 ;;
        --output) out=$2 ;;
        --build) build=$2 ;;
        esac
        shift
        ;;
    *) setup_fail "$usage" ;;
    esac
    shift
done

# Says a command and runs it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

if [ -z "$build" ]; then
    build=build-quickstart
    setup_packages examples/packages.txt build
    if [ -f $build/build.ninja ]; then
        meson configure $build -Dexamples=enabled
    else
        run meson setup $build
    fi
    run ninja -C $build -j "$(setup_processors)"
fi
segml=$build/bindings/cli/segml
make_groups=$build/examples/make_groups

rm -rf "$out"
mkdir -p "$out"

# Eight groups of 400 rows. The label follows another polynomial of the features in each.
printf '\n$ %s > %s\n' "$make_groups" "$out/groups.csv"
"$make_groups" >"$out/groups.csv"
run head -n 4 "$out/groups.csv"

# Every approach is scored on the same folds, by models that had not seen the row.
run "$segml" compare "$out/groups.csv" --group group --target target --trials "$trials" \
    -o "$out/comparison.json"
run "$segml" report "$out/comparison.json" -o "$out/report.html"

# The models of the article's title: one per group, in one file; and the one model for all.
run "$segml" train "$out/groups.csv" --group group --target target --trials "$trials" --quiet \
    -o "$out/segmented.segml"
run "$segml" train "$out/groups.csv" --group group --target target --trials "$trials" --quiet \
    --mode global -o "$out/global.segml"

# 5,000 fresh rows of each group, from another seed: nobody has searched or trained on them.
printf '\n$ %s 21037814 5000 > %s\n' "$make_groups" "$out/fresh.csv"
"$make_groups" 21037814 5000 >"$out/fresh.csv"
for mode in segmented global; do
    run "$segml" predict "$out/$mode.segml" "$out/fresh.csv" --append --quiet \
        -o "$out/$mode-fresh.csv"
    # Found by name: the label, and what the model says.
    LC_ALL=C awk -F, -v mode="$mode" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        {
            y = $column["target"]; p = $column["probability"]
            loss -= log(y == 1 ? p : 1 - p)
            hit += y == 1 && p >= 0.5; miss += y != (p >= 0.5)
        }
        END {
            printf "%-9s  log loss %.4f  F1 %.4f  on %d fresh rows\n",
                mode, loss / (NR - 1), 2 * hit / (2 * hit + miss), NR - 1
        }' "$out/$mode-fresh.csv" | tee -a "$out/fresh.txt"
done
printf '\ndone: %s\n' "$(cd "$out" && echo *)"

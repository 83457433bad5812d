#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to predictions: installs what is missing, builds the library and the tool,
# trains one model per airport on 150,000 flights, predicts, and looks into the result.
#
#     examples/quickstart.sh [--trials N] [--no-install]
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=examples/setup.sh
. examples/setup.sh

trials=20
while [ $# -gt 0 ]; do
    case $1 in
    --trials) trials=${2-} && shift ;;
    --no-install) setup_install() { setup_fail "missing: $*"; } ;;
    *) setup_fail "usage: examples/quickstart.sh [--trials N] [--no-install]" ;;
    esac
    shift
done

build=build-quickstart
out=quickstart-out
data=examples/data/flights.csv.xz

# Says a command and runs it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

setup_packages examples/packages.txt build

if [ ! -f $build/build.ninja ]; then
    run meson setup $build -Dexamples=disabled
fi
run ninja -C $build -j "$(setup_processors)"
segml=$build/bindings/cli/segml

rm -rf $out
mkdir -p $out
run $segml train $data --group origin --target late --trials "$trials" -o $out/flights.segml

# The newest 1,000 flights without the answer. The model has seen them in training, so these
# predictions show how it is used, not how good it is: for that see the table above, where every
# flight was scored by a model that had not seen it.
printf '\n$ the newest 1,000 flights, without the column "late" -> %s\n' $out/new.csv
{
    xz -dc $data | sed -n '1p'
    xz -dc $data | tail -n 1000
} | cut -d, -f1-6 >$out/new.csv
run $segml predict $out/flights.segml $out/new.csv -o $out/predictions.csv
run head -n 6 $out/predictions.csv
run $segml inspect $out/flights.segml --groups | tee $out/groups.txt
run $segml verify $out/flights.segml
printf '\ndone: %s\n' "$(ls $out | tr '\n' ' ')"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bench/train_engine.c with all its peers: the system's XGBoost, that of a Python wheel, and
# LightGBM. BUILD is a build folder with -Dbench=enabled; what Python needs goes into it, too.
#
#     bench/train_engine.sh BUILD [OPTIONS of train_engine]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/setup.sh
. "$top/examples/setup.sh"

build=${1-}
[ -f "$build/build.ninja" ] || setup_fail "usage: bench/train_engine.sh BUILD [OPTIONS]"
shift

ninja -C "$build" --quiet bench/train_engine >&2
setup_venv "$build/recipe-venv" "$top/bench/requirements.txt"
packages=$("$build/recipe-venv/bin/python" -c \
    'import sysconfig; print(sysconfig.get_path("platlib"))')
export OMP_NUM_THREADS=1
export SEGML_BENCH_XGBOOST=$packages/xgboost/lib/libxgboost.so
export SEGML_BENCH_LIGHTGBM=$packages/lightgbm/lib/lib_lightgbm.so
exec "$build/bench/train_engine" "$@"

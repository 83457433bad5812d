#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing, builds with warnings as errors, and runs the tests.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/setup.sh
. "$top/examples/setup.sh"

usage() {
    cat <<'TEXT'
usage: tests/run.sh [tier...] [option...]

tiers; without one: --default
  --default          gcc, release build: all tests, replay of the fuzzing corpora
  --no-training      the build without training: no XGBoost, no OpenMP, no C++
  --linked           the build that is linked with XGBoost instead of opening it
  --report           pages of reports in a browser, Chromium without a window
  --clang            clang, release build: all tests
  --sanitize         AddressSanitizer and UndefinedBehaviorSanitizer on all tests,
                     ThreadSanitizer on what uses threads, valgrind on the unit tests
  --equality [SETS]  exact trees of the native engine and of XGBoost on so many random data
                     sets, 300 if not said
  --long             what takes long and sees one thing: exp of all floats, all tests of training
                     with XGBoost alone
  --fuzz [SECONDS]   libFuzzer, so long for each fuzzer, 60 if not said
  --all              all of them

options
  --build-dir DIR    where everything is built, default build-tests
  --jobs N           processes at once, default: the processors of this machine
  --no-install       fail instead of installing packages
TEXT
}

tiers=()
build=$top/build-tests
jobs=$(setup_processors)
fuzz_seconds=60
equality_sets=300
install=yes

while [ $# -gt 0 ]; do
    case $1 in
    --default | --no-training | --linked | --report | --clang | --sanitize | --long)
        tiers+=("${1#--}")
        ;;
    --equality)
        tiers+=(equality)
        if [[ ${2-} =~ ^[0-9]+$ ]]; then
            equality_sets=$2
            shift
        fi
        ;;
    --fuzz)
        tiers+=(fuzz)
        if [[ ${2-} =~ ^[0-9]+$ ]]; then
            fuzz_seconds=$2
            shift
        fi
        ;;
    --all) tiers+=(default no-training linked report clang sanitize equality long fuzz) ;;
    --build-dir | --jobs)
        [ $# -gt 1 ] || setup_fail "$1 needs a value"
        if [ "$1" = --jobs ]; then jobs=$2; else build=$(realpath -m "$2"); fi
        shift
        ;;
    --no-install) install=no ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && setup_fail "unknown: $1" ;;
    esac
    shift
done
[ ${#tiers[@]} -gt 0 ] || tiers=(default)
mapfile -t tiers < <(printf '%s\n' "${tiers[@]}" | awk '!seen[$0]++')
[[ $jobs =~ ^[1-9][0-9]*$ ]] || setup_fail "--jobs $jobs: not a number of processes"

has_tier() {
    [[ " ${tiers[*]} " == *" $1 "* ]]
}

# What the tests see: quiet surroundings, and Check's closing line of every program.
export LC_ALL=C.UTF-8 CK_VERBOSITY=normal OMP_NUM_THREADS=$jobs
unset MESON_TESTTHREADS CFLAGS CPPFLAGS LDFLAGS

prepare() {
    local -a needed=(build test)

    if has_tier report; then needed+=(report); fi
    if has_tier clang || has_tier fuzz; then needed+=(clang); fi
    if has_tier sanitize; then needed+=(sanitize); fi
    if [ $install = no ]; then
        setup_install() { setup_fail "missing: $*"; }
    fi
    setup_packages "$top/examples/packages.txt" "${needed[@]}"
    mkdir -p "$build"
    setup_venv "$build/venv" "$top/tests/requirements.txt"
    export PATH="$build/venv/bin:$PATH"
    wheel=$(python3 -c 'import xgboost; print(xgboost.libpath.find_lib_path()[0])')
}

# configure NAME OPTION...: a build folder with all tests, as configured as asked for.
configure() {
    local folder=$build/$1
    local -a again=()

    shift
    if [ -f "$folder/build.ninja" ]; then again=(--reconfigure); fi
    meson setup "${again[@]}" "$folder" "$top" --werror -Dtests=enabled -Dbench=enabled \
        -Ddocs=enabled -Dxgboost_wheel="$wheel" "$@" >"$build/setup.log" ||
        { tee -a "$build/failures.txt" <"$build/setup.log" && return 1; }
    ninja -C "$folder" -j "$jobs" --quiet 2>&1 | tee "$build/ninja.log" ||
        { tail -n 60 "$build/ninja.log" >>"$build/failures.txt" && return 1; }
}

# run_tests NAME PATIENCE ARGUMENT...: runs tests of a build folder, with all time limits so many
# times as long. A test that is skipped has failed. What failed is told once more at the end.
run_tests() {
    local folder=$build/$1 patience=$2 result=0

    shift 2
    rm -f "$folder"/meson-logs/testlog*
    CK_TIMEOUT_MULTIPLIER=$patience meson test -C "$folder" --no-rebuild --verbose \
        --num-processes "$jobs" --timeout-multiplier "$patience" "$@" || result=1
    python3 - "$folder" <<'PYTHON' >>"$build/failures.txt" || result=1
import glob
import json
import os
import sys

folder = sys.argv[1]
logs = glob.glob(os.path.join(folder, "meson-logs", "testlog*.json"))
tests = [json.loads(line) for log in logs for line in open(log, encoding="utf-8")]
wrong = [test for test in tests if test["result"] not in ("OK", "EXPECTEDFAIL")]
if not tests:
    print(f"\n{os.path.basename(folder)}: not one test was run")
for test in wrong:
    said = (test.get("stdout", "") + test.get("stderr", "")).splitlines()
    print(f"\n{os.path.basename(folder)}: {test['name']}: {test['result']}, "
          f"exit code {test['returncode']}", *said[-40:], sep="\n  ")
sys.exit(bool(wrong) or not tests)
PYTHON
    return $result
}

run_default() {
    configure default && run_tests default 3 && "$top/examples/quickstart.sh" --trials 2
}

run_no-training() {
    configure no-training -Dtraining=disabled && run_tests no-training 3
}

# A linked build takes no other XGBoost, so the tests that name one are left to the other tiers.
run_linked() {
    configure linked -Dxgboost_link=enabled -Dxgboost_wheel= -Dbench=disabled &&
        SEGML_TEST_ENGINE=xgboost run_tests linked 3 train engine engine-oom symbols links
}

# Nothing but looking at pages: the rest of the suite is for the other tiers.
run_report() {
    configure report -Dbench=disabled -Dchromium="$(command -v chromium)" &&
        run_tests report 3 --suite browser
}

run_clang() {
    CC=clang CXX=clang++ configure clang && run_tests clang 3
}

# GCC's ThreadSanitizer cannot live with the address layout of some kernels.
find_tsan_prefix() {
    local prefix

    printf 'int main(void) { return 0; }\n' |
        gcc -fsanitize=thread -x c - -o "$build/tsan-probe"
    for prefix in "" "setarch $(uname -m) -R"; do
        if $prefix "$build/tsan-probe" 2>/dev/null; then
            tsan_prefix=$prefix
            return
        fi
    done
    echo "ThreadSanitizer does not start here; try: sysctl vm.mmap_rnd_bits=28" >&2
    return 1
}

# What has no need of a process for each test does without: a sanitizer takes its time to end one.
run_sanitize() {
    local result=0 tsan_prefix=
    local valgrind="valgrind --quiet --error-exitcode=9 --leak-check=full"

    valgrind+=" --suppressions=$top/tests/valgrind.supp"
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    export LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
    export TSAN_OPTIONS=suppressions=$top/tests/tsan.supp:halt_on_error=1:print_suppressions=0
    { configure address -Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
        -Dc_args=-fno-sanitize-recover=undefined &&
        CK_FORK=no run_tests address 6 --suite memcheck &&
        run_tests address 6 --no-suite memcheck; } || result=1
    { find_tsan_prefix && configure thread -Dbuildtype=debugoptimized -Db_sanitize=thread &&
        CK_FORK=no run_tests thread 10 --wrap "$tsan_prefix" unit api &&
        run_tests thread 10 --wrap "$tsan_prefix" --suite threads --no-suite memcheck; } ||
        result=1
    { configure memcheck -Dbuildtype=debugoptimized &&
        CK_FORK=no run_tests memcheck 30 --wrap "$valgrind" unit api cli-parts; } || result=1
    return $result
}

run_long() {
    configure default && run_tests default 3 --suite long
}

# The same program as in the suite, with other data sets behind those.
run_equality() {
    configure default && SEGML_TEST_EQUALITY=$equality_sets \
        run_tests default $((3 + equality_sets / 500)) --suite equality
}

run_fuzz() {
    local fuzzer name result=0

    CC=clang CXX=clang++ configure fuzz -Dbuildtype=debugoptimized -Dfuzz=enabled || return 1
    for fuzzer in "$build"/fuzz/tests/fuzz/fuzz_*; do
        [ -f "$fuzzer" ] && [ -x "$fuzzer" ] || continue
        name=${fuzzer##*/fuzz_}
        mkdir -p "$build/fuzz-found/$name"
        printf '\n== fuzzing %s for %s s\n' "$name" "$fuzz_seconds"
        "$fuzzer" -max_total_time="$fuzz_seconds" -rss_limit_mb=2048 -timeout=10 \
            -print_final_stats=1 -artifact_prefix="$build/fuzz-found/$name-" \
            "$build/fuzz-found/$name" "$top/tests/fuzz/corpus/$name" 2>&1 | tail -n 12 ||
            { echo "fuzzer $name: see above" >>"$build/failures.txt" && result=1; }
    done
    [ -n "${name-}" ] || { echo "no fuzzer was built" && return 1; }
    return $result
}

prepare
failed=0
: >"$build/failures.txt"
for tier in "${tiers[@]}"; do
    started=$SECONDS
    printf '\n==== %s\n' "$tier"
    if "run_$tier"; then verdict=passed; else verdict=FAILED failed=1; fi
    summary+=$(printf '%-12s %s, %d s' "$tier" "$verdict" $((SECONDS - started)))$'\n'
done
if [ -s "$build/failures.txt" ]; then printf '\n==== failures\n' && cat "$build/failures.txt"; fi
printf '\n==== summary\n%s' "$summary"
exit $failed

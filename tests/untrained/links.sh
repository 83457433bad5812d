#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# links.sh LIBRARY: a build without training is linked with no XGBoost, no OpenMP and no
# C++, and has no means to open them later. What libraries of the system are linked with
# in turn is theirs: Debian's libarchive comes with libxml2, that with ICU, that with C++.
set -euo pipefail

library=$1
failed=0

forbidden() {
    if grep -E "$2" <<<"$1"; then
        echo "$library: must not have the above ($3)" >&2
        failed=1
    fi
}

forbidden "$(readelf --dynamic "$library" | grep NEEDED)" 'xgboost|gomp|libomp|stdc\+\+|libc\+\+' \
    'libraries that it is linked with'
forbidden "$(nm --dynamic --undefined-only "$library")" ' (dlopen|dlsym|GOMP_|omp_|XGB|XGD|_Z)' \
    'functions that it calls'
forbidden "$(strings "$library")" 'libxgboost\.so' 'names of libraries'
exit $failed

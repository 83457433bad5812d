#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the library into a folder of its own and builds examples/consumer against it, outside
# the tree, in every way its README tells.
#
#     consumer.sh SOURCE_ROOT BUILD_ROOT PREFIX LIBDIR both|shared
set -euo pipefail

source_root=$1 build_root=$2 prefix=$3 libdir=$4 kind=$5
scratch=$(mktemp -d "$build_root/consumer-XXXXXX")
trap 'rm -rf "$scratch"' EXIT

meson install -C "$build_root" --no-rebuild --quiet --destdir "$scratch/installed"
cp -r "$source_root/examples/consumer" "$scratch/project"
cd "$scratch/project"

installed=$scratch/installed$prefix
export PKG_CONFIG_PATH=$installed/$libdir/pkgconfig LD_LIBRARY_PATH=$installed/$libdir
# The .pc file names the final prefix; in a staging folder it is another one.
export PKG_CONFIG="pkg-config --define-variable=prefix=$installed"

echo "== make"
make -s consumer
./consumer
if [ "$kind" = both ]; then
    echo "== make, static"
    make -s consumer-static
    if ldd consumer-static | grep libsegml; then
        echo "consumer-static needs a shared libsegml" >&2
        exit 1
    fi
    LD_LIBRARY_PATH='' ./consumer-static
fi
make -s clean

echo "== meson"
# Meson takes no options for pkg-config, so the staging folder becomes the prefix for good.
sed -i "s|^prefix=.*|prefix=$installed|" "$PKG_CONFIG_PATH/libsegml.pc"
unset PKG_CONFIG
meson setup build-meson >meson.log || { cat meson.log && exit 1; }
meson test -C build-meson --verbose

echo "== cmake"
cmake -B build-cmake -DCMAKE_PREFIX_PATH="$installed" >cmake.log || { cat cmake.log && exit 1; }
cmake --build build-cmake >>cmake.log || { cat cmake.log && exit 1; }
build-cmake/consumer

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes point down floors only, and each outside library stays in its folder.

    floor 5   compare  report  track
    floor 4   train | artifact
    floor 3   xgb  native | model
    floor 2   boost
    floor 1   data  tree  pack  metric  tune  sched
    floor 0   base

Folders on one floor do not include each other, and the serving half (base data tree pack model
artifact) never includes the training half. Bindings and examples see public headers only.
"""

import re

import source

FLOOR = {"base": 0, "data": 1, "tree": 1, "pack": 1, "metric": 1, "tune": 1, "sched": 1,
         "boost": 2, "xgb": 3, "native": 3, "model": 3, "train": 4, "artifact": 4, "compare": 5,
         "report": 5, "track": 5}
SERVING = {"base", "data", "tree", "pack", "model", "artifact"}

# Public headers that not every folder may see: what it must not know.
PUBLIC_LIMITS = {"base": {"common.h", "version.h"}}
SERVING_FORBIDDEN = {"train.h", "search.h", "compare.h", "track.h", "report.h"}

# This file asks every library for its version and uses nothing else of it.
VERSIONS = "lib/base/version.c"

# Outside headers: pattern, where they are allowed.
OUTSIDE = [
    (r"jansson\.h", ("lib/pack/", "lib/compare/", "lib/track/", "lib/report/")),
    (r"archive(_entry)?\.h|zstd.*\.h|zdict\.h|sodium(/.*|\.h)", ("lib/pack/",)),
    (r"xxh(ash|3)\.h", ("lib/base/hash.c",)),
    (r"dlfcn\.h|xgboost/.*", ("lib/xgb/",)),
    (r"curl/.*", ("lib/track/",)),
    (r"omp\.h", ()),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
# Opening libraries at run time needs no header if somebody declares the functions.
DYNAMIC = re.compile(r"\bdl(open|m?sym|close)\s*\(")


def includes(file):
    text = source.without_comments(file.text)
    for match in INCLUDE.finditer(text):
        yield source.line_of(text, match.start()), match[1], match[2]


def internal_reason(folder, name):
    """Why a file of lib/<folder> may not include an internal header, or None."""
    other = name.split("/")[0]
    if other not in FLOOR:
        return f'"{name}": internal headers are included as "folder/file.h"'
    if other == folder:
        return None
    if folder in SERVING and other not in SERVING:
        return f'"{name}": the serving half does not include the training half'
    if FLOOR[other] >= FLOOR[folder]:
        return (f'"{name}": lib/{folder} stands on floor {FLOOR[folder]} and lib/{other} on '
                f"{FLOOR[other]}; includes point down only")
    return None


def public_reason(folder, name):
    """Why a file of lib/<folder> may not include a public header, or None."""
    header = name[len("segml/"):]
    if folder in PUBLIC_LIMITS and header not in PUBLIC_LIMITS[folder]:
        return f'"{name}": lib/{folder} knows nothing of models'
    if folder in SERVING and header in SERVING_FORBIDDEN:
        return f'"{name}": the serving half does not know training'
    return None


def outside_reason(path, name):
    for pattern, allowed in OUTSIDE:
        if re.fullmatch(pattern, name) and not path.startswith((*allowed, VERSIONS)):
            return f"<{name}>: allowed in {', '.join(allowed) or 'no folder'} only"
    return None


def find_in_lib(file):
    parts = file.path.split("/")
    folder = parts[1] if len(parts) > 2 else ""
    if folder not in FLOOR:
        yield file.path, 1, f"lib/{folder} has no floor; give it one in floors.py"
        return
    for line, bracket, name in includes(file):
        if name.startswith("segml/"):
            reason = public_reason(folder, name)
        elif bracket == '"':
            reason = internal_reason(folder, name)
        else:
            reason = outside_reason(file.path, name)
        if reason:
            yield file.path, line, reason
    code = source.code_only(file.text)
    for match in DYNAMIC.finditer(code):
        if folder != "xgb":
            yield file.path, source.line_of(code, match.start()), "dlopen is for lib/xgb only"


def find_outside(root, file):
    """Bindings and examples: the public interface and their own headers."""
    own = {other.name for other in source.files(root, file.folder)}
    for line, bracket, name in includes(file):
        internal = name.split("/")[0] in FLOOR and "/" in name
        if internal or (bracket == '"' and name not in own and not name.startswith("segml/")):
            yield file.path, line, f'"{name}": only public headers (segml/...) are for users'


def find(root):
    lib = source.c_files(root, "lib")
    yield from source.nothing_seen(lib, "lib")
    for file in lib:
        yield from find_in_lib(file)
    for file in source.c_files(root, "bindings", "examples"):
        yield from find_outside(root, file)
    for file in source.c_files(root, "include"):
        for line, _, name in includes(file):
            if name not in ("stddef.h", "stdint.h") and not name.startswith("segml/"):
                yield file.path, line, f"{name}: public headers include no other library's header"


if __name__ == "__main__":
    source.main(find)

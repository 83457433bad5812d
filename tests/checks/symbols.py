#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Public names: headers, version script and built library agree, and all is documented.

    symbols.py ROOT                   headers against lib/segml.map, comments with @since
    symbols.py ROOT LIBRARY [OPTION]  also what the library exports and what it links;
                                      OPTION sanitized or xgboost-linked
"""

import re
import subprocess
import sys

import source

MAP = "lib/segml.map"
COMMENT_BEFORE = re.compile(r"/\*\*(?:(?!\*/).)*\*/\s*$", re.DOTALL)
DECLARATION = re.compile(r"^SEGML_API\b([^;]*);", re.MULTILINE)
TYPE = re.compile(r"^typedef\b[^;{]*", re.MULTILINE)
MACRO = re.compile(r"^#define[ \t]+(SEGML_\w+)(.*)$", re.MULTILINE)
# Macros that serve the headers themselves.
PRIVATE_MACRO = re.compile(r"SEGML_\w+_H|SEGML_API|SEGML_STATUS_ENUM")

# What a process gets with the library: plain C libraries. No C++, no OpenMP, no XGBoost.
LINKED = re.compile(r"(libc|libm|libdl|libpthread|ld-linux[\w-]*|libarchive|libzstd|libjansson|"
                    r"libsodium)\.so\.\d+")
LINKED_WITH = {"sanitized": re.compile(r"lib(asan|ubsan|tsan|gcc_s)\.so\.\d+"),
               "xgboost-linked": re.compile(r"libxgboost\.so(\.\d+)?")}


def declared(root):
    """Public functions: name -> (path, line, comment before it)."""
    found = {}
    for file in source.c_files(root, "include"):
        text = file.text
        for match in DECLARATION.finditer(text):
            name = re.search(r"(\w+)\s*\(", match[1])
            comment = COMMENT_BEFORE.search(text[:match.start()])
            place = (file.path, source.line_of(text, match.start()), comment and comment[0])
            found[name[1] if name else match[1].strip()] = place
    return found


def mapped(root):
    """Symbols of the version script: name -> line."""
    found = {}
    with open(f"{root}/{MAP}", encoding="utf-8") as file:
        text = source.without_comments(file.read())
    for match in re.finditer(r"global:(.*?)local:", text, re.DOTALL):
        for name in re.finditer(r"([\w*]+)\s*;", match[1]):
            found[name[1]] = source.line_of(text, match.start(1) + name.start())
    return found


def find_undocumented(root):
    """Types and macros of the public headers without @since."""
    for file in source.c_files(root, "include"):
        text = file.text
        for match in TYPE.finditer(text):
            comment = COMMENT_BEFORE.search(text[:match.start()])
            if not comment or "@since" not in comment[0]:
                yield file.path, source.line_of(text, match.start()), "a type without @since"
        last = 0
        for match in MACRO.finditer(text):
            comment = COMMENT_BEFORE.search(text[:match.start()])
            # Macros in a block share the comment of the first one.
            in_block = last and text[last:match.start()].strip() == ""
            last = match.end() if in_block or comment and "@since" in comment[0] else 0
            if not last and not PRIVATE_MACRO.fullmatch(match[1]):
                line = source.line_of(text, match.start())
                yield file.path, line, f"macro {match[1]} without @since"


def find(root):
    functions, exported = declared(root), mapped(root)
    yield from source.nothing_seen(functions, "include")
    for name, (path, line, comment) in functions.items():
        if not re.fullmatch(r"segml_[a-z0-9_]+", name):
            yield path, line, f"{name}: public names begin with segml_"
        if not comment or "@since" not in comment:
            yield path, line, f"{name}(): no comment with @since right before it"
        if name not in exported:
            yield path, line, f"{name}() is missing in {MAP}"
    for name, line in exported.items():
        if name not in functions:
            yield MAP, line, f"{name} is declared in no public header"
    yield from find_undocumented(root)


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def find_in_library(root, library, options):
    exports = {}
    for line in output_of("nm", "-D", "--defined-only", "-f", "posix", library).splitlines():
        name, kind = line.split()[:2]
        exports[name.split("@")[0]] = kind
    versions = {name for name, kind in exports.items() if kind == "A"}
    for name in sorted(set(exports) - versions - set(mapped(root))):
        yield library, 0, f"exports {name}, which is not in {MAP}"
    for name in sorted(set(mapped(root)) - set(exports)):
        yield library, 0, f"does not export {name} of {MAP}"
    allowed = [LINKED] + [LINKED_WITH[option] for option in options]
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output_of("readelf", "-d", library))
    for name in needed:
        if not any(pattern.fullmatch(name) for pattern in allowed):
            yield library, 0, f"is linked with {name}"


def find_all(root):
    yield from find(root)
    if len(sys.argv) > 2:
        yield from find_in_library(root, sys.argv[2], sys.argv[3:])


if __name__ == "__main__":
    source.main(find_all)

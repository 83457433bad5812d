#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Form of every text file: licence line, width, blanks, left-over marks, unique names."""

import re

import source

WIDTH = 100
CODE = (".c", ".h", ".cpp", ".py", ".sh", ".build", ".map", ".cmake", ".in")
CODE_NAMES = ("Makefile", "CMakeLists.txt")
TEXT = CODE + (".md", ".txt", ".json", ".toml", ".supp", ".scd", ".yml")
TABBED = ("Makefile", ".scd")
NOT_OURS = {"COPYING"}

LICENCE = "SPDX-License-Identifier: Apache-2.0"
MARK = re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK|X" r"XX)\b")
# Folders of one machine. A template for mkstemp() or mkdtemp() names no file.
MACHINE = re.compile(r"(?<![\w.$}/-])/(?:work|root|home/\w+|tmp/(?!\S*X" r"XXXXX)\w+)(?![\w-])")


def is_code(file):
    return file.name.endswith(CODE) or file.name in CODE_NAMES


def is_text(file):
    return is_code(file) or file.name.endswith(TEXT) or file.folder == ".ci"


def find_in_line(line, code):
    if len(line) > WIDTH and code:
        yield f"{len(line)} columns; at most {WIDTH}"
    if line != line.rstrip():
        yield "trailing blanks"
    match = MARK.search(line)
    if match:
        yield f"{match[0]}: open ends belong into an issue"
    match = MACHINE.search(line)
    if match:
        yield f"{match[0]}: a path of one machine"


def find_in(file):
    text = file.text
    code = is_code(file)
    lines = text.split("\n")
    if code and not any(LICENCE in line for line in lines[:2]):
        yield 1, f"no licence line: {LICENCE}"
    if code and lines[-1] != "":
        yield len(lines), "no newline at the end"
    for number, line in enumerate(lines, 1):
        for reason in find_in_line(line, code):
            yield number, reason
        if "\t" in line and not file.name.endswith(TABBED):
            yield number, "a tab"


def find_twins(root):
    seen = {}
    for file in source.files(root, "lib"):
        if file.name in seen and file.name != "meson.build":
            yield file.path, 1, f"has the name of {seen[file.name]}; names are unique in lib/"
        seen[file.name] = file.path


def find(root):
    seen = [file for file in source.files(root) if is_text(file) and file.name not in NOT_OURS]
    yield from source.nothing_seen(seen, ".")
    for file in seen:
        try:
            findings = list(find_in(file))
        except UnicodeDecodeError as error:
            findings = [(1, f"not UTF-8: byte {error.start}")]
        for line, reason in findings:
            yield file.path, line, reason
    yield from find_twins(root)


if __name__ == "__main__":
    source.main(find)

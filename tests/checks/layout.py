#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every public struct, member and enumerator has its row in tests/abi/layout.c."""

import re

import source

TABLE = "tests/abi/layout.c"
STRUCT = re.compile(r"typedef struct \w+ \{(.*?)\} (\w+);", re.DOTALL)
MEMBER = re.compile(r"\(\*(?P<function>\w+)\)\(|(?P<value>\w+)\s*(?:\[\w+\])?$")
ENUM = re.compile(r"typedef enum \w+ \{(.*?)\}", re.DOTALL)
LISTED = re.compile(r"^\s*X\((SEGML_\w+), -?\d+,", re.MULTILINE)


def wanted(text):
    """Yields (position, row) for what a header defines."""
    for match in STRUCT.finditer(text):
        yield match.start(), rf"(?:FROZEN|GROWS)\({match[2]}, \d+\);"
        for member in match[1].split(";"):
            if member.strip():
                found = MEMBER.search(member.strip())
                name = found["function"] or found["value"]
                start = match[1].find(member) + len(member) - len(member.lstrip())
                yield match.start(1) + start, rf"AT\({match[2]}, {name}, \d+\);"
    for match in ENUM.finditer(text):
        for name in re.finditer(r"\b(SEGML_\w+)\s*=", match[1]):
            yield match.start(1) + name.start(), rf"IS\({name[1]}, -?\d+\);"
    for match in LISTED.finditer(text):
        yield match.start(1), rf"IS\({match[1]}, -?\d+\);"


def find(root):
    with open(f"{root}/{TABLE}", encoding="utf-8") as file:
        table = source.without_comments(file.read())
    seen = 0
    for file in source.c_files(root, "include"):
        text = source.without_comments(file.text)
        for position, row in wanted(text):
            seen += 1
            if not re.search("^" + row, table, re.MULTILINE):
                plain = row.replace("\\", "").replace("(?:FROZEN|GROWS)", "GROWS")
                plain = re.sub(r"-\?d\+|d\+", "...", plain)
                yield file.path, source.line_of(text, position), f"no row {plain} in {TABLE}"
    yield from source.nothing_seen(seen, "include")


if __name__ == "__main__":
    source.main(find)

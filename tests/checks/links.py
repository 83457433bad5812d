#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links between pages lead somewhere, and every page of doc/decisions is in its index."""

import os
import re

import source

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
INDEX = "doc/decisions/README.md"


def targets(file):
    """Yields (line, target relative to the root) of a page's links inside the tree."""
    for number, line in enumerate(file.text.split("\n"), 1):
        for match in LINK.finditer(line):
            if not re.match(r"[a-z]+:", match[1]):
                yield number, os.path.normpath(os.path.join(file.folder, match[1]))


def find(root):
    pages = [file for file in source.files(root) if file.name.endswith(".md")]
    yield from source.nothing_seen(pages, "doc")
    linked = set()
    for page in pages:
        for line, target in targets(page):
            if page.path == INDEX:
                linked.add(target)
            if not os.path.exists(os.path.join(root, target)):
                yield page.path, line, f"{target} is not there"
    for page in pages:
        if page.folder == "doc/decisions" and page.path != INDEX and page.path not in linked:
            yield page.path, 1, f"no link to it in {INDEX}"


if __name__ == "__main__":
    source.main(find)

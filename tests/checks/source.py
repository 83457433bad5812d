# SPDX-License-Identifier: Apache-2.0
"""What all checks share: the tree's files, C without its comments, and the report.

A check is a module with find(root), which yields findings (path, line, reason), and runs by
main(find). A check that has looked at no file at all fails: it would prove nothing.
"""

import os
import re
import sys

SKIPPED_FOLDERS = {".git", "__pycache__", "quickstart-out", "experiment-out"}

COMMENT = r"//[^\n]*|/\*.*?\*/"
LITERAL = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
TOKEN = re.compile(f"({COMMENT})|({LITERAL})", re.DOTALL)


def blank(text):
    """The same text with everything but line ends replaced by blanks."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """C text with its comments blanked; lines and columns stay."""
    return TOKEN.sub(lambda m: blank(m[0]) if m[1] else m[0], text)


def code_only(text):
    """C text with comments and the insides of literals blanked; lines and columns stay."""
    return TOKEN.sub(lambda m: blank(m[0]) if m[1] else m[0][0] + blank(m[0][1:-1]) + m[0][0], text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class File:
    """One file: path relative to the root with '/', name, and its text when asked for."""

    def __init__(self, root, path):
        self.path = path
        self.name = path.rsplit("/", 1)[-1]
        self.folder = path.rsplit("/", 1)[0] if "/" in path else ""
        self.full = os.path.join(root, path)

    @property
    def bytes(self):
        with open(self.full, "rb") as file:
            return file.read()

    @property
    def text(self):
        return self.bytes.decode("utf-8")


def files(root, *folders):
    """The files of the tree, or of some of its folders, sorted; no build folders."""
    found = []
    for top in folders or ("",):
        for folder, subfolders, names in os.walk(os.path.join(root, top)):
            if "meson-private" in subfolders or "meson-private" in names:
                subfolders[:] = []
                continue
            subfolders[:] = [s for s in subfolders if s not in SKIPPED_FOLDERS and s[:5] != "build"]
            relative = os.path.relpath(folder, root).replace(os.sep, "/")
            prefix = "" if relative == "." else relative + "/"
            found += [File(root, prefix + name) for name in names]
    return sorted(found, key=lambda file: file.path)


def c_files(root, *folders):
    return [file for file in files(root, *folders) if file.name.endswith((".c", ".h"))]


def main(find, *arguments):
    """Runs a check on the root given as first argument; ends the process."""
    findings = list(find(sys.argv[1], *arguments))
    for path, line, reason in findings:
        print(f"{path}:{line}: {reason}")
    print(f"{os.path.basename(sys.argv[0])}: {len(findings)} findings")
    sys.exit(1 if findings else 0)


def nothing_seen(seen, what):
    """A finding if a check had nothing to look at."""
    if not seen:
        yield what, 0, "nothing to check here; the check is looking in the wrong place"

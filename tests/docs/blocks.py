#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Code in the documentation works: it is compiled, and run where it can be run.

    blocks.py ROOT COMPILER LIBRARY SEGML|-

From README.md, doc/ and the comments of the public headers:
  ```c   with main() is a program, compiled, linked and run; without, a fragment, compiled inside
         a function after preamble.h
  ```sh  is run by bash -e in a folder with small versions of the files that the pages speak of;
         after <!-- not run: REASON --> only its syntax and the existence of its scripts are checked
Other blocks say that they are something else (text, mermaid, json, make, cmake, meson). Without a
tool (-) or training nothing is run; the compilations remain.
"""

import lzma
import os
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^(?P<before><!-- not run: [^\n]+ -->\n+)?"
                   r"```(?P<kind>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
OTHER = {"text", "mermaid", "json", "make", "cmake", "meson"}
COMMENT = re.compile(r"/\*\n(.*?)\*/", re.DOTALL)
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-D_POSIX_C_SOURCE=200809L"]


class Block:
    def __init__(self, path, line, kind, code, runs=True):
        self.path, self.line, self.kind, self.code, self.runs = path, line, kind, code, runs


def markdown_blocks(path, text):
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("code")) + 1
        yield Block(path, line, match["kind"].strip(), match["code"], not match["before"])


def header_blocks(path, text):
    """Code in a header's own comment: a paragraph that is indented by four more blanks."""
    for comment in COMMENT.finditer(text):
        first = text.count("\n", 0, comment.start(1)) + 1
        lines = comment[1].split("\n")
        code, start = [], 0
        for number, line in enumerate(lines):
            match = re.match(r" \* {5}(.*)", line)
            if match and (code or lines[number - 1].strip() == "*"):
                start = start or first + number
                code.append(match[1])
            elif code and line.strip() == "*":
                code.append("")
            elif code:
                yield Block(path, start, "c", "\n".join(code) + "\n")
                code, start = [], 0
        if code:
            yield Block(path, start, "c", "\n".join(code) + "\n")


def documents(root):
    names = ["README.md"]
    for folder, _, files in os.walk(os.path.join(root, "doc")):
        names += [os.path.relpath(os.path.join(folder, f), root) for f in files if f[-3:] == ".md"]
    headers = os.path.join("include", "segml")
    names += [os.path.join(headers, f) for f in os.listdir(os.path.join(root, headers))]
    return sorted(names)


def blocks(root):
    for path in documents(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
        yield from (header_blocks if path.endswith(".h") else markdown_blocks)(path, text)


def small_files(root, folder):
    """The files that the pages speak of, cut to what takes seconds."""
    with lzma.open(os.path.join(root, "examples/data/flights.csv.xz"), "rt") as file:
        lines = file.readlines()
    with lzma.open(os.path.join(folder, "flights.csv.xz"), "wt") as file:
        file.writelines(lines[:1] + lines[1::40])
    with open(os.path.join(folder, "new.csv"), "w", encoding="utf-8") as file:
        file.writelines(line.rsplit(",", 1)[0] + "\n" for line in lines[:1] + lines[-200:])
    os.symlink(os.path.join(root, "examples"), os.path.join(folder, "examples"))


class Runner:
    def __init__(self, root, compiler, library, tool, folder):
        self.root, self.compiler, self.folder = root, compiler, folder
        self.library = os.path.abspath(library)
        self.tool = None if tool == "-" else os.path.abspath(tool)
        self.here = os.path.dirname(os.path.abspath(__file__))

    def command(self, *words, **more):
        run = subprocess.run(words, cwd=self.folder, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, **more)
        return None if run.returncode == 0 else f"exit {run.returncode}\n{run.stdout}"

    def environment(self):
        path = os.environ["PATH"]
        if self.tool:
            path = os.path.dirname(self.tool) + os.pathsep + path
        return dict(os.environ, PATH=path, LD_LIBRARY_PATH=os.path.dirname(self.library))

    def compile(self, code, *more):
        path = os.path.join(self.folder, "block.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(code)
        return self.command(*self.compiler, *FLAGS, "-I", os.path.join(self.root, "include"),
                            "-I", self.here, path, *more)

    def program(self, block):
        failure = self.compile(block.code, "-o", "program", self.library, "-lm")
        if failure or not self.tool:
            return failure
        return self.command("./program", env=self.environment())

    def fragment(self, block):
        code = (f'#include "preamble.h"\nvoid fragment(void);\nvoid\nfragment(void)\n{{\n'
                f'#line {block.line} "{block.path}"\n{block.code}}}\n')
        return self.compile(code, "-fsyntax-only")

    def shell(self, block):
        failure = self.command("bash", "-n", "-c", block.code)
        for script in re.findall(r"^((?:examples|tests)/\S+\.sh)", block.code, re.MULTILINE):
            if not os.access(os.path.join(self.root, script), os.X_OK):
                failure = failure or f"{script} cannot be run"
        if failure or not block.runs or not self.tool:
            return failure
        return self.command("bash", "-e", "-o", "pipefail", "-c", block.code,
                            env=self.environment())

    def check(self, block):
        """None, or why the block does not work."""
        if block.kind == "c":
            program = re.search(r"\bmain\s*\(", block.code)
            return self.program(block) if program else self.fragment(block)
        if block.kind == "sh":
            return self.shell(block)
        return None if block.kind in OTHER else f"```{block.kind}: say what it is"


def main():
    root, compiler, library, tool = sys.argv[1:5]
    failures, counts = 0, {}
    with tempfile.TemporaryDirectory() as folder:
        small_files(root, folder)
        runner = Runner(root, compiler.split(), library, tool, folder)
        for block in blocks(root):
            failure = runner.check(block)
            counts[block.kind] = counts.get(block.kind, 0) + 1
            if failure:
                failures += 1
                print(f"{block.path}:{block.line}: {failure}")
            elif not block.runs:
                print(f"{block.path}:{block.line}: not run, as the page says")
    print("blocks:", ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    sys.exit(1 if failures or not counts.get("c") or not counts.get("sh") else 0)


if __name__ == "__main__":
    main()

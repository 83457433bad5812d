#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sizes of files and functions: the ceilings, and a report of the largest.

Functions are found by form: the name stands at the beginning of a line, the braces of the body
stand alone at the beginning of theirs.
"""

import re
import sys

import source

FILE_LINES, FUNCTION_LINES, PARAMETERS, NESTING = 800, 100, 6, 4
FOLDERS = ("lib", "include", "bindings", "tests", "bench", "examples")

HEAD = re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*\((?P<parameters>[^;{}]*)\)\s*\{", re.MULTILINE)
END = re.compile(r"^\}", re.MULTILINE)
CONTROL = re.compile(r"\b(?:if|for|while|switch|do|else)\b[^;{}]*$")


def split_parameters(text):
    """Number of parameters; commas inside parentheses do not count."""
    depth, count = 0, 1
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        count += letter == "," and depth == 0
    return 0 if text.strip() in ("", "void") else count


def nesting_of(body):
    """Deepest nesting of blocks that follow if, for, while, do, else or switch."""
    stack, deepest = [], 0
    for position, letter in enumerate(body):
        if letter == "{":
            before = body[max(0, position - 400):position]
            start = max(before.rfind(";"), before.rfind("{"), before.rfind("}"))
            # The semicolons of a for loop's head are inside parentheses.
            head = before[start + 1:]
            control = bool(CONTROL.search(head)) or bool(re.search(r"\)\s*$", head))
            stack.append(control)
            deepest = max(deepest, sum(stack))
        elif letter == "}" and stack:
            stack.pop()
    return deepest


def functions(text):
    """Yields (name, line, lines, parameters, nesting) of each function of a C file."""
    code = source.code_only(text)
    position = 0
    while True:
        head = HEAD.search(code, position)
        if not head:
            return
        end = END.search(code, head.end())
        stop = end.start() if end else len(code)
        first = source.line_of(code, head.start())
        lines = source.line_of(code, stop) - first + 1
        name = head["parameters"] if head["name"] == "START_TEST" else head["name"]
        yield (name, first, lines, split_parameters(head["parameters"]),
               nesting_of(code[head.end():stop]))
        position = stop


def find(root, report=None):
    seen = [f for f in source.files(root, *FOLDERS) if f.name.endswith((".c", ".h", ".py"))]
    yield from source.nothing_seen(seen, "lib")
    for file in seen:
        text = file.text
        lines = text.count("\n")
        if report is not None:
            report["files"].append((lines, file.path))
        if lines > FILE_LINES:
            yield file.path, 1, f"{lines} lines; at most {FILE_LINES}"
        if not file.name.endswith(".c"):
            continue
        for name, line, length, parameters, nesting in functions(text):
            if report is not None:
                report["functions"].append((length, f"{file.path}:{line} {name}"))
            if length > FUNCTION_LINES:
                yield file.path, line, f"{name}() has {length} lines, over {FUNCTION_LINES}"
            if parameters > PARAMETERS:
                yield file.path, line, f"{name}() takes {parameters}; at most {PARAMETERS}"
            if nesting > NESTING:
                yield file.path, line, f"{name}() nests {nesting} deep; at most {NESTING}"


def print_report(report):
    for what, rows in report.items():
        rows.sort(reverse=True)
        sizes = sorted(size for size, _ in rows)
        middle = sizes[len(sizes) // 2] if sizes else 0
        print(f"{len(rows)} {what}, median {middle} lines; largest:")
        for size, where in rows[:12]:
            print(f"  {size:5d}  {where}")


if __name__ == "__main__":
    REPORT = {"files": [], "functions": []}
    FINDINGS = list(find(sys.argv[1], REPORT))
    print_report(REPORT)
    source.main(lambda root: FINDINGS)

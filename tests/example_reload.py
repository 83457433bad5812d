#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/reload.c does what it says.   example_reload.py TRAIN RELOAD SEGML

The models of train.c's shops are split off, then the child of shop 101 is replaced by another one,
broken, and put back, each time followed by a reload. What is expected: 101 buys what is cheap.
"""

import os
import re
import subprocess
import sys
import tempfile

NUMBERS = re.compile(r"(opened|reloaded): ([\d.]+) by (\w+), (\d+) models loaded, (\d+) of them")


def check(condition, text):
    if not condition:
        sys.exit(f"examples/reload.c:1: not what it promises:\n{text}")


def main():
    train, program, segml = (os.path.abspath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:

        def run(*command):
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

        run(train, "shops.segml")
        run(segml, "split", "shops.segml", "-o", "parent.segml", "--children", "c", "--float")
        child = os.path.join(folder, "c", "101.segml")
        with open(child, "rb") as file:
            good = file.read()
        service = subprocess.Popen([program, "parent.segml", "101", "0.1", "2"], cwd=folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)

        def replace(content):
            with open(child + ".part", "wb") as file:
                file.write(content)
            os.rename(child + ".part", child)

        def reload():
            service.stdin.write("reload\n")
            service.stdin.flush()
            return told()

        def told():
            line = service.stdout.readline()
            print(line, end="")
            found = NUMBERS.match(line)
            check(found, line)
            return found[2], found[3], int(found[4]), int(found[5])

        opened = told()
        check(float(opened[0]) > 0.9 and opened[1:] == ("exact", 1, 1), opened)
        check(reload() == (opened[0], "exact", 1, 0), "a reload without a change loads nothing")
        replace(b"broken")
        check(reload()[:2] == opened[:2], "a broken child is kept from the old model")
        os.unlink(child)
        check(reload()[:2] == opened[:2], "so is one that is gone")
        replace(good)
        check(reload() == (opened[0], "exact", 1, 0), "a child that is put back is the same")
        rest, errors = service.communicate(timeout=60)
        print(rest, errors)
        check(service.returncode == 0 and rest == "answered, 0 failures\n", rest)
        check(errors.count("reloaded in part: parent.segml: 1 of 3 references keep") == 2, errors)


if __name__ == "__main__":
    main()

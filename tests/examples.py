#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The C examples do what they say.   examples.py TRAIN PREDICT [EMBEDDED...]

Expected: shop 101 buys what is cheap and 102 what is dear, by the way the data is made; 103 does
not care; a shop never seen and no shop at all go to the global model.
"""

import os
import re
import subprocess
import sys
import tempfile


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def check(condition, text):
    if not condition:
        sys.exit(f"examples/train.c:1: not what it promises:\n{text}")


def main():
    train, predict, *embedded = (os.path.abspath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        first, second = os.path.join(folder, "a.segml"), os.path.join(folder, "b.segml")
        text = run(train, first)
        print(text)
        shops = {int(m[1]): (float(m[2]), float(m[3]), m[4]) for m in
                 re.finditer(r"^ *(\d+) +([\d.]+) +([\d.]+) +(.*)$", text, re.MULTILINE)}
        check(sorted(shops) == [101, 102, 103, 999], text)
        check(shops[101][0] > 0.9 and shops[101][1] < 0.1, text)
        check(shops[102][0] < 0.1 and shops[102][1] > 0.9, text)
        check(all(shops[shop][2] == "exact, ok" for shop in (101, 102, 103)), text)
        check(shops[999][2] == "global, unseen", text)

        run(train, second)
        with open(first, "rb") as a, open(second, "rb") as b:
            check(a.read() == b.read(), "two runs, two different files")

        text = run(predict, first)
        print(text)
        rows = re.findall(r"^row \d: ([\d.]+)  (.*)$", text, re.MULTILINE)
        check([row[1] for row in rows] == ["exact, ok"] * 3 + ["global, unseen",
                                                               "global, null_key"], text)
        # The batch has the cheap offer, the single row the dear one, as train printed them.
        check([float(row[0]) for row in rows[:3]] == [shops[s][0] for s in (101, 102, 103)], text)
        check(f"shop 102: {shops[102][1]:.3f}" in text, text)

        # Programs that hold the artifact: anywhere, without any file.
        for program in embedded:
            text = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True,
                                  cwd=folder).stdout
            print(text)
            check(text == "".join(f"shop {shop}: {shops[shop][0]:.3f} {shops[shop][1]:.3f}\n"
                                  for shop in (101, 102, 103)), text)


if __name__ == "__main__":
    main()

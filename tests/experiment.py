#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/experiment.sh does what it says.   experiment.py SCRIPT BUILD

With three trials per search. Expected: the data's recorded bytes; a comparison of the four
approaches; one self-contained page; and on fresh rows what any sound training reaches: the best
possible rule has a log loss of .342 and an F1 of .8425 there, a coin .693.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

APPROACHES = ["global-tuned", "segmented-xgboost", "segmented-untuned", "segmented-tuned"]


def check(condition, what):
    if not condition:
        sys.exit(f"examples/experiment.sh:1: {what}")


def main():
    script, build = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(["bash", script, "--build", build, "--trials", "3", "--output",
                              folder + "/out"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True)
        print(run.stdout)
        check(run.returncode == 0, f"exit {run.returncode}")
        read = lambda name: open(os.path.join(folder, "out", name), "rb").read()

        md5 = hashlib.md5(read("groups.csv")).hexdigest()
        check(md5 == "f49d46cd07e8a7a231b8ebd18283d0c9", f"groups.csv is {md5}")
        check(len(read("fresh.csv").splitlines()) == 40001, "not 40,000 fresh rows")
        check(len(set(read("groups.csv").splitlines()) & set(read("fresh.csv").splitlines())) == 1,
              "fresh rows are not fresh")

        text = json.dumps(json.loads(read("comparison.json")))
        for approach in APPROACHES:
            check(approach in text, f"no {approach} in comparison.json")
            check(approach in run.stdout, f"no {approach} in what was printed")
        page = read("report.html").decode()
        check("<svg" in page, "no chart in report.html")
        check(not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page),
              "report.html loads something from elsewhere")

        scores = re.findall(r"^(\w+) +log loss ([\d.]+)  F1 ([\d.]+) ", read("fresh.txt").decode(),
                            re.MULTILINE)
        check([score[0] for score in scores] == ["segmented", "global"], f"scores: {scores}")
        for mode, loss, f1 in scores:
            check(.342 < float(loss) < .47 and .77 < float(f1) < .8425,
                  f"{mode}: log loss {loss}, F1 {f1}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No changing globals: the library's objects have nothing in writable sections.

    state.py ARCHIVE

Constant tables of pointers are relocated once by the loader and read-only from then on
(.data.rel.ro); they are no state.
"""

import re
import subprocess
import sys

WRITABLE = re.compile(r"(\.data|\.bss|\.tdata|\.tbss)(?!\.rel\.ro)\b.*|\*COM\*")

# Symbol -> why it may change. Empty, and meant to stay so.
ALLOWED = {}


def find(archive):
    """Yields (object, 0, reason) for every variable of an archive or object that may change."""
    table = subprocess.run(["nm", "-f", "sysv", archive], check=True, stdout=subprocess.PIPE,
                           text=True).stdout
    member, seen = archive, 0
    for line in table.splitlines():
        header = re.search(r"(?:Symbols from|^)\s*([^\s|]+\.o)[\]:]", line)
        if header:
            member = header[1].split("/")[-1]
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 7 or cells[6] in ("Section", ""):
            continue
        seen += 1
        name, kind, section = cells[0], cells[3], cells[6]
        if kind in ("OBJECT", "TLS", "COMMON") and WRITABLE.fullmatch(section):
            if name not in ALLOWED:
                yield member, 0, f"{name} in {section} can change; the library keeps no state"
    if seen == 0:
        yield archive, 0, "no symbols seen; the check is looking in the wrong place"


if __name__ == "__main__":
    FINDINGS = list(find(sys.argv[1]))
    for path, line, reason in FINDINGS:
        print(f"{path}:{line}: {reason}")
    print(f"state.py: {len(FINDINGS)} findings")
    sys.exit(1 if FINDINGS else 0)

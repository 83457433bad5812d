#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Artifacts that are made to do harm, opened in every way.

    attacks.py EXAMINE GOLDEN_FOLDER [-v] [TEST...]

Each attack is forged from a sound artifact, with all digests right that an attacker can make
right, and handed to examine.c: mapped, read, in memory, with and without preload. Whatever
happens must be a failure with its status and a message, in a second or so and with little memory.
Some files only say in one place something else than in another: who opens them may get answers of
their own, but whoever verifies them is told.
"""

import pathlib
import shutil
import sys
import unittest

import attack
from attack_content import Entry, Frames, Groups, Manifest, Models, Texts
from attack_index import Container, Entries, Header, Places

__all__ = ["Container", "Entries", "Entry", "Frames", "Groups", "Header", "Manifest", "Models",
           "Places", "Texts"]

if __name__ == "__main__":
    attack.EXAMINE, attack.GOLDEN = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
    if shutil.which("zstd") is None:
        print("skipped: the zstd tool is needed")
        sys.exit(77)
    unittest.main()

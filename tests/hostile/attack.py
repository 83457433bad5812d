# SPDX-License-Identifier: Apache-2.0
"""What all attacks share: a forged file is opened in every way, and the ends are judged."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import forge

EXAMINE, GOLDEN = None, None        # set by attacks.py
OK, FORMAT, LIMIT = "SEGML_OK", "SEGML_E_FORMAT", "SEGML_E_LIMIT"
UNSUPPORTED = "SEGML_E_UNSUPPORTED"
WAYS, MEMORY_KB = 6, 96 << 10
SEVEN, OTHER = "groups/7/model.ubj", "groups/4711/model.ubj"


def golden(name="binary"):
    return forge.File((GOLDEN / f"{name}.segml").read_bytes())


class Attack(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def examine(self, forged, sound="binary"):
        """The ends of all ways, [(kind, stage, status, message)]."""
        path = self.folder / "forged.segml"
        path.write_bytes(forged)
        run = subprocess.run([EXAMINE, str(GOLDEN / f"{sound}.segml"), str(path)],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="replace")
        self.assertEqual(run.returncode, 0, f"ended by {run.returncode}: {run.stdout}")
        *lines, verified, last = run.stdout.splitlines()
        self.verified = verified.split(" ", 2)[1]
        self.assertEqual(len(lines), WAYS, run.stdout)
        self.assertLess(int(last.split()[1]), MEMORY_KB, "memory")
        return lines

    def refused(self, forged, fragment, status=FORMAT, sound="binary"):
        """Every way fails with the status; where there is a message, the fragment is in it."""
        raw = forged if isinstance(forged, bytes) else forged.bytes()
        lines = self.examine(raw, sound)
        for line in lines:
            self.assertTrue(line.startswith("refused "), line)
            self.assertEqual(line.split()[2], status, line)
            self.assertIn(fragment, line)
        self.assertIn(self.verified, (FORMAT, LIMIT, UNSUPPORTED))

    def own(self, forged, sound="binary", verified=(FORMAT, LIMIT)):
        """It is opened, or refused: nothing that opening could know is wrong. Verifying tells."""
        for line in self.examine(forged.bytes(), sound):
            self.assertRegex(line, "^(refused|other|same)")
        self.assertIn(self.verified, verified)

    def same(self, forged, verified=OK):
        """What was added does not matter."""
        for line in self.examine(forged.bytes()):
            self.assertEqual(line, "same")
        self.assertEqual(self.verified, verified)

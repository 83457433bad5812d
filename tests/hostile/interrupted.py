#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Saving over an artifact, killed at every step, failing at every step, and at random moments.

    interrupted.py SAVING TOOL STRIKE_LIBRARY GOLDEN_FOLDER [-v] [TEST...]

SAVING saves a model, the TOOL (or "-") changes an artifact in place, which copies it piece by
piece. Under the name there is always the old file or the new one, byte for byte. After a failure
nothing else is left; after a kill there may be a temporary file, which hinders nobody.
"""

import errno
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

KILLS, NOBODY = 60, 65534


class Steps:
    """Every step of one command. The golden file of this name becomes another one."""

    OLD = "binary"

    def command(self):
        """What is run, and what its messages begin with."""
        return [SAVING, self.target, GOLDEN / "levels.segml"], "SEGML_E_IO "

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.inside = self.folder / "models"
        self.inside.mkdir()
        self.target = self.inside / "model.segml"
        self.note = self.folder / "note"
        self.old = (GOLDEN / f"{self.OLD}.segml").read_bytes()
        self.prepare()
        run = self.save()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.new = self.target.read_bytes()
        self.assertNotEqual(self.old, self.new)

    def prepare(self):
        for path in self.inside.iterdir():
            path.unlink()
        self.target.write_bytes(self.old)
        self.note.write_bytes(b"")

    def save(self, step=None, how=None, **options):
        environment = dict(os.environ)
        if step is not None:
            environment.update(LD_PRELOAD=STRIKE, STRIKE_FOLDER=str(self.inside),
                               STRIKE_NOTE=str(self.note), STRIKE_AT=str(step), STRIKE_HOW=how)
            environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + \
                ":verify_asan_link_order=0"
        return subprocess.run(self.command()[0], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, **options)

    def others(self):
        return [path.name for path in self.inside.iterdir() if path != self.target]

    def is_old(self):
        return self.target.read_bytes() == self.old

    def is_new(self):
        return self.target.read_bytes() == self.new

    def steps(self):
        """What saving does, undisturbed."""
        self.prepare()
        run = self.save(10 ** 6, "before")
        self.assertEqual(run.returncode, 0, run.stderr)
        count = len(self.note.read_bytes())
        # A temporary file is opened, written, flushed, closed, renamed; its folder is flushed.
        self.assertGreaterEqual(count, 6)
        return range(count)

    def strike(self, step, how):
        self.prepare()
        run = self.save(step, how)
        self.assertEqual(self.note.read_bytes().count(b"!"), 1)
        return run

    def test_killed_at_every_step(self):
        for how in ("before", "after", "half"):
            seen = ""
            for step in self.steps():
                with self.subTest(how=how, step=step):
                    run = self.strike(step, how)
                    if how != "half":
                        self.assertEqual(run.returncode, -9)
                    self.assertTrue(self.is_old() or self.is_new())
                    seen += "o" if self.is_old() else "n"
                    self.assertLessEqual(len(self.others()), 1)
                    self.assertEqual(self.save().returncode, 0, "what is left hinders")
                    self.assertTrue(self.is_new())
            print(f"{type(self).__name__}, killed {how} steps: {seen}")
            self.assertRegex(seen, "^o+n+$")    # old until some step, new from then on

    def test_failing_at_every_step(self):
        for code in (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT):
            for step in self.steps():
                with self.subTest(code=code, step=step):
                    run = self.strike(step, str(code))
                    self.assertEqual(self.others(), [])
                    if run.returncode == 0:     # closing a folder, whose failure says nothing
                        self.assertTrue(self.is_new())
                        continue
                    self.assertTrue(self.is_old() or self.is_new())
                    self.assertTrue(run.stderr.startswith(self.command()[1]), run.stderr)
                    self.assertIn(str(self.target), run.stderr)
                    self.assertIn(os.strerror(code), run.stderr)
                    if self.is_new():           # it was renamed; that it will stay is not known
                        self.assertIn("flush the folder", run.stderr)

    def test_writing_less_than_asked_for(self):
        for step in self.steps():
            self.assertEqual(self.strike(step, "short").returncode, 0)
            self.assertTrue(self.is_new())
            self.assertEqual(self.others(), [])

    def test_interrupted_by_a_signal_while_writing(self):
        for step in self.steps():
            run = self.strike(step, str(errno.EINTR))
            if run.returncode == 0 or "flush the folder" in run.stderr:
                self.assertTrue(self.is_new())
            else:
                self.assertTrue(self.is_old())
            self.assertEqual(self.others(), [])


class Saving(Steps, unittest.TestCase):
    """segml_model_save(), and what else can befall it."""

    def test_killed_at_random_moments(self):
        rng = random.Random(20260037)
        seen = {self.old: 0, self.new: 0}
        levels, binary = GOLDEN / "levels.segml", GOLDEN / "binary.segml"
        self.prepare()
        for _ in range(KILLS):
            with subprocess.Popen([SAVING, self.target, levels, binary, "forever"],
                                  stdout=subprocess.PIPE) as saving:
                saving.stdout.readline()
                time.sleep(rng.random() / 50)
                saving.kill()
            seen[self.target.read_bytes()] += 1     # KeyError: neither of them
        print(f"{KILLS} kills: {seen[self.old]} old, {seen[self.new]} new, "
              f"{len(self.others())} temporary files left")
        self.assertEqual(self.save().returncode, 0)
        self.assertTrue(self.is_new())

    def test_a_file_that_grows_too_large(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        self.prepare()
        run = self.save(preexec_fn=limit, restore_signals=False)     # SIGXFSZ stays ignored
        self.assertEqual(run.returncode, 1)
        self.assertIn(os.strerror(errno.EFBIG), run.stderr)
        self.assertTrue(self.is_old())
        self.assertEqual(self.others(), [])

    def test_a_folder_that_may_not_be_written(self):
        self.prepare()
        program = self.folder / "saving"
        shutil.copy(SAVING, program)        # where nobody may read it, whoever built it
        source = self.folder / "new.segml"
        source.write_bytes(self.new)
        for path, mode in ((self.folder, 0o755), (self.inside, 0o555), (program, 0o755),
                           (source, 0o644)):
            path.chmod(mode)
        user = NOBODY if os.getuid() == 0 else None
        run = subprocess.run([program, self.target, source], user=user, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        self.inside.chmod(0o755)
        self.assertEqual(run.returncode, 1)
        self.assertTrue(run.stderr.startswith("SEGML_E_IO "), run.stderr)
        self.assertIn(str(self.target), run.stderr)
        self.assertIn(os.strerror(errno.EACCES), run.stderr)
        self.assertTrue(self.is_old())
        self.assertEqual(self.others(), [])


class Pruning(Steps, unittest.TestCase):
    """The tool, over its own input."""

    def command(self):
        return [TOOL, "prune", self.target, "--drop-history", "-o", self.target, "--force"], \
            "segml prune: "

    def setUp(self):
        if TOOL == "-":
            self.skipTest("built without the tool")
        super().setUp()


if __name__ == "__main__":
    SAVING, TOOL, STRIKE = (sys.argv.pop(1) for _ in range(3))
    GOLDEN = pathlib.Path(sys.argv.pop(1))
    unittest.main()

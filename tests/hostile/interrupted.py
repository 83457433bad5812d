#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Saving over an artifact, killed at every step, failing at every step, and at random moments.

    interrupted.py SAVING STRIKE_LIBRARY GOLDEN_FOLDER [-v] [TEST...]

Under the name there is always the old file or the new one, byte for byte. After a failure nothing
else is left; after a kill there may be a temporary file, which hinders nobody.
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


class Interrupted(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.inside = self.folder / "models"
        self.inside.mkdir()
        self.target = self.inside / "model.segml"
        self.note = self.folder / "note"
        self.old, self.new = GOLDEN / "binary.segml", GOLDEN / "levels.segml"

    def prepare(self):
        for path in self.inside.iterdir():
            path.unlink()
        shutil.copyfile(self.old, self.target)
        self.note.write_bytes(b"")

    def save(self, step=None, how=None, **options):
        environment = dict(os.environ)
        if step is not None:
            environment.update(LD_PRELOAD=STRIKE, STRIKE_FOLDER=str(self.inside),
                               STRIKE_NOTE=str(self.note), STRIKE_AT=str(step), STRIKE_HOW=how)
            environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + \
                ":verify_asan_link_order=0"
        return subprocess.run([SAVING, self.target, self.new], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def others(self):
        return [path.name for path in self.inside.iterdir() if path != self.target]

    def is_old(self):
        return self.target.read_bytes() == self.old.read_bytes()

    def is_new(self):
        return self.target.read_bytes() == self.new.read_bytes()

    def steps(self):
        """What saving does, undisturbed."""
        self.prepare()
        run = self.save(10 ** 6, "before")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
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
            print(f"killed {how} steps: {seen}")
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
                    self.assertTrue(run.stderr.startswith("SEGML_E_IO "), run.stderr)
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

    def test_killed_at_random_moments(self):
        rng = random.Random(20260037)
        old, new = self.old.read_bytes(), self.new.read_bytes()
        seen = {old: 0, new: 0}
        self.prepare()
        for _ in range(KILLS):
            with subprocess.Popen([SAVING, self.target, self.new, self.old, "forever"],
                                  stdout=subprocess.PIPE) as saving:
                saving.stdout.readline()
                time.sleep(rng.random() / 50)
                saving.kill()
            seen[self.target.read_bytes()] += 1     # KeyError: neither of them
        print(f"{KILLS} kills: {seen[old]} old, {seen[new]} new, {len(self.others())} "
              "temporary files left")
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
        shutil.copyfile(self.new, source)
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


if __name__ == "__main__":
    SAVING, STRIKE, GOLDEN = sys.argv.pop(1), sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
    unittest.main()

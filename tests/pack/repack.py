#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Artifacts among other people's tools: GNU tar, bsdtar, the zstd tool, Python's tar.

What the library writes is read by them, and what they write is opened by the library
or, if it is not what an artifact may be, refused.

    repack.py ARTIFACT_TOOL GOLDEN_FOLDER
"""

import hashlib
import io
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest

PAGE = 16384
NAMES = ["binary", "multiclass", "regression", "poisson", "constant", "levels"]


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


def tool(command, *paths):
    return run(TOOL, command, *paths).decode().strip()


def members(path):
    """[(path, content)] of a compressed tar."""
    tar = io.BytesIO(run("zstd", "-d", "-c", path))
    with tarfile.open(fileobj=tar, mode="r:") as archive:
        return [(info.name, archive.extractfile(info).read()) for info in archive]


def places(data):
    """(offset, packed, size, digest) of all members, by section 2 of doc/artifact-format.md."""
    index = data[len(data) - struct.unpack("<Q", data[-16:-8])[0] + 8:]
    count, groups, parents = struct.unpack("<QQQ", index[64:88])
    at = 128 + -(-(len(index) - 144) // (PAGE + 32)) * 32
    starts = [at + 64 * i for i in range(count)]
    starts += [at + 64 * count + 104 * i + 16 for i in range(groups + parents)]
    for start in starts:
        place = struct.unpack("<QII32s", index[start:start + 48])
        if place[1] > 0:
            yield place


def compress(tar, path):
    run("zstd", "-q", "-f", "-o", path, input=tar)


class Written(unittest.TestCase):
    """What the library writes."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def rebuild(self, source, name):
        path = str(self.folder / name)
        self.assertEqual(tool("rebuild", source, path), "SEGML_OK")
        return path

    def test_tar_and_zstd_read_it_and_the_models_are_unchanged(self):
        for name in NAMES:
            golden = str(GOLDEN / f"{name}.segml")
            path = self.rebuild(golden, name)
            run("zstd", "-q", "-t", path)
            expected = dict(members(golden))
            listed = run("tar", "--zstd", "-tf", path).decode().split()
            self.assertEqual(listed, list(expected))
            out = self.folder / (name + ".d")
            out.mkdir()
            run("tar", "--zstd", "-xf", path, "-C", str(out))
            for member, content in expected.items():
                if member.endswith(".ubj"):
                    self.assertEqual((out / member).read_bytes(), content)
            self.assertEqual(run("bsdtar", "-tf", path).decode().split(), listed)
            for member, content in expected.items():
                if member.endswith(".ubj"):
                    self.assertEqual(run("bsdtar", "-xOf", path, member), content)

    def test_the_root_digest_covers_the_index(self):
        for name in NAMES:
            data = pathlib.Path(self.rebuild(str(GOLDEN / f"{name}.segml"), name)).read_bytes()
            size, mark = struct.unpack("<Q8s", data[-16:])
            self.assertEqual(mark, b"SEGMLEND")
            frame = data[len(data) - size:]
            self.assertEqual(struct.unpack("<II", frame[:8]), (0x184D2A57, size - 8))
            index = frame[8:]
            self.assertEqual(struct.unpack("<QQ", index[48:64]), (len(data) - size, size - 8))
            body_and_digests = len(index) - 128 - 16
            pages = -(-body_and_digests // (PAGE + 32))
            digests, body = index[128:128 + 32 * pages], index[128 + 32 * pages:-16]
            self.assertEqual(digests, b"".join(hashlib.sha256(body[at:at + PAGE]).digest()
                                               for at in range(0, len(body), PAGE)))
            root = hashlib.sha256(index[:16] + bytes(32) + index[48:128] + digests).digest()
            self.assertEqual(index[16:48], root)

    def test_the_index_says_where_every_member_is(self):
        for name in NAMES:
            path = self.rebuild(str(GOLDEN / f"{name}.segml"), name)
            data = pathlib.Path(path).read_bytes()
            found = {}
            for offset, packed, size, digest in places(data):
                frame = data[offset:offset + packed]
                self.assertEqual(hashlib.sha256(frame).digest(), digest)
                entry = run("zstd", "-d", "-c", input=frame)
                self.assertEqual(len(entry), 512 + -(-size // 512) * 512)
                found[entry[:100].rstrip(b"\0").decode()] = entry[512:512 + size]
            self.assertEqual(found, dict(members(path)))

    def test_each_member_is_a_frame_of_its_own(self):
        data = pathlib.Path(self.rebuild(str(GOLDEN / "binary.segml"), "binary")).read_bytes()
        listed = run("zstd", "-l", "-v", str(self.folder / "binary")).decode()
        self.assertIn("# Zstandard Frames: 9", listed)     # eight members and the tar's end
        self.assertIn("# Skippable Frames: 1", listed)
        self.assertEqual(data[:4], b"\x28\xb5\x2f\xfd")

    def test_entries_have_neither_owner_nor_time(self):
        path = self.rebuild(str(GOLDEN / "binary.segml"), "binary")
        with tarfile.open(fileobj=io.BytesIO(run("zstd", "-d", "-c", path)), mode="r:") as archive:
            for info in archive:
                self.assertTrue(info.isreg())
                self.assertEqual((info.uid, info.gid, info.uname, info.gname, info.mtime,
                                  info.mode, info.pax_headers), (0, 0, "", "", 0, 0o644, {}))

    def test_building_again_gives_the_same_bytes(self):
        first = self.rebuild(str(GOLDEN / "multiclass.segml"), "first")
        second = self.rebuild(first, "second")
        self.assertEqual(pathlib.Path(first).read_bytes(), pathlib.Path(second).read_bytes())


class Repacked(unittest.TestCase):
    """What users and others write."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree = self.folder / "tree"
        self.tree.mkdir()
        run("tar", "--zstd", "-xf", str(GOLDEN / "binary.segml"), "-C", str(self.tree))
        self.file = str(self.folder / "new.segml")

    def tar(self, *options, of="."):
        return run("tar", "-C", str(self.tree), "-cf", "-", *options, of)

    def assert_opens(self):
        self.assertEqual(tool("open", self.file), "SEGML_OK")

    def assert_refused(self, message, status="SEGML_E_FORMAT"):
        answer = tool("open", self.file)
        self.assertTrue(answer.startswith(status + " " + self.file + ": "), answer)
        self.assertIn(message, answer)

    def test_every_format_of_tar_opens(self):
        for form in ("gnu", "oldgnu", "pax", "posix", "ustar", "v7"):
            with self.subTest(form):
                compress(self.tar("--format=" + form), self.file)
                self.assert_opens()

    def test_tar_with_zstd_opens(self):
        run("tar", "--zstd", "-C", str(self.tree), "-cf", self.file, ".")
        self.assert_opens()

    def test_any_level_and_window_up_to_128_mib_opens(self):
        for options in (["-1"], ["--ultra", "-22"], ["--long=27"], ["--no-check"], ["--fast=5"]):
            with self.subTest(options):
                run("zstd", "-q", "-f", *options, "-o", self.file, input=self.tar())
                self.assert_opens()

    def test_frames_may_be_cut_anywhere(self):
        tar = self.tar()
        with open(self.file, "wb") as out:
            for at in range(0, len(tar), 1000):
                out.write(run("zstd", "-q", "-c", input=tar[at:at + 1000]))
        self.assert_opens()

    def test_files_for_people_are_ignored(self):
        (self.tree / "report.html").write_text("<p>for people</p>")
        compress(self.tar(), self.file)
        self.assert_opens()

    def test_extended_attributes_and_long_owner_names_do_no_harm(self):
        compress(self.tar("--format=pax", "--owner=" + 60 * "o", "--group=g",
                          "--pax-option=comment=hello,SCHILY.xattr.user.x=y"), self.file)
        self.assert_opens()

    def test_a_changed_manifest_is_refused(self):
        groups = self.tree / "groups.jsonl"
        groups.write_text(groups.read_text().replace('"rows":12', '"rows":13'))
        compress(self.tar(), self.file)
        self.assert_refused("groups_digest")

    def test_a_changed_model_is_refused(self):
        model = self.tree / "groups/7/model.ubj"
        model.write_bytes(model.read_bytes()[:-1] + b"}}")
        compress(self.tar(), self.file)
        self.assert_refused("groups/7/model.ubj: its digest is not that of the manifest")

    def test_links_are_refused(self):
        os.symlink("/etc/passwd", self.tree / "link")
        compress(self.tar(), self.file)
        self.assert_refused("member link is not a regular file")
        os.unlink(self.tree / "link")
        os.link(self.tree / "README", self.tree / "link")
        compress(self.tar(), self.file)
        self.assert_refused("is not a regular file")

    def test_pipes_are_refused(self):
        os.mkfifo(self.tree / "pipe")
        compress(self.tar(), self.file)
        self.assert_refused("member pipe is not a regular file")

    def test_paths_that_leave_are_refused(self):
        for prefix in ("/tmp/", "../", "a/../../"):
            with self.subTest(prefix):
                compress(self.tar("-P", "--transform=s,^,%s,S" % prefix, of="README"), self.file)
                self.assert_refused("is not allowed")

    def test_duplicates_are_refused(self):
        tar = self.folder / "twice.tar"
        tar.write_bytes(self.tar())
        run("tar", "-C", str(self.tree), "-rf", str(tar), "README")
        compress(tar.read_bytes(), self.file)
        self.assert_refused("member README occurs twice")

    def test_sparse_files_are_refused(self):
        with open(self.tree / "sparse", "wb") as out:
            out.truncate(1 << 40)
            out.seek(1 << 30)
            out.write(b"x")
        compress(self.tar("--sparse"), self.file)
        self.assertIn("sparse", tool("open", self.file))

    def test_other_compressions_are_refused(self):
        pathlib.Path(self.file).write_bytes(run("gzip", "-c", input=self.tar()))
        self.assert_refused("byte 0: no zstd frame begins here")
        pathlib.Path(self.file).write_bytes(self.tar())
        self.assert_refused("byte 0: no zstd frame begins here")

    def test_a_tar_that_is_cut_between_two_members_is_refused(self):
        tar = self.tar("--format=ustar")
        cut = tar[:len(tar) - len(tar) % 512].rstrip(b"\0")
        compress(cut + bytes(-len(cut) % 512), self.file)
        self.assert_refused("truncated")

    def test_content_after_the_end_of_the_tar_is_refused(self):
        compress(self.tar() + b"hello", self.file)
        self.assert_refused("content follows the end of the tar")

    def test_a_bomb_is_refused(self):
        with open(self.tree / "zeros", "wb") as out:
            out.truncate(100 << 20)
        compress(self.tar(), self.file)
        self.assert_refused("more than 256 times", "SEGML_E_LIMIT")


if __name__ == "__main__":
    TOOL, GOLDEN = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
    if shutil.which("tar") is None or shutil.which("zstd") is None:
        print("skipped: GNU tar and the zstd tool are needed")
        sys.exit(77)
    unittest.main()

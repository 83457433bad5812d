# SPDX-License-Identifier: Apache-2.0
"""Attacks by what is in the file: frames, tar entries, manifests, models."""

import json
import struct
import subprocess
import tarfile

import forge
from attack import FORMAT, LIMIT, OTHER, SEVEN, UNSUPPORTED, Attack, golden


class Frames(Attack):
    """zstd frames, of the file and of a place."""

    def forge_frame(self, frame, fragment="", path=SEVEN, statuses=(FORMAT, LIMIT)):
        file = golden()
        file.put_frame(path, frame, len(file.content(path)))
        for with_index in (True, False):
            file.with_index = with_index
            for line in self.examine(file.bytes()):
                self.assertTrue(line.startswith("refused "), line)
                self.assertIn(line.split()[2], statuses, line)
                self.assertIn(fragment, line)

    def tar(self, path=SEVEN):
        file = golden()
        return forge.entry(path, file.content(path))

    def test_a_bomb(self):
        bomb = forge.zstd(forge.entry(SEVEN, bytes(64 << 20)))
        self.forge_frame(bomb, "")

    def test_a_bomb_that_the_index_announces(self):
        file = golden()
        file.put_frame(SEVEN, forge.zstd(forge.entry(SEVEN, bytes(64 << 20))), 64 << 20)
        self.refused(file, "", LIMIT)

    def test_a_bomb_in_a_member_that_is_not_needed(self):
        file = golden()
        file.with_index = False
        file.add_frame(forge.zstd(forge.entry("zeros", bytes(64 << 20))))
        self.refused(file, "", LIMIT)

    def test_a_frame_that_announces_more_or_less(self):
        frame = bytearray(forge.zstd(self.tar()))
        self.assertEqual(frame[4] >> 6, 1, "content size of two bytes")
        for size in (0, 1, 0xFFFF):
            with self.subTest(size=size):
                frame[5:7] = struct.pack("<H", size)
                self.forge_frame(bytes(frame))

    def test_a_frame_that_announces_2_to_the_62(self):
        frame = forge.zstd(self.tar())
        huge = frame[:4] + bytes([0xE4]) + struct.pack("<Q", 1 << 62) + frame[7:]
        self.forge_frame(huge)

    def test_a_window_of_2_gib(self):
        command = ["zstd", "-q", "-c", "--ultra", "--long=31", "-22"]
        frame = subprocess.run(command, check=True, stdout=subprocess.PIPE,
                               input=bytes(1 << 20) + self.tar()).stdout
        self.forge_frame(frame)

    def test_a_dictionary(self):
        frame = forge.zstd(self.tar())
        self.forge_frame(frame[:4] + bytes([frame[4] | 1, 77]) + frame[5:])

    def test_another_checksum(self):
        frame = forge.zstd(self.tar())
        self.forge_frame(frame[:-4] + bytes(4))

    def test_frames_within_the_frame(self):
        self.forge_frame(forge.zstd(forge.zstd(self.tar())))

    def test_a_truncated_frame(self):
        frame = forge.zstd(self.tar())
        for size in (1, 4, 5, len(frame) // 2, len(frame) - 1):
            with self.subTest(size=size):
                self.forge_frame(frame[:size])

    def test_a_frame_that_is_skipped(self):
        self.forge_frame(forge.skippable(self.tar(), 0x184D2A50))

    def test_half_a_million_frames_of_nothing(self):
        file = golden()
        file.with_index = False
        file.between = forge.zstd(b"") * 500000
        self.same(file)


class Entry(Attack):
    """Tar entries, of the file and of a place."""

    def forge_entry(self, tar, path=SEVEN, statuses=(FORMAT, LIMIT)):
        file = golden()
        file.put_frame(path, forge.zstd(tar), len(file.content(path)))
        for with_index in (True, False):
            file.with_index = with_index
            for line in self.examine(file.bytes()):
                self.assertTrue(line.startswith("refused "), line)
                self.assertIn(line.split()[2], statuses, line)

    def test_links_and_devices(self):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE,
                     tarfile.FIFOTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE):
            with self.subTest(kind=kind):
                self.forge_entry(forge.entry(SEVEN, type=kind, linkname="/etc/passwd"))

    def test_a_link_that_nobody_asks_for(self):
        file = golden()
        file.with_index = False
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            with self.subTest(kind=kind):
                file = golden()
                file.with_index = False
                file.add_frame(forge.zstd(forge.entry("x", type=kind, linkname="README")))
                self.refused(file, "is not a regular file")

    def test_paths_that_leave_or_cannot_be(self):
        for path in ("/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "..", "x" * 300, "\x01",
                     "\u00e4", ""):
            with self.subTest(path=path):
                file = golden()
                file.with_index = False
                file.add_frame(forge.zstd(forge.entry(path, b"x", form=tarfile.PAX_FORMAT)))
                self.refused(file, "")

    def test_a_member_twice(self):
        for path in ("README", SEVEN, "segml.json", "./README"):
            with self.subTest(path=path):
                file = golden()
                file.with_index = False
                file.add_frame(forge.zstd(forge.entry(path, b"{}")))
                self.refused(file, "occurs twice")

    def test_members_that_nobody_knows_in_folders_of_models(self):
        for path in ("groups/8/model.ubj", "groups/7/other", "global/other", "groups/x"):
            with self.subTest(path=path):
                file = golden()
                file.with_index = False
                file.add_frame(forge.zstd(forge.entry(path, b"x")))
                self.refused(file, "")

    def test_sizes_that_lie(self):
        tar = bytearray(forge.entry(SEVEN, golden().content(SEVEN)))
        for size in (b"00000000000\0", b"00000000001\0", b"77777777777\0",
                     b"\x80" + bytes(10) + b"\1", b"\xff" * 12, b"-0000000001\0", b"hello world\0"):
            with self.subTest(size=size):
                tar[124:136] = size
                tar[148:156] = b" " * 8
                tar[148:156] = b"%06o\0 " % sum(tar[:512])
                self.forge_entry(bytes(tar))

    def test_another_checksum_of_the_header(self):
        tar = bytearray(forge.entry(SEVEN, golden().content(SEVEN)))
        tar[148:156] = b"0000000\0"
        file = golden()
        file.put_frame(SEVEN, forge.zstd(bytes(tar)), len(file.content(SEVEN)))
        file.with_index = False
        self.refused(file, "")

    def test_two_entries_in_one_frame(self):
        file = golden()
        content = file.content(SEVEN)
        self.forge_entry_with_index(forge.entry(SEVEN, content) + forge.entry("x", b"x"))

    def test_an_entry_without_its_padding(self):
        content = golden().content(SEVEN)
        self.forge_entry_with_index(forge.entry(SEVEN, content)[:512 + len(content)])

    def test_an_entry_of_another_path(self):
        file = golden()
        content = file.content(SEVEN)
        file.put_frame(SEVEN, forge.zstd(forge.entry("groups/8/model.ubj", content)), len(content))
        self.own(file)
        file.with_index = False
        self.refused(file, "groups/8/model.ubj")

    def forge_entry_with_index(self, tar):
        file = golden()
        file.put_frame(SEVEN, forge.zstd(tar), len(file.content(SEVEN)))
        self.refused(file, "")

    def test_many_members_that_nobody_needs(self):
        tar = b"".join(forge.entry("%x" % i) for i in range(100000))
        file = golden()
        file.with_index = False
        file.add_frame(forge.zstd(tar))
        self.same(file)


class Manifest(Attack):
    """segml.json that says what cannot be; its digests are right."""

    def forge_json(self, content, fragment="segml.json", status=FORMAT):
        file = golden()
        file.replace("segml.json", content)
        self.refused(file, fragment, status)

    def forge_value(self, fragment="", status=FORMAT, **changes):
        file = golden()
        file.edit_manifest(**changes)
        self.refused(file, fragment, status)

    def test_what_is_no_object(self):
        for content in (b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b"{} {}"):
            with self.subTest(content=content):
                self.forge_json(content)

    def test_deep_nesting(self):
        for depth in (100, 2000, 1000000):
            with self.subTest(depth=depth):
                self.forge_json(b"[" * depth + b"]" * depth)
                self.forge_json(b'{"a":' * depth + b"1" + b"}" * depth)

    def test_names_that_occur_twice(self):
        manifest = golden().content("segml.json")
        self.forge_json(manifest.replace(b"{", b'{"format": 1, ', 1))

    def test_texts_that_are_no_texts(self):
        for text in (b'"\\ud800"', b'"\xff"', b'"\\u0000"', b'"a\\u0000b"', b"7", b"null"):
            with self.subTest(text=text):
                manifest = golden().content("segml.json")
                self.forge_json(manifest.replace(b'"late"', text))

    def test_other_formats(self):
        self.forge_value("", UNSUPPORTED, format=0)
        self.forge_value("", UNSUPPORTED, format=2)
        for value in (1 << 40, -1, "1", None, 1.5):
            self.forge_value("", format=value)

    def test_every_member_is_needed(self):
        needed = set(json.loads(golden().content("segml.json"))) - {
            "option_texts", "history_digest", "unseen", "parents_digest"}
        for name in sorted(needed):
            with self.subTest(name=name):
                self.forge_value(**{name: None})

    def test_values_of_other_types(self):
        names = set(json.loads(golden().content("segml.json"))) - {"format"}
        for name in sorted(names):
            for value in (1 << 80, -7, "no such thing", [[]], {"x": {}}, [1] * 20):
                with self.subTest(name=name, value=value):
                    self.forge_manifest_value(name, value)

    def forge_manifest_value(self, name, value):
        file = golden()
        file.edit_manifest(**{name: value})
        lines = self.examine(file.bytes())
        free = name in ("label", "library", "engine") and isinstance(value, str)
        options = name in ("options", "option_texts") and isinstance(value, dict)
        for line in lines:
            self.assertTrue(line.startswith("refused ") or free or options, line)

    def test_numbers_out_of_range(self):
        for changes in ({"threshold": 2}, {"threshold": -1e308}, {"constant": [0, 0]},
                        {"constant": [1e300]}, {"classes": ["a", "a"]}, {"classes": ["a"]},
                        {"classes": [str(i) for i in range(5000)]}, {"features": []},
                        {"keys": []}, {"seed": "18446744073709551616"}, {"seed": "-1"},
                        {"task": "ranking"}, {"objective": "reg:squarederror"},
                        {"keys_as_features": False}, {"unseen": {}},
                        {"groups_digest": "0" * 63}, {"groups_digest": "G" * 64}):
            with self.subTest(changes=changes):
                self.forge_value(**changes)

    def test_counts_that_lie(self):
        counts = json.loads(golden().content("segml.json"))["counts"]
        for name in counts:
            for value in (-1, counts[name] + 1, 1 << 31, 1 << 53, 1 << 62):
                with self.subTest(name=name, value=value):
                    file = golden()
                    file.edit_manifest(counts={**counts, name: value})
                    if name in ("groups", "parents") or value == -1:
                        self.refused(file, "")
                    else:
                        self.own(file)

    def test_another_mode(self):
        file = golden()
        file.edit_manifest(mode="global")
        self.own(file)

    def test_more_columns_than_there_may_be(self):
        keys = [{"name": f"k{i}", "type": "int64", "null_seen": False} for i in range(17)]
        self.forge_value(keys=keys)

    def test_a_number_of_a_million_digits(self):
        manifest = golden().content("segml.json")
        for number in (b"9" * 1000000, b"1e999999999", b"-1e400", b"-0." + b"3" * 1000000):
            self.forge_json(manifest.replace(b"0.375", number))

    def test_a_text_of_many_megabytes(self):
        file = golden()
        file.edit_manifest(label="\u4e2d" * (6 << 20))
        self.own(file)


class Groups(Attack):
    """groups.jsonl that says what cannot be; its digest in segml.json is right."""

    def lines(self):
        return golden().content("groups.jsonl").splitlines(keepends=True)

    def forge_lines(self, lines, fragment="", statuses=(FORMAT, LIMIT)):
        file = golden()
        file.replace_groups(b"".join(lines))
        for with_index in (True, False):
            file.with_index = with_index
            for line in self.examine(file.bytes()):
                self.assertTrue(line.startswith("refused "), line)
                self.assertIn(line.split()[2], statuses, line)
                self.assertIn(fragment, line)

    def edit(self, number, **changes):
        lines = self.lines()
        record = json.loads(lines[number])
        record.update(changes)
        for name in [name for name, value in record.items() if value is None]:
            del record[name]
        lines[number] = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        return lines

    def test_another_digest(self):
        file = golden()
        file.replace("groups.jsonl", b"".join(self.edit(0, rows=13)))
        self.refused(file, "digest")

    def test_lines_missing_doubled_or_out_of_order(self):
        lines = self.lines()
        for other in (lines[:-1], lines + lines[-1:], lines[::-1], [], lines[1:] + lines[:1],
                      [b"".join(lines)[:-1]], lines + [b"\n"], [b"\n"] + lines):
            with self.subTest(lines=len(other)):
                self.forge_lines(other)

    def test_an_overlong_line(self):
        self.forge_lines(self.edit(0, message="x" * (2 << 20)))

    def test_deep_nesting(self):
        for depth in (100, 100000):
            lines = self.lines()
            lines[0] = b"[" * depth + b"]" * depth + b"\n"
            self.forge_lines(lines)
        lines = self.lines()
        lines[0] = lines[0][:-2] + b',"x":' + b"[" * 100000 + b"]" * 100000 + b"}\n"
        self.forge_lines(lines)

    def test_records_that_cannot_be(self):
        for number, changes in ((1, {"rows": -1}), (1, {"rows": 1 << 63}), (1, {"rounds": -1}),
                                (1, {"rounds": 1 << 31}), (1, {"status": "global"}),
                                (1, {"status": "reference"}), (1, {"status": "well"}),
                                (1, {"digest": None}), (1, {"digest": "0" * 62}),
                                (0, {"digest": "0" * 64}), (0, {"status": "trained"}),
                                (1, {"threshold": 2}), (0, {"threshold": 0.5}),
                                (1, {"content": "0" * 31}), (1, {"params": []}),
                                (1, {"metrics": {"f1": "high"}}), (1, {"key": []}),
                                (1, {"key": [7, 7]}), (1, {"key": ["7"]}), (1, {"key": [7.5]}),
                                (1, {"key": [1 << 64]}), (1, {"key": [[7]]})):
            with self.subTest(number=number, changes=changes):
                self.forge_lines(self.edit(number, **changes))

    def test_keys_that_are_equal(self):
        self.forge_lines(self.edit(2, key=[7]))

    def test_other_keys_than_the_index_has(self):
        file = golden()
        file.replace_groups(b"".join(self.edit(1, key=[8])))
        self.own(file)


class Texts(Attack):
    """Keys of text."""

    def test_zeros_and_other_characters_in_keys(self):
        file = golden("multiclass")
        lines = file.content("groups.jsonl").replace(b'"north"', b'"no\\u0000h"')
        file.replace_groups(lines)
        self.own(file, "multiclass")

    def test_empty_text_is_no_key(self):
        file = golden("multiclass")
        file.replace_groups(file.content("groups.jsonl").replace(b'"north"', b'""'))
        self.refused(file, "", sound="multiclass")


class Models(Attack):
    """Models that are none, in files that are right in everything else."""

    def forge_model(self, ubj, statuses=(FORMAT, LIMIT, UNSUPPORTED)):
        file = golden()
        file.replace_model(SEVEN, ubj)
        for with_index in (True, False):
            file.with_index = with_index
            for line in self.examine(file.bytes()):
                self.assertTrue(line.startswith("refused "), line)
                self.assertIn(line.split()[2], statuses, line)

    def ubj(self):
        return golden().content(SEVEN)

    def test_truncated_models(self):
        ubj = self.ubj()
        for size in (0, 1, 10, len(ubj) // 3, len(ubj) // 2, len(ubj) - 1):
            with self.subTest(size=size):
                self.forge_model(ubj[:size])

    def test_deep_nesting(self):
        self.forge_model(b"[" * 100000 + b"]" * 100000)
        self.forge_model(b"{L" + struct.pack(">q", 7) + b"learner" + b"[" * 100000)

    def test_announced_sizes(self):
        ubj = self.ubj()
        at = ubj.index(b"split_conditions") + len(b"split_conditions[$d#L")
        for size in (0, 1, 1 << 20, 1 << 40, 1 << 62, (1 << 63) - 1, -1):
            with self.subTest(size=size):
                self.forge_model(ubj[:at] + struct.pack(">q", size) + ubj[at + 8:])

    def children(self, name, node, value):
        ubj = self.ubj()
        at = ubj.index(name) + len(name) + len(b"[$l#L") + 8 + 4 * node
        return ubj[:at] + struct.pack(">i", value) + ubj[at + 4:]

    def test_trees_with_cycles_and_loose_ends(self):
        for name in (b"left_children", b"right_children"):
            for value in (0, 1, 2, -2, -(1 << 31), (1 << 31) - 1, 1000, -1):
                with self.subTest(name=name, value=value):
                    changed = self.children(name, 0, value)
                    if changed != self.ubj():
                        self.forge_model(changed)

    def test_features_that_there_are_not(self):
        for value in (3, 1 << 30, -1):
            with self.subTest(value=value):
                self.forge_model(self.children(b"split_indices", 0, value))

    def test_other_models(self):
        for name, path in (("multiclass", "global/model.ubj"), ("poisson", "groups/-3/model.ubj"),
                           ("regression", "global/model.ubj"), ("binary", "global/model.ubj")):
            with self.subTest(name=name):
                self.forge_model(golden(name).content(path))

    def test_every_model_is_checked(self):
        for path in ("global/model.ubj", "global/unseen.ubj", OTHER):
            with self.subTest(path=path):
                file = golden()
                content = file.content(path)
                file.replace_model(path, content[:len(content) // 2])
                self.refused(file, "")

    def test_right_places_of_wrong_content(self):
        file = golden()
        content = file.content(OTHER)
        file.replace(SEVEN, content)            # groups.jsonl states another digest
        file.with_index = False
        self.refused(file, "digest")
        file.with_index = True
        self.own(file)                          # verifying finds it, and a signature excludes it

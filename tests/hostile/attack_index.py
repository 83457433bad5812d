# SPDX-License-Identifier: Apache-2.0
"""Attacks on the file and its index."""

import struct

import forge
from attack import FORMAT, LIMIT, UNSUPPORTED, Attack, golden

MARKER = b"SEGMLEND"


class Container(Attack):
    """What is no artifact, or no whole one."""

    def test_nothing(self):
        self.refused(b"", "")

    def test_one_byte(self):
        self.refused(b"\x28", "")

    def test_text(self):
        self.refused(b"hello, world\n" * 100, "no zstd frame begins here")

    def test_the_end_marker_alone(self):
        self.refused(struct.pack("<Q", 16) + MARKER, "")

    def test_an_index_alone(self):
        file = golden()
        self.refused(file.index.frame(0), "")

    def test_content_behind_the_index(self):
        file = golden()
        file.after = b"x"
        self.refused(file, "")
        file.after = forge.skippable(b"more", 0x184D2A50)
        self.refused(file, "")

    def test_two_indexes(self):
        file = golden()
        file.after = file.bytes()[-len(file.index.frame(0)):]
        self.refused(file, "")

    def test_a_frame_that_is_skipped_does_no_harm(self):
        file = golden()
        file.between = forge.skippable(b"for others", 0x184D2A50)
        self.same(file)

    def test_the_end_says_another_size(self):
        for size in (0, 7, 8, 9, 1 << 20, 1 << 31, (1 << 32) + 8, 1 << 63, (1 << 64) - 1):
            with self.subTest(size=size):
                file = golden()
                file.index.end = struct.pack("<Q", size) + MARKER
                self.refused(file, "")

    def test_an_index_without_its_end(self):
        file = golden()
        file.index.end = bytes(16)
        self.refused(file, "the index is damaged")


class Header(Attack):
    """Numbers at the head of the index, with a root digest that is right."""

    def test_a_newer_version(self):
        for version in (2, 1 << 31, (1 << 32) - 1):
            file = golden()
            file.index.version = version
            self.refused(file, "version %d" % version, UNSUPPORTED)

    def test_version_0(self):
        file = golden()
        file.index.version = 0
        self.refused(file, "version 0")

    def test_another_magic(self):
        file = golden()
        file.index.magic = b"SEGMLIDY"
        self.refused(file, "the index is damaged")

    def test_unknown_flags(self):
        file = golden()
        file.index.flags |= 2
        self.refused(file, "bits that have no meaning")

    def test_codes_that_are_said_not_to_be_there(self):
        file = golden()
        file.index.flags = 0
        self.refused(file, "the index is damaged")

    def test_bytes_that_must_be_0(self):
        file = golden()
        file.index.reserved = bytes(19) + b"\1"
        self.refused(file, "bits that have no meaning")

    def test_another_root_digest(self):
        file = golden()
        file.index.root = bytes(32)
        self.refused(file, "")

    def test_other_digests_of_pages(self):
        file = golden()
        file.index.spoil = lambda digests: bytes(len(digests))
        self.refused(file, "")

    def test_counts_that_cannot_be(self):
        for name in ("offset", "size", "members", "groups", "parents", "slots", "heap"):
            for value in (0, 1, 5, 1 << 20, 1 << 32, 1 << 58, 1 << 63, (1 << 64) - 1):
                with self.subTest(name=name, value=value):
                    file = golden()
                    # What it says is never true: 1 more where it would be by chance.
                    true = {"members": len(file.index.members), "groups": len(file.index.groups),
                            "parents": 0, "slots": len(file.index.slots)}.get(name, -1)
                    file.index.counts[name] = value + 1 if value == true else value
                    self.refused(file, "the index is damaged")

    def test_columns_that_cannot_be(self):
        for columns in (0, 2, 17, (1 << 32) - 1):
            with self.subTest(columns=columns):
                file = golden()
                file.index.key_columns = columns
                self.refused(file, "the index")


class Places(Attack):
    """Places that do not name what they should."""

    def forge_group(self, change, fragment="", status=FORMAT):
        file = golden()
        place = file.index.groups[1].place
        file.forged = lambda: change(file, place)
        self.refused(file, fragment, status)

    def test_behind_the_file(self):
        for offset in (1 << 20, 1 << 31, 1 << 32, 1 << 63, (1 << 64) - 1):
            with self.subTest(offset=offset):
                self.forge_group(lambda file, place: setattr(place, "offset", offset), "damaged")

    def test_larger_than_the_file(self):
        for packed in (1 << 20, (1 << 32) - 1):
            with self.subTest(packed=packed):
                self.forge_group(lambda file, place: setattr(place, "packed", packed), "damaged")

    def test_a_byte_more_or_less(self):
        raw = golden().bytes()
        for begin, size in ((0, 1), (0, -1), (1, -1), (-1, 1)):
            def change(file, place, begin=begin, size=size):
                place.offset += begin
                place.packed += size
                end = place.offset + place.packed
                place.digest = forge.sha256(raw[place.offset:end])
            with self.subTest(begin=begin, size=size):
                self.forge_group(change)

    def test_two_frames_in_one_place(self):
        raw = golden().bytes()

        def change(file, place):
            place.packed += file.index.groups[2].place.packed
            place.digest = forge.sha256(raw[place.offset:place.offset + place.packed])
        self.forge_group(change)

    def test_the_index_itself(self):
        def change(file, place):
            place.offset, place.packed = len(golden().bytes()) - 200, 100
        self.forge_group(change, "damaged")

    def test_the_end_of_the_tar(self):
        def change(file, place):
            place.offset = file.index.groups[2].place.offset + file.index.groups[2].place.packed
            place.packed = len(file.tar_end)
            place.digest = forge.sha256(file.tar_end)
        self.forge_group(change)

    def test_another_size_of_the_content(self):
        for size in (0, 1, 511, 1 << 20, 1 << 30, (1 << 32) - 1):
            with self.subTest(size=size):
                file = golden()
                place = file.index.groups[1].place
                file.forged = lambda: setattr(place, "size", size)
                for line in self.examine(file.bytes()):
                    self.assertTrue(line.startswith("refused "), line)
                    self.assertIn(line.split()[2], (FORMAT, LIMIT), line)

    def test_another_digest(self):
        self.forge_group(lambda file, place: setattr(place, "digest", bytes(32)), "digest")

    def test_no_model_of_a_trained_group(self):
        def change(file, place):
            place.offset = place.packed = place.size = 0
            place.digest = bytes(32)
        self.forge_group(change)

    def test_a_digest_without_a_place(self):
        self.forge_group(lambda file, place: setattr(place, "packed", 0))

    def test_a_model_of_a_group_that_has_none(self):
        file = golden()
        one, seven = file.index.groups[3].place, file.index.groups[1].place

        def change():
            one.offset, one.packed, one.size = seven.offset, seven.packed, seven.size
            one.digest = seven.digest
        file.forged = change
        self.refused(file, "")

    def test_models_swapped(self):
        file = golden()
        seven, other = file.index.groups[1].place, file.index.groups[2].place

        def change():
            for name in ("offset", "packed", "size", "digest"):
                one, two = getattr(seven, name), getattr(other, name)
                setattr(seven, name, two)
                setattr(other, name, one)
        file.forged = change
        self.own(file)

    def test_the_manifest_in_place_of_a_model(self):
        file = golden()
        seven, manifest = file.index.groups[1].place, file.place_of("segml.json")

        def change():
            for name in ("offset", "packed", "size", "digest"):
                setattr(seven, name, getattr(manifest, name))
        file.forged = change
        self.refused(file, "")

    def test_members_missing_from_the_index(self):
        for path in (b"segml.json", b"groups.jsonl", b"global/model.ubj", b"global/unseen.ubj",
                     b"history.jsonl"):
            with self.subTest(path=path):
                file = golden()
                file.index.members = [m for m in file.index.members if m.path != path]
                self.refused(file, "")

    def test_members_twice_or_more_in_the_index(self):
        file = golden()
        file.index.members.append(file.index.members[1])
        self.own(file)

    def test_members_with_paths_that_cannot_be(self):
        for path in (b"", b"../segml.json", b"/etc/passwd", b"a\0b", b"\xff", b"x" * 256):
            with self.subTest(path=path):
                file = golden()
                file.index.members[0].path = path
                self.own(file)


class Entries(Attack):
    """Groups, slots, codes and keys of the index that cannot be."""

    def forge_entry(self, name, value, fragment="", at=1):
        file = golden()
        setattr(file.index.groups[at], name, value)
        self.refused(file, fragment)

    def test_statuses(self):
        for status in (0, 8, 255):
            with self.subTest(status=status):
                self.forge_entry("status", status, "the index is damaged")

    def test_a_model_of_an_untrained_group(self):
        for status in (2, 3, 4, 5, 6):
            with self.subTest(status=status):
                self.forge_entry("status", status)

    def test_columns(self):
        for columns in (0, 2, 17, 255):
            with self.subTest(columns=columns):
                self.forge_entry("columns", columns, "the index is damaged")

    def test_bytes_that_must_be_0(self):
        self.forge_entry("rest", b"\0\0\0\0\0\1", "the index is damaged")

    def test_rows(self):
        self.forge_entry("rows", -1, "the index is damaged")

    def test_rounds(self):
        for rounds in (0, 2, 4, (1 << 32) - 1):
            with self.subTest(rounds=rounds):
                self.forge_entry("rounds", rounds)

    def test_thresholds(self):
        for threshold in (-0.5, 1.5, float("inf"), float("-inf")):
            with self.subTest(threshold=threshold):
                self.forge_entry("threshold", struct.pack("<d", threshold))

    def test_another_nan(self):
        self.forge_entry("threshold", struct.pack("<Q", 0x7FF0000000000001))

    def test_keys_outside_of_the_heap(self):
        for at in (1 << 20, 1 << 32, 1 << 63, (1 << 64) - 1):
            with self.subTest(at=at):
                self.forge_entry("at", at, "the index is damaged")
        for length in (1 << 16, (1 << 32) - 1):
            with self.subTest(length=length):
                self.forge_entry("length", length, "the index is damaged")

    def test_keys_that_are_none(self):
        file = golden()
        for key in (b"", b"\1", b"\3" + bytes(8), b"\1" + bytes(7), b"\2" + bytes(8),
                    struct.pack("<BQ", 2, 1 << 63) + b"x", struct.pack("<BQ", 0, 1)):
            with self.subTest(key=key):
                file = golden()
                file.index.groups[1].key = key
                self.own(file)

    def test_a_key_of_another_type(self):
        file = golden()
        file.index.groups[1].key = struct.pack("<BQ", 2, 1) + b"7"
        self.own(file)

    def test_slots_that_name_no_entry(self):
        for number in (5, 1 << 16, (1 << 32) - 1):
            with self.subTest(number=number):
                file = golden()
                file.index.slots = [number] * len(file.index.slots)
                self.refused(file, "")

    def test_slots_that_are_all_free(self):
        file = golden()
        file.index.slots = [0] * len(file.index.slots)
        self.own(file)

    def test_slots_that_are_all_taken(self):
        file = golden()
        file.index.slots = [1] * len(file.index.slots)
        self.own(file)

    def test_an_entry_in_many_slots_of_a_large_table(self):
        file = golden("many")
        file.index.slots = [1] * len(file.index.slots)
        self.own(file, "many")

    def test_another_hash(self):
        file = golden()
        file.index.groups[1].hash = bytes(16)
        self.own(file)

    def test_hashes_that_collide(self):
        file = golden("many")
        for group in file.index.groups:
            group.hash = file.index.groups[0].hash
        self.own(file, "many")

    def test_codes_of_no_value(self):
        file = golden()
        file.index.codes = [4, 1 << 24, (1 << 32) - 1, 5]
        self.refused(file, "")

    def test_a_heap_of_other_bytes(self):
        file = golden()
        size = sum(len(m.path) for m in file.index.members)
        size += sum(len(g.key) for g in file.index.groups)
        file.index.heap = b"\xff" * size
        self.refused(file, "")

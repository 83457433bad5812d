#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes index_bytes.h: the bytes of small indexes, by section 2 of doc/artifact-format.md.

Shares no code with the library. Needs xxhash.

    index_bytes.py > index_bytes.h
"""

import hashlib
import struct

import xxhash

PAGE = 16384
QUIET_NAN = 0x7FF8000000000000
OFFSET = 1000


def encode(key):
    """A key as section 8 hashes it."""
    out = b""
    for value in key:
        if value is None:
            out += bytes(9)
        elif isinstance(value, int):
            out += b"\x01" + value.to_bytes(8, "little", signed=True)
        else:
            text = value.encode()
            out += b"\x02" + len(text).to_bytes(8, "little") + text
    return out


def place(at):
    """None, or (offset, packed, size): the digest's bytes count up from the offset."""
    if at is None:
        return bytes(48)
    digest = bytes((at[0] + i) % 256 for i in range(32))
    return struct.pack("<QII", *at) + digest


def order(value):
    """Section 7, in one column."""
    return (0,) if value is None else (1, value) if isinstance(value, int) else (2, value.encode())


def codes_of(groups):
    out = b""
    columns = [sorted(set(column), key=order) for column in zip(*(g["key"] for g in groups))]
    for group in groups:
        for values, value in zip(columns, group["key"]):
            out += struct.pack("<I", values.index(value))
    return out


def slots_of(entries):
    count = 0
    if entries:
        count = 1
        while count < 2 * len(entries):
            count *= 2
    slots = [0] * count
    for number, entry in enumerate(entries, 1):
        at = entry["hash"] % 2**64 % count
        while slots[at]:
            at = (at + 1) % count
        slots[at] = number
    return b"".join(struct.pack("<I", slot) for slot in slots)


def index_of(members, groups, parents, key_columns, has_codes):
    """The whole skippable frame."""
    entries = groups + parents
    heap, body = b"", b""
    for path, where in members:
        body += place(where) + struct.pack("<IIQ", len(heap), len(path), 0)
        heap += path.encode()
    for entry in entries:
        key = encode(entry["key"])
        entry["hash"] = xxhash.xxh3_128_intdigest(key)
        threshold = entry.get("threshold")
        bits = struct.pack("<Q", QUIET_NAN) if threshold is None else struct.pack("<d", threshold)
        body += struct.pack("<QQ", entry["hash"] % 2**64, entry["hash"] >> 64)
        body += place(entry.get("place"))
        body += struct.pack("<QIIQ", len(heap), len(key), entry["rounds"], entry["rows"])
        body += bits + bytes([entry["status"], len(entry["key"])]) + bytes(6)
        heap += key
    slots = slots_of(entries)
    body += slots + (codes_of(groups) if has_codes else b"") + heap
    pages = b"".join(hashlib.sha256(body[at:at + PAGE]).digest()
                     for at in range(0, len(body), PAGE))
    size = 128 + len(pages) + len(body) + 16
    before = b"SEGMLIDX" + struct.pack("<II", 1, int(has_codes))
    after = struct.pack("<QQQQQQQI", OFFSET, size, len(members), len(groups), len(parents),
                        len(slots) // 4, len(heap), key_columns) + bytes(20)
    root = hashlib.sha256(before + bytes(32) + after + pages).digest()
    content = before + root + after + pages + body
    content += struct.pack("<Q", size + 8) + b"SEGMLEND"
    assert len(content) == size
    return struct.pack("<II", 0x184D2A57, size) + content


def small():
    groups = [
        {"key": [None, None], "status": 2, "rounds": 0, "rows": 3},
        {"key": ["at", 7], "status": 1, "rounds": 12, "rows": 2**40, "threshold": 0.25,
         "place": (100, 90, 1234)},
        {"key": ["de", -1], "status": 7, "rounds": 5, "rows": 0},
        {"key": ["de", 4711], "status": 1, "rounds": 2**31 - 1, "rows": 50,
         "place": (190, 810, 0)},
        {"key": ["ä,%", 7], "status": 5, "rounds": 0, "rows": 99},
    ]
    parents = [
        {"key": ["at"], "status": 3, "rounds": 0, "rows": 2**40},
        {"key": ["de"], "status": 1, "rounds": 8, "rows": 50, "threshold": 1.0,
         "place": (0, 1000, 2**30)},
    ]
    members = [("README", (0, 60, 7)), ("segml.json", (60, 40, 2**30))]
    return index_of(members, groups, parents, 2, True)


def large():
    """Three pages and more: the digests and the way of probing are tried."""
    groups = [{"key": [7 * i - 1000], "status": 1, "rounds": i, "rows": 10 * i,
               "place": (i, 1, 10 * i)} for i in range(400)]
    return index_of([], groups, [], 1, False)


def print_bytes(name, data):
    print(f"\nstatic const unsigned char {name}[{len(data)}] = {{")
    for at in range(0, len(data), 16):
        print("    " + ", ".join(f"0x{byte:02x}" for byte in data[at:at + 16]) + ",")
    print("};")


if __name__ == "__main__":
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* Written by index_bytes.py; do not edit. */")
    print_bytes("golden_small", small())
    print_bytes("golden_empty", index_of([], [], [], 1, False))
    whole = large()
    print(f"\nenum {{ GOLDEN_LARGE_SIZE = {len(whole)} }};")
    print_bytes("golden_large_digest", hashlib.sha256(whole).digest())
    print_bytes("golden_large_root", whole[8 + 16:8 + 48])

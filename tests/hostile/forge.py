# SPDX-License-Identifier: Apache-2.0
"""Takes artifacts apart and puts them together again, right or wrong.

By doc/artifact-format.md alone; shares no code with the library, nor with the other writer in
tests/golden. Needs the zstd tool.

    file = forge.File(bytes)            # of a sound artifact
    file.replace("segml.json", b"[")    # places, digests and the index follow
    file.index.groups[0].rows = -1
    forged = file.bytes()
"""

import dataclasses
import hashlib
import io
import json
import struct
import subprocess
import tarfile

PAGE, HEADER, MEMBER, ENTRY, END = 16384, 128, 64, 104, 16
MAGIC = 0x184D2A57


def zstd(content, *options):
    """A frame with content size and checksum."""
    command = ["zstd", "-q", "-c", "--check", "--stream-size=%d" % len(content), *options]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, input=content).stdout


def unzstd(frame):
    return subprocess.run(["zstd", "-q", "-d", "-c"], check=True, stdout=subprocess.PIPE,
                          input=frame).stdout


def entry(path, content=b"", **fields):
    """A tar entry; fields are those of tarfile.TarInfo."""
    info = tarfile.TarInfo(path)
    info.size = len(content)
    form = fields.pop("form", tarfile.USTAR_FORMAT)
    for name, value in fields.items():
        setattr(info, name, value)
    return info.tobuf(form) + content + bytes(-len(content) % 512)


def skippable(content, magic=MAGIC):
    return struct.pack("<II", magic, len(content)) + content


def sha256(content):
    return hashlib.sha256(content).digest()


def content_of(frame):
    """Path and content of the member in a frame."""
    with tarfile.open(fileobj=io.BytesIO(unzstd(frame) + bytes(1024))) as archive:
        info = archive.next()
        return info.name, archive.extractfile(info).read()


@dataclasses.dataclass
class Place:
    offset: int
    packed: int
    size: int
    digest: bytes

    FORM = "<QII32s"

    @classmethod
    def read(cls, raw):
        return cls(*struct.unpack(cls.FORM, raw))

    def write(self):
        return struct.pack(self.FORM, self.offset, self.packed, self.size, self.digest)


@dataclasses.dataclass
class Member:
    """A line of the index that is no group's; frame is None where it is forged."""
    path: bytes
    place: Place


@dataclasses.dataclass
class Group:
    """A group or parent of the index; at and length of its key are None to be filled in."""
    hash: bytes
    place: Place
    key: bytes
    rounds: int
    rows: int
    threshold: bytes
    status: int
    columns: int
    rest: bytes = bytes(6)
    at: int = None
    length: int = None


class Index:
    """What the index says, number by number."""

    def __init__(self, raw):
        fields = struct.unpack("<8sII32s7QI20s", raw[:HEADER])
        self.magic, self.version, self.flags = fields[:3]
        self.counts = {}        # counts that the header states instead of the real ones
        self.key_columns, self.reserved = fields[11:]
        members, groups, parents, slots, heap = fields[6:11]
        body = len(raw) - END - members * MEMBER - (groups + parents) * ENTRY - 4 * slots - heap
        codes = 4 * groups * self.key_columns if self.flags & 1 else 0
        body -= codes           # where the members begin
        heap_at = len(raw) - END - heap
        self.members = [self._member(raw, body + i * MEMBER, heap_at) for i in range(members)]
        at = body + members * MEMBER
        everyone = [self._group(raw, at + i * ENTRY, heap_at) for i in range(groups + parents)]
        self.groups, self.parents = everyone[:groups], everyone[groups:]
        at += (groups + parents) * ENTRY
        self.slots = list(struct.unpack(f"<{slots}I", raw[at:at + 4 * slots]))
        at += 4 * slots
        self.codes = list(struct.unpack(f"<{codes // 4}I", raw[at:at + codes]))
        self.heap = None        # bytes to take instead of paths and keys
        self.end = None         # the last 16 bytes, instead of the right ones
        self.root = None        # root digest instead of the right one
        self.spoil = None       # function of the page digests that gives others

    @staticmethod
    def _member(raw, at, heap):
        path, length = struct.unpack("<II", raw[at + 48:at + 56])
        return Member(raw[heap + path:heap + path + length], Place.read(raw[at:at + 48]))

    @staticmethod
    def _group(raw, at, heap):
        key, length, rounds, rows = struct.unpack("<QIIq", raw[at + 64:at + 88])
        return Group(raw[at:at + 16], Place.read(raw[at + 16:at + 64]),
                     raw[heap + key:heap + key + length], rounds, rows, raw[at + 88:at + 96],
                     raw[at + 96], raw[at + 97])

    def _body(self):
        heap, members, groups = b"", b"", b""
        for member in self.members:
            members += member.place.write()
            members += struct.pack("<IIQ", len(heap), len(member.path), 0)
            heap += member.path
        for group in self.groups + self.parents:
            at = len(heap) if group.at is None else group.at
            length = len(group.key) if group.length is None else group.length
            groups += group.hash + group.place.write()
            groups += struct.pack("<QIIq", at, length, group.rounds, group.rows) + group.threshold
            groups += struct.pack("<BB", group.status, group.columns) + group.rest
            heap += group.key
        heap = heap if self.heap is None else self.heap
        body = members + groups + struct.pack(f"<{len(self.slots)}I", *self.slots)
        return body + struct.pack(f"<{len(self.codes)}I", *self.codes) + heap, len(heap)

    def frame(self, offset):
        body, heap = self._body()
        digests = b"".join(sha256(body[i:i + PAGE]) for i in range(0, len(body), PAGE))
        if self.spoil:
            digests = self.spoil(digests)
        size = HEADER + len(digests) + len(body) + END
        says = {"offset": offset, "size": size, "members": len(self.members),
                "groups": len(self.groups), "parents": len(self.parents),
                "slots": len(self.slots), "heap": heap, **self.counts}

        def header(root):
            return self.magic + struct.pack(
                "<II32s7QI20s", self.version, self.flags, root,
                *(says[name] for name in ("offset", "size", "members", "groups", "parents",
                                          "slots", "heap")), self.key_columns, self.reserved)

        root = sha256(header(bytes(32)) + digests) if self.root is None else self.root
        end = struct.pack("<Q", size + 8) + b"SEGMLEND" if self.end is None else self.end
        return skippable(header(root) + digests + body + end)


class File:
    """Frames of a sound artifact, and what its index says of them."""

    def __init__(self, raw):
        size = struct.unpack("<Q", raw[-16:-8])[0]
        self.index = Index(raw[-size + 8:])
        self.frames = []        # [(place, frame)] in the order of the file
        places = [m.place for m in self.index.members]
        places += [g.place for g in self.index.groups + self.index.parents if g.place.packed]
        for place in sorted(places, key=lambda p: p.offset):
            self.frames.append((place, raw[place.offset:place.offset + place.packed]))
        self.tar_end = zstd(bytes(1024))
        self.before = self.after = b""      # the frames; the index
        self.between = b""                  # the tar's end and the index
        self.with_index = True
        self.forged = None      # function that changes places when they are known

    def place_of(self, path):
        for place, frame in self.frames:
            if content_of(frame)[0] == path:
                return place
        raise KeyError(path)

    def content(self, path):
        for _, frame in self.frames:
            name, content = content_of(frame)
            if name == path:
                return content
        raise KeyError(path)

    def put_frame(self, path, frame, size):
        """Another frame for a member: place and digest follow."""
        place = self.place_of(path)
        self.frames = [(p, frame if p is place else f) for p, f in self.frames]
        place.size = size

    def replace(self, path, content, **fields):
        self.put_frame(path, zstd(entry(path, content, **fields)), len(content))

    def add_frame(self, frame):
        """A frame that no place names, before the tar's end."""
        self.frames.append((Place(0, 0, 0, bytes(32)), frame))

    def edit_manifest(self, **changes):
        manifest = json.loads(self.content("segml.json"))
        manifest.update(changes)
        for name in [name for name, value in manifest.items() if value is None]:
            del manifest[name]
        self.replace("segml.json", json.dumps(manifest).encode())

    def replace_groups(self, lines, **changes):
        """Other lines, with the digest that segml.json states."""
        self.replace("groups.jsonl", lines)
        self.edit_manifest(groups_digest=hashlib.sha256(lines).hexdigest(), **changes)

    def replace_model(self, path, ubj):
        """Another model, with the digests that groups.jsonl and segml.json state."""
        old, new = (hashlib.sha256(b).hexdigest() for b in (self.content(path), ubj))
        self.replace(path, ubj)
        lines = self.content("groups.jsonl").replace(old.encode(), new.encode())
        manifest = self.content("segml.json").replace(old.encode(), new.encode())
        self.replace("segml.json", manifest)
        self.replace_groups(lines)

    def bytes(self):
        out = self.before
        for place, frame in self.frames:
            place.offset, place.packed, place.digest = len(out), len(frame), sha256(frame)
            out += frame
        if self.forged:
            self.forged()
        out += self.tar_end + self.between
        return out + (self.index.frame(len(out)) if self.with_index else b"") + self.after

"""What git lists, as data: entries of the index and of trees, and what differs between two."""

import os
from collections.abc import Iterator
from typing import NamedTuple

#: The mode of a submodule: no blob is behind it.
GITLINK = "160000"


class IndexEntry(NamedTuple):
    """A file in the git index (or in a tree). `stage` is 0 but in a conflict."""

    mode: str
    oid: str
    stage: int
    path: str


class StagedChange(NamedTuple):
    """What differs between two trees. `status` is git's letter; `oid` is all zeros for a deletion."""

    status: str
    path: str
    oid: str
    mode: str = ""


def parse_entries(out: bytes) -> list[IndexEntry]:
    """What `git ls-files -s -z` prints."""
    entries = []
    for record in os.fsdecode(out).split("\0")[:-1]:
        meta, _, path = record.partition("\t")
        mode, oid, stage = meta.split(" ")
        entries.append(IndexEntry(mode, oid, int(stage), path))
    return entries


def parse_tree(data: bytes, object_format: str) -> Iterator[tuple[str, str, str]]:
    """Mode, name and object id of each entry of a tree object, in git's order."""
    width = 20 if object_format == "sha1" else 32
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        at = end + 1 + width
        yield mode.decode(), os.fsdecode(name), data[end + 1 : at].hex()


def parse_raw(out: bytes) -> list[StagedChange]:
    """What `git diff --raw -z --no-renames` prints."""
    fields = out.split(b"\0")
    changes = []
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, oid, status = meta.decode().split(" ")
        changes.append(StagedChange(status[:1], os.fsdecode(path), oid, mode))
    return changes

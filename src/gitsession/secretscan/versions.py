"""Many versions of the same files: each line is scanned once."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from gitsession.errors import ScanError
from gitsession.model.finding import Finding
from gitsession.secretscan.scanner import scan_bytes

Key = TypeVar("Key")

# Bytes of files that wait until their new lines are scanned together, and of clean lines that are remembered.
BATCH = 1_000_000
REMEMBERED = 50_000_000

# What is not read line by line as it stands: with NUL bytes or a byte order mark.
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def scan_versions(files: Iterable[tuple[Key, str, bytes]]) -> Iterator[tuple[Key, list[Finding]]]:
    """The findings of every file (key, path, bytes) that has any, as `scan_bytes` finds them. Raises ScanError.

    Whether a line looks like a secret hangs on that line alone (and on nothing but it whether a file has a finding), so a
    file whose lines were all clean before is clean. Memory is bounded, whatever the number of files.
    """
    clean: set[bytes] = set()
    remembered = 0
    waiting: list[tuple[Key, str, bytes]] = []
    fresh: set[bytes] = set()
    size = 0
    for key, path, data in files:
        if b"\0" in data or data.startswith(_MARKS):
            if findings := scan_bytes(path, data):
                yield key, findings
            continue
        new = _lines(data) - clean
        if not new:
            continue
        waiting.append((key, path, data))
        fresh |= new
        size += len(data)
        if size > BATCH:
            dirty = _dirty(fresh)
            yield from _found(waiting, dirty)
            if remembered > REMEMBERED:
                clean, remembered = set(), 0
            clean |= fresh - dirty
            remembered += sum(map(len, fresh))
            waiting, fresh, size = [], set(), 0
    yield from _found(waiting, _dirty(fresh))


def _lines(data: bytes) -> set[bytes]:
    if b"\r" in data:
        data = data.replace(b"\r", b"\n")
    return set(data.split(b"\n"))


def _dirty(lines: set[bytes]) -> set[bytes]:
    """Those in which something is found, all of them where they cannot be scanned together: then each file tells for itself."""
    ordered = list(lines)
    try:
        # The first stands behind an empty one, so that nothing in it is taken for a byte order mark.
        return {ordered[finding.line - 2] for finding in scan_bytes("", b"\n" + b"\n".join(ordered))}
    except ScanError:
        return lines


def _found(files: list[tuple[Key, str, bytes]], dirty: set[bytes]) -> Iterator[tuple[Key, list[Finding]]]:
    for key, path, data in files if dirty else ():
        if not dirty.isdisjoint(_lines(data)) and (findings := scan_bytes(path, data)):
            yield key, findings

"""Many versions of the same files: each line is scanned once."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TypeVar

from gitsession.errors import ScanError
from gitsession.model.finding import Finding
from gitsession.secretscan.scanner import scan_bytes
from gitsession.secretscan.views import is_open, reach

Key = TypeVar("Key")

# Bytes of files that wait until their new lines are scanned together, and of clean lines that are remembered.
BATCH = 1_000_000
REMEMBERED = 50_000_000

# Between units, so that none goes on in the next: more than a line that is open looks ahead.
BETWEEN = (b".",)

# What is not read line by line as it stands: with NUL bytes or a byte order mark.
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def scan_versions(files: Iterable[tuple[Key, str, bytes]]) -> Iterator[tuple[Key, list[Finding]]]:
    """The findings of every file (key, path, bytes) that has any, as `scan_bytes` finds them. Raises ScanError.

    Whether there is a finding hangs on single lines, and on lines that go on in the next ones together with these: a file
    of which all such units were clean before is clean. Memory is bounded, whatever the number of files.
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
        new = _units(data) - clean
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


def _units(data: bytes) -> set[bytes]:
    """The lines of a file; one that goes on in the next ones, together with these."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = data.split(b"\n")
    units = set(lines)
    text = [line.decode("utf-8", "replace") for line in lines]
    for number, line in enumerate(text):
        if line and is_open(line):
            units.add(b"\n".join(lines[number : number + reach(text, number) + 1]))
    return units


def _dirty(units: set[bytes]) -> set[bytes]:
    """Those in which something is found, all of them where they cannot be scanned together: then each file tells for itself."""
    ordered = list(units)
    text, ends = [b""], [0]  # nothing in the first is taken for a byte order mark
    for unit in ordered:
        text += [unit, *BETWEEN]
        ends.append(ends[-1] + unit.count(b"\n") + 1 + len(BETWEEN))
    try:
        findings = scan_bytes("", b"\n".join(text))
    except ScanError:
        return units
    return {ordered[bisect_left(ends, finding.line - 1) - 1] for finding in findings}


def _found(files: list[tuple[Key, str, bytes]], dirty: set[bytes]) -> Iterator[tuple[Key, list[Finding]]]:
    for key, path, data in files if dirty else ():
        if not dirty.isdisjoint(_units(data)) and (findings := scan_bytes(path, data)):
            yield key, findings

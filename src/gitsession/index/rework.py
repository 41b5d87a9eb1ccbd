"""Rework: lines that one session wrote and one of the next three changed again, told from the patches of their commits."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from gitsession.git import Repository
from gitsession.git.walk import PATIENCE
from gitsession.index.measuring import Measured

WITHIN = 3  # sessions
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_WORD = re.compile(rb"[^\W_]|[\x80-\xff]")  # what a line must hold to count: brackets alone are everywhere
_COMMAND = ("diff-tree", "--stdin", "--root", "-r", "-p", "-U0", "-M", "--no-color", "--no-ext-diff", "--no-textconv",
            "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules", "--format=%x01%H", "--", ".", ":(exclude).sessions")  # fmt: skip


class Rework(NamedTuple):
    """Of the lines that a session wrote, those that were changed or taken out by one of the next three."""

    written: int
    again: int


class _Patch:
    """What a commit does to a file: hashes of lines, space at their ends aside."""

    def __init__(self) -> None:
        self.path = b""
        self.source = b""  # where it lay before, if it was renamed
        self.removed: list[int] = []
        self.added: list[int] = []


def measure_rework(repo: Repository, sessions: Sequence[Measured], wanted: Collection[int]) -> dict[int, Rework]:
    """For each session whose place is wanted. `sessions` are all, in their order; a commit of several counts for the last of them."""
    near = {place + more for place in wanted for more in range(WITHIN + 1)}
    owner = {made: s.place for s in sessions if s.place in near for made in s.commits}
    places = {made.oid: owner[made] for made in sorted(owner, key=lambda made: (made.place, made.oid))}
    written: Counter[int] = Counter()
    again: Counter[int] = Counter()
    # path -> line -> the sessions that wrote such a line there, the last one last
    writers: _Writers = defaultdict(lambda: defaultdict(list))
    for oid, patches in _read(repo, places) if places else ():
        here = places[oid]
        taken, brought = _apply(writers, patches, here)
        written[here] += brought
        again.update(wrote for wrote in taken if 0 < here - wrote <= WITHIN)
    return {place: Rework(written[place], again[place]) for place in wanted}


_Writers = defaultdict[bytes, defaultdict[int, list[int]]]
_NOBODY = -WITHIN - 1  # who wrote a line that no session did


def _apply(writers: _Writers, patches: Sequence[_Patch], here: int) -> tuple[list[int], int]:
    """Let the session at this place change lines; returns who wrote those that it took out, and how many it wrote.

    A line that goes and comes in one commit is moved: it stays whose it was.
    """
    goes = Counter(line for patch in patches for line in patch.removed)
    moves = goes & Counter(line for patch in patches for line in patch.added)
    held: defaultdict[int, list[int]] = defaultdict(list)
    taken = []
    for patch in patches:
        if patch.source in writers:
            writers[patch.path] = writers.pop(patch.source)
        file = writers[patch.path]
        for line in patch.removed:
            wrote = file[line].pop() if file.get(line) else _NOBODY
            if len(held[line]) < moves[line]:
                held[line].append(wrote)
            else:
                taken.append(wrote)
    brought = 0
    for patch in patches:
        for line in patch.added:
            if held[line]:
                writers[patch.path][line].append(held[line].pop())
            else:
                writers[patch.path][line].append(here)
                brought += 1
    return taken, brought


def _read(repo: Repository, oids: Iterable[str]) -> Iterator[tuple[str, list[_Patch]]]:
    """The patches of these commits, none for merges."""
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    oid, patches = "", list[_Patch]()
    left = [0, 0]  # lines of a hunk that are still to come: removed, added
    for line in _lines(repo.pipe(_COMMAND, stdin=stdin, timeout=PATIENCE)):
        mark = line[:1]
        if mark == b"-" and left[0]:
            left[0] -= 1
            if _WORD.search(line):
                patches[-1].removed.append(hash(line[1:].strip()))
        elif mark == b"+" and left[1]:
            left[1] -= 1
            if _WORD.search(line):
                patches[-1].added.append(hash(line[1:].strip()))
        elif hunk := _HUNK.match(line):
            left = [int(count) if count is not None else 1 for count in hunk.groups()]
        elif mark == b"\x01":
            if oid:
                yield oid, patches
            oid, patches = line[1:].decode(), []
        elif line.startswith(b"diff --git "):
            patches.append(_Patch())
        elif patches:
            _name(patches[-1], line)
    if oid:
        yield oid, patches


def _name(patch: _Patch, line: bytes) -> None:
    """Take the path out of a line of a patch's head."""
    word, _, name = line.rstrip(b"\t").partition(b" ")
    if word in (b"---", b"+++") and name != b"/dev/null":
        patch.path = b'"' + name[3:] if name[:1] == b'"' else name[2:]
    elif word == b"rename":
        way, _, path = name.partition(b" ")
        if way == b"from":
            patch.source = path
        else:
            patch.path = path


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest

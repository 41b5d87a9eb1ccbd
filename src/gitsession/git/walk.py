"""All commits of a history as a stream, parents before children, each with what it changed and by how many lines."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gitsession.git.repository import Repository
from gitsession.process import read_ahead

#: Seconds that git may take for a whole history.
PATIENCE = 6 * 3600.0

_AHEAD = 200  # pieces of 64 KiB at most
_ORDER = ("--topo-order", "--reverse")
_ENTRIES = ("-r", "-z", "--no-renames", "--no-abbrev", "--raw")
_FORMAT = "--format=%x01%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B%x00"
_DIFF = ("diff-tree", "--stdin", "--root", "--numstat", "--always", "--encoding=UTF-8", _FORMAT, *_ENTRIES)
_FEW = 60  # commits whose ids wait in a pipe until git reads them
_HEAD = 7  # fields of a commit after its id, the message's end included


class Change(NamedTuple):
    """One file that a commit changed. `oid` is empty where it is gone; lines are None where git counts none (binary files)."""

    path: str
    status: str  # git's letter
    oid: str
    mode: str
    added: int | None = None
    removed: int | None = None


class Walked(NamedTuple):
    """A commit. `changes` are those against its parent, all files for a root, and none for a merge."""

    oid: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored: int  # seconds since the epoch
    committed: int
    message: str
    changes: tuple[Change, ...]


def walk(repo: Repository, tips: Sequence[str]) -> Iterator[Walked]:
    """Commits reachable from `tips`, all ids of commits that are here. Raises GitError."""
    pieces = repo.pipe(("rev-list", *_ORDER, "--stdin"), _DIFF, stdin=_lines(tips), timeout=PATIENCE)
    return _walked(read_ahead(pieces, _AHEAD))


def find_new(repo: Repository, tips: Sequence[str], known: Iterable[str], most: int) -> list[str]:
    """Ids of the commits, `most` at most, reachable from `tips` and from none of `known` that is here, parents before children.

    Where they are few, git tells `walk_these` of them while we go on. Raises GitError.
    """
    revs = _lines([*tips, *(f"^{oid}" for oid in known)])
    out = repo.git("rev-list", *_ORDER, "--ignore-missing", f"--max-count={most}", "--stdin", stdin=revs).out
    oids = out.decode().split()
    if 0 < len(oids) <= _FEW:
        repo.ahead(*_DIFF, stdin=_lines(oids))
    return oids


def walk_these(repo: Repository, oids: Sequence[str]) -> Iterator[Walked]:
    """These commits, in their order. Raises GitError."""
    if len(oids) > _FEW:
        return _walked(read_ahead(repo.pipe(_DIFF, stdin=_lines(oids), timeout=PATIENCE), _AHEAD))
    return _walked([repo.git(*_DIFF, stdin=_lines(oids)).out] if oids else [])


def _lines(words: Iterable[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode()


def _walked(pieces: Iterable[bytes]) -> Iterator[Walked]:
    fields = _fields(pieces)
    field = next(fields, None)
    while field is not None:
        oid = field.lstrip(b"\n")[1:].decode()
        parents, author, email, authored, committed, message, _ = (next(fields) for _ in range(_HEAD))
        changes, field = _changes(fields)
        yield Walked(
            oid,
            tuple(parents.decode().split()),
            author.decode("utf-8", "replace"),
            email.decode("utf-8", "replace"),
            _seconds(authored),
            _seconds(committed),
            message.decode("utf-8", "replace"),
            changes,
        )


def merge_changes(repo: Repository, merges: Sequence[tuple[str, str]], folder: str) -> Iterator[tuple[Change, ...]]:
    """What differs under `folder` between each merge and one of its parents: for each (merge, parent), in order."""
    stdin = "".join(f"{oid} {parent}\n" for oid, parent in merges).encode()
    pieces = repo.pipe(
        ("diff-tree", "--stdin", "--always", "--format=%x01", *_ENTRIES, "--", folder), stdin=stdin, timeout=PATIENCE
    )
    fields = _fields(pieces)
    field = next(fields, None)
    while field is not None:
        changes, field = _changes(fields)
        yield changes


def _fields(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole


def _changes(fields: Iterator[bytes]) -> tuple[tuple[Change, ...], bytes | None]:
    """The changes of a commit, and the first field of the next one."""
    found: dict[bytes, tuple[str, str, str]] = {}
    lines: dict[bytes, tuple[int | None, int | None]] = {}
    for field in fields:
        bare = field.lstrip(b"\n")
        if bare[:1] == b":":
            _, mode, _, oid, status = bare.split(b" ")
            letter = status[:1].decode()
            found[next(fields)] = (letter, "" if letter == "D" else oid.decode(), mode.decode())
        elif bare[:1] == b"\x01":
            break
        elif bare:
            added, removed, path = bare.split(b"\t", 2)
            lines[path] = (_count(added), _count(removed))
    else:
        bare = b""
    none = (None, None)
    return tuple(Change(os.fsdecode(path), *of, *lines.get(path, none)) for path, of in found.items()), bare or None


def _count(field: bytes) -> int | None:
    return int(field) if field.isdigit() else None


def _seconds(field: bytes) -> int:
    return int(field) if field.lstrip(b"-").isdigit() else 0

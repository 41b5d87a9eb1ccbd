"""Has a repository changed? Told by the time stamps of what git and we write; no process is started for it."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from gitsession.git import Repository
from gitsession.store.layout import FOLDER

_FOLDERS = (FOLDER, f"{FOLDER}/knowledge", f"{FOLDER}/handoffs", f"{FOLDER}/allowed")


class State(NamedTuple):
    """Where a repository stands, in parts; a part is another when something in it may have changed."""

    commits: str  # HEAD, branches, tags
    staged: str  # the git index
    sessions: str  # the files in `.sessions/`, the sessions in progress, what waits to come in

    def __str__(self) -> str:
        return "-".join(self)

    def changes(self, before: str) -> list[str]:
        """The parts that differ from a state that was written as text; all of them where that is none."""
        parts = before.split("-")
        parts = parts if len(parts) == len(self) else [""] * len(self)
        return [name for name, old, new in zip(self._fields, parts, self, strict=True) if old != new]


def look(repo: Repository) -> State:
    """The state as it is now: each file of `.sessions/` is looked at."""
    return State(_refs(repo), _hash(_index(repo)), _hash(_sessions(repo, whole=True)))


def glance(repo: Repository) -> tuple[object, ...]:
    """A quick look: equal ones have the same state, but for a file of `.sessions/` that was edited in its place."""
    return (_refs(repo), *_index(repo), *_sessions(repo, whole=False))


def _refs(repo: Repository) -> str:
    """A branch is moved by renaming a file into its folder, so the folders tell."""
    common = repo.common_dir
    files = [os.path.join(repo.git_dir, "HEAD"), os.path.join(common, "packed-refs"),
             os.path.join(common, "reftable", "tables.list")]  # fmt: skip
    stamps = [file_stamp(path) for path in files]
    waiting = [os.path.join(common, "refs")]
    while waiting:
        folder = waiting.pop()
        stamps.append(file_stamp(folder))
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    return _hash(stamps)


def _index(repo: Repository) -> list[object]:
    """The git index ends in a digest of itself: one that is only refreshed stays the same."""
    path = os.path.join(repo.git_dir, "index")
    with contextlib.suppress(OSError), open(path, "rb") as file:
        file.seek(-20, os.SEEK_END)
        digest = file.read()
        if digest.strip(b"\0"):
            return [digest]
    return [file_stamp(path)]


def _sessions(repo: Repository, *, whole: bool) -> Iterator[object]:
    yield file_stamp(os.path.join(repo.common_dir, "config"))  # which sessions are in progress
    yield file_stamp(os.path.join(repo.common_dir, "gitsession", "inbox"))
    for name in _FOLDERS:
        folder = repo.path(*name.split("/"))
        yield file_stamp(folder)
        if whole:
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                files = [(e.name, e.stat(follow_symlinks=False)) for e in entries]
                yield sorted((name, s.st_mtime_ns, s.st_size, s.st_ino) for name, s in files)


def file_stamp(path: str) -> tuple[int, int, int]:
    """What differs when a file was written: its time, size and place on the disk."""
    try:
        info = os.lstat(path)
    except OSError:
        return 0, 0, 0
    return info.st_mtime_ns, info.st_size, info.st_ino


def _hash(parts: Iterable[object]) -> str:
    return blake2b(repr(list(parts)).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()

"""Which commits the lines of a file come from."""

import os
import re

from gitsession.errors import GitError, GitsessionError, UsageError
from gitsession.git import Repository
from gitsession.git.walk import PATIENCE

_LINES = re.compile(r"(.+):(\d{1,9})(?:[-,](\d{1,9}))?\Z", re.DOTALL)
_HEAD = re.compile(rb"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?\Z")

Blamed = list[tuple[str, list[tuple[int, int]]]]


def parse_place(repo: Repository, folder: str, place: str) -> tuple[str, int, int]:
    """Path in the repository, first and last line (0: all of it) of `PATH[:LINE[-LINE]]`, the path being as seen from `folder`."""
    path, first, last = place, 0, 0
    match = _LINES.match(place)
    if match and not os.path.lexists(os.path.join(folder, place)):
        path, first, last = match[1], int(match[2]), int(match[3] or match[2])
        if not 1 <= first <= last:
            raise UsageError(f"no lines {first} to {last}", "lines count from 1, the first one first")
    full = os.path.join(os.path.realpath(folder), path)
    inside = os.path.relpath(
        os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full)), os.path.realpath(repo.root)
    )
    if inside.startswith(".." + os.sep) or inside == "..":
        raise UsageError(f"{path} is outside of this repository", "name a file in it")
    return inside.replace(os.sep, "/"), first, last


def blame(repo: Repository, path: str, first: int, last: int) -> Blamed:
    """(commit, ranges of lines) in the order of the lines; the empty commit for what is not committed yet. Raises GitsessionError."""
    lines = [f"-L{first},{last}"] if first else []
    try:
        done = repo.git("blame", "--porcelain", *lines, "--", path, timeout=PATIENCE)
    except GitError as e:
        if "no such path" in e.message or "no such ref: HEAD" in e.message:
            raise GitsessionError(f"{path} is not in any commit", "name a file that git tracks") from None
        if "has only" in e.message:
            raise UsageError(e.message.removeprefix("git blame: "), "lines count from 1") from None
        raise
    found: dict[str, list[tuple[int, int]]] = {}
    for line in done.out.split(b"\n"):
        head = _HEAD.match(line)
        if head is None:
            continue
        oid = "" if not head[1].strip(b"0") else head[1].decode()
        number = int(head[2])
        ranges = found.setdefault(oid, [])
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return list(found.items())

"""Commits as data: message and changed files."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from gitsession.errors import GitError
from gitsession.git.entries import parse_tree
from gitsession.git.repository import Repository

#: How far back a handoff looks.
LIMIT = 200
#: A commit that changes more files than this (an import, a reformat) says nothing about where to look.
MAX_FILES = 1000
_MOST_PATHS = 500  # on a command line

_SESSION = re.compile(r"^\s*(?:\* )?Session:[ \t]*(\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE)


class Commit(NamedTuple):
    """A commit. `changes` are (git's status letter, path); empty for merges, for what a shallow clone lacks, and past MAX_FILES.

    Of `recent_commits`, what changed in the folder that it leaves aside is one change, of the folder; its files are told only
    where the message names no session.
    """

    oid: str
    parents: tuple[str, ...]
    when: int  # of its committer, in seconds
    message: str
    changes: tuple[tuple[str, str], ...]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.lstrip("\n").partition("\n")[0].strip()


def recent_commits(
    repo: Repository, revs: Iterable[str], known: Mapping[str, Commit], *, aside: str, limit: int = LIMIT
) -> tuple[list[Commit], bool]:
    """The newest `limit` commits reachable from any of `revs` by their committers' dates, newest first; what is no commit counts as none.

    False with them where what they change could not be told: a partial clone lacks their trees, and nothing is fetched for it.
    Commits in `known` are not read again: where all but the newest are known, this takes one process however long the history
    and however full the folder `aside`, whose listing git need not read.
    """
    seen = {repo.resolve(rev) for rev in revs} - {""}
    if not seen:
        return [], True
    shallow = _shallow(repo)
    found: dict[str, Commit] = {}
    fresh: list[str] = []
    queue = sorted(_entry(repo, start, known) for start in seen)
    while queue and len(found) < limit:
        _, oid, commit = heappop(queue)
        if oid not in known:
            fresh.append(oid)
        found[oid] = commit
        for parent in () if oid in shallow else commit.parents:
            if parent not in seen:
                seen.add(parent)
                heappush(queue, _entry(repo, parent, known))
    try:
        changes = _fresh_changes(repo, [found[oid] for oid in fresh if oid not in shallow], aside)
    except GitError:
        return list(found.values()), False
    return [c._replace(changes=changes[c.oid]) if c.oid in changes else c for c in found.values()], not shallow


def read_commit(repo: Repository, oid: str) -> Commit:
    """One commit. Raises GitError where it is none."""
    commit = _parse_commit(oid, repo.read_object(oid))
    return commit._replace(changes=_changes(repo, [oid], _shallow(repo)).get(oid, ()))


def _entry(repo: Repository, oid: str, known: Mapping[str, Commit]) -> tuple[int, str, Commit]:
    commit = known.get(oid) or _parse_commit(oid, repo.read_object(oid))
    return -commit.when, oid, commit


def _parse_commit(oid: str, data: bytes | None) -> Commit:
    """A commit object without its changes. A missing one (a damaged or partial clone) is a commit that says nothing."""
    head, _, message = (data or b"").partition(b"\n\n")
    parents, when, encoding = [], 0, "utf-8"
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"parent":
            parents.append(value.decode())
        elif key == b"committer":
            number = value.rpartition(b"> ")[2].split(b" ")[0]
            when = int(number) if number.lstrip(b"-").isdigit() else 0
        elif key == b"encoding":
            encoding = value.decode("ascii", "replace")
    try:
        text = message.decode(encoding, "replace")
    except LookupError:
        text = message.decode("utf-8", "replace")
    return Commit(oid, tuple(parents), when, text, ())


def changes_of(repo: Repository, oids: Sequence[str], *paths: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each of these commits changes under `paths`; nothing for merges. Raises GitError."""
    return _changes(repo, oids, _shallow(repo), *paths)


def _fresh_changes(repo: Repository, commits: Sequence[Commit], aside: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each commit changes, the folder `aside` being one: git descends into what it is asked about alone."""
    tops: dict[str, dict[str, str]] = {}
    paths: set[str] = set()
    whole, rest, both = [], [], set()
    for commit in commits:
        if len(commit.parents) > 1:
            continue
        if not named_sessions(commit.message):
            whole.append(commit.oid)
            continue
        here, there = (_top(repo, oid, tops) for oid in (commit.oid, *commit.parents, "")[:2])
        names = {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)}
        if aside in names:
            names.remove(aside)
            both.add(commit.oid)
        if names:
            paths |= names
            rest.append(commit.oid)
    changes = _changes(repo, whole, set())
    if len(paths) > _MOST_PATHS:
        paths = set()
    changes.update(_changes(repo, rest, set(), *(f":(literal){path}" for path in sorted(paths))))
    for oid in both:
        if oid in rest and not changes.get(oid):  # too many files to tell
            continue
        changes[oid] = (*(c for c in changes.get(oid, ()) if not c[1].startswith(aside + "/")), ("M", aside))
    return changes


def _top(repo: Repository, oid: str, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Name to object id of what lies at the top of a commit. Raises GitError where it is missing here."""
    if oid and oid not in known:
        tree = repo.read_object(oid + "^{tree}")
        if tree is None:
            raise GitError(f"the tree of commit {oid[:12]} is missing here")
        known[oid] = {name: of for _, name, of in parse_tree(tree, repo.object_format)}
    return known.get(oid, {})


def _changes(
    repo: Repository, oids: Sequence[str], shallow: set[str], *paths: str
) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each commit changes, all by one process; nothing for merges."""
    if not oids:
        return {}
    out = repo.git("diff-tree", "--stdin", "--always", "-r", "-z", "--root", "--raw", "--no-renames", "--no-abbrev",
                   "--", *paths, stdin=("\n".join(oids) + "\n").encode()).out  # fmt: skip
    fields = out.split(b"\0")
    told: dict[str, tuple[tuple[str, str], ...]] = {}
    at = 0
    while at < len(fields) - 1:
        oid = fields[at].decode("ascii", "replace").strip()
        at += 1
        changes: list[tuple[str, str]] = []
        while at + 1 < len(fields) and fields[at].startswith(b":"):
            status = fields[at].rsplit(b" ", 1)[1][:1].decode()
            if len(changes) <= MAX_FILES:
                changes.append((status, os.fsdecode(fields[at + 1])))
            at += 2
        told[oid] = () if oid in shallow or len(changes) > MAX_FILES else tuple(changes)
    return told


def named_sessions(message: str) -> list[str]:
    """Stems that a message's `Session:` lines name, squashed messages' indented ones included."""
    return list(dict.fromkeys(_SESSION.findall(message))) if "ession:" in message else []


def is_shallow(repo: Repository) -> bool:
    """True for a clone that lacks the beginning of its history."""
    return os.path.exists(os.path.join(repo.common_dir, "shallow"))


def _shallow(repo: Repository) -> set[str]:
    try:
        with open(os.path.join(repo.common_dir, "shallow"), encoding="ascii") as file:
            return set(file.read().split())
    except (OSError, UnicodeDecodeError):
        return set()

"""Commits as data: message and changed files."""

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from gitsession.git.repository import Repository

#: How far back a handoff looks.
LIMIT = 200
#: A commit that changes more files than this (an import, a reformat) says nothing about where to look.
MAX_FILES = 1000

_SESSION = re.compile(r"^\s*(?:\* )?Session:[ \t]*(\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE)


class Commit(NamedTuple):
    """A commit. `changes` are (git's status letter, path); empty for merges, for what a shallow clone lacks, and past MAX_FILES."""

    oid: str
    when: int
    author: str
    message: str
    changes: tuple[tuple[str, str], ...]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.lstrip("\n").partition("\n")[0].strip()


def recent_commits(repo: Repository, rev: str, limit: int = LIMIT) -> list[str]:
    """Ids of the newest `limit` commits reachable from `rev`, newest first; [] where `rev` is no commit."""
    done = repo.git("rev-list", f"--max-count={limit}", rev, "--", check=False)
    return done.out.decode().split() if done.code == 0 else []


def read_commits(repo: Repository, oids: Iterable[str]) -> list[Commit]:
    """The commits with these ids, in their order, all by one process."""
    oids = list(oids)
    if not oids:
        return []
    out = repo.git(
        "diff-tree", "--stdin", "--always", "-r", "-z", "--root", "--raw", "--no-renames", "--no-abbrev", "--encoding=UTF-8",
        "--format=%H%n%at%n%an%n%B", stdin=("\n".join(oids) + "\n").encode(),
    ).out  # fmt: skip
    shallow = _shallow(repo)
    commits: list[Commit] = []
    fields = out.split(b"\0")
    at = 0
    while at < len(fields) - 1:
        oid, when, author, message = (fields[at].decode("utf-8", "replace").split("\n", 3) + ["", "", ""])[:4]
        at += 1
        changes: list[tuple[str, str]] = []
        while at + 1 < len(fields) and fields[at].lstrip(b"\n").startswith(b":"):
            status = fields[at].rsplit(b" ", 1)[1][:1].decode()
            if len(changes) <= MAX_FILES:
                changes.append((status, os.fsdecode(fields[at + 1])))
            at += 2
        if oid in shallow or len(changes) > MAX_FILES:
            changes = []
        commits.append(Commit(oid, int(when) if when.isdigit() else 0, author, message, tuple(changes)))
    return commits


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

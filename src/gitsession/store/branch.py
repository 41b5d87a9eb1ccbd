"""The orphan branch of the conversations: read and written by git's plumbing alone, so work tree and index stay as they are."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from gitsession.errors import GitError, GitsessionError
from gitsession.git import Repository
from gitsession.git.entries import parse_tree
from gitsession.store.layout import CONVERSATIONS

REF = f"refs/heads/{CONVERSATIONS}"
README = "README.md"
#: Digests of conversations that were forgotten, one a line: a copy that comes from elsewhere is not taken in again.
FORGOTTEN = "forgotten"
_MARK = "<!-- gitsession: conversations -->"
_README = f"""# Conversations with agents

Transcripts of the sessions in `.sessions/`, kept by gitsession: one folder for each session, one file for each conversation.
Secrets are redacted and long output is cut. This branch has no history in common with the others; nothing pushes it but
`gitsession conversation push`.

{_MARK}
"""
_NOBODY = ("gitsession", "gitsession@localhost")


class Tip(NamedTuple):
    """Where the branch stands: its commit (empty for none), whether that is a ref of this repository, its files by path."""

    oid: str
    here: bool
    files: dict[str, str]


class MovedError(GitError):
    """Somebody else has written to the branch since it was read."""


def read_tip(repo: Repository, ref: str = "") -> Tip:
    """The branch, or where there is none what `origin` has of it. Raises GitsessionError for a branch that is not ours."""
    oid = repo.resolve(ref or REF)
    here = bool(oid)
    if not oid and not ref:
        oid = repo.resolve(f"refs/remotes/origin/{CONVERSATIONS}")
    if not oid:
        return Tip("", False, {})
    files: dict[str, str] = {}
    for mode, name, tree in _tree(repo, oid + "^{tree}"):
        if mode == "40000":
            files.update((f"{name}/{file}", blob) for kind, file, blob in _tree(repo, tree) if kind == "100644")
        else:
            files[name] = tree
    if _MARK not in read_text(repo, files.get(README, "")):
        raise GitsessionError(
            f"the branch {CONVERSATIONS} is not one of gitsession's: it has no {README} that says so",
            f"rename it: git branch -m {CONVERSATIONS} NAME",
        )
    return Tip(oid, here, files)


def read_text(repo: Repository, oid: str) -> str:
    """The text of a blob, empty for one that is not here."""
    return (repo.read_object(oid) or b"").decode("utf-8", "replace") if oid else ""


def write_files(repo: Repository, tip: Tip, changes: Mapping[str, bytes | None], message: str, *parents: str) -> None:
    """One commit on the branch: these files changed (None: removed) against `tip`. Raises MovedError when it is no longer the tip.

    One process writes blobs, trees and commit, and moves the branch only forward. `parents` are further ones.
    """
    changes = {README: _README.encode(), **changes} if README not in tip.files else changes
    stream = _commit(repo, message)
    if tip.oid:
        stream.append(f"from {tip.oid}\n".encode())
    stream += [f"merge {parent}\n".encode() for parent in parents]
    stream += _changes(changes)
    stream.append(b"done\n")
    done = repo.git("fast-import", "--quiet", "--done", "--date-format=raw", stdin=b"".join(stream), check=False)
    if done.code:
        if b"does not contain" in done.err or b"cannot lock ref" in done.err or b".lock" in done.err:
            raise MovedError(f"the branch {CONVERSATIONS} is being written by another process", "try again")
        raise GitError(f"the conversations could not be written: {done.err.decode('utf-8', 'replace').strip()[:300]}")


def replace_branch(
    repo: Repository, tip: Tip, files: Mapping[str, str], changes: Mapping[str, bytes], message: str
) -> str:
    """A branch without history that holds these blobs and files in place of what is there; its commit. Raises MovedError, GitError."""
    temporary = f"refs/gitsession/rewrite-{time.monotonic_ns()}"
    stream = [b"reset " + temporary.encode() + b"\n", *_commit(repo, message, temporary)]
    stream += [f"M 100644 {oid} {path}\n".encode() for path, oid in files.items()]
    stream += [*_changes(changes), b"done\n"]
    repo.git("fast-import", "--quiet", "--done", "--force", "--date-format=raw", stdin=b"".join(stream))
    new = repo.resolve(temporary)
    try:
        old = tip.oid if tip.here else "0" * len(new)
        if repo.git("update-ref", "-m", "forget", REF, new, old, check=False).code:
            raise MovedError(f"the branch {CONVERSATIONS} is being written by another process", "try again")
    finally:
        repo.git("update-ref", "-d", temporary, check=False)
    repo.git("reflog", "expire", "--expire=all", "--expire-unreachable=all", REF, check=False)
    return new


def _commit(repo: Repository, message: str, ref: str = REF) -> list[bytes]:
    name, email = repo.user()
    who = [word.translate({ord(c): None for c in "<>\n"}) for word in ((name, email) if name else _NOBODY)]
    text = message.encode("utf-8", "replace")
    return [f"commit {ref}\ncommitter {who[0]} <{who[1]}> {int(time.time())} +0000\ndata {len(text)}\n".encode("utf-8", "replace"),
            text, b"\n"]  # fmt: skip


def _changes(changes: Mapping[str, bytes | None]) -> list[bytes]:
    stream: list[bytes] = []
    for path, data in changes.items():
        if data is None:
            stream.append(f"D {path}\n".encode())
        else:
            stream += [f"M 100644 inline {path}\ndata {len(data)}\n".encode(), data, b"\n"]
    return stream


def _tree(repo: Repository, name: str) -> list[tuple[str, str, str]]:
    data = repo.read_tree(name)
    if data is None:
        raise GitError(f"a tree of {CONVERSATIONS} is not here", f"git fetch origin {CONVERSATIONS}")
    return list(parse_tree(data, repo.object_format))

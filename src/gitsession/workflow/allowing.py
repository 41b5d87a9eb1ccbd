"""Allowing a finding: `.sessions/allowed/`, where it is read from, and what is stale in it."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from gitsession.errors import FormatError, GitsessionError, UsageError
from gitsession.git import Repository
from gitsession.model.finding import Finding
from gitsession.store.files import read_file, write_file
from gitsession.store.layout import (
    ALLOWED,
    FOLDER,
    SETTINGS,
    allowance_id,
    allowance_path,
    checkpoint_stem,
    derived,
)

if TYPE_CHECKING:  # a commit without findings loads none of this
    from gitsession.model.allowance import Allowance

_PLACE = re.compile(r"(.+?):(\d+)(?::(\d+))?:?")


class Allowed:
    """The allowances of one place; `faults` are lines on those that cannot be read, and so allow nothing."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        from gitsession.formats.allowance import parse_allowance

        self.allowances: list[Allowance] = []
        self.faults: list[str] = []
        self.hashes: dict[tuple[str, str], str] = {}
        for path, data in files:
            try:
                self.allowances.append(parse_allowance(data, allowance_id(path), path))
            except FormatError as e:
                self.faults.append(e.message)

    def judge(self, path: str, data: bytes, findings: list[Finding]) -> list[tuple[Finding, "Allowance | None"]]:
        """A file's findings, each with what lets it stand."""
        kinds = {f.kind for f in findings}
        mine = [a for a in self.allowances if a.kind in kinds and covers(a, path)]
        if not mine:
            return [(finding, None) for finding in findings]
        from gitsession.secretscan.allowlist import judged

        return list(judged(path, data, mine, self.hashes))


def covers(allowance: "Allowance", path: str) -> bool:
    """Whether it speaks of that file. One of a checkpoint goes for the pages, too, which are derived of it."""
    from fnmatch import fnmatchcase

    if allowance.glob:
        return fnmatchcase(path, allowance.glob)
    source = checkpoint_stem(allowance.path) or allowance.path == SETTINGS
    return allowance.path == path or (derived(path) and bool(source))


def allowed_in_index(repo: Repository) -> Allowed:
    """Those that are staged: a commit is judged by the allowances that it holds itself, where people review them."""
    entries = [e for e in repo.index_entries(ALLOWED) if not e.stage and allowance_id(e.path)]
    return Allowed([(e.path, repo.read_object(e.oid) or b"") for e in entries])


def allowed_in_commits(repo: Repository, revs: Sequence[str]) -> Allowed:
    """Those of these commits, together."""
    found = {(e.path, e.oid) for rev in revs for e in repo.tree_entries(rev, ALLOWED) if allowance_id(e.path)}
    return Allowed([(path, repo.read_object(oid) or b"") for path, oid in sorted(found)])


def allowed_in_worktree(repo: Repository) -> Allowed:
    """Those in the work tree."""
    return Allowed((path, data) for path, data in _files(repo, ALLOWED) if allowance_id(path))


def allow(repo: Repository, base: str, place: str, reason: str, glob: str = "") -> tuple["Allowance", bool]:
    """Let the finding at `place` (`path:line:column`, as `scan` prints it) stand; stages a new file, and says whether it is new.

    `base` is the folder that a relative path is taken from; `glob` says in which files, where that is not the one.
    Raises UsageError, SecretError, GitsessionError.
    """
    import secrets

    from gitsession.formats.allowance import render_allowance
    from gitsession.model.allowance import Allowance
    from gitsession.secretscan.allowlist import slow_hash
    from gitsession.secretscan.redaction import admit
    from gitsession.store.lock import lock
    from gitsession.store.snapshot import Snapshot
    from gitsession.store.staging import stage_recorded
    from gitsession.workflow.sessions import need_sessions, now_text

    reason = " ".join(reason.split())
    if not reason:
        raise UsageError("nothing is allowed without a reason", "say why it is no secret: --reason TEXT")
    admit(reason, person="--reason")
    with lock(repo.common_dir):
        need_sessions(repo, Snapshot.of_worktree(repo))
        path, finding, value = _finding_at(repo, base, place)
        there = allowed_in_worktree(repo).allowances
        # One salt for all, so that a value is hashed once, however many are allowed.
        salt = there[0].salt if there else secrets.token_hex(16)
        new = Allowance(secrets.token_hex(5), "" if glob else path, glob, finding.kind, reason, repo.user()[0],
                        now_text(), salt, slow_hash(value, salt))  # fmt: skip
        if not covers(new, path):
            raise UsageError(f"{glob!r} does not match {path}", "`*` stands for any characters, `/` too")
        for old in there:
            if (old.path, old.glob, old.kind) == (new.path, new.glob, new.kind) and old.hash == slow_hash(
                value, old.salt
            ):
                return old, False
        text = admit(render_allowance(new), person="the allowance")
        write_file(repo, allowance_path(new.id), text.encode("utf-8"))
        stage_recorded(repo, allowance_path(new.id))
    return new, True


def _finding_at(repo: Repository, base: str, place: str) -> tuple[str, Finding, str]:
    """Path in the repository, finding and value at `path:line:column`; the column may be left out where it is clear."""
    from gitsession.secretscan.allowlist import values_in

    match = _PLACE.fullmatch(place)
    if not match:
        raise UsageError(f"{place!r} names no finding", "give it as `gitsession scan` prints it: PATH:LINE:COLUMN")
    path = _path_of(repo, base, match[1])
    staged = [e.oid for e in repo.index_entries(":(literal)" + path) if not e.stage]
    for data in (read_file(repo.root, path), *(repo.read_object(oid) for oid in staged)):
        here = [(f, v) for f, v in values_in(path, data or b"") if f.line == int(match[2])]
        found = [(f, v) for f, v in here if not match[3] or f.column == int(match[3])]
        if len({(f.kind, value) for f, value in found}) > 1:
            columns = ", ".join(str(f.column) for f, _ in found)
            raise UsageError(f"line {match[2]} of {path} has {len(found)} findings", f"say which column: {columns}")
        if found:
            return path, *found[0]
    raise GitsessionError(
        f"nothing at {place} looks like a secret", f"`gitsession scan {path}` says what does, and where"
    )


def _path_of(repo: Repository, base: str, name: str) -> str:
    """The path in the repository that a name means: from `base`, or from the top, as hooks print it."""
    root = os.path.realpath(repo.root)
    for start in (base, root):
        full = os.path.join(start, name)
        # The folder is where it really is; the file may be a link, which nobody follows.
        full = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
        path = os.path.relpath(full, root).replace(os.sep, "/")
        if path.startswith("../") or os.path.isabs(path):
            continue
        if os.path.lexists(full) or repo.index_entries(":(literal)" + path):
            return path
    raise UsageError(
        f"{name} is no file of this repository", "only what is in it can be allowed, since the allowance is"
    )


def judged_allowances(repo: Repository, allowed: Allowed) -> list[tuple["Allowance", str]]:
    """The allowances of the work tree, each with what is wrong with it: it is stale, or gives no reason. Empty where nothing is.

    One with a glob is stale when its value is nowhere under `.sessions/`. Raises ScanError.
    """
    inside = dict(_files(repo, FOLDER)) if any(a.glob for a in allowed.allowances) else {}
    return [(a, _fault(repo, a, allowed, inside)) for a in allowed.allowances]


def _fault(repo: Repository, allowance: "Allowance", allowed: Allowed, inside: dict[str, bytes]) -> str:
    from gitsession.secretscan.allowlist import not_allowed, values_in

    if allowance.path:
        try:
            data = read_file(repo.root, allowance.path)
        except FormatError:
            data = None
        if data is None:
            return f"stale: {allowance.path} is gone"
        files = {allowance.path: data}
    else:
        files = {path: data for path, data in inside.items() if covers(allowance, path)}
    for path, data in files.items():
        found = sum(1 for f, _ in values_in(path, data) if f.kind == allowance.kind)
        left = not_allowed(path, data, [allowance], allowed.hashes)
        if found > sum(1 for f in left if f.kind == allowance.kind):
            return "" if allowance.reason else "gives no reason"
    return f"stale: its value stands in {allowance.path or FOLDER + '/'} no more"


def _files(repo: Repository, folder: str) -> Iterator[tuple[str, bytes]]:
    """Files of a folder in the work tree, with their bytes; not through links."""
    for place, _, names in os.walk(repo.path(folder)):
        for name in sorted(names):
            path = os.path.relpath(os.path.join(place, name), repo.root).replace(os.sep, "/")
            try:
                data = read_file(repo.root, path)
            except FormatError:
                continue
            if data is not None:
                yield path, data

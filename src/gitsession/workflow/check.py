"""`check`: all that could be wrong with the sessions of a repository, in one look; and mending what is safe to mend."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from gitsession.errors import FormatError, GitsessionError, ScanError
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.formats.knowledge import parse_knowledge
from gitsession.formats.links import prose_of
from gitsession.git import Repository
from gitsession.githooks import install, set_merge_drivers
from gitsession.model.remark import Remark
from gitsession.store.layout import (
    ATTRIBUTES,
    KNOWLEDGE,
    SETTINGS,
    allowance_path,
    checkpoint_path,
    checkpoint_stem,
    derived,
    knowledge_name,
)
from gitsession.store.lock import lock
from gitsession.workflow.allowing import allowed_in_worktree, judged_allowances
from gitsession.workflow.check_links import examine_links
from gitsession.workflow.check_pages import examine_pages, mend_page
from gitsession.workflow.check_scope import Scope, Version
from gitsession.workflow.check_sessions import examine_sessions
from gitsession.workflow.check_setup import examine_setup, mend_attributes
from gitsession.workflow.gate import Gate, index_gate
from gitsession.workflow.sessions import branch_key

_LEVELS = ("error", "warning", "note")
_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
_NAME = re.compile(r"\.sessions/\d[^/]*\.md\Z", re.IGNORECASE)
_REVOKE = "take it out; a real one must be revoked, too"


class Report(NamedTuple):
    """What was found, what was mended before that or could not be (a line each), and how much was looked at."""

    remarks: tuple[Remark, ...]
    fixed: tuple[str, ...]
    sessions: int
    pages: int
    files: int


def check(repo: Repository, *, fix: bool = False) -> Report:
    """Look at everything under `.sessions/`: as the work tree has it, and the git index where that differs.

    With `fix`, what is safe is mended first: pages, attributes, drivers, hooks, a key that names nothing. Never a checkpoint,
    and nothing is committed. Raises GitsessionError where no sessions are kept.
    """
    scope = Scope(repo)
    remarks = _examine(scope)
    fixed = _mend(scope, remarks) if fix else []
    if fixed:
        scope = Scope(repo)
        remarks = _examine(scope)
    pages = sum(1 for path in scope.staged.pages if derived(path))
    return Report(tuple(remarks), tuple(fixed), len(scope.here.oids), pages, len(scope.data))


def _examine(scope: Scope) -> list[Remark]:
    found = [*_conflicts(scope)]
    torn = {r.path for r in found}
    found += [r for r in _unreadable(scope) if r.path not in torn]
    found += _secrets(scope)
    found += _names(scope)
    found += _once(_knowledge(scope))
    found += _fold(scope)
    found += _parents(scope)
    found += _once(examine_links(scope))
    found += examine_pages(scope)
    found += examine_sessions(scope)
    found += examine_setup(scope)
    found += [Remark("note", "not-here", path, None, "is not in this partial clone, and was not looked at", "git fetch --refetch gets it")
              for path in scope.lacking]  # fmt: skip
    return sorted(dict.fromkeys(found), key=lambda r: (r.path or "~", r.line or 0, _LEVELS.index(r.level)))


def _once(found: Iterable[tuple[Version, Remark]]) -> Iterator[Remark]:
    """What the git index has as well as the work tree is told once."""
    seen = set()
    for version, remark in found:
        if version.staged and (remark.code, remark.path, remark.message) in seen:
            continue
        seen.add((remark.code, remark.path, remark.message))
        yield _staged(remark) if version.staged else remark


def _staged(remark: Remark) -> Remark:
    return remark._replace(message="as staged: " + remark.message)


def _unreadable(scope: Scope) -> Iterator[Remark]:
    _ = scope.checkpoints
    told = set()
    for problem in scope.here.problems:
        told.add((problem.path, problem.message))
        yield Remark("error", "unreadable", problem.path, problem.line, problem.message, problem.hint)
    for e in scope.unreadable:
        if (e.path, e.reason) not in told:
            yield _fault(e)
    for e, staged in scope.settings_errors:
        yield _staged(_fault(e)) if staged else _fault(e)
    for version in scope.versions:
        stem = checkpoint_stem(version.path)
        if version.staged and stem in scope.staged.oids:
            try:
                parse_checkpoint(version.data, stem, version.path)
            except FormatError as e:
                if (e.path, e.reason) not in told:
                    yield _staged(_fault(e))


def _knowledge(scope: Scope) -> Iterator[tuple[Version, Remark]]:
    for version in scope.versions:
        name = knowledge_name(version.path)
        if name:
            try:
                parse_knowledge(version.data, name, version.path)
            except FormatError as e:
                yield version, _fault(e)
        elif version.path.startswith(KNOWLEDGE) and version.path.endswith(".md"):
            message = "is no knowledge file's name, so no handoff names it"
            hint = "such as retry-on-429.md: letters, digits and -"
            yield version, Remark("warning", "file-name", version.path, None, message, hint)


def _fault(e: FormatError) -> Remark:
    return Remark("error", "unreadable", e.path, e.line, e.reason, e.hint)


def _conflicts(scope: Scope) -> Iterator[Remark]:
    for path in scope.unmerged:
        yield Remark("error", "conflict", path, None, "is in conflict", "gitsession resolve")
    yield from _once(found for v in scope.versions if v.path not in scope.unmerged for found in _markers(v))


def _markers(version: Version) -> Iterator[tuple[Version, Remark]]:
    if b"<<<<<<< " in version.data and (checkpoint_stem(version.path) or version.path == SETTINGS):
        prose = prose_of(version.data.decode("utf-8", "replace"))  # in a fence they are an example
        marks = list(_MARKER.finditer(prose))
        if len({m[0] for m in marks}) > 1:
            line = prose.count("\n", 0, marks[0].start()) + 1
            hint = "choose what holds, take them out, and git add it"
            yield version, Remark("error", "conflict", version.path, line, "conflict markers are left in it", hint)


def _secrets(scope: Scope) -> Iterator[Remark]:
    allowed = allowed_in_worktree(scope.repo)
    here, staged = Gate(lambda: allowed), index_gate(scope.repo)

    def found() -> Iterator[tuple[Version, Remark]]:
        for version in scope.versions:
            try:
                findings = (staged if version.staged else here).scan(version.path, version.data)
            except ScanError as e:  # what cannot be searched counts as if there were one
                yield version, Remark("error", "secret", version.path, None, e.message, e.hint)
                continue
            for f in findings:
                message = f"looks like a secret: {f.kind}: {f.excerpt}"
                yield version, Remark("error", "secret", f.path, f.line, message, _REVOKE)

    yield from _once(found())
    for fault in allowed.faults:
        yield Remark("warning", "allowed", None, None, fault, "it allows nothing: mend it, or remove it")
    try:
        for allowance, why in judged_allowances(scope.repo, allowed):
            if why:
                hint = "remove it" if allowance.reason else "say why it is no secret, in the file"
                yield Remark("warning", "allowed", allowance_path(allowance.id), None, why, hint)
    except ScanError:
        pass  # of a file that was told of above


def _names(scope: Scope) -> Iterator[Remark]:
    for path in scope.data:
        if _NAME.match(path) and not checkpoint_stem(path):
            message = "is no checkpoint's name, so nothing in it counts"
            yield Remark(
                "warning",
                "file-name",
                path,
                None,
                message,
                "such as 0007-add-login.md: four digits or more, then a-z, 0-9 and -",
            )


def _fold(scope: Scope) -> Iterator[Remark]:
    for warning in scope.here.fold(scope.progress.stem()).warnings:
        yield Remark("warning", "closing", checkpoint_path(warning.stem), warning.line, warning.message)


def _parents(scope: Scope) -> Iterator[Remark]:
    from difflib import get_close_matches
    from graphlib import CycleError, TopologicalSorter

    stems = list(scope.here.oids)
    for c in scope.checkpoints:
        for parent in c.parents:
            if parent not in scope.here.oids:
                near = get_close_matches(parent, stems, n=1)
                path = checkpoint_path(c.stem)
                hint = f"is {near[0]} meant?" if near else ""
                yield Remark(
                    "warning", "parent", path, scope.line_of(path, "parents"), f"its parent {parent} is not here", hint
                )
    try:
        TopologicalSorter({c.stem: c.parents for c in scope.checkpoints}).prepare()
    except CycleError as e:
        circle = e.args[1]
        path = checkpoint_path(min(circle))
        message = "parents go in a circle: " + " of ".join(circle)
        yield Remark(
            "warning", "parent", path, scope.line_of(path, "parents"), message, "a session's parents began before it"
        )


def _mend(scope: Scope, remarks: Iterable[Remark]) -> list[str]:
    """Mend what may be mended, each on its own; what cannot be stays among the findings. Lines for people."""
    lines: list[str] = []
    repo = scope.repo
    codes = {r.code for r in remarks if r.fixable}
    steps: list[tuple[str, Callable[[], list[str]]]] = [
        (r.path or "", partial(mend_page, scope, r)) for r in remarks if r.fixable and r.code.startswith("page-")
    ]
    if any(code.startswith("hook-") for code in codes):
        steps.append(("hooks", partial(install, repo, sys.executable)))
    if "merge-driver" in codes:
        steps.append(("merge drivers", partial(set_merge_drivers, repo, sys.executable)))
    if "attributes" in codes:
        steps.append((ATTRIBUTES, partial(mend_attributes, scope)))
    if "key-gone" in codes:
        steps.append(("key", partial(_unset_key, scope)))
    for what, step in steps:
        try:
            with lock(repo.common_dir):
                lines += ["fixed: " + line for line in step()]
        except (GitsessionError, OSError) as e:
            lines.append(f"not fixed: {what}: {e.message if isinstance(e, GitsessionError) else e}")
    return lines


def _unset_key(scope: Scope) -> list[str]:
    key = branch_key(scope.progress.branch)
    scope.repo.set_config(key, None)
    return [f"{key}: unset"]

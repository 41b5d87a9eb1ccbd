"""Relative links under `.sessions/` that lead nowhere."""

import os
import posixpath
from collections.abc import Iterator

from gitsession.formats.links import relative_links
from gitsession.model.remark import Level, Remark
from gitsession.store.layout import FOLDER, checkpoint_stem
from gitsession.workflow.check_scope import Scope, Version


def examine_links(scope: Scope) -> Iterator[tuple[Version, Remark]]:
    """Links of checkpoints, pages and knowledge to files that neither the work tree nor the git index has."""
    active = {c.stem for c in scope.checkpoints if c.status == "active"}
    known: dict[str, bool] = {}
    for version in scope.versions:
        path = version.path
        if not path.endswith(".md") or b"]" not in version.data:
            continue
        for line, link in relative_links(version.data.decode("utf-8", "replace")):
            target = _resolve(path, link)
            if target and not known.setdefault(target, target in scope.data or _exists(scope, target)):
                message = f"links to {target}, which is not there"
                yield version, Remark(_level(checkpoint_stem(path), target, active), "link", path, line, message)


def _level(stem: str, target: str, active: set[str]) -> Level:
    """A link to another session is part of what a checkpoint says; other files move on, and what is over is not rewritten."""
    if target.startswith(FOLDER + "/") and target.endswith(".md"):
        return "error" if stem else "warning"
    return "note" if stem and stem not in active else "warning"


def _resolve(path: str, link: str) -> str:
    """The path in the repository; empty for one outside of it, as of an issue beside the files on GitHub."""
    if "\0" in link or "\n" in link:
        return ""
    base = "" if link.startswith("/") else posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(base, link.lstrip("/")))
    return "" if target == "." or target.startswith("..") else target


def _exists(scope: Scope, target: str) -> bool:
    """On disk, or in the git index: a sparse checkout leaves files out, a partial clone has not even their objects."""
    try:
        there = os.path.lexists(scope.repo.path(target))
    except (OSError, ValueError):
        return False
    return there or bool(scope.repo.index_entries(":(literal)" + target))

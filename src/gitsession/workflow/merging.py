"""The merge drivers, and `resolve` for what git calls no driver for."""

import os
import re

from gitsession.errors import FormatError, GitsessionError
from gitsession.formats.merge import merge_checkpoints
from gitsession.git import Repository
from gitsession.store.files import read_file, write_file, write_whole
from gitsession.store.layout import FOLDER, checkpoint_stem, derived
from gitsession.store.lock import lock
from gitsession.store.staging import stage_file

BASE, OURS, THEIRS = 1, 2, 3  # git's stages of a path in conflict
_MARKER = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)


def run_driver(repo: Repository, name: str, arguments: list[str]) -> int:
    """`merge-checkpoint` or `merge-derived` with git's %O %A %B %P: writes the result into %A; 1 leaves the conflict to people."""
    base, ours, theirs, path = arguments[:4]
    if name == "merge-derived":
        if repo.operation() in ("rebase", "cherry-pick", "revert"):
            _copy(repo, theirs, ours)
        return 0
    data = [_read(repo, p) for p in (base, ours, theirs)]
    try:
        merged = merge_checkpoints(data[0] or None, data[1], data[2], path)
    except FormatError as e:
        # People settle it, between the markers that git's own merge of texts leaves.
        repo.git("merge-file", "-L", "ours", "-L", "base", "-L", "theirs", ours, base, theirs, check=False)
        raise GitsessionError(
            f"{path} is left to you, one side cannot be read: {e.reason}", "mend it, then: git add " + path
        ) from None
    write_whole(os.path.join(repo.root, ours), merged)
    return 0


def resolve(repo: Repository) -> list[str]:
    """Settle every conflict under `.sessions/`; returns a line for each. Checkpoints are united, none is lost; pages are derived anew."""
    stages: dict[str, dict[int, tuple[str, str]]] = {}
    for entry in repo.index_entries(FOLDER):
        if entry.stage:
            stages.setdefault(entry.path, {})[entry.stage] = (entry.mode, entry.oid)
    lines = []
    with lock(repo.common_dir):
        for path, found in stages.items():
            sides = {stage: repo.read_object(oid) or b"" for stage, (_, oid) in found.items()}
            data, what = _settle(repo, path, sides)
            if data is not None:
                write_file(repo, path, data)
                repo.change_index("update-index", "--force-remove", "--", path)
                stage_file(repo, path)
            lines.append(f"{path}: {what}")
    return lines


def _settle(repo: Repository, path: str, sides: dict[int, bytes]) -> tuple[bytes | None, str]:
    """What a path in conflict becomes (None: it is left to people), and why, in words. `sides` by git's stages 1 to 3."""
    here = read_file(repo.root, path)
    if derived(path):
        return sides.get(OURS, sides.get(THEIRS, b"")), "derived anew by the next commit"
    if here is not None and here not in sides.values() and not _MARKER.search(here):
        return here, "as you settled it"
    if len(sides.keys() & {OURS, THEIRS}) == 1:
        return sides.get(OURS, sides.get(THEIRS)), "kept, as one side changed it and the other removed it"
    if checkpoint_stem(path):
        try:
            return merge_checkpoints(sides.get(BASE), sides[OURS], sides[THEIRS], path), "facts of both sides united"
        except FormatError as e:
            return None, f"left to you, one side cannot be read: {e.reason}"
    return None, "left to you: mend it, then git add it"


def _read(repo: Repository, path: str) -> bytes:
    with open(os.path.join(repo.root, path), "rb") as file:
        return file.read()


def _copy(repo: Repository, source: str, target: str) -> None:
    write_whole(os.path.join(repo.root, target), _read(repo, source))

"""The merge drivers, and `resolve` for what git calls no driver for."""

import os

from gitsession.errors import FormatError, GitsessionError
from gitsession.formats.merge import merge_checkpoints
from gitsession.git import Repository
from gitsession.store.files import write_file, write_whole
from gitsession.store.layout import FOLDER, checkpoint_stem, derived
from gitsession.store.staging import stage_file


def run_driver(repo: Repository, name: str, arguments: list[str]) -> int:
    """`merge-checkpoint` or `merge-derived` with git's %O %A %B %P: writes the result into %A; 1 leaves the conflict to people."""
    base, ours, theirs, path = arguments[:4]
    if name == "merge-derived":
        if repo.operation() in ("rebase", "cherry-pick", "revert"):
            _copy(repo, theirs, ours)
        return 0
    data = [_read(repo, p) for p in (base, ours, theirs)]
    merged = merge_checkpoints(data[0] or None, data[1], data[2], path)
    write_whole(os.path.join(repo.root, ours), merged)
    return 0


def resolve(repo: Repository) -> list[str]:
    """Settle every conflict under `.sessions/`; returns a line for each. Checkpoints are united, none is lost; pages are derived anew."""
    stages: dict[str, dict[int, tuple[str, str]]] = {}
    for entry in repo.index_entries(FOLDER):
        if entry.stage:
            stages.setdefault(entry.path, {})[entry.stage] = (entry.mode, entry.oid)
    lines = []
    for path, found in stages.items():
        blobs = {stage: repo.read_object(oid) or b"" for stage, (_, oid) in found.items()}
        if derived(path):
            data, what = blobs.get(2, blobs.get(3, b"")), "derived anew by the next commit"
        elif 2 in blobs and 3 in blobs and checkpoint_stem(path):
            try:
                data, what = merge_checkpoints(blobs.get(1), blobs[2], blobs[3], path), "facts of both sides united"
            except FormatError as e:
                raise GitsessionError(
                    f"{path} cannot be settled: one side cannot be read: {e.reason}",
                    "settle it by hand, then: git add " + path,
                ) from None
        elif len(blobs.keys() & {2, 3}) == 1:
            side = 2 if 2 in blobs else 3
            data, what = blobs[side], "kept, as one side changed it and the other removed it"
        else:
            continue
        write_file(repo.root, path, data)
        repo.git("update-index", "--force-remove", "--", path)
        stage_file(repo, path)
        lines.append(f"{path}: {what}")
    return lines


def _read(repo: Repository, path: str) -> bytes:
    with open(os.path.join(repo.root, path), "rb") as file:
        return file.read()


def _copy(repo: Repository, source: str, target: str) -> None:
    write_whole(os.path.join(repo.root, target), _read(repo, source))

"""The same edit to a file in the work tree and to its version in the git index."""

import time
from collections.abc import Callable

from gitsession.errors import FormatError, GitsessionError, LockedError
from gitsession.formats.checkpoint import decode_checkpoint
from gitsession.git import Repository
from gitsession.git.repository import EMPTY_BLOB
from gitsession.store.files import read_file, write_file

Edit = Callable[[str, str], str]  # (text, path) -> text
#: Seconds to wait for another git process to let go of the git index.
PATIENCE = 10.0


def edit_staged(repo: Repository, path: str, edit: Edit) -> None:
    """Edit a file in the work tree and in the git index; what of it is not staged stays so. The caller holds the lock.

    Raises what `edit` raises for the work tree's version, and LockedError when the git index stays locked (the file is
    written then, and not staged).
    """
    data = read_file(repo.root, path)
    entry = next((e for e in repo.index_entries(path) if e.path == path and e.stage in (0, 2)), None)
    if entry is not None and entry.oid == EMPTY_BLOB[repo.object_format]:
        entry = None  # added with intent-to-add: nothing of it is staged yet
    staged = repo.read_object(entry.oid) if entry else None
    if data is None:
        if staged is None:
            raise FormatError(path, 1, "is gone", "get it back with: git checkout -- " + path)
        data = staged
    new = _apply(edit, data, path)
    write_file(repo.root, path, new)
    if entry is None:
        stage_file(repo, path)
    elif staged is not None and staged == data:
        stage_file(repo, path)  # the whole file, so that git knows its time stamp, too
    elif staged is not None:
        try:
            half = _apply(edit, staged, path)
        except GitsessionError:
            return  # what is edited was not staged; it goes in when people stage it
        stage_bytes(repo, path, half, entry.mode)


def create_staged(repo: Repository, path: str, text: str) -> None:
    """Write a new file and add it to the git index. Raises GitsessionError."""
    write_file(repo.root, path, text.encode("utf-8"))
    stage_file(repo, path)


def stage_file(repo: Repository, *paths: str) -> None:
    """Add whole files of the work tree to the git index, ignored ones too."""
    _patiently(lambda: repo.git("update-index", "--add", "--", *paths))


def stage_bytes(repo: Repository, path: str, data: bytes, mode: str = "100644") -> None:
    """Set a path's version in the git index to these bytes."""
    oid = repo.write_blob(data)
    _patiently(lambda: repo.update_index([(mode, oid, path)]))


def _apply(edit: Edit, data: bytes, path: str) -> bytes:
    return edit(decode_checkpoint(data, path), path).encode("utf-8")


def _patiently(stage: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    wait = 0.01
    while True:
        try:
            stage()
        except LockedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(wait)
            wait = min(wait * 2, 0.2)
        else:
            return

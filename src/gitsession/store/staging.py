"""The same edit to a file in the work tree and to its version in the git index."""

from collections.abc import Callable

from gitsession.errors import FormatError, GitsessionError, LockedError
from gitsession.formats.checkpoint import decode_checkpoint
from gitsession.git import Repository
from gitsession.git.repository import EMPTY_BLOB
from gitsession.store.files import read_file, write_file

Edit = Callable[[str, str], str]  # (text, path) -> text


def edit_staged(repo: Repository, path: str, edit: Edit) -> None:
    """Edit a file in the work tree and in the git index; what of it is not staged stays so. The caller holds the lock.

    Raises what `edit` raises for the work tree's version, and LockedError when the git index stays locked (the file is
    written then, and not staged).
    """
    data = read_file(repo.root, path)
    entries = [e for e in repo.index_entries(path) if e.path == path]
    if any(e.stage for e in entries):
        raise GitsessionError(f"{path} is in conflict", "settle it first: gitsession resolve")
    # One added with intent-to-add is an empty blob: nothing of it is staged yet.
    entry = entries[0] if entries and entries[0].oid != EMPTY_BLOB[repo.object_format] else None
    staged = repo.read_object(entry.oid) if entry else None
    if data is None:
        if staged is None:
            raise FormatError(path, 1, "is gone", "get it back with: git checkout -- " + path)
        data = staged
    new = _apply(edit, data, path)
    half = None  # what the git index gets, where that is not the whole file
    if entry is not None and staged is not None and staged != data:
        try:
            half = _apply(edit, staged, path)
        except GitsessionError:
            half = staged  # what is edited was not staged; it goes in when people stage it
    write_file(repo, path, new)
    if half is None:
        stage_recorded(repo, path)  # the whole file, so that git knows its time stamp, too
    elif entry is not None and half != staged:
        stage_recorded(repo, path, lambda: stage_bytes(repo, path, half, entry.mode))


def stage_recorded(repo: Repository, path: str, stage: Callable[[], None] | None = None) -> None:
    """Stage what was written a moment ago. Raises LockedError that says so: whoever sees it must not record it again."""
    try:
        if stage is not None:
            stage()
        else:
            stage_file(repo, path)
    except LockedError:
        raise LockedError(
            f"recorded in {path}, but not staged: the git index is locked", f"do not record it again; git add {path}"
        ) from None


def create_staged(repo: Repository, path: str, text: str) -> None:
    """Write a new file and add it to the git index. Raises GitsessionError."""
    write_file(repo, path, text.encode("utf-8"))
    stage_file(repo, path)


def stage_file(repo: Repository, *paths: str) -> None:
    """Add whole files of the work tree to the git index, ignored ones too."""
    repo.change_index("update-index", "--add", "--", *paths)


def stage_bytes(repo: Repository, path: str, data: bytes, mode: str = "100644") -> None:
    """Set a path's version in the git index to these bytes."""
    oid = repo.write_blob(data)
    repo.update_index([(mode, oid, path)])


def _apply(edit: Edit, data: bytes, path: str) -> bytes:
    return edit(decode_checkpoint(data, path), path).encode("utf-8")

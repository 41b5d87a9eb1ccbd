"""Derived files: into the git index, then to disk by git itself, and nobody's edits lost."""

import contextlib
import os
from collections.abc import Mapping

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.handoff import is_intact
from gitsession.store.files import read_file, refuse_links, write_file
from gitsession.store.layout import BRANCH_PAGES, MASTER
from gitsession.store.listing import Listing
from gitsession.store.lock import machine_folder
from gitsession.store.snapshot import blob_oid

_LARGE_TREE = 64 * 1024  # bytes of git's listing: about a thousand sessions
_WRITE_TREE = ("-c", "core.looseCompression=0", "hash-object", "-w", "-t", "tree", "--no-filters")


def put_page(repo: Repository, path: str, text: str, old: str = "") -> list[str]:
    """Stage a page and check it out (line ends, encodings and filters as git has them). `old` is the blob id that is staged now.

    Returns lines for people: how to get back what somebody wrote into it.
    """
    data = text.encode("utf-8")
    oid = blob_oid(data, repo.object_format)
    refuse_links(repo.root, path)
    there = read_file(repo.root, path)
    if there is not None and old == blob_oid(there, repo.object_format):
        if oid != old:
            _put_plain(repo, path, there, data, oid)
        return []
    lines = _save_edits(repo, path, there, old, oid)
    if oid != old:
        repo.write_blob(data)
        repo.update_index([("100644", oid, path)])
    repo.change_index("checkout-index", "-f", "-u", "--", path)
    return lines


def _put_plain(repo: Repository, path: str, there: bytes, data: bytes, oid: str) -> None:
    """The same in one process, where the file on disk, `there`, shows that git checks it out as it is."""
    try:
        write_file(repo, path, data, sync=False)
        # By its id first, since git passes over a path that is marked to be left alone (skip-worktree).
        repo.change_index("update-index", "--add", "--cacheinfo", f"100644,{oid},{path}", "--", path)
    except GitsessionError:
        write_file(repo, path, there)
        raise


def remove_page(repo: Repository, path: str, old: str) -> list[str]:
    """Take a page out of the git index and off the disk. Returns lines for people, as `put_page` does."""
    refuse_links(repo.root, path)
    lines = _save_edits(repo, path, read_file(repo.root, path), old, "")
    # Off the disk first: a page in the index alone is removed by the next commit, one on the disk alone never.
    with contextlib.suppress(OSError):  # already gone, or other pages are left
        os.unlink(repo.path(path))
        os.rmdir(repo.path(BRANCH_PAGES))
    repo.update_index([("0", "", path)])
    return lines


def _save_edits(repo: Repository, path: str, data: bytes | None, old: str, new: str) -> list[str]:
    if data is None or blob_oid(data, repo.object_format) in (old, new) or is_intact(data.decode("utf-8", "replace")):
        return []
    cleaned = repo.write_blob(data, path)
    if cleaned in (old, new):
        return []
    return [f"{path} is derived; your edits to it are kept: git cat-file -p {cleaned[:12]}"]


def write_tree_ahead(repo: Repository, oids: Mapping[str, str], page: str) -> str:
    """Let git write the tree of `.sessions/` with `page`, the blob id of the master handoff, while we go on. For `end_tree`.

    A commit writes it anew once a page is staged. With thousands of sessions that takes git longer than we take in all, most
    of it to compress ids, which do not get smaller; a tree that is there already it does not write. If what is committed
    is another one, nothing comes of ours.
    """
    if not isinstance(oids, Listing) or len(oids.raw) < _LARGE_TREE:
        return ""
    path = ""
    with contextlib.suppress(OSError, GitsessionError):
        path = os.path.join(machine_folder(repo.common_dir), f"tree.{os.getpid()}.tmp")
        with open(path, "wb") as file:
            file.write(oids.put(MASTER.rpartition("/")[2], page).raw)
        repo.ahead(*_WRITE_TREE, path)
    return path


def end_tree(repo: Repository, path: str) -> None:
    """Wait for what `write_tree_ahead` began; an empty path is nothing."""
    if path:
        with contextlib.suppress(OSError, GitsessionError):
            repo.git(*_WRITE_TREE, path, check=False)
        with contextlib.suppress(OSError):
            os.unlink(path)

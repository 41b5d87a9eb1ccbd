"""Which branch is the project's own."""

import os

from gitsession.git.repository import Repository

_REMOTE = "refs/remotes/origin/HEAD"


def guess_default_branch(repo: Repository) -> str:
    """The remote's default branch, else main or master where one is there, else the branch in work."""
    remote = _symbolic(repo, _REMOTE).removeprefix("refs/remotes/")
    if "/" in remote:
        return remote.partition("/")[2]
    there = (name for name in ("main", "master") if repo.resolve(f"refs/heads/{name}"))
    return next(there, "") or repo.branch() or "main"


def _symbolic(repo: Repository, name: str) -> str:
    """What a symbolic ref points to. Read from its file, since git packs none and a process takes longer than all else here."""
    if os.path.exists(os.path.join(repo.common_dir, "reftable")):  # refs are not files
        return repo.text("symbolic-ref", "-q", name, check=False)
    try:
        with open(os.path.join(repo.common_dir, name), encoding="utf-8", errors="surrogateescape") as file:
            return file.read(4096).strip().removeprefix("ref: ")
    except OSError:
        return ""

"""Where git looks for hooks, and what we may do there."""

import os
from dataclasses import dataclass
from enum import Enum

from gitsession.git import Repository


class Kind(Enum):
    """Whose the folder of hooks is."""

    PRIVATE = "this clone's: inside the git directory"
    TRACKED = "the project's: inside the work tree, shared through git"
    OUTSIDE = "shared by other repositories"


@dataclass(frozen=True, slots=True)
class HooksFolder:
    """`path` is where a hook is written; `runs_from` where git starts it (another folder with husky)."""

    path: str
    runs_from: str
    kind: Kind
    managed_by: str


def find_folder(repo: Repository) -> HooksFolder:
    """The folder of hooks in force for this work tree: `core.hooksPath`, or the one in the git directory."""
    found = os.path.normpath(repo.path(repo.text("rev-parse", "--git-path", "hooks")))
    scope, _, value = repo.text("config", "--show-scope", "--get", "core.hooksPath", check=False).partition("\t")
    managed_by = f"core.hooksPath ({scope})" if value else "git"
    if _inside(found, repo.common_dir) or _inside(found, repo.git_dir):
        return HooksFolder(found, found, Kind.PRIVATE, managed_by)
    main = os.path.dirname(repo.common_dir) if os.path.basename(repo.common_dir) == ".git" else repo.root
    if not (_inside(found, repo.root) or _inside(found, main)):
        return HooksFolder(found, found, Kind.OUTSIDE, managed_by)
    parent, name = os.path.split(found)
    if name == "_" and (os.path.basename(parent) == ".husky" or os.path.exists(os.path.join(found, "husky.sh"))):
        return HooksFolder(parent, found, Kind.TRACKED, "husky")
    return HooksFolder(found, found, Kind.TRACKED, managed_by)


def own_folder(repo: Repository) -> str:
    """The folder that git uses when `core.hooksPath` is not set."""
    return os.path.join(repo.common_dir, "hooks")


def stub_folder(repo: Repository) -> str:
    """Where our stubs are when the folder of hooks is the project's: they name an interpreter of this machine."""
    return os.path.join(repo.common_dir, "gitsession", "hooks")


def _inside(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))

"""Where git looks for hooks, and what we may do there."""

import os
import shlex
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
    scope: str = ""  # of core.hooksPath: local, worktree, global, system or command; empty where it is not set


def find_folder(repo: Repository) -> HooksFolder:
    """The folder of hooks in force for this work tree: `core.hooksPath`, or the one in the git directory."""
    found = os.path.normpath(repo.path(repo.text("rev-parse", "--git-path", "hooks")))
    scope, is_set, _ = repo.text("config", "--show-scope", "--get", "core.hooksPath", check=False).partition("\t")
    managed_by = f"core.hooksPath ({scope})" if is_set else "git"
    if _inside(found, repo.common_dir) or _inside(found, repo.git_dir):
        return HooksFolder(found, found, Kind.PRIVATE, managed_by, scope)
    main = os.path.dirname(repo.common_dir) if os.path.basename(repo.common_dir) == ".git" else repo.root
    if not (_inside(found, repo.root) or _inside(found, main)):
        return HooksFolder(found, found, Kind.OUTSIDE, managed_by, scope)
    parent, name = os.path.split(found)
    if name == "_" and (os.path.basename(parent) == ".husky" or os.path.exists(os.path.join(found, "husky.sh"))):
        return HooksFolder(parent, found, Kind.TRACKED, "husky", scope)
    return HooksFolder(found, found, Kind.TRACKED, managed_by, scope)


def why_not(repo: Repository, folder: HooksFolder) -> tuple[str, str]:
    """Why we write no hooks into a folder that is not this repository's, and what to do."""
    where = f"{folder.path} ({folder.managed_by})"
    if os.path.isdir(folder.path) or not os.path.exists(folder.path):
        reason = f"git takes its hooks from {where}, which other repositories may share"
    else:
        reason = f"git runs no hooks here: it looks for them in {where}, which is no folder"
    if folder.scope == "command":
        return reason, "it was set for this command alone (git -c, GIT_CONFIG_...): run it without that"
    option = "--worktree " if folder.scope == "worktree" else ""
    return reason, f"give this one its own: git config {option}core.hooksPath {shlex.quote(own_folder(repo))}"


def work_trees(repo: Repository) -> list[Repository]:
    """The work tree of `repo`, then the others of the same repository that are there."""
    found = [repo]
    for record in repo.git("worktree", "list", "--porcelain", "-z").out.split(b"\0\0"):
        root = os.fsdecode(record.partition(b"\0")[0].removeprefix(b"worktree "))
        if b"\0bare" in record or not os.path.isdir(root) or os.path.realpath(root) == os.path.realpath(repo.root):
            continue
        other = Repository(root, "", repo.common_dir, repo.object_format)
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
            other.env.pop(name, None)
        other.git_dir = other.text("rev-parse", "--absolute-git-dir", check=False)
        if other.git_dir:
            found.append(other)
    return found


def own_folder(repo: Repository) -> str:
    """The folder that git uses when `core.hooksPath` is not set."""
    return os.path.join(repo.common_dir, "hooks")


def stub_folder(repo: Repository) -> str:
    """Where our stubs are when the folder of hooks is the project's: they name an interpreter of this machine."""
    return os.path.join(repo.common_dir, "gitsession", "hooks")


def _inside(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))

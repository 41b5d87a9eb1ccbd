"""What the pre-commit framework keeps from the hooks that it runs, ours among them where the project's settings name them."""

import os

from gitsession.git import Repository

_PAGES = (b"diff --git a/.sessions/HANDOFF.md", b"diff --git a/.sessions/handoffs/")


def push_arguments() -> list[str]:
    """Name and URL of the remote, which git gave to the framework; nothing where no framework says so."""
    name = os.environ.get("PRE_COMMIT_REMOTE_NAME")
    return [] if name is None else [name, os.environ.get("PRE_COMMIT_REMOTE_URL", "")]


def pushed_refs(repo: Repository) -> bytes:
    """What stands for git's list of the refs to push, which the framework has read, and of which it tells the first alone:
    HEAD, all branches and all tags, in git's format. Nothing where no framework runs us.
    """
    if not push_arguments():
        return b""
    oids = repo.text("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags").split()
    return "".join(f"- {oid} - {'0' * len(oid)}\n" for oid in sorted({*oids, repo.head_oid()} - {""})).encode()


def page_is_stashed(framework: int) -> bool:
    """Whether the framework (its process id) has put away changes of a derived page that were not staged.

    It puts them back as a patch, which does not apply to the page as we derive it; then it ends, and keeps all else that
    it put away to itself as well. Raises OSError.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    home = os.environ.get("PRE_COMMIT_HOME") or os.path.join(cache, "pre-commit")
    for name in os.listdir(home) if os.path.isdir(home) else ():
        if name.startswith("patch") and name.endswith(f"-{framework}"):
            with open(os.path.join(home, name), "rb") as file:
                if any(line.startswith(_PAGES) for line in file):
                    return True
    return False

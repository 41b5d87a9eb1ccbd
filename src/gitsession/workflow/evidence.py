"""What git itself knows of a conversation that took place in this repository: the files that its commits changed, and the branch."""

import os

from gitsession.git import Repository
from gitsession.model.conversation import Change, Head
from gitsession.rules import Story

_COMMITS = 300  # the newest that are looked at
_SLACK = 120  # seconds around the conversation


def inside(repo: Repository, folder: str) -> bool:
    """Whether a folder lies in this repository, or nothing says where the conversation took place."""
    if not folder or not repo.root:
        return True
    root, folder = os.path.realpath(repo.root), os.path.realpath(folder)
    return folder == root or folder.startswith(root + os.sep)


def add_history(repo: Repository, story: Story, head: Head) -> None:
    """Name files as the repository does, and tell the story what the commits made while it went on have changed, where it took place here."""
    if not head.cwd or not inside(repo, head.cwd):
        return
    story.name_files(lambda path: _relative(repo.root, os.path.join(head.cwd, path)) or path)
    start, end = _seconds(head.started), _seconds(head.ended)
    done = repo.git(
        "log",
        f"-{_COMMITS}",
        "--no-merges",
        "--name-status",
        "--no-renames",
        "-z",
        "--format=%x01%ct",
        "HEAD",
        "--",
        check=False,
    )
    if done.code or not start or not end:
        return
    for commit in done.out.decode("utf-8", "replace").split("\x01")[1:]:
        when, _, rest = commit.partition("\0")
        if not when.strip().isdigit() or not start - _SLACK <= int(when) <= end + _SLACK:
            continue
        parts = rest.lstrip("\n\0").split("\0")
        for status, path in zip(parts[::2], parts[1::2], strict=False):
            if path and not path.startswith(".sessions/"):
                story.add_file(path, Change(path, {"A": "add", "D": "delete"}.get(status.strip(), "update")))


def _relative(root: str, path: str) -> str:
    """The path as the repository has it, empty for what lies outside."""
    relative = os.path.relpath(os.path.normpath(path), os.path.normpath(root)).replace(os.sep, "/")
    return "" if relative == ".." or relative.startswith("../") else relative


def _seconds(when: str) -> float:
    import datetime as dt

    try:
        moment = dt.datetime.fromisoformat(when)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()

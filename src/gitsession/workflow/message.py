"""`commit-msg` where a template is set: git gives up a commit whose template nobody edited, and our trailer must not hide that."""

import os

from gitsession.git import Repository


def edited(repo: Repository, file: str) -> bool:
    """True when the message in `file` says more than `commit.template` does (a sign-off is nothing more, by git's own rule)."""
    template = repo.text("config", "--path", "commit.template", check=False)
    try:
        with open(os.path.join(repo.root, template), "rb") as source:
            start = _words(repo, source.read())
        with open(os.path.join(repo.root, file), "rb") as source:
            message = _words(repo, source.read())
    except OSError:
        return True
    if not message.startswith(start):
        return True
    rest = message[len(start) :].splitlines()
    return any(line.strip() and not line.startswith(b"Signed-off-by: ") for line in rest)


def _words(repo: Repository, text: bytes) -> bytes:
    return repo.git("stripspace", "--strip-comments", stdin=text).out.rstrip(b"\n")

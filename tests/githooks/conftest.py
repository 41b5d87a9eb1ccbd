"""A repository whose hooks start a stand-in for Python: a shell script that notes how it was called."""

import os
import subprocess
from pathlib import Path

import pytest

from gitsession.git import Repository
from gitsession.githooks import install

Done = subprocess.CompletedProcess[str]
# Everything that a shell could trip over.
AWKWARD = 'it\'s a $HOME `x` "quoted" path'
PYTHON = """#!/bin/sh
here=$(dirname "$0")
[ "$1" = -I ] || exit 98
[ "$2" = -c ] || { [ "$2 $3" = "-S -c" ] && shift; } || exit 98
[ $# -gt 3 ] || exit 0
hook=$4
shift 4
printf '%s|%s|%s\\n' "$hook" "$*" "$(case $hook in pre-push | post-rewrite) cat ;; esac)" >>"$here/calls"
[ ! -f "$here/do-$hook" ] || . "$here/do-$hook"
"""


class Clone:
    """A work tree, git run in it, and the stand-in that its hooks start."""

    def __init__(self, root: Path, python: Path) -> None:
        self.root = root
        self.python = python
        self.hooks = root / ".git" / "hooks"

    def open(self) -> Repository:
        return Repository.open(str(self.root))

    def install(self) -> list[str]:
        return install(self.open(), str(self.python))

    def git(self, *args: str, check: bool = True, cwd: Path | None = None, **env: str) -> Done:
        environment = {**os.environ, **env}
        done = subprocess.run(["git", *args], cwd=cwd or self.root, env=environment, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done

    def commit(self, *args: str, check: bool = True, **env: str) -> Done:
        """Commit a changed file; `args` are git's."""
        with (self.root / "file").open("a") as file:
            file.write("line\n")
        self.git("add", "file")
        return self.git("commit", "-q", *args, check=check, **env)

    def message(self, rev: str = "HEAD") -> str:
        return self.git("log", "-1", "--format=%B", rev).stdout.removesuffix("\n")

    def calls(self) -> list[str]:
        """`hook|arguments|stdin` for each start of Python since the last look."""
        log = self.python.parent / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def when(self, hook: str, script: str) -> None:
        """What Python does in a hook, as shell."""
        (self.python.parent / f"do-{hook}").write_text(script + "\n")

    def hook(self, name: str, script: str, mode: int = 0o755, folder: Path | None = None) -> Path:
        """Somebody else's hook."""
        path = (folder or self.hooks) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script)
        path.chmod(mode)
        return path

    def editor(self, script: str) -> str:
        """An editor: a shell script that gets the message file as $1."""
        path = self.python.parent / "editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return f"'{path}'".replace("it's", "it'\\''s")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A repository with a commit, no hooks, in an awkward folder."""
    root = tmp_path / AWKWARD / "repo"
    root.mkdir(parents=True)
    python = tmp_path / AWKWARD / "venv" / "python"
    python.parent.mkdir()
    python.write_text(PYTHON)
    python.chmod(0o755)
    clone = Clone(root, python)
    clone.git("init", "-q", "-b", "main", "--template=")
    (root / ".sessions").mkdir()
    (root / ".sessions" / "README.md").write_text("sessions\n")
    clone.git("add", ".")
    clone.git("commit", "-q", "-m", "Begin")
    return clone

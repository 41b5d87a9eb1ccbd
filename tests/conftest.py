"""Sealed tests: no configuration of this machine or of an agent, fixed people; and a builder of repositories."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from gitsession.git import Repository

settings.register_profile("default", deadline=None, print_blob=True)
settings.load_profile("default")

SCRIPTS = Path(sys.executable).parent
AGENT_SIGNS = ("CLAUDE", "CODEX", "GEMINI", "CURSOR", "COPILOT", "OPENCODE", "AI_AGENT", "AGENT", "IS_SANDBOX")


@pytest.fixture(autouse=True)
def _sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "PRE_COMMIT", "GITSESSION", *AGENT_SIGNS)):
            monkeypatch.delenv(name)
    # Whoever runs the tests may have a gitsession on PATH; the hooks under test must not find that one.
    places = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in places if not (Path(p) / "gitsession-hook").exists()))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_EDITOR", "false")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada Example")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")


Done = subprocess.CompletedProcess[str]


class Project:
    """A work tree with real git and the real command line run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *argv: str, check: bool = True, cwd: Path | None = None, stdin: str = "", **env: str) -> Done:
        done = subprocess.run(
            argv, cwd=cwd or self.root, env={**os.environ, **env}, capture_output=True, input=stdin,
            encoding="utf-8", errors="surrogateescape",
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def git(self, *args: str, check: bool = True, cwd: Path | None = None, **env: str) -> Done:
        return self.run("git", *args, check=check, cwd=cwd, **env)

    def gs(self, *args: str, check: bool = True, cwd: Path | None = None, stdin: str = "", **env: str) -> Done:
        """`gitsession ARGS`."""
        return self.run(str(SCRIPTS / "gitsession"), *args, check=check, cwd=cwd, stdin=stdin, **env)

    def json(self, *args: str, check: bool = True) -> object:
        return json.loads(self.gs(*args, "--json", check=check).stdout)

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def commit(self, message: str = "Change", *args: str, check: bool = True, **files: str) -> Done:
        """Write and add `files` (name=text; `file` without any), commit."""
        for name, text in (files or {"file.txt": message + "\n"}).items():
            self.write(name, text)
            self.git("add", "--", name)
        return self.git("commit", "-m", message, *args, check=check)

    def staged(self, path: str) -> str:
        return self.git("show", f":{path}").stdout

    def status(self) -> str:
        return self.git("status", "--porcelain").stdout

    def checkpoints(self) -> list[str]:
        return sorted(p.name for p in (self.root / ".sessions").glob("[0-9]*.md"))

    @property
    def session(self) -> str:
        """Path of the newest checkpoint."""
        return ".sessions/" + self.checkpoints()[-1]

    @property
    def page(self) -> str:
        return self.read(".sessions/HANDOFF.md")

    def open(self) -> Repository:
        return Repository.open(str(self.root))


def new_project(root: Path, *, init: bool = True) -> Project:
    root.mkdir(parents=True, exist_ok=True)
    project = Project(root)
    project.git("init", "-q", "-b", "main")
    project.git("config", "user.name", "Ada Example")
    project.git("config", "user.email", "ada@example.com")
    project.commit("Begin", **{"README.md": "# Feedpost\n\nA daily e-mail digest of feeds.\n"})
    if init:
        project.gs("init")
        project.git("commit", "-q", "-m", "Keep sessions")
    return project


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where projects are made once, to be copied for each test."""
    return tmp_path_factory.mktemp("templates")


def _copy(templates: Path, root: Path, *, init: bool) -> Project:
    template = templates / f"init-{init}"
    if not template.exists():
        new_project(template / root.name, init=init)
    shutil.copytree(template / root.name, root, symlinks=True)
    project = Project(root)
    project.git("update-index", "-q", "--refresh")
    return project


@pytest.fixture
def bare_project(tmp_path: Path, templates: Path) -> Project:
    """A repository with one commit that keeps no sessions."""
    return _copy(templates, tmp_path / "project", init=False)


@pytest.fixture
def project(tmp_path: Path, templates: Path) -> Project:
    """A repository that keeps sessions, `init` committed, none in progress."""
    return _copy(templates, tmp_path / "project", init=True)

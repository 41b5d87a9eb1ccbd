"""Fixtures that only whole loops need: a secret made at run time, clones, branches."""

import random
import re
import shutil
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def secret() -> str:
    """A token that every detector knows, made when the test runs so that no scanner sees it in this file."""
    return "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))


@pytest.fixture
def working(project: Any, templates: Path) -> Any:
    """A project with a session in progress on main, a fact and a commit with some files in it. Made once, and copied."""
    template = templates / "working"
    if not template.exists():
        project.gs("start", "Work")
        project.gs("decide", "From the start")
        for name in ("a.txt", "b.txt", "src/a.txt", "lib/b.txt"):
            project.write(name, "".join(f"{i}\n" for i in range(20)))
        project.git("add", ".")
        project.git("commit", "-q", "-m", "Begin work")
        shutil.copytree(project.root, template, symlinks=True)
    shutil.rmtree(project.root)
    shutil.copytree(template, project.root, symlinks=True)
    project.git("update-index", "-q", "--refresh")
    return project


@pytest.fixture
def clone(tmp_path: Path) -> Callable[..., Any]:
    """Clone a project: `clone(project, *options, name=...)`; without hooks, as a colleague gets it."""

    def make(project: Any, *options: str, name: str = "clone") -> Any:
        place = tmp_path / name
        project.git("clone", "-q", *options, f"file://{project.root}", str(place), cwd=tmp_path)
        return type(project)(place)

    return make


@pytest.fixture
def trailers() -> Callable[..., list[str]]:
    """The stems that a commit's `Session:` trailers name."""

    def read(project: Any, rev: str = "HEAD") -> list[str]:
        return str(project.git("log", "-1", "--format=%(trailers:key=Session,valueonly)", rev).stdout).split()

    return read


@pytest.fixture
def checked() -> Callable[..., dict[str, str]]:
    """What `handoff --check` says of each page of a commit: path -> status."""

    def read(project: Any, rev: str = "HEAD") -> dict[str, str]:
        return {r["path"]: r["status"] for r in project.json("handoff", rev, "--check", check=False)}

    return read


@pytest.fixture
def diverged(project: Any, templates: Path) -> Any:
    """`main` and `topic` gone apart since the tag `base`: a session and two commits with facts on each; HEAD is on main.

    Facts: "Main before", "Main after", "Topic decides", "Topic step". Both touched code of their own only.
    """
    made = templates / "diverged"
    if not made.exists():
        project.gs("note", "Main before")
        project.commit("Main one", **{"main.txt": "1\n"})
        project.git("tag", "base")
        project.git("switch", "-q", "-c", "topic")
        project.gs("decide", "Topic decides")
        project.commit("Topic one", **{"topic.txt": "1\n"})
        project.gs("todo", "Topic step")
        project.commit("Topic two", **{"topic.txt": "1\n2\n"})
        project.git("switch", "-q", "main")
        project.gs("note", "Main after")
        project.commit("Main two", **{"main.txt": "1\n2\n"})
        shutil.copytree(project.root, made, symlinks=True)
        return project
    shutil.rmtree(project.root)
    shutil.copytree(made, project.root, symlinks=True)
    project.git("update-index", "-q", "--refresh")
    return project


SESSION_LINE = re.compile(r"^\s*(?:\* )?Session: (\S+)", re.MULTILINE)
STEM = re.compile(r"\.sessions/(?:handoffs/)?(\d{4}-[^/]+)\.md$")


@pytest.fixture
def attributed() -> Callable[..., dict[str, list[str]]]:
    """The sessions of each commit in a range, merges left out: subject -> stems, by the rule that the docs state, read with git alone."""

    def read(project: Any, *revs: str) -> dict[str, list[str]]:
        there = {m[1] for m in map(STEM.match, project.git("ls-files", ".sessions").stdout.split()) if m}
        out = project.git("log", "--no-merges", "--format=%x01%B%x02", "--name-only", *revs).stdout
        found = {}
        for record in out.split("\x01")[1:]:
            message, _, names = record.partition("\x02")
            named = [s for s in SESSION_LINE.findall(message) if s in there]
            touched = {m[1] for m in map(STEM.match, names.split()) if m} & there
            found[message.split("\n", 1)[0]] = sorted(dict.fromkeys(named)) or sorted(touched)
        return found

    return read


@pytest.fixture
def sound() -> Callable[..., None]:
    """What hooks owe people after any operation of git: see the comments. `done` is the operation, `facts` what must have survived it."""

    def check(project: Any, done: Any = None, *facts: str) -> None:
        assert project.status() == ""
        texts = "\n".join(project.read(f".sessions/{name}") for name in project.checkpoints())
        for fact in facts:
            assert texts.count(fact) == 1, (fact, texts)  # neither lost nor doubled
        assert "<<<<<<<" not in texts
        pages = {p["path"]: p for p in project.json("handoff", "--check", check=False)}
        assert {p["status"] for p in pages.values()} <= {"current", "behind"}, pages
        branch = project.git("symbolic-ref", "-q", "--short", "HEAD", check=False).stdout.strip()
        if not branch:
            return
        before = project.root / "mending"
        project.commit("Mending", mending=(before.read_text() if before.exists() else "") + "m\n")
        path = ".sessions/HANDOFF.md"
        if branch != "main":  # the page of the session in progress
            (stem,) = SESSION_LINE.findall(project.git("log", "-1", "--format=%B").stdout)
            path = f".sessions/handoffs/{stem}.md"
        if done is not None and pages.get(path, {"reason": ""})["reason"].startswith("checkpoints"):
            assert "behind" in done.stderr + done.stdout, done  # a hook told of it
        after = {p["path"]: p["status"] for p in project.json("handoff", "--check", check=False)}
        assert after[path] == "current", after
        assert branch != "main" or len(after) == 1, after  # the default branch holds their sessions
        assert project.status() == ""

    return check


@pytest.fixture
def editor(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """A shell script on the file `$1` as git's editors: the environment for them."""

    def make(script: str) -> dict[str, str]:
        path = tmp_path / "editor.sh"
        path.write_text("#!/bin/sh\n" + script + "\n")
        path.chmod(0o755)
        return {"GIT_EDITOR": str(path), "GIT_SEQUENCE_EDITOR": str(path)}

    return make

"""Fixtures that only whole loops need: a secret made at run time, clones, branches."""

import random
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

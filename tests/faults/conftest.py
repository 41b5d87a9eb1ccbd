"""Makes scenes: an operation ready to be hit, its hooks and commands started by a Python that does harm when told."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from scenes import OPERATIONS, REFUSED, Scene

from gitsession.githooks import install


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory) -> Path:
    """The Python that hooks and commands are started with."""
    path = tmp_path_factory.mktemp("python") / "python"
    path.write_text(f"#!{sys.executable} -I\n" + Path(__file__).with_name("inject.py").read_text())
    path.chmod(0o755)
    return path


@pytest.fixture
def scene(request, templates, tmp_path, stand_in) -> Callable[[str], Scene]:
    """The scene of an operation, by its name; prepared once, and copied for each blow."""

    def make(name: str) -> Scene:
        operation = (OPERATIONS | REFUSED)[name]
        place = templates / ("fault-" + name.replace(" ", "-"))
        project = request.getfixturevalue("project" if operation.init else "bare_project")
        if not place.exists():
            for sample in (project.root / ".git" / "hooks").glob("*.sample"):
                sample.unlink()
            if operation.init:
                install(project.open(), str(stand_in))
            operation.prepare(project)
            shutil.copytree(tmp_path, place, symlinks=True)
        return Scene(operation, place, tmp_path / "hits", stand_in, type(project))

    return make

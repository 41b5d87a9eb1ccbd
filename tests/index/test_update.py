"""The law of the index: brought up to date, it is what a new one would be."""

import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_history import RandomHistory, dump

from gitsession.git import Repository
from gitsession.workflow.reindex import bring_index_up


def empty(make: Any, root: Path) -> Any:
    root.mkdir(parents=True)
    project = make(root)
    project.git("init", "-q", "-b", "main")
    project.git("config", "gitsession.indexBranches", "*")
    return project


def how(project: Any, *, anew: bool = False) -> str:
    with Repository.open(str(project.root)) as repo:
        return bring_index_up(repo, anew=anew).how


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_an_updated_index_is_a_rebuilt_one(bare_project, seed: int, steps: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = empty(type(bare_project), Path(folder) / "project")
        history = RandomHistory(project, random.Random(seed))
        for count, commits in enumerate(steps):
            history.step(commits)
            assert how(project) in ("current", "updated" if count else "rebuilt")
        updated = dump(str(project.root / ".git"))
        assert how(project, anew=True) == "rebuilt"
        assert updated == dump(str(project.root / ".git"))

"""A repository as it is served: noticing changes, the index kept up to date."""

import sqlite3
import threading
from typing import Any

import pytest

pytest.importorskip("fastapi")

from gitsession.index.database import index_path
from gitsession.web.project import open_projects
from gitsession.web.remembering import Memory


def served(project: Any) -> Any:
    return open_projects([str(project.root)])[0]


def test_each_part_of_the_state_changes_with_what_it_is_of(project: Any) -> None:
    one = served(project)
    states = [one.state(closely=True)]

    def changed() -> list[str]:
        states.append(one.state(closely=True))
        return states[-1].changes(str(states[-2]))

    assert changed() == []
    project.write("a.txt", "a\n")
    assert changed() == []
    project.git("add", "a.txt")
    assert changed() == ["staged"]
    project.git("branch", "topic/one")
    assert changed() == ["commits"]
    project.gs("start", "Work")
    assert changed() == ["staged", "sessions"]
    place = project.root / project.session
    with place.open("a") as file:
        file.write("\n## Notes\n- by hand\n")
    assert changed() == ["sessions"]
    assert states[-1].changes("") == ["commits", "staged", "sessions"]


def test_what_is_remembered_is_made_once_for_each_state(project: Any) -> None:
    one, made = served(project), []
    for _ in range(3):
        one.remember("key", lambda: made.append(1))
    assert len(made) == 1
    project.git("branch", "topic")
    one.remember("key", lambda: made.append(1))
    assert len(made) == 2


def test_threads_wait_for_an_answer_that_is_being_made_and_a_failure_is_none() -> None:
    memory: Memory[int] = Memory(2)
    begun, made = threading.Event(), []

    def slow() -> int:
        begun.set()
        made.append(1)
        return 7

    threads = [threading.Thread(target=lambda: memory.get("a", 1, slow)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    with pytest.raises(ZeroDivisionError):
        memory.get("b", 1, lambda: 1 // 0)
    assert memory.get("b", 1, lambda: 2) == 2


def test_the_index_follows_commits_and_survives_damage(project: Any) -> None:
    one = served(project)

    def subjects() -> list[str]:
        return [row[0] for row in one.ask(lambda db: db.execute("SELECT subject FROM commits ORDER BY place").fetchall())]

    assert subjects() == ["Begin", "Keep sessions"]
    project.commit("Third")
    assert subjects()[-1] == "Third"
    place = index_path(one._repo.common_dir)
    with open(place, "r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 20_000)
    one.close()  # what a connection has read already is no sign
    assert len(subjects()) == 3
    with sqlite3.connect(place) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    one.close()


def test_projects_have_names_of_their_own(project: Any, tmp_path: Any) -> None:
    other = tmp_path / "else" / "project"
    project.git("clone", "-q", str(project.root), str(other))
    found = open_projects([str(project.root), str(other), str(project.root / ".sessions")])
    assert [p.root for p in found] == [str(project.root), str(other)]
    assert found[1].slug == found[0].slug + "-2"

"""An agent that commits much without a word of why gets one line that can be pasted."""

import pytest

MANY = "".join(f"line {n}\n" for n in range(60))


@pytest.fixture
def started(project):
    project.gs("init")
    project.gs("start", "Parse dates")
    project.git("add", "-A")
    project.git("commit", "-q", "-m", "Begin")
    return project


def commit(project, text, **env):
    project.write("dates.py", text)
    project.git("add", "dates.py")
    return project.git("commit", "-q", "-m", "Dates", **env).stderr


def test_an_agent_that_recorded_nothing_is_reminded(started):
    told = commit(started, MANY, CLAUDECODE="1")
    assert "60 lines and no fact recorded: gitsession decide" in told
    assert told.count("\n") == 2  # and the receipt


def test_few_lines_need_no_word(started):
    assert "no fact" not in commit(started, "x = 1\n", CLAUDECODE="1")


def test_a_person_is_not_told(started):
    assert "no fact" not in commit(started, MANY)


def test_a_fact_recorded_since_the_last_commit_will_do(started):
    started.gs("decide", "Dates are ISO 8601", "--why", "they sort")
    assert "no fact" not in commit(started, MANY, CLAUDECODE="1")


def test_a_session_that_the_commit_itself_opens_has_no_fact(started):
    started.git("switch", "-q", "-c", "feature")
    assert "no fact recorded" in commit(started, MANY, CLAUDECODE="1")

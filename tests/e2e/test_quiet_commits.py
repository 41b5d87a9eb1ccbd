"""Where people begin sessions by hand and none is in progress, a commit costs no Python."""

import os
import re
import sys
import time

import pytest


@pytest.fixture
def manual(project, tmp_path):
    """A project with `sessions: manual`; `started()` counts the starts of Python since the last look."""
    log = tmp_path / "starts"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$5" >>{log}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    for hook in ("pre-commit", "commit-msg", "post-commit"):
        path = f".git/hooks/{hook}"
        project.write(path, re.sub(r"^python=.*$", f"python={python}", project.read(path), count=1, flags=re.MULTILINE))
    settings = project.read(".sessions/project.yml") + "sessions: manual\n"
    project.write(".sessions/project.yml", settings)
    project.git("commit", "-qam", "Begin sessions by hand")

    def started():
        found = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return found

    def settle():
        """Commit once with Python, as long after the last change of git's settings as people do."""
        before = time.time() - 60
        os.utime(project.root / ".git" / "config", (before, before))
        started()
        project.commit("One", a=str(time.time()))
        assert started() == ["pre-commit"]

    started()
    project.started, project.settle = started, settle
    return project


def test_only_the_first_starts_python(manual):
    manual.settle()
    for number in range(3):
        manual.commit(f"Change {number}", a=str(number))
    assert manual.started() == []
    assert manual.status() == ""
    manual.gs("handoff", "--check")


def test_what_is_staged_starts_it(manual, secret):
    manual.settle()
    manual.write(".sessions/README.md", "More\n")
    manual.git("add", ".")
    manual.git("commit", "-qm", "Read me")
    assert manual.started() == ["pre-commit"]
    manual.settle()
    manual.write(".sessions/notes.md", f"{secret}\n")
    manual.git("add", ".")
    assert manual.git("commit", "-qm", "Leak", check=False).returncode == 1


def test_a_session_starts_it(manual):
    manual.settle()
    manual.gs("start", "By hand")
    manual.git("commit", "-qm", "Begin")
    manual.commit("Work", a="w")
    assert "Session: 0001-by-hand" in manual.git("log", "-1", "--format=%B").stdout
    assert manual.started().count("pre-commit") == 2


def test_one_that_git_brings_to_the_branch_starts_it(manual):
    manual.git("switch", "-q", "-c", "topic")
    manual.settle()
    manual.git("switch", "-q", "main")
    manual.settle()
    manual.git("switch", "-q", "-c", "other")
    manual.gs("start", "By hand")
    manual.git("commit", "-qm", "Begin")
    manual.git("branch", "-M", "other", "topic")
    manual.started()
    manual.commit("Work", a="w")
    assert manual.started().count("pre-commit") == 1
    assert "Session: 0001-by-hand" in manual.git("log", "-1", "--format=%B").stdout


def test_a_session_of_the_environment_starts_it(manual):
    manual.gs("start", "By hand")
    manual.git("commit", "-qm", "Begin")
    manual.gs("complete", "--commit")
    manual.settle()
    manual.started()
    manual.write("a", "b")
    manual.git("commit", "-qam", "Work", GITSESSION_SESSION="1")
    assert "Session: 0001-by-hand" in manual.git("log", "-1", "--format=%B").stdout


def test_checkpoints_that_a_merge_brought_are_taken_in_by_the_next_commit(manual):
    manual.git("switch", "-q", "-c", "topic")
    manual.gs("start", "On a branch")
    manual.gs("decide", "Use argon2id")
    manual.git("commit", "-qm", "Begin")
    manual.git("switch", "-q", "main")
    manual.settle()
    manual.commit("Change", a="on main")
    manual.git("merge", "-q", "--no-edit", "topic")
    manual.commit("After", a="after")
    assert "Use argon2id" in manual.page
    manual.gs("handoff", "--check", "--strict")


def test_another_branch_starts_it(manual):
    manual.settle()
    manual.git("switch", "-q", "-c", "topic")
    manual.commit("Change", a="x")
    assert manual.started().count("pre-commit") == 1


def test_undo_leaves_no_word(manual):
    manual.settle()
    assert (manual.root / ".git" / "gitsession-quiet").exists()
    manual.gs("init", "--undo")
    assert not list((manual.root / ".git").glob("gitsession*"))

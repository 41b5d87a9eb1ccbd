"""A session begins with the handoff before it and ends with the one after it; what was edited meanwhile is not written over."""

import os

import pytest

from gitsession.errors import ConflictError, GitsessionError, SessionError, UsageError
from gitsession.store.snapshot import blob_oid
from gitsession.workflow.expecting import Expected
from gitsession.workflow.lifecycle import begin_session, complete_session
from gitsession.workflow.reading import find_checkpoint
from gitsession.workflow.record import close_fact, end_session, record_fact


@pytest.fixture
def repo(project):
    with project.open() as opened:
        yield opened


@pytest.fixture
def begun(repo):
    """A session in progress, with a step; its stem, and what was expected of it then."""
    stem = begin_session(repo, "Add login").started.stem
    record_fact(repo, "step", "Write the form")
    return stem, Expected(stem, oid(repo, stem))


def oid(repo, stem: str) -> str:
    return blob_oid(find_checkpoint(repo, stem)[1], repo.object_format)


def test_a_session_begins_with_what_the_one_before_left(repo, begun) -> None:
    stem, _ = begun
    complete_session(repo)
    new = begin_session(repo, "Add logout", agent="codex", tags=("web",))
    assert "Write the form" in new.previous.text
    assert "Add logout" not in new.previous.text  # as it stood before
    checkpoint, _ = find_checkpoint(repo, "")
    assert (checkpoint.stem, checkpoint.agent, checkpoint.parents) == (new.started.stem, "codex", (stem,))
    assert begin_session(repo, "Third", budget=300).previous.figures.tokens <= 300


def test_a_session_without_a_title_does_not_begin(repo, project) -> None:
    with pytest.raises(UsageError):
        begin_session(repo, " \n")
    assert project.checkpoints() == []


@pytest.mark.parametrize("status", ["completed", "abandoned"])
def test_a_session_ends_with_the_handoff_after_it_and_is_committed_where_asked(repo, project, begun, status) -> None:
    project.write("other.txt", "not ours\n")
    project.git("add", "other.txt")
    done = complete_session(repo, outcome="partly", status=status, commit=True, expected=begun[1])
    assert find_checkpoint(repo, begun[0])[0].status == status
    assert "Write the form" in done.handoff.text
    assert project.page == project.gs("handoff", "HEAD").stdout
    verb = {"completed": "Complete", "abandoned": "Abandon"}[status]
    assert project.git("log", "-1", "--format=%s").stdout == f"{verb} session 0001: Add login\n"
    assert project.status() == "A  other.txt\n"


@pytest.mark.parametrize(
    "write",
    [
        lambda repo, expected: record_fact(repo, "note", "Late", expected=expected),
        lambda repo, expected: close_fact(repo, "Write the form", expected=expected),
        lambda repo, expected: end_session(repo, expected=expected),
    ],
)  # fmt: skip
class TestExpected:
    def test_as_it_was_read_it_is_written(self, repo, begun, write) -> None:
        before = oid(repo, begun[0])
        assert write(repo, begun[1]).stem == begun[0]
        assert oid(repo, begun[0]) != before

    def test_an_edit_in_between_is_not_written_over(self, repo, project, begun, write) -> None:
        close_fact(repo, "Write the form")  # so that closing it again fails, too, for what it is
        before = project.read(project.session)
        with pytest.raises(ConflictError):
            write(repo, begun[1])
        assert project.read(project.session) == before

    def test_another_session_is_not_taken_for_it(self, repo, project, begun, write) -> None:
        end_session(repo)
        before = project.read(project.session)
        with pytest.raises(SessionError, match="not in progress here"):
            write(repo, Expected("login"))
        with pytest.raises(SessionError, match="no session"):
            write(repo, Expected("nobody"))
        assert project.read(project.session) == before
        assert len(project.checkpoints()) == 1


def test_what_was_expected_is_meant_however_long_ago_the_last_commit_was(repo, project, begun) -> None:
    project.git("commit", "-q", "-m", "Long ago", GIT_COMMITTER_DATE="2026-01-01T00:00:00Z")
    os.utime(project.root / project.session, (0, 0))
    assert record_fact(repo, "note", "Back again", expected=Expected(begun[0])).stem == begun[0]
    os.utime(project.root / project.session, (0, 0))
    assert record_fact(repo, "note", "A new day").stem != begun[0]


def test_what_a_hook_refuses_is_said(repo, project, begun) -> None:
    project.write(project.session, project.read(project.session) + "\nkey: " + "AKIA" + "Z7QX4M2WLT9RB3CD\n")
    with pytest.raises(GitsessionError, match="the commit was not made"):
        complete_session(repo, commit=True)

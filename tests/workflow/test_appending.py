"""Turns are appended to a conversation as they happen."""

import threading

import pytest

from gitsession.errors import SessionError, UsageError
from gitsession.model.conversation import Turn
from gitsession.store.conversations import list_conversations
from gitsession.workflow.appending import append_turns
from gitsession.workflow.conversing import find_conversation, read_listed
from gitsession.workflow.privacy import set_private
from gitsession.workflow.starting import start_session


@pytest.fixture
def repo(project):
    with project.open() as opened:
        start_session(opened, "Add login")
        yield opened


def asks(text: str, **fields) -> Turn:
    return Turn("user", text, **fields)


def texts(repo, id_: str = "c1") -> list[str]:
    return [turn.text for turn in read_listed(repo, find_conversation(repo, id_)).turns]


def test_turns_follow_those_that_are_there(repo) -> None:
    first = append_turns(repo, "1", [asks("Go on"), Turn("assistant", "Done", tokens=(10, 5))], agent="Mine", id="c1", title="Sign-in")
    # The same words once more are another turn.
    again = append_turns(repo, "login", [asks("Go on"), Turn("assistant", "Done", tokens=(20, 5))], agent="mine", id="c1")
    assert (first.new, again.new, again.turns, again.name) == (2, 2, 4, first.name)
    assert again.numbers == [3, 4]
    assert texts(repo) == ["Go on", "Done"] * 2
    head = find_conversation(repo, "c1").head
    assert (head.title, head.tokens) == ("Sign-in", (30, 10))


def test_a_turn_with_an_id_is_stored_once(repo) -> None:
    for _ in range(2):
        kept = append_turns(repo, "1", [asks("One", id="t1"), asks("Two", id="t2")], agent="mine", id="c1")
    assert (kept.new, kept.turns) == (0, 2)
    assert append_turns(repo, "1", [asks("Two", id="t2"), asks("Three")], agent="mine", id="c1").new == 1
    assert texts(repo) == ["One", "Two", "Three"]


def test_without_an_id_a_session_has_one_conversation_with_an_agent(repo) -> None:
    names = {append_turns(repo, "1", [asks("Hello")], agent=agent).name for agent in ("mine", "mine", "yours")}
    assert len(names) == 2


def test_secrets_do_not_come_in(project, repo) -> None:
    token = "gh" + "p_" + "q7Zk2Lw9Xc4Vb8Nm1Ds6Ft3Gh5Jy0RuQaEp"[:36]
    assert append_turns(repo, "1", [asks(f"Use {token}")], agent="mine", id="c1").redacted
    assert token not in project.git("log", "-p", "gitsession/conversations").stdout


def test_writers_at_the_same_time_lose_nothing(project, repo) -> None:
    def write(number: int) -> None:
        with project.open() as own:
            append_turns(own, "1", [asks(f"{number}")], agent="mine", id="c1")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts(repo)) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("turns", [[], [asks(" ")], [Turn("somebody", "Hello")], [asks("Good"), Turn("tool")]])
def test_what_says_nothing_is_refused(repo, turns) -> None:
    with pytest.raises(UsageError):
        append_turns(repo, "1", turns, agent="mine", id="c1")
    assert list_conversations(repo) == []


def test_a_private_session_keeps_none(repo) -> None:
    set_private(repo, start_session(repo, "Quiet").stem)
    with pytest.raises(SessionError, match="private"):
        append_turns(repo, "quiet", [asks("Hello")], agent="mine")

"""Captures: made one at a time, tried again when they fail, and never lost with the process that makes them."""

import json
import os
import sys
import threading
import types
from pathlib import Path

import pytest

from gitsession.errors import GitsessionError
from gitsession.process import detach
from gitsession.store.lock import lock
from gitsession.store.pending import (
    ATTEMPTS,
    Pending,
    add_pending,
    claim_pending,
    first_within,
    has_pending,
    owner,
    prune,
    settle,
)
from gitsession.workflow import agent_events, capturing
from gitsession.workflow.agent_events import hear, title_of
from gitsession.workflow.capturing import log, make_captures


@pytest.fixture
def imported(monkeypatch):
    """A stand-in for the import of transcripts: the list of what it was called with; its `fault` is raised."""
    calls = []
    module = types.ModuleType("gitsession.workflow.importing")

    def import_transcript(repo, path, **how):
        calls.append((path, how))
        if module.fault:
            raise module.fault

    module.fault, module.import_transcript, module.calls = None, import_transcript, calls
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(capturing, "_STILL", 0.0)
    return module


@pytest.fixture
def repo(project):
    with project.open() as repo:
        yield repo


def wait(repo, tmp_path, *names: str, branch: str = "main") -> list[str]:
    """Captures that are to be made, of transcripts that are there."""
    for name in names:
        (tmp_path / name).write_text("{}\n")
        add_pending(repo.common_dir, Pending("claude-code", name, str(tmp_path / name), branch))
    return [str(tmp_path / name) for name in names]


def test_a_transcript_goes_into_the_inbox_of_its_branch(repo, imported, tmp_path) -> None:
    repo.set_config("branch.topic.gitsession", "0001-topic-aaaa")
    paths = [*wait(repo, tmp_path, "c1", branch="topic"), *wait(repo, tmp_path, "c2")]
    assert make_captures(repo) == 2
    how = {"agent": "claude-code", "into": "inbox"}
    assert dict(imported.calls) == {
        paths[0]: {**how, "session": "0001-topic-aaaa", "branch": "topic"},
        paths[1]: {**how, "session": "", "branch": "main"},
    }
    assert not has_pending(repo.common_dir)
    assert make_captures(repo) == 0


def test_one_conversation_is_captured_once_however_often_it_stopped(repo, imported, tmp_path) -> None:
    wait(repo, tmp_path, "c1", "c1", "c2")
    assert make_captures(repo) == 2


def test_what_fails_is_tried_again_and_then_given_up(repo, imported, tmp_path) -> None:
    imported.fault = GitsessionError("the store is locked")
    wait(repo, tmp_path, "c1")
    for left in (True, True, True, False):
        assert has_pending(repo.common_dir)
        assert make_captures(repo) == 0
        assert has_pending(repo.common_dir) == left
    assert len(imported.calls) == ATTEMPTS
    assert "capture of a conversation with claude-code: GitsessionError: the store is locked" in read_log(repo)


def test_what_a_dead_process_left_is_made_by_the_next(repo, imported, tmp_path) -> None:
    wait(repo, tmp_path, "c1")
    assert claim_pending(repo.common_dir).conversation == "c1"  # and dies
    assert make_captures(repo) == 1


def test_a_turn_that_stops_meanwhile_is_not_lost(repo, imported, tmp_path) -> None:
    wait(repo, tmp_path, "c1")
    pending = claim_pending(repo.common_dir)
    wait(repo, tmp_path, "c1")
    settle(repo.common_dir, pending)
    assert make_captures(repo) == 1


def test_one_process_captures_at_a_time(repo, imported, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(capturing, "_PATIENCE", 0.0)
    wait(repo, tmp_path, "c1")
    with lock(repo.common_dir, name="captures.lock"), pytest.raises(GitsessionError, match="another gitsession"):
        make_captures(repo)
    assert imported.calls == []


@pytest.mark.parametrize("data", [b"", b"{}", b'{"agent": 1}', b"\xff"])
def test_a_damaged_note_stops_nothing(repo, imported, tmp_path, data) -> None:
    wait(repo, tmp_path, "c1")
    (Path(repo.common_dir) / "gitsession" / "agents" / "0.pending").write_bytes(data)
    assert make_captures(repo) == 1
    assert not has_pending(repo.common_dir)


@pytest.mark.parametrize(
    ("agent", "variable", "path"),
    [
        ("codex", "CODEX_HOME", "sessions/2026/11/23/rollout-2026-11-23T09-30-00-c[1].jsonl"),
        ("codex", "CODEX_HOME", "archived_sessions/rollout-2026-11-23T09-30-00-c[1].jsonl.zst"),
        ("copilot", "COPILOT_HOME", "session-state/c[1]/events.jsonl"),
    ],
)
def test_a_transcript_that_the_agent_does_not_name_is_found(repo, imported, tmp_path, monkeypatch, agent, variable, path) -> None:
    monkeypatch.setenv(variable, str(tmp_path))
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    add_pending(repo.common_dir, Pending(agent, "c[1]", "", "main"))
    add_pending(repo.common_dir, Pending(agent, "../c[1]", "", "main"))
    assert make_captures(repo) == 1
    assert imported.calls[0][0] == str(file)


def read_log(repo) -> str:
    return (Path(repo.common_dir) / "gitsession" / "agents.log").read_text()


def test_the_log_is_bounded_and_holds_no_secret(repo) -> None:
    key = "AKIA" + "QWERTZUIOPASDFGH"
    for n in range(3000):
        log(repo.common_dir, f"event {n}", ValueError(key))
    log(repo.common_dir, "last", GitsessionError(f"aws_key = {key}"))
    text = read_log(repo)
    assert len(text) < 70_000
    assert text.splitlines()[-2].endswith("event 2999: ValueError")
    assert "last: GitsessionError" in text
    assert key not in text


@pytest.mark.parametrize("event", ["start", "stop", "end"])
def test_past_its_time_a_hook_lets_go(repo, monkeypatch, event) -> None:
    """Whatever holds it up, and however that is wrapped."""

    def hang(*_: object) -> str:
        try:
            threading.Event().wait()
        except Exception:  # noqa: BLE001
            threading.Event().wait()
        return "never"

    monkeypatch.setitem(agent_events._ACTS, event, hang)
    monkeypatch.setattr(agent_events, "_LIMITS", {})
    monkeypatch.setattr(agent_events, "_LIMIT", 0.5)
    assert hear("gemini", event, b'{"session_id": "c1"}', repo.root) == "{}"
    assert f"gemini {event}: _TimeIsUpError" in read_log(repo)


def test_a_capture_is_noted_before_anything_can_go_wrong(repo, monkeypatch) -> None:
    def fail(_: object) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(agent_events, "start_captures", fail)
    told = {"session_id": "c1", "transcript_path": "/t.jsonl", "cwd": repo.root}
    assert hear("claude-code", "end", json.dumps(told).encode(), "/") == ""
    assert has_pending(repo.common_dir)


def test_a_process_that_nobody_waits_for(tmp_path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    detach(["sh", "-c", f"read line <'{fifo}'; echo \"$line\" >'{fifo}'"], cwd=str(tmp_path))
    fifo.write_text("we went on\n")  # it waits for us, and not we for it
    assert fifo.read_text() == "we went on\n"
    with pytest.raises(GitsessionError, match="cannot be started"):
        detach(["/nowhere/at/all"], cwd=str(tmp_path))


def test_what_is_known_of_conversations_is_forgotten_in_time(repo, tmp_path, monkeypatch) -> None:
    assert owner(repo.common_dir, "cursor", "c1") == "cursor"
    assert owner(repo.common_dir, "claude-code", "c1") == "cursor"
    assert first_within(repo.common_dir, "k", "given", 60)
    assert not first_within(repo.common_dir, "k", "given", 60)
    wait(repo, tmp_path, "c1")
    prune(repo.common_dir)
    assert owner(repo.common_dir, "claude-code", "c1") == "cursor"
    monkeypatch.setattr("gitsession.store.pending._DAYS", -1)
    prune(repo.common_dir)
    assert owner(repo.common_dir, "claude-code", "c1") == "claude-code"
    assert has_pending(repo.common_dir)


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Fix the login", "Fix the login"),
        ("\n\n  # Fix *the* login\nplease", "Fix *the* login"),
        ("/compact", ""),
        ("<system-reminder>x</system-reminder>", ""),
        ("!ls", ""),
        ("---", ""),
        ("", ""),
        ("word " * 40, "word word word word word word word word word word word word word word"),
        ("x" * 200, "x" * 72),
        ("Fix\x1b[31m it\u202e", "Fix[31m it"),
    ],
)
def test_the_title_that_a_prompt_gives(prompt, title) -> None:
    assert title_of(prompt) == title

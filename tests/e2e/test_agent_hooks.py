"""What the hooks of agents do, started as an agent starts them: the command in its settings, by a shell, with JSON on stdin."""

import json
import time
from pathlib import Path

import pytest

from gitsession.agents.catalog import find_agent

WITH_HOOKS = ("claude-code", "codex", "gemini", "cursor", "copilot")


def payload(project, agent: str, event: str, **more: object) -> dict[str, object]:
    """What the agent's documentation says that its hook gets."""
    root, transcript = str(project.root), str(project.root.parent / "transcript.jsonl")
    if agent == "copilot":
        told = {"sessionId": "c1", "timestamp": 1795461000000, "cwd": root}
        told |= {"start": {"source": "new"}, "end": {"reason": "complete"}}.get(event, {})
        told |= {"transcriptPath": transcript} if event in ("stop", "compact") else {}
    elif agent == "cursor":
        told = {"conversation_id": "c1", "generation_id": "g", "model": "gpt-5", "cursor_version": "3.1", "workspace_roots": [root],
                "user_email": "ada@example.com", "transcript_path": None, "hook_event_name": event}  # fmt: skip
    else:
        told = {"session_id": "c1", "transcript_path": transcript, "cwd": root, "hook_event_name": event}
        told |= {"permission_mode": "default"} if agent in ("claude-code", "codex") and event != "start" else {}
        told |= {"timestamp": "2026-11-23T09:30:00Z"} if agent == "gemini" else {}
        told |= {"start": {"source": "startup", "model": "m-1"}, "end": {"reason": "other"}}.get(event, {})
    return {**told, "some_day": {"unknown": [1]}, **more}


class Hooked:
    """A project, and its agents' hooks."""

    def __init__(self, project) -> None:
        self.project = project
        self.state = project.root / ".git" / "gitsession" / "agents"

    def command(self, agent: str, event: str) -> str:
        known = find_agent(agent)
        entry = known.entries()[known.events[event]]
        entry = entry if known.flat else entry["hooks"][0]
        return entry.get("bash") or entry["command"]

    def fire(self, agent: str, event: str, data: str | None = None, cwd: Path | None = None, **more: object):
        """Run the hook as the agent does; it must never fail."""
        env = {k: str(more.pop(k)) for k in list(more) if k.isupper()}
        stdin = json.dumps(payload(self.project, agent, event, **more)) if data is None else data
        done = self.project.run("sh", "-c", self.command(agent, event), stdin=stdin, cwd=cwd, **env)
        assert done.stderr == ""
        return done

    def context(self, agent: str, **more: object) -> str:
        """What the agent would put before its model at a session's start."""
        out = json.loads(self.fire(agent, "start", **more).stdout)
        if agent == "cursor":
            return out["additional_context"]
        if agent == "copilot":
            return out["additionalContext"]
        assert out["hookSpecificOutput"].keys() == {"hookEventName", "additionalContext"}
        assert out.keys() <= {"hookSpecificOutput", "systemMessage"}
        assert agent != "codex" or "systemMessage" not in out
        assert out["hookSpecificOutput"]["hookEventName"] == "SessionStart"
        return out["hookSpecificOutput"]["additionalContext"]

    def waiting(self) -> list[dict]:
        """Captures that are to be made, or in the making."""
        return [json.loads(p.read_text()) for p in self.state.iterdir() if p.suffix in (".pending", ".claimed")]


@pytest.fixture
def hooked(working) -> Hooked:
    return Hooked(working)


@pytest.mark.parametrize("agent", WITH_HOOKS)
def test_a_session_that_starts_is_handed_the_handoff(hooked, agent) -> None:
    text = hooked.context(agent)
    lines = text.split("\n")
    assert lines[0].startswith("> gitsession: handoff of 0001, ")
    assert "tokens" in lines[0]
    assert any(line.startswith("> On main at ") for line in lines)
    assert any("gitsession decide" in line for line in lines)
    assert "- From the start" in text
    assert text.rstrip().endswith("-->")
    assert hooked.project.status() == ""


@pytest.mark.parametrize("source", ["resume", "clear", "compact", "fork", "of some day"])
def test_whatever_starts_it(hooked, source) -> None:
    assert "From the start" in hooked.context("claude-code", source=source)


def test_it_fits_into_the_room_that_agents_give(hooked) -> None:
    project = hooked.project
    path = project.session
    facts = "".join(f"- Fact {n:03d} holds, because {'words ' * 20}\n" for n in range(300))
    project.write(path, project.read(path).replace("- From the start\n", facts))
    project.write(".sessions/project.yml", project.read(".sessions/project.yml") + "budget: 20000\n")
    for n in range(40):
        project.write(f"{'long-folder-name/' * 8}{n}.txt", "x")
    text = hooked.context("claude-code")
    assert len(text.encode()) <= 10_000
    assert len(text) > 8_000
    assert "facts left out; the whole page: gitsession handoff" in text.split("\n")[0]
    rows = [line for line in text.split("\n") if line.startswith("- Fact ")]
    assert rows
    assert all("holds, because words" in row for row in rows)
    assert len(text.encode()) / 4 <= 2_500  # Codex counts tokens of four bytes


def test_settings_of_two_levels_hand_it_over_once(hooked) -> None:
    assert hooked.fire("claude-code", "start").stdout
    assert hooked.fire("claude-code", "start").stdout == ""
    assert hooked.fire("claude-code", "start", session_id="c2").stdout


def test_an_agent_that_runs_anothers_hooks_speaks_for_itself(hooked) -> None:
    told = payload(hooked.project, "cursor", "start")
    out = json.loads(hooked.fire("claude-code", "start", json.dumps(told)).stdout)
    assert "From the start" in out["additional_context"]
    assert hooked.fire("cursor", "start").stdout == ""
    assert hooked.fire("codex", "start", session_id="c4").stdout
    assert hooked.fire("claude-code", "start", session_id="c4").stdout == ""  # whoever told first is heard
    told = {"hook_event_name": "SessionStart", "session_id": "c3", "timestamp": "2026-11-23T09:30:00Z", "cwd": str(hooked.project.root)}
    assert "additionalContext" in json.loads(hooked.fire("claude-code", "start", json.dumps(told)).stdout)


@pytest.mark.parametrize("data", ["", "{", "[]", "null", '"x"', '{"cwd": 7, "session_id": ["a"], "source": null}', "\0\0", "[" * 50_000])
@pytest.mark.parametrize("event", ["start", "prompt", "end"])
def test_input_that_is_none_fails_nobody(hooked, event, data) -> None:
    (hooked.state).mkdir(exist_ok=True)
    (hooked.state / "untitled").touch()
    done = hooked.fire("claude-code", event, data)
    assert bool(done.stdout) == (event == "start")
    assert hooked.waiting() == []


@pytest.mark.parametrize("how", ["outside", "no sessions", "variable", "setting", "gone"])
def test_where_it_is_not_wanted_it_says_nothing(hooked, tmp_path, how) -> None:
    project, env, cwd = hooked.project, {}, None
    told = payload(project, "claude-code", "start")
    if how == "outside":
        cwd = tmp_path / "elsewhere"
        cwd.mkdir()
        told["cwd"] = str(cwd)
    elif how == "no sessions":
        (project.root / ".sessions").rename(tmp_path / "sessions")
    elif how == "variable":
        env = {"GITSESSION_OFF": "1"}
    elif how == "setting":
        project.git("config", "gitsession.agents", "off")
    else:
        (project.root / ".git" / "gitsession" / "agent-hook").unlink()
    for event in ("start", "stop", "end"):
        assert hooked.fire("claude-code", event, json.dumps(told), cwd=cwd, **env).stdout == ""
    assert not hooked.state.exists() or hooked.waiting() == []


def test_it_knows_the_repository_from_a_folder_and_a_work_tree_of_it(hooked, tmp_path) -> None:
    folder = hooked.project.root / "src"
    assert "On main" in hooked.context("claude-code", cwd=str(folder))
    hooked.project.git("worktree", "add", "-q", "-b", "topic", str(tmp_path / "tree"))
    told = payload(hooked.project, "claude-code", "start", cwd=str(tmp_path / "tree"), session_id="c2")
    assert "On topic" in hooked.fire("claude-code", "start", json.dumps(told), cwd=tmp_path / "tree").stdout


@pytest.fixture
def fresh(project) -> Hooked:
    """None in progress, on the default branch."""
    return Hooked(project)


def test_an_agents_session_opens_one_with_the_first_prompt_as_its_title(fresh) -> None:
    project = fresh.project
    assert "No session is in progress" in fresh.context("claude-code")
    fresh.fire("claude-code", "prompt", prompt="/clear")
    fresh.fire("claude-code", "prompt", prompt="## Add a login page, with a password.\nUse argon2id.")
    fresh.fire("claude-code", "prompt", prompt="And then something else")
    assert project.status() == ""  # nothing is written before there is something to say
    project.gs("decide", "Use argon2id")
    head = project.read(project.session)
    assert "\n# Add a login page, with a password.\n" in head
    assert "\nagent: claude-code\nmodel: m-1\n" in head


def test_the_first_commit_opens_it_on_the_default_branch_too(fresh) -> None:
    project = fresh.project
    project.commit("Plain")
    assert project.checkpoints() == []
    fresh.context("copilot", initialPrompt="Add search to the archive of all the mails that were ever sent to anybody at all")
    project.commit("Search")
    assert "# Add search to the archive of all the mails that were ever sent to\n" in project.read(project.session)
    assert project.status() == ""
    project.gs("complete")
    project.commit("End")
    project.commit("Plain again")
    assert len(project.checkpoints()) == 1


def test_without_a_prompt_it_is_called_by_its_branch(fresh) -> None:
    fresh.project.git("switch", "-q", "-c", "topic")
    fresh.context("codex")
    fresh.project.gs("decide", "Something")
    assert "\n# topic\n" in fresh.project.read(fresh.project.session)


def test_sessions_by_hand_are_begun_by_hand(fresh) -> None:
    project = fresh.project
    project.write(".sessions/project.yml", project.read(".sessions/project.yml") + "sessions: manual\n")
    project.commit("By hand", **{".sessions/project.yml": project.read(".sessions/project.yml")})
    fresh.context("claude-code")
    fresh.fire("claude-code", "prompt", prompt="Add a login page")
    project.commit("Change")
    assert project.checkpoints() == []


def test_a_secret_in_a_prompt_is_kept_nowhere(fresh, secret) -> None:
    fresh.context("claude-code")
    fresh.fire("claude-code", "prompt", prompt=f"Log in with {secret}")
    fresh.fire("claude-code", "stop", last_assistant_message=secret)
    fresh.project.gs("decide", "Something")
    for path in fresh.project.root.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("agent", WITH_HOOKS)
@pytest.mark.parametrize("event", ["stop", "compact", "end"])
def test_what_stops_is_captured_by_another_process(hooked, agent, event) -> None:
    if event not in find_agent(agent).events:
        pytest.skip("this agent does not tell")
    out = hooked.fire(agent, event).stdout
    assert out == ("{}" if agent == "gemini" else "")
    # Whoever started the hook has its answer, and the capture goes on: it ends with no transcript to be found.
    deadline = time.monotonic() + 20
    while hooked.waiting():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert hooked.project.status() == ""


def turns(*said: tuple[str, str]) -> str:
    """A transcript as Claude Code writes it."""
    lines = [
        {"type": who, "uuid": f"u{n}", "sessionId": "c1", "timestamp": f"2026-11-23T09:{n:02d}:00.000Z", "cwd": "/p", "version": "2.0.1",
         "message": {"role": who, "content": words if who == "user" else [{"type": "text", "text": words}]}}
        for n, (who, words) in enumerate(said)
    ]  # fmt: skip
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_a_conversation_reaches_the_checkpoint_with_the_next_commit(hooked, tmp_path, secret) -> None:
    project = hooked.project
    transcript = tmp_path / "c1.jsonl"
    said = [
        ("user", "Passwords must never be logged. Add a sign-in form."), ("assistant", "Decided: argon2id, because bcrypt truncates."),
        ("user", "The server must always answer within a second."), ("assistant", "Done."),
        ("user", f"Never use cookies for sessions. The token is {secret}"), ("assistant", "Done."),
    ]  # fmt: skip
    for end in (2, 4, 6):  # a commit, then two captures before the next: nothing of the first of these is lost
        transcript.write_text(turns(*said[:end]))
        hooked.fire("claude-code", "end", transcript_path=str(transcript))
        deadline = time.monotonic() + 30
        while hooked.waiting():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        if end == 2:
            project.commit("First")
            assert "Passwords must never be logged" in project.read(project.session)
    assert not (hooked.state.parent / "agents.log").exists(), (hooked.state.parent / "agents.log").read_text()
    assert project.status() == ""
    assert "captured from the agent's session" in project.gs("status").stdout
    project.commit("Go on")
    text = project.read(project.session)
    assert [text.count(w) for w in ("must never be logged", "answer within a second", "Never use cookies")] == [1, 1, 1]
    assert project.status() == ""
    for path in project.root.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_a_turn_a_moment_after_another_is_captured_later(hooked) -> None:
    (hooked.project.root / ".git" / "gitsession" / "agents").mkdir()
    first = hooked.project.open()
    from gitsession.store.pending import conversation_key, first_within

    assert first_within(first.common_dir, conversation_key("claude-code", "c1"), "taken", 0)
    hooked.fire("claude-code", "stop")
    (pending,) = hooked.waiting()
    assert pending == {"agent": "claude-code", "conversation": "c1", "transcript": pending["transcript"], "branch": "main", "attempts": 0}
    hooked.project.gs("status")  # takes it up
    deadline = time.monotonic() + 20
    while hooked.waiting():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_hidden_command_does_the_same(hooked) -> None:
    told = json.dumps(payload(hooked.project, "claude-code", "start"))
    done = hooked.project.gs("agent-hook", "claude-code", "start", stdin=told)
    assert "From the start" in json.loads(done.stdout)["hookSpecificOutput"]["additionalContext"]
    assert "agent-hook" not in hooked.project.gs("help", "all").stdout
    for words in (("claude-code", "of some day"), ("clippy", "start"), ("../x", "start")):
        assert hooked.project.gs("agent-hook", *words, stdin=told).stdout == ""

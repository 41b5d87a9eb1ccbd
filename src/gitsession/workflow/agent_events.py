"""What the hooks of agents do. The agent is never kept waiting, and never failed: what is not done in time is done by another process."""

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from gitsession.agents.agent import EVENTS, ROOM
from gitsession.agents.catalog import NAMES
from gitsession.git import Repository
from gitsession.store.layout import FOLDER
from gitsession.store.opening import Opening, note_opening, read_opening
from gitsession.store.pending import Pending, add_pending, conversation_key, first_within, owner, prune
from gitsession.workflow.capturing import log, start_captures, take_up_captures

#: Bytes that an agent's hook reads; a longer prompt says nothing more to us.
MOST = 8 * 1024 * 1024
#: Seconds after which a hook lets go. Claude Code gives the end of a session one and a half.
_LIMITS = {"start": 8.0, "end": 1.2}
_LIMIT = 2.0
#: Turns stop often: seconds between two captures of a conversation that goes on.
_BETWEEN = 180.0
#: Seconds in which the same start, told by the settings of two levels, is one.
_SAME = 5.0
_TITLE = 72  # characters of a title that comes from a prompt
_NO = ("off", "false", "no", "0")


class _TimeIsUpError(BaseException):
    """Past everything that catches exceptions."""


def hear(agent: str, event: str, data: bytes, folder: str) -> str:
    """What an agent's hook prints, empty for nothing. `data` is what the agent wrote, `folder` where it runs us."""
    nothing: str = getattr(_module(agent), "NOTHING", "") if agent in NAMES else ""
    if agent not in NAMES or event not in EVENTS or os.environ.get("GITSESSION_OFF", "0") not in ("", "0"):
        return nothing
    told = _parse(data)
    agent = _speaker(agent, told)
    place = _text(told, "cwd") or next(iter(_list(told, "workspace_roots")), "")
    common_dir = ""
    try:
        with (
            _limited(_LIMITS.get(event, _LIMIT)),
            Repository.of_hook(place if os.path.isdir(place) else folder) as repo,
        ):
            if not os.path.isdir(repo.path(FOLDER)) or _off(repo):
                return nothing
            common_dir = repo.common_dir
            conversation = _conversation(told)
            if conversation and owner(common_dir, agent, conversation) != agent:
                return nothing
            return _ACTS[event](repo, agent, event, told) or nothing
    except (Exception, _TimeIsUpError) as e:  # noqa: BLE001  (an agent is never failed)
        if common_dir:
            log(common_dir, f"{agent} {event}", e)
        return nothing


def _start(repo: Repository, agent: str, event: str, told: dict[str, Any]) -> str:
    del event
    key = conversation_key(agent, _conversation(told))
    if _conversation(told) and not first_within(repo.common_dir, key, "given", _SAME):
        return ""
    from gitsession.workflow.handing import hand_over

    prune(repo.common_dir)
    take_up_captures(repo)
    session = _open(repo, agent, told)
    handed = hand_over(repo, session, ROOM)
    text: str = _module(agent).context(handed.text, handed.receipt)
    return text


def _open(repo: Repository, agent: str, told: dict[str, Any]) -> str:
    """The session in progress; where there is none, what is known of the next one is noted: its file comes with its first fact."""
    from gitsession.store.snapshot import Snapshot
    from gitsession.workflow.sessions import Progress, default_branch, idle

    snapshot = Snapshot.of_worktree(repo)
    progress = Progress(repo, snapshot)
    session = progress.stem()
    branch = progress.branch
    if not branch or progress.named or snapshot.settings.sessions != "auto":
        return session
    if session and not (branch == default_branch(repo, snapshot.settings) and idle(repo, session)):
        return session
    before = read_opening(repo.common_dir, branch) if _text(told, "source") == "compact" else None
    if before is None:
        model = _text(told, "model")
        known = model if len(model) <= 100 and model.isprintable() and _harmless(model) else ""
        prompt = _text(told, "initialPrompt") or _text(told, "initial_prompt")
        note_opening(repo.common_dir, branch, Opening(title_of(prompt), agent, known))
    return session


def _prompt(repo: Repository, agent: str, event: str, told: dict[str, Any]) -> str:
    del agent, event
    branch = repo.branch()
    opening = read_opening(repo.common_dir, branch) if branch else None
    if opening is not None and not opening.title:
        title = title_of(_text(told, "prompt"))
        if title:
            note_opening(repo.common_dir, branch, opening._replace(title=title))
    return ""


def _capture(repo: Repository, agent: str, event: str, told: dict[str, Any]) -> str:
    transcript = _text(told, "transcript_path") or _text(told, "transcriptPath")
    pending = Pending(agent, _conversation(told), transcript, repo.branch())
    if pending.conversation or pending.transcript:
        add_pending(repo.common_dir, pending)  # first: whatever happens now, it is made some time
        if first_within(repo.common_dir, pending.key, "taken", _BETWEEN if event == "stop" else 0.0):
            start_captures(repo)
    return ""


_ACTS = {"start": _start, "prompt": _prompt, "stop": _capture, "compact": _capture, "end": _capture}


def title_of(prompt: str) -> str:
    """A session's title, from the first line of a prompt; empty for commands, and for what holds a secret."""
    from gitsession.formats.facts import clean_text

    line = next((line.strip() for line in prompt[:4000].splitlines() if line.strip()), "")
    if line.startswith(("/", "!", "<", "@")) or not _harmless(line):
        return ""
    words = " ".join(clean_text(line).split()).lstrip("#>*-+ ")
    if len(words) > _TITLE:
        words = (words[: _TITLE + 1].rpartition(" ")[0] or words[:_TITLE]).rstrip(",;:")
    return words if any(c.isalnum() for c in words) else ""


def _harmless(text: str) -> bool:
    from gitsession.secretscan.redaction import admit

    return not text or admit(text) == text


def _off(repo: Repository) -> bool:
    return repo.config(r"^gitsession\.agents$").get("gitsession.agents", "").lower() in _NO


def _speaker(agent: str, told: dict[str, Any]) -> str:
    """Who really speaks: Cursor and Copilot CLI run the hooks in Claude Code's settings, too."""
    if agent == "claude-code" and "cursor_version" in told:
        return "cursor"
    if agent == "claude-code" and "timestamp" in told and "permission_mode" not in told:
        return "copilot"
    return agent


def _module(agent: str) -> Any:
    return import_module(f"gitsession.agents.{agent.replace('-', '_')}")


def _parse(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) and "\0" not in value else ""


def _list(told: dict[str, Any], key: str) -> list[str]:
    value = told.get(key)
    return [one for one in value if isinstance(one, str) and "\0" not in one] if isinstance(value, list) else []


def _conversation(told: dict[str, Any]) -> str:
    return _text(told, "session_id") or _text(told, "sessionId") or _text(told, "conversation_id")


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUpError in what runs longer. Where the system has no such alarm, the agent's own limit is all."""

    def stop(*_: object) -> None:
        raise _TimeIsUpError

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

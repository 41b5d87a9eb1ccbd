"""What is known of an agent: where its settings lie, which of its events we hear, how it is told something."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from gitsession.agents.settings import MARK

#: What we hear of: a session starts, a prompt is sent, a turn stops, the context is about to be compacted, the session ends.
EVENTS = ("start", "prompt", "stop", "compact", "end")
#: Bytes of a handoff that every agent takes whole: Claude Code cuts at 10,000 characters, Codex at 2,500 tokens of 4 bytes.
ROOM = 9_600


class Agent(NamedTuple):
    """An agent. Paths are relative to the repository, or to the agent's folder in the home; empty where there is none."""

    name: str
    title: str
    program: str
    home: str  # its folder in the home
    home_variable: str = ""  # what moves that folder
    signs: tuple[str, ...] = ()  # paths in a repository that it is used in
    project: str = ""  # its settings, shared through git
    local: str = ""  # its settings in this clone alone
    user: str = ""  # its settings in its home
    instructions: str = ""  # the file that it reads at each start
    events: Mapping[str, str] = {}  # ours -> its own name
    flat: bool = False  # an event's entries are commands, in no group of their own
    version: bool = False  # its settings are a file of hooks alone, with a version
    to_do: str = ""  # what people must do once the hooks are there

    def entries(self) -> dict[str, Any]:
        """What its settings get, by its own name of the event."""
        from importlib import import_module

        entry = import_module(f"gitsession.agents.{self.name.replace('-', '_')}").entry
        return {theirs: entry(command(self.name, ours), ours) for ours, theirs in self.events.items()}


def command(agent: str, event: str) -> str:
    """What an agent runs. It names no path of one machine, and passes by where gitsession is not set up."""
    find = f"h=$(git rev-parse --git-common-dir 2>/dev/null)/{MARK}"
    return f'sh -c \'{find}; [ ! -x "$h" ] || exec "$h" "$@"\' gitsession {agent} {event}'


def session_start_context(text: str, said: str = "") -> str:
    """What Claude Code, Codex and Gemini CLI take at a session's start; `said` is shown to people."""
    output: dict[str, Any] = {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": text}}
    return json.dumps({"systemMessage": said, **output} if said else output)

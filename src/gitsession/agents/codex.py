"""Codex: `.codex/hooks.json`. It tells of no session's end; `codex exec` fires no hooks of a session."""

import glob
import os
from typing import Any

from gitsession.agents.agent import Agent, session_start_context

AGENT = Agent(
    name="codex",
    title="Codex",
    program="codex",
    home=".codex",
    home_variable="CODEX_HOME",
    signs=(".codex",),
    project=".codex/hooks.json",
    user="hooks.json",
    instructions="AGENTS.md",
    events={"start": "SessionStart", "prompt": "UserPromptSubmit", "stop": "Stop", "compact": "PreCompact"},
    to_do="trust each hook in Codex: /hooks shows them",
)


def entry(command: str, event: str) -> dict[str, Any]:
    """One group of hooks; seconds."""
    return {"hooks": [{"type": "command", "command": command, "timeout": 15 if event == "start" else 5}]}


def context(text: str, receipt: str) -> str:
    """How it is handed the handoff: no key but these. What it would show people is shown as a warning, so the receipt is left out."""
    del receipt
    return session_start_context(text)


def find_transcript(home: str, session: str) -> str:
    """The rollout of a session, where the hook was not told."""
    name = glob.escape(session)
    found = [
        path
        for place in ("sessions/*/*/*", "archived_sessions")
        for path in glob.glob(os.path.join(glob.escape(home), place, f"rollout-*{name}.jsonl*"))
    ]
    return max(found, default="")

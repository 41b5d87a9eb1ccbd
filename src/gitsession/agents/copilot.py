"""GitHub Copilot CLI: https://docs.github.com/en/copilot/reference/hooks-reference. Events in camelCase get fields in camelCase."""

import json
import os
from typing import Any

from gitsession.agents.agent import Agent

AGENT = Agent(
    name="copilot",
    title="GitHub Copilot CLI",
    program="copilot",
    home=".copilot",
    home_variable="COPILOT_HOME",
    signs=(".github/copilot-instructions.md", ".github/hooks", ".github/copilot"),
    project=".github/hooks/gitsession.json",
    user="hooks/gitsession.json",
    instructions=".github/copilot-instructions.md",
    events={
        "start": "sessionStart",
        "prompt": "userPromptSubmitted",
        "stop": "agentStop",
        "compact": "preCompact",
        "end": "sessionEnd",
    },
    flat=True,
    version=True,
)


def entry(command: str, event: str) -> dict[str, Any]:
    """One command; seconds."""
    return {"type": "command", "bash": command, "timeoutSec": 15 if event == "start" else 5}


def context(text: str, receipt: str) -> str:
    """How it is handed the handoff."""
    del receipt
    return json.dumps({"additionalContext": text})


def find_transcript(home: str, session: str) -> str:
    """The events of a session, whose end names no transcript."""
    path = os.path.join(home, "session-state", session, "events.jsonl")
    return path if "/" not in session and os.path.isfile(path) else ""

"""Cursor: `.cursor/hooks.json`. Headless, it fires neither `stop` nor `beforeSubmitPrompt`, and names no transcript."""

import json
from typing import Any

from gitsession.agents.agent import Agent

AGENT = Agent(
    name="cursor",
    title="Cursor",
    program="cursor-agent",
    home=".cursor",
    signs=(".cursor", ".cursorrules"),
    project=".cursor/hooks.json",
    user="hooks.json",
    instructions="AGENTS.md",
    events={
        "start": "sessionStart",
        "prompt": "beforeSubmitPrompt",
        "stop": "stop",
        "compact": "preCompact",
        "end": "sessionEnd",
    },
    flat=True,
    version=True,
)


def entry(command: str, event: str) -> dict[str, Any]:
    """One command."""
    del event
    return {"command": command}


def context(text: str, receipt: str) -> str:
    """How it is handed the handoff."""
    del receipt
    return json.dumps({"additional_context": text})

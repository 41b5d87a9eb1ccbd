"""Gemini CLI: https://geminicli.com/docs/hooks/reference. Hooks are on by default since 0.26."""

from typing import Any

from gitsession.agents.agent import Agent, session_start_context

AGENT = Agent(
    name="gemini",
    title="Gemini CLI",
    program="gemini",
    home=".gemini",
    signs=(".gemini", "GEMINI.md"),
    project=".gemini/settings.json",
    user="settings.json",
    instructions="GEMINI.md",
    events={
        "start": "SessionStart",
        "prompt": "BeforeAgent",
        "stop": "AfterAgent",
        "compact": "PreCompress",
        "end": "SessionEnd",
    },
)
#: Its hooks write JSON and nothing else.
NOTHING = "{}"


def entry(command: str, event: str) -> dict[str, Any]:
    """One group of hooks; milliseconds."""
    limit = 15_000 if event == "start" else 5_000
    return {"hooks": [{"name": f"gitsession-{event}", "type": "command", "command": command, "timeout": limit}]}


def context(text: str, receipt: str) -> str:
    """How it is handed the handoff."""
    return session_start_context(text, receipt)

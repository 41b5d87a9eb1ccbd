"""Claude Code: https://code.claude.com/docs/en/hooks. Copilot CLI and Cursor read its settings, too."""

from typing import Any

from gitsession.agents.agent import Agent, session_start_context

AGENT = Agent(
    name="claude-code",
    title="Claude Code",
    program="claude",
    home=".claude",
    home_variable="CLAUDE_CONFIG_DIR",
    signs=(".claude", "CLAUDE.md"),
    project=".claude/settings.json",
    local=".claude/settings.local.json",
    user="settings.json",
    instructions="CLAUDE.md",
    events={
        "start": "SessionStart",
        "prompt": "UserPromptSubmit",
        "stop": "Stop",
        "compact": "PreCompact",
        "end": "SessionEnd",
    },
)


def entry(command: str, event: str) -> dict[str, Any]:
    """One group of hooks; seconds. Without its own, the end of a session would get a second and a half."""
    return {"hooks": [{"type": "command", "command": command, "timeout": 15 if event == "start" else 5}]}


def context(text: str, receipt: str) -> str:
    """How it is handed the handoff."""
    return session_start_context(text, receipt)

"""All agents that we know."""

from importlib import import_module

from gitsession.agents.agent import Agent

NAMES = ("claude-code", "codex", "gemini", "cursor", "copilot", "opencode", "aider")


def agents() -> tuple[Agent, ...]:
    """All of them."""
    return tuple(find_agent(name) for name in NAMES)


def find_agent(name: str) -> Agent:
    """The agent of that name. Raises KeyError."""
    if name not in NAMES:
        raise KeyError(name)
    found: Agent = import_module(f"gitsession.agents.{name.replace('-', '_')}").AGENT
    return found

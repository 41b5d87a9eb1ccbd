"""opencode: it has plugins instead of hooks, and reads AGENTS.md."""

from gitsession.agents.agent import Agent

AGENT = Agent(
    name="opencode",
    title="opencode",
    program="opencode",
    home=".config/opencode",
    signs=(".opencode", "opencode.json", "opencode.jsonc"),
    instructions="AGENTS.md",
    to_do="it has no hooks that we use: `opencode export | gitsession import -` keeps a conversation",
)

"""Which agent started us, where its environment tells."""

from collections.abc import Mapping

#: (variable that the agent sets for the commands it runs, agent), from the agents' documentation and sources.
_SIGNS: tuple[tuple[str, str], ...] = (
    ("CLAUDECODE", "claude-code"),
    ("CLAUDE_CODE_ENTRYPOINT", "claude-code"),
    ("CODEX_SANDBOX", "codex"),
    ("CODEX_SANDBOX_NETWORK_DISABLED", "codex"),
    ("CODEX_THREAD_ID", "codex"),
    ("GEMINI_CLI", "gemini"),
    ("CURSOR_AGENT", "cursor"),
    ("COPILOT_CLI", "copilot"),
    ("OPENCODE", "opencode"),
)


def detect_agent(environment: Mapping[str, str]) -> str:
    """The agent's id, empty where nothing tells. GITSESSION_AGENT, and the general AI_AGENT and AGENT, come first."""
    for variable in ("GITSESSION_AGENT", "AI_AGENT", "AGENT"):
        named = environment.get(variable, "").strip().lower()
        if named and len(named) <= 40 and named not in ("0", "1", "true", "false"):
            return named
    return next((agent for variable, agent in _SIGNS if environment.get(variable)), "")

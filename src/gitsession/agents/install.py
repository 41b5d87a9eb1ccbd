"""Puts our hooks and instructions where agents look for them, takes them away, and says what is there."""

import os
import shutil
from collections.abc import Sequence
from typing import NamedTuple

from gitsession.agents import aider
from gitsession.agents.agent import Agent
from gitsession.agents.block import add_block, agents_in, is_current, remove_block
from gitsession.agents.catalog import agents, find_agent
from gitsession.agents.files import Edits
from gitsession.agents.settings import add_entries, entries_of, remove_entries
from gitsession.errors import GitsessionError, UsageError
from gitsession.resources import read_resource

LEVELS = ("project", "local", "user")


class Place(NamedTuple):
    """Where something of ours is, or may be. `state` is absent, current, outdated, or what is wrong with the file."""

    level: str
    path: str
    state: str


class AgentStatus(NamedTuple):
    """An agent: where it was found, where our hooks are, whether its instructions hold our block, and what is left to do."""

    agent: str
    found: tuple[str, ...]
    hooks: tuple[Place, ...]
    instructions: Place
    to_do: str

    @property
    def installed(self) -> bool:
        """Whether something of ours is there."""
        return any(place.state != "absent" for place in (*self.hooks, self.instructions))


def agents_found(root: str) -> list[str]:
    """The agents that are in use in a repository, or on this machine."""
    return [agent.name for agent in agents() if _found(agent, root)]


def install_agents(root: str, names: Sequence[str], level: str = "project") -> list[str]:
    """Make agents call our hooks and tell them of the handoff. Returns a line for each change. Raises GitsessionError, UsageError."""
    edits, done = Edits(root), []
    words = read_resource("templates", "agent-instructions.md")
    for agent in _chosen(names):
        path = _settings(agent, level)
        if path:
            text = add_entries(edits.read(path), path, agent.entries(), version=agent.version)
            if edits.write(path, text):
                done.append(f"{agent.name}: hooks in {path}")
        elif level != "project":
            done.append(f"{agent.name}: it has no settings at the {level} level that take hooks")
        if level == "project":
            if edits.write(agent.instructions, add_block(edits.read(agent.instructions), words, agent.name)):
                done.append(f"{agent.name}: instructions in {agent.instructions}")
            if agent.name == "aider" and edits.write(
                aider.CONFIG, aider.add_reading(edits.read(aider.CONFIG), aider.CONFIG)
            ):
                done.append(f"aider: files to read in {aider.CONFIG}")
    edits.apply()
    return done


def uninstall_agents(root: str, names: Sequence[str], levels: Sequence[str] = LEVELS) -> list[str]:
    """Take away what is ours, and leave what was there before, to the byte. Returns a line for each change. Raises GitsessionError."""
    edits, done = Edits(root), []
    for agent in _chosen(names):
        for level in levels:
            path = _settings(agent, level, missing_ok=True)
            text = edits.read(path) if path else None
            if text is not None and edits.write(path, remove_entries(text, path)):
                done.append(f"{agent.name}: no hooks in {path} any more")
        if "project" not in levels:
            continue
        text = edits.read(agent.instructions)
        if text is not None and edits.write(agent.instructions, remove_block(text, agent.name)):
            done.append(f"{agent.name}: no instructions in {agent.instructions} any more")
        text = edits.read(aider.CONFIG) if agent.name == "aider" else None
        if text is not None and edits.write(aider.CONFIG, aider.remove_reading(text)):
            done.append(f"aider: nothing of ours in {aider.CONFIG} any more")
    edits.apply()
    return done


def agents_status(root: str) -> list[AgentStatus]:
    """Each agent that we know."""
    words = read_resource("templates", "agent-instructions.md")
    edits, found = Edits(root), []
    for agent in agents():
        hooks = []
        for level in LEVELS:
            path = _settings(agent, level, missing_ok=True)
            if path:
                hooks.append(Place(level, path, _state(edits, agent, path)))
        instructions = Place("project", agent.instructions, _block_state(edits, agent, words))
        there = any(place.state in ("current", "outdated") for place in (*hooks, instructions))
        found.append(
            AgentStatus(agent.name, _found(agent, root), tuple(hooks), instructions, agent.to_do if there else "")
        )
    return found


def agent_home(agent: Agent, *, missing_ok: bool = False) -> str:
    """The agent's folder in the home; empty where there is no home. Raises GitsessionError unless `missing_ok`."""
    moved = os.environ.get(agent.home_variable, "") if agent.home_variable else ""
    home = os.environ.get("HOME", os.path.expanduser("~"))
    if moved:
        return os.path.abspath(moved)
    if not os.path.isabs(home) or not os.path.isdir(home):
        if missing_ok:
            return ""
        raise GitsessionError("there is no home folder here", "set HOME, or install at the project level")
    return os.path.join(home, agent.home)


def _chosen(names: Sequence[str]) -> list[Agent]:
    try:
        return [find_agent(name) for name in dict.fromkeys(names)]
    except KeyError as e:
        known = ", ".join(agent.name for agent in agents())
        raise UsageError(f"no agent is called {e.args[0]!r}", f"agents: {known}") from None


def _settings(agent: Agent, level: str, *, missing_ok: bool = False) -> str:
    if level == "user":
        home = agent_home(agent, missing_ok=missing_ok) if agent.user else ""
        return os.path.join(home, agent.user) if home else ""
    return agent.project if level == "project" else agent.local


def _found(agent: Agent, root: str) -> tuple[str, ...]:
    places = [sign for sign in agent.signs if os.path.lexists(os.path.join(root, sign))]
    program = shutil.which(agent.program)
    home = agent_home(agent, missing_ok=True)
    return (*places, *([program] if program else []), *([home] if home and os.path.isdir(home) else []))


def _state(edits: Edits, agent: Agent, path: str) -> str:
    try:
        text = edits.read(path)
        ours = entries_of(text, path) if text is not None else {}
    except GitsessionError as e:
        return e.message
    if not ours:
        return "absent"
    return "current" if ours == {event: [entry] for event, entry in agent.entries().items()} else "outdated"


def _block_state(edits: Edits, agent: Agent, words: str) -> str:
    try:
        text = edits.read(agent.instructions) or ""
    except GitsessionError as e:
        return e.message
    if agent.name not in agents_in(text):
        return "absent"
    return "current" if is_current(text, words) else "outdated"

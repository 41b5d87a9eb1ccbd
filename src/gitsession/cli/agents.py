"""`agents`, and `agent-hook`, which agents' hooks may call."""

import os
import sys
from collections.abc import Sequence

import click

from gitsession.agents.catalog import NAMES, find_agent
from gitsession.agents.install import LEVELS, agents_found, agents_status, install_agents, uninstall_agents
from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.git import Repository
from gitsession.githooks import agent_hook_problem, install_agent_hook

_user = click.option("--user", is_flag=True, help="In the agents' own folders in your home, for all your repositories.")
_local = click.option(
    "--local", is_flag=True, help="For you alone in this clone (Claude Code: .claude/settings.local.json)."
)


@click.group(invoke_without_command=False)
def agents() -> None:
    """What coding agents are told, and what they tell: hooks and instructions in their settings.

    AGENT is one of claude-code, codex, gemini, cursor, copilot, opencode, aider.
    """


@agents.command("install")
@click.argument("names", nargs=-1, metavar="[AGENT]...")
@_user
@_local
@click.pass_context
def install_(ctx: click.Context, names: tuple[str, ...], *, user: bool, local: bool) -> None:
    """Install into these agents, else into those that are found in this repository or on this machine.

    A session is then handed the handoff as it starts, its conversation is captured as it ends, and the agent knows how to record facts.
    What else is in the settings stays as it is.
    """
    if user and local:
        raise click.UsageError("--user and --local are two places; give one", ctx)
    tell_installed(open_repository(ctx), names, "user" if user else "local" if local else "project")


def tell_installed(repo: Repository, names: Sequence[str], level: str = "project") -> None:
    """Install into agents, those found where none is named, and say what was done and what is left to do."""
    chosen = list(names) or agents_found(repo.root)
    if not chosen:
        click.echo(f"no agent is found, in this repository or on this machine; name one: {', '.join(NAMES)}")
        return
    lines = install_agents(repo.root, chosen, level)
    if install_agent_hook(repo.common_dir, sys.executable):
        lines.append("what the hooks start is set up in this clone")
    for line in lines or ["nothing to do: all is installed"]:
        say(line)
    for agent in map(find_agent, chosen):
        if agent.to_do:
            say(f"{agent.name}: {agent.to_do}")


@agents.command("uninstall")
@click.argument("names", nargs=-1, metavar="[AGENT]...")
@_user
@_local
@click.pass_context
def uninstall_(ctx: click.Context, names: tuple[str, ...], *, user: bool, local: bool) -> None:
    """Take hooks and instructions away from these agents, else from all, and leave what was there before, to the byte.

    At every level, unless one is given.
    """
    repo = open_repository(ctx)
    levels = [level for level, given in (("local", local), ("user", user)) if given] or list(LEVELS)
    for line in uninstall_agents(repo.root, names or NAMES, levels) or ["nothing to do: nothing of ours is there"]:
        say(line)


@agents.command("status")
@json_option
@click.pass_context
def status_(ctx: click.Context, *, json_: bool) -> None:
    """Each agent: whether it is found here, where our hooks and instructions are, and what is left to do.

    Exit code 0, whatever it finds.
    """
    repo = open_repository(ctx)
    found = agents_status(repo.root)
    problem = agent_hook_problem(repo.common_dir)
    if problem:  # in a fresh clone, say, of a repository whose settings are shared
        found = [
            agent._replace(to_do="; ".join(filter(None, (f"run `gitsession init`: {problem}", agent.to_do))))
            if any(place.state in ("current", "outdated") for place in agent.hooks)
            else agent
            for agent in found
        ]
    if json_:
        print_json(found)
        return
    for agent in found:
        say(agent.agent + ("" if agent.found else "  (not found here)"), bold=agent.installed)
        for place in agent.hooks:
            if place.state != "absent":
                say(f"  hooks in {place.path}: {place.state}")
        if agent.instructions.state != "absent":
            say(f"  instructions in {agent.instructions.path}: {agent.instructions.state}")
        if not agent.installed:
            say("  not installed" + (f": gitsession agents install {agent.agent}" if agent.found else ""))
        if agent.to_do:
            say(f"  what to do: {agent.to_do}")


@click.command("agent-hook", hidden=True)
@click.argument("agent")
@click.argument("event")
@click.pass_context
def agent_hook(ctx: click.Context, agent: str, event: str) -> None:
    """What an agent's hook does, with the agent's JSON on standard input; it never fails."""
    from gitsession.workflow.agent_events import MOST, hear

    data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(MOST)
    click.echo(hear(agent, event, data, os.path.abspath(ctx.find_root().obj or ".")), nl=False)


COMMANDS = {"agents": agents, "agent-hook": agent_hook}

"""`hooks`."""

import sys

import click

from gitsession.cli.output import json_option, open_repository, print_json
from gitsession.githooks import install, set_merge_drivers, status, uninstall, unset_merge_drivers


@click.group(invoke_without_command=False)
def hooks() -> None:
    """What git hooks are installed, and whether they run."""


@hooks.command("status")
@json_option
@click.pass_context
def status_(ctx: click.Context, *, json_: bool) -> None:
    """Each hook: installed, absent, another's, outdated, or never run; and what runs before ours."""
    found = status(open_repository(ctx))
    if json_:
        print_json(found)
        return
    for hook in found:
        first = f"; first {', '.join(hook.chained)}" if hook.chained else ""
        click.echo(f"{hook.name:<17} {hook.state}{first}" + (f"; does not run: {hook.problem}" if hook.problem else ""))


@hooks.command("install")
@click.pass_context
def install_(ctx: click.Context) -> None:
    """Install the hooks and merge drivers in this clone; what was there goes on running."""
    repo = open_repository(ctx)
    lines = [*install(repo, sys.executable), *set_merge_drivers(repo, sys.executable)]
    for line in lines or ["nothing to do: the hooks are installed"]:
        click.echo(line)


@hooks.command("uninstall")
@click.pass_context
def uninstall_(ctx: click.Context) -> None:
    """Take the hooks and merge drivers away, and leave what was there before, to the byte."""
    repo = open_repository(ctx)
    lines = [*uninstall(repo), *unset_merge_drivers(repo)]
    for line in lines or ["nothing to do: no hook of ours is here"]:
        click.echo(line)


COMMANDS = {"hooks": hooks}

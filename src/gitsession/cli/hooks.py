"""`hooks`."""

import itertools
import os
import sys

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.githooks import HOOKS, HookStatus, install, set_merge_drivers, status, uninstall, unset_merge_drivers


@click.group(invoke_without_command=False)
def hooks() -> None:
    """What git hooks are installed, and whether they run."""


@hooks.command("status")
@json_option
@click.pass_context
def status_(ctx: click.Context, *, json_: bool) -> None:
    """Each hook, in each work tree: installed, absent, another's, outdated, or never run; by whom, and what to do.

    Exit code 0, whatever it finds.
    """
    found = status(open_repository(ctx))
    if json_:
        print_json(found)
        return
    for root, group in itertools.groupby(found, key=lambda hook: hook.worktree):
        records = list(group)
        say(root, bold=True)
        # All eight mostly fare alike, and what to do is mostly the same.
        told = {
            _describe(hook): [other.name for other in records if _describe(other) == _describe(hook)]
            for hook in records
        }
        for what, names in told.items():
            say(f"  {'all hooks' if len(names) == len(HOOKS) else ', '.join(names)}: {what}")
        for fix in dict.fromkeys(hook.fix for hook in records if hook.fix):
            say(f"  what to do: {fix}")
    for python in dict.fromkeys(hook.python for hook in found if hook.python):
        gone = "" if os.access(python, os.X_OK) else ", which is gone"
        say(f"Python: {python}{gone}")


def _describe(hook: HookStatus) -> str:
    folder = os.path.relpath(os.path.dirname(hook.path), hook.worktree)
    where = os.path.dirname(hook.path) if folder.startswith("..") else folder
    by = f" ({hook.managed_by})" if hook.managed_by not in ("git", where) else ""
    first = f"; first {', '.join(os.path.basename(script) for script in hook.chained)}" if hook.chained else ""
    return f"{hook.state} in {where}{by}{first}" + (f"; does not run: {hook.problem}" if hook.problem else "")


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

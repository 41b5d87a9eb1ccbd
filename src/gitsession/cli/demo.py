"""`demo`."""

import os
import shutil
import tempfile
import time

import click

from gitsession.cli.stage import Stage
from gitsession.cli.story import tell
from gitsession.errors import GitsessionError, UsageError

_NAME_ANOTHER = "the demo makes a repository of its own: name a folder that is absent or empty"


@click.command()
@click.argument("folder", default="", metavar="[DIR]", type=click.Path())
@click.option("--keep", is_flag=True, help="Keep the temporary repository, and say where it is.")
@click.pass_context
def demo(ctx: click.Context, folder: str, *, keep: bool) -> None:
    """Play the whole loop on a real repository: two people, two agents, a merge, a refused secret, the handoff.

    Every command is really run, and what it prints is shown. The repository is made in DIR, which must be absent or
    empty, and is kept; without DIR, in a temporary folder that is removed. Your network, configuration and identity are
    not used.
    """
    begun = time.monotonic()
    if folder:
        folder = os.path.abspath(os.path.join(ctx.find_root().obj or ".", folder))
        _take(folder)
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="gitsession-demo-"))
    ada = folder or os.path.join(scratch, "feedpost")
    try:
        stage = Stage(scratch, ada=ada, bo=os.path.join(scratch, "bo"))
        figures = tell(stage)
    finally:
        if not keep:
            shutil.rmtree(scratch, ignore_errors=True)
    seconds = time.monotonic() - begun
    if folder or keep:
        click.echo(f"\nThe repository is kept: {ada}")
    carried = f"in force {figures.carried} of {figures.in_force}"
    background = f"background {figures.background_carried} of {figures.background}"
    words = f"{stage.commands} commands in {seconds:.1f} s; {carried}, {background}, page of {figures.tokens:,} tokens"
    click.echo(click.style(f"\nMeasured: {words}", bold=True))


def _take(folder: str) -> None:
    """Make sure of an empty folder. Raises UsageError where there is something in it."""
    try:
        os.makedirs(folder, exist_ok=True)
        names = os.listdir(folder)
    except OSError as e:
        raise GitsessionError(f"{folder} cannot be used: {e.strerror}", _NAME_ANOTHER) from None
    if names:
        raise UsageError(f"{folder} is not empty", _NAME_ANOTHER)


COMMANDS = {"demo": demo}

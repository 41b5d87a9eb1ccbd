"""`resolve`."""

import click

from gitsession.cli.output import open_repository, say
from gitsession.workflow.merging import resolve as settle


@click.command()
@click.pass_context
def resolve(ctx: click.Context) -> None:
    """Settle all conflicts under `.sessions/` in one go, and stage the result: checkpoints are united, pages derived anew."""
    lines = settle(open_repository(ctx))
    for line in lines or ["nothing under .sessions/ is in conflict"]:
        say(line)


COMMANDS = {"resolve": resolve}

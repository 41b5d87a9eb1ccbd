"""`run`."""

import os
import shlex
import sys

import click

from gitsession.cli.output import open_repository, warn
from gitsession.errors import GitsessionError
from gitsession.process import stream
from gitsession.workflow.observing import record_outcome


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--as", "key", default="", help="The name of the line of State, such as tests (found out where it can be)."
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(ctx: click.Context, key: str, command: tuple[str, ...]) -> None:
    """Run a command, pass its output and exit code through, and record under State how it ended and on which source.

    For example: gitsession run -- pytest -q
    """
    repo = open_repository(ctx)

    def show(chunk: bytes) -> None:
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()

    ended = stream(command, cwd=ctx.find_root().obj, sink=show)
    said = os.fsencode(shlex.join(command)).decode("utf-8", "replace")
    try:
        recorded = record_outcome(repo, said, ended.code, ended.out, key=key)
    except GitsessionError as e:
        warn(f"not recorded: {e.message}")
    else:
        warn(f"recorded: {recorded.text}  [{recorded.stem}]")
    ctx.exit(ended.code)


COMMANDS = {"run": run}

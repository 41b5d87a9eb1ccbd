"""`note` and its short forms, `done`."""

import sys
from collections.abc import Callable
from typing import Any

import click

from gitsession.cli.output import open_repository, say, warn
from gitsession.model.fact import KINDS
from gitsession.workflow.record import Recorded, close_fact, record_fact

_WRITABLE = tuple(k for k in KINDS if k != "state")
#: short form -> (kind, what its help says)
SHORT_FORMS = {
    "decide": ("decision", "Record a decision: `gitsession decide 'Use Redis' --why 'two servers share it'`."),
    "todo": ("step", "Record a next step: `gitsession todo 'Rate-limit sign-in' --est 20m`."),
    "ask": ("question", "Record an open question: `gitsession ask 'One mail per recipient, or Bcc?'`."),
    "block": ("blocker", "Record what keeps the work from going on: `gitsession block 'No password in CI'`."),
    "error": ("error", "Record an error: unsolved, or with --fix how it was solved."),
    "constraint": ("constraint", "Record what must hold: `gitsession constraint 'No new service'`."),
    "command": ("command", "Record a command: `gitsession command 'test: pytest -q'`."),
    "learn": ("lesson", "Record a lesson: `gitsession learn 'cron overlaps: take a lock'`."),
}
_OPTIONS = {
    "why": click.option("--why", default="", help="The reason; becomes ', because ...'."),
    "replaces": click.option(
        "--replaces", default="", metavar="TEXT", help="What it retires: the text, or a unique part of it."
    ),
    "est": click.option("--est", default="", metavar="TIME", help="What it will take, such as 20m."),
    "took": click.option("--took", default="", metavar="TIME", help="What it took, such as 35m."),
    "fix": click.option("--fix", default="", help="What solved it."),
}
_FITS = {
    "decision": ("why", "replaces"),
    "constraint": ("why", "replaces"),
    "step": ("why", "est"),
    "error": ("why", "fix"),
    "done": ("took",),
}


def _words(text: tuple[str, ...]) -> str:
    joined = " ".join(text)
    return sys.stdin.read() if joined == "-" else joined


def _say(done: Recorded, what: str) -> None:
    if done.opened:
        warn(f"session {done.stem} begins with this")
    line = " ".join(done.text.split())
    say(f"{what}: {line}  [{done.stem}]")


def _short_form(name: str, kind: str, about: str) -> click.Command:
    def record(ctx: click.Context, /, text: tuple[str, ...], **options: Any) -> None:
        _say(record_fact(open_repository(ctx), kind, _words(text), **options), kind)

    record.__doc__ = about + "\n\nThe text may span several words without quotes; `-` reads it from standard input."
    function: Callable[..., Any] = click.pass_context(record)
    for option in _FITS.get(kind, ()):
        function = _OPTIONS[option](function)
    function = click.argument("text", nargs=-1, required=True)(function)
    return click.command(name)(function)


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--kind", type=click.Choice(_WRITABLE), default="note", show_default=True, help="What kind of fact it is."
)
@_OPTIONS["why"]
@_OPTIONS["replaces"]
@_OPTIONS["est"]
@_OPTIONS["took"]
@_OPTIONS["fix"]
@click.pass_context
def note(ctx: click.Context, /, text: tuple[str, ...], kind: str, **options: Any) -> None:
    """Record a fact in the session in progress; one begins where none is.

    It goes into the checkpoint in the work tree and into the git index alike, so the next commit holds it. `-` reads the text from standard input.
    """
    _say(record_fact(open_repository(ctx), kind, _words(text), **options), kind)


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="NUMBER|TEXT")
@_OPTIONS["took"]
@click.option("--how", default="", help="How it was settled; becomes '(resolved: ...)'.")
@click.pass_context
def done(ctx: click.Context, what: tuple[str, ...], took: str, how: str) -> None:
    """Close a step, blocker, question or error, wherever it was opened.

    Give the number that `gitsession status` shows, or a unique part of the text.
    """
    closed = close_fact(open_repository(ctx), " ".join(what), took=took, how=how)
    _say(closed, f"done, {closed.kind}")


COMMANDS = {"note": note, "done": done} | {
    name: _short_form(name, kind, about) for name, (kind, about) in SHORT_FORMS.items()
}

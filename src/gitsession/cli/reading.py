"""What commands that read the index share."""

import sqlite3
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import click

from gitsession.cli.output import warn
from gitsession.git import Repository
from gitsession.workflow.reindex import bring_index_up, open_index

Answer = TypeVar("Answer")
_QUIET = 1.0  # seconds before we say what takes so long
_OFTEN = 0.2


class Progress:
    """How far it is, on a terminal's last line, once it takes long."""

    def __init__(self, doing: str = "indexing history") -> None:
        self._doing = doing
        self._begun = self._shown = time.monotonic()
        self._wrote = False

    def __call__(self, what: str, number: int) -> None:
        """Say how many have been taken in."""
        now = time.monotonic()
        if now - self._begun > _QUIET and now - self._shown > _OFTEN and sys.stderr.isatty():
            self._shown, self._wrote = now, True
            click.echo(f"\r\x1b[K{self._doing}: {number:,} {what}", nl=False, err=True)

    def close(self) -> None:
        """Leave nothing of it behind."""
        if self._wrote:
            click.echo("\r\x1b[K", nl=False, err=True)


def open_history(ctx: click.Context, repo: Repository) -> sqlite3.Connection:
    """The index, brought up to date first; closed when the command ends."""
    progress = Progress()
    try:
        db, outcome = open_index(repo, progress)
    finally:
        progress.close()
    if outcome.how == "old":
        warn("another process is updating the index; what follows is as of before")
    ctx.call_on_close(db.close)
    return db


def ask(ctx: click.Context, repo: Repository, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """The answer of the index; where it turns out to be damaged, of a new one."""
    try:
        return question(open_history(ctx, repo))
    except sqlite3.DatabaseError:
        bring_index_up(repo, anew=True)
        return question(open_history(ctx, repo))

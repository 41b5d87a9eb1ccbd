"""Sessions over time and branches."""

import sqlite3
from typing import NamedTuple

from gitsession.index.measuring import Scope, iso, measure_sessions, within


class Span(NamedTuple):
    """A session on the time line. Times are ISO 8601 in UTC, empty where nothing says them."""

    session: str  # stem
    title: str
    branch: str
    author: str
    agent: str
    status: str
    started: str
    ended: str  # where it does not say so, its last commit
    commits: int
    hours: float


def read_timeline(db: sqlite3.Connection, scope: Scope = Scope()) -> list[Span]:  # noqa: B008 (immutable)
    """The sessions in scope, oldest first."""
    return [
        Span(s.stem, s.title, s.branch, s.author, s.agent, s.status, iso(s.begun), iso(s.ended), len(s.commits),
             round(s.seconds / 3600, 2))
        for s in within(measure_sessions(db), scope)
    ]  # fmt: skip

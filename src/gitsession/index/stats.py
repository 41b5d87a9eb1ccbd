"""Sessions, commits, lines, steps, time and use, put together by what they have in common."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from gitsession.index.measuring import (
    Made,
    Measured,
    Scope,
    Step,
    lines_of,
    measure_sessions,
    measure_steps,
    other_commits,
    total,
    within,
)

BY = ("session", "author", "agent", "model", "account", "week")


class Group(NamedTuple):
    """The figures of sessions that have something in common. What nothing says is None."""

    name: str  # what they have in common; empty for what is of none
    sessions: int
    commits: int
    added: int  # lines
    removed: int
    planned: int  # steps
    done: int
    open: int
    hours: float
    input_tokens: float | None
    output_tokens: float | None
    cost_usd: float | None
    credits: float | None


class Stats(NamedTuple):
    """All groups, and what they come to: a commit of two sessions counts once in it."""

    by: str
    groups: tuple[Group, ...]
    total: Group


class _Steps(NamedTuple):
    """How many steps each session opened, did, and left open: place -> number."""

    planned: Counter[int]
    done: Counter[int]
    open: Counter[int]


def _tally(steps: Iterable[Step]) -> _Steps:
    found = _Steps(Counter(), Counter(), Counter())
    for step in steps:
        found.planned[step.opened] += 1
        if step.closed is None:
            found.open[step.opened] += 1
        elif step.done:
            found.done[step.closed] += 1
    return found


def read_stats(db: sqlite3.Connection, by: str = "session", scope: Scope = Scope()) -> Stats:  # noqa: B008 (immutable)
    """The figures by one of BY, of the sessions in scope and of commits that belong to none."""
    everything = measure_sessions(db)
    lines, steps = lines_of(db), _tally(measure_steps(db, everything))
    chosen, others = within(everything, scope), other_commits(db, scope)
    of_session, of_commit = _NAMES[by]
    sessions: dict[str, list[Measured]] = {}
    commits: dict[str, list[Made]] = {}
    for session in chosen:
        sessions.setdefault(of_session(session), []).append(session)
    for made in others:
        commits.setdefault(of_commit(made), []).append(made)
    names = [*sessions, *sorted(commits.keys() - sessions.keys())]
    if by not in ("session", "week"):
        names.sort(key=lambda name: -len(sessions.get(name, ())))
    elif by == "week":
        names.sort()
    names.sort(key=lambda name: not name)
    groups = tuple(_group(n, sessions.get(n, ()), commits.get(n, ()), lines, steps) for n in names)
    return Stats(by, groups, _group("total", chosen, others, lines, steps))


def _group(
    name: str,
    sessions: Sequence[Measured],
    others: Iterable[Made],
    lines: dict[int, tuple[int, int]],
    steps: _Steps,
) -> Group:
    places = {s.place for s in sessions}
    commits = {made.id for s in sessions for made in s.commits} | {made.id for made in others}
    changed = [lines.get(id_, (0, 0)) for id_ in commits]
    return Group(
        name, len(sessions), len(commits), sum(a for a, _ in changed), sum(r for _, r in changed),
        sum(steps.planned[place] for place in places),
        sum(steps.done[place] for place in places),
        sum(steps.open[place] for place in places),
        round(sum(s.seconds for s in sessions) / 3600, 2),
        *(total(s.usage[i] for s in sessions) for i in range(4)),
    )  # fmt: skip


def _week(seconds: float | None) -> str:
    """The ISO week of a time, in UTC."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%G-W%V")


def _none(_: Made) -> str:
    return ""


_NAMES: dict[str, tuple[Callable[[Measured], str], Callable[[Made], str]]] = {
    "session": (lambda s: s.stem, _none),
    "author": (lambda s: s.author, lambda made: made.author),
    "agent": (lambda s: s.agent, _none),
    "model": (lambda s: s.model, _none),
    "account": (lambda s: s.account, _none),
    "week": (lambda s: _week(s.begun), lambda made: _week(made.authored)),
}

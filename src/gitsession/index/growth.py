"""The loop's trend: what each session planned, did and left, how long it took, and what became of its lines."""

import sqlite3
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from gitsession.git import Repository
from gitsession.index.measuring import Measured, Scope, Step, iso, measure_sessions, measure_steps, total, within
from gitsession.index.rework import measure_rework


class Grown(NamedTuple):
    """A session as a point of the trend. None stands for what nothing says, or what cannot be divided."""

    session: str  # stem
    title: str
    started: str
    outcome: str  # asked against delivered, in the words of the checkpoint: met, partly, not, or empty
    planned: int  # steps that it opened
    kept: int  # of these, those that it did itself
    done: int  # steps that it did, whoever opened them
    dropped: int  # steps that it took back, whoever opened them
    carried: int  # steps of earlier sessions that were open when it began
    carried_age: float | None  # of these: the median of the sessions since they were opened
    carried_oldest: int | None
    open: int  # of those that it planned, those that are open now
    timed: int  # steps that it did and that say both what they should take and what they took
    estimated_hours: float | None
    took_hours: float | None
    in_force: int | None  # facts, when its last handoff was written
    preserved: int | None  # of these, those that the handoff carries
    preservation: float | None
    commits: int
    recorded: int
    lines: int  # that it wrote
    reworked: int  # of these, those that one of the next three sessions changed again
    hours: float
    tokens: float | None
    cost_usd: float | None
    credits: float | None
    hours_per_step: float | None
    tokens_per_step: float | None
    cost_usd_per_step: float | None
    credits_per_step: float | None


def read_growth(db: sqlite3.Connection, repo: Repository, scope: Scope = Scope()) -> list[Grown]:  # noqa: B008 (immutable)
    """The sessions in scope, oldest first. What was carried over, and who changed lines again, is told from all of them."""
    sessions = measure_sessions(db)
    steps, chosen = measure_steps(db, sessions), within(sessions, scope)
    rework = measure_rework(repo, sessions, {s.place for s in chosen})
    pages = _pages(db)
    return [_grown(s, steps, pages.get(s.id, (None, None, None)), rework[s.place]) for s in chosen]


def _grown(
    s: Measured, steps: Sequence[Step], page: tuple[int | None, int | None, float | None], rework: tuple[int, int]
) -> Grown:
    planned = [step for step in steps if step.opened == s.place]
    closed = [step for step in steps if step.closed == s.place]
    done = [step for step in closed if step.done]
    ages = [
        s.place - step.opened
        for step in steps
        if step.opened < s.place and (step.closed is None or step.closed >= s.place)
    ]
    timed = [(step.est, step.took) for step in done if step.est is not None and step.took is not None]
    tokens = total(s.usage[:2])
    return Grown(
        s.stem, s.title, iso(s.begun), s.outcome,
        len(planned), sum(step.opened == s.place for step in done), len(done), len(closed) - len(done),
        len(ages), median(ages) if ages else None, max(ages, default=None), sum(step.closed is None for step in planned),
        len(timed), _hours(total(est for est, _ in timed)), _hours(total(took for _, took in timed)),
        *page, len(s.commits), s.recorded, *rework,
        round(s.seconds / 3600, 2), tokens, s.usage.cost_usd, s.usage.credits,
        *(_each(value, len(done)) for value in (s.seconds / 3600, tokens, s.usage.cost_usd, s.usage.credits)),
    )  # fmt: skip


def _pages(db: sqlite3.Connection) -> dict[int, tuple[int | None, int | None, float | None]]:
    """Facts in force, those carried, and their share, as the last handoff says that each session wrote."""
    rows = db.execute("SELECT session_id, in_force, in_force_carried, preservation FROM handoffs h JOIN commit_sessions s "
                      "ON s.commit_id = h.commit_id JOIN commits c ON c.id = h.commit_id WHERE in_force IS NOT NULL "
                      "ORDER BY c.place, c.oid, h.path")  # fmt: skip
    return {session: tuple(figures) for session, *figures in rows}


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)


def _each(value: float | None, steps: int) -> float | None:
    return None if value is None or not steps else round(value / steps, 4)

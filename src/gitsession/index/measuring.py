"""Each session as numbers: what `stats`, `growth` and `timeline` put together. The rules are told in docs/metrics.md."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

#: A pause longer than this is not work: after as long a session on the default branch is over.
_PAUSE = 8 * 3600.0
_DONE = ("ticked", "resolved")
_TIME = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(d|h|m|s)[a-z]*[ ,]*", re.IGNORECASE)
_SECONDS = {"d": 8 * 3600, "h": 3600, "m": 60, "s": 1}  # a day is one of work


class Scope(NamedTuple):
    """Which sessions are asked about. `since` is ISO 8601 in UTC, the others are parts of names; empty for all."""

    since: str = ""
    author: str = ""
    agent: str = ""


class Made(NamedTuple):
    """A commit."""

    id: int
    author: str
    authored: float | None  # seconds since the epoch; None where its time is none
    place: int  # commits in this order come after their parents
    oid: str


class Step(NamedTuple):
    """A step. `opened` and `closed` are places of sessions in their order; `closed` is None where it is not."""

    opened: int
    closed: int | None
    done: bool  # else it was dropped, where it is closed
    est: float | None  # seconds
    took: float | None


class Usage(NamedTuple):
    """What a session used; None where nothing says it."""

    input_tokens: float | None = None
    output_tokens: float | None = None
    cost_usd: float | None = None
    credits: float | None = None


class Measured(NamedTuple):
    """A session. Times are seconds since the epoch, None where neither it nor a commit says one."""

    id: int
    place: int  # of all sessions in their order, from 0
    stem: str
    title: str
    status: str
    branch: str
    author: str
    agent: str
    model: str
    account: str
    outcome: str
    begun: float | None
    ended: float | None
    seconds: float  # of work: without long pauses
    commits: tuple[Made, ...]
    recorded: int
    usage: Usage


def measure_sessions(db: sqlite3.Connection) -> list[Measured]:
    """All sessions, in their order: when they started, then by stem."""
    commits = defaultdict(list)
    for session, *made in db.execute("SELECT session_id, c.id, author, authored, place, oid FROM commit_sessions "
                                     "JOIN commits c ON c.id = commit_id ORDER BY place, oid"):  # fmt: skip
        commits[session].append(_made(made))
    recorded = dict(db.execute("SELECT r.session_id, count(DISTINCT r.commit_id) FROM session_revisions r JOIN commit_sessions c "
                               "ON c.session_id = r.session_id AND c.commit_id = r.commit_id GROUP BY 1"))  # fmt: skip
    # A sum of nothing but zeros is what agents that count nothing leave.
    talked = {row[0]: row[1:] for row in db.execute(
        "SELECT session_id, nullif(sum(input_tokens), 0), nullif(sum(output_tokens), 0), nullif(sum(cost_usd), 0), NULL "
        "FROM conversations WHERE session_id IS NOT NULL GROUP BY 1")}  # fmt: skip
    rows = db.execute(
        "SELECT s.id, stem, title, status, branch, author, agent, model, coalesce(a.name, ''), outcome, instant, ended, "
        "CAST(input_tokens AS INTEGER), CAST(output_tokens AS INTEGER), cost_usd, credits "
        "FROM sessions s LEFT JOIN accounts a ON a.id = account_id ORDER BY instant, stem"
    ).fetchall()
    found = []
    for place, row in enumerate(rows):
        id_, instant, ended, said = row[0], row[10], row[11], row[12:]
        mine = commits[id_]
        marks = sorted(m.authored for m in mine if m.authored is not None)
        begun = instant or (marks[0] if marks else None)
        end = parse_instant(ended)
        times = sorted(t for t in (begun, end, *marks) if t is not None)
        seconds = sum(b - a for a, b in pairwise(times) if b - a <= _PAUSE)
        usage = Usage(*(talk if own is None else own for own, talk in zip(said, talked.get(id_, said), strict=True)))
        last = end if end is not None else (times[-1] if times else None)
        session = (id_, place, *row[1:10], begun, last, seconds, tuple(mine), recorded.get(id_, 0), usage)
        found.append(Measured._make(session))
    return found


def within(sessions: Iterable[Measured], scope: Scope) -> list[Measured]:
    """Those that are asked about: a session is of the time when it started."""
    since = parse_instant(scope.since)
    return [
        s for s in sessions
        if (since is None or (s.begun is not None and s.begun >= since))
        and scope.author.lower() in s.author.lower() and scope.agent.lower() in s.agent.lower()
    ]  # fmt: skip


def other_commits(db: sqlite3.Connection, scope: Scope) -> list[Made]:
    """Commits that belong to no session, merges left out."""
    if scope.agent:
        return []
    since = parse_instant(scope.since)
    rows = db.execute("SELECT id, author, authored, place, oid FROM commits c WHERE parents < 2 AND NOT EXISTS "
                      "(SELECT 1 FROM commit_sessions WHERE commit_id = c.id) ORDER BY place, oid")  # fmt: skip
    return [
        m for m in map(_made, rows)
        if scope.author.lower() in m.author.lower() and (since is None or (m.authored is not None and m.authored >= since))
    ]  # fmt: skip


def lines_of(db: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Lines that each commit added and removed outside of `.sessions/`."""
    rows = db.execute(
        "SELECT commit_id, sum(coalesce(added, 0)), sum(coalesce(removed, 0)) FROM file_changes GROUP BY 1"
    )
    return {id_: (added, removed) for id_, added, removed in rows}


def measure_steps(db: sqlite3.Connection, sessions: Sequence[Measured]) -> list[Step]:
    """All steps, oldest first. The same words while a step stands open are that step; what was said of it last counts."""
    places = {s.id: s.place for s in sessions}
    rows = db.execute(
        "SELECT f.session_id, f.key, closed_session_id, closed_how, est, took, i.place, k.place, "
        # What closes another session's step says itself what it took.
        "(SELECT d.took FROM facts d WHERE d.key = f.key AND d.session_id = f.closed_session_id AND d.id != f.id AND d.took != '' LIMIT 1) "
        "FROM facts f JOIN commits i ON i.id = introduced_commit_id LEFT JOIN commits k ON k.id = closed_commit_id "
        "WHERE kind = 'step' AND opens ORDER BY i.place, i.oid, f.id"
    )  # fmt: skip
    found: list[Step] = []
    standing: dict[int, tuple[int, float]] = {}  # key -> which step it is, the place at which it is closed
    for session, key, closer, how, est, took, introduced, ended, took_there in rows:
        closed = places.get(closer) if how else None
        step = Step(
            places[session], closed, how in _DONE, parse_duration(est), parse_duration(took or took_there or "")
        )
        until = ended if ended is not None else float("inf")
        at, before = standing.get(key, (-1, 0))
        if at >= 0 and introduced < before:
            one = found[at]
            if one.closed is None or before > until:  # open until all of them are closed
                step, until = step._replace(closed=one.closed, done=one.done), before
            found[at] = step._replace(
                opened=one.opened,
                est=one.est if step.est is None else step.est,
                took=one.took if step.took is None else step.took,
            )
        else:
            at = len(found)
            found.append(step)
        standing[key] = (at, until)
    return found


def parse_duration(text: str) -> float | None:
    """Seconds of "20m", "1h 30m", "1.5 hours", "2d" (of eight hours); None for what is no time."""
    total, at = 0.0, 0
    text = text.strip().removeprefix("~").lstrip()
    while match := _TIME.match(text, at):
        total += float(match[1]) * _SECONDS[match[2].lower()]
        at = match.end()
    return total if at and at == len(text) else None


def parse_instant(text: str) -> float | None:
    """ISO 8601 as seconds since the epoch; None for what is no time. One without a zone is UTC."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def iso(seconds: float | None) -> str:
    """Seconds since the epoch as ISO 8601 in UTC; empty for None."""
    return "" if seconds is None else datetime.fromtimestamp(int(seconds), UTC).isoformat()


def total(values: Iterable[float | None]) -> float | None:
    """The sum of those that are known; None where none is."""
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def _made(row: Iterable[Any]) -> Made:
    id_, author, authored, place, oid = row
    return Made(id_, author, parse_instant(authored), place, oid)

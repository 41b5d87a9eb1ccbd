"""What history keeps beside facts: the handoffs that were committed, and the accounts that sessions name."""

import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from gitsession.index.measuring import total

_PAGES = """
SELECT c.oid, c.committed, h.path, h.blob, h.stem, h.tokens, h.in_force, h.in_force_carried, h.preservation, h.confidence
FROM handoffs h JOIN commits c ON c.id = h.commit_id WHERE h.blob IS NOT NULL AND
"""


class StoredPage(NamedTuple):
    """A handoff as a commit has it; its figures are None where its closing comment does not say them."""

    commit: str  # oid
    date: str  # ISO 8601 in UTC
    path: str
    blob: str  # oid
    session: str  # stem, empty where none was in progress
    tokens: int | None
    in_force: int | None
    in_force_carried: int | None
    preservation: float | None
    confidence: float | None


class Account(NamedTuple):
    """An account that sessions name, and what they used. What no session says is None."""

    name: str
    sessions: int
    first: str  # when the first of them started, as written
    last: str
    agents: tuple[str, ...]
    models: tuple[str, ...]
    input_tokens: float | None
    output_tokens: float | None
    cost_usd: float | None
    credits: float | None


def pages_of(db: sqlite3.Connection, stem: str) -> list[StoredPage]:
    """The handoffs of a session, newest first."""
    return _pages(db, "h.stem = ? ORDER BY c.place DESC, c.oid DESC", stem)


def page_before(db: sqlite3.Connection, stem: str) -> StoredPage | None:
    """The last handoff of another session before the first one of this: what this session was handed."""
    found = _pages(
        db,
        "h.stem != ?1 AND c.place < (SELECT min(c.place) FROM handoffs h JOIN commits c ON c.id = h.commit_id "
        "WHERE h.stem = ?1 AND h.blob IS NOT NULL) ORDER BY c.place DESC, c.oid DESC LIMIT 1",
        stem,
    )
    return found[0] if found else None


def _pages(db: sqlite3.Connection, condition: str, stem: str) -> list[StoredPage]:
    return [StoredPage._make(row) for row in db.execute(_PAGES + condition, (stem,))]


def accounts(db: sqlite3.Connection) -> list[Account]:
    """All accounts, the one with most sessions first."""
    rows = db.execute(
        "SELECT a.name, s.started, s.agent, s.model, s.input_tokens, s.output_tokens, s.cost_usd, s.credits "
        "FROM accounts a JOIN sessions s ON s.account_id = a.id ORDER BY s.instant, s.stem"
    )
    of: dict[str, list[tuple[Any, ...]]] = {}
    for name, *said in rows:
        of.setdefault(name, []).append(tuple(said))
    found = []
    for name, said_of in of.items():
        started, agents, models, *usage = zip(*said_of, strict=True)
        found.append(
            Account(name, len(said_of), started[0], started[-1], _words(agents), _words(models), *map(total, usage))
        )
    return sorted(found, key=lambda account: (-account.sessions, account.name))


def _words(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(said) - {""}))

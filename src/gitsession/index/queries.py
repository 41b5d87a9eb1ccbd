"""What commands ask the index for, beside the full text."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gitsession.errors import GitsessionError, SessionError

_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
#: Pragmas that tell of tables; with an argument most others would set something.
_TELLING = ("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "database_list",
            "foreign_key_check", "compile_options", "function_list")  # fmt: skip
_BARE = ("user_version", "application_id", "encoding", "page_count", "page_size", "data_version")
_STEPS = 10_000  # of SQLite's machine, between looks at the clock


class Reason(NamedTuple):
    """A decision behind a line, and whether it came with the line's own commit."""

    text: str
    here: bool


class Behind(NamedTuple):
    """A session behind a line."""

    session: str
    title: str
    goal: str
    decisions: tuple[Reason, ...]


class Why(NamedTuple):
    """A commit that lines come from. `lines` are (first, last), from 1."""

    commit: str
    date: str
    author: str
    subject: str
    lines: tuple[tuple[int, int], ...]
    sessions: tuple[Behind, ...]


def find_stem(db: sqlite3.Connection, word: str) -> str:
    """The session that a stem, number, or unique part of the slug means. Raises SessionError."""
    stems = [row[0] for row in db.execute("SELECT stem FROM sessions ORDER BY stem")]
    if word in stems:
        return word
    number = word.zfill(4) if word.isascii() and word.isdigit() else ""
    found = [s for s in stems if (s.partition("-")[0] == number if number else word.lower() in s.lower())]
    if len(found) == 1:
        return str(found[0])
    if found:
        raise SessionError(f"{word!r} may be any of {len(found)} sessions", "name one: " + ", ".join(found[:5]))
    raise SessionError(f"no session {word!r} in history", "`gitsession list` shows those of the work tree")


def why(db: sqlite3.Connection, blamed: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[Why]:
    """What is behind commits that lines come from: (oid, lines) each. One that the index lacks is left out."""
    found = []
    for oid, lines in blamed:
        row = db.execute("SELECT id, oid, committed, author, subject FROM commits WHERE oid = ?", (oid,)).fetchone()
        if row is not None:
            sessions = db.execute("SELECT s.id, s.stem, s.title, s.goal FROM commit_sessions JOIN sessions s ON s.id = session_id "
                                  "WHERE commit_id = ? ORDER BY s.instant, s.stem", (row[0],)).fetchall()  # fmt: skip
            behind = tuple(Behind(stem, title, goal, _reasons(db, id_, row[0])) for id_, stem, title, goal in sessions)
            found.append(Why(row[1], row[2], row[3], row[4], tuple(lines), behind))
    return found


def _reasons(db: sqlite3.Connection, session: int, commit: int) -> tuple[Reason, ...]:
    """The decisions of a session, those of this commit first; not those that it took back itself."""
    rows = db.execute(
        "SELECT text, introduced_commit_id = ? FROM facts WHERE session_id = ? AND kind = 'decision' "
        "AND coalesce(closed_how, '') != 'removed' ORDER BY 2 DESC, line", (commit, session))  # fmt: skip
    return tuple(Reason(text, bool(here)) for text, here in rows)


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """How much is in it."""
    tables = (
        "commits",
        "sessions",
        "session_revisions",
        "facts",
        "handoffs",
        "conversations",
        "turns",
        "knowledge",
        "file_changes",
    )
    found = {table: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables}
    found["unreadable"] = int(
        db.execute("SELECT count(*) FROM session_revisions WHERE problem IS NOT NULL").fetchone()[0]
    )
    return found


def select(db: sqlite3.Connection, statement: str, seconds: float) -> tuple[list[str], Iterator[tuple[object, ...]]]:
    """Columns and rows of one statement that reads. Raises GitsessionError for any other, and after so many seconds."""
    db.execute("SELECT 1 FROM texts LIMIT 1")  # to open the full text, SQLite must do what nobody else may
    deadline = time.monotonic() + seconds
    db.set_authorizer(_authorize)
    db.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        cursor = db.execute(statement)
    except (sqlite3.Error, sqlite3.Warning) as e:
        raise _explain(e, seconds) from None
    if cursor.description is None:
        raise GitsessionError("that is no question", "say SELECT ...; `gitsession index --help` names the tables")
    return [column[0] for column in cursor.description], _rows(cursor, seconds)


def _rows(cursor: Iterable[tuple[object, ...]], seconds: float) -> Iterator[tuple[object, ...]]:
    try:
        yield from cursor
    except sqlite3.Error as e:
        raise _explain(e, seconds) from None


def _explain(error: Exception, seconds: float) -> GitsessionError:
    words = str(error)
    if words == "interrupted":
        return GitsessionError(f"stopped after {seconds:g} s", "ask for less, or give it longer with --timeout")
    if "not authorized" in words or "prohibited" in words or "readonly" in words:
        return GitsessionError(
            "this command only reads: SELECT, and PRAGMA table_info and the like", "the index is made from git alone"
        )
    if "malformed" in words or "not a database" in words:
        return GitsessionError("the index is damaged", "`gitsession index --rebuild` makes it anew; nothing is lost")
    if "one statement at a time" in words:
        return GitsessionError("one statement at a time", "leave out what is behind the semicolon")
    return GitsessionError(f"SQLite says: {words}", "docs/index.md names the tables and columns")


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    allowed = action in _READING and not (
        action == sqlite3.SQLITE_FUNCTION and second in ("load_extension", "fts3_tokenizer")
    )
    if action == sqlite3.SQLITE_PRAGMA:
        allowed = first in _TELLING or (first in _BARE and second is None)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

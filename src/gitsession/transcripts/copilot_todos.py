"""Copilot CLI's to-do list: a checklist in older versions, rows of an SQL table, `todos`, in newer ones."""

import contextlib
import re
import sqlite3

from gitsession.model.conversation import Todo
from gitsession.transcripts.fields import TODO

_ENTRY = re.compile(r"^\s*[-*]\s*\[([ xX~>-])\]\s*(.+?)\s*$", re.MULTILINE)
_MARKS = {" ": "open", "x": "done", "X": "done", "~": "doing", ">": "doing", "-": "dropped"}
#: The tables as the agent finds them.
_TABLES = """
CREATE TABLE todos (id TEXT PRIMARY KEY, title TEXT, description TEXT, status TEXT DEFAULT 'pending',
  created_at TEXT DEFAULT CURRENT_TIMESTAMP, updated_at TEXT DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE todo_deps (todo_id TEXT, depends_on TEXT, PRIMARY KEY (todo_id, depends_on));
"""
_LONGEST = 100_000
#: SQLite's instructions after which a statement is stopped, and entries of a list: more is none of things to do.
_STEPS, _ENTRIES = 200_000, 1000
#: What a statement of the agent's may do here: no other database, file, pragma, view or extension.
_ALLOWED = {
    sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_READ, sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_FUNCTION,
}  # fmt: skip
_FUNCTIONS = {
    "current_timestamp",
    "datetime",
    "coalesce",
    "lower",
    "upper",
    "trim",
    "max",
    "min",
    "count",
    "replace",
    "like",
}


def checklist(markdown: str) -> tuple[Todo, ...]:
    """The entries of a Markdown checklist."""
    return tuple(Todo(entry[2], _MARKS[entry[1]]) for entry in _ENTRY.finditer(markdown))


class TodoTables:
    """The agent's tables in memory: its statements are run as it ran them, within _ALLOWED and in little time."""

    def __init__(self) -> None:
        self._base: sqlite3.Connection | None = None

    def run(self, query: str) -> tuple[Todo, ...]:
        """The whole list after a query that changes it; empty where it does not."""
        if "todos" not in query or len(query) > _LONGEST:
            return ()
        base = self._base = self._base or _open()
        before = base.total_changes
        # A statement for another table, or one cut short, ends the run: those before it took effect.
        base.set_progress_handler(lambda: 1, _STEPS)
        with contextlib.suppress(sqlite3.Error, ValueError):
            base.executescript(query)
        base.set_progress_handler(None, 0)
        if base.in_transaction:
            base.commit()
        if base.total_changes == before:
            return ()
        rows = base.execute(
            "SELECT coalesce(title, id), status FROM todos ORDER BY rowid LIMIT ?", (_ENTRIES,)
        ).fetchall()
        return tuple(Todo(str(title), TODO.get(str(status), "open")) for title, status in rows)

    def close(self) -> None:
        """Let the tables go."""
        if self._base:
            self._base.close()
            self._base = None


def _open() -> sqlite3.Connection:
    base = sqlite3.connect(":memory:", isolation_level=None)
    base.executescript(_TABLES)
    base.execute("PRAGMA max_page_count = 4000")
    base.set_authorizer(_allow)
    return base


def _allow(action: int, _first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_OK if (second or "").lower() in _FUNCTIONS else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY

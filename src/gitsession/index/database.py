"""The file of the index: made, opened, found wanting."""

import contextlib
import os
import sqlite3
from collections.abc import Callable

from gitsession import __version__
from gitsession.store.lock import machine_folder

#: Raised with every change to the schema, or to what its rows are made from.
SCHEMA = 2
#: SQLite's own mark for whose file it is: "gses".
APPLICATION = 0x67736573
NAME = "index.db"
#: What a row of the full text is the text of: its rowid is TEXT_KINDS times the id there, plus one of these.
FACT, SESSION, KNOWLEDGE, HANDOFF, TURN = range(5)
TEXT_KINDS = 8


def index_path(common_dir: str) -> str:
    """Where the index lies."""
    return os.path.join(common_dir, "gitsession", NAME)


def open_reading(common_dir: str) -> sqlite3.Connection | None:
    """The index, to be read only; None where there is none that this version can read."""
    with contextlib.suppress(sqlite3.Error):
        # What means something in a URI; urllib, which quotes too, takes longer to load than all else here takes.
        path = index_path(common_dir).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        # A server hands it from thread to thread; it is asked by one at a time.
        db = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, timeout=10, isolation_level=None, check_same_thread=False
        )
        try:
            if is_ours(db):
                db.execute("PRAGMA query_only = 1")
                return db
        except sqlite3.Error:
            pass
        db.close()
    return None


def open_writing(common_dir: str) -> sqlite3.Connection | None:
    """The index, to be written by whoever holds its lock; None where it must be made anew."""
    path = index_path(common_dir)
    if not os.path.exists(path):
        return None
    with contextlib.suppress(sqlite3.Error):
        db = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            if is_ours(db):
                # What is lost with the power is made again: a damaged index is noticed and rebuilt.
                db.executescript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_spill = OFF;")
                return db
        except sqlite3.Error:
            pass
        db.close()
    return None


def create(common_dir: str) -> tuple[sqlite3.Connection, str]:
    """A new index in a temporary file, its tables made, a transaction begun; `finish` puts it in place."""
    path = f"{os.path.join(machine_folder(common_dir), NAME)}.{os.getpid()}.tmp"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(
        f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32768; "
        f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA}; BEGIN"
    )
    for statement in _schema()[0]:
        db.execute(statement)
    db.execute("INSERT INTO state VALUES ('version', ?)", (__version__,))
    return db, path


def finish(db: sqlite3.Connection, temporary: str, common_dir: str, last: Callable[[], None]) -> None:
    """Make what speeds up reading, do the `last` step, and put the new index in place of the old. Who reads that one goes on."""
    for statement in _schema()[1]:
        db.execute(statement)
    last()
    db.execute("COMMIT")
    db.close()
    os.replace(temporary, index_path(common_dir))


def is_ours(db: sqlite3.Connection) -> bool:
    """True for an index that this version made. Raises sqlite3.Error for what is no database."""
    ((schema,),) = db.execute("PRAGMA user_version")
    if schema != SCHEMA:
        return False
    return get_state(db, "version") == __version__


def get_state(db: sqlite3.Connection, key: str) -> str:
    """What the index notes of itself, empty for nothing."""
    row = db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def set_state(db: sqlite3.Connection, key: str, value: str) -> None:
    """Note something."""
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))


def unword(db: sqlite3.Connection, rowid: int, body: str) -> None:
    """Take a text out of the full text, which must be told what it was."""
    db.execute("INSERT INTO texts (texts, rowid, body) VALUES ('delete', ?, ?)", (rowid, body))


def _schema() -> tuple[list[str], list[str]]:
    """The statements that make the tables, and those that make their indexes."""
    with open(os.path.join(os.path.dirname(__file__), "schema.sql"), encoding="utf-8") as file:
        tables, _, indexes = file.read().partition("-- indexes:")
    return _statements(tables), _statements("--" + indexes)


def _statements(text: str) -> list[str]:
    lines = (line for line in text.split("\n") if not line.startswith("--"))
    return [statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()]

"""Commits, files, facts, pages and conversations of history, a part of each list at a time."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

Row = TypeVar("Row")


class Part(NamedTuple):
    """Which part of a list is asked for."""

    limit: int = 50
    offset: int = 0


class CommitRow(NamedTuple):
    """A commit, and the sessions that it belongs to. `added` and `removed` are lines outside of `.sessions/`."""

    oid: str
    date: str
    author: str
    subject: str
    sessions: tuple[str, ...]
    files: int
    added: int
    removed: int


class FileChange(NamedTuple):
    """What a commit did to a file; lines are None for a binary one."""

    path: str
    status: str
    added: int | None
    removed: int | None


class FileRow(NamedTuple):
    """A file, and what became of it in the commits that are asked about."""

    path: str
    commits: int
    sessions: int
    added: int
    removed: int
    date: str  # of the last of them


class FactRow(NamedTuple):
    """A fact of history: when it came, and how and when it was closed, where it was."""

    kind: str
    text: str
    session: str
    line: int  # in the last version of the checkpoint; 0 where that does not say it any more
    date: str
    commit: str
    closed: str
    closed_by: str
    closed_date: str
    est: str
    took: str
    by: str
    turn: str


class PageRow(NamedTuple):
    """A handoff as a commit has it."""

    path: str
    session: str
    commit: str
    date: str
    tokens: int | None
    in_force: int | None
    in_force_carried: int | None
    background: int | None
    background_carried: int | None
    preservation: float | None
    confidence: float | None


class TalkRow(NamedTuple):
    """A conversation without its turns."""

    session: str
    name: str
    title: str
    agent: str
    model: str
    branch: str
    started: str
    ended: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    cut: int
    turns: int


class TurnRow(NamedTuple):
    """One turn."""

    number: int
    who: str
    kind: str
    at: str
    model: str
    tool: str
    action: str
    failed: bool
    input_tokens: int
    output_tokens: int
    input: str
    text: str


def read_commits(
    db: sqlite3.Connection, part: Part, *, session: str = "", author: str = "", path: str = "", since: str = ""
) -> tuple[list[CommitRow], int]:
    """Commits, the newest first, and how many there are. `session` is a stem, `author` a part of a name, `path` a file or a folder."""
    where: list[str] = ["1"]
    values: list[object] = []
    if session:
        where.append(
            "c.id IN (SELECT commit_id FROM commit_sessions JOIN sessions s ON s.id = session_id WHERE stem = ?)"
        )
        values.append(session)
    if author:
        where.append("instr(lower(author), ?) > 0")
        values.append(author.lower())
    if path:
        where.append("c.id IN (SELECT commit_id FROM file_changes WHERE path = ? OR (path > ? AND path < ?))")
        values += [path, path.rstrip("/") + "/", path.rstrip("/") + "0"]
    if since:
        where.append("committed >= ?")
        values.append(since)
    rows, total = _part(db, part, "c.id, oid, committed, author, subject", f"FROM commits c WHERE {' AND '.join(where)}", values,
                        "ORDER BY place DESC, oid", tuple)  # fmt: skip
    return [_commit(db, row) for row in rows], total


def read_commit(db: sqlite3.Connection, oid: str, part: Part) -> tuple[CommitRow, list[FileChange], int] | None:
    """One commit, a part of the files that it changed, and how many these are; None where the index has none."""
    row = db.execute("SELECT id, oid, committed, author, subject FROM commits WHERE oid = ?", (oid,)).fetchone()
    if row is None:
        return None
    files, total = _part(db, part, "path, status, added, removed", "FROM file_changes WHERE commit_id = ?", [row[0]],
                         "ORDER BY path", FileChange._make)  # fmt: skip
    return _commit(db, row), files, total


def read_files(db: sqlite3.Connection, part: Part, *, session: str = "", folder: str = "") -> tuple[list[FileRow], int]:
    """Files that commits changed, the most often changed first; of a session, or below a folder."""
    where: list[str] = ["1"]
    values: list[object] = []
    if session:
        where.append(
            "f.commit_id IN (SELECT commit_id FROM commit_sessions JOIN sessions s ON s.id = session_id WHERE stem = ?)"
        )
        values.append(session)
    if folder:
        where.append("path > ? AND path < ?")
        values += [folder.rstrip("/") + "/", folder.rstrip("/") + "0"]
    source = f"FROM file_changes f WHERE {' AND '.join(where)}"
    total = int(db.execute(f"SELECT count(DISTINCT path) {source}", values).fetchone()[0])
    rows = db.execute(
        "WITH chosen AS (SELECT path, count(*) AS commits, sum(coalesce(added, 0)) AS added, sum(coalesce(removed, 0)) AS removed "
        f"{source} GROUP BY path ORDER BY commits DESC, path LIMIT ? OFFSET ?) "
        "SELECT path, commits, (SELECT count(DISTINCT session_id) FROM file_changes g JOIN commit_sessions s ON s.commit_id = g.commit_id "
        "WHERE g.path = chosen.path), added, removed, "
        "(SELECT max(committed) FROM file_changes g JOIN commits c ON c.id = g.commit_id WHERE g.path = chosen.path) "
        "FROM chosen ORDER BY commits DESC, path", [*values, part.limit, part.offset])  # fmt: skip
    return [FileRow._make(row) for row in rows], total


def read_facts(
    db: sqlite3.Connection, part: Part, *, kinds: Sequence[str] = (), session: str = "", closed: bool | None = None
) -> tuple[list[FactRow], int]:
    """Facts that were ever recorded, the newest first, and how many there are. `closed`: those that are, or are not."""
    where: list[str] = ["1"]
    values: list[object] = []
    if kinds:
        where.append(f"kind IN ({', '.join('?' * len(kinds))})")
        values += kinds
    if session:
        where.append("s.stem = ?")
        values.append(session)
    if closed is not None:
        where.append("closed_how IS NOT NULL" if closed else "opens AND closed_how IS NULL")
    return _part(
        db, part,
        "kind, text, s.stem, line, c.committed, c.oid, coalesce(closed_how, ''), coalesce(b.stem, ''), coalesce(k.committed, ''), est, "
        "took, made_by, turn",
        "FROM facts f JOIN sessions s ON s.id = session_id JOIN commits c ON c.id = introduced_commit_id "
        f"LEFT JOIN commits k ON k.id = closed_commit_id LEFT JOIN sessions b ON b.id = closed_session_id WHERE {' AND '.join(where)}",
        values, "ORDER BY c.place DESC, f.id DESC", FactRow._make)  # fmt: skip


def read_pages(db: sqlite3.Connection, part: Part, *, session: str = "") -> tuple[list[PageRow], int]:
    """Handoffs as commits have them, the newest first, and how many there are."""
    return _part(
        db, part,
        "path, h.stem, c.oid, committed, tokens, in_force, in_force_carried, background, background_carried, preservation, confidence",
        "FROM handoffs h JOIN commits c ON c.id = commit_id WHERE blob IS NOT NULL" + (" AND h.stem = ?" if session else ""),
        [session] if session else [], "ORDER BY c.place DESC, c.oid, path", PageRow._make)  # fmt: skip


_TALK = ("v.stem, v.name, v.title, v.agent, v.model, v.branch, v.started, v.ended, v.input_tokens, v.output_tokens, v.cost_usd, v.cut, "
         "(SELECT count(*) FROM turns t WHERE t.conversation_id = v.id)")  # fmt: skip


def read_talks(db: sqlite3.Connection, part: Part, *, session: str = "") -> tuple[list[TalkRow], int]:
    """Conversations, the newest first, and how many there are."""
    where = "WHERE v.stem = ?" if session else ""
    return _part(db, part, _TALK, f"FROM conversations v {where}", [session] if session else [],
                 "ORDER BY v.started DESC, v.stem, v.name", TalkRow._make)  # fmt: skip


def read_turns(
    db: sqlite3.Connection, session: str, name: str, part: Part
) -> tuple[TalkRow, list[TurnRow], int] | None:
    """A conversation, a part of its turns, and how many these are; None where there is none."""
    row = db.execute(
        f"SELECT v.id, {_TALK} FROM conversations v WHERE stem = ? AND name = ?", (session, name)
    ).fetchone()
    if row is None:
        return None
    turns, total = _part(
        db, part, "number, who, kind, at, model, tool, action, failed, input_tokens, output_tokens, input, text",
        "FROM turns WHERE conversation_id = ?", [row[0]], "ORDER BY number", TurnRow._make)  # fmt: skip
    return TalkRow._make(row[1:]), turns, total


def _commit(db: sqlite3.Connection, row: Sequence[Any]) -> CommitRow:
    id_, oid, date, author, subject = row
    sessions = db.execute("SELECT stem FROM commit_sessions JOIN sessions s ON s.id = session_id WHERE commit_id = ? "
                          "ORDER BY instant, stem", (id_,))  # fmt: skip
    lines = db.execute(
        "SELECT count(*), sum(coalesce(added, 0)), sum(coalesce(removed, 0)) FROM file_changes WHERE commit_id = ?",
        (id_,),
    )
    files, added, removed = lines.fetchone()
    return CommitRow(oid, date, author, subject, tuple(stem for (stem,) in sessions), files, added or 0, removed or 0)


def _part(
    db: sqlite3.Connection, part: Part, columns: str, source: str, values: Sequence[object], order: str,
    make: Callable[[Sequence[Any]], Row],
) -> tuple[list[Row], int]:  # fmt: skip
    total = int(db.execute(f"SELECT count(*) {source}", values).fetchone()[0])
    rows = db.execute(f"SELECT {columns} {source} {order} LIMIT ? OFFSET ?", [*values, part.limit, part.offset])
    return [make(row) for row in rows], total

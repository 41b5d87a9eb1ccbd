"""Conversations into the index: what the tip of their branch holds, read again only where its blobs are others."""

import sqlite3

from gitsession.errors import FormatError, GitsessionError
from gitsession.git import Repository
from gitsession.index.cleaning import clean
from gitsession.index.database import TEXT_KINDS, TURN, unword
from gitsession.model.stored import Stored
from gitsession.store.branch import Tip, read_tip
from gitsession.store.conversations import conversation_names, part_paths, read_named


def derive_conversations(db: sqlite3.Connection, repo: Repository, oid: str) -> None:
    """The rows of the conversations at this commit of their branch (empty: of none)."""
    try:
        tip = read_tip(repo, oid) if oid else Tip("", False, {})
    except GitsessionError:  # somebody else's branch of that name
        tip = Tip("", False, {})
    there = {
        (stem, name): " ".join(tip.files[path] for path in part_paths(tip, stem, name))
        for stem, name in conversation_names(tip)
    }
    for id_, stem, name, blobs in db.execute("SELECT id, stem, name, blobs FROM conversations").fetchall():
        if there.get((stem, name)) == blobs:
            del there[stem, name]
        else:
            _drop(db, id_)
    for (stem, name), blobs in sorted(there.items()):
        try:
            _write(db, read_named(repo, tip, stem, name), blobs)
        except FormatError:
            continue  # `gitsession conversation list` tells of it


def _drop(db: sqlite3.Connection, conversation: int) -> None:
    for id_, said, text in db.execute(
        "SELECT id, input, text FROM turns WHERE conversation_id = ?", (conversation,)
    ).fetchall():
        unword(db, id_ * TEXT_KINDS + TURN, f"{said}\n{text}")
    db.execute("DELETE FROM turns WHERE conversation_id = ?", (conversation,))
    db.execute("DELETE FROM conversations WHERE id = ?", (conversation,))


def _write(db: sqlite3.Connection, stored: Stored, blobs: str) -> None:
    head = stored.head
    unit = [head.title, head.branch, *(text for turn in stored.turns for text in (turn.tool, turn.input, turn.text))]
    ((title, branch, *texts),) = clean([unit])
    row = (stored.stem, stored.name, head.agent, head.model, branch, head.started, head.ended, title, *head.tokens, head.cost,
           stored.cut, blobs)  # fmt: skip
    cursor = db.execute(f"INSERT INTO conversations VALUES (NULL, NULL{', ?' * len(row)})", row)
    first = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM turns").fetchone()[0])
    turns, words = [], []
    for id_, (turn, tool, said, text) in enumerate(
        zip(stored.turns, texts[::3], texts[1::3], texts[2::3], strict=True), first
    ):
        turns.append((id_, cursor.lastrowid, turn.number, turn.who, turn.kind, turn.when, turn.model, tool, turn.action, turn.failed,
                      *turn.tokens, said, text))  # fmt: skip
        words.append((id_ * TEXT_KINDS + TURN, f"{said}\n{text}"))
    db.executemany("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", turns)
    db.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", words)

"""A new index, and an old one made to say what a new one would."""

import contextlib
import gc
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from gitsession.git import Repository
from gitsession.git.walk import walk, walk_these
from gitsession.index import database
from gitsession.index.database import FACT, SESSION, TEXT_KINDS, get_state, set_state, unword
from gitsession.index.deriving import (
    close_facts,
    derive_knowledge,
    derive_pages,
    derive_sessions,
    link_conversations,
    write_sessions,
)
from gitsession.index.intake import Intake, forget
from gitsession.index.update import Outcome, Progress, Source, shallow_commits


def rebuild(repo: Repository, source: Source, note: str, progress: Progress) -> Outcome:
    """Make a new index from all of history, and put it in place."""
    db, temporary = database.create(repo.common_dir)
    collects = gc.isenabled()
    gc.disable()  # millions of objects are made, none in a circle: to look for circles takes a tenth of the time
    try:
        _project(db, source)
        intake = Intake(db, repo, shallow=shallow_commits(repo), follow=True)
        if source.tips:
            intake.take(walk(repo, source.tips), lambda n: progress("commits", n))
        # Each is let go of when it is written.
        ordered = (intake.histories.pop(id_) for id_ in list(intake.histories) if id_ not in intake.unordered)
        write_sessions(db, ordered, lambda n: progress("sessions", n))
        if intake.unordered:
            derive_sessions(db, repo, intake.unordered, lambda n: progress("sessions", n))
        derive_pages(db, repo, intake.touched.pages)
        derive_knowledge(db, repo, intake.touched.knowledge)
        if source.conversations:
            _converse(db, repo, source)
        _finish(db, repo, note, source)
        database.finish(db, temporary, repo.common_dir, lambda: close_facts(db, None))
    except BaseException:
        db.close()
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    finally:
        if collects:
            gc.enable()
    return Outcome("rebuilt", intake.count)


def _project(db: sqlite3.Connection, source: Source) -> None:
    row = (source.said.name, source.said.goal, source.branch)
    db.execute("INSERT OR REPLACE INTO projects VALUES (1, ?, ?, ?)", row)


def _converse(db: sqlite3.Connection, repo: Repository, source: Source) -> None:
    from gitsession.index.talks import derive_conversations  # most commits bring none

    derive_conversations(db, repo, source.conversations)
    link_conversations(db)


def _finish(db: sqlite3.Connection, repo: Repository, note: str, source: Source) -> None:
    db.execute("DELETE FROM accounts WHERE id NOT IN (SELECT account_id FROM sessions WHERE account_id IS NOT NULL)")
    set_state(db, "source", note)
    set_state(db, "head", source.head)
    set_state(db, "settings", json.dumps(source.said))
    set_state(db, "conversations", source.conversations)
    set_state(db, "tips", " ".join(source.tips))
    set_state(db, "shallow", " ".join(shallow_commits(repo)))


def catch_up(
    db: sqlite3.Connection, repo: Repository, source: Source, note: str, new: Sequence[str], progress: Progress
) -> Outcome:
    """Take in the commits that are `new`, parents before children, and let go of what is gone."""
    ((newest,),) = db.execute("SELECT coalesce(max(id), 0) FROM sessions")
    db.execute("BEGIN IMMEDIATE")
    db.execute("PRAGMA defer_foreign_keys = ON")
    intake = Intake(db, repo)
    touched = intake.touched
    # With dates that are wrong, git also lists what is there already.
    known = {oid for oid in new if db.execute("SELECT 1 FROM commits WHERE oid = ?", (oid,)).fetchone()}
    coming = (commit for commit in walk_these(repo, new) if commit.oid not in known)
    intake.take(coming, lambda n: progress("commits", n))
    gone = _gone(db, get_state(db, "tips").split(), source.tips)
    forget(db, gone, touched)
    keys = _drop(db, touched.sessions, newest)
    if touched.sessions:
        derive_sessions(db, repo, touched.sessions, lambda n: progress("sessions", n))
    close_facts(db, keys | _keys(db, touched.sessions))
    derive_pages(db, repo, touched.pages)
    derive_knowledge(db, repo, touched.knowledge)
    if source.conversations != get_state(db, "conversations"):
        _converse(db, repo, source)
    elif source.conversations:
        link_conversations(db)
    _project(db, source)
    _finish(db, repo, note, source)
    db.execute("COMMIT")
    return Outcome("updated", intake.count, len(gone))


def _gone(db: sqlite3.Connection, old: Iterable[str], tips: Iterable[str]) -> list[int]:
    """Ids of the commits that were reachable from the `old` tips, and are no more from these.

    From the latest place down, a commit is met after all of its children: whether it is reached is known by then. Git's own
    answer depends on dates, which may be wrong, and on commits that it may have thrown away.
    """
    kept: dict[int, bool] = {}
    queue: list[tuple[int, int]] = []
    for oids, reached in ((old, False), (tips, True)):
        for oid in oids:
            for id_, place in db.execute("SELECT id, -place FROM commits WHERE oid = ?", (oid,)):
                if id_ not in kept:
                    heappush(queue, (place, id_))
                kept[id_] = kept.get(id_, False) or reached
    gone = []
    lost = sum(not reached for reached in kept.values())  # of those that wait
    while lost:
        _, id_ = heappop(queue)
        reached = kept[id_]
        if not reached:
            gone.append(id_)
            lost -= 1
        for parent, place in db.execute(
            "SELECT p.id, -p.place FROM commit_parents JOIN commits p ON p.id = parent_id WHERE commit_id = ?", (id_,)
        ):
            if parent not in kept:
                heappush(queue, (place, parent))
                lost += not reached
            elif reached and not kept[parent]:
                lost -= 1
            kept[parent] = kept.get(parent, False) or reached
    return gone


def _keys(db: sqlite3.Connection, sessions: Iterable[int]) -> set[int]:
    """The keys of what these sessions say and close."""
    found: set[int] = set()
    for session in sessions:
        for table in ("facts", "closings"):
            found.update(row[0] for row in db.execute(f"SELECT key FROM {table} WHERE session_id = ?", (session,)))
    return found


def _drop(db: sqlite3.Connection, sessions: Iterable[int], newest: int) -> set[int]:
    """Take out what these sessions say; those past the id `newest` have said nothing yet. Returns the keys of all of it."""
    keys = _keys(db, sessions)
    for session in sorted(sessions):
        for id_, text in db.execute("SELECT id, text FROM facts WHERE session_id = ?", (session,)).fetchall():
            unword(db, id_ * TEXT_KINDS + FACT, text)
        if session <= newest:
            ((title, goal),) = db.execute("SELECT title, goal FROM sessions WHERE id = ?", (session,))
            unword(db, session * TEXT_KINDS + SESSION, f"{title}\n{goal}")
        db.execute("DELETE FROM closings WHERE session_id = ?", (session,))
        # What they closed elsewhere is told anew, by its key.
        db.execute("UPDATE facts SET closed_session_id = NULL WHERE closed_session_id = ?", (session,))
        db.execute("DELETE FROM facts WHERE session_id = ?", (session,))
        db.execute(
            "DELETE FROM sessions WHERE id = ? AND id NOT IN (SELECT session_id FROM session_revisions)", (session,)
        )
    return keys

"""A new index, and an old one made to say what a new one would."""

import contextlib
import gc
import json
import os
import sqlite3
from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import islice

from gitsession.git import Repository
from gitsession.git.walk import walk
from gitsession.index import database
from gitsession.index.database import FACT, SESSION, TEXT_KINDS, get_state, set_state, unword
from gitsession.index.deriving import (
    close_facts,
    derive_knowledge,
    derive_pages,
    derive_sessions,
    write_sessions,
)
from gitsession.index.intake import Intake, forget
from gitsession.index.talks import derive_conversations
from gitsession.index.update import Outcome, Progress, Source, shallow_commits

_FEW = 2000  # new commits; for many more than there are, a new index is made sooner


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
        derive_conversations(db, repo, source.conversations)
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
    row = (source.name, source.goal, source.branch)
    db.execute("INSERT OR REPLACE INTO projects VALUES (1, ?, ?, ?)", row)


def _finish(db: sqlite3.Connection, repo: Repository, note: str, source: Source) -> None:
    db.execute("DELETE FROM accounts WHERE id NOT IN (SELECT account_id FROM sessions WHERE account_id IS NOT NULL)")
    set_state(db, "source", note)
    set_state(db, "head", source.head)
    set_state(db, "settings", json.dumps([source.name, source.goal, source.branch]))
    set_state(db, "tips", " ".join(source.tips))
    set_state(db, "shallow", " ".join(shallow_commits(repo)))


def catch_up(db: sqlite3.Connection, repo: Repository, source: Source, note: str, progress: Progress) -> Outcome | None:
    """Take in what is new and let go of what is gone; None where that cannot be told, or a new index is made sooner."""
    if get_state(db, "shallow") != " ".join(shallow_commits(repo)):
        return None  # what lies before a commit is another thing now
    tips = get_state(db, "tips").split()
    there = [oid for oid in tips if repo.resolve(oid)]
    ((known, newest),) = db.execute(
        "SELECT (SELECT count(*) FROM commits), (SELECT coalesce(max(id), 0) FROM sessions)"
    )
    new = list(islice(walk(repo, source.tips, there), _FEW + known // 4)) if source.tips else []
    if len(new) >= _FEW + known // 4:
        return None
    db.execute("BEGIN IMMEDIATE")
    db.execute("PRAGMA defer_foreign_keys = ON")
    intake = Intake(db, repo)
    touched = intake.touched
    # With dates that are wrong, git also lists what is there already.
    new = [c for c in new if not db.execute("SELECT 1 FROM commits WHERE oid = ?", (c.oid,)).fetchone()]
    intake.take(new, lambda n: progress("commits", n))
    gone = _gone(db, tips, source.tips)
    forget(db, gone, touched)
    keys = _drop(db, touched.sessions, newest)
    if touched.sessions:
        derive_sessions(db, repo, touched.sessions, lambda n: progress("sessions", n))
    close_facts(db, keys | _keys(db, touched.sessions))
    derive_pages(db, repo, touched.pages)
    derive_knowledge(db, repo, touched.knowledge)
    derive_conversations(db, repo, source.conversations)
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

"""Is the index what git has? If not, it is brought up to it; what that takes is loaded only then."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from gitsession.errors import LockedError
from gitsession.git import Repository
from gitsession.index import database
from gitsession.index.database import get_state
from gitsession.store.lock import lock

Progress = Callable[[str, int], None]


def silent(what: str, number: int) -> None:
    """Show no progress."""
    del what, number


class Source(NamedTuple):
    """What an index is made from: ids of the commits that it reaches back from, in any order, and what the project's settings say."""

    tips: tuple[str, ...]
    head: str  # the commit in work, whose settings these are; empty for none
    name: str
    goal: str
    branch: str  # the default one
    conversations: str  # id of the commit at the tip of their branch, empty for none


class Outcome(NamedTuple):
    """What was done: `how` is current, updated, rebuilt, or old where another process is at it."""

    how: str
    commits: int = 0  # that came in
    gone: int = 0


def bring_up(
    repo: Repository, source: Source, *, anew: bool = False, progress: Progress = silent
) -> tuple[Outcome, sqlite3.Connection | None]:
    """Bring the index up to date, and open it to be read; None where it cannot be.

    Who reads meanwhile reads the old one, and sees all of the new one or nothing. Raises GitError, LockedError, GitsessionError.
    """
    note = _note(repo, source)
    db = database.open_reading(repo.common_dir)
    if db is not None and not anew and get_state(db, "source") == note:
        return Outcome("current"), db
    if db is not None and not anew and not os.access(os.path.dirname(database.index_path(repo.common_dir)), os.W_OK):
        return Outcome("old"), db
    try:
        with lock(repo.common_dir, 600 if db is None or anew else 0.05, name="index.lock"):
            outcome = _bring_up(repo, source, note, anew, progress)
    except LockedError:
        if db is None or anew:
            raise
        return Outcome("old"), db
    if db is not None:
        db.close()
    return outcome, database.open_reading(repo.common_dir)


def _bring_up(repo: Repository, source: Source, note: str, anew: bool, progress: Progress) -> Outcome:  # noqa: FBT001
    from gitsession.index.build import catch_up, rebuild

    if not anew:
        db = database.open_writing(repo.common_dir)
        if db is not None:
            # A damaged file says so somewhere on the way.
            with contextlib.closing(db), contextlib.suppress(sqlite3.DatabaseError):
                if get_state(db, "source") == note:  # another process was quicker
                    return Outcome("current")
                outcome = catch_up(db, repo, source, note, progress)
                if outcome is not None:
                    return outcome
    return rebuild(repo, source, note, progress)


def _note(repo: Repository, source: Source) -> str:
    """All that the rows depend on, in a line."""
    said = (source.conversations, source.branch, source.name, source.goal)
    return " ".join([*sorted(set(source.tips)), repr(said), *shallow_commits(repo)])


def remembered(repo: Repository, head: str) -> list[str] | None:
    """Name, goal and default branch as they were read at this commit; None where the index is of another one.

    In a folder of ten thousand sessions git takes longer to find the settings than a search takes.
    """
    db = database.open_reading(repo.common_dir)
    if db is None:
        return None
    with contextlib.closing(db), contextlib.suppress(sqlite3.Error, ValueError):
        if get_state(db, "head") == head:
            found: list[str] = json.loads(get_state(db, "settings"))
            return found
    return None


def shallow_commits(repo: Repository) -> list[str]:
    """Ids of the commits whose parents a shallow clone lacks."""
    try:
        with open(os.path.join(repo.common_dir, "shallow"), encoding="ascii") as file:
            return sorted(file.read().split())
    except (OSError, UnicodeDecodeError):
        return []

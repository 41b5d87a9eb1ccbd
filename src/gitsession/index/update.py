"""Is the index what git has? If not, it is brought up to it; what that takes is loaded only then."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from gitsession.errors import LockedError
from gitsession.git import Repository
from gitsession.git.walk import find_new
from gitsession.index import database
from gitsession.index.database import get_state
from gitsession.store.lock import lock

_FEW = 2000  # new commits; for many more than there are, a new index is made sooner
Progress = Callable[[str, int], None]


def silent(what: str, number: int) -> None:
    """Show no progress."""
    del what, number


class Said(NamedTuple):
    """What the project's settings say, as it may be kept; `blob` is the id of their file, empty for none."""

    blob: str
    name: str = ""
    goal: str = ""
    branch: str = ""  # the default one, empty where they name none


class Source(NamedTuple):
    """What an index is made from: ids of the commits that it reaches back from, in any order, and what the project's settings say."""

    tips: tuple[str, ...]
    head: str  # the commit in work, whose settings these are; empty for none
    said: Said
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
    if not anew:
        db = database.open_writing(repo.common_dir)
        if db is not None:
            # A damaged file says so somewhere on the way.
            with contextlib.closing(db), contextlib.suppress(sqlite3.DatabaseError):
                if get_state(db, "source") == note:  # another process was quicker
                    return Outcome("current")
                new = _find_new(db, repo, source)
                if new is not None:
                    from gitsession.index.build import catch_up  # while git works

                    return catch_up(db, repo, source, note, new, progress)
    from gitsession.index.build import rebuild

    return rebuild(repo, source, note, progress)


def _find_new(db: sqlite3.Connection, repo: Repository, source: Source) -> list[str] | None:
    """Ids of the commits that are new; None where they cannot be told, or a new index is made sooner."""
    if get_state(db, "shallow") != " ".join(shallow_commits(repo)):
        return None  # what lies before a commit is another thing now
    if not source.tips:
        return []
    ((known,),) = db.execute("SELECT coalesce(max(id), 0) FROM commits")
    most = _FEW + known // 4
    new = find_new(repo, source.tips, get_state(db, "tips").split(), most)
    return new if len(new) < most else None


def _note(repo: Repository, source: Source) -> str:
    """All that the rows depend on, in a line."""
    settings = (source.conversations, source.branch, source.said.name, source.said.goal)
    return " ".join([*sorted(set(source.tips)), repr(settings), *shallow_commits(repo)])


def remembered(repo: Repository) -> tuple[str, Said] | None:
    """The commit whose settings were read last, and what they said; None where there is no index.

    In a folder of ten thousand sessions git takes longer to find the settings than a search takes; and what they say need not
    be searched for secrets again.
    """
    db = database.open_reading(repo.common_dir)
    if db is None:
        return None
    with contextlib.closing(db), contextlib.suppress(sqlite3.Error, ValueError, TypeError):
        return get_state(db, "head"), Said(*json.loads(get_state(db, "settings")))
    return None


def shallow_commits(repo: Repository) -> list[str]:
    """Ids of the commits whose parents a shallow clone lacks."""
    try:
        with open(os.path.join(repo.common_dir, "shallow"), encoding="ascii") as file:
            return sorted(file.read().split())
    except (OSError, UnicodeDecodeError):
        return []

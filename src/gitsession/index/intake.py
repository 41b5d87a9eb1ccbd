"""Commits into the index: what each changed, the sessions that it belongs to, and the versions of our files that it brought."""

import sqlite3
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from gitsession.formats.checkpoint import MAX_BYTES
from gitsession.git import Repository
from gitsession.git.history import named_sessions
from gitsession.git.walk import Change, Walked, merge_changes
from gitsession.index.cleaning import clean, storable
from gitsession.index.database import HANDOFF, TEXT_KINDS, unword
from gitsession.index.deriving import SessionHistory, read_page_meta
from gitsession.store.layout import (
    FOLDER,
    branch_page_stem,
    checkpoint_path,
    checkpoint_stem,
    derived,
    knowledge_name,
)

_BATCH = 1000
_FILE_MODES = ("100644", "100755")


class Trees:
    """Which files lie under `.sessions/` at each commit, told from what commits change: as a line of first parents has it."""

    def __init__(self, before: Callable[[str, str], bool]) -> None:
        self._before = before  # whether (commit, path) is there, for a commit that was not taken
        self._places: dict[str, tuple[int, int]] = {}  # commit -> line, place in it
        self._origins: list[str] = []  # of each line, the commit that it leaves from
        self._lengths: list[int] = []
        self._events: dict[tuple[int, str], tuple[list[int], list[bool]]] = {}

    def take(self, oid: str, parent: str) -> None:
        """The next commit, and its first parent (empty for none)."""
        line, place = self._places.get(parent, (-1, 0))
        if line < 0 or self._lengths[line] != place + 1:
            line, place = len(self._origins), -1
            self._origins.append(parent)
            self._lengths.append(0)
        self._places[oid] = (line, place + 1)
        self._lengths[line] = place + 2

    def change(self, oid: str, path: str, *, there: bool) -> None:
        """What a commit that was taken does to a file; later ones of its line may have been told before."""
        line, place = self._places[oid]
        places, states = self._events.setdefault((line, path), ([], []))
        at = bisect_right(places, place)
        places.insert(at, place)
        states.insert(at, there)

    def has(self, oid: str, path: str) -> bool:
        """Whether a file is in the tree of a commit."""
        while oid in self._places:
            line, place = self._places[oid]
            places, states = self._events.get((line, path), ((), ()))
            at = bisect_right(places, place)
            if at:
                return states[at - 1]
            oid = self._origins[line]
        return self._before(oid, path) if oid else False


class Touched:
    """What must be derived anew: sessions by id, pages by path, knowledge by name."""

    def __init__(self) -> None:
        self.sessions: set[int] = set()
        self.pages: set[str] = set()
        self.knowledge: set[str] = set()


class Intake:
    """Takes commits in, parents before children."""

    def __init__(
        self, db: sqlite3.Connection, repo: Repository, *, shallow: Iterable[str] = (), follow: bool = False
    ) -> None:
        """`follow`: all revisions of every session come in, so that they can be followed as they come."""
        self.db = db
        self.repo = repo
        self.touched = Touched()
        self.count = 0
        self._shallow = frozenset(shallow)
        self._trees = Trees(lambda oid, path: repo.read_object(f"{oid}:{path}") is not None)
        self.histories: dict[int, SessionHistory] = {}
        self.unordered: set[int] = set()  # sessions whose revisions did not come in their order
        self._follow = follow
        self._recent: set[int] = set()  # sessions of the last batch
        ((self._next, self._revision),) = db.execute(
            "SELECT (SELECT coalesce(max(id), 0) + 1 FROM commits), (SELECT coalesce(max(id), 0) FROM session_revisions)"
        )
        self._known: dict[str, tuple[int, int]] = {}  # oid -> id, place
        self._parents: list[tuple[int, int, int]] = []
        self._revisions: list[tuple[int, str, int, int, str, str | None]] = []
        self._pages: list[tuple[int, str, str | None]] = []
        self._sessions: dict[str, int] = dict(db.execute("SELECT stem, id FROM sessions"))
        self._merges: list[tuple[int, Walked]] = []
        self._unsure: list[tuple[int, str, list[str], list[str]]] = []  # commit: stems named, stems touched
        self._clean: dict[str, str] = {}  # what was searched: people and paths come again and again

    def take(self, commits: Iterable[Walked], progress: Callable[[int], None]) -> Touched:
        """All of them; `progress` is called with their number now and then."""
        stream = iter(commits)
        while batch := list(islice(stream, _BATCH)):
            self._insert(batch)
            self.count += len(batch)
            progress(self.count)
        self._take_merges()
        rows = []
        for id_, oid, named, touched in self._unsure:
            there = [s for s in named if self._has(oid, s)] or [s for s in touched if self._has(oid, s)]
            rows += [(id_, self._session(stem)) for stem in there]
        self.db.executemany("INSERT OR IGNORE INTO commit_sessions VALUES (?, ?)", rows)
        return self.touched

    def _insert(self, batch: Sequence[Walked]) -> None:
        subjects = clean([[_subject(c.message)] for c in batch])
        self._search(text for c in batch for text in (c.author, c.email))
        self._search(storable(change.path) for c in batch for change in c.changes)
        rows, files = [], []
        for commit, (subject,) in zip(batch, subjects, strict=True):
            id_, self._next = self._next, self._next + 1
            first = commit.parents[0] if commit.parents else ""
            self._trees.take(commit.oid, first)
            rows.append((id_, commit.oid, self._clean[commit.author], self._clean[commit.email], iso(commit.authored),
                         iso(commit.committed), self._place(id_, commit), len(commit.parents), subject))  # fmt: skip
            if len(commit.parents) > 1:
                self._merges.append((id_, commit))
                continue
            whole = commit.oid not in self._shallow  # else all that it holds counts as added
            ours = []
            for change in commit.changes:
                if change.path.startswith(FOLDER + "/"):
                    ours.append(change)
                elif whole:
                    files.append((id_, self._clean[storable(change.path)], change.status, change.added, change.removed))
            for change in ours:
                self._trees.change(commit.oid, change.path, there=bool(change.oid))
            self._attribute(id_, commit, ours if whole else ())
            self._keep(id_, commit.oid, ours)
        self.db.executemany("INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self.db.executemany("INSERT INTO commit_parents VALUES (?, ?, ?)", self._parents)
        self._parents.clear()
        self.db.executemany("INSERT OR IGNORE INTO file_changes VALUES (?, ?, ?, ?, ?)", files)
        self._read()

    def _search(self, texts: Iterable[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._clean]
        self._clean.update(zip(new, (lines[0] for lines in clean([[text] for text in new])), strict=True))

    def _place(self, id_: int, commit: Walked) -> int:
        """When it was committed, but later than its parents, whatever clocks said."""
        parents = [found for parent in commit.parents if (found := self._known_at(parent))]
        place = max([commit.committed, *(before + 1 for _, before in parents)])
        self._known[commit.oid] = (id_, place)
        self._parents += [(id_, number, parent) for number, (parent, _) in enumerate(parents, 1)]
        return place

    def _known_at(self, oid: str) -> tuple[int, int] | None:
        """Id and place of a commit that came before; None for one that a shallow clone lacks."""
        found = self._known.get(oid)
        if found is None:
            found = self.db.execute("SELECT id, place FROM commits WHERE oid = ?", (oid,)).fetchone()
        return found

    def _take_merges(self) -> None:
        """A merge's own changes are those against all of its parents; what it took over is in the commits that it merged."""
        pairs = [(c.oid, parent) for _, c in self._merges for parent in c.parents]
        told = merge_changes(self.repo, pairs, FOLDER) if pairs else iter(())
        for id_, commit in self._merges:
            sides = [next(told) for _ in commit.parents]
            for change in sides[0]:
                self._trees.change(commit.oid, change.path, there=bool(change.oid))
            everywhere = set.intersection(*({c.path for c in side} for side in sides))
            own = [c for c in sides[0] if c.path in everywhere]
            self._attribute(id_, commit, own)
            self._keep(id_, commit.oid, own)
        self._read()

    def _attribute(self, id_: int, commit: Walked, ours: Sequence[Change]) -> None:
        """By the sessions that its message names, else by those whose files it touches: those that are in its tree."""
        named = named_sessions(commit.message)
        written = {checkpoint_stem(c.path) for c in ours if c.oid}
        if named and written.issuperset(named):
            self.db.executemany(
                "INSERT OR IGNORE INTO commit_sessions VALUES (?, ?)", [(id_, self._session(s)) for s in named]
            )
            return
        touched = sorted({checkpoint_stem(c.path) or branch_page_stem(c.path) for c in ours} - {""})
        if named or touched:
            self._unsure.append((id_, commit.oid, named, touched))

    def _has(self, oid: str, stem: str) -> bool:
        path = checkpoint_path(stem)
        return bool(checkpoint_stem(path)) and self._trees.has(oid, path)

    def _keep(self, id_: int, oid: str, changes: Iterable[Change]) -> None:
        """Note the versions of checkpoints, pages and knowledge. A link or submodule in their place is none."""
        for change in changes:
            blob = (change.oid or None) if change.mode in _FILE_MODES else None
            if stem := checkpoint_stem(change.path):
                session = self._session(stem)
                self.touched.sessions.add(session)
                self._revision += 1
                self._revisions.append((session, stem, self._revision, id_, oid, blob))
            elif derived(change.path):
                self.touched.pages.add(change.path)
                self._pages.append((id_, change.path, blob))
            elif name := knowledge_name(change.path):
                self.touched.knowledge.add(name)
                self.db.execute(
                    "INSERT INTO knowledge_revisions (commit_id, name, blob) VALUES (?, ?, ?)", (id_, name, blob)
                )

    def _read(self) -> None:
        """Read what was noted."""
        revisions, self._revisions = self._revisions, []
        pages, self._pages = self._pages, []
        self.db.executemany("INSERT INTO session_revisions VALUES (?, ?, ?, ?, 0, 0, NULL)",
                            [(id_, session, commit, blob) for session, _, id_, commit, _, blob in revisions])  # fmt: skip
        wanted = [row[2] for row in pages if row[2]]
        if self._follow:
            wanted += [row[5] for row in revisions if row[5]]
        blobs = self.repo.read_objects(wanted, most=MAX_BYTES + 1)
        rows = []
        for commit, path, blob in pages:
            text = (next(blobs) or b"").decode("utf-8", "replace") if blob else ""
            rows.append((commit, path, blob, *read_page_meta(text)))
        self.db.executemany("INSERT INTO handoffs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", rows)
        for session in self._recent - {row[0] for row in revisions}:
            self.histories[session].rest()
        self._recent = {row[0] for row in revisions} if self._follow else set()
        for session, stem, id_, commit, oid, blob in revisions if self._follow else ():
            history = self.histories.get(session)
            if history is None:
                history = self.histories[session] = SessionHistory(session, stem)
            order = (self._known[oid][1], oid)
            if order < history.order:
                self.unordered.add(session)
            history.order = order
            history.add(id_, commit, (next(blobs) or b"") if blob else None)

    def _session(self, stem: str) -> int:
        id_ = self._sessions.get(stem)
        if id_ is None:
            # What it says comes with its revisions.
            cursor = self.db.execute(
                "INSERT INTO sessions VALUES (NULL, 1, ?, ?, '', '', '', 0, '', '', '', '', '', NULL, '', 0, '[]', '[]', "
                "NULL, NULL, NULL, NULL, 0)",
                (stem, stem),
            )
            id_ = self._sessions[stem] = int(cursor.lastrowid or 0)
        return id_


def forget(db: sqlite3.Connection, commits: Iterable[int], touched: Touched) -> None:
    """Take out commits that are gone, and note what they touched."""
    for id_ in commits:
        touched.sessions.update(
            row[0] for row in db.execute("SELECT session_id FROM session_revisions WHERE commit_id = ?", (id_,))
        )
        for page, path, text in db.execute(
            "SELECT id, path, text FROM handoffs WHERE commit_id = ?", (id_,)
        ).fetchall():
            touched.pages.add(path)
            if text is not None:
                unword(db, page * TEXT_KINDS + HANDOFF, text)
        touched.knowledge.update(
            row[0] for row in db.execute("SELECT name FROM knowledge_revisions WHERE commit_id = ?", (id_,))
        )
        db.execute("DELETE FROM commits WHERE id = ?", (id_,))


def _subject(message: str) -> str:
    return message.lstrip("\n").partition("\n")[0].strip()


def iso(seconds: int) -> str:
    """A time as checkpoints have it, in UTC."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):
        return ""

"""A repository that is served: its state, and what it takes to read it from several threads at once."""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, cast

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.index.database import index_path, open_reading
from gitsession.store.snapshot import Snapshot
from gitsession.web.remembering import Memory
from gitsession.web.watching import State, file_stamp, glance, look
from gitsession.workflow.reindex import bring_index_up
from gitsession.workflow.sessions import slug_of

Answer = TypeVar("Answer")
_CLOSELY = 0.25  # seconds between looks at each file of `.sessions/`
_IDLE = 4  # git processes, and connections to the index, that wait for the next question
_REMEMBERED = 64
_OUTSIDE = 1.0  # seconds between looks at all files, by git
#: The commits; these and what lies in `.sessions/`; all files.
Depends = Literal["commits", "files", "all"]


class Reading(NamedTuple):
    """What one thread reads with: git, and the index as it is up to date."""

    repo: Repository
    db: sqlite3.Connection


class Project:
    """A repository under the name by which it is asked for, `slug`. All methods may be called from any thread."""

    def __init__(self, repo: Repository, slug: str, name: str) -> None:
        self.slug = slug
        self.name = name
        self.root = repo.root
        self.writing = threading.Lock()  # held by whoever writes: If-Match is true until it is done
        self._repo = repo  # asked where it lies, and for nothing else
        self._idle: list[Repository] = []
        self._connections: list[tuple[object, sqlite3.Connection]] = []
        self._lock = threading.Lock()
        self._indexing = threading.Lock()
        self._indexed = ""  # the commits that the index has
        self._memory: Memory[Any] = Memory(_REMEMBERED)
        self._looked: tuple[float, tuple[object, ...], State] | None = None

    # -- what changes

    def state(self, *, closely: bool = False) -> State:
        """Where it stands. An edit in place of a file is noticed within a quarter of a second; all else, and with `closely`, at once."""
        now, quick = time.monotonic(), glance(self._repo)
        known = self._looked
        if known and not closely and known[1] == quick and now - known[0] < _CLOSELY:
            return known[2]
        state = look(self._repo)
        self._looked = now, quick, state
        return state

    def quick_state(self) -> State | None:
        """The same where a look at a few time stamps tells; None where `state` must be asked."""
        known = self._looked
        fresh = known and time.monotonic() - known[0] < _CLOSELY and known[1] == glance(self._repo)
        return known[2] if known and fresh else None

    def stamp(self, depends: Depends = "files") -> object:
        """What is another when an answer that depends on that much may be another. A file outside of `.sessions/` counts for `all` alone,
        within a second.
        """
        state = self.state()
        if depends == "commits":
            return state.commits
        return (
            state
            if depends == "files"
            else (state, self._memory.get("outside", state, self._outside, seconds=_OUTSIDE))
        )

    def remember(
        self, key: Hashable, make: Callable[[], Answer], *, depends: Depends = "files", seconds: float = float("inf")
    ) -> Answer:
        """What `make` gives, made once as long as what it depends on is the same, and anew when it is older than `seconds`."""
        return cast(Answer, self._memory.get(key, self.stamp(depends), make, seconds=seconds))

    def _outside(self) -> object:
        """What git says that differs from the last commit, and since when."""
        with self.git() as repo:
            out = repo.git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all").out
            return out, [file_stamp(repo.path(os.fsdecode(record[3:]))) for record in out.split(b"\0")[:-1]]

    # -- reading

    @contextlib.contextmanager
    def git(self) -> Iterator[Repository]:
        """The repository, for this thread alone until the block ends."""
        with self._lock:
            repo = self._idle.pop() if self._idle else None
        repo = repo or self._new_repository()
        try:
            yield repo
        except BaseException:
            repo.close()  # whatever it was in the middle of
            raise
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(repo)
                return
        repo.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        """The repository and the index, brought up to date if there are new commits, for this thread alone."""
        self._bring_up()
        with self.git() as repo:
            file, db = self._connection(repo)
            try:
                yield Reading(repo, db)
            except BaseException:
                db.close()
                raise
        with self._lock:
            if len(self._connections) < _IDLE:
                self._connections.append((file, db))
                return
        db.close()

    def _connection(self, repo: Repository) -> tuple[object, sqlite3.Connection]:
        """A connection that nobody uses, and the file that it is of: an index that was made anew is another file."""
        file = file_stamp(index_path(repo.common_dir))[2]
        with self._lock:
            while self._connections:
                known, db = self._connections.pop()
                if known == file:
                    return file, db
                db.close()
        found = open_reading(repo.common_dir)
        if found is None:  # damaged, or of another version
            self._bring_up(anew=True)
            found = open_reading(repo.common_dir)
        if found is None:
            raise GitsessionError("the index cannot be read", "`gitsession index --rebuild` makes it anew")
        return file, found

    def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """The answer of the index; where it turns out to be damaged, of a new one."""
        try:
            with self.reading() as (_, db):
                return question(db)
        except sqlite3.DatabaseError:
            self._bring_up(anew=True)
            with self.reading() as (_, db):
                return question(db)

    def close(self) -> None:
        """End the processes that help to read."""
        with self._lock:
            idle, self._idle = self._idle, []
            connections, self._connections = self._connections, []
        for _, db in connections:
            db.close()
        for repo in idle:
            repo.close()

    def _bring_up(self, *, anew: bool = False) -> None:
        if anew or not self._is_indexed(self.state().commits):
            with self._indexing, self.git() as repo:
                commits = self.state().commits
                if (anew or not self._is_indexed(commits)) and bring_index_up(repo, anew=anew).how != "old":
                    self._indexed = commits

    def _is_indexed(self, commits: str) -> bool:
        return self._indexed == commits and os.path.exists(index_path(self._repo.common_dir))

    def _new_repository(self) -> Repository:
        known = self._repo
        repo = Repository(known.root, known.git_dir, known.common_dir, known.object_format)
        repo.env = {**known.env, "GIT_OPTIONAL_LOCKS": "0"}  # who reads does not write the git index
        return repo


def open_projects(folders: Sequence[str]) -> list[Project]:
    """The repositories that these folders lie in, each once, under names of their own. Raises NotARepositoryError, GitError."""
    projects: dict[str, Project] = {}
    slugs: set[str] = set()
    for folder in folders:
        repo = Repository.open(folder)
        if repo.root in projects:
            continue
        name = _name(repo)
        base = slug = slug_of(name, "project")
        number = 1
        while slug in slugs:
            number += 1
            slug = f"{base}-{number}"
        slugs.add(slug)
        projects[repo.root] = Project(repo, slug, name)
    return list(projects.values())


def _name(repo: Repository) -> str:
    """What `project.yml` says, else the folder's name."""
    folder = os.path.basename(repo.root.rstrip(os.sep)) or "project"
    try:
        with repo:
            return Snapshot.of_worktree(repo).settings.name.strip() or folder
    except GitsessionError:
        return folder

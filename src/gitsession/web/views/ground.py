"""What all views of a project begin with."""

import sqlite3
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, cast

from gitsession.errors import FormatError, SessionError
from gitsession.git import Repository
from gitsession.index.growth import Grown, read_growth
from gitsession.index.stats import Group, read_stats
from gitsession.index.timeline import Span, read_timeline
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.handoff import Handoff
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.reading import handoff_at, handoff_now
from gitsession.workflow.sessions import Progress, default_branch, over

Remember = Callable[[str, Callable[[], Any]], Any]


def _anew(_: str, make: Callable[[], Any]) -> Any:
    return make()


class SessionLine(NamedTuple):
    """A session in a list, with what it came to."""

    stem: str
    title: str
    state: str  # in progress, completed, abandoned, merged, followed, removed, active
    branch: str
    author: str
    agent: str
    started: str  # ISO 8601 in UTC
    ended: str
    commits: int
    planned: int  # steps
    done: int
    open: int
    hours: float

    @property
    def number(self) -> str:
        """What people call it."""
        return self.stem.partition("-")[0]


class Ground:
    """One project at one moment: as the work tree has it, or as a commit does. It is asked by one thread, and not kept.

    `remember` gives what was made for another page in the same state, else makes it.
    """

    def __init__(self, repo: Repository, db: sqlite3.Connection, rev: str = "", remember: Remember = _anew) -> None:
        self._remember = remember
        self.repo = repo
        self.db = db
        self.rev = rev

    @cached_property
    def snapshot(self) -> Snapshot:
        """The checkpoints."""
        return Snapshot.of_commit(self.repo, self.rev) if self.rev else Snapshot.of_worktree(self.repo)

    @cached_property
    def main(self) -> str:
        """The default branch."""
        return default_branch(self.repo, self.snapshot.settings)

    @cached_property
    def branch(self) -> str:
        """The branch that this is seen from."""
        return self.main if self.rev else self.repo.branch()

    @cached_property
    def in_progress(self) -> str:
        """The stem of the session in progress here; of a commit, that of its handoff."""
        if not self.rev:
            return Progress(self.repo, self.snapshot).stem()
        return self.handoff.session if self.snapshot.oids else ""

    @cached_property
    def handoff(self) -> Handoff:
        """The project's handoff. Raises SessionError where no session is kept."""
        return handoff_at(self.repo, self.rev) if self.rev else handoff_now(self.repo)

    @cached_property
    def checkpoints(self) -> dict[str, Checkpoint]:
        """All that can be read, in their order."""
        return {c.stem: c for c in self.snapshot.checkpoints()}

    @cached_property
    def sessions(self) -> dict[str, SessionLine]:
        """All sessions that history or the work tree knows, oldest first; of a commit, those that it holds."""
        return cast(dict[str, SessionLine], self._remember("pages: sessions", self._all))

    def _all(self) -> dict[str, SessionLine]:
        groups = {g.name: g for g in read_stats(self.db).groups}
        spans = [span for span in read_timeline(self.db) if not self.rev or span.session in self.snapshot.oids]
        lines = {span.session: self._committed(span, groups[span.session]) for span in spans}
        new = {stem: self._new(c) for stem, c in self.checkpoints.items() if stem not in lines}
        return {
            line.stem: line
            for line in sorted([*lines.values(), *new.values()], key=lambda line: (line.started, line.stem))
        }

    @cached_property
    def growth(self) -> list[Grown]:
        """The trend of these sessions, oldest first."""
        return cast(list[Grown], self._remember("pages: trend", self._trend))

    def _trend(self) -> list[Grown]:
        return [grown for grown in read_growth(self.db, self.repo) if grown.session in self.sessions]

    def session(self, stem: str) -> SessionLine:
        """One of them. Raises SessionError."""
        line = self.sessions.get(stem)
        if line is None:
            raise SessionError(f"no session {stem!r}", "the timeline names all")
        return line

    def checkpoint(self, stem: str) -> Checkpoint | None:
        """A session's checkpoint; None where it is not there, or cannot be read."""
        try:
            return self.snapshot.checkpoint(stem)
        except FormatError:
            return None

    def neighbours(self, stem: str) -> tuple[SessionLine | None, SessionLine | None]:
        """The sessions before and after one."""
        lines = list(self.sessions.values())
        at = list(self.sessions).index(stem)
        return (lines[at - 1] if at else None, lines[at + 1] if at + 1 < len(lines) else None)

    def _committed(self, span: Span, group: Group) -> SessionLine:
        return SessionLine(span.session, span.title, self._state(span.session), span.branch, span.author, span.agent, span.started,
                           span.ended, span.commits, group.planned, group.done, group.open, span.hours)  # fmt: skip

    def _new(self, c: Checkpoint) -> SessionLine:
        """One that no commit holds yet."""
        steps = [f for f in c.facts if f.kind == "step" and not f.dropped]
        done = sum(f.box == "x" for f in steps)
        return SessionLine(c.stem, c.title, self._state(c.stem), c.branch, c.author, c.agent, c.started, c.ended, 0, len(steps), done,
                           len(steps) - done, 0.0)  # fmt: skip

    def _state(self, stem: str) -> str:
        checkpoint = self.checkpoints.get(stem)
        if checkpoint is None:
            return "removed" if self._deleted(stem) else "on another branch"
        if stem == self.in_progress:
            return "in progress"
        return (
            over(
                checkpoint,
                self._followers.get((checkpoint.branch, checkpoint.author), ()),
                on_branch=self.branch,
                default=self.main,
            )
            or "active"
        )

    @cached_property
    def _followers(self) -> dict[tuple[str, str], list[Checkpoint]]:
        """The last session of each author on each branch: only that one can show another to be over."""
        return {(c.branch, c.author): [c] for c in self.checkpoints.values()}

    def _deleted(self, stem: str) -> bool:
        row = self.db.execute("SELECT deleted FROM sessions WHERE stem = ?", (stem,)).fetchone()
        return bool(row and row[0])

"""What `check` looks at: the git index, and the work tree where it differs."""

import os
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from gitsession.errors import FormatError
from gitsession.git import Repository
from gitsession.git.entries import GITLINK
from gitsession.model.checkpoint import Checkpoint
from gitsession.store.files import read_file
from gitsession.store.layout import FOLDER, SETTINGS, checkpoint_stem
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.sessions import Progress, default_branch, need_sessions


class Version(NamedTuple):
    """A file under `.sessions/`. `staged`: only the git index has it so, the work tree has it otherwise."""

    path: str
    data: bytes
    staged: bool


class Scope:
    """One look at a repository. Raises GitsessionError where it keeps no sessions."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.entries = repo.index_entries(FOLDER)
        self.here = Snapshot.of_worktree(repo)
        if not self.entries:
            need_sessions(repo, self.here)
        self.head = repo.head_oid()
        self.changes = repo.staged()
        self.staged = Snapshot.of_index(repo, self.entries, frozenset(c.path for c in self.changes))
        self.unmerged = sorted({e.path for e in self.entries if e.stage})
        # Without a lock on the git index (which `git diff` would take all the same) to note there what was found.
        quiet = {"GIT_OPTIONAL_LOCKS": "0"}
        status = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules")
        self.edited = {line[3:] for line in self._lines(*status, env=quiet) if line[1] != " "}
        self.untracked = {path for path in self._lines("ls-files", "-z", "--others") if not path.endswith("/")}
        self.lacking: list[str] = []  # files whose object is not in this partial clone
        self.settings_errors: list[tuple[FormatError, bool]] = []  # with whether only the git index has it so
        for snapshot in (self.here, self.staged):
            try:
                _ = snapshot.settings
            except FormatError as e:
                if snapshot is self.here or SETTINGS in self.edited:
                    self.settings_errors.append((e, snapshot is self.staged))
                snapshot.settings_oid = ""  # all else is looked at as if there were none
        self.progress = Progress(repo, self.here)
        self.default = default_branch(repo, self.here.settings)
        #: The branch whose work this is: in a pull request on GitHub, HEAD is detached at a merge of it.
        self.branch = self.progress.branch or os.environ.get("GITHUB_HEAD_REF", "")

    @cached_property
    def checkpoints(self) -> list[Checkpoint]:
        """Those of the work tree that can be read, in order; the others are problems of `here` after that."""
        return self.here.checkpoints()

    @cached_property
    def versions(self) -> list[Version]:
        """Every file under `.sessions/` as it is, tracked or not; then those that the git index has otherwise."""
        now, staged = [], []
        entries = [e for e in self.entries if not e.stage and e.mode != GITLINK]
        for entry, data in zip(entries, self.repo.read_objects(e.oid for e in entries), strict=True):
            if data is None:
                self.lacking.append(entry.path)
            elif entry.path in self.edited:
                staged.append(Version(entry.path, data, staged=True))
            else:
                now.append(Version(entry.path, data, staged=False))
        return sorted([*now, *self._on_disk()]) + staged

    @cached_property
    def unreadable(self) -> list[FormatError]:
        """Files on disk that are no files: links, devices, or closed to us."""
        _ = self.versions
        return self._unreadable

    def _on_disk(self) -> Iterator[Version]:
        self._unreadable: list[FormatError] = []
        for path in sorted(self.edited | self.untracked):
            try:
                data = read_file(self.repo.root, path)
            except FormatError as e:
                self._unreadable.append(e)
                continue
            if data is not None:
                yield Version(path, data, staged=False)

    @cached_property
    def data(self) -> dict[str, bytes]:
        """The bytes of each file: of the work tree, of the git index where it is not on disk."""
        return {v.path: v.data for v in reversed(self.versions)}

    def line_of(self, path: str, key: str) -> int:
        """The line of a key of a checkpoint's front matter, 1 where it has none."""
        lines = self.data.get(path, b"").split(b"\n---", 1)[0].split(b"\n")
        return next((n for n, line in enumerate(lines, 1) if line.startswith(key.encode() + b":")), 1)

    def is_there(self, stem: str) -> bool:
        """True for a session whose checkpoint is in the work tree or in the git index."""
        return stem in self.here.oids or stem in self.staged.oids or any(
            checkpoint_stem(path) == stem for path in (*self.unmerged, *self.untracked)
        )  # fmt: skip

    def _lines(self, *command: str, env: dict[str, str] | None = None) -> list[str]:
        return os.fsdecode(self.repo.git(*command, "--", FOLDER, env=env).out).split("\0")[:-1]

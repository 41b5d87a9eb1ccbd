"""All checkpoints at one place: the git index, the work tree, or a commit; and their fold."""

import hashlib
import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.formats.settings import parse_settings
from gitsession.git import IndexEntry, Repository
from gitsession.git.repository import EMPTY_BLOB
from gitsession.model.checkpoint import CHECKPOINT_FIELDS, Checkpoint
from gitsession.model.fact import Fact
from gitsession.model.fold import Fold
from gitsession.model.folding import FoldState, WholeNeededError, ordered
from gitsession.model.keeping import dump_fold, resume_fold
from gitsession.model.settings import Settings
from gitsession.store.cache import load_cache, store_cache
from gitsession.store.files import read_file
from gitsession.store.layout import FOLDER, SETTINGS, checkpoint_path, checkpoint_stem

_SYMLINK = "120000"


class Problem(NamedTuple):
    """A checkpoint that cannot be read."""

    path: str
    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Snapshot:
    """Checkpoints and settings as they stand at one place. `oids` maps stem to blob id, in the order of paths."""

    def __init__(
        self, repo: Repository, oids: dict[str, str], read: Callable[[str, str], bytes], settings_oid: str,
        pages: dict[str, str] | None = None, problems: Iterable[Problem] = (),
    ) -> None:  # fmt: skip
        self.repo = repo
        self.oids = oids
        self.settings_oid = settings_oid
        self.pages = pages or {}  # path -> oid of derived files
        self.problems: list[Problem] = list(problems)
        self._read = read
        self._settings: Settings | None = None

    # -- where from

    @classmethod
    def of_index(
        cls, repo: Repository, entries: list[IndexEntry] | None = None, added: frozenset[str] = frozenset()
    ) -> "Snapshot":
        """The git index. `added` are paths known to be staged: an empty blob elsewhere is a mere intent to add."""
        entries = repo.index_entries(FOLDER) if entries is None else entries
        empty = EMPTY_BLOB[repo.object_format]
        return cls._of_entries(repo, [e for e in entries if e.stage in (0, 2) and (e.oid != empty or e.path in added)])

    @classmethod
    def of_commit(cls, repo: Repository, rev: str) -> "Snapshot":
        """A commit's tree. Raises GitError for an unknown revision."""
        return cls._of_entries(repo, repo.tree_entries(rev, FOLDER))

    @classmethod
    def _of_entries(cls, repo: Repository, entries: Iterable[IndexEntry]) -> "Snapshot":
        oids, pages, settings, problems = {}, {}, "", []
        for entry in entries:
            stem = checkpoint_stem(entry.path)
            if stem and entry.mode == _SYMLINK:
                problems.append(Problem(entry.path, 1, "is a symbolic link", "put the file itself there"))
            elif stem:
                oids[stem] = entry.oid
            elif entry.path == SETTINGS:
                settings = entry.oid
            else:
                pages[entry.path] = entry.oid

        def read(oid: str, path: str) -> bytes:
            data = repo.read_object(oid)
            if data is None:
                raise FormatError(
                    path, 1, f"its object {oid[:12]} is missing here", "git fetch gets what a partial clone lacks"
                )
            return data

        return cls(repo, oids, read, settings, pages, problems)

    @classmethod
    def of_worktree(cls, repo: Repository) -> "Snapshot":
        """The files in the work tree, staged or not."""
        oids: dict[str, str] = {}
        bytes_of: dict[str, bytes] = {}
        problems: list[Problem] = []
        folder = repo.path(FOLDER)
        names = []
        if os.path.isdir(folder) and not os.path.islink(folder):
            names = sorted(os.listdir(folder))
        elif os.path.lexists(folder):
            problems.append(Problem(FOLDER, 1, "is not a folder", "move it away"))
        settings = ""
        for name in names:
            path = f"{FOLDER}/{name}"
            stem = checkpoint_stem(path)
            if not stem and path != SETTINGS:
                continue
            try:
                data = read_file(repo.root, path)
            except FormatError as e:
                problems.append(Problem(path, e.line, e.reason, e.hint))
                continue
            if data is None:
                continue
            oid = blob_oid(data, repo.object_format)
            bytes_of[oid] = data
            if stem:
                oids[stem] = oid
            else:
                settings = oid
        for path, oid in _kept_off(repo):
            data = repo.read_object(oid)
            if data is not None:
                bytes_of[oid] = data
                stem = checkpoint_stem(path)
                if stem:
                    oids.setdefault(stem, oid)
                elif path == SETTINGS:
                    settings = settings or oid
        return cls(repo, dict(sorted(oids.items())), lambda oid, _: bytes_of[oid], settings, None, problems)

    # -- what it says

    @property
    def settings(self) -> Settings:
        """The project's settings. Raises FormatError when `project.yml` cannot be read."""
        if self._settings is None:
            self._settings = (
                parse_settings(self._read(self.settings_oid, SETTINGS)) if self.settings_oid else Settings()
            )
        return self._settings

    @property
    def digest(self) -> str:
        """A digest of all checkpoints and the settings (sha256, 16 hex digits)."""
        return hashlib.sha256(f"{self._key()}{self.settings_oid}".encode()).hexdigest()[:16]

    def checkpoint(self, stem: str) -> Checkpoint | None:
        """One checkpoint; None where there is none. Raises FormatError when it cannot be read."""
        oid = self.oids.get(stem)
        path = checkpoint_path(stem)
        return parse_checkpoint(self._read(oid, path), stem, path) if oid else None

    def unreadable(self, stem: str) -> bool:
        """True for a checkpoint that is there and cannot be read."""
        try:
            return self.checkpoint(stem) is None
        except FormatError:
            return True

    def add(self, stem: str, data: bytes) -> None:
        """Take in a checkpoint that was written a moment ago."""
        oid = blob_oid(data, self.repo.object_format)
        read = self._read
        self._read = lambda o, path: data if o == oid else read(o, path)
        self.oids = dict(sorted({**self.oids, stem: oid}.items()))

    def data(self, stem: str) -> bytes:
        """Bytes of a checkpoint that is there."""
        return self._read(self.oids[stem], checkpoint_path(stem))

    def checkpoints(self, *, but: str = "") -> list[Checkpoint]:
        """All that can be read, in order of the fold, parsed once per blob ever. The others become `problems`."""
        cached = load_cache(self.repo.common_dir, "checkpoints") or {}
        result, fresh = [], {}
        for stem, oid in self.oids.items():
            if stem == but:
                continue
            plain = cached.get(oid)
            if plain is None:
                try:
                    checkpoint = self.checkpoint(stem)
                except FormatError as e:
                    self._problem(Problem(e.path, e.line, e.reason, e.hint))
                    continue
                assert checkpoint is not None  # noqa: S101  (its oid is there)
                fresh[oid] = (
                    *(getattr(checkpoint, f) for f in CHECKPOINT_FIELDS[1:]),
                    tuple(tuple(f) for f in checkpoint.facts),
                )
            else:
                checkpoint = Checkpoint(stem, *(*plain[:-1], tuple(map(Fact._make, plain[-1]))))
            result.append(checkpoint)
        if fresh:
            if len(cached) > 2 * len(self.oids) + 1000:  # blobs that nobody has any more
                cached = {oid: cached[oid] for oid in self.oids.values() if oid in cached}
            store_cache(self.repo.common_dir, "checkpoints", {**cached, **fresh})
        return ordered(result)

    def fold(self, active: str = "", growing: str | None = None) -> Fold:
        """The project's state, `active` being the session in progress.

        The fold of all sessions but `growing` (the active one, unless said otherwise) is kept from commit to commit.
        """
        focus = self.checkpoint(active) if active in self.oids else None
        last = active if growing is None else growing
        newest = self.checkpoint(last) if last in self.oids else None
        state = self._resumed(last, newest) or self._folded(last, newest)
        return state.result(self.settings, focus)

    def _resumed(self, last: str, newest: Checkpoint | None) -> FoldState | None:
        """The kept fold with the newest checkpoint on top; None where it is of other checkpoints, or does not go on."""
        kept = load_cache(self.repo.common_dir, "fold")
        if not kept or kept[0] != self._key(but=last):
            return None
        try:
            state = resume_fold(kept[1], newest)
            if newest is not None:
                state.add(newest)
        except WholeNeededError:
            return None
        for problem in kept[2]:
            self._problem(Problem(*problem))
        return state

    def _folded(self, last: str, newest: Checkpoint | None) -> FoldState:
        """The fold of all, that of all but `last` kept for the next time."""
        others = self.checkpoints(but=last)
        state = FoldState()
        for checkpoint in others:
            state.add(checkpoint)
        problems = [(p.path, p.line, p.message, p.hint) for p in self.problems]
        store_cache(self.repo.common_dir, "fold", (self._key(but=last), dump_fold(state), problems))
        if newest is None:
            return state
        whole = ordered([*others, newest])
        if whole[-1] is not newest:
            state = FoldState()
            for checkpoint in whole[:-1]:
                state.add(checkpoint)
        state.add(whole[-1])
        return state

    def _key(self, but: str = "") -> str:
        lines = "".join(f"{stem} {oid}\n" for stem, oid in self.oids.items() if stem != but)
        return hashlib.sha256(lines.encode()).hexdigest()

    def _problem(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _kept_off(repo: Repository) -> list[tuple[str, str]]:
    """(path, blob id) of the files in `.sessions/` that a sparse checkout keeps off the disk."""
    if not os.path.exists(os.path.join(repo.git_dir, "info", "sparse-checkout")):
        return []
    found = []
    for record in repo.git("ls-files", "-t", "-s", "-z", "--", FOLDER).out.split(b"\0")[:-1]:
        meta, _, path = record.partition(b"\t")
        tag, _, oid, _ = meta.decode().split(" ")
        if tag == "S":
            found.append((os.fsdecode(path), oid))
    return found


def blob_oid(data: bytes, object_format: str) -> str:
    """The id that git gives to these bytes as a blob."""
    return hashlib.new(object_format, b"blob %d\0" % len(data) + data).hexdigest()

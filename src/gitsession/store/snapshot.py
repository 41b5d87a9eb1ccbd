"""All checkpoints at one place: the git index, the work tree, or a commit; and their fold."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gitsession.errors import FormatError, GitError
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.formats.settings import parse_settings
from gitsession.git import IndexEntry, Repository, StagedChange
from gitsession.git.entries import parse_tree
from gitsession.git.repository import EMPTY_BLOB
from gitsession.model.checkpoint import CHECKPOINT_FIELDS, Checkpoint
from gitsession.model.fact import Fact
from gitsession.model.fold import Fold, suffices
from gitsession.model.folding import FoldState, WholeNeededError, ordered
from gitsession.model.keeping import NEAR, resume_fold
from gitsession.model.numbers import Numbers, number_of, numbers_of, with_stem
from gitsession.model.settings import Settings
from gitsession.store.cache import load_cache, store_cache
from gitsession.store.files import read_file
from gitsession.store.kept import Kept, load_kept, store_kept
from gitsession.store.layout import (
    BRANCH_PAGES,
    FOLDER,
    KNOWLEDGE,
    MASTER,
    SETTINGS,
    checkpoint_path,
    checkpoint_stem,
    knowledge_name,
    knowledge_path,
)
from gitsession.store.listing import Listing

_SYMLINK = "120000"
_FILES = ("100644", "100755")
_PAGES = "handoffs"
_KNOWLEDGE = "knowledge"
_FEW = 100  # checkpoints that are folded on top of what is kept
_SMALL = 64 * 1024  # of a checkpoint: what is larger is read when it is its turn
#: In the folder, and nothing that the fold or the names of sessions depend on.
_NOT_FOLDED = ("HANDOFF.md", "README.md", ".gitattributes", "project.yml", _PAGES, _KNOWLEDGE, "allowed")


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
        self, repo: Repository, oids: Mapping[str, str], read: Callable[[str, str], bytes], settings_oid: str,
        pages: dict[str, str] | None = None, problems: Iterable[Problem] = (), knowledge: dict[str, str] | None = None, *,
        from_git: bool = True,
    ) -> None:  # fmt: skip
        self.repo = repo
        self.oids = oids
        self._kept: Kept | None = None
        self._sums: dict[str, int] = {}  # of all checkpoints but one
        self._parsed: dict[str, tuple[str, Checkpoint]] = {}  # stem -> blob id, checkpoint
        self._ahead: dict[str, bytes] = {}  # by blob id: what was read before it is asked for
        self.settings_oid = settings_oid
        self.pages = pages or {}  # path -> oid of derived files
        self.knowledge = knowledge or {}  # name -> oid
        self.problems: list[Problem] = list(problems)
        self._read = read
        self._from_git = from_git
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
    def of_staged(cls, repo: Repository, changes: Iterable[StagedChange]) -> "Snapshot | None":
        """The git index, from HEAD's tree and what is staged on top: without listing it whole. None where only `of_index` will do."""
        raw = repo.read_tree(f"HEAD:{FOLDER}")
        listing = Listing(raw or b"", len(EMPTY_BLOB[repo.object_format]) // 2)
        if not raw or not listing.plain:
            return None
        pages = {}
        if listing.has_folder(_PAGES):
            tree = repo.read_tree(f"HEAD:{FOLDER}/{_PAGES}") or b""
            pages = {BRANCH_PAGES + name: oid for _, name, oid in parse_tree(tree, repo.object_format)}
        knowledge = _knowledge_of_head(repo) if listing.has_folder(_KNOWLEDGE) else {}
        for change in changes:
            folder, _, name = change.path.removeprefix(FOLDER + "/").rpartition("/")
            if change.path == FOLDER or (change.status != "D" and change.mode != "100644"):
                return None
            if folder == _PAGES and change.status == "D":
                pages.pop(change.path, None)
            elif folder == _PAGES:
                pages[change.path] = change.oid
            elif folder == _KNOWLEDGE:
                knowledge[knowledge_name(change.path)] = "" if change.status == "D" else change.oid
            elif not folder:
                listing = listing.drop(name) if change.status == "D" else listing.put(name, change.oid)
        if oid := listing.oid(MASTER.rpartition("/")[2]):
            pages[MASTER] = oid
        knowledge = {name: oid for name, oid in knowledge.items() if name and oid}
        return cls(repo, listing, _reader(repo), listing.oid(SETTINGS.rpartition("/")[2]), pages, (), knowledge)

    @classmethod
    def of_commit(cls, repo: Repository, rev: str) -> "Snapshot":
        """A commit's tree. Raises GitError for an unknown revision."""
        return cls._of_entries(repo, repo.tree_entries(rev, FOLDER))

    @classmethod
    def _of_entries(cls, repo: Repository, entries: Iterable[IndexEntry]) -> "Snapshot":
        oids, pages, settings, problems, known = {}, {}, "", [], {}
        for entry in entries:
            stem = checkpoint_stem(entry.path)
            if stem and entry.mode == _SYMLINK:
                problems.append(Problem(entry.path, 1, "is a symbolic link", "put the file itself there"))
            elif stem:
                oids[stem] = entry.oid
            elif entry.path == SETTINGS:
                settings = entry.oid
            elif name := knowledge_name(entry.path):
                if entry.mode in _FILES:
                    known[name] = entry.oid
            else:
                pages[entry.path] = entry.oid

        return cls(repo, oids, _reader(repo), settings, pages, problems, known)

    @classmethod
    def of_worktree(cls, repo: Repository) -> "Snapshot":
        """The files in the work tree, staged or not."""
        found: dict[str, str] = {}  # path -> id
        bytes_of: dict[str, bytes] = {}
        problems: list[Problem] = []
        for path in filter(_is_read, _on_disk(repo, problems)):
            try:
                data = read_file(repo.root, path)
            except FormatError as e:
                problems.append(Problem(path, e.line, e.reason, e.hint))
                continue
            if data is not None:
                found[path] = blob_oid(data, repo.object_format)
                bytes_of[found[path]] = data
        for path, oid in _kept_off(repo):
            if _is_read(path) and path not in found:
                data = repo.read_object(oid)
                if data is None:
                    raise _missing(path, oid)
                bytes_of[oid] = data
                found[path] = oid
        oids = {stem: oid for path, oid in sorted(found.items()) if (stem := checkpoint_stem(path))}
        knowledge = {name: oid for path, oid in found.items() if (name := knowledge_name(path))}
        return cls(repo, oids, lambda oid, _: bytes_of[oid], found.get(SETTINGS, ""), None, problems, knowledge,
                   from_git=False)  # fmt: skip

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
        """A digest of all checkpoints, the settings and knowledge (16 hex digits): the sum of the sha256 of each."""
        known = next(iter(self._sums), "")
        total = self._sum(known) + (entry_sum(known, self.oids[known]) if known in self.oids else 0)
        total += sum(entry_sum(knowledge_path(name), oid) for name, oid in self.knowledge.items())
        return f"{(total + entry_sum(SETTINGS, self.settings_oid)) % 2**64:016x}"

    @property
    def numbers(self) -> Numbers:
        """What must be known of all stems to name one."""
        kept = self._kept
        if kept is None or not isinstance(self.oids, Listing):
            return numbers_of(self.oids)
        if kept.growing not in self.oids:
            return kept.numbers
        return with_stem(kept.numbers, kept.growing, taken=self.oids.numbered(number_of(kept.growing)) > 1)

    def checkpoint(self, stem: str) -> Checkpoint | None:
        """One checkpoint; None where there is none. Raises FormatError when it cannot be read."""
        oid = self.oids.get(stem)
        if not oid:
            return None
        known = self._parsed.get(stem)
        if known is None or known[0] != oid:
            path = checkpoint_path(stem)
            data = self._ahead.pop(oid, None)
            known = oid, parse_checkpoint(self._read(oid, path) if data is None else data, stem, path)
            self._parsed[stem] = known
        return known[1]

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
        self._sums, self._kept = {}, None

    def data(self, stem: str) -> bytes:
        """Bytes of a checkpoint that is there."""
        return self._read(self.oids[stem], checkpoint_path(stem))

    def knowledge_data(self, name: str) -> bytes:
        """Bytes of a piece of knowledge that is there."""
        return self._read(self.knowledge[name], knowledge_path(name))

    def checkpoints(self, *, but: str = "") -> list[Checkpoint]:
        """All that can be read, in order of the fold, parsed once per blob ever. The others become `problems`."""
        cached = load_cache(self.repo.common_dir, "checkpoints") or {}
        result, fresh = [], {}
        wanted = [(stem, oid) for stem, oid in self.oids.items() if stem != but]
        self._read_ahead([oid for _, oid in wanted if oid not in cached])
        for stem, oid in wanted:
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
        last = active if growing is None else growing
        newest = self._there(last)
        kept = self._load(last)
        state = kept and self._resumed(kept.whole(self.repo.common_dir), newest)
        state = state or self._folded(last, newest)
        return state.result(self.settings, self._there(active))

    def page_fold(self, active: str, growing: str, most: int) -> Fold:
        """The same, with all facts in force that a page may show which lists `most` of each kind; others may be counted only."""
        kept = self._load(growing)
        state = self._resumed(kept.near, self._there(growing)) if kept and most <= NEAR else None
        if state is not None:
            fold = state.result(self.settings, self._there(active))
            if suffices(fold, active, most):
                return fold
        return self.fold(active, growing)

    def _there(self, stem: str) -> Checkpoint | None:
        return self.checkpoint(stem) if stem in self.oids else None

    def _load(self, growing: str) -> Kept | None:
        """The kept fold of all checkpoints but `growing`; None where what is kept is of others."""
        kept = load_kept(self.repo.common_dir)
        if kept is None or kept.growing != growing:
            return None
        rest = self._rest(growing)
        if not rest or rest != kept.raw:
            if self._sum(growing) != kept.sum:
                return None
            if rest:
                kept.store_raw(self.repo.common_dir, rest)
        self._sums[growing] = kept.sum
        self._kept = kept
        for problem in kept.problems:
            self._problem(Problem(*problem))
        return kept

    @staticmethod
    def _resumed(dumped: object, newest: Checkpoint | None) -> FoldState | None:
        """A kept fold with the newest checkpoint on top; None where that does not go on, or needs more than was kept."""
        if dumped is None:
            return None
        try:
            state = resume_fold(dumped, newest)
            if newest is not None:
                state.add(newest)
        except WholeNeededError:
            return None
        return state

    def _folded(self, last: str, newest: Checkpoint | None) -> FoldState:
        """The fold of all, that of all but `last` kept for the next time."""
        state = self._grown(last)
        others: list[Checkpoint] = []
        if state is None:
            others = self.checkpoints(but=last)
            state = FoldState()
            for checkpoint in others:
                state.add(checkpoint)
        problems = [(p.path, p.line, p.message, p.hint) for p in self.problems]
        raw = self._rest(last)
        numbers = numbers_of(stem for stem in self.oids if stem != last)
        store_kept(self.repo.common_dir, last, self._sum(last), raw, numbers, state, problems)
        if newest is None:
            return state
        if state.comes_next(newest):
            state.add(newest)
            return state
        state = FoldState()
        for checkpoint in ordered([*(others or self.checkpoints(but=last)), newest]):
            state.add(checkpoint)
        return state

    def _grown(self, last: str) -> FoldState | None:
        """The fold of all but `last` as a kept one and the few checkpoints that came since: a session began, others were pulled."""
        kept = load_kept(self.repo.common_dir)
        if kept is None or not kept.raw or not isinstance(self.oids, Listing):
            return None
        before = dict(Listing(kept.raw, self.oids.width))
        now = {stem: oid for stem, oid in self.oids.items() if stem != last}
        new = [stem for stem, oid in now.items() if before.get(stem) != oid]
        if (
            len(new) > _FEW
            or any(now.get(stem) != oid for stem, oid in before.items())
            or any(map(self.unreadable, new))
        ):
            return None
        try:
            state = resume_fold(kept.whole(self.repo.common_dir), None)
            for checkpoint in ordered(c for stem in new if (c := self.checkpoint(stem))):
                if not state.comes_next(checkpoint):
                    return None
                state.add(checkpoint)
        except (WholeNeededError, TypeError):  # TypeError: it is not there any more
            return None
        for problem in kept.problems:
            self._problem(Problem(*problem))
        return state

    def _rest(self, last: str) -> bytes:
        """Git's listing of all checkpoints but one, empty where it is not known."""
        return self.oids.without(f"{last}.md", *_NOT_FOLDED) if isinstance(self.oids, Listing) else b""

    def _read_ahead(self, oids: list[str]) -> None:
        """Read many small blobs at once, from where git has them."""
        if self._from_git:
            for oid, data in zip(oids, self.repo.read_objects(oids), strict=True):
                if data is not None and len(data) <= _SMALL:
                    self._ahead[oid] = data

    def _sum(self, but: str) -> int:
        if but not in self._sums:
            self._sums[but] = sum(entry_sum(stem, oid) for stem, oid in self.oids.items() if stem != but)
        return self._sums[but]

    def _problem(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _is_read(path: str) -> bool:
    return bool(checkpoint_stem(path) or knowledge_name(path)) or path == SETTINGS


def _on_disk(repo: Repository, problems: list[Problem]) -> list[str]:
    """The paths of what lies in the folder, and in that of knowledge; not through links."""
    paths = []
    for place in (FOLDER, KNOWLEDGE.removesuffix("/")):
        folder = repo.path(place)
        if os.path.isdir(folder) and not os.path.islink(folder):
            paths += [f"{place}/{name}" for name in sorted(os.listdir(folder))]
        elif os.path.lexists(folder):
            problems.append(Problem(place, 1, "is not a folder", "move it away"))
            break
    return paths


def _knowledge_of_head(repo: Repository) -> dict[str, str]:
    """Name to blob id."""
    tree = repo.read_tree(f"HEAD:{FOLDER}/{_KNOWLEDGE}") or b""
    entries = parse_tree(tree, repo.object_format)
    return {knowledge_name(KNOWLEDGE + name): oid for mode, name, oid in entries if mode in _FILES}


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


def _missing(path: str, oid: str) -> GitError:
    """Nothing is a function of a part of the checkpoints, and no cache may keep it: so this ends whatever wanted all."""
    return GitError(
        f"{path}: its object {oid[:12]} is missing here",
        f"in a partial clone, `git sparse-checkout add {FOLDER}` or `git show {oid[:12]}` gets it",
    )


def blob_oid(data: bytes, object_format: str) -> str:
    """The id that git gives to these bytes as a blob."""
    return hashlib.new(object_format, b"blob %d\0" % len(data) + data).hexdigest()


def entry_sum(name: str, oid: str) -> int:
    """What a checkpoint adds to the digest of all: a sum needs no order, and is known again when one of them changes."""
    return int.from_bytes(hashlib.sha256(f"{name} {oid}".encode()).digest())


def _reader(repo: Repository) -> Callable[[str, str], bytes]:
    def read(oid: str, path: str) -> bytes:
        data = repo.read_object(oid)
        if data is None:
            raise _missing(path, oid)
        return data

    return read

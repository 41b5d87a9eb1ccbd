"""From a snapshot to the handoff: gathers what the page is a function of."""

import hashlib
import os
from collections.abc import Callable, Container, Sequence

from gitsession.errors import GitError, GitsessionError
from gitsession.git import Repository, StagedChange
from gitsession.git.entries import GITLINK, parse_tree
from gitsession.git.history import Commit, changes_of, named_sessions, recent_commits
from gitsession.handoff import derive, most_listed
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.handoff import BYTES_PER_TOKEN, Handoff, Source, TouchedFile
from gitsession.secretscan.redaction import redact_lines
from gitsession.store.cache import load_cache, store_cache
from gitsession.store.layout import FOLDER, branch_page_stem, checkpoint_stem
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.sessions import over

_KEPT = 400  # commits in the cache beyond those of the branch in work
_FILES = 100  # more than a page's share for files holds
#: Digits of a source tree's id that a checkpoint holds.
SOURCE_DIGITS = 12


class Past:
    """The commits below, as they bear on sessions."""

    def __init__(self, commits: Sequence[Commit], stems: Container[str]) -> None:
        self.commits = commits
        self._stems = stems
        self._sessions: dict[str, list[str]] = {}

    def sessions_of(self, commit: Commit) -> list[str]:
        """The sessions that a commit belongs to: those its message names, else those whose files it touches."""
        found = self._sessions.get(commit.oid)
        if found is None:
            found = self._sessions[commit.oid] = self._attribute(commit)
        return found

    def _attribute(self, commit: Commit) -> list[str]:
        named = [s for s in named_sessions(commit.message) if s in self._stems]
        if named:
            return named
        touched = {checkpoint_stem(path) or branch_page_stem(path) for _, path in commit.changes}
        return sorted(stem for stem in touched if stem in self._stems)


def past(repo: Repository, snapshot: Snapshot, *revs: str) -> Past:
    """The last 200 commits reachable from `revs`; read once each, by a cache that knows them by id."""
    cached = {plain[0]: Commit(*plain) for plain in load_cache(repo.common_dir, "commits") or ()}
    commits, complete = recent_commits(repo, revs, cached, aside=FOLDER)
    if complete and any(c.oid not in cached for c in commits):
        # Those of other branches are kept for a while: people switch.
        here = {c.oid for c in commits}
        older = [c for c in cached.values() if c.oid not in here][:_KEPT]
        store_cache(repo.common_dir, "commits", [tuple(c) for c in (*commits, *older)])
    # Those that name only sessions that are gone belong to the sessions whose files they touch.
    lost = [
        c.oid for c in commits if (names := named_sessions(c.message)) and not any(s in snapshot.oids for s in names)
    ]
    if lost and complete:
        whole = changes_of(repo, lost)
        commits = [c._replace(changes=whole.get(c.oid, c.changes)) for c in commits]
    return Past(commits, snapshot.oids)


def make_source(
    repo: Repository, snapshot: Snapshot, *, session: str, branch: str, revs: Sequence[str], changes: Sequence[StagedChange] = (),
    source_id: Callable[[], str], master: bool, growing: str | None = None,
    budget: int | None = None,
) -> Source:  # fmt: skip
    """All that the page of `session` is derived from, at `snapshot`, with history below `revs` and `changes` on top of it.

    `source_id` gives the id of the source that all this makes; it is asked for only where a fact was observed on one.
    `growing` is the session whose checkpoint changes from commit to commit, where that is not `session`. `budget` is as for
    `derive_page`.
    """
    checkpoint = snapshot.checkpoint(session) if session else None
    limit = BYTES_PER_TOKEN * (budget or (checkpoint.budget if checkpoint else 0) or snapshot.settings.budget)
    fold = snapshot.page_fold(session, session if growing is None else growing, most_listed(limit))
    before = past(repo, snapshot, *revs)
    recent = {c.stem for c in fold.recent}
    files = _clean_files(touched_files(before, session, changes)[:_FILES])
    known = None
    if snapshot.knowledge:
        from gitsession.store.knowledge import fitting  # of use to few

        known = fitting(snapshot, checkpoint or (fold.recent[-1] if fold.recent else None), files)
    observed = any(i.kind == "state" and i.source for i in fold.in_force)
    return Source(
        settings=snapshot.settings,
        fold=fold,
        session=checkpoint,
        branch=branch,
        stems=snapshot.numbers,
        files=files,
        subjects=[(stem, redact_lines(lines)) for stem, lines in subjects(before, but=session) if stem in recent],
        source_id=source_id() if observed else "",
        checkpoints_digest=snapshot.digest,
        folder_up="" if master else "../",
        knowledge=known,
    )


def touched_files(before: Past, session: str, changes: Sequence[StagedChange]) -> tuple[TouchedFile, ...]:
    """Files that sessions changed, those of the session in progress first. A set: it is the same before and after an amend."""
    sessions: dict[str, set[str]] = {}
    latest: dict[str, str] = {}
    added: set[str] = set()
    for change in changes if session else ():
        if not _aside(change.path):
            sessions.setdefault(change.path, set()).add(session)
            latest.setdefault(change.path, change.status)
            if change.status == "A":
                added.add(change.path)
    for commit in before.commits:
        stems = before.sessions_of(commit)
        for status, path in commit.changes:
            if _aside(path):
                continue
            latest.setdefault(path, status)
            if stems:
                sessions.setdefault(path, set()).update(stems)
                if status == "A" and session in stems:
                    added.add(path)
    rows = [
        TouchedFile(path, tuple(sorted(stems, key=lambda s: (s == session, s))), new=path in added)
        for path, stems in sessions.items()
        if latest.get(path) != "D"
    ]
    rows.sort(key=lambda f: f.path)
    rows.sort(key=lambda f: (session in f.stems, max(f.stems), len(f.stems)), reverse=True)
    return tuple(rows)


def _aside(path: str) -> bool:
    return path == FOLDER or path.startswith(FOLDER + "/")


def subjects(before: Past, *, but: str = "") -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Per session, the subjects of its commits, newest first, each once; not of those that only changed `.sessions/`.

    Not of the session `but`, which is in progress: its last commit may be amended any time, and a page must not depend on that.
    """
    found: dict[str, dict[str, None]] = {}
    for commit in before.commits:
        if commit.subject and not (commit.changes and all(_aside(path) for _, path in commit.changes)):
            for stem in before.sessions_of(commit):
                if stem != but:
                    found.setdefault(stem, {})[commit.subject] = None
    return tuple((stem, tuple(lines)) for stem, lines in found.items())


def _clean_files(files: Sequence[TouchedFile]) -> tuple[TouchedFile, ...]:
    """Without those whose name looks like a secret: a part of it leads nowhere."""
    names = [" ".join(f.path.split()) for f in files]
    return tuple(f for f, name, clean in zip(files, names, redact_lines(names), strict=True) if name == clean)


def source_of_tree(repo: Repository, tree: str) -> str:
    """Id (12 hex) of a tree without its `.sessions/`: the same for the same source, whatever the checkpoints say."""
    data = repo.read_object(tree)
    if data is None:
        raise GitError(f"tree {tree[:12]} is missing here")
    kept = (entry for entry in parse_tree(data, repo.object_format) if entry[:2] != ("40000", FOLDER))
    body = b"".join(f"{mode} ".encode() + os.fsencode(name) + b"\0" + bytes.fromhex(oid) for mode, name, oid in kept)
    return hashlib.new(repo.object_format, b"tree %d\0" % len(body) + body).hexdigest()[:SOURCE_DIGITS]


def source_of_worktree(repo: Repository) -> str:
    """The same for all tracked and unignored files as they are now; empty where git cannot take them all in.

    Of a throw-away copy of the git index, with a throw-away folder for objects: nothing of it stays in the repository.
    """
    import shutil  # not on the way of a commit, which does not come here
    import tempfile

    try:
        with tempfile.TemporaryDirectory(prefix="gitsession-") as folder:
            index, objects = os.path.join(folder, "index"), os.path.join(folder, "objects")
            os.mkdir(objects)
            real = repo.env.get("GIT_INDEX_FILE") or os.path.join(repo.git_dir, "index")
            if os.path.exists(real):
                shutil.copy2(real, index)
            theirs = repo.env.get("GIT_OBJECT_DIRECTORY") or os.path.join(repo.common_dir, "objects")
            others = [theirs, *filter(None, [repo.env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")])]
            env = {**repo.env, "GIT_INDEX_FILE": index, "GIT_OBJECT_DIRECTORY": objects,
                   "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(others)}  # fmt: skip
            with Repository(repo.root, repo.git_dir, repo.common_dir, repo.object_format) as copy:
                copy.env = env
                copy.git("add", "-A", "--", ".", f":(exclude){FOLDER}")
                _leave_out_embedded(repo, copy)
                return source_of_tree(copy, copy.text("write-tree"))
    except (GitsessionError, OSError):
        return ""


def _leave_out_embedded(repo: Repository, copy: Repository) -> None:
    """Take out of `copy`'s index what `add -A` took for submodules: worktrees and clones that lie in this work tree, and are none of it."""
    links = [c.path for c in copy.staged() if c.status == "A" and c.mode == GITLINK]
    if links:
        added = {e.path for e in repo.index_entries()}
        copy.update_index([("0", "", path) for path in links if path not in added])


def worktree_changes(repo: Repository) -> list[StagedChange]:
    """What the work tree changes against HEAD, untracked files included."""
    changes = {c.path: c for c in repo.staged()}
    out = repo.git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all").out
    for record in out.split(b"\0")[:-1]:
        code, path = record[:2].decode(), os.fsdecode(record[3:])
        if path.endswith("/"):  # another repository, or a worktree, that lies in this one
            continue
        status = "A" if code in ("??", "A ", "AM") else "D" if "D" in code else "M"
        changes[path] = StagedChange(status, path, "")
    return list(changes.values())


def newest_active(checkpoints: Sequence[Checkpoint], branch: str, default: str) -> str:
    """The newest session of a branch that is not over, among the newest of all."""
    for checkpoint in reversed(checkpoints):
        if checkpoint.branch == branch and not over(checkpoint, checkpoints, on_branch=branch, default=default):
            return checkpoint.stem
    return ""


def derive_page(source: Source, budget: int | None = None) -> Handoff:
    """The handoff of a source. A budget in the session's front matter goes before the project's."""
    return derive(source, budget or (source.session.budget if source.session else 0) or None)

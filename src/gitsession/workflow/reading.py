"""What people and programs ask: the handoff now or at a commit, whether a stored page is true, where the project stands."""

from collections.abc import Callable
from dataclasses import dataclass

from gitsession.errors import FormatError, GitError, SessionError, visible
from gitsession.git import Repository
from gitsession.git.entries import StagedChange
from gitsession.git.history import Commit, changes_of, is_shallow, read_commit
from gitsession.handoff import compare, parse_page
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Fold, Item
from gitsession.model.handoff import Handoff
from gitsession.secretscan.redaction import redact_lines
from gitsession.store.layout import FOLDER, MASTER, branch_page_path, branch_page_stem, checkpoint_path
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.derive import (
    Past,
    derive_page,
    make_source,
    newest_active,
    past,
    source_of_tree,
    source_of_worktree,
    subjects,
    worktree_changes,
)
from gitsession.workflow.intake import waiting_lines
from gitsession.workflow.record import open_items
from gitsession.workflow.sessions import Progress, default_branch, find_session, need_sessions, over


@dataclass(frozen=True, slots=True)
class Checked:
    """What `handoff --check` finds of one stored page: wrong, behind, current, or unknown where it cannot be verified."""

    path: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list. `over` is why it is over, empty while it is in progress somewhere."""

    checkpoint: Checkpoint
    over: str
    in_progress: bool  # on the branch in work
    open: int  # facts in force that it opened


@dataclass(frozen=True, slots=True)
class Status:
    """Where the project stands on this branch."""

    branch: str
    session: Checkpoint | None
    items: tuple[Item, ...]  # open, numbered from 1 in this order
    fold: Fold
    commits: int  # of the session
    recorded: int  # of these, those that changed its facts
    problems: tuple[str, ...]
    handoff: str  # "current", "behind", "wrong", "unknown", "none"
    unstaged: bool  # its checkpoint has changes that are not staged
    waiting: tuple[str, ...]  # what the inbox holds for this branch, in lines


def handoff_now(repo: Repository, *, session: str = "", budget: int | None = None) -> Handoff:
    """The handoff of the work tree as it is now; no stored page is trusted."""
    snapshot = Snapshot.of_worktree(repo)
    need_sessions(repo, snapshot)
    progress = Progress(repo, snapshot)
    main = default_branch(repo, snapshot.settings)
    stem = find_session(session, snapshot.oids) if session else progress.stem()
    if not stem:
        stem = newest_active(snapshot.page_fold("", "", 0).recent, progress.branch, main)
    others = repo.merge_heads()
    source = make_source(
        repo, snapshot, session=stem, branch=progress.branch, revs=[repo.head_oid(), *others], changes=() if others else worktree_changes(repo),
        source_id=lambda: source_of_worktree(repo), master=progress.branch == main or not stem,
        budget=budget,
    )  # fmt: skip
    return derive_page(source, budget)


def handoff_at(repo: Repository, rev: str, *, session: str = "", budget: int | None = None) -> Handoff:
    """The handoff of a commit, derived from its tree and the history below it."""
    oid = _commit(repo, rev)
    snapshot = Snapshot.of_commit(repo, oid)
    if not snapshot.oids and not snapshot.settings_oid:
        raise SessionError(f"{rev} holds no sessions", "they begin later: git log --oneline -- .sessions")
    if session:
        stem = find_session(session, snapshot.oids)
        path = branch_page_path(stem) if branch_page_path(stem) in snapshot.pages else MASTER
    else:
        stem, path = _page_of(repo, snapshot, oid)
    return _derive_at(repo, snapshot, oid, path, stem, budget)


def check_pages(repo: Repository, rev: str = "HEAD") -> list[Checked]:
    """Each stored page of a commit against what its checkpoints say."""
    oid = _commit(repo, rev)
    snapshot = Snapshot.of_commit(repo, oid)
    return judge_pages(repo, snapshot, lambda path, stem: _derive_at(repo, snapshot, oid, path, stem, None))


def judge_pages(repo: Repository, snapshot: Snapshot, derive: Callable[[str, str], Handoff]) -> list[Checked]:
    """Each stored page of a snapshot against what `derive` gives for its path and the session that it names."""
    results = []
    for path in sorted(snapshot.pages):
        if path != MASTER and not branch_page_stem(path):
            continue
        data = repo.read_object(snapshot.pages[path]) or b""
        text = data.decode("utf-8", "replace")
        parsed = parse_page(text)
        if parsed is None:
            results.append(
                Checked(
                    path, "wrong", "its closing comment is gone, so it was edited by hand; the next commit mends it"
                )
            )
            continue
        stem = parsed[1].session if parsed[1].session in snapshot.oids else ""
        status, reason = compare(text, derive(path, stem))
        if status == "behind" and is_shallow(repo):
            status, reason = "unknown", "this is a shallow clone, so what comes from history cannot be verified"
        results.append(Checked(path, status, reason))
    return results


def _derive_at(repo: Repository, snapshot: Snapshot, oid: str, path: str, stem: str, budget: int | None) -> Handoff:
    commit = read_commit(repo, oid)
    # As the hook does: what a commit changes is its own session's work, not that of another page in it.
    own = stem in Past([commit], snapshot.oids).sessions_of(commit)
    changes = [StagedChange(status, name, "") for status, name in commit.changes] if own else []
    checkpoint = snapshot.checkpoint(stem) if stem else None
    branch = checkpoint.branch if checkpoint and path != MASTER else default_branch(repo, snapshot.settings)
    source = make_source(repo, snapshot, session=stem, branch=branch, revs=commit.parents, changes=changes,
                         source_id=lambda: source_of_tree(repo, repo.text("rev-parse", oid + "^{tree}")), master=path == MASTER,
                         budget=budget)  # fmt: skip
    return derive_page(source, budget)


def _page_of(repo: Repository, snapshot: Snapshot, oid: str) -> tuple[str, str]:
    """The session and the page that a commit belongs to: a branch's where the commit is that session's, else the master."""
    commit = read_commit(repo, oid)
    for stem in Past([commit], snapshot.oids).sessions_of(commit):
        if branch_page_path(stem) in snapshot.pages:
            return stem, branch_page_path(stem)
    data = repo.read_object(snapshot.pages[MASTER]) if MASTER in snapshot.pages else None
    parsed = parse_page(data.decode("utf-8", "replace")) if data else None
    stem = parsed[1].session if parsed and parsed[1].session in snapshot.oids else ""
    return stem, MASTER


def _commit(repo: Repository, rev: str) -> str:
    done = repo.git("rev-parse", "-q", "--verify", "--end-of-options", rev + "^{commit}", check=False)
    if done.code:
        if rev == "HEAD":
            raise GitError(
                "there is no commit yet", "the first one holds the first handoff; `gitsession handoff` shows it now"
            )
        raise GitError(f"{rev!r} names no commit", "give a commit, a branch or a tag, such as HEAD~3")
    return done.out.decode().strip()


def session_rows(repo: Repository) -> list[SessionRow]:
    """All sessions of the work tree, in order. What cannot be read is left out."""
    snapshot = Snapshot.of_worktree(repo)
    need_sessions(repo, snapshot)
    checkpoints = snapshot.checkpoints()
    progress = Progress(repo, snapshot)
    stem = progress.stem()
    main = default_branch(repo, snapshot.settings)
    force = snapshot.fold(stem).in_force
    opened: dict[str, int] = {}
    for item in force:
        opened[item.stem] = opened.get(item.stem, 0) + 1
    return [
        SessionRow(
            c,
            over(c, checkpoints, on_branch=progress.branch, default=main) if c.stem != stem else "",
            c.stem == stem,
            opened.get(c.stem, 0),
        )
        for c in checkpoints
    ]


def find_checkpoint(repo: Repository, word: str) -> tuple[Checkpoint, bytes]:
    """A session's checkpoint in the work tree, by any of its names; the one in progress without a name."""
    snapshot = Snapshot.of_worktree(repo)
    stem = _find(repo, snapshot, word)
    checkpoint = snapshot.checkpoint(stem)
    assert checkpoint is not None  # noqa: S101  (its stem was found)
    return checkpoint, snapshot.data(stem)


def find_path(repo: Repository, word: str) -> tuple[str, str]:
    """Stem and path of a session's checkpoint, which need not be readable, by any of its names; of the one in progress without."""
    stem = _find(repo, Snapshot.of_worktree(repo), word)
    return stem, checkpoint_path(stem)


def _find(repo: Repository, snapshot: Snapshot, word: str) -> str:
    need_sessions(repo, snapshot)
    stem = find_session(word, snapshot.oids) if word else Progress(repo, snapshot).stem()
    if not stem:
        raise SessionError("no session is in progress on this branch", "name one: `gitsession list` shows all")
    return stem


def read_status(repo: Repository) -> Status:
    """Where the project stands."""
    snapshot = Snapshot.of_worktree(repo)
    need_sessions(repo, snapshot)
    progress = Progress(repo, snapshot)
    stem = progress.stem()
    fold = snapshot.fold(stem)
    head = repo.head_oid()
    mine: list[Commit] = []
    if stem and head:
        before = past(repo, snapshot, head)
        mine = [c for c in before.commits if stem in before.sessions_of(c)]
    path = checkpoint_path(stem)
    recorded = sum(map(bool, changes_of(repo, [c.oid for c in mine], path).values()))
    unstaged = False
    if stem:
        index = {e.path: e.oid for e in repo.index_entries(path)}
        unstaged = path not in index or repo.git("diff-files", "--quiet", "--", path, check=False).code != 0
    handoff = stored_handoff(repo, snapshot, progress)
    return Status(
        branch=progress.branch,
        session=snapshot.checkpoint(stem) if stem else None,
        items=tuple(open_items(fold, stem)),
        fold=fold,
        commits=len(mine),
        recorded=recorded,
        problems=tuple(str(p) for p in snapshot.problems),
        handoff=handoff,
        unstaged=unstaged,
        waiting=tuple(waiting_lines(repo, progress.branch, stem, progress.keys)),
    )


_STORED = {
    "current": "the stored handoff is current",
    "behind": "the stored handoff is behind, the next commit refreshes it",
    "wrong": "the stored handoff was edited by hand, the next commit mends it",
    "none": "no handoff is stored yet",
}


def stored_handoff(repo: Repository, snapshot: Snapshot, progress: Progress) -> str:
    """How the page that is stored in the git index stands to these checkpoints: current, behind, wrong, or none."""
    stem = progress.stem()
    on_main = progress.branch == default_branch(repo, snapshot.settings)
    page = MASTER if on_main or not stem else branch_page_path(stem)
    stored = Snapshot.of_index(repo)
    if page not in stored.pages:
        return "none"
    parsed = parse_page((repo.read_object(stored.pages[page]) or b"").decode("utf-8", "replace"))
    return "wrong" if parsed is None else "current" if parsed[1].checkpoints == snapshot.digest else "behind"


def live_lines(repo: Repository) -> list[str]:
    """What no page can know: HEAD against the handoff, what is not committed or pushed, sessions elsewhere. Never written to a file."""
    lines: list[str] = []
    head = repo.text("log", "-1", "--format=%h %s", check=False)
    branch = repo.branch() or "detached HEAD"
    snapshot = Snapshot.of_worktree(repo)
    progress = Progress(repo, snapshot)
    stored = _STORED[stored_handoff(repo, snapshot, progress)]
    lines.append(f"On {branch}" + (f" at {head}" if head else ", no commit yet") + f"; {stored}")
    changes = worktree_changes(repo)
    paths = sorted(c.path for c in changes)
    if paths:
        some = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        lines.append(f"Not committed: {len(paths)} file{'s' * (len(paths) != 1)}: {some}")
    else:
        lines.append("Not committed: nothing")
    lines += waiting_lines(repo, progress.branch, progress.stem(), progress.keys)
    if head:
        lines += _commits(repo)
        ahead = repo.text("rev-list", "--count", "@{upstream}..HEAD", check=False)
        if ahead.isdigit() and ahead != "0":
            upstream = repo.text("rev-parse", "--abbrev-ref", "@{upstream}", check=False)
            lines.append(f"Not pushed: {ahead} commit{'s' * (ahead != '1')} ahead of {upstream}")
        elif not ahead.isdigit() and repo.text("remote", check=False):
            lines.append(f"Not pushed: {branch} has no upstream branch")
    lines += _elsewhere(repo)
    return [visible(line) for line in redact_lines(lines)]


def _commits(repo: Repository) -> list[str]:
    """The session's own commits, which its page leaves out because the last of them may yet be amended."""
    snapshot = Snapshot.of_worktree(repo)
    stem = Progress(repo, snapshot).stem()
    if not stem:
        return []
    told = [lines for session, lines in subjects(past(repo, snapshot, "HEAD")) if session == stem]
    some = told[0] if told else ()
    if not some:
        return []
    more = f"; and {len(some) - 5} more" if len(some) > 5 else ""
    return ["Commits of this session, newest first: " + "; ".join(some[:5]) + more]


def _elsewhere(repo: Repository) -> list[str]:
    """Sessions in progress on other branches, fetched or local, and the files that they touch."""
    head = repo.head_oid()
    if not head:
        return []
    here = Snapshot.of_worktree(repo)
    own = Progress(repo, here).stem()
    main = default_branch(repo, here.settings)
    out = repo.text(
        "for-each-ref",
        "--sort=-committerdate",
        "--count=30",
        "--format=%(objectname) %(refname)",
        "refs/heads",
        "refs/remotes",
    )
    lines: list[str] = []
    seen = {own}
    for line in out.splitlines():
        oid, _, ref = line.partition(" ")
        name = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
        if oid == head or name.endswith("/HEAD"):
            continue
        try:
            there = Snapshot.of_commit(repo, oid)
        except GitError:
            continue  # its tree is not in this partial clone
        for stem in reversed(list(there.oids)):
            if stem in seen or there.oids[stem] == here.oids.get(stem):
                continue
            seen.add(stem)
            try:
                checkpoint = there.checkpoint(stem)
            except FormatError:
                continue
            if checkpoint is None or checkpoint.status != "active":
                continue
            if name.rpartition("/")[2] == main.rpartition("/")[2] and checkpoint.branch != main:
                continue  # merged
            who = ", ".join(filter(None, (checkpoint.author, checkpoint.agent)))
            files = [
                f
                for f in repo.text("diff", "--name-only", "--no-renames", "-z", f"{head}...{oid}", check=False).split(
                    "\0"
                )
                if f
            ]
            files = [f for f in files if not f.startswith(FOLDER + "/")]
            some = ", ".join(files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
            lines.append(
                f"In progress on {name}: [{stem}] {checkpoint.title}"
                + (f" ({who})" if who else "")
                + (f"; touches {some}" if files else "")
            )
        if len(lines) >= 8:
            break
    return lines

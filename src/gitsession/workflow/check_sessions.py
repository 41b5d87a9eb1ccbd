"""Sessions that say `active` and should be over, and a branch's key that names none."""

import time
from collections.abc import Iterator

from gitsession.git.history import is_shallow
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.remark import Remark
from gitsession.store.layout import checkpoint_path
from gitsession.workflow.check_scope import Scope
from gitsession.workflow.derive import past
from gitsession.workflow.sessions import branch_key, merged, over

STALE_DAYS = 14
_NAMED = 3
_WHY = {
    "merged": "their branch was merged into the default branch",
    "followed": "their author began a later one on the same branch",
}


def examine_sessions(scope: Scope) -> list[Remark]:
    """What of sessions people would want to end, or to know to be over."""
    current = scope.progress.stem()
    newest: dict[tuple[str, str], Checkpoint] = {}
    for c in scope.checkpoints:
        newest[c.branch, c.author] = max(c, newest.get((c.branch, c.author), c), key=lambda c: c.order)
    done: dict[str, list[str]] = {}
    rest = []
    for c in scope.checkpoints:
        if c.status != "active":
            continue
        why = ""
        if c.stem != current:
            why = over(c, [newest[c.branch, c.author]], on_branch=scope.progress.branch, default=scope.default)
            why = why or "merged" * merged(scope.repo, scope.here.settings, c)
        if why:
            done.setdefault(why, []).append(c.stem)
        else:
            rest.append(c)
    remarks = [_told(why, stems) for why, stems in sorted(done.items())]
    gone = {r.path: r for r in _branch_gone(scope, [c for c in rest if c.stem != current])}
    stale = [r for r in _stale(scope, rest) if r.path not in gone]
    return [*_key(scope), *remarks, *gone.values(), *stale]


def _told(why: str, stems: list[str]) -> Remark:
    """Nobody has to write that they are over: they count so, and their files may say what they said."""
    some = ", ".join(stems[-_NAMED:]) + (f" and {len(stems) - _NAMED} earlier" if len(stems) > _NAMED else "")
    one = len(stems) == 1
    message = (
        f"{len(stems)} session{'s' * (not one)} of status active count{'s' * one} as over, since {_WHY[why]}: {some}"
    )
    return Remark("note", "session-over", None, None, message)


def _branch_gone(scope: Scope, sessions: list[Checkpoint]) -> Iterator[Remark]:
    if not sessions or not scope.head or is_shallow(scope.repo) or not _knows_all_branches(scope):
        return
    repo = scope.repo
    names = repo.text("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split("\n")
    names += repo.text("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes").split("\n")
    there = {*names, scope.branch}
    committed = _committed(scope)
    for c in sessions:
        path = checkpoint_path(c.stem)
        if c.branch and c.branch not in there and path in committed:
            message = f"is active, and its branch {c.branch} is gone here and on every remote"
            yield Remark("warning", "session-branch-gone", path, scope.line_of(path, "branch"), message, _END)


def _knows_all_branches(scope: Scope) -> bool:
    """Not a clone of a single branch."""
    remotes = scope.repo.text("remote", check=False)
    return not remotes or "refs/heads/*" in scope.repo.text(
        "config", "--get-regexp", r"^remote\..*\.fetch$", check=False
    )


def _stale(scope: Scope, sessions: list[Checkpoint]) -> Iterator[Remark]:
    if not sessions or not scope.head or is_shallow(scope.repo):
        return
    before = past(scope.repo, scope.here, scope.head)
    latest: dict[str, int] = {}
    for commit in before.commits:
        for stem in before.sessions_of(commit):
            latest[stem] = max(commit.when, latest.get(stem, 0))
    committed = _committed(scope)
    for c in sessions:
        path = checkpoint_path(c.stem)
        if path not in committed:
            continue  # somebody works on it now
        when = latest.get(c.stem) or int(scope.repo.text("log", "-1", "--format=%ct", "HEAD", "--", path) or 0)
        days = int((time.time() - when) / 86400)
        if when and days >= STALE_DAYS:
            message = f"is active, and its last commit is {days} days old"
            yield Remark("warning", "session-stale", path, scope.line_of(path, "status"), message, _END)


def _committed(scope: Scope) -> set[str]:
    """Paths of checkpoints that are as HEAD has them."""
    changed = {c.path for c in scope.changes} | scope.edited | scope.untracked
    return {checkpoint_path(stem) for stem in scope.staged.oids} - changed


def _key(scope: Scope) -> Iterator[Remark]:
    branch = scope.progress.branch
    stem = scope.progress.keys.get(branch, "") if branch else ""
    if stem and not scope.is_there(stem):
        message = f"{branch_key(branch)} names the session {stem}, which is not here"
        yield Remark("warning", "key-gone", None, None, message, "it counts as none", fixable=True)


_END = "whoever worked on it: `gitsession complete` on its branch, or `status: completed` (or `abandoned`) in the file"

"""Stored pages: whether each is what its checkpoints give, and deriving those anew that are not."""

from collections.abc import Iterator

from gitsession.errors import FormatError, GitsessionError
from gitsession.git.history import read_commit
from gitsession.handoff import parse_page
from gitsession.model.handoff import RENDERER, Handoff
from gitsession.model.remark import Level, Remark
from gitsession.store.layout import MASTER, branch_page_stem, checkpoint_stem, derived
from gitsession.workflow.check_scope import Scope
from gitsession.workflow.commit import REPLAYING
from gitsession.workflow.derive import derive_page, make_source, newest_active, source_of_tree
from gitsession.workflow.pages import put_page, remove_page
from gitsession.workflow.reading import Checked, check_pages, judge_pages
from gitsession.workflow.sessions import Progress


def examine_pages(scope: Scope) -> list[Remark]:
    """Pages that are wrong, behind, missing, edited, or in the way. Nothing of them while something is in conflict."""
    if scope.unmerged or scope.settings_errors:
        return []
    remarks = list(_edited(scope))
    strays = {path: why for path in scope.staged.pages if (why := _stray(scope, path))}
    # Where the Action refreshes the master, nobody's commit need ever be made on the default branch.
    level: Level = "note" if _on_default(scope) and scope.staged.settings.master == "ci" else "warning"
    for path, why in strays.items():
        remarks.append(Remark(level, "page-stray", path, None, why, _mended_by(scope), fixable=True))
    try:
        remarks += [r for checked in _judged(scope) if checked.path not in strays for r in _remark(scope, checked)]
    except FormatError:
        pass  # of a checkpoint, and told as such: its page waits
    except GitsessionError as e:
        remarks.append(
            Remark("note", "page-unknown", None, None, f"pages cannot be verified here: {e.message}", e.hint)
        )
    if _on_default(scope) and MASTER not in scope.staged.pages:
        remarks.append(Remark(level, "page-missing", MASTER, None, "is not in git", _mended_by(scope), fixable=True))
    if scope.repo.operation() in REPLAYING:  # nothing is derived while git replays commits
        remarks = [r._replace(fixable=False) for r in remarks]
    return remarks


def _judged(scope: Scope) -> list[Checked]:
    """Against the commit at HEAD; where something is staged, against the commit that it would make."""
    if scope.changes or not scope.head:
        return judge_pages(scope.repo, scope.staged, lambda path, stem: derive_next(scope, path, stem))
    judged = check_pages(scope.repo)
    if not scope.progress.branch and any(c.status == "behind" for c in judged):
        # A pull request's merge commit, which GitHub makes for the time being: its pages are as true as in the branch.
        for parent in read_commit(scope.repo, scope.head).parents[1:]:
            pages = {e.path: e.oid for e in scope.repo.tree_entries(parent, *scope.staged.pages)}
            true = {c.path: c for c in check_pages(scope.repo, parent) if c.status == "current"}
            judged = [true.get(c.path, c) if pages.get(c.path) == scope.staged.pages[c.path] else c for c in judged]
    return judged


def _remark(scope: Scope, checked: Checked) -> Iterator[Remark]:
    path, here = checked.path, _on_default(scope)
    # The master waits for the default branch, and another branch's page for that branch.
    branches = [c.branch for c in scope.checkpoints if c.stem == branch_page_stem(path)]
    due = here if path == MASTER else bool(scope.branch) and scope.branch in branches
    if checked.status == "wrong":
        mendable = path != MASTER or here
        hint = _mended_by(scope) if mendable else f"get back what it was: git checkout {scope.default} -- {path}"
        message = checked.reason.removesuffix("; the next commit mends it")
        yield Remark("error", "page-wrong", path, None, message, hint, fixable=mendable)
    elif checked.status == "unknown":
        old = due and _of_older_version(scope, path)  # nobody's commit need ever come to it, with `master: ci`
        yield Remark("note", "page-unknown", path, None, checked.reason, _mended_by(scope) if old else "", fixable=old)
    elif checked.status == "behind" and due:
        expected = scope.changes or not scope.head or (path == MASTER and scope.staged.settings.master == "ci")
        level: Level = "note" if expected else "warning"
        message = f"is behind: {checked.reason}"
        yield Remark(level, "page-behind", path, None, message, _mended_by(scope), fixable=True)


def _of_older_version(scope: Scope, path: str) -> bool:
    page = parse_page((scope.repo.read_object(scope.staged.pages[path]) or b"").decode("utf-8", "replace"))
    return page is not None and page[1].renderer < RENDERER


def _edited(scope: Scope) -> Iterator[Remark]:
    for version in scope.versions:
        path = version.path
        if path in scope.edited and not version.staged and path in scope.staged.pages and derived(path):
            message = "is derived, and was edited by hand"
            hint = "edit the checkpoints instead; the next commit writes it anew and keeps your edits as an object"
            yield Remark("warning", "page-edited", path, None, message, hint, fixable=True)


def _stray(scope: Scope, path: str) -> str:
    stem = branch_page_stem(path)
    if not stem:
        return ""
    if stem not in scope.staged.oids:
        return "is the page of a session whose checkpoint is not here"
    return "is a branch's page, and its session is on the default branch now" if _on_default(scope) else ""


def _on_default(scope: Scope) -> bool:
    return scope.progress.branch == scope.default


def _mended_by(scope: Scope) -> str:
    if _on_default(scope) and scope.staged.settings.master == "ci":
        return "the Action sees to it, on the default branch"
    return "the next commit sees to it"


def derive_next(scope: Scope, path: str, stem: str) -> Handoff:
    """The page of a session as the next commit is to hold it: what is staged, on top of HEAD."""
    repo, snapshot = scope.repo, scope.staged
    session = _in_progress(scope)
    touched = {checkpoint_stem(c.path) for c in scope.changes}
    own = stem == session if session else stem in touched
    checkpoint = snapshot.checkpoint(stem) if stem and path != MASTER else None
    branch = checkpoint.branch if checkpoint else scope.default
    # What a merge brings is the work of its own sessions, and history below its other parents tells which.
    others = repo.merge_heads()
    changes = scope.changes if own and not others else ()
    source = make_source(repo, snapshot, session=stem, branch=branch, revs=[scope.head, *others], changes=changes,
                         source_id=lambda: source_of_tree(repo, repo.text("write-tree")), master=path == MASTER,
                         growing=session)  # fmt: skip
    return derive_page(source)


def _in_progress(scope: Scope) -> str:
    progress = Progress(scope.repo, scope.staged)
    return progress.stem() or progress.ending()


def mend_page(scope: Scope, remark: Remark) -> list[str]:
    """Derive and stage a page that is wrong, behind or missing; take one away that is in the way. Lines for people."""
    path = remark.path or MASTER
    old = scope.staged.pages.get(path, "")
    kept = [f"{path}: what stood there: git cat-file -p {old[:12]}"]
    if remark.code == "page-stray":
        return [f"{path}: removed", *kept, *remove_page(scope.repo, path, old)]
    if remark.code == "page-edited":
        text = (scope.repo.read_object(old) or b"").decode("utf-8", "replace")
        return [f"{path}: written anew", *put_page(scope.repo, path, text, old)]
    stem = branch_page_stem(path) or _in_progress(scope)
    if not stem:
        stem = newest_active(scope.staged.page_fold("", "", 0).recent, scope.progress.branch, scope.default)
    lines = put_page(scope.repo, path, derive_next(scope, path, stem).text, old)
    return [f"{path}: derived and staged", *(kept if remark.code == "page-wrong" else ()), *lines]

"""What people do, ready to be hit: a table of operations, and a runner that hits each at one place."""

import random
import re
import shutil
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_MAIN = "from gitsession.cli import main; main()"


class Operation(NamedTuple):
    """`run` is what people type ("gitsession" or "git" first), `target` whose Python is hit in it."""

    target: str
    run: tuple[str, ...]
    prepare: Callable[[Any], object] = lambda project: None
    again: tuple[tuple[int, str], ...] = ((0, ""),)  # (exit code, words on stderr) that doing it again may give
    stops: bool = False  # what kills this hook stops git, too
    init: bool = True
    redo: tuple[str, ...] = ()  # how people finish it, where not by doing it again
    repeats: bool = True  # that gives what doing it once gives
    narrow: bool = False  # the places that all recordings, or all commits, pass are left to another one
    shown: str = ""  # after a blow at this place it does not, and git shows what is left


def _stage(project, *names):
    for name in names:
        project.write(name, f"{name}\n")
    project.git("add", *names)


def _session(project):
    project.gs("start", "Add login")
    project.gs("decide", "Use argon2id")
    project.gs("todo", "Rate-limit it")


def _committed(project):
    _session(project)
    project.commit("Begin login")


def _working(project):
    _committed(project)
    project.gs("decide", "Use Redis")
    _stage(project, "redis.py")


def _ended(project):
    _working(project)
    project.gs("complete")


def _branch(project):
    _committed(project)
    project.git("switch", "-q", "-c", "topic")
    _stage(project, "topic.py")


def _begun_elsewhere(project):
    _session(project)
    project.git("switch", "-q", "-c", "topic")


def _topic(project):
    """On main, which has gone on; a session on `topic` has a page of its own."""
    _branch(project)
    project.git("commit", "-q", "-m", "Topic")
    project.gs("decide", "Only on topic")
    project.commit("More topic")
    project.git("switch", "-q", "main")


def _secret(project):
    _working(project)
    token = "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))
    project.write(".sessions/slip.md", f"- {token}\n")
    project.git("add", ".sessions/slip.md")


def _secret_committed(project):
    _remote(project)
    _secret(project)
    project.git("commit", "-q", "--no-verify", "-m", "Slip")


def _diverged(project):
    _topic(project)
    project.commit("Main goes on", main="m")


def _merged(project):
    """The page of a branch lies on main, to be removed by the next commit."""
    _diverged(project)
    project.git("merge", "-q", "--no-edit", "topic")
    _stage(project, "next.py")


def _rebasing(project):
    _diverged(project)
    project.git("switch", "-q", "topic")


def _partial(project):
    _working(project)
    project.write("README.md", "# Changed\n")


def _template(project):
    _working(project)
    project.write(".git/template", "Why:\n")
    project.git("config", "commit.template", ".git/template")


def _remote(project):
    _working(project)
    project.git("commit", "-q", "-m", "Work")
    project.git("init", "-q", "--bare", str(project.root.parent / "remote"))
    project.git("remote", "add", "origin", "../remote")


_COMMIT = ("git", "commit", "-q", "-m", "Work")
_GONE = ((0, ""), (1, "no open step"))
_NONE = ((0, ""), (1, "no session is in progress"))
OPERATIONS = {
    "init": Operation("command", ("gitsession", "init"), init=False, narrow=True),
    "start": Operation("command", ("gitsession", "start", "Add login"), repeats=False, narrow=True),
    "first fact": Operation("command", ("gitsession", "decide", "Use Redis"), narrow=True),
    "next fact": Operation("command", ("gitsession", "decide", "Use Redis"), _committed),
    "taking over": Operation("command", ("gitsession", "decide", "Use Redis"), _begun_elsewhere, narrow=True),
    "done": Operation("command", ("gitsession", "done", "Rate-limit it"), _committed, _GONE, narrow=True, shown="git update-index"),
    "complete": Operation("command", ("gitsession", "complete"), _committed, _NONE, narrow=True, shown="git update-index"),
    "commit": Operation("pre-commit", _COMMIT, _working, stops=True),
    "commit that ends a session": Operation("pre-commit", _COMMIT, _ended, stops=True, narrow=True),
    "first commit of a branch": Operation("pre-commit", _COMMIT, _branch, stops=True, narrow=True, shown="git update-index"),
    "commit after a merge": Operation("pre-commit", _COMMIT, _merged, stops=True, narrow=True),
    "commit of a path": Operation("pre-commit", (*_COMMIT, "README.md"), _partial, stops=True, narrow=True),
    "merge": Operation("pre-merge-commit", ("git", "merge", "-q", "--no-edit", "topic"), _diverged, stops=True,
                       redo=("git", "commit", "-q", "--no-edit"), repeats=False),
    "message": Operation("commit-msg", ("git", "commit", "-q", "-m", "Work"), _template),
    "after a path": Operation("post-commit", (*_COMMIT, "README.md"), _partial),
    "after the end": Operation("post-commit", _COMMIT, _ended),
    "after a merge": Operation("post-merge", ("git", "merge", "-q", "topic"), _topic),
    "rebase": Operation("post-rewrite", ("git", "rebase", "-q", "main"), _rebasing),
    "switch": Operation("post-checkout", ("git", "switch", "-q", "topic"), _topic),
    "push": Operation("pre-push", ("git", "push", "-q", "origin", "main"), _remote, stops=True),
}

#: What has to be refused, whatever goes wrong.
REFUSED = {
    "commit of a secret": Operation("pre-commit", _COMMIT, _secret),
    "push of a secret": Operation("pre-push", ("git", "push", "-q", "origin", "main"), _secret_committed),
}


class Scene:
    """One operation, made ready once and copied for each blow."""

    def __init__(self, operation: Operation, template: Path, place: Path, python: Path, project_type: type) -> None:
        self.operation = operation
        self.template = template
        self.place = place
        self.python = python
        self.project_type = project_type
        self.copies = 0

    def fresh(self) -> Any:
        """The project just before the operation."""
        self.copies += 1
        folder = self.place / str(self.copies)
        shutil.copytree(self.template, folder, symlinks=True)
        project = self.project_type(folder / "project")
        project.git("update-index", "-q", "--refresh", check=False)
        return project

    def again(self, project: Any) -> Any:
        """Do the operation again, as people would after a fault."""
        return self.act(project, run=self.operation.redo)

    def act(self, project: Any, action: str = "none", number: int = 0, run: tuple[str, ...] = ()) -> Any:
        """Run the operation; `action` hits at the place of that number."""
        program, *rest = run or self.operation.run
        argv = ["git", *rest] if program == "git" else [str(self.python), "-c", _MAIN, *rest]
        log = project.root.parent / "places"
        log.unlink(missing_ok=True)
        return project.run(*argv, check=False, FAULT=f"{self.operation.target}:{action}:{number}", FAULT_LOG=str(log),
                           FAULT_ROOT=str(project.root))  # fmt: skip

    def places(self, project: Any) -> list[str]:
        """What the last run passed, a line each."""
        log = project.root.parent / "places"
        return log.read_text().splitlines() if log.exists() else []


def plain(text: str) -> str:
    """A text without what is another one each time: random characters, moments, ids, figures that hang on them."""
    text = re.sub(r"\b(\d{4}-[a-z0-9-]+)-[a-z2-9]{4}\b", r"\1", text)
    return re.sub(r"\b[0-9a-f]{12,64}\b", "ID", re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "WHEN", text))


def on_disk(project: Any) -> dict[str, str]:
    """All that lies under `.sessions/`, by path."""
    folder = project.root / ".sessions"
    return {plain(str(p.relative_to(folder))): plain(p.read_text()) for p in sorted(folder.rglob("*")) if p.is_file()}


def staged(project: Any) -> dict[str, str]:
    """All that is in the git index under `.sessions/`, by path."""
    with project.open() as repo:
        entries = repo.index_entries(".sessions")
        return {plain(e.path.removeprefix(".sessions/")): plain((repo.read_object(e.oid) or b"").decode()) for e in entries}


def checkpoints(texts: dict[str, str]) -> dict[str, list[str]]:
    """Of these files, the lines of the checkpoints."""
    return {path: text.splitlines() for path, text in texts.items() if path[:4].isdigit()}

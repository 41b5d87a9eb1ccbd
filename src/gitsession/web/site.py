"""The pages as a folder of files: what `serve` shows, read-only, for any place that serves files, and for none."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from gitsession.errors import GitsessionError, SecretError, SessionError, UsageError
from gitsession.git import Repository
from gitsession.index.update import Progress, silent
from gitsession.resources import read_resource
from gitsession.secretscan.versions import scan_versions
from gitsession.store.layout import MASTER, checkpoint_path
from gitsession.store.snapshot import Snapshot
from gitsession.web.links import Links
from gitsession.web.pages import ROUTES, Frame
from gitsession.web.views import growth, timeline
from gitsession.web.views.ground import Ground
from gitsession.web.views.search import entries
from gitsession.web.views.session import TURNS
from gitsession.web.visible import visible_text
from gitsession.workflow.allowing import allowed_in_commits
from gitsession.workflow.gate import Gate
from gitsession.workflow.reindex import open_index
from gitsession.workflow.sessions import default_branch

#: A file that marks a folder as one that we wrote, and may write again.
MARK = ".gitsession-site"
#: What its pages load.
_SHIPPED = (
    "style.css",
    "page.js",
    "charts.js",
    "search.js",
    "mark.svg",
    "vendor/uplot.js",
    "vendor/uplot.css",
    "vendor/uplot-LICENSE.txt",
)


class Exported(NamedTuple):
    """What was written."""

    folder: str
    pages: int
    files: int
    bytes: int
    commit: str


class Options(NamedTuple):
    """What an export holds beside the pages."""

    conversations: bool = False


def export_site(repo: Repository, folder: str, options: Options = Options(), progress: Progress = silent) -> Exported:  # noqa: B008
    """Write the pages of HEAD into `folder`, which is absent, empty, or a former export. Nothing is written where a secret is found.

    Raises UsageError, SecretError, SessionError, GitsessionError.
    """
    folder = os.path.realpath(folder)
    _check(folder)
    head = repo.head_oid()
    if not head:
        raise SessionError("there is no commit yet", "what is published is what is committed")
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        made = tempfile.mkdtemp(prefix=f".{os.path.basename(folder)}-", dir=os.path.dirname(folder))
    except OSError as e:
        raise UsageError(f"{folder} cannot be written: {e.strerror}", "name a folder in one that can") from None
    try:
        db, _ = open_index(repo, progress)
        with contextlib.closing(db):
            ground = Ground(repo, db, head)
            pages = _write_pages(ground, made, options, progress)
            _write_index(ground, made)
        _write_assets(made)
        with open(os.path.join(made, MARK), "w", encoding="utf-8") as file:
            file.write(head + "\n")
        os.chmod(made, 0o755)  # noqa: S103  (a site is there to be read)
        _put(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    sizes = [os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(folder) for name in names]
    return Exported(folder, pages, len(sizes), sum(sizes), head)


def write_workflow(repo: Repository) -> str:
    """Write the workflow that publishes the site, and return its path. Raises GitsessionError where another one is there."""
    path = ".github/workflows/sessions-site.yml"
    branch = default_branch(repo, Snapshot.of_worktree(repo).settings)
    text = read_resource("templates", "site-workflow.yml").replace("{branch}", json.dumps(branch))
    full = repo.path(*path.split("/"))
    if os.path.lexists(full):
        raise GitsessionError(f"{path} is there already", "remove it to have it written anew")
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


def _check(folder: str) -> None:
    """Refuse to write over what is not ours. Raises UsageError."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    except OSError as e:
        raise UsageError(f"{folder} cannot be used: {e.strerror}", "name a folder that is absent or empty") from None
    if names and MARK not in names:
        raise UsageError(f"{folder} is not empty, and no former export", "name a folder that is absent or empty")


def _put(made: str, folder: str) -> None:
    """Put the new folder in the place of the old."""
    old = f"{made}.old"
    try:
        if os.path.lexists(folder):
            os.replace(folder, old)
        os.replace(made, folder)
    except OSError as e:
        if os.path.isdir(old) and not os.path.lexists(folder):
            os.replace(old, folder)
        raise GitsessionError(f"{folder} cannot be written: {e.strerror}", "name a folder in one that can") from None
    shutil.rmtree(old, ignore_errors=True)


def paths_of(ground: Ground, options: Options) -> Iterator[tuple[str, dict[str, str]]]:
    """Every page: its route's pattern, and what the pattern's names stand for. Sessions come first: a refusal names where words are from."""
    sessions = ground.sessions
    written = {stem for (stem,) in ground.db.execute(
        "SELECT DISTINCT s.stem FROM sessions s JOIN commit_sessions b ON b.session_id = s.id JOIN handoffs h ON h.commit_id = b.commit_id "
        "WHERE blob IS NOT NULL")}  # fmt: skip
    for stem in sessions:
        yield "sessions/{stem}", {"stem": stem}
        if stem in written:
            yield "sessions/{stem}/handoff", {"stem": stem}
    talks = ground.db.execute(
        "SELECT v.stem, name, (SELECT count(*) FROM turns WHERE conversation_id = v.id) FROM conversations v"
    )
    for stem, name, turns in talks if options.conversations else ():
        if stem in sessions:
            for page in range(1, max(-(-turns // TURNS), 1) + 1):
                pattern = "sessions/{stem}/conversations/{name}"
                yield pattern + ("/{page}" if page > 1 else ""), {"stem": stem, "name": name, "page": str(page)}
    parts = {"timeline": -(-len(sessions) // timeline.EACH), "growth": -(-len(ground.growth) // growth.EACH)}
    for route in ROUTES:
        if "{" not in route.pattern:
            yield route.pattern, {}
            for page in range(2, parts.get(route.pattern, 1) + 1):
                yield route.pattern + "/{page}", {"page": str(page)}


def _write_pages(ground: Ground, folder: str, options: Options, progress: Progress) -> int:
    routes = {route.pattern: route for route in ROUTES}
    name = ground.snapshot.settings.name or os.path.basename(ground.repo.root)
    count = 0

    def made() -> Iterator[tuple[tuple[str, str, bytes], str, bytes]]:
        nonlocal count
        for pattern, params in paths_of(ground, options):
            here = pattern.format(**params)
            frame = Frame(name, name, here, Links(here, static=True, sessions=ground.sessions), conversations=options.conversations,
                          commit=ground.rev)  # fmt: skip
            text = routes[pattern].make(ground, frame, params)
            _write(folder, (here or "index") + ".html", text)
            source = checkpoint_path(params["stem"]) if "stem" in params else MASTER
            said = visible_text(text)
            count += 1
            progress("pages", count)
            yield (here, source, said), source, said

    gate = Gate(lambda: allowed_in_commits(ground.repo, [ground.rev]))
    for (here, source, said), findings in scan_versions(made()):
        left = gate.sift(source, said, gate.sift(MASTER, said, findings))
        if left:
            first = left[0]
            raise SecretError(
                f"nothing was written: the page {here or 'index'}.html would hold what looks like a secret: {first.kind} ({first.excerpt})",
                f"its words are from {source}; take it out there and commit, or let it stand: gitsession scan --allow {source}:LINE --reason TEXT",
            )
    return count


def _write_index(ground: Ground, folder: str) -> None:
    """What the site's own search looks in: out of the index of history, where nothing secret comes in."""
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries(ground))
    _write(folder, "search-index.js", f"window.searchIndex = [\n{rows}\n];\n")


def _write_assets(folder: str) -> None:
    shipped = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
    for name in _SHIPPED:
        os.makedirs(os.path.dirname(os.path.join(folder, "static", name)), exist_ok=True)
        shutil.copyfile(os.path.join(shipped, name), os.path.join(folder, "static", name))
    _write(folder, ".nojekyll", "")


def _write(folder: str, path: str, text: str) -> None:
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)

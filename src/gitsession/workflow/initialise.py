"""`init`: make a repository keep sessions; and take it back."""

import contextlib
import os
import re
import shutil
import sys
from dataclasses import dataclass, field

from gitsession.errors import FormatError, GitError, GitsessionError
from gitsession.formats.checkpoint import decode_checkpoint, parse_document
from gitsession.formats.yamltext import quote_scalar
from gitsession.git import Repository
from gitsession.git.branches import guess_default_branch
from gitsession.githooks import install, install_agent_hook, set_merge_drivers, uninstall, unset_merge_drivers
from gitsession.process import run
from gitsession.resources import read_resource
from gitsession.secretscan.redaction import admit
from gitsession.store.files import read_file, refuse_links, write_file
from gitsession.store.layout import ATTRIBUTES, FOLDER, MASTER, README, SETTINGS, checkpoint_stem, derived
from gitsession.store.lock import lock
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import stage_file
from gitsession.workflow.derive import derive_page, make_source, source_of_tree
from gitsession.workflow.discover import Discovered, discover
from gitsession.workflow.notes import forget
from gitsession.workflow.pages import put_page
from gitsession.workflow.sessions import branch_key, default_branch

_OLDEST_GIT = (2, 38)
_READ_LIMIT = 1024 * 1024


@dataclass(slots=True)
class Done:
    """What `init` did, a line each; empty when all was there."""

    wrote: list[str] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    on_default: bool = True
    default_branch: str = ""
    committed: bool = False


def initialise(repo: Repository) -> Done:
    """Write and stage `.sessions/` where the project has none, and install hooks and merge drivers in this clone."""
    check_git()
    done = Done()
    with lock(repo.common_dir):
        # Staged, not merely on disk: an `init` that was killed before it staged has yet to be finished.
        there = any(e.path == SETTINGS for e in repo.index_entries(SETTINGS))
        # Hooks first: where they cannot go, nothing is left half done.
        done.hooks = [*install(repo, sys.executable), *set_merge_drivers(repo, sys.executable)]
        install_agent_hook(repo.common_dir, sys.executable)
        if not there:
            files = _texts(repo)
            for path, text in files.items():
                if read_file(repo.root, path) is None:
                    write_file(repo, path, text.encode("utf-8"))
                    done.wrote.append(path)
            stage_file(repo, *files)
        snapshot = Snapshot.of_index(repo)
        done.default_branch = default_branch(repo, snapshot.settings)
        done.on_default = repo.branch() in ("", done.default_branch)
        # Until it is committed, one that was killed before the page was there is finished, too.
        first = not there or repo.staged(SETTINGS)
        page = snapshot.pages.get(MASTER, "")
        if first and done.on_default and not (page and os.path.lexists(repo.path(MASTER))):
            source = make_source(repo, snapshot, session="", branch=repo.branch(), revs=[repo.head_oid()],
                                 source_id=lambda: source_of_tree(repo, repo.text("write-tree")), master=True)  # fmt: skip
            done.kept = put_page(repo, MASTER, derive_page(source).text, page)
            done.wrote.append(MASTER)
        done.committed = not repo.staged(FOLDER)
    return done


def take_back(repo: Repository) -> Done:
    """Undo `init`: hooks, drivers, keys and what is machine-local go, and files that are in no commit. Facts nobody committed stay."""
    done = Done()
    done.hooks = [*uninstall(repo), *unset_merge_drivers(repo)]
    for key in repo.config(r"^branch\..*\.gitsession$"):
        repo.set_config(branch_key(key.split(".", 1)[1].rpartition(".")[0]), None)
    removed, texts = [], _texts(repo)
    for change in repo.staged(FOLDER):
        if change.status != "A":
            continue
        if not _may_go(repo, change.path, texts):
            done.kept.append(change.path)
            continue
        removed.append(change.path)
        with contextlib.suppress(OSError):
            os.unlink(repo.path(change.path))
            done.wrote.append(change.path)
    repo.update_index([("0", "", path) for path in removed])
    forget(repo)
    shutil.rmtree(os.path.join(repo.common_dir, "gitsession"), ignore_errors=True)
    for folder in (repo.path(FOLDER, "handoffs"), repo.path(FOLDER)):
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    done.committed = bool(repo.head_oid()) and bool(repo.tree_entries("HEAD", FOLDER))
    return done


def _texts(repo: Repository) -> dict[str, str]:
    """What `init` writes, by path: the same for the same tree."""
    return {
        SETTINGS: render_settings(_discover(repo), guess_default_branch(repo)),
        README: read_resource("templates", "sessions-readme.md"),
        ATTRIBUTES: read_resource("templates", "gitattributes"),
    }


def _may_go(repo: Repository, path: str, texts: dict[str, str]) -> bool:
    """True for what we wrote and nobody added to: the files of `init`, pages, and checkpoints with a title alone."""
    try:
        refuse_links(repo.root, path)
        data = read_file(repo.root, path)
        if data is None or derived(path):
            return True
        text = decode_checkpoint(data, path)
        if not checkpoint_stem(path):
            return text.replace("\r\n", "\n") == texts.get(path)
        document = parse_document(text, path)
        return "".join(document.lines[document.front_end + 1 :]).strip() == f"# {document.title}"
    except GitsessionError:
        return False


def check_git() -> None:
    """Raise GitError where git is missing or older than we need."""
    words = run(["git", "version"]).out.decode("utf-8", "replace")
    match = re.search(r"(\d+)\.(\d+)", words)
    if match and (int(match[1]), int(match[2])) < _OLDEST_GIT:
        raise GitError(f"git {match[0]} is too old", "gitsession needs git {}.{} or newer".format(*_OLDEST_GIT))


def _discover(repo: Repository) -> Discovered:
    paths = repo.git("ls-files", "-z", "--cached", "--others", "--exclude-standard").out.split(b"\0")[:-1]

    def read(path: str) -> str | None:
        try:
            data = read_file(repo.root, path)
        except FormatError:
            return None
        return None if data is None else data[:_READ_LIMIT].decode("utf-8", "replace")

    names = sorted({os.fsdecode(p) for p in paths})
    found = discover(read, [n for n in names if not n.startswith(FOLDER + "/")], os.path.basename(repo.root))
    # A command that holds a secret is of no use without it.
    commands = {k: line for k, line in found.commands.items() if admit(f"{k}: {line}") == f"{k}: {line}"}
    return Discovered(admit(found.name), admit(found.goal), commands)


def render_settings(found: Discovered, branch: str) -> str:
    """Text of a new `project.yml`."""
    lines = [
        "# What gitsession knows of this project; every key is optional. What the keys mean: docs/formats.md of gitsession.",
        "schema: 1",
    ]
    lines.append(f"name: {quote_scalar(found.name)}")
    if found.goal:
        lines.append(f"goal: {quote_scalar(found.goal)}")
    lines.append(f"default_branch: {quote_scalar(branch)}")
    if found.commands:
        lines.append("commands:")
        lines += [f"  {quote_scalar(key)}: {quote_scalar(command)}" for key, command in found.commands.items()]
    return "\n".join(lines) + "\n"

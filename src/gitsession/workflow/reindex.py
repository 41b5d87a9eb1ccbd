"""The index as commands need it: of the branches that matter here, brought up to date before it is read."""

import os
import sqlite3

from gitsession.errors import FormatError, GitsessionError
from gitsession.git import Repository
from gitsession.git.branches import guess_default_branch
from gitsession.index.update import Outcome, Progress, Said, Source, bring_up, remembered, silent
from gitsession.store.layout import CONVERSATIONS, SETTINGS

#: The git setting that names further branches, as patterns of `git for-each-ref`.
BRANCHES = "gitsession.indexbranches"


def index_source(repo: Repository, *, anew: bool = False) -> Source:
    """What the index is made from here: HEAD, the default branch with its remote's, and the branches that were asked for."""
    head = repo.resolve("HEAD")
    said = _said(repo, head, None if anew else remembered(repo))
    branch = said.branch or guess_default_branch(repo)
    tips = [
        head,
        *(repo.resolve(ref) for ref in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}")),
        *_asked(repo),
    ]
    conversations = (f"refs/heads/{CONVERSATIONS}", f"refs/remotes/origin/{CONVERSATIONS}")
    talks = next(filter(None, map(repo.resolve, conversations)), "")
    return Source(tuple(dict.fromkeys(filter(None, tips))), head, said, branch, talks)


def _said(repo: Repository, head: str, before: tuple[str, Said] | None) -> Said:
    """What the settings at this commit say; those of `before` are not read again."""
    if before and before[0] == head:
        return before[1]
    if not head:
        return Said("")
    blob, data = repo.find_object(f"{head}:{SETTINGS}") or ("", b"")
    if before and before[1].blob == blob:
        return before[1]
    if not blob:
        return Said("")
    from gitsession.formats.settings import parse_settings
    from gitsession.index.cleaning import clean

    try:
        settings = parse_settings(data)
    except FormatError:
        return Said(blob)
    name, goal = clean([[settings.name, settings.goal]])[0]
    return Said(blob, name, goal, settings.default_branch)


def _asked(repo: Repository) -> list[str]:
    """The tips of the branches that a person asked for, here and on remotes."""
    try:
        with open(os.path.join(repo.common_dir, "config"), "rb") as file:
            if BRANCHES.partition(".")[2].encode() not in file.read().lower():
                return []  # without asking git, which takes its time
    except OSError:
        return []
    places = []
    for pattern in repo.text("config", "--get-all", BRANCHES, check=False).split():
        places += (
            ["refs/heads", "refs/remotes"] if pattern == "*" else [f"refs/heads/{pattern}", f"refs/remotes/*/{pattern}"]
        )
    lines = repo.text("for-each-ref", "--format=%(objectname) %(refname)", *places).splitlines() if places else []
    return [line.partition(" ")[0] for line in lines if not line.endswith("/" + CONVERSATIONS)]


def bring_index_up(repo: Repository, *, anew: bool = False, progress: Progress = silent) -> Outcome:
    """Update the index, or make it anew. Raises GitsessionError."""
    outcome, db = bring_up(repo, index_source(repo, anew=anew), anew=anew, progress=progress)
    if db is not None:
        db.close()
    return outcome


def open_index(repo: Repository, progress: Progress = silent) -> tuple[sqlite3.Connection, Outcome]:
    """The index, up to date, to be read only, and what that took. Raises GitsessionError."""
    outcome, db = bring_up(repo, index_source(repo), progress=progress)
    if db is None:
        raise GitsessionError("the index cannot be read", "`gitsession index --rebuild` makes it anew")
    return db, outcome

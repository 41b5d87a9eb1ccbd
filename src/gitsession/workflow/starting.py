"""`start`: begin a session, or go on with the one in progress."""

import os
from dataclasses import dataclass

from gitsession.agents.detect import detect_agent
from gitsession.errors import SessionError, UsageError
from gitsession.formats.edit import set_key
from gitsession.formats.facts import clean_text
from gitsession.git import Repository
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import edit_staged, stage_recorded
from gitsession.workflow.record import open_items, open_session
from gitsession.workflow.sessions import (
    NewSession,
    Progress,
    branch_key,
    find_session,
    need_sessions,
    take_over,
)


@dataclass(frozen=True, slots=True)
class Started:
    """What `start` did: `stem` is empty when no session is in progress and none was begun."""

    stem: str
    title: str
    begun: bool


def start_session(
    repo: Repository, title: str = "", *, goal: str = "", agent: str = "", model: str = "", account: str = "",
    tags: tuple[str, ...] = (), go_on: bool = False,
) -> Started:  # fmt: skip
    """Begin a session with that title, or take up the open step with that number; without a title, go on.

    With `go_on`, go on with the session that `title` names, or else with this branch's newest, ended or not.
    """
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        progress = Progress(repo, snapshot)
        if go_on:
            return _go_on(repo, snapshot, progress, title)
        stem = progress.stem() or progress.to_take_over()
        words = " ".join(clean_text(title).split())
        if not words and (title or goal):
            raise UsageError("the title is empty", "say in a few words what the session is for")
        if not words:
            if stem and stem != progress.stem():
                take_over(repo, progress, stem)
            checkpoint = snapshot.checkpoint(stem) if stem else None
            return Started(stem, checkpoint.title if checkpoint else "", begun=False)
        steps: tuple[tuple[str, str], ...] = ()
        if words.isascii() and words.isdigit():
            items = open_items(snapshot.fold(stem), stem)
            number = int(words)
            if not 1 <= number <= len(items):
                raise SessionError(
                    f"no open step has the number {number}", f"there are {len(items)}: `gitsession status` shows them"
                )
            item = items[number - 1]
            words = " ".join(item.text.split())
            steps = ((words, item.stem),)
        agent = agent or detect_agent(os.environ)
        stem = open_session(repo, snapshot, NewSession(words, goal, agent, model, account, tags, steps))
        stage_recorded(repo, checkpoint_path(stem))
        return Started(stem, words, begun=True)


def _go_on(repo: Repository, snapshot: Snapshot, progress: Progress, word: str) -> Started:
    if not progress.branch:
        raise SessionError("HEAD is detached, and a session belongs to a branch", "git switch -c NAME makes one")
    if word:
        stem = find_session(word, snapshot.oids)
    else:
        name, _ = repo.user()
        mine = [c for c in snapshot.checkpoints() if c.branch == progress.branch and c.author in ("", name)]
        if not mine:
            raise SessionError(f"no session of yours is on {progress.branch}", "begin one with: gitsession start TITLE")
        stem = mine[-1].stem
    checkpoint = snapshot.checkpoint(stem)
    if checkpoint is None:
        raise SessionError(f"no session {stem}")
    if checkpoint.branch not in ("", progress.branch):
        raise SessionError(f"[{stem}] is a session of the branch {checkpoint.branch}, not of {progress.branch}",
                           f"git switch {checkpoint.branch}, or begin one here: gitsession start TITLE")  # fmt: skip
    if checkpoint.status != "active":
        edit_staged(repo, checkpoint_path(stem), _reopen)
    repo.set_config(branch_key(progress.branch), stem)
    return Started(stem, checkpoint.title, begun=False)


def _reopen(text: str, path: str) -> str:
    text = set_key(text, path, "status", "active")
    return set_key(set_key(text, path, "ended", None), path, "outcome", None)

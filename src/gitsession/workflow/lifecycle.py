"""A session's beginning and end, each with the handoff that belongs to it, for callers that take both in one answer."""

from typing import NamedTuple

from gitsession.errors import UsageError
from gitsession.git import Repository
from gitsession.model.handoff import Handoff
from gitsession.workflow.expecting import Expected
from gitsession.workflow.reading import handoff_now
from gitsession.workflow.record import Recorded, commit_sessions, end_message, end_session
from gitsession.workflow.starting import Started, start_session


class Begun(NamedTuple):
    """A session that began, and the handoff as it stood before: what the session is to know."""

    started: Started
    previous: Handoff


class Completed(NamedTuple):
    """A session that ended, the handoff after it, and git's own words where it was committed."""

    recorded: Recorded
    handoff: Handoff
    said: str = ""


def begin_session(
    repo: Repository, title: str, *, goal: str = "", agent: str = "", model: str = "", account: str = "",
    tags: tuple[str, ...] = (), budget: int | None = None,
) -> Begun:  # fmt: skip
    """Begin a session. `budget` (tokens) is of the handoff. Raises as `start_session` does; UsageError without a title."""
    if not title.strip():
        raise UsageError("the title is empty", "say in a few words what the session is for")
    previous = handoff_now(repo, budget=budget)
    started = start_session(repo, title, goal=goal, agent=agent, model=model, account=account, tags=tags)
    return Begun(started, previous)


def complete_session(
    repo: Repository, *, outcome: str = "", status: str = "completed", commit: bool = False, budget: int | None = None,
    expected: Expected | None = None,
) -> Completed:  # fmt: skip
    """End the session in progress; with `commit`, `.sessions/` is committed alone. Raises as `end_session` and `commit_sessions` do."""
    recorded = end_session(repo, outcome=outcome, status=status, expected=expected)
    said = commit_sessions(repo, end_message(recorded)) if commit else ""
    return Completed(recorded, handoff_now(repo, budget=budget), said)

"""The project's own page: goal, state, handoff, what is open, and how far the handoff is to be trusted."""

from typing import NamedTuple

from gitsession.errors import FormatError
from gitsession.model.fact import state_key
from gitsession.model.fold import Item
from gitsession.model.handoff import Handoff
from gitsession.web.views.ground import Ground, SessionLine
from gitsession.workflow.reading import stored_handoff
from gitsession.workflow.record import open_items
from gitsession.workflow.sessions import Progress

_RECENT = 6


class ProjectView(NamedTuple):
    """All that the page shows. `handoff` is None where no sessions are kept yet, or it cannot be derived."""

    name: str
    goal: str
    branch: str
    commit: str  # that it is seen at; empty before the first
    stored: str  # how the stored page stands to the checkpoints
    handoff: Handoff | None
    budget: int
    session: SessionLine | None
    items: tuple[Item, ...]  # open steps, blockers, questions, errors
    more: int  # of these, those that are not listed
    states: tuple[tuple[str, str, str], ...]  # key, value, stem
    recent: tuple[SessionLine, ...]  # newest first
    sessions: int
    commits: int
    knowledge: int
    problems: tuple[str, ...]  # why a checkpoint cannot be read, or the handoff not be derived


_MOST_ITEMS = 40


def view_project(ground: Ground, name: str) -> ProjectView:
    """The page's values."""
    snapshot, settings = ground.snapshot, ground.snapshot.settings
    kept = bool(snapshot.oids or snapshot.settings_oid)
    problems: list[str] = []
    handoff, stem = None, ""
    try:
        if kept:
            handoff, stem = ground.handoff, ground.in_progress
    except FormatError as e:
        problems.append(str(e))
    fold = snapshot.fold(stem)
    items = open_items(fold, stem)
    lines = list(ground.sessions.values())
    stored = (
        "" if ground.rev or handoff is None else stored_handoff(ground.repo, snapshot, Progress(ground.repo, snapshot))
    )
    states = tuple((*state_key(i.text), i.stem) for i in fold.in_force if i.kind == "state")
    head = ground.repo.resolve(ground.rev or "HEAD")
    return ProjectView(
        name=settings.name or name,
        goal=settings.goal,
        branch=ground.branch,
        commit=head,
        stored=stored,
        handoff=handoff,
        budget=settings.budget,
        session=ground.sessions.get(stem),
        items=tuple(items[:_MOST_ITEMS]),
        more=max(len(items) - _MOST_ITEMS, 0),
        states=states,
        recent=tuple(reversed(lines[-_RECENT:])),
        sessions=len(lines),
        commits=ground.db.execute("SELECT count(*) FROM commits").fetchone()[0],
        knowledge=len(snapshot.knowledge),
        problems=tuple(dict.fromkeys([*problems, *map(str, snapshot.problems)])),
    )

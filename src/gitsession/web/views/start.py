"""The start page: projects to choose from."""

from typing import NamedTuple

from gitsession.web.views.ground import Ground, SessionLine


class ProjectLine(NamedTuple):
    """A project in the list. `problem` says why nothing is known of it."""

    slug: str
    name: str
    goal: str
    branch: str
    sessions: int
    commits: int
    last: str  # when it was committed to last
    session: SessionLine | None  # in progress
    problem: str = ""


def view_line(ground: Ground, slug: str, name: str) -> ProjectLine:
    """A project in a few words."""
    lines = ground.sessions
    commits, last = ground.db.execute("SELECT count(*), coalesce(max(committed), '') FROM commits").fetchone()
    settings = ground.snapshot.settings
    return ProjectLine(
        slug,
        settings.name or name,
        settings.goal,
        ground.branch,
        len(lines),
        commits,
        last,
        lines.get(ground.in_progress),
    )

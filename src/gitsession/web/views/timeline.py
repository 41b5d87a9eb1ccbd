"""Sessions over time and branches, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gitsession.errors import SessionError
from gitsession.index.measuring import parse_instant
from gitsession.web.views.ground import Ground, SessionLine

EACH = 100  # sessions on a page
_LANES = 12


class Lane(NamedTuple):
    """A branch, and where its sessions stand on it: (session, begin, end), from 0 to 1000 of the time that the page covers."""

    branch: str
    bars: tuple[tuple[SessionLine, int, int], ...]


class TimelineView(NamedTuple):
    """A page of the time line. `months` are (year and month, sessions)."""

    months: tuple[tuple[str, tuple[SessionLine, ...]], ...]
    lanes: tuple[Lane, ...]
    other_lanes: int
    first: str  # the day with which the lanes begin
    last: str
    sessions: int
    page: int
    pages: int


def view_timeline(ground: Ground, page: int = 1) -> TimelineView:
    """One page, from 1. Raises SessionError where there is none."""
    lines = list(reversed(ground.sessions.values()))
    pages = max(-(-len(lines) // EACH), 1)
    if not 1 <= page <= pages:
        raise SessionError(f"the time line has {pages} pages", "begin with the first")
    shown = lines[EACH * (page - 1) : EACH * page]
    months: dict[str, list[SessionLine]] = {}
    for line in shown:
        months.setdefault(_month(line.started), []).append(line)
    lanes, first, last = _lanes(shown)
    return TimelineView(tuple((month, tuple(of)) for month, of in months.items()), lanes[:_LANES], max(len(lanes) - _LANES, 0), first, last,
                        len(lines), page, pages)  # fmt: skip


def _month(when: str) -> str:
    try:
        return datetime.fromisoformat(when).strftime("%B %Y")
    except ValueError:
        return "No date"


def _lanes(lines: Sequence[SessionLine]) -> tuple[tuple[Lane, ...], str, str]:
    """The branches that had the most sessions first."""
    times = {
        line.stem: (parse_instant(line.started), parse_instant(line.ended) or parse_instant(line.started))
        for line in lines
    }
    known = [(a, max(a, b)) for a, b in times.values() if a is not None and b is not None]
    if not known:
        return (), "", ""
    first, last = min(a for a, _ in known), max(b for _, b in known)
    whole = last - first or 1.0
    branches: dict[str, list[tuple[SessionLine, int, int]]] = {}
    for line in reversed(lines):
        begun, ended = times[line.stem]
        if begun is not None and ended is not None:
            bar = (line, int((begun - first) / whole * 1000), int((max(begun, ended) - first) / whole * 1000))
            branches.setdefault(line.branch or "(none)", []).append(bar)
    order = sorted(branches.items(), key=lambda of: (-len(of[1]), of[0]))
    days = (min(line.started for line in lines if line.started), max(line.ended or line.started for line in lines))
    return tuple(Lane(branch, tuple(bars)) for branch, bars in order), days[0][:10], days[1][:10]

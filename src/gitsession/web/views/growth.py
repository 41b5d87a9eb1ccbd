"""The growth loop: the measured trend of sessions, in its parts, each with its rule."""

from collections.abc import Callable
from typing import NamedTuple

from gitsession.errors import SessionError
from gitsession.index.growth import Grown
from gitsession.web.rules import rule
from gitsession.web.views.ground import Ground

EACH = 200  # sessions on a page


class Part(NamedTuple):
    """One part of the trend. `values` are of the sessions shown, oldest first, None where nothing says it."""

    key: str
    name: str
    unit: str  # what a value counts; `%` for shares, which are values from 0 to 1
    rule: str  # Markdown
    values: tuple[float | None, ...]

    @property
    def last(self) -> float | None:
        """The newest that is known."""
        return next((value for value in reversed(self.values) if value is not None), None)


class GrowthView(NamedTuple):
    """Sessions, oldest first, and the parts of their trend that anything is known of."""

    sessions: tuple[Grown, ...]
    parts: tuple[Part, ...]
    silent: tuple[str, ...]  # names of the parts that nothing is known of
    whole: int  # all sessions
    page: int
    pages: int


_Row = tuple[str, str, str, tuple[str, str], Callable[[Grown], float | None]]


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


_PARTS: tuple[_Row, ...] = (
    ("planned", "Steps planned", "steps", ("stats", "planned"), lambda g: g.planned),
    ("done", "Steps done", "steps", ("stats", "done"), lambda g: g.done),
    ("kept", "Planned and done in it", "%", ("growth", "of its own (kept)"), lambda g: _share(g.kept, g.planned)),
    ("carried", "Steps carried over", "steps", ("growth", "carried"), lambda g: g.carried),
    ("age", "Their age", "sessions", ("growth", "their age"), lambda g: g.carried_age),
    (
        "took",
        "Took, of what was estimated",
        "%",
        ("growth", "timed"),
        lambda g: _share(g.took_hours, g.estimated_hours),
    ),
    ("preservation", "Preservation", "%", ("growth", "in force kept (preservation)"), lambda g: g.preservation),
    ("recorded", "Commits recorded", "%", ("growth", "recorded"), lambda g: _share(g.recorded, g.commits)),
    ("reworked", "Lines reworked", "%", ("growth", "reworked"), lambda g: _share(g.reworked, g.lines)),
    ("hours", "Hours for each step", "hours", ("growth", "for each step"), lambda g: g.hours_per_step),
    ("tokens", "Tokens for each step", "tokens", ("growth", "for each step"), lambda g: g.tokens_per_step),
    ("cost", "Cost for each step", "USD", ("growth", "for each step"), lambda g: g.cost_usd_per_step),
    ("credits", "Credits for each step", "credits", ("growth", "for each step"), lambda g: g.credits_per_step),
)


def view_growth(ground: Ground, page: int = 1) -> GrowthView:
    """The newest sessions on the first page. Raises SessionError where there is no such page."""
    everything = ground.growth
    pages = max(-(-len(everything) // EACH), 1)
    if not 1 <= page <= pages:
        raise SessionError(f"the trend has {pages} pages", "begin with the first")
    end = len(everything) - EACH * (page - 1)
    shown = tuple(everything[max(end - EACH, 0) : end])
    parts = [Part(key, name, unit, rule(*where), tuple(of(g) for g in shown)) for key, name, unit, where, of in _PARTS]
    known = tuple(part for part in parts if any(part.values))
    return GrowthView(
        shown, known, tuple(part.name for part in parts if part not in known), len(everything), page, pages
    )

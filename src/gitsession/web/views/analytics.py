"""Sessions put together by who, what and when."""

from typing import NamedTuple

from gitsession.index.stats import BY, Group, read_stats
from gitsession.web.views.ground import Ground

#: What a column of a group shows: field, heading, rule.
COLUMNS = (
    ("sessions", "Sessions"), ("commits", "Commits"), ("added", "Lines added"), ("removed", "Lines removed"), ("planned", "Planned"),
    ("done", "Done"), ("open", "Open"), ("hours", "Hours"), ("input_tokens", "Tokens in"), ("output_tokens", "Tokens out"),
    ("cost_usd", "Cost, USD"), ("credits", "Credits"),
)  # fmt: skip
_NAMES = {"author": "By author", "agent": "By agent", "model": "By model", "account": "By account", "week": "By week"}
_MOST = 100  # groups of a kind; of weeks the newest


class Grouping(NamedTuple):
    """Groups of one kind. `columns` are those that anything is known of."""

    by: str
    name: str
    groups: tuple[Group, ...]
    more: int
    total: Group
    columns: tuple[tuple[str, str], ...]
    most: dict[str, float]  # the largest value of each column


def view_analytics(ground: Ground) -> list[Grouping]:
    """By week first, then by what has most to say."""
    found = []
    for by in ("week", *(by for by in BY if by not in ("session", "week"))):
        stats = read_stats(ground.db, by)
        groups = stats.groups[-_MOST:] if by == "week" else stats.groups[:_MOST]
        columns = tuple((field, heading) for field, heading in COLUMNS if any(getattr(g, field) for g in groups))
        most = {field: max(getattr(g, field) or 0 for g in groups) for field, _ in columns}
        found.append(Grouping(by, _NAMES[by], groups, len(stats.groups) - len(groups), stats.total, columns, most))
    return found

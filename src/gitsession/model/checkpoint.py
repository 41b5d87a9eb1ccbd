"""A session's checkpoint as a value."""

import re
from typing import NamedTuple

from gitsession.model.fact import Fact

STATUSES = ("active", "completed", "abandoned")
OUTCOMES = ("met", "partly", "not")
SCHEMA = 1
#: number, slug, four random characters; slug and characters may be absent in files that people made by hand
STEM = re.compile(r"(?P<number>\d{4,})(?:-(?P<slug>[A-Za-z0-9][A-Za-z0-9-]*))?\Z")


def stem_number(stem: str) -> int:
    """The number that orders sessions for people, 0 where the stem has none."""
    match = STEM.match(stem)
    return int(match["number"]) if match else 0


class Checkpoint(NamedTuple):
    """What the Markdown file of a session says. Times are ISO 8601 as written; `instant` is `started` in seconds since the epoch."""

    stem: str
    status: str
    started: str
    instant: float
    title: str
    goal: str = ""
    branch: str = ""
    author: str = ""
    agent: str = ""
    parents: tuple[str, ...] = ()
    ended: str = ""
    model: str = ""
    account: str = ""
    tags: tuple[str, ...] = ()
    outcome: str = ""
    budget: int = 0
    usage: tuple[tuple[str, float], ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def order(self) -> tuple[float, str]:
        """Sessions are ordered by when they started, then by stem."""
        return (self.instant, self.stem)

    @property
    def number(self) -> str:
        """The stem's number as written, such as `0002`; the stem where it has none."""
        match = STEM.match(self.stem)
        return match["number"] if match else self.stem


#: Names of all fields but the facts, in order.
CHECKPOINT_FIELDS = Checkpoint._fields[:-1]

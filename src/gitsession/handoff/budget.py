"""Fills a page by priority: a row is carried whole or not at all, and costs its bytes and what it brings with it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitsession.handoff.links import Links
from gitsession.handoff.text import block, inline

SECTIONS = (
    "Now",
    "Next",
    "Waiting for someone",
    "Must hold",
    "Decided",
    "Watch out",
    "Run",
    "Where to look",
    "Before",
    "More",
)


class Row(NamedTuple):
    """A line that the page may carry. `body` is cleaned text from outside, escaped when tried; the rest is ours."""

    section: str
    place: tuple[int, int]  # group of the section, position in it
    prefix: str
    body: str = ""
    suffix: str = ""
    refs: tuple[str, ...] = ()  # stems that it links to
    force: int = 0  # facts in force that it carries
    back: tuple[str, ...] = ()  # the sessions of the background facts that it carries, one for each fact
    starts: bool = True  # the body begins a block
    host: int = -1  # row (of the same list) that this one is appended to
    kind: str = ""
    stem: str = ""


class Filling:
    """Rows chosen so far and the bytes that are left. `intros` are the lines before the first row of a group."""

    def __init__(
        self, rows: Sequence[Row], room: int, links: Links, intros: dict[tuple[str, int], str], refs: Iterable[str] = ()
    ) -> None:
        self.rows = rows
        self.room = room
        self.chosen: dict[int, str] = {}
        self.refs = set(refs)  # stems that are linked to, and whose definitions are paid for
        self._links = links
        self._intros = intros
        self._opened: set[tuple[str, int]] = {("Now", 0)}

    def copy(self) -> "Filling":
        """The same, to go on from twice."""
        other = Filling(self.rows, self.room, self._links, self._intros)
        other.chosen, other.refs, other._opened = dict(self.chosen), set(self.refs), set(self._opened)
        return other

    def fill(self, indices: Iterable[int]) -> None:
        """Carry what fits, in this order; until nothing more does, since a heading or a link is paid only once."""
        left = list(indices)
        progress = True
        while progress and left:
            progress = False
            rest = []
            for index in left:
                if self._try(index):
                    progress = True
                else:
                    rest.append(index)
            left = rest

    def add(self, row: Row) -> bool:
        """Carry a row that is not among the candidates, if it fits."""
        self.rows = [*self.rows, row]
        return self._try(len(self.rows) - 1)

    def put(self, row: Row) -> None:
        """Carry a row that has room of its own."""
        self.rows = [*self.rows, row]
        self.chosen[len(self.rows) - 1] = row.prefix

    def _try(self, index: int) -> bool:
        row = self.rows[index]
        # Escaping adds and never takes away, so most of a long list is settled without it.
        if len(row.prefix) + len(row.body) + len(row.suffix) >= self.room or (
            row.host >= 0 and row.host not in self.chosen
        ):
            return False
        body = row.body and (block(row.body, self._links.up) if row.starts else inline(row.body, up=self._links.up))
        text = f"{row.prefix}{body}{row.suffix}"
        group = (row.section, row.place[0])
        cost = len(text.encode())
        if row.host < 0:
            cost += 1
            if group not in self._opened:
                cost += len(self._intros.get(group, "").encode())
            if not any(section == row.section for section, _ in self._opened):
                cost += len(heading(row.section))
        new = {stem for stem in row.refs if stem not in self.refs}
        cost += sum(len(self._links.definition(stem).encode()) for stem in new)
        if cost > self.room:
            return False
        self.room -= cost
        self.chosen[index] = text
        self.refs |= new
        self._opened.add(group)
        return True

    def sections(self) -> dict[str, list[tuple[int, str]]]:
        """Chosen lines by section, in the order of the page, each with its group."""
        lines = dict(self.chosen)
        for index, text in self.chosen.items():
            host = self.rows[index].host
            if host >= 0:
                lines[host] += text
                del lines[index]
        page: dict[str, list[tuple[int, str]]] = {}
        for index in sorted(lines, key=lambda index: self.rows[index].place):
            row = self.rows[index]
            page.setdefault(row.section, []).append((row.place[0], lines[index]))
        return page


def heading(section: str) -> str:
    """The heading of a section, with the empty line before it."""
    return f"\n## {section}\n"

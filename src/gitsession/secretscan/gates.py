"""Which detectors are worth a line: those of whose gates it holds one. A gate is a text, or one of the two kinds of long word below."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from gitsession.secretscan.values import fold

#: What has no gate of its own looks at lines that hold a long word with a digit, or with case as no name has it.
LONG_TOKEN = ("",)
#: What is joined by these looks at lines where one of them stands in a long word.
JOINERS = frozenset("_-")
_LONG = re.compile(r"[^\s\"'`<>(),;]{15,400}")
_DRAWN = re.compile(r"\d|(?:[a-z]{1,4}[A-Z]{1,4}){3}")

Spans = Callable[[str], Iterator[tuple[int, int, str]]]


class Active(NamedTuple):
    """What looks for one kind of thing, where a line holds one of its gates (`fold`: case aside)."""

    order: int  # its place among all; the lowest to claim a place in a line names its kind
    name: str
    spans: Spans
    gates: tuple[str, ...]
    fold: bool


class Gates:
    """All that a text can interest, to be asked for the parts of it."""

    def __init__(self, active: Sequence[Active]) -> None:
        self._active = active
        self._by_gate: tuple[dict[str, list[int]], dict[str, list[int]]] = (
            {},
            {},
        )  # for the text as it stands, and folded
        for rule in active:
            for gate in rule.gates:
                self._by_gate[rule.fold].setdefault(gate, []).append(rule.order)

    def of(self, text: str) -> list[Active]:
        """Those that are worth a text, in their order."""
        orders: set[int] = set()
        for where, by_gate in zip((text, fold(text)), self._by_gate, strict=True):
            for gate, rules in by_gate.items():
                if gate in where:
                    orders.update(rules)
        return [self._active[order] for order in sorted(orders)]

    def plan(self, text: str, starts: Sequence[int]) -> dict[int, list[Active]]:
        """The same for each line of a text, which is searched whole. `starts` says where the lines begin in it."""
        long, joined = _long_words(text, starts)
        wheres = (text, fold(text))
        found: dict[tuple[bool, str], list[int]] = {}
        planned: dict[int, list[Active]] = {}
        for rule in self._active:
            numbers: Iterable[int]
            if rule.gates == LONG_TOKEN:
                numbers = long
            elif JOINERS.issuperset(rule.gates):
                numbers = joined
            else:
                for gate in rule.gates:
                    if (rule.fold, gate) not in found:
                        found[rule.fold, gate] = _holding(gate, wheres[rule.fold], starts)
                numbers = {number for gate in rule.gates for number in found[rule.fold, gate]}
            for number in numbers:
                planned.setdefault(number, []).append(rule)
        return planned


def _holding(gate: str, text: str, starts: Sequence[int]) -> list[int]:
    """The numbers of the lines that hold a text."""
    numbers: list[int] = []
    number, last = 0, len(starts) - 1
    place = text.find(gate)
    while place >= 0:
        number = bisect_right(starts, place, number) - 1
        numbers.append(number)
        if number == last:
            break
        number += 1
        place = text.find(gate, starts[number])
    return numbers


def _long_words(text: str, starts: Sequence[int]) -> tuple[list[int], set[int]]:
    """The lines that hold a long word that may be drawn, and those that hold one of these or one with a joiner."""
    drawn: list[int] = []
    joined: set[int] = set()
    match = _LONG.search(text)
    while match:
        word, end = match[0], match.end()
        if _DRAWN.search(word):
            number = bisect_right(starts, end - 1) - 1
            drawn.append(number)
            joined.add(number)
            if number + 1 == len(starts):
                break
            end = starts[number + 1]
        elif "-" in word or "_" in word:
            joined.add(bisect_right(starts, end - 1) - 1)
        match = _LONG.search(text, end)
    return drawn, joined

"""What our detectors share: plugins of detect-secrets that also say where a value stands and what kind it is."""

import re
from abc import abstractmethod
from collections.abc import Callable, Generator, Iterator
from functools import cache, partial
from typing import NamedTuple

from detect_secrets.plugins.base import BasePlugin

from gitsession.secretscan import values


class SpanDetector(BasePlugin):
    """Finds places in a line. `gates`: a line without any of these texts is not looked at (`fold`: case aside)."""

    gates: tuple[str, ...] = ()
    fold = False

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        """The values in one line."""
        yield from (string[start:end] for start, end, _ in self.spans(string))

    @abstractmethod
    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """The place of each value in one line (characters from 0, end excluded), and its kind."""

    def parts(self) -> list[tuple[tuple[str, ...], bool, Callable[[str], Iterator[tuple[int, int, str]]]]]:
        """What it is made of: gates, whether they stand for any case, and what finds the places."""
        return [(self.gates, self.fold, self.spans)]


class Pattern(NamedTuple):
    """A row of a TableDetector."""

    kind: str
    gates: tuple[str, ...]  # in lower case
    check: str  # a key of _CHECKS
    pattern: str  # the value is its group `v`, or all of it


class TableDetector(SpanDetector):
    """A detector that is data. A row of its table: kind | gates, with commas | what the value must be | pattern.

    A pattern is compiled when a line first holds one of its gates: most commits need few of them.
    """

    table = ""
    fold = True

    def __init__(self) -> None:
        self.rows = parse_table(self.table)
        self.gates = tuple(dict.fromkeys(gate for row in self.rows for gate in row.gates))

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        folded = values.fold(line)
        for row in self.rows:
            if any(gate in folded for gate in row.gates):
                yield from _row_spans(row, line)

    def parts(self) -> list[tuple[tuple[str, ...], bool, Callable[[str], Iterator[tuple[int, int, str]]]]]:
        """See SpanDetector: its rows."""
        return [(row.gates, True, partial(_row_spans, row)) for row in self.rows]


def _row_spans(row: Pattern, line: str) -> Iterator[tuple[int, int, str]]:
    for match in compiled(row.pattern).finditer(line):
        start, end = match.span("v") if "v" in match.re.groupindex else match.span()
        value = line[start:end] if row.check == "all" else line[start:end].rstrip("`,;.)'\"")
        if value and _CHECKS[row.check](value):
            yield start, start + len(value), row.kind


def parse_table(table: str) -> list[Pattern]:
    """The rows of a table; empty lines and comments are passed over."""
    rows = []
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, gates, check, pattern = line.split(" | ", 3)
            rows.append(Pattern(kind, tuple(gates.split(",")), check, pattern))
    return rows


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed."""
    return re.compile(pattern)


def _is_given(value: str) -> bool:
    return len(value) >= 4 and not values.is_harmless(value) and not values.is_stock(value)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "all": bool,
    "given": _is_given,  # the place alone says that it is a secret: only placeholders and references pass
    "password": lambda value: _is_given(value) and values.is_password(value),
    "login": lambda value: (
        (not values.is_harmless(value) and values.is_random(value, 8) and not values.HEX.fullmatch(value))
        or values.is_chosen(value)
    ),
    "strong": values.is_strong,
    "chosen": lambda value: values.is_strong(value) or values.is_chosen(value),
    "random": lambda value: not values.is_harmless(value) and values.is_random(value, 12),
    "opaque": lambda value: not values.is_harmless(value) and values.is_opaque(value),
    "key": lambda value: len(set(value)) > 8 and not values.is_placeholder(value),
    "basic": values.is_basic,
}

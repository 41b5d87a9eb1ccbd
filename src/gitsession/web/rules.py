"""How the figures are counted: the rules as docs/metrics.md states them, since they are written down once."""

import re
from functools import cache

from gitsession.resources import read_resource

_COMMAND = re.compile(r"`gitsession (\w+)")


def rules_text() -> str:
    """All of it, as Markdown."""
    return read_resource("docs", "metrics.md")


def rule(command: str, figure: str) -> str:
    """The rule of a figure in the section about a command, as Markdown. Raises KeyError for one that is not stated."""
    return _rules()[command, figure]


@cache
def _rules() -> dict[tuple[str, str], str]:
    """(command, figure) -> rule. A row may state the rule of several."""
    found: dict[tuple[str, str], str] = {}
    command = ""
    for line in rules_text().split("\n"):
        if line.startswith("## "):
            command = match[1] if (match := _COMMAND.search(line)) else ""
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("| ") else []
        if len(cells) >= 2 and set(cells[0]) != {"-"}:
            for figure in cells[0].replace("`", "").split(", "):
                found[command, figure] = cells[-1].removesuffix(" |")
    return found

"""The index's own door: nothing secret comes in, whatever the history holds."""

import re
from collections.abc import Sequence

from gitsession.errors import ScanError
from gitsession.secretscan.redaction import redact_lines
from gitsession.secretscan.scanner import find_hits

_LINE_END = re.compile(r"\r\n|\n|\r")


def clean(units: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Texts as they may be kept, a unit being what is searched together, such as one commit or one session.

    All units are searched at once, since a search has a price of its own, and those with a find again by themselves: what
    becomes of a text must not depend on what else came with it.
    """
    try:
        if not find_hits("index", "\n\n".join("\n".join(unit) for unit in units)):
            return list(units)
    except ScanError:
        pass
    return [_clean_unit(unit) for unit in units]


def _clean_unit(unit: Sequence[str]) -> Sequence[str]:
    try:
        if not find_hits("index", "\n".join(unit)):
            return unit
        lines = [_LINE_END.split(text) for text in unit]
        searched = iter(redact_lines([line for text in lines for line in text]))
        return ["\n".join(next(searched) for _ in text) for text in lines]
    except ScanError:
        return ["[NOT SEARCHED]" for _ in unit]


def storable(path: str) -> str:
    """A path as text for SQLite, which takes UTF-8 only."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

"""Long texts cut to what is worth keeping, in two steps: before secrets are taken out (so that this costs little), and after.

What is left after the first step is somewhat longer than it may be, so that a secret that reaches over an end is seen whole.
"""

import re
from typing import NamedTuple

#: Characters of a word, path or encoding that nobody reads; a token of that length goes whole, not in half.
_DATA = re.compile(r"[A-Za-z0-9+/=_.%~-]{400,}")
_SPARE = 200
#: A key lies in many lines, and only the first says so: the end of such a text is not kept.
_KEYS = ("PRIVATE KEY", "PuTTY-User-Key-File")


class Limits(NamedTuple):
    """Characters of a text, and of one line of it."""

    size: int
    line: int


def cut_before(text: str, limits: Limits) -> tuple[str, int]:
    """The first step: the text and how many characters were left out, which a note in their place tells."""
    size, width = limits
    if len(text) <= size:
        return _shortened(text, width)
    head = text[: size // 2]
    end = head.rfind("\n")
    if end < 0:  # one line: as much of it as lines may have, and what follows
        end = text.find("\n", size // 2)
        end = len(text) if end < 0 else end
    first, _ = _shortened(text[: min(end, size + width + _SPARE)], width)
    keys = any(sign in text for sign in _KEYS)
    start = 0 if keys else text.find("\n", max(end, len(text) - (size - size // 2))) + 1
    last, _ = _shortened(text[start:] if start else "", width)
    gone = (start or len(text)) - end
    left_out = len(text) - len(first) - len(last)
    note = f"[{gone:,} characters cut]"
    return "\n".join(part for part in (first, note if gone > 0 else "", last) if part), max(left_out, 0)


def cut_after(text: str, limits: Limits) -> str:
    """The second step: lines that are still too long."""
    if len(text) <= limits.line:
        return text
    return "\n".join(line if len(line) <= limits.line else line[: limits.line] + "\u2026" for line in text.split("\n"))


def _shortened(text: str, width: int) -> tuple[str, int]:
    """The text with its data and the rest of its long lines left out."""
    longest = width + _SPARE
    lines = text.split("\n") if len(text) > longest else ()
    if max(map(len, lines), default=0) <= longest:
        return text, 0
    result = "\n".join(
        line if len(line) <= longest else _DATA.sub(_told, line[: width * 8])[:longest] for line in lines
    )
    return result, max(len(text) - len(result), 0)


def _told(match: re.Match[str]) -> str:
    return f"[{len(match[0]):,} characters of data]"

"""How far a secret reaches: a hit may be the part of it that gives it away, such as the first line of a key."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitsession.secretscan import values
from gitsession.secretscan.scanner import Hit
from gitsession.secretscan.views import BLANKS


class Span(NamedTuple):
    """A part of a line: characters from 0, the end excluded."""

    line: int  # from 0
    start: int
    end: int


_KEY = re.compile(r"PRIVATE KEY|PuTTY-User-Key-File|(?:MII[A-Za-z0-9]|MHc|b3BlbnNzaC1rZXkt)[A-Za-z0-9+/]{20}")
_KEY_END = re.compile(r"END (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-{0,5}")
_KEY_BEGIN = re.compile(r"BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY")
#: A line of a key's body as it is printed, quoted or listed; the short one at its end; and what stands above a body.
_LEFT = r"[\s>|*+#\"'\d:,│→-]{0,20}"
_RIGHT = r"(?:\\[nr]|[\s\"',\\|]){0,20}"
_BODY = re.compile(_LEFT + r"[A-Za-z0-9+/]{16,100}={0,2}" + _RIGHT)
_SHORT = re.compile(_LEFT + r"=?[A-Za-z0-9+/]{0,15}={0,2}" + _RIGHT)
_ABOVE = re.compile(
    _LEFT + r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Encryption|Key-Derivation|Argon2-\w{1,20}"
    r"|Public-Lines|Private-Lines|Private-MAC): [^\n]{0,200}"
)
_BODY_INLINE = re.compile(r"[A-Za-z0-9+/]{16}")
#: What goes on without a break belongs to the value: a pattern may have looked at its first hundreds of characters only.
_RUN = re.compile(r"(?:[.~%+/=_-]{0,4}[A-Za-z0-9])*={0,2}")
#: What may follow a value that goes on in the next line; how the next line looks.
_WRAP = re.compile(r"(\\{1,2}|=|[\"']?\s{0,2}[+.&_\\])?\s{0,4}")
_MORE = re.compile(r"([\s>|+│]{0,20}[\"'`]?)([A-Za-z0-9+/_.~%-]{1,400}={0,2})[\"'`;,)\s+&]{0,6}\\?")
_MIXED = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}")
_SOFT = ("=", "\\")
_WIDTH = 60  # characters: a line that was cut for being long
_ESCAPE = re.compile(r"\\{1,8}(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrt\"'/]))")


def extent(lines: Sequence[str], number: int, hit: Hit) -> list[Span]:
    """All of a secret that a hit in this line belongs to, the part in this line first; of a key, its body in the lines below."""
    line = lines[number]
    at = _place(line, hit)
    if at is None:
        return [Span(number, 0, len(line))]
    start, end = at
    if not _KEY.search(line, start, end):
        if line[end - 1 : end].isalnum():
            run = _RUN.match(line, end)
            end = run.end() if run else end
        return [Span(number, start, end)]
    start = len(line[:start].rstrip("-"))
    end = len(line) - len(line[end:].lstrip("-"))
    if last := _KEY_END.search(line, end):
        return [Span(number, start, last.end())]
    if _BODY_INLINE.search(line, end):
        end = len(line)
    return [Span(number, start, end), *_body(lines, number + 1)]


def tail(lines: Sequence[str], value: Span) -> Iterator[Span]:
    """The rest of a value that was wrapped: it reaches the end of its line, and the next one begins with more of it and nothing else."""
    number, start, end = value
    line = lines[number]
    while (wrap := _WRAP.fullmatch(line, end)) and number + 1 < len(lines):
        more = _MORE.fullmatch(lines[number + 1])
        if not more or not (wrap[1] or line.endswith(_SOFT) or _opened(line, start) or _goes_on(line, more[2])):
            return
        number, line = number + 1, lines[number + 1]
        start, end = more.span(2)
        yield Span(number, start, end)


def _opened(line: str, start: int) -> bool:
    """Whether a quote stands before the value and none behind it."""
    return start > 0 and line[start - 1] in "\"'`" and line.count(line[start - 1]) % 2 == 1


def _goes_on(line: str, more: str) -> bool:
    return len(line) >= _WIDTH or (len(more) > 3 and (_MIXED.search(more) is not None or not values.is_words(more)))


def text_of(lines: Sequence[str], spans: Sequence[Span]) -> str:
    """What stands there."""
    return "\n".join(lines[number][start:end] for number, start, end in spans)


def _place(line: str, hit: Hit) -> tuple[int, int] | None:
    """Where the value stands in the line, also escaped; None where it is there in another form only."""
    part = line[hit.start : hit.end]
    if part and (hit.value.startswith(part) or hit.value.endswith(part)):  # a half: read with another line
        return hit.start, hit.end
    if "\\" not in line:
        return None
    plain, end = "", 0
    starts: list[int] = []  # of each character of `plain`, in the line
    for escape in _ESCAPE.finditer(line):
        starts += range(end, escape.start() + 1)
        code = escape[1] or escape[2]
        plain += line[end : escape.start()] + (chr(int(code, 16)) if code else BLANKS.get(escape[3], escape[3]))
        end = escape.end()
    starts += range(end, len(line) + 1)
    plain += line[end:]
    at = plain.find(hit.value)
    return (starts[at], starts[at + len(hit.value)]) if at >= 0 and plain.count(hit.value) == 1 else None


def _body(lines: Sequence[str], first: int) -> list[Span]:
    """The lines of a key below its first one, to its last; where that is missing, those that look like it."""
    at = whole = first
    while at < len(lines) and not _KEY_BEGIN.search(lines[at]):
        line = lines[at]
        if last := _KEY_END.search(line):
            return [*_whole(lines, first, at), Span(at, 0, last.end())]
        if _BODY.fullmatch(line) or _ABOVE.fullmatch(line):
            whole = at + 1
        elif not _SHORT.fullmatch(line):
            break
        at += 1
    return _whole(lines, first, whole)


def _whole(lines: Sequence[str], first: int, end: int) -> list[Span]:
    return [Span(number, 0, len(lines[number])) for number in range(first, end)]

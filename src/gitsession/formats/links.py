"""The relative links of a Markdown text: to the files beside it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from urllib.parse import unquote

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TICKS = re.compile(r"(?<![\\`])`+")
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+")
_TARGET = r"(?:<([^<>\n]{1,500})>|((?:[^\s()<>\\]|\\.|\([^\s()]{0,200}\)){1,500}))"
_INLINE = re.compile(rf"(?<!\\)\]\([ \t]{{0,20}}{_TARGET}(?=[\s)])")
_DEFINITION = re.compile(
    rf"^ {{0,3}}\[(?!\^)[^\]\n]{{1,500}}\]:[ \t]{{0,20}}{_TARGET}(?:[ \t]+[\"'(][^\n]*)?[ \t]*$", re.MULTILINE
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?")


def relative_links(text: str) -> list[tuple[int, str]]:
    """(line from 1, target) of each link to a file: inline, of an image, or defined (`[0002]: 0002-x.md`).

    Not in code or comments, and no URL. Targets come without `#anchor` and `?query`, unquoted.
    """
    prose = prose_of(text)
    starts = [0, *(m.end() for m in re.finditer("\n", prose))]
    found = []
    for pattern in (_INLINE, _DEFINITION):
        for match in pattern.finditer(prose):
            target = match[1] or re.sub(r"\\(.)", r"\1", match[2])
            if not _SCHEME.match(target):
                found.append((bisect_right(starts, match.start()), unquote(re.split("[#?]", target)[0])))
    return sorted(found)


def prose_of(text: str) -> str:
    """The text with its code and comments blanked out; every line stays in its place."""
    text = "\n".join(_without_fences(text.replace("\r\n", "\n")))
    text = _PARAGRAPH.sub(lambda m: _without_spans(m[0]), text)
    return _COMMENT.sub(lambda m: _blank(m[0]), text)


def _without_fences(text: str) -> Iterator[str]:
    fence = ""  # the one that is open
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not line[match.end() :].strip():
                fence = ""
            yield _blank(line)
        elif match and not (match[1][0] == "`" and "`" in line[match.end() :]):
            fence = match[1]
            yield _blank(line)
        else:
            yield line


def _without_spans(paragraph: str) -> str:
    """A paragraph without its code spans: from a run of ticks to the next one as long."""
    runs = [(m.start(), m.end()) for m in _TICKS.finditer(paragraph)]
    later: dict[int, int] = {}  # length -> the nearest run of it, seen from the end
    close = [0] * len(runs)
    for i in range(len(runs) - 1, -1, -1):
        length = runs[i][1] - runs[i][0]
        close[i] = later.get(length, 0)
        later[length] = i
    kept, at, i = [], 0, 0
    while i < len(runs):
        if close[i]:
            end = runs[close[i]][1]
            kept += [paragraph[at : runs[i][0]], _blank(paragraph[runs[i][0] : end])]
            at, i = end, close[i]
        i += 1
    return "".join(kept) + paragraph[at:]


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)

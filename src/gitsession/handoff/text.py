"""Text from outside as text on the page: one line, and never a heading, list, link, HTML or half a code span of ours.

What comes from people, commits and transcripts is *cleaned* (one line, no invisible characters) and then *escaped*,
only where a renderer of GitHub Flavored Markdown would take it for structure, so that ordinary text stays as written.
"""

import re
from collections.abc import Sequence

_NEWLINES = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# Control, bidirectional and zero-width characters, and the tag characters
# that hide text from people but not from models.
# A joiner stays inside words and emoji that need it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f\u200c\u200d])"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNCLEAN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_FENCE = re.compile(r"(`{3,}|~{3,})")
_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")

_SPECIAL = re.compile(r"[\\`*_~<\[]")
_TICKS = re.compile(r"`+")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_HTML = re.compile(r"<[A-Za-z/!?]")
_LINK = re.compile(
    r"\[(?P<label>[^\[\]\\`<>]{1,300})\]\((?P<url>"
    r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][^\s()<>\\\"'`\[\]]{0,600})?"
    r"|(?!\d+\))[A-Za-z0-9_-][\w.-]{0,200}(?:/[A-Za-z0-9_-][\w.-]{0,200}){0,8}(?:#[\w-]{0,100})?)\)",
    re.ASCII,
)
_LABEL = r"\s*(?:\d{4,}|project)(?![0-9A-Za-z.])"  # it would be a reference of ours
_HARMLESS_BRACKET = re.compile(r"\[(?!" + _LABEL + r")[^\[\]\\`<^][^\[\]\\`<]{0,300}\](?![(:\[])", re.IGNORECASE)
_BOX = re.compile(r"\[[ xX]\](?=\s|\Z)")
_BLOCK_START = re.compile(r"#{1,6}(?=\s|\Z)|[-+*](?=\s|\Z)|>|~{3,}|([-*_])(?:\s*\1){2,}\s*\Z|:(?=-)")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")


def clean(text: str) -> str:
    """The text on one line: nested items after semicolons, lines of code as inline code, nothing invisible in it."""
    if _UNCLEAN.search(text) is None:
        return text.strip() or "(empty)"
    text = _SURROGATE.sub("\ufffd", _NEWLINES.sub("\n", _TERMINAL.sub("", text)))
    line = ""
    fence = ""
    for raw in _INVISIBLE.sub("", text.replace("\t", " ")).split("\n"):
        piece = raw.strip()
        edge = _FENCE.match(piece)
        if fence and piece.startswith(fence) and not piece.strip(fence[0]):
            fence = ""
            continue
        if not fence and line and edge and "`" not in piece[edge.end() :]:
            fence = edge[1]
            continue
        if not piece:
            continue
        if fence:
            piece, joint = code_span(piece), "; "
        elif line and (marker := _MARKER.match(piece)):
            piece, joint = piece[marker.end() :], "; "
        else:
            joint = " "
        if line:
            line += " " if line[-1] in ":;" else joint
        line += piece
    return line.strip() or "(empty)"


def first_paragraph(text: str) -> str:
    """The first paragraph of a longer text, on one line; empty where there is none."""
    paragraph = re.split(r"\n[ \t\r]*\n", text.strip(), maxsplit=1)[0]
    return clean(paragraph) if paragraph else ""


def shorten(text: str, size: int) -> str:
    """At most `size` bytes of UTF-8, cut at a word where one ends in the last third, with an ellipsis."""
    data = text.encode("utf-8", "replace")
    if len(data) <= size:
        return text
    cut = data[: max(size - 3, 0)].decode("utf-8", "ignore")
    space = cut.rfind(" ")
    return (cut[:space] if space > len(cut) * 2 // 3 else cut).rstrip(" ,;:\\") + "\u2026"


def code_span(text: str) -> str:
    """The text as inline code, whatever backticks it holds."""
    if _UNCLEAN.search(text):
        text = " ".join(
            _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", _TERMINAL.sub("", text)).replace("\t", " ")).split()
        )
    text = text.strip() or "(empty)"
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(len(run) for run in _TICKS.findall(text)) + 1)
    return f"{fence} {text} {fence}"


def block(text: str, up: str = "") -> str:
    """Cleaned text that begins a block (a list item, a paragraph): escaped, and no marker of a block at its start."""
    text = inline(text, up=up)
    if _BLOCK_START.match(text) or _BOX.match(text):
        return "\\" + text
    return _NUMBERED.sub(r"\1\\\2", text, count=1) if _NUMBERED.match(text) else text


def inline(text: str, *, tight: bool = False, up: str = "") -> str:
    """Cleaned text, escaped. `tight`: inside emphasis or quotes of ours, where no emphasis of its own is let through.

    `up` leads from the page's folder to `.sessions/`, for links that the text makes to other files there. Never
    shorter than `text`, and linear in its length.
    """
    if _SPECIAL.search(text) is None:
        return text
    out: list[str] = []
    runs: list[_Run] = []
    ticks = _tick_runs(text)
    at = 0
    while (found := _SPECIAL.search(text, at)) is not None:
        start = found.start()
        out.append(text[at:start])
        char = text[start]
        if char == "\\":
            at = start + 2 if text[start + 1 : start + 2] in _PUNCTUATION else start + 1
            out.append(text[start:at] if at < len(text) or at == start + 2 else "\\\\")
        elif char == "`":
            at = _code(text, start, ticks, out)
        elif char == "<":
            out.append("\\<" if _HTML.match(text, start) else "<")
            at = start + 1
        elif char == "[":
            at = _bracket(text, start, out, up)
        else:
            at = start
            while at < len(text) and text[at] == char:
                at += 1
            runs.append(_flanking(text, start, at, len(out)))
            out.append(text[start:at])
    out.append(text[at:])
    for run in runs if tight else _unbalanced(runs):
        if run.opens or run.closes or run.edge:  # at an edge it would lengthen a mark of ours
            out[run.slot] = "".join("\\" + char for char in out[run.slot])
    return "".join(out)


def join_within(parts: Sequence[str], size: int, separator: str = ", ") -> tuple[str, int]:
    """As many first parts as fit in `size` bytes, "and N more" included, and how many. ("", 0) if none does."""
    sizes = [len(part.encode()) for part in parts]
    used = total = 0
    best = 0
    for count, length in enumerate(sizes, 1):
        total += length + (len(separator) if count > 1 else 0)
        left = len(parts) - count
        if total + (len(f" and {left} more") if left else 0) <= size:
            best, used = count, total
        elif total > size:
            break
    if not used:
        return "", 0
    left = len(parts) - best
    return separator.join(parts[:best]) + (f" and {left} more" if left else ""), best


def sentence(text: str) -> str:
    """The text with a full stop, where it has no end of its own."""
    return text if text.endswith((".", "!", "?", "\u2026", ":")) and not text.endswith("\\.") else text + "."


class _Run:
    """A run of `*`, `_` or `~` outside code."""

    __slots__ = ("char", "closes", "edge", "opens", "slot", "width")

    def __init__(self, char: str, width: int, slot: int, *, opens: bool, closes: bool, edge: bool) -> None:
        self.char = char
        self.width = width
        self.slot = slot
        self.opens = opens
        self.closes = closes
        self.edge = edge


def _kind(char: str) -> str:
    """Whitespace, punctuation, a letter; "?" for what versions of CommonMark see differently (symbols beyond ASCII)."""
    if not char or char.isspace():
        return " "
    if char in _PUNCTUATION:
        return "."
    return "a" if char.isalnum() else "?"


def _flanking(text: str, start: int, end: int, slot: int) -> _Run:
    edge = start == 0 or end == len(text)
    before = _kind(text[start - 1] if start else "")
    after = _kind(text[end : end + 1])
    if "?" in (before, after):
        return _Run(text[start], end - start, slot, opens=True, closes=True, edge=edge)
    left = after == "a" or (after == "." and before != "a")
    right = before == "a" or (before == "." and after != "a")
    if after == " ":
        left = False
    if before == " ":
        right = False
    if text[start] == "_":  # inside a word it is no emphasis
        left, right = left and (not right or before == "."), right and (not left or after == ".")
    return _Run(text[start], end - start, slot, opens=left, closes=right, edge=edge)


def _unbalanced(runs: list[_Run]) -> list[_Run]:
    """Runs that would open or close emphasis other than by a pair of their own; a lone opener does not."""
    bad: list[_Run] = []
    stack: list[_Run] = []
    for run in runs:
        if run.opens and not run.closes and run.width <= (2 if run.char == "~" else 3):
            stack.append(run)
        elif run.closes and not run.opens:
            at = next(
                (
                    i
                    for i in range(len(stack) - 1, max(-1, len(stack) - 20), -1)
                    if stack[i].char == run.char and stack[i].width == run.width
                ),
                -1,
            )
            if at < 0:
                bad.append(run)
            else:
                bad.extend(stack[at + 1 :])
                del stack[at:]
        else:
            bad.append(run)
    return [run for run in bad if run.opens or run.closes]


def _tick_runs(text: str) -> dict[int, list[int]]:
    """Where runs of backticks begin, by their length, last first."""
    where: dict[int, list[int]] = {}
    for run in _TICKS.finditer(text):
        where.setdefault(run.end() - run.start(), []).append(run.start())
    for starts in where.values():
        starts.reverse()
    return where


def _code(text: str, start: int, ticks: dict[int, list[int]], out: list[str]) -> int:
    end = start
    while end < len(text) and text[end] == "`":
        end += 1
    width = end - start
    later = ticks.get(width, [])
    while later and later[-1] < end:
        later.pop()
    if later:
        end = later.pop() + width
        out.append(text[start:end])
    else:
        out.append("\\`" * width)
    return end


def _bracket(text: str, start: int, out: list[str], up: str) -> int:
    """A link of the writer's own stays one if it leads to the web or to a file of `.sessions/`; all others are text."""
    link = _LINK.match(text, start)
    if link and text[start - 1 : start] not in ("!", "\\", "]"):
        url = link["url"]
        out.append(f"[{inline(link['label'], tight=True)}]({url if '://' in url else up + url})")
        return link.end()
    out.append("[" if _HARMLESS_BRACKET.match(text, start) else "\\[")
    return start + 1

r"""Text of a conversation as Markdown that a page can hold: lists, emphasis and code stay, the rest is text.

Nothing in it is a heading, HTML, link with a target of its own, image, alert or diagram, whatever it holds, and no code block
reaches beyond its end. `unescape(escape(text)) == text` for what `storable` lets through.
"""

import re
from collections.abc import Iterator

_NEWLINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
# What nobody sees: control, direction, zero-width and tag characters, which could hide words from people but not from models;
# and half a surrogate pair, which no file can hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PRINTABLE = re.compile(r"[\n\t -~]*\Z")
#: What any of the four above begins with: most texts hold none.
_ODD = re.compile(f"[\r\x0b\x0c\x85\u2028\u2029{_UNSEEN.pattern[1:-1]}{_SURROGATE.pattern[1:-1]}]")

#: A code block of a text stays one where it begins at the margin and says no more than its language.
_FENCE = re.compile(r"(`{3,}|~{3,})([\w+#.-]{0,20})\Z", re.ASCII)
_DRAWN = ("mermaid", "math", "geojson", "topojson", "stl")  # what GitHub draws instead of showing
_UNDERLINE = re.compile(r"([\s>]*)([=-])(?=[=-]*\s*\Z)")
_TOKEN = re.compile(
    r"(?P<code>(`+)(?!`).+?(?<!`)\2(?!`))|`+|[\\<&$]|\](?=[(\[:])|\[(?=!)|(?<![^\s>])(?:#(?=#{0,5}(?:\s|\Z))|~(?=~~))"
)
_IN_CODE = re.compile(r"[\\`<&$\[\]#|]")
_LONG = 5000  # a longer line's backticks are no code: pairing them would take too long
_TICKS = re.compile(r"`+|[\\<&$]|\](?=[(\[:])|\[(?=!)|(?<![^\s>])(?:#(?=#{0,5}(?:\s|\Z))|~(?=~~))")
_ESCAPED = re.compile(r"\\(.)|(`+)(?!`).+?(?<!`)\2(?!`)")
_GOES_ON = re.compile(r"[^\W_][^\W_]*(?![.)\w])")  # the line continues a paragraph, whatever stands above


def storable(text: str) -> str:
    r"""The text as it is stored: lines end in `\n`, nothing unseen in it, no empty lines at its ends."""
    if not _PRINTABLE.match(text) and _ODD.search(text):
        text = _TERMINAL.sub("", _NEWLINE.sub("\n", text))
        text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    return text.rstrip().lstrip("\n")


def one_line(text: str) -> str:
    """A value as it is stored: one line, without backticks, so that it can stand in code."""
    return " ".join(storable(text).replace("`", "'").split())


def escape(text: str, *, breaks: bool = False) -> list[str]:
    """The lines of a storable text as Markdown. With `breaks`, lines of a paragraph stay apart."""
    lines = text.split("\n")
    out: list[str] = []
    closing = _closings(lines)
    at = 0
    while at < len(lines):
        if at in closing:
            out += lines[at : closing[at] + 1]
            at = closing[at] + 1
            continue
        line = escape_line(lines[at])
        if breaks and line and at + 1 < len(lines) and at + 1 not in closing and _GOES_ON.match(lines[at + 1]):
            line += "\\"
        out.append(line)
        at += 1
    return out


def escape_line(line: str) -> str:
    """One line of it, outside of code blocks."""
    line = (_TICKS if len(line) > _LONG else _TOKEN).sub(_escaped, line)
    return _UNDERLINE.sub(r"\1\\\2", line, count=1) if _UNDERLINE.match(line) else line


def unescape(lines: list[str]) -> str:
    """The text that these lines were made of."""
    out = []
    for line, plain in in_code(lines):
        if plain:
            out.append(line)
            continue
        text = _ESCAPED.sub(lambda m: m[1] or m[0], line)
        out.append(text[:-1] if _breaks(line) else text)
    return "\n".join(out)


def in_code(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Lines of a page, each with whether it belongs to a code block."""
    fence = ""
    for line in lines:
        if fence:
            yield line, True
            if _closes(line, fence):
                fence = ""
        else:
            match = _FENCE.match(line)
            fence = match[1] if match else ""
            yield line, bool(fence)


def fenced(text: str, language: str = "") -> list[str]:
    """Any text as a code block."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`{3,}", text)), default=0))
    return [fence + language, *text.split("\n"), fence]


def _escaped(match: re.Match[str]) -> str:
    token = match[0]
    if match.re is _TOKEN and match["code"]:
        # A table splits its cells at a bar, within code too: what stands in its halves is text again.
        return (
            _IN_CODE.sub(r"\\\g<0>", token)
            if "|" in token and _IN_CODE.search(token.strip("`").replace("|", ""))
            else token
        )
    return "".join("\\" + c for c in token)


def _closings(lines: list[str]) -> dict[int, int]:
    """Where code blocks begin, and where each ends."""
    found: dict[int, int] = {}
    hopeless: dict[str, int] = {}  # what no line closes any more
    after = -1
    for number, line in enumerate(lines):
        match = _FENCE.match(line) if number > after and line[:3] in ("```", "~~~") else None
        if match is None or match[2].lower() in _DRAWN or len(match[1]) >= hopeless.get(line[0], len(line) + 1):
            continue
        # A tab before it is as wide as the quote around the text makes it: then it may close the block, or not.
        rest = range(number + 1, len(lines))
        end = next((n for n in rest if _closes(lines[n].lstrip("\t ") if "\t" in lines[n] else lines[n], match[1])), 0)
        if end and _closes(lines[end], match[1]):
            found[number] = after = end
        elif not end:
            hopeless[line[0]] = len(match[1])
    return found


def _closes(line: str, fence: str) -> bool:
    body = line.rstrip(" \t")
    ticks = body.lstrip(" ")
    return len(body) - len(ticks) < 4 and ticks.startswith(fence) and not ticks.strip(fence[0])


def _breaks(line: str) -> bool:
    """True where a line ends in a backslash of ours: those of the text come in pairs."""
    return bool((len(line) - len(line.rstrip("\\"))) % 2)

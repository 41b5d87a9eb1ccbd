"""One list item: its words, its box, and the annotations at its end."""

import re
from collections.abc import Sequence

from gitsession.model.fact import Fact

_BOX = re.compile(r"\[([ xX])\](?:\s+|$)")
_STRUCK = re.compile(r"~~(.+)~~\.?", re.DOTALL)
_NAMED = re.compile(r"(replaces|resolved|est|took|by|turn)\s*:\s*(.+)\Z", re.IGNORECASE | re.DOTALL)
_SOURCE = re.compile(r"source\s*:?\s*([0-9a-f]{4,64})\Z", re.IGNORECASE)
_LINK = re.compile(r"\[[^\]\n]{0,120}\]\((?:\./|\.\./)?(\d{4,9}[A-Za-z0-9-]{0,99})\.md\)")
_LINKS = re.compile(rf"(?:{_LINK.pattern}[,;\s]*)+\Z")
_COMMENT_START = re.compile(r"(?<!\\)<!--")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
#: What would begin a block of Markdown: a list, heading, quote, fence, rule, HTML, box or link definition.
_BLOCK = re.compile(
    r"(?:[-*+](?=[ \t]|$)|\d{1,9}(?=[.)](?:[ \t]|$))|#{1,6}(?=[ \t]|$)|>|`{3,}|~{3,}"
    r"|[-=*_](?:[ \t]*[-=*_]){2,}[ \t]*$|[-=*]+[ \t]*$"
    r"|<(?=[!/?A-Za-z])|\[(?=[ xX]\])|\[(?=[^\]]*\]:))"
)


#: No fact has more; a text that is made of them alone must not cost a commit its time.
_MAX_ANNOTATIONS = 50


def parse_fact(text: str, kind: str, line: int) -> Fact:
    """The fact that an item's text (without its marker, dedented) states."""
    box = ""
    match = _BOX.match(text)
    if match:
        box = "x" if match[1] in "xX" else " "
        text = text[match.end() :]
    if "(" not in text and "~~" not in text:
        return Fact(kind, text.strip(), line, box)
    notes: dict[str, list[str]] = {}
    text = _take_annotations(text, notes)
    lines = text.split("\n")
    head = head_length(lines)
    if 0 < head < len(lines):  # annotations at the end of the first paragraph, above nested lines
        first = _take_annotations("\n".join(lines[:head]), notes)
        text = "\n".join([first, *lines[head:]])
    struck = _STRUCK.fullmatch(text.strip())
    if struck:
        text = _take_annotations(struck[1], notes)
    return Fact(
        kind=kind,
        text=text.strip(),
        line=line,
        box=box,
        dropped=struck is not None,
        links=tuple(notes.get("link", ())),
        replaces=tuple(notes.get("replaces", ())),
        resolved="; ".join(notes.get("resolved", ())),
        est="; ".join(notes.get("est", ())),
        took="; ".join(notes.get("took", ())),
        source="".join(notes.get("source", ())[:1]),
        by="".join(notes.get("by", ())[:1]),
        turn="".join(notes.get("turn", ())[:1]),
    )


def _take_annotations(text: str, notes: dict[str, list[str]]) -> str:
    """Cut "(est: 20m)", "(replaces: ...)", "([0001](0001-x.md))" off the end of a text, the last one first."""
    for _ in range(_MAX_ANNOTATIONS):
        bare = text.rstrip()
        stop = bare.endswith(").")
        if not bare.endswith(")") and not stop:
            return text
        close = len(bare) - (2 if stop else 1)
        start = _opening(bare, close)
        if start < 0:
            return text
        inner = bare[start + 1 : close].strip()
        named, source = _NAMED.match(inner), _SOURCE.match(inner)
        if named:
            notes.setdefault(named[1].lower(), []).insert(0, " ".join(named[2].split()))
        elif source:
            notes.setdefault("source", []).insert(0, source[1])
        elif _LINKS.match(inner):
            notes.setdefault("link", [])[:0] = _LINK.findall(inner)
        else:
            return text
        text = bare[:start].rstrip()
    return text


def head_length(lines: Sequence[str]) -> int:
    """How many lines of an item are its first paragraph: up to a blank line, a nested list, a fence and the like."""
    for i, line in enumerate(lines):
        bare = line.strip()
        if (not bare or _BLOCK.match(bare)) and (i or not _BOX.match(bare)):
            return i
    return len(lines)


def _opening(text: str, close: int) -> int:
    """Index of the parenthesis that the one at `close` closes, -1 where there is none."""
    depth = 0
    for i in range(close, -1, -1):
        if text[i] == ")":
            depth += 1
        elif text[i] == "(":
            depth -= 1
            if not depth:
                return i
    return -1


def clean_text(text: str) -> str:
    """Words as they may stand in a checkpoint: no control or direction characters, newlines only, no blank lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    lines = (_CONTROL.sub("", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def render_item(text: str, *, marker: str = "-", indent: str = "", box: str = "", annotations: str = "") -> list[str]:
    """Lines of a list item (without line ends). No line of `text` can pose as a heading, a fence, a box or HTML."""
    lines = clean_text(text).split("\n")
    # What would start a block is escaped, once: a text that comes from a checkpoint is rendered as it stood there.
    safe = [_BLOCK.sub(_escape, line, count=1) if _BLOCK.match(line) else line for line in lines]
    safe = [_COMMENT_START.sub(r"\\<!--", line) if "<!--" in line else line for line in safe]
    safe[-1] += annotations
    lead = f"{indent}{marker} "
    first = lead + (f"[{box}] " if box else "") + safe[0]
    return [first, *(" " * len(lead) + line for line in safe[1:])]


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    return found + "\\" if found.isdigit() else "\\" + found

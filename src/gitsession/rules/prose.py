"""Markdown that people and agents say, taken apart into units: sentences, list items, table rows, each with what it stands under."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(\S*)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$")
_BOLD_LINE = re.compile(r"\s*(?:\d{1,3}[.)]\s+)?\*\*([^*]{2,120})\*\*:?\s*$")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|(\d{1,3})[.)]|\(?([A-Za-z])[.)])\s+(\[[ xX]\]\s+)?(\S.*)$")
_ROW = re.compile(r"\s*\|(.+)\|\s*$")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_TABLE_RULE = re.compile(r"[\s|:-]+$")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]{0,200})\]\([^)\s]{0,500}\)")
_LINK = re.compile(r"\[([^\]]{1,200})\]\((?:[^()\s]|\([^)]*\)){0,500}\)")
_EMPHASIS = re.compile(r"(\*\*|(?<!\w)__)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_QUOTE = re.compile(r"\s*>\s?")
#: Where a sentence ends: a stop with space behind it, and a beginning after that. Not after "e.g." and the like, nor in `code`.
_STOP = re.compile(r"(?<=[.!?。！？])(?:[\"')\]*_]{0,3})\s+(?=[\"'(\[*_`]{0,3}[A-ZÀ-ÖØ-ÞА-Я0-9`\"'(/~\u3040-\u9fff])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|z\.B|u\.a|p\.ex|Mr|Dr)\.|(?<!\w)\d{1,2}\.)[\"')\]*_]{0,3}$",
    re.IGNORECASE,
)
_MAX_LINE = 4000


class Unit(NamedTuple):
    """A piece of prose that can stand alone.

    `kind`: sentence | item | row | code | title (a line in bold: what follows stands under it). `under`: the headings and lead-ins that it stands below, outermost first. `label`: the number or
    letter of a list item, as written. `box`: " " or "x" of a task list. `parent`: index of the item that it is nested in, -1 for none.
    """

    kind: str
    text: str
    under: tuple[str, ...] = ()
    label: str = ""
    box: str = ""
    parent: int = -1
    lead: str = ""  # the sentence that introduces the list
    bold: bool = False  # it begins in bold: what it says is a point of its own


def units(text: str) -> list[Unit]:
    """All units of a text, in order. Code in fences is a unit of its own (`code`), HTML tags and images are left out."""
    found: list[Unit] = []
    heading: list[str] = []
    paragraph: list[str] = []
    lead = ""
    header: list[str] = []
    nesting: list[tuple[int, int]] = []  # (indent, index of the item)
    fence, code = "", []  # type: tuple[str, list[str]]
    blank = True

    def flush() -> None:
        nonlocal lead
        if not paragraph:
            return
        bold = paragraph[0].startswith("**")
        words = _plain(" ".join(paragraph))
        paragraph.clear()
        parts = list(sentences(words))
        if parts and parts[-1].endswith(":"):
            lead = parts[-1]
            if len(parts) == 1:
                return
            parts = parts[:-1]
        elif parts:
            lead = ""
        found.extend(
            Unit("sentence", part, tuple(heading), bold=bold and not place) for place, part in enumerate(parts) if part
        )

    for line in text.split("\n"):
        line = line[:_MAX_LINE].rstrip()
        match = _FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2]:
                if code:
                    found.append(Unit("code", "\n".join(code), tuple(heading), lead=lead))
                fence, code = "", []
            else:
                code.append(line)
            continue
        if match:
            flush()
            fence = match[1][:3]
            continue
        line = _QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line
        if not line.strip():
            flush()
            blank, header = True, []
            continue
        title = _HEADING.match(line)
        bold = None if title else _BOLD_LINE.match(line) if blank and not nesting else None
        if title or bold:
            flush()
            words = _plain((title or bold)[1]).strip(":* ")  # type: ignore[index]
            heading = [words] if title else [*heading[:1], words]
            if bold:
                found.append(Unit("title", words, tuple(heading[:-1])))
            lead, nesting, blank = "", [], True
            continue
        if _RULE.match(line) and "|" not in line:
            flush()
            lead, nesting = "", []
            continue
        row = _ROW.match(line)
        if row:
            flush()
            cells = [_plain(cell).strip() for cell in row[1].replace("\\|", "\0").split("|")]
            if _TABLE_RULE.match(line):
                continue
            if not header:
                header = cells
            else:
                found.append(Unit("row", _row(header, cells), tuple(heading), lead=lead))
            blank = False
            continue
        item = _ITEM.match(line)
        if item and not (item[3] and not blank and not nesting):
            flush()
            head = _BOLD_LINE.match(item[5])
            if head:  # an item that is a heading of what is nested in it, or follows
                heading, lead = [*heading[:1], _plain(head[1]).strip(":* ")], ""
                found.append(Unit("title", heading[-1], tuple(heading[:-1]), item[2] or item[3] or ""))
                nesting, blank = [(len(item[1].expandtabs(4)), -1)], False
                continue
            indent = len(item[1].expandtabs(4))
            while nesting and nesting[-1][0] >= indent:
                nesting.pop()
            parent = nesting[-1][1] if nesting else -1
            box = (item[4] or "").strip("[] \t").lower() if item[4] else ""
            nesting.append((indent, len(found)))
            label = item[2] or item[3] or ""
            loud = item[5].startswith("**")
            found.append(
                Unit(
                    "item",
                    _plain(item[5]),
                    tuple(heading),
                    label,
                    "x" if box else " " if item[4] else "",
                    parent,
                    lead,
                    loud,
                )
            )
        elif nesting and line[:1] in " \t" and found and found[-1].kind == "item" and len(found[-1].text) < _MAX_LINE:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {_plain(line.strip())}")
        else:
            if blank:
                nesting = []
            paragraph.append(line.strip())
        blank = False
    flush()
    if code:
        found.append(Unit("code", "\n".join(code), tuple(heading), lead=lead))
    return found


def sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph."""
    start = 0
    for match in _STOP.finditer(text):
        before = text[start : match.start()]
        if _ABBREVIATION.search(before) or before.count("`") % 2 or before.count("(") > before.count(")"):
            continue
        yield before.strip()
        start = match.end()
    rest = text[start:].strip()
    if rest:
        yield rest


def _plain(text: str) -> str:
    """A line's words: images, link targets and tags left out, emphasis and code kept as written."""
    if "![" in text:
        text = _IMAGE.sub(r"\1", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _outside_code(text)
    if "**" in text or "__" in text:
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(text.split())


def _outside_code(text: str) -> str:
    parts = text.split("`")
    return "`".join(part if i % 2 else _TAG.sub("", part) for i, part in enumerate(parts))


def _row(header: list[str], cells: list[str]) -> str:
    """A table's row in words: the first cell, then the others with their headings where these say something."""
    cells = [cell.replace("\0", "|") for cell in cells]
    rest = []
    for index, cell in enumerate(cells[1:], start=1):
        if not cell or cell in "-–—":
            continue
        name = header[index] if index < len(header) else ""
        rest.append(f"{name}: {cell}" if name and len(cell) < 40 and len(cells) > 2 else cell)
    return f"{cells[0]}: {'; '.join(rest)}" if cells[0] and rest else cells[0] or "; ".join(rest)

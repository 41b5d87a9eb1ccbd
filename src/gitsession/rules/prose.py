"""Markdown that people and agents say, taken apart into units: sentences, list items, table rows, each with what it stands under."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(\S*)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$")
_BOLD_LINE = re.compile(r"\s*\*\*([^*]{2,120})\*\*:?\s*$")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|(\d{1,3})[.)]|\(?([A-Za-z])[.)])\s+(\[[ xX]\]\s+)?(\S.*)$")
_LABEL = re.compile(r"#?(\d{1,3}|[A-Z])[.)]\s+(?=\S)")
_ROW = re.compile(r"\s*\|(.+)\|\s*$")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_TABLE_RULE = re.compile(r"[\s|:-]+$")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]{0,200})\]\([^)\s]{0,500}\)")
_LINK = re.compile(r"\[([^\]]{1,200})\]\(\s?(?:<[^<>\n]{0,500}>|(?:[^()\s]|\([^)]*\)){0,500})\)")
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

    `kind`: sentence | item | row | code | title (a line in bold: what follows stands under it). `under`: the headings that it stands below,
    outermost first. `lead`: the sentence that introduces the list, or the paragraph. `label`: the number or letter of a list item, as written. `box`: " " or
    "x" of a task list. `bold`: it begins in bold, so what it says is a point of its own. `parts`: the items nested in it.
    """

    kind: str
    text: str
    under: tuple[str, ...] = ()
    lead: str = ""
    label: str = ""
    box: str = ""
    bold: bool = False
    parts: tuple[str, ...] = ()


def units(text: str) -> list[Unit]:
    """All units of a text, in order. Code in fences is a unit of its own (`code`), HTML tags and images are left out."""
    reader = _Reader()
    for line in text.split("\n"):
        reader.line(line[:_MAX_LINE].rstrip())
    reader.end()
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: list[Unit] = []
        self.heading: list[str] = []
        self.paragraph: list[str] = []
        self.lead = ""
        self.header: list[str] = []
        self.nesting: list[tuple[int, int]] = []  # (indent, index of the outermost item, -1 below a title)
        self.fence = ""
        self.code: list[str] = []
        self.blank = True

    def line(self, line: str) -> None:
        """Take in the next line."""
        fence = _FENCE.match(line)
        if self.fence:
            if fence and fence[1].startswith(self.fence) and not fence[2]:
                self.end_code()
            else:
                self.code.append(line)
            return
        if fence:
            self.flush()
            self.fence = fence[1][:3]
            return
        if line.lstrip().startswith(">"):
            line = _QUOTE.sub("", line, count=1)
        if not line.strip():
            self.flush()
            self.blank, self.header = True, []
            return
        self.words(line)
        self.blank = False

    def words(self, line: str) -> None:
        """A line that is neither code nor blank."""
        title = _HEADING.match(line)
        item = None if title else _ITEM.match(line)
        row = None if title or item else _ROW.match(line)
        bold = (
            _BOLD_LINE.match(item[5]) if item else _BOLD_LINE.match(line) if self.blank and not self.nesting else None
        )
        if title:
            self.begin([_plain(title[1]).strip(":* ")])
        elif bold:
            label, words = _labelled(_plain(bold[1]).strip(":* "))
            self.begin([*self.heading[:1], words])
            self.found.append(
                Unit("title", words, tuple(self.heading[:-1]), label=(item and (item[2] or item[3])) or label)
            )
            if item:
                self.nesting = [(_indent(item[1]), -1)]
        elif _RULE.match(line) and not row:
            self.begin(self.heading)
        elif row:
            self.row(row[1], rule=_TABLE_RULE.match(line) is not None)
        elif item and not (item[3] and not self.blank and not self.nesting):
            self.item(item)
        elif self.nesting and line[:1] in " \t" and self.found and self.found[-1].kind == "item":
            self.go_on(_plain(line.strip()))
        else:
            if self.blank:
                self.nesting = []
            self.paragraph.append(line.strip())

    def begin(self, heading: list[str]) -> None:
        """What follows stands under this heading."""
        self.flush()
        self.heading, self.lead, self.nesting = heading, "", []

    def row(self, cells: str, *, rule: bool) -> None:
        """A table's row."""
        self.flush()
        if rule:
            return
        parts = [_plain(cell).strip() for cell in cells.replace("\\|", "\0").split("|")]
        if self.header:
            self.found.append(Unit("row", _row(self.header, parts), tuple(self.heading), self.lead))
        else:
            self.header = parts

    def item(self, match: re.Match[str]) -> None:
        """A list item; a nested one goes to the outermost item that it is part of."""
        self.flush()
        indent = _indent(match[1])
        while self.nesting and self.nesting[-1][0] >= indent:
            self.nesting.pop()
        outer = self.nesting[0][1] if self.nesting else -1
        words = _plain(match[5])
        if outer >= 0:
            self.nesting.append((indent, outer))
            self.found[outer] = self.found[outer]._replace(parts=(*self.found[outer].parts, words))
            return
        self.nesting.append((indent, len(self.found)))
        box = match[4].strip()[1:-1].strip().lower() or " " if match[4] else ""
        label = match[2] or match[3] or ""
        self.found.append(Unit("item", words, tuple(self.heading), self.lead, label, box, match[5].startswith("**")))

    def go_on(self, words: str) -> None:
        """A further line of the last item."""
        unit = self.found[-1]
        if unit.parts:
            self.found[-1] = unit._replace(parts=(*unit.parts[:-1], f"{unit.parts[-1]} {words}"[:_MAX_LINE]))
        else:
            self.found[-1] = unit._replace(text=f"{unit.text} {words}"[:_MAX_LINE])

    def flush(self) -> None:
        """End the paragraph. One that ends in a colon leads what follows."""
        if not self.paragraph:
            return
        loud = self.paragraph[0].startswith("**")
        label, words = _labelled(_plain(" ".join(self.paragraph)))
        self.paragraph = []
        parts = [part for part in sentences(words) if part]
        before, self.lead = self.lead, parts.pop() if parts and parts[-1].endswith(":") else ""
        self.found += [
            Unit(
                "sentence",
                part,
                tuple(self.heading),
                "" if place else before,
                "" if place else label,
                bold=loud and not place,
            )
            for place, part in enumerate(parts)
        ]

    def end_code(self) -> None:
        """End a piece of code."""
        if self.code:
            self.found.append(Unit("code", "\n".join(self.code), tuple(self.heading), self.lead))
        self.fence, self.code = "", []

    def end(self) -> None:
        """End the text."""
        self.flush()
        self.end_code()


def _indent(space: str) -> int:
    return len(space.expandtabs(4))


def _labelled(words: str) -> tuple[str, str]:
    """A number before the words, such as of a heading, and the words without it."""
    match = _LABEL.match(words)
    return (match[1], words[match.end() :]) if match else ("", words)


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

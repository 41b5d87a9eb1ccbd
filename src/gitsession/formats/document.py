"""Where things stand in the body of a checkpoint: its sections and their list items, as CommonMark blocks the text.

What counts as a list item here is what GitHub shows as one: the outermost items of a known `##` section. Known
differences, for a simple rule: a heading that is underlined ends a section and begins none, and a carriage return alone
is no line ending. In quotes blocks are not told apart, so text that runs on behind code in a quote in an item still
belongs to that item.
"""

import re

from gitsession.formats.facts import parse_fact
from gitsession.formats.yamlplain import Value
from gitsession.model.fact import KIND_OF, Fact

_ITEM = re.compile(r" {0,3}([-*+]|(\d{1,9})[.)])([ \t]+|$)")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)$")
_BREAK = re.compile(r"([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_MARKER = re.compile(r"([-*+]|(\d{1,9})[.)])([ \t]+|$)")
_I = re.IGNORECASE
_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption"
    "|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup"
    "|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_ATTRIBUTE = r"""[ \t]+[A-Za-z_:][\w.:-]*(?:[ \t]*=[ \t]*(?:[^ \t"'=<>`]+|'[^']*'|"[^"]*"))?"""
#: How a block of HTML begins and ends (None: with a blank line); the last kind does not interrupt a paragraph.
_HTML: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:[ \t>]|$)", _I),
        re.compile(r"</(?:script|pre|style|textarea)>", _I),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{_TAGS})(?:[ \t]|/?>|$)", _I), None),
    (re.compile(rf"(?:<[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*[ \t]*/?>|</[A-Za-z][A-Za-z0-9-]*[ \t]*>)[ \t]*$"), None),
)
_BLANK = re.compile(r"$")
_CODE_INDENT = 4
_SECTION_LEVEL = 2
_MAX_NESTED = 20


class Item:
    """A list item: lines [start, end) of the file, counted from 0, and the fact that it states; `offset` is the column of its text."""

    __slots__ = ("end", "fact", "indent", "marker", "offset", "start")

    def __init__(self, start: int, end: int, indent: str, marker: str, offset: int, fact: Fact) -> None:
        self.start, self.end = start, end
        self.indent, self.marker, self.offset = indent, marker, offset
        self.fact = fact


class Section:
    """A `##` section that we know: its heading's line, the lines up to `end`, and its items. `kind` is empty for the goal."""

    __slots__ = ("end", "heading", "items", "kind", "line")

    def __init__(self, heading: str, kind: str, line: int, end: int) -> None:
        self.heading, self.kind = heading, kind
        self.line, self.end = line, end
        self.items: list[Item] = []


class Document:
    """The lines of a checkpoint (each with its line ending) and where things stand in them.

    `front_end` is the index of the closing `---`, `open_fence` that of a code fence or comment that is never closed (-1: none).
    """

    def __init__(self, path: str, lines: list[str], front_end: int, keys: dict[str, Value]) -> None:
        self.path = path
        self.lines = lines
        self.front_end = front_end
        self.keys = keys
        self.title = ""
        self.title_line = -1
        self.sections: list[Section] = []
        self.headings: list[int] = []  # lines at which any heading of level 1 or 2 begins
        self.verbatim: list[tuple[int, int]] = []  # [start, end) of fences and HTML outside of items
        self.open_fence = -1

    @property
    def items(self) -> list[Item]:
        """All items, in the order of the file."""
        return [item for section in self.sections for item in section.items]

    @property
    def newline(self) -> str:
        """The file's own line ending."""
        return "\r\n" if self.lines and self.lines[0].endswith("\r\n") else "\n"

    def section(self, kind: str) -> Section | None:
        """The first section of that kind."""
        return next((s for s in self.sections if s.kind == kind), None)


#: Its text is a paragraph: it begins with a letter, or with a box and a letter.
_PLAIN_ITEM = re.compile(r"- (?:\[[ xX]\] )?[A-Za-z]")


def scan_body(document: Document) -> None:
    """Fill in title, sections, items and the rest, from the lines below the front matter."""
    _Scan(document).run()


def strip_comments(text: str) -> str:
    """The text without HTML comments; what stands in a code span or behind a backslash is none."""
    if "<!--" not in text:
        return text
    kept, at, ticks, end = [], 0, 0, 0
    while (start := text.find("<!--", at)) >= 0:
        ticks += text.count("`", at, start)
        end = text.find("-->", start) if 0 <= end < start + 4 else end
        if ticks % 2 or text[start - 1 : start] == "\\" or end < 0:
            kept.append(text[at : start + 4])
            at = start + 4
            if end < 0:
                break
        else:
            kept.append(text[at:start])
            at = end + 3
    return "".join(kept) + text[at:]


def _columns(text: str, start: int = 0) -> int:
    """Columns of the blanks that `text` begins with, when it stands at column `start`."""
    column = start
    for c in text:
        if c == " ":
            column += 1
        elif c == "\t":
            column += 4 - column % 4
        else:
            break
    return column - start


def _heading(text: str) -> tuple[int, str] | None:
    """Level and words of a `#` heading. By hand: the expression for it takes quadratic time on a line of blanks."""
    rest = text.lstrip("#")
    level = len(text) - len(rest)
    if not 1 <= level <= 6 or (rest and rest[0] not in " \t"):
        return None
    words = rest.strip(" \t")
    bare = words.rstrip("#")
    if bare != words and (not bare or bare[-1] in " \t"):
        words = bare.rstrip(" \t")
    return level, words


def _interrupts(match: re.Match[str], line: str) -> bool:
    """True for a list marker that ends a paragraph: it has text, and its number is 1 if it has one."""
    return match[2] in (None, "1") and bool(line[match.end() :].strip(" \t"))


def _is_paragraph(text: str) -> bool:
    """True if text that is not indented may run on after this line, which may be quoted."""
    words = text.lstrip("> \t")
    return bool(words) and not (_heading(words) or _BREAK.match(words))


class _Scan:
    """One pass over the lines: what is open at the outermost level, and the item that a line belongs to."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.section: Section | None = None
        self.item: Item | None = None
        self.nested: list[int] = []  # columns at which the text of the items nested in it begins
        self.runs_on = False  # text that is not indented may still belong to the item
        self.bare = -1  # the line of an item that has only a marker so far
        self.paragraph = -1  # first line of the paragraph that is open outside of items
        self.fence = ""
        self.html: re.Pattern[str] | None = None
        self.opened = -1  # line at which that fence or HTML began, outside of items

    def run(self) -> None:
        lines = self.document.lines
        for number in range(self.document.front_end + 1, len(lines)):
            line = lines[number].rstrip("\r\n")
            if not (line.startswith("- ") and self.one_line(number, line)):
                self.line(number, line)
        if (self.fence or self.html not in (None, _BLANK)) and self.opened >= 0:
            self.document.open_fence = self.opened
        self.end_verbatim(len(lines))
        self.close_item(len(lines))
        self.close_section(len(lines))

    def one_line(self, number: int, line: str) -> bool:
        """Take an item of one line that can be nothing else: most are, and a long history has a hundred thousand."""
        if self.fence or self.html or self.paragraph >= 0 or not _PLAIN_ITEM.match(line):
            return False
        lines = self.document.lines
        after = number + 1
        if after < len(lines) and not lines[after].isspace() and not lines[after].startswith(("- ", "#")):
            return False  # it may run on
        while after < len(lines) and lines[after].isspace():
            after += 1
        if after < len(lines) and lines[after][0] in " \t":
            return False  # or go on after a blank line
        self.close_item(number)
        if self.section is not None and self.section.kind:
            fact = parse_fact(strip_comments(line[2:].strip()).strip(), self.section.kind, number + 1)
            if fact.text:
                self.section.items.append(Item(number, number + 1, "", "-", 2, fact))
        return True

    def line(self, number: int, line: str) -> None:
        text = line.lstrip(" \t")
        indent = _columns(line)
        if self.item is not None and (self.fence or self.html) and text and indent < self.item.offset:
            self.fence, self.html, self.runs_on = "", None, False  # what is open in an item ends with it
        if self.fence or self.html:
            if self.item is not None:
                self.in_item(text, indent)
            elif self.closes(text, indent):
                self.end_verbatim(number + 1)
            return
        if not text:
            self.runs_on, self.paragraph = False, -1
            if self.bare == number - 1:
                self.close_item(number)
        elif self.item is not None and indent >= self.item.offset:
            self.in_item(text, indent)
        elif indent >= _CODE_INDENT:  # text that runs on, or indented code
            if not self.runs_on:
                self.close_item(number)
        else:
            self.block(number, text, line)

    def block(self, number: int, text: str, line: str) -> None:
        """A line that is not indented, of the outermost level."""
        paragraph, self.paragraph = self.paragraph, -1
        first = text[0]
        if first == "#" and (heading := _heading(text)):
            self.heading(number, *heading)
        elif paragraph >= 0 and first in "=-" and _UNDERLINE.match(text):
            self.heading(paragraph, 1 if first == "=" else 2, "", underlined=True)
        elif first in "`~" and self.opens_fence(text):
            self.close_item(number)
            self.opened = number
        elif first in "-*_" and _BREAK.match(text):
            self.close_item(number)
        elif first == "<" and (html := self.opens_html(text, interrupts=paragraph >= 0 or self.runs_on)):
            self.close_item(number)
            self.opened, self.html = number, html
            if html is not _BLANK and html.search(text):
                self.end_verbatim(number + 1)
        elif (match := _ITEM.match(line)) and (paragraph < 0 or _interrupts(match, line)):
            self.close_item(number)
            self.open_item(number, match, line)
        elif first == ">":
            self.close_item(number)
            self.runs_on = _is_paragraph(text)
        elif not self.runs_on:
            self.close_item(number)
            self.paragraph = paragraph if paragraph >= 0 else number

    def in_item(self, text: str, indent: int) -> None:
        """A line that belongs to the open item. Text cannot run on after code, a heading or HTML in it."""
        self.bare = -1
        inside = not text or not self.leave_nested(indent)
        if self.fence or self.html:
            self.runs_on = False
            if self.closes(text):
                self.fence, self.html = "", None
            return
        if not text:
            self.runs_on = False
            return
        if indent - self.column() >= _CODE_INDENT:  # indented code, or text that runs on
            return
        was, self.runs_on = self.runs_on, False
        while len(self.nested) < _MAX_NESTED and (match := _MARKER.match(text)) and not _BREAK.match(text):
            rest = text[match.end() :]
            if was and inside and not _interrupts(match, text):
                break
            start = indent + match.end(1)
            gap = _columns(match[3], start)
            self.nested.append(start + (gap if rest and gap <= _CODE_INDENT else 1))
            if not rest or gap > _CODE_INDENT:
                return
            text, indent, was = rest, start + gap, False
        if text[0] in "`~" and self.opens_fence(text):
            return
        if text[0] == "<" and (html := self.opens_html(text, interrupts=was)):
            self.html = None if html is not _BLANK and html.search(text) else html
            return
        self.runs_on = _is_paragraph(text) and not (was and inside and _UNDERLINE.match(text))

    def leave_nested(self, indent: int) -> bool:
        """End the nested items that a line is not indented for, and what is open in them."""
        depth = len(self.nested)
        while self.nested and indent < self.nested[-1]:
            self.nested.pop()
            self.runs_on = self.runs_on and not (self.fence or self.html)
            self.fence, self.html = "", None
        return len(self.nested) < depth

    def column(self) -> int:
        """Where the text of the innermost open item begins."""
        return self.nested[-1] if self.nested else self.item.offset if self.item else 0

    def opens_fence(self, text: str) -> bool:
        match = _FENCE.match(text)
        if match is None or (match[1][0] == "`" and "`" in match[2]):
            return False
        self.fence = match[1]
        return True

    def closes(self, text: str, indent: int = 0) -> bool:
        """True for the last line of the fence or HTML that is open."""
        if self.html:
            return not text if self.html is _BLANK else self.html.search(text) is not None
        match = _FENCE.match(text) if indent < _CODE_INDENT else None
        return match is not None and match[1].startswith(self.fence) and not match[2].strip(" \t")

    @staticmethod
    def opens_html(text: str, *, interrupts: bool) -> re.Pattern[str] | None:
        """How the HTML that begins here ends; None where none begins."""
        for start, end in _HTML[:-1] if interrupts else _HTML:
            if start.match(text):
                return end or _BLANK
        return None

    def end_verbatim(self, number: int) -> None:
        if (self.fence or self.html) and self.opened >= 0 and self.item is None:
            self.document.verbatim.append((self.opened, number))
        self.fence, self.html, self.opened = "", None, -1

    def heading(self, number: int, level: int, text: str, *, underlined: bool = False) -> None:
        self.close_item(number)
        if level > _SECTION_LEVEL:
            return
        self.document.headings.append(number)
        if level == 1 and self.document.title_line < 0 and not underlined:
            self.document.title, self.document.title_line = text, number
        self.close_section(number)
        kind = KIND_OF.get(" ".join(text.casefold().split())) if level == _SECTION_LEVEL and not underlined else None
        if kind is not None:
            self.section = Section(" ".join(text.split()), kind, number, number + 1)
            self.document.sections.append(self.section)

    def open_item(self, number: int, match: re.Match[str], line: str) -> None:
        marker_end = match.end(1)
        text = line[match.end() :]
        gap = _columns(match[3], marker_end)
        if not text or gap > _CODE_INDENT:
            gap = 1
        kind = self.section.kind if self.section is not None else ""
        indent = line[: match.start(1)]
        self.item = Item(number, number + 1, indent, match[1], marker_end + gap, Fact(kind, "", number + 1))
        self.runs_on, self.nested = False, []
        if text.strip(" \t"):
            self.in_item(text, self.item.offset + _columns(match[3], marker_end) - gap)
        else:
            self.bare = number

    def close_item(self, number: int) -> None:
        item, self.item = self.item, None
        self.runs_on, self.bare = False, -1
        if item is None or not item.fact.kind or self.section is None:
            return
        lines = self.document.lines
        while number > item.start + 1 and not lines[number - 1].strip():
            number -= 1
        item.end = number
        match = _ITEM.match(lines[item.start].rstrip("\r\n"))
        words = [lines[item.start][match.end() :].rstrip() if match else ""]
        for line in lines[item.start + 1 : item.end]:
            cut = min(item.offset, len(line) - len(line.lstrip(" ")))
            words.append(line[cut:].rstrip())
        item.fact = parse_fact(strip_comments("\n".join(words).strip()).strip(), item.fact.kind, item.fact.line)
        if item.fact.text:
            self.section.items.append(item)

    def close_section(self, number: int) -> None:
        if self.section is not None:
            self.section.end = number
            self.section = None

"""Notes that people keep by hand, in Markdown, as drafts of facts.

A box is a step, ticked or not; what stands under a heading that names a kind of fact is of that kind. Nothing else is taken: prose that
says what a project is belongs where it is.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitsession.model.draft import Draft
from gitsession.model.fact import OPEN_KINDS
from gitsession.rules import shorten

#: Characters of a fact; what is longer is cut.
LENGTH = 200
_MOST_READ = 4000
_LEAD = 60  # of the item above a box that is said before it
#: The first that fits a heading tells the kind of what stands under it; "" takes nothing from there.
_KINDS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("", r"archived?|superseded|obsolete|change ?log|(?:commit )?history|glossary|won'?t (?:do|fix)"),
        ("error", r"known (?:issues|bugs|problems)|not (?:yet )?(?:fixed|solved|working)|broken|failing|errors?|bugs"),
        ("blocker", r"block(?:ed|ers?)|waiting (?:for|on)|stuck"),
        ("question", r"questions?|undecided|to (?:be )?(?:decide|clarif)\w*|open decisions"),
        ("step", r"not (?:yet )?(?:done|started|finished)|unfinished|what(?:'s| is) (?:next|left)|to-?dos?"),
        ("done", r"done|completed?|accomplish\w*|finished|shipped|implemented|achieved|closed|what (?:was|we|i) (?:did|built)"),
        ("step", r"next|remaining|left to do|outstanding|pending|backlog|in progress|action items|follow-?ups?|planned|doing"),
        ("step", r"open (?:\w+ )?(?:items|points|tasks|work|issues|tickets|ends)"),
        ("constraint", r"constraints?|invariants?|rules|must (?:hold|not)|non-negotiables?|guardrails"),
        ("decision", r"decisions?|decided|design choices"),
        ("lesson", r"lessons?|learn(?:ed|ings)|gotchas?|pitfalls?|caveats?|watch out|mistakes|foot-?guns?"),
        ("goal", r"goals?|objectives?|purpose|mission"),
        ("command", r"commands?|how to (?:run|test|build)"),
    )
)  # fmt: skip
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|\d{1,3}[.)])\s+(?:\[([ xX])\]\s+)?(\S.*)")
_TICKED = re.compile(r"(?:[✅✔☑]\ufe0f?\s*|~~)")
_NOTHING = re.compile(r"(?:none|nothing|n/a|tbd|-+|\.+)(?:\W|$)", re.IGNORECASE)
_FIXED = re.compile(r"\b(?:fix(?:ed)?|solved|resolved|workaround)\b", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]+)\]\([^)\s]*\)")
_BOLD = re.compile(r"(\*\*|(?<!\w)__)(?=\S)(.+?)(?<=\S)\1(?!\w)")
#: A command as it is listed: with a name before it, or what it is for behind it.
_COMMAND = re.compile(r"((?:[^`:]{1,30}: ?)?`[^`\n]+`)(?:[.,:]?|\s+[-\u2013\u2014#(].*)")
_ASIDE = re.compile(r"\s*(?:\||>|<!--|(?:[-*_=]\s*){3,}$)")


class _Piece(NamedTuple):
    """A list item or a paragraph."""

    line: int
    heading: tuple[str, ...]
    text: str
    form: str  # item | prose
    box: str = ""


def drafts_of(text: str, name: str, *, default: str = "") -> Iterator[Draft]:
    """What a text holds for a handoff, with its lines in `turn`. `default` is the kind of items under headings that tell none."""
    pieces = list(_Reader(text))
    listed = {p.heading for p in pieces if p.form == "item"}
    told: set[tuple[str, ...]] = set()
    for piece in pieces:
        kind = _kind(piece.heading, default if piece.form == "item" else "")
        words = _plain(piece.text)
        if kind is None or not words or _NOTHING.match(words):
            continue
        if piece.form == "prose":
            # Where there is no list, how it begins; and what is said loud.
            first = piece.heading not in listed and piece.heading not in told
            told.add(piece.heading)
            loud = piece.text.startswith("**") and not words.endswith(":")
            if kind in ("command", "done") or not (loud or first):
                continue
        draft = _draft(kind, piece, words)
        if draft:
            yield draft._replace(turn=f"{name}#L{piece.line}")


def _draft(kind: str, piece: _Piece, words: str) -> Draft | None:
    ticked = piece.box == "x" or _TICKED.match(piece.text) is not None
    if piece.text.startswith("~~"):
        return None
    if ticked:
        kind = "done"
    elif piece.box:
        kind = kind if kind in OPEN_KINDS else "step"
    if kind == "command":
        found = _COMMAND.fullmatch(words)
        return Draft(kind, found[1]) if found and len(found[1]) <= LENGTH else None
    words = shorten(_TICKED.sub("", words), LENGTH)
    if kind == "error" and not _FIXED.search(words):
        words = "Not solved: " + words
    return Draft(kind, words, {"step": " ", "done": "x"}.get(kind, "")) if kind and words else None


def _kind(heading: Sequence[str], default: str) -> str | None:
    """The kind that the innermost heading that tells one tells; None where one of them says that it is of no use."""
    kind = default
    for words in map(_bare, heading):
        found = next((name for name, pattern in _KINDS if pattern.search(words)), None)
        if found == "":
            return None
        kind = found or kind
    return kind


def _bare(heading: str) -> str:
    """A heading without what it says in parentheses, unless that is that it is over."""
    return re.sub(r"\((?![^)]*archived)[^)]*\)", "", heading.replace("\u2019", "'"), flags=re.IGNORECASE)


def _plain(text: str) -> str:
    """Words without links' targets, which lead elsewhere from another folder, and without bold type."""
    return " ".join(_BOLD.sub(r"\2", _LINK.sub(r"\1", text)).split())


class _Reader:
    """The pieces of a text, in order. An item without a box takes in what is nested in it; a nested box is an item of its own."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.headings: list[tuple[int, str]] = []
        self.found: list[_Piece] = []
        self.items: list[
            tuple[int, int]
        ] = []  # around this line, the outermost first: its indent, its index in `found`
        self.leads: set[int] = set()  # items that are headings of the boxes in them
        self.grows = -1  # index of what the next line goes on with
        self.fence = ""

    def __iter__(self) -> Iterator[_Piece]:
        for number, line in enumerate(self.text.split("\n"), 1):
            self.line(number, line.rstrip())
        return (piece for index, piece in enumerate(self.found) if index not in self.leads)

    def line(self, number: int, line: str) -> None:
        """Take in the next line."""
        fence = _FENCE.match(line)
        if self.fence:  # code is no fact
            self.fence = "" if fence and fence[1].startswith(self.fence) else self.fence
        elif fence:
            self.fence, self.grows = fence[1][:3], -1
        elif heading := _HEADING.match(line):
            level = len(heading[1])
            title = not self.headings and not self.found and level == 1  # of the document
            self.headings = [h for h in self.headings if h[0] < level]
            self.headings.append((level, "" if title else heading[2]))
            self.items, self.grows = [], -1
        elif not line or _ASIDE.match(line):
            self.grows = -1
        elif item := _ITEM.match(line):
            self.item(number, item)
        elif self.grows >= 0:
            self.go_on(" " + line.strip())
        elif not (self.items and line[0] in " \t"):  # else one more paragraph of an item: the first one says it
            self.items = []
            self.add(number, line.strip(), "prose")

    def item(self, number: int, match: re.Match[str]) -> None:
        """A list item."""
        indent, box, words = len(match[1].expandtabs(4)), (match[2] or "").lower(), match[3]
        while self.items and self.items[-1][0] >= indent:
            self.items.pop()
        if self.items and not box:
            self.grows = self.items[-1][1]
            self.go_on((" " if self.found[self.grows].text.endswith((":", ":**", ";", ".")) else "; ") + words)
            return
        if self.items:
            above = self.found[self.items[-1][1]]
            if len(above.text) <= _LEAD and not above.box:
                words = _plain(above.text).rstrip(":") + ": " + words
            if not above.box:
                self.leads.add(self.items[-1][1])
        self.add(number, words, "item", box)
        self.items.append((indent, self.grows))

    def add(self, number: int, words: str, form: str, box: str = "") -> None:
        """Begin a piece."""
        self.grows = len(self.found)
        self.found.append(_Piece(number, tuple(h for _, h in self.headings), words, form, box))

    def go_on(self, words: str) -> None:
        """Go on with the last piece."""
        piece = self.found[self.grows]
        if len(piece.text) < _MOST_READ:
            self.found[self.grows] = piece._replace(text=piece.text + words)

"""The versions of one checkpoint, one after the other: what stays the same is parsed once."""

import re

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import decode_checkpoint, parse_document, read_checkpoint
from gitsession.formats.document import Document, scan_body, strip_comments
from gitsession.formats.facts import parse_fact
from gitsession.model.fact import Fact

#: A line that begins a heading of level 1 or 2. Whatever is open before it, a fence or HTML aside, ends there.
_HEADING = re.compile(r"^(?=#{1,2}(?:[ \t\r]|$))", re.MULTILINE)
#: A fence or HTML, outside of items, may go on behind a heading.
_RUNS_ON = re.compile(r"^ {0,3}(?:<|`{3}|~{3})", re.MULTILINE)
#: Items of one line that can be nothing else, and blank lines.
_PLAIN = re.compile(r"(?:- (?:\[[ xX]\] )?[A-Za-z][^\r\n]*\n|\n)*(?:- (?:\[[ xX]\] )?[A-Za-z][^\r\n]*)?")
_KEY = re.compile(r"([a-z_]+): +[^\s#]")
#: What changes most between versions, and can be read whatever stands beside it.
_SURE = re.compile(
    r"status: (?:active|completed|abandoned)|usage: \{input_tokens: [0-9]{1,15}, output_tokens: [0-9]{1,15}"
    r"(?:, cost_usd: [0-9]{1,9}(?:\.[0-9]{1,9})?)?(?:, credits: [0-9]{1,9}(?:\.[0-9]{1,9})?)?\}"
)
_STARTED = "started: 2026-11-23T09:30:00+00:00\n"


class Versions:
    """Reads the facts of versions of a checkpoint as `parse_checkpoint` would, but for their lines."""

    def __init__(self, stem: str, path: str) -> None:
        self._stem = stem
        self._path = path
        self._keys: set[str] = set()  # lines of front matter that can be read
        self._kinds: dict[str, str] = {}  # heading -> kind of facts below it
        self._sections: dict[str, tuple[Fact, ...]] = {}
        self._items: dict[tuple[str, str], Fact] = {}

    def facts(self, data: bytes) -> list[Fact]:
        """What a version says. Raises FormatError."""
        text = decode_checkpoint(data, self._path)
        end = text.find("\n---\n", 3)
        known = text.startswith("---\n") and end > 0 and not _RUNS_ON.search(text, end + 5)
        if not known or not self._is_read(text[4:end].split("\n")):
            return list(read_checkpoint(parse_document(text, self._path), self._stem).facts)
        found: list[Fact] = []
        for section in _HEADING.split(text[end + 5 :]):
            heading, _, body = section.partition("\n")
            kind = self._kind(heading)
            if kind:
                found += self._plain(kind, body) if _PLAIN.fullmatch(body) else self._parse(section)
        return found

    def _is_read(self, lines: list[str]) -> bool:
        """True where each line is a key of its own that can be read, whatever stands beside it."""
        keys = set()
        for line in lines:
            match = _KEY.match(line)
            if match is None:
                return False
            keys.add(match[1])
            if line not in self._keys and not _SURE.fullmatch(line):
                other = "" if match[1] == "started" else _STARTED
                try:
                    read_checkpoint(parse_document(f"---\n{other}{line}\n---\n", self._path), self._stem)
                except FormatError:
                    return False
                self._keys.add(line)
        return len(keys) == len(lines) and "started" in keys

    def _kind(self, heading: str) -> str:
        kind = self._kinds.get(heading)
        if kind is None:
            facts = self._scan(f"{heading}\n- x\n")
            kind = self._kinds[heading] = facts[0].kind if facts else ""
        return kind

    def _plain(self, kind: str, body: str) -> list[Fact]:
        found = []
        for line in body.split("\n"):
            if line:
                fact = self._items.get((kind, line))
                if fact is None:
                    fact = parse_fact(strip_comments(line[2:].strip()).strip(), kind, 0)
                    self._items[kind, line] = fact
                if fact.text:
                    found.append(fact)
        return found

    def _parse(self, section: str) -> tuple[Fact, ...]:
        facts = self._sections.get(section)
        if facts is None:
            facts = self._sections[section] = self._scan(section)
        return facts

    def _scan(self, section: str) -> tuple[Fact, ...]:
        # As a checkpoint's lines are told apart: splitlines() knows more ends of lines.
        lines = [line + "\n" for line in section.split("\n")]
        document = Document(self._path, lines, -1, {})
        scan_body(document)
        return tuple(item.fact for item in document.items)

"""aider: `.aider.chat.history.md`, one file for all sessions: `#### ` the user, `> ` the program, all else the agent.

An agent's Markdown holds such lines, too. What the program writes itself ends in two blanks (a message of several lines: its last), and
begins right below another such line or the user's; an answer begins and ends with an empty line.
"""

import re
from collections.abc import Iterator

from gitsession.model.conversation import Head, Turn
from gitsession.transcripts.aider_notes import Notes, is_note
from gitsession.transcripts.source import Source

_HEADER = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\s*$")
_SESSION = re.compile(rf"^{_HEADER.pattern}", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,}|<source>|</source>)\s*(.*)$")
_BEGIN, _END = re.compile(r"<{5,9} SEARCH\b"), re.compile(r">{5,9} REPLACE\b")


def fits(text: str, name: str) -> bool:
    """Whether a file begins with a session of aider, or in the middle of one before another begins."""
    begin = text.removeprefix("\ufeff").lstrip()
    if _HEADER.match(begin.partition("\n")[0].rstrip()) or (
        name.endswith(".aider.chat.history.md") and begin.startswith(("> ", "#### "))
    ):
        return True
    other = begin.startswith(("<", "{", "[", "_")) or (begin.startswith("#") and not begin.startswith("#### "))
    return not other and _SESSION.search(text) is not None


def read(source: Source) -> Iterator[Turn | Head]:
    """All sessions of the file. One in which nothing was said is passed over."""
    notes = Notes("")
    lines = _Lines(notes)
    for number, data in source.lines():
        line = data.decode("utf-8", "replace")
        if "\x1b" in line:
            line = _ANSI.sub("", line)
        if line.startswith("# aider") and (began := _HEADER.match(line)):
            yield from notes.headed(lines.close())
            yield from notes.close()
            notes = Notes(f"{began[1]}T{began[2]}", number)
            lines = _Lines(notes)
        else:
            yield from notes.headed(lines.take(number, line))
    yield from notes.headed(lines.close())
    yield from notes.close()


class _Lines:
    """Tells whose line each is, and gathers them into what was said."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.who = ""  # user | tool | agent: whose the last lines are
        self.said: list[str] = []
        self.began = 0  # the line where it did
        self.blank = True  # the last line was empty
        self.open = False  # a message of the program that goes on until a line ends in two blanks
        self.fence = ""  # what the agent's open block of code began with
        self.block = False  # inside SEARCH/REPLACE
        self.trimmed: bool | None = None  # an editor took the blanks from the ends of the lines

    def take(self, number: int, line: str) -> Iterator[Turn | Head]:
        if self.trimmed is None and line.startswith("> "):
            self.trimmed = not line.endswith("  ")
        ends = bool(self.trimmed) or line.endswith("  ")
        if not line.strip():
            self.blank = True
            if self.who == "agent" or self.open:
                self.said.append("")
            return
        who = self._whose(line, ends=ends)
        fresh = who != self.who or who == "tool" or (who == "user" and self.blank)
        if fresh and not (who == "tool" and self.who == "tool" and (self.open or not line.startswith(">"))):
            yield from self.close()
            self.who, self.began = who, number
        self.said.append(line)
        self.blank = False
        if who == "tool":
            self.open = not ends
        elif who == "agent":
            self._code(line)

    def close(self) -> Iterator[Turn | Head]:
        """Hand on what was gathered."""
        who, said, self.said = self.who, self.said, []
        self.who, self.fence, self.block, self.open = "", "", False, False
        if who == "user":
            yield from self.notes.user(self.began, "\n".join(_bare(line, "####") for line in said).strip())
        elif who == "agent":
            yield from self.notes.agent(self.began, "\n".join(said).strip())
        elif who == "tool":
            yield from self.notes.tool(
                self.began, "\n".join([_bare(said[0], ">"), *(line.rstrip() for line in said[1:])]).strip()
            )

    def _whose(self, line: str, *, ends: bool) -> str:
        if line.startswith("####") and line[4:5] in ("", " "):
            if (self.blank and ends and not self.trimmed) or not (self.who == "agent" or self.open):
                return "user"
        elif line.startswith(">") and line[1:2] in ("", " "):
            if self.who == "agent":  # a quotation of the agent's, unless it ends as the program's lines do
                coded = self.fence or self.block or self.trimmed
                if is_note(line[2:]) if coded else ends:
                    return "tool"
            elif ends or self.open or not self.blank:
                return "tool"
        if self.open or (self.who == "tool" and not self.blank):
            return "tool"
        return "agent"

    def _code(self, line: str) -> None:
        if self.block:
            self.block = not _END.match(line)
        elif _BEGIN.match(line):
            self.block = True
        elif fence := _FENCE.match(line):
            if not self.fence:
                self.fence = fence[1] if fence[1] != "</source>" else ""
            elif not fence[2].strip() and (
                fence[1] == "</source>" if self.fence == "<source>" else fence[1].startswith(self.fence)
            ):
                self.fence = ""


def _bare(line: str, mark: str) -> str:
    """A line without its mark and the blanks that stand around what was said."""
    return line.removeprefix(mark).removeprefix(" ").rstrip()

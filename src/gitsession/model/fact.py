"""Facts: the list items of a checkpoint that a later session may need."""

import re
from typing import NamedTuple

#: Sections of a checkpoint in the order in which they are written, and the kind of fact that each holds.
SECTIONS: tuple[tuple[str, str], ...] = (
    ("Goal", ""),
    ("Constraints", "constraint"),
    ("Decisions", "decision"),
    ("Accomplished", "done"),
    ("Next steps", "step"),
    ("Blockers", "blocker"),
    ("Open questions", "question"),
    ("Errors and fixes", "error"),
    ("State", "state"),
    ("Commands", "command"),
    ("Lessons", "lesson"),
    ("Notes", "note"),
)
KIND_OF = {heading.casefold(): kind for heading, kind in SECTIONS}
HEADING_OF = {kind: heading for heading, kind in SECTIONS if kind}
KINDS = tuple(HEADING_OF)
#: Kinds that call for work, are closed by a tick or `(resolved: ...)`, and are numbered by `status`.
OPEN_KINDS = ("step", "blocker", "question", "error")
#: Kinds that bind until replaced or dropped.
BINDING_KINDS = ("constraint", "decision")

_UNSOLVED = re.compile(r"(?:not solved|unsolved|open)\s*:\s*", re.IGNORECASE)


class Fact(NamedTuple):
    """One list item. A named tuple, since a commit reads thousands of them from the cache.

    `text` is the item without marker, box, strike-through and closing annotations, its lines joined by newlines.
    """

    kind: str
    text: str
    line: int = 0  # in the checkpoint, from 1
    box: str = ""  # "" none, " " open, "x" ticked
    dropped: bool = False  # ~~struck through~~
    links: tuple[str, ...] = ()  # stems that a closing "([0001](0001-bootstrap.md))" names
    replaces: tuple[str, ...] = ()  # texts that it retires
    resolved: str = ""  # what "(resolved: ...)" says
    est: str = ""
    took: str = ""
    source: str = ""  # state: id of the source tree it was observed on
    by: str = ""  # "" a person or a rule; else the model that wrote it
    turn: str = ""  # where a conversation says it: "3f2a91bc#12"

    @property
    def key(self) -> str:
        """What makes two texts equal: case and space do not count."""
        return text_key(self.text)

    @property
    def unsolved(self) -> bool:
        """True for an error that nobody has fixed yet."""
        return self.kind == "error" and not self.resolved and _UNSOLVED.match(self.text) is not None

    @property
    def bare(self) -> str:
        """The text of an error without its "Not solved:"."""
        return _UNSOLVED.sub("", self.text, count=1) if self.kind == "error" else self.text


def text_key(text: str) -> str:
    """The text with case and space out of account."""
    return " ".join(text.casefold().split())


def state_key(text: str) -> tuple[str, str]:
    """Split a line of State, or a command, at its first colon: ("tests", "1 failed"). Without one the key is empty."""
    key, colon, value = text.partition(":")
    if not colon or "\n" in key or "`" in key:
        return "", text.strip()
    return " ".join(key.split()), value.strip()

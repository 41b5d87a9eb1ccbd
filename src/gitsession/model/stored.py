"""A conversation as the store keeps it: redacted, cut, its turns numbered."""

from typing import NamedTuple

from gitsession.model.conversation import Change, Head


class StoredTurn(NamedTuple):
    """One turn. `number` never changes; numbers that are missing are turns that went when the conversation grew too long.

    The fields are those of `Turn`; `changes` name files of the repository, to-do lists stand in `input`, one entry a line.
    """

    number: int
    who: str
    text: str = ""
    when: str = ""
    kind: str = ""
    side: bool = False
    model: str = ""
    tokens: tuple[int, int] = (0, 0)
    phase: str = ""
    tool: str = ""
    action: str = ""
    input: str = ""
    changes: tuple[Change, ...] = ()
    failed: bool = False
    refused: bool = False
    code: int | None = None
    cut: int = 0  # characters that were left out of it
    mark: str = ""  # 12 hex digits that tell it from others when its transcript is read again


class Stored(NamedTuple):
    """A conversation: its session's stem, the name of its file, what it says of itself, what the rules drew from it."""

    stem: str
    name: str
    head: Head
    turns: tuple[StoredTurn, ...] = ()
    cut: int = 0  # characters left out, those of turns that went included
    facts: tuple[str, ...] = ()  # digests of 8 hex digits

    @property
    def gone(self) -> int:
        """How many turns went."""
        return self.turns[-1].number - len(self.turns) if self.turns else 0

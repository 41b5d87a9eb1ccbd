"""What is drawn from a conversation that a test made up."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from gitsession.model.conversation import Head, Turn
from gitsession.model.draft import Draft
from gitsession.rules import Story, draw
from gitsession.transcripts import open_transcript


class Facts:
    """Drafts, to be asked for by kind."""

    def __init__(self, drafts: list[Draft]) -> None:
        self.drafts = drafts

    def of(self, *kinds: str, box: str | None = None) -> str:
        """The texts of these kinds, one a line."""
        return "\n".join(d.text for d in self.drafts if d.kind in kinds and box in (None, d.box))

    def state(self, key: str) -> str:
        """What the State line of a key says."""
        return "; ".join(d.text.partition(": ")[2] for d in self.drafts if d.kind == "state" and d.text.startswith(key + ": "))

    @property
    def all(self) -> str:
        return "\n".join(f"{d.kind}: {d.text}" for d in self.drafts)


@pytest.fixture
def drawn() -> Callable[..., Facts]:
    """The facts of a `Talk`."""

    def read(talk: Any, **how: int) -> Facts:
        story, head = Story(), Head("")
        place = 0
        for one in open_transcript(io.BytesIO(talk.data)):
            if isinstance(one, Turn):
                story.feed(place, one)
                place += 1
            else:
                head = one
        return Facts(draw(story, head, **how))

    return read

"""Transcripts read from text, and cut everywhere."""

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest

from gitsession.model.conversation import Head, Turn
from gitsession.transcripts import FORMATS
from gitsession.transcripts.source import Source


class Reading(NamedTuple):
    heads: list[Head]
    turns: list[Turn]
    source: Source

    @property
    def head(self) -> Head:
        return self.heads[-1]

    def said(self) -> list[tuple[str, str, str]]:
        """Who, kind and text of what is no call."""
        return [(t.who, t.kind, t.text) for t in self.turns if t.who != "tool"]

    def tools(self) -> list[Turn]:
        return [t for t in self.turns if t.who == "tool"]


Reader = Callable[..., Reading]


def read_as(format_: str, text: str | bytes, name: str = "") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    source = Source(io.BytesIO(data), name)
    (reader,) = (f.read for f in FORMATS if f.name == format_)
    ones = list(reader(source))
    return Reading([o for o in ones if isinstance(o, Head)], [o for o in ones if isinstance(o, Turn)], source)


@pytest.fixture
def reading() -> Reader:
    """`reading(FORMAT, TEXT)`."""
    return read_as


@pytest.fixture
def check_cuts() -> Callable[[str, str], None]:
    """Whatever a transcript is cut to, with either line end, only its own format takes it, and its reader raises nothing."""

    def check(format_: str, text: str) -> None:
        whole = read_as(format_, text)
        assert [f.name for f in FORMATS if f.fits(text, "")] == [format_]
        assert read_as(format_, text.replace("\n", "\r\n")).turns == whole.turns
        data = text.encode()
        for end in range(len(data)):
            cut = read_as(format_, data[:end])
            assert len(cut.turns) <= len(whole.turns) + 1
            beginning = data[:end].decode("utf-8", "replace")
            assert [f.name for f in FORMATS if f.fits(beginning, "")] in ([], [format_])
        for garbage in (b"\0\xff\xfe" * 50, data[::-1], data.decode().encode("utf-16"), data.replace(b'"', b"'").replace(b"*", b"_")):
            read_as(format_, garbage)
            read_as(format_, data[: len(data) // 2] + b"\xff\xc3\n" + garbage + data[len(data) // 2 :])

    return check


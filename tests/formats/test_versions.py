"""Versions of a checkpoint read one after the other say what each says by itself."""

import random

from hypothesis import given
from hypothesis import strategies as st
from random_history import checkpoint

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.formats.versions import Versions
from gitsession.model.fact import Fact

PATH = ".sessions/0001-one-aaaa.md"
LINES = ["## Decisions", "## Next steps  ", "##", "# T", "## Other", "- [ ] Do it", "- a <b", "-", "- [x]", "  more", "text", "===", "```", "<!--",
         "-->", "", "\t- x", "* y", "- z\r", "> q", "1. n"]  # fmt: skip
USED = "usage: {input_tokens: 5, output_tokens: 6, credits: 1.5}"
FRONTS = [USED, "status: active", "status: what", "started: 2026-11-01T00:00:00+00:00",
          "started: never", "tags:", "  - a", "tags: [a, b]", "tags: [a",
          "  b]", "agent: x", "agent: y", "usage: {a: 1}", "usage: {a: b}", "...", "schema: 9", "- a", "k: |", "# c", ""]  # fmt: skip


def alone(text: str) -> list[Fact] | str:
    try:
        return [f._replace(line=0) for f in parse_checkpoint(text.encode(), "0001-one-aaaa", PATH).facts]
    except FormatError as e:
        return str(e)


def after_others(versions: Versions, text: str) -> list[Fact] | str:
    try:
        return [f._replace(line=0) for f in versions.facts(text.encode())]
    except FormatError as e:
        return str(e)


@st.composite
def texts(draw: st.DrawFn) -> str:
    front = draw(st.lists(st.sampled_from(FRONTS), max_size=5))
    front = [FRONTS[2], *front] if draw(st.booleans()) else front
    return "\n".join(["---", *front, "---", *draw(st.lists(st.sampled_from(LINES), max_size=12))])


@given(st.lists(texts(), min_size=1, max_size=4))
def test_whatever_the_lines(versions: list[str]) -> None:
    reader = Versions("0001-one-aaaa", PATH)
    for text in [*versions, *versions]:
        assert after_others(reader, text) == alone(text)


@given(st.integers(0, 2**32))
def test_of_usual_checkpoints(seed: int) -> None:
    rng, reader = random.Random(seed), Versions("0001-one-aaaa", PATH)
    for _ in range(4):
        text = checkpoint(rng, "0001-one-aaaa").replace("\xff", "?")
        assert after_others(reader, text) == alone(text)

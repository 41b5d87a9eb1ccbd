"""A stored conversation is read back as it was written, whatever it holds, and nothing in it poses as structure."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitsession.formats.conversation import parse_conversation, render_conversation
from gitsession.formats.prose import escape, one_line, storable, unescape
from gitsession.model.conversation import ACTIONS, Change, Head
from gitsession.model.stored import Stored, StoredTurn

PIECES = [
    "```", "````", "~~~", "```python", "```mermaid", "~~~~ x", "# Turn", "### Turn 7", "<b>", "<!--", "-->", "<details>", "</details>",
    "> ", ">", "- ", "1. ", "===", "---", "`", "``", "\\", "a", "[a]", "](http://x.y)", "![a](b.png)", "[!NOTE]", "[a]: /x", "[^1]: n",
    "&lt;", "$x$", "x", "café", "**user**", "Output:", "*", "_", "word", "|", "a|b", "|---|---|", "<!-- 00 -->", "\n", "\n", "\n\n",
    "\r\n", "\t", "    ", " ", "\x1b[31m", "\0", "\ud800", "\u202e", "\u2028",
]  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=60)).map(storable)
LINES = st.one_of(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.text(max_size=20)).map(one_line)
SOME = LINES.filter(bool)
COUNT = st.integers(0, 10**9)
CHANGES = st.lists(
    st.builds(
        Change,
        SOME,
        st.sampled_from(["add", "update", "delete", "rename"]),
        st.integers(-1, 99),
        st.integers(-1, 99),
        LINES,
    ),
    max_size=3,
).map(tuple)
COMMON = {
    "text": TEXTS, "when": st.sampled_from(["", "2026-11-23T09:30:00+00:00", "2026-11-23T09:30:00.123Z"]), "side": st.booleans(), "model": LINES,
    "tokens": st.tuples(COUNT, COUNT), "cut": COUNT, "mark": st.sampled_from(["", "0123456789ab"]),
}  # fmt: skip
SAID = st.builds(
    StoredTurn,
    st.just(0),
    st.sampled_from(["user", "assistant", "system"]),
    phase=LINES,
    kind=st.sampled_from(["", "injected", "command", "unknown:x y"]),
    tool=st.just(""),
    action=st.just(""),
    input=st.just(""),
    changes=st.just(()),
    code=st.none(),
    **COMMON,
)
TOOL = st.builds(
    StoredTurn, st.just(0), st.just("tool"), tool=SOME, action=st.sampled_from(ACTIONS), input=TEXTS, changes=CHANGES, failed=st.booleans(),
    phase=st.just(""), kind=st.sampled_from(["", "error"]), refused=st.booleans(), code=st.one_of(st.none(), st.integers(-9, 300)), **COMMON,
)  # fmt: skip
NONE = dict.fromkeys(("cwd", "repository", "version", "parent", "commit"), st.just(""))
HEADS = st.builds(
    Head,
    SOME,
    LINES,
    **NONE,
    started=LINES,
    ended=LINES,
    pull_request=LINES,
    branch=LINES,
    title=LINES,
    model=LINES,
    tokens=st.tuples(COUNT, COUNT),
    cost=st.floats(0, 1000),
)


@given(
    HEADS,
    st.lists(st.one_of(SAID, TOOL), max_size=6),
    st.integers(0, 3),
    st.lists(st.from_regex(r"[0-9a-f]{8}", fullmatch=True), max_size=3),
)
def test_what_is_rendered_is_read_back(head: Head, turns: list[StoredTurn], gap: int, facts: list[str]) -> None:
    numbered = tuple(turn._replace(number=number + gap) for number, turn in enumerate(turns, 1))
    stored = Stored("0001-work-x7qm", "codex-1", head, numbered, gap, tuple(facts))
    assert parse_conversation(render_conversation(stored), "codex-1") == stored
    assert parse_conversation(render_conversation(stored, part=300), "codex-1") == stored


FORBIDDEN = {"html_block", "html_inline", "image", "heading_open", "link_open"}
MARKDOWN = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def kinds(text: str) -> list[str]:
    return [t.type for token in MARKDOWN.parse(text) for t in [token, *(token.children or [])]]


@given(TEXTS)
@example("- a\n  ```\n<img src=x>\n  ```")
@example("| `a | <b>` |\n|---|---|\n| `c | <i>` |")
@example("~~~\nopen")
@example("a\n\t```\n<b>\n```\n")
@example("```\n\t```\n### Turn 3\n```")
def test_text_is_never_structure(text: str) -> None:
    for quote, breaks in (("", False), ("> ", True)):
        lines = escape(text, breaks=breaks)
        page = "\n".join(quote + line for line in lines) + "\n\n### Turn 99\n"
        found = kinds(page)
        assert found.count("heading_open") == 1, page
        assert not FORBIDDEN.intersection(found) - {"heading_open"}, page
        assert MARKDOWN.parse(page)[-2].content == "Turn 99"
        assert unescape(lines) == text


@given(st.lists(st.one_of(SAID, TOOL), min_size=1, max_size=4))
def test_a_page_has_our_headings_and_no_others(turns: list[StoredTurn]) -> None:
    stored = Stored(
        "0001-work-x7qm", "codex-1", Head("codex", "1"), tuple(t._replace(number=n) for n, t in enumerate(turns, 1))
    )
    (page,) = render_conversation(stored)
    tokens = MARKDOWN.parse(re.sub(r"\A---\n.*?\n---\n", "", page, count=1, flags=re.DOTALL))
    headings = [tokens[at + 1].content for at, t in enumerate(tokens) if t.type == "heading_open"]
    assert headings == ["Conversation with codex", *(f"Turn {n}" for n in range(1, len(turns) + 1))]
    html = [t.content for t in tokens if t.type == "html_block"]
    assert all(re.fullmatch(r"<details><summary>(Output|Text): \d+ lines</summary>\n|</details>\n", h) for h in html), (
        html
    )


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "`" * 19_999, "` `` ``` " * 2000, "```\n" * 5000 + "x", "<" * 20_000, "[a](b) " * 3000]
)
def test_long_texts_are_quick_and_come_back(text: str) -> None:
    stored = Stored("0001-work-x7qm", "c", Head("codex", "1"), (StoredTurn(1, "user", storable(text)),))
    assert parse_conversation(render_conversation(stored), "c") == stored

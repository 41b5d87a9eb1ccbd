"""Where the scan sees list items, against CommonMark, which is what GitHub shows."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitsession.formats.checkpoint import parse_document
from gitsession.formats.document import strip_comments
from gitsession.model.fact import KIND_OF

FRONT = "---\nstarted: 2026-11-23T09:30:00+00:00\n---\n"
FRONT_LINES = 3

STARTS = ["- ", "* ", "+ ", "1. ", "2) ", "-\t", "-   ", "-", "# ", "## ", "### ", "#", "", "", "", "", ""]
WORDS = [
    "Decisions",
    "next steps",
    "Goal",
    "word",
    "two words",
    "[ ] box",
    "[x] ticked",
    "~~struck~~",
    "---",
    "***",
    "===",
    "--",
    "=",
    "```",
    "````",
    "~~~",
    "``` py",
    "`code`",
    "<!--",
    "-->",
    "<!-- note -->",
    "<details>",
    "</details>",
    "<pre>",
    "</pre>",
    "<?php",
    "?>",
    "<!X",
    "> quoted",
    ">",
    "- nested",
    "1. nested",
    "2. nested",
    "# not",
    "trailing #",
    "\\# x",
    "a <!-- b",
    "",
    "",
]
# Not four to seven columns: there markdown-it lets a heading or HTML end a paragraph that goes on in CommonMark.
INDENTS = ["", "", "", "", " ", "  ", "   ", "        "]


@st.composite
def markdown(draw: st.DrawFn) -> str:
    lines = draw(
        st.lists(st.tuples(st.sampled_from(INDENTS), st.sampled_from(STARTS), st.sampled_from(WORDS)), max_size=14)
    )
    text = [indent + start + word for indent, start, word in lines]
    return "## Decisions\n" + "\n".join(text) + draw(st.sampled_from(["", "\n"]))


def commonmark_items(body: str) -> list[tuple[int, str]]:
    """Line and kind of each outermost list item under a known heading that says anything, by markdown-it."""
    lines = body.split("\n")
    kind, found = "", []
    tokens = MarkdownIt("commonmark").parse(body)
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
            words = tokens[at + 1].content
            kind = KIND_OF.get(" ".join(words.casefold().split()), "") if token.markup == "##" else ""
        elif token.type == "list_item_open" and token.level == 1 and kind and token.map:
            text = "\n".join(lines[token.map[0] : token.map[1]])
            text = strip_comments(re.sub(r"^ *([-*+]|\d+[.)])", "", text)).strip()
            if re.sub(r"^\[[ xX]\](\s|$)", "", text).strip():
                found.append((token.map[0] + FRONT_LINES, kind))
    return found


@settings(max_examples=300)
@given(markdown())
def test_items_are_those_that_commonmark_sees(body: str) -> None:
    document = parse_document(FRONT + body, "c.md")
    ours = [(item.start, item.fact.kind) for item in document.items]
    assert ours == commonmark_items(body)

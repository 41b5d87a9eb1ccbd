"""Text from outside on a page, as a renderer of CommonMark sees it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitsession.handoff.text import block, clean, code_span, first_paragraph, inline, join_within, shorten

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = st.lists(
    st.sampled_from(
        [
            "#",
            "##",
            "-",
            "*",
            "**",
            "***",
            "_",
            "__",
            "~",
            "~~",
            "~~~",
            "`",
            "``",
            "```",
            ">",
            "<",
            "<b>",
            "</b>",
            "<!--",
            "-->",
            "[",
            "]",
            "(",
            ")",
            "](",
            "[a]",
            "[x]",
            "[ ]",
            "[0001]",
            "[0001]:",
            "[project]",
            "![",
            "!",
            ":",
            "http://x.example",
            "(https://x.example)",
            "0001-x.md",
            "\\",
            "|",
            "| --- |",
            "1.",
            "1)",
            "+",
            "=",
            "===",
            "---",
            "\n",
            "\n\n",
            "\n- ",
            "\n# ",
            "\n    ",
            "\r",
            "\t",
            "\x00",
            "\x1b[31m",
            "\u202e",
            "\u200b",
            "\u2028",
            "\x85",
            "\ud800",
            "&lt;",
            "&#10;",
            "a",
            "b c",
            " ",
            " ",
            "é",
            "€",
            "“",
            "word",
            ".",
            ",",
            '"',
        ]
    ),
    max_size=14,
).map("".join)
ANYTHING = st.one_of(HOSTILE, st.text(max_size=40), st.text(alphabet="*_~`[]()!<>\\ a.", max_size=16))


def shape(text):
    """The tokens that make structure: all but text, code, and emphasis that stays within a fact."""
    found = []
    for token in MARKDOWN.parse(text):
        if token.type != "inline":
            found.append((token.type, token.tag))
            continue
        inner = [t for t in token.children or () if t.type in ("link_open", "image", "html_inline")]
        found += [(t.type, t.attrGet("href") or t.attrGet("src") or "") for t in inner]
    return found


@pytest.mark.parametrize(
    "text",
    [
        "`retry_after` lives in the `feeds` table",
        "`List-Unsubscribe` header",
        "ETag and `**kwargs` in snake_case_names",
        "a < b and 3 > 2",
        "SQLite at ~/.local/state/feedpost.db",
        "see https://example.com/a_b_c?d=e",
        "C:\\path\\file and list[int] and x[0]",
        "50 % of it, 2 * 3",
        "**bold**, *emphasis* and ~~struck~~ of the writer's own",
        "[the page](https://example.com/x) and [notes](0002-x.md)",
        "C# & F#, -x, 1.5",
        "— dash",
        "use __init__ and `a | b`",
        "سلام",
        "x != y",
    ],
)
def test_ordinary_text_stays_as_written(text):
    assert block(clean(text)) == text


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("# heading", "\\# heading"),
        ("- item", "\\- item"),
        ("1. one", "1\\. one"),
        ("> quote", "\\> quote"),
        ("[ ] box", "\\[ ] box"),
        ("<script>", "\\<script>"),
        ("<!-- x -->", "\\<!-- x -->"),
        ("![x](https://e.example)", "!\\[x](https://e.example)"),
        ("[x](javascript:alert)", "\\[x](javascript:alert)"),
        ("[x](../../etc)", "\\[x](../../etc)"),
        ("[0001]: http://e.example", "\\[0001]: http://e.example"),
        ("[x](https://good.example@evil.example)", "\\[x](https://good.example@evil.example)"),
        ("a `b", "a \\`b"),
        ("b** c", "b\\*\\* c"),
        ("end\\", "end\\\\"),
    ],
)
def test_what_would_be_structure_is_escaped(text, page):
    assert block(clean(text)) == page


def test_lines_of_a_fact_become_one():
    assert clean("Two ways:\n  - one\n  - [ ] two\n\n  and more\r\nof it") == "Two ways: one; two and more of it"
    assert clean("Run this:\n```sh\nmake x\nmake `y`\n```\nthen rest") == "Run this: `make x`; `` make `y` `` then rest"
    assert first_paragraph("One\nline.\n \nMore.") == "One line."
    assert first_paragraph(" \n") == ""


def test_invisible_characters_do_not_reach_the_page():
    assert clean("a\x00b\x1b[31mred\x1b[0m\u202e\u200bc\U000e0041") == "abredc"
    assert clean("\u200b") == "(empty)"
    assert clean("\u0646\u0645\u06cc\u200c\u062e\u0648 👩\u200d💻") == "\u0646\u0645\u06cc\u200c\u062e\u0648 👩\u200d💻"
    assert clean("a\u200db") == "ab"


def test_code_span_holds_any_text():
    assert code_span("a") == "`a`"
    assert code_span("a`b``c") == "``` a`b``c ```"


@given(ANYTHING)
@example("`")
def test_code_span_is_one_code_span(text):
    tokens = MARKDOWN.parseInline(f"x {code_span(text)} y")[0].children
    assert [token.type for token in tokens] == ["text", "code_inline", "text"]


@given(ANYTHING, ANYTHING)
@example("*a", "b*")
@example("`", "`")
@example("[a", "](https://x.example)")
@example("a\\", "b")
def test_two_facts_on_a_line_do_not_touch_each_other_or_us(first, second):
    once, again = clean(first), clean(second)
    end = "\n# End\n\n[0001]: ours-a.md\n[0002]: ours-b.md\n[project]: ours-p.yml\n"
    lines = f"- **Ours:** {inline(once)} [0001]. *Not any more:* {inline(again)} [0002]\n- {block(once)} [0001]\n"
    lines += f"- **[0001] {inline(once, tight=True)}**, in progress\n\n{block(again)}\n{end}"
    targets = [target for kind, target in shape(lines) if kind == "link_open"]
    assert sorted(target for target in targets if target.startswith("ours")) == ["ours-a.md"] * 3 + ["ours-b.md"]
    assert not any(":" in target and not target.startswith(("https://", "http://")) for target in targets)
    structure = [found for found in shape(lines) if found[0] != "link_open"]
    harmless = f"- **Ours:** x [0001]. *Not any more:* x [0002]\n- x [0001]\n- **[0001] x**, in progress\n\nx\n{end}"
    assert structure == [found for found in shape(harmless) if found[0] != "link_open"]
    bold = MARKDOWN.render(lines)
    assert "<li><strong>Ours:</strong>" in bold
    assert "<em>Not any more:</em>" in bold
    assert '<strong><a href="ours-a.md">0001</a>' in bold


@given(ANYTHING)
def test_escaping_never_shortens_and_gives_one_line_of_valid_text(text):
    cleaned = clean(text)
    for escaped in (inline(cleaned), block(cleaned), inline(cleaned, tight=True)):
        assert len(escaped) >= len(cleaned)
        assert escaped.isprintable() or not set(escaped) & set("\n\r\x00\x1b\u202e\u200b\u2028")
        escaped.encode()


@given(ANYTHING, st.integers(4, 60))
def test_shorten_is_short(text, size):
    assert len(shorten(clean(text), size).encode()) <= size


def test_join_within_says_how_many_are_left():
    assert join_within(["aaaa", "bbbb", "cccc"], 16) == ("aaaa, bbbb, cccc", 3)
    assert join_within(["aaaa", "bbbb", "cccc"], 15) == ("aaaa and 2 more", 1)
    assert join_within(["a" * 40], 15) == ("", 0)


@pytest.mark.parametrize(
    "text",
    ["*a " * 20000, "`" * 20001, "[a" * 20000, "a`" * 20001 + "``", "[a](" * 20000, "\\" * 40001, "**a* " * 9000],
)
def test_long_hostile_text_takes_no_time(text):
    import time

    start = time.perf_counter()
    block(clean(text))
    assert time.perf_counter() - start < 2

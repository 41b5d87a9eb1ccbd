"""The quick reading of YAML gives what the full one gives, or gives up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.yamlplain import read_plain
from gitsession.formats.yamlreader import read_yaml
from gitsession.formats.yamltext import quote_scalar

WORDS = st.one_of(
    st.sampled_from(
        [
            "active",
            "2026-11-23T09:30:00+00:00",
            "feature/login",
            "~",
            "null",
            "1",
            "0x1f",
            "yes",
            "it's",
            "a, b",
            "x: y",
            "x:y",
            "a #b",
            "# c",
            "- a",
            "[a, b]",
            "[]",
            "[a,b, c]",
            "{a: 1}",
            '"q"',
            '"q # r"',
            "'s'",
            "*a",
            "&a b",
            "!t",
            "| x",
            "? a",
            "@a",
            "`a`",
            "%a",
            "...",
            "---",
            "Åsa Öst",
            "日本",
            "a\tb",
            "a  b",
            "(x)",
            "k=v; w",
            "a?",
            "é́",
            "\u00a0x",
            "\u2028",
            "\x85",
            "\ufeff",
            "a:",
            ":a",
            "a,",
            "a'",
        ]
    ),
    st.text(max_size=12),
)
LINES = st.one_of(
    st.builds("{}: {}".format, st.sampled_from(["status", "started", "a", "b", "x-y", "1", "a b"]), WORDS),
    st.builds("  {}: {}".format, st.sampled_from(["a", "b"]), WORDS),
    st.builds("{}- {}".format, st.sampled_from(["", "  ", "    "]), WORDS),
    st.sampled_from(["", "# note", "a:", "b:", "  # note", "parents:", "commands:", "   x: y", " a: b"]),
    WORDS,
)


@given(st.lists(LINES, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_it_reads_as_the_full_reader_does_or_gives_up(lines: list[str], newline: str, final: bool) -> None:
    text = newline.join(lines) + (newline if final else "")
    plain = read_plain(text, 2)
    if plain is not None:
        assert plain == read_yaml(text, "x", 2)


@pytest.mark.parametrize(
    "text",
    [
        ("schema: 1\nstatus: active            # active | completed\nstarted: 2026-11-23T09:30:00+00:00\n"
        "parents: [0001-bootstrap, 0002-x]\nauthor: Ada Example\n"),
        ("name: feedpost\ngoal: \"A digest, 'daily': of feeds\"\nconstraints:\n"
        "  - No daemon\n  - Python 3.11+, and no more\ncommands:\n  test: python -m pytest\n  run: make run\n"),
        "",
    ],
)
def test_what_is_usual_needs_no_full_reader(text: str) -> None:
    assert read_plain(text, 2) == read_yaml(text, "x", 2)


@given(st.text(max_size=30))
def test_what_we_quote_is_read_back(text: str) -> None:
    try:
        full = read_yaml(f"a: {quote_scalar(text)}\n", "x", 1)
    except FormatError:
        return
    plain = read_plain(f"a: {quote_scalar(text)}\n", 1)
    assert plain is None or plain == full

"""YAML as it is read and written here: strict, with lines, and never slow."""

import time

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.yamltext import bare_value, parse_yaml, quote_scalar

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS | st.from_regex(r"[-+0-9a-fxoe_.:~ #yYnN'\"TZ]{0,24}", fullmatch=True))
@example("12:30:45")
@example("0b101")
@example("1_000")
@example("1e3")
@example("2026-11-23")
@example("no")
@example("null")
@example("a: b")
@example("a #b")
@example("\ufeffx\x85\u2028")
@example("")
def test_any_text_comes_back_equal(text: str) -> None:
    line = f"key: {quote_scalar(text)}\n"
    assert "\n" not in line[:-1]
    assert parse_yaml(line, "p")["key"].data == text
    assert yaml.safe_load(line) == {"key": text}
    assert yaml.safe_load(f"key: [{quote_scalar(text)}, x]") == {"key": [text, "x"]}


@given(st.datetimes().map(lambda d: d.replace(microsecond=0).isoformat() + "+00:00"))
def test_a_full_time_stays_as_people_write_it(text: str) -> None:
    assert quote_scalar(text) == text


def test_half_a_surrogate_pair_is_written_as_the_sign_for_what_is_no_character() -> None:
    assert yaml.safe_load(f"key: {quote_scalar(chr(0xD800))}") == {"key": "\ufffd"}


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), TEXTS | st.lists(TEXTS, max_size=3), max_size=4))
def test_a_mapping_is_read_as_pyyaml_writes_it(data: dict[str, object]) -> None:
    read = parse_yaml(yaml.safe_dump(data), "p")
    assert {key: bare_value(value) for key, value in read.items()} == data


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [1\nc: 2\n", 13, "broken YAML"),
        ("a: 1\nb: 2\na: 3\n", 13, "stands twice"),
        ("- a\n- b\n", 11, "not a mapping"),
        ("a: 1\nb: &x [1]\nc: *x\n", 12, "anchors"),
        ("a: 1\n---\nb: 2\n", 12, "second document"),
        ("a: 1\n? [x]\n: 2\n", 12, "plain text"),
        ("a: 1\nb: " + "[" * 50 + "]" * 50, 12, "nested deeper"),
        ("a: 1\nb: \x07\n", 12, "broken YAML"),
        ("a: " + "x" * 70_000, 11, "more than"),
        ("a: 1\n\tb: 2\n", 12, "broken YAML"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(FormatError, match=words) as refused:
        parse_yaml(text, "p.md", first_line=11)
    assert refused.value.line == line
    assert str(refused.value).startswith(f"p.md:{line}: ")
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_bombs_cost_nothing() -> None:
    aliases = "a: &a [x,x]\n" + "".join(f"k{i}: &k{i} [*a,*a,*a]\n" for i in range(500))
    start = time.perf_counter()
    for bomb in (aliases, "a: " + "[" * 60_000, "a: " + "{a: " * 15_000, "? " * 30_000):
        with pytest.raises(FormatError):
            parse_yaml(bomb, "p")
    assert time.perf_counter() - start < 2

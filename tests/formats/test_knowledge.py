"""Knowledge files: read as written, damage told with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.knowledge import clean_body, clean_title, parse_knowledge, render_knowledge
from gitsession.model.knowledge import Knowledge

TEXT = "---\nschema: 1\ntags: [http, 'rate limit']\nfrom:\n  session: 0003-mail-k3f9\n---\n# Retry on 429\n\nWait.\n\n    code\n\n# More\n"
READ = Knowledge("Retry on 429", "Wait.\n\n    code\n\n# More", ("http", "rate limit"), session="0003-mail-k3f9")


def parse(text: str | bytes) -> Knowledge:
    return parse_knowledge(text.encode() if isinstance(text, str) else text, "retry-p3dz", "k.md")


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT + "\n\n"])
def test_it_is_read_whatever_editor_saved_it(text: str) -> None:
    assert parse(text) == READ


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# Retry\n\nWait.\n", "Retry", "Wait."),
        ("Wait.\n", "retry-p3dz", "Wait."),
        ("```\n# no title\n```\n\n# Retry #\n", "Retry", "```\n# no title\n```"),
        ("---\nmine: kept\nfrom: 0003-mail\n---\n# Retry", "Retry", ""),
    ],
)
def test_what_a_person_wrote_without_our_keys_is_knowledge_too(text: str, title: str, body: str) -> None:
    found = parse(text)
    assert (found.title, found.body) == (title, body)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "says nothing"),
        ("---\nschema: 1\n---\n\n", 4, "says nothing"),
        ("---\ntags: [a]\n# Retry\n", 1, "not closed"),
        ("---\nschema: 2\n---\n# Retry\n", 2, "newer"),
        ("---\nschema: 1\ntags: {a: b}\n---\n# Retry\n", 3, "list of texts"),
        ("---\ntags: [a]\nfrom: [b, c]\n---\n# Retry\n", 3, "mapping"),
        ("---\nmade: &x [a]\n---\n# Retry\n", 2, ""),
        (b"# Retry\n\n\xff\n", 3, "not UTF-8"),
        (b"# Retry\n" + b"x" * (1 << 20), 1, "1 MB"),
    ],
)
def test_damage_is_told_with_its_line(text: str | bytes, line: int, reason: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert (caught.value.path, caught.value.line) == ("k.md", line)
    assert reason in caught.value.reason


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(WORDS.map(clean_title).filter(bool), st.lists(WORDS.map(clean_title).filter(bool), max_size=3), WORDS.map(clean_title))
def test_what_is_written_is_read(title: str, tags: list[str], lesson: str) -> None:
    knowledge = Knowledge(title, "Wait.", tuple(tags), "2026-11-23T09:30:00+00:00", "Ada", "0003-mail-k3f9" if lesson else "", lesson)
    assert parse(render_knowledge(knowledge)) == knowledge


@given(st.text())
def test_any_text_is_a_body(body: str) -> None:
    knowledge = Knowledge("Retry", clean_body(body))
    assert parse(render_knowledge(knowledge)) == knowledge

"""What people type into `search`, as SQLite is asked."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.index.search import match_expression

TEXTS = ("retry on 429", "retry the cache", "cache feeds", "hashing of passwords", "Zoë said test_login hangs", "a b c")


def found(words: str) -> set[str]:
    """The texts that fit."""
    expression = match_expression(words)
    if not expression:
        return set()
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='porter unicode61 remove_diacritics 2')")
        db.executemany("INSERT INTO t VALUES (?)", [(text,) for text in TEXTS])
        return {row[0] for row in db.execute("SELECT body FROM t WHERE t MATCH ?", (expression,))}
    finally:
        db.close()


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("retry", {"retry on 429", "retry the cache"}),
        ("cache retry", {"retry the cache"}),
        ('"cache retry"', set()),
        ('"retry the"', {"retry the cache"}),
        ('"retry the', {"retry the cache"}),
        ("ret*", {"retry on 429", "retry the cache"}),
        ("429 OR feeds", {"retry on 429", "cache feeds"}),
        ("cache retry OR feeds", {"retry the cache", "cache feeds"}),
        ("cache OR", {"retry the cache", "cache feeds"}),
        ("OR cache -the", {"cache feeds"}),
        ('cache -"retry the"', {"cache feeds"}),
        ("passwords hashed", {"hashing of passwords"}),
        ("zoe", {"Zoë said test_login hangs"}),
        ("test_login", {"Zoë said test_login hangs"}),
        ("login_test", set()),
        ("-cache", set()),
        ("AND NOT NEAR", set()),
        ("body:cache", set()),
        ("cache AND feeds", {"cache feeds"}),
        ("", set()),
    ],
)
def test_words_mean_what_search_engines_mean_by_them(words: str, texts: set[str]) -> None:
    assert found(words) == texts


@given(st.text(alphabet=st.one_of(st.sampled_from("\"*-()^:{}+' \0|abOR,."), st.characters(exclude_categories=("Cs",))), max_size=30))
def test_no_words_are_wrong(words: str) -> None:
    found(words)

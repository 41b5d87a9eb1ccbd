"""What of an error's text stays the same when it occurs again."""

import pytest

from gitsession.model.likeness import ENOUGH, likeness
from gitsession.model.symptom import parse_message, parse_symptom

PYTHON = """Traceback (most recent call last):
  File "/app/src/store/users.py", line 33, in add
    raise ValueError("never a message of its own")
  File "/usr/lib/python3.11/sqlite3/__init__.py", line 355, in execute
    fail()
sqlite3.IntegrityError: UNIQUE constraint failed: users.email
"""
RUST = """error[E0308]: mismatched types
  --> src/a.rs:3:5
   |
3  |     let x: i32 = "a";
   |                  ^^^ expected `i32`, found `&str`
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'map')
    at render (/home/bo/app/src/List.jsx:12:9)
    at x (y.js:1:2)"""
PYTEST = """    def test_form():
>       assert render() == 2
E       assert 1 == 2
tests/test_form.py:12: AssertionError
FAILED tests/test_form.py::test_form - assert 1 == 2"""


@pytest.mark.parametrize(
    ("text", "kinds", "words", "places"),
    [
        (PYTHON, {"IntegrityError"}, {"unique", "constraint", "users", "email"},
         [("/usr/lib/python3.11/sqlite3/__init__.py", 355), ("/app/src/store/users.py", 33)]),
        (RUST, {"E0308"}, {"mismatched", "types"}, [("src/a.rs", 3)]),
        (NODE, {"TypeError"}, {"cannot", "read", "properties", "undefined", "reading"}, [("/home/bo/app/src/List.jsx", 12), ("y.js", 1)]),
        (PYTEST, set(), {"assert"}, [("tests/test_form.py", 12)]),
        ("src/a.ts(3,5): error TS2322: Type 'string' is not assignable", {"TS2322"}, {"type", "not", "assignable"}, [("src/a.ts", 3)]),
        ("connect ECONNREFUSED 127.0.0.1:5432", {"ECONNREFUSED"}, {"connect"}, []),
        ("\x1b[31mfatal: the queue is stuck\x1b[0m", set(), {"queue", "stuck"}, []),
        ("It hangs", set(), {"hangs"}, []),
        ("404 0x7f 12:30", set(), set(), []),
        ("", set(), set(), []),
    ],
)  # fmt: skip
def test_the_message_and_the_files_are_found(text, kinds, words, places) -> None:
    symptom = parse_symptom(text)
    first = symptom.messages[0] if symptom.messages else parse_message("")
    assert (first.kinds, first.words - {"sqlite3"} - {"ts", "a"}) == (kinds, words)
    assert [tuple(place) for place in symptom.places] == places


@pytest.mark.parametrize(
    ("once", "again"),
    [
        ("OSError: [Errno 98] Address in use: 127.0.0.1:8000", "OSError: [Errno 48] Address in use: 10.0.0.7:8123"),
        ("no such file: /home/ada/x/cfg.yml", "no such file: /srv/cfg.yml"),
        ("2026-11-23T10:00:01Z lock held by 4821 at 0x7f3aab12", "2026-11-24 09:12:55 lock held by 77 at 0x7f3bbc00"),
        ("job 3f2a91bc5d failed: timed out", "job 77aa01ffe2 failed: timed out"),
        ("id 0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b is gone", "id 99aea1b2-ffd4-4e5f-8a9b-0c1d2e3fffff is gone"),
        ("see https://x.example/a?b=1 for more reasons", "see https://y.example/zz for more reasons"),
    ],
)
def test_what_changes_from_time_to_time_does_not_count(once, again) -> None:
    assert parse_message(once)[1:] == parse_message(again)[1:]


def like(one: str, other: str) -> float:
    return likeness(parse_message(one), parse_message(other), lambda word: 1.0).score


def test_values_count_least_and_kinds_most() -> None:
    error = "MailError: cannot send 'digest' to queue"
    assert like(error, error) == 1
    assert 0.9 < like(error, "MailError: cannot send 'weekly' to queue") < 1
    assert like(error, "MailError: other") > like(error, "cannot send") > ENOUGH
    assert like(error, "FeedError: cannot send to queue") < like(error, "cannot send to queue")
    assert like("ValueError: bad port number", "ValueError: unknown unit") < ENOUGH  # raised for whatever reason
    assert like("It hangs", "The form is hanging") == 1


def test_a_reason_is_counts_and_names() -> None:
    how = likeness(parse_message("MailError: cannot send 'digest'"), parse_message("MailError: cannot go"), lambda word: 1.0)
    assert how.reason() == "same MailError, 1 of 3 words"


def test_a_long_text_is_read_at_both_ends() -> None:
    text = "first: cannot begin\n" + "noise\n" * 9000 + "LastError: it ended\n"
    assert {kind for message in parse_symptom(text).messages for kind in message.kinds} == {"LastError"}
    assert any("begin" in message.words for message in parse_symptom(text).messages)

"""The closing comment, and what a stored page is beside one derived anew."""

import hashlib

import pytest
from feedpost import BACKGROUND, SESSIONS, SOURCE, THREE
from hypothesis import given
from hypothesis import strategies as st

from gitsession.handoff import compare, derive, parse_page
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Item
from gitsession.model.handoff import RENDERER


def replace(value, **changes):
    return value._replace(**changes)

PAGE = derive(SOURCE)


def test_closing_comment_says_what_the_page_is_of():
    body, meta = parse_page(PAGE.text)
    assert (meta.schema, meta.renderer, meta.session) == (1, RENDERER, THREE)
    assert meta.checkpoints == "0f3a" * 4
    assert meta.body == hashlib.sha256(body.encode()).hexdigest()[:16]
    assert meta.figures == "in force 19/19; background 16/16; preservation 1.0; confidence 1.0"
    assert PAGE.text.startswith(body)


@pytest.mark.parametrize(
    "text", ["", "# x", "<!-- gitsession: -->", PAGE.text + "more\n", PAGE.text.replace(" body sha256", " b")]
)

def test_a_page_without_closing_comment_is_none(text):
    assert parse_page(text) is None
    assert compare(text, PAGE)[0] == "wrong"


@given(st.text())
def test_any_text_can_be_parsed(text):
    parse_page(text)
    parse_page(text + "\n" + PAGE.text)


def test_the_same_page_is_current_also_with_other_line_ends():
    assert compare(PAGE.text, PAGE)[0] == "current"
    assert compare(PAGE.text.replace("\n", "\r\n"), PAGE)[0] == "current"


def test_an_edited_body_is_wrong():
    status, reason = compare(PAGE.text.replace("Four fetching", "Five fetching"), PAGE)
    assert status == "wrong"
    assert "\n" not in reason


def test_other_facts_from_the_same_checkpoints_are_wrong():
    other = derive(replace(SOURCE, fold=replace(SOURCE.fold, background=BACKGROUND[1:])))
    assert compare(other.text, PAGE)[0] == "wrong"
    tampered = PAGE.text.replace("in force 19/19", "in force 19/29")
    assert compare(tampered, PAGE)[0] == "wrong"


def test_later_checkpoints_leave_a_page_behind():
    later = derive(
        replace(SOURCE, checkpoints_digest="aaaa" * 16, fold=replace(SOURCE.fold, in_force=(Item("step", "x", THREE),)))
    )
    assert compare(PAGE.text, later)[0] == "behind"


@pytest.mark.parametrize(
    "change",
    [
        {"files": ()},
        {"source_id": "aaaaaaaaaaaa"},
        {"subjects": ((THREE, ("Add it",)),)},
        {"session": None},
    ],
)
def test_other_history_leaves_a_page_behind(change):
    later = derive(replace(SOURCE, **change))
    assert later.text != PAGE.text
    assert compare(PAGE.text, later)[0] == "behind"


def test_other_commits_of_a_quiet_session_leave_a_page_behind():
    quiet = Checkpoint("0004-quiet-aaaa", "completed", "2026-11-24T00:00:00Z", 4.0, "Quiet")
    source = replace(
        SOURCE, fold=replace(SOURCE.fold, recent=(*SESSIONS, quiet)), subjects=((quiet.stem, ("Fix it",)),)
    )
    assert compare(derive(source).text, derive(replace(source, subjects=())))[0] == "behind"


def test_another_renderer_cannot_be_judged():
    status, reason = compare(PAGE.text.replace(f"renderer {RENDERER};", "renderer 99;"), PAGE)
    assert status == "unknown"
    assert "renderer 99" in reason

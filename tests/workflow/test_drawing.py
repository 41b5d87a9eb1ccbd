"""Drafts that go into a checkpoint."""

import random

from gitsession.formats.checkpoint import parse_document
from gitsession.formats.edit import new_checkpoint
from gitsession.model.draft import Draft
from gitsession.workflow.drawing import apply_drafts, digest

EMPTY = new_checkpoint("Work", [("started", "2026-11-23T09:30:00+00:00")])


def items(text: str) -> list[tuple[str, str, str]]:
    return [(item.fact.kind, item.fact.box, item.fact.text) for item in parse_document(text, "a.md").items]


def test_one_that_cannot_stand_keeps_no_other_out():
    drafts = [Draft("error", "One"), Draft("error", "Two", resolved="by this\n- that"), Draft("error", "Three"), Draft("note", "Four")]
    drawn = apply_drafts(EMPTY, "a.md", drafts)
    assert items(drawn.text) == [("error", "", "One"), ("error", "", "Three"), ("note", "", "Four")]
    assert drawn.added == 3


def test_what_was_done_ticks_the_step_that_came_before_it():
    drafts = [Draft("step", "Write the parser", " "), Draft("step", "Test it", " "), Draft("done", "write the parser", "x")]
    drawn = apply_drafts(EMPTY, "a.md", drafts)
    assert items(drawn.text) == [("step", "x", "Write the parser"), ("step", " ", "Test it")]


def test_nothing_is_said_twice():
    drafts = [
        Draft("note", "The queue is full"), Draft("note", "the  queue is full"), Draft("done", "Ship it", "x"), Draft("note", "# > 1"),
    ]  # fmt: skip
    text = EMPTY + "\n## Next steps\n- [x] Ship it\n"
    drawn = apply_drafts(text, "a.md", drafts)
    assert items(drawn.text) == [("step", "x", "Ship it"), ("note", "", "The queue is full"), ("note", "", r"\# > 1")]
    assert apply_drafts(drawn.text + "- The last one\n", "a.md", drafts).added == 0
    assert apply_drafts(drawn.text, "a.md", drafts) == (drawn.text, 0, 0)


def test_what_no_longer_holds_is_taken_out_and_its_section_with_it():
    drafts = [Draft("note", f"Note {n}", turn=f"k#{n}") for n in range(4)] + [Draft("step", "Test it", " ", turn="k#9")]
    first = apply_drafts(EMPTY, "a.md", drafts)
    again = apply_drafts(first.text, "a.md", drafts[1:3], before=[digest(d) for d in drafts])
    assert items(again.text) == [("note", "", "Note 1"), ("note", "", "Note 2")]
    assert (again.added, again.removed) == (0, 3)
    assert "## Next steps" not in again.text


def test_what_looks_like_a_secret_only_where_it_stands_is_left_out():
    value = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=32))
    text = EMPTY + "\n## Decisions\n- The API key:\n"
    drawn = apply_drafts(text, "a.md", [Draft("decision", value, turn="k#1"), Draft("decision", "Use argon2id", turn="k#2")])
    assert items(drawn.text) == [("decision", "", "The API key:"), ("decision", "", "Use argon2id")]
    assert (drawn.added, drawn.removed) == (1, 0)


def test_what_a_person_wrote_is_not_taken_for_a_draft_without_a_turn():
    value = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=32))
    text = EMPTY + f"\n## Decisions\n- The API key:\n- {value}\n"
    drawn = apply_drafts(text, "a.md", [Draft("decision", "Use argon2id")])
    assert items(drawn.text) == [("decision", "", "The API key:"), ("decision", "", value), ("decision", "", "Use argon2id")]
    assert (drawn.added, drawn.removed) == (1, 0)

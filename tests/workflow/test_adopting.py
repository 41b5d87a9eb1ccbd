"""Notes that people keep by hand, and beads' issues, as drafts of facts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_document
from gitsession.formats.edit import new_checkpoint
from gitsession.workflow.adopting import read_document
from gitsession.workflow.drawing import apply_drafts


def told(text, name="HANDOFF.md"):
    return [(d.kind, d.text) for d in read_document(text.encode(), name).drafts]


@pytest.mark.parametrize(
    ("heading", "kind", "said"),
    [
        ("Next steps", "step", "Say it"),
        ("7. Specific TODOs the next agent can pick up", "step", "Say it"),
        ("What\u2019s left (operator decisions)", "step", "Say it"),
        ("Not done yet", "step", "Say it"),
        ("What shipped (commit `ede75f3`)", "done", "Say it"),
        ("Follow-ups — ALL COMPLETE", "done", "Say it"),
        ("Key decisions", "decision", "Say it"),
        ("Hard rules the user has set", "constraint", "Say it"),
        ("In progress / blocked", "blocker", "Say it"),
        ("Open questions", "question", "Say it"),
        ("Known issues", "error", "Not solved: Say it"),
        ("Lessons & don'ts", "lesson", "Say it"),
        ("Goal", "goal", "Say it"),
    ],
)
def test_a_heading_tells_the_kind(heading, kind, said):
    assert told(f"# Handoff\n\nAbout it.\n\n## {heading}\n\n- Say it\n\n## Architecture\n\n- Aside\n") == [(kind, said)]


def test_headings_below_a_heading_keep_its_kind():
    assert told("## Lessons\n### Environment\n- Warm it up\n### Next\n- Go on\n") == [("lesson", "Warm it up"), ("step", "Go on")]


@pytest.mark.parametrize("heading", ["Archived", "Part 2: durability (ARCHIVED)", "Changelog", "Superseded decisions"])
def test_what_is_over_is_left_out(heading):
    assert told(f"# Handoff\n# {heading}\n## Next steps\n- [ ] Old\n# Now\n## Next steps\n- New\n") == [("step", "New")]


def test_boxes_are_steps_wherever_they_stand():
    text = "# Plan\n- [ ] Ship **it** with [the notes](docs/notes.md)\n- [x] Build it\n- Words\n## Open questions\n- [ ] Which port?\n"
    assert told(text) == [("step", "Ship it with the notes"), ("done", "Build it"), ("question", "Which port?")]
    assert read_document(text.encode(), "HANDOFF.md").drafts[0].turn == "HANDOFF.md#L2"


def test_every_item_of_a_todo_is_a_step_that_is_not_done():
    text = "# TODO\n\nSome words.\n\n- Plain\n- ~~Dropped~~\n- ✅ Ticked\n1. Numbered,\n   and long\n\n## Later\n* Last\n"
    assert told(text, "TODO.md") == [("step", "Plain"), ("done", "Ticked"), ("step", "Numbered, and long"), ("step", "Last")]


def test_nested_items():
    """A list above boxes leads to them; what is nested without a box belongs to its item."""
    text = "- Auth:\n  - [ ] Log in\n    - with a password\n    - with a key\n  - [x] Log out\n- [ ] Mail\n  - daily\n"
    steps = ["Auth: Log in; with a password; with a key", "Mail; daily"]
    assert told(text, "TODO.md") == [("step", steps[0]), ("done", "Auth: Log out"), ("step", steps[1])]


def test_code_tables_and_nothings_are_no_facts():
    text = "## Next steps\n```\n- [ ] code\n# no heading\n```\n| a | b |\n- None\n- N/A\n> - quoted\n---\n- One\n"
    assert told(text) == [("step", "One")]


def test_prose_stands_for_a_list_that_is_not_there():
    assert told("## Decisions\nUse YAML. It is there.\n\nMore of it.\n") == [("decision", "Use YAML. It is there.")]
    assert told("## Decisions\nAs we said:\n\n- Use YAML\n") == [("decision", "Use YAML")]
    assert told("## Blocked\n- A\n\n**The commit is not pushed.** So wait.\n\nOr not.\n") == [
        ("blocker", "A"),
        ("blocker", "The commit is not pushed. So wait."),
    ]


def test_commands():
    text = "## Commands\n- test: `pytest -q`\n- `make` - builds all\n- `x` loads, and nothing else\n- see the docs\n"
    assert told(text) == [("command", "test: `pytest -q`"), ("command", "`make`")]


def test_much_is_bounded_and_told():
    text = "## Done\n" + "".join(f"- Did {n}\n" for n in range(50)) + "## Next steps\n" + "".join(f"- Do {n} {'so ' * 99}\n" for n in range(70))
    document = read_document(text.encode(), "HANDOFF.md")
    assert (len(document.drafts), document.more) == (60, 20)
    assert sum(d.kind == "done" for d in document.drafts) == 10
    assert max(len(d.text) for d in document.drafts) <= 200


def test_secrets_stay_out():
    token = "gh" + "p_" + "a1B2c3D4e5F6" * 3
    (step,) = told(f"- [ ] Rotate {token}\n")
    assert token not in step[1]
    assert "REDACTED" in step[1]


def test_the_open_issues_of_beads():
    def issue(id_, title, status, priority, **more):
        return json.dumps({"id": id_, "title": title, "status": status, "priority": priority, **more}) + "\n"

    text = (
        issue("bd-1", "Later", "open", 3) + issue("bd-2", "Soon", "open", 0) + issue("bd-3", "Over", "closed", 0)
        + issue("bd-4", "Under way", "in_progress", 2) + issue("bd-5", "Stuck", "blocked", 0)
        + issue("bd-6", "All of it", "open", 0, issue_type="epic") + '{"id": 7, "title": ["?"]}\n[]\n{"torn\n'
        + '{"title": "Odd", "status": ["open"]}\n'
    )  # fmt: skip
    assert told(text, ".beads/issues.jsonl") == [
        ("step", "Under way (bd-4)"),
        ("step", "Soon (bd-2)"),
        ("step", "Later (bd-1)"),
        ("blocker", "Stuck (bd-5)"),
    ]


@pytest.mark.parametrize("data", [b"\xff\xfe- [ ] a", b"- [ ] a\0b"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(FormatError):
        read_document(data, "TODO.md")


@given(st.text(st.sampled_from("-*[] x#`~>|\n1.:()_ab\t✅")), st.sampled_from(["TODO.md", "HANDOFF.md"]))
def test_whatever_it_says_goes_into_a_checkpoint_as_it_was_read(text, name):
    drafts = read_document(text.encode(), name).drafts
    after = apply_drafts(new_checkpoint("Go on", []), "a.md", drafts)
    facts = {(i.fact.kind, i.fact.key) for i in parse_document(after.text, "a.md").items}
    assert after.added == len(facts)
    assert apply_drafts(after.text, "a.md", drafts).added == 0

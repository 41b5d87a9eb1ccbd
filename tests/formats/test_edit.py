"""Edits change what they say, and nothing else."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_checkpoint, parse_document
from gitsession.formats.edit import New, add_fact, add_facts, set_key, set_state, tick
from gitsession.formats.facts import clean_text, parse_fact, render_item
from gitsession.model.fact import HEADING_OF, KINDS, Fact

FRONT = """---
schema: 1 # one
mine: {a: [b, 'c']}
status: active   # don't touch
started: 2026-11-23T09:30:00+00:00
---
"""
PIECES = [
    "# Title",
    "## Decisions",
    "## Next steps",
    "## State",
    "## Mine",
    "### Deeper",
    "## Goal",
    "- [ ] a",
    "* b (est: 5m)",
    "  + c",
    "1. d",
    "- tests: 1 failed",
    "  - nested",
    "  more",
    "runs on",
    "    code",
    "```",
    "  ```",
    "~~~",
    "<!-- x -->",
    "<!--",
    "-->",
    "<details>",
    "---",
    "===",
    "> quote",
    "\tx",
    "",
    "",
    "",
    "   ",
    "- [x] e \t",
    "-",
]
HOSTILE = [
    "---",
    "## Heading",
    "# Title",
    "```",
    "~~~ x",
    "<!--",
    "-->",
    "<!-- x -->",
    "- [ ] x",
    "[ ] box",
    "[x] box",
    "* * *",
    "1. one",
    "12) x",
    "> quote",
    "===",
    "--",
    "<script>",
    "</details>",
    "[a]: b",
    "~~gone~~",
    "(est: 5m)",
    "(replaces: x)",
    "([0001](0001-x.md))",
    "`code`",
    "\\",
    "#",
    "+",
    "a: b",
    "    indented",
    "\x00",
    "\x1b[31mred",
    "\u202eright",
    "\u2028",
    "\x85",
    "\r",
    "\ufeff",
    "é",
    "漢字",
]


@st.composite
def documents(draw: st.DrawFn) -> str:
    text = (
        FRONT
        + draw(st.sampled_from(["", "## Next steps\n- [ ] z\n"]))
        + "\n".join(draw(st.lists(st.sampled_from(PIECES), max_size=14)))
    )
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return draw(st.sampled_from(["", "", "\ufeff"])) + text.replace("\n", newline)


words = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=6), min_size=1, max_size=5).flatmap(
    lambda parts: st.sampled_from(["", " ", "\n", "\n\n"]).map(lambda glue: glue.join(parts))
)


def facts(text: str) -> list[Fact]:
    return [fact._replace(line=0) for fact in parse_checkpoint(text.encode(), "0001-x", "c.md").facts]


def said(text: str) -> str:
    """Words without the backslashes that keep them from being structure."""
    return re.sub(r"\\(?=[-*+#>`~=_<\[.)])", "", text)


def inserted(before: str, after: str) -> list[str]:
    """The lines that an edit put in, where it did nothing else."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    tail = len(old) - head
    assert old[head:] == (new[len(new) - tail :] if tail else [])
    return new[head : len(new) - tail]


@given(documents(), st.sampled_from(KINDS), words, st.sampled_from(["", " ", "x"]))
@example(FRONT + "## Decisions\n```\n- in code\n", "decision", "x", "")
@example(FRONT, "decision", "--", "")
@example(FRONT, "decision", "a <!-- b --> c", "")
@example(FRONT + "## Decisions\n===\n---", "decision", "a", "")
@example(FRONT + "## Decisions\n* a\n", "decision", "**", "")
@example(FRONT, "decision", "a\n--", "")
@example(FRONT + "## Decisions\n<details>\nx", "decision", "x", "")
@example(FRONT + "## Decisions\n- a\n  ```\n  open", "decision", "x", "")
def test_a_new_fact_is_there_and_all_else_stays(text: str, kind: str, new: str, box: str) -> None:
    wanted = clean_text(new)
    assume(wanted)
    meant = parse_fact("\n".join(line[2:] for line in render_item(new)), kind, 0)
    if not re.search(r"[(~]", wanted):
        assert said(meant.text) == said(wanted)
    try:
        edited = add_fact(text, "c.md", kind, new, box=box)
    except FormatError:
        assert parse_document(text, "c.md").open_fence >= 0 or not meant.text
        return
    before, after = facts(text), facts(edited)
    at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    assert after[:at] + after[at + 1 :] == before
    fact = after[at]
    assert fact == meant._replace(box=box)
    # The bytes of all other lines stay; only what was the last line may get the newline that it lacked.
    newline = "\r\n" if "\r\n" in text else "\n"
    if not text.endswith("\n"):
        assert not edited.endswith("\n")
        text, edited = text + newline, edited + newline
    lines = inserted(text, edited)
    assert all(line.endswith(newline) for line in lines)
    assert len(lines) <= wanted.count("\n") + 1 + 3  # a heading and two blank lines


@given(documents(), st.sampled_from(KINDS), st.lists(words, min_size=1, max_size=4))
@example(FRONT + "## Notes\n- a\n", "note", ["a", "b", "b", "a"])
@example(FRONT + "## Notes\n* a\n\nProse.\n", "note", ["b", "c"])
def test_several_facts_are_the_same_as_one_after_the_other(text: str, kind: str, several: list[str]) -> None:
    one_by_one = text
    try:
        for new in several:
            one_by_one = add_fact(one_by_one, "c.md", kind, new, annotations=" (est: 5m)")
        edited = add_facts(text, "c.md", kind, [New(new, "", " (est: 5m)") for new in several])
    except FormatError:
        return
    assert edited == one_by_one


def test_a_fact_that_is_said_twice_in_a_row_stands_once() -> None:
    assert [f.text for f in facts(add_facts(FRONT, "c.md", "note", [New("a"), New("a"), New("b"), New("a")]))] == ["a", "b", "a"]


@given(words)
def test_what_is_read_is_written_again_the_same(text: str) -> None:
    once = render_item(text)
    assert render_item("\n".join(line[2:] for line in once)) == once


@given(documents(), st.data())
def test_a_tick_changes_one_box(text: str, data: st.DataObject) -> None:
    text = text.replace(FRONT, FRONT + "## Decisions\n- y\n\n", 1)
    items = parse_document(text, "c.md").items
    assume(items)
    item = data.draw(st.sampled_from(items))
    edited = tick(
        text,
        "c.md",
        item.start + 1,
        annotations=data.draw(st.sampled_from(["", " (took: 5m)", " ([0002](0002-y.md))"])),
    )
    before, after = facts(text), facts(edited)
    at = items.index(item)
    assert (after[at].box, after[at].text) == ("x", before[at].text)
    assert after[:at] + after[at + 1 :] == before[:at] + before[at + 1 :]
    old, new = text.splitlines(keepends=True), edited.splitlines(keepends=True)
    assert old[: item.start] == new[: item.start]
    assert old[item.end :] == new[len(new) - len(old) + item.end :]


@pytest.mark.parametrize(
    ("body", "line", "notes", "expected"),
    [
        ("- [ ] a  \n", 7, " (took: 5m)", "- [x] a (took: 5m)\n"),
        ("- [ ] a", 7, "", "- [x] a"),
        ("3)  a\n", 7, "", "3)  [x] a\n"),
        ("-\n  a\n", 7, "", "- [x]\n  a\n"),
        ("- [ ]\n  a\n", 7, "", "- [x]\n  a\n"),
        ("- [ ] a\n  runs on\n  - nested\n", 7, " (took: 5m)", "- [x] a\n  runs on (took: 5m)\n  - nested\n"),
        ("- a\n  ```\n  code\n  ```\n", 7, " (took: 5m)", "- [x] a (took: 5m)\n  ```\n  code\n  ```\n"),
        ("- ```\n  code\n  ```\n", 7, " (took: 5m)", "- [x] ```\n  code\n  ```\n  (took: 5m)\n"),
        ("- a\r\n- b\r\n", 8, " (took: 5m)", "- a\r\n- [x] b (took: 5m)\r\n"),
    ],
)
def test_where_a_tick_and_its_annotation_go(body: str, line: int, notes: str, expected: str) -> None:
    start = FRONT.removesuffix("---\n") + "---\n## Next steps\n"
    start = start.replace("schema: 1 # one\n", "")
    edited = tick(start + body, "c.md", line, annotations=notes)
    assert edited == start + expected
    assert not notes or parse_document(edited, "c.md").items[-1].fact.took == "5m"


def test_there_is_nothing_to_tick_where_no_fact_stands() -> None:
    with pytest.raises(FormatError, match="no fact") as refused:
        tick(FRONT + "## Decisions\n- a\n", "c.md", 7)
    assert refused.value.line == 7


@given(
    documents(),
    st.sampled_from(["tests", "TESTS", "pull request"]),
    st.sampled_from(["1 failed, 41 passed, `pytest -q`", "#17", "## x"]),
)
def test_state_has_one_line_for_a_key(text: str, key: str, value: str) -> None:
    try:
        edited = set_state(text, "c.md", key, value, annotations=" (source 3f2a1b)")
    except FormatError:
        assert parse_document(text, "c.md").open_fence >= 0
        return
    before, after = facts(text), facts(edited)
    mine = [f for f in after if f.kind == "state" and f.text.casefold().startswith(f"{key.casefold()}:")]
    assert mine[-1] == Fact("state", f"{key}: {value}", source="3f2a1b")
    assert [f for f in after if f.kind != "state"] == [f for f in before if f.kind != "state"]
    again = set_state(edited, "c.md", key, value, annotations=" (source 3f2a1b)")
    assert again == edited


@given(
    documents(),
    st.sampled_from(["status", "ended", "mine", "branch", "started", "a.b"]),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_key_is_set_and_the_other_lines_stay(text: str, key: str, value: str) -> None:
    edited = set_key(text, "c.md", key, value)
    old, new = parse_document(text, "c.md"), parse_document(edited, "c.md")
    assert new.keys[key].data == value
    rest = [line for line in old.lines if not line.startswith(f"{key}:")]
    assert [line for line in new.lines if not line.startswith(f"{key}:")] == rest
    if key == "status":
        assert "   # don't touch" in edited


@pytest.mark.parametrize(
    ("front", "key", "expected"),
    [
        ("status: active # x\n", "status", "status: new # x\n"),
        ("status: 'a # b'\n", "status", "status: new\n"),
        ('status: "a \\" # b"  # c\n', "status", "status: new  # c\n"),
        ("status:\n  # c\n  active\nx: y\n", "status", "status: new\nx: y\n"),
        ("tags:\n- a\n- b\nx: y\n", "tags", "tags: new\nx: y\n"),
        ("tags: [a,\n  b]\n# on its own\nx: y\n", "tags", "tags: new\n# on its own\nx: y\n"),
        (
            "x: |\n  status: not it\n\n  more\nstatus: a#b\n",
            "status",
            "x: |\n  status: not it\n\n  more\nstatus: new\n",
        ),
        ("status:\n", "status", "status: new\n"),
        ("started: 2026\nbranch: b\n", "ended", "started: 2026\nended: new\nbranch: b\n"),
        ("branch: b\n", "agent", "branch: b\nagent: new\n"),
    ],
)
def test_how_a_key_is_set(front: str, key: str, expected: str) -> None:
    assert set_key(f"---\n{front}---\nbody", "c.md", key, "new") == f"---\n{expected}---\nbody"


@pytest.mark.parametrize(
    "front",
    [
        '"status": active\n',
        "{status: active}\n",
        "  status: active\n",
        "status: 'a\nb'\n",
        "tags:\n# c\n- a\nstatus: |\n  x\n\n  y\n",
    ],
)
def test_a_key_that_cannot_be_set_is_refused(front: str) -> None:
    with pytest.raises(FormatError, match="cannot be edited"):
        set_key(f"---\n{front}---\n", "c.md", "status", "new")


def test_a_section_is_made_in_its_place() -> None:
    text = FRONT + "# T\n\n## Constraints\n- a\n\n## Lessons\n- b\n"
    edited = add_fact(text, "c.md", "step", "c", box=" ")
    assert edited == FRONT + "# T\n\n## Constraints\n- a\n\n## Next steps\n- [ ] c\n\n## Lessons\n- b\n"
    assert add_fact(FRONT + "# T", "c.md", "note", "n") == FRONT + "# T\n\n## Notes\n- n"
    for kind in KINDS:
        assert [f.kind for f in facts(add_fact(FRONT, "c.md", kind, "x"))] == [kind]
        assert f"## {HEADING_OF[kind]}\n" in add_fact(FRONT, "c.md", kind, "x")


def test_what_is_indented_below_the_last_item_does_not_become_part_of_the_new_one() -> None:
    text = FRONT + "## Decisions\n1. a\n  ```\n  code\n  ```\n\n## Lessons\n- l\n"
    assert add_fact(text, "c.md", "decision", "b") == text.replace("  ```\n\n", "  ```\n\n- b\n\n")
    text = FRONT + "## Decisions\n1. a\n\n  prose\n"
    assert add_fact(text, "c.md", "decision", "b") == text + "\n- b\n"


def test_a_new_item_looks_like_those_above_it() -> None:
    text = FRONT + "## Decisions\nProse.\n\n  * a\n    - nested\n\nMore prose.\n"
    assert add_fact(text, "c.md", "decision", "b\nc") == text.replace("nested\n", "nested\n  * b\n    c\n")
    prose = FRONT + "## Decisions\nProse.\n\n## Lessons\n"
    assert add_fact(prose, "c.md", "decision", "b") == prose.replace("Prose.\n", "Prose.\n\n- b\n")

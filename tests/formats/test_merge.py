"""Two versions of a checkpoint into one: nothing that a side states is lost, whichever side is ours."""

from collections import Counter

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_checkpoint, parse_document
from gitsession.formats.merge import merge_checkpoints
from gitsession.model.fact import Fact

FRONT = """---
schema: 1
status: active  # for now
started: 2026-11-23T09:30:00+00:00
branch: feature/login
parents: [0001-a]
---
"""
BODY = """# Add login

## Goal
People can sign in.

## Decisions
- Use argon2id
- Redis

## Next steps
- [ ] one
- [ ] two
  - nested

## State
- tests: 1 failed

## Mine
line a
line b

```
- code
```
line c
"""
BASE = FRONT + BODY


def merge(base: str | None, ours: str, theirs: str) -> str:
    return merge_checkpoints(None if base is None else base.encode(), ours.encode(), theirs.encode(), "c.md").decode()


def change(text: str, *pairs: str) -> str:
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return text


def stated(text: str) -> Counter[Fact]:
    return Counter(fact._replace(line=0) for fact in parse_checkpoint(text.encode(), "0001-x", "c.md").facts)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        # each side adds: both stay, ours first
        (
            ("two\n  - nested\n", "two\n  - nested\n- [ ] three\n"),
            ("two\n  - nested\n", "two\n  - nested\n- [ ] four\n"),
            ("two\n  - nested\n", "two\n  - nested\n- [ ] three\n- [ ] four\n"),
        ),
        # removed there, unchanged here; changed here, removed there
        (
            ("- [ ] one\n", "- [ ] one (est: 5m)\n"),
            ("- Redis\n", ""),
            ("- [ ] one\n", "- [ ] one (est: 5m)\n", "- Redis\n", ""),
        ),
        (("- [ ] one\n", "- [x] one\n"), ("- [ ] one\n", ""), ("- [ ] one\n", "- [x] one\n")),
        # ticked wins
        (
            ("- [ ] one\n", "- [ ] one (est: 5m)\n"),
            ("- [ ] one\n", "- [x] one (took: 9m)\n"),
            ("- [ ] one\n", "- [x] one (took: 9m)\n"),
        ),
        # both edited the words: both versions
        (("- Redis", "- Redis 7"), ("- Redis", "- Redis 8"), ("- Redis", "- Redis 7\n- Redis 8")),
        (
            ("- Redis", "- Redis (replaces: x)"),
            ("- Redis", "- Redis (replaces: y)"),
            ("- Redis", "- Redis (replaces: x)\n- Redis (replaces: y)"),
        ),
        (
            ("  - nested", "  - nested, more"),
            ("- [ ] two\n  - nested", "- [ ] two"),
            ("  - nested", "  - nested, more\n- [ ] two"),
        ),
        # one line of State for a key
        (("1 failed", "2 failed"), ("1 failed\n", "1 failed\n- db: up\n"), ("1 failed\n", "2 failed\n- db: up\n")),
        (("1 failed", "2 failed"), ("1 failed", "3 failed"), ("1 failed", "3 failed")),
        # a new section, one that is emptied while the other side adds to it
        (
            ("## Next", "## Accomplished\n- [x] zero\n\n## Next"),
            ("## State", "## Lessons\n- l\n\n## State"),
            ("## Next", "## Accomplished\n- [x] zero\n\n## Next", "## State", "## Lessons\n- l\n\n## State"),
        ),
        (
            ("## Decisions\n- Use argon2id\n- Redis\n\n", ""),
            ("- Redis\n", "- Redis\n- New\n"),
            ("- Use argon2id\n- Redis\n", "- New\n"),
        ),
        # what is not ours to read: by lines, code as a whole
        (("line a", "line A"), ("line c", "line C"), ("line a", "line A", "line c", "line C")),
        (("line a", "line A"), ("line a", "line Ä"), ("line a", "line A\nline Ä")),
        (("- code", "- code 1"), ("line b\n", ""), ("- code", "- code 1", "line b\n", "")),
        (("# Add login", "# Add log-in"), ("# Add login", "# Add a login"), ("# Add login", "# Add log-in")),
    ],
)
def test_bodies(ours: tuple[str, ...], theirs: tuple[str, ...], expected: tuple[str, ...]) -> None:
    mine, other, wanted = change(BASE, *ours), change(BASE, *theirs), change(BASE, *expected)
    assert merge(BASE, mine, other) == wanted
    assert stated(merge(BASE, other, mine)) == stated(wanted)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (
            ("status: active  #", "status: completed  #"),
            ("feature/login", "main"),
            ("status: active  #", "status: completed  #", "feature/login", "main"),
        ),
        (
            ("active  # for now", "abandoned"),
            ("active  # for now", "completed # yes"),
            ("active  # for now", "completed # yes"),
        ),
        (
            ("branch", "ended: 2026-11-23T12:00:00+02:00\nbranch"),
            ("branch", "ended: 2026-11-23T11:00:00+00:00\nbranch"),
            ("branch", "ended: 2026-11-23T11:00:00+00:00\nbranch"),
        ),
        (("[0001-a]", "[0001-a, 0002-b]"), ("[0001-a]", "[0003-c]"), ("[0001-a]", "[0002-b, 0003-c]")),
        (("feature/login", "b"), ("feature/login", "c"), ("feature/login", "c")),
        (
            ("schema: 1\n", "schema: 1\n# why\nmine:\n  - x\n"),
            ("schema: 1\n", "schema: 1\nyours: y\n"),
            ("schema: 1\n", "schema: 1\n# why\nmine:\n  - x\nyours: y\n"),
        ),
        (
            ("parents: [0001-a]\n", ""),
            ("parents: [0001-a]\n", "parents: [0001-a]\ntags: [t]\n"),
            ("parents: [0001-a]\n", "tags: [t]\n"),
        ),
    ],
)
def test_front_matter(ours: tuple[str, ...], theirs: tuple[str, ...], expected: tuple[str, ...]) -> None:
    mine, other = change(BASE, *ours), change(BASE, *theirs)
    assert merge(BASE, mine, other) == change(BASE, *expected)
    values = [
        {k: v.data if isinstance(v.data, str) else "" for k, v in parse_document(t, "c.md").keys.items()}
        for t in (merge(BASE, mine, other), merge(BASE, other, mine))
    ]
    assert values[0] == values[1]


def test_counters_that_both_sides_raised_are_added_up() -> None:
    base = change(BASE, "branch", "usage: {input_tokens: 100, cost_usd: 0.1}\nbranch")
    ours, theirs = change(base, "100", "150", "0.1", "0.2"), change(base, "100", "130")
    assert "usage: {input_tokens: 180, cost_usd: 0.2}\n" in merge(base, ours, theirs).replace('"', "")


def test_a_session_that_is_opened_again_stays_open() -> None:
    base = change(BASE, "active", "completed")
    assert merge(base, change(base, "completed", "active"), change(base, "Redis", "Valkey")) == change(
        BASE, "Redis", "Valkey"
    )


def test_without_a_common_ancestor_the_facts_are_united() -> None:
    theirs = change(
        BASE, "- Redis\n", "- Valkey\n", "- [ ] one", "- [x] one", "status: active  # for now", "status: completed"
    )
    merged = merge(None, BASE, theirs)
    assert stated(merged) == stated(change(theirs, "- Valkey\n", "- Redis\n- Valkey\n"))
    assert merge("no front matter", BASE, theirs) == merged


def test_ours_keeps_its_line_endings_and_its_end() -> None:
    ours = BASE.replace("\n", "\r\n").removesuffix("\r\n")
    theirs = change(BASE, "- Redis\n", "- Redis\n- Valkey\n  runs on\n")
    assert merge(BASE, ours, theirs) == change(ours, "- Redis\r\n", "- Redis\r\n- Valkey\r\n  runs on\r\n")
    assert merge(BASE, "\ufeff" + BASE + "\n \n", theirs).startswith("\ufeff---")


@pytest.mark.parametrize(
    "broken",
    [
        "no front matter\n",
        BASE.replace("status: active", "status: [active"),
        BASE.replace("status: active", "status: later"),
    ],
)
def test_what_cannot_be_read_is_left_to_people(broken: str) -> None:
    for pair in ((broken, BASE), (BASE, broken)):
        with pytest.raises(FormatError):
            merge(change(BASE, "Redis", "x"), *pair)


LINES = [
    "- a",
    "- b",
    "- [ ] c",
    "- [x] c",
    "- [ ] c (est: 5m)",
    "- c: 1",
    "- c: 2",
    "- ~~a~~",
    "  nested",
    "  - nested",
    "prose",
    "runs on",
    "1. one",
    "3. three",
    "```",
    "<!--",
    "-->",
    "<details>",
    "## Decisions",
    "## Next steps",
    "## State",
    "## Mine",
    "### Deeper",
    "# T",
    "---",
    "===",
    "> q",
    "    code",
    "",
    "",
    "",
]


@st.composite
def versions(draw: st.DrawFn) -> tuple[str, str, str]:
    base = draw(st.lists(st.sampled_from(LINES), max_size=10))

    def edited() -> str:
        lines = list(base)
        for _ in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, len(lines)))
            if draw(st.booleans()):
                lines.insert(at, draw(st.sampled_from(LINES)))
            else:
                del lines[at : at + 1]
        status = draw(st.sampled_from(["active  # for now", "active  # for now", "completed", "abandoned"]))
        return (
            FRONT.replace("active  # for now", status)
            + "## Decisions\n"
            + "\n".join(lines)
            + draw(st.sampled_from(["", "\n"]))
        )

    return FRONT + "## Decisions\n" + "\n".join(base) + "\n", edited(), edited()


@given(versions(), st.booleans())
def test_both_directions_state_the_same_and_lose_nothing(three: tuple[str, str, str], related: bool) -> None:
    base, ours, theirs = three
    old = base if related else None
    assert merge(old, ours, ours) == ours
    if related:
        assert merge(base, base, theirs) == theirs
        assert merge(base, ours, base) == ours
    try:
        merged = merge(old, ours, theirs)
    except FormatError as refused:
        event(refused.reason)
        return
    try:
        back = merge(old, theirs, ours)
    except FormatError:
        return
    assert set(stated(merged)) == set(stated(back))
    for one, other in ((ours, theirs), (theirs, ours)):
        # a fact that stands in one side alone and is new is there, or the other side has closed it
        for fact in set(stated(one)) - set(stated(base) if related else ()) - set(stated(other)):
            same = [f for f in stated(merged) if f.kind == fact.kind and f.key == fact.key]
            assert fact in same or any(f.box == "x" or f.dropped for f in same) or fact.kind == "state"
    assert set(stated(merged)) <= set(stated(ours)) | set(stated(theirs))
    assert not any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in merged.splitlines())

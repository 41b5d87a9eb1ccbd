"""What a checkpoint's text says, and what is refused."""

import time
from itertools import pairwise

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import MAX_BYTES, parse_checkpoint, parse_document
from gitsession.formats.edit import new_checkpoint
from gitsession.formats.yamltext import quote_scalar
from gitsession.model.fact import Fact

START = "---\nstarted: 2026-11-23T09:30:00+00:00\n---\n"


def facts(body: str) -> list[Fact]:
    return list(parse_checkpoint((START + body).encode(), "0001-x", "c.md").facts)


def texts(body: str) -> list[str]:
    return [fact.text for fact in facts(body)]


def test_a_whole_checkpoint() -> None:
    c = parse_checkpoint(
        b"---\nschema: 1\nstatus: completed  # over\nstarted: 2026-11-23T10:30:00+01:00\n"
        b"ended: 2026-11-23T11:00:00Z\nbranch: 'feature/x'\nparents: [0001-a, 0002-b]\ntags: one\n"
        b"usage: {input_tokens: 8100, cost_usd: 0.25}\nbudget: 900\noutcome: met\nmine: 3\n---\n"
        b"# Add login #\n\n## Goal\nPeople <!-- who? -->can sign in.\n\n## Decisions ##\n"
        b"- Use argon2id (by: some/model)\n",
        "0003-c",
        "c.md",
    )
    assert (c.status, c.instant, c.title, c.goal) == ("completed", 1795426200.0, "Add login", "People can sign in.")
    assert (c.branch, c.parents, c.tags, c.usage) == (
        "feature/x",
        ("0001-a", "0002-b"),
        ("one",),
        (("input_tokens", 8100.0), ("cost_usd", 0.25)),
    )
    assert (c.budget, c.outcome) == (900, "met")
    assert c.facts == (Fact("decision", "Use argon2id", 20, by="some/model"),)


def test_a_missing_title_is_the_stem_and_a_naive_time_is_utc() -> None:
    c = parse_checkpoint(b"---\nstarted: 1970-01-01T00:01:00\n---\n", "0001-x", "c.md")
    assert (c.title, c.instant, c.status) == ("0001-x", 60.0, "active")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("## Decisions\n- a\n* b\n+ c\n1. d\n2) e\n", ["a", "b", "c", "d", "e"]),
        ("## decisions\n- a\n\n\n- b\n", ["a", "b"]),
        ("##   Next   Steps\n- [ ] a\n", ["a"]),
        ("## Decisions\n- a\n  - under\n  - it\n- b\n", ["a\n- under\n- it", "b"]),
        ("## Decisions\n- a\nruns on\n  and on\n- b\n", ["a\nruns on\nand on", "b"]),
        ("## Decisions\n- a\n\n  its second paragraph\n\nprose\n- b\n", ["a\n\nits second paragraph", "b"]),
        ("## Decisions\n### Under it\n- a\n#### Deeper\n- b\n## Mine\n- no\n", ["a", "b"]),
        ("## Mine\n- no\n## Decisions\n- a\n# Another title\n- no\n", ["a"]),
        ("## Decisions\n```\n## Lessons\n- no\n```\n- a\n", ["a"]),
        ("## Decisions\n~~~\n```\n- no\n~~~~\n- a\n", ["a"]),
        ("## Decisions\n- a\n  ```\n  ## Lessons\n  - no\n  ```\n- b\n", ["a\n```\n## Lessons\n- no\n```", "b"]),
        ("## Decisions\n- a\n  ```\n  never closed\n- b\n", ["a\n```\nnever closed", "b"]),
        ("## Decisions\n- a\n  ```\n  code\n## Lessons\n- b\n", ["a\n```\ncode", "b"]),
        ("## Decisions\n<!-- an\n- no\n-->\n- a <!-- hidden -->\n- <!-- only this -->\n", ["a"]),
        ("## Decisions\n<details>\n- no\n\n- a\n\n</details>\n", ["a"]),
        ("## Decisions\n<my-tag>\n- no\n\n- a\n", ["a"]),
        ("## Decisions\n<pre>\n\n- no\n</pre>\n- a\n", ["a"]),
        ("## Decisions\n- use `<!-- x -->` here\n- and \\<!-- y -->\n", ["use `<!-- x -->` here", "and \\<!-- y -->"]),
        ("## Decisions\n-\ta tab\n\ton\n-\n  below\n-\n\n  not below\n", ["a tab\n\ton", "below"]),
        ("## Decisions\nin the year\n1999. it began\n1. this one counts\n", ["this one counts"]),
        ("## Decisions\n- a\n* * *\n---\n- b\n", ["a", "b"]),
        ("## Decisions\n    - code\n\n- a\n\n      - nested code\n", ["a\n\n    - nested code"]),
        ("## Decisions\n- a\n\nUnderlined\n----------\n- no\n", ["a"]),
        ("## Decisions\n> - no\n- a\n", ["a"]),
        ("## Decisions\n- [ ]\n- [x]\n-\n- a\n", ["a"]),
    ],
)
def test_what_is_a_fact(body: str, expected: list[str]) -> None:
    assert texts(body) == expected
    assert texts(body.rstrip("\n")) == expected
    crlf = parse_checkpoint((START + body).replace("\n", "\r\n").encode(), "0001-x", "c.md")
    assert [fact.text for fact in crlf.facts] == expected
    assert [
        fact.text for fact in parse_checkpoint(("\ufeff" + START + body).encode(), "0001-x", "c.md").facts
    ] == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("[ ] a (est: 20m)", Fact("step", "a", 5, " ", est="20m")),
        ("[X] a (took: 1 h (and more)).", Fact("step", "a", 5, "x", took="1 h (and more)")),
        ("a (Replaces: b (c), d) (replaces: e)", Fact("step", "a", 5, replaces=("b (c), d", "e"))),
        ("a (resolved: yes)", Fact("step", "a", 5, resolved="yes")),
        ("a (source 3f2a1b)", Fact("step", "a", 5, source="3f2a1b")),
        ("a ([0001](0001-x.md), [0002](../0002-y.md))", Fact("step", "a", 5, links=("0001-x", "0002-y"))),
        ("~~a (est: 5m)~~ ([0001](0001-x.md))", Fact("step", "a", 5, dropped=True, links=("0001-x",), est="5m")),
        ("a (as said: no annotation)", Fact("step", "a (as said: no annotation)", 5)),
        ("a (est: 5m) and on", Fact("step", "a (est: 5m) and on", 5)),
        ("a (est: 5m", Fact("step", "a (est: 5m", 5)),
        ("a (est: 5m)\n  - nested", Fact("step", "a\n- nested", 5, est="5m")),
        ("a\n  runs on (est: 5m)\n\n  more", Fact("step", "a\nruns on\n\nmore", 5, est="5m")),
        ("[ ]\n  a", Fact("step", "a", 5, " ")),
        ("[y] a", Fact("step", "[y] a", 5)),
    ],
)
def test_box_and_annotations(item: str, expected: Fact) -> None:
    assert facts(f"## Next steps\n- {item}\n") == [expected]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no front matter"),
        ("# Title\n", 1, "no front matter"),
        ("---\nstarted: 2026-11-23\n", 1, "not closed"),
        ("---\nschema: 1\n---\n", 1, "`started` is missing"),
        ("---\nstarted: yesterday\n---\n", 2, "must be a time"),
        ("---\nstarted: 2026-11-23\nschema: 2\n---\n", 3, "newer than"),
        ("---\nstarted: 2026-11-23\nschema: one\n---\n", 3, "whole number"),
        ("---\nstarted: 2026-11-23\n\nstatus: done\n---\n", 4, "must be one of"),
        ("---\nstarted: 2026-11-23\nstatus: [active]\n---\n", 3, "must be text"),
        ("---\nstarted: 2026-11-23\nstarted: 2026-11-24\n---\n", 3, "stands twice"),
        ("---\nstarted: 2026-11-23\nparents: {a: b}\n---\n", 3, "list of texts"),
        ("---\nstarted: 2026-11-23\nusage: {tokens: nan}\n---\n", 3, "must be a number"),
        ("---\nstarted: 2026-11-23\nusage: 7\n---\n", 3, "must be a mapping"),
        ("---\nstarted: 2026-11-23\nended: [\n---\n", 4, "broken YAML"),
        ("---\nstarted: 2026-11-23\nx: &a [b]\ny: *a\n---\n", 3, "anchors"),
        ("---\nstarted: 2026-11-23\nx: " + "y" * 70_000 + "\n---\n", 2, "more than"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(FormatError, match=words) as refused:
        parse_checkpoint(text.encode(), "0001-x", ".sessions/0001-x.md")
    assert (refused.value.path, refused.value.line) == (".sessions/0001-x.md", line)


def test_bytes_that_are_no_text_or_too_many_are_refused() -> None:
    with pytest.raises(FormatError, match="UTF-8") as refused:
        parse_checkpoint(b"---\nstarted: 2026-11-23\n---\n\xff", "0001-x", "c.md")
    assert refused.value.line == 4
    with pytest.raises(FormatError, match="more than the 1 MB"):
        parse_checkpoint(START.encode() + b"x" * MAX_BYTES, "0001-x", "c.md")


@pytest.mark.parametrize(
    "body",
    [
        "## Decisions\n- " + "<!--" * 200_000,
        "## Decisions\n- `" + "<!--" * 100_000 + "-->",
        "# a" + " " * 500_000 + "b",
        "## Decisions\n- a " + "(est: 1)" * 100_000,
        "## Decisions\n- a " + "(" * 400_000 + ")" * 400_000,
        "## Decisions\n- a ([x](" + "0" * 500_000 + ")",
        "## Decisions\n- a (" + "[0001](0001.md)" * 40_000 + "!)",
        "## Decisions\n" + "-\n" * 300_000,
        "## Decisions\n- " + "- " * 300_000 + "x",
        "<a" + " b" * 200_000 + "!",
        "- -" + " -" * 200_000 + "x",
    ],
)
def test_no_text_takes_long(body: str) -> None:
    start = time.process_time()  # of this process: whatever else the machine does
    facts(body)
    assert time.process_time() - start < 20  # what is not linear takes hours


LINES = st.sampled_from(
    [
        "## Decisions",
        "## Mine",
        "- a",
        "  - b",
        "",
        "  ",
        "```",
        "<!--",
        "-->",
        "prose\t ",
        "# T",
        "1. x",
        "\x0c",
        "\u2028y",
        "-\r",
    ]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_the_lines_of_a_document_are_its_text(lines: list[str], newline: str, bom: bool, final: bool) -> None:
    text = ("\ufeff" if bom else "") + (START + "\n".join(lines)).replace("\n", newline) + (newline if final else "")
    document = parse_document(text, "c.md")
    assert "".join(document.lines) == text
    spans = [(item.start, item.end) for item in document.items]
    assert all(a < b for a, b in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@given(st.text(max_size=60), st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.text(max_size=60))
def test_a_new_checkpoint_is_read_back_here_and_elsewhere(title: str, branch: str, goal: str) -> None:
    started = "2026-11-23T09:30:00+00:00"
    text = new_checkpoint(title, [("status", "active"), ("started", started), ("branch", quote_scalar(branch))], goal)
    c = parse_checkpoint(text.encode("utf-8"), "0001-x", "c.md")
    assert (c.branch, c.status, c.started, c.facts) == (branch, "active", started, ())
    assert c.title
    elsewhere = frontmatter.loads(text)
    assert elsewhere["branch"] == branch
    assert elsewhere["schema"] == 1
    assert str(elsewhere["started"]) == started.replace("T", " ")
    assert elsewhere.content.startswith("# ")

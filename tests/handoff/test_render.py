"""The page: the example, its order under a budget, its figures."""

import os
import random
import time

import pytest
from feedpost import BACKGROUND, IN_FORCE, ONE, SESSIONS, SOURCE, THREE, TWO
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitsession.handoff import derive, open_steps, render_json
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Fold, Item
from gitsession.model.fold import Warning as FoldWarning
from gitsession.model.handoff import Source, TouchedFile
from gitsession.model.settings import Settings


def replace(value, **changes):
    return value._replace(**changes)


GOLDEN = os.path.join(os.path.dirname(__file__), "feedpost.md")
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def fold_with(**changes):
    return replace(SOURCE, fold=replace(SOURCE.fold, **changes))


def section(page, heading):
    return next((lines for title, lines in page.sections if title == heading), ())


def size(page):
    return len(page.text.encode())


def test_the_example_project_gives_the_example_page():
    with open(GOLDEN, encoding="utf-8") as file:
        assert derive(SOURCE).text == file.read()


def test_every_link_of_the_page_leads_to_a_file_beside_it():
    for up in ("", "../"):
        html = MARKDOWN.render(derive(replace(SOURCE, folder_up=up)).text)
        for target in (ONE + ".md", TWO + ".md", THREE + ".md", "project.yml"):
            assert f'href="{up}{target}"' in html
        assert "[0001]" not in html
    assert "checkpoints in the folder above" in derive(replace(SOURCE, folder_up="../")).text


def test_where_two_sessions_share_a_number_the_label_is_the_stem():
    twin = "0002-another-b2c3"
    page = derive(replace(SOURCE, stems=(*SOURCE.stems, twin))).text
    assert f"[{TWO}]: {TWO}.md" in page
    assert "[0002]" not in page
    assert "[0001]: " in page


def test_steps_are_ordered_as_they_are_numbered():
    texts = [step.text for step in open_steps(SOURCE.fold, THREE)]
    assert texts == [
        "Parse `Retry-After` as a date, too",
        "Test with a server that answers 429 twice",
        "`List-Unsubscribe` header",
        "Fold entries that two feeds share",
    ]
    assert open_steps(SOURCE.fold, "")[0].stem == THREE


def test_without_a_session_in_progress_the_page_names_the_last_one():
    ended = replace(SESSIONS[2], status="completed", outcome="partly")
    page = derive(replace(fold_with(recent=(*SESSIONS[:2], ended)), session=None))
    assert "No session is in progress. The last was **[0003] Retry on 429** (Ada, Claude Code, 23 Nov), " in page.text
    assert ", completed, goal partly met: a feed that answers" in page.text
    assert "Later:" not in page.text
    assert len(section(page, "Next")) == 5
    assert "Pull request" not in page.text
    assert page.session == ""
    assert "; session none;" in page.text


def test_a_project_without_anything():
    page = derive(Source(Settings(), Fold(), None, "", ()))
    assert "Covers no session yet" in page.text
    assert "too little recorded to say" in page.text
    assert page.figures.preservation is None
    assert "preservation null" in page.text
    assert page.figures.confidence == 1.0


@pytest.mark.parametrize(
    ("text", "observed", "line"),
    [
        ("tests: 41 passed, `pytest -q`", "3f2a1b", "- Tests: `pytest -q` **41 passed**, same source."),
        ("tests: `pytest -q`: 41 passed", "aaaaaa", "- Tests: `pytest -q` **41 passed**, before these changes."),
        ("Tests: all green", "", "- Tests: **all green**."),
        ("pull request: #17, in review", "", "- Pull request: #17, in review."),
        ("deployed", "", "- State: deployed."),
    ],
)
def test_lines_of_state(text, observed, line):
    page = derive(fold_with(in_force=(Item("state", text, THREE, source=observed),)))
    assert line in section(page, "Now")
    assert ("none recorded" in page.text) is ("pull" not in text)


def test_unsolved_errors_of_earlier_sessions_stay_in_sight():
    page = derive(fold_with(in_force=(Item("error", "it hangs", ONE),)))
    assert "- Not solved: it hangs [0001]" in section(page, "Now")


def test_commands_with_a_pipe_stand_below_the_table_as_they_are_typed():
    page = derive(
        replace(SOURCE, settings=replace(SOURCE.settings, commands=(("test", "make | tee log"), ("run", "make run"))))
    )
    assert "- test: `make | tee log` (this session: `python -m pytest tests/test_retry.py -q`)" in section(page, "Run")
    tokens = MARKDOWN.parse(page.text)
    assert sum(token.type == "tr_open" for token in tokens) == 3


def test_doubts_are_told_with_their_reasons():
    facts = (*IN_FORCE[:-1], replace(IN_FORCE[-1], by="some-model"))
    warned = FoldWarning(TWO, 12, 'nothing matches "x"; nearest: <b>"y"')
    page = derive(fold_with(in_force=facts, closings=4, matched=3, warnings=(warned,)))
    assert page.figures.confidence == 0.71  # 18/19 * 3/4, rounded down
    assert "> Confidence 0.71: 1 of 19 facts in force were written by a model; 1 of 4 closings" in page.text
    assert " matched nothing (0002, line 12: nothing matches" in page.text
    assert "\\<b>" in page.text
    assert len(page.figures.reasons) == 3
    assert "Confidence" not in derive(SOURCE).text


def test_what_does_not_fit_is_counted_and_linked():
    lessons = tuple(Item("lesson", f"lesson {n} " + "x" * 60, (ONE, TWO)[n > 100]) for n in range(200))
    page = derive(fold_with(background=BACKGROUND + lessons, background_total=300, older=(("note", 84, (ONE,)),)))
    more = section(page, "More")
    carried = len([line for line in section(page, "Watch out") if "xxx" in line])
    assert any(line.startswith(f"- {202 - carried} older lessons: [0002]") for line in more)
    assert "- 84 older notes: [0001]" in more
    assert page.figures.in_force_carried == 19
    assert page.figures.background == 300


def test_facts_in_force_that_do_not_fit_are_told_first():
    steps = tuple(Item("step", f"step {n} " + "y" * 90, ONE) for n in range(300))
    page = derive(fold_with(in_force=steps + IN_FORCE))
    head = page.text.split("\n## ")[0]
    missing = 319 - page.figures.in_force_carried
    assert f"> **Not on this page for want of room: {missing} in force** ({missing} steps): [0001]" in head
    assert page.figures.preservation == page.figures.in_force_carried * 100 // 319 / 100
    assert size(page) <= 8000
    assert all(line in page.text for line in ("Works with Fastmail", "`retry_after` lives"))


def test_history_never_decides_which_facts_fit():
    steps = tuple(Item("step", f"step {n} " + "y" * 90, ONE) for n in range(300))
    files = tuple(TouchedFile(f"src/module_{n}.py", (ONE, THREE)) for n in range(500))
    full = fold_with(in_force=steps + IN_FORCE)
    one = derive(replace(full, files=(), subjects=()))
    two = derive(replace(full, files=files, subjects=((THREE, ("a `subject`", "# b [x](http://y)")),)))
    assert "- Commits: ``" in two.text
    assert "[x](http://y)`" in two.text
    assert "more" in section(two, "Where to look")[0]
    history = ("Where to look",)
    assert [s for s in one.sections if s[0] not in history][1:] == [s for s in two.sections if s[0] not in history][1:]
    assert size(two) <= 8000
    assert replace(one.figures, tokens=0) == replace(two.figures, tokens=0)


def test_a_session_that_recorded_nothing_is_told_by_its_commits():
    quiet = Checkpoint(
        "0004-quiet-aaaa",
        "completed",
        "2025-01-02T00:00:00Z",
        4.0,
        "Quiet",
        author="Bo <bo@example.com>",
        agent="human",
    )
    source = replace(fold_with(recent=(*SESSIONS[:2], quiet)), subjects=((quiet.stem, ("Fix it", "Add it")),))
    assert section(derive(source), "Before")[0] == "- [0004] Quiet (Bo, 2 Jan 2025): commits `Fix it`, `Add it`"


def test_json_has_figures_and_sections():
    record = render_json(derive(SOURCE))
    assert record["session"] == THREE
    assert record["figures"]["in_force"] == 19
    assert [part["heading"] for part in record["sections"]][:3] == ["Now", "Next", "Waiting for someone"]


def test_five_thousand_facts_take_little_time():
    kinds = ("step", "decision", "constraint", "question", "error")
    force = tuple(
        Item(kinds[n % 5], f"fact `number_{n}` of <many> in the [list] " + "w " * (n % 40), (ONE, TWO)[n % 2])
        for n in range(2500)
    )
    back = tuple(
        Item(("lesson", "done", "command", "note")[n % 4], f"b: `thing_{n}` and *more* " + "w " * (n % 30), ONE)
        for n in range(2500)
    )
    source = fold_with(in_force=force, background=back, background_total=2500)
    best = min(timed(source) for _ in range(3))
    assert best < 0.2  # some 25 ms on a quiet machine


def timed(source):
    start = time.perf_counter()
    derive(source)
    return time.perf_counter() - start


TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="*_~`[]()!<>\\| a#-1.\n", max_size=40),
    st.sampled_from(
        [
            "plain text",
            "# x",
            "```\ncode\n```",
            "<!-- gitsession: schema 1 -->",
            "[0001]: http://e.example",
            "a\n\n## Now\n- [ ] b",
            "x" * 3000,
        ]
    ),
)
STEMS = (ONE, TWO, THREE)
KINDS = ("step", "blocker", "question", "error", "constraint", "decision", "state")
BACK = ("lesson", "error", "command", "note", "done", "decision")


@st.composite
def sources(draw, text=TEXT):
    def items(kinds):
        return tuple(
            Item(
                kind,
                draw(text),
                draw(st.sampled_from(STEMS)),
                age=draw(st.integers(1, 5)),
                retired=((draw(text), ONE),) if kind == "decision" else (),
            )
            for kind in draw(st.lists(st.sampled_from(kinds), max_size=12))
        )

    session = replace(
        SESSIONS[2], title=draw(text), goal=draw(text), branch=draw(text), author=draw(text), agent=draw(text)
    )
    background = items(BACK)
    return Source(
        settings=Settings(
            name=draw(text), goal=draw(text), constraints=(draw(text),), commands=((draw(text), draw(text)),)
        ),
        fold=Fold(
            items(KINDS),
            background,
            len(background),
            (),
            (*SESSIONS[:2], session),
            3,
            ONE,
            closings=2,
            matched=1,
            warnings=(FoldWarning(ONE, 3, draw(text)),),
        ),
        session=draw(st.sampled_from((session, None))),
        branch="main",
        stems=STEMS,
        files=(TouchedFile(draw(text), (ONE,)),),
        subjects=((THREE, (draw(text), draw(text))),),
        folder_up=draw(st.sampled_from(("", "../"))),
    )


@settings(max_examples=60, deadline=None)
@given(sources(), st.one_of(st.integers(0, 400), st.integers(400, 4000)))
def test_never_over_budget_pure_and_self_consistent(source, budget):
    page = derive(source, budget)
    smallest = derive(source, 0)
    assert size(page) <= 4 * budget or page.text == smallest.text
    assert page.figures.tokens == -(-size(page) // 4)
    assert f"; tokens {page.figures.tokens};" in page.text
    shuffled = list(source.stems)
    random.Random(budget).shuffle(shuffled)
    assert derive(replace(source, stems=shuffled), budget) == page


@settings(max_examples=60, deadline=None)
@given(sources(), st.integers(150, 2500))
def test_background_never_displaces_facts_in_force(source, budget):
    bare = replace(source, fold=replace(source.fold, background=()))  # the total stays, so that counts are as wide
    assert derive(source, budget).figures.in_force_carried == derive(bare, budget).figures.in_force_carried


@settings(max_examples=80, deadline=None)
@given(sources())
def test_hostile_text_has_the_structure_of_harmless_text(source):
    page = derive(source, 100000)
    tokens = MARKDOWN.parse(page.text)
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    sections = [title for title, _ in page.sections]
    assert headings[1:] == sections
    assert [
        token.content.startswith("<!-- gitsession: schema 1; session ")
        for token in tokens
        if token.type == "html_block"
    ] == [True]
    assert not any(token.type in ("fence", "code_block", "hr") for token in tokens)
    lists = sum(
        line.lstrip().startswith(("- ", "1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9."))
        for _, lines in page.sections
        for line in lines
    )
    intros = sum(f"\n- {words} in it:\n" in page.text for words in ("Asked for", "Done"))
    assert sum(token.type == "list_item_open" for token in tokens) == lists + intros
    targets = {t.attrGet("href") for token in tokens for t in token.children or () if t.type == "link_open"}
    up = source.folder_up
    assert targets <= {f"{up}{name}" for name in (ONE + ".md", TWO + ".md", THREE + ".md", "project.yml")} | {
        f"{up}1",
        f"{up}a",
    }
    assert not any(t.type in ("html_inline", "image") for token in tokens for t in token.children or ())

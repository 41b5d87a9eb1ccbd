"""The rules of the fold, each from the text of checkpoints, and its laws on random histories."""

import marshal
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.model.background import LISTED
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Fold, nearest, suffices
from gitsession.model.folding import FoldState, WholeNeededError, fold
from gitsession.model.keeping import dump_fold, resume_fold
from gitsession.model.order import ordered
from gitsession.model.settings import Settings

HEADINGS = {
    "step": "Next steps",
    "done": "Accomplished",
    "decision": "Decisions",
    "constraint": "Constraints",
    "lesson": "Lessons",
    "question": "Open questions",
    "blocker": "Blockers",
    "error": "Errors and fixes",
    "state": "State",
    "command": "Commands",
    "note": "Notes",
}


def session(number: int, *items: str, hour: int = 0, parents: str = "") -> Checkpoint:
    """A checkpoint `000N-x`; an item is "kind: its line"."""
    stem = f"{number:04d}-x"
    text = (
        f"---\nstarted: 2026-11-23T{hour or number:02d}:00:00+00:00\n"
        + (f"parents: [{parents}]\n" if parents else "")
        + "---\n# T\n"
    )
    for item in items:
        kind, _, line = item.partition(": ")
        text += f"\n## {HEADINGS[kind]}\n- {line}\n"
    return parse_checkpoint(text.encode(), stem, f"{stem}.md")


def link(number: int) -> str:
    return f"([{number:04d}]({number:04d}-x.md))"


def state(*checkpoints: Checkpoint) -> Fold:
    return fold(checkpoints, Settings())


def in_force(*checkpoints: Checkpoint) -> list[str]:
    return [item.text for item in state(*checkpoints).in_force]


def background(*checkpoints: Checkpoint) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in state(*checkpoints).background]


def messages(*checkpoints: Checkpoint) -> list[str]:
    return [f"{w.stem}:{w.line} {w.message}" for w in state(*checkpoints).warnings]


def test_settings_bind_first() -> None:
    result = fold([session(1, "constraint: b")], Settings(constraints=("a",)))
    assert [(i.text, i.stem) for i in result.in_force] == [("a", ""), ("b", "0001-x")]


@pytest.mark.parametrize("kind", ["step", "question", "blocker"])
def test_a_tick_without_a_link_closes_equal_texts_of_earlier_sessions(kind: str) -> None:
    opened = session(1, f"{kind}: [ ] Do  it", f"{kind}: [ ] other")
    assert in_force(opened, session(2, "done: [x] do it")) == ["other"]
    assert in_force(session(1, "done: [x] do it"), session(2, f"{kind}: Do it")) == [
        "Do it"
    ]  # a later one opens it anew
    assert messages(opened, session(2, "done: [x] do it")) == []


def test_a_tick_with_a_link_closes_exactly_what_it_names() -> None:
    one, two = session(1, "step: [ ] a"), session(2, "step: [ ] a")
    result = state(one, two, session(3, f"done: [x] a {link(1)}"))
    assert [(i.text, i.stems) for i in result.in_force] == [("a", ("0002-x",))]
    assert (result.closings, result.matched, result.warnings) == (1, 1, ())
    assert in_force(one, two, session(3, f"done: [x] a {link(1)} {link(2)}")) == []


def test_a_link_names_an_opening_whatever_the_clocks_say() -> None:
    """A session that began earlier and goes on closes what it has seen of a later one."""
    early = session(1, f"done: [x] a {link(2)}", hour=8)
    result = state(early, session(2, "step: [ ] a", hour=9))
    assert result.in_force == ()
    assert (result.closings, result.matched, result.warnings) == (1, 1, ())
    assert ("done", "a") in [(i.kind, i.text) for i in result.background]
    assert in_force(early, session(2, "step: [ ] a", hour=9), session(3, "step: [ ] a")) == ["a"]  # opened anew


def test_within_one_file_an_unticked_mention_wins() -> None:
    both = session(2, "step: [ ] a", "done: [x] a")
    assert in_force(both) == ["a"]
    assert in_force(session(1, "step: [ ] a"), both) == ["a"]
    assert messages(both) == ['0002-x:10 closes "a", which line 7 has open']


def test_equal_open_texts_show_once_and_count_their_sessions() -> None:
    result = state(session(1, "step: [ ] A b"), session(2, "note: x"), session(3, "step: [ ] a  B (est: 5m)"))
    (item,) = result.in_force
    assert (item.text, item.stem, item.stems, item.age, item.est) == ("a  B", "0001-x", ("0001-x", "0003-x"), 3, "5m")


def test_a_step_that_is_taken_up_is_open_once() -> None:
    result = state(session(1, "step: [ ] a"), session(2, f"step: [ ] a {link(1)}"))
    (item,) = result.in_force
    assert (item.stem, item.stems, item.taken_by) == ("0001-x", ("0001-x",), "0002-x")
    assert in_force(session(1, "step: [ ] a"), session(2, f"step: [x] a {link(1)}")) == []


def test_what_is_replaced_is_retired() -> None:
    one = session(1, "decision: Sessions live in a cookie, because it is simple", "constraint: No daemon.")
    two = session(
        2,
        "decision: Sessions live in Redis (replaces: sessions live in a cookie)",
        "constraint: One daemon (replaces: no daemon)",
    )
    result = state(one, two)
    assert [(i.text, i.retired) for i in result.in_force] == [
        ("Sessions live in Redis", (("Sessions live in a cookie, because it is simple", "0001-x"),)),
        ("One daemon", (("No daemon.", "0001-x"),)),
    ]
    assert (result.closings, result.matched) == (2, 2)
    assert ("decision", "Sessions live in a cookie, because it is simple") in background(one, two)
    assert (
        messages(
            one, two, session(3, "decision: In a file (replaces: Sessions live in a cookie, because it is simple)")
        )
        == []
    )


def test_a_decision_stays_in_force_though_ticked() -> None:
    assert in_force(session(1, "decision: [x] a"), session(2, "done: [x] a")) == ["a"]


def test_a_blocker_a_question_an_error_are_resolved() -> None:
    one = session(1, "blocker: no password", "question: one mail or two?", "error: Not solved: `t` hangs")
    assert in_force(one) == ["no password", "one mail or two?", "`t` hangs"]
    assert in_force(session(1, "blocker: no password (resolved: Bo gave it)")) == []
    assert in_force(one, session(2, "blocker: No password (resolved: Bo gave it)")) == ["one mail or two?", "`t` hangs"]
    assert in_force(one, session(2, "decision: Two mails (resolved: one mail or two?)")) == [
        "no password",
        "`t` hangs",
        "Two mails",
    ]
    assert in_force(one, session(2, "error: [x] `t` hangs")) == ["no password", "one mail or two?"]
    assert in_force(one, session(2, f"blocker: no password (resolved: yes) {link(1)}")) == [
        "one mail or two?",
        "`t` hangs",
    ]
    assert background(session(1, "error: `t` hangs: pinned")) == [("error", "`t` hangs: pinned")]


@pytest.mark.parametrize("kind", sorted(HEADINGS))
def test_striking_drops_anything(kind: str) -> None:
    box = "[x] " if kind == "done" else ""
    one = session(1, f"{kind}: {box}a: b")
    assert in_force(one) or background(one)
    for struck in (f"{kind}: ~~a: b~~", f"{kind}: ~~A:  b~~"):
        assert (in_force(one, session(2, struck)), background(one, session(2, struck))) == ([], [])
        again = session(3, f"{kind}: {box}a: b")
        assert in_force(one, session(2, struck), again) == in_force(again)
        assert background(one, session(2, struck), again) == background(again)
    both = session(2, f"{kind}: ~~a: b~~", f"{kind}: {box}a: b")
    assert (in_force(both), background(both)) == (in_force(one), background(one))


def test_striking_with_a_link_drops_what_it_names() -> None:
    one, two = session(1, "decision: a"), session(2, "decision: a")
    assert [i.stems for i in state(one, two, session(3, f"decision: ~~a~~ {link(2)}")).in_force] == [("0001-x",)]
    lesson = session(1, "lesson: a")
    assert background(lesson, session(2, f"lesson: ~~a~~ {link(1)}"), session(3, "lesson: a")) == [("lesson", "a")]


def test_the_latest_line_of_state_wins() -> None:
    result = state(
        session(1, "state: tests: 1 failed", "state: db: up"), session(2, "state: Tests: ok (source 3f2a1b)")
    )
    assert [(i.text, i.source, i.stem) for i in result.in_force] == [
        ("db: up", "", "0001-x"),
        ("Tests: ok", "3f2a1b", "0002-x"),
    ]


def test_striking_a_line_of_state_takes_the_key_out() -> None:
    one = session(1, "state: tests: 1 failed")
    assert in_force(one, session(2, "state: ~~tests: 2 failed~~")) == []
    assert in_force(one, session(2, "state: ~~tests: 1 failed~~", "state: tests: ok")) == ["tests: ok"]


def test_a_lesson_is_told_once() -> None:
    assert [(i.text, i.stem) for i in state(session(1, "lesson: Use x"), session(2, "lesson: use X")).background] == [
        ("Use x", "0001-x")
    ]


def test_a_closing_that_matches_nothing_names_the_nearest_text() -> None:
    one = session(1, "step: [ ] Rate-limit the endpoint", "decision: Four threads")
    (warning,) = messages(one, session(2, f"done: [x] Rate limit the end point {link(1)}"))
    assert (
        'of [0001-x], which matches nothing; the nearest open text is "Rate-limit the endpoint" of [0001-x]' in warning
    )
    (warning,) = messages(one, session(2, "decision: Five (replaces: For threads)"))
    assert '"For threads", which matches nothing; the nearest open text is "Four threads"' in warning
    result = state(one, session(2, f"done: [x] z {link(9)}"))
    assert (result.closings, result.matched, len(result.warnings)) == (1, 0, 1)


def test_closing_twice_is_no_fault() -> None:
    result = state(
        session(1, "step: [ ] a"), session(2, f"done: [x] a {link(1)}"), session(3, f"done: [x] a {link(1)}")
    )
    assert (result.in_force, result.closings, result.matched, result.warnings) == ((), 2, 2, ())


def test_a_closing_that_was_overtaken_warns() -> None:
    one, closer = session(1, "step: [ ] a"), session(2, f"done: [x] a {link(1)}", parents="0001-x")
    overtaking = session(3, "step: [ ] a", parents="0001-x")
    assert in_force(one, closer, overtaking) == ["a"]
    assert messages(one, closer, overtaking) == ['0002-x:8 closes "a", which [0003-x] has open']
    assert messages(one, closer, session(3, "step: [ ] a", parents="0002-x")) == []  # it knew, and opened it anew


def test_a_text_that_was_escaped_is_the_same_text() -> None:
    assert in_force(session(1, "step: [ ] # a"), session(2, f"done: [x] \\# a {link(1)}")) == []


def test_order_is_parents_then_instant_then_stem() -> None:
    zones = parse_checkpoint(b"---\nstarted: 2026-11-23T04:30:00+02:00\n---\n", "0009-x", "c")  # 02:30 UTC
    late = session(4, hour=1, parents="0002-x")
    stems = [c.stem for c in ordered([session(5, hour=3), late, session(3, hour=3), session(2), zones])]
    assert stems == ["0002-x", "0004-x", "0009-x", "0003-x", "0005-x"]
    circle = [session(1, parents="0002-x"), session(2, parents="0001-x"), session(3)]
    assert {c.stem for c in ordered(circle)} == {"0001-x", "0002-x", "0003-x"}
    assert ordered(circle) == ordered(circle[::-1])


def test_what_is_not_listed_is_counted() -> None:
    many = [session(i, *(f"lesson: {i} {k}" for k in range(100)), hour=i) for i in range(1, 7)]
    result = state(*many)
    assert (len(result.background), result.background_total) == (LISTED, 600)
    assert result.older == (("lesson", 600 - LISTED, tuple(f"{n:04d}-x" for n in range(5, 0, -1))),)


TEXTS = st.sampled_from(["a", "A", "b", "a, because of b", "c: 1", "c: 2", "Not solved: a", "# b"])
NOTES = st.sampled_from(["", "", "", "(replaces: a)", "(replaces: b.)", "(resolved: a)", "(resolved: no)"])
BOXES = st.sampled_from(["", "", "[ ] ", "[x] "])


@st.composite
def histories(draw: st.DrawFn) -> list[Checkpoint]:
    count = draw(st.integers(1, 6))
    result = []
    for number in range(1, count + 1):
        items = []
        for kind in draw(st.lists(st.sampled_from(sorted(HEADINGS)), max_size=5)):
            text = draw(BOXES) + draw(st.sampled_from(["{}", "{}", "{}", "~~{}~~"])).format(draw(TEXTS))
            links = " ".join(
                link(n) for n in draw(st.lists(st.integers(1, count + 1), max_size=2)) if draw(st.booleans())
            )
            items.append(f"{kind}: {text} {draw(NOTES)} {links}".rstrip())
        parents = ", ".join(f"{n:04d}-x" for n in draw(st.lists(st.integers(1, count + 1), max_size=2, unique=True)))
        result.append(session(number, *items, hour=draw(st.integers(1, 3)), parents=parents))
    return result


@given(histories(), st.randoms(use_true_random=False), st.data())
def test_the_fold_is_a_function_of_the_set(history: list[Checkpoint], rng: random.Random, data: st.DataObject) -> None:
    shuffled = history[:]
    rng.shuffle(shuffled)
    whole = state(*history)
    assert state(*shuffled) == whole
    cut = data.draw(st.integers(0, len(history)))
    ours, theirs = history[:cut], history[cut // 2 :]
    merged = {c.stem: c for c in ours} | {c.stem: c for c in theirs}
    assert state(*merged.values()) == state(*({c.stem: c for c in theirs} | {c.stem: c for c in ours}).values())
    assert whole.matched <= whole.closings


@given(histories(), st.integers(1, 3), st.data())
def test_a_fold_that_goes_on_is_the_whole_fold(history: list[Checkpoint], listed: int, data: st.DataObject) -> None:
    growing = data.draw(st.sampled_from(history) | st.just(ordered(history)[-1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitsession.model.background.LISTED", listed)  # so that what is not carried along comes into play
        _goes_on(history, growing)


def _stored(kept: FoldState) -> Any:
    plain: Any = dump_fold(kept)[0]
    return marshal.loads(marshal.dumps(plain))


def _goes_on(history: list[Checkpoint], growing: Checkpoint) -> None:
    others = [c for c in history if c is not growing]
    kept = FoldState()
    for checkpoint in ordered(others):
        kept.add(checkpoint)
    dumped = _stored(kept)
    assert resume_fold(dumped, None).result(Settings()) == state(*others)
    try:
        resumed = resume_fold(dumped, growing)
        resumed.add(growing)
    except WholeNeededError:
        return
    assert ordered(history)[-1] is growing
    assert resumed.result(Settings()) == state(*history)


@given(histories(), st.integers(1, 3), st.data())
def test_what_a_page_needs_of_a_fold_is_that_of_the_whole(history: list[Checkpoint], near: int, data: st.DataObject) -> None:
    growing = ordered(history)[-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitsession.model.keeping.NEAR", near)
        kept = FoldState()
        for checkpoint in ordered(c for c in history if c is not growing):
            kept.add(checkpoint)
        plain: Any = dump_fold(kept)[1]
        try:
            resumed = resume_fold(marshal.loads(marshal.dumps(plain)), growing)
            resumed.add(growing)
        except WholeNeededError:
            return
    session = data.draw(st.sampled_from(["", growing.stem]))
    most = data.draw(st.integers(0, near))
    part, whole = resumed.result(Settings(), growing), state(*history)
    assert sum(f.number for f in part.further) + len(part.in_force) == len(whole.in_force)
    if not suffices(part, session, most):
        return
    ours, theirs = nearest(part, session, most), nearest(whole, session, most)
    assert ours._replace(warnings=()) == theirs._replace(warnings=())
    assert max(ours.warnings, default=None) == max(theirs.warnings, default=None)


@pytest.mark.parametrize(
    "item",
    [
        "done: [x] paint the first door",
        f"done: [x] paint the first door {link(1)}",
        "step: [ ] Paint the first door",
        f"step: [ ] paint the first door {link(1)}",
        "step: ~~paint the first door~~",
        "note: found (resolved: paint the first door)",
        "decision: no doors (replaces: use oak)",
        "decision: no doors (replaces: use oak, because it lasts)",
        "note: found (resolved: no such thing)",  # the nearest text may be any
        "decision: use oak, because it lasts",
    ],
)
def test_what_speaks_of_a_fact_that_a_page_does_not_need_asks_for_the_whole(item: str) -> None:
    doors = [f"step: [ ] paint the {n} door" for n in ("first", "second", "third", "fourth")]
    history = [session(1, *doors[:1], "decision: use oak, because it lasts"), session(2, *doors[1:], "decision: a", "decision: b")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitsession.model.keeping.NEAR", 2)
        kept = FoldState()
        for checkpoint in history:
            kept.add(checkpoint)
        last = session(3, item)
        resumed = resume_fold(dump_fold(kept)[1], last)
        with pytest.raises(WholeNeededError):
            resumed.add(last)


@given(histories(), st.integers(0, 3), st.integers(0, 3), st.sampled_from(["", "0001-x", "0002-x"]))
def test_the_nearest_of_the_nearest(history: list[Checkpoint], more: int, most: int, session: str) -> None:
    whole = state(*history)
    once = nearest(whole, session, most)
    assert nearest(nearest(whole, session, most + more), session, most) == once
    assert sum(f.number for f in once.further) + len(once.in_force) == len(whole.in_force)
    assert sum(f.by_model for f in once.further) + sum(bool(i.by) for i in once.in_force) == sum(
        bool(i.by) for i in whole.in_force
    )


@given(histories(), st.integers(1, 3), st.data())
def test_a_fold_is_put_away_and_taken_up_again_and_again(history: list[Checkpoint], listed: int, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitsession.model.background.LISTED", listed)
        kept = FoldState()
        try:
            for checkpoint in ordered(history):
                if data.draw(st.booleans()):
                    kept = resume_fold(_stored(kept), None)
                if not kept.comes_next(checkpoint):
                    return
                kept.add(checkpoint)
        except WholeNeededError:
            return
        assert resume_fold(_stored(kept), None).result(Settings()) == state(*history)


def test_what_a_kept_fold_cannot_know_needs_the_whole() -> None:
    def going_on(last: Checkpoint, *history: Checkpoint) -> Fold:
        kept = FoldState()
        for checkpoint in ordered(history):
            kept.add(checkpoint)
        resumed = resume_fold(_stored(kept), last)
        resumed.add(last)
        return resumed.result(Settings())

    old = session(1, "decision: [ ] old", *(f"decision: ~~d{k}~~" for k in range(2)), "decision: gone")
    more = [session(n, f"decision: now {n} (replaces: {was})") for n, was in ((2, "gone"), (3, "now 2"), (4, "now 3"))]
    last = session(5, "decision: new (replaces: old)")
    assert going_on(last, old, *more) == state(old, *more, last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitsession.model.background.LISTED", 1)  # what it retires is not carried along then
        with pytest.raises(WholeNeededError):
            going_on(last, old, *more)
    circle = [session(1, parents="0002-x"), session(2, parents="0001-x")]
    with pytest.raises(WholeNeededError):
        going_on(session(3), *circle)
    with pytest.raises(WholeNeededError):
        going_on(session(2), session(1), session(3))
    with pytest.raises(WholeNeededError):
        going_on(session(3), session(1, parents="0003-x"))
    with pytest.raises(WholeNeededError):
        going_on(session(3, "lesson: a"), session(1, "lesson: A"))


def test_a_long_history_goes_on_without_being_read() -> None:
    history = [
        session(i % 23 + 1, *(f"note: {i} {k}" for k in range(90)), "step: [ ] " + str(i), hour=i % 23 + 1)
        for i in range(23)
    ]
    kept = FoldState()
    for checkpoint in ordered(history[:-1]):
        kept.add(checkpoint)
    last = session(24, f"done: [x] 3 {link(4)}", "decision: y", hour=23)
    resumed = resume_fold(_stored(kept), last)
    resumed.add(last)
    assert resumed.result(Settings()) == state(*history[:-1], last)
    assert "3" not in [i.text for i in resumed.result(Settings()).in_force]

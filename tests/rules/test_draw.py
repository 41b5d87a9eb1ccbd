"""Which candidates are chosen."""

from hypothesis import given
from hypothesis import strategies as st
from talk import Talk

from gitsession.rules.candidate import Candidate
from gitsession.rules.draw import _Choice, _near
from gitsession.rules.terms import Weights

WORDS = [
    "parser", "config", "server", "timeout", "retry", "index", "schema", "table", "cursor", "token", "cache", "queue", "worker", "socket",
]  # fmt: skip

candidates = st.builds(
    Candidate,
    st.sampled_from(["goal", "decision", "note", "done"]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join),
    st.integers(1, 9),
    st.sampled_from([0.5, 1.0, 1.0, 1.8]),
)


def taken_one_by_one(choice, **how) -> None:
    """The best of all that are left, found by asking each of them each time."""
    while choice.rest and choice.left > 60:
        gains = [choice._gain(piece, **how) for piece in choice.rest]
        best = max(range(len(gains)), key=gains.__getitem__)
        if gains[best] < 0.008:
            return
        piece = choice.rest.pop(best)
        if piece.key not in choice._keys and not _near(piece.candidate, choice.chosen):
            choice._take(piece)


@given(st.lists(candidates, max_size=40), st.integers(100, 900))
def test_the_best_is_chosen_without_asking_each_candidate_again(pool, size):
    weights = Weights()
    for candidate in pool:
        weights.add(candidate.text)
    chosen = []
    for take in (_Choice.take_best, taken_one_by_one):
        choice = _Choice(pool, weights, size)
        take(choice, shares=True, news=0.3, little=4.0)
        take(choice, shares=False, news=0.12, little=2.0)
        chosen.append((choice.chosen, choice.rest))
    assert chosen[0] == chosen[1]


def test_a_step_is_told_in_words_that_were_all_said(drawn) -> None:
    words = "I implemented the execution loop of the board, and the tests of its tasks."
    talk = Talk().asks("Do the board, then its `TODO.md`").says(words)
    talk.calls("Read", {"file_path": "/p/TODO.md"}, "- [ ] Implement the tests of the board\n")
    assert "Implement the tests of the board" in drawn(talk.says(words)).of("step", box=" ")


def test_files_take_no_room_from_the_rest(drawn) -> None:
    def talk(*paths: str) -> Talk:
        one = Talk().asks("Do it")
        for path in paths:
            one.edits(path)
        return one.says("\n".join(f"- `part_{n}` because {n**9:x} {n**7 + 1:x} {n**8 + 5:x}" for n in range(20, 99)))

    def parts(facts) -> int:
        return facts.all.count("part_")

    many = [f"/p/src/package_{n}/module_{n}.py" for n in range(30)]
    assert parts(drawn(talk(*many), size=2500)) == parts(drawn(talk("/p/a.py"), size=2500)) > 9

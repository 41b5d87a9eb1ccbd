"""Which candidates are chosen."""

from hypothesis import given
from hypothesis import strategies as st

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

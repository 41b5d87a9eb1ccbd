"""Which candidates become facts: the ones that together say most of what the conversation turned on, within a size.

Choosing is greedy by gain for each byte, where a term counts in full the first time and hardly after that: the usual approximation for
covering with a budget (Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).
"""

from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import heapify, heappop, heapreplace
from math import fsum
from typing import NamedTuple

from gitsession.model.conversation import Head
from gitsession.model.draft import Draft
from gitsession.rules.answered import findings
from gitsession.rules.asked import asks, own_words
from gitsession.rules.candidate import Candidate
from gitsession.rules.observed import (
    FILES_CHANGED,
    commands_run,
    documents,
    failures,
    files_changed,
    reported,
    state,
    tests_failed,
    todos,
)
from gitsession.rules.question import question_left
from gitsession.rules.story import Story
from gitsession.rules.summary import summarised
from gitsession.rules.terms import Weights, stem, terms

#: Bytes of all facts drawn from one conversation: a page of the usual budget, less its frame and the share of its files, which have that.
SIZE = 6200
#: Share of the size that one kind may take at most.
_SHARE = {"goal": 0.35, "constraint": 0.25, "decision": 0.4, "error": 0.3, "command": 0.13, "done": 0.4, "note": 0.35, "lesson": 0.2, "step": 0.25,
          "state": 1.0, "question": 0.1, "blocker": 0.1}  # fmt: skip
_OVERHEAD = {"goal": 4, "state": 5, "command": 12, "done": 5, "note": 10, "step": 16, "question": 24}
_AGAIN = 0.08  # of a term's weight, when the page has it already
_PAD = 30  # bytes that each is taken to cost besides: a name alone says less than its few bytes promise
_LEAST = 60  # bytes that a fact takes
_WORTH = 0.008  # gain for each byte below which a fact is noise


def draw(story: Story, head: Head, *, size: int = SIZE) -> list[Draft]:
    """The facts of a conversation, as drafts in the order of its turns; `turn` holds the turn's number alone."""
    weights = _weigh(story)
    choice = _Choice(list(_candidates(story, head)), weights, size)
    choice.take_sure()
    # First what is news within each kind's share; what room is left goes to whatever says most.
    choice.take_best(shares=True, news=0.3, little=4.0)
    choice.take_best(shares=False, news=0.12, little=2.0)
    return [
        Draft(c.kind, c.text, c.box, str(c.number), c.resolved)
        for _, c in sorted(choice.chosen, key=lambda pair: (pair[1].number, pair[0]))
    ]


def _candidates(story: Story, head: Head) -> Iterable[Candidate]:
    yield from asks(story)
    files = files_changed(story, head)
    if files:
        yield files
    yield from state(story, head)
    question = question_left(story)
    if question:
        yield question
    yield from todos(story)
    yield from commands_run(story)
    yield from failures(story)
    yield from tests_failed(story)
    yield from reported(story, head)
    yield from documents(story)
    yield from summarised(story)
    yield from findings(story)


def _weigh(story: Story) -> Weights:
    weights = Weights()
    for exchange in story.exchanges:
        if exchange.prompt:
            weights.add(own_words(exchange.prompt.text), user=True)
        for said in exchange.answers:
            weights.add(said.text)
    if story.summary:
        weights.add(story.summary.text)
    own = [e for e in story.exchanges if not e.side]
    weights.end(said.text for e in own[-2:] for said in e.answers[-1:])
    return weights


class _Piece(NamedTuple):
    """A candidate with what choosing asks of it again and again."""

    place: int  # in the pool
    candidate: Candidate
    found: set[str]  # stems of its terms
    key: str
    cost: int


class _Choice:
    def __init__(self, pool: list[Candidate], weights: Weights, size: int) -> None:
        self.chosen: list[tuple[int, Candidate]] = []
        self.size = self.left = size
        self._spent: dict[str, int] = {}
        self._covered: set[str] = set()
        self._keys: set[str] = set()
        self._weight: dict[str, float] = {}
        self._roots: dict[str, str] = {}  # of each term that was weighed
        self.rest = [
            _Piece(i, c, self._terms(c, weights), _key(c), _cost(c)) for i, c in enumerate(pool) if c.text.strip()
        ]

    def _terms(self, c: Candidate, weights: Weights) -> set[str]:
        found, roots = set(), self._roots
        for term in terms(c.text):
            root = roots.get(term)
            if root is None:
                root = roots[term] = stem(term)
                self._weight[root] = max(weights.of(term), self._weight.get(root, 0.0))
            found.add(root)
        return found

    def take_sure(self) -> None:
        """Those that are written whatever they weigh."""
        rest, self.rest = self.rest, []
        for piece in rest:
            c = piece.candidate
            if c.sure and piece.cost <= self.left and (c.kind == "state" or self._has_share(piece)):
                self._take(piece)
            else:
                self.rest.append(piece)

    def take_best(self, *, shares: bool, news: float, little: float) -> None:
        """The best one after the other. `news`: share of a fact's weight that must be new, `little`: weight that must be.

        A gain never grows, so the one that was the best once is looked at again alone: it is the best still, or goes back into the heap
        (Minoux, "Accelerated greedy algorithms for maximizing submodular set functions", 1978).
        """
        heap = []
        for at, piece in enumerate(self.rest):
            gain = self._gain(piece, shares=shares, news=news, little=little)
            if gain >= _WORTH:
                heap.append((-gain, at))
        heapify(heap)
        gone: set[int] = set()
        while heap and self.left > _LEAST:
            known, at = heap[0]
            piece = self.rest[at]
            gain = self._gain(piece, shares=shares, news=news, little=little)
            if gain < _WORTH:
                heappop(heap)
            elif gain < -known:
                heapreplace(heap, (-gain, at))
            else:
                heappop(heap)
                gone.add(at)
                if piece.key not in self._keys and not _near(piece.candidate, self.chosen):
                    self._take(piece)
        self.rest = [piece for at, piece in enumerate(self.rest) if at not in gone]

    def _gain(self, piece: _Piece, *, shares: bool, news: float, little: float) -> float:
        if piece.cost > self.left or (shares and not self._has_share(piece)):
            return 0.0
        # An exact sum, since the order of a set is another in each run.
        new = fsum([self._weight[t] for t in piece.found - self._covered])
        told = fsum([self._weight[t] for t in piece.found & self._covered])
        # What is still to be done is no repetition, even where all its words were said of something else.
        todo = piece.candidate.box == " " and piece.candidate.worth > 1
        if not todo and (new < news * (new + told) or new < little):
            return 0.0
        return piece.candidate.worth * (new + _AGAIN * told) / (piece.cost + _PAD)

    def _has_share(self, piece: _Piece) -> bool:
        kind = piece.candidate.kind
        return self._spent.get(kind, 0) + piece.cost <= self.size * _SHARE[kind]

    def _take(self, piece: _Piece) -> None:
        kind = piece.candidate.kind
        self.left -= 0 if piece.candidate.text.startswith(FILES_CHANGED) else piece.cost
        self._spent[kind] = self._spent.get(kind, 0) + piece.cost
        self._covered |= piece.found
        self._keys.add(piece.key)
        self.chosen.append((piece.place, piece.candidate))


def _key(c: Candidate) -> str:
    return " ".join(c.text.casefold().split())


def _near(c: Candidate, chosen: list[tuple[int, Candidate]]) -> bool:
    """Whether nearly the same words are there already."""
    for _, other in chosen:
        if abs(len(other.text) - len(c.text)) < 0.35 * len(c.text):
            match = SequenceMatcher(None, c.text, other.text, autojunk=False)
            if match.real_quick_ratio() > 0.85 and match.quick_ratio() > 0.85 and match.ratio() > 0.85:
                return True
    return False


def _cost(c: Candidate) -> int:
    return len(c.text.encode("utf-8", "replace")) + _OVERHEAD.get(c.kind, 9)

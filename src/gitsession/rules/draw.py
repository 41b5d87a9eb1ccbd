"""Which candidates become facts: the ones that together say most of what the conversation turned on, within a size.

Choosing is greedy by gain for each byte, where a term counts in full the first time and hardly after that: the usual approximation for
covering with a budget (Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).
"""

from collections.abc import Iterable
from difflib import SequenceMatcher

from gitsession.model.conversation import Head
from gitsession.model.draft import Draft
from gitsession.rules.answered import findings, question_left
from gitsession.rules.asked import asks, own_words
from gitsession.rules.candidate import Candidate
from gitsession.rules.observed import (
    commands_run,
    documents,
    failures,
    files_changed,
    reported,
    state,
    tests_failed,
    todos,
)
from gitsession.rules.story import Story
from gitsession.rules.terms import Weights, stem, terms

#: Bytes of all facts drawn from one conversation: a page of the usual budget, less its frame.
SIZE = 8000
#: Share of the size that one kind may take at most.
_SHARE = {"goal": 0.35, "constraint": 0.25, "decision": 0.4, "error": 0.3, "command": 0.13, "done": 0.4, "note": 0.35, "lesson": 0.2, "step": 0.25,
          "state": 1.0, "question": 0.1, "blocker": 0.1}  # fmt: skip
_OVERHEAD = {"goal": 4, "state": 5, "command": 12, "done": 5, "note": 10, "step": 16, "question": 24}
_AGAIN = 0.08  # of a term's weight, when the page has it already
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
    yield from reported(story)
    yield from documents(story)
    yield from findings(story)


def _weigh(story: Story) -> Weights:
    weights = Weights()
    for exchange in story.exchanges:
        if exchange.prompt:
            weights.add(own_words(exchange.prompt.text), user=True)
        for said in exchange.answers:
            weights.add(said.text)
    weights.end(said.text for e in story.exchanges[-2:] for said in e.answers[-1:])
    return weights


class _Choice:
    def __init__(self, pool: list[Candidate], weights: Weights, size: int) -> None:
        self.rest = [(i, c, {stem(t) for t in terms(c.text)}) for i, c in enumerate(pool) if c.text.strip()]
        self.chosen: list[tuple[int, Candidate]] = []
        self.size = self.left = size
        self._spent: dict[str, int] = {}
        self._covered: set[str] = set()
        self._keys: set[str] = set()
        self._weight: dict[str, float] = {}
        for _, c, _ in self.rest:
            for term in terms(c.text):
                self._weight[stem(term)] = max(self._weight.get(stem(term), 0.0), weights.of(term))

    def take_sure(self) -> None:
        """Those that are written whatever they weigh."""
        rest, self.rest = self.rest, []
        for index, c, found in rest:
            if c.sure and _cost(c) <= self.left and (c.kind == "state" or self._has_share(c)):
                self._take(index, c, found)
            else:
                self.rest.append((index, c, found))

    def take_best(self, *, shares: bool, news: float, little: float) -> None:
        """The best one after the other. `news`: share of a fact's weight that must be new, `little`: weight that must be."""
        while self.rest and self.left > _LEAST:
            gains = [self._gain(c, found, shares=shares, news=news, little=little) for _, c, found in self.rest]
            best = max(range(len(gains)), key=gains.__getitem__)
            if gains[best] < _WORTH:
                return
            index, c, found = self.rest.pop(best)
            if _key(c) not in self._keys and not _near(c, self.chosen):
                self._take(index, c, found)

    def _gain(self, c: Candidate, found: set[str], *, shares: bool, news: float, little: float) -> float:
        cost = _cost(c)
        if cost > self.left or (shares and not self._has_share(c)):
            return 0.0
        new = sum(self._weight[t] for t in found - self._covered)
        told = sum(self._weight[t] for t in found & self._covered)
        if new < news * (new + told) or new < little:
            return 0.0
        return c.worth * (new + _AGAIN * told) / cost

    def _has_share(self, c: Candidate) -> bool:
        return self._spent.get(c.kind, 0) + _cost(c) <= self.size * _SHARE[c.kind]

    def _take(self, index: int, c: Candidate, found: set[str]) -> None:
        cost = _cost(c)
        self.left -= cost
        self._spent[c.kind] = self._spent.get(c.kind, 0) + cost
        self._covered |= found
        self._keys.add(_key(c))
        self.chosen.append((index, c))


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

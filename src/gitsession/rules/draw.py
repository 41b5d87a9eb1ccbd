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
from gitsession.rules.observed import commands_run, documents, failures, files_changed, state, todos
from gitsession.rules.story import Story
from gitsession.rules.terms import Weights, stem, terms

#: Bytes of all facts drawn from one conversation: a page of the usual budget, less its frame.
SIZE = 7200
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
    pool = list(_candidates(story, head))
    chosen = _choose(pool, weights, size)
    return [
        Draft(c.kind, c.text, c.box, str(c.number), c.resolved)
        for _, c in sorted(chosen, key=lambda pair: (pair[1].number, pair[0]))
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


def _choose(pool: list[Candidate], weights: Weights, size: int) -> list[tuple[int, Candidate]]:
    entries = [(i, c, {stem(t) for t in terms(c.text)}) for i, c in enumerate(pool) if c.text.strip()]
    weight: dict[str, float] = {}
    for _, c, _ in entries:
        for term in terms(c.text):
            weight[stem(term)] = max(weight.get(stem(term), 0.0), weights.of(term))
    covered: set[str] = set()
    spent: dict[str, int] = {}
    left = size
    chosen: list[tuple[int, Candidate]] = []
    keys: set[str] = set()

    def take(index: int, c: Candidate, found: set[str]) -> None:
        nonlocal left
        cost = _cost(c)
        left -= cost
        spent[c.kind] = spent.get(c.kind, 0) + cost
        covered.update(found)
        keys.add(" ".join(c.text.casefold().split()))
        chosen.append((index, c))

    rest = []
    for index, c, found in entries:
        if (
            c.sure
            and _cost(c) <= left
            and (c.kind == "state" or spent.get(c.kind, 0) + _cost(c) <= size * _SHARE[c.kind])
        ):
            take(index, c, found)
        else:
            rest.append((index, c, found))
    # First what is news within each kind's share; what room is left goes to whatever says most.
    for shares, news, little in ((True, 0.3, 4.0), (False, 0.12, 2.0)):
        while rest and left > _LEAST:
            best, best_gain = -1, 0.0
            for at, (_, c, found) in enumerate(rest):
                cost = _cost(c)
                if cost > left or (shares and spent.get(c.kind, 0) + cost > size * _SHARE[c.kind]):
                    continue
                new = sum(weight[t] for t in found - covered)
                told = sum(weight[t] for t in found & covered)
                if new < news * (new + told) or new < little:
                    continue
                gain = c.worth * (new + _AGAIN * told) / cost
                if gain > best_gain:
                    best, best_gain = at, gain
            if best < 0 or best_gain < _WORTH:
                break
            index, c, found = rest.pop(best)
            if " ".join(c.text.casefold().split()) not in keys and not _near(c, chosen):
                take(index, c, found)
    return chosen


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

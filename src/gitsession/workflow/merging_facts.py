"""What a model found meets what rules and people wrote: what says the same folds into it, the rest comes in beside it, within a bound."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gitsession.model.draft import Draft
from gitsession.model.fact import Fact, text_key
from gitsession.rules.terms import stem, terms

#: What a model may add to a session: facts, and bytes of them.
MOST, SIZE = 40, 6000
_SAME = 0.8  # of a fact's terms that another has, from which on it says nothing new
_ORDER = ("constraint", "decision", "blocker", "question", "step", "error", "lesson", "command", "done", "note")
_WHY = {
    "words": "not in the turns",
    "negation": "the turns say the contrary",
    "speaker": "said by nobody who may",
    "doubt": "weighed, asked or announced only",
    "orders": "an order to the reader",
    "short": "too short to be looked for",
    "overtaken": "open long before the end",
}


class Merged(NamedTuple):
    """`new` is what comes in; the rest are counts and shares (0 to 1, None where there is nothing to count)."""

    new: tuple[Draft, ...] = ()
    told: int = 0  # by the model
    dropped: Mapping[str, int] = {}
    shared: int = 0  # said by rules or people, too
    left: int = 0  # beyond the bound
    kept: int = 0  # facts by rules and people that stand there
    read: float = 0.0
    grounded: float | None = None
    coverage: float | None = None
    agreement: float | None = None

    @property
    def confidence(self) -> float:
        """The product of the shares that can be told; found again and same kind count half each. Rounded down."""
        beside = [share for share in (self.coverage, self.agreement) if share is not None]
        value = (
            self.read
            * (self.grounded if self.grounded is not None else 0.0)
            * (sum(beside) / len(beside) if beside else 1.0)
        )
        return int(value * 100 + 1e-9) / 100

    def reasons(self) -> list[str]:
        """Each factor, in words."""
        shares = (
            (self.read, "of the conversation read"),
            (self.grounded, "of what the model told is in its turns"),
            (self.coverage, "of what the rules drew is found again"),
            (self.agreement, "of what both found is of the same kind"),
        )
        return [f"{int(share * 100 + 1e-9)} % {words}" for share, words in shares if share is not None]

    def line(self, added: str) -> str:
        """What was added (`added`: in words), kept and dropped."""
        gone = sum(self.dropped.values())
        why = ", ".join(
            f"{count} {_WHY[reason]}" for reason, count in sorted(self.dropped.items(), key=lambda i: -i[1])
        )
        said = [
            added,
            f"{self.kept} by rules and people kept, {self.shared} of the model's among them",
        ]
        said += [f"{gone} dropped ({why})"] if gone else []
        said += [f"{self.left} left out for room"] if self.left else []
        return "; ".join(said)


def merge_facts(
    facts: Sequence[Fact],
    goal: str,
    found: Sequence[Draft],
    keys: Collection[str],
    dropped: Mapping[str, int],
    read: float,
) -> Merged:
    """What of the `found` is news beside a checkpoint's facts and goal. `keys`: of the conversations that were read."""
    theirs = [fact for fact in facts if not fact.by]
    known = [(_terms(fact.text), fact.kind) for fact in theirs]
    known += [(_terms(line), "goal") for line in goal.splitlines() if line.strip()]
    told = len(found) + sum(dropped.values())
    fresh: list[tuple[Draft, frozenset[str]]] = []
    same_kind = shared = 0
    for draft in sorted(found, key=lambda d: _ORDER.index(d.kind)):
        words = _terms(draft.text)
        kinds = {kind for other, kind in known if _covers(other, words)}
        if kinds:
            shared += 1
            same_kind += draft.kind in kinds
        elif not any(_covers(other, words) or text_key(draft.text) == text_key(one.text) for one, other in fresh):
            fresh.append((draft, words))
    new: list[Draft] = []
    room = SIZE
    for draft, _ in fresh:
        cost = len(draft.text.encode()) + 40
        if len(new) < MOST and cost <= room:
            new.append(draft)
            room -= cost
    drawn = [_terms(f.text) for f in theirs if f.turn.partition("#")[0] in keys and f.kind not in ("state", "command")]
    heard = [_terms(draft.text) for draft in found]
    again = sum(any(_covers(words, one) or _covers(one, words) for words in heard) for one in drawn)
    return Merged(
        tuple(new), told, dict(dropped), shared, len(fresh) - len(new), len(theirs), read,
        len(found) / told if told else None,
        again / len(drawn) if drawn else None,
        same_kind / shared if shared else None,
    )  # fmt: skip


def _terms(text: str) -> frozenset[str]:
    return frozenset(stem(term) for term in terms(text))


def _covers(whole: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a text has most of the terms of another."""
    return bool(words) and len(whole & words) >= _SAME * len(words)

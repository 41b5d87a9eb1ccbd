"""What words a conversation turns on: the terms of a text, and how much each of them matters."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_](?:[\w./:#@$%+'’-]*[\w)#+%])?")
_SPLIT = re.compile(r"[./:#@_-]+|(?<=[a-z])(?=[A-Z])")
#: Words that say nothing by themselves, in the languages that agents are spoken to most.
STOP = frozenset(
    (
        "a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing don't "
        "down during each else ever every few for from further get gets give go goes going good got great had has have having he her here hers him his how "
        "however i i'd i'll i'm i've if in into is it it's its itself just know let let's like look looks made make makes many may me might more most much must "
        "my need needs new no nor not now of off ok okay on once one only or other our ours out over own please really right same see she should since so some "
        "something still such sure take than thanks that that's the their theirs them then there these they thing things think this those through to too two "
        "under until up us use used using very want was way we we'll we're well were what when where whether which while who whom why will with within without "
        "would yes yet you you're your yours file files code change changes changed added add adds updated update fix fixed done work works working summary run "
        "running first next last everything currently actually already here's there's i’ll i’m let’s it’s don’t "
        "und der die das den dem des ein eine einen einem ist sind nicht mit auf für von zu im es ich wir sie wie auch noch nur bei aus "
        "de la le les un une et est que qui pour dans sur pas avec ce cette il elle nous vous au aux par plus "
        "o os as um uma e é para em da do das dos no na nos nas com por não se mais como foi ser ou ao "
        "el los las del una y es con su lo más pero"
    ).split()
)


def terms(text: str) -> set[str]:
    """The words of a text that carry something: identifiers, paths, numbers, names and plain words, case aside; compounds also by their parts."""
    found: set[str] = set()
    for word in {*_WORD.findall(text)}:
        found.update(_terms_of(word))
    return found


@lru_cache(maxsize=1 << 14)  # a conversation says the same words again and again
def _terms_of(word: str) -> tuple[str, ...]:
    word = word.strip("'’.:")
    low = word.casefold()
    if low in STOP or (len(low) < 2 and not low.isdigit()):
        return ()
    whole = low.removesuffix("'s").removesuffix("’s")
    parts = [p.casefold() for p in _SPLIT.split(word)]
    return (whole, *(p for p in parts if len(p) > 2 and p not in STOP)) if len(parts) > 1 else (whole,)


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """A word without the commonest endings of English, so that "edits" and "edited" are one."""
    for end in ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly"):
        if len(word) > len(end) + 3 and word.endswith(end) and word.isalpha():
            return word[: -len(end)]
    return word


def special(term: str) -> bool:
    """True for what looks like an identifier, a path, a number or an issue, rather than a word of prose."""
    return not term.isalpha()


class Weights:
    """How much each term matters in one conversation: it recurs, the person said it, the last answer says it."""

    def __init__(self) -> None:
        self._turns: Counter[str] = Counter()
        self._user: Counter[str] = Counter()
        self._last: set[str] = set()
        self._count = 0

    def add(self, text: str, *, user: bool = False) -> None:
        """Take in a message."""
        found = terms(text)
        self._turns.update(found)
        if user:
            self._user.update(found)
        self._count += 1

    def end(self, texts: Iterable[str]) -> None:
        """Name the messages that the conversation ended with."""
        for text in texts:
            self._last |= terms(text)

    def of(self, term: str) -> float:
        """The weight of a term, about 0.3 to 6."""
        count = self._turns[term]
        weight = 1 + math.log1p(min(count, 12)) * 0.5
        if self._count > 12 and count > 0.4 * self._count:
            weight *= 0.6  # what is said everywhere tells nothing apart
        if special(term):
            weight *= 1.5
        if self._user[term]:
            weight *= 1.4
        if term in self._last:
            weight *= 1.25
        return weight

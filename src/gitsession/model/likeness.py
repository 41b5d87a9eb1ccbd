"""How alike two messages are: exception classes and codes count most, rare words more than common ones, quoted values least."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from gitsession.model.symptom import Message

#: Below this, nobody would call it the same error.
ENOUGH = 0.3
_KIND, _COMMON_KIND, _VALUE = 3.0, 1.2, 0.4  # weights; a word has 1
_OTHER_KIND = 0.6  # of what the words make, where another exception was raised
#: What is raised for whatever reason: the class alone says little.
_COMMON = frozenset(
    f"{name}Error" for name in ("Arithmetic", "Assertion", "Attribute", "IO", "Import", "Index", "Key", "Lookup", "Name", "OS", "Reference",
                                "Runtime", "Syntax", "Type", "Value")
) | {"Exception", "RuntimeException", "SystemExit"}  # fmt: skip
_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST = 4  # letters that stay of a word


class Likeness(NamedTuple):
    """A share, 0 to 1, and what it is made of."""

    score: float
    kinds: tuple[str, ...]  # that both have
    words: int  # that both have
    of: int  # words that were looked for

    def reason(self) -> str:
        """In words: `same IntegrityError, 4 of 5 words`."""
        said = [f"same {' and '.join(self.kinds)}"] if self.kinds else []
        return ", ".join([*said, f"{self.words} of {self.of} word{'s' * (self.of != 1)}"] if self.of else said)


def likeness(wanted: Message, other: Message, weigh: Callable[[str], float]) -> Likeness:
    """How much of a message another has. `weigh`: how much a word tells, the rarer the more."""
    theirs = {kind.casefold() for kind in other.kinds}
    there = roots((*other.words, *other.values))
    kinds = tuple(sorted(kind for kind in wanted.kinds if kind.casefold() in theirs))
    words = [word for word in wanted.words if root(word) in there]
    values = [word for word in wanted.values if root(word) in there]
    whole = _weight(wanted.kinds, wanted.words, wanted.values, weigh)
    score = _weight(kinds, words, values, weigh) / whole if whole else 0.0
    if wanted.kinds and theirs and not kinds:
        score *= _OTHER_KIND
    return Likeness(score, kinds, len(words) + len(values), len(wanted.words) + len(wanted.values))


def terms(message: Message) -> list[str]:
    """All that a message can be looked up by."""
    return [*message.kinds, *message.words, *message.values]


def roots(words: Iterable[str]) -> set[str]:
    """Words without their endings."""
    return set(map(root, words))


def root(word: str) -> str:
    """A word without its ending, so that `failing` and `fails` are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _weight(kinds: Iterable[str], words: Iterable[str], values: Iterable[str], weigh: Callable[[str], float]) -> float:
    return (
        sum((_COMMON_KIND if kind in _COMMON else _KIND) * weigh(kind) for kind in kinds)
        + sum(map(weigh, words))
        + _VALUE * sum(map(weigh, values))
    )

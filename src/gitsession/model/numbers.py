"""The numbers of sessions, as people call them: two branches may both take 0005."""

import re
from collections.abc import Iterable
from typing import NamedTuple

UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class Numbers(NamedTuple):
    """What must be known of all stems to name one of them."""

    shared: frozenset[str]  # numbers that more than one session has
    highest: str  # the number of the session that people would call the last; empty where there is none
    lowest: str


def number_of(stem: str) -> str:
    """The number of a session as written, its stem where it has none."""
    number = stem.partition("-")[0]
    return number if len(number) >= 4 and number.isascii() and number.isdigit() else UNSAFE.sub("-", stem)


def numbers_of(stems: Iterable[str]) -> Numbers:
    """Of any stems, in any order."""
    seen: set[str] = set()
    shared: set[str] = set()
    for stem in set(stems):
        number = number_of(stem)
        if number in seen:
            shared.add(number)
        seen.add(number)
    return Numbers(frozenset(shared), max(seen, key=_rank, default=""), min(seen, key=_rank, default=""))


def with_stem(numbers: Numbers, stem: str, *, taken: bool) -> Numbers:
    """The numbers with one more stem; `taken`: another has its number already."""
    number = number_of(stem)
    return Numbers(
        numbers.shared | {number} if taken else numbers.shared,
        max(filter(None, (numbers.highest, number)), key=_rank),
        min(filter(None, (numbers.lowest, number)), key=_rank),
    )


def _rank(number: str) -> tuple[bool, int, str]:
    return (number.isdigit(), len(number), number)

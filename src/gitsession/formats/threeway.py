"""What merging needs of a three-way comparison of keyed things."""

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def merged_order(base: Collection[K], ours: Sequence[K], theirs: Sequence[K]) -> list[K]:
    """All keys: ours in order, and what only theirs has behind its neighbour there and our additions to that."""
    there, common = set(theirs), set(ours)
    behind: dict[K, list[K]] = {}
    waiting: list[K] = []
    chain = waiting
    for key in theirs:
        if key in common:
            chain = behind.setdefault(key, [])
        else:
            chain.append(key)
    result: list[K] = []
    for key in ours:
        if key in there or key in base:
            result += waiting
            waiting = []
        result.append(key)
        waiting += behind.get(key, [])
    return result + waiting

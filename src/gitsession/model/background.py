"""What of a long history is carried along: the newest of the background, and the hashes of keys that are gone."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from zlib import crc32

from gitsession.model.fact import Fact

#: How many of the newest background facts of each kind are listed; older ones are counted.
LISTED = 100
LINKS = 5

#: kind, fact, stem, index of the session
Row = tuple[str, Fact, str, int]


def newest(
    background: list[Row], trimmed: Mapping[str, tuple[int, tuple[str, ...]]] = MappingProxyType({})
) -> tuple[list[Row], tuple[tuple[str, int, tuple[str, ...]], ...]]:
    """The newest background facts of each kind, in order; and of what is not listed kind, number, newest five sessions.

    `trimmed` is what is not in `background` any more: older than all of it.
    """
    left: dict[str, int] = {}
    older: dict[str, tuple[int, list[str]]] = {}
    listed = []
    for row in reversed(background):
        left[row[0]] = left.get(row[0], 0) + 1
        if left[row[0]] <= LISTED:
            listed.append(row)
        else:
            count, stems = older.setdefault(row[0], (0, []))
            if len(stems) < LINKS and row[2] not in stems:
                stems.append(row[2])
            older[row[0]] = (count + 1, stems)
    for kind, (more, oldest) in trimmed.items():
        count, stems = older.get(kind, (0, []))
        older[kind] = (count + more, [*stems, *(s for s in oldest if s not in stems)][:LINKS])
    return listed[::-1], tuple((kind, count, tuple(stems)) for kind, (count, stems) in sorted(older.items()))


class Keys:
    """A sorted set of 32-bit hashes in bytes, searched where it lies. What it does not hold was never put in."""

    def __init__(self, data: bytes) -> None:
        self._sorted = memoryview(data).cast("I")

    def __iter__(self) -> Iterator[int]:
        return iter(self._sorted)

    def __contains__(self, key: int) -> bool:
        at = bisect_left(self._sorted, key)
        return at < len(self._sorted) and self._sorted[at] == key


def key_hash(key: str) -> int:
    """32 bits of a key."""
    return crc32(key.encode("utf-8", "surrogatepass"))

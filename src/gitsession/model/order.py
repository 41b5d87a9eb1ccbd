"""The order in which sessions are folded."""

import heapq
from collections.abc import Iterable

from gitsession.model.checkpoint import Checkpoint


def ordered(checkpoints: Iterable[Checkpoint]) -> list[Checkpoint]:
    """Checkpoints in the order of the fold: after their parents, then by `started` as an instant, then by stem."""
    by_time = sorted(checkpoints, key=lambda c: c.order)
    place = {c.stem: i for i, c in enumerate(by_time)}
    if all(place.get(p, -1) < i for i, c in enumerate(by_time) for p in c.parents):
        return by_time
    children: dict[int, list[int]] = {}
    waiting = [0] * len(by_time)
    for i, c in enumerate(by_time):
        for parent in {place[p] for p in c.parents if p in place and p != c.stem}:
            children.setdefault(parent, []).append(i)
            waiting[i] += 1
    ready = [i for i, n in enumerate(waiting) if not n]
    heapq.heapify(ready)
    result: list[Checkpoint] = []
    done = set()
    rest = iter(range(len(by_time)))
    while len(result) < len(by_time):
        # A circle of parents is somebody's mistake; the earliest of the rest goes first then.
        i = heapq.heappop(ready) if ready else next(k for k in rest if k not in done)
        if i in done:
            continue
        done.add(i)
        result.append(by_time[i])
        for child in children.get(i, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heapq.heappush(ready, child)
    return result

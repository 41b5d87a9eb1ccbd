"""Turns in the order of their calls: a result comes later than its call, and others may come between."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from gitsession.model.conversation import Turn

#: What waits behind a call at most: turns, and their characters; and how many calls may wait for a result.
_WAITING, _SIZE, _OPEN = 2000, 16_000_000, 500
Call = TypeVar("Call")


class _Place(Generic[Call]):
    __slots__ = ("call", "late", "turn")

    def __init__(self, call: Call | None, turn: Turn | None) -> None:
        self.call = call
        self.turn = turn
        self.late = False


class Order(Generic[Call]):
    """Puts a call and its result into one turn that stands where the call was.

    In bounded memory: when too much waits behind a call, that goes out first, and the call's turn stands where its result is.
    `unanswered` makes the turn of a call whose result never comes.
    """

    def __init__(self, unanswered: Callable[[Call], Turn]) -> None:
        self.ready: list[Turn] = []  # what can go out
        self._unanswered = unanswered
        self._waiting: deque[_Place[Call]] = deque()
        self._size = 0
        self._open: dict[str, _Place[Call]] = {}

    def taken(self) -> list[Turn]:
        """The turns that can go out, which go."""
        ready, self.ready = self.ready, []
        return ready

    def put(self, turn: Turn) -> None:
        """A turn that is complete."""
        if self._waiting:
            self._waiting.append(_Place(None, turn))
            self._grow(turn)
        else:
            self.ready.append(turn)

    def call(self, key: str, call: Call) -> None:
        """A call that waits for the result that bears `key`."""
        if key in self._open:
            self._give_up(key)
        elif len(self._open) >= _OPEN:
            self._give_up(next(iter(self._open)))
        place = self._open[key] = _Place(call, None)
        self._waiting.append(place)

    def called(self, key: str) -> Call | None:
        """The call that waits for a result, if one does."""
        place = self._open.get(key)
        return place.call if place else None

    def answer(self, key: str, turn: Turn) -> None:
        """The turn of a call and its result."""
        place = self._open.pop(key)
        if place.late:
            self.put(turn)
        else:
            place.turn = turn
            self._grow(turn)

    def end(self) -> None:
        """Nothing comes any more."""
        for key in list(self._open):
            self._give_up(key)

    def _give_up(self, key: str) -> None:
        if (call := self._open[key].call) is not None:
            self.answer(key, self._unanswered(call))

    def _grow(self, turn: Turn) -> None:
        self._size += len(turn.text)
        self._flush()
        while len(self._waiting) > _WAITING or self._size > _SIZE:
            self._waiting.popleft().late = True
            self._flush()

    def _flush(self) -> None:
        waiting = self._waiting
        while waiting and (turn := waiting[0].turn) is not None:
            waiting.popleft()
            self._size -= len(turn.text)
            self.ready.append(turn)

"""Answers that hold as long as what they were made from: each is made once, whoever else asks for it meanwhile waits."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """The values that were asked for last, `most` of them. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()

    def get(self, key: Hashable, state: object, make: Callable[[], Value], *, seconds: float = float("inf")) -> Value:
        """The value of `key` in this state, made where it is not known or older than `seconds`."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.value is None or entry.state != state or time.monotonic() - entry.made > seconds:
                entry.value = (make(),)
                entry.state, entry.made = state, time.monotonic()
            return entry.value[0]


class _Entry(Generic[Value]):
    __slots__ = ("lock", "made", "state", "value")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.state: object = None
        self.value: tuple[Value] | None = None
        self.made = 0.0

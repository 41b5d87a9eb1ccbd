"""How far a long reading is: one line on a terminal, gone when it ends."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

_LATE, _AGAIN = 1.0, 0.2  # seconds before the line is shown, and between two of it


class Progress:
    """Call it with the bytes read so far; nothing is shown in the first second, nor where stderr is no terminal. `size`: 0 where unknown."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._next = clock() + _LATE
        self._shown = False
        self._wanted = sys.stderr.isatty()

    def __call__(self, read: int) -> None:
        """Tell that so many bytes were read."""
        if not self._wanted or (now := self._clock()) < self._next:
            return
        self._next, self._shown = now + _AGAIN, True
        whole = f" of {self._size / 1e6:.0f} MB, {min(100 * read // self._size, 100)} %" if self._size else " MB"
        sys.stderr.write(f"\rread {read / 1e6:.0f}{whole}\x1b[K")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class Parts:
    """Call it with how many parts are done, and of how many; shown on a terminal, gone when it ends."""

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty()

    def __call__(self, done: int, of: int) -> None:
        """Tell that so many parts are done."""
        if self._wanted:
            sys.stderr.write(f"\rmodel: {done} of {of} parts read\x1b[K")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wanted:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

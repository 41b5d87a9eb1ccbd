"""The bytes of a transcript: lines in bounded memory, damage counted, JSON read without trust."""

import json
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

#: A longer line is skipped, told, and never held in memory.
LINE_LIMIT = 64 * 1024 * 1024
#: A transcript that is one JSON value is held in memory whole.
WHOLE_LIMIT = 256 * 1024 * 1024
_CHUNK = 1024 * 1024
_DECODER = json.JSONDecoder()


class Damage(NamedTuple):
    """A place that could not be read: the line (from 1), and why."""

    line: int
    reason: str


class Source:
    """A transcript being read. `damage` holds the first places that were skipped, `skipped` counts all; `read` counts bytes."""

    def __init__(self, file: IO[bytes], name: str = "") -> None:
        self.name = name
        self.damage: list[Damage] = []
        self.skipped = 0
        self.read = 0
        self._file = file

    def skip(self, line: int, reason: str) -> None:
        """Note a place that cannot be read."""
        self.skipped += 1
        if len(self.damage) < 20:
            self.damage.append(Damage(line, reason))

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines with their numbers, without line ends; one longer than LINE_LIMIT is passed over in pieces and noted."""
        number = 0
        while line := self._file.readline(LINE_LIMIT):
            number += 1
            self.read += len(line)
            if len(line) == LINE_LIMIT and not line.endswith(b"\n"):
                while rest := self._file.readline(_CHUNK):
                    self.read += len(rest)
                    if rest.endswith(b"\n"):
                        break
                self.skip(number, f"the line is longer than {LINE_LIMIT // 1024 // 1024} MB")
                continue
            yield number, line.rstrip(b"\r\n")

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """JSON objects, one a line (several on one line are taken apart); what is none is noted."""
        for number, line in self.lines():
            if not line or line.isspace():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                yield from ((number, r) for r in self._pieces(number, line))
                continue
            if isinstance(record, dict):
                yield number, record
            else:
                self.skip(number, "no JSON object")

    def whole(self) -> Any:
        """The one JSON value that the transcript is; None (and noted) where it is none, or is longer than WHOLE_LIMIT."""
        data = self._file.read(WHOLE_LIMIT + 1)
        self.read += len(data)
        if len(data) > WHOLE_LIMIT:
            self.skip(1, f"the file is longer than {WHOLE_LIMIT // 1024 // 1024} MB")
            return None
        try:
            return json.loads(data.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError) as e:
            self.skip(getattr(e, "lineno", 1), "no JSON")
            return None

    def _pieces(self, number: int, line: bytes) -> list[dict[str, Any]]:
        """What objects a line holds that is not one JSON value: two writers at once, a byte order mark, a wrong encoding, a torn end."""
        text = line.decode("utf-8-sig", "replace")
        found: list[dict[str, Any]] = []
        at = 0
        while at < len(text):
            try:
                value, at = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                self.skip(number, "cut short" if found or text[:1] == "{" else "no JSON")
                break
            if isinstance(value, dict):
                found.append(value)
            while at < len(text) and text[at] in " \t,":
                at += 1
        return found

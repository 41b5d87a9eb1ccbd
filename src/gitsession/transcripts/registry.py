"""Which format a transcript is in, by its content, and the reader for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from gitsession.errors import FormatError
from gitsession.model.conversation import Head, Turn
from gitsession.transcripts.source import Source

#: Bytes from the beginning that a format is told by.
_PREFIX = 256 * 1024


class Format(NamedTuple):
    """A format: what it is called, whether a text begins like it, and its reader.

    A reader yields turns in their order, and a `Head` whenever it knows more; one with another `id` begins another conversation in the
    same file (aider keeps all in one). It trusts nothing: a record that is not what it should be is noted with `Source.skip`.
    """

    name: str
    fits: Callable[[str], bool]
    read: Callable[[Source], Iterator[Turn | Head]]


FORMATS: tuple[Format, ...] = ()


class Transcript:
    """A transcript being read. Iterate it once: heads and turns, in order; then `damage`, `skipped` and `unknown` are complete."""

    def __init__(self, format_: Format, source: Source) -> None:
        self.format = format_.name
        self.source = source
        self.unknown: Counter[str] = Counter()  # record kinds that the reader does not know
        self._format = format_

    def __iter__(self) -> Iterator[Turn | Head]:
        for one in self._format.read(self.source):
            if isinstance(one, Turn) and one.kind.startswith("unknown:"):
                self.unknown[one.kind.removeprefix("unknown:")] += 1
            yield one


def open_transcript(file: IO[bytes], name: str = "") -> Transcript:
    """The reader for a transcript. `file` need not be seekable. Raises FormatError where no format fits."""
    source = Source(file, name)
    raise FormatError(
        source.name, 1, "no agent's transcript that we know", "gitsession import --help lists the formats"
    )

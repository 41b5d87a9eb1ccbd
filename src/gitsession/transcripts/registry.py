"""Which format a transcript is in, by its content, and the reader for it."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import IO, Any, NamedTuple

from gitsession.errors import FormatError
from gitsession.model.conversation import Head, Turn
from gitsession.transcripts.source import Source


class Format(NamedTuple):
    """A format, by its name. The module of this package that is called so knows it, and is loaded when it is asked."""

    name: str

    def fits(self, beginning: str, name: str) -> bool:
        """Whether a text begins like it, and a file is called like it where two formats begin alike."""
        fits: bool = self._module().fits(beginning, name)
        return fits

    def read(self, source: Source) -> Iterator[Turn | Head]:
        """The turns in their order, and a `Head` whenever more of it is known; one with another `id` begins another conversation in the same
        file (aider keeps all in one). Nothing is trusted: a record that is not what it should be is noted with `Source.skip`.
        """
        turns: Iterator[Turn | Head] = self._module().read(source)
        return turns

    def _module(self) -> Any:
        return import_module(f"gitsession.transcripts.{self.name.replace('-', '_')}")


#: The first one that fits reads: formats that are told by more stand before those that are told by less.
FORMATS = tuple(
    Format(name) for name in ("claude-code", "codex", "copilot", "gemini", "opencode", "specstory", "cursor", "aider")
)


class Transcript:
    """A transcript being read. Iterate it once: heads and turns, in order; then the source's `damage` and `skipped`, and `unknown`, are complete."""

    def __init__(self, format_: Format, source: Source) -> None:
        self.format = format_.name
        self.source = source
        self.unknown: Counter[str] = Counter()  # record kinds that the reader does not know
        self._format = format_

    def __iter__(self) -> Iterator[Turn | Head]:
        for one in self._format.read(self.source):
            whole = one if _writable(one) else _mended(one)
            if isinstance(whole, Turn) and whole.kind.startswith("unknown:"):
                self.unknown[whole.kind.removeprefix("unknown:")] += 1
            yield whole


def _writable(one: tuple[Any, ...]) -> bool:
    """Whether all strings of a turn or head can be written to a file: JSON can spell half of a surrogate pair."""
    for value in one:
        if not value:  # most of them
            continue
        if type(value) is str:
            if not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError:
                    return False
        elif isinstance(value, tuple) and type(value[0]) is not int and not _writable(value):
            return False
    return True


def _mended(one: Any) -> Any:
    if isinstance(one, str):
        return one.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(one, tuple):
        parts = [_mended(part) for part in one]
        return type(one)(*parts) if hasattr(one, "_fields") else tuple(parts)
    return one


def open_transcript(file: IO[bytes], name: str = "") -> Transcript:
    """The reader for a transcript. `file` need not be seekable. Raises FormatError where no format fits."""
    source = Source(file, name)
    beginning = source.beginning()
    for format_ in FORMATS:
        if format_.fits(beginning, name):
            return Transcript(format_, source)
    message = "no agent's transcript that we know" if beginning.strip() else "the file is empty"
    if source.damage:
        message = source.damage[0].reason
    raise FormatError(source.name, 1, message, "gitsession import --help lists the formats")

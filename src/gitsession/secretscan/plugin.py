"""What our detectors share: plugins of detect-secrets that also say where a value stands and what kind it is."""

from abc import abstractmethod
from collections.abc import Generator, Iterator

from detect_secrets.plugins.base import BasePlugin


class SpanDetector(BasePlugin):
    """Finds places in a line. `gates`: a line without any of these texts is not looked at (`fold`: case aside)."""

    gates: tuple[str, ...] = ()
    fold = False

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        """The values in one line."""
        yield from (string[start:end] for start, end, _ in self.spans(string))

    @abstractmethod
    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """The place of each value in one line (characters from 0, end excluded), and its kind."""

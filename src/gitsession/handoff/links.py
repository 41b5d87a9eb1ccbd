"""References to checkpoints: `[0002]` in the text, defined once at the end."""

import re
from collections import Counter
from collections.abc import Iterable

PROJECT = ""  # stands for project.yml where a stem is expected
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class Links:
    """Labels of the sessions, and what they lead to. Where two stems share a number, the label is the stem."""

    def __init__(self, stems: Iterable[str], up: str) -> None:
        self.up = up
        numbers = Counter(map(self.number, set(stems)))
        self._shared = {number for number, count in numbers.items() if count > 1}
        self._labels = {PROJECT: "project"}
        #: The number of the session that people would call the last; empty where there is none.
        self.highest = max(numbers, key=lambda number: (number.isdigit(), len(number), number), default="")

    def label(self, stem: str) -> str:
        """What stands between the brackets."""
        label = self._labels.get(stem)
        if label is None:
            number = self.number(stem)
            label = self._labels[stem] = _UNSAFE.sub("-", stem) if number in self._shared else number
        return label

    @staticmethod
    def number(stem: str) -> str:
        """The number of a session as written, its stem where it has none."""
        number = stem.partition("-")[0]
        return number if len(number) >= 4 and number.isascii() and number.isdigit() else _UNSAFE.sub("-", stem)

    def ref(self, stem: str) -> str:
        """The reference as it stands in the text."""
        return f"[{self.label(stem)}]"

    def definition(self, stem: str) -> str:
        """The line that defines the reference."""
        name = "project.yml" if stem == PROJECT else stem + ".md"
        quoted = _UNSAFE.sub(lambda char: "".join(f"%{byte:02X}" for byte in char[0].encode("utf-8", "replace")), name)
        return f"[{self.label(stem)}]: {self.up}{quoted}\n"

    def order(self, stem: str) -> tuple[bool, str]:
        """Sorts definitions: sessions by label, the project last."""
        return (stem == PROJECT, self.label(stem))

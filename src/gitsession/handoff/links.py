"""References to checkpoints: `[0002]` in the text, defined once at the end."""

from collections.abc import Iterable

from gitsession.model.numbers import UNSAFE, Numbers, number_of, numbers_of

PROJECT = ""  # stands for project.yml where a stem is expected


class Links:
    """Labels of the sessions, and what they lead to. Where two stems share a number, the label is the stem."""

    def __init__(self, stems: Iterable[str] | Numbers, up: str) -> None:
        self.up = up
        self.numbers = stems if isinstance(stems, Numbers) else numbers_of(stems)
        self._labels = {PROJECT: "project"}

    def label(self, stem: str) -> str:
        """What stands between the brackets."""
        label = self._labels.get(stem)
        if label is None:
            number = number_of(stem)
            label = self._labels[stem] = UNSAFE.sub("-", stem) if number in self.numbers.shared else number
        return label

    def ref(self, stem: str) -> str:
        """The reference as it stands in the text."""
        return f"[{self.label(stem)}]"

    def definition(self, stem: str) -> str:
        """The line that defines the reference."""
        name = "project.yml" if stem == PROJECT else stem + ".md"
        quoted = UNSAFE.sub(lambda char: "".join(f"%{byte:02X}" for byte in char[0].encode("utf-8", "replace")), name)
        return f"[{self.label(stem)}]: {self.up}{quoted}\n"

    def order(self, stem: str) -> tuple[bool, str]:
        """Sorts definitions: sessions by label, the project last."""
        return (stem == PROJECT, self.label(stem))

"""How far a reader may rely on a page: three shares, each a count with its reason."""

from gitsession.handoff.links import Links
from gitsession.handoff.text import clean, inline, shorten
from gitsession.model.fold import Fold

_WARNING_SIZE = 160  # bytes of one warning on the page


def share(part: int, whole: int) -> float:
    """A share in hundredths, rounded down, so that only what is complete shows 1.0."""
    return part * 100 // whole / 100 if whole else 1.0


class Confidence:
    """The product of: facts in force carried; those not written by a model; closings that matched an opening."""

    def __init__(self, fold: Fold, in_force: int, carried: int) -> None:
        by_model = sum(1 for item in fold.in_force if item.by and item.stem)
        by_model += sum(further.by_model for further in fold.further)
        self._fold = fold
        self._in_force = in_force
        self._carried = carried
        self._by_model = by_model
        whole = (in_force or 1) * (in_force or 1) * (fold.closings or 1)
        part = (
            (carried if in_force else 1)
            * ((in_force - by_model) if in_force else 1)
            * (fold.matched if fold.closings else 1)
        )
        self.value = share(part, whole)

    def reasons(self) -> tuple[str, ...]:
        """One line for each share, as counts."""
        return (
            f"in force carried: {self._carried} of {self._in_force}",
            f"in force written by people or rules: {self._in_force - self._by_model} of {self._in_force}",
            f"closings that matched: {self._fold.matched} of {self._fold.closings}",
        )

    def line(self, links: Links) -> str:
        """What the page says of it: empty when there is nothing to doubt."""
        doubts = []
        if self._carried < self._in_force:
            doubts.append(f"{self._carried} of {self._in_force} facts in force are on this page")
        if self._by_model:
            doubts.append(f"{self._by_model} of {self._in_force} facts in force were written by a model")
        lost = self._fold.closings - self._fold.matched
        if lost > 0:
            doubts.append(f"{lost} of {self._fold.closings} closings matched nothing{self._example(links)}")
        return f"> Confidence {self.value}: {'; '.join(doubts)}.\n" if doubts else ""

    def _example(self, links: Links) -> str:
        if not self._fold.warnings:
            return ""
        last = max(self._fold.warnings, key=lambda warning: (warning.stem, warning.line, warning.message))
        message = inline(shorten(clean(last.message), _WARNING_SIZE), tight=True)
        return f" ({links.label(last.stem)}, line {last.line}: {message})"

"""What may become a fact, and how good it is for one."""

from typing import NamedTuple


class Candidate(NamedTuple):
    """`worth` multiplies what the text's terms weigh; `sure` ones are written whatever they weigh, in the order given."""

    kind: str  # a fact's kind, or goal
    text: str
    number: int  # the turn
    worth: float = 1.0
    sure: bool = False
    box: str = ""
    resolved: str = ""


def shorten(text: str, size: int) -> str:
    """The text within `size` characters, cut between words, where it can after a clause."""
    text = " ".join(text.split())
    if len(text) <= size:
        return text
    cut = text[: size - 1]
    if cut.count("`") % 2:
        cut = cut[: cut.rindex("`")]
    for mark in ("; ", ". ", " – ", " — ", ", ", " ("):
        at = cut.rfind(mark)
        if at > size * 0.6:
            return cut[:at].rstrip(" ,;:(–—") + "…"
    at = cut.rfind(" ")
    return (cut[:at] if at > size * 0.5 else cut).rstrip(" ,;:(–—`") + "…"

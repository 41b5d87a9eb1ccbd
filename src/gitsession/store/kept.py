"""The fold of all sessions but the one that grows, kept from commit to commit."""

from collections.abc import Sequence
from typing import Any

from gitsession.model.folding import FoldState
from gitsession.model.keeping import dump_fold
from gitsession.model.numbers import Numbers
from gitsession.store.cache import load_cache, store_cache

Problems = Sequence[tuple[str, int, str, str]]  # path, line, message, hint of what cannot be read


class Kept:
    """A kept fold. `sum` is what identifies the checkpoints, `raw` git's listing of them where it is known."""

    __slots__ = ("growing", "near", "numbers", "problems", "raw", "sum")

    def __init__(
        self, growing: str, total: int, raw: bytes, numbers: Numbers, near: object, problems: Problems
    ) -> None:
        self.growing = growing
        self.sum = total
        self.raw = raw
        self.numbers = numbers
        self.near = near
        self.problems = problems

    def whole(self, common_dir: str) -> Any:
        """The fold with all facts in force, for `resume_fold`; None where it is not there any more."""
        stored = load_cache(common_dir, "whole")
        return stored[2] if stored and stored[:2] == (self.growing, self.sum) else None

    def store_raw(self, common_dir: str, raw: bytes) -> None:
        """Note git's listing of the same checkpoints."""
        self.raw = raw
        numbers = (sorted(self.numbers.shared), self.numbers.highest, self.numbers.lowest)
        store_cache(common_dir, "fold", (self.growing, self.sum, raw, numbers, self.near, list(self.problems)))


def load_kept(common_dir: str) -> Kept | None:
    """What is kept here; None for nothing."""
    stored = load_cache(common_dir, "fold")
    if not stored:
        return None
    growing, total, raw, (shared, highest, lowest), near, problems = stored
    return Kept(growing, total, raw, Numbers(frozenset(shared), highest, lowest), near, problems)


def store_kept(
    common_dir: str, growing: str, total: int, raw: bytes, numbers: Numbers, state: FoldState, problems: Problems
) -> None:
    """Keep a fold: what a page needs of it, and all of it."""
    whole, near = dump_fold(state)
    store_cache(common_dir, "whole", (growing, total, whole))
    Kept(growing, total, raw, numbers, near, problems).store_raw(common_dir, raw)

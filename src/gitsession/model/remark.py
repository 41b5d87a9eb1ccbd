"""What `check` says of a repository."""

from typing import Literal, NamedTuple

Level = Literal["error", "warning", "note"]


class Remark(NamedTuple):
    """One thing that `check` found. docs/check.md lists the codes.

    `path` and `line` (from 1) are None where it is of no file, or of no line. `fixable`: `check --fix` would see to it.
    """

    level: Level
    code: str
    path: str | None
    line: int | None
    message: str
    hint: str = ""
    fixable: bool = False

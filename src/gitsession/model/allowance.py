"""A finding of the secret gate that people let stand."""

from typing import NamedTuple


class Allowance(NamedTuple):
    """One file of `.sessions/allowed/`. It knows the value by a slow hash only."""

    id: str
    path: str  # empty where `glob` says which files; `*` in that stands for any characters, `/` too
    glob: str
    kind: str
    reason: str
    author: str
    date: str
    salt: str  # hex
    hash: str  # hex

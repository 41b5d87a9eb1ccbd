"""What the secret gate reports."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One place that looks like a secret. `excerpt` is masked: the value itself is never kept (law 5)."""

    path: str
    line: int  # from 1
    column: int  # from 1
    kind: str
    excerpt: str

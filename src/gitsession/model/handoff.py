"""The handoff as a value, and what it is derived from."""

from collections.abc import Sequence
from typing import NamedTuple

from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Fold
from gitsession.model.numbers import Numbers
from gitsession.model.settings import Settings

#: Raised with every change to what a page says for the same checkpoints.
RENDERER = 3
BYTES_PER_TOKEN = 4


class TouchedFile(NamedTuple):
    """A file that sessions changed: in the last 200 commits, or in what is staged. Never one under `.sessions/`."""

    path: str
    stems: tuple[str, ...]  # sessions whose commits changed it, oldest first; the one in progress last
    new: bool = False  # added by the session in progress


class Source(NamedTuple):
    """All that a handoff depends on."""

    settings: Settings
    fold: Fold
    session: Checkpoint | None  # in progress; None: none is
    branch: str  # "" detached
    stems: Sequence[str] | Numbers  # of all sessions, in any order (where two share a number, links show the stem)
    files: Sequence[TouchedFile] = ()  # most relevant first
    subjects: Sequence[tuple[str, Sequence[str]]] = ()  # per session: subjects of its commits, newest first
    source_id: str = ""  # id (12 hex) of the source tree that is committed
    checkpoints_digest: str = ""  # of checkpoints, settings and knowledge
    folder_up: str = ""  # "" for the master, "../" for a branch handoff
    knowledge: Sequence[tuple[str, str]] | None = None  # name and title of what fits, best first; None: none is there
    chosen: tuple[str, ...] = ()  # stems that a person chose; empty: the page is of all sessions, and `fold` is, too


class Figures(NamedTuple):
    """The figures of a page. `preservation` is None where too little is recorded to say."""

    in_force: int
    in_force_carried: int
    background: int
    background_carried: int
    preservation: float | None
    confidence: float
    reasons: tuple[str, ...]  # one for each share of the confidence
    tokens: int = 0


class Handoff(NamedTuple):
    """A derived page."""

    text: str
    figures: Figures
    session: str  # stem, "" where none is in progress
    sections: tuple[tuple[str, tuple[str, ...]], ...]  # heading and the lines carried under it, for programs


class PageMeta(NamedTuple):
    """What the closing comment of a stored page says."""

    schema: int
    session: str
    renderer: int
    checkpoints: str
    body: str
    figures: str = ""

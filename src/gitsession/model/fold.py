"""What folding all checkpoints gives: the project's state."""

from typing import NamedTuple

from gitsession.model.checkpoint import Checkpoint


class Item(NamedTuple):
    """A fact with its fate after the fold."""

    kind: str
    text: str  # as in the checkpoint, without marks; an unsolved error without its "Not solved:"
    stem: str  # the session that it came from first; "" for project.yml
    line: int = 0  # in that checkpoint, from 1
    stems: tuple[str, ...] = ()  # every session in which it stands open, oldest first
    taken_by: str = ""  # step: the session that took it up
    age: int = 0  # sessions that it has been open in, its own included
    retired: tuple[tuple[str, str], ...] = ()  # decision, constraint: (text, stem) of what it replaced
    source: str = ""  # state: id of the source tree it was observed on
    by: str = ""  # the model that wrote it, if one did
    est: str = ""


class Warning(NamedTuple):  # noqa: A001  (the term of the design; nobody raises it)
    """Something that two people would want to know: a closing that matches nothing, one that was overtaken."""

    stem: str
    line: int
    message: str


class Fold(NamedTuple):
    """The state of a project: a function of the set of its checkpoints.

    `in_force` and `background` stand in the order of their sessions, then of their files.
    `background_total` and `older` count what is not listed, since a long history is not carried along in full.
    """

    in_force: tuple[Item, ...] = ()
    background: tuple[Item, ...] = ()  # the newest; lessons, solved errors, commands, notes, done, retired
    background_total: int = 0
    older: tuple[tuple[str, int, tuple[str, ...]], ...] = ()  # per kind: how many are not listed, in which sessions
    recent: tuple[Checkpoint, ...] = ()  # the newest sessions, in order
    size: int = 0  # how many sessions
    first: str = ""  # stem of the oldest session
    closings: int = 0  # closings that name an opening elsewhere
    matched: int = 0  # of these, those that found one
    warnings: tuple[Warning, ...] = ()

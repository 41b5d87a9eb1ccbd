"""What folding all checkpoints gives: the project's state."""

from collections import Counter
from collections.abc import Iterable
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


class Further(NamedTuple):
    """Facts in force of one kind that are counted and not listed."""

    kind: str
    number: int
    by_model: int  # of these, those that a model wrote
    stems: tuple[str, ...]  # the last five sessions that they came from, by name, last first


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
    further: tuple[Further, ...] = ()  # facts in force that are not listed, by kind


STEMS_OF_FURTHER = 5


def _is_own(item: Item, session: str) -> bool:
    return bool(session) and session in (item.stem, item.taken_by, *item.stems)


def suffices(fold: Fold, session: str, most: int) -> bool:
    """Whether a fold that lists some facts in force lists all that `nearest` would."""
    listed = Counter(item.kind for item in fold.in_force if item.stem and not _is_own(item, session))
    return all(listed[further.kind] >= most for further in fold.further)


def nearest(fold: Fold, session: str, most: int) -> Fold:
    """The fold with no more than `most` facts in force of each kind listed, beside the session's own: the newest.

    Of constraints the oldest, as the page has them. `nearest(nearest(f, s, m), s, n)` is `nearest(f, s, n)` for n <= m.
    """
    places: dict[str, list[int]] = {}
    for place, item in enumerate(fold.in_force):
        if item.stem and not _is_own(item, session):
            places.setdefault(item.kind, []).append(place)
    cut = [
        i for kind, of in places.items() for i in (of[most:] if kind == "constraint" else of[: max(len(of) - most, 0)])
    ]
    if not cut:
        return fold
    left = set(cut)
    return fold._replace(
        in_force=tuple(item for i, item in enumerate(fold.in_force) if i not in left),
        further=add_further(fold.further, [(i.kind, i.stem, bool(i.by)) for i in (fold.in_force[i] for i in cut)]),
    )


def add_further(further: tuple[Further, ...], cut: Iterable[tuple[str, str, bool]]) -> tuple[Further, ...]:
    """Count more facts as not listed: (kind, stem, written by a model) each."""
    number = Counter({f.kind: f.number for f in further})
    by_models = Counter({f.kind: f.by_model for f in further})
    stems: dict[str, set[str]] = {f.kind: set(f.stems) for f in further}
    for kind, stem, by_model in cut:
        number[kind] += 1
        by_models[kind] += by_model
        stems.setdefault(kind, set()).add(stem)
    return tuple(
        Further(kind, number[kind], by_models[kind], tuple(sorted(of, reverse=True)[:STEMS_OF_FURTHER]))
        for kind, of in sorted(stems.items())
    )

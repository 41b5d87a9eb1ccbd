"""A fold put away as plain tuples, and taken up again: what a commit adds to a long history is then all that it costs."""

from array import array
from collections.abc import Iterable
from typing import Any

from gitsession.model.background import Keys, key_hash, newest
from gitsession.model.checkpoint import CHECKPOINT_FIELDS, Checkpoint
from gitsession.model.fact import Fact
from gitsession.model.fold import Further, Warning, add_further  # noqa: A004
from gitsession.model.folding import FoldState, Opening, WholeNeededError, fact_key

#: Facts in force of each kind that the small form carries.
NEAR = 128

_Open = tuple[str, str, Opening]  # key, stem, opening


def dump_fold(state: FoldState) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The state as plain tuples, for `resume_fold`: with all facts in force, and what a page needs of it.

    The second is small whatever the history: of each kind the NEAR facts in force that a page would show first, and one
    warning. The others are counted; what is resumed from it raises WholeNeededError where it would need one of them.
    Of the background both have what is listed.
    """
    groups: dict[str, dict[str, list[_Open]]] = {}
    openings = _openings(state)
    for key, stem, opening in openings:
        groups.setdefault(opening.fact.kind, {}).setdefault(key, []).append((key, stem, opening))
    near: list[_Open] = []
    far: list[list[_Open]] = []
    for kind, of in groups.items():
        same = list(of.values())
        at = NEAR if kind == "constraint" else max(len(same) - NEAR, 0)
        parts = (same[:at], same[at:]) if kind == "constraint" else (same[at:], same[:at])
        near += [o for group in parts[0] for o in group]
        far += parts[1]
    near.sort(key=_place)
    further = add_further((), ((of[0][2].fact.kind, of[0][1], bool(of[-1][2].fact.by)) for of in far))
    warnings = [(w.stem, w.line, w.message) for w in state.warnings]
    rest = _dump(state)
    return (
        (_plain_openings(openings), warnings, _hashes(()), (), *rest),
        (
            _plain_openings(near),
            [max(warnings)] if warnings else [],
            _hashes(of[0][0] for of in far),
            [*map(tuple, further)],
            *rest,
        ),
    )


def _openings(state: FoldState) -> list[_Open]:
    found = [(key, stem, o) for key, there in state.open.items() for stem, o in there.items()]
    return sorted(found, key=_place)


def _place(opening: _Open) -> tuple[int, int]:
    return (opening[2].index, opening[2].fact.line)


def _hashes(keys: Iterable[str], older: Keys | None = None) -> bytes:
    return array("I", sorted({*map(key_hash, keys), *(older or ())})).tobytes()


def _plain_openings(openings: list[_Open]) -> list[tuple[object, ...]]:
    return [(key, stem, tuple(o.fact), o.index, o.taken_by, o.retired) for key, stem, o in openings]


def _dump(state: FoldState) -> tuple[object, ...]:
    """What both forms have."""
    rows = [(kind, fact, stem, index) for (stem, _), (kind, fact, index) in state.background.items()]
    rows.sort(key=lambda row: (row[3], row[1].line))
    listed, older = newest(rows, state.trimmed)
    return (
        [(key, tuple(fact), stem, index) for key, (fact, stem, index) in state.state.items()],
        [(key, tuple(fact), stem, index) for key, (fact, stem, index) in state.commands.items()],
        [(kind, fact_key(fact), tuple(fact), stem, index) for kind, fact, stem, index in listed],
        [_plain(c) for c in state.sessions],
        [(place, [(w.stem, w.line, w.message) for w in early]) for place, early in state.ahead.items()],
        (state.count, state.first, state.last, state.closings, state.matched),
        [(kind, (count, stems)) for kind, count, stems in older],
        _hashes((*state.closed, *(key for _, key in state.background)), state.gone),
        _hashes(state.parents, state.older),
        sorted(p for p in state.late if not state.knows(p)),
        state.circle or any(map(state.knows, state.late)),
    )


def resume_fold(dumped: Any, checkpoint: Checkpoint | None) -> FoldState:
    """The state that was put away. Raises WholeNeededError if `checkpoint` (None: no more) does not come next."""
    state = FoldState()
    (
        openings, warnings, far, further, states, commands, background, sessions, ahead, numbers, trimmed, gone, stems,
        unknown, circle,
    ) = dumped  # fmt: skip
    state.count, state.first, last, state.closings, state.matched = numbers
    state.last = tuple(last)
    state.late, state.circle = set(unknown), circle
    if checkpoint is not None and not state.comes_next(checkpoint):
        raise WholeNeededError
    for key, stem, fact, index, taken_by, retired in openings:
        opening = Opening(Fact._make(fact), stem, index)
        opening.taken_by, opening.retired = taken_by, retired
        state.open.setdefault(key, {})[stem] = opening
    state.state = {key: (Fact._make(fact), stem, index) for key, fact, stem, index in states}
    state.commands = {key: (Fact._make(fact), stem, index) for key, fact, stem, index in commands}
    state.background = {(stem, key): (kind, Fact._make(fact), index) for kind, key, fact, stem, index in background}
    state.sessions = [Checkpoint(*(*plain[:-1], tuple(map(Fact._make, plain[-1])))) for plain in sessions]
    state.warnings = dict.fromkeys(Warning(*w) for w in warnings)
    state.ahead = {tuple(place): [Warning(*w) for w in early] for place, early in ahead}
    state.trimmed = dict(trimmed)
    state.gone, state.older, state.far = Keys(gone), Keys(stems), Keys(far)
    state.further = tuple(Further(*f) for f in further)
    return state


def _plain(checkpoint: Checkpoint) -> tuple[object, ...]:
    values = [getattr(checkpoint, f) for f in CHECKPOINT_FIELDS]
    return (*values, tuple(tuple(f) for f in checkpoint.facts))

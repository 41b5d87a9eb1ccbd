"""A fold put away as plain tuples, and taken up again: what a commit adds to a long history is then all that it costs."""

from array import array
from typing import Any

from gitsession.model.background import Keys, key_hash, newest
from gitsession.model.checkpoint import CHECKPOINT_FIELDS, Checkpoint
from gitsession.model.fact import Fact
from gitsession.model.fold import Warning  # noqa: A004
from gitsession.model.folding import FoldState, Opening, WholeNeededError, fact_key


def dump_fold(state: FoldState) -> tuple[object, ...]:
    """The state as plain tuples, small whatever the history: for `resume_fold`."""
    background = sorted(state.background.items(), key=lambda b: (b[1][2], b[1][1].line))
    rows = [(kind, fact, stem, index) for (stem, _), (kind, fact, index) in background]
    listed, older = newest(rows)
    gone = {key_hash(key) for key in state.closed} | {key_hash(key) for _, key in state.background}
    trimmed = {kind: (count, stems) for kind, count, stems in older}
    return (
        [
            (key, stem, tuple(o.fact), o.index, o.taken_by, o.retired)
            for key, there in state.open.items()
            for stem, o in there.items()
        ],
        [(key, tuple(fact), stem, index) for key, (fact, stem, index) in state.state.items()],
        [(key, tuple(fact), stem, index) for key, (fact, stem, index) in state.commands.items()],
        [(kind, tuple(fact), stem, index) for kind, fact, stem, index in listed],
        [_plain(c) for c in state.sessions],
        [(w.stem, w.line, w.message) for w in state.warnings],
        [(place, [(w.stem, w.line, w.message) for w in warnings]) for place, warnings in state.ahead.items()],
        (state.count, state.first, state.last, state.closings, state.matched),
        list(trimmed.items()),
        array("Q", sorted(gone)).tobytes(),
        sorted(state.late - set(state.parents)),
        bool(state.late & set(state.parents)),  # parents in a circle: what comes next need not come last
        sorted(state.parents),
    )


def resume_fold(dumped: Any, checkpoint: Checkpoint | None) -> FoldState:
    """The state that `dump_fold` gave. Raises WholeNeededError if `checkpoint` (None: no more) does not come next."""
    state = FoldState()
    (
        openings,
        states,
        commands,
        background,
        sessions,
        warnings,
        ahead,
        numbers,
        trimmed,
        gone,
        unknown,
        circle,
        stems,
    ) = dumped
    state.count, state.first, last, state.closings, state.matched = numbers
    state.last = tuple(last)
    if checkpoint is not None and (circle or checkpoint.order < state.last or checkpoint.stem in unknown):
        raise WholeNeededError
    for key, stem, fact, index, taken_by, retired in openings:
        opening = Opening(Fact._make(fact), stem, index)
        opening.taken_by, opening.retired = taken_by, retired
        state.open.setdefault(key, {})[stem] = opening
    state.state = {key: (Fact._make(fact), stem, index) for key, fact, stem, index in states}
    state.commands = {key: (Fact._make(fact), stem, index) for key, fact, stem, index in commands}
    for kind, plain, stem, index in background:
        fact = Fact._make(plain)
        state.background[stem, fact_key(fact)] = (kind, fact, index)
    state.sessions = [Checkpoint(*(*plain[:-1], tuple(map(Fact._make, plain[-1])))) for plain in sessions]
    state.warnings = dict.fromkeys(Warning(*w) for w in warnings)
    state.ahead = {tuple(place): [Warning(*w) for w in early] for place, early in ahead}
    state.parents = dict.fromkeys(stems, ())
    state.trimmed = dict(trimmed)
    state.gone = Keys(gone)
    return state


def _plain(checkpoint: Checkpoint) -> tuple[object, ...]:
    values = [getattr(checkpoint, f) for f in CHECKPOINT_FIELDS]
    return (*values, tuple(tuple(f) for f in checkpoint.facts))

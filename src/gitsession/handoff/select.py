"""The rows that a page may carry, in the order in which they claim room: facts in force, then background."""

from collections.abc import Iterable
from typing import NamedTuple

from gitsession.handoff import now
from gitsession.handoff.background import before_rows, command_rows, lesson_rows, note_rows
from gitsession.handoff.budget import Row
from gitsession.handoff.links import PROJECT, Links
from gitsession.handoff.text import clean, inline
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fact import text_key
from gitsession.model.fold import Fold, Item
from gitsession.model.handoff import Source
from gitsession.model.settings import Settings

LATER = 1  # group of the steps of other sessions
_LONG_OPEN = 3  # sessions from which on a question's age is told
_LIKE_RETIRED = ("decision", "constraint", "retired")

INTROS = {
    ("Now", now.ASKED_GROUP): now.ASKED_INTRO,
    ("Now", now.DONE_GROUP): now.DONE_INTRO,
    ("Next", LATER): "\nLater:\n",
    ("Run", 0): "| for | command |\n| --- | --- |\n",
    ("Run", 1): "\n",
}


class Selection(NamedTuple):
    """`rows[:binding]` carry facts in force, the others background, then what a model wrote; each part in the order of its claim."""

    rows: list[Row]
    binding: int
    taken: list[Item]  # steps that the first line shows
    last: Checkpoint | None  # the session that Now speaks of


def open_steps(fold: Fold, session: str) -> list[Item]:
    """Open steps as the page numbers them: the session's own, then those of others, newest session first.

    A step that the session itself took up is its work and not among them.
    """
    steps = [item for item in fold.in_force if item.kind == "step" and not (session and item.taken_by == session)]
    own = [item for item in steps if _is_own(item, session)]
    others = [item for item in steps if not _is_own(item, session)]
    place = {stem: number for number, stem in enumerate(dict.fromkeys(item.stem for item in others))}
    return own + sorted(others, key=lambda item: -place[item.stem])


def select(source: Source, links: Links, *, inline_taken: bool) -> Selection:
    """All rows for a source. `inline_taken`: steps that the session took up may stand in its own line instead."""
    fold = source.fold
    focus = source.session or (fold.recent[-1] if fold.recent else None)
    stem = focus.stem if focus else "-"
    current = source.session.stem if source.session else ""
    by_kind: dict[str, list[Item]] = {}
    for item in fold.in_force:
        by_kind.setdefault(item.kind, []).append(item)
    background: dict[str, list[Item]] = {}
    for item in fold.background:
        background.setdefault(item.kind, []).append(item)

    taken = [item for item in by_kind.get("step", ()) if current and item.taken_by == current]
    in_line = [item for item in taken if inline_taken and now.fits_in_line(item)][:2]
    states, pull_request = now.state_rows(source, links, by_kind.get("state", []), stem)
    own_steps, later_steps = _step_rows(fold, links, current)

    rows = [*_project_constraints(source, links, by_kind.get("constraint", ()))]
    rows += states
    rows += now.unsolved_rows(list(reversed(by_kind.get("error", ()))), links, stem)
    rows += [now.taken_row(item, links, place) for place, item in enumerate(taken) if item not in in_line]
    rows += own_steps
    rows += _waiting_rows(by_kind, links)
    retired: list[tuple[int, Item]] = []
    rows += _binding_rows(
        "Must hold", (i for i in by_kind.get("constraint", ()) if i.stem != PROJECT), links, retired, len(rows)
    )
    before = len(rows)
    decided = _binding_rows("Decided", reversed(by_kind.get("decision", ())), links, retired, before)
    # Where the room ends, what is to be done counts as much as what was decided: two decisions, a step, and so on.
    order = sorted(range(len(decided) + len(later_steps)), key=lambda i: _turn(i, len(decided)))
    rows += [[*decided, *later_steps][i] for i in order]
    place = {before + old: before + new for new, old in enumerate(order)}
    retired = [(place.get(host, host), item) for host, item in retired]
    binding = len(rows)

    rows += now.asked_rows(focus.goal) if focus else []
    rows += now.done_rows(sorted((item for item in background.get("done", ()) if item.stem == stem), key=_by_model))
    if current and not pull_request:
        rows.append(Row("Now", (now.PULL_REQUEST, 0), "- Pull request: none recorded."))
    known = {(item.stem, text_key(item.text)): kind for kind in _LIKE_RETIRED for item in background.get(kind, ())}
    rows += [_retired_row(host, item, links, known) for host, item in retired]
    rows += command_rows(source.settings, [item for item in background.get("command", ()) if not item.by], current)
    rows += lesson_rows(background, links, fold)
    rows += before_rows(source, links, background.get("done", []), stem)
    # Those of the session that the page speaks of first, then the newest.
    rows += note_rows(sorted(background.get("note", ()), key=lambda item: item.stem == stem), links, current)
    rows, binding = _models_last(rows, binding, fold)
    commands = command_rows(Settings(), [item for item in background.get("command", ()) if item.by], current)
    rows += [row._replace(place=(row.place[0], len(rows) + row.place[1])) for row in commands]
    return Selection(rows, binding, in_line, focus)


def _by_model(item: Item) -> bool:
    return bool(item.by)


def _models_last(rows: list[Row], binding: int, fold: Fold) -> tuple[list[Row], int]:
    """The rows with what a model wrote behind all others: it gets the room that they leave, so that it displaces nothing that is certain."""
    by_model = {(item.kind, item.stem, clean(item.text)) for item in (*fold.in_force, *fold.background) if item.by}
    if not by_model:
        return rows, binding
    late = [n for n, row in enumerate(rows) if row.host < 0 and (row.kind, row.stem, row.body) in by_model]
    order = [n for n in range(len(rows)) if n not in late] + late
    place = {old: new for new, old in enumerate(order)}
    moved = [rows[n]._replace(host=place[rows[n].host]) if rows[n].host >= 0 else rows[n] for n in order]
    return moved, binding - sum(n < binding for n in late)


def _turn(index: int, decided: int) -> tuple[int, int]:
    return (index // 2, 0) if index < decided else (index - decided, 1)


def _is_own(item: Item, session: str) -> bool:
    return bool(session) and (item.stem == session or session in item.stems)


def _step_rows(fold: Fold, links: Links, current: str) -> tuple[list[Row], list[Row]]:
    own: list[Row] = []
    later: list[Row] = []
    for item in open_steps(fold, current):
        suffix = f" {links.ref(item.stem)}"
        refs: tuple[str, ...] = (item.stem,)
        if item.taken_by:
            suffix += f", taken up in {links.ref(item.taken_by)}"
            refs = (item.stem, item.taken_by)
        if not current or _is_own(item, current):
            place, prefix, rows = (0, len(own)), f"{len(own) + 1}. [ ] ", own
        else:
            place, prefix, rows = (LATER, len(later)), "- [ ] ", later
        rows.append(
            Row(
                "Next",
                place,
                prefix,
                clean(item.text),
                suffix,
                refs,
                force=1,
                starts=False,
                kind="step",
                stem=item.stem,
            )
        )
    return own, later


def _waiting_rows(by_kind: dict[str, list[Item]], links: Links) -> list[Row]:
    rows: list[Row] = []
    for kind, word in (("blocker", "Blocked"), ("question", "Question")):
        for item in reversed(by_kind.get(kind, ())):
            age = f", open for {item.age} sessions" if item.age >= _LONG_OPEN else ""
            rows.append(
                Row(
                    "Waiting for someone",
                    (0, len(rows)),
                    f"- **{word}:** ",
                    clean(item.text),
                    f" {links.ref(item.stem)}{age}",
                    (item.stem,),
                    force=1,
                    starts=False,
                    kind=kind,
                    stem=item.stem,
                )
            )
    return rows


def _project_constraints(source: Source, links: Links, items: Iterable[Item]) -> list[Row]:
    """Those of project.yml: settings, so not counted as facts, and ahead of all others."""
    texts = {text_key(text): text for text in source.settings.constraints}
    texts.update((text_key(item.text), item.text) for item in items if item.stem == PROJECT)
    suffix = f" {links.ref(PROJECT)}"
    return [
        Row("Must hold", (0, place), "- ", clean(text), suffix, (PROJECT,), kind="constraint")
        for place, text in enumerate(texts.values())
    ]


def _binding_rows(
    section: str, items: Iterable[Item], links: Links, retired: list[tuple[int, Item]], first: int
) -> list[Row]:
    rows: list[Row] = []
    for item in items:
        if item.retired:
            retired.append((first + len(rows), item))
        rows.append(
            Row(
                section,
                (1, len(rows)),
                "- ",
                clean(item.text),
                f" {links.ref(item.stem)}",
                (item.stem,),
                force=1,
                kind=item.kind,
                stem=item.stem,
            )
        )
    return rows


def _retired_row(host: int, item: Item, links: Links, known: dict[tuple[str, str], str]) -> Row:
    """What a decision replaced, appended to its line."""
    old = "; ".join(f"{inline(clean(text))} {links.ref(stem)}" for text, stem in item.retired)
    counted = [(stem, text_key(text)) for text, stem in item.retired]
    kinds = [known[fact] for fact in dict.fromkeys(counted) if fact in known]
    return Row(
        "Decided",
        (0, 0),
        f". *Not any more:* {old}",
        refs=tuple(stem for _, stem in item.retired),
        host=host,
        back=tuple(stem for stem, _ in dict.fromkeys(counted) if (stem, _) in known),
        kind=kinds[0] if kinds else item.kind,
    )

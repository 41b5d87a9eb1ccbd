"""Rows of background: commands, lessons, solved errors, notes, and the sessions before."""

from gitsession.handoff.budget import Row
from gitsession.handoff.links import Links
from gitsession.handoff.people import day, who, year_of
from gitsession.handoff.text import block, clean, code_span, first_paragraph, inline, join_within, sentence, shorten
from gitsession.model.fact import state_key, text_key
from gitsession.model.fold import Fold, Item
from gitsession.model.handoff import Source
from gitsession.model.settings import Settings

SESSIONS_BEFORE = 5
UNTOLD = "untold"  # kind of a row on a session that says nothing of itself
_WHAT_SIZE = 160  # bytes of what a session before did
_LAST_SIZE = 480  # the same for the newest of them, which the next one goes on from
_TITLE_SIZE = 120  # bytes


class _Command:
    """What is run for one purpose: the project's or the latest session's way, and that of the session in progress."""

    __slots__ = ("base", "base_stem", "carried", "name", "own")

    def __init__(self, name: str) -> None:
        self.name = name
        self.base: list[str] = []
        self.base_stem = ""
        self.own: list[str] = []
        self.carried: list[str] = []  # sessions of the facts


def command_rows(settings: Settings, facts: list[Item], current: str) -> list[Row]:
    """A row of the table for each purpose. A pipe cannot stand in a table as typed: such commands follow below."""
    commands = {text_key(name): _Command(clean(name)) for name, _ in settings.commands}
    for name, text in settings.commands:
        commands[text_key(name)].base.append(code_span(text))
    for item in facts:
        name, value = state_key(clean(item.text))
        command = commands.setdefault(text_key(name) if name else f": {text_key(value)}", _Command(name))
        text = block(value) if "`" in value else code_span(value)
        if current and item.stem == current:
            command.own.append(text)
        elif command.base and command.base_stem == item.stem:
            command.base.append(text)
        else:
            command.base, command.base_stem, command.carried = [text], item.stem, []
        command.carried.append(item.stem)
    rows: list[Row] = []
    for place, command in enumerate(commands.values()):
        base = list(dict.fromkeys(command.base))
        own = [text for text in dict.fromkeys(command.own) if text not in base]
        text = ", ".join(base or own) + (f" (this session: {', '.join(own)})" if base and own else "")
        name = command.name
        if "|" in name + text:
            rows.append(
                Row(
                    "Run",
                    (1, place),
                    f"- {block(name)}: {text}" if name else f"- {text}",
                    back=tuple(command.carried),
                    kind="command",
                )
            )
        else:
            rows.append(
                Row("Run", (0, place), f"| {inline(name)} | {text} |", back=tuple(command.carried), kind="command")
            )
    return rows


def lesson_rows(background: dict[str, list[Item]], links: Links, fold: Fold) -> list[Row]:
    """Lessons, then solved errors, each newest first; the newest of both have the first claim."""
    rows = []
    for group, kind in enumerate(("lesson", "error")):
        for place, item in enumerate(reversed(background.get(kind, ()))):
            rows.append(
                Row(
                    "Watch out",
                    (group, place),
                    "- ",
                    clean(item.text),
                    f" {links.ref(item.stem)}",
                    (item.stem,),
                    back=(item.stem,),
                    kind=kind,
                    stem=item.stem,
                )
            )
    age = {stem: number for number, stem in enumerate(dict.fromkeys(item.stem for item in reversed(fold.background)))}
    rows.sort(key=lambda row: age[row.stem])
    return rows


def note_rows(notes: list[Item], links: Links, current: str) -> list[Row]:
    """Notes, the last in the list first."""
    return [
        Row(
            "Watch out",
            (2, place),
            "- Note: ",
            clean(item.text),
            "" if item.stem == current else f" {links.ref(item.stem)}",
            () if item.stem == current else (item.stem,),
            back=(item.stem,),
            starts=False,
            kind="note",
            stem=item.stem,
        )
        for place, item in enumerate(reversed(notes))
    ]


def before_rows(source: Source, links: Links, done: list[Item], focus: str) -> list[Row]:
    """The sessions before, newest first: what was done in each, else what it was for."""
    sessions = [session for session in reversed(source.fold.recent) if session.stem != focus][:SESSIONS_BEFORE]
    by_stem: dict[str, list[str]] = {session.stem: [] for session in sessions}
    for item in done:
        if item.stem in by_stem:
            by_stem[item.stem].append(inline(clean(item.text).removesuffix(".")))
    year = year_of(source.session or (source.fold.recent[-1] if source.fold.recent else None))
    rows = []
    for place, session in enumerate(sessions):
        parts = by_stem[session.stem]
        size = _WHAT_SIZE if place else _LAST_SIZE
        what, count = join_within(parts, size, "; " if any("," in part for part in parts) else ", ")
        if not what and session.goal.strip():
            what = inline(shorten(first_paragraph(session.goal), size))
        title = inline(shorten(clean(session.title or session.stem), _TITLE_SIZE), tight=True)
        line = f"- {links.ref(session.stem)} {title}{who(session, day=day(session, year))}"
        rows.append(
            Row(
                "Before",
                (0, place),
                f"{line}: {sentence(what)}" if what else line,
                refs=(session.stem,),
                back=(session.stem,) * count,
                kind="done" if what else UNTOLD,
                stem=session.stem,
            )
        )
    return rows

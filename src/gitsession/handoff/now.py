"""The first section: the session, what is done in it, the state, what is not solved."""

import re

from gitsession.formats.facts import parse_fact
from gitsession.handoff.budget import Row
from gitsession.handoff.links import Links
from gitsession.handoff.page import WHERE_TO_LOOK
from gitsession.handoff.people import day, status, who, year_of
from gitsession.handoff.text import block, clean, code_span, first_paragraph, inline, join_within, sentence, shorten
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fact import state_key
from gitsession.model.fold import Item
from gitsession.model.handoff import Source

# Groups of the section, in their order on the page.
_TAKEN, ASKED_GROUP, _DONE, DONE_GROUP, _TESTED, _STATE, _UNSOLVED, PULL_REQUEST = range(8)
DONE_INTRO = "- Done in it:\n"
ASKED_INTRO = "- Asked for in it:\n"
_DONE_SIZE = 240  # bytes of what is done on one line; more becomes a list
_TAKEN_SIZE = 200  # bytes of a step in the first line
_BRANCH_SIZE = 100
_TESTS_SIZE = 1000  # characters of a test result that is taken apart

_TESTS = ("tests", "test")
#: The line of State that names the files of a session stands where people look for files.
FILES_CHANGED = "files changed"
_PULL_REQUEST = ("pull request", "pr", "merge request")
_RESULT_FIRST = re.compile(
    r"(?P<result>[^`]*?[^`\s,;:])[\s,;:]*(?P<command>(?P<ticks>`+)[^`]+(?P=ticks))(?P<rest>.*)\Z"
)
_COMMAND_FIRST = re.compile(
    r"(?P<command>(?P<ticks>`+)[^`]+(?P=ticks))[\s,;:]*(?P<result>[^`(]*?[^`(\s])(?P<rest>(?:\s*\(.*)?)\Z"
)


def session_line(source: Source, links: Links, taken: list[Item], sizes: tuple[int, int]) -> tuple[str, list[str]]:
    """The line on the session and the stems that it links to. `sizes`: bytes of title and goal, 0 for no goal."""
    session = source.session
    if session is None:
        if not source.fold.recent:
            return "No session is in progress, and none came before.\n", []
        last = source.fold.recent[-1]
        lead = "The last of these was" if source.chosen else "No session is in progress. The last was"
        text = f"{lead} {_title(last, links, sizes[0])}"
        text += f"{who(last, day=day(last, year_of(last)))}, {status(last, current=False, here=source.branch)}"
        return text + _goal(last, sizes[1]) + "\n", [last.stem]
    text = f"{_title(session, links, sizes[0])}, {status(session, current=True)}"
    branch = session.branch or source.branch
    if branch:
        text += f" on {code_span(shorten(branch, _BRANCH_SIZE))}"
    text += who(session)
    refs = [session.stem]
    for item in taken:
        text += f' (takes up "{inline(clean(item.text), tight=True)}" of {links.ref(item.stem)})'
        refs.append(item.stem)
    return text + _goal(session, sizes[1]) + "\n", refs


def _title(session: Checkpoint, links: Links, size: int) -> str:
    return f"**{links.ref(session.stem)} {inline(shorten(clean(session.title or session.stem), size), tight=True)}**"


def _goal(session: Checkpoint, size: int) -> str:
    goal = shorten(first_paragraph(session.goal), size) if size else ""
    return f": {sentence(inline(goal))}" if goal else "."


def fits_in_line(item: Item) -> bool:
    """Whether a step that the session took up is short enough for the session's own line."""
    return len(item.text.encode("utf-8", "replace")) <= _TAKEN_SIZE


def taken_row(item: Item, links: Links, place: int) -> Row:
    """A longer step that the session took up."""
    return Row(
        "Now",
        (_TAKEN, place),
        "- Takes up: ",
        clean(item.text),
        f" {links.ref(item.stem)}",
        (item.stem,),
        force=1,
        starts=False,
        kind="step",
        stem=item.stem,
    )


def asked_rows(goal: str) -> list[Row]:
    """What was asked for in the session besides its first goal: the list below it. Newest first, in the order of priority."""
    asked = [parse_fact(line[2:], "", 0).text for line in goal.split("\n") if line.startswith("- ")]
    rows = [Row("Now", (ASKED_GROUP, place), "  - ", clean(words)) for place, words in enumerate(asked) if words]
    return rows[::-1]


def done_rows(done: list[Item]) -> list[Row]:
    """What was done in the session: on one line, or a list when it is long. Newest first, in the order of priority."""
    if not done:
        return []
    texts = [inline(clean(item.text).removesuffix(".")) for item in done[:40]]
    line, count = join_within(
        texts, _DONE_SIZE, "; " if any("," in text for text in texts) and len(texts) > 1 else ", "
    )
    if count == len(done):
        return [
            Row(
                "Now",
                (_DONE, 0),
                f"- Done in it: {sentence(line)}",
                back=(done[0].stem,) * count,
                kind="done",
                stem=done[0].stem,
            )
        ]
    places = range(len(done))
    return [
        Row(
            "Now",
            (DONE_GROUP, place),
            "  - ",
            clean(done[place].text),
            back=(done[place].stem,),
            kind="done",
            stem=done[place].stem,
        )
        for place in reversed(places)
    ]


def state_rows(source: Source, links: Links, states: list[Item], current: str) -> tuple[list[Row], bool]:
    """A row for each line of State, tests first; and whether one of them speaks of a pull request."""
    rows = []
    pull_request = False
    for position, item in enumerate(states):
        key, value = state_key(clean(item.text))
        folded = key.casefold()
        origin, refs = ("", ()) if item.stem in (current, "") else (f" {links.ref(item.stem)}", (item.stem,))
        observed = _observed(item, source.source_id)
        text = _tests(value, observed) if folded in _TESTS else f"{inline(value)}{observed}"
        label = f"{block(key[:1].upper() + key[1:])}: " if key else "State: "
        if folded == FILES_CHANGED:
            words = f"- Changed: {sentence(text + origin)}"
            rows.append(Row(WHERE_TO_LOOK, (0, position), words, refs=refs, force=1, kind="state", stem=item.stem))
            continue
        group = _TESTED
        if folded in _PULL_REQUEST:
            group, pull_request = PULL_REQUEST, True
        elif folded not in _TESTS:
            group = _STATE
        rows.append(
            Row(
                "Now",
                (group, position),
                f"- {label}{sentence(text + origin)}",
                refs=refs,
                force=1,
                kind="state",
                stem=item.stem,
            )
        )
    rows.sort(key=lambda row: (row.section == WHERE_TO_LOOK, row.place))
    return rows, pull_request


def _observed(item: Item, source_id: str) -> str:
    if not item.source or not source_id:
        return ""
    return (
        ", same source"
        if source_id.startswith(item.source) or item.source.startswith(source_id)
        else ", before these changes"
    )


def _tests(value: str, observed: str) -> str:
    """The command, the **result**, whether it was seen on this source, and what else the line says."""
    match = (_RESULT_FIRST.match(value) or _COMMAND_FIRST.match(value)) if len(value) <= _TESTS_SIZE else None
    if match is None:
        result, paren, rest = value.partition(" (")
        return f"**{inline(result, tight=True)}**{observed}{inline(paren + rest)}"
    rest = match["rest"].strip().removeprefix(",").strip().removesuffix(".")
    command, result = inline(match["command"]), inline(match["result"].strip(), tight=True)
    return f"{command} **{result}**{observed}{' ' + inline(rest) if rest else ''}"


def unsolved_rows(errors: list[Item], links: Links, current: str) -> list[Row]:
    """Errors that nobody has solved, newest first."""
    rows = []
    for place, item in enumerate(errors):
        foreign = item.stem != current
        rows.append(
            Row(
                "Now",
                (_UNSOLVED, place),
                "- Not solved: ",
                clean(item.text).removesuffix("."),
                f" {links.ref(item.stem)}" if foreign else ".",
                (item.stem,) if foreign else (),
                force=1,
                starts=False,
                kind="error",
                stem=item.stem,
            )
        )
    return rows

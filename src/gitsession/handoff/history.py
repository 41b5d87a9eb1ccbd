"""What comes from git history: subjects and files. It has its own share of the page, so it never decides on facts."""

from collections.abc import Sequence

from gitsession.handoff.budget import Row, heading
from gitsession.handoff.links import Links
from gitsession.handoff.page import BEFORE_COMMITS, COMMITS, WHERE_TO_LOOK
from gitsession.handoff.text import code_span, join_within, shorten
from gitsession.model.handoff import Source, TouchedFile

PERCENT = 12  # of the budget
_SESSIONS_PER_FILE = 3
_SUBJECT_SIZE = 100  # bytes
_SUBJECTS = 50
_LINE_SIZE = 160  # bytes


def history_rows(source: Source, links: Links, untold: Sequence[tuple[int, str]], room: int) -> list[Row]:
    """Rows of at most `room` bytes together. `untold`: row and stem of sessions that recorded nothing."""
    rows: list[Row] = []
    left = room // 2  # at least half is for the files
    stem = source.session.stem if source.session else ""
    text = _subjects(source, stem, left - len(COMMITS) - 2) if stem else ""
    if text:
        rows.append(Row("Now", (9, 0), f"{COMMITS}{text}."))
        left -= len(rows[-1].prefix.encode()) + 1
    for host, before in untold:
        text = _subjects(source, before, left - len(BEFORE_COMMITS))
        if text:
            rows.append(Row("Before", (0, 0), BEFORE_COMMITS + text, host=host))
            left -= len(rows[-1].prefix.encode())
    files = _files_row(source, links, room - (room // 2 - left))
    return [*rows, files] if files else rows


def _subjects(source: Source, stem: str, room: int) -> str:
    """As many subjects of a session as fit, newest first, in code spans: whatever they say, they are a quotation."""
    parts = [
        code_span(shorten(text, _SUBJECT_SIZE))
        for of, texts in source.subjects
        if of == stem
        for text in texts[:_SUBJECTS]
    ]
    return join_within(parts, min(room, _LINE_SIZE))[0]


def _files_row(source: Source, links: Links, room: int) -> Row | None:
    """The files that the sessions touched, most relevant first."""
    current = source.session.stem if source.session else ""
    room -= len(heading(WHERE_TO_LOOK)) + 1
    parts: list[str] = []
    used = 0
    for file in source.files:
        part = code_span(file.path) + _sessions(file, current, links)
        used += len(part.encode()) + 2
        if used > room:
            break
        parts.append(part)
    left = len(source.files) - len(parts)
    while parts and left and len(_and_more(parts, left).encode()) > room:
        parts.pop()
        left += 1
    return Row(WHERE_TO_LOOK, (0, 0), _and_more(parts, left)) if parts else None


def _and_more(parts: Sequence[str], left: int) -> str:
    return ", ".join(parts) + (f" and {left} more" if left else "")


def _sessions(file: TouchedFile, current: str, links: Links) -> str:
    if file.new:
        return " (new)"
    earlier = [links.label(stem) for stem in file.stems if stem != current]
    words = earlier[-_SESSIONS_PER_FILE:]
    text = ", ".join(words)
    if len(earlier) > len(words):
        text += f" and {len(earlier) - len(words)} earlier"
    if current and current in file.stems:
        text = f"this session; {text}" if text else "this session"
    return f" ({text})" if text else ""

"""Lines on the knowledge that fits the session. They have a share of their own: files, from history, have a say in what fits."""

from gitsession.handoff.budget import Row, heading
from gitsession.handoff.page import KNOWLEDGE, WATCH_OUT
from gitsession.handoff.text import clean, inline, shorten
from gitsession.model.handoff import Source

PERCENT = 6  # of the budget
_TITLE_SIZE = 100  # bytes
_LABEL = str.maketrans("[]", "()")  # a link's own brackets


def knowledge_rows(source: Source, room: int, *, headed: bool) -> list[Row]:
    """Rows of at most `room` bytes together; `headed`: their section has other rows, which pay its heading."""
    room -= 0 if headed else len(heading(WATCH_OUT))
    rows: list[Row] = []
    for name, title in source.knowledge or ():
        label = inline(shorten(clean(title.translate(_LABEL)), _TITLE_SIZE), tight=True)
        text = f"{KNOWLEDGE}[{label}]({source.folder_up}knowledge/{name}.md)"
        room -= len(text.encode()) + 1
        if room < 0:
            break
        rows.append(Row(WATCH_OUT, (-1, len(rows)), text))
    return rows

"""Finding: what an index answers to words, and the smaller one that a static site takes along."""

from collections.abc import Iterator
from typing import NamedTuple

from gitsession.index.search import MARKS, Hit, Query, search
from gitsession.web.views.ground import Ground
from gitsession.web.views.session import TURNS

#: Of the index of a static site: entries, the newest first, characters of one, and of all together.
MOST, LONGEST, WHOLE = 20_000, 400, 3_000_000
_LIMIT = 40


class Found(NamedTuple):
    """A hit. `parts` are its words, those that were looked for marked."""

    hit: Hit
    parts: tuple[tuple[str, bool], ...]
    talk: str  # of a turn: the conversation's name
    part: int  # of a turn: the part of the conversation that it stands in


class SearchView(NamedTuple):
    """What was looked for, and what was found, best first."""

    words: str
    found: tuple[Found, ...]


class Entry(NamedTuple):
    """What a static site can find."""

    kind: str
    stem: str  # of the session; of knowledge, its name
    title: str
    date: str
    text: str
    closed: str


def view_search(ground: Ground, words: str, *, kind: str = "") -> SearchView:
    """What fits words; nothing where there are none."""
    words = words[:500]
    hits = search(ground.db, Query(words, (kind,) if kind else (), limit=_LIMIT)) if words.strip() else []
    return SearchView(words, tuple(_found(ground, hit) for hit in hits))


def _found(ground: Ground, hit: Hit) -> Found:
    before, *rest = hit.snippet.split(MARKS[0])
    parts = [(before, False)]
    for piece in rest:
        word, _, after = piece.partition(MARKS[1])
        parts += [(word, True), (after, False)]
    talk, part = "", 1
    if hit.kind == "turn":
        talk, _, turn = hit.place.rpartition("/")[2].partition("#turn-")
        (earlier,) = ground.db.execute("SELECT count(*) FROM turns t JOIN conversations v ON v.id = conversation_id WHERE v.stem = ? AND name = ? "
                                       "AND number < ?", (hit.session, talk, int(turn))).fetchone()  # fmt: skip
        part = earlier // TURNS + 1
    return Found(hit, tuple(p for p in parts if p[0]), talk, part)


def entries(ground: Ground) -> Iterator[Entry]:
    """What a static site can find, the newest first, bounded: of the sessions that it shows, what their checkpoints still say."""
    rows = ground.db.execute(
        "SELECT * FROM (SELECT f.kind AS kind, s.stem AS stem, s.title, c.committed AS date, f.text, coalesce(f.closed_how, '') FROM facts f "
        "JOIN sessions s ON s.id = f.session_id JOIN commits c ON c.id = f.introduced_commit_id WHERE coalesce(f.closed_how, '') != 'removed' "
        "UNION ALL SELECT 'session', stem, title, started, title || ' ' || goal, '' FROM sessions "
        "UNION ALL SELECT 'knowledge', k.name, k.title, c.committed, k.title || ' ' || k.text, '' FROM knowledge k "
        "JOIN commits c ON c.id = k.changed_commit_id WHERE NOT k.deleted) ORDER BY date DESC, kind, stem LIMIT ?", (MOST,))  # fmt: skip
    whole = 0
    for kind, stem, title, date, text, closed in rows:
        if kind != "knowledge" and stem not in ground.sessions:
            continue
        entry = Entry(kind, stem, title, date[:10], " ".join(text.split())[:LONGEST], closed)
        whole += sum(map(len, entry)) + 20
        if whole > WHOLE:
            return
        yield entry

"""Full text over facts, sessions, knowledge, handoffs and turns."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gitsession.index.database import TEXT_KINDS

#: What stands around the words that were found, in a snippet.
MARKS = ("\x02", "\x03")
_WORDS = 24  # of a snippet
_TOKEN = re.compile(r'(?P<no>-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))(?P<star>\*)?')


class Query(NamedTuple):
    """What is looked for, and where. All but the words may be empty."""

    words: str
    kinds: tuple[str, ...] = ()  # of facts, or session, knowledge, handoff, turn
    session: str = ""  # stem
    since: str = ""  # ISO 8601 in UTC
    author: str = ""  # a part of the name, whatever the case
    agent: str = ""
    limit: int = 20


class Hit(NamedTuple):
    """One thing that was found. `snippet` has MARKS around the words; `date` is when it was committed, or said."""

    kind: str
    session: str
    title: str  # of the session, or of knowledge
    date: str
    author: str
    agent: str
    text: str
    snippet: str
    place: str  # path of the file, and the line or turn in it where there is one
    commit: str  # oid of the one that brought it
    closed: str = ""  # how, where it is closed
    closed_by: str = ""  # stem of the session that did
    closed_date: str = ""
    score: float = 0.0  # the higher, the better it fits


def match_expression(words: str) -> str:
    """What SQLite shall look for; empty where there is no word to look for. Never wrong in syntax, whatever the words.

    Words mean all of them; `"a phrase"`, `begin*`, `OR`, and `-not` as search engines have them.
    """
    groups: list[list[str]] = []
    without: list[str] = []
    alternative = False
    for match in _TOKEN.finditer(words):
        text = match["phrase"] if match["phrase"] is not None else match["word"]
        if match["word"] in ("OR", "|"):
            alternative = bool(groups)
            continue
        if not any(c.isalnum() for c in text) or match["word"] == "AND":
            continue
        star = bool(match["star"]) or (match["word"] or "").endswith("*")
        term = '"' + text.rstrip("*").replace('"', " ").replace("\0", " ") + '"' + (" *" if star else "")
        if match["no"]:
            without.append(term)
        elif alternative:
            groups[-1].append(term)
        else:
            groups.append([term])
        alternative = False
    if not groups:
        return ""
    wanted = " AND ".join(f"({' OR '.join(group)})" for group in groups)
    return f"({wanted}) NOT ({' OR '.join(without)})" if without else wanted


_HITS = f"""
SELECT * FROM (
  SELECT found.score, found.rowid AS place, coalesce(f.kind, 'session') AS kind, s.stem, s.title, c.committed AS date, s.author, s.agent,
    coalesce(f.text, s.title || char(10) || s.goal) AS text,
    '.sessions/' || s.stem || '.md' || coalesce(':' || nullif(f.line, 0), '') AS at, c.oid,
    f.closed_how, b.stem AS closer, k.committed AS closed_date,
    coalesce(f.opens, 1) AS opens
  FROM found LEFT JOIN facts f ON found.rowid % {TEXT_KINDS} = 0 AND f.id = found.rowid / {TEXT_KINDS}
    JOIN sessions s ON s.id = iif(found.rowid % {TEXT_KINDS} = 0, f.session_id, found.rowid / {TEXT_KINDS})
    LEFT JOIN commits c ON c.id = coalesce(f.introduced_commit_id,
      (SELECT commit_id FROM session_revisions r JOIN commits c ON c.id = commit_id WHERE r.session_id = s.id
       ORDER BY c.place, c.oid LIMIT 1))
    LEFT JOIN commits k ON k.id = f.closed_commit_id LEFT JOIN sessions b ON b.id = f.closed_session_id
  WHERE found.rowid % {TEXT_KINDS} IN (0, 1)
  UNION ALL
  SELECT found.score, found.rowid, 'knowledge', '', k.title, c.committed, c.author, '', k.title || char(10) || k.text,
    '.sessions/knowledge/' || k.name || '.md', c.oid, iif(k.deleted, 'removed', NULL), NULL, NULL, 1
  FROM found JOIN knowledge k ON k.id = found.rowid / {TEXT_KINDS} JOIN commits c ON c.id = k.changed_commit_id
  WHERE found.rowid % {TEXT_KINDS} = 2
  UNION ALL
  SELECT found.score, found.rowid, 'handoff', h.stem, coalesce(s.title, ''), c.committed, c.author, coalesce(s.agent, ''), h.text,
    h.path, c.oid, NULL, NULL, NULL, 1
  FROM found JOIN handoffs h ON h.id = found.rowid / {TEXT_KINDS} JOIN commits c ON c.id = h.commit_id LEFT JOIN sessions s ON s.stem = h.stem
  WHERE found.rowid % {TEXT_KINDS} = 3
  UNION ALL
  SELECT found.score, found.rowid, 'turn', v.stem, coalesce(s.title, v.title), t.at, coalesce(s.author, ''), v.agent,
    trim(t.input || char(10) || t.text, char(10)),
    v.stem || '/' || v.name || '#turn-' || t.number, '', NULL, NULL, NULL, 1
  FROM found JOIN turns t ON t.id = found.rowid / {TEXT_KINDS} JOIN conversations v ON v.id = t.conversation_id
    LEFT JOIN sessions s ON s.id = v.session_id
  WHERE found.rowid % {TEXT_KINDS} = 4
)
"""


def search(db: sqlite3.Connection, query: Query) -> list[Hit]:
    """What fits, best first."""
    expression = match_expression(query.words)
    if not expression:
        return []
    conditions, values = _conditions(query)
    most = 3 * query.limit + 10  # texts that are said twice are shown once
    best = "" if conditions else f"ORDER BY rank LIMIT {most}"
    found = f"WITH found(rowid, score) AS (SELECT rowid, -bm25(texts) FROM texts WHERE texts MATCH ? {best})"
    where = "WHERE " + " AND ".join(conditions) if conditions else ""
    rows = db.execute(f"{found} {_HITS} {where} ORDER BY score DESC, opens DESC, date DESC, place DESC LIMIT {most}",
                      (expression, *values)).fetchall()  # fmt: skip
    seen: set[tuple[str, ...]] = set()
    chosen: list[tuple[Any, ...]] = []
    for row in rows:
        text = row[8]
        key = ("said", " ".join(text.casefold().split())) if row[2] not in ("turn", "handoff") else ("", str(row[1]))
        if key not in seen and len(chosen) < query.limit:
            seen.add(key)
            chosen.append(row)
    return [
        Hit(kind, stem, title, date or "", author, agent, text, snippet, at, oid or "", how or "", closer or "", closed or "", round(score, 3))
        for (score, _, kind, stem, title, date, author, agent, text, at, oid, how, closer, closed, _), snippet
        in zip(chosen, _snippets(expression, [row[8] for row in chosen]), strict=True)
    ]  # fmt: skip


def _conditions(query: Query) -> tuple[list[str], list[object]]:
    found: list[tuple[str, Sequence[object]]] = []
    if query.kinds:
        found.append((f"kind IN ({', '.join('?' * len(query.kinds))})", query.kinds))
    if query.session:
        found.append(("stem = ?", [query.session]))
    if query.since:
        found.append(("date >= ?", [query.since]))
    for column, value in (("author", query.author), ("agent", query.agent)):
        if value:
            found.append((f"instr(lower({column}), ?) > 0", [value.lower()]))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def _snippets(expression: str, texts: Iterable[str]) -> list[str]:
    """Each text around what was found in it: by SQLite itself, which knows what it matched, from a table of these texts alone."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE shown USING fts5(body, tokenize='porter unicode61 remove_diacritics 2')")
        db.executemany("INSERT INTO shown (rowid, body) VALUES (?, ?)", enumerate(texts, 1))
        rows = db.execute("SELECT snippet(shown, 0, ?, ?, ' ... ', ?) FROM shown WHERE shown MATCH ? ORDER BY rowid",
                          (*MARKS, _WORDS, expression))  # fmt: skip
        return [" ".join(row[0].split()) for row in rows]
    finally:
        db.close()

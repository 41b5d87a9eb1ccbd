"""Rows from blobs: sessions and their facts, handoffs, knowledge."""

import contextlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import MAX_BYTES, parse_checkpoint
from gitsession.formats.yamltext import Fields, parse_yaml
from gitsession.git import Repository
from gitsession.index.cleaning import clean
from gitsession.index.tracing import Closing, Traced, trace
from gitsession.model.checkpoint import Checkpoint
from gitsession.store.layout import checkpoint_path

FACT, SESSION, KNOWLEDGE, HANDOFF, TURN = range(5)
TEXT_KINDS = 8
_BATCH = 200  # sessions that are searched for secrets together
_META = re.compile(r"^<!-- gitsession: (.*) -->\s*\Z", re.MULTILINE)
_USAGE = ("input_tokens", "output_tokens", "cost_usd", "credits")

_Revision = tuple[int, int, str, int, str | None]  # id, session, stem, commit, blob


def derive_sessions(
    db: sqlite3.Connection, repo: Repository, sessions: Iterable[int] | None, progress: Callable[[int], None]
) -> None:
    """The rows of these sessions (None: of all) from all their revisions. Their facts must be gone."""
    chosen = "" if sessions is None else f"WHERE r.session_id IN ({','.join(map(str, sorted(sessions)))})"
    rows: list[_Revision] = db.execute(
        "SELECT r.id, r.session_id, s.stem, r.commit_id, r.blob FROM session_revisions r JOIN commits c ON c.id = r.commit_id "
        f"JOIN sessions s ON s.id = r.session_id {chosen} ORDER BY r.session_id, c.place, c.oid"
    ).fetchall()
    blobs = repo.read_objects((row[4] for row in rows if row[4]), most=MAX_BYTES + 1)
    groups = (list(group) for _, group in groupby(rows, lambda row: row[1]))
    writer, done = _Writer(db), 0
    derived = (_derive(revisions, blobs) for revisions in groups)
    while some := list(islice(derived, _BATCH)):
        writer.write(some)
        done += len(some)
        progress(done)


class _Session:
    """What the revisions of one session come to."""

    def __init__(self, id_: int, checkpoint: Checkpoint, *, deleted: bool) -> None:
        self.id = id_
        self.checkpoint = checkpoint
        self.deleted = deleted
        self.facts: list[Traced] = []
        self.closings: list[Closing] = []
        self.revisions: list[tuple[int, int, str | None, int]] = []  # opened, closed, problem, id

    def texts(self) -> list[str]:
        """All its texts; a search of them together is one search."""
        c = self.checkpoint
        return [
            c.title,
            c.goal,
            c.branch,
            c.author,
            c.agent,
            c.model,
            c.account,
            json.dumps(c.tags),
            *(t.fact.text for t in self.facts),
        ]


def _derive(revisions: Sequence[_Revision], blobs: Iterator[bytes | None]) -> _Session:
    id_, stem = revisions[0][1], revisions[0][2]
    path = checkpoint_path(stem)
    last = Checkpoint(stem, "", "", 0.0, stem)
    versions: list[tuple[int, Sequence[object] | None]] = []
    problems: list[str | None] = []
    for _, _, _, commit, blob in revisions:
        problem = None
        facts: Sequence[object] | None = ()
        if blob:
            try:
                last = parse_checkpoint(next(blobs) or b"", stem, path)
                facts = last.facts
            except FormatError as e:
                facts, problem = None, f"line {e.line}: {e.reason}"
        versions.append((commit, facts))
        problems.append(problem)
    session = _Session(id_, last, deleted=revisions[-1][4] is None)
    session.facts, session.closings, steps = trace(versions)  # type: ignore[arg-type]
    session.revisions = [
        (step.opened, step.closed, problem, row[0])
        for row, problem, step in zip(revisions, problems, steps, strict=True)
    ]
    return session


class _Writer:
    """Writes sessions in bulk."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._fact = int(db.execute("SELECT coalesce(max(id), 0) FROM facts").fetchone()[0])
        self._accounts: dict[str, int] = dict(db.execute("SELECT name, id FROM accounts"))

    def write(self, sessions: Sequence[_Session]) -> None:
        texts = clean([s.texts() for s in sessions])
        facts, rows, words = [], [], []
        closings: list[tuple[object, ...]] = []
        for session, (title, goal, branch, author, agent, model, account, tags, *bodies) in zip(
            sessions, texts, strict=True
        ):
            c = session.checkpoint
            usage = dict(c.usage)
            rows.append((title, goal, c.status, c.started, c.instant, c.ended, branch, author, agent, model, self._account(account),
                         c.outcome, c.budget, json.dumps(c.parents), tags, *(usage.get(key) for key in _USAGE), session.deleted,
                         session.id))  # fmt: skip
            words.append((session.id * TEXT_KINDS + SESSION, f"{title}\n{goal}"))
            for t, text in zip(session.facts, bodies, strict=True):
                self._fact += 1
                f = t.fact
                facts.append((self._fact, session.id, t.kind, text, f.line, t.opens, f.est, f.took, f.by, f.turn, t.key, t.head,
                              t.introduced))  # fmt: skip
                words.append((self._fact * TEXT_KINDS + FACT, text))
                if t.ended is not None:
                    closings.append((session.id, self._fact, t.key, None, t.how, 0, t.ended))
            closings += [(session.id, None, k.key, k.stem, k.how, k.by, k.commit) for k in session.closings]
        many = self.db.executemany
        many("UPDATE sessions SET title=?, goal=?, status=?, started=?, instant=?, ended=?, branch=?, author=?, agent=?, model=?, "
             "account_id=?, outcome=?, budget=?, parents=?, tags=?, input_tokens=?, output_tokens=?, cost_usd=?, credits=?, deleted=? "
             "WHERE id=?", rows)  # fmt: skip
        many("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", facts)
        many("INSERT INTO closings VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", closings)
        many("INSERT INTO texts (rowid, body) VALUES (?, ?)", words)
        many("UPDATE session_revisions SET opened=?, closed=?, problem=? WHERE id=?",
             [row for session in sessions for row in session.revisions])  # fmt: skip

    def _account(self, name: str) -> int | None:
        if not name:
            return None
        id_ = self._accounts.get(name)
        if id_ is None:
            id_ = self._accounts[name] = int(
                self.db.execute("INSERT INTO accounts VALUES (NULL, ?)", (name,)).lastrowid or 0
            )
        return id_


_CLOSE = """
UPDATE facts SET (closed_commit_id, closed_how, closed_session_id) = (
  SELECT k.commit_id, k.how, k.session_id
  FROM (SELECT * FROM closings WHERE fact_id = facts.id
        UNION ALL SELECT * FROM closings WHERE fact_id IS NULL AND key IN (facts.key, facts.head)) k
  JOIN commits c ON c.id = k.commit_id JOIN sessions s ON s.id = k.session_id JOIN sessions own ON own.id = facts.session_id
  WHERE k.fact_id IS NOT NULL OR (
    facts.opens AND (k.key = facts.key OR k.how IN ('replaced', 'resolved'))
    AND (k.how IN ('replaced', 'dropped') OR facts.kind IN ('step', 'blocker', 'question', 'error'))
    AND NOT (k.session_id = facts.session_id AND k.said_by = facts.key)
    AND (k.stem = own.stem OR (k.stem IS NULL AND (s.instant, s.stem) >= (own.instant, own.stem))))
  ORDER BY c.place, c.oid, instr('ticked resolved replaced dropped removed', k.how), s.stem LIMIT 1)
"""


def close_facts(db: sqlite3.Connection, keys: Iterable[int] | None) -> None:
    """What closed each fact (of these keys): the first of all closings that mean it."""
    if keys is None:
        db.execute(_CLOSE)
        return
    db.execute("CREATE TEMP TABLE keys (key INTEGER PRIMARY KEY)")
    db.executemany("INSERT OR IGNORE INTO temp.keys VALUES (?)", [(key,) for key in keys])
    for column in ("key", "head"):
        db.execute(f"{_CLOSE} WHERE {column} IN (SELECT key FROM temp.keys)")
    db.execute("DROP TABLE temp.keys")


def derive_pages(db: sqlite3.Connection, repo: Repository, after: int, paths: Iterable[str] | None) -> None:
    """What the handoffs with an id past `after` say of themselves, and the text of the newest at each of the paths."""
    rows = db.execute(
        "SELECT id, blob FROM handoffs WHERE id > ? AND blob IS NOT NULL ORDER BY id", (after,)
    ).fetchall()
    found = []
    for (id_, _), data in zip(rows, repo.read_objects((row[1] for row in rows), most=MAX_BYTES), strict=True):
        found.append((*_read_meta((data or b"").decode("utf-8", "replace")), id_))
    db.executemany("UPDATE handoffs SET stem=?, renderer=?, tokens=?, in_force_carried=?, in_force=?, background_carried=?, background=?, "
                   "preservation=?, confidence=? WHERE id=?", found)  # fmt: skip
    for path in paths if paths is not None else [row[0] for row in db.execute("SELECT DISTINCT path FROM handoffs")]:
        for id_, text in db.execute(
            "SELECT id, text FROM handoffs WHERE path = ? AND text IS NOT NULL", (path,)
        ).fetchall():
            unword(db, id_ * TEXT_KINDS + HANDOFF, text)
            db.execute("UPDATE handoffs SET text = NULL WHERE id = ?", (id_,))
        newest = db.execute("SELECT h.id, h.blob FROM handoffs h JOIN commits c ON c.id = h.commit_id WHERE path = ? "
                            "ORDER BY c.place DESC, c.oid DESC LIMIT 1", (path,)).fetchone()  # fmt: skip
        if newest and newest[1]:
            text = _text(repo, newest[1])
            db.execute("UPDATE handoffs SET text = ? WHERE id = ?", (text, newest[0]))
            db.execute("INSERT INTO texts (rowid, body) VALUES (?, ?)", (newest[0] * TEXT_KINDS + HANDOFF, text))


def derive_knowledge(db: sqlite3.Connection, repo: Repository, names: Iterable[str]) -> None:
    """The rows of these pieces of knowledge, from their newest revisions."""
    for name in names:
        for id_, title, text in db.execute("SELECT id, title, text FROM knowledge WHERE name = ?", (name,)).fetchall():
            unword(db, id_ * TEXT_KINDS + KNOWLEDGE, f"{title}\n{text}")
            db.execute("DELETE FROM knowledge WHERE id = ?", (id_,))
        rows = db.execute("SELECT r.commit_id, r.blob FROM knowledge_revisions r JOIN commits c ON c.id = r.commit_id WHERE name = ? "
                          "ORDER BY c.place, c.oid", (name,)).fetchall()  # fmt: skip
        said = [row[1] for row in rows if row[1]]
        if not said:
            continue
        title, tags, text = _read_knowledge(_text(repo, said[-1]), name)
        cursor = db.execute("INSERT INTO knowledge VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
                            (name, title, tags, text, rows[-1][1] is None, rows[0][0], rows[-1][0]))  # fmt: skip
        word = int(cursor.lastrowid or 0) * TEXT_KINDS + KNOWLEDGE
        db.execute("INSERT INTO texts (rowid, body) VALUES (?, ?)", (word, f"{title}\n{text}"))


def unword(db: sqlite3.Connection, rowid: int, body: str) -> None:
    """Take a text out of the full text, which must be told what it was."""
    db.execute("INSERT INTO texts (texts, rowid, body) VALUES ('delete', ?, ?)", (rowid, body))


def _text(repo: Repository, blob: str) -> str:
    (data,) = repo.read_objects([blob], most=MAX_BYTES)
    return clean([[(data or b"").decode("utf-8", "replace").replace("\0", "")]])[0][0]


def _read_meta(text: str) -> tuple[object, ...]:
    """stem, renderer, tokens, (carried, all) in force and background, preservation, confidence, as the closing comment has them."""
    comment = _META.search(text, max(text.rfind("\n<!-- gitsession:") + 1, 0))
    parts = [part.strip().rpartition(" ") for part in comment[1].split(";")] if comment else []
    of = {key: value for key, _, value in parts}
    stem = of.get("session", "")
    return ("" if stem == "none" else stem, _number(of, "renderer"), _number(of, "tokens"), *_share(of, "in force"),
            *_share(of, "background"), _number(of, "preservation"), _number(of, "confidence"))  # fmt: skip


def _share(of: dict[str, str], key: str) -> tuple[float | None, float | None]:
    carried, _, total = of.get(key, "").partition("/")
    return _number({key: carried}, key), _number({key: total}, key)


def _number(of: dict[str, str], key: str) -> float | None:
    text = of.get(key, "")
    return float(text) if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", text, re.ASCII) else None


def _read_knowledge(text: str, name: str) -> tuple[str, str, str]:
    """Title, tags (JSON) and body."""
    front, closed, body = text.removeprefix("---\n").partition("\n---\n")
    tags: tuple[str, ...] = ()
    if text.startswith("---\n") and closed:
        with contextlib.suppress(FormatError):
            tags = Fields(parse_yaml(front, name), name).texts("tags")
    else:
        body = text
    title = re.search(r"^# +(.+?)[ #]*$", body, re.MULTILINE)
    return title[1] if title else name, json.dumps(tags), body.strip()

"""Rows from blobs: sessions and their facts, handoffs, knowledge."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import MAX_BYTES, parse_checkpoint
from gitsession.formats.knowledge import parse_knowledge
from gitsession.formats.versions import Versions
from gitsession.git import Repository
from gitsession.index.cleaning import clean
from gitsession.index.database import FACT, HANDOFF, KNOWLEDGE, SESSION, TEXT_KINDS, unword
from gitsession.index.tracing import Closing, Traced, Tracer
from gitsession.model.checkpoint import Checkpoint
from gitsession.store.layout import checkpoint_path, checkpoint_stem, knowledge_path

_BATCH = 200  # sessions that are searched for secrets together
_META = re.compile(r"^<!-- gitsession: (.*) -->\s*\Z", re.MULTILINE)
_NO_NOTES = "\n\n\n"
_USAGE = ("input_tokens", "output_tokens", "cost_usd", "credits")


class SessionHistory:
    """What the revisions of one session come to, taken in their order."""

    def __init__(self, id_: int, stem: str) -> None:
        self.id = id_
        self.stem = stem
        self.path = checkpoint_path(stem)
        self.checkpoint = Checkpoint(stem, "", "", 0.0, stem)
        self.deleted = False
        self.facts: list[Traced] = []
        self.closings: list[Closing] = []
        self.revisions: list[tuple[int, int, str | None, int]] = []  # opened, closed, problem, id
        self.order: tuple[int, str] = (-1, "")
        self._tracer = Tracer()
        self._versions = Versions(stem, self.path)
        self._last = b""

    def add(self, revision: int, commit: int, data: bytes | None) -> None:
        """The next revision, by ids; None: the commit deleted it."""
        opened = closed = 0
        problem = None
        self.deleted = data is None
        try:
            facts = self._versions.facts(data) if data is not None else ()
            opened, closed = self._tracer.add(commit, facts)
            self._last = data or self._last
        except FormatError as e:
            problem = f"line {e.line}: {e.reason}"
        self.revisions.append((opened, closed, problem, revision))

    def rest(self) -> None:
        """None for a while: let go of what makes the next one quick to read."""
        self._versions = Versions(self.stem, self.path)

    def end(self) -> None:
        """No more of them."""
        if self._last:
            self.checkpoint = parse_checkpoint(self._last, self.stem, self.path)
        self.facts, self.closings = self._tracer.result(() if self.deleted else self.checkpoint.facts)
        self.rest()
        self._last = b""

    def texts(self) -> list[str]:
        """All its words, for `_Writer`; a search of them together is one search. What is a list has a line for each."""
        c = self.checkpoint
        found = [
            c.title,
            c.goal,
            c.branch,
            c.author,
            c.agent,
            c.model,
            c.account,
            "\n".join(c.tags),
            "\n".join(c.parents),
        ]
        found += [problem or "" for _, _, problem, _ in self.revisions]
        for fact in (t.fact for t in self.facts):
            notes = (fact.est, fact.took, fact.by, fact.turn)
            found += [fact.text, "\n".join(notes) if any(notes) else ""]
        return found


def write_sessions(db: sqlite3.Connection, sessions: Iterable[SessionHistory], progress: Callable[[int], None]) -> None:
    """The rows of sessions. Their facts must be gone."""
    writer, done, stream = _Writer(db), 0, iter(sessions)
    while some := list(islice(stream, _BATCH)):
        for session in some:
            session.end()
        writer.write(some)
        done += len(some)
        progress(done)


def derive_sessions(
    db: sqlite3.Connection, repo: Repository, ids: Iterable[int], progress: Callable[[int], None]
) -> None:
    """The rows of these sessions, from all their revisions. Their facts must be gone."""
    rows = db.execute(
        "SELECT r.id, r.session_id, s.stem, r.commit_id, r.blob FROM session_revisions r JOIN commits c ON c.id = r.commit_id "
        f"JOIN sessions s ON s.id = r.session_id WHERE r.session_id IN ({','.join(map(str, sorted(ids)))}) "
        "ORDER BY r.session_id, c.place, c.oid"
    ).fetchall()
    blobs = repo.read_objects((row[4] for row in rows if row[4]), most=MAX_BYTES + 1)

    def histories() -> Iterator[SessionHistory]:
        for (id_, stem), revisions in groupby(rows, lambda row: row[1:3]):
            history = SessionHistory(id_, stem)
            for revision, _, _, commit, blob in revisions:
                history.add(revision, commit, (next(blobs) or b"") if blob else None)
            yield history

    write_sessions(db, histories(), progress)


class _Writer:
    """Writes sessions in bulk."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._fact = int(db.execute("SELECT coalesce(max(id), 0) FROM facts").fetchone()[0])
        self._accounts: dict[str, int] = dict(db.execute("SELECT name, id FROM accounts"))

    def write(self, sessions: Sequence[SessionHistory]) -> None:
        texts = clean([s.texts() for s in sessions])
        facts, rows, words = [], [], []
        closings: list[tuple[object, ...]] = []
        revisions: list[tuple[object, ...]] = []
        for session, unit in zip(sessions, texts, strict=True):
            title, goal, branch, author, agent, model, account, tags, parents, *rest = unit
            problems, bodies = rest[: len(session.revisions)], rest[len(session.revisions) :]
            c = session.checkpoint
            usage = dict(c.usage)
            rows.append((title, goal, c.status, c.started, c.instant, c.ended, branch, author, agent, model, self._account(account),
                         c.outcome, c.budget, _listed(parents), _listed(tags), *(usage.get(key) for key in _USAGE), session.deleted,
                         session.id))  # fmt: skip
            words.append((session.id * TEXT_KINDS + SESSION, f"{title}\n{goal}"))
            for t, text, notes in zip(session.facts, bodies[::2], bodies[1::2], strict=True):
                self._fact += 1
                facts.append((self._fact, session.id, t.kind, text, t.line, t.opens, *(notes or _NO_NOTES).split("\n"), t.key, t.head,
                              t.introduced))  # fmt: skip
                words.append((self._fact * TEXT_KINDS + FACT, text))
                if t.ended is not None:
                    closings.append((session.id, self._fact, t.key, None, t.how, 0, t.ended))
            revisions += [(opened, closed, problem or None, id_)
                          for (opened, closed, _, id_), problem in zip(session.revisions, problems, strict=True)]  # fmt: skip
            closings += [(session.id, None, k.key, k.stem, k.how, k.by, k.commit) for k in session.closings]
        many = self.db.executemany
        many("UPDATE sessions SET title=?, goal=?, status=?, started=?, instant=?, ended=?, branch=?, author=?, agent=?, model=?, "
             "account_id=?, outcome=?, budget=?, parents=?, tags=?, input_tokens=?, output_tokens=?, cost_usd=?, credits=?, deleted=? "
             "WHERE id=?", rows)  # fmt: skip
        many("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", facts)
        many("INSERT INTO closings VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", closings)
        many("INSERT INTO texts (rowid, body) VALUES (?, ?)", words)
        many("UPDATE session_revisions SET opened=?, closed=?, problem=? WHERE id=?", revisions)

    def _account(self, name: str) -> int | None:
        if not name:
            return None
        id_ = self._accounts.get(name)
        if id_ is None:
            id_ = self._accounts[name] = int(
                self.db.execute("INSERT INTO accounts VALUES (NULL, ?)", (name,)).lastrowid or 0
            )
        return id_


def _listed(lines: str) -> str:
    return json.dumps(lines.split("\n") if lines else [], ensure_ascii=False)


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


def derive_pages(db: sqlite3.Connection, repo: Repository, paths: Iterable[str]) -> None:
    """The text of the newest handoff at each of these paths; of older ones git has it."""
    for path in paths:
        for id_, text in db.execute(
            "SELECT id, text FROM handoffs WHERE path = ? AND text IS NOT NULL", (path,)
        ).fetchall():
            unword(db, id_ * TEXT_KINDS + HANDOFF, text)
            db.execute("UPDATE handoffs SET text = NULL WHERE id = ?", (id_,))
        newest = db.execute("SELECT h.id, h.blob FROM handoffs h JOIN commits c ON c.id = h.commit_id WHERE path = ? "
                            "ORDER BY c.place DESC, c.oid DESC LIMIT 1", (path,)).fetchone()  # fmt: skip
        if newest and newest[1]:
            text = _META.sub("", _text(repo, newest[1])).strip()
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


def link_conversations(db: sqlite3.Connection) -> None:
    """Each conversation belongs to the session of its stem, where there is one now."""
    db.execute("UPDATE conversations SET session_id = (SELECT id FROM sessions s WHERE s.stem = conversations.stem)")


def _text(repo: Repository, blob: str) -> str:
    (data,) = repo.read_objects([blob], most=MAX_BYTES)
    return clean([[(data or b"").decode("utf-8", "replace").replace("\0", "")]])[0][0]


def read_page_meta(text: str) -> tuple[object, ...]:
    """stem, renderer, tokens, (carried, all) in force and background, preservation, confidence, as the closing comment has them."""
    comment = _META.search(text, max(text.rfind("\n<!-- gitsession:") + 1, 0))
    parts = [part.strip().rpartition(" ") for part in comment[1].split(";")] if comment else []
    of = {key: value for key, _, value in parts}
    stem = of.get("session", "")
    return (stem if checkpoint_stem(checkpoint_path(stem)) else "", _number(of, "renderer"), _number(of, "tokens"), *_share(of, "in force"),
            *_share(of, "background"), _number(of, "preservation"), _number(of, "confidence"))  # fmt: skip


def _share(of: dict[str, str], key: str) -> tuple[float | None, float | None]:
    carried, _, total = of.get(key, "").partition("/")
    return _number({key: carried}, key), _number({key: total}, key)


def _number(of: dict[str, str], key: str) -> float | None:
    text = of.get(key, "")
    return float(text) if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", text, re.ASCII) else None


def _read_knowledge(text: str, name: str) -> tuple[str, str, str]:
    """Title, tags (JSON) and body; of what cannot be read, all of it is the body."""
    try:
        knowledge = parse_knowledge(text.encode(), name, knowledge_path(name))
    except FormatError:
        return name, "[]", text.strip()
    return knowledge.title, json.dumps(knowledge.tags, ensure_ascii=False), knowledge.body

"""What history has that is like an error: facts, knowledge, turns of conversations; and what was done about it."""

import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from gitsession.index.database import FACT, KNOWLEDGE, TEXT_KINDS, TURN
from gitsession.model.likeness import ENOUGH, Likeness, likeness, terms
from gitsession.model.symptom import Message, Symptom, parse_message, parse_symptom

#: Facts that tell of errors: how much one of each kind counts.
FACT_KINDS = {"error": 1.0, "lesson": 0.95, "blocker": 0.9, "decision": 0.8, "done": 0.75, "note": 0.8}
_COMMON = 2_000  # texts with a word: as common as words get, which need not be counted further
_LOOKED_UP = 4_000  # texts that are looked at for their rare words
_TERMS = 12
_FACTS, _TURNS = 150, 40
_TURN_SIZE = 4_000  # characters of a turn that are read, at either end
_AFTER = 60  # turns in which a solution is looked for


class Known(NamedTuple):
    """A fact, or knowledge, that may be about the same error."""

    kind: str
    text: str
    session: str  # stem
    title: str  # of the session, or of knowledge
    date: str
    place: str
    commit: str
    open: bool = False  # it calls for work
    closed: str = ""  # how
    closed_by: str = ""  # stem
    said: str = ""  # what the closing says


class Happened(NamedTuple):
    """A turn in which it occurred; `edited`, `solved` and `said` are what came after."""

    session: str
    conversation: str  # name
    number: int
    title: str
    date: str
    message: str
    command: str
    edited: tuple[str, ...] = ()  # files, in order
    solved: int = 0  # the turn in which the same command ran through
    said: str = ""  # the agent's last words until then


def weigher(db: sqlite3.Connection, symptom: Symptom) -> tuple[Callable[[str], float], dict[str, int]]:
    """How much each of its words tells, and in how many texts each occurs."""
    ((total,),) = db.execute("SELECT (SELECT count(*) FROM facts) + (SELECT count(*) FROM turns)")
    counts: dict[str, int] = {}
    for term in dict.fromkeys(term for message in symptom.messages for term in terms(message)):
        row = db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)", (_quoted(term), _COMMON)
        )
        counts[term] = row.fetchone()[0]
    return lambda term: math.log(2 + total / (1 + counts.get(term, 0))), counts


def similar(
    db: sqlite3.Connection, symptom: Symptom, weigh: Callable[[str], float], counts: dict[str, int]
) -> tuple[list[tuple[Likeness, Known]], list[tuple[Likeness, Happened]]]:
    """Facts with knowledge, and turns, that are like it, in no order."""
    expression = _expression(counts)
    if not expression:
        return [], []
    near = "SELECT rowid / ? FROM texts WHERE texts MATCH ? AND rowid % ? = ? ORDER BY rank LIMIT ?"

    def found(kind: int, most: int) -> list[int]:
        return [row[0] for row in db.execute(near, (TEXT_KINDS, expression, TEXT_KINDS, kind, most))]

    known = [*_facts(db, found(FACT, _FACTS)), *_knowledge(db, found(KNOWLEDGE, _FACTS))]
    return like(symptom, known, weigh), _turns(db, symptom, found(TURN, _TURNS), weigh)


def like(symptom: Symptom, known: Sequence[Known], weigh: Callable[[str], float]) -> list[tuple[Likeness, Known]]:
    """Those that are alike enough."""
    texts = (f"{one.title} {one.text}" if one.kind == "knowledge" else one.text for one in known)
    judged = [(best(symptom, parse_message(text), weigh), one) for one, text in zip(known, texts, strict=True)]
    judged = [(how._replace(score=how.score * FACT_KINDS.get(one.kind, 0.95)), one) for how, one in judged]
    return [(how, one) for how, one in judged if how.score >= ENOUGH]


def best(symptom: Symptom, other: Message, weigh: Callable[[str], float]) -> Likeness:
    """The likeness of a message and that of the symptom which it is most like; those behind the first count a little less."""
    found = Likeness(0.0, (), 0, 0)
    for place, wanted in enumerate(symptom.messages):
        how = likeness(wanted, other, weigh)
        how = how._replace(score=how.score * (1 - min(place, 4) / 20))
        found = max(found, how, key=lambda one: one.score)
    return found


def _expression(counts: dict[str, int]) -> str:
    """The rarest words, any of which a text must have."""
    chosen: list[str] = []
    size = 0
    for term, count in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])):
        if count and len(chosen) < _TERMS and (not chosen or size + count <= _LOOKED_UP):
            chosen.append(term)
            size += count
    return " OR ".join(map(_quoted, chosen))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', " ") + '"'


def _facts(db: sqlite3.Connection, ids: Sequence[int]) -> list[Known]:
    rows = db.execute(
        "SELECT f.kind, f.text, s.stem, s.title, c.committed, '.sessions/' || s.stem || '.md' || coalesce(':' || nullif(f.line, 0), ''), c.oid, "
        "f.opens AND f.closed_how IS NULL, coalesce(f.closed_how, ''), coalesce(b.stem, ''), coalesce((SELECT g.text FROM closings x "
        "JOIN facts g ON g.session_id = x.session_id AND g.key = x.said_by WHERE x.fact_id = f.id AND g.key != f.key LIMIT 1), '') "
        "FROM facts f JOIN sessions s ON s.id = f.session_id JOIN commits c ON c.id = f.introduced_commit_id "
        "LEFT JOIN sessions b ON b.id = f.closed_session_id "
        # What an edit took away stands there in other words now, or was a mistake.
        f"WHERE f.id IN ({_marks(ids)}) AND f.kind IN ({_marks(FACT_KINDS)}) AND coalesce(f.closed_how, '') != 'removed'",
        (*ids, *FACT_KINDS),
    )
    return [Known._make(row)._replace(open=bool(row[7])) for row in rows]


def _knowledge(db: sqlite3.Connection, ids: Sequence[int]) -> list[Known]:
    rows = db.execute(
        "SELECT 'knowledge', k.text, '', k.title, c.committed, '.sessions/knowledge/' || k.name || '.md', c.oid "
        f"FROM knowledge k JOIN commits c ON c.id = k.changed_commit_id WHERE k.id IN ({_marks(ids)}) AND NOT k.deleted", ids)  # fmt: skip
    return [Known(*row) for row in rows]


def _turns(
    db: sqlite3.Connection, symptom: Symptom, ids: Sequence[int], weigh: Callable[[str], float]
) -> list[tuple[Likeness, Happened]]:
    """Of each conversation the turn that is most alike, the first of equal ones."""
    rows = db.execute(
        "SELECT t.conversation_id, v.stem, v.name, t.number, v.title, t.at, t.who, t.action, t.input, t.text "
        f"FROM turns t JOIN conversations v ON v.id = t.conversation_id WHERE t.id IN ({_marks(ids)}) ORDER BY t.conversation_id, t.number",
        ids,
    ).fetchall()
    found: dict[int, tuple[Likeness, tuple[Any, ...], str]] = {}
    for row in rows:
        text = row[9] if len(row[9]) <= 2 * _TURN_SIZE else row[9][:_TURN_SIZE] + "\n" + row[9][-_TURN_SIZE:]
        judged = [(best(symptom, message, weigh), message.line) for message in parse_symptom(text).messages]
        how, line = max(judged, key=lambda one: one[0].score, default=(None, ""))
        if how and how.score >= ENOUGH and (row[0] not in found or how.score > found[row[0]][0].score):
            found[row[0]] = (how, row, line)
    return [(how, _with_end(db, row, line)) for how, row, line in found.values()]


def _with_end(db: sqlite3.Connection, row: tuple[Any, ...], line: str) -> Happened:
    """What was done after a turn, up to the one in which its command ran through."""
    conversation, stem, name, number, title, date, who, action, given, _ = row
    command = given if who == "tool" and action == "run" else ""
    edited: dict[str, None] = {}
    said = ""
    solved = 0
    after = db.execute(
        "SELECT number, who, kind, action, failed, input, text FROM turns WHERE conversation_id = ? AND number > ? ORDER BY number LIMIT ?",
        (conversation, number, _AFTER),
    )
    for at, who, kind, action, failed, given, text in after:
        if who == "user" and not kind and not command:
            break  # what was asked next is another matter
        if who == "tool" and action == "edit" and not failed:
            edited[given.partition("\n")[0]] = None
        elif who == "tool" and action == "run" and command and given == command and not failed:
            solved = at
            break
        elif who == "assistant" and not kind:
            said = text
    if command and not solved:  # who knows what all this was for
        edited, said = {}, ""
    return Happened(stem, name, number, title, date, line, command, tuple(edited), solved, said)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


def last_failure(db: sqlite3.Connection) -> str:
    """What the last command that failed in a conversation printed; empty where none did."""
    row = db.execute(
        "SELECT text FROM turns WHERE failed AND who = 'tool' AND action = 'run' AND text != '' ORDER BY at DESC, id DESC LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""

"""What is known of an error: errors like it and what solved them, the turns in which it occurred, knowledge, and who touched its files."""

import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitsession.errors import FormatError, SessionError, UsageError
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.git import Repository
from gitsession.index.queries import why
from gitsession.index.similar import FACT_KINDS, Happened, Known, last_failure, like, similar, weigher
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fact import Fact
from gitsession.model.likeness import Likeness
from gitsession.model.symptom import Place, parse_symptom
from gitsession.model.words import words_key
from gitsession.secretscan.redaction import admit, redact_lines
from gitsession.store.files import read_file
from gitsession.store.layout import FOLDER, checkpoint_path, checkpoint_stem
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.sessions import Progress

MOST = 40_000  # characters of a text that are read, most of them from its end
_HEAD = 8_000
_FILES = 5  # that the text names and the project has
_COMMITS = 40  # of each file, the newest
_DECISIONS = 2  # of a session
_LINE = 300  # characters of a line that is shown
_THEIRS = re.compile(r"(?:^|/)(?:site-packages|dist-packages|node_modules|\.cargo|\.rustup)/|^/usr/")
_FIXED = re.compile(
    r"(?P<error>.+?)[.,:;]?\s+(?:fixed|solved|resolved)(?:\s*:|\s+(?=by\b|with\b|in\b))\s*(?P<fix>.+)",
    re.IGNORECASE | re.DOTALL,
)


class Hit(NamedTuple):
    """Something that is known, with the number that it is cited by."""

    number: int
    kind: str  # of the fact, or knowledge, turn, commit
    text: str  # the fact, the message in the turn, the subject of the commit
    reason: str  # why it stands here: `same IntegrityError, 4 of 5 words`
    score: float  # 0 to 1; commits, which are found by files alone, have less than any other
    state: str  # of errors and blockers: solved, not solved or dropped; else empty
    fix: str  # what solved it
    session: str  # stem
    title: str  # of the session, or of knowledge
    date: str
    place: str  # path and line, conversation and turn, or the files that the commit touched
    commit: str
    more: tuple[str, ...] = ()  # lines: what was done after the turn, what is behind the commit


class Troubleshot(NamedTuple):
    """The error as it was understood, redacted, and what is known of it, best first."""

    error: str
    kinds: tuple[str, ...]
    files: tuple[str, ...]  # of the project
    hits: tuple[Hit, ...]


def troubleshoot(
    repo: Repository, db: sqlite3.Connection, words: str, *, limit: int = 5, known: bool = False
) -> Troubleshot:
    """What is known of an error, at most `limit` alike and `limit` commits. Nothing of `words` is kept.

    `known`: these are the words of an error that is recorded, which is not said again. Raises UsageError for a text without words.
    """
    text = admit(_cut(words))
    symptom = parse_symptom(text)
    if not symptom.messages and not symptom.places:
        raise UsageError("there is no word in it to look for", "give the message of the error, or all that was printed")
    weigh, counts = weigher(db, symptom)
    facts, turns = similar(db, symptom, weigh, counts)
    facts = _united(facts, like(symptom, _uncommitted(repo), weigh))
    if known:
        facts = [(how, one) for how, one in facts if words_key(_bare(one)) != words_key(text) or not one.open]
    found = [_of_fact(repo, how, one) for how, one in facts] + [_of_turn(how, one) for how, one in turns]
    found.sort(key=lambda hit: hit.date, reverse=True)
    found.sort(key=lambda hit: -hit.score)
    files = _files(repo, db, symptom.places)
    hits = [*found[:limit], *_commits(db, files, limit)]
    return Troubleshot(
        symptom.messages[0].line if symptom.messages else files[0] if files else text.strip()[:_LINE],
        tuple(dict.fromkeys(kind for message in symptom.messages for kind in sorted(message.kinds))),
        tuple(files),
        tuple(hit._replace(number=number) for number, hit in enumerate(hits, 1)),
    )


def last_error(repo: Repository, db: sqlite3.Connection) -> tuple[str, bool]:
    """The newest error that is not solved, else what the last command that failed printed; and whether it is a recorded one. Raises SessionError."""
    snapshot = Snapshot.of_worktree(repo)
    errors = [item for item in snapshot.fold(Progress(repo, snapshot).stem()).in_force if item.kind == "error"]
    if errors:
        return errors[-1].text, True
    text = last_failure(db)
    if not text:
        raise SessionError(
            "no error is recorded that is not solved, and no conversation has a command that failed", "give its text"
        )
    return text, False


def _cut(text: str) -> str:
    """Its beginning and its end, cut between lines."""
    if len(text) <= MOST:
        return text
    head, tail = text[:_HEAD].rpartition("\n")[0], text[_HEAD - MOST :].partition("\n")[2]
    return f"{head or text[:_HEAD]}\n{tail or text[_HEAD - MOST :]}"


def _uncommitted(repo: Repository) -> list[Known]:
    """Facts of the checkpoints that differ from HEAD: the index does not know them yet."""
    out = repo.git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", FOLDER).out
    found = []
    for record in out.split(b"\0")[:-1]:
        path = os.fsdecode(record[3:])
        stem = checkpoint_stem(path)
        try:
            data = read_file(repo.root, path) if stem else None
            checkpoint = parse_checkpoint(data, stem, path) if data else None
        except FormatError:
            continue
        if checkpoint:
            found += [_fresh(checkpoint, fact, path) for fact in checkpoint.facts if fact.kind in FACT_KINDS]
    return found


def _fresh(checkpoint: Checkpoint, fact: Fact, path: str) -> Known:
    closed = "dropped" if fact.dropped else "ticked" if fact.box == "x" else "resolved" if fact.resolved else ""
    opens = fact.unsolved or fact.kind in ("blocker", "step") or fact.box == " "
    title, text, said = redact_lines([checkpoint.title, fact.bare, fact.resolved])
    return Known(
        fact.kind, text, checkpoint.stem, title, "", f"{path}:{fact.line}", "", opens and not closed, closed, "", said
    )


def _united(
    facts: Sequence[tuple[Likeness, Known]], fresh: Sequence[tuple[Likeness, Known]]
) -> list[tuple[Likeness, Known]]:
    """What is not committed stands for what is; of equal words one, solved before unsolved."""
    found: dict[str, tuple[Likeness, Known]] = {}
    newer = {(one.session, words_key(_bare(one))) for _, one in fresh}
    old = [pair for pair in facts if (pair[1].session, words_key(_bare(pair[1]))) not in newer]
    for how, one in (*fresh, *old):
        key = words_key(_bare(one)) if one.kind != "knowledge" else one.place
        if key not in found or (found[key][1].open and not one.open):
            found[key] = (how, one)
    return list(found.values())


def _bare(one: Known) -> str:
    return Fact(one.kind, one.text).bare


def _of_fact(repo: Repository, how: Likeness, one: Known) -> Hit:
    text, fix = " ".join(_bare(one).split()), one.said
    if one.kind == "error" and (match := _FIXED.fullmatch(text)):
        text, fix = match["error"], match["fix"]
    if not fix and one.closed_by:
        fix = _resolution(repo, one)
    state = ""
    if one.kind in ("error", "blocker"):
        state = "not solved" if one.open else "dropped" if one.closed == "dropped" else "solved"
    score = min(how.score + (0.03 if fix else 0), 1.0)
    if one.kind == "knowledge":
        text = shorten_line(one.text)
    return Hit(
        0,
        one.kind,
        text,
        how.reason(),
        round(score, 3),
        state,
        fix,
        one.session,
        one.title,
        one.date,
        one.place,
        one.commit,
    )


def _resolution(repo: Repository, one: Known) -> str:
    """What the session that closed it says of how, in its checkpoint as it is now."""
    path = checkpoint_path(one.closed_by)
    try:
        data = read_file(repo.root, path)
        checkpoint = parse_checkpoint(data, one.closed_by, path) if data else None
    except FormatError:
        return ""
    key = words_key(_bare(one))
    said = [
        fact.resolved
        for fact in (checkpoint.facts if checkpoint else ())
        if fact.resolved and words_key(fact.bare) == key
    ]
    return redact_lines(said[:1])[0] if said and words_key(said[0]) != key else ""


def _of_turn(how: Likeness, one: Happened) -> Hit:
    more = []
    if one.edited:
        more.append(
            "edited " + ", ".join(one.edited[:5]) + (f" and {len(one.edited) - 5} more" if len(one.edited) > 5 else "")
        )
    if one.solved:
        more.append(f"`{shorten_line(one.command)}` ran through in turn {one.solved}")
    if one.said:
        more.append(f"said: {shorten_line(one.said)}")
    place = f"{one.session}/{one.conversation}#turn-{one.number}"
    score = min(how.score * 0.95 + (0.04 if one.solved else 0), 1.0)
    return Hit(0, "turn", shorten_line(one.message), how.reason(), round(score, 3), "solved" if one.solved else "", "",
               one.session, one.title, one.date, place, "", tuple(more))  # fmt: skip


def _files(repo: Repository, db: sqlite3.Connection, places: Iterable[Place]) -> list[str]:
    """Files of the project that are named, as history has them: absolute ones, those of another machine, and parts of paths."""
    roots = {root.replace(os.sep, "/").rstrip("/") + "/" for root in (repo.root, os.path.realpath(repo.root))}
    found: dict[str, None] = {}
    for place in places:
        path = place.path.replace("\\", "/")
        own = next((path[len(root) :] for root in roots if path.startswith(root)), "")
        if len(found) < _FILES and (own or not _THEIRS.search(path)) and (name := _known_path(db, own or path)):
            found[name] = None
    return list(found)


def _known_path(db: sqlite3.Connection, path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".", "..", "~")]
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        if db.execute("SELECT 1 FROM file_changes WHERE path = ? LIMIT 1", (name,)).fetchone():
            return name
    if not parts:
        return ""
    pattern = "%/" + re.sub(r"([%_!])", r"!\1", "/".join(parts))
    rows = db.execute(
        "SELECT DISTINCT path FROM file_changes WHERE path LIKE ? ESCAPE '!' LIMIT 2", (pattern,)
    ).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else ""


def _commits(db: sqlite3.Connection, files: Sequence[str], limit: int) -> list[Hit]:
    """The commits that touched most of the files, the newest first, with what is behind each."""
    touched: dict[str, list[str]] = {}
    place: dict[str, int] = {}
    for path in files:
        rows = db.execute(
            "SELECT c.oid, c.place FROM file_changes f JOIN commits c ON c.id = f.commit_id WHERE f.path = ? ORDER BY c.place DESC LIMIT ?",
            (path, _COMMITS),
        )
        for oid, at in rows:
            touched.setdefault(oid, []).append(path)
            place[oid] = at
    order = sorted(touched, key=lambda oid: (-len(touched[oid]), files.index(touched[oid][0]), -place[oid]))[:limit]
    hits = []
    for reason in why(db, [(oid, ()) for oid in order]):
        paths = touched[reason.commit]
        more = []
        for session in reason.sessions:
            more.append(f"[{session.session}] {session.title}")
            chosen = sorted(session.decisions, key=lambda decision: not decision.here)[:_DECISIONS]
            more += [f"decided{' here' if decision.here else ''}: {shorten_line(decision.text)}" for decision in chosen]
        first = reason.sessions[0] if reason.sessions else None
        hits.append(Hit(0, "commit", reason.subject, "touched " + " and ".join(paths), round(min(len(paths), 5) / 20, 3), "", "",
                        first.session if first else "", first.title if first else "", reason.date, ", ".join(paths), reason.commit,
                        tuple(more)))  # fmt: skip
    return hits


def when_of(hit: Hit) -> str:
    """The day of a hit in words; empty for a turn whose transcript tells none."""
    return hit.date[:10] or ("" if hit.kind == "turn" else "not committed")


def shorten_line(text: str) -> str:
    """A text on one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE else line[: _LINE - 3].rstrip() + "..."

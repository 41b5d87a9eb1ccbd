"""A session: its checkpoint, commits, files, conversations, its handoff and what that changed."""

from collections.abc import Sequence
from difflib import unified_diff
from typing import NamedTuple

from gitsession.errors import SessionError
from gitsession.model.checkpoint import Checkpoint
from gitsession.web.views.ground import Ground, SessionLine

MOST_COMMITS, MOST_FILES = 200, 200
TURNS = 50  # on a page


class CommitLine(NamedTuple):
    """A commit of a session; `date` is when it was written."""

    oid: str
    date: str
    author: str
    subject: str
    added: int
    removed: int


class FileLine(NamedTuple):
    """A file that a session's commits changed."""

    path: str
    commits: int
    added: int
    removed: int


class TalkLine(NamedTuple):
    """A conversation of a session."""

    name: str
    title: str
    agent: str
    model: str
    started: str
    ended: str
    turns: int
    tokens: int


class SessionView(NamedTuple):
    """All that a session's page shows. `text` is the checkpoint's Markdown below its front matter."""

    line: SessionLine
    checkpoint: Checkpoint | None  # None: it is gone, or cannot be read here
    model: str
    account: str
    parents: tuple[str, ...]
    tags: tuple[str, ...]
    outcome: str
    usage: tuple[tuple[str, float], ...]
    text: str
    commits: tuple[CommitLine, ...]
    more_commits: int
    files: tuple[FileLine, ...]
    more_files: int
    talks: tuple[TalkLine, ...]
    before: SessionLine | None
    after: SessionLine | None
    has_handoff: bool


class Stored(NamedTuple):
    """A handoff as a commit has it."""

    stem: str
    path: str
    commit: str
    text: str


class HandoffView(NamedTuple):
    """A session's last handoff, and what it changed against the one before: lines, each with `+`, `-`, ` ` or `@`."""

    line: SessionLine
    handoff: Stored
    earlier: Stored | None
    changes: tuple[tuple[str, str], ...]
    before: SessionLine | None
    after: SessionLine | None


class TurnView(NamedTuple):
    """One turn of a conversation."""

    number: int
    who: str
    kind: str
    at: str
    tool: str
    failed: bool
    input: str
    text: str


class ConversationView(NamedTuple):
    """A page of a conversation."""

    line: SessionLine
    talk: TalkLine
    turns: tuple[TurnView, ...]
    page: int
    pages: int


def view_session(ground: Ground, stem: str, *, conversations: bool = True) -> SessionView:
    """A session's page. Raises SessionError where there is none."""
    line = ground.session(stem)
    checkpoint = ground.checkpoint(stem)
    commits = _commits(ground, stem)
    files = _files(ground, stem)
    before, after = ground.neighbours(stem)
    return SessionView(
        line=line,
        checkpoint=checkpoint,
        model=checkpoint.model if checkpoint else "",
        account=checkpoint.account if checkpoint else "",
        parents=checkpoint.parents if checkpoint else (),
        tags=checkpoint.tags if checkpoint else (),
        outcome=checkpoint.outcome if checkpoint else "",
        usage=checkpoint.usage if checkpoint else (),
        text=_body(_data(ground, stem)),
        commits=tuple(commits[:MOST_COMMITS]),
        more_commits=max(len(commits) - MOST_COMMITS, 0),
        files=tuple(files[:MOST_FILES]),
        more_files=max(len(files) - MOST_FILES, 0),
        talks=tuple(_talks(ground, stem)) if conversations else (),
        before=before,
        after=after,
        has_handoff=_last_page(ground, stem) is not None,
    )


def view_handoff(ground: Ground, stem: str) -> HandoffView:
    """The last handoff that a session wrote. Raises SessionError where it wrote none."""
    line = ground.session(stem)
    handoff = _last_page(ground, stem)
    if handoff is None:
        raise SessionError(f"session {stem} wrote no handoff", "a session's handoff comes with its commits")
    stems = list(ground.sessions)
    earlier = next(filter(None, (_last_page(ground, s) for s in reversed(stems[: stems.index(stem)]))), None)
    before, after = ground.neighbours(stem)
    changes = tuple(_changes(earlier.text, handoff.text)) if earlier else ()
    return HandoffView(line, handoff, earlier, changes, before, after)


def view_conversation(ground: Ground, stem: str, name: str, page: int = 1) -> ConversationView:
    """Turns of a conversation. Raises SessionError where there is none, or no such page of it."""
    line = ground.session(stem)
    talk = next((t for t in _talks(ground, stem) if t.name == name), None)
    pages = max(-(-talk.turns // TURNS), 1) if talk else 0
    if talk is None or not 1 <= page <= pages:
        raise SessionError(f"no such conversation in session {stem}", "the session's page names them")
    rows = ground.db.execute(
        "SELECT number, who, t.kind, at, tool, failed, input, text FROM turns t JOIN conversations v ON v.id = conversation_id "
        "WHERE v.stem = ? AND v.name = ? ORDER BY number LIMIT ? OFFSET ?", (stem, name, TURNS, TURNS * (page - 1)))  # fmt: skip
    turns = tuple(
        TurnView(n, who, kind, at, tool, bool(failed), *said) for n, who, kind, at, tool, failed, *said in rows
    )
    return ConversationView(line, talk, turns, page, pages)


def _data(ground: Ground, stem: str) -> str:
    """A checkpoint's text as it stands, else as history had it last."""
    if stem in ground.snapshot.oids:
        return ground.snapshot.data(stem).decode("utf-8", "replace")
    row = ground.db.execute(
        "SELECT blob FROM session_revisions r JOIN sessions s ON s.id = session_id JOIN commits c ON c.id = commit_id "
        "WHERE stem = ? AND blob IS NOT NULL ORDER BY place DESC, oid LIMIT 1", (stem,)).fetchone()  # fmt: skip
    return (ground.repo.read_object(row[0]) or b"").decode("utf-8", "replace") if row else ""


def _body(text: str) -> str:
    """What stands below the front matter."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != "---":
        return text
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    return "\n".join(lines[end + 1 :])


def _commits(ground: Ground, stem: str) -> list[CommitLine]:
    """Newest first."""
    rows = ground.db.execute(
        "SELECT c.oid, c.authored, c.author, c.subject, coalesce(sum(f.added), 0), coalesce(sum(f.removed), 0) FROM sessions s "
        "JOIN commit_sessions b ON b.session_id = s.id JOIN commits c ON c.id = b.commit_id LEFT JOIN file_changes f ON f.commit_id = c.id "
        "WHERE s.stem = ? GROUP BY c.id ORDER BY c.place DESC, c.oid", (stem,))  # fmt: skip
    return [CommitLine(*row) for row in rows]


def _files(ground: Ground, stem: str) -> list[FileLine]:
    """Those that changed most first."""
    rows = ground.db.execute(
        "SELECT path, count(*), coalesce(sum(added), 0), coalesce(sum(removed), 0) FROM sessions s JOIN commit_sessions b ON b.session_id = s.id "
        "JOIN file_changes f ON f.commit_id = b.commit_id WHERE s.stem = ? GROUP BY path "
        "ORDER BY sum(coalesce(added, 0) + coalesce(removed, 0)) DESC, path", (stem,))  # fmt: skip
    return [FileLine(*row) for row in rows]


def _talks(ground: Ground, stem: str) -> list[TalkLine]:
    rows = ground.db.execute(
        "SELECT name, title, agent, model, started, ended, (SELECT count(*) FROM turns WHERE conversation_id = v.id), "
        "input_tokens + output_tokens FROM conversations v WHERE stem = ? ORDER BY started, name", (stem,))  # fmt: skip
    return [TalkLine(*row) for row in rows]


def _last_page(ground: Ground, stem: str) -> Stored | None:
    """The last handoff that a session wrote; a page of its own goes before one of the project."""
    row = ground.db.execute(
        "SELECT h.path, c.oid, h.blob FROM sessions s JOIN commit_sessions b ON b.session_id = s.id JOIN handoffs h ON h.commit_id = b.commit_id "
        "JOIN commits c ON c.id = h.commit_id WHERE s.stem = ? AND h.blob IS NOT NULL ORDER BY h.stem = s.stem DESC, c.place DESC, c.oid LIMIT 1",
        (stem,)).fetchone()  # fmt: skip
    if row is None:
        return None
    path, oid, blob = row
    return Stored(stem, path, oid, (ground.repo.read_object(blob) or b"").decode("utf-8", "replace"))


def _changes(before: str, after: str) -> list[tuple[str, str]]:
    lines: Sequence[str] = list(unified_diff(_told(before), _told(after), n=2, lineterm=""))[2:]
    return [("@", "") if line.startswith("@@") else (line[:1], line[1:]) for line in lines]


def _told(page: str) -> list[str]:
    """A page's lines without what only programs read: the closing comment, and where links lead."""
    lines = page.rstrip().split("\n")
    return [
        line
        for line in lines
        if not line.startswith("<!-- gitsession:") and not (line.startswith("[") and "]: " in line)
    ]

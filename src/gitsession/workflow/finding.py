"""Conversations on this machine that are of this repository: told by where an agent keeps them, and by the beginning of each file."""

import contextlib
import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.model.conversation import Head
from gitsession.secretscan.redaction import redact_lines
from gitsession.transcripts import open_transcript
from gitsession.transcripts.source import Source

#: Files that are looked into, the newest of all that are there: an agent may keep those of all projects in one folder.
LIMIT = 5000
_FIRST = 16 * 1024  # bytes in which most files say where they were written
_BEGINNING = 256 * 1024
_WORDS = 2000  # characters of a prompt that are searched for secrets, before it is cut to a title
_TITLE = 80
_CWD = re.compile(rb'"(?:cwd|gitRoot)" ?: ?("(?:[^"\\]|\\.)+")')
_SUBAGENT = re.compile(rb'"source" ?: ?\{ ?"subagent"')
_STAMP = re.compile(rb"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)Z\)")
_SLUG_LIMIT = 200  # Claude Code cuts longer names, and puts a hash behind


class Found(NamedTuple):
    """A conversation of this repository. `path` is empty where its agent has to export it first: see `find_unread`."""

    path: str
    agent: str
    id: str = ""
    started: str = ""  # ISO 8601, empty where unknown
    modified: str = ""  # ISO 8601: when it was last written
    size: int = 0  # bytes
    title: str = ""  # its own, else the first prompt, cut to a line; redacted


class _File(NamedTuple):
    path: str
    agent: str
    modified: float
    size: int
    ours: bool  # by its place; what its beginning says goes before


class _Ground:
    """The folders that are this repository: its work trees and all below them, but for other repositories in there."""

    def __init__(self, repo: Repository) -> None:
        self.env = repo.env
        self.root = repo.root
        listed = repo.git("worktree", "list", "--porcelain", "-z", check=False).out.split(b"\0")
        trees = [os.fsdecode(line[9:]) for line in listed if line.startswith(b"worktree ")]
        self.roots = list(dict.fromkeys(p for t in (repo.root, *trees) for p in (os.path.normpath(t), _real(t))))
        self._known: dict[str, bool] = {}

    def holds(self, cwd: str) -> bool:
        """Whether a folder, there still or not, is of this repository."""
        known = self._known.get(cwd)
        if known is None:
            known = self._known[cwd] = (
                os.path.isabs(cwd)
                and "\0" not in cwd
                and any(self._holds(p) for p in dict.fromkeys((os.path.normpath(cwd), _real(cwd))))
            )
        return known

    def _holds(self, path: str) -> bool:
        while path not in self.roots:
            if os.path.lexists(os.path.join(path, ".git")) or os.path.dirname(path) == path:
                return False
            path = os.path.dirname(path)
        return True

    def home(self, *parts: str, variable: str = "") -> str:
        """A folder in the person's home, or the one that the variable names instead of the first part."""
        if variable and self.env.get(variable):
            return os.path.join(self.env[variable], *parts[1:])
        return os.path.join(os.path.expanduser("~"), *parts)


def find_conversations(repo: Repository, *, limit: int = LIMIT) -> list[Found]:
    """Conversations that agents keep of this repository, newest first. What cannot be read is left out."""
    ground = _Ground(repo)
    files = sorted(_files(ground), key=lambda f: (-f.modified, f.path))[:limit]
    found = [one for file in files if (one := _look(file, ground))]
    # SpecStory's copy of a conversation steps back behind the agent's own file.
    found.sort(key=lambda f: f.path.endswith(".md"))
    once = {f.id or f.path: f for f in reversed(found)}
    return _redacted(sorted(once.values(), key=lambda f: (f.modified, f.path), reverse=True))


def find_unread(repo: Repository) -> list[Found]:
    """Conversations that opencode keeps of this repository, newest first: `opencode export ID` gives one as a file that can be imported."""
    ground = _Ground(repo)
    folder = os.path.join(ground.env.get("XDG_DATA_HOME") or ground.home(".local", "share"), "opencode")
    rows = [*_stored(os.path.join(folder, "storage", "session")), *_in_database(os.path.join(folder, "opencode.db"))]
    found = {
        r[0]: Found("", "opencode", r[0], _iso(r[3] / 1000), _iso(r[4] / 1000), 0, r[2])
        for r in rows
        if ground.holds(r[1])
    }
    return _redacted(sorted(found.values(), key=lambda f: (f.modified, f.id), reverse=True))


# -- where each agent keeps them


def _files(ground: _Ground) -> Iterator[_File]:
    yield from _claude(ground)
    for name in ("sessions", "archived_sessions"):
        codex = _below(ground.home(".codex", name, variable="CODEX_HOME"), depth=3)
        yield from _stat("codex", (p for p in codex if p.endswith((".jsonl", ".jsonl.zst"))), ours=False)
    yield from _gemini(ground)
    events = _below(ground.home(".copilot", "session-state", variable="COPILOT_HOME"), depth=1)
    yield from _stat("copilot", (p for p in events if p.endswith(".jsonl")), ours=False)
    yield from _cursor(ground)
    for root in ground.roots:
        yield from _stat("specstory", (p for p in _list(root, ".specstory", "history") if p.endswith(".md")), ours=True)
        yield from _stat("aider", [os.path.join(root, ".aider.chat.history.md")], ours=True)


def _claude(ground: _Ground) -> Iterator[_File]:
    """One folder for each folder that it was started in; the names do not tell a subfolder from a neighbour, the files do."""
    own = {_slug(root) for root in ground.roots}
    homes = [ground.home(".claude", "projects", variable="CLAUDE_CONFIG_DIR")]
    homes += [ground.home(".config", "claude", "projects")]
    for folder in (path for home in homes for path in _list(home)):
        name = os.path.basename(folder)
        if name in own or any(name.startswith((s + "-", s[:_SLUG_LIMIT] + "-")) for s in own):
            files = (p for p in _list(folder) if p.endswith(".jsonl"))
            yield from _stat(
                "claude-code", (p for p in files if not os.path.basename(p).startswith("agent-")), ours=name in own
            )


def _gemini(ground: _Ground) -> Iterator[_File]:
    """One folder for each project, named by a hash of its path, or by a name that a list maps to the path."""
    home = ground.home(".gemini", variable="GEMINI_CLI_HOME")
    if ground.env.get("GEMINI_CLI_HOME"):
        home = os.path.join(home, ".gemini")
    names = {hashlib.sha256(os.fsencode(root)).hexdigest() for root in ground.roots}
    with contextlib.suppress(ValueError, AttributeError):
        listed = json.loads(_read(os.path.join(home, "projects.json")) or "{}").get("projects", {})
        names |= {name for path, name in listed.items() if isinstance(name, str) and ground.holds(path)}
    for folder in _list(home, "tmp"):
        said = _read(os.path.join(folder, ".project_root")).decode("utf-8", "replace").strip()
        if ground.holds(said) if said else os.path.basename(folder) in names:
            chats = _list(folder, "chats")
            yield from _stat("gemini", (p for p in chats if p.endswith((".json", ".jsonl"))), ours=True)


def _cursor(ground: _Ground) -> Iterator[_File]:
    names = {_slug(root).strip("-") for root in ground.roots}
    for folder in _list(ground.home(".cursor", "projects")):
        said = ""
        with contextlib.suppress(ValueError, AttributeError):
            said = json.loads(_read(os.path.join(folder, ".workspace-trusted")) or "{}").get("workspacePath") or ""
        if ground.holds(said) if isinstance(said, str) and said else os.path.basename(folder).strip("-") in names:
            chats = _below(os.path.join(folder, "agent-transcripts"), depth=1)
            yield from _stat("cursor", (p for p in chats if p.endswith(".jsonl")), ours=True)


def _stored(folder: str) -> Iterator[tuple[str, str, str, float, float]]:
    """(id, folder, title, created, updated) of what opencode keeps as files."""
    for path in sorted(_below(folder, depth=1))[-LIMIT:]:
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
            info = json.loads(_read(path))
            if not info.get("parentID"):
                times = info["time"]
                words = str(info["id"]), str(info["directory"]), str(info.get("title", ""))
                yield *words, float(times["created"]), float(times["updated"])


def _in_database(path: str) -> list[tuple[str, str, str, float, float]]:
    """The same of what newer ones keep in a database."""
    if not os.path.isfile(path):
        return []
    import sqlite3
    from urllib.parse import quote

    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=1)) as database:
            rows = database.execute(
                "select id, directory, title, time_created, time_updated from session where parent_id is null"
                " order by time_updated desc limit ?", (LIMIT,)
            )  # fmt: skip
            return [(str(r[0]), str(r[1]), str(r[2] or ""), float(r[3]), float(r[4])) for r in rows]
    except (sqlite3.Error, TypeError, ValueError):
        return []


# -- what a file says of itself


def _look(file: _File, ground: _Ground) -> Found | None:
    """The conversation in a file; None where it is another project's, a sub-agent's, or none that can be read."""
    try:
        with open(file.path, "rb") as opened:
            if file.path.endswith(".zst"):
                data = Source(opened, file.path).beginning().encode()
            else:
                data = opened.read(_FIRST)
                if _ours(data, file, ground) or not _CWD.search(data):
                    data += opened.read(_BEGINNING - _FIRST)
            if not _ours(data, file, ground):
                return None
            if file.agent in ("aider", "specstory"):  # long ones are told by their end
                opened.seek(max(file.size - _BEGINNING, 0))
                return _written(file, data, opened.read())
    except (OSError, GitsessionError):
        return None
    return _told(file, data)


def _ours(data: bytes, file: _File, ground: _Ground) -> bool:
    """Whether the beginning of a file says that it is of this repository; its place decides where it says nothing."""
    if file.agent not in ("claude-code", "codex", "copilot"):  # the words could be anybody's
        return True
    said = _CWD.search(data)
    try:
        ours = ground.holds(json.loads(said[1])) if said else file.ours
    except ValueError:
        return False
    return ours and not (file.agent == "codex" and _SUBAGENT.search(data.split(b"\n", 1)[0]))


def _told(file: _File, data: bytes, *, agent: str = "") -> Found | None:
    """What the reader of its format makes of a file's beginning; None where nothing is said in it."""
    cut = len(data) >= _BEGINNING  # more follows
    head, first, command = Head(agent or file.agent), "", ""
    try:
        for one in open_transcript(io.BytesIO(data), file.path):
            if isinstance(one, Head):
                head = one
            elif one.who == "user" and not one.side:
                first = first or ("" if one.kind else one.text.strip())
                command = command or (one.text.strip() if one.kind == "command" else "")
    except GitsessionError:
        return None
    if not (first or command or cut):
        return None
    title = head.title or first or command
    return Found(file.path, head.agent or file.agent, head.id, head.started, _iso(file.modified), file.size, title)


def _written(file: _File, data: bytes, end: bytes) -> Found | None:
    """A file that lies in the repository: a clone gives it a new time, so what it says goes before."""
    if file.agent == "specstory":
        found = _told(file, data)
        stamps = _STAMP.findall(end)
        return found._replace(modified=stamps[-1].decode().replace(" ", "T") + "+00:00") if found and stamps else found
    last = end[max(end.rfind(b"\n# aider chat started at "), 0) :]
    said = re.findall(rb"^#### (?!/)(.+)", last, re.MULTILINE) or re.findall(rb"^#### (.+)", end, re.MULTILINE)
    if not said:
        return None
    return Found(file.path, "aider", "", "", _iso(file.modified), file.size, said[0].decode("utf-8", "replace").strip())


def _redacted(found: list[Found]) -> list[Found]:
    titles = redact_lines([" ".join(f.title.split())[:_WORDS] for f in found])
    return [
        f._replace(title=t if len(t) <= _TITLE else t[: _TITLE - 3].rstrip() + "...")
        for f, t in zip(found, titles, strict=True)
    ]


# -- folders and files


def _stat(agent: str, paths: Iterable[str], *, ours: bool) -> Iterator[_File]:
    for path in paths:
        with contextlib.suppress(OSError):
            about = os.stat(path)
            if stat.S_ISREG(about.st_mode) and about.st_size:
                yield _File(path, agent, about.st_mtime, about.st_size, ours)


def _list(*parts: str) -> list[str]:
    """Paths in a folder; none where it is not there, or not to be read."""
    folder = os.path.join(*parts)
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError:
        return []


def _below(folder: str, *, depth: int) -> Iterator[str]:
    """Paths of files in a folder and in those below it, `depth` deep."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir():
                    yield entry.path
                elif depth:
                    yield from _below(entry.path, depth=depth - 1)
    except OSError:
        return


def _read(path: str) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        with open(path, "rb") as file:
            return file.read(_BEGINNING)
    except (OSError, ValueError):
        return b""


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _slug(path: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "-", path)


def _iso(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""

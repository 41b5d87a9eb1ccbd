"""What a repository has already that is like a handoff: notes that people keep by hand, and the issues of beads."""

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitsession.agents.block import without_block
from gitsession.errors import FormatError, GitsessionError
from gitsession.git import Repository
from gitsession.model.draft import Draft
from gitsession.rules import shorten
from gitsession.store.files import read_file
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import edit_staged
from gitsession.transcripts import open_transcript
from gitsession.workflow.drawing import apply_drafts, redacted
from gitsession.workflow.handwritten import LENGTH, drafts_of
from gitsession.workflow.record import open_session, session_for_recording
from gitsession.workflow.sessions import NewSession, Progress, find_session, need_sessions

_FOLDERS = ("", "docs", "doc", ".claude", ".agents")
_NAMED = re.compile(
    r"(?:.*[-_ .])?(?:handoff|hand-off|handover|todos?|next[-_ ]steps)(?:[-_ ].*)?\.(?:md|markdown|txt)|todo",
    re.IGNORECASE,
)
_TODO = re.compile(r"(?:^|[-_ .])todos?\b", re.IGNORECASE)
_BEADS = (".beads/issues.jsonl", ".beads/beads.jsonl")
#: What agents read by themselves: a handoff points there, and repeats nothing of it.
_INSTRUCTIONS = ("CLAUDE.md", "AGENTS.md", "GEMINI.md", ".github/copilot-instructions.md")
_READ_LIMIT = 4 * 1024 * 1024
_MOST = 60  # facts from one document
_MOST_DONE = 10


class Document(NamedTuple):
    """What a file of that name holds for a handoff, redacted, and how many facts more than are taken from one."""

    name: str
    drafts: tuple[Draft, ...]
    more: int = 0


class Adopted(NamedTuple):
    """What was taken over: into which session, how many facts, and whether it began with them."""

    stem: str
    facts: int
    opened: bool


def find_documents(repo: Repository) -> list[Document]:
    """The documents of the work tree that hold something for a handoff. What cannot be read is left out."""
    found = []
    for path in (*_documents(repo), *_BEADS):
        with contextlib.suppress(GitsessionError, OSError):
            data = read_file(repo.root, path)
            if data is not None and (document := read_document(data[:_READ_LIMIT], path)).drafts:
                found.append(document)
    return found


def document_at(path: str) -> Document | None:
    """The document in a file that somebody names; None for what may be a transcript. Raises FormatError where a handoff takes nothing from it."""
    beads = path.replace("\\", "/").endswith(_BEADS)
    if not beads and os.path.splitext(path)[1].lower() not in ("", ".md", ".markdown", ".txt"):
        return None
    try:
        if not os.path.isfile(path):  # a pipe can be read once
            return None
        with open(path, "rb") as file:
            data = file.read(_READ_LIMIT)
    except OSError:
        return None
    if not beads:
        with contextlib.suppress(GitsessionError):
            open_transcript(io.BytesIO(data), path)
            return None
    found = read_document(data, next((name for name in _BEADS if beads), os.path.basename(path)))
    if not found.drafts:
        hint = "boxes are taken, and what stands under headings such as Next steps, Decisions, Open questions"
        raise FormatError(path, 1, "no transcript that we know, and nothing in it for a handoff", hint)
    return found


def find_instructions(repo: Repository) -> list[str]:
    """Files with instructions for agents that hold more than our own block."""
    found = []
    for path in _INSTRUCTIONS:
        with contextlib.suppress(GitsessionError, OSError):
            data = read_file(repo.root, path)
            if data is not None and without_block(data.decode("utf-8", "replace")).strip():
                found.append(path)
    return found


def read_document(data: bytes, name: str) -> Document:
    """What a document holds for a handoff. Raises FormatError for one that is no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FormatError(name, data.count(b"\n", 0, e.start) + 1, "not UTF-8") from None
    if "\0" in text:
        raise FormatError(name, 1, "no text")
    name = re.sub(r"[()\s]+", "-", name)  # it ends an item, in parentheses
    default = "step" if _TODO.search(os.path.basename(name)) else ""
    drafts = _of_beads(text, name) if name.endswith(".jsonl") else drafts_of(text, name, default=default)
    once = {(d.kind, d.text.casefold()): d for d in reversed(list(drafts))}
    kept = list(reversed(once.values()))
    done = [d for d in kept if d.kind == "done"]
    kept = [d for d in kept if d.kind != "done" or d in done[:_MOST_DONE]]
    return Document(name, tuple(redacted(kept[:_MOST])), max(len(kept) - _MOST, 0))


def adopt(repo: Repository, documents: Sequence[Document], *, session: str = "") -> Adopted:
    """Write what documents hold into the session in progress, or the named one; one begins where none is. Nothing is written twice."""
    drafts = [d for document in documents for d in document.drafts]
    names = ["beads" if d.name in _BEADS else os.path.basename(d.name) for d in documents]
    instructions = find_instructions(repo)
    if instructions:
        drafts.append(
            Draft("note", "Instructions for agents are in " + ", ".join(f"`{path}`" for path in instructions))
        )
    added = 0

    def edit(text: str, path: str) -> str:
        nonlocal added
        drawn = apply_drafts(text, path, drafts)
        added = drawn.added
        return drawn.text

    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        progress, opened = Progress(repo, snapshot), False
        if session:
            stem = find_session(session, snapshot.oids)
        elif progress.stem() or progress.to_take_over() or snapshot.settings.sessions != "auto":
            stem, opened = session_for_recording(repo, snapshot)
        else:
            progress.raise_unreadable()
            stem, opened = open_session(repo, snapshot, NewSession(f"Go on from {' and '.join(names)}")), True
        edit_staged(repo, checkpoint_path(stem), edit)
    return Adopted(stem, added, opened)


def _documents(repo: Repository) -> Iterator[str]:
    for folder in _FOLDERS:
        with contextlib.suppress(OSError):
            for name in sorted(os.listdir(repo.path(folder) if folder else repo.root)):
                if _NAMED.fullmatch(name):
                    yield f"{folder}/{name}" if folder else name


# -- beads


def _of_beads(text: str, name: str) -> Iterator[Draft]:
    """Its open issues are steps, those in progress first, then by priority; blocked ones are blockers."""
    issues = []
    for line in text.split("\n"):
        with contextlib.suppress(ValueError, RecursionError):
            issue = json.loads(line)
            if isinstance(issue, dict) and isinstance(issue.get("title"), str) and issue["title"].strip():
                issues.append(issue)
    rank = {"in_progress": 0, "open": 1, "blocked": 2}
    issues = [i for i in issues if str(i.get("status")) in rank and i.get("issue_type") != "epic"]
    issues.sort(key=lambda i: (rank[i["status"]], i["priority"] if isinstance(i.get("priority"), int) else 9))
    for issue in issues:
        number = str(issue.get("id", ""))[:40]
        words = shorten(issue["title"], LENGTH) + (f" ({number})" if number else "")
        kind = "blocker" if issue["status"] == "blocked" else "step"
        yield Draft(kind, words, " " if kind == "step" else "", f"{name}#{number}" if number else name)

"""`/projects/{project}/sessions`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.git import Repository
from gitsession.model.checkpoint import Checkpoint
from gitsession.store.files import read_file
from gitsession.store.layout import checkpoint_path
from gitsession.store.snapshot import blob_oid
from gitsession.web.api.asking import (
    CURRENT,
    READ,
    WRITE,
    IfMatch,
    Listing,
    PagingOf,
    ProjectOf,
    SessionOf,
    Since,
    Word,
    expected,
    seconds_of,
)
from gitsession.web.api.handoffs import HandoffPage, as_page
from gitsession.web.api.route import Route
from gitsession.web.project import Project
from gitsession.workflow.lifecycle import begin_session, complete_session
from gitsession.workflow.reading import SessionRow, find_checkpoint, session_rows

router = APIRouter(route_class=Route, tags=["sessions"])
Flag = Annotated[bool | None, Query()]


class SessionLine(BaseModel):
    """A session in a list. What its checkpoint does not say is empty."""

    stem: str = Field(description="What identifies it.", examples=["0002-add-login-k3f9"])
    number: str = Field(examples=["0002"])
    title: str = Field(examples=["Add login"])
    status: str = Field(examples=["active"])
    over: str = Field(
        description="Why it is over: completed, abandoned, merged, followed; empty: it is not.", examples=[""]
    )
    in_progress: bool = Field(description="On the branch in work.", examples=[True])
    open: int = Field(description="Facts in force that it opened.", examples=[4])
    started: str = Field(examples=["2026-11-23T09:30:00+00:00"])
    ended: str = ""
    branch: str = Field("", examples=["main"])
    author: str = Field("", examples=["Ada Example"])
    agent: str = Field("", examples=["claude-code"])
    model: str = ""
    account: str = ""
    parents: list[str] = []
    tags: list[str] = []
    outcome: str = Field("", description="met, partly, not.")
    usage: dict[str, int | float] = Field({}, description="input_tokens, output_tokens, cost_usd, credits.")


class FactLine(BaseModel):
    """A list item of a checkpoint."""

    kind: str = Field(examples=["decision"])
    text: str = Field(examples=["Use argon2id for password hashes, because bcrypt truncates at 72 bytes."])
    line: int = Field(description="In the checkpoint, from 1.", examples=[14])
    box: str = Field("", description="` ` open, `x` ticked; empty: it has none.")
    dropped: bool = False
    links: list[str] = Field([], description="The sessions that it closes something of.")
    replaces: list[str] = []
    resolved: str = ""
    est: str = ""
    took: str = ""
    source: str = Field("", description="State: the id of the source that it was observed on.")
    by: str = Field("", description="The model that wrote it; empty: a person or a rule.")
    turn: str = Field("", description="Where a conversation says it.")


class Session(SessionLine):
    """A session with all that its checkpoint says."""

    goal: str = ""
    facts: list[FactLine]
    path: str = Field(examples=[".sessions/0002-add-login-k3f9.md"])
    oid: str = Field(description="The id of the checkpoint's text; the first part of the ETag, which If-Match takes.")


class NewSession(BaseModel):
    """What a session begins with."""

    title: str = Field(min_length=1, max_length=500, description="What it is for; or the number of the open step that it takes up.",
                       examples=["Add login"])  # fmt: skip
    goal: str = Field("", max_length=8000, examples=["People can sign in with a password."])
    agent: str = Field("", max_length=100, examples=["claude-code"])
    model: str = Field("", max_length=100)
    account: str = Field("", max_length=100)
    tags: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=20)
    budget: int | None = Field(None, ge=1, le=100_000, description="Tokens of the handoff in the answer.")


class End(BaseModel):
    """How a session ends."""

    outcome: Literal["", "met", "partly", "not"] = Field("", description="Whether its goal was met.")
    abandoned: bool = Field(False, description="It led nowhere.")
    commit: bool = Field(False, description="Commit `.sessions/` alone, whatever else is staged.")
    budget: int | None = Field(None, ge=1, le=100_000, description="Tokens of the handoff in the answer.")


class Begun(BaseModel):
    """A session that began."""

    session: Session
    handoff: HandoffPage = Field(description="The page as it stood before: what the session is to know.")


class Ended(BaseModel):
    """A session that ended."""

    session: Session
    handoff: HandoffPage = Field(description="The page after it.")
    said: str = Field("", description="What git said to the commit.")


@router.get("/projects/{project}/sessions", summary="The sessions", responses=READ)
def sessions(
    project: ProjectOf, paging: PagingOf, status: Literal["", "active", "completed", "abandoned"] = "",
    in_progress: Flag = None, author: Word = "", agent: Word = "", branch: Word = "",
    since: Since = None, order: Literal["newest", "oldest"] = "newest",
) -> Listing[SessionLine]:  # fmt: skip
    """All sessions of the work tree; `author` and `agent` are parts of names, `since` is the day from which on they began."""
    rows = [
        row
        for row in rows_of(project)
        if status in ("", row.checkpoint.status)
        and in_progress in (None, row.in_progress)
        and author.lower() in row.checkpoint.author.lower()
        and agent.lower() in row.checkpoint.agent.lower()
        and branch in ("", row.checkpoint.branch)
        and (since is None or row.checkpoint.instant >= seconds_of(since))
    ]
    some, total, following = paging.of(rows[::-1] if order == "newest" else rows)
    return Listing(items=[SessionLine(**_line(row)) for row in some], total=total, next=following)


@router.get("/projects/{project}/sessions/{session}", summary="One session", responses=READ)
def session(project: ProjectOf, session: SessionOf, response: Response) -> Session:
    """What its checkpoint says in the work tree. The first part of the ETag is what If-Match of a write takes."""
    return read_session(project, session, response)


@router.post("/projects/{project}/sessions", status_code=201, summary="Begin a session", responses=WRITE)
def begin(project: ProjectOf, new: NewSession, response: Response) -> Begun:
    """A new session on the branch in work, and the handoff for it. Its file is written and staged; it is in the next commit."""
    with project.writing, project.git() as repo:
        begun = begin_session(repo, new.title, goal=new.goal, agent=new.agent, model=new.model, account=new.account,
                              tags=tuple(new.tags), budget=new.budget)  # fmt: skip
    session = read_session(project, begun.started.stem, response)
    response.headers["Location"] = f"/api/v1/projects/{project.slug}/sessions/{session.stem}"
    return Begun(session=session, handoff=as_page(begun.previous))


@router.post("/projects/{project}/sessions/{session}/complete", summary="End a session", responses=WRITE)
def complete(project: ProjectOf, session: SessionOf, end: End, response: Response, if_match: IfMatch = "") -> Ended:
    """End the session in progress, and hand over: the answer has the new handoff."""
    with project.writing, project.git() as repo:
        done = complete_session(repo, outcome=end.outcome, status="abandoned" if end.abandoned else "completed", commit=end.commit,
                                budget=end.budget, expected=expected(session, if_match, repo))  # fmt: skip
    ended = read_session(project, done.recorded.stem, response)
    return Ended(session=ended, handoff=as_page(done.handoff), said=done.said)


def rows_of(project: Project) -> Sequence[SessionRow]:
    """All sessions, oldest first."""

    def read() -> list[SessionRow]:
        with project.git() as repo:
            return session_rows(repo)

    return project.remember("sessions", read)


def read_session(project: Project, word: str, response: Response) -> Session:
    """One session, its checkpoint's id in the ETag. Raises SessionError, FormatError."""
    rows = project.remember("sessions by stem", lambda: {row.checkpoint.stem: row for row in rows_of(project)})
    with project.git() as repo:
        checkpoint, data = _find(repo, rows, word)
        oid = blob_oid(data, repo.object_format)
    response.headers["ETag"] = f'"{oid}"'
    row = rows.get(checkpoint.stem) or SessionRow(checkpoint, "", in_progress=False, open=0)
    facts = [FactLine(**fact._asdict()) for fact in checkpoint.facts]
    line = _line(replace(row, checkpoint=checkpoint))
    return Session(**line, goal=checkpoint.goal, facts=facts, path=checkpoint_path(checkpoint.stem), oid=oid)


def _find(repo: Repository, rows: Mapping[str, SessionRow], word: str) -> tuple[Checkpoint, bytes]:
    """A session's checkpoint as it is now: its file alone is read where it is known which one is meant."""
    named = (
        [stem for stem, row in rows.items() if row.in_progress] if word == CURRENT else [word] if word in rows else []
    )
    if named:
        path = checkpoint_path(named[0])
        data = read_file(repo.root, path)
        if data is not None:
            return parse_checkpoint(data, named[0], path), data
    return find_checkpoint(repo, "" if word == CURRENT else word)


_OWN = tuple(name for name in Checkpoint._fields if name in SessionLine.model_fields)


def _line(row: SessionRow) -> dict[str, Any]:
    c = row.checkpoint
    record: dict[str, Any] = {name: getattr(c, name) for name in _OWN}
    return record | {"number": c.number, "usage": dict(c.usage), "over": row.over, "in_progress": row.in_progress, "open": row.open}  # fmt: skip

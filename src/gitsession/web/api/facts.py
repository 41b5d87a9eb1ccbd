"""`/facts`: what is in force, what was ever recorded; adding one and closing one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from gitsession.index.browsing import read_facts
from gitsession.store.snapshot import blob_oid
from gitsession.web.api.asking import (
    READ,
    WRITE,
    IfMatch,
    Listing,
    PagingOf,
    ProjectOf,
    SessionOf,
    Word,
    expected,
    listed,
    part_of,
    stem_in_history,
)
from gitsession.web.api.route import IndexRoute, Route
from gitsession.web.api.sessions import FactLine, read_session
from gitsession.web.project import Project
from gitsession.workflow.reading import find_checkpoint, read_status
from gitsession.workflow.record import MAX_WORDS, Recorded, close_fact, record_fact

router = APIRouter(route_class=Route, tags=["facts"])
history = APIRouter(route_class=IndexRoute, tags=["facts"])
Kind = Literal[
    "constraint", "decision", "done", "step", "blocker", "question", "error", "state", "command", "lesson", "note"
]
Recordable = Literal[
    "constraint", "decision", "done", "step", "blocker", "question", "error", "command", "lesson", "note"
]
Kinds = Annotated[list[Kind], Query(max_length=20, description="Only of these kinds.")]
_SHORT = 500


class InForce(BaseModel):
    """A fact that binds or calls for work."""

    kind: str = Field(examples=["step"])
    text: str = Field(examples=["Rate-limit the sign-in endpoint"])
    session: str = Field(
        description="The session that it came from; empty: `project.yml`.", examples=["0002-add-login-k3f9"]
    )
    line: int = Field(description="In that checkpoint, from 1.", examples=[27])
    number: int | None = Field(
        description="What closing takes, of those that can be closed. It changes as things are closed.", examples=[1]
    )
    taken_by: str = Field("", description="The session that took it up.")
    sessions_open: int = Field(description="Sessions in which it stood open.", examples=[1])
    source: str = Field("", description="State: the id of the source that it was observed on.")
    by: str = Field("", description="The model that wrote it; empty: a person or a rule.")
    est: str = ""


class FactsOfSession(BaseModel):
    """The facts of a session's checkpoint."""

    session: str
    oid: str = Field(description="The id of the checkpoint's text; the first part of the ETag, which If-Match takes.")
    items: list[FactLine]


class PastFact(BaseModel):
    """A fact of history."""

    kind: str = Field(examples=["decision"])
    text: str
    session: str
    line: int = Field(description="In the last version of the checkpoint; 0 where that does not say it any more.")
    date: str = Field(description="When the commit that brought it was made.")
    commit: str
    closed: str = Field(description="How it was: ticked, resolved, replaced, dropped, removed; empty: it is not.")
    closed_by: str
    closed_date: str
    est: str
    took: str
    by: str
    turn: str


class NewFact(BaseModel):
    """What is to be recorded."""

    kind: Recordable = Field("note", examples=["decision"])
    text: str = Field(min_length=1, max_length=MAX_WORDS, examples=["Use argon2id for password hashes"])
    why: str = Field(
        "",
        max_length=MAX_WORDS,
        description="The reason; becomes ', because ...'.",
        examples=["bcrypt truncates at 72 bytes"],
    )
    replaces: str = Field(
        "", max_length=_SHORT, description="What it retires: the text, or a part of it that no other has."
    )
    est: str = Field("", max_length=50, description="What it will take, such as 20m.")
    took: str = Field("", max_length=50, description="What it took.")
    fix: str = Field("", max_length=MAX_WORDS, description="What solved it, of an error.")


class Closing(BaseModel):
    """What is to be closed."""

    what: str = Field(min_length=1, max_length=MAX_WORDS, description="Its text, a part of it that no other has, or its number.",
                      examples=["Rate-limit the sign-in endpoint"])  # fmt: skip
    took: str = Field("", max_length=50, description="What it took, such as 35m.")
    how: str = Field("", max_length=MAX_WORDS, description="How it was settled; becomes '(resolved: ...)'.")


class Written(BaseModel):
    """What was recorded."""

    session: str = Field(description="The session that it went to.", examples=["0002-add-login-k3f9"])
    kind: str = Field(examples=["decision"])
    text: str = Field(examples=["Use argon2id for password hashes, because bcrypt truncates at 72 bytes"])
    begun: bool = Field(description="The session began with it.", examples=[False])
    oid: str = Field(description="The id of the checkpoint's text after it; the ETag.")


@router.get("/projects/{project}/facts", summary="What is in force", responses=READ)
def facts(project: ProjectOf, paging: PagingOf, kind: Kinds = [], session: Word = "") -> Listing[InForce]:  # noqa: B006  (FastAPI copies it)
    """Open steps, blockers, questions, constraints, decisions, unsolved errors, state. `session` is a stem, or a part of one."""
    found = [f for f in project.remember("in force", lambda: _in_force(project))
             if (not kind or f.kind in kind) and session in f.session]  # fmt: skip
    some, total, following = paging.of(found)
    return Listing(items=list(some), total=total, next=following)


@history.get("/projects/{project}/facts/history", summary="All facts that were ever recorded", responses=READ)
def past_facts(
    project: ProjectOf, paging: PagingOf, kind: Kinds = [], session: Word = "", closed: Annotated[bool | None, Query()] = None,  # noqa: B006
) -> Listing[PastFact]:  # fmt: skip
    """The newest first, with the commits that brought and closed them."""
    found, total = project.ask(
        lambda db: read_facts(
            db, part_of(paging), kinds=tuple(kind), session=stem_in_history(db, session), closed=closed
        )
    )
    return listed(found, total, paging, PastFact)


@router.get("/projects/{project}/sessions/{session}/facts", summary="The facts of a session", responses=READ)
def facts_of_session(project: ProjectOf, session: SessionOf, response: Response) -> FactsOfSession:
    """In the order of its checkpoint."""
    found = read_session(project, session, response)
    return FactsOfSession(session=found.stem, oid=found.oid, items=found.facts)


@router.post("/projects/{project}/sessions/{session}/facts", status_code=201, summary="Record a fact", responses=WRITE)
def add(project: ProjectOf, session: SessionOf, fact: NewFact, response: Response, if_match: IfMatch = "") -> Written:
    """Into the session in progress: `current`, which begins one where none is, or its name. It is staged, and in the next commit."""
    with project.writing, project.git() as repo:
        recorded = record_fact(repo, fact.kind, fact.text, why=fact.why, replaces=fact.replaces, est=fact.est, took=fact.took, fix=fact.fix,
                               expected=expected(session, if_match, repo))  # fmt: skip
    response.headers["Location"] = f"/api/v1/projects/{project.slug}/sessions/{recorded.stem}/facts"
    return _written(project, recorded, response)


@router.post("/projects/{project}/sessions/{session}/facts/close", summary="Close a fact", responses=WRITE)
def close(
    project: ProjectOf, session: SessionOf, closing: Closing, response: Response, if_match: IfMatch = ""
) -> Written:
    """A step, blocker, question or error, whichever session opened it; written into the session in progress."""
    with project.writing, project.git() as repo:
        closed = close_fact(
            repo, closing.what, took=closing.took, how=closing.how, expected=expected(session, if_match, repo)
        )
    return _written(project, closed, response)


def _in_force(project: Project) -> list[InForce]:
    with project.git() as repo:
        status = read_status(repo)
    numbers = {item: number for number, item in enumerate(status.items, 1)}
    return [
        InForce(kind=i.kind, text=i.text, session=i.stem, line=i.line, number=numbers.get(i), taken_by=i.taken_by, sessions_open=i.age,
                source=i.source, by=i.by, est=i.est)
        for i in status.fold.in_force
    ]  # fmt: skip


def _written(project: Project, recorded: Recorded, response: Response) -> Written:
    with project.git() as repo:
        oid = blob_oid(find_checkpoint(repo, recorded.stem)[1], repo.object_format)
    response.headers["ETag"] = f'"{oid}"'
    return Written(session=recorded.stem, kind=recorded.kind, text=recorded.text, begun=recorded.opened, oid=oid)

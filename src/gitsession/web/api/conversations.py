"""`/conversations`: what was said with agents, redacted, a part of the turns at a time; adding turns."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from gitsession.index.browsing import read_talks, read_turns
from gitsession.model.conversation import Turn
from gitsession.web.api.asking import (
    CURRENT,
    READ,
    WRITE,
    Listing,
    PagingOf,
    ProjectOf,
    SessionOf,
    Word,
    listed,
    part_of,
    stem_in_history,
)
from gitsession.web.api.route import IndexRoute, Route
from gitsession.web.problems import not_found
from gitsession.workflow.appending import append_turns
from gitsession.workflow.reading import find_path

router = APIRouter(route_class=IndexRoute, tags=["conversations"])
writing = APIRouter(route_class=Route, tags=["conversations"])
Name = Annotated[str, Path(max_length=200, pattern=r"^[A-Za-z0-9-]+$")]
_TEXT = 200_000  # characters of a turn


class Conversation(BaseModel):
    """A conversation without its turns."""

    session: str = Field(examples=["0002-add-login-k3f9"])
    name: str = Field(examples=["claude-code-3f2a91bc"])
    title: str
    agent: str = Field(examples=["claude-code"])
    model: str
    branch: str
    started: str
    ended: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    cut: int = Field(description="Characters that were left out.")
    turns: int = Field(examples=[42])


class TurnLine(BaseModel):
    """One turn."""

    number: int = Field(description="It never changes; those that are missing were left out.", examples=[12])
    who: str = Field(description="user, assistant, tool, system.", examples=["user"])
    kind: str = Field(
        description="Empty for what was said; else injected, command, summary, interrupted, thinking, error."
    )
    at: str
    model: str
    tool: str
    action: str
    failed: bool
    input_tokens: int
    output_tokens: int
    input: str
    text: str = Field(examples=["Use argon2id, please."])


class WholeConversation(Conversation):
    """A conversation with a part of its turns."""

    part: Listing[TurnLine]


class NewTurn(BaseModel):
    """A turn that is to be kept."""

    who: Literal["user", "assistant", "tool", "system"] = Field(examples=["user"])
    text: str = Field("", max_length=_TEXT, examples=["Use argon2id, please."])
    when: str = Field("", max_length=50, description="ISO 8601 with an offset.", examples=["2026-11-23T09:31:00+00:00"])
    id: str = Field(
        "", max_length=200, description="The turn's own id: sent again, it is not kept twice.", examples=["t1"]
    )
    kind: Literal["", "injected", "command", "summary", "interrupted", "thinking", "error"] = ""
    tool: str = Field("", max_length=200)
    action: Literal["", "run", "edit", "read", "search", "todo", "ask", "plan", "agent", "web", "other"] = ""
    input: str = Field("", max_length=_TEXT, description="Of a tool's call.")
    failed: bool = False
    model: str = Field("", max_length=100)
    input_tokens: int = Field(0, ge=0, le=10**12)
    output_tokens: int = Field(0, ge=0, le=10**12)


class NewTurns(BaseModel):
    """Turns of a conversation; it begins with them where there is none of that agent and id."""

    agent: str = Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", examples=["claude-code"])
    id: str = Field(
        "",
        max_length=100,
        pattern=r"^[A-Za-z0-9_.:-]*$",
        description="The agent's own id of the conversation.",
        examples=["talk-1"],
    )
    title: str = Field("", max_length=500)
    model: str = Field("", max_length=100)
    turns: list[NewTurn] = Field(min_length=1, max_length=500)


class Appended(BaseModel):
    """What became of turns."""

    session: str = Field(
        description="The conversation's: the one that it was stored under first.", examples=["0002-add-login-k3f9"]
    )
    name: str = Field(examples=["claude-code-3f2a91bc"])
    turns: int = Field(description="In the conversation now.", examples=[12])
    new: int = Field(description="Of these, those that came in now.", examples=[1])
    redacted: int = Field(description="Secrets that were taken out now.", examples=[0])


@router.get("/projects/{project}/conversations", summary="The conversations", responses=READ)
def conversations(project: ProjectOf, paging: PagingOf, session: Word = "") -> Listing[Conversation]:
    """The newest first."""
    found, total = project.ask(lambda db: read_talks(db, part_of(paging), session=stem_in_history(db, session)))
    return listed(found, total, paging, Conversation)


@router.get("/projects/{project}/conversations/{session}/{name}", summary="One conversation", responses=READ)
def conversation(project: ProjectOf, session: Name, name: Name, paging: PagingOf) -> WholeConversation:
    """With a part of its turns, in order. `session` is a whole stem, as the list has it."""
    found = project.ask(lambda db: read_turns(db, session, name, part_of(paging)))
    if found is None:
        raise not_found("there is no such conversation", "GET .../conversations lists them")
    about, turns, total = found
    return WholeConversation(**about._asdict(), part=listed(turns, total, paging, TurnLine))


@writing.post(
    "/projects/{project}/sessions/{session}/conversations",
    status_code=201,
    summary="Add turns to a conversation",
    responses=WRITE,
)
def append(project: ProjectOf, session: SessionOf, new: NewTurns, response: Response) -> Appended:
    """Redacted, as all that is kept of conversations. A turn that is sent again under its id is not kept twice."""
    turns = [
        Turn(t.who, t.text, t.when, t.id, t.kind, model=t.model, tokens=(t.input_tokens, t.output_tokens), tool=t.tool, action=t.action,
             input=t.input, failed=t.failed)
        for t in new.turns
    ]  # fmt: skip
    with project.writing, project.git() as repo:
        stem, _ = find_path(repo, "" if session == CURRENT else session)
        kept = append_turns(repo, stem, turns, agent=new.agent, id=new.id, title=new.title, model=new.model)
    response.headers["Location"] = f"/api/v1/projects/{project.slug}/conversations/{kept.stem}/{kept.name}"
    return Appended(session=kept.stem, name=kept.name, turns=kept.turns, new=kept.new, redacted=kept.redacted)

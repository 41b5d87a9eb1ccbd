"""`/search`, `/troubleshoot`, `/scan`: what is found, in history, of an error, of secrets."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from gitsession.index.search import MARKS, Hit, match_expression
from gitsession.index.search import Query as Asked
from gitsession.index.search import search as search_index
from gitsession.store.layout import FOLDER
from gitsession.web.api.asking import READ, WRITES, ProjectOf, Since, Word, problems, stem_in_history, utc
from gitsession.web.api.route import IndexRoute, WholeRoute
from gitsession.workflow.scanning import Search
from gitsession.workflow.troubleshooting import troubleshoot as find_known

router = APIRouter(route_class=IndexRoute, tags=["search"])
scanning = APIRouter(route_class=WholeRoute, tags=["scan"])
Kind = Literal["constraint", "decision", "done", "step", "blocker", "question", "error", "state", "command", "lesson", "note",
               "session", "knowledge", "handoff", "turn"]  # fmt: skip
_MOST_TEXT = 500_000  # characters that are searched for secrets


class Span(BaseModel):
    """A piece of a snippet."""

    text: str
    found: bool = Field(description="It is one of the words that were looked for.")


class Found(BaseModel):
    """One thing that was found."""

    kind: str = Field(examples=["decision"])
    session: str = Field(examples=["0002-add-login-k3f9"])
    title: str = Field(description="Of the session, or of the knowledge.", examples=["Add login"])
    date: str
    author: str
    agent: str
    text: str
    snippet: list[Span] = Field(description="The text around what was found, in pieces.")
    place: str = Field(
        description="The file and line, or the conversation and turn.", examples=[".sessions/0002-add-login-k3f9.md:14"]
    )
    commit: str
    closed: str
    closed_by: str
    closed_date: str
    score: float


class Results(BaseModel):
    """What was found, the best first."""

    items: list[Found]


class Text(BaseModel):
    """A text to search for secrets."""

    text: str = Field(max_length=_MOST_TEXT, examples=["Say how to try it: ./try"])


class Secret(BaseModel):
    """A place that looks like a secret."""

    path: str = Field(examples=[".sessions/0002-add-login-k3f9.md"])
    line: int = Field(examples=[14])
    column: int = Field(examples=[9])
    kind: str = Field(examples=["GitHub token"])
    excerpt: str = Field(description="Masked: the value itself is nowhere kept.")


class Scanned(BaseModel):
    """What a search for secrets found."""

    items: list[Secret]
    problems: list[str] = Field(description="What could not be searched: no clean result.")


class Error(BaseModel):
    """An error that is to be looked up."""

    text: str = Field(min_length=1, max_length=_MOST_TEXT, description="Its message, a whole traceback, or what a compiler printed.",
                      examples=["KeyError: 'retry_after'"])  # fmt: skip
    limit: int = Field(5, ge=1, le=100, description="As many errors like it at most, and as many commits.")


class Known(BaseModel):
    """Something that is known of an error."""

    number: int = Field(examples=[1])
    kind: str = Field(description="Of the fact, or knowledge, turn, commit.", examples=["error"])
    text: str
    reason: str = Field(description="Why it stands here.", examples=["same IntegrityError, 4 of 5 words"])
    score: float = Field(description="0 to 1.")
    state: str = Field(description="Of errors and blockers: solved, not solved or dropped.")
    fix: str = Field(description="What solved it.")
    session: str
    title: str
    date: str
    place: str
    commit: str
    more: list[str] = Field(description="What was done after the turn, what is behind the commit.")


class Troubleshot(BaseModel):
    """What is known of an error, the likest first."""

    error: str = Field(description="The line that was looked for, redacted.")
    kinds: list[str] = Field(examples=[["KeyError"]])
    files: list[str] = Field(description="Of the project, that it names.")
    items: list[Known]


@router.get("/projects/{project}/search", summary="Search all that ever was", responses=READ)
def search(
    project: ProjectOf,
    q: Annotated[str, Query(max_length=1000, description='Words mean all of them; "a phrase", begin*, one OR other, -without.')],
    kind: Annotated[list[Kind], Query(max_length=20)] = [],  # noqa: B006  (FastAPI copies it)
    session: Word = "", since: Since = None, author: Word = "", agent: Word = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Results:  # fmt: skip
    """Facts, goals, knowledge, handoffs, turns, of all sessions."""
    if not match_expression(q):
        return Results(items=[])
    hits = project.ask(
        lambda db: search_index(
            db, Asked(q, tuple(kind), stem_in_history(db, session), utc(since), author, agent, limit)
        )
    )
    return Results(items=[_found(hit) for hit in hits])


@scanning.post("/projects/{project}/troubleshoot", summary="What is known of an error", responses=problems(*WRITES))
def troubleshoot(project: ProjectOf, error: Error) -> Troubleshot:
    """Errors like it and what solved them, turns in which it occurred, who touched its files. Nothing of it is kept."""
    with project.reading() as (repo, db):
        found = find_known(repo, db, error.text, limit=error.limit)
    hits = [Known(**hit._asdict()) for hit in found.hits]
    return Troubleshot(error=found.error, kinds=list(found.kinds), files=list(found.files), items=hits)


@scanning.get("/projects/{project}/scan", summary="Secrets in .sessions/", responses=READ)
def scan(project: ProjectOf) -> Scanned:
    """All of `.sessions/` in the work tree is searched, tracked or not."""

    def read() -> Scanned:
        with project.git() as repo:
            one = Search(repo)
            one.path(repo.root, FOLDER)
            return _scanned(one)

    return project.remember("scan", read, depends="all")


@scanning.post("/projects/{project}/scan", summary="Secrets in a text", responses=problems(*WRITES))
def scan_text(project: ProjectOf, text: Text) -> Scanned:
    """Whether a text could be recorded. Nothing of it is kept."""
    with project.git() as repo:
        one = Search(repo)
        one.data("text", text.text.encode("utf-8", "replace"))
        return _scanned(one)


def _scanned(one: Search) -> Scanned:
    return Scanned(items=[Secret(**f.finding._asdict()) for f in one.found], problems=[*one.problems, *one.gate.notes])


def _found(hit: Hit) -> Found:
    before, *parts = hit.snippet.split(MARKS[0])
    spans = [Span(text=before, found=False)]
    for part in parts:
        word, _, after = part.partition(MARKS[1])
        spans += [Span(text=word, found=True), Span(text=after, found=False)]
    return Found(**{**hit._asdict(), "snippet": [span for span in spans if span.text]})

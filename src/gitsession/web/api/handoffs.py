"""`/handoff` and `/handoffs`: the page now, at a commit, of a session, of sessions that are chosen."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gitsession.errors import ModelError, ModelForbiddenError
from gitsession.git import Repository
from gitsession.handoff import render_json
from gitsession.index.browsing import read_pages
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.handoff import Handoff
from gitsession.web.api.asking import (
    CURRENT,
    READ,
    WRITES,
    Listing,
    PagingOf,
    ProjectOf,
    SessionOf,
    Word,
    listed,
    part_of,
    problems,
    stem_in_history,
)
from gitsession.web.api.route import IndexRoute, WholeRoute
from gitsession.web.door import clean_text
from gitsession.web.problems import ProblemError, not_found
from gitsession.web.project import Project
from gitsession.workflow.desk import compose_handoff
from gitsession.workflow.reading import check_pages, handoff_at, handoff_now
from gitsession.workflow.sharing import master_prompt

router = APIRouter(route_class=WholeRoute, tags=["handoffs"])
stored = APIRouter(route_class=IndexRoute, tags=["handoffs"])
_MOST = 100_000  # tokens of a page
Flag = Annotated[bool | None, Query()]
Budget = Annotated[
    int | None, Query(ge=1, le=_MOST, description="Tokens (of 4 bytes) to fill, instead of the project's.")
]


class Figures(BaseModel):
    """How much of what is known a page carries."""

    in_force: int = Field(examples=[19])
    in_force_carried: int = Field(examples=[19])
    background: int = Field(examples=[15])
    background_carried: int = Field(examples=[8])
    preservation: float | None = Field(description="Null where too little is recorded to say.", examples=[1.0])
    confidence: float = Field(examples=[0.97])
    reasons: list[str] = Field(description="One for each share of the confidence.")
    tokens: int = Field(examples=[1204])


class Section(BaseModel):
    """A section of a page."""

    heading: str = Field(examples=["Next"])
    lines: list[str]


class HandoffPage(BaseModel):
    """A derived page."""

    session: str | None = Field(description="The session in progress that it is for.", examples=["0002-add-login-k3f9"])
    text: str = Field(description="Markdown.", examples=["# Feedpost: handoff\n"])
    figures: Figures
    sections: list[Section]


class StoredPage(BaseModel):
    """A page as a commit has it, with the figures of its closing comment."""

    path: str = Field(examples=[".sessions/HANDOFF.md"])
    session: str
    commit: str
    date: str
    tokens: int | None
    in_force: int | None
    in_force_carried: int | None
    background: int | None
    background_carried: int | None
    preservation: float | None
    confidence: float | None


class CheckedPage(BaseModel):
    """What a stored page is, beside the one derived from the same commit."""

    path: str = Field(examples=[".sessions/HANDOFF.md"])
    status: str = Field(
        description="wrong, behind, current, or unknown where it cannot be verified.", examples=["current"]
    )
    reason: str = ""


class Checks(BaseModel):
    """All pages of a commit."""

    items: list[CheckedPage]


class HelpedSession(BaseModel):
    """What a model did for a session: counts of facts, and how far it may be trusted."""

    session: str
    added: int
    kept: int = Field(description="By rules and people.")
    shared: int = Field(description="Of the model's, that rules or people have, too.")
    dropped: int = Field(description="Of the model's, that the conversation does not bear out.")
    left: int = Field(description="Left out for room.")
    confidence: float
    reasons: list[str] = Field(description="Each factor of the confidence.")
    summary: str = Field(description="All of it in words.")


class ModelHelp(BaseModel):
    """What came of asking a model."""

    id: str = Field(description="The model; empty where none was asked.", examples=["meta-llama/Llama-3.1-8B-Instruct"])
    sent: str = Field(default="", description="What was sent where; empty for nothing.")
    parts: int = Field(default=0, description="Of the conversations.")
    unread: int = Field(default=0, description="Parts without an answer that can be read.")
    problem: str = Field(default="", description="Why parts are unread, or why the facts are those of the rules.")
    hint: str = ""
    sessions: list[HelpedSession] = []


class ComposedPage(HandoffPage):
    """A page of chosen sessions."""

    model: ModelHelp | None = Field(description="Null where no model was wanted.")


class ModelWish(BaseModel):
    """Which model is wanted. Where it answers is for the server's environment and the project to say."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(
        "",
        max_length=200,
        pattern=r"^([A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*(:[\w.-]+)?)?$",  # no URL: it would be asked instead
        description="Its name on the Hub or at the endpoint; the project's without one.",
        examples=["meta-llama/Llama-3.1-8B-Instruct"],
    )


class Order(BaseModel):
    """Which sessions a page is to be of."""

    sessions: list[Annotated[str, Field(max_length=200)]] = Field(
        min_length=1, max_length=1000, examples=[["0001", "0002"]]
    )
    budget: int | None = Field(
        None, ge=1, le=_MOST, description="Tokens (of 4 bytes) to fill, instead of the project's."
    )
    model: ModelWish | None = Field(None, description="Lets a model pick further facts of their conversations.")
    agree: bool = Field(False, description="Whether words may leave this machine for that.")


ModelToken = Annotated[
    str,
    Header(
        alias="X-Model-Token",
        max_length=1000,
        pattern="^[!-~]*$",
        description="The model's token: it goes to the endpoint with this one request, and is kept nowhere.",
    ),
]


def as_page(page: Handoff) -> HandoffPage:
    """A page as the API has it."""
    record: dict[str, Any] = render_json(page)
    return HandoffPage(text=page.text, **record)


@router.get("/projects/{project}/handoff", summary="The handoff now", responses=READ)
def handoff(project: ProjectOf, session: Word = "", budget: Budget = None) -> HandoffPage:
    """Derived from the work tree, fresh; of another session than the one in progress where one is named."""
    return as_page(_now(project, session, budget))


@router.get(
    "/projects/{project}/handoff.md", summary="The handoff now, as Markdown", responses=READ, response_class=Response
)
def handoff_markdown(project: ProjectOf, session: Word = "", budget: Budget = None, prompt: Flag = None) -> Response:
    """The same as text; with `prompt`, the master prompt: with absolute links, and a paragraph on how to use it."""
    page = _now(project, session, budget)
    text = page.text
    if prompt:
        with project.git() as repo:
            text = master_prompt(repo, page)
    return Response(clean_text(text), media_type="text/markdown; charset=utf-8")


@router.get("/projects/{project}/handoff/check", summary="Are the stored pages true?", responses=READ)
def checked(project: ProjectOf, rev: Word = "HEAD") -> Checks:
    """Each page that a commit holds, against what its checkpoints say: `gitsession handoff --check`."""
    oid = commit_of(project, rev)

    def check() -> list[CheckedPage]:
        with project.git() as repo:
            return [CheckedPage(path=c.path, status=c.status, reason=c.reason) for c in check_pages(repo, oid)]

    return Checks(items=project.remember(("check", oid), check))


@router.get("/projects/{project}/sessions/{session}/handoff", summary="The handoff of a session", responses=READ)
def handoff_of_session(project: ProjectOf, session: SessionOf, budget: Budget = None) -> HandoffPage:
    """What a session of the work tree would be handed now."""
    return as_page(_now(project, "" if session == CURRENT else session, budget))


@router.get("/projects/{project}/handoffs/{rev:path}", summary="The handoff at a commit", responses=READ)
def handoff_at_commit(
    project: ProjectOf,
    rev: Annotated[str, Path(max_length=200, description="A commit, a branch or a tag.")],
    session: Word = "",
    budget: Budget = None,
) -> HandoffPage:
    """Derived from the commit's tree and the history below it."""
    oid = commit_of(project, rev)

    def derive() -> Handoff:
        with project.git() as repo:
            return handoff_at(repo, oid, session=session, budget=budget)

    return as_page(project.remember(("at", oid, session, budget), derive))


@router.post(
    "/projects/{project}/handoffs",
    summary="A handoff of chosen sessions",
    responses=problems(*WRITES, "agreement-needed"),
)
def compose(project: ProjectOf, order: Order, token: ModelToken = "") -> ComposedPage:
    """The page of these sessions alone, as things stand now. It is stored nowhere, nor is what a model adds to it."""
    with project.git() as repo:
        help_, instead = _help(repo, order, token) if order.model else (None, None)
        page = compose_handoff(repo, order.sessions, budget=order.budget, instead=instead)
    return ComposedPage(**dict(as_page(page)), model=help_)


def _help(repo: Repository, order: Order, token: str) -> tuple[ModelHelp, Mapping[str, Checkpoint] | None]:
    """What a model adds; where it cannot, why the rules do without it."""
    from gitsession.workflow.desk_model import ask_for_help, plan_help  # who asks no model does not load it

    asked = ModelHelp(id="")
    try:
        plan = plan_help(repo, order.sessions, order.model.id if order.model else "", token)
        leaving = f"{plan.size} {plan.endpoint.told}"
        if plan.asks and not order.agree:
            along = ", and the model's token along with it" if token else ""
            raise ProblemError("agreement-needed", f"this would send {leaving}{along}", "`agree: true` agrees")
        sent = leaving if plan.open and not plan.endpoint.local else ""
        asked = ModelHelp(id=plan.endpoint.model, sent=sent, parts=len(plan.parts), unread=len(plan.open))
        done = ask_for_help(repo, plan, token)
    except ModelForbiddenError:
        raise
    except ModelError as e:
        return asked.model_copy(update={"problem": e.message, "hint": e.hint}), None
    sessions = [
        HelpedSession(
            session=stem, added=added, kept=merged.kept, shared=merged.shared, dropped=sum(merged.dropped.values()), left=merged.left,
            confidence=merged.confidence, reasons=merged.reasons(), summary=merged.line(f"{added} facts added"),
        )
        for stem, added, merged in done.sessions
    ]  # fmt: skip
    said = {"unread": done.unread, "problem": done.problem, "sessions": sessions}
    return asked.model_copy(update=said), done.checkpoints


@stored.get("/projects/{project}/handoffs", summary="The handoffs of history", responses=READ)
def handoffs(project: ProjectOf, paging: PagingOf, session: Word = "") -> Listing[StoredPage]:
    """The pages that commits hold, the newest first."""
    found, total = project.ask(lambda db: read_pages(db, part_of(paging), session=stem_in_history(db, session)))
    return listed(found, total, paging, StoredPage)


def commit_of(project: Project, rev: str) -> str:
    """The id of the commit that a revision names."""
    if "\0" not in rev:
        with project.git() as repo:
            done = repo.git("rev-parse", "-q", "--verify", "--end-of-options", rev + "^{commit}", check=False)
        if not done.code:
            return done.out.decode().strip()
    raise not_found("there is no such commit", "give a commit, a branch or a tag")


def _now(project: Project, session: str, budget: int | None) -> Handoff:
    def derive() -> Handoff:
        with project.git() as repo:
            return handoff_now(repo, session=session, budget=budget)

    return project.remember(("now", session, budget), derive, depends="all")

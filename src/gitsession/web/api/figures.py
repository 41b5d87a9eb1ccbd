"""`/stats`, `/growth`, `/timeline`, `/accounts`: what is counted. docs/metrics.md tells how."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from gitsession.index.growth import Grown, read_growth
from gitsession.index.kept import accounts as read_accounts
from gitsession.index.measuring import Scope
from gitsession.index.stats import Stats as StatsRead
from gitsession.index.stats import read_stats
from gitsession.index.timeline import Span, read_timeline
from gitsession.web.api.asking import READ, Listing, PagingOf, ProjectOf, Since, Word, utc
from gitsession.web.api.route import IndexRoute

router = APIRouter(route_class=IndexRoute, tags=["figures"])
By = Literal["session", "author", "agent", "model", "account", "week"]


class Group(BaseModel):
    """The figures of sessions that have something in common; null for what nothing says."""

    name: str = Field(description="What they have in common; empty: none of it.", examples=["claude-code"])
    sessions: int = Field(examples=[3])
    commits: int = Field(examples=[12])
    added: int = Field(description="Lines outside of `.sessions/`.", examples=[340])
    removed: int
    planned: int = Field(description="Steps that they opened.")
    done: int = Field(description="Steps that they did, whoever opened them.")
    open: int = Field(description="Of those that they opened, those that are open now.")
    hours: float
    input_tokens: int | float | None
    output_tokens: int | float | None
    cost_usd: int | float | None
    credits: int | float | None


class Stats(BaseModel):
    """A part of the groups, and what all of them come to."""

    by: By
    total: Group
    groups: Listing[Group]


class Point(BaseModel):
    """A session as a point of the trend; null for what nothing says, or what cannot be divided."""

    session: str
    title: str
    started: str
    outcome: str = Field(description="met, partly, not, or empty.")
    planned: int = Field(description="Steps that it opened.")
    kept: int = Field(description="Of these, those that it did itself.")
    done: int = Field(description="Steps that it did, whoever opened them.")
    dropped: int
    carried: int = Field(description="Steps of earlier sessions that were open when it began.")
    carried_age: int | float | None = Field(description="Of these: the median of the sessions since they were opened.")
    carried_oldest: int | None
    open: int
    timed: int = Field(description="Steps that it did and that say both what they should take and what they took.")
    estimated_hours: int | float | None
    took_hours: int | float | None
    in_force: int | None
    preserved: int | None
    preservation: int | float | None
    commits: int
    recorded: int
    lines: int
    reworked: int = Field(description="Of its lines, those that one of the next three sessions changed again.")
    hours: float
    tokens: int | float | None
    cost_usd: int | float | None
    credits: int | float | None
    hours_per_step: int | float | None
    tokens_per_step: int | float | None
    cost_usd_per_step: int | float | None
    credits_per_step: int | float | None


class SpanOfTime(BaseModel):
    """A session on the time line."""

    session: str
    title: str
    branch: str
    author: str
    agent: str
    status: str
    started: str
    ended: str = Field(description="Where it does not say so, its last commit.")
    commits: int
    hours: float


class Account(BaseModel):
    """An account that pays for sessions."""

    name: str = Field(examples=["work"])
    sessions: int
    first: str
    last: str
    agents: list[str]
    models: list[str]
    input_tokens: int | float | None
    output_tokens: int | float | None
    cost_usd: int | float | None
    credits: int | float | None


class Accounts(BaseModel):
    """All accounts."""

    items: list[Account]


@router.get("/projects/{project}/stats", summary="Figures by what sessions have in common", responses=READ)
def stats(
    project: ProjectOf, paging: PagingOf, by: By = "session", since: Since = None, author: Word = "", agent: Word = ""
) -> Stats:
    """Sessions, commits, lines, steps, time, tokens, cost and credits."""
    scope = Scope(utc(since), author, agent)
    found: StatsRead = project.remember(
        ("stats", by, scope), lambda: project.ask(lambda db: read_stats(db, by, scope)), depends="commits"
    )
    some, total, following = paging.of(found.groups)
    groups = Listing(items=[Group(**g._asdict()) for g in some], total=total, next=following)
    return Stats(by=by, total=Group(**found.total._asdict()), groups=groups)


@router.get("/projects/{project}/growth", summary="The trend, session by session", responses=READ)
def growth(
    project: ProjectOf, paging: PagingOf, since: Since = None, author: Word = "", agent: Word = ""
) -> Listing[Point]:
    """The newest first, in its parts: no one number is made of them."""
    scope = Scope(utc(since), author, agent)

    def read() -> list[Grown]:
        with project.reading() as (repo, db):
            return read_growth(db, repo, scope)[::-1]

    some, total, following = paging.of(project.remember(("growth", scope), read, depends="commits"))
    return Listing(items=[Point(**g._asdict()) for g in some], total=total, next=following)


@router.get("/projects/{project}/timeline", summary="Sessions over time and branches", responses=READ)
def timeline(
    project: ProjectOf, paging: PagingOf, since: Since = None, author: Word = "", agent: Word = ""
) -> Listing[SpanOfTime]:
    """The newest first."""
    scope = Scope(utc(since), author, agent)
    spans: list[Span] = project.remember(
        ("timeline", scope), lambda: project.ask(lambda db: read_timeline(db, scope)[::-1]), depends="commits"
    )
    some, total, following = paging.of(spans)
    return Listing(items=[SpanOfTime(**s._asdict()) for s in some], total=total, next=following)


@router.get("/projects/{project}/accounts", summary="The accounts that pay", responses=READ)
def accounts(project: ProjectOf) -> Accounts:
    """What checkpoints name as `account`."""
    return Accounts(items=[Account(**a._asdict()) for a in project.ask(read_accounts)])

"""`/projects`: what is served here, and where each stands."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from gitsession import __version__
from gitsession.git import Repository
from gitsession.store.snapshot import Snapshot
from gitsession.web.api.asking import READ, ProjectOf, problems
from gitsession.web.api.route import WholeRoute
from gitsession.web.project import Project
from gitsession.workflow.reading import Status, live_lines, read_status

router = APIRouter(route_class=WholeRoute, tags=["projects"])


class Health(BaseModel):
    """The server is there."""

    status: str = Field(examples=["ok"])
    version: str = Field(description="Of gitsession.", examples=[__version__])
    projects: int = Field(description="How many are served.", examples=[1])


class ProjectRow(BaseModel):
    """A project that is served."""

    slug: str = Field(description="Its name in addresses.", examples=["feedpost"])
    name: str = Field(examples=["Feedpost"])
    root: str = Field(description="Where it lies on the server's machine.", examples=["/home/ada/feedpost"])


class Projects(BaseModel):
    """All projects that are served."""

    items: list[ProjectRow]


class Open(BaseModel):
    """Something that calls for work. `number` is what closing takes, and changes as things are closed."""

    number: int = Field(examples=[1])
    kind: str = Field(examples=["step"])
    text: str = Field(examples=["Rate-limit the sign-in endpoint"])
    session: str = Field(description="The session that opened it.", examples=["0002-add-login-k3f9"])
    sessions_open: int = Field(description="Sessions in which it stood open.", examples=[1])


class Warned(BaseModel):
    """A line of a checkpoint that two people would want to know of."""

    path: str
    line: int
    message: str


class ProjectState(ProjectRow):
    """Where a project stands."""

    goal: str = ""
    constraints: list[str] = []
    branch: str = Field(description="The branch in work; empty for a detached HEAD.", examples=["main"])
    default_branch: str = Field(examples=["main"])
    head: str = Field(description="The commit in work; empty where there is none yet.")
    session: str | None = Field(description="The session in progress.", examples=["0002-add-login-k3f9"])
    title: str | None = Field(examples=["Add login"])
    commits: int = Field(description="Of the session in progress.", examples=[3])
    recorded: int = Field(description="Of these, those that changed its facts.", examples=[2])
    handoff: str = Field(description="How the stored page stands: current, behind, wrong, none.", examples=["current"])
    unstaged: bool = Field(description="The checkpoint has changes that are not staged.", examples=[False])
    open: list[Open]
    state: list[str] = Field(examples=[["tests: 41 passed"]])
    waiting: list[str] = Field(description="What machines recorded since the last commit.")
    live: list[str] = Field(description="What no page can know: what is not committed, not pushed, in work elsewhere.")
    warnings: list[Warned]
    problems: list[str] = Field(description="What cannot be read.")


@router.get("/health", summary="Is the server there?", responses=problems())
def health(request: Request) -> Health:
    """Answers when the server can."""
    return Health(status="ok", version=__version__, projects=len(request.app.state.projects))


@router.get("/projects", summary="The projects that are served", responses=READ)
def projects(request: Request) -> Projects:
    """All of them, in the order in which they were named."""
    found: dict[str, Project] = request.app.state.projects
    return Projects(items=[ProjectRow(slug=p.slug, name=p.name, root=p.root) for p in found.values()])


@router.get("/projects/{project}", summary="Where a project stands", responses=READ)
def project_state(project: ProjectOf) -> ProjectState:
    """The session in progress, what is open, and how the stored handoff stands: what `gitsession status --json` prints."""
    return project.remember("status", lambda: _read(project), depends="all")


def _read(project: Project) -> ProjectState:
    with project.git() as repo:
        return _state(project, repo, read_status(repo), live_lines(repo))


def _state(project: Project, repo: Repository, found: Status, live: list[str]) -> ProjectState:
    settings = Snapshot.of_worktree(repo).settings
    session = found.session
    return ProjectState(
        slug=project.slug, name=project.name, root=project.root, goal=settings.goal, constraints=list(settings.constraints),
        branch=found.branch, default_branch=settings.default_branch, head=repo.head_oid(),
        session=session.stem if session else None, title=session.title if session else None,
        commits=found.commits, recorded=found.recorded, handoff=found.handoff, unstaged=found.unstaged,
        open=[Open(number=n, kind=i.kind, text=i.text, session=i.stem, sessions_open=i.age) for n, i in enumerate(found.items, 1)],
        state=[i.text for i in found.fold.in_force if i.kind == "state"],
        waiting=list(found.waiting), live=live,
        warnings=[Warned(path=f".sessions/{w.stem}.md", line=w.line, message=w.message) for w in found.fold.warnings],
        problems=list(found.problems),
    )  # fmt: skip

"""The pages as HTML: pure functions of what they show. `serve` mounts `page_routes`; `export site` writes the same pages as files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gitsession import __version__
from gitsession.errors import GitsessionError, SessionError
from gitsession.web.links import Links
from gitsession.web.markdown import render_inline, render_markdown
from gitsession.web.project import Project
from gitsession.web.rules import rule, rules_text
from gitsession.web.views.analytics import view_analytics
from gitsession.web.views.ground import Ground
from gitsession.web.views.growth import view_growth
from gitsession.web.views.knowledge import view_knowledge
from gitsession.web.views.project import view_project
from gitsession.web.views.search import view_search
from gitsession.web.views.session import view_conversation, view_handoff, view_session
from gitsession.web.views.start import ProjectLine, view_line
from gitsession.web.views.timeline import view_timeline
from gitsession.web.visible import clean_page

Params = Mapping[str, str]
_SECONDS = 2.0  # for which a page is the same that nothing tells to have changed


class Page(NamedTuple):
    """What a browser gets."""

    status: int
    html: str
    etag: str


Handler = Callable[[Project, Params], Page]


class Frame(NamedTuple):
    """What surrounds a page's own content."""

    name: str  # of the project, as addresses have it
    title: str  # of the project, as people call it
    here: str  # the page's path
    links: Links
    api: str = ""  # address of the project's API; empty on a static page
    conversations: bool = True
    commit: str = ""


class Route(NamedTuple):
    """A page: the pattern of its path below the project, and what makes it."""

    pattern: str
    make: Callable[[Ground, Frame, Params], str]


def render(template: str, frame: Frame, **values: Any) -> str:
    """A page's HTML."""
    links = frame.links

    def markdown(text: str, lower: int = 1) -> Markup:
        return Markup(render_markdown(text, links.file, lower=lower))  # noqa: S704  (it is cleaned)

    def inline(text: str) -> Markup:
        return Markup(render_inline(text, links.file))  # noqa: S704  (it is cleaned)

    page = _environment().get_template(template)
    return page.render(frame=frame, links=links, markdown=markdown, inline=inline, version=__version__, **values)


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("gitsession.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    environment.filters.update(day=_day, moment=_moment, number=_number, percent=_percent, hours=_hours)
    return environment


# -- pages


def project_page(ground: Ground, frame: Frame, params: Params) -> str:
    """Where the project stands."""
    del params
    return render("project.html", frame, view=view_project(ground, frame.name))


def timeline_page(ground: Ground, frame: Frame, params: Params) -> str:
    """Sessions over time."""
    return render("timeline.html", frame, view=view_timeline(ground, _page(params)))


def session_page(ground: Ground, frame: Frame, params: Params) -> str:
    """One session."""
    return render("session.html", frame, view=view_session(ground, params["stem"], conversations=frame.conversations))


def handoff_page(ground: Ground, frame: Frame, params: Params) -> str:
    """The handoff that a session wrote."""
    return render("handoff.html", frame, view=view_handoff(ground, params["stem"]))


def conversation_page(ground: Ground, frame: Frame, params: Params) -> str:
    """A part of a conversation."""
    return render(
        "conversation.html", frame, view=view_conversation(ground, params["stem"], params["name"], _page(params))
    )


def growth_page(ground: Ground, frame: Frame, params: Params) -> str:
    """The trend, in its parts."""
    return render("growth.html", frame, view=view_growth(ground, _page(params)))


def analytics_page(ground: Ground, frame: Frame, params: Params) -> str:
    """Sessions by who, what and when."""
    del params
    return render("analytics.html", frame, groupings=view_analytics(ground), rule=rule)


def knowledge_page(ground: Ground, frame: Frame, params: Params) -> str:
    """Patterns to use again."""
    del params
    return render("knowledge.html", frame, view=view_knowledge(ground))


def search_page(ground: Ground, frame: Frame, params: Params) -> str:
    """What fits the words in `q`."""
    return render("search.html", frame, view=view_search(ground, params.get("q", "")))


def rules_page(ground: Ground, frame: Frame, params: Params) -> str:
    """How every figure is counted."""
    del ground, params
    return render("rules.html", frame, text=rules_text())


def desk_page(ground: Ground, frame: Frame, params: Params) -> str:
    """A handoff of chosen sessions."""
    del params
    settings = ground.snapshot.settings
    sessions = list(reversed(ground.sessions.values()))
    models = settings.model.allowed != "never"
    return render("desk.html", frame, sessions=sessions, budget=settings.budget, models=models, model=settings.model.id)


#: All pages of a project. `{page}` is a number from 1; without it the first is meant.
ROUTES: Sequence[Route] = (
    Route("", project_page),
    Route("timeline", timeline_page),
    Route("timeline/{page}", timeline_page),
    Route("growth", growth_page),
    Route("growth/{page}", growth_page),
    Route("analytics", analytics_page),
    Route("knowledge", knowledge_page),
    Route("search", search_page),
    Route("rules", rules_page),
    Route("sessions/{stem}", session_page),
    Route("sessions/{stem}/handoff", handoff_page),
    Route("sessions/{stem}/conversations/{name}", conversation_page),
    Route("sessions/{stem}/conversations/{name}/{page}", conversation_page),
)
#: Those that make sense only where somebody answers.
SERVED = (Route("desk", desk_page),)


def page_routes() -> list[tuple[str, Handler]]:
    """What a server mounts: a pattern of paths each, and what answers for it with the values of the pattern and of the query."""
    return [(f"/p/{{project}}/{route.pattern}", _handler(route)) for route in (*ROUTES, *SERVED)]


def _handler(route: Route) -> Handler:
    def answer(project: Project, params: Params) -> Page:
        here = route.pattern.format(**params)
        key = ("page", here, params.get("q", ""))
        # A file outside of `.sessions/` may have changed, which a handoff shows and nothing tells us of.
        return project.remember(key, lambda: _answer(route, project, here, params), seconds=_SECONDS)

    return answer


def _answer(route: Route, project: Project, here: str, params: Params) -> Page:
    try:
        with project.reading() as (repo, db):
            ground = Ground(repo, db, remember=project.remember)
            up = "../../"
            api = "../" * here.count("/") + f"{up}api/v1/projects/{quote(project.slug, safe='')}"
            links = Links(here, sessions=ground.sessions, assets=up)
            frame = Frame(project.slug, ground.snapshot.settings.name or project.name, here, links, api)
            return _made(HTTPStatus.OK, clean_page(route.make(ground, frame, params)))
    except SessionError as e:
        return error_page(HTTPStatus.NOT_FOUND, e.message, e.hint, here=f"p/{project.slug}/{here}")
    except GitsessionError as e:
        return error_page(HTTPStatus.SERVICE_UNAVAILABLE, e.message, e.hint, here=f"p/{project.slug}/{here}")


def start_page(projects: Iterable[Project]) -> Page:
    """The projects to choose from."""
    lines = [project.remember("line", partial(_line, project), seconds=_SECONDS) for project in projects]
    return _made(HTTPStatus.OK, clean_page(render("start.html", Frame("", "", "", Links("")), lines=lines)))


def _line(project: Project) -> ProjectLine:
    try:
        with project.reading() as (repo, db):
            return view_line(Ground(repo, db, remember=project.remember), project.slug, project.name)
    except GitsessionError as e:  # of one: the others are there
        return ProjectLine(project.slug, project.name, "", "", 0, 0, "", None, e.message)


def error_page(status: int, message: str, hint: str = "", *, here: str = "") -> Page:
    """What went wrong, for people. `here` is the path that was asked for, without its first slash."""
    links = Links(here)
    html = render(
        "error.html",
        Frame("", "", here, links),
        title=HTTPStatus(status).phrase,
        message=message,
        hint=hint,
        back=links.root or "./",
    )
    return _made(status, clean_page(html))


def _made(status: int, html: str) -> Page:
    return Page(status, html, '"' + sha256(html.encode("utf-8", "replace")).hexdigest()[:32] + '"')


def _page(params: Params) -> int:
    word = params.get("page", "1")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else 0


# -- how values are written


def _moment(when: str) -> Markup:
    """A time, for people and for programs."""
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        return Markup("")
    at = at.astimezone(UTC) if at.tzinfo else at
    return Markup('<time datetime="{}">{}</time>').format(when, at.strftime("%-d %b %Y, %H:%M"))


def _day(when: str) -> Markup:
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(when, at.strftime("%-d %b %Y"))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.0f} %"


def _hours(value: float | None) -> str:
    """Hours as people say them."""
    if not value:
        return ""
    minutes = round(value * 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"

"""The pages as HTML: pure functions of what they show. `serve` mounts `page_routes`; `export site` writes the same pages as files."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gitsession import __version__
from gitsession.web.links import Links
from gitsession.web.markdown import render_markdown
from gitsession.web.views.ground import Ground
from gitsession.web.views.project import view_project
from gitsession.web.views.session import view_conversation, view_handoff, view_session
from gitsession.web.views.timeline import view_timeline

HTML = "text/html; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
Params = Mapping[str, str]


class Page(NamedTuple):
    """What a browser gets."""

    status: int
    html: str
    etag: str
    type: str = HTML


class Frame(NamedTuple):
    """What surrounds a page's own content."""

    name: str  # of the project, as addresses have it
    title: str  # of the project, as people call it
    here: str  # the page's path
    links: Links
    api: str = ""  # address of the project's API; empty on a static page
    others: bool = False  # there are other projects to choose from
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

    return (
        _environment()
        .get_template(template)
        .render(frame=frame, links=links, markdown=markdown, version=__version__, **values)
    )


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


#: All pages of a project. `{page}` is a number from 1; without it the first is meant.
ROUTES: Sequence[Route] = (
    Route("", project_page),
    Route("timeline", timeline_page),
    Route("timeline/{page}", timeline_page),
    Route("sessions/{stem}", session_page),
    Route("sessions/{stem}/handoff", handoff_page),
    Route("sessions/{stem}/conversations/{name}", conversation_page),
    Route("sessions/{stem}/conversations/{name}/{page}", conversation_page),
)


def etag_of(text: str) -> str:
    """A validator of a page's text."""
    return '"' + sha256(text.encode()).hexdigest()[:32] + '"'


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

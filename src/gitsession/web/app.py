"""The application: the API, the pages, and the guard before them."""

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.staticfiles import StaticFiles

from gitsession import __version__
from gitsession.web.api import conversations, events, facts, figures, handoffs, history, knowledge, search
from gitsession.web.api import projects as projects_api
from gitsession.web.api import sessions as sessions_api
from gitsession.web.api.route import Answers
from gitsession.web.docs import mount_docs
from gitsession.web.live import Lives
from gitsession.web.mounting import mount_pages
from gitsession.web.problems import Problem, declare_problems
from gitsession.web.project import Project
from gitsession.web.security import LOOPBACK, Guard

PREFIX = "/api/v1"
_THREADS = 4  # that make answers at once: some wait for git, all others for each other
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  (told from a name)
_ROUTERS = (
    projects_api.router, sessions_api.router, facts.history, facts.router, handoffs.stored, handoffs.router, conversations.router,
    conversations.writing, history.router, history.lines, knowledge.router, figures.router, search.router, search.scanning, events.router,
)  # fmt: skip
_ABOUT = (
    "Sessions and handoffs for work with coding agents, as the command line has them. Lists come in parts (`limit`, `offset`). "
    "An answer has an ETag; with If-None-Match it is not sent again. Writes take If-Match, and are refused where somebody else "
    "was quicker. Errors are problem details (RFC 9457)."
)


def create_app(
    projects: Sequence[Project], *, token: str = "", host: str = "127.0.0.1", names: Sequence[str] = ()
) -> Guard:
    """The application for these projects, listening on `host`; with a `token`, only for who knows it. It also answers to `names`."""
    app = make_api(projects)
    open_ = host in _EVERYWHERE
    return Guard(app, token=token, names=[*LOOPBACK, *([] if open_ else [host]), *names], any_address=open_)


def make_api(projects: Sequence[Project]) -> FastAPI:
    """The application without its guard."""
    app = FastAPI(
        title="gitsession", version=__version__, description=_ABOUT, openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None,
        lifespan=_lifespan, redirect_slashes=False,
    )  # fmt: skip
    app.state.projects = {project.slug: project for project in projects}
    app.state.answers = Answers()
    app.state.lives = Lives(projects)
    declare_problems(app)
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    mount_docs(app)
    mount_pages(app)
    app.mount("/static", StaticFiles(directory=os.path.join(os.path.dirname(__file__), "static")))
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield
    for project in app.state.projects.values():
        project.close()


def _openapi(app: FastAPI) -> dict[str, Any]:
    """As FastAPI makes it, with the problems that every operation may answer with."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= schema.pop("$defs", {}) | {"Problem": schema}
        app.openapi_schema = document
    return app.openapi_schema

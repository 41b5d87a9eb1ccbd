"""The pages in the application: where they lie, and how they are sent."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gitsession.web.pages import Handler, Page, error_page, page_routes, start_page

_Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def mount_pages(app: Starlette) -> None:
    """Put the pages of the projects in `app.state.projects` (slug -> Project) into an application, beside its API."""
    app.add_route("/", _start, methods=["GET"])
    app.add_route("/p/{project}", _with_slash, methods=["GET"])
    for pattern, handler in page_routes():
        app.add_route(pattern, _endpoint(handler), methods=["GET"])
    app.add_route("/p/{rest:path}", _nowhere, methods=["GET"])


async def _nowhere(request: Request) -> Response:
    return await _send(
        request, lambda: error_page(HTTPStatus.NOT_FOUND, "there is no such page", here=request.url.path[1:])
    )


async def _start(request: Request) -> Response:
    return await _send(request, lambda: start_page(request.app.state.projects.values()))


async def _with_slash(request: Request) -> Response:
    """A project's links are relative to its own folder."""
    return RedirectResponse(request.url.path + "/", HTTPStatus.PERMANENT_REDIRECT)


def _endpoint(handler: Handler) -> _Endpoint:
    async def answer(request: Request) -> Response:
        slug = request.path_params["project"]
        project = request.app.state.projects.get(slug)
        if project is None:
            return await _send(
                request,
                lambda: error_page(
                    HTTPStatus.NOT_FOUND, f"no project {slug!r} is served here", here=request.url.path[1:]
                ),
            )
        # Of the query, the words of a search alone: a page is remembered by its path and by them.
        params = {"q": request.query_params.get("q", ""), **request.path_params}
        return await _send(request, lambda: handler(project, params))

    return answer


async def _send(request: Request, make: Callable[[], Page]) -> Response:
    """A page, or that the browser has it already."""
    page = await anyio.to_thread.run_sync(make)
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    if page.status == HTTPStatus.OK and page.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return HTMLResponse(page.html, page.status, headers)

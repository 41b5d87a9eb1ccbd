"""How the API answers what only reads: kept while nothing changes, with a tag, 304 for who has it already."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple

import anyio.to_thread
from fastapi import Request, Response
from fastapi.routing import APIRoute

from gitsession.web.door import clean_json
from gitsession.web.project import Depends, Project

_MOST = 24_000_000  # bytes of answers that are kept
_EACH = 1_000  # that one takes beside its body and its address
_TAG = 32  # hex digits


class Answer(NamedTuple):
    """An answer as it was given, and the state that it holds for."""

    state: object
    body: bytes
    headers: dict[str, str]
    tag: str


class Answers:
    """The answers that were asked for last. Used by the event loop alone."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._size = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def find(self, key: str, state: object) -> Answer | None:
        """What was answered in this state."""
        answer = self._answers.get(key)
        if answer is None or answer.state != state:
            return None
        self._answers.move_to_end(key)
        return answer

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, and drop the oldest where there are too many."""
        old = self._answers.pop(key, None)
        self._answers[key] = answer
        self._size += _room(key, answer) - (_room(key, old) if old else 0)
        while self._size > self._most:
            self._size -= _room(*self._answers.popitem(last=False))


def _room(key: str, answer: Answer) -> int:
    """Addresses count: each may be a long one, and there are as many as anybody thinks of."""
    return len(answer.body) + len(key) + _EACH


class Route(APIRoute):
    """A route whose answers are searched for secrets, and made once for each state of its project if they only read."""

    searched = True
    depends: Depends = "files"

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI has it, with a look at what was answered already."""
        make = super().get_route_handler()

        async def write(request: Request) -> Response:
            return await self._clean(await make(request))

        async def read(request: Request) -> Response:
            answers: Answers = request.app.state.answers
            key = f"{request.url.path}?{request.url.query}"
            state = await self._state(request)
            answer = answers.find(key, state)
            if answer is None:
                response = await self._clean(await make(request))
                if response.status_code != HTTPStatus.OK or not isinstance(response.body, bytes):
                    return response
                answer = _answer(state, response)
                answers.keep(key, answer)
            headers = {**answer.headers, "ETag": answer.tag, "Cache-Control": "no-cache"}
            if has_tag(request.headers.get("if-none-match", ""), answer.tag):
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
            return Response(answer.body, headers=headers)

        return read if "GET" in (self.methods or ()) else write

    async def _state(self, request: Request) -> object:
        project: Project | None = request.app.state.projects.get(request.path_params.get("project"))
        if project is None:
            return object()  # of nothing, or of all: never the same
        quick = project.quick_state() if self.depends != "all" else None
        if quick is None:
            return await anyio.to_thread.run_sync(project.stamp, self.depends)
        return quick.commits if self.depends == "commits" else quick

    async def _clean(self, response: Response) -> Response:
        if self.searched and response.headers.get("content-type") == "application/json":
            response.body = await anyio.to_thread.run_sync(clean_json, bytes(response.body))
            response.headers["Content-Length"] = str(len(response.body))
        return response


class IndexRoute(Route):
    """One that answers from the index alone, where nothing secret comes in."""

    searched = False
    depends = "commits"


class WholeRoute(Route):
    """One whose answer depends on files outside of `.sessions/`, too."""

    depends = "all"


def _answer(state: object, response: Response) -> Answer:
    body = bytes(response.body)
    headers = {name: value for name, value in response.headers.items() if name not in ("content-length", "etag")}
    # What a handler says first in its tag is what If-Match of a write speaks of.
    said = response.headers.get("etag", "").strip('"')
    digest = sha256(body).hexdigest()[:_TAG]
    return Answer(state, body, headers, f'"{said}.{digest}"' if said else f'"{digest}"')


def has_tag(header: str, tag: str) -> bool:
    """Whether an `If-None-Match` names a tag."""
    given = [one.strip().removeprefix("W/") for one in header.split(",")]
    return "*" in given or tag in given

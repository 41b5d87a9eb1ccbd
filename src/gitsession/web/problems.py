"""Errors as problem details (RFC 9457): the one place where what went wrong becomes a status."""

import logging
import traceback
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from gitsession.errors import (
    ConflictError,
    FormatError,
    GitError,
    GitsessionError,
    LockedError,
    ModelForbiddenError,
    NotARepositoryError,
    ScanError,
    SecretError,
    SessionError,
    UsageError,
)
from gitsession.process import ProcessError
from gitsession.secretscan.redaction import admit_error

MEDIA_TYPE = "application/problem+json"
_READING = ("GET", "HEAD")
_log = logging.getLogger("gitsession.web")


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="Where it is: `query.limit`, `body.text`.")
    message: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:gitsession:problem:not-found",
                "title": "Not found",
                "status": 404,
                "detail": "no session '0042'",
                "hint": "`gitsession list` shows all",
            }
        }
    )

    type: str = Field(description="Names the kind of problem, and stays the same: `urn:gitsession:problem:...`.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field("", description="What is wrong in this case.")
    hint: str = Field("", description="What to do about it.")
    faults: list[Fault] = Field([], description="What is wrong with the request, one by one.")


#: kind -> status, title
KINDS = {
    "wrong-use": (400, "This makes no sense"),
    "unauthorized": (401, "A token is needed"),
    "forbidden": (403, "Not from there"),
    "model-forbidden": (403, "No model may be asked"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Not done here in this way"),
    "conflict": (409, "Not as things stand"),
    "changed-meanwhile": (412, "Changed in the meantime"),
    "too-large": (413, "Too large"),
    "media-type": (415, "JSON is needed"),
    "invalid": (422, "Not valid"),
    "secret": (422, "Refused: a secret"),
    "agreement-needed": (428, "Somebody has to agree"),
    "bug": (500, "A fault of ours"),
    "busy": (503, "Not now"),
}
_OF_STATUS = {status: kind for kind, (status, _) in reversed(KINDS.items())}


class ProblemError(Exception):
    """An answer that says what is wrong."""

    def __init__(self, kind: str, detail: str = "", hint: str = "") -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.hint = hint


def not_found(detail: str, hint: str = "") -> ProblemError:
    """What was asked for is not there."""
    return ProblemError("not-found", detail, hint)


def problem(
    kind: str, detail: str = "", hint: str = "", *, faults: list[Fault] | None = None, status: int = 0,
    headers: dict[str, str] | None = None,
) -> JSONResponse:  # fmt: skip
    """The answer. No secret that the words quote stands in it."""
    code, title = KINDS[kind]
    body: dict[str, Any] = {"type": f"urn:gitsession:problem:{kind}", "title": title, "status": status or code}
    if detail:
        body["detail"] = admit_error(detail)
    if hint:
        body["hint"] = admit_error(hint)
    if faults:
        body["faults"] = [{"where": admit_error(f.where), "message": admit_error(f.message)} for f in faults]
    return JSONResponse(body, status or code, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def declare_problems(app: FastAPI) -> None:
    """Answer every error with a problem."""

    @app.exception_handler(ProblemError)
    async def _said(_: Request, error: ProblemError) -> JSONResponse:
        return problem(error.kind, error.detail, error.hint)

    @app.exception_handler(GitsessionError)
    async def _expected(request: Request, error: GitsessionError) -> JSONResponse:
        kind = kind_of(error, reading=request.method in _READING)
        headers = {"Retry-After": "1"} if kind == "busy" else None
        return problem(kind, error.message, error.hint, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # What was given is not said again: it may be anything.
        faults = [Fault(where=".".join(map(str, e["loc"])), message=e["msg"]) for e in error.errors()[:20]]
        return problem("invalid", faults=faults)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        kind = _OF_STATUS.get(error.status_code, "wrong-use" if error.status_code < 500 else "bug")
        return problem(kind, status=error.status_code, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        return bug(error)


def kind_of(error: GitsessionError, *, reading: bool) -> str:
    """What kind of problem an expected error is, for a request that reads or one that writes."""
    kinds: list[tuple[type[GitsessionError] | tuple[type[GitsessionError], ...], str]] = [
        (SecretError, "secret"),
        (UsageError, "wrong-use"),
        (ModelForbiddenError, "model-forbidden"),
        (ConflictError, "changed-meanwhile"),
        ((LockedError, ScanError, ProcessError, NotARepositoryError), "busy"),
        (SessionError, "not-found" if reading else "conflict"),
        (FormatError, "conflict"),
        (GitError, "busy"),
    ]
    return next((kind for types, kind in kinds if isinstance(error, types)), "conflict")


def bug(error: Exception) -> JSONResponse:
    """The answer to what nobody expected. Where it came from goes into the log; no word of it to whoever asked."""
    _log.error(
        "%s: %s\n%s", type(error).__name__, admit_error(str(error)), "".join(traceback.format_tb(error.__traceback__))
    )
    return problem("bug", "what happened is in the server's log", "please report it")

"""What operations share: the project that is asked, pages of a list, the problems that an operation may answer with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, Field

from gitsession.web.problems import KINDS, MEDIA_TYPE, not_found
from gitsession.web.project import Project

MOST = 200  # of a list in one answer
Item = TypeVar("Item")
Given = TypeVar("Given")


class Listing(BaseModel, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    total: int = Field(description="How many there are in all.", examples=[1])
    next: int | None = Field(description="The `offset` of what follows; null at the end.", examples=[None])


class Paging:
    """Which part of a list is asked for."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MOST, description="As many at most.")] = 50,
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="As many are left out before.")] = 0,
    ) -> None:
        self.limit = limit
        self.offset = offset

    def of(self, items: Sequence[Given]) -> tuple[Sequence[Given], int, int | None]:
        """That part of the whole, the size of the whole, and where the next part begins."""
        return items[self.offset : self.offset + self.limit], len(items), self.following(len(items))

    def following(self, total: int) -> int | None:
        """Where the next part of so many begins."""
        end = self.offset + self.limit
        return end if end < total else None


PagingOf = Annotated[Paging, Depends()]


async def _project_of(
    request: Request,
    project: Annotated[str, Path(max_length=100, description="The project, as `GET /projects` names it.")],
) -> Project:
    found: Project | None = request.app.state.projects.get(project)
    if found is None:
        raise not_found("no project of that name is served here", "GET /api/v1/projects lists them")
    return found


ProjectOf = Annotated[Project, Depends(_project_of)]
Word = Annotated[str, Query(max_length=200)]
Since = Annotated[
    datetime | None,
    Query(description="A day or a moment, ISO 8601; without a zone it is UTC.", examples=["2026-11-23"]),
]
_ALWAYS = ("wrong-use", "unauthorized", "forbidden", "not-found", "conflict", "invalid", "bug", "busy")


def seconds_of(since: datetime) -> float:
    """A moment in seconds since the epoch."""
    return (since if since.tzinfo else since.replace(tzinfo=UTC)).timestamp()


def problems(*more: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation: the problems that all have, and `more`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {KINDS[kind][0]: {"description": KINDS[kind][1], "content": content} for kind in (*_ALWAYS, *more)}


WRITES = ("changed-meanwhile", "too-large", "media-type")
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Not changed since: If-None-Match names its ETag"}}
READ = problems() | UNCHANGED

"""What operations share: the project that is asked, pages of a list, the problems that an operation may answer with."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Path, Query, Request
from pydantic import BaseModel, Field

from gitsession.git import Repository
from gitsession.index.browsing import Part
from gitsession.index.measuring import iso
from gitsession.index.queries import find_stem
from gitsession.store.files import read_file
from gitsession.store.snapshot import blob_oid
from gitsession.web.problems import KINDS, MEDIA_TYPE, not_found
from gitsession.web.project import Project
from gitsession.workflow.expecting import Expected
from gitsession.workflow.reading import find_path

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
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
CURRENT = "current"  # the session in progress
SessionOf = Annotated[
    str, Path(max_length=200, description=f"Its stem, number, or a part of the slug that no other has; `{CURRENT}`: the one in progress.")
]  # fmt: skip
Word = Annotated[str, Query(max_length=200)]
Since = Annotated[
    datetime | None,
    Query(description="A day or a moment, ISO 8601; without a zone it is UTC.", examples=["2026-11-23"]),
]
_ALWAYS = ("wrong-use", "unauthorized", "forbidden", "not-found", "conflict", "invalid", "bug", "busy")


def part_of(paging: Paging) -> Part:
    """What the index is asked for."""
    return Part(paging.limit, paging.offset)


def listed(items: Sequence[Any], total: int, paging: Paging, shape: Callable[..., Given]) -> Listing[Given]:
    """Records of the index as a part of a list."""
    return Listing(items=[shape(**item._asdict()) for item in items], total=total, next=paging.following(total))


def stem_in_history(db: sqlite3.Connection, word: str) -> str:
    """The session of history that is meant, empty for none. Raises SessionError."""
    return find_stem(db, word) if word else ""


def utc(since: datetime | None) -> str:
    """A moment as the index has it; empty for none."""
    return "" if since is None else iso(min(max(seconds_of(since), _FIRST.timestamp()), _LAST.timestamp()))


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
WRITE = problems(*WRITES)
IfMatch = Annotated[
    str,
    Header(
        max_length=1000,
        description="The ETag of the session as it was read; where it is another now, nothing is written.",
    ),
]


def expected(session: str, if_match: str, repo: Repository) -> Expected | None:
    """What a write may rely on: the session that its address names, as `If-Match` says that it was read."""
    oids = [tag.strip().removeprefix("W/").strip('"').partition(".")[0] for tag in if_match.split(",") if tag.strip()]
    if session == CURRENT and (not oids or "*" in oids):
        return None
    stem, path = find_path(repo, "" if session == CURRENT else session)
    if not oids or "*" in oids:
        return Expected(stem)
    now = blob_oid(read_file(repo.root, path) or b"", repo.object_format)
    return Expected(stem, now if now in oids else oids[0])

"""`/commits`, `/files`, `/why`: history, and which sessions are behind it."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from gitsession.errors import GitsessionError
from gitsession.index.browsing import read_commit, read_commits, read_files
from gitsession.index.queries import Why as WhyRead
from gitsession.index.queries import why as why_behind
from gitsession.web.api.asking import (
    READ,
    Listing,
    PagingOf,
    ProjectOf,
    Since,
    Word,
    listed,
    part_of,
    stem_in_history,
    utc,
)
from gitsession.web.api.route import IndexRoute, WholeRoute
from gitsession.web.problems import ProblemError, not_found
from gitsession.workflow.blaming import blame

router = APIRouter(route_class=IndexRoute, tags=["history"])
lines = APIRouter(route_class=WholeRoute, tags=["history"])
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\0")
PathWord = Annotated[str, Query(max_length=1000, description="A path in the repository, with forward slashes.")]
Line = Annotated[int, Query(ge=0, le=10_000_000)]


class Commit(BaseModel):
    """A commit."""

    oid: str = Field(examples=["3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a"])
    date: str = Field(examples=["2026-11-23T10:00:00+00:00"])
    author: str = Field(examples=["Ada Example"])
    subject: str = Field(examples=["Find new entries by their link"])
    sessions: list[str] = Field(description="That it belongs to.", examples=[["0002-add-login-k3f9"]])
    files: int = Field(description="That it changed outside of `.sessions/`.", examples=[2])
    added: int = Field(description="Lines.", examples=[40])
    removed: int = Field(examples=[3])


class Change(BaseModel):
    """What a commit did to a file."""

    path: str = Field(examples=["feedpost.py"])
    status: str = Field(description="As git has it: A, M, D, ...", examples=["M"])
    added: int | None = Field(description="Lines; null for a binary file.", examples=[12])
    removed: int | None = Field(examples=[3])


class WholeCommit(Commit):
    """A commit with a part of what it changed."""

    changes: Listing[Change]


class File(BaseModel):
    """A file that commits changed."""

    path: str = Field(examples=["feedpost.py"])
    commits: int = Field(description="That changed it, of those that are asked about.", examples=[4])
    sessions: int = Field(description="That ever changed it.", examples=[2])
    added: int
    removed: int
    date: str = Field(description="Of the last commit that changed it.")


class Reason(BaseModel):
    """A decision behind a line."""

    text: str
    here: bool = Field(description="It came with the line's own commit.")


class Behind(BaseModel):
    """A session behind a line."""

    session: str
    title: str
    goal: str
    decisions: list[Reason]


class Why(BaseModel):
    """A commit that lines come from."""

    commit: str
    date: str
    author: str
    subject: str
    lines: list[tuple[int, int]] = Field(description="First and last of each range, from 1.")
    sessions: list[Behind]


class Whys(BaseModel):
    """What is behind lines."""

    items: list[Why]


@router.get("/projects/{project}/commits", summary="The commits", responses=READ)
def commits(
    project: ProjectOf,
    paging: PagingOf,
    session: Word = "",
    author: Word = "",
    path: PathWord = "",
    since: Since = None,
) -> Listing[Commit]:
    """The newest first; of a session, by an author (a part of the name), that changed a file or something in a folder."""
    found, total = project.ask(
        lambda db: read_commits(
            db, part_of(paging), session=stem_in_history(db, session), author=author, path=path, since=utc(since)
        )
    )
    return listed(found, total, paging, Commit)


@router.get("/projects/{project}/commits/{oid}", summary="One commit", responses=READ)
def commit(
    project: ProjectOf, oid: Annotated[str, Path(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")], paging: PagingOf
) -> WholeCommit:
    """By its whole id. `limit` and `offset` are of the files that it changed."""
    found = project.ask(lambda db: read_commit(db, oid, part_of(paging)))
    if found is None:
        raise not_found("no such commit is in the index", "it holds HEAD and the default branch")
    about, files, total = found
    return WholeCommit(**about._asdict(), changes=listed(files, total, paging, Change))


@router.get("/projects/{project}/files", summary="The files that commits changed", responses=READ)
def files(project: ProjectOf, paging: PagingOf, session: Word = "", folder: PathWord = "") -> Listing[File]:
    """The most often changed first; by a session, or in a folder. Those in `.sessions/` are left out."""
    found, total = project.ask(
        lambda db: read_files(db, part_of(paging), session=stem_in_history(db, session), folder=folder)
    )
    return listed(found, total, paging, File)


@lines.get("/projects/{project}/why", summary="What is behind lines of a file", responses=READ)
def why(project: ProjectOf, path: PathWord, first: Line = 0, last: Line = 0) -> Whys:
    """The commits that the lines `first` to `last` come from (all of them for 0), their sessions, and what was decided in them."""
    if not path or _OUTSIDE.search(path):
        raise not_found("there is no such file in the repository", "name it by its path from the top, such as src/a.py")
    if last and last < first:
        raise ProblemError("wrong-use", f"no lines {first} to {last}", "the first one first")
    with project.reading() as (repo, db):
        try:
            blamed = blame(repo, path, first, last or first)
        except GitsessionError as e:
            if type(e) is GitsessionError:  # git tracks no such file
                raise not_found(e.message, e.hint) from None
            raise
        found = why_behind(db, [(oid, lines) for oid, lines in blamed if oid])
    return Whys(items=[_why(w) for w in found])


def _why(one: WhyRead) -> Why:
    sessions = [
        Behind(
            session=b.session,
            title=b.title,
            goal=b.goal,
            decisions=[Reason(text=d.text, here=d.here) for d in b.decisions],
        )
        for b in one.sessions
    ]
    return Why(
        commit=one.commit,
        date=one.date,
        author=one.author,
        subject=one.subject,
        lines=list(one.lines),
        sessions=sessions,
    )

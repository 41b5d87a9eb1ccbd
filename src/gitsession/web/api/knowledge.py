"""`/knowledge`: patterns to use again."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from gitsession.store.knowledge import Kept
from gitsession.store.layout import knowledge_path
from gitsession.web.api.asking import READ, WRITE, Listing, PagingOf, ProjectOf, Word
from gitsession.web.api.route import Route
from gitsession.web.project import Project
from gitsession.workflow.knowledge import MAX_WORDS, add_knowledge, all_knowledge, find_knowledge, search_knowledge

router = APIRouter(route_class=Route, tags=["knowledge"])


class Pattern(BaseModel):
    """A piece of knowledge."""

    name: str = Field(examples=["retry-on-429-p3dz"])
    title: str = Field(examples=["Retry on 429"])
    tags: list[str] = Field(examples=[["http"]])
    made: str = Field(examples=["2026-11-23T09:30:00+00:00"])
    author: str = Field(examples=["Ada Example"])
    session: str = Field(description="That it grew from.")
    lesson: str = Field(description="That it grew from.")
    path: str = Field(examples=[".sessions/knowledge/retry-on-429-p3dz.md"])
    text: str = Field(description="Markdown.", examples=["Sleep as long as Retry-After says."])


class NewPattern(BaseModel):
    """What is to be added."""

    text: str = Field("", max_length=MAX_WORDS, description="The first line is the title, the rest Markdown.",
                      examples=["Retry on 429\nSleep as long as Retry-After says."])  # fmt: skip
    lesson: str = Field("", max_length=1000, description="Take a lesson's words: its number, or a part of its text.")
    tags: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=20, examples=[["http"]])


@router.get("/projects/{project}/knowledge", summary="The patterns", responses=READ)
def knowledge(project: ProjectOf, paging: PagingOf, tag: Word = "", q: Word = "") -> Listing[Pattern]:
    """Oldest first; with a tag, or those that hold all the words of `q`, the best first."""
    kept = _all(project)
    if q.strip():
        kept = search_knowledge(kept, q)
    kept = [one for one in kept if not tag or tag.casefold() in (t.casefold() for t in one.knowledge.tags)]
    some, total, following = paging.of(kept)
    return Listing(items=[_pattern(one) for one in some], total=total, next=following)


@router.get("/projects/{project}/knowledge/{name}", summary="One pattern", responses=READ)
def pattern(project: ProjectOf, name: Annotated[str, Path(max_length=200)]) -> Pattern:
    """By its name, or a part of it or of the title that no other has."""
    return _pattern(find_knowledge(_all(project), name))


@router.post("/projects/{project}/knowledge", status_code=201, summary="Add a pattern", responses=WRITE)
def add(project: ProjectOf, new: NewPattern, response: Response) -> Pattern:
    """A file of its own, staged, and in the next commit."""
    with project.writing, project.git() as repo:
        added = add_knowledge(repo, new.text, lesson=new.lesson, tags=new.tags)
    response.headers["Location"] = f"/api/v1/projects/{project.slug}/knowledge/{added.name}"
    return _pattern(added)


def _all(project: Project) -> list[Kept]:
    def read() -> list[Kept]:
        with project.git() as repo:
            return all_knowledge(repo)[0]

    return project.remember("knowledge", read)


def _pattern(one: Kept) -> Pattern:
    k = one.knowledge
    return Pattern(name=one.name, title=k.title, tags=list(k.tags), made=k.made, author=k.author, session=k.session, lesson=k.lesson,
                   path=knowledge_path(one.name), text=k.body)  # fmt: skip

"""`knowledge add`, `list`, `show`, `search`."""

import sys
from collections.abc import Iterable

import click

from gitsession.cli.output import json_option, open_repository, print_json, say, warn
from gitsession.errors import visible
from gitsession.git import Repository
from gitsession.store.files import read_file
from gitsession.store.knowledge import Kept
from gitsession.store.layout import knowledge_path
from gitsession.workflow.knowledge import add_knowledge, all_knowledge, all_lessons, find_knowledge, search_knowledge


@click.group(invoke_without_command=False)
def knowledge() -> None:
    """Patterns to use again, in `.sessions/knowledge/`: lessons grown up. A handoff names those that fit the session."""


@knowledge.command()
@click.argument("text", nargs=-1)
@click.option(
    "--from", "lesson", metavar="LESSON", default="", help="Take a lesson's words: its number, or a part of its text."
)
@click.option("--tag", "tags", multiple=True, help="What it is about; may be given again. A tag that fits is enough.")
@json_option
@click.pass_context
def add(ctx: click.Context, text: tuple[str, ...], lesson: str, tags: tuple[str, ...], *, json_: bool) -> None:
    """Add a pattern: the first line of TEXT is its title, what follows is Markdown. `-` reads it from standard input.

    It goes into a file of its own and into the git index, so the next commit holds it. With --from, TEXT may be a title, or
    nothing; `knowledge list --lessons` shows the numbers.
    """
    words = " ".join(text)
    added = add_knowledge(open_repository(ctx), sys.stdin.read() if words == "-" else words, lesson=lesson, tags=tags)
    if json_:
        print_json(_record(added))
    else:
        say(f"knowledge: {added.knowledge.title}  [{knowledge_path(added.name)}]")


@knowledge.command("list")
@click.option("--tag", default="", help="Only those with this tag.")
@click.option(
    "--lessons", is_flag=True, help="The lessons of all sessions instead, numbered as `add --from` takes them."
)
@json_option
@click.pass_context
def list_(ctx: click.Context, tag: str, *, lessons: bool, json_: bool) -> None:
    """List all patterns, oldest first."""
    repo = open_repository(ctx)
    if lessons:
        found = all_lessons(repo)
        if json_:
            print_json([{"number": n, "text": item.text, "session": item.stem} for n, item in enumerate(found, 1)])
            return
        for number, item in enumerate(found, 1):
            say(f"{number:>3}  {' '.join(item.text.split())}  [{item.stem}]")
        if not found:
            click.echo("no lessons yet; gitsession learn TEXT records one", err=True)
        return
    rows = [one for one in _read(repo) if not tag or tag.casefold() in (t.casefold() for t in one.knowledge.tags)]
    if not _print(rows, json_=json_):
        click.echo(f"none has the tag {visible(tag)}" if tag else "none yet; gitsession knowledge add TEXT", err=True)


@knowledge.command()
@click.argument("name")
@json_option
@click.pass_context
def show(ctx: click.Context, name: str, *, json_: bool) -> None:
    """Print a pattern. NAME is that of its file, or a part of it or of the title that no other has."""
    repo = open_repository(ctx)
    found = find_knowledge(_read(repo), name)
    if json_:
        print_json(_record(found))
        return
    data = read_file(repo.root, knowledge_path(found.name)) or b""
    # A file for a program, but for a terminal without what it would obey.
    click.echo(visible(data.decode("utf-8", "replace")) if sys.stdout.isatty() else data, nl=False)


@knowledge.command()
@click.argument("words", nargs=-1, required=True)
@json_option
@click.pass_context
def search(ctx: click.Context, words: tuple[str, ...], *, json_: bool) -> None:
    """Find patterns that hold all of WORDS, in title, tags or text. (`gitsession search` looks through history, too.)"""
    if not _print(search_knowledge(_read(open_repository(ctx)), " ".join(words)), json_=json_):
        click.echo("nothing found", err=True)


def _read(repo: Repository) -> list[Kept]:
    rows, problems = all_knowledge(repo)
    for problem in problems:
        warn(f"left out: {problem}")
    return rows


def _print(rows: Iterable[Kept], *, json_: bool) -> bool:
    """Print a line each; True where that says all there is to say."""
    rows = list(rows)
    if json_:
        print_json([_record(one) for one in rows])
        return True
    for one in rows:
        tags = f"  ({', '.join(one.knowledge.tags)})" if one.knowledge.tags else ""
        say(f"{one.name:<40}  {one.knowledge.title}{tags}")
    return bool(rows)


def _record(one: Kept) -> dict[str, object]:
    k = one.knowledge
    return {"name": one.name, "title": k.title, "tags": list(k.tags), "made": k.made, "author": k.author, "session": k.session,
            "lesson": k.lesson, "path": knowledge_path(one.name), "text": k.body}  # fmt: skip


COMMANDS = {"knowledge": knowledge}

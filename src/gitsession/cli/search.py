"""`search`."""

import re

import click

from gitsession.cli.filters import moment, with_filters
from gitsession.cli.output import json_option, open_repository, print_json, warn
from gitsession.cli.reading import ask
from gitsession.errors import visible
from gitsession.index.queries import find_stem
from gitsession.index.search import MARKS, Hit, Query, match_expression
from gitsession.index.search import search as search_index
from gitsession.model.fact import KINDS

_KINDS = (*KINDS, "session", "knowledge", "handoff", "turn")
_WITHOUT = re.compile(r"-[^-]")
_HIDE = "\0"  # no argument holds it


class _Words(click.Command):
    """Takes a word that begins with a minus for a word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, words with a minus out of its sight."""
        return super().parse_args(ctx, [_HIDE + a if _WITHOUT.match(a) and a != "-h" else a for a in args])


@click.command(cls=_Words)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only of this kind; may be given again."
)
@click.option("--session", default="", help="Only of that session: stem, number, or a part of the slug.")
@with_filters
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="As many at most.")
@json_option
@click.pass_context
def search(ctx: click.Context, query: tuple[str, ...], kinds: tuple[str, ...], session: str, since: str, author: str, agent: str,
           limit: int, *, json_: bool) -> None:  # fmt: skip
    """Search all sessions that ever were: facts, goals, knowledge, handoffs, turns.

    Words mean all of them. '"a phrase"', begin*, one OR other, and -without are understood.
    """
    words = " ".join(query).replace(_HIDE, "")
    if not match_expression(words):
        warn(f"no word to look for in {words!r}\n  say one that must be there, such as: gitsession search retry -cache")
        hits = []
    else:
        begun = moment(since)
        hits = ask(ctx, open_repository(ctx), lambda db: search_index(
            db, Query(words, kinds, find_stem(db, session) if session else "", begun, author, agent, limit)))  # fmt: skip
    if json_:
        print_json([{**hit._asdict(), "snippet": _plain(hit.snippet)} for hit in hits])
        return
    for hit in hits:
        _print(hit)
    if not hits:
        click.echo("nothing found", err=True)


def _print(hit: Hit) -> None:
    closed = f", {hit.closed}" + (f" {hit.closed_date[:10]}" if hit.closed_date else "") if hit.closed else ""
    if hit.closed_by and hit.closed_by != hit.session:
        closed += f" in {hit.closed_by}"
    who = ", ".join(filter(None, (hit.author, hit.agent)))
    head = click.style(visible(f"{hit.kind:<10} {hit.date[:10]}  {hit.session or hit.place}"), fg="cyan")
    click.echo(head + visible(f"  {hit.title}" + (f" ({who})" if who else "") + closed))
    before, *parts = hit.snippet.split(MARKS[0])
    styled = visible(before)
    for part in parts:
        found, _, after = part.partition(MARKS[1])
        styled += click.style(visible(found), bold=True, fg="yellow") + visible(after)
    click.echo(f"    {styled}")


def _plain(snippet: str) -> str:
    return snippet.replace(MARKS[0], "").replace(MARKS[1], "")


COMMANDS = {"search": search}

"""`why`."""

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.cli.reading import ask
from gitsession.index.queries import Why
from gitsession.index.queries import why as why_behind
from gitsession.workflow.blaming import blame, parse_place

_DECISIONS = 5


@click.command()
@click.argument("place", metavar="PATH[:LINE[-LINE]]")
@json_option
@click.pass_context
def why(ctx: click.Context, place: str, *, json_: bool) -> None:
    """Tell which sessions wrote these lines, what for, and what was decided in them."""
    repo = open_repository(ctx)
    path, first, last = parse_place(repo, ctx.find_root().obj or ".", place)
    blamed = blame(repo, path, first, last)
    behind = ask(ctx, repo, lambda db: why_behind(db, [(oid, lines) for oid, lines in blamed if oid]))
    if json_:
        print_json(behind)
        return
    for reason in behind:
        _print(reason)
    fresh = [lines for oid, lines in blamed if not oid]
    if fresh:
        say(f"{_lines(fresh[0])}: not committed yet")


def _print(reason: Why) -> None:
    say(
        f"{_lines(reason.lines)}: {reason.commit[:12]} {reason.date[:10]} {reason.subject} ({reason.author})", bold=True
    )
    for session in reason.sessions:
        say(f"  [{session.session}] {session.title}")
        if session.goal:
            say("    goal: " + " ".join(session.goal.split()))
        for decision in session.decisions[:_DECISIONS]:
            say("    decided" + (" here" if decision.here else "") + ": " + " ".join(decision.text.split()))
        more = len(session.decisions) - _DECISIONS
        if more > 0:
            say(f"    and {more} more: gitsession show {session.session}")
    if not reason.sessions:
        say("  no session")


def _lines(ranges: object) -> str:
    assert isinstance(ranges, list | tuple)  # noqa: S101
    some = ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in ranges[:6])
    return ("line " if some.isdigit() else "lines ") + some + (" and more" if len(ranges) > 6 else "")


COMMANDS = {"why": why}

"""`troubleshoot`."""

import shlex
import sqlite3
import sys

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.cli.reading import ask
from gitsession.errors import UsageError
from gitsession.workflow.troubleshooting import Hit, Troubleshot, last_error
from gitsession.workflow.troubleshooting import troubleshoot as find_known

_SHOWN = 200  # characters of the error in the command that would record it


@click.command()
@click.argument("error", nargs=-1)
@click.option("--last", is_flag=True, help="The newest error that is not solved, else the last command that failed.")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True,
              help="As many errors like it at most, and as many commits.")  # fmt: skip
@json_option
@click.pass_context
def troubleshoot(ctx: click.Context, error: tuple[str, ...], limit: int, *, last: bool, json_: bool) -> None:
    """Tell what is known of an error: errors like it and what solved them, turns in which it occurred, who touched its files.

    Give its message, a whole traceback, or what a compiler or a test run printed; `-` reads it from standard input. Numbers, addresses, ids,
    times and folders in it do not count. Nothing of it is stored.
    """
    words = " ".join(error)
    if last == bool(words):
        raise UsageError("say which error", "give its text, - to read it from standard input, or --last")
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if words == "-" else words
    repo = open_repository(ctx)

    def known(db: sqlite3.Connection) -> Troubleshot:
        found, recorded = last_error(repo, db) if last else (text, False)
        return find_known(repo, db, found, limit=limit, known=recorded)

    answer = ask(ctx, repo, known)
    if json_:
        print_json(answer)
        return
    say(answer.error, bold=True)
    for hit in answer.hits:
        _print(hit)
    if not any(hit.kind != "commit" for hit in answer.hits):
        quoted = shlex.quote(" ".join(answer.error.split())[:_SHOWN])
        say(("" if answer.hits else "Nothing is known of it. ") + "No error like it is recorded; this does:", err=True)
        say(f"  gitsession error {quoted}   # with --fix '...' once it is solved", err=True)


def _print(hit: Hit) -> None:
    what = hit.kind + (f", {hit.state}" if hit.state else "")
    where = hit.commit[:12] if hit.kind == "commit" else hit.place
    when = hit.date[:10] or "not committed"
    click.echo(click.style(f"[{hit.number}] ", fg="cyan", bold=True), nl=False)
    say(f"{what}  {when}  {where}  ({hit.reason})")
    if hit.kind == "knowledge":
        say(f"    {hit.title}")
    say(f"    {' '.join(hit.text.split())}")
    if hit.fix:
        say(f"    fixed: {' '.join(hit.fix.split())}")
    for line in hit.more:
        say(f"    {line}")


COMMANDS = {"troubleshoot": troubleshoot}

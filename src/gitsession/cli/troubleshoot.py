"""`troubleshoot`."""

import shlex
import sqlite3
import sys
from typing import TYPE_CHECKING

import click

from gitsession.cli.ai import agreed
from gitsession.cli.output import json_option, open_repository, print_json, say, warn
from gitsession.cli.reading import ask
from gitsession.errors import GitsessionError, UsageError
from gitsession.git import Repository
from gitsession.workflow.troubleshooting import Hit, Troubleshot, last_error, when_of
from gitsession.workflow.troubleshooting import troubleshoot as find_known

if TYPE_CHECKING:  # who asks no model does not load it
    from gitsession.workflow.suggesting import Suggestion

_OTHERWISE = "what is known stands without it"
_SHOWN = 200  # characters of the error in the command that would record it


@click.command()
@click.argument("error", nargs=-1)
@click.option("--last", is_flag=True, help="The newest error that is not solved, else the last command that failed.")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True,
              help="As many errors like it at most, and as many commits.")  # fmt: skip
@click.option("--ai", is_flag=True, help="Let a model suggest what to try; each step cites what is known.")
@click.option(
    "--model", default="", metavar="ID", help="With --ai: the model, by its name on the Hub or at the endpoint."
)
@click.option(
    "--endpoint",
    default="",
    metavar="URL",
    help="With --ai: an OpenAI-compatible one, such as http://localhost:11434/v1.",
)
@click.option(
    "--timeout", "seconds", type=click.FloatRange(min=1), metavar="SECONDS", help="With --ai: for the whole of it (60)."
)
@click.option("--yes", is_flag=True, help="With --ai: do not ask before words leave this machine.")
@json_option
@click.pass_context
def troubleshoot(
    ctx: click.Context, error: tuple[str, ...], limit: int, model: str, endpoint: str, seconds: float | None, *, last: bool, ai: bool,
    yes: bool, json_: bool,
) -> None:  # fmt: skip
    """Tell what is known of an error: errors like it and what solved them, turns in which it occurred, who touched its files.

    Give its message, a whole traceback, or what a compiler or a test run printed; `-` reads it from standard input. Numbers, addresses, ids,
    times and folders in it do not count. Nothing of it is stored.
    """
    words = " ".join(error)
    if last == bool(words):
        raise UsageError("say which error", "give its text, - to read it from standard input, or --last")
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if words == "-" else words
    if not ai and (model or endpoint or seconds or yes):
        raise UsageError("--model, --endpoint, --timeout and --yes go with --ai")
    repo = open_repository(ctx)

    def known(db: sqlite3.Connection) -> tuple[str, Troubleshot]:
        found, recorded = last_error(repo, db) if last else (text, False)
        return found, find_known(repo, db, found, limit=limit, known=recorded)

    text, answer = ask(ctx, repo, known)
    suggestion = _suggest(repo, answer, text, (model, endpoint, seconds), yes=yes) if ai else None
    if json_:
        print_json({**answer._asdict(), "suggestion": suggestion})
        return
    say(answer.error, bold=True)
    for hit in answer.hits:
        _print(hit)
    if suggestion:
        _print_suggestion(suggestion)
    if not any(hit.kind != "commit" for hit in answer.hits):
        quoted = shlex.quote(" ".join(answer.error.split())[:_SHOWN])
        say(("" if answer.hits else "Nothing is known of it. ") + "No error like it is recorded; this does:", err=True)
        say(f"  gitsession error {quoted}   # with --fix '...' once it is solved", err=True)


def _suggest(
    repo: Repository, answer: Troubleshot, text: str, how: tuple[str, str, float | None], *, yes: bool
) -> "Suggestion | None":
    """What a model suggests, once somebody agrees. Whatever fails ends in one line."""
    from gitsession.model_client.client import Patience
    from gitsession.workflow.suggesting import plan_suggestion, suggest

    model, endpoint, seconds = how
    try:
        plan = plan_suggestion(repo, answer, text, model=model, endpoint=endpoint)
        what = f"{plan.bytes / 1000:.1f} KB on this error, secrets redacted (about {plan.tokens:,} tokens)"
        if not agreed(plan.endpoint, what, _OTHERWISE, ask=plan.asks and not yes):
            return None
        return suggest(plan, Patience(seconds or 60))
    except UsageError:
        raise
    except GitsessionError as e:
        warn(f"no model: {e.message}" + (f" ({e.hint})" if e.hint else "") + f"; {_OTHERWISE}")
        return None


def _print_suggestion(suggestion: "Suggestion") -> None:
    click.echo()
    dropped = f", {suggestion.dropped} more that rest on nothing known left out" if suggestion.dropped else ""
    say(f"{suggestion.model} suggests{dropped}:", bold=True)
    for number, step in enumerate(suggestion.steps, 1):
        say(f"{number}. {step.text} {''.join(f'[{cited}]' for cited in step.cites)}")


def _print(hit: Hit) -> None:
    what = hit.kind + (f", {hit.state}" if hit.state else "")
    where = hit.commit[:12] if hit.kind == "commit" else hit.place
    click.echo(click.style(f"[{hit.number}] ", fg="cyan", bold=True), nl=False)
    say("  ".join(filter(None, (what, when_of(hit), where, f"({hit.reason})"))))
    if hit.kind == "knowledge":
        say(f"    {hit.title}")
    say(f"    {' '.join(hit.text.split())}")
    if hit.fix:
        say(f"    fixed: {' '.join(hit.fix.split())}")
    for line in hit.more:
        say(f"    {line}")


COMMANDS = {"troubleshoot": troubleshoot}

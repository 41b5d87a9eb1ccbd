"""`complete` and `end`."""

from typing import Any

import click

from gitsession.cli.ai import ai_options, ask_model
from gitsession.cli.output import open_repository, say
from gitsession.model.checkpoint import OUTCOMES
from gitsession.workflow.record import commit_sessions, end_message, end_session


@click.command()
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Whether the goal was met.")
@click.option("--abandon", is_flag=True, help="It led nowhere: the session is abandoned, not completed.")
@click.option("--commit", "commit_", is_flag=True, help="Commit .sessions/ alone, whatever else is staged.")
@ai_options
@click.option("--yes", is_flag=True, help="With --ai: do not ask before words leave this machine.")
@click.pass_context
def complete(
    ctx: click.Context, outcome: str | None, *, abandon: bool, commit_: bool, yes: bool, ai: dict[str, Any] | None
) -> None:
    """End the session in progress: its checkpoint says so, and the next commit derives the handoff for whoever comes next."""
    repo = open_repository(ctx)
    if ai:
        ask_model(repo, ai, yes=yes)
    ended = end_session(repo, outcome=outcome or "", status="abandoned" if abandon else "completed")
    say(f"{ended.kind}: {ended.text}  [{ended.stem}]")
    if commit_:
        words = commit_sessions(repo, end_message(ended))
        if words:
            say(words, err=True)
    else:
        click.echo("The next commit holds it; `git commit` makes one.", err=True)


COMMANDS = {"complete": complete, "end": complete}

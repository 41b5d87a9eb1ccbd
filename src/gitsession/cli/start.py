"""`start`."""

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.handoff import render_json
from gitsession.workflow.capturing import take_up_captures
from gitsession.workflow.handing import HOW
from gitsession.workflow.privacy import set_private
from gitsession.workflow.reading import handoff_now, live_lines
from gitsession.workflow.starting import start_session


@click.command()
@click.argument("title", nargs=-1, metavar="[TITLE|STEP]")
@click.option("--goal", default="", help="What is to be reached, in a sentence or two.")
@click.option("--agent", default="", help="Who works: claude-code, codex, gemini, ... (found out where it can be).")
@click.option("--model", default="", help="The agent's model.")
@click.option("--account", default="", help="The account that pays.")
@click.option("--tag", "tags", multiple=True, help="A word to find it by; may be given again.")
@click.option(
    "--continue",
    "go_on",
    is_flag=True,
    help="Go on with TITLE (a stem, number or part of it), else with your newest here, ended or not.",
)
@click.option("--private", is_flag=True, help="Keep no conversation of this session.")
@json_option
@click.pass_context
def start(
    ctx: click.Context, title: tuple[str, ...], goal: str, agent: str, model: str, account: str, tags: tuple[str, ...], *, go_on: bool,
    private: bool, json_: bool,
) -> None:  # fmt: skip
    """Begin a session and print the handoff.

    With TITLE, a new session begins; with the number of an open step (see `gitsession status`), one that takes up that step. Without, the session in
    progress goes on. Prints what no page can know (HEAD, what is not committed, sessions elsewhere), then the handoff, derived fresh.
    """
    repo = open_repository(ctx)
    take_up_captures(repo)
    started = start_session(
        repo, " ".join(title), goal=goal, agent=agent, model=model, account=account, tags=tags, go_on=go_on
    )
    if private:
        set_private(repo, started.stem)
    page = handoff_now(repo, session=started.stem)
    lines = live_lines(repo)
    if json_:
        print_json(
            {"session": started.stem, "begun": started.begun, "live": lines, "handoff": page.text, **render_json(page)}
        )
        return
    if started.begun:
        head = f"Session {started.stem} begins"
    elif started.stem:
        head = f"Session {started.stem} goes on"
    else:
        head = "No session is in progress; one begins with the first fact, or with `gitsession start TITLE`"
    for line in (head, *lines, HOW):
        say("> " + line)
    click.echo()
    click.echo(page.text, nl=False)


COMMANDS = {"start": start}

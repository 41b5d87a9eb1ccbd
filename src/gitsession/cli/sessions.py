"""`list`, `show`, `edit`."""

import sys

import click

from gitsession.cli.filters import epoch, with_filters
from gitsession.cli.output import json_option, open_repository, print_json, say, warn
from gitsession.errors import FormatError, visible
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fact import KINDS
from gitsession.process import attach
from gitsession.store.files import read_file
from gitsession.workflow.reading import find_checkpoint, find_path, session_rows
from gitsession.workflow.sessions import find_session


@click.command("list")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only those with a fact of this kind; may be given again.",
)
@click.option("--session", default="", help="Only that one: stem, number, or a part of the slug.")
@with_filters
@json_option
@click.pass_context
def list_(
    ctx: click.Context, kinds: tuple[str, ...], session: str, since: str, author: str, agent: str, *, json_: bool
) -> None:
    """List all sessions, oldest first."""
    begun = epoch(since)
    all_rows = session_rows(open_repository(ctx))
    stem = find_session(session, [row.checkpoint.stem for row in all_rows]) if session else ""
    rows = [
        row
        for row in all_rows
        if stem in ("", row.checkpoint.stem)
        and (not kinds or any(fact.kind in kinds for fact in row.checkpoint.facts))
        and row.checkpoint.instant >= begun
        and author.lower() in row.checkpoint.author.lower()
        and agent.lower() in row.checkpoint.agent.lower()
    ]
    if json_:
        print_json(
            [{**_record(r.checkpoint), "over": r.over, "in_progress": r.in_progress, "open": r.open} for r in rows]
        )
        return
    for row in rows:
        c = row.checkpoint
        state = "in progress" if row.in_progress else row.over or "open elsewhere"
        who = ", ".join(filter(None, (c.author, c.agent)))
        open_ = f", {row.open} in force" if row.open else ""
        line = f"{c.stem:<48} {state:<14} {c.started[:10]}  {c.title}" + (f" ({who})" if who else "") + open_
        say(line, bold=row.in_progress)
    if not all_rows:
        click.echo("no sessions yet; one begins with: gitsession start TITLE", err=True)
    elif not rows:
        click.echo("no session fits", err=True)


@click.command()
@click.argument("session", default="")
@json_option
@click.pass_context
def show(ctx: click.Context, session: str, *, json_: bool) -> None:
    """Print a session's checkpoint: by stem, number or a unique part of the slug; without one, of the session in progress."""
    checkpoint, data = find_checkpoint(open_repository(ctx), session)
    if json_:
        facts = [{k: v for k, v in f._asdict().items() if v not in ("", (), False)} for f in checkpoint.facts]
        print_json({**_record(checkpoint), "goal": checkpoint.goal, "facts": facts})
    else:
        # A file for a program, but for a terminal without what it would obey.
        click.echo(visible(data.decode("utf-8", "replace")) if sys.stdout.isatty() else data, nl=False)


@click.command()
@click.argument("session", default="")
@click.pass_context
def edit(ctx: click.Context, session: str) -> None:
    """Open a checkpoint in your editor (git's own choice of it). What you change is staged by you: `git add`."""
    repo = open_repository(ctx)
    stem, path = find_path(repo, session)
    editor = repo.text("var", "GIT_EDITOR")  # a line for the shell, as git has it
    code = attach(["sh", "-c", f'{editor} "$@"', editor, repo.path(path)], cwd=repo.root)
    if code:
        ctx.exit(1)
    try:
        parse_checkpoint(read_file(repo.root, path) or b"", stem, path)
    except FormatError as e:
        warn(f"{e.message}\n  a commit would be refused: {e.hint or 'mend it'}")
        ctx.exit(1)
    click.echo(f"edited: {path}; `git add {path}` stages it", err=True)


def _record(c: Checkpoint) -> dict[str, object]:
    record = {"stem": c.stem, "title": c.title, "status": c.status, "started": c.started, "ended": c.ended, "branch": c.branch, "author": c.author,
              "agent": c.agent, "model": c.model, "account": c.account, "parents": list(c.parents), "tags": list(c.tags), "outcome": c.outcome,
              "usage": dict(c.usage)}  # fmt: skip
    return {key: value for key, value in record.items() if value}


COMMANDS = {"list": list_, "show": show, "edit": edit}

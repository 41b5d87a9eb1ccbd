"""`handoff`."""

import click

from gitsession.cli.output import json_option, open_repository, print_json
from gitsession.errors import UsageError
from gitsession.handoff import render_json
from gitsession.workflow.reading import check_pages, handoff_at, handoff_now
from gitsession.workflow.sharing import copy_text, master_prompt


@click.command()
@click.argument("rev", default="")
@click.option("--session", default="", help="The handoff of that session instead.")
@click.option("--budget", type=click.IntRange(min=1), help="Tokens (of 4 bytes) to fill, instead of the project's.")
@click.option("--check", is_flag=True, help="Verify the stored pages of REV (HEAD): exit 1 where one is wrong.")
@click.option("--strict", is_flag=True, help="With --check: exit 1 where one is behind, too.")
@click.option(
    "--copy", "copy_", is_flag=True, help="Put the master prompt on the clipboard, for a chat that has no tools."
)
@json_option
@click.pass_context
def handoff(
    ctx: click.Context,
    rev: str,
    session: str,
    budget: int | None,
    *,
    check: bool,
    strict: bool,
    copy_: bool,
    json_: bool,
) -> None:
    """Print the handoff, derived from the work tree, or from the commit REV with the history below it."""
    repo = open_repository(ctx)
    if check:
        if session or budget or copy_:
            raise UsageError("--check verifies stored pages: it takes a commit and nothing else")
        results = check_pages(repo, rev or "HEAD")
        if json_:
            print_json(results)
        for result in () if json_ else results:
            click.echo(f"{result.path}: {result.status}" + (f": {result.reason}" if result.reason else ""))
        if not results and not json_:
            click.echo("no handoff is stored in that commit")
        bad = ("wrong", "behind") if strict else ("wrong",)
        ctx.exit(1 if any(r.status in bad for r in results) else 0)
    if strict:
        raise UsageError("--strict goes with --check")
    page = (
        handoff_at(repo, rev, session=session, budget=budget)
        if rev
        else handoff_now(repo, session=session, budget=budget)
    )
    if copy_:
        copy_text(master_prompt(repo, page, rev))
        click.echo(f"copied: {page.figures.tokens:,} tokens", err=True)
    elif json_:
        print_json({**render_json(page), "text": page.text})
    else:
        click.echo(page.text, nl=False)


COMMANDS = {"handoff": handoff}

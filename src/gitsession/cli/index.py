"""`index`."""

import os

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.cli.reading import Progress, ask, open_history
from gitsession.errors import UsageError
from gitsession.index.database import get_state, index_path
from gitsession.index.queries import counts
from gitsession.workflow.reindex import bring_index_up


@click.command()
@click.option("--rebuild", is_flag=True, help="Make it anew, from all of history.")
@click.option("--status", is_flag=True, help="Bring it up to date, and tell what is in it.")
@click.option("--path", "path_", is_flag=True, help="Print where it lies, for other tools.")
@json_option
@click.pass_context
def index(ctx: click.Context, *, rebuild: bool, status: bool, path_: bool, json_: bool) -> None:
    """Bring the index up to date with git: what `search`, `why` and `sql` read, and an SQLite file for other tools.

    It holds HEAD, the default branch here and at `origin`, and the branches of the git setting gitsession.indexBranches
    (patterns such as `release/*`, or `*` for all). It is made from git alone: it may be deleted at any time.
    """
    if sum((rebuild, status, path_)) > 1:
        raise UsageError("--rebuild, --status and --path do not go together")
    repo = open_repository(ctx)
    path = index_path(repo.common_dir)
    if path_:
        open_history(ctx, repo)
        click.echo(path)
        return
    if status:
        rows = ask(ctx, repo, lambda db: {"tips": get_state(db, "tips").split(), **counts(db)})
        found = {"path": path, "bytes": os.path.getsize(path), **rows}
        if json_:
            print_json(found)
        for key, value in () if json_ else found.items():
            say(f"{key:<18} {' '.join(value) if isinstance(value, list) else value}")
        return
    progress = Progress()
    try:
        outcome = bring_index_up(repo, anew=rebuild, progress=progress)
    finally:
        progress.close()
    if json_:
        print_json(outcome)
        return
    went = f", {outcome.gone:,} gone" if outcome.gone else ""
    said = {"current": "the index is current", "old": "another process is updating the index"}
    say(said.get(outcome.how) or f"{outcome.how}: {outcome.commits:,} commits{went}")


COMMANDS = {"index": index}

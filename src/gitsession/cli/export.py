"""`export site`."""

import os

import click

from gitsession.cli.output import open_repository, say
from gitsession.cli.reading import Progress
from gitsession.errors import UsageError


@click.group()
def export() -> None:
    """Write the sessions for others to read: as a site of static pages."""


@export.command()
@click.argument("folder", metavar="[DIR]", default="", type=click.Path(file_okay=False))
@click.option("--conversations", is_flag=True, help="With what was said to agents, too; redacted, and still a talk.")
@click.option(
    "--workflow", is_flag=True, help="Write a workflow that publishes the site on GitHub Pages with each push."
)
@click.pass_context
def site(ctx: click.Context, folder: str, *, conversations: bool, workflow: bool) -> None:
    """Write the pages of `serve`, as of HEAD, into DIR: files that GitHub Pages, any other host or no host at all shows as they are.

    DIR is absent, empty, or a former export, which is replaced. All pages are searched for secrets first: where one holds any,
    nothing is written.
    """
    try:
        from gitsession.web.site import Options, export_site, write_workflow
    except ImportError as e:
        raise UsageError(f"{e.name} is not installed", "install the extra: pip install 'gitsession[web]'") from None
    if not folder and not workflow:
        raise UsageError("where to?", "name a folder that is absent or empty: gitsession export site DIR")
    repo = open_repository(ctx)
    if workflow:
        say(f"wrote {write_workflow(repo)}: say in it where gitsession is from, then commit it")
    if not folder:
        return
    place = os.path.join(ctx.find_root().obj or ".", folder)
    progress = Progress("writing the site")
    try:
        done = export_site(repo, place, Options(conversations=conversations), progress)
    finally:
        progress.close()
    say(
        f"{done.pages:,} pages as of {done.commit[:10]} in {folder} ({done.bytes / 1e6:.1f} MB): open {os.path.join(folder, 'index.html')}"
    )


COMMANDS = {"export": export}

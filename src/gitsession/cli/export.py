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
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--conversations", is_flag=True, help="With what was said to agents, too; redacted, and still a talk.")
@click.pass_context
def site(ctx: click.Context, folder: str, *, conversations: bool) -> None:
    """Write the pages of `serve`, as of HEAD, into DIR: files that GitHub Pages, any other host or no host at all shows as they are.

    DIR is absent, empty, or a former export, which is replaced. All pages are searched for secrets first: where one holds any,
    nothing is written.
    """
    try:
        from gitsession.web.site import Options, export_site
    except ImportError as e:
        raise UsageError(f"{e.name} is not installed", "install the extra: pip install 'gitsession[web]'") from None
    place = os.path.join(ctx.find_root().obj or ".", folder)
    progress = Progress("writing the site")
    try:
        done = export_site(open_repository(ctx), place, Options(conversations=conversations), progress)
    finally:
        progress.close()
    say(
        f"{done.pages:,} pages as of {done.commit[:10]} in {folder} ({done.bytes / 1e6:.1f} MB): open {os.path.join(folder, 'index.html')}"
    )


COMMANDS = {"export": export}

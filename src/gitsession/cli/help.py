"""`help`."""

import click

from gitsession.cli.app import COMMANDS as TABLE
from gitsession.cli.app import SHOWN


@click.command("help")
@click.argument("command", nargs=-1)
@click.pass_context
def help_(ctx: click.Context, command: tuple[str, ...]) -> None:
    """Help on a command; `help all` lists all commands."""
    root = ctx.find_root()
    if not command:
        click.echo(root.get_help())
        return
    if command == ("all",):
        shown = {name for names in SHOWN.values() for name in names}
        groups = {**SHOWN, "All others": tuple(n for n in TABLE if n not in shown)}
        formatter = root.make_formatter()
        for title, names in groups.items():
            with formatter.section(title):
                formatter.write_dl([(name, TABLE[name][1]) for name in names])
        click.echo(formatter.getvalue(), nl=False)
        return
    target: click.Command = root.command
    context = root
    for name in command:
        found = target.get_command(context, name) if isinstance(target, click.Group) else None
        if found is None:
            raise click.UsageError(f"no command {' '.join(command)!r}", root)
        context = click.Context(found, info_name=name, parent=context)
        target = found
    click.echo(context.get_help())


COMMANDS = {"help": help_}

"""`completion`."""

import click
from click.shell_completion import get_completion_class

from gitsession.errors import UsageError

SHELLS = ("bash", "zsh", "fish")
_HOW = {
    "bash": 'eval "$(gitsession completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(gitsession completion zsh)"   # in ~/.zshrc',
    "fish": "gitsession completion fish > ~/.config/fish/completions/gitsession.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    bash and zsh: eval "$(gitsession completion bash)" in the shell's start file; fish: write it to completions/gitsession.fish.
    """
    script = get_completion_class(shell)
    if script is None:
        raise UsageError(f"no completion for {shell}", "shells: " + ", ".join(SHELLS))
    root = ctx.find_root().command
    click.echo(f"# {_HOW[shell]}")
    click.echo(script(root, {}, "gitsession", "_GITSESSION_COMPLETE").source())


COMMANDS = {"completion": completion}

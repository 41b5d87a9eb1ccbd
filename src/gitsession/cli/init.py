"""`init`."""

import click

from gitsession.cli.found import offer_first_handoff
from gitsession.cli.output import open_repository, say
from gitsession.git import Repository
from gitsession.workflow.initialise import Done, initialise, take_back


@click.command()
@click.option(
    "--undo", is_flag=True, help="Take it back: hooks and machine-local files go, committed checkpoints stay."
)
@click.option("--agents", is_flag=True, help="Also install into the coding agents that are found (`agents install`).")
@click.option("--yes", is_flag=True, help="Begin the handoff with what is found, without a question.")
@click.pass_context
def init(ctx: click.Context, *, undo: bool, agents: bool, yes: bool) -> None:
    """Make this repository keep sessions: `.sessions/`, hooks, and the first handoff. Run again, it changes nothing.

    It shows what is there to begin with, and offers to: conversations that agents keep of this repository on this machine, a HANDOFF.md or
    TODO.md, the issues of beads.
    """
    repo = open_repository(ctx)
    if undo:
        _tell_undone(take_back(repo))
        _tell_agents_left(repo)
        return
    done = initialise(repo)
    _tell(done)
    taken = offer_first_handoff(repo, yes=yes)
    _tell_next(done, taken=taken)
    if agents:
        from gitsession.cli.agents import tell_installed

        click.echo()
        tell_installed(repo, ())


def _tell(done: Done) -> None:
    for path in done.wrote:
        click.echo(f"wrote {path}")
    _tell_hooks(done.hooks)
    for line in done.kept:
        click.echo(line, err=True)
    if not done.wrote and not done.hooks:
        click.echo("nothing to do: this repository keeps sessions, and the hooks are installed")


def _tell_next(done: Done, *, taken: bool) -> None:
    if not (done.wrote or done.hooks or taken):
        return
    click.echo()
    if done.committed and not taken:
        click.echo("Hooks are installed in this clone. Next: gitsession start 'what you are going to do'")
        return
    if not done.on_default:
        click.echo(f"This is not the default branch ({done.default_branch}): the master handoff is derived there.")
    click.echo("All of it is staged. Next:")
    if taken:
        click.echo("  gitsession edit   # where something is wrong: the handoff follows")
    click.echo("  git commit -m 'Keep sessions with gitsession'")
    click.echo("  gitsession start 'what you are going to do'")


def _tell_hooks(lines: list[str]) -> None:
    """Eight hooks that went the same way are one line; what is special about one stays a line of its own."""
    ways: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        name, _, way = line.partition(": ")
        what = "merge drivers " if name.startswith("merge driver ") else ""
        ways.setdefault((way, what), []).append(name.removeprefix("merge driver "))
    for (way, what), names in ways.items():
        click.echo(
            f"{way} {what}{', '.join(names)}"
            if way and " " not in way
            else "\n".join(f"{name}: {way}" for name in names)
        )


def _tell_agents_left(repo: Repository) -> None:
    from gitsession.agents.install import agents_status

    names = [
        agent.agent
        for agent in agents_status(repo.root)
        if any(p.state == "current" for p in agent.hooks if p.level != "user")
    ]
    if names:
        click.echo(f"what {', '.join(names)} have of it stays: gitsession agents uninstall", err=True)


def _tell_undone(done: Done) -> None:
    _tell_hooks(done.hooks)
    for path in done.wrote:
        say(f"removed {path}")
    for path in done.kept:
        click.echo(
            f"left {path}: it is in no commit and is not as we wrote it; remove it yourself if you do not need it",
            err=True,
        )
    if not (done.hooks or done.wrote):
        click.echo("nothing to undo")
    if done.committed:
        click.echo("what is committed under .sessions/ stays; `git rm -r .sessions` removes it")


COMMANDS = {"init": init}

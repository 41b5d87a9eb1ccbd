"""`conversation list`, `show`, `export`, `push`, `forget`."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from gitsession.cli.output import as_json, json_option, open_repository, print_json, say
from gitsession.errors import GitsessionError, UsageError, visible
from gitsession.formats.conversation import render_conversation, render_turns
from gitsession.model.conversation import Head
from gitsession.model.stored import Stored, StoredTurn
from gitsession.store.conversations import Listed, list_conversations
from gitsession.workflow import conversing

_WHOLE = 1 << 40  # bytes: no parts
_NOTHING = StoredTurn(0, "")._asdict()


@click.group(invoke_without_command=False)
def conversation() -> None:
    """What is kept of the talk with agents, redacted: on the branch gitsession/conversations, pushed only when asked."""


@conversation.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, json_: bool) -> None:
    """List all conversations, oldest first, with the numbers that the other commands take."""
    rows = list_conversations(open_repository(ctx))
    if json_:
        print_json([_row(number, one) for number, one in enumerate(rows, 1)])
        return
    for number, one in enumerate(rows, 1):
        title = f"cannot be read: {one.problem}" if one.problem else one.head.title
        say(
            f"{number:>3}  {one.head.started[:16].replace('T', ' '):<16}  {one.turns:>5} turns  {one.stem}/{one.name}  {title}"
        )
    if not rows:
        click.echo("no conversation is kept yet; `gitsession import` keeps one", err=True)


@conversation.command()
@click.argument("id", metavar="ID")
@click.option("--turn", metavar="N|A..B", default="", help="Only this turn, or these.")
@json_option
@click.pass_context
def show(ctx: click.Context, id: str, turn: str, *, json_: bool) -> None:
    """Print a conversation. ID is its number in the list, a part of its name that no other has, or KEY of a "(turn: KEY#12)"."""
    repo = open_repository(ctx)
    stored = conversing.read_listed(repo, conversing.find_conversation(repo, id))
    turns = conversing.some_turns(stored, turn) if turn else list(stored.turns)
    if json_:
        print_json(_record(stored, turns))
        return
    text = render_turns(turns) if turn else "".join(render_conversation(stored, _WHOLE))
    # A file for a program, but for a terminal without what it would obey.
    click.echo(visible(text) if sys.stdout.isatty() else text.encode(), nl=False)


@conversation.command()
@click.argument("id", metavar="ID")
@click.argument("file", metavar="[FILE]", default="-")
@click.option(
    "--format", "format_", type=click.Choice(["md", "json"]), default="md", help="Markdown (so it is without), or JSON."
)
@click.pass_context
def export(ctx: click.Context, id: str, file: str, format_: str) -> None:
    """Write a conversation into a file of its own, or to standard output: redacted, as it is stored."""
    repo = open_repository(ctx)
    stored = conversing.read_listed(repo, conversing.find_conversation(repo, id))
    text = (
        "".join(render_conversation(stored, _WHOLE))
        if format_ == "md"
        else as_json(_record(stored, stored.turns)) + "\n"
    )
    if file == "-":
        click.echo(text.encode(), nl=False)
        return
    try:
        with open(file, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except OSError as e:
        raise GitsessionError(f"{file} cannot be written: {e.strerror}") from None
    say(f"written: {file}", err=True)


@conversation.command()
@click.argument("remote", default="")
@click.pass_context
def push(ctx: click.Context, remote: str) -> None:
    """Publish the conversations on a remote, `origin` where none is named, after a search for secrets.

    What others have pushed there is taken in first.
    """
    pushed = conversing.push_conversations(open_repository(ctx), remote)
    for line in pushed.lines:
        say(line, err=True)
    if pushed.lines:
        click.echo("  to take a conversation out: gitsession conversation forget ID", err=True)
        ctx.exit(1)
    say(f"pushed to {pushed.remote}: {_count(pushed.conversations)}")


@conversation.command()
@click.argument("id", metavar="[ID]", default="")
@click.option("--session", default="", help="All conversations of this session.")
@click.option("--all", "all_", is_flag=True, help="All that are kept.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def forget(ctx: click.Context, id: str, session: str, *, all_: bool, yes: bool) -> None:
    """Take conversations out of the branch and out of its history.

    Copies that were pushed or cloned stay as they are; the command that replaces a pushed one is printed. What another clone
    still has of it is not taken in again.
    """
    repo = open_repository(ctx)
    places = conversing.to_forget(repo, id, session, all_=all_)
    if not places:
        click.echo("no conversation is kept", err=True)
        return
    if not yes:
        for stem, name in places:
            say(f"{stem}/{name}", err=True)
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError(f"this would forget {_count(len(places))} for good", "say --yes")
        if not click.confirm(f"Forget {_count(len(places))} for good?", err=True):
            ctx.exit(1)
    done = conversing.forget_conversations(repo, places)
    for name in done.names:
        say(f"forgotten: {name}")
    click.echo("The objects go with git's next cleaning; at once: git gc --prune=now", err=True)
    if done.commands:
        click.echo("What was pushed is still there, and in every clone of it. To replace it:", err=True)
        for command in done.commands:
            say("  " + command, err=True)


def _count(number: int) -> str:
    return f"{number} conversation{'s' * (number != 1)}"


def _head(head: Head, stem: str, name: str) -> dict[str, Any]:
    return {"name": name, "session": stem, "agent": head.agent, "id": head.id, "title": head.title, "started": head.started,
            "ended": head.ended, "branch": head.branch, "model": head.model, "tokens": list(head.tokens), "cost": head.cost}  # fmt: skip


def _row(number: int, one: Listed) -> dict[str, Any]:
    rest = {"turns": one.turns, "cut": one.cut, "facts": list(one.facts), "problem": one.problem}
    return {"number": number, **_head(one.head, one.stem, one.name), **rest}


def _record(stored: Stored, turns: Sequence[StoredTurn]) -> dict[str, Any]:
    records = [
        {key: value for key, value in turn._asdict().items() if key != "mark" and value != _NOTHING[key]}
        for turn in turns
    ]
    rest = {"cut": stored.cut, "facts": list(stored.facts), "turns": records}
    return {**_head(stored.head, stored.stem, stored.name), **rest}


COMMANDS = {"conversation": conversation}

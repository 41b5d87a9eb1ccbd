"""`import`."""

import os
import sys
from typing import Any

import click

from gitsession.cli.ai import ai_options, ask_model
from gitsession.cli.output import json_option, open_repository, print_json, say, warn
from gitsession.cli.progress import Progress
from gitsession.errors import GitsessionError, UsageError
from gitsession.git import Repository
from gitsession.workflow.adopting import Adopted, Document, adopt, document_at
from gitsession.workflow.importing import Imported, import_transcript


@click.command(name="import")
@click.option("--agent", default="", metavar="NAME", help="The agent, where the transcript does not tell.")
@click.option("--session", default="", metavar="SESSION", help="The session that it belongs to (the one in progress).")
@click.option(
    "--latest", is_flag=True, help="The last conversation of this repository that an agent keeps on this machine."
)
@click.option("--all", "every", is_flag=True, help="All of them: each is kept, the facts are those of the last.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@ai_options
@click.argument("paths", nargs=-1, metavar="[PATH|-]...")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[str, ...],
    agent: str,
    session: str,
    *,
    latest: bool,
    every: bool,
    yes: bool,
    json_: bool,
    ai: dict[str, Any] | None,
) -> None:
    """Import transcripts that agents wrote: the facts into the session's checkpoint, the conversation into the store.

    Reads Claude Code, Codex, Gemini CLI, GitHub Copilot CLI, opencode, aider, SpecStory and Cursor; the format is told by the content.
    Importing a conversation that has grown adds what is new.

    Notes in Markdown are taken over, too: from a HANDOFF.md or TODO.md its boxes, and what stands under headings such as Next steps and Decisions;
    from `.beads/issues.jsonl` the open issues.
    """
    repo = open_repository(ctx)
    if latest or every:
        if paths or (latest and every):
            raise UsageError("give a path, --latest or --all, and only one of them")
        from gitsession.cli.found import choose_found

        paths = tuple(choose_found(repo, every=every, agent=agent, yes=yes))
    elif not paths:
        raise UsageError("which transcript?", "give its path, - for standard input, or --latest")
    done: list[Imported | Adopted] = []
    for place, path in enumerate(paths):
        if path == "-":
            with Progress(0) as told:
                one = import_transcript(
                    repo, "standard input", sys.stdin.buffer, agent=agent, session=session, told=told
                )
        else:
            full = os.path.join(ctx.find_root().obj or ".", path)
            document = None if agent or every or latest else document_at(full)
            if document:
                adopted = adopt(repo, [document], session=session)
                done.append(adopted)
                if not json_:
                    tell_adopted(adopted, [document])
                continue
            facts = not every or place == len(paths) - 1
            try:
                with Progress(_size(full)) as told:
                    one = import_transcript(repo, full, agent=agent, session=session, facts=facts, told=told)
            except GitsessionError as e:
                if not every:
                    raise
                warn(e.message)  # one that cannot be read keeps none of the others out
                continue
        done.append(one)
        if not json_:
            tell_imported(one)
        _read_by_model(repo, ai, one, yes=yes)
    if json_:
        print_json(done)


def _read_by_model(repo: Repository, ai: dict[str, Any] | None, one: Imported, *, yes: bool) -> None:
    if not ai or not one.drawn:
        return
    if one.kept:
        ask_model(repo, ai, yes=yes, stem=one.stem, names=one.conversations)
    else:
        warn(
            "no model: this conversation is not kept, so nobody could look up what it rests on; the facts are those of the rules"
        )


def _size(path: str) -> int:
    """Bytes of a file; 0 where they cannot be told."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def tell_adopted(one: Adopted, documents: list[Document]) -> None:
    """Say what was taken over from documents."""
    if one.opened:
        warn(f"session {one.stem} begins with this")
    say(
        f"taken over: {one.facts} fact{'s' * (one.facts != 1)} from {', '.join(d.name for d in documents)}  [{one.stem}]"
    )
    for document in documents:
        if document.more:
            warn(f"{document.name} holds {document.more} more, which stay there")


def tell_imported(one: Imported) -> None:
    """Say what an import did."""
    if one.opened:
        warn(f"session {one.stem} begins with this")
    what = f"{one.turns} turns with {one.agent}"
    what += f": {one.facts} facts" if one.drawn else ", kept"
    if one.outdated:
        what += f", {one.outdated} outdated ones taken out"
    if one.redacted:
        what += f"; {one.redacted} secrets taken out"
    say(f"imported: {what}  [{one.stem}]")
    if one.elsewhere:
        warn(f"that conversation took place in {one.elsewhere}")
    if one.skipped:
        places = "; ".join(f"line {d.line}: {d.reason}" for d in one.damage[:3])
        warn(f"{one.skipped} places could not be read and were left out ({places})")
    if one.unknown:
        warn(
            "kinds of records that are new to us: "
            + ", ".join(f"{kind} ({count})" for kind, count in one.unknown.items())
        )


COMMANDS = {"import": import_}

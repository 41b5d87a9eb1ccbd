"""What `init` finds that a first handoff can be drawn from, and the offer to draw it."""

import shlex
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import click

from gitsession.cli.importing import tell_adopted, tell_imported
from gitsession.cli.output import say, warn
from gitsession.errors import GitsessionError, SessionError, UsageError
from gitsession.git import Repository
from gitsession.model.draft import Draft
from gitsession.rules import shorten
from gitsession.workflow.adopting import Document, adopt, find_documents, find_instructions
from gitsession.workflow.finding import Found, find_conversations, find_unread
from gitsession.workflow.importing import import_transcript
from gitsession.workflow.reading import handoff_now, session_rows

#: Agents as they call themselves; others go by the name that their transcripts give.
_AGENTS = {
    "claude-code": "Claude Code",
    "codex": "Codex",
    "gemini": "Gemini CLI",
    "copilot": "GitHub Copilot CLI",
    "cursor": "Cursor",
}
_SHOWN = 12  # facts of documents, before the question
_WORDS = 100


def offer_first_handoff(repo: Repository, *, yes: bool) -> bool:
    """Show what is there already and, to a person or with `yes`, offer to begin with it. True where something was taken over.

    A project that has sessions has its handoff: nothing is said there.
    """
    if session_rows(repo):
        return False
    ask = yes or (sys.stdin.isatty() and sys.stderr.isatty())
    taken = _from_conversation(repo, find_conversations(repo), ask=ask, yes=yes)
    unread = find_unread(repo)
    if unread:
        click.echo()
        say(f"Found on this machine: {_counted(unread)}, which has to export them; {_last(unread[0])}")
        say(f"  opencode export {shlex.quote(unread[0].id)} | gitsession import -")
    accepted = _accepted(find_documents(repo), ask=ask, yes=yes)
    if accepted or (taken and find_instructions(repo)):
        taken = _tried(lambda: _adopt(repo, accepted)) or taken
    if taken:
        click.echo()
        click.echo(handoff_now(repo).text, nl=False)
    return taken


def choose_found(repo: Repository, *, every: bool, agent: str, yes: bool) -> list[str]:
    """Paths of this repository's conversations on this machine, the oldest first: all of them, or the last; once a person agrees.

    Raises SessionError where there are none, UsageError where nobody can be asked.
    """
    found = [one for one in find_conversations(repo) if not agent or one.agent == agent]
    if not found:
        raise SessionError("no conversation of this repository was found on this machine", "give the transcript's path")
    say(f"Found on this machine: {_counted(found)}; {_last(found[0])}", err=True)
    if not yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        option = "--all" if every else "--latest"
        raise UsageError(
            "nobody is here to be asked whether to import that", f"agree with: gitsession import {option} --yes"
        )
    question = f"Import {'all ' + str(len(found)) if every else 'the last one'}?"
    if not _agreed(question, yes=yes):
        return []
    return [one.path for one in (reversed(found) if every else found[:1])]


def _from_conversation(repo: Repository, found: list[Found], *, ask: bool, yes: bool) -> bool:
    if not found:
        return False
    click.echo()
    say(f"Found on this machine: {_counted(found)}; {_last(found[0])}")
    if not ask:
        click.echo("  gitsession import --latest   # begins the handoff with it")
        return False
    if not _agreed("Begin the handoff with what was said in it?", yes=yes):
        return False
    return _tried(lambda: tell_imported(import_transcript(repo, found[0].path)))


def _accepted(documents: list[Document], *, ask: bool, yes: bool) -> list[Document]:
    if not documents:
        return []
    click.echo()
    say("Found in this repository: " + ", ".join(f"{d.name} ({_kinds(d.drafts)})" for d in documents))
    if not ask:
        say(f"  gitsession import {' '.join(shlex.quote(d.name) for d in documents)}   # takes them over")
        return []
    drafts = sorted((draft for d in documents for draft in d.drafts), key=lambda draft: draft.kind == "done")
    for draft in drafts[:_SHOWN]:
        say(f"  {draft.kind}: {shorten(draft.text, _WORDS)}")
    if len(drafts) > _SHOWN:
        click.echo(f"  and {len(drafts) - _SHOWN} more")
    return documents if _agreed("Take them over?", yes=yes) else []


def _adopt(repo: Repository, documents: list[Document]) -> None:
    adopted = adopt(repo, documents)
    if documents:
        tell_adopted(adopted, documents)


def _tried(take: Callable[[], None]) -> bool:
    """Whether it could be taken over; where it could not, a warning says why: all else that `init` does is done."""
    try:
        take()
    except GitsessionError as e:
        warn(e.message)
        return False
    return True


def _agreed(question: str, *, yes: bool) -> bool:
    return yes or click.confirm(question, default=True, err=True)


def _counted(found: Sequence[Found]) -> str:
    """`3 conversations with Claude Code, 1 with Codex`."""
    (first, count), *others = Counter(_AGENTS.get(f.agent, f.agent) for f in found).most_common()
    rest = "".join(f", {n} with {agent}" for agent, n in others)
    return f"{count} conversation{'s' * (count != 1)} with {first}{rest}"


def _last(found: Found) -> str:
    return f"the last ended {_ago(found.modified)}" + (f": {found.title}" if found.title else "")


def _ago(when: str) -> str:
    try:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(when)).total_seconds()
    except ValueError:
        return "some time ago"
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "just now"


def _kinds(drafts: Sequence[Draft]) -> str:
    """`3 steps, 1 decision, 2 done`."""
    counted = Counter(d.kind for d in drafts)
    return ", ".join(f"{n} {kind}{'s' * (n != 1 and kind != 'done')}" for kind, n in counted.most_common())

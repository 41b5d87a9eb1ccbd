"""`status`."""

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.model.fold import Item
from gitsession.workflow.capturing import take_up_captures
from gitsession.workflow.reading import Status, live_lines, read_status

_HEADS = {"step": "Next steps", "blocker": "Blocked", "question": "Questions", "error": "Not solved"}


@click.command()
@json_option
@click.pass_context
def status(ctx: click.Context, *, json_: bool) -> None:
    """Show the session in progress, and what is open, numbered for `done` and `start`."""
    repo = open_repository(ctx)
    take_up_captures(repo)
    found = read_status(repo)
    if json_:
        print_json(_record(found, live_lines(repo)))
        return
    session = found.session
    if session is None:
        say("No session in progress" + (f" on {found.branch}" if found.branch else " (detached HEAD)"))
    else:
        who = ", ".join(filter(None, (session.author, session.agent)))
        say(f"[{session.number}] {session.title}  {session.stem}", bold=True)
        say(f"in progress on {found.branch}" + (f" ({who})" if who else "") + f" since {session.started}")
        say(f"commits: {found.commits}; recorded: {found.recorded} of {found.commits}")
    say(f"handoff: {found.handoff}" + ("; its checkpoint has changes that are not staged" if found.unstaged else ""))
    for line in found.waiting:
        say(line)
    kind = ""
    for number, item in enumerate(found.items, 1):
        if item.kind != kind:
            kind = item.kind
            say(f"\n{_HEADS[kind]}")
        say(_line(number, item))
    states = [i.text for i in found.fold.in_force if i.kind == "state"]
    for line in ["\nState", *(f"  {text}" for text in states)] if states else ():
        say(line)
    for warning in found.fold.warnings:
        say(f"\nwarning: .sessions/{warning.stem}.md:{warning.line}: {warning.message}")
    for problem in found.problems:
        say(f"\ncannot be read: {problem}")


def _line(number: int, item: Item) -> str:
    box = "[ ] " if item.kind == "step" else ""
    age = f", open for {item.age} sessions" if item.age > 2 else ""
    return f"{number:3d}. {box}{' '.join(item.text.split())}  [{item.stem.split('-')[0]}]{age}"


def _record(found: Status, live: list[str]) -> dict[str, object]:
    session = found.session
    return {
        "branch": found.branch,
        "session": session.stem if session else None,
        "title": session.title if session else None,
        "handoff": found.handoff,
        "commits": found.commits,
        "recorded": found.recorded,
        "unstaged": found.unstaged,
        "open": [
            {"number": n, "kind": i.kind, "text": i.text, "session": i.stem, "sessions_open": i.age}
            for n, i in enumerate(found.items, 1)
        ],
        "state": [i.text for i in found.fold.in_force if i.kind == "state"],
        "warnings": [
            {"path": f".sessions/{w.stem}.md", "line": w.line, "message": w.message} for w in found.fold.warnings
        ],
        "problems": list(found.problems),
        "live": live,
    }


COMMANDS = {"status": status}

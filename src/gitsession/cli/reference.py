"""The reference of the commands, made from the commands: `python -m gitsession.cli.reference DIR` writes it.

DIR gets `commands.md`, `gitsession.1` and `git-session.1`.
"""

import inspect
import os
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import click

from gitsession import __version__
from gitsession.cli.app import COMMANDS, SHOWN, app

#: The fields of each `--json`: command -> field -> what it holds.
FIELDS: dict[str, dict[str, str]] = {
    "start": {
        "session": "stem of the session in progress, empty where there is none",
        "begun": "whether this command began it",
        "live": "the lines before the page, a list",
        "handoff": "the page, Markdown",
        "figures, sections": "as in `handoff`",
    },
    "status": {
        "branch": "empty when HEAD is detached",
        "session, title": "of the session in progress, else null",
        "handoff": "what the stored page is: current, behind, wrong, unknown or none",
        "commits, recorded": "commits of the session, and those of them that changed its facts",
        "unstaged": "whether its checkpoint has changes that are not staged",
        "open": "records: `number, kind, text, session, sessions_open`",
        "state": "lines of State, a list",
        "warnings": "closings that match nothing, ...; records: `path, line, message`",
        "problems": "checkpoints that cannot be read, a list of lines",
        "live": "as in `start`",
    },
    "search": {
        "kind": "of the fact, or session, knowledge, handoff, turn",
        "session, title": "stem, and what it is called; of knowledge its own title",
        "date, commit": "when it came into history, and with which commit",
        "author, agent": "of the session",
        "text, snippet": "all of it, and the words around what was found",
        "place": "path, and the line or turn in it",
        "closed, closed_by, closed_date": "ticked, resolved, replaced, dropped or removed; by which session, and when; else empty",
        "score": "how well it fits; the records stand in this order",
    },
    "why": {
        "commit, date, author, subject": "where lines come from; those that are not committed yet are left out",
        "lines": "pairs of first and last line",
        "sessions": "records: `session, title, goal, decisions`, these with `text` and `here` (it came with this commit)",
    },
    "troubleshoot": {
        "error": "the message that counts most, redacted",
        "kinds": "exception classes and codes in the text, a list",
        "files": "of the project that it names, a list",
        "hits": "records, best first: `number, kind` (of the fact, or knowledge, turn, commit), `text`; `reason, score`: why it stands "
        "here, and how alike it is, 0 to 1 (commits are found by files alone); `state`: solved, not solved or dropped, where that is known; "
        "`fix`; `session, title, date` (empty: not committed yet), `place, commit`; `more`: what was done after the turn, or is behind the "
        "commit, a list of lines",
        "suggestion": "with `--ai`: `model`, `steps` (records: `text, cites`: numbers of hits), `dropped` (steps that rest on nothing known); "
        "else null",
    },
    "stats": {
        "by": "what a group stands for",
        "groups": "records: `name` (empty for what is of none), `sessions, commits, added, removed, planned, done, open, hours, "
        "input_tokens, output_tokens, cost_usd, credits`; null where nothing says it",
        "total": "the same of all, a commit of two sessions counted once; docs/metrics.md tells how each is counted",
    },
    "growth": {
        "session, title, started, outcome": "of each session, oldest first",
        "planned, kept, done, dropped": "steps that it opened, those of them that it did, all that it did, all that it took back",
        "carried, carried_age, carried_oldest": "steps open from before as it began; sessions since they were opened: median, most",
        "open": "of its own steps, those that are open now",
        "timed, estimated_hours, took_hours": "steps done that say both, and what they come to",
        "in_force, preserved, preservation": "as its last handoff says",
        "commits, recorded": "of the session, and those of them that changed its checkpoint",
        "lines, reworked": "that it wrote, and those of them that one of the next three sessions changed",
        "hours, tokens, cost_usd, credits": "of the session",
        "hours_per_step, tokens_per_step, cost_usd_per_step, credits_per_step": "for each step done; null where none was",
    },
    "timeline": {
        "session, title, branch, author, agent, status": "of each session, oldest first",
        "started, ended": "in UTC; one that does not say its end ends with its last commit",
        "commits, hours": "as in `stats`",
    },
    "sql": {"(the columns)": "a row each, named as the statement names them; a second `stem` is `stem_2`"},
    "index": {
        "how": "current, updated, rebuilt, or old where another process is at it",
        "commits, gone": "that came in, and that are reachable no more",
    },
    "index --status": {
        "path, bytes, tips": "the file, its size, the commits that it reaches back from",
        "commits, sessions, session_revisions, facts, handoffs, conversations, turns, knowledge, file_changes": "rows of each table",
        "unreadable": "versions of checkpoints that cannot be read",
    },
    "list": {
        "stem, title, status, started, branch": "of each session, oldest first",
        "ended, author, agent, model, account, parents, tags, outcome, usage": "where the checkpoint has them",
        "over": "why the session is over, empty where it is not",
        "in_progress": "whether it is the one in progress here",
        "open": "how many facts in force it opened",
    },
    "show": {
        "stem, title, status, started, branch": "and the others of a checkpoint, as in `list`",
        "goal": "text, may be empty",
        "facts": "records: `kind, text, line`, and those of these that say something: `box, dropped, links, replaces, "
        "resolved, est, took, source, by`",
    },
    "handoff": {
        "session": "stem of the session in progress, or null",
        "figures": "one record: `in_force, in_force_carried, background, background_carried, confidence, reasons, "
        "tokens`, and `preservation`, null where too little is recorded",
        "sections": "records: `heading, lines`",
        "text": "the page, Markdown",
    },
    "handoff --check": {
        "path": "of each stored page",
        "status": "current, behind, wrong or unknown",
        "reason": "in words",
    },
    "check": {
        "level": "error, warning or note",
        "code": "what it is, as in docs/check.md",
        "path, line": "where, counted from 1; null where it is of no file, or of no line",
        "message, hint": "in words",
        "fixable": "whether `--fix` sees to it",
    },
    "eval": {
        "method": "`handoff`, or in `baselines` what of the conversation was kept",
        "tokens, budget": "of the handoff, and what it may have",
        "fits": "whether it keeps to its budget; where it does not, it passed none",
        "passed, asked": "probes",
        "kinds": "passed and asked of each kind",
        "missed": "of each probe: line, id, kind, question, answer; `lacks`: groups of which nothing stands; `stands`: what must not",
        "baselines": "with `--transcript`: the same figures of the whole conversation and of its parts that cost nothing",
    },
    "scan": {
        "path, line, column": "of each finding, counted from 1",
        "kind": "what it looks like",
        "excerpt": "masked; the value itself is never shown",
    },
    "scan --history": {
        "path, line, column, kind, excerpt": "as in `scan`; the place is that in the oldest version",
        "commit": "the oldest one that brought it; of a range, in the range",
        "versions": "of the file that hold it",
    },
    "scan --allowed": {
        "id": "of each allowance: its file is `.sessions/allowed/ID.yml`",
        "path, glob": "where it lets the finding stand; one of them is empty",
        "kind, reason, author, date": "as recorded",
        "problem": "what is wrong with it: stale, or no reason; empty when nothing is",
    },
    "agents status": {
        "agent": "of each agent that we know",
        "found": "where it was found: in the repository, on PATH, in your home; a list",
        "hooks": "records: `level, path, state`; project, local or user; absent, current, outdated, or what is wrong with the file",
        "instructions": "the same of our block in the file that it reads",
        "to_do": "what is left for you to do, once something is installed",
    },
    "conversation list": {
        "number": "of each conversation, as the other commands take it",
        "name, session": "its file and folder on the branch",
        "agent, id, title, started, ended, branch, model, tokens, cost": "as the agent's transcript says; tokens are [input, output], cost is in USD",
        "turns": "how many are kept",
        "cut": "characters that were left out",
        "facts": "digests of what the rules drew from it",
        "problem": "why it cannot be read, empty where it can",
    },
    "conversation show": {
        "name, session, agent, id, title, started, ended, branch, model, tokens, cost, cut, facts": "as in `conversation list`",
        "turns": "records: `number, who`, and those of these that say something: `text, when, kind, side, model, tokens, phase, tool, "
        "action, input, changes, failed, refused, code, cut`",
    },
    "knowledge list": {
        "name, title, tags": "of each pattern, oldest first; the same of `search` (the best first), and of `add` and `show` (one record)",
        "made, author": "when it was added, and by whom",
        "session, lesson": "what it grew from, empty where nothing is known of that",
        "path, text": "its file, and the Markdown below the title",
    },
    "knowledge list --lessons": {"number, text, session": "of each lesson, oldest first"},
    "hooks status": {
        "name, path": "of each hook",
        "state": "installed, absent, foreign, outdated or shadowed",
        "managed_by": "git, husky, pre-commit, lefthook, simple-git-hooks, or core.hooksPath and where it is set",
        "chained": "scripts that run before ours, a list",
        "python": "the interpreter that it starts",
        "problem": "why it does not run, empty when it does",
        "fix": "what to do about that, or about an outdated one",
        "worktree": "of which work tree: this one first, then the others of the repository",
    },
}
EXIT_CODES = (
    ("0", "done"),
    ("1", "refused, or something was found (a secret, a wrong page)"),
    ("2", "wrong use"),
    ("3", "a bug: a report is written into the git directory"),
    ("130", "stopped by ^C"),
)
VARIABLES = (
    ("GITSESSION_SESSION", "stem of the session that the work belongs to, where no branch tells: CI, a detached HEAD"),
    ("GITHUB_ACTIONS", "`true`, as GitHub sets it: `check` prints annotations, and a summary into GITHUB_STEP_SUMMARY"),
    (
        "GITSESSION_OFF",
        "`1`: the hooks of agents do nothing in this session; `git config gitsession.agents off` is for a whole clone",
    ),
    ("GITSESSION_MODEL", "with --ai: the model, where --model names none; before project.yml"),
    ("GITSESSION_MODEL_ENDPOINT", "with --ai: the endpoint, where --endpoint names none; before project.yml"),
    ("GITSESSION_MODEL_TOKEN", "with --ai: the token for an endpoint that is not Hugging Face's"),
    ("HF_TOKEN", "with --ai: the token for Hugging Face, and for nobody else; else that of `hf auth login`"),
    ("GITSESSION_AGENT", "who works, such as codex; else AI_AGENT, AGENT and what agents set of themselves"),
)
_FILES = (
    (".sessions/HANDOFF.md", "the handoff of the default branch, derived; handoffs/ holds those of other branches"),
    (".sessions/0001-SLUG-x7qm.md", "a session's checkpoint: what people and agents write"),
    (".sessions/project.yml", "name, goal and settings"),
)
_SESSION = "A session is given by its stem, by its number where that is unambiguous, or by a unique part of its slug."


class Page(NamedTuple):
    """What is said of one command. `about` are paragraphs; `options` are (how it is given, what it does)."""

    name: str
    usage: str
    about: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


def groups() -> dict[str, tuple[str, ...]]:
    """Commands by group: those that `--help` shows, then all others."""
    shown = {name for names in SHOWN.values() for name in names}
    return {**SHOWN, "More": tuple(name for name in COMMANDS if name not in shown)}


def pages(name: str) -> Iterator[Page]:
    """The command of that name, and its subcommands."""
    root = click.Context(app, info_name="gitsession")
    command = app.get_command(root, name)
    assert command is not None  # noqa: S101  (names come from the table)
    yield from _pages(command, click.Context(command, info_name=name, parent=root))


def _pages(command: click.Command, context: click.Context) -> Iterator[Page]:
    yield _page(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _pages(found, click.Context(found, info_name=name, parent=context))


def _page(command: click.Command, context: click.Context) -> Page:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    about = inspect.cleandoc(command.help or "").split("\n\n")
    options = [_option(p) for p in command.params if isinstance(p, click.Option)]
    name = context.command_path.removeprefix("gitsession ")
    return Page(name, usage, tuple(" ".join(a.split()) for a in about), tuple(options))


def _option(option: click.Option) -> tuple[str, str]:
    """How it is given, and its help. (Not click's own record of it, which differs between its versions.)"""
    given = ", ".join(option.opts)
    if isinstance(option.type, click.Choice):
        given += f" [{'|'.join(option.type.choices)}]"
    elif not option.is_flag:
        given += " " + (option.metavar or option.type.name.split()[0].upper())
    default = f" (default: {option.default})" if option.show_default else ""
    return given, (option.help or "") + default


def render_markdown() -> str:
    """`commands.md`."""
    lines = ["# The commands", "", "Made from the code by `make docs`; `-h` with any command shows what is here.",
             f"`git session ...` is the same as `gitsession ...`. {_SESSION}", ""]  # fmt: skip
    for group, names in groups().items():
        lines += [f"- **{group}**: " + ", ".join(f"[{n}](#{n})" for n in names)]
    lines += ["", "With every command:", "", *_options(_page(app, click.Context(app, info_name="gitsession")))]
    for names in groups().values():
        for name in names:
            for page in pages(name):
                level = "##" if page.name == name else "###"
                lines += ["", f"{level} {page.name}", "", f"`{page.usage}`", "", "\n\n".join(page.about)]
                lines += ["", *_options(page)] if page.options else []
    lines += ["", "## Fields of `--json`", ""]
    lists = (
        "`list`, `growth`, `timeline`, `handoff --check`, `check`, `scan`, `knowledge list`, `knowledge search`, `agents status` "
        "and `hooks status`"
    )
    lines += [f"A list of records for {lists}; else one record.", ""]
    lines += ["| command | field | what it holds |", "| --- | --- | --- |"]
    for command, fields in FIELDS.items():
        lines += [f"| `{command}` | `{_codes(field)}` | {about} |" for field, about in fields.items()]
    lines += ["", "## Exit codes", "", *_table(EXIT_CODES), "", "`run` ends with the exit code of what it ran."]
    lines += ["", "## Environment", "", *_table(VARIABLES)]
    return "\n".join(lines) + "\n"


def _codes(fields: str) -> str:
    return fields.replace(", ", "`, `")


def _options(page: Page) -> list[str]:
    return _table(page.options)


def _table(rows: tuple[tuple[str, str], ...]) -> list[str]:
    return ["| | |", "| --- | --- |", *(f"| `{_cell(a)}` | {_cell(b)} |" for a, b in rows)]


def _cell(text: str) -> str:
    """Text that stays in its cell: GitHub wants a bar escaped, in code as well."""
    return text.replace("|", "\\|")


def render_man(name: str) -> str:
    """The manual page, in man(7), of `gitsession` or `git-session`."""
    spoken = name.replace("-", " ")
    lines = [f'.TH {name.upper()} 1 "" "gitsession {__version__}" "gitsession manual"', ".nh", ".ad l",
             ".SH NAME", f"{_roff(name)} \\- sessions and handoffs for work with coding agents, kept in git",
             ".SH SYNOPSIS", f".B {_roff(spoken)}", "[\\fB\\-C\\fR \\fIDIR\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
             ".SH DESCRIPTION", _roff(app.help or ""), ".PP", _roff(_SESSION)]  # fmt: skip
    for group, names in groups().items():
        lines.append(f".SH {group.upper()}")
        for command in names:
            for page in pages(command):
                usage = page.usage.replace("gitsession", spoken, 1)
                lines += [f'.SS "{_roff(usage)}"', "\n.PP\n".join(map(_roff, page.about))]
                for option, about in page.options:
                    lines += [".TP", f"\\fB{_roff(option)}\\fR", _roff(about)]
    for heading, rows in (("EXIT STATUS", EXIT_CODES), ("ENVIRONMENT", VARIABLES), ("FILES", _FILES)):
        lines.append(f".SH {heading}")
        for term, about in rows:
            lines += [".TP", f"\\fB{_roff(term)}\\fR", _roff(about)]
    return "\n".join([*lines, ".SH SEE ALSO", "\\fBgit\\fR(1), \\fBgithooks\\fR(5)"]) + "\n"


def _roff(text: str) -> str:
    """Text as man(7) has it, `code` in bold; a line cannot start a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("|", "|\\:")
    return re.sub(r"`([^`]+)`", r"\\fB\1\\fR", re.sub(r"^([.'])", r"\\&\1", escaped))


def main(arguments: list[str]) -> int:
    """Write the three files into the folder that is given."""
    if len(arguments) != 1:
        print("usage: python -m gitsession.cli.reference DIR", file=sys.stderr)
        return 2
    texts = {"commands.md": render_markdown(), **{f"{n}.1": render_man(n) for n in ("gitsession", "git-session")}}
    for name, text in texts.items():
        with open(os.path.join(arguments[0], name), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The table of commands, and the group that loads them."""

from importlib import import_module

import click

#: group -> commands that `gitsession --help` shows
SHOWN = {
    "Work": ("start", "note", "done", "status", "complete"),
    "Read": ("handoff", "search", "why"),
    "Set up": ("init", "check"),
}
#: name -> (module, one line). `help all` shows these, too.
COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("start", "Begin a session, or go on; prints the handoff."),
    "note": ("record", "Record a fact: a decision, a step, an error, ..."),
    "done": ("record", "Close a step, blocker, question or error."),
    "status": ("status", "Where the project stands: session, open work."),
    "complete": ("complete", "End the session in progress."),
    "handoff": ("handoff", "Print or check the handoff, now or at a commit."),
    "search": ("search", "Search all sessions: facts, goals, knowledge, turns."),
    "why": ("why", "The sessions and decisions behind a line of code."),
    "list": ("sessions", "All sessions."),
    "show": ("sessions", "One session's checkpoint."),
    "init": ("init", "Make this repository keep sessions."),
    "check": ("check", "Find what is wrong with sessions, pages, hooks; mend it."),
    "demo": ("demo", "The whole loop on a repository in a temporary folder."),
    "decide": ("record", "Record a decision."),
    "todo": ("record", "Record a next step."),
    "ask": ("record", "Record an open question."),
    "block": ("record", "Record a blocker."),
    "error": ("record", "Record an error, and its fix."),
    "constraint": ("record", "Record what must hold."),
    "command": ("record", "Record a command: 'test: pytest -q'."),
    "learn": ("record", "Record a lesson."),
    "run": ("run", "Run a command and record how it ended."),
    "import": ("importing", "Import an agent's transcript."),
    "edit": ("sessions", "Open a checkpoint in your editor."),
    "end": ("complete", "The same as complete."),
    "conversation": ("conversation", "What is kept of the talk with agents."),
    "knowledge": ("knowledge", "Patterns to use again: add, list, show, search."),
    "scan": ("scan", "Search files for secrets."),
    "agents": ("agents", "Coding agents: hooks and instructions in their settings."),
    "troubleshoot": ("troubleshoot", "What is known of an error, and what solved it."),
    "eval": ("eval", "Ask a handoff questions whose answers are known."),
    "hooks": ("hooks", "What git hooks are installed, and whether they run."),
    "stats": ("stats", "Sessions, commits, lines, steps, time and use, counted."),
    "growth": ("stats", "The trend, session by session, in its parts."),
    "timeline": ("stats", "Sessions over time and branches."),
    "export": ("export", "Write the sessions as a site of static pages."),
    "sql": ("sql", "Ask the index of history in SQL."),
    "index": ("index", "Update or rebuild the index of history."),
    "serve": ("serve", "The dashboard and the REST API, in the browser."),
    "resolve": ("resolve", "Settle conflicts under .sessions/."),
    "completion": ("completion", "Print the completion script of a shell."),
    "help": ("help", "Help on a command; `help all` lists all."),
}
#: What programs call: no list and no page shows it.
HIDDEN = {"agent-hook": ("agents", "What an agent's hook does.")}


class Commands(click.Group):
    """Loads a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands that people call."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None where there is none."""
        del ctx
        found = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if found is None:
            return None
        module = import_module(f"gitsession.cli.{found[0]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name in the error."""
        if args and args[0] not in COMMANDS and args[0] not in HIDDEN and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            ctx.fail(f"no command {args[0]!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Ten commands, grouped."""
        del ctx
        for group, names in SHOWN.items():
            with formatter.section(group):
                formatter.write_dl([(name, COMMANDS[name][1]) for name in names])
        formatter.write_paragraph()
        formatter.write_text("`gitsession help all` shows the rest, `gitsession help COMMAND` tells more of one.")


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Sessions and handoffs for work with coding agents, kept in git. Each commit derives one Markdown page, `.sessions/HANDOFF.md`: "
    "what the next session, person or agent needs to know.",
    invoke_without_command=True,
)
@click.option("--version", is_flag=True, help="Show the version and exit.")
@click.option(
    "-v", "--verbose", is_flag=True, help="With --version: those of rules, page, formats, Python and git, too."
)
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="Work in this folder instead of the current one.",
)
@click.pass_context
def app(ctx: click.Context, folder: str | None, *, version: bool, verbose: bool) -> None:
    """Open nothing yet: a command opens the repository when it needs it."""
    if version:
        for line in _versions(verbose=verbose):
            click.echo(line)
        ctx.exit()
    if verbose:
        ctx.fail("--verbose goes with --version")
    ctx.obj = folder or "."
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _versions(*, verbose: bool) -> list[str]:
    from gitsession import __version__

    lines = [f"gitsession {__version__}"]
    if verbose:
        import platform

        from gitsession.errors import GitsessionError
        from gitsession.model.checkpoint import SCHEMA
        from gitsession.model.handoff import RENDERER
        from gitsession.process import run
        from gitsession.secretscan import RULES_VERSION

        try:
            git = run(["git", "--version"]).out.decode("utf-8", "replace").strip().removeprefix("git version ")
        except GitsessionError:
            git = "none on PATH"
        lines += [f"rules {RULES_VERSION}", f"renderer {RENDERER}",
                  f"schema {SCHEMA}",
                  f"Python {platform.python_version()}", f"git {git}"]  # fmt: skip
    return lines

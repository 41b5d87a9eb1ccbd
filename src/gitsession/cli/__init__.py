"""The command line: unpacks arguments, calls a use case, prints. Commands are loaded when they are called."""

import contextlib
import os
import sys

from gitsession.cli.app import app


def main() -> None:
    """The entry point of `gitsession` and `git-session`. Exit codes: 0 done, 1 refused or found, 2 wrong use, 3 a bug, 130 ^C."""
    import click

    from gitsession.errors import GitsessionError, UsageError

    try:
        code = app.main(prog_name=_name(), standalone_mode=False)
    except click.exceptions.Exit as e:
        code = e.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as e:
        if isinstance(e, click.exceptions.NoArgsIsHelpError):
            click.echo(e.format_message())
        else:
            _complain(e.format_message(), _usage_hint(e))
        code = 2
    except UsageError as e:
        _complain(e.message, e.hint)
        code = 2
    except GitsessionError as e:
        _complain(e.message, e.hint)
        code = 1
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # Whoever read us (head, less) has had enough; nothing more can be written, not at exit either.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except Exception as e:  # noqa: BLE001  (a bug ends in a line and a report)
        code = _report(e)
    raise SystemExit(code if isinstance(code, int) else 0)


def _name() -> str:
    base = os.path.basename(sys.argv[0]).removesuffix(".exe")
    return "git session" if base == "git-session" else "gitsession"


def _usage_hint(error: object) -> str:
    context = getattr(error, "ctx", None)
    return f"`{context.command_path} -h` shows how" if context is not None else ""


def _complain(message: str, hint: str) -> None:
    import click

    from gitsession.errors import visible

    click.echo(click.style("gitsession: ", fg="red", bold=True) + visible(message), err=True)
    if hint:
        click.echo("  " + visible(hint), err=True)


def _report(error: Exception) -> int:
    """A bug: a line for people, and a report (no environment, no file contents) in the git directory."""
    import platform
    import traceback

    from gitsession import __version__
    from gitsession.secretscan.redaction import admit_error

    what = f"{type(error).__name__}: {admit_error(str(error))}"
    lines = ["".join(traceback.format_tb(error.__traceback__)), what, "",
             f"gitsession {__version__}, Python {platform.python_version()}, {platform.system()}"]  # fmt: skip
    place = ""
    try:
        from gitsession.git import Repository
        from gitsession.store.lock import machine_folder

        place = os.path.join(machine_folder(Repository.open(".").common_dir), "bug-report.txt")
        with open(place, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(lines) + "\n")
    except Exception:  # noqa: BLE001  (the report must not hide what it reports)
        place = ""
    where = f"a report is in {place}" if place else "\n  ".join(lines)
    _complain(f"this is a bug: {what}", where)
    return 3

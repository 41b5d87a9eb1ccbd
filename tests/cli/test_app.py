"""The command line itself: exit codes, help, errors."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gitsession.cli.app import COMMANDS, SHOWN

SCRIPTS = Path(sys.executable).parent


def test_alone_and_with_help_it_shows_ten_commands_at_most_in_groups(project) -> None:
    alone = project.gs().stdout
    assert alone == project.gs("--help").stdout == project.gs("help").stdout
    shown = [name for names in SHOWN.values() for name in names]
    assert len(shown) <= 10
    for group, names in SHOWN.items():
        assert f"\n{group}:\n" in alone
        assert all(re.search(rf"^  {name} +\S", alone, re.MULTILINE) for name in names)


def test_help_all_shows_every_command(project) -> None:
    out = project.gs("help", "all").stdout
    for name, (_, about) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(about[:30])}", out, re.MULTILINE), name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_on_a_command_is_what_its_own_option_says(name: str, project) -> None:
    own = project.gs(name, "--help").stdout
    assert own.startswith(f"Usage: gitsession {name}")
    assert own == project.gs("help", name).stdout


def test_git_session_speaks_of_itself(project) -> None:
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    assert project.git("session", "-h", PATH=path).stdout.startswith("Usage: git session ")
    assert project.git("session", "status", PATH=path).stdout == project.gs("status").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["statuss"], 2, "did you mean 'status'?"),
        (["start", "--colour"], 2, "`gitsession start -h` shows how"),
        (["note"], 2, "Missing argument"),
        (["show", "99"], 1, "99"),
        (["complete"], 1, "no session"),
        (["handoff", "--strict"], 2, "--strict goes with --check"),
    ],
)
def test_errors_are_a_line_or_two_and_an_exit_code(arguments: list[str], code: int, said: str, project) -> None:
    done = project.gs(*arguments, check=False)
    assert done.returncode == code
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("gitsession: ")
    assert len(done.stderr.splitlines()) <= 2


def test_what_a_terminal_would_obey_is_not_printed(project) -> None:
    done = project.gs("show", "\x1b[31mred", check=False)
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred" in done.stderr


def test_a_reader_that_leaves_is_no_error(project) -> None:
    command = f"'{SCRIPTS / 'gitsession'}' help all | true"
    done = subprocess.run(["sh", "-c", command], cwd=project.root, capture_output=True, text=True)
    assert done.stderr == ""


def test_a_bug_is_a_line_and_a_report(project, monkeypatch, capsys) -> None:
    from gitsession import cli

    def broken(*_: object) -> None:
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr("gitsession.cli.status.read_status", broken)
    monkeypatch.setattr(sys, "argv", ["gitsession", "status"])
    monkeypatch.chdir(project.root)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert said.startswith("gitsession: this is a bug: ZeroDivisionError: of our own\n")
    report = project.root / ".git" / "gitsession" / "bug-report.txt"
    assert "of our own" in report.read_text()
    assert project.status() == ""


def test_hooks_status_is_a_line_for_hooks_that_fare_alike_and_what_to_do(project) -> None:
    root, alike, python = project.gs("hooks", "status").stdout.splitlines()
    assert (root, alike, python) == (str(project.root), "  all hooks: installed in .git/hooks", f"Python: {sys.executable}")
    (project.root / ".git" / "hooks" / "post-merge").write_text("#!/bin/sh\n# of another tool\n")
    lines = project.gs("hooks", "status").stdout.splitlines()
    assert lines[1].endswith(", pre-push: installed in .git/hooks")
    assert lines[2] == "  post-merge: foreign in .git/hooks; does not run: another tool's script is in its place"
    assert lines[3] == "  what to do: run `gitsession init`"


def test_completion_completes(project) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_GITSESSION_COMPLETE" in project.gs("completion", shell).stdout
    done = project.gs(_GITSESSION_COMPLETE="bash_complete", COMP_WORDS="gitsession sta", COMP_CWORD="1")
    assert done.stdout.split() == ["plain,start", "plain,status", "plain,stats"]

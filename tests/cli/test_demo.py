"""`gitsession demo`: the story is true, and leaves nothing behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gitsession.cli import story
from gitsession.cli.stage import DemoError, Stage

SCRIPTS = Path(sys.executable).parent


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """No HOME, no identity; an agent and a repository around us."""
    (tmp_path / "tmp").mkdir(exist_ok=True)
    path = os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])
    around = {"CLAUDECODE": "1", "AI_AGENT": "other", "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index"}
    return {"PATH": path, "TMPDIR": str(tmp_path / "tmp"), "GITSESSION_SESSION": "0009-none-x7qm", **around, **more}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory):
    """One run of the demo in a folder of our own: the folder, its output, where temporary folders were made."""
    tmp_path = tmp_path_factory.mktemp("demo")
    folder = tmp_path / "it's here"
    argv = [SCRIPTS / "gitsession", "demo", folder]
    done = subprocess.run(argv, env=environment(tmp_path), capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return folder, done.stdout, tmp_path / "tmp"


def test_a_secret_is_refused_masked_and_in_no_object(played) -> None:
    _, out, _ = played
    assert "gitsession: commit refused: " in out
    assert re.search(r"GitHub token: ghp_\*+\n", out)
    assert not re.search(r"ghp_[A-Za-z0-9]", out)
    assert '$ git log --all -p | grep -c -F "$TOKEN"\n0\n' in out


def test_the_repository_is_what_was_told(played, project) -> None:
    folder, out, _ = played
    log = project.git("log", "--format=%an|%s|%(trailers:key=Session,valueonly,separator=%x20)", cwd=folder).stdout
    assert {line.split("|")[0] for line in log.splitlines()} == {"Ada Example", "Bo Example"}
    assert len(project.git("rev-list", "--merges", "HEAD", cwd=folder).stdout.splitlines()) == 1
    assert project.git("status", "--porcelain", cwd=folder).stdout == ""
    second = project.gs("show", "2", cwd=folder).stdout
    assert "agent: codex" in second
    assert "(replaces: " in second
    assert re.search(r"- \[x\] Heed Retry-After.*\(\[0001\]\(0001-", second)
    page = (folder / ".sessions" / "HANDOFF.md").read_text()
    assert page in out
    assert "*Not any more:* When a feed answers 429" in page
    assert "**2 passed**, same source" in page
    assert "/tmp" not in page
    assert project.gs("handoff", "--check", "--strict", cwd=folder).returncode == 0


def test_the_last_line_is_measured_in_the_page(played) -> None:
    folder, out, _ = played
    page = (folder / ".sessions" / "HANDOFF.md").read_text()
    carried, total = re.search(r"In force: (\d+) of (\d+) facts", page).groups()
    last = out.splitlines()[-1]
    commands = sum(line.startswith("$ ") for line in out.splitlines())
    measured = rf"Measured: {commands} commands in \d+\.\d s; in force {carried} of {total}, .* tokens"
    assert re.fullmatch(measured, last), last


def test_nothing_is_left_and_no_folder_of_ours_is_shown(played) -> None:
    folder, out, tmp = played
    assert list(tmp.iterdir()) == []
    shown = out.replace(f"The repository is kept: {folder}", "")
    assert str(tmp) not in shown
    assert str(folder) not in shown
    assert "\x1b" not in out


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, project) -> None:
    done = project.gs("demo", str(project.root), check=False)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert project.status() == ""


def test_a_step_that_fails_ends_the_demo(tmp_path: Path, project) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    real = os.environ["PATH"]
    refuse = '[ "$1" != switch ] || { echo "no switch today"; exit 3; }'
    (programs / "git").write_text(f'#!/bin/sh\n{refuse}\nPATH="{real}" exec git "$@"\n')
    (programs / "git").chmod(0o755)
    done = project.gs("demo", check=False, **environment(tmp_path, PATH=f"{programs}{os.pathsep}{real}"))
    assert done.returncode == 1
    assert done.stdout.endswith("no switch today\n")
    assert "`git switch -q -c heed-retry-after` ended with exit code 3" in done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_gate_that_lets_the_secret_through_ends_the_demo(tmp_path: Path) -> None:
    stage = Stage(str(tmp_path / "scratch"), ada=str(tmp_path / "ada"), bo=str(tmp_path / "bo"))
    stage.enter("Bo Example", "codex")
    stage.run("git init -q && mkdir .sessions && echo a >.sessions/0002-a.md && git add .")
    stage.run("git commit -q -m 'No hooks are here'")
    with pytest.raises(DemoError, match="ended with exit code 0, not 1"):
        story._a_secret_is_refused(stage)

"""The command line as people and programs meet it: help, exit codes, JSON, list, show, edit, completion."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitsession.secretscan import RULES_VERSION

BIN = Path(sys.executable).parent
READERS = [
    ("status",),
    ("list",),
    ("show",),
    ("handoff",),
    ("handoff", "--check"),
    ("start",),
    ("scan",),
    ("hooks", "status"),
]


@pytest.fixture
def working(project):
    project.gs("start", "Add login", "--goal", "People sign in")
    project.gs("todo", "First step")
    project.gs("ask", "Which port?")
    project.commit("Work")
    return project


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_every_reading_command_has_json_and_changes_nothing(working, command):
    tree = working.status(), working.git("rev-parse", "HEAD").stdout
    assert isinstance(working.json(*command), dict | list)
    assert working.gs(*command).stderr == ""
    assert (working.status(), working.git("rev-parse", "HEAD").stdout) == tree


def test_json_is_utf8_and_has_no_colour(working):
    working.gs("decide", "Ünïcode 🎉 تسجيل")
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run([str(BIN / "gitsession"), "show", "--json"], cwd=working.root, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "Ünïcode 🎉 تسجيل" in [f["text"] for f in json.loads(done.stdout.decode())["facts"]]
    for command in (("status",), ("handoff",), ("list",), ("start",)):
        done = working.gs(*command, LC_ALL="C", PYTHONUTF8="0")
        assert "\x1b" not in done.stdout


def test_list_and_show(working):
    working.gs("start", "Second thing")
    rows = working.json("list")
    assert [r["title"] for r in rows] == ["Add login", "Second thing"]
    assert [r["in_progress"] for r in rows] == [False, True]
    said = working.gs("list").stdout.splitlines()
    assert "Add login" in said[0]
    assert "in progress" in said[1]
    first = rows[0]["stem"]
    for name in ("1", "0001", first, "add-login", f".sessions/{first}.md", "#1"):
        assert working.gs("show", name).stdout == working.read(f".sessions/{first}.md")
    assert "Second thing" in working.gs("show").stdout
    for name in ("9", "nothing", "../nowhere", "\x1b", ""):
        done = working.gs("show", "--", name, check=False)
        assert (done.returncode == 0) == (name == "")
        assert "\x1b" not in done.stderr
    done = working.gs("show", "d", check=False)
    assert "fits 2 sessions" in done.stderr


def test_numbers_that_two_branches_took(project):
    for branch in ("one", "two"):
        project.git("switch", "-q", "-c", branch, "main")
        project.commit(branch, **{branch: "x"})
    project.git("merge", "-q", "--no-edit", "one")
    stems = [r["stem"] for r in project.json("list")]
    assert [s[:4] for s in stems] == ["0001", "0001"]
    done = project.gs("show", "1", check=False)
    assert done.returncode == 1
    assert all(s in done.stderr for s in stems)
    project.gs("note", "goes on")
    project.commit("Next", n="n")
    page = project.gs("handoff").stdout
    assert all(f"[{s}]" in page for s in stems)


def test_edit_opens_the_editor_of_git_and_checks_what_was_written(working, tmp_path):
    path = working.root / working.session
    editor = tmp_path / "my editor"
    editor.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >{tmp_path}/called\necho '- by the editor' >>\"$1\"\n")
    editor.chmod(0o755)
    done = working.gs("edit", GIT_EDITOR=f"'{editor}'")
    assert Path((tmp_path / "called").read_text().strip()).resolve() == path.resolve()
    assert "- by the editor" in path.read_text()
    assert working.status() == f" M {working.session}\n"
    assert "git add" in done.stderr
    editor.write_text('#!/bin/sh\necho broken >"$1"\n')
    done = working.gs("edit", "1", check=False, GIT_EDITOR=f"'{editor}'")
    assert done.returncode == 1
    assert "a commit would be refused" in done.stderr
    assert path.read_text() == "broken\n"


@pytest.mark.parametrize("editor", ["false", "no-such-editor-here", "'unbalanced"])
def test_an_editor_that_fails(working, editor):
    before = working.read(working.session)
    done = working.gs("edit", check=False, GIT_EDITOR=editor)
    assert done.returncode == 1
    assert working.read(working.session) == before


def test_edit_of_a_checkpoint_that_is_broken_opens_it_all_the_same(working):
    """To mend it is what people would open it for."""
    working.write(working.session, "broken\n")
    name = working.checkpoints()[0][:-3]
    done = working.gs("edit", name, check=False, GIT_EDITOR="sed -i 's/broken/mended?/'")
    assert "mended?" in working.read(working.session), done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(project, shell):
    said = project.gs("completion", shell).stdout
    assert "_GITSESSION_COMPLETE" in said
    if shell == "bash":
        assert project.run("bash", "-n", check=False, stdin=said).returncode == 0
    assert project.gs("completion", "tcsh", check=False).returncode == 2


def test_bash_completion_offers_commands(project):
    done = project.gs(check=False, _GITSESSION_COMPLETE="bash_complete", COMP_WORDS="gitsession sta", COMP_CWORD="1")
    assert "start" in done.stdout
    assert "status" in done.stdout


def test_git_session_answers(project):
    path = f"{BIN}:{os.environ['PATH']}"
    assert "git session" in project.git("session", "-h", PATH=path).stdout
    assert project.git("session", "list", PATH=path).returncode == 0
    assert "Work" in project.git("session", PATH=path).stdout
    man = BIN.parent / "share" / "man" / "man1" / "git-session.1"
    assert man.exists() or (Path(__file__).parents[2] / "docs" / "git-session.1").exists()


def test_help_shows_ten_commands_and_all_the_rest(project):
    said = project.gs().stdout
    assert said == project.gs("--help").stdout
    for name in ("start", "note", "done", "status", "complete", "handoff", "init", "check"):
        assert f"\n  {name} " in said
    assert "\n  decide " not in said
    everything = project.gs("help", "all").stdout
    for name in ("decide", "run", "edit", "scan", "resolve", "completion"):
        assert f"\n  {name} " in everything
        assert project.gs(name, "-h").stdout == project.gs("help", name).stdout
    assert project.gs("help", "nothing", check=False).returncode == 2


WRONG = [
    ("no-such-command",), ("statuss",), ("note",), ("note", "x", "--kind", "nothing"), ("done",),
    ("handoff", "--budget", "x"), ("start", "--nothing"),
    ("complete", "--outcome", "great"), ("-C", "/nowhere/at/all", "status"), ("completion",), ("run",),
    ("hooks",), ("hooks", "nothing"),
]  # fmt: skip


@pytest.mark.parametrize("command", WRONG, ids=" ".join)
def test_wrong_use_ends_with_2_and_a_way_out(project, command):
    done = project.gs(*command, check=False)
    assert done.returncode == 2
    assert done.stderr or done.stdout
    assert "Traceback" not in done.stderr
    if command == ("statuss",):
        assert "did you mean 'status'" in done.stderr


def test_closed_pipes_and_interrupts_leave_no_traceback(working):
    done = working.run("sh", "-c", f"{BIN}/gitsession handoff | head -c 1; {BIN}/gitsession help all | true")
    assert done.stderr == ""
    command = [str(BIN / "gitsession"), "run", "--", "sleep", "30"]
    # A shell that runs the tests in the background has children ignore ^C.
    def restore() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)

    process = subprocess.Popen(command, cwd=working.root, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=restore)
    time.sleep(0.7)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert "Traceback" not in said


def test_a_bug_ends_with_3_and_a_report(working, secret):
    fault = f"import gitsession.workflow.reading as r\ndef bad(*a): raise RuntimeError('oops {secret}')\nr.read_status = bad\n"
    code = fault + "from gitsession.cli import main\nmain()"
    done = working.run(sys.executable, "-c", code, "status", check=False)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 2
    report = working.read(".git/gitsession/bug-report.txt")
    assert "RuntimeError: oops [REDACTED:GitHub token]" in report
    assert secret not in report + done.stderr


def test_version(project):
    assert project.gs("--version").stdout.startswith("gitsession ")
    told = dict(line.split(" ", 1) for line in project.gs("--version", "--verbose").stdout.splitlines())
    assert told.keys() == {"gitsession", "rules", "renderer", "schema", "Python", "git"}
    assert told["rules"] == RULES_VERSION
    assert told["git"] in project.git("--version").stdout
    assert f"renderer {told['renderer']};" in project.page
    assert project.gs("--verbose", "status", check=False).returncode == 2


def test_from_a_subfolder_everything_works(working):
    (working.root / "a" / "b").mkdir(parents=True)
    below = working.root / "a" / "b"
    for command in (
        ("status",),
        ("note", "from below"),
        ("done", "first"),
        ("handoff",),
        ("start",),
        ("scan",),
        ("list",),
        ("complete", "--commit"),
    ):
        working.gs(*command, cwd=below)
    assert "from below" in working.page
    assert working.status() == ""


def test_status_says_what_is_open_and_recorded(working):
    said = working.gs("status").stdout
    assert "[0001] Add login" in said
    assert "commits: 1; recorded: 1 of 1" in said
    assert "handoff: current" in said
    assert "  1. [ ] First step  [0001]" in said
    assert "  2. Which port?" in said
    working.commit("No facts", n="n")
    record = working.json("status")
    assert (record["commits"], record["recorded"]) == (2, 1)
    working.gs("note", "more")
    assert working.json("status")["handoff"] == "behind"


def test_a_folder_that_was_deleted_under_us(project, tmp_path):
    place = tmp_path / "gone"
    place.mkdir()
    done = project.run("sh", "-c", f"cd {place} && rmdir {place} && {BIN}/gitsession status", check=False)
    assert done.returncode in (1, 2)
    assert len(done.stderr.splitlines()) <= 3


def test_someone_elses_repository_says_what_git_says(project):
    if os.getuid():
        pytest.skip("only root can give a folder to somebody else")
    os.chown(project.root, 12345, 12345)
    done = project.gs("status", check=False)
    assert done.returncode == 1
    assert "dubious ownership" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    os.chown(project.root, 0, 0)


def test_unmerged_checkpoints_can_be_read_and_resolved(working):
    path = working.session
    for branch in ("one", "two"):
        working.git("switch", "-q", "-c", branch, "main")
        working.write(path, working.read(path).replace("# Add login", f"# Add login {branch}"))
        working.git("commit", "-qam", branch, "--no-verify")
    for key in ("merge.gitsession", "merge.gitsession-derived"):
        working.git("config", "--remove-section", key)
    assert working.git("merge", "one", check=False).returncode == 1
    for command in (("status",), ("handoff",), ("list",), ("start",)):
        working.gs(*command)
    working.gs("note", "in the middle of it", check=False)
    assert working.git("commit", "--no-edit", check=False).returncode != 0
    pytest.importorskip("gitsession.formats.merge")
    working.gs("resolve")
    assert "<<<<" not in working.read(path)
    working.git("commit", "-q", "--no-edit")
    assert working.status() in ("", f" M {path}\n")


def test_the_folder_of_c_is_where_run_and_scan_work(working, tmp_path, secret):
    (working.root / "sub").mkdir()
    for place in ("", "sub"):
        folder = working.root / place
        done = working.gs("-C", str(folder), "run", "--", "pwd", cwd=tmp_path)
        assert os.path.realpath(done.stdout.strip()) == os.path.realpath(folder)
        (folder / "slip.txt").write_text(f"first\n{secret}\n")
        done = working.gs("-C", str(folder), "scan", "slip.txt", cwd=tmp_path, check=False)
        assert done.returncode == 1, done.stderr
        assert "slip.txt:2:" in done.stdout
        assert secret not in done.stdout
    (tmp_path / "here.txt").write_text("nothing\n")
    done = working.gs("-C", str(working.root), "scan", "here.txt", cwd=tmp_path, check=False)
    assert "cannot be read" in done.stderr


def test_git_variables_that_are_relative_hold_in_a_subfolder(working):
    (working.root / "a" / "b").mkdir(parents=True)
    variables = {"GIT_DIR": "../../.git", "GIT_WORK_TREE": "../.."}
    below = working.root / "a" / "b"
    for command in (("status",), ("note", "from below"), ("handoff",), ("start",), ("list",), ("scan",)):
        done = working.gs(*command, cwd=below, check=False, **variables)
        assert done.returncode == 0, (command, done.stderr)
    assert "- from below\n" in working.staged(working.session)
    done = working.git("commit", "-q", "-m", "From below", cwd=below, **variables)
    assert "handoff" in done.stderr
    assert "from below" in working.page
    assert working.status() == ""
    assert os.listdir(below) == []


def test_the_hook_program_without_arguments_says_how_it_is_used(working):
    for arguments in ((), ("no-such-hook",)):
        done = working.run(str(BIN / "gitsession-hook"), *arguments, check=False)
        assert done.returncode == 2
        assert 1 <= len(done.stderr.splitlines()) <= 2
    assert "usage" in working.run(str(BIN / "gitsession-hook"), check=False).stderr.lower()


HOSTILE = """---
schema: 1
status: active
started: 2026-11-23T09:30:00+00:00
branch: main
author: "Bo \\e]0;author\\a\\x9b31m"
---
# Title \x1b]0;title\x07\x9b31m

## Next steps
- [ ] Step \x1b]0;step\x07\x9b31m
- [x] Nothing \x1b]0;closes\x07 ([0001](0001-work-on-main-abcd.md))

## State
- tests: \x1b]0;state\x07 passed
"""


@pytest.mark.parametrize("broken", [False, True])
def test_a_pulled_checkpoint_cannot_speak_to_the_terminal(working, clone, broken):
    path = ".sessions/0002-hostile-abcd.md"
    working.write(path, HOSTILE.replace("status: active", 'status: "\\e]0;status\\a"') if broken else HOSTILE)
    working.git("add", path)
    working.git("commit", "-q", "--no-verify", "-m", "Past the gate \x1b]0;subject\x07")
    other = clone(working)
    other.gs("init")
    other.git("config", "branch.main.gitsession", "0002-hostile-abcd")
    said = [other.gs(*command, check=False) for command in (("status",), ("list",), ("start",), ("handoff",))]
    said.append(other.gs("note", "mine", check=False))
    said.append(other.gs("done", "Nothing of it", check=False))
    other.write(path, other.read(path) + "\n## Notes\n- by hand\n")
    other.git("add", path)
    said.append(other.git("commit", "-m", "Work", check=False))
    for done in said:
        for text in (done.stdout, done.stderr):
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), (done.args, text)
    assert broken or "Title" in said[0].stdout
    assert broken or "warning" in said[0].stdout

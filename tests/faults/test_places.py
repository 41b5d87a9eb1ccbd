"""What stands in the way: damaged caches, held locks, others at work at the same time, a wrong clock, a Python that is broken."""

import fcntl
import os
import re
import subprocess
import sys

import pytest
from scenes import checkpoints, on_disk, staged

from gitsession.githooks import install
from gitsession.workflow.reading import check_pages, read_status

GITSESSION = os.path.join(os.path.dirname(sys.executable), "gitsession")


def script(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def trailer(project):
    return project.git("log", "-1", "--format=%(trailers:key=Session,valueonly)").stdout.strip()


@pytest.fixture
def working(project):
    """A session in progress with a commit, and work staged for the next."""
    project.gs("start", "Add login")
    project.gs("decide", "Use argon2id")
    project.commit("Begin login")
    project.gs("todo", "Rate-limit it")
    project.write("login.py", "pass\n")
    project.git("add", "login.py")
    return project


def assert_current(project):
    assert project.status() == ""
    with project.open() as repo:
        assert read_status(repo).handoff == "current"
        assert {page.status for page in check_pages(repo)} == {"current"}


# -- caches and locks


def _folder(path):
    path.unlink()
    path.mkdir()


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-7]),
    "turned": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\xff"),
    "of another version": lambda path: path.write_bytes(b"gs99" + path.read_bytes()[4:]),
    "garbage": lambda path: path.write_bytes(os.urandom(300)),
    "a folder": _folder,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_cache_changes_nothing(working, how):
    caches = list((working.root / ".git" / "gitsession").glob("*.cache"))
    assert caches
    for path in caches:
        DAMAGE[how](path)
    done = working.git("commit", "-q", "-m", "Work")
    assert re.fullmatch(r"gitsession: handoff of 0001, [\d,]+ tokens\n", done.stderr)
    assert_current(working)


def test_a_writer_that_does_not_end_holds_up_no_commit(working):
    working.git("commit", "-q", "-m", "Work")
    working.git("switch", "-q", "-c", "topic")
    working.write("topic.py", "pass\n")
    working.git("add", ".")
    with open(working.root / ".git" / "gitsession" / "lock", "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = working.git("commit", "-q", "-m", "Topic")
    assert "the commit goes on: another gitsession has been writing here" in done.stderr
    working.commit("More", more="m")
    assert len(working.checkpoints()) == 2
    assert working.status() == ""


def test_an_index_that_stays_locked_stops_no_commit(working):
    script(working.root / ".git" / "hooks" / "pre-commit.before-gitsession", ": >.git/index.lock\n")
    done = working.git("commit", "-q", "-m", "Work")
    assert "the commit goes on: the git index is locked" in done.stderr
    (working.root / ".git" / "index.lock").unlink()
    (working.root / ".git" / "hooks" / "pre-commit.before-gitsession").unlink()
    working.commit("More", more="m")
    assert_current(working)


def test_a_truncated_git_index_is_gits_own_error_and_loses_nothing(working):
    index = working.root / ".git" / "index"
    data, texts = index.read_bytes(), on_disk(working)
    index.write_bytes(data[: len(data) // 2])
    for command in (["note", "x"], ["done", "1"], ["complete"]):
        done = working.gs(*command, check=False)
        assert done.returncode == 1
        assert 1 <= len(done.stderr.splitlines()) <= 2
    assert working.git("commit", "-q", "-m", "Work", check=False).returncode == 128
    assert checkpoints(on_disk(working)).keys() == checkpoints(texts).keys()
    index.write_bytes(data)
    working.git("add", ".sessions")
    working.git("commit", "-q", "-m", "Work")
    assert_current(working)


# -- at the same time


def together(*commands):
    """Start commands at once, (folder, words) each; their exit codes and what they said."""
    running = [subprocess.Popen(words, cwd=cwd, stderr=subprocess.PIPE, text=True) for cwd, words in commands]
    return [(p.communicate(timeout=120)[1], p.returncode) for p in running]


def test_commits_at_once_in_two_worktrees(working, tmp_path):
    working.git("commit", "-q", "-m", "Work")
    working.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = type(working)(tmp_path / "side")
    for i in range(4):
        for project in (working, side):
            project.write(f"{i}.txt", "x\n")
            project.git("add", ".")
        said = together(*((p.root, ["git", "commit", "-q", "-m", f"Round {i}"]) for p in (working, side)))
        assert [code for _, code in said] == [0, 0], said
        assert "not derived" not in said[0][0] + said[1][0]
    assert working.status() == side.status() == ""
    assert working.git("log", "--format=%s", "--grep=Session:", "-4").stdout == "Round 3\nRound 2\nRound 1\nRound 0\n"


def test_recordings_and_a_commit_at_once(working):
    for i in range(3):
        notes = [(working.root, [GITSESSION, "note", f"{who} {i}"]) for who in ("Ada", "Bo")]
        *said, (words, code) = together(*notes, (working.root, ["git", "commit", "--allow-empty", "-q", "-m", "Work"]))
        assert [done[1] for done in said] == [0, 0], said
        assert code == 0 or "index.lock" in words  # git waits for nobody
    working.git("add", "-A")
    working.git("commit", "--allow-empty", "-q", "-m", "All")
    working.commit("Last", last="l")
    (lines,) = checkpoints(staged(working)).values()
    assert sorted(line for line in lines if line.startswith(("- Ada", "- Bo"))) == [
        f"- {who} {i}" for who in ("Ada", "Bo") for i in range(3)
    ]
    assert_current(working)


# -- the clock


def test_a_clock_that_goes_back(project, stand_in):
    def at(seconds, *command):
        program = [str(stand_in), "-c", "from gitsession.cli import main; main()"]
        return project.run(*program, *command, FAULT_CLOCK=str(seconds))

    day = 24 * 3600
    at(9 * day, "start", "Later")
    project.gs("decide", "Old way")
    project.commit("Later")
    at(-9 * day, "note", "Goes on")
    assert len(project.checkpoints()) == 1
    project.git("commit", "--allow-empty", "-q", "-m", "Past", GIT_COMMITTER_DATE="2001-01-01T00:00:00Z")
    at(0, "start", "Earlier")
    at(-day, "decide", "New way", "--replaces", "Old way")
    project.commit("Earlier", earlier="e")
    assert_current(project)
    assert "*Not any more:* Old way" in project.page
    assert [row["stem"][:4] for row in project.json("list")] == ["0001", "0002"]


# -- programs that are broken

BROKEN = {
    "gone": None,
    "crashes": "kill -SEGV $$\n",
    "cannot start": "echo 'Fatal Python error: no encodings' >&2\nexit 1\n",
    "without gitsession": f'exec {sys.executable} -I -S -c "raise SystemExit(97)"\n',
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_python_that_is_broken_stops_only_what_could_publish_a_secret(working, tmp_path, how):
    python = tmp_path / "venv" / "python"
    install(working.open(), str(python))
    if BROKEN[how]:
        script(python, BROKEN[how])
    done = working.git("commit", "-q", "-m", "Work", check=False)
    assert done.returncode == 1
    assert "stopped, since nothing searched .sessions/ for secrets; install gitsession" in done.stderr
    working.git("reset", "-q", ".sessions")
    done = working.git("commit", "-q", "-m", "Work")
    assert "pre-commit goes on without it" in done.stderr or "goes on without it" in done.stderr
    working.git("switch", "-q", "-c", "topic", "HEAD~1")
    working.git("merge", "-q", "main")
    working.git("init", "-q", "--bare", str(tmp_path / "remote"))
    assert working.git("push", "-q", str(tmp_path / "remote"), "topic", check=False).returncode == 1


def test_a_message_hook_that_is_killed_leaves_a_commit_to_be_made_again(working, tmp_path):
    for when in ("kill -KILL $PPID\n", '/bin/mv "$@"\nkill -KILL $PPID\n'):
        script(tmp_path / "bin" / "mv", when)
        done = working.git("commit", "-q", "-m", "Work", check=False, PATH=f"{tmp_path}/bin:{os.environ['PATH']}")
        assert done.returncode != 0
    working.git("commit", "-q", "-m", "Work")
    assert trailer(working) == working.session[10:-3]
    assert_current(working)


def test_a_message_that_cannot_be_written_goes_without_a_trailer(working):
    (working.root / ".git" / "COMMIT_EDITMSG.gitsession").mkdir()
    working.git("commit", "-q", "-m", "Work")
    assert working.git("log", "-1", "--format=%B").stdout == "Work\n\n"


def test_work_after_a_session_whose_end_passed_the_hooks_is_not_its_own(working):
    working.gs("complete")
    working.git("commit", "-q", "--no-verify", "-m", "Past the hooks")
    working.commit("Not of it", n="n")
    assert trailer(working) == ""

"""Recording: work tree and git index alike, every other byte kept, nothing lost when something stands in the way."""

import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = str(Path(sys.executable).parent / "gitsession")


def open_texts(project):
    return [item["text"] for item in project.json("status")["open"]]


def nothing_half_written(project):
    left = [str(p) for p in (project.root / ".sessions").rglob("*.tmp")]
    assert left == []


KINDS = [
    (
        "decide",
        ("Use Redis", "--why", "two servers share it"),
        "## Decisions\n- Use Redis, because two servers share it\n",
    ),
    ("todo", ("Rate-limit it", "--est", "20m"), "## Next steps\n- [ ] Rate-limit it (est: 20m)\n"),
    ("ask", ("Bcc?",), "## Open questions\n- Bcc?\n"),
    ("block", ("No password in CI",), "## Blockers\n- No password in CI\n"),
    ("error", ("It hangs",), "## Errors and fixes\n- Not solved: It hangs\n"),
    ("error", ("It hangs", "--fix", "close the socket"), "## Errors and fixes\n- It hangs. Fixed: close the socket\n"),
    ("constraint", ("No new service",), "## Constraints\n- No new service\n"),
    ("command", ("test: pytest -q",), "## Commands\n- test: `pytest -q`\n"),
    ("learn", ("cron overlaps",), "## Lessons\n- cron overlaps\n"),
    ("note", ("plain words",), "## Notes\n- plain words\n"),
    ("note", ("by kind", "--kind", "decision"), "## Decisions\n- by kind\n"),
    ("note", ("was done", "--kind", "done", "--took", "5m"), "## Accomplished\n- [x] was done (took: 5m)\n"),
]


def test_each_kind_goes_where_it_belongs_on_disk_and_staged(project):
    for command, arguments, expected in KINDS:
        project.gs(command, *arguments)
        text = project.read(project.session)
        assert expected.split("\n", 1)[1].strip("\n") in text.split("\n"), (command, text)
        assert expected.split("\n", 1)[0] in text
        assert project.staged(project.session) == text
    headings = re.findall(r"^## (.*)$", project.read(project.session), re.MULTILINE)
    order = [
        "Constraints",
        "Decisions",
        "Accomplished",
        "Next steps",
        "Blockers",
        "Open questions",
        "Errors and fixes",
        "Commands",
        "Lessons",
        "Notes",
    ]
    assert headings == order
    project.git("commit", "-q", "-m", "Facts")
    assert project.status() == ""


def test_recording_stages_nothing_of_other_files(project):
    project.write("README.md", "hand edit\n")
    project.gs("note", "x")
    assert " M README.md" in project.status().splitlines()


def test_a_hand_edit_that_is_not_staged_stays_so(project):
    project.gs("note", "one")
    project.commit("Work")
    path = project.session
    project.write(path, project.read(path).replace("- one\n", "- one\n- by hand\n"))
    project.gs("decide", "Two")
    assert "- by hand" in project.read(path)
    assert "- Two" in project.read(path)
    assert "- by hand" not in project.staged(path)
    assert "- Two" in project.staged(path)
    assert project.json("status")["unstaged"] is True
    project.git("commit", "-q", "-m", "Only the decision")
    assert project.status() == f" M {path}\n"
    assert "by hand" not in project.page


ODD = [
    ("crlf", lambda t: t.replace("\n", "\r\n")),
    ("bom", lambda t: "\ufeff" + t),
    ("no final newline", lambda t: t.rstrip("\n")),
    ("unknown heading", lambda t: t + "\n## Musings\n\n- no fact\n\n<!-- a comment -->\n"),
    ("unknown key", lambda t: t.replace("---\n#", "x-team: {a: [1, 2]}   # why\n---\n#")),
    ("other markers", lambda t: t.replace("- one", "*   one\n*   two   ")),
    ("fenced heading", lambda t: t + "\n```\n## Decisions\n- no fact\n```\n"),
    ("prose", lambda t: t.replace("## Notes", "Words before.\n\n### Deeper\n\n## Notes\n\nWords in it.\n")),
]


@pytest.mark.parametrize("change", [c for _, c in ODD], ids=[n for n, _ in ODD])
def test_every_byte_that_is_not_changed_is_kept(project, change):
    project.gs("note", "one")
    project.git("config", "core.autocrlf", "false")
    path = project.session
    before = change(project.read(path)).encode()
    project.write(path, before)
    project.git("add", path)
    project.gs("decide", "Two")
    after = (project.root / path).read_bytes()
    # What is new was put in at one place: all before it and all behind it is as it was.
    assert any(after.startswith(before[:at]) and after.endswith(before[at:]) for at in range(len(before) + 1))
    assert (b"\r\n" in before) == (b"\r\n" in after)
    assert b"\r\n" not in after or b"\n" not in after.replace(b"\r\n", b"")
    staged = subprocess.run(["git", "show", f":{path}"], cwd=project.root, capture_output=True, check=True).stdout
    assert staged == after
    assert "- Two" in after.decode()
    project.git("commit", "-q", "-m", "Work")
    assert "Two" in project.page


def test_a_checkpoint_that_was_only_intended_to_be_added(project):
    project.gs("note", "one")
    path = project.session
    project.git("reset", "-q")
    project.git("add", "-N", path)
    project.gs("note", "two")
    assert project.staged(path) == project.read(path)
    assert "- one\n- two" in project.staged(path)


def test_a_checkpoint_removed_from_disk_or_from_the_index(project):
    project.gs("note", "one")
    path = project.session
    (project.root / path).unlink()
    done = project.gs("note", "two", check=False)
    # What was staged is not overwritten, and no second session takes its place.
    assert done.returncode == 1
    assert f"git checkout -- {path}" in done.stderr
    assert "- one" in project.staged(path)
    assert project.checkpoints() == []
    project.git("checkout", "--", path)
    project.git("rm", "-q", "--cached", path)
    project.gs("note", "three")


def test_the_text_from_standard_input(project):
    project.gs("note", "-", stdin="first line\nsecond line\n")
    assert "- first line\n  second line\n" in project.read(project.session)
    assert project.gs("note", "-", stdin="", check=False).returncode == 2


HOSTILE = [
    "two\nlines",
    "ticks `a` and ``` fence",
    "---",
    "## Heading",
    "# Title",
    "- [ ] forged step",
    "<!-- gitsession: schema 1 -->",
    "<script>alert(1)</script>",
    "red \x1b[31mtext\x1b[0m \x07 bell",
    "nul\x01\x02",
    "[0001]: http://example.com",
    "> quote",
    "1. one",
    "rtl \u202e override",
    "tab\there",
    "\u2028separator",
    "~~struck~~",
    "a (resolved: not) b",
    "ends with parens (est: 20m)",
    "| table | row |",
    "***",
    "=====",
    "    indented code",
    "emoji 🎉 and é",
    "\\",
    "*" * 50,
    "[x] ticked",
]


def test_hostile_text_is_one_fact_and_no_structure(project, checked):
    project.gs("start", "Hostile")
    for text in HOSTILE:
        project.gs("decide", "--", text)
    facts = project.json("show")["facts"]
    assert [f["kind"] for f in facts] == ["decision"] * len(HOSTILE)
    data = (project.root / project.session).read_bytes()
    assert b"\x1b" not in data
    assert b"\x01" not in data
    assert "\u202e" not in data.decode()
    project.commit("Work")
    assert checked(project) == {".sessions/HANDOFF.md": "current"}
    page = project.page
    assert page.count("<!--") - page.count("\\<!--") == 1
    assert "<script" not in page.replace("\\<script", "").replace("`<script", "")
    assert {line for line in page.splitlines() if line.startswith("#")} <= {
        "# Feedpost: handoff",
        "## Now",
        "## Decided",
        "## Where to look",
    }
    assert project.json("status")["open"] == []


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "\x1b\x07"])
@pytest.mark.parametrize("command", ["note", "todo"])
def test_an_empty_text_is_wrong_use_and_opens_no_session(project, command, text):
    done = project.gs(command, text, check=False)
    assert done.returncode == 2
    assert "the text is empty" in done.stderr
    assert project.checkpoints() == []


def test_a_text_that_is_too_long(project):
    done = project.gs("note", "word " * 3000, check=False)
    assert done.returncode == 2
    assert "too many" in done.stderr
    assert project.checkpoints() == []


def test_bytes_that_are_no_text(project):
    done = subprocess.run([SCRIPT, "note", b"caf\xe9 bytes"], cwd=project.root, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2)
    if done.returncode == 0:
        project.read(project.session)  # is UTF-8
        project.git("commit", "-q", "-m", "Work")


def test_fifty_notes_at_once_are_fifty_in_the_file_and_in_the_index(project):
    procs = [
        subprocess.Popen(
            [SCRIPT, "note", f"note number {i}"],
            cwd=project.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for i in range(50)
    ]
    errors = [p.communicate()[1] for p in procs]
    assert [p.returncode for p in procs] == [0] * 50, errors
    assert len(project.checkpoints()) == 1
    for text in (project.read(project.session), project.staged(project.session)):
        assert sorted(re.findall(r"note number (\d+)$", text, re.MULTILINE), key=int) == [str(i) for i in range(50)]
    nothing_half_written(project)


# -- done


def test_done_by_number_and_by_text(project):
    for text in ("Parse the date", "Parse the feed", "Send mail"):
        project.gs("todo", text)
    project.gs("ask", "Which port?")
    said = project.gs("status").stdout
    assert "  1. [ ] Parse the date" in said
    project.gs("done", "1", "--took", "5m")
    assert "- [x] Parse the date (took: 5m)" in project.read(project.session)
    project.gs("done", "send")
    assert open_texts(project) == ["Parse the feed", "Which port?"]
    project.gs("done", "Which port", "--how", "8080")
    assert "(resolved: 8080)" in project.read(project.session)
    assert open_texts(project) == ["Parse the feed"]
    assert project.staged(project.session) == project.read(project.session)


def test_done_that_is_ambiguous_names_what_fits(project):
    project.gs("todo", "Parse the date")
    project.gs("todo", "Parse the feed")
    done = project.gs("done", "parse", check=False)
    assert done.returncode == 1
    assert "1: Parse the date; 2: Parse the feed" in done.stderr
    done = project.gs("done", "pars the dat", check=False)
    assert 'the nearest is "Parse the date"' in done.stderr
    assert project.gs("done", "9", check=False).returncode == 1
    assert project.gs("done", "", check=False).returncode == 2
    assert len(open_texts(project)) == 2


def test_done_of_another_sessions_step_is_a_linked_line_here(project):
    project.gs("todo", "Rate-limit")
    project.commit("Plan")
    first = project.session
    project.gs("complete", "--commit")
    before = project.read(first)
    project.gs("start", "Next")
    project.gs("done", "rate", "--took", "1h")
    assert project.read(first) == before
    stem = first.rpartition("/")[2][:-3]
    assert f"- [x] Rate-limit (took: 1h) ([0001]({stem}.md))" in project.read(project.session)
    assert open_texts(project) == []
    assert project.json("status")["warnings"] == []


def test_done_of_each_open_kind(project):
    for command, text in (("block", "No key"), ("ask", "Why?"), ("error", "It hangs")):
        project.gs(command, text)
    for text in ("No key", "Why?", "It hangs"):
        project.gs("done", text)
    assert open_texts(project) == []


def test_replaces_retires_a_decision(project):
    project.gs("decide", "Sessions live in a cookie")
    project.commit("One")
    project.gs("start", "Two")
    project.gs("decide", "Sessions live in Redis", "--why", "two servers", "--replaces", "cookie")
    assert "(replaces: Sessions live in a cookie)" in project.read(project.session)
    project.commit("Two", b="b")
    assert "*Not any more:* Sessions live in a cookie" in project.page
    done = project.gs("decide", "X", "--replaces", "nothing like it", check=False)
    assert done.returncode == 1


# -- run


def test_run_passes_through_and_records_state_with_source(project):
    done = project.gs("run", "--", "sh", "-c", "echo out; echo err >&2; exit 3", check=False)
    assert done.returncode == 3
    assert "out" in done.stdout
    line = next(x for x in project.read(project.session).splitlines() if x.startswith("- sh:"))
    assert re.fullmatch(r"- sh: .*`sh -c 'echo out; echo err >&2; exit 3'` \(source [0-9a-f]{12}\)", line), line
    project.git("commit", "-q", "-m", "State")


def test_run_of_tests_counts_and_says_whether_the_source_is_the_same(project):
    project.write("pytest", "#!/bin/sh\necho '1 failed, 41 passed in 0.2s'\nexit 1\n").chmod(0o755)
    project.git("add", "pytest")
    project.gs("run", "--", "./pytest", check=False)
    assert "- tests: 1 failed, 41 passed" in project.read(project.session)
    project.git("commit", "-q", "-m", "Tests")
    assert "same source" in project.page
    project.commit("Change the code", **{"code.py": "x\n"})
    assert "before these changes" in project.page
    project.write("pytest", "#!/bin/sh\necho '42 passed in 0.2s'\n").chmod(0o755)
    project.gs("run", "--", "./pytest")
    state = [x for x in project.read(project.session).splitlines() if x.startswith("- tests:")]
    assert len(state) == 1
    assert "42 passed" in state[0]


def test_run_of_a_command_that_does_not_exist(project):
    done = project.gs("run", "--", "no-such-command-here", check=False)
    assert done.returncode != 0
    assert "cannot be started" in done.stderr


def test_run_of_a_command_that_is_killed(project):
    done = project.gs("run", "--", "sh", "-c", "kill -9 $$", check=False)
    assert done.returncode == 137


def test_run_keeps_no_secret_of_the_command_line(project, secret):
    done = project.gs("run", "--", "echo", secret, check=False)
    assert done.returncode == 0
    assert secret not in done.stderr
    assert "- echo: passed, `echo [REDACTED:GitHub token]`" in project.read(project.session)
    assert project.run("grep", "-rl", secret, ".", check=False).stdout == ""


# -- the secret gate of recording


def test_a_secret_in_any_recording_is_refused_and_nowhere_on_disk(project, secret):
    project.gs("todo", "Open step")
    before = project.read(project.session)
    attempts = [
        ("note", f"the token is {secret}"),
        ("decide", "Use it", "--why", f"it is {secret}"),
        ("done", "Open step", "--how", secret),
        ("start", f"Title {secret}"),
        ("start", "Title", "--goal", f"use {secret}"),
        ("error", "It fails", "--fix", secret),
    ]
    for attempt in attempts:
        done = project.gs(*attempt, check=False)
        assert done.returncode == 1, attempt
        assert "looks like a secret" in done.stderr
        assert secret not in done.stdout + done.stderr
    assert project.read(project.session) == before
    assert len(project.checkpoints()) == 1
    assert project.run("grep", "-rla", secret, ".", check=False).stdout == ""


# -- what stands in the way


def test_index_lock_held_for_a_while_is_waited_for(project):
    project.gs("note", "one")
    held = project.write(".git/index.lock", "")
    process = subprocess.Popen([SCRIPT, "note", "two"], cwd=project.root, stderr=subprocess.PIPE, text=True)
    try:
        process.wait(timeout=0.6)
        raise AssertionError(process.communicate()[1])
    except subprocess.TimeoutExpired:
        held.unlink()
    assert process.wait(timeout=30) == 0
    assert "- two" in project.staged(project.session)


def hasty(project, *command):
    """`gitsession COMMAND` that waits for the git index no longer than a test may."""
    code = (
        "from gitsession.git import Repository\nmake = Repository.__init__\n"
        "def hasty(repo, *a):\n    make(repo, *a)\n    repo.patience = 0.2\n"
        "Repository.__init__ = hasty\nfrom gitsession.cli import main\nmain()"
    )
    return project.run(sys.executable, "-c", code, *command, check=False)


def test_index_lock_held_for_good_keeps_the_fact_in_the_file(project):
    project.gs("note", "one")
    project.write(".git/index.lock", "")
    done = hasty(project, "note", "two")
    assert done.returncode == 1
    assert "locked" in done.stderr
    assert "recorded" in done.stderr
    assert "not staged" in done.stderr
    assert f"git add {project.session}" in done.stderr
    assert project.read(project.session).count("- two\n") == 1
    (project.root / ".git" / "index.lock").unlink()
    project.git("add", ".sessions")
    project.git("commit", "-q", "-m", "Work")


def test_index_lock_held_for_good_when_a_session_begins_makes_no_two(project):
    project.write(".git/index.lock", "")
    done = hasty(project, "note", "first")
    assert done.returncode == 1
    assert "locked" in done.stderr
    written = [project.read(f".sessions/{name}") for name in project.checkpoints()]
    assert any("- first\n" in text for text in written) == ("recorded in" in done.stderr)
    (project.root / ".git" / "index.lock").unlink()
    project.gs("note", "second")
    assert len(project.checkpoints()) == 1
    project.git("add", ".sessions")
    project.git("commit", "-q", "-m", "Work")
    assert "second" in project.page


def test_a_writer_lock_held_by_another_process(project):
    import fcntl

    project.gs("note", "one")
    with open(project.root / ".git" / "gitsession" / "lock", "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        process = subprocess.Popen([SCRIPT, "note", "two"], cwd=project.root)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
    assert process.wait(timeout=30) == 0
    assert "- one\n- two\n" in project.read(project.session)


@pytest.fixture
def bound(project):
    """Runs gitsession bound by the modes of files, as root is not by itself."""
    prefix = []
    if os.getuid() == 0:
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if (
            not shutil.which("setpriv")
            or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
        ):
            pytest.skip("root cannot give up its rights here")
    yield lambda *command: project.run(*prefix, SCRIPT, *command, check=False)
    project.run("chmod", "-R", "u+rwX", ".")


def test_a_read_only_repository_can_be_read_and_says_so_when_it_is_written(project, bound):
    project.gs("todo", "Step")
    project.commit("Work")
    before = project.read(project.session)
    project.run("chmod", "-R", "a-w", ".")
    for command in (("status",), ("handoff",), ("list",), ("show", "1"), ("handoff", "--check")):
        done = bound(*command)
        assert done.returncode == 0, done.stderr
    for command in (("note", "x"), ("start", "X"), ("done", "1"), ("complete",)):
        done = bound(*command)
        assert done.returncode == 1, done
        assert "Traceback" not in done.stderr
        assert 1 <= len(done.stderr.splitlines()) <= 2, done.stderr
    assert project.read(project.session) == before


def test_a_read_only_sessions_folder(project, bound):
    project.gs("note", "one")
    before = project.read(project.session)
    (project.root / ".sessions").chmod(0o555)
    done = bound("note", "two")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert project.read(project.session) == before
    nothing_half_written(project)


def test_a_full_disk_loses_nothing(project):
    project.gs("note", "one")
    for i in range(3):
        project.gs("note", f"{i} " + "word " * 1500)
    before = project.read(project.session)
    staged = project.staged(project.session)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [SCRIPT, "note", "two"], cwd=project.root, capture_output=True, text=True, preexec_fn=limit, check=False
    )
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert project.read(project.session) == before
    assert project.staged(project.session) == staged
    nothing_half_written(project)
    project.gs("note", "two")


def test_a_really_full_file_system(project, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.getuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no file system can be mounted here")
    try:
        project.git("clone", "-q", f"file://{project.root}", str(disk / "p"))
        small = type(project)(disk / "p")
        small.gs("init")
        small.gs("note", "one")
        before = small.read(small.session)
        with open(disk / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"x" * 4096)
        done = small.gs("note", "two", check=False)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) <= 2
        assert small.read(small.session) == before
        nothing_half_written(small)
        (disk / "filler").unlink()
        small.gs("note", "two")
        assert "- one\n- two\n" in small.read(small.session)
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def test_the_checkpoint_is_a_symlink_or_a_folder(project, tmp_path):
    project.gs("note", "one")
    project.commit("Work")
    path = project.root / project.session
    real = tmp_path / "real.md"
    real.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(real)
    for command in (("status",), ("handoff",), ("list",)):
        project.gs(*command)
    assert "symbolic link" in project.gs("status").stdout
    project.gs("note", "two", check=False)
    assert "two" not in real.read_text()
    path.unlink()
    path.mkdir()
    assert "not a file" in project.gs("status").stdout
    project.gs("note", "three", check=False)
    assert list(path.iterdir()) == []
    for command in (("handoff",), ("list",), ("start",)):
        project.gs(*command)
    assert project.gs("show", path.name[:-3], check=False).returncode == 1


def test_broken_checkpoints_are_told_with_file_and_line_and_not_written(project):
    project.gs("note", "one")
    project.commit("Work")
    path = project.session
    broken = project.read(path).replace("status: active", "status: [active")
    project.write(path, broken)
    assert re.search(rf"{re.escape(path)}:\d+: ", project.gs("status").stdout)
    for command in (("note", "two"), ("done", "one"), ("complete",)):
        project.gs(*command, check=False)
    assert project.read(path) == broken
    done = project.gs("show", "1", check=False)
    assert done.returncode == 1
    assert path in done.stderr


def test_a_conflicted_checkpoint_is_not_recorded_into(project):
    project.gs("todo", "Step")
    project.commit("Work")
    path = project.session
    for branch in ("one", "two"):
        project.git("switch", "-q", "-c", branch, "main")
        project.write(path, project.read(path).replace("- [ ] Step", f"- [ ] Step {branch}"))
        project.git("commit", "-qam", branch, "--no-verify")
    stem = project.checkpoints()[0][:-3]
    project.git("config", "branch.two.gitsession", stem)
    project.git("config", "--unset", "branch.main.gitsession")
    project.git("config", "--remove-section", "merge.gitsession")
    assert project.git("merge", "one", check=False).returncode == 1
    before = project.git("ls-files", "-s", "--", ".sessions").stdout, project.read(path)
    assert "<<<<<<<" in before[1]
    for name in ("", stem):
        for command in (("note", "x"), ("done", "1"), ("complete",), ("complete", "--commit")):
            done = project.gs(*command, check=False, GITSESSION_SESSION=name)
            assert done.returncode == 1, (command, done.stdout)
            assert "gitsession resolve" in done.stderr, done.stderr
            assert len(done.stderr.splitlines()) <= 2
            assert (project.git("ls-files", "-s", "--", ".sessions").stdout, project.read(path)) == before, command
    assert project.checkpoints() == [f"{stem}.md"]
    project.gs("resolve")
    project.gs("note", "x")
    assert "- x\n" in project.staged(path)


# -- what the source of a state is observed on


def run_without_temporary_folder(project, *command):
    code = "import tempfile; tempfile._candidate_tempdir_list = list; from gitsession.cli import main; main()"
    return project.run(sys.executable, "-c", code, *command, check=False)


@pytest.mark.parametrize("obstacle", ["nested", "unreadable", "safecrlf", "no TMPDIR"])
def test_what_git_cannot_add_does_not_stop_start_handoff_or_run(project, bound, obstacle):
    project.gs("run", "--", "true")
    project.commit("Work")
    command = bound
    if obstacle == "nested":
        (project.root / "nested").mkdir()
        project.git("init", "-q", cwd=project.root / "nested")
        project.write("nested/file.txt", "x\n")
    elif obstacle == "unreadable":
        project.write("locked.txt", "x\n").chmod(0)
    elif obstacle == "safecrlf":
        project.git("config", "core.autocrlf", "input")
        project.git("config", "core.safecrlf", "true")
        project.write("crlf.txt", "a\r\nb\r\n")
    else:

        def command(*arguments):
            return run_without_temporary_folder(project, *arguments)

    project.write("new.txt", "x\n")
    for arguments in (("start",), ("handoff",)):
        done = command(*arguments)
        assert done.returncode == 0, done.stderr
        assert "# Feedpost: handoff" in done.stdout
        assert "same source" not in done.stdout  # new.txt makes it another one
    done = command("run", "--", "sh", "-c", "exit 3")
    assert done.returncode == 3
    assert "not recorded" not in done.stderr, done.stderr
    assert re.search(r"^- sh: failed \(exit 3\)", project.read(project.session), re.MULTILINE)
    assert "(source )" not in project.read(project.session)
    assert "before these changes" not in command("handoff").stdout


def test_run_of_an_argument_that_is_no_text_passes_the_code_through(project):
    done = project.gs("run", "--", "sh", "-c", "printf %s \"$1\"; exit 3", "sh", "caf\udce9", check=False)
    assert done.returncode == 3, done.stderr
    assert done.stdout == "caf\udce9"
    assert len(done.stderr.splitlines()) <= 2
    project.read(project.session)  # text, whatever was recorded
    project.gs("status")
    project.commit("Work")

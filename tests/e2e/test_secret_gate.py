"""The gate: no secret and no unreadable checkpoint gets into a commit, and a push is the last gate."""

import os
import re
import sys
from pathlib import Path

import pytest

HEADER = "---\nschema: 1\nstatus: active\nstarted: 2026-11-23T09:30:00+00:00\nbranch: main\n---\n# Title\n"
PATH = ".sessions/0007-mine-abcd.md"


def try_commit(project, **env):
    before = project.git("rev-parse", "HEAD").stdout
    done = project.git("commit", "-m", "Try", check=False, **env)
    moved = project.git("rev-parse", "HEAD").stdout != before
    assert moved == (done.returncode == 0)
    return done


def add(project, path, data):
    project.write(path, data)
    project.git("add", "-f", "--", path)


def refused_for(done, path, secret, line=None):
    assert done.returncode == 1, done.stderr
    assert "commit refused" in done.stderr
    assert re.search(rf"^  {re.escape(path)}:{line or '[0-9]+'}:\d+: .+: .+$", done.stderr, re.MULTILINE), done.stderr
    assert secret not in done.stdout + done.stderr


# -- secrets


def test_a_secret_written_by_hand_into_a_checkpoint(project, secret):
    project.gs("note", "one")
    project.write(project.session, project.read(project.session) + f"- token {secret}\n")
    project.git("add", project.session)
    done = try_commit(project)
    line = project.read(project.session).split(secret)[0].count("\n") + 1
    refused_for(done, project.session, secret, line)
    project.write(project.session, project.read(project.session).replace(secret, "(in the vault)"))
    project.git("add", project.session)
    assert try_commit(project).returncode == 0
    assert project.status() == ""


PLACES = {
    "project.yml": lambda s: f"schema: 1\ngoal: token {s}\n".encode(),
    "README.md": lambda s: f"token {s}\n".encode(),
    "notes.txt": lambda s: f"token {s}\n".encode(),
    "deep/er/file.json": lambda s: f'{{"token": "{s}"}}'.encode(),
    "binary.bin": lambda s: b"\x00\x01\x02" + s.encode() + b"\x00\xff",
    "latin.txt": lambda s: b"caf\xe9 " + s.encode() + b"\n",
    "wide.txt": lambda s: f"token {s}\n".encode("utf-16"),
    "crlf.txt": lambda s: f"a\r\ntoken {s}\r\n".encode(),
    "long.txt": lambda s: b"x" * 200_000 + b" " + s.encode(),
    "spaced name é.txt": lambda s: f"token {s}\n".encode(),
}


def test_a_secret_in_any_file_of_the_folder(project, secret):
    for name, make in PLACES.items():
        path = f".sessions/{name}"
        before = project.read(path) if (project.root / path).exists() else None
        add(project, path, make(secret))
        refused_for(try_commit(project), path, secret)
        if before is None:
            project.git("rm", "-qf", "--cached", "--", path)
            (project.root / path).unlink()
        else:
            add(project, path, before)
    assert project.status() == ""


def test_a_secret_outside_of_the_folder_is_not_ours_to_judge(project, secret):
    project.commit("Elsewhere", **{"code.py": f"TOKEN = '{secret}'\n"})


def test_a_secret_in_a_commit_subject_stays_off_the_page(project, secret):
    project.gs("note", "one")
    project.commit("Work")
    project.git(
        "commit",
        "-q",
        "--allow-empty",
        "--no-verify",
        "-m",
        f"use {secret}",
        "-m",
        f"Session: {project.checkpoints()[0][:-3]}",
    )
    project.gs("complete", "--commit")
    project.gs("start", "Next")
    project.commit("Stands in no checkpoint", x="x")
    assert secret not in project.page
    assert "[REDACTED:GitHub token]" in project.page
    assert secret not in project.gs("start").stdout


def test_a_file_name_is_no_way_around(project, secret):
    add(project, f".sessions/{secret}.txt", "nothing in it\n")
    done = try_commit(project)
    assert secret not in done.stderr


def test_the_gate_closes_when_the_detectors_are_broken(project, tmp_path):
    hook = project.read(".git/hooks/pre-commit")
    stub = tmp_path / "python"
    stub.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import sys\n"
        "import gitsession.workflow.gate as c\n"
        'def broken(*a, **k): raise RuntimeError("no rules")\n'
        "c.scan_bytes = broken\n"
        'from gitsession.hook import main\nmain(sys.argv[1:])\' "$5"\n'
    )
    stub.chmod(0o755)
    project.write(".git/hooks/pre-commit", re.sub(r"^python=.*$", f"python={stub}", hook, count=1, flags=re.MULTILINE))
    add(project, ".sessions/new.md", "words\n")
    done = try_commit(project)
    assert done.returncode == 1
    assert "could not run" in done.stderr
    project.git("reset", "-q", "--hard")


def test_the_gate_closes_when_python_is_gone_and_opens_for_other_commits(project, tmp_path):
    hook = project.read(".git/hooks/pre-commit")
    gone = re.sub(r"^python=.*$", f"python={tmp_path}/nowhere", hook, count=1, flags=re.MULTILINE)
    project.write(".git/hooks/pre-commit", gone)
    path = os.pathsep.join(
        p for p in os.environ["PATH"].split(os.pathsep) if not os.path.exists(os.path.join(p, "gitsession-hook"))
    )
    add(project, ".sessions/new.md", "words\n")
    done = try_commit(project, PATH=path)
    assert done.returncode == 1
    assert "gitsession init" in done.stderr
    project.git("rm", "-qf", ".sessions/new.md")
    project.write("a", "a")
    project.git("add", "a")
    assert try_commit(project, PATH=path).returncode == 0


# -- files that cannot be read

BROKEN = {
    "broken YAML": HEADER.replace("status: active", "status: [active"),
    "wrong type": HEADER.replace("branch: main", "branch: [a, b]"),
    "wrong status": HEADER.replace("status: active", "status: sleeping"),
    "duplicate key": HEADER.replace("branch: main", "branch: main\nbranch: other"),
    "no front matter": "# Title\n\n## Notes\n- one\n",
    "unclosed front matter": "---\nschema: 1\nstatus: active\n# Title\n",
    "alias": HEADER.replace("branch: main", "tags: &a [x]\nparents: *a"),
    "not UTF-8": HEADER.encode() + b"caf\xe9\n",
    "NUL": HEADER.encode() + b"- a\x00b\n",
    "empty": b"",
    "future schema": HEADER.replace("schema: 1", "schema: 99"),
    "bad date": HEADER.replace("2026-11-23T09:30:00+00:00", "yesterday"),
    "conflict markers": HEADER + "<<<<<<< ours\n- a\n=======\n- b\n>>>>>>> theirs\n",
}
MAY_PASS = {"NUL", "conflict markers"}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_checkpoint_that_cannot_be_read_is_refused_with_file_and_line(project, kind):
    add(project, PATH, BROKEN[kind])
    done = try_commit(project)
    if kind in MAY_PASS and done.returncode == 0:
        project.gs("handoff")
        return
    assert done.returncode == 1, (kind, done.stderr)
    assert re.search(rf"^  {re.escape(PATH)}:\d+: .+$", done.stderr, re.MULTILINE), done.stderr
    assert "git add" in done.stderr
    for command in (("status",), ("handoff",), ("list",), ("start",), ("note", "still works")):
        assert project.gs(*command).returncode == 0


def test_settings_that_cannot_be_read_are_refused(project):
    add(project, ".sessions/project.yml", "schema: 1\nname: [a\n")
    done = try_commit(project)
    assert done.returncode == 1
    assert re.search(r"\.sessions/project\.yml:\d+: ", done.stderr)
    for command in (("status",), ("handoff",), ("note", "x"), ("start",), ("list",)):
        done = project.gs(*command, check=False)
        assert done.returncode in (0, 1)
        assert len(done.stderr.splitlines()) <= 3


def test_an_alias_bomb_costs_nothing(project):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
    )
    add(project, PATH, HEADER.replace("branch: main\n", bomb))
    done = try_commit(project)
    assert done.returncode == 1
    assert "aliases" in done.stderr


def test_deep_nesting_costs_nothing(project):
    add(project, PATH, HEADER.replace("branch: main", "tags: " + "[" * 5000))
    done = try_commit(project)
    assert done.returncode == 1
    assert PATH in done.stderr


def test_fifty_megabytes_are_refused_or_handled_in_time(project):
    add(project, PATH, HEADER + "- words and words\n" * (50 * 1024 * 1024 // 18))
    done = project.run("timeout", "60", "git", "commit", "-m", "Big", check=False)
    assert done.returncode == 1, done.stderr
    assert PATH in done.stderr
    for command in (("status",), ("handoff",), ("note", "x")):
        assert (
            project.run(
                "timeout", "60", str(Path(sys.executable).parent / "gitsession"), *command, check=False
            ).returncode
            == 0
        )


def test_a_symlink_or_submodule_in_the_place_of_a_checkpoint(project, tmp_path):
    (project.root / PATH).symlink_to(tmp_path / "elsewhere.md")
    project.git("add", "-f", PATH)
    done = try_commit(project)
    assert done.returncode == 1
    assert "symbolic link" in done.stderr
    project.git("rm", "-q", "--cached", PATH)
    (project.root / PATH).unlink()
    head = project.git("rev-parse", "HEAD").stdout.strip()
    project.git("update-index", "--add", "--cacheinfo", f"160000,{head},{PATH}")
    try_commit(project)


def test_a_folder_in_the_place_of_a_checkpoint(project):
    add(project, PATH + "/inside.md", "words\n")
    assert try_commit(project).returncode == 0
    for command in (("status",), ("handoff",), ("list",)):
        project.gs(*command)
    project.gs("note", "x")


def test_an_unreadable_checkpoint_that_head_has_already_is_only_warned_about(project, checked):
    add(project, PATH, BROKEN["broken YAML"])
    project.git("commit", "-q", "--no-verify", "-m", "Past the gate")
    project.gs("note", "goes on")
    done = try_commit(project)
    assert done.returncode == 0
    assert PATH in done.stderr
    assert "goes on" in project.page
    assert "wrong" not in checked(project).values()
    done = project.commit("Plain", p="p")
    assert done.returncode == 0
    add(project, PATH, BROKEN["broken YAML"] + "more\n")
    assert try_commit(project).returncode == 1
    project.git("rm", "-qf", PATH)
    assert try_commit(project).returncode == 0


# -- the push


@pytest.fixture
def server(project, tmp_path):
    """A bare repository that the project pushes to as `origin`."""
    project.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "server.git"))
    project.git("remote", "add", "origin", str(tmp_path / "server.git"))
    project.git("push", "-q", "-u", "origin", "main")
    return tmp_path / "server.git"


def slip_in(project, secret, name="slip.md"):
    """A commit past the gate."""
    add(project, f".sessions/{name}", f"token {secret}\n")
    project.git("commit", "-q", "--no-verify", "-m", "Past the gate")


def pushed(project, *args):
    done = project.git("push", *args, check=False)
    return done.returncode == 0, done.stderr


def test_push_catches_what_no_verify_let_through(project, server, secret):
    slip_in(project, secret)
    ok, said = pushed(project, "origin", "main")
    assert not ok
    assert "push refused" in said
    assert ".sessions/slip.md:1:" in said
    assert secret not in said
    # Taken out by a later commit, it is in the history that would be published all the same.
    project.git("rm", "-q", ".sessions/slip.md")
    project.git("commit", "-q", "-m", "Take it out")
    assert not pushed(project, "origin", "main")[0]
    project.git("reset", "-q", "--hard", "HEAD~2")
    project.commit("Clean", c="c")
    assert pushed(project, "origin", "main")[0]


def test_a_secret_in_the_middle_of_many_commits_and_files_is_found(project, server, secret):
    for i in range(5):
        for name in ("a.md", "b.txt", "c é.md"):
            add(project, f".sessions/{name}", f"{name} {i} {secret if (i, name) == (2, 'b.txt') else ''}\n")
        project.git("commit", "-q", "--no-verify", "-m", f"Commit {i}")
    ok, said = pushed(project, "origin", "main")
    assert not ok
    assert said.count("  .sessions/") == 1
    assert ".sessions/b.txt:1:" in said


@pytest.mark.parametrize("how", ["new branch", "tag", "bare URL", "all", "force", "other name"])
def test_push_by_any_way_is_scanned(project, server, secret, how):
    project.git("switch", "-q", "-c", "topic")
    slip_in(project, secret)
    project.git("tag", "v1")
    arguments = {
        "new branch": ("origin", "topic"),
        "tag": ("origin", "v1"),
        "bare URL": (str(server), "topic"),
        "all": ("--all", "origin"),
        "force": ("--force", "origin", "topic:main"),
        "other name": ("origin", "HEAD:refs/heads/elsewhere"),
    }[how]
    ok, said = pushed(project, *arguments)
    assert not ok
    assert "push refused" in said
    assert secret not in said


def test_a_secret_brought_in_by_a_merge_commit_alone(project, server, secret):
    project.git("switch", "-q", "-c", "side")
    project.commit("Aside", s="s")
    project.git("switch", "-q", "main")
    project.commit("Here", h="h")
    project.git("merge", "-q", "--no-commit", "side")
    add(project, ".sessions/slip.md", f"token {secret}\n")
    project.git("commit", "-q", "--no-verify", "-m", "Evil merge")
    assert not pushed(project, "origin", "main")[0]


def test_pushes_that_publish_nothing_bad_pass(project, server, secret):
    project.gs("note", "one")
    project.commit("Work")
    assert pushed(project, "origin", "main")[0]
    project.git("push", "-q", "origin", "main:old")
    assert pushed(project, "origin", "--delete", "old")[0]
    project.git("commit", "-q", "--amend", "-m", "Work, amended")
    assert pushed(project, "--force", "origin", "main")[0]
    assert pushed(project, "origin", "main")[0]  # everything up to date
    # What the remote has already is not held against a later push.
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", "origin", "main")
    project.commit("Later", l="l")
    assert pushed(project, "origin", "main")[0]
    project.git("switch", "-q", "-c", "later")
    assert pushed(project, "origin", "later")[0]


def test_what_one_remote_has_is_no_excuse_at_another(project, server, secret, tmp_path):
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", "origin", "main")
    project.git("init", "-q", "--bare", str(tmp_path / "public.git"))
    project.git("remote", "add", "public", str(tmp_path / "public.git"))
    assert not pushed(project, "public", "main")[0]


def test_a_remote_that_was_forced_back_unknown_here_does_not_open_the_gate(project, server, secret, clone):
    other = clone(type(project)(server), name="other")
    other.commit("Theirs", "--no-verify", t="t")
    other.git("push", "-q", "origin", "main")
    slip_in(project, secret)
    assert not pushed(project, "--force", "origin", "main")[0]


# -- scan


def test_scan_prints_and_says_by_its_exit_code(project, secret):
    assert project.gs("scan").stdout == ""
    project.write("notes.txt", f"a\nb {secret}\n")
    done = project.gs("scan", "notes.txt", check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("notes.txt:2:")
    assert secret not in done.stdout
    (found,) = project.json("scan", "notes.txt", check=False)
    assert set(found) == {"path", "line", "column", "kind", "excerpt"}
    done = project.gs("scan", "-", check=False, stdin=f"{secret}\n")
    assert done.returncode == 1
    assert project.gs("scan", "nowhere", check=False).returncode == 1
    add(project, ".sessions/slip.md", f"{secret}\n")
    assert project.gs("scan", "--staged", check=False).returncode == 1
    assert project.gs("scan", check=False).returncode == 1


def merge_with(project, data):
    """A merge commit past the gate that adds a file to `.sessions/` that neither side has, and unites what both changed."""
    project.git("switch", "-q", "-c", "side")
    add(project, ".sessions/side.md", "from the side\n")
    project.git("commit", "-q", "--no-verify", "-m", "Aside")
    project.git("switch", "-q", "main")
    add(project, ".sessions/here.md", "from here\n")
    project.git("commit", "-q", "--no-verify", "-m", "Here")
    project.git("merge", "-q", "--no-commit", "--no-ff", "side")
    add(project, ".sessions/merged.md", data)
    add(project, ".sessions/side.md", "from both\n")
    project.git("commit", "-q", "--no-verify", "-m", "Merge")


LOG_SETTINGS = [("log.diffMerges", "off"), ("log.diffMerges", "combined"), ("log.diffMerges", "first-parent"),
                ("diff.orderFile", "nowhere/order")]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), LOG_SETTINGS, ids=lambda v: v)
def test_no_setting_of_git_log_blinds_the_push_or_stops_a_clean_one(project, server, secret, key, value):
    merge_with(project, f"token {secret}\n")
    project.git("config", key, value)
    ok, said = pushed(project, "origin", "main")
    assert not ok
    assert ".sessions/merged.md:1:" in said, said
    assert secret not in said
    project.git("config", "--unset", key)
    project.git("reset", "-q", "--hard", "origin/main")
    project.git("branch", "-q", "-D", "side")
    merge_with(project, "nothing secret\n")
    project.git("config", key, value)
    ok, said = pushed(project, "origin", "main")
    assert ok, said


def test_a_submodule_under_the_folder_is_committed_and_pushed(project, server, secret):
    elsewhere = "1" * 40  # a commit of another repository
    project.git("update-index", "--add", "--cacheinfo", f"160000,{elsewhere},.sessions/vendor/lib")
    done = try_commit(project)
    assert done.returncode == 0, done.stderr
    ok, said = pushed(project, "origin", "main")
    assert ok, said
    project.git("update-index", "--cacheinfo", f"160000,{'2' * 40},.sessions/vendor/lib")
    add(project, ".sessions/slip.md", f"token {secret}\n")
    refused_for(try_commit(project), ".sessions/slip.md", secret)


def test_a_path_that_is_refused_cannot_speak_to_the_terminal(project, server, secret):
    for name in ("\x1b]0;title\x07.md", "\x9b31m.md", "a\rb\x08.md"):
        path = f".sessions/{name}"
        add(project, path, f"token {secret}\n")
        done = try_commit(project)
        assert done.returncode == 1
        assert "commit refused" in done.stderr
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.stderr), done.stderr
        project.git("commit", "-q", "--no-verify", "-m", "Past the gate")
        ok, said = pushed(project, "origin", "main")
        assert not ok
        ours = said[said.index("gitsession:") :]
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ours), ours
        project.git("reset", "-q", "--hard", "origin/main")

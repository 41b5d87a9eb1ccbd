"""Every way to call `git commit`: the page shows what is committed, what is not stays as it was, the trailer stands once."""

import os
import re
import shutil

import pytest

MASTER = ".sessions/HANDOFF.md"


@pytest.fixture
def stem(working):
    return working.checkpoints()[-1][:-3]


def message(project, rev="HEAD"):
    return project.git("log", "-1", "--format=%B", rev).stdout.rstrip("\n")


def committed(project, rev="HEAD"):
    """Names that a commit changes."""
    return set(project.git("show", "--name-only", "--format=", rev).stdout.split())


def committed_page(project):
    return project.git("show", f"HEAD:{MASTER}").stdout


def index(project):
    return project.git("ls-files", "-s").stdout


def edit(project, name="a.txt", text="changed\n"):
    project.write(name, project.read(name) + text)


def stage(project, name="a.txt", text="changed\n"):
    edit(project, name, text)
    project.git("add", name)


def script(path, text):
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return str(path)


# -- commits of a part

FIRST = {"README.md", "a.txt", "b.txt", "src/a.txt", "lib/b.txt"}
PARTS = {
    # options, where, names of the commit beside ours, what stays; whether the recorded fact goes in
    "all": (["-a"], "", {"README.md", "b.txt"}, "", True),
    "all from below": (["-a"], "sub", {"README.md", "b.txt"}, "", True),
    "include": (["-i", "README.md"], "", {"README.md", "b.txt"}, "", True),
    "include from below": (["-i", "../README.md"], "sub", {"README.md", "b.txt"}, "", True),
    "path": (["README.md"], "", {"README.md"}, "M  {} M  b.txt", False),
    "only": (["-o", "--", "README.md"], "", {"README.md"}, "M  {} M  b.txt", False),
    "path from below": (["../README.md"], "sub", {"README.md"}, "M  {} M  b.txt", False),
    "folder": (["."], "", {"README.md", "b.txt"}, "", True),
    "all but": ([".", ":(exclude)b.txt"], "", {"README.md"}, "M  b.txt", True),
    "sessions": ([".sessions"], "", set(), " M README.md M  b.txt", True),
    "amended path": (["--amend", "README.md"], "", FIRST, "M  {} M  b.txt", False),
    "amended without": (["--amend", "--only"], "", FIRST - {"README.md"}, "M  {}  M README.md M  b.txt", False),
}


@pytest.mark.parametrize("way", PARTS)
def test_a_commit_of_a_part(working, stem, checked, trailers, way):
    options, folder, names, left, recorded = PARTS[way]
    (working.root / "sub").mkdir()
    edit(working, "README.md")  # new to the page
    stage(working, "b.txt")
    working.gs("decide", "Recorded before")
    working.git("commit", "-q", "-m", "Part", *options, cwd=working.root / folder)
    ours = {name for name in committed(working) if name.startswith(".sessions/")}
    assert committed(working) - ours == names
    assert working.status().split() == left.format(working.session).split()
    assert ("Recorded before" in committed_page(working)) == recorded
    assert committed_page(working) == working.page == working.staged(MASTER)
    assert checked(working) == {MASTER: "current"}
    assert trailers(working) == [stem]


def test_hunks_of_a_checkpoint_are_committed_and_the_rest_stays_to_the_byte(working, checked):
    path = working.session
    for number in range(6):
        working.gs("note", f"Note {number}")
    working.git("commit", "-q", "-m", "Notes")
    text = working.read(path).replace("- From the start\n", "- From the start\n- Taken first\n")
    text = text.replace("- Note 0\n", "- Note 0, staged\n") + "- Not yet\nprose \u2028 by hand"
    working.write(path, text)
    edit(working)
    working.run("git", "add", "-p", path, stdin="s\ny\ny\nn\n")
    staged = working.staged(path)
    assert "Taken first" in staged
    assert "Not yet" not in staged
    done = working.git("commit", "-q", "-m", "Hunks")
    assert "kept" not in done.stderr
    assert working.read(path) == text
    assert working.git("show", f"HEAD:{path}").stdout == staged
    assert working.status() == f" M {path}\n M a.txt\n"
    page = committed_page(working)
    assert "Taken first" in page
    assert "Not yet" not in page
    assert page == working.page
    assert checked(working) == {MASTER: "current"}
    working.git("commit", "-q", "-a", "-m", "The rest")
    assert working.read(path) == text
    assert "Not yet" in working.page
    assert working.status() == ""


def test_commit_p_asks_for_hunks_itself(working, checked):
    working.gs("decide", "Recorded before")
    for name in ("a.txt", "b.txt"):
        edit(working, name)
    working.run("git", "commit", "-p", "-q", "-m", "Hunks", stdin="y\nn\n")
    assert committed(working) == {"a.txt", working.session, MASTER}
    assert working.status() == " M b.txt\n"
    assert "Recorded before" in working.page
    assert checked(working) == {MASTER: "current"}


# -- amending


def test_amends_that_change_nothing_of_the_tree_keep_page_and_trailer(working, stem, checked, trailers):
    page, tree = working.page, working.git("rev-parse", "HEAD^{tree}").stdout
    for options in (
        ["--no-edit"],
        ["--no-edit", "--reset-author"],
        ["-m", "Said better"],
        ["--no-edit", "--author", "Bo <bo@example.com>", "--date", "2001-02-03T04:05:06"],
        ["-C", "HEAD"],
        ["--only", "--no-edit"],
        ["--no-edit", "--allow-empty", "-s"],
        ["--no-edit", "--no-verify"],
    ):
        done = working.git("commit", "--amend", *options)
        assert trailers(working) == [stem], options
        assert done.stderr.replace("\n", "") == "", options  # nothing was derived, so there is nothing to tell
    assert working.git("rev-parse", "HEAD^{tree}").stdout == tree
    assert working.page == page
    assert message(working) == f"Said better\n\nSession: {stem}\nSigned-off-by: Ada Example <ada@example.com>"
    assert working.git("log", "-1", "--format=%an %aI").stdout.startswith("Bo 2001-02-03T04:05:06")
    assert checked(working) == {MASTER: "current"}
    assert working.status() == ""
    working.git("config", "trailer.ifexists", "addIfDifferent")
    stage(working)
    working.git("commit", "-q", "--amend", "--no-edit", "--date", "2001-02-03T04:05:07")
    assert trailers(working) == [stem]
    assert checked(working) == {MASTER: "current"}


def test_an_amend_takes_a_fact_out_of_the_page_again(working, checked):
    path = working.session
    working.gs("decide", "Rashly")
    working.commit("Rash")
    assert "Rashly" in working.page
    working.git("checkout", "-q", "HEAD~1", "--", path)
    working.git("commit", "-q", "--amend", "--no-edit")
    assert "Rashly" not in working.page
    assert checked(working) == {MASTER: "current"}
    assert working.status() == ""


# -- commits that are not made, or hold nothing


@pytest.mark.parametrize("options", [["--dry-run"], ["--dry-run", "-a"], ["--short"], ["--porcelain", "-z", "-a"]], ids=" ".join)
def test_a_dry_run_changes_nothing(working, options):
    working.gs("decide", "Staged")
    edit(working)
    before = index(working), working.page, working.status()
    done = working.git("commit", *options)
    assert "HANDOFF" not in done.stdout
    assert (index(working), working.page, working.status()) == before
    assert not (working.root / ".git" / "gitsession-after").exists()


def test_empty_commits_and_empty_messages(working, stem, trailers):
    working.git("switch", "-q", "-c", "topic")
    working.git("commit", "-q", "--allow-empty", "-m", "Start CI")
    assert committed(working) == set()
    assert trailers(working) == []  # nothing was done, so no session began
    assert working.checkpoints() == [f"{stem}.md"]
    stage(working)
    working.git("commit", "-q", "--allow-empty-message", "-m", "")
    assert message(working) == ""
    page = f".sessions/handoffs/{working.checkpoints()[-1]}"
    assert committed(working) == {"a.txt", working.session, page}
    stage(working)
    working.git("commit", "-q", "-m", "More")
    assert trailers(working) == [working.checkpoints()[-1][:-3]]
    assert len(working.checkpoints()) == 2
    assert working.status() == ""


WAYS = {"all": ["-a"], "include": ["-i", "a.txt"], "path": ["a.txt"]}


@pytest.mark.parametrize("way", WAYS)
def test_an_abandoned_commit_on_a_new_branch_is_made_good_by_the_next(working, trailers, checked, way):
    """Git throws away the index of such a commit; what was begun in it is on disk alone."""
    working.git("switch", "-q", "-c", "topic")
    edit(working)
    before = index(working)
    assert working.git("commit", *WAYS[way], check=False).returncode != 0  # the editor fails
    assert index(working) == before
    working.git("commit", "-q", "-m", "Now really", *WAYS[way])
    new = working.checkpoints()[-1]
    assert len(working.checkpoints()) == 2
    assert trailers(working) == [new[:-3]]
    assert committed(working) == {"a.txt", f".sessions/{new}", f".sessions/handoffs/{new}"}
    assert checked(working)[f".sessions/handoffs/{new}"] == "current"
    assert working.status() == ""


def test_an_abandoned_session_goes_to_the_branch_where_the_work_goes_on(working, trailers, checked):
    working.git("switch", "-q", "-c", "topic")
    edit(working)
    assert working.git("commit", "-a", check=False).returncode != 0
    working.git("switch", "-q", "-c", "better-name")
    working.git("commit", "-q", "-a", "-m", "Now really")
    new = working.checkpoints()[-1]
    assert len(working.checkpoints()) == 2
    assert trailers(working) == [new[:-3]]
    assert "branch: better-name\n" in working.git("show", f"HEAD:.sessions/{new}").stdout
    assert checked(working)[f".sessions/handoffs/{new}"] == "current"
    assert working.status() == ""


def test_a_session_whose_facts_were_unstaged_is_not_staged_by_a_commit(working, trailers):
    working.git("switch", "-q", "-c", "topic")
    working.gs("decide", "Not now")
    working.git("reset", "-q")
    edit(working)
    working.git("commit", "-q", "-a", "-m", "Code alone")
    assert committed(working) == {"a.txt"}
    assert len(working.checkpoints()) == 2
    assert working.status() == f"?? {working.session}\n"


@pytest.mark.parametrize("way", WAYS)
def test_a_page_left_by_an_abandoned_commit_is_no_edit_of_anybodys(working, checked, way):
    edit(working, "README.md")
    options = [option.replace("a.txt", "README.md") for option in WAYS[way]]
    assert working.git("commit", *options, check=False).returncode != 0
    assert "README.md" in working.page
    working.gs("decide", "Since then")
    stage(working, "b.txt")
    done = working.git("commit", "-q", "-m", "Another")
    assert "kept" not in done.stderr
    assert "Since then" in working.page
    assert working.status() == " M README.md\n"
    assert checked(working) == {MASTER: "current"}


@pytest.mark.parametrize("way", ["staged", *WAYS])
def test_a_refusal_of_anothers_hook_and_the_same_commit_again(working, stem, trailers, checked, tmp_path, way):
    script(working.root / ".git/hooks/commit-msg.before-gitsession", "grep -q '^ABC-' $1")
    options = WAYS.get(way, [])
    stage(working) if way == "staged" else edit(working)
    working.gs("decide", "Meant for it")
    refused = working.git("commit", "-m", "No ticket", *options, check=False)
    assert refused.returncode == 1
    assert "handoff of" not in refused.stderr
    done = working.git("commit", "-q", "-m", "ABC-1", *options)
    assert re.fullmatch(r"gitsession: handoff of 0001, [\d,]+ tokens\n", done.stderr)
    assert trailers(working) == [stem]
    assert checked(working) == {MASTER: "current"}
    assert working.status() == (f"M  {working.session}\n" if way == "path" else "")


@pytest.mark.parametrize("options", [["-a"], ["-p"], ["-i", ".sessions"], [".sessions"], ["--amend", "-a"]], ids=" ".join)
def test_the_gate_is_on_every_way(working, secret, options):
    working.write(working.session, working.read(working.session) + f"- Use {secret}\n")
    before = index(working), working.git("rev-parse", "HEAD").stdout
    done = working.run("git", "commit", "-m", "Slip", *options, stdin="y\n", check=False)
    assert done.returncode == 1
    assert f"{working.session}:" in done.stderr
    assert secret not in done.stderr
    assert (index(working), working.git("rev-parse", "HEAD").stdout) == before


def test_past_the_hooks_on_a_new_branch_the_next_commit_begins_the_session(working, trailers, checked):
    working.git("switch", "-q", "-c", "topic")
    stage(working)
    working.git("commit", "-q", "--no-verify", "-m", "Past the hooks")
    assert committed(working) == {"a.txt"}
    stage(working)
    working.git("commit", "-q", "-m", "Next")
    new = working.checkpoints()[-1]
    assert trailers(working) == [new[:-3]]
    assert checked(working)[f".sessions/handoffs/{new}"] == "current"
    assert working.status() == ""


def test_past_the_hooks_a_secret_is_met_by_the_next_commit_and_at_the_push(working, tmp_path, secret):
    working.git("init", "-q", "--bare", str(tmp_path / "server.git"))
    working.write(working.session, working.read(working.session) + f"\n## Decisions\n- Use {secret}\n")
    working.git("commit", "-q", "-a", "--no-verify", "-m", "Past the hooks")
    stage(working)
    done = working.git("commit", "-m", "Next", check=False)
    assert done.returncode == 1  # the page would show it
    assert secret not in done.stderr
    done = working.git("push", str(tmp_path / "server.git"), "main", check=False)
    assert done.returncode == 1
    assert f"{working.session}:" in done.stderr
    assert secret not in done.stderr
    assert working.git("ls-remote", str(tmp_path / "server.git")).stdout == ""


# -- where git is called from


def test_git_dash_c_from_elsewhere(working, stem, trailers, tmp_path):
    stage(working)
    working.git("-C", str(working.root), "commit", "-q", "-m", "From outside", cwd=tmp_path)
    assert trailers(working) == [stem]
    edit(working)
    where = os.path.relpath(working.root, tmp_path)
    working.git("-C", where, "--git-dir=.git", "--work-tree=.", "commit", "-q", "-m", "By options", "a.txt", cwd=tmp_path)
    assert trailers(working) == [stem]
    assert working.status() == ""


@pytest.mark.parametrize("relative", [False, True])
def test_another_index_gets_the_page_and_the_real_one_is_left_alone(working, stem, trailers, relative):
    (working.root / "sub").mkdir()
    stage(working, "b.txt")
    before = index(working)
    other = working.root / ".git" / "other-index"
    shutil.copy(working.root / ".git" / "index", other)
    # Git takes a relative one from the top of the work tree, wherever it is called.
    env = {"GIT_INDEX_FILE": ".git/other-index" if relative else str(other)}
    edit(working)
    below = working.root / "sub"
    working.gs("decide", "Into the other index", cwd=below, **env)
    working.git("add", "../a.txt", cwd=below, **env)
    working.git("commit", "-q", "-m", "By another index", cwd=below, **env)
    assert committed(working) == {"a.txt", "b.txt", working.session, MASTER}
    assert "Into the other index" in committed_page(working)
    assert trailers(working) == [stem]
    assert index(working) == before
    assert working.git("status", "--porcelain", **env).stdout == ""


@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONPATH": "/nowhere"}])
def test_the_bare_environment_of_a_window(working, stem, checked, locale):
    """No HOME, no language, and on PATH neither our Python nor gitsession."""
    working.gs("decide", "Grüße 🎉")
    working.write("grün.txt", "x\n")
    working.git("add", ".")
    bare = ["env", "-i", "PATH=/usr/bin:/bin", *(f"{key}={value}" for key, value in locale.items()), "git"]
    done = working.run(*bare, "commit", "-q", "-m", "Größe")
    assert re.fullmatch(r"gitsession: handoff of 0001, [\d,]+ tokens\n", done.stderr)
    assert message(working) == f"Größe\n\nSession: {stem}"
    assert "Grüße 🎉" in working.page
    assert "`grün.txt` (new)" in working.page
    assert checked(working) == {MASTER: "current"}
    assert working.status() == ""


# -- another process holds the git index


def test_a_lock_that_stays_lets_the_commit_go_and_the_next_mends_the_page(working, stem, trailers, checked):
    lock = working.root / ".git" / "index.lock"
    hook = working.root / ".git/hooks/pre-commit.before-gitsession"
    script(hook, ": >.git/index.lock")
    working.gs("decide", "While it was locked")
    stage(working)
    done = working.git("commit", "-q", "-m", "Locked")
    assert "the handoff was not derived, and the commit goes on: the git index is locked" in done.stderr
    assert committed(working) == {"a.txt", working.session}
    lock.unlink()
    hook.unlink()
    assert checked(working) == {MASTER: "behind"}
    stage(working)
    working.git("commit", "-q", "-m", "Free")
    assert "While it was locked" in working.page
    assert trailers(working) == trailers(working, "HEAD~1") == [stem]
    assert working.status() == ""

"""`gitsession init`: any repository keeps sessions, nothing else is touched, and it can be taken back."""

import os
import shutil
import stat

import pytest

OURS = {"README.md", "HANDOFF.md", "project.yml", ".gitattributes"}


def snapshot(root, *, but=()):
    """path -> (mode, bytes) of everything below a folder."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            rel = os.path.relpath(path, root)
            if not any(rel == b or rel.startswith(b + os.sep) for b in but):
                with open(path, "rb") as file:
                    found[rel] = (stat.S_IMODE(os.stat(path).st_mode), file.read())
    return found


def committed(project, rev="HEAD"):
    return set(project.git("ls-tree", "-r", "--name-only", rev).stdout.split())


def test_init_says_what_it_did_and_what_comes_next(bare_project):
    said = bare_project.gs("init").stdout
    for name in OURS:
        assert f"wrote .sessions/{name}" in said
    assert "git commit" in said
    assert "gitsession start" in said
    assert set(os.listdir(bare_project.root / ".sessions")) == OURS
    assert all(line.startswith("A  .sessions/") for line in bare_project.status().splitlines())


def test_init_touches_nothing_but_sessions_hooks_and_its_own_config(bare_project):
    own = (".sessions", ".git/hooks", ".git/gitsession", ".git/objects", ".git/index", ".git/config")
    before = snapshot(bare_project.root, but=own)
    config = bare_project.git("config", "--local", "--list", "-z").stdout.split("\0")
    bare_project.gs("init")
    assert snapshot(bare_project.root, but=own) == before
    added = [
        line for line in bare_project.git("config", "--local", "--list", "-z").stdout.split("\0") if line not in config
    ]
    assert all(line.startswith("merge.gitsession") for line in added), added


def test_init_twice_changes_nothing(bare_project):
    bare_project.gs("init")
    before = snapshot(bare_project.root, but=(".git/index", ".git/gitsession/lock"))
    staged = bare_project.git("ls-files", "-s").stdout
    again = bare_project.gs("init")
    assert "nothing to do" in again.stdout
    assert snapshot(bare_project.root, but=(".git/index", ".git/gitsession/lock")) == before
    assert bare_project.git("ls-files", "-s").stdout == staged


def test_init_again_after_the_commit_leaves_a_clean_tree(project):
    assert project.status() == ""
    assert "nothing to do" in project.gs("init").stdout
    assert project.status() == ""


def test_init_in_a_repository_without_a_commit(tmp_path, bare_project, checked):
    new = type(bare_project)(tmp_path / "unborn")
    new.root.mkdir()
    new.git("init", "-q", "-b", "main")
    new.gs("init")
    assert new.json("status")["branch"] == "main"
    new.gs("handoff")
    new.git("commit", "-q", "-m", "First")
    assert {f".sessions/{n}" for n in OURS} == committed(new)
    assert new.status() == ""
    assert checked(new) == {".sessions/HANDOFF.md": "current"}


def test_init_from_a_subfolder_and_from_outside(tmp_path, bare_project):
    (bare_project.root / "src" / "deep").mkdir(parents=True)
    bare_project.gs("init", cwd=bare_project.root / "src" / "deep")
    assert set(os.listdir(bare_project.root / ".sessions")) == OURS
    assert not (bare_project.root / "src" / "deep" / ".sessions").exists()
    assert "nothing to do" in bare_project.gs("-C", str(bare_project.root), "init", cwd=tmp_path).stdout


def test_init_in_a_linked_worktree_serves_both(tmp_path, bare_project):
    bare_project.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = type(bare_project)(tmp_path / "side")
    side.gs("init")
    side.git("commit", "-q", "-m", "Keep sessions")
    assert side.status() == ""
    side.gs("note", "from the side")
    side.commit("Work aside")
    assert (
        side.git("log", "-1", "--format=%(trailers:key=Session,valueonly)").stdout.strip() == side.checkpoints()[0][:-3]
    )
    # The hooks are the clone's, so they run in the first work tree, too.
    bare_project.git("merge", "-q", "side")
    bare_project.gs("note", "from the first")
    done = bare_project.commit("Work in the first")
    assert "handoff" in done.stderr


def test_init_gives_the_same_bytes_from_the_same_tree(bare_project, clone):
    bare_project.commit(
        "Build", **{"Makefile": "test:\n\tpytest -q\n", "pyproject.toml": "[project]\nname = 'feedpost'\n"}
    )
    one, two = clone(bare_project, name="one"), clone(bare_project, name="two")
    for project in (one, two):
        project.gs("init")
    there = snapshot(one.root / ".sessions")
    assert there == snapshot(two.root / ".sessions")
    assert set(there) == OURS


def test_init_finds_name_goal_commands_and_default_branch(bare_project):
    bare_project.commit("Build", Makefile="test:\n\tpytest -q\n")
    bare_project.gs("init")
    settings = bare_project.read(".sessions/project.yml")
    assert "name: Feedpost" in settings
    assert "goal: A daily e-mail digest of feeds." in settings
    assert "default_branch: main" in settings
    assert "make test" in settings
    page = bare_project.page
    assert page.startswith("# Feedpost: handoff\n")
    assert "make test" in page


def test_init_keeps_hooks_that_were_there_and_they_run_first(bare_project):
    hook = bare_project.write(".git/hooks/pre-commit", "#!/bin/sh\necho mine >>ran\n")
    hook.chmod(0o755)
    before = snapshot(bare_project.root / ".git" / "hooks")
    bare_project.gs("init")
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    assert bare_project.read("ran") == "mine\n"
    bare_project.gs("init", "--undo")
    assert snapshot(bare_project.root / ".git" / "hooks") == before


def test_a_hook_that_was_there_and_refuses_still_refuses(bare_project):
    hook = bare_project.write(".git/hooks/pre-commit", "#!/bin/sh\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    bare_project.gs("init")
    done = bare_project.git("commit", "-m", "Keep sessions", check=False)
    assert done.returncode == 1
    assert "no" in done.stderr


def test_undo_before_the_commit_leaves_the_repository_as_it_was(bare_project):
    def state():
        return snapshot(bare_project.root, but=(".git/objects", ".git/index", ".git/config"))

    config = bare_project.git("config", "--local", "--list").stdout
    before = state()
    bare_project.gs("init")
    bare_project.gs("init", "--undo")
    assert state() == before
    assert not (bare_project.root / ".sessions").exists()
    assert bare_project.status() == ""
    assert bare_project.git("config", "--local", "--list").stdout == config
    assert "nothing to undo" in bare_project.gs("init", "--undo").stdout


def test_undo_after_a_commit_keeps_what_is_committed(project):
    project.gs("note", "kept")
    project.commit("Work")
    there = snapshot(project.root / ".sessions")
    said = project.gs("init", "--undo").stdout
    assert "stays" in said
    assert snapshot(project.root / ".sessions") == there
    assert project.status() == ""
    assert project.git("config", "--get-regexp", "gitsession", check=False).stdout == ""
    done = project.commit("No hook any more")
    assert "handoff" not in done.stderr
    assert "Session:" not in project.git("log", "-1", "--format=%B").stdout


def test_undo_does_not_throw_away_facts_that_nobody_committed(bare_project):
    bare_project.gs("init")
    bare_project.gs("decide", "Use SQLite")
    path = bare_project.session
    done = bare_project.gs("init", "--undo")
    assert path in done.stderr
    assert "Use SQLite" in bare_project.read(path)


def test_init_on_another_branch_records_the_default_and_leaves_the_master_page(bare_project):
    bare_project.git("switch", "-q", "-c", "topic")
    said = bare_project.gs("init").stdout
    assert "not the default branch (main)" in said
    assert "default_branch: main" in bare_project.read(".sessions/project.yml")
    assert not (bare_project.root / ".sessions" / "HANDOFF.md").exists()


def test_init_on_a_detached_head(bare_project):
    bare_project.git("checkout", "-q", "--detach")
    bare_project.gs("init")
    assert "default_branch: main" in bare_project.read(".sessions/project.yml")
    bare_project.git("commit", "-q", "-m", "Keep sessions")


def test_init_with_staged_and_unstaged_work_leaves_it_so(bare_project):
    bare_project.write("staged.txt", "s\n")
    bare_project.git("add", "staged.txt")
    bare_project.write("README.md", "# Changed\n")
    bare_project.gs("init")
    lines = bare_project.status().splitlines()
    assert "A  staged.txt" in lines
    assert " M README.md" in lines


def test_init_where_sessions_is_ignored(bare_project):
    bare_project.commit("Ignore", **{".gitignore": ".sessions/\n"})
    bare_project.gs("init")
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    assert {f".sessions/{n}" for n in OURS} <= committed(bare_project)
    bare_project.gs("note", "kept all the same")
    bare_project.git("commit", "-q", "-m", "Note")
    assert bare_project.session in committed(bare_project)


def test_init_keeps_a_project_yml_that_somebody_wrote(bare_project):
    mine = "# mine\r\nname: Other\r\nunknown: [1, 2]\r\n"
    bare_project.write(".sessions/project.yml", mine)
    bare_project.gs("init")
    assert bare_project.read(".sessions/project.yml") == mine


@pytest.mark.parametrize("obstacle", ["file", "symlink"])
def test_init_where_something_else_is_in_the_place_of_the_folder(bare_project, tmp_path, obstacle):
    place = bare_project.root / ".sessions"
    if obstacle == "file":
        place.write_text("mine\n")
    else:
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
    done = bare_project.gs("init", check=False)
    assert done.returncode == 1
    assert ".sessions" in done.stderr
    if obstacle == "file":
        assert place.read_text() == "mine\n"
    else:
        assert os.listdir(tmp_path / "elsewhere") == []


COMMANDS = [("init",), ("status",), ("start",), ("note", "x"), ("done", "1"), ("handoff",), ("handoff", "--check"),
            ("list",), ("show",), ("complete",), ("edit",), ("resolve",), ("hooks", "status"), ("run", "--", "true")]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_not_a_repository_is_an_error_of_two_lines(bare_project, tmp_path, command):
    done = bare_project.gs(*command, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["gitsession: not a git repository", "  change to one, or make one: git init"]


@pytest.mark.parametrize("place", ["bare", "inside"])
@pytest.mark.parametrize("command", [("init",), ("status",), ("note", "x"), ("handoff",)], ids=" ".join)
def test_bare_repository_and_inside_of_the_git_directory(bare_project, tmp_path, place, command):
    if place == "bare":
        where = tmp_path / "bare.git"
        bare_project.git("init", "-q", "--bare", str(where))
    else:
        where = bare_project.root / ".git"
    done = bare_project.gs(*command, check=False, cwd=where)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2
    assert ("bare" if place == "bare" else "git directory") in done.stderr


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if c[0] not in ("init", "hooks", "resolve", "run", "handoff")], ids=" ".join
)
def test_a_repository_that_keeps_no_sessions_says_how_to_begin(bare_project, command):
    done = bare_project.gs(*command, check=False)
    assert done.returncode == 1
    assert "gitsession init" in done.stderr
    assert not (bare_project.root / ".sessions").exists()


def test_commit_in_a_repository_whose_sessions_were_removed_goes_on(project):
    project.git("rm", "-rq", ".sessions")
    project.git("commit", "-q", "-m", "No sessions any more")
    done = project.commit("Later work")
    assert "gitsession" not in done.stderr


def test_a_clone_without_hooks_gets_them_by_init_and_writes_nothing(project, clone):
    other = clone(project)
    assert not os.path.exists(other.root / ".git" / "hooks" / "pre-commit")
    other.gs("init")
    assert other.status() == ""
    assert all(h["state"] == "installed" and not h["problem"] for h in other.json("hooks", "status"))


def test_without_git_on_path(project):
    done = project.gs("status", check=False, PATH=os.path.dirname(shutil.which("true")) + "/nowhere")
    assert done.returncode == 1
    assert "git cannot be started" in done.stderr


def test_undo_keeps_what_people_wrote_and_says_so(bare_project):
    bare_project.gs("init")
    bare_project.gs("start", "With a goal", "--goal", "People can sign in")
    goal = bare_project.session
    bare_project.gs("start", "With prose")
    prose = bare_project.session
    bare_project.write(prose, bare_project.read(prose) + "\nWhat I found out on the way.\n")
    bare_project.gs("start", "With facts")
    bare_project.gs("note", "one")
    facts = bare_project.session
    own = ".sessions/plan.md"
    bare_project.write(own, "my own\n")
    bare_project.git("add", own)
    untracked = ".sessions/draft.md"
    bare_project.write(untracked, "my own, too\n")
    settings = ".sessions/project.yml"
    bare_project.write(settings, bare_project.read(settings) + "budget: 1500\n")
    bare_project.git("add", settings)
    kept = (goal, prose, facts, own, untracked, settings)
    before = {path: bare_project.read(path) for path in kept}
    done = bare_project.gs("init", "--undo")
    for path in kept:
        assert bare_project.read(path) == before[path]
        if path != untracked:
            assert path in done.stderr, done.stderr
    assert {path.removeprefix(".sessions/") for path in kept} == set(os.listdir(bare_project.root / ".sessions"))
    for name in ("README.md", "HANDOFF.md", ".gitattributes"):
        assert f"removed .sessions/{name}" in done.stdout
        assert bare_project.git("ls-files", f".sessions/{name}").stdout == ""
    assert bare_project.git("config", "--get-regexp", "gitsession", check=False).stdout == ""


def test_undo_keeps_settings_that_were_edited_and_not_staged(bare_project):
    bare_project.gs("init")
    settings = ".sessions/project.yml"
    text = bare_project.read(settings).replace("schema: 1", "schema: 1\nbudget: 1500")
    bare_project.write(settings, text)
    done = bare_project.gs("init", "--undo")
    assert bare_project.read(settings) == text
    assert settings in done.stderr
    assert os.listdir(bare_project.root / ".sessions") == ["project.yml"]


def test_undo_removes_nothing_behind_a_link(project, tmp_path):
    project.git("switch", "-q", "-c", "topic")
    stage = project.write("a.txt", "a\n")
    project.git("add", stage.name)
    assert project.git("commit", check=False).returncode != 0  # the editor fails: the branch's page stays staged
    handoffs = project.root / ".sessions" / "handoffs"
    (page,) = os.listdir(handoffs)
    outside = tmp_path / "outside"
    handoffs.rename(outside)
    handoffs.symlink_to(outside)
    project.gs("init", "--undo", check=False)
    assert os.listdir(outside) == [page]


@pytest.mark.parametrize("name", ["new\nline", "end\n"])
def test_a_repository_whose_path_has_a_newline(bare_project, tmp_path, name):
    shutil.copytree(bare_project.root, tmp_path / "odd" / name, symlinks=True)
    odd = type(bare_project)(tmp_path / "odd" / name)
    for command in (("init",), ("status",), ("note", "x"), ("handoff",)):
        done = odd.gs(*command, check=False)
        assert done.returncode == 0 or len(done.stderr.splitlines()) <= 2, (command, done.stderr)
        assert done.returncode in (0, 1)
    odd.commit("Work")

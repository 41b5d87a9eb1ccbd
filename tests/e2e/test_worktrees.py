"""Worktrees, and repositories inside a repository: each has its own session, and no one walks into another's."""

import re

import pytest

MASTER = ".sessions/HANDOFF.md"


@pytest.fixture
def worktree(project, tmp_path):
    """Make a linked worktree on a new branch: `worktree("side")`, or inside the repository with `path`."""

    def make(branch, path=""):
        place = project.root / path if path else tmp_path / branch
        project.git("worktree", "add", "-q", "-b", branch, str(place))
        return type(project)(place)

    return make


def work(project, name):
    project.gs("decide", f"Decision of {name}")
    project.commit(f"Work of {name}", **{f"{name}.txt": "x\n"})
    return project.json("status")["session"]


def test_a_worktree_inside_the_repository_is_none_of_the_outer_ones_business(
    project, worktree, trailers, checked, secret
):
    """Neither ignored nor added: what is in it is neither the source, nor a change, nor scanned, nor folded."""
    project.gs("run", "--", "true")
    project.git("commit", "-q", "-m", "Outer")
    source = project.read(project.session).split("source ")[1][:12]
    inner = worktree("inner", ".wt/inner")
    stem = work(inner, "inner")
    inner.write("loose.txt", "not added\n")
    inner.write(".sessions/9999-slip-abcd.md", secret + "\n")
    assert [r["path"] for r in project.json("scan") if "inner" in r["path"]] == []
    assert stem not in [row["stem"] for row in project.json("list")]
    live = project.json("status")["live"]
    assert "Not committed: nothing" in live
    project.gs("run", "--", "test", "1")
    assert project.read(project.session).count(f"(source {source})") == 2
    outer = project.json("status")["session"]
    assert ".wt" not in project.gs("handoff").stdout
    project.git("commit", "-q", "-m", "Outer again")
    assert trailers(project) == [outer]
    assert trailers(inner) == [stem]
    assert checked(project) == {MASTER: "current"}
    assert ".wt" not in project.page
    assert project.git("ls-files", ".wt").stdout == ""


def test_worktrees_moved_removed_and_pruned_leave_their_branchs_session(project, worktree, tmp_path, trailers):
    side = worktree("side")
    stem = work(side, "side")
    project.git("worktree", "move", str(side.root), str(tmp_path / "elsewhere"))
    moved = type(project)(tmp_path / "elsewhere")
    moved.commit("After the move", moved="m\n")
    assert trailers(moved) == [stem]
    assert moved.status() == ""
    project.git("worktree", "remove", str(moved.root))
    project.git("worktree", "prune")
    project.git("switch", "-q", "side")
    assert project.json("status")["session"] == stem
    project.commit("In the main work tree", main="m\n")
    assert trailers(project) == [stem]
    assert project.status() == ""


def test_a_session_in_each_worktree_merged_all(project, worktree, sound, attributed):
    outer = work(project, "main")
    stems = {name: work(worktree(name), name) for name in ("one", "two")}
    assert len({outer, *stems.values()}) == 3
    done = project.git("merge", "--no-edit", "one", "two")
    sessions = attributed(project)
    assert sessions["Work of one"] == [stems["one"]]
    assert sessions["Work of two"] == [stems["two"]]
    sound(project, done, "Decision of main", "Decision of one", "Decision of two")


def test_a_detached_worktree_and_one_in_a_rebase(project, worktree, tmp_path, trailers):
    side = worktree("side")
    stem = work(side, "side")
    project.git("worktree", "add", "-q", "--detach", str(tmp_path / "loose"), "main")
    loose = type(project)(tmp_path / "loose")
    loose.commit("Loose", loose="l\n")
    assert trailers(loose) == []
    work(project, "main")
    side.git("rebase", "-q", "main")
    assert trailers(side) == [stem]
    assert side.json("status")["session"] == stem
    side.commit("After", after="a\n")
    assert trailers(side) == [stem]


# -- repositories inside


@pytest.fixture
def submodule(project, tmp_path, clone):
    """A submodule `lib` that keeps sessions of its own, hooks installed in it; committed in the outer repository."""
    library = clone(project, name="library")
    library.gs("init")
    library.gs("note", "Fact of the library")
    library.commit("Library")
    project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{library.root}", "lib")
    project.commit("Add lib")
    inner = type(project)(project.root / "lib")
    inner.git("switch", "-q", "main")
    inner.gs("init")
    return inner


def test_a_submodule_keeps_its_own_sessions(project, submodule, trailers, checked):
    outer = work(project, "outer")
    inner = work(submodule, "inner")
    assert trailers(submodule) == [inner]
    assert checked(submodule) == {MASTER: "current"}
    assert submodule.status() == ""
    assert (project.root / ".git" / "modules" / "lib" / "hooks" / "pre-commit").exists()
    stems = [row["stem"] for row in project.json("list")]
    assert inner not in stems
    assert "Decision of inner" not in project.gs("handoff").stdout
    assert "Decision of outer" not in submodule.gs("handoff").stdout
    assert project.status() == " M lib\n"
    project.git("commit", "-qam", "Newer lib")
    assert trailers(project) == [outer]
    assert checked(project) == {MASTER: "current"}
    assert "`lib` (" in project.page
    assert project.git("config", "--local", "branch.main.gitsession").stdout.strip() == outer


def test_what_a_submodule_holds_is_not_scanned_from_outside(project, submodule, secret):
    submodule.write(".sessions/slip.md", secret + "\n")
    submodule.git("add", "-f", ".sessions/slip.md")
    assert submodule.git("commit", "-m", "Slip", check=False).returncode == 1
    assert project.gs("scan").returncode == 0
    project.commit("Outer goes on", o="o\n")
    project.gs("run", "--", "true")
    submodule.git("rm", "-qf", ".sessions/slip.md")
    submodule.git("commit", "-q", "--allow-empty", "-m", "Moves on")
    project.gs("run", "--", "test", "1")
    sources = set(re.findall("source [0-9a-f]{12}", project.read(project.session)))
    assert len(sources) == 2  # which commit a submodule is at is a part of the source


def test_a_repository_that_lies_in_the_folder_is_not_walked(project, checked):
    """Not added, as a clone that somebody made there; git itself takes it for one entry."""
    project.git("init", "-q", str(project.root / ".sessions" / "vendored"))
    project.write(".sessions/vendored/0009-not-ours-abcd.md", "# Not ours\n")
    project.gs("note", "Ours")
    project.commit("Work")
    assert [row["stem"][:4] for row in project.json("list")] == ["0001"]
    assert checked(project) == {MASTER: "current"}
    assert project.gs("scan").returncode == 0

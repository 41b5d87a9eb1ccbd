"""Pull requests, merged where no merge driver of ours runs: no conflict under `.sessions/`, and the same state in either order."""

import itertools
import os
import random
import re
import subprocess
import sys

import pytest

CLEAN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture
def server(tmp_path, project):
    """A bare clone, as a forge has it: no hooks, no drivers, no work tree."""
    project.gs("todo", "Older step")
    project.gs("decide", "Older decision")
    project.commit("Base")
    project.git("tag", "base")
    place = type(project)(tmp_path / "server.git")
    project.git("clone", "-q", "--bare", str(project.root), str(place.root), cwd=tmp_path)
    assert "gitsession" not in place.git("config", "--list", **CLEAN).stdout
    return place


def merge(server, *branches):
    """Merge branches one after another onto `base` as a forge does, each without a conflict under `.sessions/`; the last commit."""
    head = server.git("rev-parse", "base").stdout.strip()
    for branch in branches:
        done = server.git("merge-tree", "--write-tree", "--name-only", head, branch, check=False, **CLEAN)
        assert ".sessions/" not in done.stdout.partition("\n")[2], done.stdout
        assert done.returncode == 0, done.stdout
        tree = done.stdout.split("\n")[0]
        head = server.git("commit-tree", tree, "-p", head, "-p", branch, "-m", f"Merge {branch}").stdout.strip()
    return head


def states(project, server, branches):
    """The handoff of main after the branches are merged, in each order that there is."""
    found = []
    for order in itertools.permutations(branches):
        commit = merge(server, *order)
        project.git("fetch", "-q", str(server.root), commit)
        page = project.json("handoff", commit)
        found.append({key: page[key] for key in page if key != "checkpoints"} | {"text": page["text"]})
    return found


def branch(project, name, *steps, start="base"):
    """A branch of its own session: each step is a commit, of what is recorded in it."""
    project.git("switch", "-q", "-c", name, start)
    for number, records in enumerate(steps):
        for record in records:
            project.gs(*record)
        project.commit(f"{name} {number}", **{f"{name}-{number}.txt": "x\n"})


def publish(project, server):
    project.git("push", "-q", "--no-verify", "--force", str(server.root), "--all")


BRANCHES = {
    "facts": ([["note", "Fact of {}"], ["ask", "Question of {}?"]], [["learn", "Lesson of {}"]]),
    "completed": ([["decide", "Decision of {}"]], [["complete", "--outcome", "met"]]),
    "same words": ([["decide", "The same in both"], ["todo", "Same step"]], [["done", "Same step"]]),
    "done": ([["done", "Older step"]], [["note", "After {}"]]),
    "replaces": ([["decide", "New of {}", "--replaces", "Older decision"]], []),
    "nothing recorded": ([], []),
}


@pytest.mark.parametrize("pair", [("facts", "completed"), ("same words", "same words"), ("done", "done"), ("replaces", "replaces"),
                                  ("nothing recorded", "done")], ids="+".join)  # fmt: skip
def test_two_merge_without_a_conflict_and_to_the_same_state(project, server, pair):
    names = ("one", "two")
    for name, kind in zip(names, pair, strict=True):
        branch(project, name, *[[[w.format(name) for w in r] for r in commit] for commit in BRANCHES[kind]])
    publish(project, server)
    first, second = states(project, server, names)
    assert first == second
    text = first["text"]
    if pair == ("done", "done"):
        assert "[ ] Older step" not in text
    if pair == ("replaces", "replaces"):
        assert "New of one" in text
        assert "New of two" in text
        assert "- Older decision" not in text


def test_three_of_which_one_lives_long_and_takes_main_in(project, server):
    for name in ("one", "two", "long"):
        branch(project, name, *[[[w.format(name) for w in r] for r in commit] for commit in BRANCHES["facts"]])
    project.git("switch", "-q", "-c", "merged", "base")
    project.git("merge", "-q", "--no-edit", "one")
    project.git("switch", "-q", "long")
    project.git("merge", "-q", "--no-edit", "merged")
    project.gs("done", "Older step")
    project.commit("Long goes on", more="m\n")
    publish(project, server)
    found = states(project, server, ("one", "two", "long"))
    assert all(state == found[0] for state in found)


def test_a_branch_whose_session_was_merged_goes_on_in_a_new_one_and_merges_again(project, server):
    branch(project, "one", [["note", "First part"]])
    branch(project, "two", [["note", "Meanwhile"]])
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-ff", "--no-edit", "one")
    project.commit("Mends main", mend="m\n")
    project.git("tag", "-f", "base")
    project.git("switch", "-q", "one")
    project.gs("note", "Second part")
    project.commit("One goes on", again="a\n")
    publish(project, server)
    server.git("tag", "-f", "base", "main")
    first, second = states(project, server, ("one", "two"))
    assert first == second
    for words in ("First part", "Second part", "Meanwhile"):
        assert words in first["text"]


def test_settings_changed_on_both_sides_are_for_people(project, server):
    for name in ("auto", "manual"):
        project.git("switch", "-q", "-c", name, "base")
        project.write(".sessions/project.yml", project.read(".sessions/project.yml") + f"sessions: {name}\n")
        project.git("commit", "-qam", f"Setting {name}")
    publish(project, server)
    done = server.git(
        "merge-tree", "--write-tree", "--name-only", "--no-messages", "auto", "manual", check=False, **CLEAN
    )
    assert done.returncode == 1
    assert done.stdout.split("\n")[1:] == [".sessions/project.yml", ""]


def test_files_that_only_one_side_has_never_conflict(project, server):
    for name in ("one", "two"):
        project.git("switch", "-q", "-c", name, "base")
        project.write(f".sessions/knowledge/retry-on-429-{name}.md", f"# Retry\n\nOf {name}.\n")
        project.write(f".sessions/allowed/{name}.yml", f"reason: {name}\n")
        project.git("add", ".sessions")
        project.commit(f"Knowledge {name}", **{f"{name}.txt": "x\n"})
    publish(project, server)
    first, second = states(project, server, ("one", "two"))
    assert first == second


@pytest.mark.parametrize("seed", range(3))
def test_pairs_at_random(project, server, seed):
    dice = random.Random(seed)
    words = ["Older step", "Step a", "Step b", "Older decision"]
    for name in ("one", "two"):
        commits = []
        for _ in range(2):
            records = []
            for _ in range(dice.randint(0, 2)):
                kind = dice.choice(["todo", "decide", "note", "ask", "block", "learn"])
                records.append([kind, dice.choice([*words, f"Only in {name}"])])
            if dice.random() < 0.4:
                records.append(["done", "Older step"])
                words = [w for w in words if w != "Older step"]
            commits.append(records)
        if dice.random() < 0.3:
            commits.append([["complete"]])
        project.git("switch", "-q", "-c", name, "base")
        for number, records in enumerate(commits):
            for record in records:
                project.gs(*record, check=False)
            project.commit(f"{name} {number}", **{f"{name}-{number}.txt": "x\n"})
    publish(project, server)
    first, second = states(project, server, ("one", "two"))
    assert first == second


def test_two_agents_given_one_title_at_once_in_two_worktrees(project, server, tmp_path):
    command = [os.path.join(os.path.dirname(sys.executable), "gitsession"), "start", "Add login"]
    sides = []
    for name in ("one", "two"):
        project.git("worktree", "add", "-q", "-b", name, str(tmp_path / name), "base")
        sides.append(type(project)(tmp_path / name))
    agents = [subprocess.Popen(command, cwd=side.root, stdout=subprocess.DEVNULL) for side in sides]
    assert [agent.wait(timeout=120) for agent in agents] == [0, 0]
    for side in sides:
        # Whether or not they met in one second: make it so.
        text = re.sub(r"(?m)^started: .*$", "started: 2026-11-23T09:30:00+00:00", side.read(side.session))
        side.write(side.session, text)
        side.git("add", side.session)
        side.gs("todo", "Write the form")
        side.commit("Add the form", **{f"{side.root.name}.py": "x = 1\n"})
    stems = {side.session for side in sides}
    assert len(stems) == 2
    assert {re.sub(r"-\w{4}\.md$", "", s) for s in stems} == {".sessions/0002-add-login"}
    publish(project, server)
    first, second = states(project, server, ("one", "two"))
    assert first == second
    assert len(re.findall("Write the form", first["text"])) == 1
    for stem in stems:
        assert os.path.basename(stem)[:-3] in first["text"]  # the number alone would not tell them apart

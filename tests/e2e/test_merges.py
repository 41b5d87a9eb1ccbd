"""Merges of all kinds: nothing of a session is lost, pages are current or said to be behind, and the next commit mends them."""

import pytest

MAIN = ("Main before", "Main after")
TOPIC = ("Topic decides", "Topic step")


def session_of(project, rev):
    """The stem of the newest session in a commit's tree."""
    names = project.git("ls-tree", "--name-only", rev, ".sessions/").stdout.split()
    return max(n.split("/")[1][:-3] for n in names if n.split("/")[1][:4].isdigit())


def without_drivers(project):
    """As a clone is in which nobody ran `gitsession init`, the hooks aside."""
    for name in ("gitsession", "gitsession-derived"):
        project.git("config", "--remove-section", f"merge.{name}")


FAST = ["reset", "-q", "--hard", "base"]
MERGES = {
    "true": [["merge", "--no-edit", "topic"]],
    "no-ff": [FAST, ["merge", "--no-ff", "--no-edit", "topic"]],
    "ff": [FAST, ["merge", "--ff-only", "topic"]],
    "no-commit": [["merge", "--no-commit", "topic"], ["commit", "--no-edit"]],
    "squash": [["merge", "--squash", "topic"], ["commit", "--no-edit"]],
    "squash, words of one's own": [["merge", "--squash", "topic"], ["commit", "-m", "All of topic"]],
    "signed off, with a log": [["merge", "--no-edit", "--signoff", "--log", "topic"]],
    "past the hooks": [["merge", "--no-edit", "--no-verify", "topic"]],
}


@pytest.mark.parametrize("steps", MERGES.values(), ids=MERGES)
def test_a_merge_loses_nothing_and_the_next_commit_mends_the_page(diverged, sound, attributed, steps):
    topic = session_of(diverged, "topic")
    for step in steps:
        done = diverged.git(*step, GIT_EDITOR="true")
    sessions = attributed(diverged, "base..HEAD")
    assert all(sessions.values()), sessions
    if steps[-1] == ["commit", "--no-edit"] and "--squash" in steps[0]:
        assert topic in sessions["Squashed commit of the following:"]
    sound(diverged, done, *(MAIN[:1] if FAST in steps else MAIN), *TOPIC)
    for fact in TOPIC:
        assert fact in diverged.page
    assert not (diverged.root / ".sessions" / "handoffs").exists()


def test_a_merge_of_main_into_the_branch_goes_on_with_its_session(diverged, sound, trailers):
    topic = session_of(diverged, "topic")
    diverged.git("switch", "-q", "topic")
    done = diverged.git("merge", "--no-edit", "main")
    assert trailers(diverged) == [topic]
    sound(diverged, done, *MAIN, *TOPIC)
    assert trailers(diverged) == [topic]
    assert "Main after" in diverged.read(f".sessions/handoffs/{topic}.md")


def test_an_octopus_merge(diverged, sound, attributed):
    for name in ("third", "fourth"):
        diverged.git("switch", "-q", "-c", name, "base")
        diverged.gs("learn", f"Lesson of {name}")
        diverged.commit(f"Work of {name}", **{f"{name}.txt": "x\n"})
    diverged.git("switch", "-q", "main")
    done = diverged.git("merge", "--no-edit", "topic", "third", "fourth")
    assert len(diverged.git("log", "-1", "--format=%p").stdout.split()) == 4
    assert all(attributed(diverged, "base..HEAD").values())
    sound(diverged, done, *MAIN, *TOPIC, "Lesson of third", "Lesson of fourth")
    assert "Lesson of third" in diverged.page


def test_a_merge_that_takes_ours_alone_says_what_its_tree_says(diverged, sound):
    done = diverged.git("merge", "--no-edit", "-s", "ours", "topic")
    sound(diverged, done, *MAIN)
    assert len(diverged.checkpoints()) == 1
    for fact in TOPIC:
        assert fact not in diverged.page


@pytest.mark.parametrize("drivers", [True, False], ids=["drivers", "no drivers"])
@pytest.mark.parametrize("how", ["theirs", "by hand"])
def test_a_conflict_in_code_is_none_of_ours(diverged, sound, how, drivers):
    if not drivers:
        without_drivers(diverged)
    diverged.commit("Clash", **{"topic.txt": "of main\n"})
    if how == "theirs":
        done = diverged.git("merge", "--no-edit", "-X", "theirs", "topic")
        assert diverged.read("topic.txt") == "1\n2\n"
    else:
        assert diverged.git("merge", "topic", check=False).returncode == 1
        assert diverged.git("diff", "--name-only", "--diff-filter=U").stdout == "topic.txt\n"
        diverged.write("topic.txt", "of both\n")
        diverged.git("add", "topic.txt")
        done = diverged.git("commit", "--no-edit")
    sound(diverged, done, *MAIN, *TOPIC)


def test_a_merge_committed_by_hand_holds_its_page_with_each_file_under_its_own_session(diverged, checked):
    """Its parents tell whose work it brings, before the merge and after: in the hook, in `--check` and at that commit."""
    topic = session_of(diverged, "topic")
    diverged.git("merge", "-q", "--no-commit", "topic")
    expected = f"`topic.txt` ({topic[:4]})"
    assert expected in diverged.gs("handoff").stdout
    diverged.git("commit", "-q", "--no-edit")
    assert expected in diverged.page
    assert checked(diverged) == {".sessions/HANDOFF.md": "current"}
    diverged.git("commit", "-q", "--amend", "-m", "Merged")
    assert checked(diverged) == {".sessions/HANDOFF.md": "current"}
    assert expected in diverged.page


def test_an_aborted_merge_leaves_all_as_it_was(diverged, sound):
    diverged.commit("Clash", **{"topic.txt": "of main\n"})

    def state():
        keys = diverged.git("config", "--get-regexp", r"^branch\..*gitsession$").stdout
        return diverged.status(), diverged.git("ls-files", "-s").stdout, diverged.git("rev-parse", "HEAD").stdout, keys

    before = state()
    assert diverged.git("merge", "topic", check=False).returncode == 1
    diverged.git("merge", "--abort")
    assert state() == before
    diverged.git("merge", "--no-commit", "-X", "ours", "topic")
    diverged.git("merge", "--abort")
    assert state() == before
    sound(diverged, None, *MAIN)


def both_edit(project, ours, theirs):
    """Main's checkpoint edited on both branches, as by people on the web; a merge of `topic` into main follows."""
    path = f".sessions/{session_of(project, 'base')}.md"
    for branch, edit in (("topic", theirs), ("main", ours)):
        project.git("switch", "-q", branch)
        project.write(path, edit(project.read(path)))
        project.git("commit", "-qam", f"Edit on {branch}")
    return path, project.git("merge", "--no-edit", "topic", check=False)


def added(*lines):
    return lambda text: text + "".join(f"- {line}\n" for line in lines)


def test_the_same_checkpoint_edited_on_both_sides_is_united_by_the_driver(diverged, sound):
    _, done = both_edit(diverged, added("Of ours"), added("Of theirs"))
    assert done.returncode == 0, done.stdout
    sound(diverged, done, *MAIN, *TOPIC, "Of ours", "Of theirs")


def test_and_without_the_driver_resolve_settles_it_in_one_go(diverged, sound):
    without_drivers(diverged)
    path, done = both_edit(diverged, added("Of ours"), added("Of theirs"))
    assert done.returncode == 1
    assert diverged.git("diff", "--name-only", "--diff-filter=U").stdout == path + "\n"
    assert "facts of both sides united" in diverged.gs("resolve").stdout
    assert diverged.git("ls-files", "-u").stdout == ""
    done = diverged.git("commit", "--no-edit")
    sound(diverged, done, *MAIN, *TOPIC, "Of ours", "Of theirs")


@pytest.mark.parametrize("removed_by", ["ours", "theirs"])
def test_one_removed_what_the_other_changed(diverged, sound, removed_by):
    path = f".sessions/{session_of(diverged, 'base')}.md"
    for branch, side in (("topic", "theirs"), ("main", "ours")):
        diverged.git("switch", "-q", branch)
        if side == removed_by:
            diverged.git("rm", "-q", path)
        else:
            diverged.write(path, diverged.read(path) + "- Changed here\n")
        diverged.git("commit", "-qam", f"On {branch}")
    assert diverged.git("merge", "topic", check=False).returncode == 1
    assert f"{path}: kept" in diverged.gs("resolve").stdout
    done = diverged.git("commit", "--no-edit")
    sound(diverged, done, *TOPIC, "Changed here")


def test_pages_of_one_branch_in_two_clones_never_conflict(diverged, clone, sound):
    """Two machines, one feature branch: the page of the branch's session is changed on both."""
    diverged.git("switch", "-q", "topic")
    other = clone(diverged)
    other.gs("init")
    topic = session_of(diverged, "topic")
    other.gs("note", "From the other machine", GITSESSION_SESSION=topic)
    other.write("other.txt", "o\n")
    other.git("add", "other.txt")
    other.git("commit", "-q", "-m", "Other machine", GITSESSION_SESSION=topic)
    diverged.gs("note", "From this machine")
    diverged.commit("This machine")
    done = diverged.git("pull", "-q", "--no-rebase", "--no-edit", str(other.root), "topic")
    sound(diverged, done, *TOPIC, "From this machine", "From the other machine")


def test_a_branch_that_went_on_without_having_heard_of_its_merge(diverged, clone, sound):
    """Main dropped the page of its session, and the branch has a newer one: git calls no driver for that."""
    other = clone(diverged)
    other.gs("init")
    other.git("switch", "-q", "topic")
    topic = session_of(other, "topic")
    other.git("config", "branch.topic.gitsession", topic)  # it began here
    diverged.git("merge", "-q", "--no-edit", "topic")
    diverged.commit("Drops the page", drops="d\n")
    other.gs("note", "Had not heard")
    other.commit("Goes on", on="o\n")
    assert diverged.git("pull", "-q", "--no-rebase", "--no-edit", str(other.root), "topic", check=False).returncode == 1
    assert f".sessions/handoffs/{topic}.md: " in diverged.gs("resolve").stdout
    done = diverged.git("commit", "--no-edit")
    sound(diverged, done, *MAIN, *TOPIC, "Had not heard")


def test_a_merge_in_a_detached_head(diverged, sound):
    diverged.git("switch", "-q", "--detach", "main")
    diverged.git("merge", "--no-edit", "topic")
    sound(diverged, None, *MAIN, *TOPIC)


def test_unrelated_histories_of_two_projects_that_keep_sessions(diverged, sound):
    """Each has its own README, settings and handoff in .sessions/: `init` wrote them to both."""
    diverged.git("switch", "-q", "--orphan", "second")
    diverged.write("second.txt", "2\n")
    diverged.gs("init")
    diverged.gs("note", "Of the second project")
    diverged.git("add", "second.txt")
    diverged.git("commit", "-q", "-m", "Second")
    diverged.git("switch", "-q", "main")
    done = diverged.git("merge", "--no-edit", "--allow-unrelated-histories", "second", check=False)
    assert ".sessions/0" not in diverged.git("ls-files", "-u").stdout
    if done.returncode:
        diverged.gs("resolve", check=False)
        diverged.git("checkout", "--ours", ".sessions/project.yml")
        diverged.git("add", ".sessions/project.yml")
        done = diverged.git("commit", "--no-edit")
    sound(diverged, done, *MAIN, "Of the second project")

"""Branches that come, go and move: switching between sessions in progress, branching off in mid-session, resets, bisect, replace."""

import pytest

MASTER = ".sessions/HANDOFF.md"
MAIN = ("Main before", "Main after")
TOPIC = ("Topic decides", "Topic step")


def current(project):
    return project.json("status")["session"]


def keys(project):
    return project.git("config", "--get-regexp", r"^branch\..*\.gitsession$", check=False).stdout.split()[::2]


# -- switching


def test_switching_between_sessions_in_progress(diverged, sound, trailers):
    main = current(diverged)
    diverged.git("switch", "-q", "topic")
    topic = current(diverged)
    diverged.gs("note", "Staged on topic")
    # Main does not have the file: git neither loses what is staged of it nor carries it to another session's branch.
    assert diverged.git("switch", "main", check=False).returncode == 1
    diverged.git("stash", "push", "-q")
    diverged.git("switch", "-q", "main")
    assert current(diverged) == main
    diverged.gs("note", "Recorded on main meanwhile")
    diverged.commit("On main", **{"main.txt": "3\n"})
    assert trailers(diverged) == [main]
    diverged.git("switch", "-q", "topic")
    diverged.git("stash", "pop", "-q", "--index")
    diverged.git("commit", "-q", "-m", "On topic")
    assert trailers(diverged) == [topic]
    assert current(diverged) == topic
    sound(diverged, None, *TOPIC, "Staged on topic")


def test_what_is_recorded_on_the_way_stays_with_the_session_it_was_recorded_in(diverged, sound, trailers):
    """Recorded on main, staged, carried to a branch that was made from it: main's session, committed there, is still main's."""
    main = current(diverged)
    diverged.gs("note", "Recorded on main, carried along")
    diverged.git("switch", "-q", "-c", "later")
    diverged.commit("On later", later="l\n")
    later = current(diverged)
    assert later not in (main, None)
    assert trailers(diverged) == [later]
    sound(diverged, None, *MAIN, "Recorded on main, carried along")
    diverged.git("switch", "-q", "main")
    assert current(diverged) == main
    done = diverged.git("merge", "-q", "--no-edit", "later")
    sound(diverged, done, *MAIN, "Recorded on main, carried along")


# -- branching off in mid-session


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "not yet"])
def test_two_branches_off_one_session_on_main_are_both_merged(project, sound, trailers, attributed, committed):
    project.gs("decide", "Begun on main")
    if committed:
        project.commit("On main")
    begun = current(project)
    stems = []
    for name in ("one", "two"):
        project.git("switch", "-q", "-c", name)
        project.gs("note", f"Fact of {name}")
        project.commit(f"Work of {name}", **{f"{name}.txt": "x\n"})
        stems.append(current(project))
        assert trailers(project) == [stems[-1]]
        page = project.read(f".sessions/handoffs/{stems[-1]}.md")
        assert ("Begun on main" in page) == (committed or name == "one")
        assert f"Fact of {name}" in page
        project.git("switch", "-q", "main")
    assert len({begun, *stems}) == (3 if committed else 2)  # the first branch took over what was in no commit
    assert current(project) == (begun if committed else None)
    for name in ("one", "two"):
        done = project.git("merge", "--no-edit", name)
    assert all(attributed(project, "HEAD", "^main~1").values())
    sound(project, done, "Begun on main", "Fact of one", "Fact of two")
    assert "Fact of one" in project.page
    assert "Fact of two" in project.page


def test_agents_on_branches_while_main_has_a_session(diverged, trailers, checked):
    """Each branch's page is its own session's, with main's facts as they were there."""
    stems = []
    for name in ("agent-a", "agent-b"):
        diverged.git("switch", "-q", "-c", name, "main")
        diverged.commit(f"Work {name}", **{f"{name}.txt": "x\n"}, check=True)
        stems += trailers(diverged)
        page = f".sessions/handoffs/{stems[-1]}.md"
        assert checked(diverged)[page] == "current"
        text = diverged.read(page)
        assert f"{name}.txt" in text
        assert "Main after" in text
        assert "Topic decides" not in text
    assert len(set(stems)) == 2
    assert "agent-a.txt" not in text


# -- deleting, renaming, orphans


def test_a_deleted_branch_comes_back_with_a_session_of_its_own(diverged, sound, trailers):
    diverged.git("branch", "-q", "-D", "topic")
    assert keys(diverged) == ["branch.main.gitsession"]
    diverged.git("switch", "-q", "-c", "topic", "ORIG_HEAD", check=False)
    diverged.git("switch", "-q", "-C", "topic", "base")
    diverged.commit("Anew", anew="a\n")
    assert trailers(diverged) == [current(diverged)]
    sound(diverged, None, MAIN[0])


def test_the_default_branch_renamed_keeps_its_session_and_the_settings_say_the_rest(diverged, sound, trailers):
    main = current(diverged)
    diverged.git("branch", "-m", "main", "trunk")
    assert current(diverged) == main
    settings = diverged.read(".sessions/project.yml").replace("default_branch: main", "default_branch: trunk")
    diverged.write(".sessions/project.yml", settings)
    diverged.git("add", ".sessions/project.yml")
    diverged.commit("Rename the default branch", r="r\n")
    assert trailers(diverged) == [main]
    assert "Main after" in diverged.page
    assert {r["status"] for r in diverged.json("handoff", "--check")} == {"current"}
    assert diverged.status() == ""


def test_an_orphan_branch_has_nothing_of_ours_until_somebody_wants_it(diverged):
    diverged.git("switch", "-q", "--orphan", "pages")
    done = diverged.commit("Site", site="s\n")
    assert "gitsession" not in done.stderr
    assert diverged.git("ls-tree", "--name-only", "HEAD").stdout == "site\n"
    diverged.git("switch", "-q", "main")
    assert current(diverged)
    assert diverged.status() == ""


# -- resets, checkouts, removals


@pytest.mark.parametrize("how", ["--soft", "--mixed", "--hard"])
def test_a_reset_and_the_same_work_again(diverged, sound, trailers, how):
    main = current(diverged)
    diverged.git("reset", "-q", how, "base")
    assert current(diverged) == main
    if how != "--hard":
        diverged.git("add", "-A")
        diverged.git("commit", "-q", "-m", "Again")
        assert trailers(diverged) == [main]
    sound(diverged, None, *(MAIN if how != "--hard" else MAIN[:1]))


def test_a_reset_to_before_the_session_leaves_a_key_that_counts_for_nothing(diverged, trailers):
    main = current(diverged)
    diverged.git("reset", "-q", "--hard", "base~1")
    assert current(diverged) is None
    diverged.commit("Plain", plain="p\n")
    assert trailers(diverged) == []
    diverged.gs("note", "Begins anew")
    assert current(diverged) not in (None, main)
    diverged.git("reset", "-q", "--hard", "topic")
    assert diverged.status() == ""


def test_a_checkout_of_the_folder_takes_unstaged_edits_back_and_staged_ones_stay(diverged, sound):
    diverged.gs("note", "Staged")
    diverged.write(diverged.session, diverged.read(diverged.session) + "- Not staged\n")
    diverged.git("checkout", "-q", "--", ".sessions")
    assert diverged.read(diverged.session).count("Not staged") == 0
    diverged.git("commit", "-q", "-m", "Recorded")
    sound(diverged, None, *MAIN, "Staged")
    diverged.git("checkout", "-q", "base", "--", ".sessions")
    diverged.git("commit", "-q", "-m", "Back to the base")
    assert "Main after" not in diverged.page
    sound(diverged, None, MAIN[0])


@pytest.mark.parametrize("staged", [True, False], ids=["git rm", "rm"])
def test_a_removed_checkpoint_is_gone_when_its_removal_is_committed(diverged, sound, trailers, staged):
    main, path = current(diverged), diverged.session
    if staged:
        diverged.git("rm", "-q", path)
        diverged.commit("Without it", w="w\n")
        assert trailers(diverged) == []
        assert "Main after" not in diverged.page
        diverged.gs("note", "A new beginning")
        assert current(diverged) not in (None, main)
    else:
        (diverged.root / path).unlink()
        diverged.commit("Work goes on", w="w\n")  # the git index has it still
        assert trailers(diverged) == [main]
        done = diverged.gs("note", "Where?", check=False)
        assert done.returncode == 1
        assert "git checkout -- " + path in done.stderr
        diverged.git("checkout", "-q", "--", path)
        diverged.gs("note", "A new beginning")
    diverged.git("commit", "-q", "-m", "Recorded")
    sound(diverged, None, "A new beginning")


def test_a_bisect_leaves_no_trace(diverged, trailers):
    for number in range(3):
        diverged.commit(f"Step {number}", **{f"step{number}": "s\n"})
    before = diverged.git("rev-parse", "HEAD").stdout, keys(diverged)
    diverged.git("bisect", "start", "HEAD", "base")
    assert current(diverged) is None
    done = diverged.git("bisect", "run", "sh", "-c", "! test -e step1")
    assert "Step 1" in done.stdout
    diverged.git("bisect", "reset")
    assert (diverged.git("rev-parse", "HEAD").stdout, keys(diverged)) == before
    assert diverged.status() == ""


def test_history_rewritten_by_replace_is_the_history_that_counts(diverged, checked):
    """A graft: main's last commit stands on nothing."""
    diverged.git("replace", "--graft", "HEAD")
    done = diverged.commit("On the graft", g="g\n")
    assert "not derived" not in done.stderr
    assert checked(diverged) == {MASTER: "current"}
    diverged.git("replace", "-d", "HEAD~1")
    assert checked(diverged)[MASTER] in ("current", "behind")
    diverged.commit("Without it", w="w\n")
    assert checked(diverged) == {MASTER: "current"}

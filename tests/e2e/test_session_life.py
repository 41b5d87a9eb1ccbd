"""Sessions without ceremony: how they begin, go on, move with branches and end."""

import os
import re
import time

import pytest

HOURS = 3600


def stems(project):
    return [row["stem"] for row in project.json("list")]


def current(project):
    return project.json("status")["session"]


def age(project, hours, path=None):
    """Make the newest checkpoint look as old as that."""
    then = time.time() - hours * HOURS
    os.utime(project.root / (path or project.session), (then, then))


# -- how a session begins


def test_the_first_fact_opens_a_session(project):
    done = project.gs("decide", "Use SQLite")
    (stem,) = stems(project)
    assert stem.startswith("0001-work-on-main-")
    assert f"session {stem} begins with this" in done.stderr
    assert current(project) == stem
    assert project.git("config", "branch.main.gitsession").stdout.strip() == stem
    assert "begins" not in project.gs("decide", "Use pytest").stderr
    assert stems(project) == [stem]


def test_the_first_commit_on_another_branch_opens_one_and_holds_its_file(project, trailers):
    project.git("switch", "-q", "-c", "feature/login")
    project.commit("Add login", **{"login.py": "x = 1\n"})
    (stem,) = stems(project)
    assert stem.startswith("0001-feature-login-")
    assert trailers(project) == [stem]
    tree = project.git("ls-tree", "-r", "--name-only", "HEAD").stdout.split()
    assert f".sessions/{stem}.md" in tree
    assert f".sessions/handoffs/{stem}.md" in tree
    assert "login.py" in project.read(f".sessions/handoffs/{stem}.md")
    assert project.status() == ""


def test_a_plain_commit_on_the_default_branch_opens_none(project, trailers):
    project.commit("Plain work")
    assert stems(project) == []
    assert trailers(project) == []
    assert project.status() == ""


def test_amend_opens_none(project):
    project.git("switch", "-q", "-c", "topic")
    project.write("file.txt", "more\n")
    project.git("add", "file.txt")
    project.git("commit", "-q", "--amend", "-m", "Keep sessions, amended")
    assert stems(project) == []


def test_merge_opens_none(project):
    project.git("switch", "-q", "-c", "side", "main")
    project.commit("Aside", "--no-verify", **{"side.txt": "s\n"})
    project.git("switch", "-q", "-c", "topic", "main")
    project.commit("Here", "--no-verify", **{"topic.txt": "t\n"})
    project.git("merge", "-q", "--no-edit", "side")
    assert stems(project) == []
    assert project.status() == ""


def test_the_commit_of_init_opens_none(bare_project):
    bare_project.git("switch", "-q", "-c", "topic")
    bare_project.gs("init")
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    assert bare_project.checkpoints() == []


def test_manual_mode_opens_none_by_itself(project, trailers):
    project.write(".sessions/project.yml", project.read(".sessions/project.yml") + "sessions: manual\n")
    project.git("add", ".sessions")
    project.git("commit", "-q", "-m", "Manual")
    done = project.gs("note", "lost?", check=False)
    assert done.returncode == 1
    assert "gitsession start" in done.stderr
    project.git("switch", "-q", "-c", "topic")
    project.commit("Work")
    assert stems(project) == []
    project.gs("start", "By hand")
    project.commit("More", **{"b.txt": "b\n"})
    assert trailers(project) == stems(project)


def test_an_abandoned_message_leaves_a_session_that_the_next_commit_holds(project, trailers):
    project.git("switch", "-q", "-c", "topic")
    project.write("a.txt", "a\n")
    project.git("add", "a.txt")
    assert project.git("commit", check=False).returncode != 0
    project.git("commit", "-q", "-m", "Now really")
    assert len(stems(project)) == 1
    assert trailers(project) == stems(project)
    assert project.status() == ""


# -- start


def test_start_title_begins_writes_stages_and_prints_the_handoff(project):
    said = project.gs("start", "Add", "login", "--goal", "People can sign in", "--agent", "codex",
                      "--model", "m-1", "--account", "team", "--tag", "auth", "--tag", "web").stdout  # fmt: skip
    (stem,) = stems(project)
    assert stem.startswith("0001-add-login-")
    assert said.splitlines()[0] == f"> Session {stem} begins"
    assert "# Feedpost: handoff" in said
    assert "Add login" in said
    assert "People can sign in" in said
    assert project.status() == f"A  .sessions/{stem}.md\n"
    record = project.json("show")
    keys = ("title", "goal", "agent", "model", "account", "tags", "branch")
    assert tuple(record[key] for key in keys) == (
        "Add login", "People can sign in", "codex", "m-1", "team", ["auth", "web"], "main")  # fmt: skip


def test_bare_start_goes_on_and_begins_none(project):
    said = project.gs("start").stdout
    assert "No session is in progress" in said
    assert stems(project) == []
    project.gs("start", "One")
    assert "goes on" in project.gs("start").stdout
    assert len(stems(project)) == 1


def test_start_title_always_begins_a_new_one_with_parents(project):
    project.gs("start", "One")
    project.gs("start", "Two")
    one, two = stems(project)
    assert current(project) == two
    assert project.json("show")["parents"] == [one]


def test_start_takes_up_an_open_step_by_number(project):
    project.gs("todo", "Parse dates")
    project.gs("todo", "Test with a server")
    project.commit("Plan")
    project.gs("complete", "--commit")
    first = stems(project)[0]
    said = project.gs("start", "2").stdout
    second = stems(project)[1]
    assert "Test with a server" in said
    text = project.read(project.session)
    assert f"- [ ] Test with a server ([0001]({first}.md))" in text
    assert project.json("show")["title"] == "Test with a server"
    project.gs("done", "Test with")
    open_texts = [i["text"] for i in project.json("status")["open"]]
    assert open_texts == ["Parse dates"]
    assert current(project) == second


@pytest.mark.parametrize("number", ["0", "7", "999999999999999999999"])
def test_start_with_a_number_that_no_step_has(project, number):
    project.gs("todo", "One step")
    done = project.gs("start", number, check=False)
    assert done.returncode == 1
    assert "no open step has the number" in done.stderr
    assert len(stems(project)) == 1


def test_start_continue_goes_on_with_an_ended_session(project):
    project.gs("start", "One")
    project.gs("note", "first")
    project.gs("complete", "--commit")
    assert current(project) is None
    said = project.gs("start", "--continue").stdout
    assert "goes on" in said
    (stem,) = stems(project)
    assert current(project) == stem
    assert "status: active" in project.read(project.session)
    project.gs("note", "second")
    assert stems(project) == [stem]


def test_start_continue_by_name_and_with_none(project):
    assert project.gs("start", "--continue", check=False).returncode == 1
    project.gs("start", "Alpha work")
    project.gs("start", "Beta work")
    project.gs("start", "--continue", "alpha")
    assert current(project) == stems(project)[0]
    assert "no session" in project.gs("start", "--continue", "gamma", check=False).stderr


def test_continuing_a_session_takes_its_end_back(project):
    project.gs("start", "One")
    project.gs("complete", "--outcome", "met", "--commit")
    project.gs("start", "--continue")
    record = project.json("show")
    assert record["status"] == "active"
    assert "ended" not in record
    assert "outcome" not in record


def test_start_json(project):
    record = project.json("start", "One")
    assert record["begun"] is True
    assert record["session"] == stems(project)[0]
    assert record["live"][0].startswith("On main at ")
    assert record["handoff"].startswith("# Feedpost: handoff")


@pytest.mark.parametrize(
    ("variable", "value", "agent"),
    [
        ("CLAUDECODE", "1", "claude-code"),
        ("CODEX_SANDBOX", "seatbelt", "codex"),
        ("GEMINI_CLI", "1", "gemini"),
        ("GITSESSION_AGENT", "mine", "mine"),
    ],
)
def test_the_agent_is_known_from_its_environment(project, variable, value, agent):
    project.gs("start", "One", **{variable: value})
    assert project.json("show")["agent"] == agent
    project.gs("start", "Two", "--agent", "other", **{variable: value})
    assert project.json("show")["agent"] == "other"


def test_the_agent_is_known_in_a_commit_that_opens_a_session(project):
    project.git("switch", "-q", "-c", "topic")
    project.write("a", "a")
    project.git("add", "a")
    project.git("commit", "-q", "-m", "Work", CLAUDECODE="1")
    assert project.json("show")["agent"] == "claude-code"


TITLES = [
    ("x" * 300, "x" * 40),
    ("word " * 60, "word-word-word-word-word-word-word-word"),
    ("../../x", "x"),
    ("تسجيل الدخول", "session"),
    ("---", "session"),
    ("## Heading", "heading"),
    ("two\nlines", "two-lines"),
    ("`code` & <b>", "code-b"),
    ("Ünïcode", "unicode"),
    ("nul\x1b[31m red\x07", "nul-31m-red"),
    ("title: [a, b]", "title-a-b"),
    ("-->", "session"),
]


@pytest.mark.parametrize(("title", "slug"), TITLES, ids=[s for _, s in TITLES])
def test_titles_of_all_kinds(project, checked, title, slug):
    project.gs("start", "--", title)
    (stem,) = stems(project)
    assert stem.split("-", 1)[1].rpartition("-")[0] == slug
    assert sorted(os.listdir(project.root / ".sessions")) == sorted(
        [".gitattributes", "HANDOFF.md", "README.md", f"{stem}.md", "project.yml"]
    )
    text = project.read(project.session)
    assert "\x1b" not in text
    assert text.count("\n# ") == 1
    assert "\n## " not in text
    project.commit("Work")
    assert checked(project) == {".sessions/HANDOFF.md": "current"}
    assert "\x1b" not in project.page
    headings = [line for line in project.page.splitlines() if line.startswith("#")]
    assert set(headings) <= {"# Feedpost: handoff", "## Now", "## Where to look"}


@pytest.mark.parametrize("title", ["", "   ", "\n", "\x1b\x07"])
def test_an_empty_title_is_wrong_use_or_goes_on(project, title):
    done = project.gs("start", title, check=False)
    assert stems(project) == []
    assert done.returncode == (2 if title else 0), done.stderr


def test_start_with_a_goal_of_hostile_text(project, checked):
    project.gs("start", "Title", "--goal", "Line one\n\n## Next steps\n- [ ] forged\n---\n<!-- x")
    project.commit("Work")
    assert project.json("status")["open"] == []
    assert checked(project) == {".sessions/HANDOFF.md": "current"}


# -- branches


def test_a_new_branch_opens_its_own_session_with_parents(project, trailers):
    project.gs("note", "on main")
    project.commit("Work on main")
    first = current(project)
    project.git("switch", "-q", "-c", "topic")
    assert current(project) is None
    project.commit("Topic", **{"t.txt": "t\n"})
    second = current(project)
    assert second != first
    assert project.json("show")["parents"] == [first]
    assert trailers(project) == [second]
    project.git("switch", "-q", "main")
    assert current(project) == first


def test_a_branch_takes_over_a_session_that_is_in_no_commit_yet(project, trailers):
    project.gs("start", "Add login")
    (stem,) = stems(project)
    project.git("switch", "-q", "-c", "login")
    assert current(project) in (None, stem)
    project.gs("note", "goes on here")
    assert stems(project) == [stem]
    assert project.json("show")["branch"] == "login"
    project.commit("Work")
    assert trailers(project) == [stem]
    assert project.git("config", "branch.main.gitsession", check=False).stdout == ""
    assert project.git("config", "branch.login.gitsession").stdout.strip() == stem


def test_a_commit_takes_over_as_a_recording_does(project, trailers, checked):
    project.gs("start", "Add login")
    (stem,) = stems(project)
    project.git("switch", "-q", "-c", "login")
    project.commit("Work", **{"login.py": "1\n"})
    assert stems(project) == [stem]
    assert trailers(project) == [stem]
    assert "branch: login" in project.git("show", f"HEAD:.sessions/{stem}.md").stdout
    assert checked(project)[f".sessions/handoffs/{stem}.md"] == "current"
    assert project.status() == ""


def test_branch_m_moves_the_session_and_branch_d_drops_it(project, trailers):
    project.git("switch", "-q", "-c", "old")
    project.commit("Work", a="a")
    stem = current(project)
    project.git("branch", "-m", "new")
    assert current(project) == stem
    project.commit("More", b="b")
    assert trailers(project) == [stem]
    project.git("switch", "-q", "main")
    project.git("branch", "-D", "new")
    assert project.git("config", "--get-regexp", "gitsession$", check=False).stdout == ""


def test_branch_c_leaves_the_session_with_the_branch_that_its_file_names(project, trailers):
    project.git("switch", "-q", "-c", "one")
    project.commit("Work", a="a")
    stem = current(project)
    project.git("branch", "-c", "one", "two")
    project.git("switch", "-q", "two")
    assert current(project) is None
    project.commit("Work on two", b="b")
    other = current(project)
    assert other != stem
    assert trailers(project) == [other]
    project.git("switch", "-q", "one")
    assert current(project) == stem


def test_a_pulled_session_of_a_colleague_is_not_ours(project, clone):
    project.gs("note", "mine")
    project.commit("Work")
    mine = current(project)
    other = clone(project)
    other.gs("init")
    assert other.json("status")["session"] is None
    other.gs("note", "theirs", GIT_AUTHOR_NAME="Bo Example")
    assert other.json("status")["session"] != mine
    assert "theirs" not in other.read(f".sessions/{mine}.md")


@pytest.mark.parametrize("name", ["a.b/c", "Ünïcode", "with'quote", "x" * 100, "feature/Fix.LOCK-it"])
def test_branches_with_awkward_names(project, trailers, name):
    project.git("switch", "-q", "-c", name)
    project.commit("Work", a="a")
    assert trailers(project) == [current(project)]
    assert project.json("show")["branch"] == name
    project.gs("note", "goes on")
    assert len(stems(project)) == 1
    assert project.status().startswith("M  ")


def test_detached_head_has_no_session_unless_it_is_named(project, trailers):
    project.gs("note", "one")
    project.commit("Work")
    stem = current(project)
    project.git("checkout", "-q", "--detach")
    assert current(project) is None
    done = project.gs("note", "nowhere", check=False)
    assert done.returncode == 1
    assert "detached" in done.stderr
    project.commit("Detached work", d="d")
    assert trailers(project) == []
    project.gs("note", "named", GITSESSION_SESSION=stem)
    assert "named" in project.read(f".sessions/{stem}.md")
    project.git("commit", "-q", "-m", "Named", GITSESSION_SESSION=stem)
    assert trailers(project) == [stem]


def test_gitsession_session_that_names_none_is_an_error_but_stops_no_commit(project):
    done = project.gs("note", "x", check=False, GITSESSION_SESSION="nowhere")
    assert done.returncode == 1
    assert "no session 'nowhere'" in done.stderr
    project.write("a", "a")
    project.git("add", "a")
    project.git("commit", "-q", "-m", "Work", GITSESSION_SESSION="nowhere")


# -- when a session is over


def test_eight_idle_hours_on_the_default_branch_begin_a_new_one(project):
    old = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 9 * HOURS))
    project.gs("note", "one")
    project.git("commit", "-q", "-m", "Work", GIT_COMMITTER_DATE=old, GIT_AUTHOR_DATE=old)
    age(project, 9)
    project.gs("note", "two")
    first, second = stems(project)
    assert current(project) == second
    assert project.json("show")["parents"] == [first]
    assert "two" not in project.read(f".sessions/{first}.md")


@pytest.mark.parametrize("recent", ["commit", "recording"])
def test_work_within_eight_hours_goes_on(project, recent):
    old = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - (7 if recent == "commit" else 30) * HOURS))
    project.gs("note", "one")
    project.git("commit", "-q", "-m", "Work", GIT_COMMITTER_DATE=old)
    age(project, 30 if recent == "commit" else 7)
    project.gs("note", "two")
    assert len(stems(project)) == 1


def test_idle_hours_do_not_matter_on_another_branch(project):
    old = "2020-01-01T00:00:00+00:00"
    project.git("switch", "-q", "-c", "topic")
    project.gs("note", "one")
    project.git("commit", "-q", "-m", "Work", GIT_COMMITTER_DATE=old)
    age(project, 99)
    project.gs("note", "two")
    assert len(stems(project)) == 1


def test_complete_ends_it_with_the_commit_that_holds_it(project, trailers):
    project.gs("start", "One")
    stem = current(project)
    said = project.gs("complete", "--outcome", "met").stdout
    assert "One" in said
    project.commit("Last work")
    assert trailers(project) == [stem]
    record = project.json("show", stem)
    assert (record["status"], record["outcome"]) == ("completed", "met")
    assert record["ended"]
    assert project.git("config", "branch.main.gitsession", check=False).stdout == ""
    assert current(project) is None
    project.commit("Plain", p="p")
    assert trailers(project) == []


def test_complete_without_a_session(project):
    for command in ("complete", "end"):
        done = project.gs(command, check=False)
        assert done.returncode == 1
        assert "no session is in progress" in done.stderr


def test_a_commit_that_ends_a_session_on_a_branch_opens_no_other(project, trailers):
    project.git("switch", "-q", "-c", "topic")
    project.commit("Work", a="a")
    stem = current(project)
    project.gs("complete")
    project.commit("Last", b="b")
    assert stems(project) == [stem]
    assert trailers(project) == [stem]


def test_abandon(project):
    project.gs("start", "One")
    project.gs("complete", "--abandon", "--commit")
    assert project.json("list")[0]["status"] == "abandoned"
    assert "Abandon session 0001: One" in project.git("log", "-1", "--format=%s").stdout


def test_complete_commit_leaves_other_staged_work_staged(project, checked):
    project.gs("start", "One")
    project.write("mine.txt", "m\n")
    project.git("add", "mine.txt")
    project.write("README.md", "changed\n")
    project.gs("complete", "--commit")
    assert project.status() == " M README.md\nA  mine.txt\n"
    assert all(
        n.startswith(".sessions/") for n in project.git("show", "--name-only", "--format=", "HEAD").stdout.split()
    )
    assert checked(project) == {".sessions/HANDOFF.md": "current"}


def test_complete_commit_that_a_hook_refuses_says_so(project, secret):
    project.gs("start", "One")
    project.write(".sessions/extra.md", f"token {secret}\n")
    project.git("add", "-f", ".sessions/extra.md")
    done = project.gs("complete", "--commit", check=False)
    assert done.returncode == 1
    assert "the commit was not made" in done.stderr
    assert secret not in done.stdout + done.stderr


def test_a_merged_session_is_over(project):
    project.git("switch", "-q", "-c", "topic")
    project.commit("Work", a="a")
    stem = current(project)
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-ff", "--no-edit", "topic")
    row = project.json("list")[0]
    assert row["over"] == "merged"
    project.git("switch", "-q", "topic")
    assert current(project) is None
    project.gs("note", "after the merge")
    assert current(project) != stem


def test_a_merge_on_the_web_ends_it_after_a_fetch(project, clone):
    project.git("switch", "-q", "-c", "topic")
    project.commit("Work", a="a")
    server = clone(project, "--bare", name="server.git")
    project.git("remote", "add", "origin", f"file://{server.root}")
    project.git("push", "-q", "origin", "main", "topic")
    other = clone(server, name="web")
    other.git("switch", "-q", "main")
    other.git("merge", "-q", "--no-ff", "-m", "Merge on the web", "origin/topic")
    other.git("push", "-q", "origin", "main")
    assert current(project) is not None
    project.git("fetch", "-q")
    assert current(project) is None


def test_an_older_session_of_the_same_author_and_branch_is_followed(project):
    project.gs("start", "One")
    project.write(project.session, project.read(project.session).replace("started: 20", "started: 19"))
    project.gs("start", "Two")
    assert [r["over"] for r in project.json("list")] == ["followed", ""]


def test_two_worktrees_have_a_session_each(project, tmp_path, trailers):
    project.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = type(project)(tmp_path / "side")
    side.commit("Aside", s="s")
    project.gs("note", "here")
    project.commit("Here", h="h")
    assert trailers(side) == [side.json("status")["session"]]
    assert trailers(project) == [current(project)]
    assert trailers(side) != trailers(project)
    assert side.status() == project.status() == ""


def test_no_user_name(project):
    env = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "")
    project.git("config", "--unset", "user.name")
    project.git("config", "--unset", "user.email")
    project.git("config", "user.useConfigOnly", "true")
    project.run("env", *(f"-u{name}" for name in env), project_script(project), "note", "by nobody")
    assert "author:" not in project.read(project.session)
    assert "by nobody" in project.read(project.session)


def project_script(project):
    import sys
    from pathlib import Path

    return str(Path(sys.executable).parent / "gitsession")


def test_no_home(project):
    project.run(
        "env", "-uHOME", "-uXDG_CONFIG_HOME", "-uGIT_CONFIG_GLOBAL", project_script(project), "note", "homeless"
    )
    project.write("a", "a")
    project.git("add", "a")
    project.run("env", "-uHOME", "-uXDG_CONFIG_HOME", "-uGIT_CONFIG_GLOBAL", "git", "commit", "-q", "-m", "Work")
    assert "homeless" in project.page


# -- commits of a part, and checkpoints that cannot be read


def test_a_commit_of_a_path_on_a_new_branch_takes_over_and_opens_no_second(project, trailers):
    project.gs("start", "Add login")
    (stem,) = stems(project)
    project.git("switch", "-q", "-c", "feat")
    project.write("README.md", "changed\n")
    done = project.git("commit", "-q", "-m", "Only the readme", "README.md")
    assert "not derived" not in done.stderr
    assert project.checkpoints() == [f"{stem}.md"]
    project.commit("The rest", r="r")
    assert project.checkpoints() == [f"{stem}.md"]
    assert trailers(project) == [stem]
    assert project.status() == ""


def test_a_session_whose_checkpoint_cannot_be_read_gets_no_second_beside_it(project):
    project.git("switch", "-q", "-c", "topic")
    project.commit("Work", a="a")
    stem = current(project)
    path = project.session
    broken = project.read(path).replace("status: active", "status: [active")
    project.write(path, broken)
    for command in (("note", "two"), ("decide", "Two"), ("done", "Work")):
        done = project.gs(*command, check=False)
        assert done.returncode == 1, command
        assert re.search(rf"{re.escape(path)}:\d+: ", done.stderr), done.stderr
        assert len(done.stderr.splitlines()) <= 2
    done = project.gs("run", "--", "sh", "-c", "exit 3", check=False)
    assert done.returncode == 3
    assert re.search(rf"not recorded: .*{re.escape(path)}:\d+: ", done.stderr), done.stderr
    assert project.checkpoints() == [f"{stem}.md"]
    assert project.read(path) == broken
    project.git("commit", "-qam", "Past the gate", "--no-verify")
    done = project.commit("Goes on", b="b")
    assert path in done.stderr
    assert project.checkpoints() == [f"{stem}.md"]
    assert project.git("config", "branch.topic.gitsession").stdout.strip() == stem
    project.write(path, broken.replace("[active", "active"))
    project.gs("note", "mended")
    assert project.checkpoints() == [f"{stem}.md"]


def test_complete_commit_waits_for_hooks_however_long_they_take(project, monkeypatch):
    from gitsession import process
    from gitsession.workflow.record import commit_sessions, end_session

    project.gs("start", "One")
    limits = []
    real = process.subprocess.run

    def noting(argv, **options):
        if argv[1:2] == ["commit"]:
            limits.append(options.get("timeout"))
        return real(argv, **options)

    with project.open() as repo:
        end_session(repo)
        monkeypatch.setattr(process.subprocess, "run", noting)
        commit_sessions(repo, "Complete")
    assert limits == [None]
    assert project.git("log", "-1", "--format=%s").stdout == "Complete\n"

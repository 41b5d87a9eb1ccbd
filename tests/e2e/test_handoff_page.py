"""The handoff: in the same commit, in order, within its budget, the same bytes anywhere, checked and copied."""

import os
import re
import shutil

import pytest

MASTER = ".sessions/HANDOFF.md"


@pytest.fixture
def rich(project, templates):
    """A project with two sessions and facts of every kind; made once."""
    template = templates / "rich"
    if not template.exists():
        fill(project)
        shutil.copytree(project.root, template, symlinks=True)
        return project
    shutil.rmtree(project.root)
    shutil.copytree(template, project.root, symlinks=True)
    project.git("update-index", "-q", "--refresh")
    return project


def fill(project):
    project.commit("Fetch feeds", **{"fetch.py": "import socket\n"})
    project.gs("start", "Fetch and store feeds", "--goal", "Feeds are fetched and stored.")
    for command, *words in (
        ("constraint", "Standard library only"),
        ("decide", "One feed after another"),
        ("decide", "SQLite", "--why", "JSON was rewritten whole"),
        ("todo", "Fold entries that two feeds share"),
        ("ask", "What of feeds without dates?"),
        ("learn", "cron overlaps: take a lock"),
        ("command", "test: python -m pytest -q"),
    ):
        project.gs(command, *words)
    project.commit("Store feeds", **{"store.py": "import sqlite3\n"})
    project.gs("complete", "--outcome", "met", "--commit")
    project.gs("start", "Retry on 429")
    project.gs("decide", "Four threads", "--replaces", "One feed after")
    project.gs("todo", "Parse Retry-After")
    project.gs("block", "No password in CI")
    project.gs("error", "It hangs on 3.13")
    project.gs("note", "was done", "--kind", "done")
    project.commit("Skip a feed until then", **{"fetch.py": "import time\n", "schema/3.sql": "x\n"})


def test_the_page_is_in_the_same_commit_and_reads_in_the_order_of_the_example(rich, checked):
    names = rich.git("show", "--name-only", "--format=", "HEAD").stdout.split()
    assert {MASTER, "fetch.py", rich.session} <= set(names)
    page = rich.page
    heads = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert heads == [
        "Now",
        "Next",
        "Waiting for someone",
        "Must hold",
        "Decided",
        "Watch out",
        "Run",
        "Where to look",
        "Before",
    ]
    for piece in (
        "**[0002] Retry on 429**, in progress on `main`",
        "1. [ ] Parse Retry-After [0002]",
        "Fold entries that two feeds share [0001]",
        "**Blocked:** No password in CI",
        "**Question:** What of feeds without dates?",
        "Standard library only [0001]",
        "*Not any more:* One feed after another",
        "SQLite, because JSON was rewritten whole",
        "cron overlaps: take a lock",
        "`python -m pytest -q`",
        "`fetch.py`",
        "[0001] Fetch and store feeds",
        "Not solved: It hangs on 3.13",
    ):
        assert piece in page, piece
    assert f"[0001]: {rich.checkpoints()[0]}" in page
    assert page.rstrip().splitlines()[-1].startswith("<!-- gitsession: schema 1; session ")
    assert checked(rich) == {MASTER: "current"}
    assert rich.status() == ""


def test_every_link_of_the_page_leads_somewhere(rich):
    for target in re.findall(r"^\[[^\]]+\]: (\S+)$", rich.page, re.MULTILINE):
        assert (rich.root / ".sessions" / target).exists(), target


def test_links_of_a_branch_page_lead_somewhere_too(rich):
    rich.git("switch", "-q", "-c", "topic")
    rich.commit("Topic", t="t")
    (name,) = os.listdir(rich.root / ".sessions" / "handoffs")
    page = rich.read(f".sessions/handoffs/{name}")
    targets = re.findall(r"^\[[^\]]+\]: (\S+)$", page, re.MULTILINE)
    assert targets
    for target in targets:
        assert (rich.root / ".sessions" / "handoffs" / target).exists(), target


@pytest.mark.parametrize("budget", [150, 300, 500, 1000, 2000])
def test_the_budget_is_never_passed(rich, budget):
    record = rich.json("handoff", "--budget", str(budget))
    size = len(record["text"].encode())
    assert -(-size // 4) <= budget or budget < 300, size
    if size > budget * 4:
        assert "want of room" in record["text"]


def test_the_budget_of_the_settings_holds_for_the_stored_page(rich, checked):
    for i in range(60):
        rich.write(f"note-{i}", "")
    rich.write(
        rich.session,
        rich.read(rich.session)
        + "\n## Lessons\n"
        + "".join(f"- lesson {i} " + "words " * 12 + "\n" for i in range(150)),
    )
    rich.git("add", rich.session)
    rich.git("commit", "-q", "-m", "Lessons")
    assert len(rich.page.encode()) <= 8000
    assert "Parse Retry-After" in rich.page
    assert re.search(r"older lessons?", rich.page)
    rich.write(".sessions/project.yml", rich.read(".sessions/project.yml") + "budget: 600\n")
    rich.git("add", ".sessions/project.yml")
    rich.git("commit", "-q", "-m", "Smaller")
    assert len(rich.page.encode()) <= 2400
    assert checked(rich) == {MASTER: "current"}


def test_facts_in_force_that_do_not_fit_are_counted_first(project, checked):
    project.gs("start", "Many")
    project.write(
        project.session,
        project.read(project.session)
        + "\n## Decisions\n"
        + "".join(f"- decision {i} " + "w " * 60 + "\n" for i in range(200)),
    )
    project.git("add", project.session)
    project.git("commit", "-q", "-m", "Many decisions")
    page = project.page
    assert len(page.encode()) <= 8000
    carried, all_ = re.search(r"In force: (\d+) of (\d+) facts", page).groups()
    assert int(all_) == 200
    assert f"{200 - int(carried)} in force" in page[: page.index("## Now")]
    assert checked(project) == {MASTER: "current"}


def test_time_travel_prints_the_page_of_that_commit(rich):
    for rev in ("HEAD", "HEAD~1", "HEAD~2"):
        assert rich.gs("handoff", rev).stdout == rich.git("show", f"{rev}:{MASTER}").stdout
    for rev in ("nowhere", "-x", "HEAD~99", "a b", ""):
        done = rich.gs("handoff", "--", rev, check=False)
        assert "Traceback" not in done.stderr
        assert (done.returncode == 0) == (rev == "")
    first = rich.git("rev-list", "--max-parents=0", "HEAD").stdout.strip()
    assert "holds no sessions" in rich.gs("handoff", first, check=False).stderr


def test_purity_a_fresh_clone_derives_the_same_bytes(rich, clone):
    rich.git("switch", "-q", "-c", "topic")
    rich.commit("Topic", t="t")
    other = clone(rich, "--no-local")
    env = {
        "TZ": "Pacific/Auckland",
        "LANG": "tr_TR.UTF-8",
        "GIT_AUTHOR_NAME": "Somebody Else",
        "HOME": str(other.root.parent / "nohome"),
    }
    for rev in ("HEAD", "HEAD~1", "HEAD~3"):
        assert other.gs("handoff", rev, **env).stdout == rich.gs("handoff", rev).stdout
    stem = rich.json("status")["session"]
    assert other.gs("handoff", "HEAD", **env).stdout == rich.git("show", f"HEAD:.sessions/handoffs/{stem}.md").stdout


def test_no_cache_changes_the_answer(rich):
    before = [rich.gs("handoff", rev).stdout for rev in ("HEAD", "HEAD~2")]
    folder = rich.root / ".git" / "gitsession"
    for cache in folder.glob("*.cache"):
        cache.write_bytes(b"damaged" + cache.read_bytes()[7:])
    assert [rich.gs("handoff", rev).stdout for rev in ("HEAD", "HEAD~2")] == before
    for cache in folder.glob("*.cache"):
        cache.unlink()
    assert [rich.gs("handoff", rev).stdout for rev in ("HEAD", "HEAD~2")] == before


def test_session_and_json(rich):
    record = rich.json("handoff", "--session", "1")
    assert "Fetch and store feeds" in record["text"]
    assert isinstance(record, dict)
    assert rich.gs("handoff", "--session", "99", check=False).returncode == 1
    assert "Retry on 429" in rich.gs("handoff").stdout


def test_handoff_now_shows_what_is_not_committed(rich):
    rich.gs("todo", "Said a moment ago")
    rich.write("new.py", "x\n")
    said = rich.gs("handoff").stdout
    assert "Said a moment ago" in said
    assert "`new.py` (new)" in said
    assert "Said a moment ago" not in rich.page


# -- check


def commit_raw(project, path, text, message="By hand"):
    project.write(path, text)
    project.git("add", "-f", path)
    project.git("commit", "-q", "--no-verify", "-m", message)


def test_check_says_current_behind_wrong(rich, checked):
    assert rich.gs("handoff", "--check").returncode == 0
    text = rich.read(rich.session)
    commit_raw(rich, rich.session, text.replace("Parse Retry-After", "Parse Retry-After as a date"))
    assert checked(rich) == {MASTER: "behind"}
    assert rich.gs("handoff", "--check").returncode == 0
    assert rich.gs("handoff", "--check", "--strict", check=False).returncode == 1
    rich.commit("Mends it", m="m")
    assert checked(rich) == {MASTER: "current"}
    commit_raw(rich, MASTER, rich.page.replace("Four threads", "Five threads"))
    assert checked(rich) == {MASTER: "wrong"}
    assert rich.gs("handoff", "--check", check=False).returncode == 1
    rich.gs("note", "goes on")
    rich.commit("Mends that, too", n="n")
    assert checked(rich) == {MASTER: "current"}
    commit_raw(rich, MASTER, "nothing left\n")
    assert checked(rich) == {MASTER: "wrong"}


def test_check_finds_a_forgery_with_a_matching_digest(rich, checked):
    """Somebody who writes another page and its digest, too: the checkpoints are the same, and the sections differ."""
    import hashlib

    page = rich.page
    body = page[: page.index("<!-- gitsession:")]
    forged = body.replace("Four threads", "Five threads")
    for value in re.findall(r"body sha256:([0-9a-f]+)", page):
        for candidate in (body, body.rstrip("\n"), body.rstrip("\n") + "\n"):
            if hashlib.sha256(candidate.encode()).hexdigest().startswith(value):
                new = forged[: len(forged) - (len(body) - len(candidate)) or None]
                page = page.replace(body, forged).replace(value, hashlib.sha256(new.encode()).hexdigest()[: len(value)])
                break
        else:
            pytest.skip("the digest's recipe is another")
    commit_raw(rich, MASTER, page)
    assert checked(rich) == {MASTER: "wrong"}


def test_check_in_a_shallow_clone_passes_and_says_so(rich, clone):
    rich.commit("One more", x="x")
    other = clone(rich, "--depth", "1")
    done = other.gs("handoff", "--check")
    assert done.returncode == 0
    assert "current" in done.stdout or "shallow" in done.stdout
    other.gs("start")
    other.gs("status")
    other.gs("init")
    other.gs("note", "in a shallow clone")
    other.commit("Shallow work", s="s")


def test_check_takes_nothing_else(rich):
    assert rich.gs("handoff", "--check", "--session", "1", check=False).returncode == 2
    assert rich.gs("handoff", "--strict", check=False).returncode == 2
    assert rich.gs("handoff", "--budget", "0", check=False).returncode == 2


def test_amend_gives_a_page_that_is_current(rich, checked):
    before = rich.page
    rich.git("commit", "-q", "--amend", "-m", "Skip a feed until then, said better")
    assert rich.page == before
    assert checked(rich) == {MASTER: "current"}
    rich.write("fetch.py", "import asyncio\n")
    rich.write("more.py", "x\n")
    rich.git("add", "fetch.py", "more.py")
    rich.git("commit", "-q", "--amend", "--no-edit")
    assert checked(rich) == {MASTER: "current"}
    assert "more.py" in rich.page
    rich.gs("note", "amended in")
    rich.git("commit", "-q", "--amend", "--no-edit")
    assert checked(rich) == {MASTER: "current"}
    assert "amended in" in rich.page
    assert rich.status() == ""


def test_amend_of_a_branch_commit_keeps_one_session_and_trailer(project, trailers, checked):
    project.git("switch", "-q", "-c", "topic")
    project.commit("Work", a="a")
    project.write("b", "b")
    project.git("add", "b")
    project.git("commit", "-q", "--amend", "--no-edit")
    assert len(project.checkpoints()) == 1
    assert trailers(project) == [project.checkpoints()[0][:-3]]
    assert checked(project)[f".sessions/handoffs/{project.checkpoints()[0]}"] == "current"


# -- edits of the derived page


@pytest.mark.parametrize("staged", [False, True])
def test_edits_of_the_derived_page_are_saved_and_the_way_back_works(rich, staged):
    mine = rich.page.replace("Four threads", "MY OWN WORDS")
    rich.write(MASTER, mine)
    if staged:
        rich.git("add", MASTER)
    rich.gs("note", "more")
    done = rich.commit("More", m="m")
    if staged:
        # What was staged is an object of git already; the page that is committed is derived.
        assert "MY OWN WORDS" not in rich.git("show", f"HEAD:{MASTER}").stdout
        return
    match = re.search(r"your edits to it are kept: (git cat-file -p [0-9a-f]+)$", done.stderr, re.MULTILINE)
    assert match, done.stderr
    assert rich.run(*match[1].split()).stdout == mine
    assert "MY OWN WORDS" not in rich.page
    assert rich.status() == ""


# -- commits of a part


def test_commit_of_a_path_leaves_the_index_clean(rich, checked):
    rich.write("fetch.py", "one\n")
    rich.write("store.py", "two\n")
    rich.git("add", "store.py")
    rich.gs("todo", "staged with the session")
    done = rich.git("commit", "-q", "-m", "Only one", "fetch.py")
    assert "Traceback" not in done.stderr
    assert rich.status() == f"M  {rich.session}\nM  store.py\n"
    assert checked(rich)[MASTER] == "current"
    assert "staged with the session" not in rich.page
    rich.git("commit", "-q", "-m", "The rest")
    assert rich.status() == ""
    assert "staged with the session" in rich.page
    assert checked(rich)[MASTER] == "current"


def test_commit_all_takes_in_tracked_files(rich, checked):
    rich.write("fetch.py", "one\n")
    rich.gs("note", "with it")
    rich.write(rich.session, rich.read(rich.session) + "- by hand\n")
    rich.git("commit", "-qam", "All")
    assert rich.status() == ""
    assert "by hand" in rich.read(rich.session)
    assert checked(rich)[MASTER] == "current"


def test_first_commit_of_a_path_on_a_branch(project, checked, trailers):
    project.git("switch", "-q", "-c", "topic")
    project.write("README.md", "changed\n")
    project.write("other.txt", "o\n")
    project.git("add", "other.txt")
    project.git("commit", "-q", "-m", "Only the readme", "README.md")
    assert project.status() == "A  other.txt\n"
    assert len(trailers(project)) == 1
    assert set(checked(project).values()) <= {"current", "behind"}


def test_commit_of_the_checkpoint_alone(rich, checked):
    rich.gs("decide", "Alone")
    rich.write("fetch.py", "dirty\n")
    rich.git("commit", "-q", "-m", "Facts", rich.session)
    assert rich.status() == " M fetch.py\n"
    assert "Alone" in rich.page
    assert checked(rich)[MASTER] == "current"


ITA = "git/repository.py: staged() shows what was only intended to be added, without --ita-invisible-in-index"


def test_a_checkpoint_that_is_only_intended_to_be_added_refuses_no_commit(project):
    project.write(".sessions/0001-mine-abcd.md", "not ready\n")
    project.git("add", "-N", ".sessions/0001-mine-abcd.md")
    assert project.commit("Other work", check=False).returncode == 0


def test_intent_to_add_is_not_in_the_page(rich):
    rich.write("later.py", "x\n")
    rich.git("add", "-N", "later.py")
    rich.commit("Work", **{"now.py": "x\n"})
    assert "later.py" not in rich.page
    assert rich.status() == " A later.py\n"


def test_copy_without_a_clipboard_says_what_else(rich):
    env = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION"), "")
    done = rich.gs("handoff", "--copy", check=False, **env)
    assert done.returncode == 1
    assert "gitsession handoff" in done.stderr


def test_copy_puts_the_master_prompt_on_the_clipboard(rich, tmp_path):
    tool = tmp_path / "bin" / "xclip"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\ncat >{tmp_path}/clip\n")
    tool.chmod(0o755)
    rich.git("remote", "add", "origin", "git@github.com:ada/feedpost.git")
    env = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "", "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    rich.gs("handoff", "--copy", **env)
    text = (tmp_path / "clip").read_text()
    assert "# Feedpost: handoff" in text
    assert "]: https://github.com/ada/feedpost/blob/main/.sessions/0001-" in text


def test_the_page_in_a_repository_with_crlf_on_checkout(rich, checked):
    rich.git("config", "core.autocrlf", "true")
    rich.gs("note", "crlf")
    rich.commit("Work", w="w")
    assert checked(rich)[MASTER] == "current"
    assert rich.status() == ""
    assert "\r" not in rich.run("git", "cat-file", "blob", f"HEAD:{MASTER}").stdout


def test_sha256_repositories(tmp_path, project, checked):
    other = type(project)(tmp_path / "sha256")
    other.root.mkdir()
    other.git("init", "-q", "-b", "main", "--object-format=sha256")
    other.gs("init")
    other.git("commit", "-q", "-m", "Keep sessions")
    other.gs("run", "--", "true")
    other.commit("Work", a="a")
    assert checked(other) == {MASTER: "current"}
    assert other.status() == ""


def test_start_prints_live_lines_and_the_page_folded_fresh(rich):
    rich.write(MASTER, "a stored page that nobody should trust\n")
    rich.write("dirty.py", "x\n")
    said = rich.gs("start").stdout
    live = [line for line in said.splitlines() if line.startswith("> ")][:6]
    assert any(line.startswith("> On main at ") for line in live)
    assert any("Not committed: 2 files" in line for line in live), live
    assert "nobody should trust" not in said
    assert "Four threads" in said


def test_start_tells_of_sessions_in_progress_elsewhere(project):
    project.git("switch", "-q", "-c", "topic")
    project.commit("Add login", **{"login.py": "x\n"})
    project.git("switch", "-q", "main")
    said = project.gs("start").stdout
    assert "> In progress on topic: [0001-topic-" in said
    assert "touches login.py" in said


def test_master_ci_leaves_the_master_page_to_the_action(project):
    project.write(".sessions/project.yml", project.read(".sessions/project.yml") + "master: ci\n")
    project.git("add", ".sessions")
    project.git("commit", "-q", "-m", "CI")
    before = project.page
    project.gs("note", "one")
    project.commit("Work")
    assert project.page == before


def test_a_commit_of_somebody_without_a_session_keeps_the_newest_of_main_in_now(rich, clone, checked):
    rich.gs("note", "so that Now has more")
    rich.commit("Goes on", g="g")
    title = rich.json("status")["title"]
    other = clone(rich)
    other.gs("init")
    assert other.json("status")["session"] is None
    settings = ".sessions/project.yml"
    other.commit("Bind", **{"theirs.py": "x\n", settings: other.read(settings) + "constraints: [No new service]\n"})
    assert "No new service" in other.page  # derived by that commit
    now = other.page[other.page.index("## Now") :].partition("\n## ")[0]
    assert title in now
    assert checked(other) == {MASTER: "current"}
    assert other.gs("handoff").stdout == other.page
    assert other.gs("handoff", "HEAD").stdout == other.page
    rich.git("pull", "-q", str(other.root), "main")
    assert checked(rich) == {MASTER: "current"}
    assert rich.page == other.page
    assert rich.gs("handoff").stdout == rich.gs("handoff", "HEAD").stdout == other.page

"""What replays commits: rebase, cherry-pick, revert, am, stash. Sessions go with their commits, and nothing is derived meanwhile."""

import pytest

MAIN = ("Main before", "Main after")
TOPIC = ("Topic decides", "Topic step")


def session_of(project, rev):
    """The stem of the newest session in a commit's tree."""
    names = project.git("ls-tree", "--name-only", rev, ".sessions/").stdout.split()
    return max(n.split("/")[1][:-3] for n in names if n.split("/")[1][:4].isdigit())


@pytest.fixture
def topic(diverged):
    """The diverged project, `topic` in work; with the stem of its session."""
    diverged.git("switch", "-q", "topic")
    diverged.stem = session_of(diverged, "topic")
    return diverged


def to_do(words):
    """An editor's script: `words` for the verbs of the first lines of a rebase's list; messages stay as they are, or get a subject."""
    edits = "; ".join(f"{n}s/^pick/{word}/" for n, word in enumerate(words, 1) if word != "pick")
    return f"case $1 in *git-rebase-todo) sed -i '{edits}' $1;; *) sed -i '1s/.*/By the editor/' $1;; esac"


REBASES = {
    "plain": ["main"],
    "apply": ["--apply", "main"],
    "onto": ["--onto", "main", "base"],
    "exec": ["-x", "test -f topic.txt", "main"],
    "merges": ["--rebase-merges", "main"],
    "signoff": ["--signoff", "main"],
    "force": ["--no-ff", "base"],
    "keep-base": ["--keep-base", "main"],
    "autostash": ["--autostash", "main"],
    "update-refs": ["--update-refs", "main"],
}


@pytest.mark.parametrize("args", REBASES.values(), ids=REBASES)
def test_a_rebase_keeps_the_session_and_the_next_commit_mends_the_page(topic, sound, attributed, args):
    onto_main = "main" in args and "--keep-base" not in args
    if "--autostash" in args:
        topic.gs("note", "Staged and not committed")
    done = topic.git("rebase", *args)
    if "--autostash" in args:
        assert "Staged and not committed" in topic.read(f".sessions/{topic.stem}.md")
        topic.git("commit", "-qam", "With the note")
    sessions = attributed(topic, "main.." if onto_main else "base..")
    assert {"Topic one", "Topic two"} <= sessions.keys()
    assert all(stems == [topic.stem] for stems in sessions.values()), sessions
    # Where the apply backend calls post-rewrite, nothing in the git directory says which branch is being rebased.
    sound(topic, None if "--apply" in args else done, *(MAIN if onto_main else MAIN[:1]), *TOPIC)
    assert topic.json("status")["session"] == topic.stem


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        (["reword", "reword"], ()),
        (["pick", "squash"], ()),
        (["pick", "fixup"], ()),
        (["pick", "fixup -C"], ()),
        (["pick", "drop"], TOPIC[1:]),
    ],
    ids=lambda v: "-".join(v).replace(" ", ""),
)
def test_a_rebase_by_list(topic, sound, attributed, trailers, editor, words, lost):
    done = topic.git("rebase", "-i", "main", **editor(to_do(words)))
    sessions = attributed(topic, "main..")
    assert len(sessions) == (1 if "reword" in words or "pick" in words else 2)
    assert all(stems == [topic.stem] for stems in sessions.values()), sessions
    assert set(trailers(topic)) == {topic.stem}
    sound(topic, done, *MAIN, *(f for f in TOPIC if f not in lost))
    assert not set(lost) & set(topic.read(f".sessions/{topic.stem}.md").split("\n"))


def test_commits_in_another_order_are_settled_by_resolve(topic, sound, attributed, editor):
    """Both change the checkpoint at one place: without the one, the other does not fit."""
    env = editor("case $1 in *git-rebase-todo) { sed -n 2p $1; sed -n 1p $1; } >$1.x; mv $1.x $1;; esac")
    done = topic.git("rebase", "-i", "main", check=False, **env)
    for _ in range(2):
        if done.returncode:
            topic.gs("resolve")
            topic.git("checkout", "-q", "--theirs", "--", "topic.txt", check=False)
            topic.git("add", "topic.txt")
            done = topic.git("rebase", "--continue", check=False, GIT_EDITOR="true")
    assert done.returncode == 0, done.stderr
    assert all(stems == [topic.stem] for stems in attributed(topic, "main..").values())
    sound(topic, None, *MAIN, *TOPIC)


def test_a_stop_for_an_edit_records_and_commits_into_the_branchs_session(topic, sound, trailers, editor):
    env = editor(to_do(["edit", "pick"]))
    topic.git("rebase", "-i", "main", **env)
    assert topic.json("status")["session"] == topic.stem
    topic.gs("note", "While it stopped")
    page = topic.read(f".sessions/handoffs/{topic.stem}.md")
    topic.git("commit", "-q", "--amend", "--no-edit")
    assert trailers(topic) == [topic.stem]
    # Derived while commits are replayed, it would stand in the way of those that follow.
    assert topic.read(f".sessions/handoffs/{topic.stem}.md") == page
    done = topic.git("rebase", "--continue", check=False, **env)
    if done.returncode:
        topic.gs("resolve")
        done = topic.git("rebase", "--continue", **env)
    sound(topic, done, *MAIN, *TOPIC, "While it stopped")


def test_autosquash_of_a_fixup_that_records(topic, sound, attributed, editor):
    topic.gs("note", "In the fixup")
    topic.write("topic.txt", "1\n2\n3\n")
    topic.git("add", "topic.txt")
    topic.git("commit", "-q", "--fixup", "HEAD")
    done = topic.git("rebase", "-i", "--autosquash", "main", **editor(":"))
    assert attributed(topic, "main..") == {"Topic one": [topic.stem], "Topic two": [topic.stem]}
    sound(topic, done, *MAIN, *TOPIC, "In the fixup")


@pytest.mark.parametrize("drivers", [True, False], ids=["drivers", "no drivers"])
def test_a_conflict_in_code_and_an_abort(topic, sound, drivers):
    if not drivers:
        topic.git("config", "--remove-section", "merge.gitsession")
        topic.git("config", "--remove-section", "merge.gitsession-derived")
    topic.git("switch", "-q", "main")
    topic.commit("Clash", **{"topic.txt": "of main\n"})
    topic.git("switch", "-q", "topic")
    before = topic.git("rev-parse", "HEAD").stdout, topic.git("config", "--get-regexp", "gitsession$").stdout
    assert topic.git("rebase", "main", check=False).returncode == 1
    assert topic.git("diff", "--name-only", "--diff-filter=U").stdout == "topic.txt\n"
    topic.git("rebase", "--abort")
    assert (topic.git("rev-parse", "HEAD").stdout, topic.git("config", "--get-regexp", "gitsession$").stdout) == before
    done = topic.git("rebase", "-X", "theirs", "main")
    sound(topic, done, *MAIN, *TOPIC)


def test_a_rebase_with_merges_in_it(topic, sound, attributed):
    topic.git("switch", "-q", "-c", "inner", "topic~1")
    topic.gs("learn", "Lesson of inner")
    topic.commit("Inner", inner="i\n")
    inner = session_of(topic, "HEAD")
    topic.git("switch", "-q", "topic")
    topic.git("merge", "-q", "--no-edit", "inner")
    topic.git("switch", "-q", "topic")
    done = topic.git("rebase", "--rebase-merges", "main")
    sessions = attributed(topic, "main..")
    assert sessions == {"Topic one": [topic.stem], "Topic two": [topic.stem], "Inner": [inner]}
    sound(topic, done, *MAIN, *TOPIC, "Lesson of inner")


def test_pull_rebase_with_what_is_recorded_and_not_committed(diverged, clone, sound, trailers):
    mine = session_of(diverged, "main")
    other = clone(diverged)
    other.commit("Of a colleague", colleague="c\n")
    diverged.git("remote", "add", "origin", f"file://{other.root}")
    diverged.git("fetch", "-q", "origin")
    diverged.commit("Of mine", mine="m\n")
    diverged.gs("decide", "Staged only")
    diverged.write("README.md", "changed\n")
    done = diverged.git("pull", "-q", "--rebase", "--autostash", "origin", "main")
    assert trailers(diverged) == [mine]
    assert "Staged only" in diverged.read(diverged.session)
    assert "README.md" in diverged.status()
    diverged.git("commit", "-qam", "All of it")
    sound(diverged, done, *MAIN, "Staged only")


# -- picks, reverts, mail


@pytest.mark.parametrize("args", [["topic~2..topic"], ["-x", "topic~1", "topic"], ["--signoff", "topic~2..topic"]])
def test_picked_commits_bring_their_session(diverged, sound, attributed, args):
    stem = session_of(diverged, "topic")
    done = diverged.git("cherry-pick", *args)
    sessions = attributed(diverged, "-2")
    assert sessions == {"Topic one": [stem], "Topic two": [stem]}
    sound(diverged, None, *MAIN, *TOPIC)
    assert done.stderr == "" or "Traceback" not in done.stderr
    assert "Topic decides" in diverged.page


def test_a_pick_without_a_commit_is_this_sessions_commit(diverged, sound, trailers):
    own = session_of(diverged, "main")
    diverged.git("cherry-pick", "--no-commit", "topic~1")
    diverged.git("commit", "-q", "-m", "Picked by hand")
    assert trailers(diverged) == [own]
    sound(diverged, None, *MAIN, TOPIC[0])


def test_a_pick_that_lacks_what_came_before_it_is_settled_by_resolve(diverged, sound, attributed):
    """The second commit changes a checkpoint that main does not have."""
    stem = session_of(diverged, "topic")
    assert diverged.git("cherry-pick", "topic", check=False).returncode == 1
    diverged.gs("resolve")
    diverged.write("topic.txt", "2\n")
    diverged.git("add", "topic.txt")
    diverged.git("cherry-pick", "--continue", GIT_EDITOR="true")
    assert attributed(diverged, "-1") == {"Topic two": [stem]}
    sound(diverged, None, *MAIN, *TOPIC)


def test_a_reverted_commit_takes_its_facts_along_and_no_others(diverged, sound):
    diverged.git("revert", "--no-edit", "HEAD")
    sound(diverged, None, MAIN[0])
    assert MAIN[1] not in diverged.page


@pytest.mark.parametrize("drivers", [True, False], ids=["drivers", "no drivers"])
def test_an_older_commit_reverted_under_newer_recordings(diverged, sound, drivers):
    """What it recorded goes, what was recorded next to it stays."""
    if not drivers:
        diverged.git("config", "--remove-section", "merge.gitsession")
        diverged.git("config", "--remove-section", "merge.gitsession-derived")
    diverged.gs("note", "Main later")
    diverged.commit("Main three")
    done = diverged.git("revert", "--no-edit", "HEAD~1", check=False)
    assert (done.returncode == 0) == drivers
    if done.returncode:
        diverged.gs("resolve")
        diverged.git("revert", "--continue", GIT_EDITOR="true")
    sound(diverged, None, "Main before", "Main later")
    assert "Main after" not in diverged.read(diverged.session)


def test_a_reverted_merge_and_its_return(diverged, sound):
    diverged.git("merge", "-q", "--no-edit", "topic")
    diverged.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert len(diverged.checkpoints()) == 1
    diverged.git("revert", "--no-edit", "HEAD")
    sound(diverged, None, *MAIN, *TOPIC)
    assert "Topic decides" in diverged.page


def test_commits_by_mail_bring_their_session(diverged, sound, attributed):
    stem = session_of(diverged, "topic")
    mails = diverged.git("format-patch", "--stdout", "-2", "topic").stdout
    diverged.run("git", "am", "-q", stdin=mails)
    assert attributed(diverged, "-2") == {"Topic one": [stem], "Topic two": [stem]}
    sound(diverged, None, *MAIN, *TOPIC)


def test_a_mail_whose_page_the_default_branch_dropped_is_settled_by_resolve(diverged, sound, attributed):
    """Main has the first commit, and no page of its session any more; the mail of the second changes that page."""
    stem = session_of(diverged, "topic")
    diverged.git("merge", "-q", "--squash", "topic~1")
    diverged.git("commit", "-q", "-m", "The first by another way")
    mail = diverged.git("format-patch", "--stdout", "-1", "topic").stdout
    assert diverged.run("git", "am", "-q", "-3", stdin=mail, check=False).returncode
    assert {line.split("\t")[1] for line in diverged.git("ls-files", "-u").stdout.splitlines()} == {
        f".sessions/handoffs/{stem}.md"
    }
    diverged.gs("resolve")
    diverged.git("am", "--continue")
    assert attributed(diverged, "-1") == {"Topic two": [stem]}
    sound(diverged, None, *MAIN, *TOPIC)


# -- stash


def test_a_stash_keeps_what_was_recorded_staged_and_not(topic, sound):
    topic.gs("note", "Staged in the stash")
    text = topic.read(topic.session) + "- By hand, not staged\n"
    topic.write(topic.session, text)
    topic.write("new.txt", "untracked\n")
    topic.git("stash", "push", "-q", "-u")
    assert topic.status() == ""
    assert "Staged in the stash" not in topic.read(topic.session)
    topic.git("stash", "pop", "-q", "--index")
    assert topic.read(topic.session) == text
    assert "Staged in the stash" in topic.staged(topic.session)
    assert "By hand" not in topic.staged(topic.session)
    topic.git("add", "-A")
    topic.git("commit", "-q", "-m", "All")
    sound(topic, None, *TOPIC, "Staged in the stash", "By hand, not staged")


@pytest.mark.parametrize("drivers", [True, False], ids=["drivers", "no drivers"])
def test_a_stash_popped_onto_other_recordings(topic, sound, drivers):
    if not drivers:
        topic.git("config", "--remove-section", "merge.gitsession")
    topic.gs("todo", "Recorded first")
    topic.git("stash", "push", "-q")
    topic.gs("todo", "Recorded meanwhile")
    topic.commit("Meanwhile", meanwhile="m\n")
    done = topic.git("stash", "pop", check=False)
    if done.returncode:
        assert not drivers
        topic.gs("resolve")
        topic.git("stash", "drop", "-q")
    topic.git("add", "-A")
    topic.git("commit", "-q", "-m", "Both")
    sound(topic, None, *TOPIC, "Recorded first", "Recorded meanwhile")


def test_a_stashed_session_that_is_in_no_commit_yet(project, sound, trailers):
    project.gs("start", "Begin something")
    project.gs("decide", "Stashed with it")
    project.git("stash", "push", "-q")
    assert project.json("status")["session"] is None
    project.commit("In between", between="b\n")
    assert trailers(project) == []
    project.git("stash", "pop", "-q")
    stem = project.json("status")["session"]
    assert stem
    project.commit("Goes on", on="o\n")
    assert trailers(project) == [stem]
    sound(project, None, "Stashed with it")

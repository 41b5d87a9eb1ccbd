"""What machines drew from a conversation after the last commit: it waits, is shown, and enters the checkpoint with the next commit."""

import os

import pytest

from gitsession.model.draft import Draft
from gitsession.store.inbox import Entry, add_entry, inbox_folder, read_inbox
from gitsession.workflow.drawing import digest

FACTS = (Draft("decision", "Use argon2id, because bcrypt truncates"), Draft("step", "Rate-limit sign-in", " "))


def capture(project, *drafts: Draft, stem: str = "", branch: str = "main") -> str:
    return add_entry(str(project.root / ".git"), Entry(stem, branch, "c1", drafts or FACTS))


def inbox(project) -> list[str]:
    folder = project.root / ".git" / "gitsession" / "inbox"
    return sorted(os.listdir(folder)) if folder.exists() else []


def stem(project) -> str:
    return project.checkpoints()[-1].removesuffix(".md")


def test_the_next_commit_takes_it_in_and_only_that(working, checked) -> None:
    capture(working, stem=stem(working))
    assert working.status() == ""  # the tree is clean behind committed work
    said = "2 facts captured from the agent's session wait for the next commit"
    assert said in working.gs("start").stdout
    assert said in working.gs("status").stdout
    assert any(said in line for line in working.json("status")["live"])
    assert working.git("commit", "-q", "-m", "Nothing", check=False).returncode == 1  # nor does it make an empty commit one
    assert working.status() == ""
    assert inbox(working)
    done = working.commit("Go on")
    assert "2 facts captured from the agent's session are in" in done.stderr
    shown = working.git("show", "--name-only", "--format=", "HEAD").stdout
    assert working.session in shown
    committed = working.git("show", f"HEAD:{working.session}").stdout
    assert "- Use argon2id, because bcrypt truncates\n" in committed
    assert "- [ ] Rate-limit sign-in\n" in committed
    assert "Rate-limit sign-in" in working.page
    assert working.status() == ""
    assert inbox(working) == []
    assert checked(working) == {".sessions/HANDOFF.md": "current"}
    assert "wait for" not in working.gs("status").stdout


def test_recorded_and_captured_facts_meet_in_one_commit(working) -> None:
    capture(working, stem=stem(working))
    working.gs("decide", "By hand")
    working.write(working.session, working.read(working.session) + "\n## Notes\n- Not staged\n")
    working.commit("Go on")
    committed = working.git("show", f"HEAD:{working.session}").stdout
    assert "By hand" in committed
    assert "Use argon2id" in committed
    assert "Not staged" not in committed
    assert "Not staged" in working.read(working.session)
    assert working.status() == f" M {working.session}\n"


def test_several_captures_say_nothing_twice(working) -> None:
    capture(working)
    capture(working, *FACTS, Draft("lesson", "Lock the cron job"))
    done = working.commit("Go on")
    text = working.read(working.session)
    assert [text.count(w) for w in ("Use argon2id", "Rate-limit", "Lock the cron")] == [1, 1, 1]
    assert "3 facts captured" in done.stderr


def test_a_conversation_captured_again_brings_what_is_new(working) -> None:
    """What of it a person took out since does not come back, and what it says no more goes."""
    facts = [f._replace(turn="c1#3") for f in FACTS]
    capture(working, *facts)
    working.commit("Go on")
    text = working.read(working.session)
    working.write(working.session, "".join(line for line in text.splitlines(keepends=True) if "argon2id" not in line))
    working.git("add", ".sessions")
    before = tuple(map(digest, facts))
    new = (facts[0], Draft("lesson", "Lock the cron job", turn="c1#9"))
    add_entry(str(working.root / ".git"), Entry("", "main", "c1", new, before))
    assert "1 fact captured from the agent's session waits" in working.gs("status").stdout
    done = working.commit("Once more")
    assert "1 fact captured from the agent's session is in" in done.stderr
    text = working.read(working.session)
    assert [text.count(w) for w in ("Use argon2id", "Rate-limit", "Lock the cron")] == [0, 0, 1]


@pytest.mark.parametrize("gone", ["ended", "removed"])
def test_what_was_meant_for_a_session_that_is_over_goes_to_the_next(working, gone) -> None:
    capture(working, stem=stem(working))
    if gone == "ended":
        working.git("config", "--unset", "branch.main.gitsession")
    else:
        working.git("rm", "-q", "--cached", working.session)
        (working.root / working.session).unlink()
        working.git("commit", "-q", "-m", "Remove it")
    assert "wait for a session on this branch" in working.gs("status").stdout
    working.commit("On no session")
    assert inbox(working)
    working.gs("start", "The next")
    working.commit("Go on")
    assert "Use argon2id" in working.read(working.session)
    assert "the-next" in working.session
    assert inbox(working) == []


def test_the_commit_that_ends_a_session_takes_in_what_is_its(working) -> None:
    capture(working, stem=stem(working))
    working.gs("complete")
    working.commit("End")
    assert "Use argon2id" in working.git("show", f"HEAD:{working.session}").stdout
    assert working.status() == ""


def test_each_branch_takes_its_own(working) -> None:
    main = working.session
    capture(working, stem=stem(working))
    working.git("switch", "-q", "-c", "topic")
    working.gs("start", "Topic")
    assert "wait" not in working.gs("status").stdout
    capture(working, Draft("decision", "Of the topic"), branch="topic")
    working.commit("On topic")
    text = working.read(next(f".sessions/{c}" for c in working.checkpoints() if "topic" in c))
    assert "Of the topic" in text
    assert "argon2id" not in text
    working.git("switch", "-q", "main")
    working.commit("On main")
    assert "argon2id" in working.read(main)


def test_a_session_keeps_its_own_when_its_branch_is_renamed(working) -> None:
    working.git("switch", "-q", "-c", "topic")
    working.gs("start", "First")
    first = working.session
    working.commit("First")
    capture(working, stem=stem(working), branch="topic")
    working.git("branch", "-m", "renamed")
    working.git("switch", "-q", "-c", "topic")
    working.gs("start", "Second")
    working.commit("On the new one")
    assert inbox(working)
    working.git("switch", "-q", "renamed")
    working.commit("On the old one")
    assert "argon2id" in working.read(first)
    assert inbox(working) == []


def test_a_merge_takes_nothing_in(diverged) -> None:
    diverged.write("main.txt", "theirs\n")
    diverged.git("switch", "-q", "-f", "topic")
    diverged.commit("Conflict", **{"main.txt": "theirs\n"})
    diverged.git("switch", "-q", "main")
    capture(diverged)
    assert diverged.git("merge", "-q", "topic", check=False).returncode == 1
    diverged.write("main.txt", "both\n")
    diverged.git("commit", "-q", "-a", "-m", "Merge")
    assert inbox(diverged)
    assert diverged.status() == ""
    diverged.commit("Go on")
    assert inbox(diverged) == []


def test_nothing_is_taken_in_while_rebasing(working) -> None:
    working.git("switch", "-q", "-c", "topic", "HEAD~1")
    working.gs("start", "Topic")
    working.commit("Topic", **{"t.txt": "t\n"})
    working.git("switch", "-q", "main")
    working.commit("Main", **{"m.txt": "m\n"})
    working.git("switch", "-q", "topic")
    capture(working, branch="topic")
    working.git("rebase", "-q", "--exec", "git commit -q --amend --no-edit", "main")
    assert inbox(working)
    assert working.status() == ""
    working.commit("Go on")
    assert inbox(working) == []


@pytest.mark.parametrize("args", [("--amend", "--no-edit"), ("-a",), ("--", "a.txt")], ids=["amend", "all", "paths"])
def test_every_kind_of_commit_leaves_the_tree_clean(working, args) -> None:
    capture(working, stem=stem(working))
    working.write("a.txt", "changed\n")
    if args[0] == "--amend":
        working.git("add", "a.txt")
    working.git("commit", "-q", "-m", "Go on", *args)
    assert "Use argon2id" in working.git("show", f"HEAD:{working.session}").stdout
    assert working.status() == ""


def test_a_commit_of_paths_leaves_it_where_other_facts_wait(working) -> None:
    capture(working, stem=stem(working))
    working.gs("decide", "Staged, and not in this commit")
    working.write("a.txt", "changed\n")
    working.git("commit", "-q", "-m", "Paths", "--", "a.txt")
    assert inbox(working)
    assert working.status() == f"M  {working.session}\n"
    working.git("commit", "-q", "-m", "The rest")
    text = working.git("show", f"HEAD:{working.session}").stdout
    assert "Staged, and not" in text
    assert "Use argon2id" in text


def test_a_secret_is_in_no_entry_and_no_checkpoint(working, secret) -> None:
    path = capture(working, Draft("note", f"The token is {secret}"), stem=stem(working))
    with open(path, encoding="utf-8") as file:
        assert secret not in file.read()
    working.commit("Go on")
    assert secret not in working.read(working.session)
    assert "The token is [REDACTED" in working.read(working.session)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"schema": 99}', b"\xff\xfe", b'{"schema": 1, "drafts": [1]}', b"[" * 100_000])
def test_a_damaged_entry_is_set_aside_and_told(working, data) -> None:
    path = capture(working, stem=stem(working))
    with open(path, "wb") as file:
        file.write(data)
    capture(working, Draft("lesson", "Still there"))
    done = working.commit("Go on")
    assert f"set aside: {path}.damaged" in done.stderr
    assert "Still there" in working.read(working.session)
    assert [name.rpartition(".")[2] for name in inbox(working)] == ["damaged"]


def test_a_checkpoint_that_cannot_be_read_keeps_it_waiting(working) -> None:
    capture(working, stem=stem(working))
    whole = working.read(working.session)
    working.write(working.session, whole.replace("status: active", "status: [active"))
    working.commit("Go on")
    assert inbox(working)
    working.write(working.session, whole)
    working.commit("Again")
    assert inbox(working) == []


def test_an_entry_without_facts_is_none(tmp_path) -> None:
    assert add_entry(str(tmp_path), Entry("", "main", "c1", ())) == ""
    assert read_inbox(str(tmp_path)) == ([], [])
    assert not os.path.exists(inbox_folder(str(tmp_path)))

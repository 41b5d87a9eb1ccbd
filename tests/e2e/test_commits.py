"""What hooks do to commits of all kinds: trailers, rebases, picks, merges, other people's hooks, faults of our own."""

import os
import re
import sys

import pytest

MASTER = ".sessions/HANDOFF.md"


def message(project, rev="HEAD"):
    return project.git("log", "-1", "--format=%B", rev).stdout.rstrip("\n")


def editor(tmp_path, script):
    """A `GIT_EDITOR` that runs a shell script on the file `$1`."""
    path = tmp_path / "editor.sh"
    path.write_text("#!/bin/sh\n" + script + "\n")
    path.chmod(0o755)
    return {"GIT_EDITOR": str(path), "GIT_SEQUENCE_EDITOR": str(path)}


def stage(project, name="work.txt", text="work\n"):
    project.write(name, text)
    project.git("add", name)


@pytest.fixture
def working(project):
    """A project with a session in progress on main, one commit in it."""
    project.gs("start", "Work")
    project.commit("Begin work")
    return project


def stem(project):
    return project.checkpoints()[-1][:-3]


# -- trailers


MESSAGES = {
    "subject": ("Subject", "Subject\n\nSession: STEM"),
    "body": ("Subject\n\nBody of it.", "Subject\n\nBody of it.\n\nSession: STEM"),
    "trailers": (
        "Subject\n\nBody.\n\nReviewed-by: Bo <bo@example.com>",
        "Subject\n\nBody.\n\nReviewed-by: Bo <bo@example.com>\nSession: STEM",
    ),
    "own": ("Subject\n\nSession: 0001-other-abcd", "Subject\n\nSession: 0001-other-abcd"),
    "squash": ("Subject\n\n* One\n\n  Session: 0001-other-abcd", "Subject\n\n* One\n\n  Session: 0001-other-abcd"),
    "colon": ("fix: subject", "fix: subject\n\nSession: STEM"),
    "unicode": ("Sübject 🎉", "Sübject 🎉\n\nSession: STEM"),
    "hash": ("Fix\n\n#12 is gone", "Fix\n\n#12 is gone\n\nSession: STEM"),
    "no blank": ("Subject\nmore of it", "Subject\nmore of it\n\nSession: STEM"),
}


def test_the_trailer_is_added_once_at_the_right_place(working):
    for name, (given, expected) in MESSAGES.items():
        stage(working, "f.txt", name)
        working.git("commit", "-q", "-m", given)
        assert message(working) == expected.replace("STEM", stem(working)), name


def test_an_editor_that_aborts_makes_no_commit(working, tmp_path):
    head = working.git("rev-parse", "HEAD").stdout
    for script in (":", "printf '# only a comment\\n' >$1", "exit 1", ": >$1"):
        stage(working, text=script)
        assert working.git("commit", check=False, **editor(tmp_path, script)).returncode != 0
        assert working.git("commit", "-v", check=False, **editor(tmp_path, script)).returncode != 0
    assert working.git("rev-parse", "HEAD").stdout == head
    working.git("commit", "-q", "-m", "At last")
    assert working.status() == ""
    assert message(working).endswith("Session: " + stem(working))


def test_an_editor_that_writes_gets_the_trailer_and_verbose_keeps_no_diff(working, tmp_path):
    stage(working)
    written = editor(tmp_path, "{ echo 'From the editor'; cat $1; } >$1.x; mv $1.x $1")
    working.git("commit", "-q", "-v", **written)
    assert message(working) == f"From the editor\n\nSession: {stem(working)}"


def test_a_template_that_nobody_edited_makes_no_commit(working, tmp_path):
    (tmp_path / "template").write_text("Why:\n\nHow:\n")
    working.git("config", "commit.template", str(tmp_path / "template"))
    stage(working)
    assert working.git("commit", check=False, **editor(tmp_path, ":")).returncode != 0
    working.git("commit", "-q", **editor(tmp_path, "echo 'Because' >>$1"))
    assert message(working).endswith("Session: " + stem(working))
    stage(working, text="again\n")
    working.git("commit", "-q", "-m", "With a template about")
    assert message(working) == f"With a template about\n\nSession: {stem(working)}"


def test_a_commit_msg_hook_of_others_that_refuses(working):
    hook = working.root / ".git" / "hooks" / "commit-msg.before-gitsession"
    hook.write_text("#!/bin/sh\ngrep -q '^ABC-' $1 || { echo 'no ticket' >&2; exit 1; }\n")
    hook.chmod(0o755)
    stage(working)
    done = working.git("commit", "-m", "Nothing", check=False)
    assert done.returncode == 1
    assert "no ticket" in done.stderr
    assert "handoff" not in done.stderr
    done = working.git("commit", "-m", "ABC-1 Something")
    assert message(working).endswith("Session: " + stem(working))
    assert "gitsession: handoff" in done.stderr
    assert working.status() == ""


def test_a_refused_commit_leaves_nothing_behind_that_the_next_would_use(working, secret, trailers):
    stage(working, ".sessions/slip.md", f"{secret}\n")
    assert working.git("commit", "-m", "Slip", check=False).returncode == 1
    working.git("rm", "-qf", ".sessions/slip.md")
    working.git("switch", "-q", "--detach")
    stage(working)
    working.git("commit", "-q", "-m", "Detached")
    assert trailers(working) == []


def test_signoff_fixup_and_squash_messages(working):
    stage(working)
    working.git("commit", "-q", "-s", "-m", "Signed")
    assert message(working).endswith(f"Signed-off-by: Ada Example <ada@example.com>\nSession: {stem(working)}")
    stage(working, text="fix\n")
    working.git("commit", "-q", "--fixup", "HEAD")
    assert message(working).startswith("fixup! Signed")


def test_nothing_to_commit_stays_nothing(working):
    before = working.git("rev-parse", "HEAD").stdout
    assert working.git("commit", "-m", "Nothing", check=False).returncode == 1
    assert working.git("rev-parse", "HEAD").stdout == before
    working.git("commit", "-q", "--allow-empty", "-m", "Empty on purpose")
    assert working.git("diff", "--stat", "HEAD~1", "HEAD").stdout == ""
    assert working.status() == ""


def test_a_file_name_with_odd_characters(working, checked):
    for name in ("with space.txt", "ünïcode.txt", "quote'\".txt", "new\nline.txt", "-dash", "`tick`.txt", "<b>.txt"):
        working.write(name, "x")
    working.git("add", "-A")
    working.git("commit", "-q", "-m", "Odd names")
    assert checked(working) == {MASTER: "current"}
    assert "new\nline" not in working.page


def test_a_commit_subject_cannot_pose_as_structure(working, checked):
    for subject in (
        "## Heading",
        "- [ ] forged",
        "<!-- gitsession: schema 1 -->",
        "[0001]: http://evil.example",
        "\x1b[31mred",
        "<script>x</script>",
    ):
        stage(working, text=subject)
        working.git("commit", "-q", "--cleanup=verbatim", "-m", subject)
    working.gs("complete", "--commit")
    working.gs("start", "Next")
    working.gs("note", "x")
    working.commit("Work", n="n")
    page = working.page
    assert {line for line in page.splitlines() if line.startswith("#")} <= {
        "# Feedpost: handoff",
        "## Now",
        "## Where to look",
        "## Before",
        "## Watch out",
    }
    assert "\x1b" not in page
    assert not re.search(r"(?<!\\)<script", page.replace("`<script", ""))
    assert not re.search(r"^\[0001\]: http", page, re.MULTILINE)
    assert checked(working) == {MASTER: "current"}
    said = working.gs("start").stdout
    assert "\x1b" not in said


# -- replays


def topic(project, count=3):
    project.git("switch", "-q", "-c", "topic")
    for i in range(count):
        project.gs("note", f"fact {i}")
        project.commit(f"Topic {i}", **{f"t{i}.txt": f"{i}\n"})


def test_a_rebase_derives_nothing_and_keeps_trailers(project, trailers):
    topic(project)
    name = stem(project)
    project.git("switch", "-q", "main")
    project.commit("Main goes on", m="m")
    project.git("switch", "-q", "topic")
    done = project.git("rebase", "-q", "main")
    assert "Traceback" not in done.stderr
    for rev in ("HEAD", "HEAD~1", "HEAD~2"):
        assert trailers(project, rev) == [name]
    assert project.status() == ""
    assert project.json("status")["session"] == name
    project.commit("After", after="a")
    assert trailers(project) == [name]


@pytest.mark.parametrize("action", ["edit", "squash", "reword", "fixup", "drop"])
def test_rebase_interactive(project, tmp_path, trailers, action):
    topic(project)
    name = stem(project)
    other = "pick" if action in ("squash", "fixup") else action
    script = (
        "case $1 in *git-rebase-todo) "
        f"awk '/^pick/ {{ n++; if (n == 2) sub(/^pick/, \"{action}\") }} {{ print }}' $1 >$1.x; mv $1.x $1;;"
        f" *) [ {other} != reword ] || sed -i '1s/.*/Reworded/' $1;; esac"
    )
    env = editor(tmp_path, script)
    done = project.git("rebase", "-i", "main", check=False, **env)
    if action == "edit":
        assert done.returncode == 0, done.stderr
        stage(project, "edited.txt")
        done = project.git("commit", "--amend", "--no-edit")
        assert "handoff of" not in done.stderr
        stage(project, "between.txt")
        project.git("commit", "-q", "-m", "In between")
        project.git("rebase", "--continue", **env)
    if action == "drop" and done.returncode:
        # The page and the checkpoint of the third commit build on the second: git stops, and resolve settles ours.
        project.gs("resolve")
        project.git("rebase", "--continue", **env)
    assert "rebase" not in project.git("status").stdout, project.git("status").stdout
    assert project.status() == ""
    assert trailers(project)[-1] == name
    assert message(project).count("Session:") == 1
    project.commit("After", after="a")
    assert trailers(project) == [name]
    assert project.json("handoff", "--check")


def test_a_secret_is_found_in_a_rebase_too(project, tmp_path, secret):
    topic(project)
    env = editor(tmp_path, "sed -i '1s/^pick/edit/' $1")
    project.git("rebase", "-i", "main", **env)
    stage(project, ".sessions/slip.md", f"{secret}\n")
    assert project.git("commit", "--amend", "--no-edit", check=False).returncode == 1
    project.git("rebase", "--abort")


def test_cherry_pick_and_revert_are_not_marked_and_derive_nothing(project, trailers):
    topic(project, 1)
    name = stem(project)
    project.git("switch", "-q", "-c", "other", "main")
    project.commit("Other", o="o")
    own = next(s[:-3] for s in project.checkpoints() if s[:-3] != name)
    project.git("cherry-pick", "topic")
    assert trailers(project) == [name]
    assert project.status() == ""
    assert project.json("status")["session"] == own
    project.git("revert", "--no-edit", "HEAD")
    assert trailers(project) == []
    assert project.status() == ""
    done = project.commit("Goes on", p="p")
    assert "handoff" in done.stderr
    assert trailers(project) == [own]


def test_cherry_pick_with_a_conflict_in_code(project, trailers):
    project.commit("Base", **{"c.txt": "base\n"})
    project.git("switch", "-q", "-c", "topic")
    project.commit("Theirs", **{"c.txt": "theirs\n"})
    name = stem(project)
    project.git("switch", "-q", "main")
    project.commit("Ours", **{"c.txt": "ours\n"})
    assert project.git("cherry-pick", "topic", check=False).returncode == 1
    stage(project, "c.txt", "both\n")
    project.git("-c", "core.editor=true", "cherry-pick", "--continue", GIT_EDITOR="true")
    assert trailers(project) == [name]
    assert project.status() == ""


def test_stash_and_reset_are_left_alone(working):
    stage(working)
    working.gs("note", "stashed")
    working.git("stash", "-q")
    assert working.status() == ""
    working.git("stash", "pop", "-q")
    assert "stashed" in working.read(working.session)


# -- merges


def two_branches(project):
    project.git("switch", "-q", "-c", "one")
    project.gs("decide", "One thing")
    project.commit("One", **{"one.txt": "1\n"})
    project.git("switch", "-q", "-c", "two", "main")
    project.gs("decide", "Two things")
    project.commit("Two", **{"two.txt": "2\n"})


def test_a_merge_only_scans_the_page_is_behind_and_the_next_commit_mends_it(project, checked, trailers):
    two_branches(project)
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-edit", "one")
    done = project.git("merge", "--no-edit", "two")
    assert "behind" in done.stdout + done.stderr
    assert project.status() == ""
    assert trailers(project) == []
    assert checked(project)[MASTER] == "behind"
    project.commit("Next", next="n")
    assert checked(project) == {MASTER: "current"}  # branch pages are gone: the default branch holds their sessions
    assert "One thing" in project.page
    assert "Two things" in project.page
    assert not (project.root / ".sessions" / "handoffs").exists()
    assert project.status() == ""


def test_merging_in_either_order_gives_the_same_page(project, clone):
    two_branches(project)
    pages = []
    for order in (("one", "two"), ("two", "one")):
        other = clone(project, name="-".join(order))
        other.git("switch", "-q", "main")
        for name in order:
            other.git("merge", "-q", "--no-ff", "--no-edit", f"origin/{name}")
        said = other.gs("handoff").stdout
        pages.append(re.sub(r"<!--.*-->", "", said))
    assert pages[0] == pages[1]


def test_session_branches_never_conflict_without_drivers(project):
    project.gs("note", "on main")
    project.commit("Main")
    two_branches(project)
    for key in ("merge.gitsession", "merge.gitsession-derived"):
        project.git("config", "--remove-section", key)
    done = project.git("merge-tree", "--write-tree", "one", "two", check=False)
    assert done.returncode == 0, done.stdout


def test_a_secret_brought_by_a_merge_is_refused(project, secret):
    project.git("switch", "-q", "-c", "topic")
    stage(project, ".sessions/slip.md", f"{secret}\n")
    project.git("commit", "-q", "--no-verify", "-m", "Slip")
    project.git("switch", "-q", "main")
    project.commit("Main", m="m")
    done = project.git("merge", "--no-edit", "topic", check=False)
    assert done.returncode != 0
    assert "commit refused" in done.stderr
    assert secret not in done.stderr


def test_squash_and_fast_forward_merges(project, checked):
    topic(project, 2)
    name = stem(project)
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--squash", "topic")
    project.git("commit", "-q", "-m", "Squashed")
    assert checked(project)[MASTER] == "current"
    assert "fact 1" in project.page
    assert name in [r["stem"] for r in project.json("list")]
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.git("merge", "-q", "--ff-only", "topic")
    project.commit("Next", n="n")
    assert checked(project)[MASTER] == "current"


def test_a_merge_with_a_conflict_in_code_is_committed_by_hand(project, checked):
    project.commit("Base", **{"c.txt": "base\n"})
    project.git("switch", "-q", "-c", "topic")
    project.gs("decide", "From the topic")
    project.commit("Theirs", **{"c.txt": "theirs\n"})
    project.git("switch", "-q", "main")
    project.commit("Ours", **{"c.txt": "ours\n"})
    assert project.git("merge", "topic", check=False).returncode == 1
    stage(project, "c.txt", "both\n")
    project.git("commit", "-q", "--no-edit")
    assert checked(project)[MASTER] in ("current", "behind")
    assert project.status() == ""


def test_a_page_that_history_alone_left_behind_is_not_called_wrong(project, checked):
    project.commit("Base", **{"c.txt": "base\n"})
    project.git("switch", "-q", "-c", "topic")
    project.gs("decide", "From the topic")
    project.commit("Theirs", **{"c.txt": "theirs\n"})
    project.git("switch", "-q", "main")
    project.commit("Ours", **{"c.txt": "ours\n"})
    project.git("merge", "topic", check=False)
    stage(project, "c.txt", "both\n")
    project.git("commit", "-q", "--no-edit")
    project.commit("Next", n="n")
    assert checked(project)[MASTER] in ("current", "behind")


def test_the_same_checkpoint_edited_on_two_branches_is_united(project):
    pytest.importorskip("gitsession.formats.merge")
    project.gs("note", "base")
    project.commit("Base")
    path = project.session
    for branch in ("one", "two"):
        project.git("switch", "-q", "-c", branch, "main")
        project.write(path, project.read(path) + f"- from {branch}\n")
        project.git("commit", "-qam", branch, "--no-verify")
    done = project.git("merge", "--no-edit", "one", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    text = project.read(path)
    assert "<<<<" not in text
    for words in ("base", "from one", "from two"):
        assert text.count(f"- {words}\n") == 1


def test_resolve_settles_modify_and_delete(project):
    pytest.importorskip("gitsession.formats.merge")
    project.gs("note", "base")
    project.commit("Base")
    path = project.session
    project.git("switch", "-q", "-c", "gone")
    project.git("rm", "-q", path)
    project.git("commit", "-q", "--no-verify", "-m", "Remove")
    project.git("switch", "-q", "main")
    project.gs("note", "more")
    project.commit("More")
    assert project.git("merge", "gone", check=False).returncode == 1
    said = project.gs("resolve").stdout
    assert f"{path}: kept" in said
    project.git("commit", "-q", "--no-edit")
    assert "more" in project.read(path)
    assert project.status() == ""
    assert "nothing under .sessions/ is in conflict" in project.gs("resolve").stdout


# -- other writers: --no-verify, the web


def test_a_commit_past_the_hooks_is_mended_by_the_next(working, checked):
    text = working.read(working.session)
    working.write(working.session, text + "\n## Decisions\n- From the web\n")
    working.git("commit", "-qam", "On the web", "--no-verify")
    assert checked(working) == {MASTER: "behind"}
    working.commit("Next", n="n")
    assert checked(working) == {MASTER: "current"}
    assert "From the web" in working.page


def test_another_sessions_branch_page_is_mended_with_its_checkpoint(project, checked):
    two_branches(project)
    first = next(
        n for n in project.git("ls-tree", "--name-only", "one", ".sessions/").stdout.split() if re.search(r"/0\d+-", n)
    )
    project.git("switch", "-q", "one")
    project.git("switch", "-q", "-c", "three")
    project.write(first, project.read(first) + "\n## Lessons\n- By another hand\n")
    project.git("add", first)
    project.commit("Three", three="3")
    page = first.replace(".sessions/", ".sessions/handoffs/")
    assert "By another hand" in project.read(page)
    assert checked(project)[page] == "current"


# -- faults of our own


def break_hook(project, tmp_path, code):
    """Make the pre-commit hook run `code` before ours: a fault of our own, as it might happen."""
    stub = tmp_path / "python"
    stub.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import sys\n{code}\n"
        "from gitsession.hook import main\nmain(sys.argv[1:])' \"$5\"\n"
    )
    stub.chmod(0o755)
    hook = project.read(".git/hooks/pre-commit")
    project.write(".git/hooks/pre-commit", re.sub(r"^python=.*$", f"python={stub}", hook, count=1, flags=re.MULTILINE))


def test_a_fault_in_deriving_lets_the_commit_go_with_a_warning(working, tmp_path, secret):
    break_hook(
        working,
        tmp_path,
        'import gitsession.workflow.commit as c\ndef bad(*a): raise RuntimeError("a bug gh" "p_" + "a1B2c3D4e5F6" * 3)\nc.derive_page = bad',
    )
    stage(working)
    done = working.git("commit", "-m", "Goes all the same")
    assert "the handoff was not derived, and the commit goes on: RuntimeError: a bug [REDACTED:GitHub token]" in done.stderr
    assert "Traceback" not in done.stderr
    stage(working, ".sessions/slip.md", f"{secret}\n")
    assert working.git("commit", "-m", "But no secret", check=False).returncode == 1


def test_what_a_fault_of_the_hook_itself_says_holds_no_secret(working, tmp_path):
    break_hook(
        working,
        tmp_path,
        'import gitsession.git as g\ndef bad(*a, **k): raise ValueError("read gh" "p_" + "a1B2c3D4e5F6" * 3)\ng.Repository.of_hook = bad',
    )
    stage(working)
    done = working.git("commit", "-m", "Refused", check=False)
    assert done.returncode == 1
    assert "gitsession: pre-commit: ValueError: read [REDACTED:GitHub token]" in done.stderr


def test_a_fault_in_reading_lets_the_commit_go_too(working, tmp_path):
    break_hook(
        working,
        tmp_path,
        'import gitsession.store.kept as s\ndef bad(*a, **k): raise RuntimeError("a bug")\ns.load_cache = bad',
    )
    stage(working)
    done = working.git("commit", "-m", "Goes all the same", check=False)
    assert done.returncode == 0, done.stderr
    assert "the commit goes on" in done.stderr


def test_a_cache_folder_that_is_in_the_way_costs_nothing(working):
    folder = working.root / ".git" / "gitsession"
    working.run("rm", "-rf", str(folder))
    folder.write_text("not a folder\n")
    done = working.commit("Work", check=False, w="w")
    assert done.returncode == 0
    done = working.gs("note", "x", check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) <= 2
    working.gs("handoff")
    working.gs("status")


def test_history_with_missing_objects_lets_the_commit_go(working):
    working.commit("Two", two="2")
    working.commit("Three", three="3")
    oid = working.git("rev-parse", "HEAD~1").stdout.strip()
    for cache in (working.root / ".git" / "gitsession").glob("*.cache"):
        cache.unlink()
    lost = working.root / ".git" / "objects" / oid[:2] / oid[2:]
    lost.chmod(0o600)
    lost.unlink()
    stage(working)
    done = working.git("commit", "-m", "All the same", check=False)
    assert done.returncode == 0, done.stderr


def test_a_treeless_clone_never_fetches(project, clone):
    project.git("config", "uploadpack.allowFilter", "true")
    project.gs("note", "one")
    for i in range(3):
        project.commit(f"Work {i}", **{f"w{i}": "w"})
    other = clone(project, "--filter=tree:0")
    other.gs("init")
    other.git("remote", "set-url", "origin", "file:///nowhere")
    other.gs("note", "two")
    done = other.commit("Here", check=False, h="h")
    assert done.returncode == 0, done.stderr
    for command in (("handoff",), ("status",), ("start",), ("list",)):
        done = other.gs(*command, check=False)
        assert done.returncode in (0, 1)


def test_index_lock_during_a_commit_of_another_tool_is_gits_own_error(working):
    working.write(".git/index.lock", "")
    stageless = working.git("commit", "--allow-empty", "-m", "Locked", check=False)
    assert stageless.returncode != 0
    assert "index.lock" in stageless.stderr


def test_receipt_is_one_line_and_quiet_commits_have_it_on_stderr_alone(working):
    stage(working)
    done = working.git("commit", "-q", "-m", "Work")
    assert done.stdout == ""
    assert re.fullmatch(r"gitsession: handoff of 0001, [\d,]+ tokens\n", done.stderr)


def test_the_page_is_taken_out_of_the_way_of_a_link(working, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text("mine\n")
    (working.root / MASTER).unlink()
    (working.root / MASTER).symlink_to(outside)
    stage(working)
    done = working.git("commit", "-m", "Work", check=False)
    assert done.returncode == 0
    assert outside.read_text() == "mine\n"


def test_hooks_run_from_a_subfolder_and_with_git_variables_set(working, trailers):
    (working.root / "sub").mkdir()
    stage(working, "sub/x.txt")
    working.git("commit", "-q", "-m", "From below", cwd=working.root / "sub")
    assert trailers(working) == [stem(working)]
    stage(working, "sub/y.txt")
    working.git(
        "commit",
        "-q",
        "-m",
        "By variables",
        cwd=working.root.parent,
        GIT_DIR=str(working.root / ".git"),
        GIT_WORK_TREE=str(working.root),
    )
    assert trailers(working) == [stem(working)]
    assert working.status() == ""


def test_post_checkout_tells_of_a_page_that_is_behind(project):
    project.gs("note", "one")
    project.commit("Work")
    project.write(project.session, project.read(project.session) + "- past the hooks\n")
    project.git("commit", "-qam", "Past", "--no-verify")
    project.git("switch", "-q", "-c", "topic", "HEAD~1")
    done = project.git("switch", "main")
    assert "HANDOFF.md is behind" in done.stderr
    assert project.status() == ""


def test_two_commits_at_once_in_two_worktrees(working, tmp_path):
    import subprocess

    working.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = type(working)(tmp_path / "side")
    for project in (working, side):
        stage(project, "both.txt", str(project.root))
    procs = [
        subprocess.Popen(["git", "commit", "-q", "-m", "At once"], cwd=p.root, env=os.environ) for p in (working, side)
    ]
    assert [p.wait(timeout=60) for p in procs] == [0, 0]
    assert working.status() == side.status() == ""


def test_a_sparse_checkout_that_leaves_the_folder_out(project, trailers):
    project.gs("note", "before")
    project.commit("Work", **{"src/a": "a"})
    name = stem(project)
    project.git("sparse-checkout", "set", "src")
    assert not (project.root / ".sessions").exists()
    stage(project, "src/b")
    project.git("commit", "-q", "-m", "Sparse")
    assert trailers(project) == [name]
    assert project.status() == ""
    assert [r["stem"] for r in project.json("list")] == [name]
    project.gs("note", "after")
    assert project.checkpoints() == [f"{name}.md"]


def conflicted(project, change):
    """A merge of two branches that changed the same line of a checkpoint; `change(text, branch)`. Returns its path and git's words."""
    project.gs("note", "base")
    project.commit("Base")
    path = project.session
    for branch in ("one", "two"):
        project.git("switch", "-q", "-c", branch, "main")
        project.write(path, change(project.read(path), branch))
        project.git("commit", "-qam", branch, "--no-verify")
    return path, project.git("merge", "--no-edit", "one", check=False)


def test_a_side_that_cannot_be_read_leaves_gits_own_conflict(project):
    states = {"one": "[active", "two": "completed"}
    path, done = conflicted(project, lambda text, branch: text.replace("status: active", f"status: {states[branch]}"))
    assert done.returncode == 1, done.stdout
    text = project.read(path)
    for line in ("<<<<<<<", "=======", ">>>>>>>", "status: [active", "status: completed"):
        assert re.search(f"^{re.escape(line)}", text, re.MULTILINE), text
    assert text.count("- base\n") == 1
    stages = [line.split()[2] for line in project.git("ls-files", "-u", "--", path).stdout.splitlines()]
    assert stages == ["1", "2", "3"]


def test_resolve_keeps_what_was_settled_by_hand_and_not_added(project):
    project.git("config", "--remove-section", "merge.gitsession")
    path, done = conflicted(project, lambda text, branch: text.replace("- base\n", f"- base {branch}\n"))
    assert done.returncode == 1
    mine = re.sub(r"(?s)<<<<<<<.*>>>>>>>[^\n]*\n", "- base of both, by hand\n", project.read(path))
    project.write(path, mine)
    said = project.gs("resolve").stdout
    line = next(line for line in said.splitlines() if line.startswith(path))
    assert "settled" in line
    assert project.read(path) == project.staged(path) == mine
    assert project.git("ls-files", "-u").stdout == ""
    project.git("commit", "-q", "--no-edit")


def test_resolve_leaves_settings_to_people_and_says_so(project):
    settings = ".sessions/project.yml"
    for branch in ("one", "two"):
        project.git("switch", "-q", "-c", branch, "main")
        project.write(settings, project.read(settings) + f"goal: Goal of {branch}\n")
        project.git("commit", "-qam", branch, "--no-verify")
    assert project.git("merge", "one", check=False).returncode == 1
    before = project.git("ls-files", "-u").stdout, project.read(settings)
    done = project.gs("resolve", check=False)
    said = done.stdout + done.stderr
    assert settings in said
    assert "git add" in said
    assert "nothing under .sessions/ is in conflict" not in said
    assert (project.git("ls-files", "-u").stdout, project.read(settings)) == before


@pytest.mark.parametrize("paths", [(), ("other.txt",)], ids=["whole", "path"])
def test_an_abandoned_commit_of_a_path_leaves_nothing_that_the_next_past_the_hooks_would_use(project, paths):
    project.commit("Other", **{"other.txt": "o\n"})
    project.git("switch", "-q", "-c", "topic")
    project.write("README.md", "changed\n")
    assert project.git("commit", "README.md", check=False).returncode != 0  # the editor fails
    project.gs("note", "recorded since")
    path = project.session
    staged = project.staged(path)
    assert "recorded since" in staged
    stage(project, "other.txt", "changed\n")
    project.git("commit", "-q", "--no-verify", "-m", "Past the hooks", *paths)
    assert project.staged(path) == staged
    assert ("recorded since" in project.git("show", f"HEAD:{path}", check=False).stdout) == (not paths)
    project.commit("Next", next="n")
    assert project.git("show", f"HEAD:{path}").stdout == staged
    assert len(project.checkpoints()) == 1


def test_a_page_behind_a_link_is_not_removed(project, tmp_path):
    topic(project, 1)
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-edit", "topic")
    handoffs = project.root / ".sessions" / "handoffs"
    (page,) = os.listdir(handoffs)
    outside = tmp_path / "outside"
    handoffs.rename(outside)
    handoffs.symlink_to(outside)
    before = (outside / page).read_text()
    done = project.commit("Next", check=False, n="n")
    assert done.returncode == 0, done.stderr
    assert (outside / page).read_text() == before


def test_an_index_lock_held_for_a_moment_during_a_commit_is_waited_for(working, checked):
    hook = working.write(
        ".git/hooks/pre-commit.before-gitsession",
        "#!/bin/sh\n: >.git/index.lock\n{ sleep 1; rm -f .git/index.lock; } >/dev/null 2>&1 &\n",
    )
    hook.chmod(0o755)
    stage(working, "more.txt", "more\n")
    working.gs("decide", "Derived all the same")
    done = working.git("commit", "-m", "Work")
    assert "not derived" not in done.stderr
    assert "gitsession: handoff" in done.stderr
    assert "Derived all the same" in working.page
    assert checked(working) == {MASTER: "current"}
    assert working.status() == ""


def test_a_treeless_clone_works_with_what_it_has(project, clone, tmp_path, checked):
    project.git("config", "uploadpack.allowFilter", "true")
    project.gs("start", "Add login")
    for i in range(3):
        project.gs("note", f"fact {i}")
        project.commit(f"Work {i}", **{f"w{i}": "w"})
    other = clone(project, "--filter=tree:0")
    other.gs("init")
    asked = tmp_path / "asked"
    server = tmp_path / "upload-pack"
    server.write_text(f"#!/bin/sh\n: >>'{asked}'\nexit 1\n")
    server.chmod(0o755)
    other.git("config", "remote.origin.uploadpack", str(server))
    assert other.git("cat-file", "-e", "HEAD~2^{tree}", check=False).returncode != 0
    assert asked.exists()  # that is how a fetch would be seen
    asked.unlink()
    for command in (("start",), ("handoff",), ("status",), ("list",), ("note", "here")):
        done = other.gs(*command, check=False)
        assert done.returncode == 0, (command, done.stderr)
        assert not asked.exists(), command
    assert "fact 2" in other.gs("handoff").stdout
    for i in range(2):
        done = other.commit(f"Here {i}", check=False, **{f"h{i}": "h"})
        assert done.returncode == 0, done.stderr
        assert "not derived" not in done.stderr
        assert not asked.exists()
    assert "here" in other.page

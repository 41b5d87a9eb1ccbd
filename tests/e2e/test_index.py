"""The index through what befalls a repository: damage, other schemas, several processes, rewritten and shallow history, secrets."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from random_history import dump, opened

from gitsession.index.database import index_path
from gitsession.model.conversation import Head, Turn
from gitsession.store.conversations import write_conversation
from gitsession.store.lock import lock

SCRIPTS = Path(sys.executable).parent


def brought_up(project: Any, *options: str) -> str:
    return str(project.json("index", *options)["how"])


def is_as_rebuilt(project: Any) -> bool:
    git_dir = str(project.root / ".git")
    before = dump(git_dir)
    brought_up(project, "--rebuild")
    return before == dump(git_dir)


def test_by_the_commits_that_are_new(working) -> None:
    assert brought_up(working) == "rebuilt"
    working.gs("todo", "More")
    working.commit("More")
    assert working.json("index") == {"how": "updated", "commits": 1, "gone": 0}
    assert brought_up(working) == "current"
    assert is_as_rebuilt(working)


@pytest.mark.parametrize(
    "commands",
    [
        ["commit --amend -q -m Amended"],
        ["reset -q --hard HEAD~1"],
        ["reset -q --hard HEAD~1", "reflog expire --expire=now --all", "gc -q --prune=now"],
        ["rebase -q --root --force-rebase"],
        ["switch -q --orphan elsewhere", "commit -q --allow-empty -m Elsewhere", "branch -q -D main"],
        ["switch -q -c topic HEAD~1", "commit -q --allow-empty -m Topic", "merge -q -m Merge main", "branch -q -D main"],
    ],
)
def test_after_history_was_rewritten(working, commands: list[str]) -> None:
    brought_up(working)
    for command in commands:
        working.git(*command.split())
    assert brought_up(working) == "updated"
    assert is_as_rebuilt(working)


def test_branches_that_are_asked_for(working) -> None:
    working.git("switch", "-q", "-c", "feature/far")
    working.gs("decide", "Fly")
    working.commit("Far")
    working.git("switch", "-q", "main")
    assert working.json("search", "fly") == []
    working.git("config", "gitsession.indexBranches", "feature/*")
    assert [hit["text"] for hit in working.json("search", "fly", "--kind", "decision")] == ["Fly"]
    working.git("config", "gitsession.indexBranches", "release/*")
    assert working.json("search", "fly") == []


def test_a_shallow_clone_knows_what_it_has(working, clone) -> None:
    working.gs("decide", "Late")
    working.commit("Late")
    copy = clone(working, "--depth=1")
    assert {hit["text"] for hit in copy.json("search", "start OR late", "--kind", "decision")} == {"From the start", "Late"}
    assert copy.json("sql", "SELECT (SELECT count(*) FROM commits) AS commits, count(*) AS files FROM file_changes") == [{"commits": 1, "files": 0}]
    copy.git("fetch", "-q", "--unshallow")
    assert brought_up(copy) == "rebuilt"
    assert len(copy.json("why", "a.txt")) == 1
    assert dump(str(copy.root / ".git"))["facts"] == (brought_up(working), dump(str(working.root / ".git"))["facts"])[1]


def project_row(project: Any) -> dict[str, str]:
    (row,) = project.json("sql", "SELECT name, goal, default_branch FROM projects")
    return row


def test_the_settings_are_those_of_the_commit_in_work(bare_project) -> None:
    for goal in ("Sing", "Dance"):
        bare_project.commit(goal, **{".sessions/project.yml": f"schema: 1\nname: Choir\ngoal: {goal}\ndefault_branch: trunk\n"})
        assert project_row(bare_project) == {"name": "Choir", "goal": goal, "default_branch": "trunk"}
    bare_project.commit("Code only", **{"a.py": "1\n"})
    assert project_row(bare_project)["goal"] == "Dance"
    bare_project.git("rm", "-q", ".sessions/project.yml")
    bare_project.commit("Without")
    assert project_row(bare_project) == {"name": "", "goal": "", "default_branch": "main"}


def test_where_no_setting_names_the_default_branch_it_is_the_remotes(bare_project, clone, tmp_path: Path) -> None:
    bare_project.git("switch", "-q", "-c", "topic")
    assert project_row(bare_project)["default_branch"] == "main"
    bare_project.git("branch", "-q", "-m", "main", "feature/trunk")
    assert project_row(bare_project)["default_branch"] == "topic"
    bare_project.git("switch", "-q", "feature/trunk")
    copy = clone(bare_project)
    copy.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    copy.git("switch", "-q", "-c", "main")
    for place in (copy.root, tmp_path / "tree"):
        assert project_row(type(copy)(place))["default_branch"] == "feature/trunk"


def spoil_bytes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200:] = b"\xa5" * (len(data) - 200)
    path.write_bytes(data)


def spoil_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def spoil_release(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE state SET value = '0.0' WHERE key = 'version'")
    db.commit()
    db.close()


@pytest.mark.parametrize(
    "spoil",
    [spoil_bytes, spoil_version, spoil_release, lambda p: p.write_bytes(b""), lambda p: p.write_text("no database"), lambda p: p.unlink(),
     lambda p: os.truncate(p, 8192)],
)  # fmt: skip
def test_what_is_damaged_or_of_another_version_is_made_anew(working, spoil: Any) -> None:
    brought_up(working)
    spoil(Path(index_path(str(working.root / ".git"))))
    working.commit("Then")
    assert [hit["text"] for hit in working.json("search", "start", "--kind", "decision")] == ["From the start"]
    assert is_as_rebuilt(working)
    assert {p.name for p in (working.root / ".git/gitsession").glob("index*")} == {"index.db", "index.lock"}


def test_damage_that_is_met_only_while_reading_is_mended(working) -> None:
    brought_up(working)
    path = Path(index_path(str(working.root / ".git")))
    with opened(str(working.root / ".git")) as db:
        ((page, size),) = db.execute("SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = 'texts_idx'")
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(data)
    assert "the index is damaged" in working.gs("sql", "SELECT * FROM texts WHERE texts MATCH 'start'", check=False).stderr
    assert [hit["text"] for hit in working.json("search", "start", "--kind", "decision")] == ["From the start"]
    assert brought_up(working) == "current"


def test_while_another_process_writes_readers_go_on_with_the_old(working) -> None:
    brought_up(working)
    working.gs("decide", "Later")
    working.commit("Later")
    with lock(str(working.root / ".git"), name="index.lock"):
        done = working.gs("search", "start", "--kind", "decision")
        assert "From the start" in done.stdout
        assert "another process is updating" in done.stderr
        assert working.json("search", "later", "--kind", "decision") == []
    assert len(working.json("search", "later", "--kind", "decision")) == 1


def test_many_at_once(working) -> None:
    command = [str(SCRIPTS / "gitsession"), "search", "start", "--kind", "decision"]
    several = [subprocess.Popen(command, cwd=working.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for one in several:
        out, err = one.communicate(timeout=60)
        assert (one.returncode, b"From the start" in out) == (0, True), err
    assert is_as_rebuilt(working)


def test_a_reader_in_the_middle_keeps_its_index_while_a_new_one_is_put_in_place(working) -> None:
    brought_up(working)
    with opened(str(working.root / ".git")) as db:
        rows = db.execute("SELECT text FROM facts")
        working.commit("More")
        assert brought_up(working, "--rebuild") == "rebuilt"
        assert rows.fetchone() == ("From the start",)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_nothing_may_be_written_the_old_one_is_read(working) -> None:
    brought_up(working)
    working.commit("More")
    folder = working.root / ".git/gitsession"
    folder.chmod(0o555)
    try:
        assert "From the start" in working.gs("search", "start", "--kind", "decision").stdout
    finally:
        folder.chmod(0o755)


def test_worktrees_share_it(working, tmp_path: Path) -> None:
    brought_up(working)
    working.git("worktree", "add", "-q", str(tmp_path / "other"), "-b", "other")
    other = type(working)(tmp_path / "other")
    other.commit("Other")
    assert brought_up(other) == "updated"
    assert other.gs("index", "--path").stdout == working.gs("index", "--path").stdout


def test_conversations_are_found_and_forgotten(working) -> None:
    stem = Path(working.session).stem
    turns = [Turn("user", "Why does the zebra hang?", id="1"), Turn("tool", "1 failed", id="2", tool="Bash", action="run", input="pytest zebra")]
    with working.open() as repo:
        write_conversation(repo, stem, Head("codex", "one"), turns)
    hits = working.json("search", "zebra")
    assert {(h["kind"], h["session"], h["text"]) for h in hits} == {
        ("turn", stem, "Why does the zebra hang?"), ("turn", stem, "pytest zebra\n1 failed")}  # fmt: skip
    assert is_as_rebuilt(working)
    with working.open() as repo:
        write_conversation(repo, stem, Head("codex", "one"), [*turns, Turn("assistant", "A giraffe", id="3")])
    assert [h["place"].rpartition("#")[2] for h in working.json("search", "giraffe")] == ["turn-3"]
    assert is_as_rebuilt(working)
    working.git("branch", "-q", "-D", "gitsession/conversations")
    assert working.json("search", "zebra OR giraffe") == []
    assert is_as_rebuilt(working)


def test_nothing_secret_comes_in_from_anywhere(project, secret: str) -> None:
    front = f"---\nstarted: 2026-11-01\nauthor: {secret}\ntags: [{secret}]\nparents: [{secret}]\n---\n"
    body = f"# T {secret}\n\n## Notes\n- Key {secret} (est: {secret})\n\n## Goal\nUse {secret}\n"
    project.write(".sessions/0009-leak-aaaa.md", front + body)
    project.write(".sessions/project.yml", f"schema: 1\ngoal: Use {secret}\ndefault_branch: main\n")
    project.write(".sessions/knowledge/leak.md", f"# K\n\n{secret}\n")
    project.write(".sessions/0008-leak-bbbb.md", f"---\nstarted: 2026-11-01\noutcome: {secret}\n---\n")
    project.write(f"src/{secret}.py", "x = 1\n")
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", f"Token {secret}", GIT_AUTHOR_NAME=f"Ada {secret}")
    project.write(".sessions/HANDOFF.md", f"# H\n\n{secret}\n\n<!-- gitsession: schema 1; session {secret} -->\n")
    project.git("commit", "-q", "--no-verify", "-am", "Page")
    assert project.json("search", "key", "--session", "9")[0]["text"].startswith("Key [REDACTED")
    data = Path(project.gs("index", "--path").stdout.strip()).read_bytes().lower()
    assert secret.lower().encode() not in data
    assert secret[4:].lower().encode() not in data
    assert is_as_rebuilt(project)


def test_a_blob_of_any_size_is_read_no_further_than_needed(project) -> None:
    project.write(".sessions/0008-huge-aaaa.md", b"---\nstarted: 2026-11-01\n---\n" + b"x" * 20_000_000)
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "Huge")
    assert project.json("index", "--status")["unreadable"] == 1

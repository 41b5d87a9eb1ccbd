"""`gitsession check`: what it finds, what it mends, and where it works."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def found(project, *args: str, **env: str) -> set[tuple[str, str]]:
    """(level, code) of each finding, once."""
    done = project.gs("check", "--json", *args, check=False, **env)
    return {(r["level"], r["code"]) for r in json.loads(done.stdout)}


def session(number: int, *lines: str, **keys: str) -> str:
    """Text of a checkpoint; `keys` of its front matter, `lines` of its body."""
    front = {"status": "completed", "started": f"2026-11-{number:02d}T09:00:00+00:00", "branch": "main", **keys}
    head = "\n".join(f"{key}: {value}" for key, value in front.items())
    return f"---\n{head}\n---\n# Session {number}\n\n" + "\n".join(lines) + "\n"


@pytest.fixture
def kept(project):
    """One session on main, in work: nothing is wrong."""
    project.gs("start", "Add login")
    project.gs("decide", "Use argon2id", "--why", "bcrypt truncates")
    project.commit("Add login", **{"login.py": "pass\n"})
    return project


def test_clean_is_one_line_that_says_what_was_looked_at(kept) -> None:
    done = kept.gs("check", "--strict")
    assert done.stdout == "checked 1 session, 1 page, 5 files: nothing wrong\n"
    assert kept.json("check") == []
    assert kept.status() == ""


OPEN = "0007-other-work-aaaa"
#: what is written -> the findings: (level, code, line)
BROKEN: dict[str, tuple[str, str, set[tuple[str, str, int | None]]]] = {
    "no front matter": (f"{OPEN}.md", "# Other\n", {("error", "unreadable", 1)}),
    "an unknown status": (f"{OPEN}.md", session(7, status="done"), {("error", "unreadable", 2)}),
    "a wrong time": (f"{OPEN}.md", session(7, started="yesterday"), {("error", "unreadable", 3)}),
    "settings": ("project.yml", "schema: 1\nsessions: never\n", {("error", "unreadable", 2)}),
    "a name": ("12-Add login.md", session(7), {("warning", "file-name", None)}),
    "a closing of nothing": (f"{OPEN}.md", session(7, "## Accomplished", "- [x] Fly ([0001](0001-bootstrap.md))"),
                             {("warning", "closing", 9), ("error", "link", 9)}),
    "a parent": (f"{OPEN}.md", session(7, parents="[0001-gone-aaaa]"), {("warning", "parent", 5)}),
    "a circle": (f"{OPEN}.md", session(7, parents=f"[{OPEN}]"), {("warning", "parent", 5)}),
    "a link to a session": (f"{OPEN}.md", session(7, "", "See [it](0001-gone.md#top)."), {("error", "link", 9)}),
    "a link to a file, of a session that is over": (f"{OPEN}.md", session(7, "[code](../gone.py)"), {("note", "link", 8)}),
    "a link to a file": (f"{OPEN}.md", session(7, "[code](../gone.py)", status="active", author="Eve", branch="else"),
                         {("warning", "link", 9), ("note", "session-over", None)}),
    "a link defined": ("knowledge/retry.md", "# Retry\n\n[1]: ../0009-x.md 'T'\n", {("warning", "link", 3)}),
    "conflict markers": (f"{OPEN}.md", session(7, "<<<<<<< ours", "a", "=======", "b", ">>>>>>> theirs"),
                         {("error", "conflict", 8)}),
    "markers in the front matter": (f"{OPEN}.md", session(7).replace("branch: main", "<<<<<<< o\nbranch: main\n=======\n>>>>>>> t"),
                                    {("error", "conflict", 4)}),
    "markers and links in code": (f"{OPEN}.md", session(7, "```", "<<<<<<< ours", ">>>>>>> theirs", "[a](b.md)", "```",
                                  "`[a](b.md)` <!-- [a](b.md) -->"), set()),
    "links that lead somewhere": (f"{OPEN}.md", session(7, "[a](<../login.py>) [b](https://x.y/z) [c](#top) [d](../../issues/3)",
                                  "![e](HANDOFF.md?raw=1) [f](/README.md) [g](/) [h](..)", "", "[0001]: ./project.yml"), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("staged", [False, True], ids=["on disk", "staged"])
def test_what_is_wrong_in_a_file_is_found_with_its_line(name: str, staged: bool, kept) -> None:
    file, text, expected = BROKEN[name]
    path = f".sessions/{file}"
    kept.write(path, text)
    if staged:
        kept.git("add", path)
    records = [r for r in kept.json("check", check=False) if r["code"] != "page-behind"]
    assert {(r["level"], r["code"], r["line"]) for r in records} == expected
    assert {r["path"] for r in records} <= {path, None}
    assert kept.gs("check", check=False).returncode == int(any(level == "error" for level, *_ in expected))
    assert kept.gs("check", "--strict", check=False).returncode == int(any(level != "note" for level, *_ in expected))


def test_what_only_the_index_has_is_said_to_be_staged(kept, secret) -> None:
    own = kept.session
    good = kept.read(own)
    kept.write(own, good.replace("status: active", "status: nearly") + f"\n- {secret}\n")
    kept.write(f".sessions/{OPEN}.md", session(7, "[a](0001-gone.md)", parents="[0001-gone-aaaa]"))
    kept.git("add", ".sessions")
    kept.write(own, good)
    kept.write(f".sessions/{OPEN}.md", session(7, author="Eve", parents="[0001-gone-aaaa]"))
    done = kept.gs("check", check=False)
    assert done.returncode == 1
    assert f"{own}:3: error: as staged: status: must be one of" in done.stdout
    assert "error: as staged: looks like a secret: GitHub token" in done.stdout
    assert secret not in done.stdout
    assert f"{OPEN}.md:9: error: as staged: links to .sessions/0001-gone.md" in done.stdout
    assert f"{OPEN}.md:6: warning: its parent 0001-gone-aaaa is not here" in done.stdout  # in the work tree's words


def test_secrets_in_untracked_files_are_found_once_and_masked(kept, secret) -> None:
    kept.write(".sessions/notes/draft.txt", f"one\n{secret}\n")
    done = kept.gs("check", check=False)
    assert done.returncode == 1
    assert done.stdout.count("[secret]") == 1
    assert ".sessions/notes/draft.txt:2: error: " in done.stdout
    assert secret not in done.stdout + kept.gs("check", "--json", check=False).stdout


def test_a_conflict_is_told_with_the_way_out(kept) -> None:
    blob = kept.git("rev-parse", f":{kept.session}").stdout.strip()
    lines = "".join(f"100644 {blob} {stage}\t{kept.session}\n" for stage in (1, 2, 3))
    kept.git("rm", "-q", "--cached", kept.session)
    kept.run("git", "update-index", "--index-info", stdin=lines)
    done = kept.gs("check", check=False)
    assert f"{kept.session}: error: is in conflict [conflict]\n  gitsession resolve\n" in done.stdout
    kept.gs("resolve")
    assert ("error", "conflict") not in found(kept)


# -- pages


def test_a_page_changed_by_hand_is_wrong_and_fix_derives_it_and_keeps_the_edit(kept) -> None:
    right = kept.page
    kept.write(".sessions/HANDOFF.md", right.replace("argon2id", "bcrypt"))
    assert found(kept) == {("warning", "page-edited")}
    kept.git("commit", "-q", "-a", "-m", "Edit the page", "--no-verify")
    assert found(kept) == {("error", "page-wrong")}
    done = kept.gs("check", "--fix")
    assert "nothing wrong" in done.stdout
    assert kept.page == kept.staged(".sessions/HANDOFF.md")
    assert "argon2id" in kept.page
    oid = re.search(r"git cat-file -p (\w+)", done.stdout)[1]
    assert "bcrypt, because" in kept.git("cat-file", "-p", oid).stdout
    assert kept.git("log", "-1", "--format=%s").stdout == "Edit the page\n"
    kept.git("commit", "-q", "--no-verify", "-m", "Mend it")
    assert found(kept, "--strict") == set()


def test_an_edit_on_disk_is_saved_before_the_page_is_written_anew(kept) -> None:
    right = kept.page
    kept.write(".sessions/HANDOFF.md", "mine\n")
    out = kept.gs("check", "--fix").stdout
    oid = re.search(r"git cat-file -p (\w+)", out)[1]
    assert kept.git("cat-file", "-p", oid).stdout == "mine\n"
    assert kept.page == right
    assert kept.status() == ""


def test_behind_is_a_warning_when_committed_and_a_note_before_the_commit(kept) -> None:
    kept.gs("todo", "Rate-limit it")
    assert found(kept) == {("note", "page-behind")}
    kept.git("commit", "-q", "--no-verify", "-m", "Plan")
    assert found(kept) == {("warning", "page-behind")}
    assert kept.gs("check").returncode == 0
    assert kept.gs("check", "--strict", check=False).returncode == 1
    kept.gs("check", "--fix", "--strict")
    kept.git("commit", "-q", "--no-verify", "-m", "Mend it")
    assert kept.json("check") == []
    assert {r["status"] for r in kept.json("handoff", "--check")} == {"current"}


def test_the_master_waits_on_other_branches_and_for_the_action(kept) -> None:
    kept.git("switch", "-q", "-c", "feature")
    kept.commit("Work", **{"a.py": "a\n"})
    kept.gs("decide", "Sessions in Redis")
    kept.commit("Work on", **{"a.py": "b\n"})
    assert found(kept) == set()
    # A web merge: no hook, no driver; and master: ci says who refreshes the page.
    kept.git("switch", "-q", "main")
    kept.git("-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-ff", "-m", "Merge feature", "feature")
    assert found(kept) == {("warning", "page-behind"), ("warning", "page-stray"), ("note", "session-over")}
    kept.write(".sessions/project.yml", kept.read(".sessions/project.yml") + "master: ci\n")
    kept.git("commit", "-q", "--no-verify", "-a", "-m", "Let CI do it")
    assert ("note", "page-behind") in found(kept)
    out = kept.gs("check", "--fix", "--strict").stdout
    assert re.search(r"fixed: \.sessions/handoffs/\S+: removed", out)
    assert found(kept) == {("note", "session-over")}


def test_the_merge_that_github_makes_of_a_pull_request_is_as_true_as_its_branch(kept) -> None:
    kept.git("switch", "-q", "-c", "feature")
    kept.commit("Work", **{"a.py": "a\n"})
    kept.git("switch", "-q", "main")
    kept.gs("decide", "Sessions in Redis")
    kept.commit("Meanwhile", **{"b.py": "b\n"})
    kept.git("-c", "core.hooksPath=/dev/null", "checkout", "-q", "--detach")
    kept.git("-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-ff", "-m", "Merge", "feature")
    assert "behind" in kept.gs("handoff", "--check").stdout
    assert found(kept, GITHUB_HEAD_REF="feature") == found(kept) == set()


def test_a_missing_page_and_one_without_a_checkpoint(kept) -> None:
    kept.write(".sessions/handoffs/0005-gone-aaaa.md", "x\n")
    kept.git("add", ".sessions/handoffs")
    kept.git("rm", "-q", "--cached", ".sessions/HANDOFF.md")
    assert found(kept) == {("warning", "page-stray"), ("warning", "page-missing")}
    kept.gs("check", "--fix", "--strict")
    assert kept.status() == ""


@pytest.mark.parametrize(("renderer", "after"), [(0, set()), (999, {("note", "page-unknown")})])
def test_a_page_of_an_older_gitsession_is_derived_anew_and_one_of_a_newer_stays(renderer: int, after: set, kept) -> None:
    kept.write(".sessions/HANDOFF.md", re.sub(r"renderer \d+", f"renderer {renderer}", kept.page))
    kept.git("commit", "-q", "-a", "-m", "Of another version", "--no-verify")
    assert found(kept) == {("note", "page-unknown")}
    kept.gs("check", "--fix", "--strict")
    assert found(kept) == after
    assert (f"renderer {renderer};" in kept.page) == bool(after)


# -- sessions


def test_sessions_that_should_be_over(kept, clone) -> None:
    old = {"GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"}
    kept.write(".sessions/0002-gone-aaaa.md", session(2, status="active", branch="topic", author="Eve"))
    kept.write(".sessions/0003-early-aaaa.md", session(3, status="active", branch="topic", author="Bob"))
    kept.write(".sessions/0004-later-aaaa.md", session(4, status="active", branch="topic", author="Bob"))
    kept.git("switch", "-q", "-c", "topic")
    kept.git("add", ".sessions")
    kept.git("commit", "-q", "--no-verify", "-m", "Old work", **old)
    codes = [(r["code"], r["path"]) for r in kept.json("check")]
    assert codes.count(("session-over", None)) == 1
    stale = {path for code, path in codes if code == "session-stale"}
    assert stale == {".sessions/0002-gone-aaaa.md", ".sessions/0004-later-aaaa.md"}
    record = next(r for r in kept.json("check") if r["code"] == "session-stale")
    assert (record["level"], record["line"]) == ("warning", 2)
    kept.git("branch", "-q", "-m", "topic", "renamed")
    gone = {r["path"] for r in kept.json("check") if r["code"] == "session-branch-gone"}
    assert gone == stale
    # In a clone of a single branch nobody can tell, nor in a shallow one, as CI makes it, whatever it could fetch.
    single = clone(kept, "--single-branch", "--branch=renamed", name="single")
    assert "session-branch-gone" not in {code for _, code in found(single)}
    shallow = clone(kept, "--depth=1", "--branch=renamed")
    shallow.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    assert {code for _, code in found(shallow)} == {"hooks-absent", "session-over", "page-unknown"}


def test_a_key_that_names_nothing_is_unset(kept) -> None:
    kept.git("config", "branch.main.gitsession", "0099-gone-aaaa")
    assert found(kept) == {("warning", "key-gone")}
    assert "branch.main.gitsession: unset" in kept.gs("check", "--fix", "--strict").stdout
    assert kept.git("config", "branch.main.gitsession", check=False).returncode == 1


# -- the clone


def test_hooks_drivers_and_attributes_are_mended(kept) -> None:
    hooks = kept.root / ".git" / "hooks"
    (hooks / "post-merge").unlink()
    (hooks / "pre-push").write_text("#!/bin/sh\n# another tool's\n")
    (hooks / "commit-msg").chmod(0o644)
    text = (hooks / "pre-commit").read_text()
    (hooks / "pre-commit").write_text(text.replace(sys.executable, "/gone/python"))
    (hooks / "post-commit").write_text((hooks / "post-commit").read_text() + "# edited\n")
    kept.git("config", "--remove-section", "merge.gitsession")
    kept.write(".sessions/.gitattributes", "*.png binary\n*.md merge=gitsession\n")
    expected = {"hook-absent", "hook-foreign", "hook-broken", "hook-outdated", "merge-driver", "attributes"}
    assert found(kept) == {("warning", code) for code in expected}
    kept.gs("check", "--fix", "--strict")
    assert all(hook["problem"] == "" for hook in kept.json("hooks", "status"))
    assert kept.read(".sessions/.gitattributes").startswith("*.png binary\n#")
    assert kept.git("diff", "--name-only", "--cached").stdout == ".sessions/.gitattributes\n"


def test_an_encoding_of_other_files_is_kept_off(kept) -> None:
    lines = kept.read(".sessions/.gitattributes").splitlines(keepends=True)
    kept.write(".sessions/.gitattributes", "".join(line for line in lines if "encoding" not in line))
    kept.write(".gitattributes", "HANDOFF.md working-tree-encoding=UTF-8\n")
    assert found(kept) == {("warning", "attributes")}
    kept.gs("check", "--fix", "--strict")
    assert kept.read(".sessions/.gitattributes") == "".join(lines)


def test_hooks_that_nobody_installed_are_a_note_and_stay_away(kept, clone) -> None:
    there = clone(kept)
    done = there.gs("check", "--fix", "--strict")
    assert "note: no hook of gitsession is installed" in done.stdout
    assert not (there.root / ".git" / "hooks" / "pre-commit").exists()


def test_hooks_folders_of_the_project_are_left_to_people(kept) -> None:
    kept.git("config", "core.hooksPath", ".githooks")
    kept.write(".githooks/pre-commit", "#!/bin/sh\n").chmod(0o755)
    assert found(kept, "--fix") == {("warning", "hook-shadowed")}
    assert kept.read(".githooks/pre-commit") == "#!/bin/sh\n"
    kept.gs("init", "--undo")
    kept.gs("hooks", "install")
    kept.write(".githooks/pre-push", "#!/bin/sh\n")
    assert found(kept, "--fix") == {("warning", "hook-foreign")}
    assert kept.read(".githooks/pre-push") == "#!/bin/sh\n"


# -- where it works


def test_without_sessions_it_is_an_error_of_two_lines(bare_project) -> None:
    done = bare_project.gs("check", check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 2)


def test_before_the_first_commit(tmp_path, kept) -> None:
    new = type(kept)(tmp_path / "new")
    new.root.mkdir()
    new.git("init", "-q", "-b", "main")
    new.gs("init")
    assert found(new) == set()


def test_in_a_worktree_and_with_nothing_in_the_environment(kept, tmp_path) -> None:
    kept.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    gitsession = str(Path(sys.executable).parent / "gitsession")
    done = kept.run("env", "-i", "PATH=/usr/bin:/bin", gitsession, "check", "--strict", cwd=tmp_path / "tree")
    assert "nothing wrong" in done.stdout
    kept.git("config", "extensions.worktreeConfig", "true")
    kept.git("config", "--worktree", "core.hooksPath", str(tmp_path), cwd=tmp_path / "tree")
    assert found(kept, "--strict") == set()  # it speaks of this work tree
    assert "hook-shadowed" in kept.gs("check", cwd=tmp_path / "tree").stdout
    kept.git("checkout", "-q", "--detach")
    assert found(kept) == set()


def test_where_nothing_can_be_written_it_looks_and_says_what_it_could_not_mend(kept) -> None:
    shutil.rmtree(kept.root / ".git" / "gitsession")
    kept.write(".git/gitsession", "no folder: neither a cache nor a lock can be made\n")
    kept.write(".git/index.lock", "")
    kept.git("config", "branch.main.gitsession", "0099-gone-aaaa")
    assert found(kept) == {("warning", "key-gone")}
    done = kept.gs("check", "--fix", "--strict", check=False)
    assert done.returncode == 1
    assert re.search(r"^not fixed: key: \S+ cannot be made", done.stdout, re.MULTILINE)


def test_no_file_of_a_clean_checkout_is_touched(kept) -> None:
    shutil.rmtree(kept.root / ".git" / "gitsession")
    os.utime(kept.root / kept.session, (1, 1))  # git would take the new time into its index
    before = {path: path.stat().st_mtime_ns for path in (kept.root / ".git").iterdir() if path.is_file()}
    kept.gs("check", "--strict")
    assert {path: path.stat().st_mtime_ns for path in (kept.root / ".git").iterdir() if path.is_file()} == before


def test_a_sparse_checkout_looks_at_what_is_not_on_disk(kept) -> None:
    kept.write(f".sessions/{OPEN}.md", session(7, "See [it](0001-gone.md) and [that](../login.py)."))
    kept.git("add", ".sessions")
    kept.git("commit", "-q", "--no-verify", "-m", "More")
    whole = kept.json("check", check=False)
    kept.git("sparse-checkout", "set", "--no-cone", "/README.md")
    assert not (kept.root / ".sessions").exists()
    assert kept.json("check", check=False) == whole
    assert {(r["code"], r["line"]) for r in whole} == {("link", 8), ("page-behind", None)}
    # A partial clone need not even have its object.
    oid = kept.git("rev-parse", "HEAD:.sessions/README.md").stdout.strip()
    (kept.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    assert found(kept) == {("error", "link"), ("warning", "page-behind"), ("note", "not-here")}


@pytest.mark.parametrize("what", ["tree:0", "blob:none"])
def test_a_partial_clone_tells_what_it_lacks_and_fetches_nothing(what: str, kept, clone) -> None:
    kept.commit("Work on", **{"login.py": "more\n"})
    kept.git("config", "uploadpack.allowFilter", "true")
    there = clone(kept, f"--filter={what}")
    kept.root.rename(kept.root.with_name("gone"))
    notes = {code for level, code in found(there) if level == "note"}
    assert found(there) == {("note", code) for code in notes}
    assert notes == {"hooks-absent"} | ({"page-unknown"} if what == "tree:0" else set())


def test_every_code_is_documented() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src" / "gitsession" / "workflow").glob("check*.py"))
    codes = set(re.findall(r'Remark\(.*?"(?!error|warning|note)([a-z-]+)"', source, re.DOTALL))
    codes |= set(re.findall(r'"(hook-\w+)"', source))
    page = (ROOT / "docs" / "check.md").read_text().partition("\n## The GitHub Action\n")[0]
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert len(codes) > 20
    assert codes == documented

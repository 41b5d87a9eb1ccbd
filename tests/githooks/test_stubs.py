"""The installed stubs, through real git."""

import os
import sys

import pytest

from gitsession.githooks import install
from gitsession.githooks.stubs import HOOKS, recorded_python, render_stub

TRAILER = "printf '0002-add-login-k3f9\\n' >.git/gitsession-commit"


def test_stub_runs_its_own_hook() -> None:
    for hook in HOOKS:
        stub = render_stub(hook, "/x").decode()
        assert stub.startswith("#!/bin/sh\n")
        assert f"\nhook={hook}\n" in stub
        assert "#include" not in stub
        assert "@python@" not in stub


@pytest.mark.parametrize(
    "python", ["/usr/bin/python3", '/a b/it\'s/$HOME/`x`/"q"/#1', "C:\\Python 3\\python.exe", "/ü/\udcff"]
)
def test_recorded_python_is_read_back(tmp_path, python) -> None:
    path = tmp_path / "stub"
    path.write_bytes(render_stub("pre-commit", python))
    assert recorded_python(str(path)) == python


def test_a_plain_commit_starts_python_once(clone) -> None:
    clone.install()
    clone.commit("-m", "One")
    assert clone.calls() == ["pre-commit||"]
    assert clone.message() == "One\n"


def test_python_of_precommit_refuses(clone) -> None:
    clone.install()
    clone.when("pre-commit", "exit 1")
    assert clone.commit("-m", "One", check=False).returncode == 1
    assert clone.message() == "Begin\n"


def test_merge_scans(clone) -> None:
    clone.install()
    clone.git("checkout", "-q", "-b", "side")
    (clone.root / "other").write_text("x")
    clone.git("add", "other")
    clone.git("commit", "-q", "-m", "Side")
    clone.git("checkout", "-q", "main")
    clone.commit("-m", "Main")
    clone.calls()
    clone.when("pre-merge-commit", TRAILER)
    clone.git("merge", "-q", "--no-edit", "side")
    assert clone.calls() == ["pre-merge-commit||", "post-merge|0|"]
    assert clone.message() == "Merge branch 'side'\n\nSession: 0002-add-login-k3f9\n"


def test_checkout_starts_python_only_for_a_switch_to_another_commit(clone) -> None:
    clone.install()
    clone.commit("-m", "One")
    clone.calls()
    clone.git("checkout", "-q", "-b", "new")
    clone.git("checkout", "-q", "HEAD~1", "--", "file", check=False)
    assert clone.calls() == []
    clone.git("checkout", "-q", "HEAD~1")
    assert [c.split("|")[0] for c in clone.calls()] == ["post-checkout"]


def test_rewrite_starts_python_only_for_a_rebase_and_passes_stdin(clone) -> None:
    clone.install()
    clone.hook("post-rewrite.before-gitsession", '#!/bin/sh\nread -r line\necho "$line" >seen\n')
    clone.commit("-m", "One")
    clone.git("commit", "--amend", "-q", "-m", "Two")
    assert "post-rewrite" not in "".join(clone.calls())
    old = clone.git("rev-parse", "HEAD").stdout.strip()
    clone.git("rebase", "-q", "--root", "--force-rebase", "-x", "true", GIT_COMMITTER_DATE="2026-11-24T09:30:00+00:00")
    new = clone.git("rev-parse", "HEAD").stdout.strip()
    calls = "\n".join(clone.calls())
    assert "post-rewrite|rebase|" in calls
    assert f"{old} {new}" in calls
    assert (clone.root / "seen").read_text().count(" ") == 1


def test_nothing_starts_without_sessions(clone) -> None:
    clone.install()
    clone.git("rm", "-rq", ".sessions")
    clone.git("commit", "-qm", "No sessions")
    clone.commit("-m", "One")
    clone.calls()
    clone.git("checkout", "-q", "HEAD~1")
    assert clone.calls() == []


def test_linked_worktree(clone, tmp_path) -> None:
    clone.install()
    clone.when("pre-commit", 'printf "0002-x\\n" >"$(git rev-parse --git-dir)/gitsession-commit"')
    other = tmp_path / "other tree"
    clone.git("worktree", "add", "-q", "-b", "there", str(other))
    (other / "f").write_text("x")
    clone.git("add", "f", cwd=other)
    clone.git("commit", "-qm", "There", cwd=other)
    assert clone.git("log", "-1", "--format=%B", cwd=other).stdout == "There\n\nSession: 0002-x\n\n"


def test_python_gets_the_refs_that_are_pushed(clone, tmp_path) -> None:
    clone.git("init", "-q", "--bare", str(tmp_path / "remote"))
    clone.install()
    clone.hook("pre-push.before-gitsession", '#!/bin/sh\necho "$* $(cat)" >seen\n')
    clone.git("push", "-q", str(tmp_path / "remote"), "main:main", "main:two")
    oid = clone.git("rev-parse", "HEAD").stdout.strip()
    lines = [f"refs/heads/main {oid} refs/heads/{name} {'0' * 40}" for name in ("main", "two")]
    assert "\n".join(clone.calls()) == f"pre-push|{tmp_path}/remote {tmp_path}/remote|" + "\n".join(lines)
    assert (clone.root / "seen").read_text() == f"{tmp_path}/remote {tmp_path}/remote " + "\n".join(lines) + "\n"


def test_a_push_that_python_refuses(clone, tmp_path) -> None:
    clone.git("init", "-q", "--bare", str(tmp_path / "remote"))
    clone.install()
    clone.when("pre-push", "exit 1")
    assert clone.git("push", "-q", str(tmp_path / "remote"), "main", check=False).returncode == 1


# -- an interpreter that is gone


def _without_python(clone, kind: str) -> None:
    if kind == "gone":
        clone.python.unlink()
    elif kind == "broken":
        clone.python.write_text("#!/nowhere/sh\n")
    else:  # a Python without gitsession
        clone.python.write_text(
            "#!/bin/sh\n"
            "program=$4 hook=$5\nshift 5\n"
            f'exec "{sys.executable}" -I -S -c "import sys\nsys.modules[\'gitsession\'] = None\n$program" "$hook" "$@"\n'
        )


@pytest.mark.parametrize("kind", ["gone", "broken", "empty"])
def test_without_python_only_sessions_are_refused(clone, kind) -> None:
    clone.install()
    _without_python(clone, kind)
    done = clone.commit("-m", "One")
    assert "goes on without it" in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("gitsession:")]) == 2
    (clone.root / ".sessions" / "x.md").write_text("x")
    clone.git("add", ".")
    done = clone.commit("-m", "Two", check=False)
    assert done.returncode == 1
    assert "gitsession init" in done.stderr
    assert clone.message() == "One\n"


def test_without_python_a_push_of_sessions_is_refused(clone, tmp_path) -> None:
    clone.git("init", "-q", "--bare", str(tmp_path / "remote"))
    clone.install()
    clone.python.unlink()
    assert clone.git("push", "-q", str(tmp_path / "remote"), "main", check=False).returncode == 1
    clone.git("rm", "-rq", ".sessions")
    clone.git("commit", "-qm", "No sessions", "--no-verify")
    clone.git("push", "-q", str(tmp_path / "remote"), "main")


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("kind", ["gone", "broken", "empty"])
def test_without_python_the_pushed_commits_decide_not_the_branch_in_work(clone, tmp_path, kind, chained) -> None:
    remote = str(tmp_path / "remote")
    clone.git("init", "-q", "--bare", remote)
    clone.install()
    if chained:
        clone.hook("pre-push.before-gitsession", "#!/bin/sh\nread -r line\n")
    clone.git("checkout", "-q", "--orphan", "pages")
    clone.git("rm", "-rqf", ".")
    clone.commit("-m", "Pages")
    clone.git("tag", "-a", "-m", "One", "v1", "main")
    _without_python(clone, kind)
    for refs in (["main"], ["v1"], ["main~0:refs/heads/other"], ["main@{0 days ago}:refs/heads/other"], ["pages", "main"], ["main", "pages"]):
        done = clone.git("push", remote, *refs, check=False)
        assert done.returncode == 1, refs
        assert "gitsession init" in done.stderr
    assert clone.git("ls-remote", remote).stdout == ""
    done = clone.git("push", "-q", remote, "pages")
    assert "goes on without it" in done.stderr
    clone.git("checkout", "-q", "main")
    clone.git("push", "-q", remote, "pages:copy")
    clone.git("push", "-q", remote, ":copy")


@pytest.mark.parametrize("kind", ["gone", "empty"])
def test_a_gitsession_on_path_steps_in(clone, tmp_path, kind) -> None:
    clone.git("init", "-q", "--bare", str(tmp_path / "remote"))
    clone.install()
    clone.hook("pre-push.before-gitsession", "#!/bin/sh\nexit 0\n")
    _without_python(clone, kind)
    command = tmp_path / "bin" / "gitsession-hook"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\n{ echo "$*"; cat; } >>"$(dirname "$0")/called"\n')
    command.chmod(0o755)
    clone.git("push", "-q", str(tmp_path / "remote"), "main", PATH=f"{command.parent}:{os.environ['PATH']}")
    called = (command.parent / "called").read_text().splitlines()
    assert called[0] == f"pre-push {tmp_path}/remote {tmp_path}/remote"
    assert called[1].startswith("refs/heads/main ")


# -- what pre-commit leaves for the hooks after it


def test_a_receipt_is_shown_once(clone) -> None:
    clone.install()
    clone.when("pre-commit", "printf 'handoff derived' >.git/gitsession-after")
    assert clone.commit("-m", "One").stderr == "handoff derived\n"
    assert clone.calls() == ["pre-commit||"]
    clone.when("pre-commit", "")
    assert clone.commit("-m", "Two").stderr == ""
    assert not list((clone.root / ".git").glob("gitsession-*"))


def test_an_abandoned_commit_leaves_nothing_to_say_or_to_add(clone) -> None:
    clone.install()
    clone.when("pre-commit", f"printf 'handoff derived\\n' >.git/gitsession-after\n{TRAILER}")
    assert clone.commit(check=False, GIT_EDITOR="false").returncode == 1
    assert clone.commit("--no-verify", "-m", "One").stderr == ""
    assert clone.message() == "One\n"
    assert clone.commit(check=False, GIT_EDITOR="false").returncode == 1
    clone.when("pre-commit", "")
    clone.commit("-m", "Two")
    assert clone.message() == "Two\n"


def test_work_for_post_commit_starts_python(clone) -> None:
    clone.install()
    clone.when("pre-commit", "printf 'run\\n' >.git/gitsession-after")
    clone.commit("-m", "One")
    assert clone.calls() == ["pre-commit||", "post-commit||"]


@pytest.mark.parametrize(("code", "message"), [(0, "One\n\nSession: 0002-x\n"), (1, "One\n")])
def test_whether_a_careful_message_gets_the_trailer_is_left_to_python(clone, code, message) -> None:
    clone.install()
    clone.when("pre-commit", "printf '0002-x\\ncareful\\n' >.git/gitsession-commit")
    clone.when("commit-msg", f"exit {code}")
    clone.commit("-m", "One")
    assert clone.calls() == ["pre-commit||", "commit-msg|.git/COMMIT_EDITMSG|"]
    assert clone.message() == message


def test_hooks_in_a_folder_without_name_need_the_interpreter_only(clone) -> None:
    assert len(install(clone.open(), "python")) == len(HOOKS)
    done = clone.commit("-m", "One")
    assert "finds no gitsession, neither in python nor on PATH" in done.stderr

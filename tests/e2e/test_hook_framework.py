"""Ours as hooks of the pre-commit framework, by `.pre-commit-hooks.yaml`."""

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parents[2]
MANIFEST = HERE / ".pre-commit-hooks.yaml"
HOOK = Path(sys.executable).parent / "gitsession-hook"
NONE = "0" * 40


def find_framework() -> str:
    return shutil.which("pre-commit", path=os.pathsep.join([str(HOOK.parent), os.environ["PATH"]])) or ""


@pytest.fixture
def framed(project, monkeypatch):
    """A project with the framework's hooks alone, and our hooks among what they run."""
    framework = find_framework()
    if not framework:
        pytest.skip("pre-commit is not installed")
    hooks = [{**h, "language": "system", "entry": f"{shlex.quote(str(HOOK))} {h['entry'].partition(' ')[2]}"}
             for h in yaml.safe_load(MANIFEST.read_text())]  # fmt: skip
    stages = [stage for h in hooks for stage in h["stages"]]
    config = {"default_install_hook_types": stages, "repos": [{"repo": "local", "hooks": hooks}]}
    project.gs("hooks", "uninstall")
    project.commit("Hooks", **{".pre-commit-config.yaml": yaml.safe_dump(config)})
    monkeypatch.setenv("PRE_COMMIT_HOME", str(project.root / ".git" / "cache"))
    project.run(framework, "install")
    return project


def test_the_manifest_names_each_hook_that_does_something() -> None:
    hooks = yaml.safe_load(MANIFEST.read_text())
    assert [h["id"] for h in hooks] == [
        f"gitsession-{s}" for s in ("pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "pre-push")
    ]
    for hook in hooks:
        stage = hook["id"].removeprefix("gitsession-")
        assert (hook["stages"], hook["entry"]) == ([stage], f"gitsession-hook run {stage}")
        assert hook["always_run"]
        assert hook["pass_filenames"] is (stage == "commit-msg")  # the file with the message


def test_status_knows_and_init_leaves_them_to_it(framed) -> None:
    ours = ("pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "pre-push")
    found = {h["name"]: (h["state"], h["managed_by"], h["problem"]) for h in framed.json("hooks", "status")}
    assert {found[name] for name in ours} == {("installed", "pre-commit", "")}
    before = {name: (framed.root / ".git" / "hooks" / name).read_bytes() for name in ours}
    framed.gs("hooks", "install")
    assert {name: (framed.root / ".git" / "hooks" / name).read_bytes() for name in ours} == before
    assert not list((framed.root / ".git" / "hooks").glob("*.legacy"))


def test_the_page_is_in_the_commit_and_what_is_not_staged_stays(framed, trailers, checked) -> None:
    framed.gs("start", "One")
    framed.gs("decide", "Use X")
    framed.write("file.txt", "staged\n")
    framed.git("add", "file.txt")
    framed.write("file.txt", "staged\nnot staged\n")
    with (framed.root / framed.session).open("a") as file:
        file.write("\n## Notes\nNot staged.\n")
    framed.git("commit", "-q", "-m", "One")
    assert trailers(framed) == [framed.session[len(".sessions/") : -len(".md")]]
    assert checked(framed) == {".sessions/HANDOFF.md": "current"}
    assert "Use X" in framed.page
    assert framed.status().split() == ["M", framed.session, "M", "file.txt"]
    framed.write("other.txt", "x\n")
    framed.git("add", "-N", "other.txt")
    framed.git("commit", "-q", "-m", "Two", "--", "file.txt")
    assert framed.git("diff", "--cached", "--name-only", "--diff-filter=M").stdout == ""


def test_a_page_with_changes_that_are_not_staged_costs_nothing(framed, checked) -> None:
    framed.gs("start", "One")
    framed.gs("decide", "Use X")
    framed.write(".sessions/HANDOFF.md", framed.page + "a hand edit\n")
    framed.commit("Begun", **{"file.txt": "one\n"})
    framed.write("file.txt", "one\nnot staged\n")
    framed.write(".sessions/HANDOFF.md", framed.page + "a hand edit\n")
    framed.gs("decide", "Use Y")
    framed.git("commit", "-q", "-m", "One")
    assert framed.read("file.txt") == "one\nnot staged\n"
    framed.git("restore", ".sessions/HANDOFF.md")
    framed.git("commit", "-q", "-a", "-m", "Two")
    assert checked(framed) == {".sessions/HANDOFF.md": "current"}


def test_a_secret_is_refused(framed, secret) -> None:
    done = framed.commit("Note", check=False, **{".sessions/notes.md": f"- {secret}\n"})
    assert done.returncode == 1
    assert "notes.md:1:3: GitHub token" in done.stdout + done.stderr


def test_a_push_is_scanned_of_whatever_refs(framed, tmp_path, secret) -> None:
    remote = str(tmp_path / "remote")
    framed.git("init", "-q", "--bare", remote)
    framed.git("remote", "add", "there", remote)
    framed.git("push", "-q", "there", "main")
    framed.git("switch", "-q", "-c", "leak")
    framed.write(".sessions/notes.md", f"- {secret}\n")
    framed.git("add", ".sessions/notes.md")
    framed.git("commit", "-q", "--no-verify", "-m", "Leak")
    framed.git("switch", "-q", "main")
    framed.commit("Clean")
    # The framework tells a hook the first ref alone, and that one is clean.
    for refs in (["leak"], ["main", "leak"]):
        done = framed.git("push", "there", *refs, check=False)
        assert done.returncode == 1, refs
        assert "push refused" in done.stdout + done.stderr
    framed.git("branch", "-q", "-D", "leak")
    framed.git("push", "-q", "there", "main")


# -- without the framework, what it would tell


def test_a_push_without_gits_list_is_scanned(project, tmp_path, secret) -> None:
    told = {"PRE_COMMIT_REMOTE_NAME": "there", "PRE_COMMIT_REMOTE_URL": "/nowhere"}
    assert project.run(str(HOOK), "run", "pre-push", **told).stderr == ""
    project.write(".sessions/notes.md", f"- {secret}\n")
    project.git("add", ".sessions/notes.md")
    project.git("commit", "-q", "--no-verify", "-m", "Leak")
    done = project.run(str(HOOK), "run", "pre-push", check=False, **told)
    assert (done.returncode, "push refused" in done.stderr) == (1, True)
    project.git("tag", "-a", "-m", "Leak", "v1")
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert project.run(str(HOOK), "run", "pre-push", check=False, **told).returncode == 1
    head = project.git("rev-parse", "HEAD").stdout.strip()
    clean = f"refs/heads/main {head} refs/heads/main {NONE}\n"
    assert project.run(str(HOOK), "run", "pre-push", "there", "/nowhere", stdin=clean).stderr == ""


def test_run_is_all_of_a_hook(project) -> None:
    project.gs("start", "One")
    project.write("message", "Subject\n")
    project.run(str(HOOK), "run", "pre-commit")
    project.run(str(HOOK), "run", "commit-msg", "message")
    assert project.read("message") == f"Subject\n\nSession: {project.session[10:-3]}\n"
    done = project.run(str(HOOK), "run", "post-commit")
    assert done.stderr.startswith("gitsession: handoff of 0001")


def test_a_page_in_the_frameworks_patch_is_not_derived(project) -> None:
    project.gs("start", "One")
    project.write(f".git/cache/patch1-{os.getpid()}", "diff --git a/.sessions/HANDOFF.md b/.sessions/HANDOFF.md\n")
    done = project.run(str(HOOK), "run", "pre-commit", PRE_COMMIT_HOME=str(project.root / ".git" / "cache"))
    assert "not derived" in done.stderr
    assert ".sessions/HANDOFF.md" not in project.status()


def test_run_leaves_the_work_to_the_installed_hook_that_started_it(project, secret) -> None:
    project.write(".sessions/notes.md", f"- {secret}\n")
    project.git("add", ".sessions/notes.md")
    running = {"GITSESSION_HOOK_RUNNING": f"pre-commit {project.root}"}
    assert project.run(str(HOOK), "run", "pre-commit", **running).returncode == 0
    other = {"GITSESSION_HOOK_RUNNING": "pre-commit /somewhere/else"}
    assert project.run(str(HOOK), "run", "pre-commit", check=False, **other).returncode == 1


@pytest.mark.parametrize("arguments", [(), ("nothing",)])
def test_run_of_no_hook_says_how_it_is_used(project, arguments) -> None:
    done = project.run(str(HOOK), "run", *arguments, check=False)
    assert done.returncode == 2
    assert "gitsession-hook run HOOK" in done.stderr

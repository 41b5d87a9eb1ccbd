"""Where git looks for hooks: `core.hooksPath` in each scope, linked worktrees, templates; and what `hooks status` says of it."""

import os
import subprocess
from pathlib import Path

import pytest

MINE = "#!/bin/sh\necho mine >>order\n"


def files(*folders: Path) -> dict[str, tuple[int, bytes]]:
    return {str(p): (p.stat().st_mode, p.read_bytes()) for f in folders for p in sorted(f.rglob("*")) if p.is_file()}


def add_hook(folder: Path, name: str = "pre-commit", mode: int = 0o750) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(MINE)
    (folder / name).chmod(mode)


def statuses(project) -> dict[str, dict[str, dict[str, str]]]:
    """Of each work tree, by the name of its folder, each hook."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for hook in project.json("hooks", "status"):
        found.setdefault(Path(hook["worktree"]).name, {})[hook["name"]] = hook
    return found


def test_a_script_that_is_there_runs_first_and_comes_back(bare_project) -> None:
    hooks = bare_project.root / ".git" / "hooks"
    for name in ("pre-commit", "commit-msg", "post-commit"):
        add_hook(hooks, name)
    before, config = files(hooks), bare_project.git("config", "--local", "--list").stdout
    bare_project.gs("init")
    bare_project.gs("init")
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    assert bare_project.read("order") == "mine\n" * 3
    shown = bare_project.gs("hooks", "status").stdout
    assert "pre-commit: installed in .git/hooks; first pre-commit.before-gitsession\n" in shown
    bare_project.gs("init", "--undo")
    assert (files(hooks), bare_project.git("config", "--local", "--list").stdout) == (before, config)


@pytest.mark.parametrize("value", [".githooks", "ABSOLUTE/.githooks", ".git/more hooks", "ABSOLUTE/.git/more hooks"])
def test_hooks_path_relative_and_absolute(bare_project, value) -> None:
    bare_project.git("config", "core.hooksPath", value.replace("ABSOLUTE", str(bare_project.root)))
    folder = bare_project.root / value.removeprefix("ABSOLUTE/")
    add_hook(folder)
    # A hook of git's own folder, which git does not run.
    add_hook(bare_project.root / ".git" / "hooks", "commit-msg")
    before = files(folder, bare_project.root / ".git" / "hooks")
    bare_project.gs("init")
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    bare_project.gs("start", "One")
    bare_project.commit("One")
    assert bare_project.read("order") == "mine\nmine\n"
    assert "Session: 0001-one" in bare_project.git("log", "-1", "--format=%B").stdout
    assert {(h["state"], h["problem"]) for h in statuses(bare_project)["project"].values()} == {("installed", "")}
    bare_project.gs("init", "--undo")
    assert files(folder, bare_project.root / ".git" / "hooks") == before


@pytest.mark.parametrize("scope", ["local", "worktree", "global", "command"])
@pytest.mark.parametrize("value", ["OUTSIDE", "/dev/null"])
def test_a_folder_of_others_and_none_are_refused_with_a_way_out(bare_project, tmp_path, monkeypatch, scope, value) -> None:
    outside = tmp_path / "outside"
    add_hook(outside)
    value = value.replace("OUTSIDE", str(outside))
    before = files(outside, bare_project.root / ".git" / "hooks")
    if scope == "command":
        for name, setting in (("COUNT", "1"), ("KEY_0", "core.hooksPath"), ("VALUE_0", value)):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", setting)
    else:
        bare_project.git("config", "extensions.worktreeConfig", "true")
        bare_project.git("config", f"--{scope}", "core.hooksPath", value)
    done = bare_project.gs("init", check=False)
    assert done.returncode == 1
    said, hint = done.stderr.splitlines()
    assert value in said
    assert scope in said
    assert ("no folder" in said) is (value == "/dev/null")
    assert files(outside, bare_project.root / ".git" / "hooks") == before
    assert not (bare_project.root / ".sessions").exists()
    first = statuses(bare_project)["project"]["pre-commit"]
    assert first["problem"]
    assert first["fix"] == hint.strip()
    if scope == "command":
        for name in ("COUNT", "KEY_0", "VALUE_0"):
            monkeypatch.delenv(f"GIT_CONFIG_{name}")
    else:
        subprocess.run(hint.partition(": ")[2], shell=True, cwd=bare_project.root, check=True)
    bare_project.gs("init")
    assert not statuses(bare_project)["project"]["pre-commit"]["problem"]


def test_each_linked_worktree_has_its_own_status_and_undo_clears_all(project, tmp_path) -> None:
    there, plain = tmp_path / "there", tmp_path / "plain"
    project.git("worktree", "add", "-q", str(there))
    project.git("worktree", "add", "-q", str(plain))
    project.git("config", "extensions.worktreeConfig", "true")
    project.git("config", "--worktree", "core.hooksPath", ".githooks", cwd=there)
    add_hook(there / ".githooks")
    before = files(there / ".githooks")
    found = statuses(project)
    assert next(iter(found)) == "project"
    assert {name: h["pre-commit"]["state"] for name, h in found.items()} == {
        "project": "installed", "plain": "installed", "there": "shadowed",
    }  # fmt: skip
    lost = found["there"]["pre-commit"]
    assert str(there / ".githooks") in lost["problem"]
    assert lost["managed_by"] == "core.hooksPath (worktree)"
    # The way out that it names.
    assert lost["fix"] == f"run `gitsession -C {there} init`"
    project.gs("-C", str(there), "init")
    found = statuses(project)
    assert not any(h["problem"] for hooks in found.values() for h in hooks.values())
    project.gs("start", "There", cwd=there)
    project.git("commit", "-q", "--allow-empty", "-m", "There", cwd=there)
    assert (there / "order").read_text() == "mine\n"
    assert "Session: 0001-there" in project.git("log", "-1", "--format=%B", cwd=there).stdout
    project.gs("init", "--undo")
    assert files(there / ".githooks") == before
    assert not [p for p in (project.root / ".git" / "hooks").iterdir() if p.suffix != ".sample"]


def test_a_relative_path_is_of_each_worktree(project, tmp_path) -> None:
    there = tmp_path / "there"
    project.git("config", "core.hooksPath", "hooks")
    project.gs("init")
    project.git("worktree", "add", "-q", str(there))
    found = statuses(project)
    assert not found["project"]["pre-commit"]["problem"]
    # Its branch does not have the scripts: they are in no commit yet.
    assert found["there"]["pre-commit"]["problem"]
    project.git("add", "hooks")
    project.git("commit", "-q", "-m", "Hooks")
    project.git("merge", "-q", "main", cwd=there)
    assert not statuses(project)["there"]["pre-commit"]["problem"]


def test_a_worktree_that_was_deleted_is_passed_over(project, tmp_path) -> None:
    project.git("worktree", "add", "-q", str(tmp_path / "there"))
    (tmp_path / "there").rename(tmp_path / "away")
    assert list(statuses(project)) == ["project"]


@pytest.mark.parametrize("kind", ["gone", "empty"])
def test_status_tells_of_a_python_that_is_gone_or_has_no_gitsession(project, tmp_path, kind) -> None:
    python = tmp_path / "python"
    if kind == "empty":
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)
    hook = project.root / ".git" / "hooks" / "pre-commit"
    recorded = statuses(project)["project"]["pre-commit"]["python"]
    hook.write_text(hook.read_text().replace(f"python={recorded}\n", f"python={python}\n"))
    found = statuses(project)["project"]
    assert str(python) in found["pre-commit"]["problem"]
    assert found["pre-commit"]["fix"] == "run `gitsession init`"
    assert not found["pre-push"]["problem"]
    shown = project.gs("hooks", "status").stdout
    assert f"Python: {python}" in shown
    project.gs("init")
    assert not statuses(project)["project"]["pre-commit"]["problem"]


# -- init.templateDir


def test_hooks_from_a_template_are_kept(tmp_path, bare_project) -> None:
    template = tmp_path / "template"
    add_hook(template / "hooks")
    add_hook(template / "hooks", "commit-msg.sample", 0o644)
    bare_project.git("config", "--global", "init.templateDir", str(template))
    other = type(bare_project)(tmp_path / "other")
    bare_project.git("clone", "-q", str(bare_project.root), str(other.root))
    before = files(other.root / ".git" / "hooks")
    other.gs("init")
    other.git("commit", "-q", "-m", "Keep sessions")
    assert other.read("order") == "mine\n"
    # `git init` again copies what is missing of the template, and nothing over ours.
    other.git("init", "-q")
    assert not any(h["problem"] for h in statuses(other)["other"].values())
    other.gs("init", "--undo")
    assert files(other.root / ".git" / "hooks") == before


@pytest.mark.parametrize("python", ["there", "gone"])
def test_our_hooks_in_a_template_do_no_harm_where_no_sessions_are_kept(project, tmp_path, python) -> None:
    template = tmp_path / "template"
    (template / "hooks").mkdir(parents=True)
    recorded = os.fsencode(statuses(project)["project"]["pre-commit"]["python"])
    for hook in (project.root / ".git" / "hooks").glob("*[!e]"):
        copy = template / "hooks" / hook.name
        copy.write_bytes(hook.read_bytes() if python == "there" else hook.read_bytes().replace(recorded, bytes(tmp_path / "gone")))
        copy.chmod(0o755)
    other, remote = type(project)(tmp_path / "other"), str(tmp_path / "remote")
    project.git("init", "-q", "--bare", remote)
    other.root.mkdir()
    other.git("-c", f"init.templateDir={template}", "init", "-q", "-b", "main")
    other.git("remote", "add", "origin", remote)
    said = [other.commit("One").stderr, other.git("commit", "-q", "--amend", "-m", "Two").stderr]
    other.git("switch", "-q", "-c", "side")
    said += [other.commit("Three").stderr, other.git("push", "-q", "origin", "side").stderr]
    # Nothing is stopped; without its Python each says that it goes on.
    assert said == [""] * 4 if python == "there" else all("goes on without it" in words for words in said)
    assert "Session:" not in other.git("log", "--format=%B").stdout
    assert other.status() == ""
    other.gs("hooks", "uninstall")
    assert not list((other.root / ".git" / "hooks").iterdir())

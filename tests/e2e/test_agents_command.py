"""`agents install`, `uninstall` and `status`, and `init --agents`."""

import json
import os
from pathlib import Path

import pytest

AGENTS = ("claude-code", "codex", "gemini", "cursor", "copilot", "opencode", "aider")
SETTINGS = {
    "claude-code": ".claude/settings.json",
    "codex": ".codex/hooks.json",
    "gemini": ".gemini/settings.json",
    "cursor": ".cursor/hooks.json",
    "copilot": ".github/hooks/gitsession.json",
}
THEIRS = {
    ".claude/settings.json": '{\r\n\t"model": "opus", // the best\r\n\t"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "beep"}]}]}\r\n}',
    ".codex/hooks.json": '{"hooks": {}}\n',
    ".gemini/settings.json": "{}",
    ".cursor/hooks.json": '{\n  "version": 1,\n  "hooks": {\n    "stop": []\n  },\n}\n',
    ".github/hooks/gitsession.json": "{\n}",
    "CLAUDE.md": "# Rules\n\nBe kind",
    "AGENTS.md": "# Rules\r\n",
    "GEMINI.md": "",
    ".github/copilot-instructions.md": "\n\n",
    ".aider.conf.yml": "read:\n  - a.md\nmodel: x",
}


def found(project) -> dict[str, dict]:
    return {record["agent"]: record for record in project.json("agents", "status")}


def states(record) -> set[str]:
    return {place["state"] for place in (*record["hooks"], record["instructions"])} - {"absent"}


@pytest.mark.parametrize("files", [{}, THEIRS], ids=["none", "theirs"])
def test_all_are_installed_once_and_taken_away_to_the_byte(project, files) -> None:
    for path, text in files.items():
        project.write(path, text)
    before = {str(p.relative_to(project.root)) for p in project.root.rglob("*") if ".git" not in p.parts}
    out = project.gs("agents", "install", *AGENTS).stdout
    assert "codex: trust each hook in Codex" in out
    assert {name: states(record) for name, record in found(project).items()} == {key: {"current"} for key in AGENTS}
    for path in SETTINGS.values():
        assert "gitsession/agent-hook" in project.read(path)
    assert project.read("AGENTS.md").count("gitsession begin") == 1  # three agents read it
    assert "nothing to do" in project.gs("agents", "install", *AGENTS).stdout
    if files:
        assert json.loads(project.read(".codex/hooks.json"))["hooks"]["SessionStart"]
        assert "// the best\r\n" in project.read(".claude/settings.json")
        assert "beep" in project.read(".claude/settings.json")

    project.gs("agents", "uninstall", *reversed(AGENTS))
    after = {str(p.relative_to(project.root)) for p in project.root.rglob("*") if ".git" not in p.parts}
    assert after == before
    assert {path: project.read(path) for path in files} == files
    assert not any(states(record) for record in found(project).values())
    assert "nothing to do" in project.gs("agents", "uninstall").stdout


def test_one_agents_instructions_stay_while_another_reads_them(project) -> None:
    project.gs("agents", "install", "codex", "opencode")
    project.gs("agents", "uninstall", "codex")
    assert "gitsession decide" in project.read("AGENTS.md")
    assert not (project.root / ".codex").exists()
    project.gs("agents", "uninstall", "opencode")
    assert project.status() == ""


def test_what_people_edited_since_stays(project) -> None:
    project.gs("agents", "install", "claude-code", "cursor")
    settings = json.loads(project.read(".claude/settings.json"))
    settings["hooks"]["Stop"].append({"hooks": [{"command": "theirs"}]})
    project.write(".claude/settings.json", json.dumps({"model": "opus", **settings}))
    project.write("AGENTS.md", "# Ours\n" + project.read("AGENTS.md") + "More\n")
    project.gs("agents", "uninstall")
    left = {"model": "opus", "hooks": {"Stop": [{"hooks": [{"command": "theirs"}]}]}}
    assert json.loads(project.read(".claude/settings.json")) == left
    assert project.read("AGENTS.md") == "# Ours\nMore\n"


def test_hooks_of_another_version_are_outdated_and_brought_up_to_date(project) -> None:
    project.gs("agents", "install", "claude-code")
    made = project.read(".claude/settings.json")
    project.write(".claude/settings.json", made.replace('"timeout": 15', '"timeout": 1'))
    project.write("CLAUDE.md", project.read("CLAUDE.md").replace("gitsession ask", "gitsession question"))
    assert states(found(project)["claude-code"]) == {"outdated"}
    project.gs("agents", "install", "claude-code")
    assert project.read(".claude/settings.json") == made
    assert states(found(project)["claude-code"]) == {"current"}


def test_without_a_name_those_are_meant_that_are_found(project, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "claude").exists()))
    assert "no agent is found" in project.gs("agents", "install").stdout
    project.write(".codex/config.toml", "")
    (tmp_path / "home" / ".gemini").mkdir()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "cursor-agent").write_text("#!/bin/sh\n")
    (programs / "cursor-agent").chmod(0o755)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{programs}")
    records = found(project)
    assert {name for name, record in records.items() if record["found"]} == {"codex", "gemini", "cursor"}
    assert records["codex"]["found"] == [".codex"]
    assert records["codex"]["to_do"] == ""
    project.gs("agents", "install")
    assert {name for name, record in found(project).items() if states(record)} == {"codex", "gemini", "cursor"}


def test_init_installs_into_the_agents_found(bare_project) -> None:
    bare_project.write("CLAUDE.md", "# Rules\n")
    out = bare_project.gs("init", "--agents").stdout
    assert "claude-code: hooks in .claude/settings.json" in out
    assert (bare_project.root / ".git" / "gitsession" / "agent-hook").exists()
    assert ".claude" not in bare_project.git("diff", "--cached", "--name-only").stdout


def test_at_home_and_for_one_clone(project, tmp_path) -> None:
    home = tmp_path / "home"
    project.gs("agents", "install", "--user", "claude-code", "codex", "copilot")
    assert "SessionStart" in (home / ".claude" / "settings.json").read_text()
    assert "sessionStart" in (home / ".copilot" / "hooks" / "gitsession.json").read_text()
    project.gs("agents", "install", "--user", "codex", CODEX_HOME=str(tmp_path / "elsewhere"))
    assert (tmp_path / "elsewhere" / "hooks.json").exists()
    assert project.status() == ""
    project.gs("agents", "install", "--local", "claude-code")
    assert project.status() == "?? .claude/\n"
    assert "no settings" in project.gs("agents", "install", "--local", "codex").stdout
    assert project.gs("agents", "install", "--local", "--user", check=False).returncode == 2
    levels = {place["level"]: place["state"] for place in found(project)["claude-code"]["hooks"]}
    assert levels == {"project": "absent", "local": "current", "user": "current"}
    project.gs("agents", "uninstall", "--user")
    assert not (home / ".codex").exists()
    assert project.status() == "?? .claude/\n"


def test_broken_settings_are_named_and_nothing_is_changed(project) -> None:
    project.write(".gemini/settings.json", '{\n  "a": 1,\n  oops\n}\n')
    done = project.gs("agents", "install", "claude-code", "gemini", check=False)
    assert done.returncode == 1
    assert ".gemini/settings.json:3: " in done.stderr
    assert project.status() == "?? .gemini/\n"
    assert "missing" in found(project)["gemini"]["hooks"][0]["state"]


def test_a_link_is_followed_in_the_repository_and_not_out_of_it(project, tmp_path) -> None:
    project.write("AGENTS.md", "# Rules\n")
    (project.root / "CLAUDE.md").symlink_to("AGENTS.md")
    project.gs("agents", "install", "claude-code", "codex")
    assert (project.root / "CLAUDE.md").is_symlink()
    assert project.read("AGENTS.md").count("gitsession begin: claude-code, codex") == 1
    project.gs("agents", "uninstall")
    assert project.read("AGENTS.md") == "# Rules\n"
    outside = tmp_path / "outside.md"
    outside.write_text("theirs\n")
    (project.root / "GEMINI.md").symlink_to(outside)
    done = project.gs("agents", "install", "gemini", check=False)
    assert "leads out of the repository" in done.stderr
    assert outside.read_text() == "theirs\n"
    assert not (project.root / ".gemini").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_changes_nothing(project) -> None:
    folder = project.root / ".codex"
    folder.mkdir(mode=0o500)
    done = project.gs("agents", "install", "claude-code", "codex", check=False)
    assert "cannot be written" in done.stderr
    assert not (project.root / ".claude").exists()
    folder.chmod(0o700)


def test_what_was_written_before_a_fault_is_taken_back(project) -> None:
    project.write(".claude/settings.json", "{}")
    project.write(".github/hooks", "a file where a folder belongs\n")
    done = project.gs("agents", "install", "claude-code", "copilot", check=False)
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert project.read(".claude/settings.json") == "{}"
    assert not (project.root / "CLAUDE.md").exists()


@pytest.mark.parametrize("home", ["", "relative", "/nowhere/at/all"])
def test_without_a_home_there_is_no_user_level(project, home, monkeypatch) -> None:
    done = project.gs("agents", "install", "--user", "claude-code", check=False, HOME=home)
    assert "no home folder" in done.stderr
    project.gs("agents", "status", HOME=home)
    project.gs("agents", "install", "claude-code", HOME=home)


def test_a_clone_that_is_not_set_up_says_so(project, clone) -> None:
    project.gs("agents", "install", "codex")
    project.git("add", ".")
    project.git("commit", "-q", "-m", "Hooks for agents")
    assert found(project)["codex"]["to_do"].startswith("trust each hook")
    other = clone(project)
    assert found(other)["codex"]["to_do"].startswith("run `gitsession init`: this clone is not set up; trust each hook")
    assert found(other)["opencode"]["to_do"] == ""
    other.gs("init")
    assert found(other)["codex"]["to_do"].startswith("trust each hook")
    stub = other.root / ".git" / "gitsession" / "agent-hook"
    stub.write_text(stub.read_text() + "# edited\n")
    assert "of another version" in other.gs("agents", "status").stdout


def test_taking_init_back_tells_of_the_agents(bare_project) -> None:
    bare_project.gs("init")
    bare_project.gs("agents", "install", "codex", "opencode")
    assert "what codex have of it stays: gitsession agents uninstall" in bare_project.gs("init", "--undo").stderr
    bare_project.gs("agents", "uninstall")
    assert bare_project.status() == ""
    assert "agents uninstall" not in bare_project.gs("init", "--undo").stderr


def test_an_agent_that_nobody_knows(project) -> None:
    done = project.gs("agents", "install", "clippy", check=False)
    assert done.returncode == 2
    assert "claude-code, codex, gemini, cursor, copilot, opencode, aider" in done.stderr

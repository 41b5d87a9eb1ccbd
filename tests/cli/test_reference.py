"""The reference of the commands is what the code gives, and says what the commands do."""

import json
import re
from pathlib import Path

import pytest

from gitsession.cli.app import COMMANDS, app
from gitsession.cli.reference import FIELDS, groups, main, pages, render_markdown
from gitsession.model.conversation import Change, Head, Turn
from gitsession.model.stored import StoredTurn
from gitsession.store.conversations import write_conversation

ROOT = Path(__file__).parents[2]
#: Fields that a checkpoint need not have.
SELDOM = {"ended", "author", "agent", "model", "account", "parents", "tags", "outcome", "usage"}


@pytest.mark.parametrize("name", ["commands.md", "gitsession.1", "git-session.1"])
def test_the_pages_in_docs_are_those_of_the_code(name: str, tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    assert (ROOT / "docs" / name).read_text() == (tmp_path / name).read_text(), "make docs"


def test_every_command_and_option_is_documented() -> None:
    text = render_markdown()
    assert {name for names in groups().values() for name in names} == set(COMMANDS)
    for name in COMMANDS:
        command = app.get_command(None, name)  # type: ignore[arg-type]
        assert f"\n## {name}\n" in text
        for parameter in command.params:
            assert all(o in text.split(f"\n## {name}\n")[1].split("\n## ")[0] for o in parameter.opts if o[0] == "-")
        for page in pages(name):
            assert page.about[0].strip(), name
            assert all(about for _, about in page.options), name


@pytest.mark.parametrize("name", ["gitsession.1", "git-session.1"])
def test_a_man_page_holds_no_accidental_request(name: str) -> None:
    known = (".TH", ".nh", ".ad", ".SH", ".SS", ".PP", ".TP", ".B")
    for line in (ROOT / "docs" / name).read_text().splitlines():
        assert not line.startswith("'")
        assert not line.startswith(".") or line.split()[0] in known, line


def test_the_table_of_json_fields_is_what_commands_print(project) -> None:
    project.gs("start", "Add login", "--agent", "codex", "--tag", "web", "--goal", "People can sign in.")
    project.gs("decide", "Use argon2id", "--why", "bcrypt truncates")
    project.gs("todo", "Rate-limit sign-in", "--est", "20m")
    project.gs("learn", "bcrypt truncates")
    project.gs("knowledge", "add", "--from", "1")
    project.write(".sessions/12-no-name.md", "")
    key = "AKIA" + "QWERTZUIOPASDFGH"
    found = {
        "start": project.json("start"),
        "status": project.json("status"),
        "list": project.json("list"),
        "show": project.json("show"),
        "handoff": project.json("handoff"),
        "handoff --check": project.json("handoff", "--check"),
        "check": project.json("check"),
        "eval": json.loads(project.gs("eval", "-", "--json", stdin='{"question": "?", "answer": "argon2id"}').stdout),
        "scan": json.loads(project.gs("scan", "--json", "-", stdin=f"aws_key = {key}\n", check=False).stdout),
        "why": project.json("why", "README.md"),
        "sql": project.json("sql", "SELECT 1 AS '(the columns)'"),
        "index": project.json("index", "--rebuild"),
        "index --status": project.json("index", "--status"),
        "knowledge list": project.json("knowledge", "list"),
        "knowledge list --lessons": project.json("knowledge", "list", "--lessons"),
        "agents status": project.json("agents", "status"),
        "hooks status": project.json("hooks", "status"),
    }
    turn = Turn("tool", "out", "2026-11-23T09:30:00Z", "1", "error", True, "m", (1, 2), "p", "Bash", "run", "ls", (Change("a"),), (), True, True, 1)
    with project.open() as repo:
        write_conversation(repo, "0001-work-x7qm", Head("codex", "1"), [turn._replace(text="out" * 900), Turn("user", "Hm", model="m")])
    found["conversation list"] = project.json("conversation", "list")
    found["conversation show"] = project.json("conversation", "show", "1")
    told = re.findall(r"[a-z]+", FIELDS["conversation show"]["turns"])
    assert set().union(*found["conversation show"]["turns"]) == {*told}.intersection(StoredTurn._fields)
    project.write(".sessions/notes.md", f"aws_key = {key}\n")
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "Past the gate")
    found["search"] = project.json("search", "argon2id")
    found["troubleshoot"] = project.json("troubleshoot", "bcrypt truncates")
    told = set(re.findall(r"[a-z]+", " ".join(re.findall("`([^`]+)`", FIELDS["troubleshoot"]["hits"]))))
    assert found["troubleshoot"]["hits"][0].keys() == told
    found |= {command: project.json(command) for command in ("stats", "growth", "timeline")}
    found["scan --history"] = project.json("scan", "--history", check=False)
    project.gs("scan", "--allow", ".sessions/notes.md:1", "--reason", "An example.")
    found["scan --allowed"] = project.json("scan", "--allowed")
    assert found.keys() == FIELDS.keys()
    for command, value in found.items():
        lists = ("search", "why", "sql", "growth", "timeline", "list", "handoff --check", "check", "agents status", "hooks status")
        listed = command in lists or command.startswith(("scan", "knowledge", "conversation list"))
        assert isinstance(value, list) == listed, command
        named = {field for fields in FIELDS[command] for field in fields.split(", ")}
        records = value if isinstance(value, list) else [value]
        assert records, command
        for record in records:
            assert record.keys() - SELDOM == named - SELDOM, command
    assert key not in json.dumps(found)

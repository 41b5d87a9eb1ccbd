"""Nothing gets into `.sessions/` around the door: whatever a command or a hook is given, no secret in it touches the disk."""

import ast
import json
import random
import string
from pathlib import Path

import click
import pytest

import gitsession
from gitsession.cli.app import COMMANDS, app
from gitsession.errors import GitsessionError

SOURCE = Path(gitsession.__file__).parent
#: They write nothing of what they are given, or hand it to a program; `run` and `init` have tests of their own.
ASIDE = {"run", "edit", "init", "demo", "help", "completion", "resolve", "hooks", "scan", "check"}
#: Who writes files or objects of a repository, and why that needs no door, or has one.
WRITERS = {
    ("workflow.record", "record_fact"),  # admit
    ("workflow.record", "close_fact"),  # admit
    ("workflow.record", "record_state"),  # admit
    ("workflow.record", "end_session"),  # fixed words
    ("workflow.record", "open_session"),  # admit
    ("workflow.starting", "_go_on"),  # fixed words
    ("workflow.sessions", "take_over"),  # the branch's name, which git has
    ("workflow.allowing", "allow"),  # admit
    ("workflow.commit", "_open"),  # `begin` admits
    ("workflow.commit", "_take_in"),  # what is on disk, into the git index
    ("workflow.commit", "_page"),  # a page is derived of what was admitted, and history, which `make_source` redacts
    ("workflow.initialise", "initialise"),  # `_discover` admits; the rest is ours
    ("workflow.check_pages", "mend_page"),  # as `_page`
    ("workflow.check_setup", "mend_attributes"),  # lines of ours
    ("workflow.merging", "run_driver"),  # what both sides have already
    ("workflow.merging", "resolve"),  # the same
    ("workflow.merging", "_copy"),  # the same
    ("workflow.pages", "put_page"),
    ("workflow.pages", "_put_plain"),
    ("workflow.pages", "_save_edits"),  # what is on disk, into an object that nothing names
    ("store.staging", "edit_staged"),
    ("store.staging", "stage_recorded"),
    ("store.staging", "create_staged"),
    ("store.staging", "stage_bytes"),
    ("store.files", "write_file"),
    ("store.cache", "store_cache"),  # in the git directory: what git has
    ("store.conversations", "_write"),  # what `redacted` let through
    ("store.union", "take_in"),  # what another clone has stored
    ("store.union", "_forget"),  # what the branch has already
    ("githooks.stubs", "write_file"),  # scripts
    ("workflow.importing", "_write"),  # `_take` redacts the drafts; agent and model are admitted
    ("workflow.compressing", "_write"),  # `apply_drafts` redacts what a model wrote; its name is admitted
    ("workflow.adopting", "adopt"),  # `read_document` redacts
    ("workflow.knowledge", "add_knowledge"),  # admit
    ("workflow.intake", "take_in"),  # what `add_entry` let through, and `apply_drafts` redacts again
    ("store.inbox", "add_entry"),  # admit
    ("store.opening", "note_opening"),  # `open_for_agent` redacts the prompt that becomes the title
    ("store.pending", "add_pending"),  # where an agent keeps its transcript, and its id
    ("store.pending", "claim_pending"),  # the same
    ("githooks.stubs", "install_agent_hook"),  # a script
    ("agents.files", "_write"),  # agents' settings and instructions: what is there, and fixed words of ours
}
NAMES = {"write_file", "write_whole", "write_blob", "edit_staged", "create_staged", "stage_bytes", "stage_file", "put_page",
         "write_files", "replace_branch"}  # fmt: skip


def token(seed):
    return "gh" + "p_" + "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=36))


def texts(command):
    """The arguments and options of a command that take any text: (how the secret is given, the parameter)."""
    for parameter in command.params:
        if isinstance(parameter.type, type(click.STRING)) or parameter.type is click.UNPROCESSED:
            yield parameter


def arguments(command, under_test, secret):
    """A call of the command with a secret in one place, and something that will do in the others that it needs."""
    words = []
    for parameter in command.params:
        if parameter is under_test:
            words += [secret] if isinstance(parameter, click.Argument) else [parameter.opts[0], secret]
        elif isinstance(parameter, click.Argument) and parameter.required:
            words.append("1" if command.name == "done" else "words")
    return words


def test_no_text_that_a_command_takes_gets_past_the_door(project):
    """Every command that is not named above, with a secret in each place that takes a text."""
    project.gs("todo", "Open step")
    project.commit("Work")
    given = {}
    for name in sorted(COMMANDS.keys() - ASIDE):
        command = app.get_command(click.Context(app), name)
        for parameter in texts(command):
            secret = token(f"{name} {parameter.name}")
            given[secret] = words = ["-C", str(project.root), name, *arguments(command, parameter, secret)]
            try:
                app.main(words, standalone_mode=False)
            except (GitsessionError, click.UsageError):
                continue
    assert len(given) > 25
    there = project.run("git", "cat-file", "--batch-all-objects", "--batch", "--buffer").stdout
    for file in project.root.rglob("*"):
        if file.is_file() and "objects" not in file.parts:
            there += file.read_text(errors="replace")
    assert "Open step" in there
    assert [words for secret, words in given.items() if secret in there] == []


def test_no_other_function_writes():
    """Whoever adds one says in the table above why it needs no door, or where its door is."""
    found = set()
    for file in SOURCE.rglob("*.py"):
        module = ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef):
                calls = (c.func for c in ast.walk(function) if isinstance(c, ast.Call))
                if any(getattr(f, "attr", getattr(f, "id", "")) in NAMES for f in calls):
                    found.add((module, function.name))
    found -= {(module, name) for module, name in found if module == "githooks.install"}  # git's hooks
    assert found == WRITERS


def kept(project):
    """All that `.sessions/` holds, on disk and in the git index."""
    texts = [f.read_text() for f in sorted((project.root / ".sessions").rglob("*")) if f.is_file()]
    return "\n".join([*texts, project.git("grep", "--cached", "-h", "", "--", ".sessions").stdout])


def test_what_a_command_prints_and_is_called_is_redacted(project):
    line, name = token("line"), token("name")
    script = f"echo 'FAILED tests/{name}.py::test_a'; echo '1 failed in 0.1s'; exit 1"
    project.write("pytest", f"#!/bin/sh\n{script}\n").chmod(0o755)
    done = project.gs("run", "--", "./pytest", "--token", line, check=False)
    assert done.returncode == 1
    project.gs("run", "--as", token("as"), "--", "true", check=False)
    state = next(text for text in project.read(project.session).splitlines() if text.startswith("- tests:"))
    assert "1 failed, `./pytest --token [REDACTED:GitHub token]` (`tests/[REDACTED:GitHub token]::test_a`)" in state
    project.commit("Work")
    assert not any(secret in kept(project) for secret in (line, name, token("as")))
    assert project.gs("scan").returncode == 0


def test_what_git_says_is_redacted_on_the_page(project):
    subject, path, branch = token("subject"), token("path"), token("branch")
    project.gs("start", "Work")
    project.commit(f"Use {subject} for now", **{f"src/{path}.txt": "x"})
    project.gs("complete", "--commit")
    project.gs("start", "Next")
    project.commit("More", more="1")
    page = project.page
    assert "Use [REDACTED:GitHub token] for now" in page
    project.git("switch", "-q", "-c", branch)
    project.commit("On a branch with such a name", check=False, branch="1")
    assert not any(secret in kept(project) for secret in (subject, path, branch))
    shown = project.gs("start").stdout + project.gs("status").stdout
    assert not any(secret in shown for secret in (subject, path))


def test_what_init_reads_off_a_project_is_redacted(bare_project):
    goal, command = token("goal"), token("command")
    bare_project.write("README.md", f"# Feedpost\n\nMails a digest, with {goal} as its key.\n")
    scripts = {"test": "node --test", "start": f"API_TOKEN={command} node ."}
    bare_project.write("package.json", json.dumps({"name": "feedpost", "scripts": scripts}))
    bare_project.git("add", ".")
    bare_project.gs("init")
    assert "with [REDACTED:GitHub token] as its key" in bare_project.read(".sessions/project.yml")
    assert bare_project.json("check", check=False) is not None
    assert not any(secret in kept(bare_project) for secret in (goal, command))
    bare_project.git("commit", "-q", "-m", "Keep sessions")


@pytest.mark.parametrize("words", [("note", "-"), ("learn", "-")])
def test_words_from_standard_input_are_a_persons(project, secret, words):
    done = project.gs(*words, stdin=f"one\ntwo {secret}\n", check=False)
    assert done.returncode == 1
    assert "GitHub token (ghp_****) at 2:5 of the text" in done.stderr
    assert secret not in kept(project) + done.stderr

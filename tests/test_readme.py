"""The README's commands are run, in one repository and in their order, and print what it shows."""

import os
import random
import re
import string
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent
TOKEN = "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))

#: What differs from run to run, and from clock to clock.
RANDOM = (
    (re.compile(r"\b(\d{4}-[a-z][a-z0-9-]*?)-[a-z0-9]{4}\b(?=\]|\.md|\s|;|$)"), r"\1-RAND"),
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,40}\b"), "HEX"),
    (re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"), "DATE"),
    (re.compile(r"\b\d+ tokens|tokens \d+"), "TOKENS"),
    (re.compile(r" +\| +"), " | "),
)


def blocks() -> list[list[tuple[str, list[str]]]]:
    """Of each console block: (command, lines that it printed)."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL):
        steps: list[tuple[str, list[str]]] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
        found.append(steps)
    return found


def masked(lines: list[str]) -> list[str]:
    """Lines without what differs each time, and without the empty ones at the end."""
    text = "\n".join(lines).rstrip()
    for pattern, name in RANDOM:
        text = pattern.sub(name, text)
    return [line.rstrip() for line in text.splitlines()]


def test_every_command_prints_what_is_shown(bare_project) -> None:
    bare_project.write("feedpost.py", "seen = set()\n")
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    steps = [step for block in blocks() for step in block]
    assert len(steps) > 8
    for command, shown in steps:
        done = bare_project.run("sh", "-c", f"exec 2>&1\n{command}", check=False, PATH=path, TOKEN=TOKEN)
        assert masked(done.stdout.splitlines()) == masked(shown), f"$ {command}\n{done.stdout}"


def test_commands_that_it_speaks_of_exist() -> None:
    from gitsession.cli.app import COMMANDS

    code = " ".join(re.findall(r"`([^`\n]+)`", (ROOT / "README.md").read_text()))
    named = set(re.findall(r"gitsession ([a-z]+)\b", code))
    assert named
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("file", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]), ids=lambda file: file.name)
def test_links_lead_to_files(file: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", file.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
        if not target.startswith("http") and not target.startswith(".sessions/"):
            assert (file.parent / target).exists(), target

"""Tokens, cost and credits, from front matter and conversations; and figures as a terminal shows them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from made import ONE, THREE, TWO, checkpoint, make_history, three_sessions

from gitsession.model.conversation import Head, Turn
from gitsession.store.conversations import write_conversation

PROGRAM = str(Path(sys.executable).parent / "gitsession")
USE = ("sessions", "input_tokens", "output_tokens", "cost_usd", "credits")


@pytest.fixture
def used(bare_project):
    """Four sessions of two accounts: one says all, one tokens alone, one nothing but has conversations, one nothing at all."""

    def commit(day: int, stem: str, **front: str) -> tuple:
        text = checkpoint(f"2026-11-{day:02}T09:00:00+00:00", f"# {stem}", **front)
        return f"2026-11-{day:02}T10:00:00", f"Work\n\nSession: {stem}", {f".sessions/{stem}.md": text}

    make_history(
        bare_project,
        commit(2, ONE, account="work", model="m1", usage="{input_tokens: 100, output_tokens: 10, cost_usd: 1.5, credits: 4}"),
        commit(3, TWO, account="work", model="m2", usage="{input_tokens: 200}"),
        commit(10, THREE, account="home", model="m1"),
        commit(10, "0004-four-dddd", model="m2"),
    )
    with bare_project.open() as repo:
        for stem, name in ((TWO, "a"), (THREE, "b"), (THREE, "c")):
            turns = [Turn("user", "Go", id="1"), Turn("assistant", "Done", id="2", tokens=(1000, 50))]
            write_conversation(repo, stem, Head("codex", name, cost=0.25), turns)
    return bare_project


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        # What the front matter says of a figure goes before what the conversations come to.
        ("session", {ONE: (1, 100, 10, 1.5, 4), TWO: (1, 200, 50, 0.25, None), THREE: (1, 2000, 100, 0.5, None),
                     "0004-four-dddd": (1, None, None, None, None)}),
        ("account", {"work": (2, 300, 60, 1.75, 4), "home": (1, 2000, 100, 0.5, None), "": (1, None, None, None, None)}),
        ("model", {"m1": (2, 2100, 110, 2, 4), "m2": (2, 200, 50, 0.25, None)}),
        ("week", {"2026-W45": (2, 300, 60, 1.75, 4), "2026-W46": (2, 2000, 100, 0.5, None)}),
    ],
)  # fmt: skip
def test_use_by(used, by: str, groups: dict[str, tuple]) -> None:
    found = used.json("stats", "--by", by, "--since", "2026-11-01T00:00:00+00:00")
    told = {g["name"]: tuple(g[f] for f in USE) for g in found["groups"] if g["sessions"]}
    assert told == groups
    assert tuple(found["total"][f] for f in USE) == (4, 2300, 160, 2.25, 4)


def on_terminal(project, *arguments: str, columns: int = 200) -> str:
    """What a command shows on a terminal so wide."""
    ours, theirs = os.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)}
    with subprocess.Popen([PROGRAM, *arguments], cwd=project.root, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # the other end is closed
            pass
        os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a system without pseudo-terminals")
@pytest.mark.parametrize(
    ("command", "words"), [("stats", ("commits", "total")), ("growth", ("planned", "hours/step")), ("timeline", ("started", "topic"))]
)
def test_a_terminal_gets_tables(bare_project, command: str, words: tuple[str, ...]) -> None:
    three_sessions(bare_project)
    shown = on_terminal(bare_project, command)
    assert "\x1b[1m" in shown
    assert "─" in shown  # under the headings
    for word in (ONE, *words):
        assert word in shown
    narrow = on_terminal(bare_project, command, columns=60)
    assert "…" in narrow  # words are cut
    assert ONE not in narrow

"""The page on the formats says what the code reads."""

import re
from pathlib import Path

from gitsession.formats.allowance import parse_allowance
from gitsession.formats.checkpoint import MAX_BYTES, parse_checkpoint
from gitsession.formats.conversation import parse_conversation, render_conversation
from gitsession.formats.knowledge import parse_knowledge, render_knowledge
from gitsession.formats.settings import parse_settings
from gitsession.handoff.knowledge import PERCENT
from gitsession.handoff.page import parse_page
from gitsession.model.background import LISTED
from gitsession.model.checkpoint import CHECKPOINT_FIELDS
from gitsession.model.fact import SECTIONS
from gitsession.model.knowledge import BODY, ENOUGH, TAG, TITLE
from gitsession.store import intake
from gitsession.store.knowledge import MOST

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def example(language: str, heading: str = "The checkpoint") -> str:
    """The first below a heading."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE.split(f"\n## {heading}", 1)[1], re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def table(header: str) -> list[list[str]]:
    rows = PAGE.split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_checkpoint_is_read_as_the_page_says() -> None:
    c = parse_checkpoint(example("markdown").encode(), "0002-add-login-k3f9", "c.md")
    assert (c.title, c.goal, c.parents) == (
        "Add login",
        "People can sign in with a password.",
        ("0001-bootstrap-x7qm",),
    )
    facts = {fact.text: fact for fact in c.facts}
    assert facts["Sessions live in Redis, because two servers share them."].replaces == ("Sessions live in a cookie",)
    assert facts["Names are unique"].dropped
    assert facts["Sign-in form and endpoint"].took == "3h"
    assert facts["Create the users table"].links == ("0001-bootstrap-x7qm",)
    assert facts["Rate-limit the sign-in endpoint"].est == "20m"
    assert facts["Which mail provider?"].resolved == "the one that we have"
    assert facts["Not solved: `test_login` hangs on Python 3.13."].unsolved
    assert facts["tests: 1 failed, 41 passed, `pytest -q`"].source == "3f2a1b9c0d1e"
    assert facts["Redis drops keys silently when it is full."].by == "some/model"


def test_all_keys_and_sections_are_named() -> None:
    keys = {key for row in table("key | type") for key in re.findall(r"`(\w+)`", row[0])}
    assert keys == {"schema", *CHECKPOINT_FIELDS} - {"stem", "instant", "title", "goal"}
    assert [(row[0], row[1].strip("`")) for row in table("heading | kind |")] == [*SECTIONS]


def test_settings_and_closing_comment_are_read() -> None:
    settings = parse_settings(example("yaml", "Settings").encode())
    assert (settings.name, settings.commands, settings.unknown) == ("feedpost", (("test", "python -m pytest -q"),), ())
    assert settings.constraints == ("Runs from cron on a 512 MB machine",)
    assert settings.model == ("meta-llama/Llama-3.1-8B-Instruct", "http://localhost:11434/v1", "ask")
    page = parse_page("body\n" + example("html"))
    assert page is not None
    assert page[1].session == "0002-add-login-k3f9"


def test_knowledge_is_read() -> None:
    text = example("markdown", "Knowledge")
    knowledge = parse_knowledge(text.encode(), "k", "k.md")
    assert (knowledge.title, knowledge.tags) == ("Retry on 429", ("http", "retry"))
    assert knowledge.session == "0003-retry-on-429-k3f9"
    assert render_knowledge(knowledge) == text
    assert (TAG, TITLE, BODY, ENOUGH, MOST, PERCENT) == (4, 2, 1, 4, 3, 6)  # as the page says


def test_an_allowance_is_read() -> None:
    allowance = parse_allowance(example("yaml", "An allowance").encode(), "x", "x.yml")
    assert (allowance.kind, allowance.glob) == ("GitHub token", "")


def test_a_conversation_is_read() -> None:
    text = example("markdown", "A conversation")
    stored = parse_conversation([text], "claude-code-0198a1b2-c3d")
    assert [(turn.number, turn.who, turn.input, turn.text) for turn in stored.turns] == [
        (1, "user", "", "Add login"), (2, "tool", "src/login.py", ""), (4, "tool", "pytest -q", ""),
    ]  # fmt: skip
    assert render_conversation(stored) == [text]
    for number in (intake.SAID.size, intake.OUTPUT.size, intake.MOST):
        assert f"{number:,} characters" in PAGE


def test_limits() -> None:
    assert f"at most {MAX_BYTES // 1024 // 1024} MB" in PAGE
    assert f"newest {LISTED} background facts" in PAGE

"""A project with a conversation that a test's model may read, and that model asked in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from canned import CHOICE, FORM, LEARNED, RULE
from talk import Talk

from gitsession.model_client.client import Patience
from gitsession.workflow.compressing import Compressed, Wish, compress_session, plan_compression
from gitsession.workflow.importing import import_transcript


@pytest.fixture
def transcript(tmp_path: Path) -> str:
    """Of it the rules leave out what is in LEARNED and FORM."""
    talk = Talk().asks(f"Add a sign-in form. {RULE}").says(f"Let me look at the worker: {LEARNED}")
    talk.runs("pytest -q", "1 failed, 3 passed", 1).says(f"Let me look at the form: {FORM}")
    talk.edits("src/form.py").says(f"{CHOICE} Which port shall it listen on?")
    return talk.write(tmp_path / "c1.jsonl")


@pytest.fixture
def imported(project: Any, transcript: str) -> Any:
    """A project with a session in progress, and the conversation in it."""
    project.gs("start", "Sign-in")
    with project.open() as repo:
        import_transcript(repo, transcript)
    return project


@pytest.fixture
def compress() -> Callable[..., Compressed]:
    """Ask the model at a URL about the session in progress; nothing waits."""

    def ask(project: Any, url: str, seconds: float = 60, **wish: Any) -> Compressed:
        with project.open() as repo:
            plan = plan_compression(repo, "", Wish(wish.pop("model", "made/up"), url, seconds, **wish))
            return compress_session(repo, plan, patience=Patience(seconds, wait=lambda _: None))

    return ask

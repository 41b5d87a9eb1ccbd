"""Conversations are kept in a repository; all that it holds can be searched."""

from collections.abc import Callable
from typing import Any

import pytest
from conversations import HEAD, STEM

from gitsession.model.conversation import Head, Turn
from gitsession.store.conversations import Kept, write_conversation


@pytest.fixture
def keep() -> Callable[..., Kept]:
    """Store a conversation: `keep(project, turns, head=..., facts=...)`."""

    def store(project: Any, turns: list[Turn], *, head: Head = HEAD, stem: str = STEM, facts: tuple[str, ...] = ()) -> Kept:
        with project.open() as repo:
            return write_conversation(repo, stem, head, iter(turns), facts=facts)

    return store


@pytest.fixture
def everything() -> Callable[[Any], str]:
    """All that a repository holds: every object, and every other file of the git directory and the work tree."""

    def read(project: Any) -> str:
        text = project.run("git", "cat-file", "--batch-all-objects", "--batch", "--buffer").stdout
        for file in project.root.rglob("*"):
            if file.is_file() and "objects" not in file.parts:
                text += file.read_text(errors="replace")
        return str(text)

    return read

"""Conversations to keep."""

import random
import string
from typing import Any

from gitsession.model.conversation import Head, Turn

STEM = "0001-work-x7qm"
HEAD = Head("claude-code", "0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", title="Add login", started="2026-11-23T09:30:00Z")


def said(*texts: str, ids: bool = True, **fields: Any) -> list[Turn]:
    """Turns of a person and an agent by turns."""
    return [
        Turn("user" if n % 2 else "assistant", text, id=f"id-{text[:20]}" if ids else "", **fields) for n, text in enumerate(texts, 1)
    ]


def ran(text: str, id_: str = "", **fields: Any) -> Turn:
    """A command and its output."""
    return Turn("tool", text, id=id_, **{"tool": "Bash", "action": "run", "input": "pytest -q", **fields})


def draw(length: int, seed: object, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(random.Random(f"{seed}/{length}").choices(alphabet, k=length))


def token(seed: object) -> str:
    return "gh" + "p_" + draw(36, seed)

"""Values of a record that nobody vouches for: each comes out in the type that was asked for, empty where it is something else."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

#: What an agent calls a kind of change -> Change.how.
HOW = {"add": "add", "create": "add", "update": "update", "modify": "update", "delete": "delete", "move": "rename"}
#: What an agent calls a state of a to-do entry -> Todo.status.
TODO = {
    "pending": "open",
    "in_progress": "doing",
    "completed": "done",
    "done": "done",
    "cancelled": "dropped",
    "blocked": "open",
}


def text(value: object) -> str:
    """A string; empty where it is none."""
    return value if isinstance(value, str) else ""


def table(value: object) -> dict[str, Any]:
    """An object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def count(value: object, unknown: int = 0) -> int:
    """A whole number that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else unknown


def instant(milliseconds: object) -> str:
    """Milliseconds since 1970 in ISO 8601; empty where it is no such time."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return ""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return ""


def given(arguments: object, *keys: str) -> str:
    """What a call was given: the first of `keys` that it has as text, else all of it."""
    if isinstance(arguments, str):
        return arguments
    if isinstance(arguments, Mapping):
        for key in keys:
            if isinstance(value := arguments.get(key), str) and value:
                return value
    return json.dumps(arguments, ensure_ascii=False) if arguments else ""


def asked(questions: object) -> str:
    """The questions of a call that asks several, a line each, with the choices that it offers."""
    lines = []
    for one in rows(questions):
        choices = [text(c.get("label")) for c in rows(one.get("options"))]
        lines.append(text(one.get("question")) + (f" ({' / '.join(choices)})" if choices else ""))
    return "\n".join(lines)

"""What an edit changed, from the ways in which agents write edits down."""

import re
from collections.abc import Iterable
from typing import Any

from gitsession.model.conversation import Change

_ENVELOPE = re.compile(r"\*\*\* Begin Patch\s*\n(.*?)(?:\*\*\* End Patch|\Z)", re.DOTALL)
_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
_HOW = {"Add": "add", "Update": "update", "Delete": "delete"}


def lines_of(text: str) -> int:
    """How many lines a text has."""
    return text.count("\n") + (not text.endswith("\n")) if text else 0


def counted(lines: Iterable[Any]) -> tuple[int, int]:
    """Lines added and removed in the lines of a unified diff, or of one hunk of it."""
    added = removed = 0
    for line in lines:
        if isinstance(line, str):
            if line.startswith("+") and not line.startswith("+++ "):
                added += 1
            elif line.startswith("-") and not line.startswith("--- "):
                removed += 1
    return added, removed


def envelope(text: str) -> tuple[Change, ...]:
    """The changes that `*** Begin Patch` envelopes in a text ask for (the format of apply_patch); none where there is none."""
    changes: list[Change] = []
    for patch in _ENVELOPE.finditer(text):
        for line in patch[1].splitlines():
            if file := _FILE.match(line):
                how = _HOW[file[1]]
                # A deleted file's lines are not in the envelope.
                changes.append(Change(file[2].strip(), how, 0 if how != "delete" else -1, 0 if how != "delete" else -1))
            elif not changes:
                continue
            elif line.startswith("*** Move to: "):
                last = changes[-1]
                changes[-1] = last._replace(
                    path=line.removeprefix("*** Move to: ").strip(), how="rename", old=last.path
                )
            elif line.startswith("+"):
                changes[-1] = changes[-1]._replace(added=changes[-1].added + 1)
            elif line.startswith("-"):
                changes[-1] = changes[-1]._replace(removed=changes[-1].removed + 1)
    return tuple(changes)


def hunks(patch: object) -> tuple[int, int]:
    """Lines added and removed by a list of hunks, each with its `lines` (Claude Code's `structuredPatch`); -1 where it is none."""
    if not isinstance(patch, list):
        return -1, -1
    added = removed = 0
    for hunk in patch:
        lines = hunk.get("lines") if isinstance(hunk, dict) else None
        if isinstance(lines, list):
            # Each line has its sign before it, so that one that begins with `++ ` is a line, not a header.
            added += sum(isinstance(line, str) and line[:1] == "+" for line in lines)
            removed += sum(isinstance(line, str) and line[:1] == "-" for line in lines)
    return added, removed

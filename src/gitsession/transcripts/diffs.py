"""What a change adds and removes: from a unified diff, from a patch in the form that agents write, from two texts."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from gitsession.model.conversation import Change

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
#: Longer texts are compared by their common ends alone: difflib's time grows with the square.
_COMPARED = 400


def count_diff(diff: str) -> tuple[int, int]:
    """Lines that a unified diff adds and removes. A line of its content that looks like a header counts as content."""
    added = removed = old = new = 0  # old, new: lines that the hunk still has
    for line in diff.split("\n"):
        if old <= 0 and new <= 0:
            if hunk := _HUNK.match(line):
                old, new = (int(n) if n else 1 for n in hunk.groups())
        elif line.startswith("+"):
            added, new = added + 1, new - 1
        elif line.startswith("-"):
            removed, old = removed + 1, old - 1
        elif not line.startswith("\\"):
            old, new = old - 1, new - 1
    return added, removed


def count_texts(old: str, new: str) -> tuple[int, int]:
    """Lines added and removed between two texts."""
    a, b = old.splitlines(), new.splitlines()
    while a and b and a[-1] == b[-1]:
        a.pop()
        b.pop()
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    if not a or not b or len(a) > _COMPARED or len(b) > _COMPARED:
        return len(b), len(a)
    same = sum(m.size for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return len(b) - same, len(a) - same


def patch_changes(patch: str) -> tuple[Change, ...]:
    """The files of a patch between `*** Begin Patch` and `*** End Patch`."""
    return tuple(_patch_changes(patch))


def _patch_changes(patch: str) -> Iterator[Change]:
    change: Change | None = None
    added = removed = 0
    for line in patch.split("\n"):
        if line.startswith("*** "):
            if line.startswith("*** Move to: ") and change:
                change = change._replace(how="rename", path=line[13:].strip(), old=change.path)
            elif (file := _FILE.match(line)) or line.startswith("*** End Patch"):
                if change:
                    yield _counted(change, added, removed)
                change = Change(file[2].strip(), file[1].lower()) if file else None
                added = removed = 0
        elif line.startswith("+"):
            added += 1
        elif line.startswith("-"):
            removed += 1
    if change:
        yield _counted(change, added, removed)


def _counted(change: Change, added: int, removed: int) -> Change:
    """A patch that deletes a file does not show its lines."""
    return change if change.how == "delete" else change._replace(added=added, removed=removed)

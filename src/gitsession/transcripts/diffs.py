"""What an edit did: from a unified diff, from a patch in the form that agents write, from two texts."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from gitsession.model.conversation import Change
from gitsession.transcripts.patches import envelope

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
#: Longer texts are compared by their common ends alone: difflib's time grows with the square.
_COMPARED = 400
#: Files that are read for what they say.
_PROSE = (".md", ".mdx", ".markdown", ".txt", ".rst", ".adoc", ".mdc")


class Edited(NamedTuple):
    """What an edit changed; `added` is the lines that it added to the first of the files."""

    changes: tuple[Change, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The lines that were added to a text that people read; empty for another file."""
        return "\n".join(self.added) if self.changes and self.changes[0].path.lower().endswith(_PROSE) else ""


def by_diff(path: str, how: str, diff: str) -> Edited:
    """What a unified diff of one file changes."""
    added, removed = diff_lines(diff)
    return Edited((Change(path, how, len(added), len(removed)),), added)


def by_texts(path: str, *pairs: tuple[str, str]) -> Edited:
    """What it changes to replace the first of each pair by the second."""
    both = [text_lines(old, new) for old, new in pairs]
    added = tuple(line for new, _ in both for line in new)
    return Edited((Change(path, "update", len(added), sum(len(old) for _, old in both)),), added)


def by_content(path: str, how: str, content: str) -> Edited:
    """What it changes to write a whole file: nobody knows what an older one had."""
    added = tuple(content.splitlines())
    return Edited((Change(path, how, len(added), 0) if how == "add" else Change(path, how),), added)


def by_patch(patch: str) -> Edited:
    """What a patch between `*** Begin Patch` and `*** End Patch` changes."""
    added: list[str] = []
    files = 0
    for line in patch.split("\n"):
        files += bool(re.match(r"\*\*\* (?:Add|Update|Delete) File: ", line))
        if files == 1 and line.startswith("+"):
            added.append(line[1:])
    return Edited(envelope(patch), tuple(added))


def diff_lines(diff: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines that a unified diff adds and removes. What looks like a header is content where a hunk still has lines."""
    found: dict[str, list[str]] = {"+": [], "-": []}
    for line in _inside(diff):
        if line[:1] in found:
            found[line[0]].append(line[1:])
    return tuple(found["+"]), tuple(found["-"])


def _inside(diff: str) -> Iterator[str]:
    """The lines in the hunks of a diff; where no hunk has numbers, as in agents' own, all lines but the headers."""
    if not _HUNK.search(diff):
        yield from (line for line in diff.split("\n") if not line.startswith(("+++ ", "--- ")))
        return
    old = new = 0  # lines that the hunk still has
    for line in diff.split("\n"):
        if old <= 0 and new <= 0:
            if hunk := _HUNK.match(line):
                old, new = (int(n) if n else 1 for n in hunk.groups())
            continue
        if not line.startswith("\\"):
            old -= not line.startswith("+")
            new -= not line.startswith("-")
            yield line


def text_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """Lines added and removed between two texts."""
    a, b = old.splitlines(), new.splitlines()
    while a and b and a[-1] == b[-1]:
        a.pop()
        b.pop()
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    if a and b and len(a) <= _COMPARED and len(b) <= _COMPARED:
        parts = [p for p in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if p[0] != "equal"]
        return [x for p in parts for x in b[p[3] : p[4]]], [x for p in parts for x in a[p[1] : p[2]]]
    return b, a

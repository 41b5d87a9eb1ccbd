"""The edits in an answer of aider's agent: SEARCH/REPLACE blocks, diffs, whole files."""

import re
from typing import NamedTuple

from gitsession.transcripts.diffs import text_lines

_SEARCH = re.compile(r"^<{5,9} SEARCH\b")
_REPLACE = re.compile(r"^>{5,9} REPLACE\b")
_FENCE = re.compile(r"^(`{3,}|~{3,}|<source>|</source>)\s*([\w+#.-]*)")
_CLOSED = re.compile(r"^(`{3,}|~{3,}|</source>)\s*$")


class Edit(NamedTuple):
    """Lines that an answer adds to a file, and how many it removes: -1 where the answer has the file whole."""

    added: tuple[str, ...]
    removed: int
    new: bool = False  # nothing is searched for


def find_edits(answer: str) -> dict[str, Edit]:
    """Path -> what the answer would change there. A path that is none is harmless: only those that aider says it applied count."""
    found: dict[str, Edit] = {}
    lines = answer.split("\n")
    path = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if _SEARCH.match(line):
            at, edit = _block(lines, at + 1)
            _add(found, path, edit)
            at += at < len(lines) and bool(_CLOSED.match(lines[at]))
        elif (fence := _FENCE.match(line)) and not fence[1].startswith("</"):
            end = _closing(lines, at + 1, fence[1])
            body = lines[at + 1 : end]
            if any(_SEARCH.match(one) for one in body[:3]):
                path = _name(body[0]) if body and not _SEARCH.match(body[0]) else path
                at += 1  # the block itself comes next; it may hold fences
            else:
                _fenced(found, path, fence[2], body)
                at = end + 1
        else:
            path = _name(line) if line.strip() and not fence else path
            at += 1
    return found


def _block(lines: list[str], at: int) -> tuple[int, Edit]:
    """The block that begins before `at`, and the line after it. Without its end it is none."""
    parts: list[list[str]] = [[], []]
    second = 0
    while at < len(lines):
        if _REPLACE.match(lines[at]):
            if second:
                search, replace = ("\n".join(p) for p in parts)
                added, removed = text_lines(search, replace)
                return at + 1, Edit(tuple(added), len(removed), new=not search.strip())
            break
        if not second and lines[at].startswith("=====") and not lines[at].strip("="):
            second = 1
        else:
            parts[second].append(lines[at])
        at += 1
    return at + 1, Edit((), 0)


def _closing(lines: list[str], at: int, mark: str) -> int:
    end = "</source>" if mark == "<source>" else mark
    while at < len(lines) and lines[at].rstrip() != end:
        at += 1
    return at


def _fenced(found: dict[str, Edit], path: str, language: str, body: list[str]) -> None:
    if language == "diff":
        for line in body:
            if line.startswith("+++ "):
                path = _name(line[4:].removeprefix("b/"))
            elif line.startswith(("+", "-")) and not line.startswith("--- "):
                _add(found, path, Edit((line[1:],), 0) if line[0] == "+" else Edit((), 1))
    else:
        _add(found, path, Edit(tuple(body), -1))


def _add(found: dict[str, Edit], path: str, edit: Edit) -> None:
    if path:
        before = found.get(path, Edit((), 0, edit.new))
        known = before.removed >= 0 and edit.removed >= 0
        found[path] = Edit(before.added + edit.added, before.removed + edit.removed, before.new) if known else edit


def _name(line: str) -> str:
    """A line as a path, without the Markdown around it."""
    return line.strip().strip("#`*: ").strip()

"""aider: it has no hooks; `.aider.conf.yml` names files that it reads at each start."""

import re

from gitsession.agents.agent import Agent
from gitsession.errors import FormatError

AGENT = Agent(
    name="aider",
    title="aider",
    program="aider",
    home=".aider",
    signs=(".aider.conf.yml", ".aider.chat.history.md"),
    instructions="CONVENTIONS.md",
    to_do="it has no hooks: `gitsession import .aider.chat.history.md` keeps the conversations",
)
CONFIG = ".aider.conf.yml"
_READ = ("CONVENTIONS.md", ".sessions/HANDOFF.md")
_OURS = "  # gitsession"
_MADE = f"read: [{', '.join(_READ)}]{_OURS}"
_KEY = re.compile(r"^read[ \t]*:(.*)$", re.MULTILINE)
_ITEM = re.compile(r"(?:[ \t]*-[ \t][^\n]*|[ \t]*#[^\n]*|[ \t\r]*)\n?")


def add_reading(text: str | None, path: str) -> str:
    """Its configuration, with what it is to read: a line of its own, or two in the list that is there. Raises FormatError."""
    if text is None:
        return _MADE + "\n"
    if _OURS in text:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    key = _KEY.search(text)
    if key is None:
        # Without a final line end it stays so: by that it is known what was there.
        return text + (_MADE + newline if text.endswith("\n") else newline * bool(text) + _MADE)
    line = text.count("\n", 0, key.start()) + 1
    if key[1].split("#")[0].strip():
        hint = f"write {' and '.join(_READ)} into it yourself, or make it a list with a line for each file"
        raise FormatError(path, line, "`read:` is not a list of lines", hint)
    at = last = min(key.end() + 1, len(text))
    indent = "  "
    while at < len(text) and (found := _ITEM.match(text, at)) and found.end() > at:
        at = found.end()
        if found[0].lstrip().startswith("-"):
            last, indent = at, found[0][: len(found[0]) - len(found[0].lstrip())]
    ours = "".join(f"{indent}- {name}{_OURS}{newline}" for name in _READ)
    if not text[:last].endswith("\n"):
        return text[:last] + newline + ours.removesuffix(newline) + text[last:]
    return text[:last] + ours + text[last:]


def remove_reading(text: str) -> str | None:
    """Its configuration as it was; None where our line was all of it."""
    if text.rstrip("\r\n") == _MADE and text.endswith("\n"):
        return None
    lines = text.splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.rstrip("\r\n").endswith(_OURS))
    if lines and lines[-1].endswith(_OURS):  # the one before had no end, either
        return kept.removesuffix("\n").removesuffix("\r")
    return kept

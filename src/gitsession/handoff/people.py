"""Who worked on a session and when, in words."""

import re

from gitsession.handoff.text import clean, inline, shorten
from gitsession.model.checkpoint import Checkpoint

_AGENTS = {
    "claude-code": "Claude Code", "codex": "Codex", "gemini": "Gemini CLI", "gemini-cli": "Gemini CLI",
    "cursor": "Cursor", "copilot": "Copilot", "aider": "Aider", "opencode": "OpenCode",
    "human": "", "none": "", "unknown": "",
}  # fmt: skip
_STATUSES = {"active": "in progress", "completed": "completed", "abandoned": "abandoned"}
_OUTCOMES = {"met": "goal met", "partly": "goal partly met", "not": "goal not met"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NAME_SIZE = 60  # bytes


def who(session: Checkpoint, *, day: str = "") -> str:
    """`(Ada, Claude Code, 18 Nov)` with what of it is known, and a space before it; empty when nothing is."""
    agent = _AGENTS.get(session.agent.casefold(), session.agent)
    known = [name(text) for text in (session.author.partition("<")[0], agent) if text.strip()]
    if day:
        known.append(day)
    return f" ({', '.join(known)})" if known else ""


def name(text: str) -> str:
    """A name of a person, an agent or a project, short and escaped."""
    return inline(shorten(clean(text), _NAME_SIZE), tight=True)


def status(session: Checkpoint, *, current: bool, here: str = "") -> str:
    """How the session stands: `in progress`, or how it ended and whether its goal was met. `here` is the branch of the page."""
    word = _STATUSES.get(session.status, "in progress")
    if session.status == "active" and not current:
        # Nobody has to write that a session of another branch is over: its file is here because it was merged.
        word = "merged" if here and session.branch and session.branch != here else "not ended"
    outcome = _OUTCOMES.get(session.outcome, "")
    return f"{word}, {outcome}" if outcome else word


def day(session: Checkpoint, year: str) -> str:
    """`18 Nov` of the day it started, with the year where that is not `year`; empty when it is not known."""
    date = _DATE.match(session.started)
    if date is None or not 1 <= int(date[2]) <= 12:
        return ""
    text = f"{int(date[3])} {_MONTHS[int(date[2]) - 1]}"
    return text if date[1] == year else f"{text} {date[1]}"


def year_of(session: Checkpoint | None) -> str:
    """The year in which a session started, as written."""
    date = _DATE.match(session.started) if session else None
    return date[1] if date else ""

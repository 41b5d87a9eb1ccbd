"""A conversation with an agent: its head, its turns, and what a tool's call did."""

import re
import zlib
from typing import NamedTuple

_UUID = re.compile(
    r"([0-9a-f]{8})-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{4}([0-9a-f]{8})", re.IGNORECASE
)

#: Who speaks: the person, the agent, a tool (a call and its result in one turn), or the agent's program.
WHO = ("user", "assistant", "tool", "system")
#: What a tool's call does, whatever the agent calls the tool.
ACTIONS = ("run", "edit", "read", "search", "todo", "ask", "plan", "agent", "web", "other")


class Change(NamedTuple):
    """One file that a call changed. `path` is as the agent wrote it; `added` and `removed` are lines, -1 where unknown."""

    path: str
    how: str = "update"  # add | update | delete | rename
    added: int = -1
    removed: int = -1
    old: str = ""  # rename: the path before


class Todo(NamedTuple):
    """One entry of the agent's own to-do list."""

    text: str
    status: str = "open"  # open | doing | done | dropped


class Turn(NamedTuple):
    """One message. Every text is as the transcript has it: not redacted yet, not cut.

    `who` is one of WHO. `kind` is empty for what was said; for the rest: `injected` (text that a program put in the user's place: reminders,
    files, skill bodies, environment), `command` (a slash or shell command of the user), `summary` (a compaction), `interrupted`,
    `thinking`, `error` (the agent's program reports one), and for record kinds that are not known, `unknown:<kind>` with the record as text.
    """

    who: str
    text: str = ""  # tool: its output
    when: str = ""  # ISO 8601 with offset; empty where the transcript has none
    id: str = (
        ""  # the record's own id, the same when a transcript is read again or continued in another file; may be empty
    )
    kind: str = ""
    side: bool = False  # of a sub-agent
    model: str = ""
    tokens: tuple[int, int] = (0, 0)  # input (cached ones included), output; an answer's turns add up
    phase: str = ""  # assistant: `final` where the agent marks its last answer
    # Of a tool's turn:
    tool: str = ""  # as the agent calls it
    action: str = ""  # one of ACTIONS
    input: str = ""  # run: the command; read, edit: the path; search: the pattern; ask: the question; else JSON or text
    changes: tuple[Change, ...] = ()  # edit, and patches inside run, only where they took effect
    todos: tuple[Todo, ...] = ()  # todo: the whole list as it stands after the call
    failed: bool = False
    refused: bool = False  # the person rejected the call; what was said with it is `text`
    code: int | None = None  # run: how it ended, where known
    written: str = ""  # edit of a Markdown or text file: the lines that it added, as they stand in the file


class Head(NamedTuple):
    """What a transcript says of itself as a whole. Empty where it does not."""

    agent: str  # claude-code | codex | gemini | copilot | opencode | aider | cursor | ... ; specstory files name the agent that they record
    id: str = ""  # the agent's own id of the conversation
    cwd: str = ""
    branch: str = ""
    started: str = ""  # ISO 8601
    ended: str = ""
    title: str = ""
    model: str = ""
    version: str = ""
    parent: str = ""  # id of the conversation that this one was forked or spawned from
    commit: str = ""  # HEAD where it began
    repository: str = ""  # its URL
    tokens: tuple[int, int] = (0, 0)  # of the whole, where the transcript gives only that
    cost: float = 0.0  # USD
    pull_request: str = ""  # URL or #number

    @property
    def key(self) -> str:
        """Eight hexadecimal digits that name the conversation: of its id where that is a UUID, else made from agent and id."""
        match = _UUID.fullmatch(self.id)
        if match:  # the first digits of one that is not random (version 4) are its time
            return (match[1] if match[2] == "4" else match[3]).lower()
        return f"{zlib.crc32(f'{self.agent} {self.id}'.encode('utf-8', 'replace')):08x}"

"""Claude Code's tools: what a call asks for, and what its result says was done."""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from gitsession.model.conversation import Change, Todo, Turn
from gitsession.transcripts.claude_prompts import without_reminders
from gitsession.transcripts.patches import hunks, lines_of
from gitsession.transcripts.source import read_value

_ACTIONS = {
    "Bash": "run", "PowerShell": "run", "BashOutput": "run", "TaskOutput": "run",
    "Edit": "edit", "Write": "edit", "MultiEdit": "edit", "NotebookEdit": "edit",
    "Read": "read", "NotebookRead": "read",
    "Grep": "search", "Glob": "search", "LS": "search", "ToolSearch": "search", "LSP": "search",
    "TodoWrite": "todo", "TodoRead": "todo", "TaskCreate": "todo", "TaskUpdate": "todo", "TaskList": "todo", "TaskGet": "todo",
    "AskUserQuestion": "ask", "ExitPlanMode": "plan", "exit_plan_mode": "plan", "Task": "agent", "Agent": "agent",
    "WebFetch": "web", "WebSearch": "web",
}  # fmt: skip
#: The field of a call's input that says what it is about, by action.
_SUBJECTS = {
    "run": ("command",), "edit": ("file_path", "notebook_path"), "read": ("file_path", "notebook_path"), "search": ("pattern", "path", "query"),
    "plan": ("plan",), "agent": ("prompt", "description"), "web": ("url", "query"),
}  # fmt: skip
STATUS = {"pending": "open", "in_progress": "doing", "completed": "done", "cancelled": "dropped", "deleted": "dropped"}

_EXIT = re.compile(r"(?:Error: )?Exit code (-?\d+)(?:\n|\Z)")
_REFUSED = (
    "The user doesn't want to ",
    "The agent proposed a plan that was rejected by the user",
    "[Request interrupted by user",
)
_SAID = re.compile(r"(?:the user said|provided the following reason for the rejection):\s*(.*)", re.DOTALL)
#: What newer versions say after the person's words.
_AFTER_SAID = re.compile(
    r"\n+Note: The user's next message may contain a correction.*|\n+\[Request interrupted by user.*", re.DOTALL
)
_TASK = re.compile(r"^#(\S+) \[(\w+)\] (.*?)(?: \(.*\))?(?: \[blocked by .*\])?$", re.MULTILINE)
_CREATED = re.compile(r"Task #(\S+) created")


class Call(NamedTuple):
    """A tool's call that waits for its result."""

    name: str
    input: dict[str, Any]
    when: str
    id: str
    chain: object  # None: the conversation's; else the sub-agent's
    model: str
    tokens: tuple[int, int]


class Result(NamedTuple):
    """What a call gave back: its text, and what the record holds beside it, as JSON that is read only where it is wanted."""

    text: str
    failed: bool
    beside: bytes | dict[str, Any]  # `toolUseResult`
    tasks: dict[str, Todo]  # the conversation's task list, which calls change

    def value(self) -> dict[str, Any]:
        """The whole of it; empty where it is no object."""
        found = read_value(self.beside) if isinstance(self.beside, bytes) else self.beside
        return found if isinstance(found, dict) else {}

    def patch(self) -> object:
        """Its hunks alone: beside them stands the whole file as it was before."""
        if isinstance(self.beside, dict):
            return self.beside.get("structuredPatch")
        at = self.beside.find(b'"structuredPatch":')
        return read_value(self.beside[at + 18 :]) if at >= 0 else None


def turn_of(call: Call, result: Result | None) -> Turn:
    """The one turn that a call and its result are; without one, nothing says that the call took effect."""
    action = _ACTIONS.get(call.name, "other")
    given = _subject(action, call.input)
    if result is None:
        return Turn(
            "tool",
            "",
            call.when,
            call.id,
            "",
            call.chain is not None,
            call.model,
            call.tokens,
            "",
            call.name,
            action,
            given,
        )
    text = without_reminders(result.text)
    changes: tuple[Change, ...] = ()
    todos: tuple[Todo, ...] = ()
    failed, refused, code = result.failed, False, None
    if failed and text.startswith(_REFUSED):
        text, failed, refused = _said(text), False, True
    elif failed:
        if action == "run" and (ended := _EXIT.match(text)):
            code = int(ended[1])
            text = text[ended.end() :]
        elif text.startswith("<tool_use_error>"):
            text = text.removeprefix("<tool_use_error>").removesuffix("</tool_use_error>")
    elif finish := _FINISH.get(action):
        given, text, changes, todos, code = finish(call, given, Result(text, False, result.beside, result.tasks))
        failed = bool(code)
    return Turn(
        "tool", text, call.when, call.id, "", call.chain is not None, call.model, call.tokens, "",
        call.name, action, given, changes, todos, failed, refused, code,
    )  # fmt: skip


def _subject(action: str, given: dict[str, Any]) -> str:
    for key in _SUBJECTS.get(action, ()):
        value = given.get(key)
        if value and isinstance(value, str):
            return value
    if action == "ask":
        return "\n".join(" ".join(_text(q.get("question")).split()) for q in _dicts(given.get("questions")))
    return json.dumps(given, ensure_ascii=False) if given else ""


def _said(text: str) -> str:
    """The person's words in a rejection; empty where they gave none."""
    found = _SAID.search(text)
    return _AFTER_SAID.sub("", found[1]).strip() if found else ""


_Finished = tuple[str, str, tuple[Change, ...], tuple[Todo, ...], int | None]


def _ran(call: Call, given: str, result: Result) -> _Finished:
    text = result.text
    if call.name in ("BashOutput", "TaskOutput"):  # a look at what runs in the background
        beside = result.value()
        task = beside.get("task") if isinstance(beside.get("task"), dict) else beside
        code = task.get("exitCode") if isinstance(task, dict) else None
        command = beside.get("command")
        return command if isinstance(command, str) else given, text, (), (), code if type(code) is int else None
    background = bool(call.input.get("run_in_background")) or text.startswith("Command running in background")
    stopped = text.endswith("<error>Command was aborted before completion</error>")
    return given, text, (), (), None if background or stopped else 0


def _edited(call: Call, given: str, result: Result) -> _Finished:
    added, removed = hunks(result.patch())
    how, text = "update", result.text
    if call.name == "Write":
        content = call.input.get("content")
        if not text.startswith("The file ") and added <= 0 and removed <= 0:
            how, added, removed = "add", lines_of(content) if isinstance(content, str) else -1, 0
    elif call.name == "Edit" and call.input.get("old_string") == "" and added < 0:
        how, added, removed = "add", lines_of(_text(call.input.get("new_string"))), 0
    return given, text, (Change(given, how, added, removed),) if given else (), (), None


def _listed(call: Call, given: str, result: Result) -> _Finished:
    text, tasks = result.text, result.tasks
    if call.name == "TodoWrite":
        return given, text, (), todos_of(call.input.get("todos"), "content"), None
    if call.name == "TaskCreate":
        made = _CREATED.search(text)
        tasks[made[1] if made else f"?{len(tasks)}"] = Todo(
            _text(call.input.get("subject")) or _text(call.input.get("description"))
        )
    elif call.name == "TaskUpdate":
        number = str(call.input.get("taskId", ""))
        before = tasks.get(number, Todo(f"task {number}"))
        status = STATUS.get(_text(call.input.get("status")), before.status)
        tasks[number] = Todo(_text(call.input.get("subject")) or before.text, status)
    elif call.name == "TaskList" and (listed := _TASK.findall(text)):
        tasks.clear()
        tasks.update({number: Todo(subject, STATUS.get(status, "open")) for number, status, subject in listed})
    return given, text, (), tuple(tasks.values()), None


def _asked(call: Call, given: str, result: Result) -> _Finished:
    """The answers, one a line in the order of the questions, each with the note that the person wrote to it."""
    text, beside = result.text, result.value()
    answers, notes = beside.get("answers"), beside.get("annotations")
    if isinstance(answers, dict) and answers:
        lines = []
        for question in _dicts(call.input.get("questions")) or [{"question": q} for q in answers]:
            asked = _text(question.get("question"))
            answer = answers.get(asked, "")
            answer = ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
            note = notes.get(asked) if isinstance(notes, dict) else None
            note = _text(note.get("notes")) if isinstance(note, dict) else ""
            lines.append(" ".join(f"{answer} ({note})".split()) if note else " ".join(answer.split()))
        text = "\n".join(lines)
    return given, text, (), (), None


def _planned(call: Call, given: str, result: Result) -> _Finished:
    plan = call.input.get("plan") or result.value().get("plan")
    approved = result.text.split("\n## Approved Plan", 1)[0]  # the plan again
    return plan if isinstance(plan, str) else given, approved, (), (), None


_FINISH: dict[str, Callable[[Call, str, Result], _Finished]] = {
    "run": _ran, "edit": _edited, "todo": _listed, "ask": _asked, "plan": _planned,
}  # fmt: skip


def todos_of(entries: object, key: str) -> tuple[Todo, ...]:
    """A to-do list as agents write it: objects with a text under `key` and a `status`; strange ones are taken as they are."""
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            found.append(Todo(_text(entry.get(key)), STATUS.get(_text(entry.get("status")), "open")))
        elif isinstance(entry, str):
            found.append(Todo(entry))
    return tuple(todo for todo in found if todo.text)


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

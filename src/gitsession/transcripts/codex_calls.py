"""Codex's tools: what a call asks for, in each of the ways in which versions write it, and what its output says was done."""

import json
import re
import shlex
from typing import Any, NamedTuple

from gitsession.model.conversation import Change, Todo, Turn
from gitsession.transcripts.claude_tools import todos_of
from gitsession.transcripts.patches import counted, envelope

_ACTIONS = {
    "exec_command": "run", "shell_command": "run", "shell": "run", "container.exec": "run", "local_shell": "run", "exec": "run",
    "write_stdin": "run", "wait": "run", "apply_patch": "edit", "update_plan": "todo", "request_user_input": "ask",
    "read_file": "read", "view_image": "read", "grep_files": "search", "list_dir": "search", "tool_search": "search",
    "web_search": "web", "spawn_agent": "agent", "send_input": "agent", "send_message": "agent", "followup_task": "agent",
}  # fmt: skip
#: What stands before the output of a command: the exit code in one of two places, or the session that still runs.
_HEAD = re.compile(
    r"(?:Chunk ID: \S*\n)?(?:Exit code: (-?\d+)\n)?Wall time:? [^\n]*\n"
    r"(?:Process exited with code (-?\d+)\n|Process running with session ID (\d+)\n)?(?:[A-Z][a-z][^\n:]*: [^\n]*\n)*?Output:(?:\n|\Z)"
)
#: The same of a script in code mode.
_SCRIPT = re.compile(
    r"Script (completed|failed|terminated|running with cell ID (\S+))\nWall time:? [^\n]*\nOutput:(?:\n|\Z)"
)
_FAILED = re.compile(
    r"(?:failed to |apply_patch verification failed|[\w/]+ (?:[\w/]+ )?failed\b|error:|unsupported call|unknown )",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"[^\n]{0,80}\b(?:rejected|denied|declined) by (?:the )?user")
#: A command in the source of code mode, as a property `cmd`; and any string in it.
_STRING = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`"
_SCRIPT_COMMAND = re.compile(
    rf"\btools\.(?:exec_command|shell_command)\(\s*\{{.*?[\"']?\b(?:cmd|command)[\"']?\s*:\s*({_STRING})", re.DOTALL
)
_SCRIPT_STRING = re.compile(_STRING, re.DOTALL)
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


class Call(NamedTuple):
    """A call that waits for its output."""

    name: str
    action: str
    input: str
    when: str
    id: str
    side: bool
    model: str
    changes: tuple[Change, ...] = ()  # that it asks for
    todos: tuple[Todo, ...] = ()
    session: str = ""  # the running command that it looks at


class End(NamedTuple):
    """What other records told of a call's end: exit code, whether its patch was applied, and what that changed."""

    code: int | None = None
    applied: bool | None = None
    changes: tuple[Change, ...] = ()


def call_of(payload: dict[str, Any], when: str, model: str, *, side: bool) -> Call:
    """What a call asks for."""
    kind = payload.get("type")
    name = _text(payload.get("name")) or (
        "local_shell" if kind == "local_shell_call" else _text(kind).removesuffix("_call")
    )
    given = _arguments(payload)
    call = Call(
        name,
        _ACTIONS.get(name, "other"),
        "",
        when,
        _text(payload.get("id")) or _text(payload.get("call_id")),
        side,
        model,
    )
    if isinstance(given, str):
        return _of_text(call, given)
    if name in ("write_stdin", "wait"):
        return call._replace(
            input=_text(given.get("chars")), session=str(given.get("session_id", given.get("cell_id", "")))
        )
    if name == "update_plan":
        return call._replace(todos=todos_of(given.get("plan"), "step"), input=_text(given.get("explanation")))
    if name == "request_user_input":
        asked = given.get("questions")
        questions = (
            [" ".join(_text(q.get("question")).split()) for q in asked if isinstance(q, dict)]
            if isinstance(asked, list)
            else []
        )
        return call._replace(input="\n".join(questions))
    if call.action == "run":
        command = _command(given.get("cmd") or given.get("command"))
        changes = envelope(command) if "apply_patch" in command else ()
        return call._replace(
            input=command, changes=changes, action="edit" if changes and _only_patches(command) else "run"
        )
    for key in ("message", "path", "file_path", "dir_path", "pattern", "query", "url", "input", "patch"):
        if given.get(key) and isinstance(given[key], str):
            if name == "apply_patch":
                return _of_text(call, given[key])
            return call._replace(input=given[key])
    return call._replace(input=json.dumps(given, ensure_ascii=False) if given else "")


def _of_text(call: Call, text: str) -> Call:
    """A call whose input is no JSON: a patch, or a script in code mode."""
    if call.name != "exec":
        changes = envelope(text)
        return call._replace(input="\n".join(c.path for c in changes) if changes else text, changes=changes)
    commands = [_unescaped(found[1]) for found in _SCRIPT_COMMAND.finditer(text)]
    # A patch in a string has its lines escaped; one in String.raw`...` has them as they are.
    patches = "\n".join(
        _unescaped(found[0]) for found in _SCRIPT_STRING.finditer(text) if "*** Begin Patch" in found[0]
    )
    changes = envelope(patches)
    given = "\n".join(commands) or "\n".join(c.path for c in changes) or text
    return call._replace(
        input=given, changes=changes, action="edit" if changes and not commands else "run" if commands else "other"
    )


def turn_of(call: Call, output: object, end: End, running: dict[str, str]) -> Turn:
    """The one turn that a call and its output are. `running` are commands that still run, by session, which outputs change."""
    text, code, refused, failed, session = _read(output)
    code = end.code if code is None else code
    given = call.input
    if call.session:
        given = running.get(call.session, given)
    if session:
        running[session] = given
        if len(running) > 200:
            del running[next(iter(running))]
    failed = failed or bool(code) or end.applied is False
    changes = () if (failed and not end.applied) or refused else end.changes or call.changes
    if call.name == "request_user_input":
        text = _answers(text)
    return Turn(
        "tool", text, call.when, call.id, "", call.side, call.model, (0, 0), "", call.name, call.action, given,
        changes, () if failed else call.todos, failed, refused, code if call.action == "run" else None,
    )  # fmt: skip


def unanswered(call: Call, running: dict[str, str]) -> Turn:
    """A call whose output never came: nothing says that it took effect."""
    given = running.get(call.session, call.input)
    return Turn("tool", "", call.when, call.id, "", call.side, call.model, (0, 0), "", call.name, call.action, given)


def _read(output: object) -> tuple[str, int | None, bool, bool, str]:
    """The text of an output, exit code, whether refused or failed, and the session that still runs."""
    if isinstance(output, dict):
        text, code, refused, failed, session = _read(output.get("content") or output.get("output") or "")
        return text, code, refused, failed or output.get("success") is False, session
    parts = [output] if isinstance(output, str) else [_part(p) for p in output] if isinstance(output, list) else []
    text, code, failed, session = "", None, False, ""
    for index, part in enumerate(parts):
        told, ended, runs, broke = _told(part, first=index == 0)
        text += ("\n" if text and told and not text.endswith("\n") else "") + told
        code = ended if ended is not None and not code else code
        failed, session = failed or broke, runs or session
    refused = bool(_REJECTED.match(text))
    return text, code, refused, not refused and failed, session


def _told(part: str, *, first: bool) -> tuple[str, int | None, str, bool]:
    """One piece of an output: its text, exit code, the session that still runs, whether it failed."""
    if part.startswith("{") and ('"output"' in part) and ('"exit_code"' in part or '"metadata"' in part):
        try:
            found = json.loads(part)
        except (ValueError, RecursionError):
            return part, None, "", False
        about = found.get("metadata") if isinstance(found.get("metadata"), dict) else found
        code = about.get("exit_code") if isinstance(about, dict) else None
        return str(found.get("output")), code if type(code) is int else None, str(found.get("session_id") or ""), False
    if script := _SCRIPT.match(part):
        text, ended, _, _ = _told(part[script.end() :], first=False)
        return text, ended, script[2] or "", script[1] in ("failed", "terminated")
    head = _HEAD.search(part, 0, 20_000) if part.startswith("Command: ") else _HEAD.match(part)
    if head:
        code_text = head[1] or head[2]
        return part[head.end() :], int(code_text) if code_text else None, head[3] or "", False
    return part, None, "", first and bool(_FAILED.match(part))


def changes_of(payload: dict[str, Any]) -> tuple[Change, ...]:
    """What `patch_apply_end` says was changed."""
    found = []
    changes = payload.get("changes")
    for path, change in changes.items() if isinstance(changes, dict) else ():
        if not isinstance(change, dict):
            continue
        how, diff, content = change.get("type"), _text(change.get("unified_diff")), _text(change.get("content"))
        if how == "add":
            found.append(Change(path, "add", len(content.splitlines()), 0))
        elif how == "delete":
            found.append(Change(path, "delete", 0, len(content.splitlines()) if content else -1))
        else:
            added, removed = counted(diff.splitlines())
            moved = change.get("move_path")
            if isinstance(moved, str) and moved:
                found.append(Change(moved, "rename", added, removed, path))
            else:
                found.append(Change(path, "update", added, removed))
    return tuple(found)


def _arguments(payload: dict[str, Any]) -> dict[str, Any] | str:
    given = payload.get("arguments", payload.get("input", payload.get("action")))
    if isinstance(given, str) and payload.get("type") != "custom_tool_call":
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return given if isinstance(given, str) else ""
    return given if isinstance(given, (dict, str)) else {}


def _command(value: object) -> str:
    if not isinstance(value, list):
        return _text(value)
    words = [str(word) for word in value]
    if len(words) >= 3 and words[1] in ("-c", "-lc", "-Command"):
        return words[-1]
    return "\n".join(words) if words[:1] == ["apply_patch"] else shlex.join(words)


def _only_patches(command: str) -> bool:
    return command.lstrip().startswith("apply_patch")


def _unescaped(literal: str) -> str:
    """The text of a JavaScript string literal, its quotes included."""
    return _ESCAPE.sub(_one_escape, literal[1:-1])


def _one_escape(found: re.Match[str]) -> str:
    what = found[1]
    if what[0] in "ux" and len(what) > 1:
        code = int(what[1:].strip("{}"), 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return "" if what[-1] == "\n" else _ESCAPED.get(what, what)


def _answers(text: str) -> str:
    """The answers to questions, one a line."""
    try:
        answers = json.loads(text).get("answers")
        given = [a.get("answers") if isinstance(a, dict) else a for a in answers.values()]
        return "\n".join(", ".join(map(str, a)) if isinstance(a, list) else str(a) for a in given)
    except (ValueError, AttributeError, RecursionError):
        return text


def _part(part: object) -> str:
    if not isinstance(part, dict):
        return part if isinstance(part, str) else ""
    return "[image]" if part.get("type") == "input_image" else _text(part.get("text"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""opencode: the JSON of `opencode export`: one session, its messages, and the parts of each."""

import json
import re
from collections.abc import Iterator
from typing import Any

from gitsession.model.conversation import Change, Head, Todo, Turn
from gitsession.transcripts.diffs import Edited, by_content, by_diff, by_patch, by_texts, diff_lines
from gitsession.transcripts.fields import HOW, TODO, asked, count, given, instant, rows, table, text
from gitsession.transcripts.source import Source

#: Tool -> what it does, and the key of its input that says on what.
_TOOLS = {
    "bash": ("run", "command"), "edit": ("edit", "filePath"), "write": ("edit", "filePath"), "multiedit": ("edit", "filePath"),
    "patch": ("edit", "patchText"), "apply_patch": ("edit", "patchText"), "read": ("read", "filePath"), "list": ("read", "path"),
    "glob": ("search", "pattern"), "grep": ("search", "pattern"), "codesearch": ("search", "query"), "todowrite": ("todo", ""),
    "todoread": ("todo", ""), "task": ("agent", "prompt"), "question": ("ask", ""), "plan_enter": ("plan", ""),
    "plan_exit": ("plan", ""), "webfetch": ("web", "url"), "websearch": ("web", "query"),
}  # fmt: skip
#: How the error of a call begins that the person turned down, as opposed to a rule of theirs.
_REFUSED = ("The user rejected permission", "The user dismissed this question")
_FEEDBACK = "with the following feedback:"
#: Parts that say nothing of their own: the changes of `patch` are with the calls that made them.
_SILENT = {"step-start", "step-finish", "snapshot", "patch", "agent", "compaction"}
_START = re.compile(r'\s*\{\s*"(?:info"\s*:\s*\{|messages"\s*:\s*\[\s*\{\s*"(?:info|parts)"\s*:)')
_SIGNS = ('"ses_', '"projectID"', '"sessionID"', '"messageID"', '"parts"')


def fits(text: str, name: str) -> bool:  # noqa: ARG001 - the content tells
    """Whether a file begins like an export of opencode."""
    return bool(_START.match(text.removeprefix("\ufeff"))) and any(sign in text for sign in _SIGNS)


def read(source: Source) -> Iterator[Turn | Head]:
    """The session: its head (again at the end, with what only the messages tell), and its turns."""
    document = table(source.whole())
    info = table(document.get("info"))
    messages = rows(document.get("messages"))
    times = table(info.get("time"))
    head = Head(
        "opencode",
        id=text(info.get("id")),
        cwd=text(info.get("directory")),
        started=instant(times.get("created")),
        ended=instant(times.get("updated")),
        title=text(info.get("title")),
        version=text(info.get("version")),
        parent=text(info.get("parentID")),
    )
    yield head
    cost = 0.0
    for message in messages:
        about = table(message.get("info"))
        cost += spent if isinstance(spent := about.get("cost"), int | float) and not isinstance(spent, bool) else 0.0
        if about.get("role") == "assistant" and not head.model:
            head = head._replace(model=text(about.get("modelID")))
        head = head if head.cwd else head._replace(cwd=text(table(about.get("path")).get("cwd")))
        yield from (turn._replace(side=bool(head.parent)) for turn in _turns(about, rows(message.get("parts"))))
    yield head._replace(cost=round(cost, 6))


def _turns(about: dict[str, Any], parts: list[dict[str, Any]]) -> Iterator[Turn]:
    role = text(about.get("role"))
    when = instant(table(about.get("time")).get("created"))
    if role == "user":
        for part in parts:
            yield from _said(part, when)
        return
    if role != "assistant":
        yield Turn(
            "system", json.dumps({"info": about, "parts": parts}, ensure_ascii=False), when, kind=f"unknown:{role}"
        )
        return
    used, cache = table(about.get("tokens")), table(table(about.get("tokens")).get("cache"))
    tokens = (
        count(used.get("input")) + count(cache.get("read")) + count(cache.get("write")),
        count(used.get("output")) + count(used.get("reasoning")),
    )
    summary = about.get("summary") is True or about.get("mode") == "compaction"
    for part in parts:
        for turn in _answered(part, when, summary=summary):
            yield turn._replace(model=text(about.get("modelID")), tokens=tokens)
            tokens = (0, 0)
    if error := table(about.get("error")):
        said = text(table(error.get("data")).get("message")) or text(error.get("name"))
        if error.get("name") == "MessageAbortedError":
            yield Turn("user", said, when, kind="interrupted")
        else:
            yield Turn("system", said, when, kind="error", tokens=tokens)


def _said(part: dict[str, Any], when: str) -> Iterator[Turn]:
    """A part of what stands in the user's place."""
    kind, id_ = text(part.get("type")), text(part.get("id"))
    if kind == "text" and (said := text(part.get("text"))).strip():
        injected = bool(part.get("synthetic") or part.get("ignored"))
        yield Turn("user", said if injected else _unquoted(said), when, id_, "injected" if injected else "")
    elif kind == "file":  # its content, where it was read, is a text of its own
        yield Turn("user", f"[file: {text(part.get('filename')) or text(part.get('mime'))}]", when, id_, "injected")
    elif kind == "subtask":
        command = text(part.get("command"))
        yield Turn("user", (f"/{command} " if command else "") + text(part.get("prompt")), when, id_, "command")
    elif kind not in _SILENT | {"text"}:
        yield _unknown(part, when)


def _answered(part: dict[str, Any], when: str, *, summary: bool) -> Iterator[Turn]:
    """A part of the agent's message. Its own time, where it has one, is nearer than the message's."""
    kind, id_ = text(part.get("type")), text(part.get("id"))
    when = instant(table(part.get("time")).get("start")) or when
    said = text(part.get("text"))
    if kind == "text":
        if said.strip():
            yield Turn("system", said, when, id_, "summary") if summary else Turn("assistant", said, when, id_)
    elif kind == "reasoning":
        if said.strip():
            yield Turn("assistant", said, when, id_, "thinking")
    elif kind == "tool":
        yield _call(part, when)
    elif kind == "retry":
        yield Turn("system", text(table(table(part.get("error")).get("data")).get("message")), when, id_, "error")
    elif kind not in _SILENT:
        yield _unknown(part, when)


def _unknown(part: dict[str, Any], when: str) -> Turn:
    return Turn(
        "system", json.dumps(part, ensure_ascii=False), when, text(part.get("id")), f"unknown:{text(part.get('type'))}"
    )


def _call(part: dict[str, Any], when: str) -> Turn:
    tool, state = text(part.get("tool")), table(part.get("state"))
    arguments, about = state.get("input"), table(state.get("metadata"))
    action, key = _TOOLS.get(tool, ("other", ""))
    error = text(state.get("error"))
    refused = error.startswith(_REFUSED)
    took_effect = state.get("status") == "completed"
    code = about.get("exit") if action == "run" else None
    code = code if isinstance(code, int) and not isinstance(code, bool) else None
    output = error.partition(_FEEDBACK)[2].strip() if refused else error or text(state.get("output"))
    edited = _edited(tool, table(arguments), about) if took_effect and action == "edit" else Edited()
    return Turn(
        "tool",
        output,
        instant(table(state.get("time")).get("start")) or when,
        text(part.get("callID")) or text(part.get("id")),
        tool=tool,
        action=action,
        input=asked(table(arguments).get("questions")) if action == "ask" else given(arguments, key),
        changes=edited.changes,
        todos=_todos(about.get("todos") or table(arguments).get("todos")) if took_effect and action == "todo" else (),
        failed=(bool(error) and not refused) or bool(code),
        refused=refused,
        code=code,
        written=edited.written,
    )


def _todos(entries: object) -> tuple[Todo, ...]:
    return tuple(Todo(text(e.get("content")), TODO.get(text(e.get("status")), "open")) for e in rows(entries))


def _edited(tool: str, arguments: dict[str, Any], about: dict[str, Any]) -> Edited:
    """Newer exports count the lines of each file; older ones hold a diff, and the oldest only what was asked for."""
    if tool in ("patch", "apply_patch"):
        asked_for = by_patch(text(arguments.get("patchText")))
        files = rows(about.get("files"))
        return Edited(tuple(map(_patched, files)), diff_lines(text(files[0].get("patch")))[0]) if files else asked_for
    path = text(arguments.get("filePath"))
    if tool == "write":
        return by_content(path, "update" if about.get("exists") else "add", text(arguments.get("content")))
    counted = table(about.get("filediff"))
    if diff := text(counted.get("patch")) or text(about.get("diff")):
        edited = by_diff(path, "update", diff)
    else:
        edits = rows(arguments.get("edits")) or [arguments]
        edited = by_texts(path, *((text(e.get("oldString")), text(e.get("newString"))) for e in edits))
    if counted:
        change = Change(path, "update", count(counted.get("additions"), -1), count(counted.get("deletions"), -1))
        return Edited((change,), edited.added)
    return edited


def _patched(file: dict[str, Any]) -> Change:
    path, moved = text(file.get("relativePath")) or text(file.get("filePath")), text(file.get("movePath"))
    return Change(
        moved or path,
        HOW.get(text(file.get("type")), "update"),
        count(file.get("additions"), -1),
        count(file.get("deletions"), -1),
        path if moved else "",
    )


def _unquoted(said: str) -> str:
    """`opencode run` puts an argument with a space in it between quotes."""
    inner = said.strip()
    if len(inner) > 1 and inner[0] == inner[-1] == '"' and not re.search(r'(?<!\\)"', inner[1:-1]):
        return inner[1:-1].replace('\\"', '"')
    return said

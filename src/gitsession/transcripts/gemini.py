"""Gemini CLI: a JSONL log of messages, or the one JSON object that older versions wrote."""

import json
import re
from collections.abc import Iterator
from typing import Any

from gitsession.model.conversation import Head, Todo, Turn
from gitsession.transcripts.diffs import Edited, by_content, by_diff, by_texts
from gitsession.transcripts.fields import TODO, asked, count, given, rows, table, text
from gitsession.transcripts.source import WHOLE_LIMIT, Source

#: Tool -> what it does, and the keys of its arguments that say on what.
_TOOLS: dict[str, tuple[str, ...]] = {
    "run_shell_command": ("run", "command"), "replace": ("edit", "file_path"), "edit": ("edit", "file_path"),
    "write_file": ("edit", "file_path"), "read_file": ("read", "file_path", "absolute_path"), "read_many_files": ("read",),
    "list_directory": ("read", "dir_path", "path"), "glob": ("search", "pattern"), "grep_search": ("search", "pattern"),
    "search_file_content": ("search", "pattern"), "write_todos": ("todo",), "ask_user": ("ask", "question"),
    "enter_plan_mode": ("plan", "reason"), "exit_plan_mode": ("plan", "plan_path"), "web_fetch": ("web", "prompt"),
    "google_web_search": ("web", "query"), "delegate_to_agent": ("agent", "objective", "task"), "invoke_agent": ("agent", "prompt"),
    "codebase_investigator": ("agent", "objective"), "generalist": ("agent", "request"),
}  # fmt: skip
_FILES = "--- Content from referenced files ---"
#: What a program says in the user's place.
_INJECTED = (
    "<session_context>",
    "<hook_context>",
    "This is the Gemini CLI. We are setting up the context",
    "System: Please continue.",
)
_COMMAND = re.compile(r"/[a-z][\w:-]*(?:\s|$)|I ran the following shell command:")
_EXIT = re.compile(r"^Exit Code: (\d+)", re.MULTILINE)
#: Reasons of a cancelled call that are the program's own words, not the person's.
_OWN_REASON = re.compile(r"(?:User|Operation|Request|Tool call)\b")
_META = re.compile(r'(?<!\\)"projectHash"\s*:')
_MESSAGE = re.compile(r'(?<!\\)"type"\s*:\s*"gemini"')


def fits(text: str, name: str) -> bool:  # noqa: ARG001 - the content tells
    """Whether a file begins like a chat of Gemini CLI. A log's first line, or the object's first keys, name the project by its hash."""
    begin = text.removeprefix("\ufeff").lstrip()[:4000]
    if not begin.startswith("{"):
        return False
    first = begin.partition("\n")[0]
    if _META.search(first) or (first.strip() == "{" and _META.search(begin)):
        return True
    return bool(re.search(r'(?<!\\)"(?:messages|thoughts|toolCalls)"\s*:', text) and _MESSAGE.search(text))


def read(source: Source) -> Iterator[Turn | Head]:
    """The chat as it stands: what was rewound is gone, and a message that was written again is read as it was last."""
    about: dict[str, Any] = {}
    messages: dict[str, dict[str, Any]] = {}
    held = 0
    for number, record in _records(source):
        if isinstance(to := record.get("$rewindTo"), str):
            ids = list(messages)
            for id_ in ids[ids.index(to) if to in messages else 0 :]:
                del messages[id_]
        elif isinstance(change := record.get("$set"), dict):
            about |= {k: v for k, v in change.items() if k != "messages"}
            _fill(messages, rows(change.get("messages")))
        elif "sessionId" in record or "messages" in record:
            about |= {k: v for k, v in record.items() if k != "messages"}
            _fill(messages, rows(record.get("messages")))
        elif isinstance(record.get("type"), str):
            messages[text(record.get("id")) or f"line {number}"] = record
            held += len(str(record.get("content"))) + len(str(record.get("toolCalls")))
        else:
            source.skip(number, "no message")
        if held > WHOLE_LIMIT:  # what is rewound after this stays
            yield from _turns(about, messages)
            messages, held = {}, 0
    yield from _turns(about, messages)


def _records(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a log, or the one object that is spread over the lines of an older file."""
    spread: list[bytes] = []
    begun = False
    for number, line in source.lines():
        bare = line.removeprefix(b"\xef\xbb\xbf").strip()
        if spread or (not begun and (bare == b"{" or b'"messages"' in bare)):
            spread.append(bare)
        elif bare:
            yield from ((number, r) for r in source.objects(number, bare))
        begun = begun or bool(bare)
    if spread:
        yield from ((1, r) for r in rows([source.load(b"\n".join(spread).decode("utf-8", "replace"))]))


def _fill(messages: dict[str, dict[str, Any]], listed: list[dict[str, Any]]) -> None:
    """Add the messages of a list. Those that are there already stay as they are: a list that is set later has had its results cut."""
    for message in listed:
        messages.setdefault(text(message.get("id")) or f"message {len(messages)}", message)


def _turns(about: dict[str, Any], messages: dict[str, dict[str, Any]]) -> Iterator[Turn | Head]:
    models = (text(m.get("model")) for m in messages.values())
    folders = about.get("directories")
    yield Head(
        "gemini",
        id=text(about.get("sessionId")),
        cwd=text(folders[0]) if isinstance(folders, list) and folders else "",
        started=text(about.get("startTime")),
        ended=text(about.get("lastUpdated")),
        title=text(about.get("summary")),
        model=next((m for m in models if m), ""),
    )
    side = about.get("kind") == "subagent"
    for message in messages.values():
        for turn in _message(message):
            yield turn._replace(side=side)


def _message(message: dict[str, Any]) -> Iterator[Turn]:
    kind, when, id_ = text(message.get("type")), text(message.get("timestamp")), text(message.get("id"))
    said = _text(message.get("content"))
    if kind == "user":
        yield from _said(said, when, id_)
    elif kind == "gemini":
        yield from _answered(message, said)
    elif kind in ("info", "warning"):
        cancelled = said.startswith("Request cancelled")
        yield Turn("user" if cancelled else "system", said, when, id_, "interrupted" if cancelled else "")
    elif kind == "error":
        yield Turn("system", said, when, id_, "error")
    else:
        yield Turn("system", json.dumps(message, ensure_ascii=False), when, id_, f"unknown:{kind}")


def _text(content: object) -> str:
    return content if isinstance(content, str) else "".join(text(part.get("text")) for part in rows(content))


def _said(said: str, when: str, id_: str) -> Iterator[Turn]:
    """What the user typed, and apart from it the files that `@path` put behind it."""
    said, mark, files = said.partition(_FILES)
    said = said.rstrip("\n") if mark else said
    if said.strip():
        kind = "injected" if said.lstrip().startswith(_INJECTED) else "command" if _COMMAND.match(said) else ""
        if said.lstrip().startswith("<state_snapshot>"):
            kind = "summary"
        yield Turn("system" if kind == "summary" else "user", said, when, id_, kind)
    if mark:
        yield Turn("user", mark + files, when, id_, "injected")


def _answered(message: dict[str, Any], said: str) -> Iterator[Turn]:
    when, id_, model = text(message.get("timestamp")), text(message.get("id")), text(message.get("model"))
    used = table(message.get("tokens"))
    tokens = (
        count(used.get("input")) + count(used.get("tool")),
        count(used.get("output")) + count(used.get("thoughts")),
    )
    turns = []
    for thought in rows(message.get("thoughts")):
        about = ": ".join(filter(None, (text(thought.get("subject")), text(thought.get("description")))))
        turns.append(Turn("assistant", about, text(thought.get("timestamp")) or when, id_, "thinking"))
    if said.strip():
        turns.append(Turn("assistant", said, when, id_))
    turns += [_call(call, when) for call in rows(message.get("toolCalls"))]
    for turn in turns:
        yield turn._replace(model=model, tokens=tokens)
        tokens = (0, 0)


def _call(call: dict[str, Any], when: str) -> Turn:
    tool, status, arguments = text(call.get("name")), text(call.get("status")), call.get("args")
    action, *keys = _TOOLS.get(tool, ("other",))
    response: dict[str, Any] = {}
    for part in rows(call.get("result")):
        response |= table(table(part.get("functionResponse")).get("response"))
    output = text(response.get("output")) or text(response.get("error")) or text(call.get("resultDisplay"))
    code = None
    if action == "run":
        ended = _EXIT.search(output)
        code = int(ended[1]) if ended else 0 if status == "success" and output.startswith("Output:") else None
    refused = status == "cancelled"
    if refused:  # what is left is what the person said
        reason = output.partition("Reason:")[2].strip()
        output = "" if _OWN_REASON.match(reason) else reason
    took_effect = action == "edit" and status == "success"
    edited = _edited(tool, table(arguments), table(call.get("resultDisplay"))) if took_effect else Edited()
    return Turn(
        "tool",
        output,
        text(call.get("timestamp")) or when,
        text(call.get("id")),
        tool=tool,
        action=action,
        input=asked(table(arguments).get("questions")) if action == "ask" else given(arguments, *keys),
        changes=edited.changes,
        todos=_todos(table(arguments).get("todos")) if action == "todo" and status == "success" else (),
        failed=status == "error" or bool(code),
        refused=refused,
        code=code,
        written=edited.written,
    )


def _todos(entries: object) -> tuple[Todo, ...]:
    return tuple(Todo(text(e.get("description")), TODO.get(text(e.get("status")), "open")) for e in rows(entries))


def _edited(tool: str, arguments: dict[str, Any], shown: dict[str, Any]) -> Edited:
    """The diff that was shown is what was written: the person may have edited the proposal."""
    path, how = text(arguments.get("file_path")), "add" if shown.get("isNewFile") else "update"
    if diff := text(shown.get("fileDiff")):
        return by_diff(path, how, diff)
    if tool == "write_file":
        return by_content(path, how, text(arguments.get("content")))
    return by_texts(path, (text(arguments.get("old_string")), text(arguments.get("new_string"))))

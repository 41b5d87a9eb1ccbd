"""Cursor: Markdown that its IDE exports, and the JSONL of its command line.

Neither has times, ids or results of calls. The IDE's own database, `state.vscdb`, is not read: its layout is undocumented and changes.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from gitsession.model.conversation import Change, Head, Todo, Turn
from gitsession.transcripts.diffs import Edited, by_content, by_patch, by_texts
from gitsession.transcripts.fields import TODO, asked, given, rows, table, text
from gitsession.transcripts.source import WHOLE_LIMIT, Source

#: Tool (without `_`, in small letters) -> what it does, and the keys of its input that say on what.
_PATH = ("path", "file_path", "target_file", "filePath", "target_notebook")
_TOOLS: dict[str, tuple[str, ...]] = {
    "shell": ("run", "command"), "bash": ("run", "command"), "runterminalcmd": ("run", "command"), "write": ("edit", *_PATH),
    "strreplace": ("edit", *_PATH), "searchreplace": ("edit", *_PATH), "editfile": ("edit", *_PATH), "edit": ("edit", *_PATH),
    "multiedit": ("edit", *_PATH), "delete": ("edit", *_PATH), "deletefile": ("edit", *_PATH), "applypatch": ("edit", "patch", "input"),
    "read": ("read", *_PATH), "readfile": ("read", *_PATH), "readlints": ("read", "paths"), "ls": ("read", *_PATH),
    "listdir": ("read", "relative_workspace_path", *_PATH), "grep": ("search", "pattern"), "grepsearch": ("search", "query"),
    "glob": ("search", "glob_pattern", "pattern"), "globfilesearch": ("search", "glob_pattern"), "filesearch": ("search", "query"),
    "semanticsearch": ("search", "query"), "codebasesearch": ("search", "query"), "todowrite": ("todo",), "createplan": ("plan", "plan"),
    "task": ("agent", "prompt"), "askquestion": ("ask",), "websearch": ("web", "search_term", "query"), "webfetch": ("web", "url"),
}  # fmt: skip
_EXPORTED = re.compile(r"_.{0,20}?\d.*Cursor.*\(\d[\w.-]*\).*_\s*$")
_VERSION = re.compile(r"\((\d[\w.-]*)\)[^()]*$")
_RECORD = re.compile(r'\{\s*"role"\s*:\s*"(?:user|assistant)"\s*,\s*"message"\s*:\s*\{\s*"content"\s*:')
_QUERY = re.compile(r"<user_query>\s*(.*?)\s*(?:</user_query>|\Z)", re.DOTALL)


def fits(text: str, name: str) -> bool:  # noqa: ARG001 - the content tells
    """Whether a file is an export of the IDE, or begins like a transcript of the command line."""
    begin = text.lstrip()
    if begin.startswith("{"):
        line, ended, _ = begin.partition("\n")
        try:
            first = table(json.loads(line))
        except (ValueError, RecursionError):
            return not ended and bool(_RECORD.match(line))  # a first message longer than what is looked at
        return first.get("role") in ("user", "assistant") and _bare(first)
    top = begin.split("\n", 6)[:6]
    return top[0].startswith("# ") and any(_EXPORTED.match(line[:200]) for line in top[1:])


def read(source: Source) -> Iterator[Turn | Head]:
    """The conversation, in either shape."""
    exported: list[str] = []
    begun = False
    listed: dict[str, Todo] = {}
    for number, data in source.lines():
        line = data.decode("utf-8", "replace")
        if exported or (not begun and line.startswith("#")):
            exported.append(line)
            if source.read > WHOLE_LIMIT:
                source.skip(number, f"the file is longer than {WHOLE_LIMIT // 1024 // 1024} MB")
                break
        elif line.strip():
            if not begun:
                yield Head("cursor", id=PurePath(source.name).stem)
            for record in source.objects(number, data):
                yield from _record(record, number, source, listed)
        begun = begun or bool(line.strip())
    yield from _exported(exported)


def _bare(record: dict[str, Any]) -> bool:
    """Cursor's records have no more than this; other agents' have times and ids."""
    return set(record) <= {"role", "message", "timestamp_ms"} and isinstance(
        table(record.get("message")).get("content"), list | str
    )


def _record(record: dict[str, Any], number: int, source: Source, listed: dict[str, Todo]) -> Iterator[Turn]:
    role, content = record.get("role"), table(record.get("message")).get("content")
    if role not in ("user", "assistant"):
        if isinstance(kind := role or record.get("type"), str):
            yield Turn("system", json.dumps(record, ensure_ascii=False), kind=f"unknown:{kind}", id=f"line {number}")
        else:
            source.skip(number, "no message")
        return
    blocks = rows(content) if isinstance(content, list) else [{"type": "text", "text": content}]
    for at, block in enumerate(blocks):
        kind, said, id_ = text(block.get("type")), text(block.get("text")), f"line {number}.{at}"
        if kind == "text" and role == "user":
            yield from _said(said, id_)
        elif kind == "text" and said.strip():
            yield Turn("assistant", said, id=id_)
        elif kind == "tool_use":
            yield _call(block, id_, listed)
        elif kind in ("thinking", "reasoning"):
            yield Turn("assistant", text(block.get("thinking")) or said, id=id_, kind="thinking")
        elif kind != "text":
            yield Turn("system", json.dumps(block, ensure_ascii=False), id=id_, kind=f"unknown:{kind}")


def _said(said: str, id_: str) -> Iterator[Turn]:
    """The query, and apart from it what the program puts around it: files, links, rules."""
    query = _QUERY.search(said)
    around = (said[: query.start()] + said[query.end() :]).strip() if query else ""
    if around:
        yield Turn("user", around, id=f"{id_} around", kind="injected")
    words = query[1] if query else said
    if words.strip():
        wrapped = not query and words.lstrip().startswith(
            ("<external_links>", "<attached_files>", "<system_reminder>", "<user_info>")
        )
        yield Turn(
            "user",
            words,
            id=id_,
            kind="injected" if wrapped else "command" if re.match(r"/[a-z][\w-]*\s*$", words) else "",
        )


def _call(block: dict[str, Any], id_: str, listed: dict[str, Todo]) -> Turn:
    """A call. Its result is not in the file: an edit counts as asked for, and nothing says that it failed."""
    tool, arguments = text(block.get("name")), block.get("input")
    plain = tool.replace("_", "").lower()
    action, *keys = _TOOLS.get(plain, ("other",))
    about = table(arguments)
    edited = _edited(plain, arguments) if action == "edit" else Edited()
    return Turn(
        "tool",
        id=text(block.get("id")) or id_,
        tool=tool,
        action=action,
        input=asked(about.get("questions")) if action == "ask" and "questions" in about else given(arguments, *keys),
        changes=edited.changes,
        written=edited.written,
        todos=_todos(about, listed) if action == "todo" else (),
    )


def _todos(about: dict[str, Any], listed: dict[str, Todo]) -> tuple[Todo, ...]:
    """The whole list: a call that merges names only what it changes, perhaps by id alone."""
    if about.get("merge") is not True:
        listed.clear()
    for at, entry in enumerate(rows(about.get("todos"))):
        id_ = str(entry.get("id", at))
        before = listed.get(id_, Todo(""))
        listed[id_] = Todo(
            text(entry.get("content")) or before.text, TODO.get(text(entry.get("status")), before.status)
        )
    return tuple(listed.values())


def _edited(tool: str, arguments: object) -> Edited:
    if tool == "applypatch":
        return by_patch(given(arguments, "patch", "input"))
    about = table(arguments)
    path = next((p for p in (text(about.get(key)) for key in _PATH) if p), "")
    if not path:
        return Edited()
    if tool.startswith("delete"):
        return Edited((Change(path, "delete"),))
    old = text(about.get("old_string")) or text(about.get("old_str"))
    new = text(about.get("new_string")) or text(about.get("new_str"))
    if old or new:
        return by_texts(path, (old, new))
    return by_content(
        path, "update", text(about.get("contents")) or text(about.get("content")) or text(about.get("code_edit"))
    )


def _exported(lines: list[str]) -> Iterator[Turn | Head]:
    """An export: a title, a line with date and version in the user's language, then who speaks, each between rules."""
    if not lines:
        return
    about = next((line for line in lines[1:6] if _EXPORTED.match(line[:200])), "")
    version = _VERSION.search(about)
    title = lines[0].removeprefix("# ").strip()
    turns = []
    marks = [at for at in range(2, len(lines)) if _speaks(lines, at)]
    for at, end in zip(
        marks, [at - 2 for at in marks[1:]] + [len(lines)], strict=False
    ):  # without a mark there is an end alone
        if said := "\n".join(lines[at + 1 : end]).strip():
            turns.append(Turn("user" if lines[at].strip() == "**User**" else "assistant", said, id=f"line {at + 1}"))
    # A later export of the conversation has another date: what it began with is what it is known by.
    began = hashlib.sha256(f"{title}\n{turns[0].text}".encode()).hexdigest()[:12] if turns else ""
    yield Head("cursor", id=began, title=title, version=version[1] if version else "")
    yield from turns


def _speaks(lines: list[str], at: int) -> bool:
    """Whether a line says who speaks: in an answer the same words lack the rule above or the empty lines around."""
    return (
        lines[at].strip() in ("**User**", "**Cursor**")
        and not lines[at - 1].strip()
        and lines[at - 2].strip() == "---"
        and (at + 1 >= len(lines) or not lines[at + 1].strip())
    )

"""A tool's block in SpecStory's Markdown: its type, its name and what is rendered of the call and its result."""

import json
import re
from typing import NamedTuple

from gitsession.model.conversation import Change, Todo, Turn
from gitsession.transcripts.diffs import Edited, by_content, by_patch, diff_lines

_TYPES = {"shell": "run", "write": "edit", "read": "read", "search": "search", "task": "todo"}
#: Names say more than the types, which differ between versions; `_` and case aside.
_NAMES = {
    "askuserquestion": "ask", "askquestion": "ask", "askuser": "ask", "task": "agent", "agent": "agent", "spawnagent": "agent",
    "invokesubagent": "agent", "exitplanmode": "plan", "enterplanmode": "plan", "websearch": "web", "webfetch": "web",
    "searchweb": "web", "readurlcontent": "web", "googlewebsearch": "web", "ls": "read", "listdir": "read", "shell": "run",
    "bash": "run", "execcommand": "run", "runshellcommand": "run", "runterminalcmd": "run", "todowrite": "todo", "updateplan": "todo",
    "todowriteitem": "todo", "applypatch": "edit", "schedule": "other", "skill": "other", "toolsearch": "other",
}  # fmt: skip
_OPEN = re.compile(r'<tool-use(?:\s+data-tool-type="([^"]*)")?(?:\s+data-tool-name="([^"]*)")?[^>]*>')
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
_NAME = re.compile(r"Tool use:\s*\*\*(.+?)\*\*\s*(.*)", re.DOTALL)
_FENCE = re.compile(r"^(?:[\w() ]{0,20}: )?(`{3,})([\w+#.-]*)[ \t]*$")
_CODE = re.compile(r"`([^`\n]+)`")
_PATTERN = re.compile(r"\bpattern `([^`\n]+)`")
_SHOWN = re.compile(r"\A\s*`(.+)`\s*\Z", re.DOTALL)
_ABOUT = re.compile(r"(?:Read|Edit|Create|Write|Delete|List|Search)\w* (?:file|directory|dir)?:? *(.+)")
_EXIT = re.compile(
    r"\A(?:Error: )?Exit code:? (\d+)|^Process exited with code (\d+)|^Exit [Cc]ode: (\d+)", re.MULTILINE
)
_COUNTS = re.compile(r"Lines added: (\d+), lines removed: (\d+)")
_HEADED = re.compile(r"^\*\*(Add|Update|Delete|Move): `(.+?)`\*\*", re.MULTILINE)
_WRITTEN = re.compile(
    r"The file (\S.*?) has been (?:updated|created)|File created successfully at: (\S.*?)(?: \(|$)|Created file file://(\S+)",
    re.MULTILINE,
)
_REFUSED = (
    "The user doesn't want to",
    "[Request interrupted",
    "User rejected",
    "User denied",
    "User cancelled",
    "The user rejected",
)
_SAID = re.compile(r"the user said:\s*(.*)\Z", re.DOTALL)
_FAILED = (
    "<tool_use_error>",
    "Error:",
    "error:",
    "ERROR",
    "apply_patch verification failed",
    "String to replace not found",
)
_ENTRY = re.compile(r"^\s*- \[(.)\]\s*(.+?)\s*$", re.MULTILINE)
_MARKS = {" ": "open", "x": "done", "X": "done", "⚡": "doing", "~": "doing", "-": "dropped"}
_INNER = re.compile(r'exec_command\(\s*\{\s*cmd:\s*("(?:[^"\\]|\\.)*")')


class _Body(NamedTuple):
    prose: str
    codes: list[tuple[str, str]]  # language, content


def tool_turn(block: str, when: str, model: str) -> Turn:
    """The turn that a block is; `block` runs from `<tool-use` (or `<details>`, or a bare `Tool use:`) to its end."""
    opened = _OPEN.match(block)
    summary = _SUMMARY.search(block)
    title = (summary[1] if summary else block.partition("\n")[0]).replace("&#96;", "`")
    named = _NAME.search(title)
    name = (named[1] if named else "") or (opened[2] or "" if opened else "")
    rest = block[summary.end() :] if summary else block.partition("\n")[2]
    body = _parts(re.sub(r"\s*</details>\s*(?:</tool-use>)?\s*\Z", "", rest).replace("&#96;", "`"))
    action = _NAMES.get(name.replace("_", "").replace("-", "").lower()) or _TYPES.get(
        opened[1] or "" if opened else "", "other"
    )
    turn = Turn("tool", when=when, model=model, tool=name, action=action)
    turn = _filled(turn, named[2].strip() if named else "", body)
    output = turn.text
    if output.lstrip().startswith(_REFUSED):
        said = _SAID.search(output)
        return turn._replace(text=said[1].strip() if said else "", refused=True)
    exits = (
        [next(filter(None, found.groups())) for found in _EXIT.finditer(output[:4000])] if turn.action == "run" else []
    )
    code = int(exits[-1]) if exits else None
    failed = bool(code) or output.lstrip().startswith(_FAILED)
    edited = _edited(turn, body) if turn.action == "edit" and not failed else Edited()
    todos = (
        tuple(Todo(e[2], _MARKS.get(e[1], "open")) for e in _ENTRY.finditer(body.prose))
        if turn.action == "todo"
        else ()
    )
    return turn._replace(
        code=code,
        failed=failed,
        changes=edited.changes,
        written=edited.written,
        todos=todos,
        input=turn.input or (edited.changes[0].path if edited.changes else ""),
    )


def _filled(turn: Turn, rest: str, body: _Body) -> Turn:
    """With what the call was given, and what it gave."""
    inline = _SHOWN.match(rest)
    codes, prose = list(body.codes), body.prose
    given = inline[1] if inline else ""
    if turn.action == "run":
        given = given or _command(prose)
        if not given and codes and (len(codes) > 1 or codes[0][0] in ("bash", "sh", "shell", "zsh", "powershell")):
            given = codes.pop(0)[1].strip("\n")
    elif turn.action == "ask":
        answer = re.search(r"^\*\*Answer:\*\* (.*)", prose, re.MULTILINE | re.DOTALL)
        given = (prose[: answer.start()] if answer else prose).strip()
        codes += [("", answer[1].strip())] if answer else []
    elif not given:
        about = _ABOUT.search(rest.lstrip("• "))
        shown = _PATTERN.search(prose) or _CODE.search(prose)
        given = about[1].strip() if about else shown[1] if shown and turn.action in ("read", "search", "edit") else ""
        given = "" if turn.action == "edit" and _HEADED.search(prose) else given
    if turn.action == "other" and (inner := _INNER.search("\n".join(c for _, c in codes))):
        return turn._replace(action="run", input=_unescaped(inner[1]))
    output = "\n".join(content for language, content in codes if turn.action != "edit" or language in ("", "text"))
    return turn._replace(
        input=given or ("" if turn.action == "edit" else prose.strip()[:2000]), text=output.strip("\n")
    )


def _command(prose: str) -> str:
    """The command in what stands between summary and output: a line of code, or the field of the input."""
    for line in prose.split("\n"):
        if line.startswith("- command: `") and line.rstrip().endswith("`"):
            return re.sub(r"\A\[(?:bash|sh|zsh) -l?c (.*)\]\Z", r"\1", line.rstrip()[12:-1])
    lines = prose.split("\n")
    begin = next((at for at, line in enumerate(lines) if line.lstrip(" ").startswith("`")), len(lines))
    for end in range(begin, len(lines)):
        shown = "\n".join(lines[begin : end + 1]).strip() if lines[end].rstrip().endswith("`") else ""
        if len(shown) > 2:
            return shown[1:-1]
    return ""


def _edited(turn: Turn, body: _Body) -> Edited:
    diffs = [diff_lines(content) for language, content in body.codes if language in ("diff", "patch")]
    counts = [(len(added), len(removed)) for added, removed in diffs]
    if headed := _HEADED.findall(body.prose):
        counts += [(-1, -1)] * len(headed)
        hows = {"Add": "add", "Update": "update", "Delete": "delete", "Move": "rename"}
        changes = tuple(Change(path, hows[how], *counts[at]) for at, (how, path) in enumerate(headed))
        return Edited(changes, diffs[0][0] if diffs else ())
    if patches := [c for _, c in body.codes if c.lstrip().startswith("*** Begin Patch")]:
        return by_patch("\n".join(patches))
    written = _WRITTEN.search(turn.text)
    path = turn.input or (next(filter(None, written.groups())) if written else "")
    if not path:
        return Edited()
    how = "add" if written and (written[2] or written[3]) else "update"
    if counts := [(int(a), int(r)) for a, r in _COUNTS.findall(body.prose)] or counts:
        change = Change(path, how, sum(a for a, _ in counts), sum(r for _, r in counts))
        return Edited((change,), tuple(line for added, _ in diffs for line in added))
    content = next((c for language, c in body.codes if language not in ("", "text")), "")
    return by_content(path, how, content.rstrip("\n")) if content else Edited((Change(path, how),))


def _parts(rest: str) -> _Body:
    """Prose and blocks of code. Output may hold fences of its own: a block ends where another begins, a heading follows or all ends."""
    prose: list[str] = []
    codes: list[tuple[str, str]] = []
    lines = rest.split("\n")
    ends = [False] * len(lines)  # whether a fence in this line would be the block's last
    following = ""
    for at in range(len(lines) - 1, -1, -1):
        ends[at] = not following or following.startswith("**") or _FENCE.match(following) is not None
        following = lines[at] if lines[at].strip() else following
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        end = _closing(lines, ends, at + 1, fence[1]) if fence else 0
        if fence and end:
            codes.append((fence[2].lower(), "\n".join(lines[at + 1 : end])))
            at = end + 1
        else:
            prose.append(lines[at])
            at += 1
    return _Body("\n".join(prose).strip("\n"), codes)


def _closing(lines: list[str], ends: list[bool], at: int, mark: str) -> int:
    """The line that closes a block; 0 where none does."""
    last = 0
    for number in range(at, len(lines)):
        if lines[number].rstrip() == mark:
            last = number
            if ends[number]:
                return number
    return last


def _unescaped(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal.strip('"')

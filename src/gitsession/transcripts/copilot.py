"""GitHub Copilot CLI: events, one a line. A call is told by three of them: it is asked for, permitted or refused, and ends."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from gitsession.model.conversation import Head, Todo, Turn
from gitsession.transcripts.copilot_todos import TodoTables, checklist
from gitsession.transcripts.diffs import Edited, by_content, by_patch, by_texts
from gitsession.transcripts.fields import count, given, table, text
from gitsession.transcripts.source import Source

#: Tool -> what it does, and the keys of its arguments that say on what.
_TOOLS: dict[str, tuple[str, ...]] = {
    "bash": ("run", "command"), "powershell": ("run", "command"), "local_shell": ("run", "command"), "apply_patch": ("edit", "patch"),
    "edit": ("edit", "path"), "create": ("edit", "path"), "str_replace_editor": ("edit", "path"), "view": ("read", "path"),
    "rg": ("search", "pattern"), "grep": ("search", "pattern"), "glob": ("search", "pattern"), "update_todo": ("todo", "todos"),
    "sql": ("other", "query"), "ask_user": ("ask", "question"), "exit_plan_mode": ("plan", "summary"), "task": ("agent", "prompt"),
    "web_fetch": ("web", "url"), "web_search": ("web", "query"), "fetch": ("web", "url"),
}  # fmt: skip
_EXITED = re.compile(r"<exited with exit code (\d+)>\s*\Z")
_EVENT = re.compile(
    r'(?<!\\)"type"\s*:\s*"(?:session\.(?:start|resume)|user\.message|assistant\.(?:message|turn_start))"'
)
_DATA = re.compile(r'(?<!\\)"data"\s*:\s*\{')
#: Events about the program, and those whose content comes again in another; the rest of those it has never reaches the file.
_SILENT = {
    "assistant.turn_start", "assistant.turn_end", "external_tool.requested", "external_tool.completed", "hook.start", "hook.end",
    "session.auto_mode_resolved", "session.autopilot_objective_changed", "session.binary_asset", "session.canvas.recorded",
    "session.canvas.removed", "session.compaction_start", "session.context_changed", "session.context_cleared", "session.info",
    "session.mode_changed", "session.permissions_changed", "session.plan_changed", "session.remote_steerable_changed",
    "session.schedule_created", "session.schedule_cancelled", "session.schedule_rearmed", "session.session_limits_changed",
    "session.task_complete", "session.truncation", "session.usage_checkpoint", "session.workspace_file_changed", "skill.invoked",
    "subagent.started", "subagent.completed", "subagent.failed", "subagent.selected", "subagent.deselected", "system.message",
    "tool.user_requested", "tool_search.activated",
}  # fmt: skip


def fits(text: str, name: str) -> bool:  # noqa: ARG001 - the content tells
    """Whether a file begins like the events of Copilot CLI."""
    first = text.removeprefix("\ufeff").lstrip().partition("\n")[0]
    return first.startswith("{") and any(
        _EVENT.search(line) and _DATA.search(line) for line in text.split("\n", 50)[:50]
    )


def read(source: Source) -> Iterator[Turn | Head]:
    """The session, event by event; calls that never ended come last."""
    return _Session().read(source)


class _Session:
    """What one event leaves for a later one: the head, calls under way, what the person said when they refused."""

    def __init__(self) -> None:
        self.head = Head("copilot")
        self.calls: dict[str, tuple[dict[str, Any], str, bool]] = {}  # id -> what was asked for, when, by a sub-agent
        self.asked: dict[str, str] = {}  # id of a request for permission -> id of the call
        self.refused: dict[str, str] = {}  # id of the call -> what the person said
        self.thought = ""  # said again with the message that follows it
        self.todos = TodoTables()
        self.readers: dict[str, Callable[[dict[str, Any], str, str, bool], Iterator[Turn | Head]]] = {
            "session.start": self._start,
            "session.resume": self._start,
            "session.model_change": self._about,
            "session.title_changed": self._about,
            "session.shutdown": self._shutdown,
            "session.compaction_complete": self._compacted,
            "session.error": self._error,
            "user.message": self._user,
            "assistant.message": self._assistant,
            "assistant.reasoning": self._reasoning,
            "tool.execution_start": self._begin,
            "tool.execution_complete": self._end,
            "permission.requested": self._asks,
            "permission.completed": self._answers,
            "abort": self._abort,
            "system.notification": self._notification,
            "session.warning": self._warning,
        }

    def read(self, source: Source) -> Iterator[Turn | Head]:
        for number, event in source.records():
            kind, data, when = text(event.get("type")), table(event.get("data")), text(event.get("timestamp"))
            if not kind:
                source.skip(number, "no event")
                continue
            if when > self.head.ended:
                self.head = self.head._replace(ended=when)
            side = bool(event.get("agentId") or data.get("parentToolCallId"))
            if reader := self.readers.get(kind):
                yield from reader(data, when, text(event.get("id")), side)
            elif kind not in _SILENT:
                yield Turn(
                    "system", json.dumps(event, ensure_ascii=False), when, text(event.get("id")), f"unknown:{kind}"
                )
        for id_, (data, when, side) in self.calls.items():
            yield self._call(id_, data, when, side=side)
        self.todos.close()
        yield self.head

    def _start(self, data: dict[str, Any], when: str, _id: str, _side: bool) -> Iterator[Head]:  # noqa: FBT001 - a reader's shape
        where, head = table(data.get("context")), self.head
        host, repository = text(where.get("repositoryHost")), text(where.get("repository"))
        self.head = head._replace(
            id=head.id or text(data.get("sessionId")),
            cwd=head.cwd or text(where.get("cwd")),
            branch=head.branch or text(where.get("branch")),
            commit=head.commit or text(where.get("headCommit")),
            repository=head.repository or (f"https://{host}/{repository}" if host and repository else repository),
            version=head.version or text(data.get("copilotVersion")),
            model=head.model or text(data.get("selectedModel")),
            started=head.started or text(data.get("startTime")) or when,
        )
        yield self.head

    def _about(self, data: dict[str, Any], *_: object) -> Iterator[Head]:
        self.head = self.head._replace(
            title=text(data.get("title")) or self.head.title, model=self.head.model or text(data.get("newModel"))
        )
        yield self.head

    def _shutdown(self, data: dict[str, Any], *_: object) -> Iterator[Head]:
        used = [table(table(m).get("usage")) for m in table(data.get("modelMetrics")).values()]
        tokens = (sum(count(u.get("inputTokens")) for u in used), sum(count(u.get("outputTokens")) for u in used))
        self.head = self.head._replace(tokens=tokens, model=self.head.model or text(data.get("currentModel")))
        yield self.head

    def _user(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        """`transformedContent` is the same text with what the program puts around it. A source is a skill, another agent, a loop."""
        injected = text(data.get("source")) not in ("", "user") or data.get("isAutopilotContinuation") is True
        kind = "injected" if injected else "command" if data.get("agentMode") == "shell" else ""
        yield Turn("user", text(data.get("content")), when, id_, kind, side)

    def _assistant(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        phase = "final" if "final" in text(data.get("phase")) else ""
        tokens = (0, count(data.get("outputTokens")))
        for kind, said in (("thinking", text(data.get("reasoningText"))), ("", text(data.get("content")))):
            if said.strip() and (kind == "" or said != self.thought):
                yield Turn(
                    "assistant", said, when, id_, kind, side, text(data.get("model")), tokens, "" if kind else phase
                )
                tokens = (0, 0)

    def _reasoning(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        self.thought = text(data.get("content"))
        if self.thought.strip():
            yield Turn("assistant", self.thought, when, id_, "thinking", side)

    def _compacted(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        if said := text(data.get("summaryContent")):
            yield Turn("system", said, when, id_, "summary", side)

    def _error(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        yield Turn("system", text(data.get("message")), when, id_, "error", side)

    def _notification(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        yield Turn("user", text(data.get("content")), when, id_, "injected", side)

    def _warning(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        yield Turn("system", text(data.get("message")), when, id_, side=side)

    def _abort(self, data: dict[str, Any], when: str, id_: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        yield Turn("user", text(data.get("reason")), when, id_, "interrupted", side)

    def _begin(self, data: dict[str, Any], when: str, _id: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        self.calls[text(data.get("toolCallId"))] = (data, when, side)
        return iter(())

    def _asks(self, data: dict[str, Any], *_: object) -> Iterator[Turn]:
        self.asked[text(data.get("requestId"))] = text(table(data.get("permissionRequest")).get("toolCallId"))
        return iter(())

    def _answers(self, data: dict[str, Any], *_: object) -> Iterator[Turn]:
        call = self.asked.pop(text(data.get("requestId")), "")
        answer = table(data.get("result"))
        if answer.get("kind") in ("denied-interactively-by-user", "cancelled"):
            self.refused[text(data.get("toolCallId")) or call] = text(answer.get("feedback"))
        return iter(())

    def _end(self, data: dict[str, Any], _when: str, _id: str, side: bool) -> Iterator[Turn]:  # noqa: FBT001
        id_ = text(data.get("toolCallId"))
        asked, when, by_side = self.calls.pop(id_, ({}, _when, side))
        yield self._call(id_, asked, when, data, side=by_side)

    def _call(
        self, id_: str, asked: dict[str, Any], when: str, ended: dict[str, Any] | None = None, *, side: bool
    ) -> Turn:
        """A call with its result; without one where it never ended."""
        ended = ended or {}
        tool, arguments = text(asked.get("toolName")), asked.get("arguments")
        action, *keys = _TOOLS.get(tool, ("other",))
        success, error = ended.get("success") is True, table(ended.get("error"))
        refused = id_ in self.refused or (not success and text(error.get("code")) in ("rejected", "denied"))
        output = text(table(ended.get("result")).get("content")) or text(error.get("message"))
        code = int(found[1]) if action == "run" and (found := _EXITED.search(output)) else None
        todos: tuple[Todo, ...] = ()
        if success and tool == "sql" and (todos := self.todos.run(given(arguments, "query"))):
            action = "todo"
        elif success and action == "todo":
            todos = checklist(given(arguments, *keys))
        edited = _edited(tool, arguments) if success and action == "edit" else Edited()
        return Turn(
            "tool",
            self.refused.pop(id_, "") if refused else output,
            when,
            id_,
            side=side,
            model=text(ended.get("model")),
            tool=tool,
            action=action,
            input=given(arguments, *keys),
            changes=edited.changes,
            written=edited.written,
            todos=todos,
            failed=bool(code) or (bool(ended) and not success and not refused),
            refused=refused,
            code=code,
        )


def _edited(tool: str, arguments: object) -> Edited:
    if tool == "apply_patch":
        return by_patch(given(arguments, "patch", "input"))
    asked = table(arguments)
    path, command = text(asked.get("path")), text(asked.get("command")) or tool
    if command == "create":
        return by_content(path, "add", text(asked.get("file_text")))
    return by_texts(path, (text(asked.get("old_str")), text(asked.get("new_str")))) if command != "view" else Edited()

"""Claude Code: JSONL as in `~/.claude/projects/`, and the export of its web version.

One answer of the model is several records there, a tool's result is a record of the user, and up to half of the lines are noise.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from gitsession.model.conversation import Head, Todo, Turn
from gitsession.transcripts.claude_prompts import told_apart
from gitsession.transcripts.claude_records import NOISE, NOISE_ATTACHED, NOISE_SYSTEM, fits, records
from gitsession.transcripts.claude_tools import Call, Result, turn_of
from gitsession.transcripts.order import Order
from gitsession.transcripts.source import Source

__all__ = ["fits", "read"]

#: What is remembered at most: ids of records, answers, queued prompts.
_SEEN, _ANSWERS, _QUEUED = 1_000_000, 200, 50
_Record = dict[str, Any]


def read(source: Source) -> Iterator[Turn | Head]:
    """The turns of a transcript in their order, a head at the beginning and at the end."""
    reader = _Reader()
    yield from reader.read(records(source))


class _Reader:
    """Reads one transcript, record by record."""

    def __init__(self) -> None:
        self.head = Head("claude-code")
        self.order = Order(_unanswered)
        self.seen: set[int] = set()
        self.counted: dict[str, tuple[int, int]] = {}  # tokens told already, by the latest answers' ids
        self.tasks: dict[object, dict[str, Todo]] = {}  # of the conversation, and of each sub-agent
        self.queued: list[str] = []
        self.absorbed: list[str] = []  # queued prompts that were told already
        self.summaries: dict[str, str] = {}
        self.last: _Record = {}  # the latest record that says where the work is
        self.ended = ""

    def read(self, found: Iterator[_Record]) -> Iterator[Turn | Head]:
        told, order = False, self.order
        for record in found:
            kind = _kind(record)
            take = _TYPES.get(kind)
            if take is not None:
                take(self, record)
            elif kind not in NOISE and self.know(record):
                self.unknown(kind, record, record)
            if not told and self.head.id:
                told = True
                yield self.head
            if order.ready:
                yield from order.taken()
        order.end()
        yield from order.taken()
        yield self.whole_head()

    def know(self, record: _Record) -> bool:
        """Take what a record says of the conversation; False where it was read before (a resumed conversation repeats its records)."""
        id_, when = record.get("uuid"), record.get("timestamp")
        if isinstance(id_, str):
            seen = hash(id_)
            if seen in self.seen:
                return False
            if len(self.seen) < _SEEN:
                self.seen.add(seen)
        if not self.head.id and isinstance(session := record.get("sessionId"), str):
            agent, fork = record.get("agentId"), record.get("forkedFrom")
            parent = fork.get("sessionId") if isinstance(fork, dict) else ""
            if record.get("isSidechain") is True and isinstance(agent, str) and agent:  # a sub-agent's own file
                session, parent = f"{session}/{agent}", session
            self.head = self.head._replace(
                id=session,
                parent=_text(parent),
                cwd=_text(record.get("cwd")),
                branch=_text(record.get("gitBranch")),
                version=_text(record.get("version")),
            )
        if isinstance(when, str) and when:
            if not self.head.started:
                self.head = self.head._replace(started=when)
            self.ended = when
        if "gitBranch" in record and record.get("isSidechain") is not True:
            self.last = record
        return True

    def whole_head(self) -> Head:
        """The head with what only the end tells."""
        head, last = self.head, self.last
        own = [title for leaf, title in self.summaries.items() if hash(leaf) in self.seen]
        branch = _text(last.get("gitBranch"))
        return head._replace(
            cwd=head.cwd or _text(last.get("cwd")), branch=branch if branch not in ("", "HEAD") else head.branch,
            version=_text(last.get("version")) or head.version, ended=self.ended, title=head.title or (own[-1] if own else ""),
        )  # fmt: skip

    def say(self, who: str, text: str, record: _Record, kind: str = "") -> None:
        """One turn of a record that is nothing but a text."""
        self.order.put(
            Turn(who, text, _text(record.get("timestamp")), _text(record.get("uuid")), kind, _chain(record) is not None)
        )

    def unknown(self, kind: str, record: _Record, what: object) -> None:
        """A record, or a part of one, of a kind that we do not know, as it is."""
        self.say("system", json.dumps(what, ensure_ascii=False), record, f"unknown:{kind}")

    def assistant(self, record: _Record) -> None:
        message = record.get("message")
        if not isinstance(message, dict) or not self.know(record):
            return
        model, content = _text(message.get("model")), message.get("content")
        if record.get("isApiErrorMessage") is True:
            self.say("system", _words(content), record, "error")
            return
        if model == "<synthetic>":  # the program's, so that the speakers take turns
            return
        chain = _chain(record)
        if chain is None and model and model != self.head.model:
            self.head = self.head._replace(model=model)
        tokens = self.tokens(message)
        when, id_ = _text(record.get("timestamp")), _text(record.get("uuid"))
        for index, block in enumerate(content if isinstance(content, list) else [{"type": "text", "text": content}]):
            if not isinstance(block, dict):
                continue
            kind = _kind(block)
            own = f"{id_}#{index}" if index and id_ else id_
            if kind == "tool_use":
                given = block.get("input")
                given = given if isinstance(given, dict) else {"input": given} if given else {}
                call = Call(_text(block.get("name")), given, when, own, chain, model, tokens)
                self.order.call(_text(block.get("id")), call)
            elif kind in ("text", "thinking"):
                text = _text(block.get(kind))
                if not text or text.isspace():
                    continue
                said = "" if kind == "text" else "thinking"
                self.order.put(Turn("assistant", text, when, own, said, chain is not None, model, tokens))
            elif kind not in ("redacted_thinking", "fallback"):
                self.unknown(f"assistant/{kind}", record, block)
                continue
            else:
                continue
            if tokens != (0, 0):
                self.count(message, tokens)
                tokens = (0, 0)

    def tokens(self, message: _Record) -> tuple[int, int]:
        """What an answer used that was not told yet: an answer is several records, each with what it used up to there."""
        usage = message.get("usage")
        if not isinstance(usage, dict):
            return 0, 0
        read = (
            _number(usage.get("input_tokens"))
            + _number(usage.get("cache_creation_input_tokens"))
            + _number(usage.get("cache_read_input_tokens"))
        )
        told = self.counted.get(_text(message.get("id")), (0, 0))
        return max(0, read - told[0]), max(0, _number(usage.get("output_tokens")) - told[1])

    def count(self, message: _Record, tokens: tuple[int, int]) -> None:
        if id_ := _text(message.get("id")):
            told = self.counted.pop(id_, (0, 0))
            self.counted[id_] = (told[0] + tokens[0], told[1] + tokens[1])
            if len(self.counted) > _ANSWERS:
                del self.counted[next(iter(self.counted))]

    def user(self, record: _Record) -> None:
        if not self.know(record):
            return
        message = record.get("message")
        content = message.get("content") if isinstance(message, dict) else message
        if isinstance(content, str):
            self.prompt(content, record, _text(record.get("uuid")))
            return
        id_ = _text(record.get("uuid"))
        for index, block in enumerate(content if isinstance(content, list) else []):
            own = f"{id_}#{index}" if index and id_ else id_
            if isinstance(block, str):
                self.prompt(block, record, own)
            elif not isinstance(block, dict):
                continue
            elif block.get("type") == "tool_result":
                self.result(block, record, own)
            elif (text := _words([block])).strip():
                self.prompt(text, record, own)

    def result(self, block: _Record, record: _Record, id_: str) -> None:
        text = _words(block.get("content"))
        failed = block.get("is_error") is True
        key = _text(block.get("tool_use_id"))
        call = self.order.called(key)
        if call is None:  # the call is in a part that is not in this file
            self.order.put(
                Turn(
                    "tool",
                    text,
                    _text(record.get("timestamp")),
                    id_,
                    "",
                    _chain(record) is not None,
                    action="other",
                    failed=failed,
                )
            )
            return
        beside = record.get("toolUseResult")
        result = Result(
            text, failed, beside if isinstance(beside, (bytes, dict)) else {}, self.tasks.setdefault(call.chain, {})
        )
        self.order.answer(key, turn_of(call, result))

    def prompt(self, text: str, record: _Record, id_: str) -> None:
        """What stands in the user's place."""
        side = _chain(record) is not None
        origin = record.get("origin")
        kind = ""
        if record.get("isCompactSummary") is True:
            kind = "summary"
        elif (
            side
            or record.get("isMeta") is True
            or (isinstance(origin, dict) and origin.get("kind") not in (None, "human"))
        ):
            kind = "injected"
        for found, words in [(kind, text)] if kind else told_apart(text):
            if words.strip():
                who = "system" if found == "summary" else "user"
                self.order.put(Turn(who, words, _text(record.get("timestamp")), id_, found, side))

    def queue(self, record: _Record) -> None:
        """Prompts typed while the agent works: `dequeue` lets one become a record of the user, `remove` puts it into the running turn."""
        self.know(record)
        operation, text = record.get("operation"), record.get("content")
        if operation == "enqueue" and isinstance(text, str):
            self.queued.append(text)
            del self.queued[:-_QUEUED]
        elif operation == "remove" and self.queued:
            at = self.queued.index(text) if isinstance(text, str) and text in self.queued else 0
            text = self.queued.pop(at)
            if text in self.absorbed:  # newer versions write an attachment for it before
                self.absorbed.remove(text)
            elif record.get("reason") in (None, "absorbed_mid_turn"):
                self.prompt(text, record, "")
                self.absorbed = [*self.absorbed[-_QUEUED:], text]
        elif operation == "dequeue" and self.queued:
            self.queued.pop(0)
        elif operation == "popAll":
            self.queued.clear()

    def attachment(self, record: _Record) -> None:
        attached = record.get("attachment")
        if not self.know(record) or not isinstance(attached, dict):
            return
        kind = _kind(attached)
        if kind == "queued_command":
            given = attached.get("prompt")
            text = _words(given)
            if attached.get("isMeta") is True or attached.get("commandMode") not in (None, "prompt"):
                self.say("user", text, record, "injected")
            elif text in self.absorbed:
                self.absorbed.remove(text)
            else:
                self.prompt(text, {**record, "origin": attached.get("origin")}, _text(record.get("uuid")))
                self.absorbed = [*self.absorbed[-_QUEUED:], text]
        elif kind == "hook_blocking_error":
            self.say(
                "system",
                _words(attached.get("blockingError") or attached.get("content")) or json.dumps(attached),
                record,
                "error",
            )
        elif kind not in NOISE_ATTACHED:
            self.unknown(f"attachment/{kind}", record, attached)

    def system(self, record: _Record) -> None:
        kind, text = _kind(record, "subtype"), _text(record.get("content"))
        if not self.know(record) or kind in NOISE_SYSTEM:
            return
        if kind == "local_command":
            self.prompt(text, record, _text(record.get("uuid")))
        elif kind == "api_error":
            error = record.get("error")
            self.say(
                "system",
                text or (error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)),
                record,
                "error",
            )
        elif kind == "away_summary":
            self.say("system", text, record, "summary")
        elif kind in ("informational", "none") and text:
            self.say("system", text, record, "injected")
        else:
            self.unknown(f"system/{kind}", record, record)

    def progress(self, record: _Record) -> None:
        data = record.get("data")
        inner = data.get("message") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(inner, dict) or data.get("type") != "agent_progress":
            self.know(record)
            return
        # A sub-agent's message: the record around it says when, and in which conversation.
        if not self.head.id:
            self.know({key: value for key, value in record.items() if key != "uuid"})
        for key in ("sessionId", "uuid", "timestamp"):
            if not inner.get(key):
                inner[key] = record.get(key)
        inner["isSidechain"], inner["agentId"] = True, data.get("agentId")
        if inner.get("type") == "user":
            self.user(inner)
        elif inner.get("type") == "assistant":
            self.assistant(inner)

    def about(self, record: _Record) -> None:
        """Records that name the conversation, or what came of it."""
        kind = record.get("type")
        if kind == "pr-link":
            link = _text(record.get("prUrl")) or f"#{record.get('prNumber')}"
            self.head = self.head._replace(pull_request=link)
        elif kind == "summary":  # of this conversation only when its last record is in here
            self.summaries[_text(record.get("leafUuid"))] = _text(record.get("summary"))
            if len(self.summaries) > _ANSWERS:
                del self.summaries[next(iter(self.summaries))]
        elif title := _text(record.get("customTitle")) or (not self.titled and _text(record.get("aiTitle"))):
            self.titled = self.titled or kind == "custom-title"
            self.head = self.head._replace(title=title)

    titled = False


_TYPES: dict[str, Callable[[_Reader, _Record], None]] = {
    "assistant": _Reader.assistant, "user": _Reader.user, "progress": _Reader.progress, "attachment": _Reader.attachment,
    "system": _Reader.system, "queue-operation": _Reader.queue,
    **dict.fromkeys(("summary", "pr-link", "custom-title", "ai-title"), _Reader.about),
}  # fmt: skip


def _unanswered(call: Call) -> Turn:
    return turn_of(call, None)


def _chain(record: _Record) -> object:
    """None for the conversation itself; for a sub-agent's record something that tells it from others'."""
    return (record.get("agentId") or True) if record.get("isSidechain") is True else None


def _kind(record: _Record, key: str = "type") -> str:
    kind = record.get(key)
    return kind if isinstance(kind, str) else "none"


def _words(content: object) -> str:
    """The text of a message's content: a string, or blocks; an image is told, its bytes are not."""
    if isinstance(content, str):
        return content
    parts = []
    for block in content if isinstance(content, list) else [content]:
        if isinstance(block, str):
            parts.append(block)
        elif isinstance(block, dict):
            kind = block.get("type")
            if isinstance(text := block.get("text"), str):
                parts.append(text)
            elif kind in ("image", "document"):
                parts.append(f"[{kind}]")
            elif kind == "tool_reference":
                parts.append(_text(block.get("tool_name")))
            elif kind is not None:
                parts.append(json.dumps(block, ensure_ascii=False))
    return "\n".join(parts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    if type(value) is int:
        return max(0, value)
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 16 else 0

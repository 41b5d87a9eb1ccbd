"""Codex: the rollouts under `~/.codex/sessions/`, one JSON record a line.

What is said occurs twice there, as an event for the person and as an item for the model; each is told once.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from gitsession.model.conversation import Head, Turn
from gitsession.transcripts.codex_calls import Call, End, call_of, changes_of, turn_of, unanswered
from gitsession.transcripts.codex_prompts import told_apart, without_context
from gitsession.transcripts.order import Order
from gitsession.transcripts.source import Source, first_records

_KINDS = frozenset(("session_meta", "turn_context", "response_item", "event_msg", "compacted"))
_NOISE = frozenset(
    ("world_state", "inter_agent_communication_metadata", "turn_context_update", "session_state", "ghost_snapshot")
)
#: Events that say what an item says, or nothing of the conversation.
_NOISE_EVENTS = frozenset((
    "task_started", "task_complete", "turn_started", "turn_complete", "context_compacted", "web_search_begin", "web_search_end",
    "agent_reasoning", "agent_reasoning_raw_content", "agent_reasoning_section_break", "exec_command_begin", "exec_command_output_delta",
    "patch_apply_begin", "mcp_tool_call_begin", "mcp_tool_call_end", "turn_diff", "plan_update", "background_event", "shutdown_complete",
    "view_image_tool_call", "image_generation_begin", "image_generation_end", "session_configured", "thread_settings_applied", "item_started",
    "dynamic_tool_call_request", "dynamic_tool_call_response", "raw_response_item", "stream_error", "guardian_assessment", "hook_started",
    "hook_completed", "sub_agent_activity",
))  # fmt: skip
_NOISE_ITEMS = frozenset(
    ("ghost_snapshot", "compaction", "compaction_summary", "context_compaction", "compaction_trigger", "other")
)
_SPAWNED = "You are the newly spawned agent."
_Record = dict[str, Any]


def fits(text: str, _name: str) -> bool:
    """Whether a text begins like a rollout."""
    for record in first_records(text):
        if _kind(record) in _KINDS and isinstance(record.get("payload"), dict):
            return True
        if record.get("record_type") == "state" or (
            "instructions" in record and "timestamp" in record and "id" in record
        ):
            return True
    return (
        re.match(
            r'\{"timestamp":"[^"]*","(?:ordinal":\d+,")?type":"(?:session_meta|response_item|event_msg|compacted)"',
            text,
        )
        is not None
    )


def read(source: Source) -> Iterator[Turn | Head]:
    """The turns of a rollout in their order, a head at the beginning and at the end."""
    reader = _Reader()
    told = False
    for _, record in source.records():
        reader.take(record)
        if not told and reader.head.id:
            told = True
            yield reader.head
        if reader.order.ready:
            yield from reader.order.taken()
    reader.let_go(at_end=True)
    reader.order.end()
    yield from reader.order.taken()
    yield reader.head._replace(ended=reader.when)


class _Held(NamedTuple):
    text: str
    id: str
    when: str


class _Reader:
    """Reads one rollout, record by record."""

    def __init__(self) -> None:
        self.head = Head("codex")
        self.order: Order[Call] = Order(lambda call: unanswered(call, self.running))
        self.when = ""
        self.side = False  # a sub-agent's own part
        self.forked = False  # a sub-agent that begins with its parent's history
        self.reviewing = False
        self.events = False  # prompts are told as events
        self.held: list[_Held] = []  # prompts seen as items only, so far
        self.told: deque[tuple[str, str, str]] = deque(maxlen=20)  # what was told last: by whom, its text, from where
        self.ends: dict[str, End] = {}
        self.running: dict[str, str] = {}
        self.script = ""  # the latest call of code mode: what has no call of its own happened in it

    @property
    def aside(self) -> bool:
        return self.side or self.reviewing

    def take(self, record: _Record) -> None:
        """One record."""
        kind, payload, when = _kind(record), record.get("payload"), record.get("timestamp")
        if isinstance(when, str) and when:
            self.when = when
            if not self.head.started:
                self.head = self.head._replace(started=when)
        if not isinstance(payload, dict):
            self.take_bare(record)
        elif kind == "response_item":
            self.item(payload)
        elif kind == "event_msg":
            self.event(payload)
        elif kind == "turn_context":
            self.head = self.head._replace(
                model=_text(payload.get("model")) or self.head.model, cwd=self.head.cwd or _text(payload.get("cwd"))
            )
        elif kind == "session_meta":
            self.meta(payload)
        elif kind == "compacted":
            self.say("system", _text(payload.get("message")) or "Conversation compacted", "summary")
        elif kind not in _NOISE:
            self.unknown(kind, record)

    def take_bare(self, record: _Record) -> None:
        """The form of 2025 has items without a frame, and the head as its first line."""
        if "instructions" in record or ("type" not in record and "id" in record and "timestamp" in record):
            self.meta(record)
        elif record.get("record_type") != "state":
            self.item(record)

    def meta(self, payload: _Record) -> None:
        """What the conversation is; a fork brings its parent's head along, as a second one."""
        if self.head.id:
            self.forked = self.forked or self.side
            self.side = False
            return
        source, git = payload.get("source"), payload.get("git")
        spawned = source.get("subagent") if isinstance(source, dict) else None
        self.side = spawned is not None or payload.get("thread_source") == "subagent"
        thread = spawned.get("thread_spawn") if isinstance(spawned, dict) else None
        parents = [
            payload.get("forked_from_id"),
            payload.get("parent_thread_id"),
            thread.get("parent_thread_id") if isinstance(thread, dict) else "",
        ]
        git = git if isinstance(git, dict) else {}
        self.head = self.head._replace(
            id=_text(payload.get("id")) or _text(payload.get("session_id")), cwd=_text(payload.get("cwd")), version=_text(payload.get("cli_version")),
            started=_text(payload.get("timestamp")) or self.head.started, parent=next((p for p in parents if p and isinstance(p, str)), ""),
            branch=_text(git.get("branch")), commit=_text(git.get("commit_hash")), repository=_text(git.get("repository_url")),
        )  # fmt: skip

    # What is said

    def say(
        self,
        who: str,
        text: str,
        kind: str = "",
        id_: str = "",
        phase: str = "",
        when: str = "",
        *,
        aside: bool = False,
    ) -> None:
        model = self.head.model if who == "assistant" else ""
        self.order.put(Turn(who, text, when or self.when, id_, kind, aside or self.aside, model, phase=phase))

    def unknown(self, kind: str, what: _Record) -> None:
        self.say("system", json.dumps(what, ensure_ascii=False), f"unknown:{kind}")

    def twice(self, who: str, text: str, place: str) -> bool:
        """Whether this was told from its other place just before."""
        key = (who, text.strip(), "event" if place == "item" else "item")
        if key in self.told:
            self.told.remove(key)
            return True
        self.told.append((who, text.strip(), place))
        return False

    def prompt(self, text: str, id_: str = "", when: str = "") -> None:
        """The person's words; around them may stand what their editor adds, and for a sub-agent they are its parent's."""
        if self.aside:
            self.say("user", text, "injected", id_, when=when)
            return
        around, own = without_context(text)
        if around:
            self.say("user", around, "injected", when=when)
        if own.strip():
            self.say("user", own, "", id_, when=when)

    def let_go(self, *, at_end: bool = False) -> None:
        """What was held as a prompt has no event: it is one where no prompt has, or where its event may not be written yet."""
        for text, id_, when in self.held:
            if self.events and not at_end:
                self.say("user", text, "injected", id_, when=when)
            else:
                self.prompt(text, id_, when)
        self.held.clear()

    # Items

    def item(self, payload: _Record) -> None:
        """One item of what the model saw or said."""
        kind = _kind(payload)
        if kind == "message":
            self.message(payload)
            return
        self.let_go()
        key = _text(payload.get("call_id"))
        if kind == "web_search_call":
            self.web(payload)
        elif kind in ("function_call", "custom_tool_call", "local_shell_call") or (
            isinstance(kind, str) and kind.endswith("_call") and key
        ):
            call = call_of(payload, self.when, self.head.model, side=self.aside)
            self.order.call(key or _text(payload.get("id")), call)
            if call.name == "exec":
                self.script = key
        elif kind.endswith("_output"):
            self.output(key, payload.get("output"))
        elif kind == "reasoning":
            if text := _words(payload.get("summary")).strip():
                self.say("assistant", text, "thinking", _text(payload.get("id")))
        elif kind == "agent_message":  # from one agent to another
            self.say("user", _words(payload.get("content")), "injected", aside=True)
        elif kind not in _NOISE_ITEMS:
            self.unknown(f"item/{kind}", payload)

    def message(self, payload: _Record) -> None:
        role, id_ = payload.get("role"), _text(payload.get("id"))
        content = payload.get("content")
        if role == "assistant":
            self.let_go()
            text = _words(content)
            if text.strip() and not self.twice("assistant", text, "item"):
                self.say("assistant", text, "", id_, "final" if payload.get("phase") == "final_answer" else "")
        elif role == "user":
            own = []
            for block in content if isinstance(content, list) else [content]:
                text = _words([block])
                if not self.added(text, id_):
                    own.append(text)
            text = "\n".join(own)
            if text.strip() and not self.twice("user", text, "item"):
                self.told.pop()  # it is not told yet
                self.held.append(_Held(text, id_, self.when))

    def added(self, text: str, id_: str) -> bool:
        """Whether a text in the user's place is the program's; it is told as such."""
        kind, words = told_apart(text)
        if kind == "interrupted":
            self.interrupted("interrupted")
        elif kind:
            self.say("system" if kind == "summary" else "user", words, kind, id_)
        return bool(kind)

    def interrupted(self, reason: str) -> None:
        """The person stopped the agent: told by an item, an event, or both."""
        key = ("user", "", "interrupted")
        if key not in self.told:
            self.told.append(key)
            self.say("user", reason, "interrupted")
        else:
            self.told.remove(key)

    def web(self, payload: _Record) -> None:
        action = payload.get("action")
        given = (
            next((action[k] for k in ("query", "url", "pattern") if isinstance(action.get(k), str)), "")
            if isinstance(action, dict)
            else ""
        )
        id_ = _text(payload.get("id"))
        self.order.put(
            Turn(
                "tool",
                "",
                self.when,
                id_,
                "",
                self.aside,
                self.head.model,
                tool="web_search",
                action="web",
                input=given,
            )
        )

    def output(self, key: str, output: object) -> None:
        call = self.order.called(key)
        end = self.ends.pop(key, End())
        if call is None:
            call = Call("", "other", "", self.when, key, self.aside, "")
            self.order.put(turn_of(call, output, end, self.running))
            return
        self.order.answer(key, turn_of(call, output, end, self.running))
        if self.forked and isinstance(output, str) and output.startswith(_SPAWNED):
            self.side, self.forked = True, False

    # Events

    def event(self, payload: _Record) -> None:
        """One event of what the person saw or did."""
        kind = _kind(payload)
        handle = getattr(self, f"on_{kind}", None) if kind in _EVENTS else None
        if handle:
            handle(payload)
        elif kind not in _NOISE_EVENTS and not kind.startswith("collab_"):
            self.unknown(f"event/{kind}", payload)

    def on_user_message(self, payload: _Record) -> None:
        text = _text(payload.get("message"))
        self.events = True
        images = [i for key in ("images", "local_images") if isinstance(payload.get(key), list) for i in payload[key]]
        shown = "\n".join([text, *["[image]"] * len(images)]).strip("\n")
        for held in self.held:
            if held.text.strip() == text.strip():
                self.held.remove(held)
                self.prompt(shown, held.id, held.when)
                return
        if shown and not self.twice("user", text, "event") and not self.added(text, ""):
            self.prompt(shown)

    def on_agent_message(self, payload: _Record) -> None:
        self.let_go()
        text = _text(payload.get("message"))
        if text.strip() and not self.twice("assistant", text, "event"):
            self.say("assistant", text, "", "", "final" if payload.get("phase") == "final_answer" else "")

    def on_token_count(self, payload: _Record) -> None:
        info = payload.get("info")
        used = info.get("total_token_usage") if isinstance(info, dict) else None
        if isinstance(used, dict):
            counts = [n if type(n) is int else 0 for n in (used.get("input_tokens"), used.get("output_tokens"))]
            self.head = self.head._replace(tokens=(counts[0], counts[1]))

    def on_exec_command_end(self, payload: _Record) -> None:
        code = payload.get("exit_code")
        if type(code) is int:
            self.ended(_text(payload.get("call_id")), End(code=code))

    def on_patch_apply_end(self, payload: _Record) -> None:
        applied = payload.get("success") is True
        self.ended(_text(payload.get("call_id")), End(applied=applied, changes=changes_of(payload) if applied else ()))

    def ended(self, key: str, end: End) -> None:
        """Keep what an event says of a call until its output comes. In code mode several calls of a script end by themselves."""
        key = key if self.order.called(key) else self.script
        if self.order.called(key):
            old = self.ends.get(key, End())
            code = end.code if not old.code else old.code
            applied = end.applied if old.applied is None else old.applied or bool(end.applied)
            self.ends[key] = End(code, applied, old.changes + end.changes)

    def on_turn_aborted(self, payload: _Record) -> None:
        self.let_go()
        self.interrupted(_text(payload.get("reason")) or "interrupted")

    def on_thread_name_updated(self, payload: _Record) -> None:
        self.head = self.head._replace(title=_text(payload.get("thread_name")) or self.head.title)

    def on_entered_review_mode(self, payload: _Record) -> None:
        self.let_go()
        self.say("user", f"/review {_text(payload.get('user_facing_hint'))}".rstrip(), "command")
        self.reviewing = True

    def on_exited_review_mode(self, payload: _Record) -> None:
        self.let_go()
        self.reviewing = False
        output = payload.get("review_output")
        if isinstance(output, dict):
            findings = output["findings"] if isinstance(output.get("findings"), list) else []
            lines = [_text(output.get("overall_explanation"))]
            lines += [f"- {_text(f.get('title'))}: {_text(f.get('body'))}" for f in findings if isinstance(f, dict)]
            if text := "\n".join(line for line in lines if line):
                self.say("assistant", text)

    def on_item_completed(self, payload: _Record) -> None:
        item = payload.get("item")
        if isinstance(item, dict) and _text(item.get("type")).lower() == "plan" and (text := _text(item.get("text"))):
            id_ = _text(item.get("id"))
            self.order.put(
                Turn(
                    "tool", "", self.when, id_, "", self.aside, self.head.model, tool="plan", action="plan", input=text
                )
            )

    def on_error(self, payload: _Record) -> None:
        self.let_go()
        self.say("system", _text(payload.get("message")), "error")

    def on_thread_rolled_back(self, payload: _Record) -> None:
        self.let_go()
        self.say("user", f"took back {payload.get('num_turns')} turns", "interrupted")


_EVENTS = frozenset(name.removeprefix("on_") for name in vars(_Reader) if name.startswith("on_"))


def _kind(record: _Record) -> str:
    kind = record.get("type")
    return kind if isinstance(kind, str) else "none"


def _words(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = []
    for block in content if isinstance(content, list) else []:
        if isinstance(block, str):
            parts.append(block)
        elif isinstance(block, dict):
            parts.append("[image]" if block.get("type") == "input_image" else _text(block.get("text")))
    return "\n".join(part for part in parts if part)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""Transcripts made up for tests: records as the agents write them, in a few words."""

import io
import json
from typing import Any

from gitsession.model.conversation import Head, Turn
from gitsession.transcripts import Transcript, open_transcript

Record = dict[str, Any]


def lines(*records: Record) -> bytes:
    return b"".join(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in records)


def opened(data: bytes, name: str = "") -> tuple[Transcript, list[Turn], Head]:
    """A transcript that was read: itself, its turns, its last head."""
    transcript = open_transcript(io.BytesIO(data), name)
    turns, head = [], Head("")
    for one in transcript:
        if isinstance(one, Turn):
            turns.append(one)
        else:
            head = one
    return transcript, turns, head


def turns_of(*records: Record) -> list[Turn]:
    return opened(lines(*records))[1]


class Claude:
    """Makes records of Claude Code, each with an id and a time of its own."""

    def __init__(self, session: str = "s-1") -> None:
        self.session = session
        self.count = 0

    def record(self, kind: str, **fields: Any) -> Record:
        self.count += 1
        beside = {"toolUseResult": fields.pop("toolUseResult")} if "toolUseResult" in fields else {}
        return {
            "parentUuid": None, "isSidechain": False, "cwd": "/home/ada/shop", "sessionId": self.session, "version": "2.1.30",
            "gitBranch": "feature/cart", "type": kind, **fields,
            "uuid": f"u{self.count}", "timestamp": f"2026-11-23T09:30:{self.count:02}.000Z", **beside,
        }  # fmt: skip

    def user(self, content: Any, **fields: Any) -> Record:
        return self.record("user", message={"role": "user", "content": content}, **fields)

    def says(self, *blocks: Record | str, answer: str = "", tokens: tuple[int, int] = (0, 0), **fields: Any) -> Record:
        content = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
        usage = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
        message = {
            "id": answer or f"m{self.count}",
            "role": "assistant",
            "model": "claude-opus",
            "content": content,
            "usage": usage,
        }
        return self.record("assistant", message=message, **fields)

    def done(self, key: str, output: Any, beside: Any = None, failed: bool = False, **fields: Any) -> Record:
        """A tool's result."""
        block = {"type": "tool_result", "tool_use_id": key, "content": output, **({"is_error": True} if failed else {})}
        if beside is not None:
            fields["toolUseResult"] = beside
        return self.user([block], **fields)

    def call(
        self, tool: str, given: Record, output: Any, beside: Any = None, failed: bool = False, **fields: Any
    ) -> list[Record]:
        """A tool's call and its result."""
        key = f"t{self.count}"
        return [self.says(use(key, tool, given), **fields), self.done(key, output, beside, failed, **fields)]


def use(key: str, tool: str, given: Record) -> Record:
    return {"type": "tool_use", "id": key, "name": tool, "input": given}


class Codex:
    """Makes records of Codex' rollouts."""

    def __init__(self) -> None:
        self.count = 0

    def record(self, kind: str, **payload: Any) -> Record:
        self.count += 1
        return {"timestamp": f"2026-11-23T09:30:{self.count:02}.000Z", "type": kind, "payload": payload}

    def meta(self, id_: str = "c-1", **fields: Any) -> Record:
        git = {"commit_hash": "abc", "branch": "main", "repository_url": "https://example.org/shop.git"}
        about = {
            "id": id_,
            "timestamp": "2026-11-23T09:29:00Z",
            "cwd": "/home/ada/shop",
            "cli_version": "0.140.0",
            "source": "cli",
            "git": git,
        }
        return self.record("session_meta", **about | fields)

    def item(self, kind: str, **payload: Any) -> Record:
        return self.record("response_item", type=kind, **payload)

    def event(self, kind: str, **payload: Any) -> Record:
        return self.record("event_msg", type=kind, **payload)

    def message(self, role: str, *texts: str, **fields: Any) -> Record:
        kind = "output_text" if role == "assistant" else "input_text"
        return self.item("message", role=role, content=[{"type": kind, "text": text} for text in texts], **fields)

    def prompt(self, text: str) -> list[Record]:
        return [self.message("user", text), self.event("user_message", message=text, images=[])]

    def says(self, text: str, **fields: Any) -> list[Record]:
        return [self.event("agent_message", message=text, **fields), self.message("assistant", text, **fields)]

    def call(self, name: str, given: Record, output: Any, *between: Record) -> list[Record]:
        key = f"call{self.count}"
        called = self.item("function_call", name=name, arguments=json.dumps(given), call_id=key)
        inner = [record | {"payload": {**record["payload"], "call_id": key}} for record in between]
        return [called, *inner, self.item("function_call_output", call_id=key, output=output)]

    def custom(self, name: str, given: str, output: Any, *between: Record) -> list[Record]:
        key = f"call{self.count}"
        called = self.item("custom_tool_call", name=name, input=given, call_id=key, status="completed")
        inner = [record | {"payload": {"call_id": key, **record["payload"]}} for record in between]
        return [called, *inner, self.item("custom_tool_call_output", call_id=key, output=output)]

"""A conversation with Claude Code made up for a test, as its transcript: each method adds what happened next."""

import datetime as dt
import json
from typing import Any

from made_transcripts import Record, lines

_REJECTED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was "
    "NOT written to the file). "
)


class Talk:
    """`at` is when it begins; a second passes between two records. `cwd` is where it takes place, `/p` unless a test has a real place."""

    def __init__(self, id_: str = "c1", *, cwd: object = "/p", branch: str = "main", at: str = "2026-11-23T09:30:00+00:00") -> None:
        self.records: list[Record] = []
        self.about: Record = {"sessionId": id_, "cwd": str(cwd), "gitBranch": branch, "version": "2.1.30", "isSidechain": False}
        self.when = dt.datetime.fromisoformat(at)

    @property
    def data(self) -> bytes:
        return lines(*self.records)

    def add(self, kind: str, **fields: Any) -> "Talk":
        """A record as it is."""
        when = (self.when + dt.timedelta(seconds=len(self.records))).isoformat()
        self.records.append({**self.about, "type": kind, "uuid": f"u{len(self.records)}", "timestamp": when, **fields})
        return self

    def asks(self, text: str, **fields: Any) -> "Talk":
        return self.add("user", message={"role": "user", "content": text}, **fields)

    def says(self, text: str, **fields: Any) -> "Talk":
        return self._answer({"type": "text", "text": text}, **fields)

    def calls(self, tool: str, given: Record, output: str = "", *, failed: bool = False, beside: object = None, **fields: Any) -> "Talk":
        """A tool's call and its result; `beside` is what the record holds of the result beside its text."""
        key = f"t{len(self.records)}"
        self._answer({"type": "tool_use", "id": key, "name": tool, "input": given}, **fields)
        block = {"type": "tool_result", "tool_use_id": key, "content": output, "is_error": failed}
        extra = {} if beside is None else {"toolUseResult": beside}
        return self.add("user", message={"role": "user", "content": [block]}, **fields, **extra)

    def runs(self, command: str, output: str = "", code: int = 0, **fields: Any) -> "Talk":
        said = f"Exit code {code}\n{output}" if code else output
        return self.calls("Bash", {"command": command}, said, failed=bool(code), **fields)

    def edits(self, path: str) -> "Talk":
        return self.calls("Edit", {"file_path": path, "old_string": "a", "new_string": "b"}, f"The file {path} has been updated.")

    def makes(self, path: str, text: str = "x\n") -> "Talk":
        return self.calls("Write", {"file_path": path, "content": text}, f"File created successfully at: {path}")

    def plans(self, *todos: tuple[str, str]) -> "Talk":
        """The agent's own to-do list, (text, status) each."""
        return self.calls("TodoWrite", {"todos": [{"content": text, "status": status} for text, status in todos]}, "Todos have been modified")

    def answers(self, question: str, answer: str) -> "Talk":
        """The person answers a question that the agent asked by its tool."""
        return self.calls("AskUserQuestion", {"questions": [{"question": question}]}, "answered", beside={"answers": {question: answer}})

    def rejects(self, tool: str, given: Record, said: str = "") -> "Talk":
        how = f"To tell you how to proceed, the user said:\n{said}" if said else "STOP what you are doing."
        return self.calls(tool, given, _REJECTED + how, failed=True)

    def _answer(self, block: Record, **fields: Any) -> "Talk":
        message = {"id": f"m{len(self.records)}", "role": "assistant", "model": "claude-opus", "content": [block]}
        return self.add("assistant", message=message, **fields)

    def write(self, path: Any, data: bytes | None = None) -> str:
        """Write the transcript (or `data`) to a path, and return it as text."""
        path.write_bytes(self.data if data is None else data)
        return str(path)


def record_line(**record: Any) -> bytes:
    return json.dumps(record).encode() + b"\n"

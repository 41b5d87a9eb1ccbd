"""A stand-in for a model's provider: a real HTTP server that speaks the chat completions protocol, with canned and faulty answers."""

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

#: What the conversation of the tests says.
RULE, CHOICE = "Passwords must never be logged.", "Chose argon2id, because bcrypt truncates at 72 bytes."
LEARNED = "the mail queue drops a message once its lease of 30 seconds is over."
FORM = "it posts to the mail worker directly."
TURN = re.compile(r"^\[(\d+)\] (user|assistant|tool): (.*)", re.MULTILINE)


class Reply(NamedTuple):
    """An HTTP response. `cut`: the connection ends before the body does; `hold`: none comes until the server ends;
    `drip`: it comes a space at a time."""

    body: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    hold: bool = False
    drip: bool = False


def says(content: str | None, **message: Any) -> Reply:
    """A completion with these words."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content, **message}}
    return Reply(json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice],
                             "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}))  # fmt: skip


def picks(*facts: Any, **more: Any) -> Reply:
    """A completion with facts: (kind, text, turns) or (kind, text, turns, why) each."""
    keys = ("kind", "text", "turns", "why")
    return says(json.dumps({"facts": [{"why": "", **dict(zip(keys, fact, strict=False))} for fact in facts], **more}))


class Asked(NamedTuple):
    """A request: its path, headers, and what the body asks."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def words(self) -> str:
        """The user's message."""
        return str(self.body["messages"][-1]["content"])

    @property
    def turns(self) -> list[tuple[int, str, str]]:
        """Number, speaker and first line of each turn in it."""
        return [(int(n), who, text) for n, who, text in TURN.findall(self.words)]


Answer = Callable[[Asked], Reply]


class CannedModel:
    """`with CannedModel(...) as model:` answers at `model.url`; what was asked is in `model.asked`. Replies are given in turn, the last for ever."""

    def __init__(self, *replies: Reply | Answer) -> None:
        self.asked: list[Asked] = []
        self.seen = 0  # connections
        self.replies = list(replies)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        canned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                canned.seen += 1
                super().setup()

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                with canned._lock:
                    canned.asked.append(asked)
                    reply = canned.replies.pop(0) if len(canned.replies) > 1 else canned.replies[0]
                if callable(reply):
                    reply = reply(asked)
                if reply.drip:
                    self.send_response(200)
                    self.end_headers()
                    while not canned._ended.wait(0.05):
                        self.wfile.write(b" ")
                if reply.hold or reply.drip:
                    canned._ended.wait(30)
                    return
                data = reply.body.encode()
                self.send_response(reply.status)
                for name, value in (("content-type", "application/json"), *reply.headers):
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data) + 100 * reply.cut))
                self.end_headers()
                self.wfile.write(data)
                self.close_connection = self.close_connection or reply.cut

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

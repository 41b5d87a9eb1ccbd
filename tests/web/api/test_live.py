"""Changes as they happen, and the server itself: its address, its port, its end."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gitsession.web import live as live_module
from gitsession.web.live import Live, Lives
from gitsession.web.project import open_projects


class Running:
    """A server in a process of its own, and the lines that it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.line = process.stdout.readline() if process.stdout else ""
        self.port = int((re.search(r":(\d+)/", self.line) or ["", "0"])[1])

    def ask(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        errors = self.process.communicate(timeout=20)[1]
        return self.process.returncode, errors


def hear() -> None:
    """^C is heard, though a shell that runs the tests in the background has children ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def serve(served: Any) -> Iterator[Callable[..., Running]]:
    processes = []

    def begin(*options: str) -> Running:
        argv = [sys.executable, "-P", "-m", "gitsession", "serve", *options]
        process = subprocess.Popen(
            argv, cwd=served.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ), preexec_fn=hear
        )
        processes.append(process)
        return Running(process)

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def event(answer: http.client.HTTPResponse) -> dict[str, str]:
    """The next event, its data read."""
    found: dict[str, str] = {}
    while line := answer.readline().decode().strip():
        name, _, value = line.partition(": ")
        found[name] = value
    return found


def test_a_commit_and_an_edit_are_told_and_an_id_goes_on_where_it_stopped(serve: Any, served: Any) -> None:
    server = serve("--port", "0")
    path = "/api/v1/projects/feedpost/events"
    answer = server.ask(path)
    assert answer.headers["content-type"].startswith("text/event-stream")
    ready = event(answer)
    assert ready["event"] == "ready"
    with (served.root / ".sessions" / "project.yml").open("a") as file:
        file.write("budget: 900\n")
    edited = event(answer)
    assert json.loads(edited["data"])["changed"] == ["sessions"]
    answer.close()
    served.commit("Meanwhile", "--no-verify")
    missed = event(server.ask(path, **{"Last-Event-ID": edited["id"]}))
    assert json.loads(missed["data"])["changed"] == ["commits", "staged"]
    listening = server.ask(path)
    event(listening)
    code, errors = server.stop()  # though somebody listens
    assert (code, "Traceback" in errors) == (130, False)
    assert listening.read() == b""


def test_it_says_where_it_is_and_takes_the_next_port_that_is_free(serve: Any, served: Any) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    refused = serve("--port", str(port))
    assert refused.process.wait(20) == 1
    assert f"port {port} is in use" in refused.process.stderr.read()
    taken.close()
    first, second = serve(), serve()
    assert first.line == f"Feedpost: http://127.0.0.1:{first.port}/\n"
    assert second.port > first.port
    assert [server.ask("/api/v1/health").status for server in (first, second)] == [200, 200]
    assert first.stop()[0] == 130


def test_beyond_this_machine_a_token_is_made_and_printed(serve: Any) -> None:
    server = serve("--host", "0.0.0.0", "--port", "0")
    token = re.search(r"\?token=([\w-]{40,})\n", server.line)[1]
    assert server.ask("/api/v1/health").status == 401
    assert server.ask("/api/v1/health", Authorization=f"Bearer {token}").status == 200
    assert server.ask("/api/v1/health", Authorization=f"Bearer {token}", Host="evil.example").status == 403


def test_a_token_of_a_file_that_is_none_is_refused(served: Any) -> None:
    served.write("token", "short\n")
    done = served.gs("serve", "--token-file", "token", check=False)
    assert (done.returncode, "the token in the file is none" in done.stderr) == (2, True)


def test_without_the_extra_it_says_how_to_install_it(served: Any) -> None:
    code = "import sys; sys.modules['fastapi'] = None; from gitsession.cli import main; sys.argv = ['gitsession', 'serve']; main()"
    done = served.run(sys.executable, "-c", code, check=False)
    assert done.returncode == 1
    assert "pip install 'gitsession[web]'" in done.stderr


def test_nobody_looks_while_nobody_listens(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "_BEAT", 0.01)
    live = Live(open_projects([str(served.root)])[0])

    async def listen() -> list[str]:
        one, other = live.follow(""), live.follow("")
        said = [await anext(one), await anext(other), await anext(one)]
        assert (live.listeners, live._watch is None) == (2, False)
        await one.aclose()
        await other.aclose()
        return said

    said = asyncio.run(listen())
    assert [words.partition("\n")[0] for words in said] == ["event: ready", "event: ready", ": still here"]
    assert (live.listeners, live._watch) == (0, None)


def test_too_many_listeners_are_turned_away(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lives: Lives = api.client.app.app.state.lives
    lives.of(api.client.app.app.state.projects["feedpost"]).listeners = live_module.MOST
    api.get("/events", status=503)

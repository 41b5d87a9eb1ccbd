"""What tests of the pages share: an application that has them, a server, a browser."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from made import three_sessions
from starlette.testclient import TestClient

from gitsession.web.app import create_app
from gitsession.web.project import open_projects

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip


@pytest.fixture
def client(project: Any) -> Iterator[TestClient]:
    """The pages of three sessions, at /p/feedpost/."""
    three_sessions(project)
    project.write(".sessions/project.yml", "schema: 1\nname: Feedpost\ngoal: One mail a day\ndefault_branch: main\n")
    served = open_projects([str(project.root)])
    yield TestClient(create_app(served, names=["testserver"]))
    served[0].close()


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve projects on a free port of this machine: `serve(project, ...)` is the address."""
    running = []

    def begin(*projects: Any) -> str:
        served = open_projects([str(project.root) for project in projects])
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(served), log_level="error", ws="none", lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        running.append((server, thread, served))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield begin
    for server, thread, served in running:
        server.should_exit = True
        thread.join(5)
        for one in served:
            one.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium. While it is there, an event loop runs in this thread, which other modules' tests may have use for."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no {CHROMIUM} here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield one
        one.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open an address in a window of its own: `visit(address, width=360, color_scheme="dark")`. No page may complain on its console."""
    complaints: list[str] = []
    windows = []

    def go(address: str, *, width: int = 1280, **options: Any) -> Any:
        window = browser.new_context(viewport={"width": width, "height": 800}, **options)
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield go
    for window in windows:
        window.close()
    assert complaints == []

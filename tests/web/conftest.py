"""What tests of the pages share: an application that has them, a server, a browser."""





from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made import three_sessions
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

import gitsession.web
from gitsession.web.mounting import mount_pages
from gitsession.web.project import Project, open_projects

#: As the server sends it with every answer.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip


def make_app(projects: list[Project]) -> Starlette:
    app = Starlette()
    app.state.projects = {project.slug: project for project in projects}
    mount_pages(app)
    app.mount("/static", StaticFiles(directory=Path(gitsession.web.__file__).parent / "static"))
    return app


@pytest.fixture
def client(project: Any) -> Iterator[TestClient]:
    """The pages of three sessions, at /p/feedpost/."""
    three_sessions(project)
    project.write(".sessions/project.yml", "schema: 1\nname: Feedpost\ngoal: One mail a day\ndefault_branch: main\n")
    served = open_projects([str(project.root)])
    yield TestClient(make_app(served))
    served[0].close()

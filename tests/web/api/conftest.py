"""What tests of the API share: three sessions with fixed dates, so that ids are the same everywhere, and who asks for them."""

import random
import shutil
import string
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi")

from made import three_sessions
from starlette.testclient import TestClient

from gitsession.web.app import create_app
from gitsession.web.project import open_projects

ADDRESS = "http://localhost:8642"


class Api:
    """The API of one project. Every answer is one that the API says it may give, and has no traceback in it."""

    def __init__(self, client: TestClient, project: Any) -> None:
        self.client = client
        self.project = project
        self.base = "/api/v1/projects/feedpost"

    def get(self, path: str = "", status: int = 200, **options: Any) -> Any:
        return self._told(self.client.get(self.base + path, **options), status)

    def post(self, path: str, body: object, status: int = 200, **options: Any) -> Any:
        return self._told(self.client.post(self.base + path, json=body, **options), status)

    @staticmethod
    def _told(answer: Any, status: int) -> Any:
        assert answer.status_code == status, answer.text
        assert "Traceback" not in answer.text
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
        return answer


@pytest.fixture
def served(project: Any) -> Any:
    """Three sessions, none in progress."""
    shutil.rmtree(project.root / ".git")  # what it holds has today's date
    project.git("init", "-q", "-b", "main")
    project.git("config", "user.name", "Ada Example")
    project.git("config", "user.email", "ada@example.com")
    dates = {f"GIT_{who}_DATE": "2026-11-01T09:00:00+00:00" for who in ("AUTHOR", "COMMITTER")}
    project.write(".sessions/project.yml", "schema: 1\nname: Feedpost\ngoal: One mail a day.\ndefault_branch: main\n")
    project.git("add", "README.md", ".sessions/project.yml")
    project.git("commit", "-q", "--no-verify", "-m", "Begin", **dates)
    three_sessions(project)
    return project


@pytest.fixture
def api(served: Any) -> Iterator[Api]:
    with TestClient(create_app(open_projects([str(served.root)])), base_url=ADDRESS, follow_redirects=False) as client:
        yield Api(client, served)


@pytest.fixture
def secret() -> str:
    """A token that every detector knows, made when the test runs so that no scanner sees it in this file."""
    return "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))

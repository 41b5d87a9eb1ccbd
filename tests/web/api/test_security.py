"""Who gets in, from where, and with how much."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from gitsession.web.app import create_app, make_api
from gitsession.web.project import open_projects
from gitsession.web.security import MOST_BODY, Guard

TOKEN = "t" * 30
FACT = "/api/v1/projects/feedpost/sessions/current/facts"


@pytest.fixture
def guarded(served: Any) -> Any:
    """An application of that project: `guarded(token=..., host=...)` is who asks it."""

    def make(address: str = "http://localhost:8642", **options: Any) -> TestClient:
        return TestClient(create_app(open_projects([str(served.root)]), **options), base_url=address, follow_redirects=False)

    return make


@pytest.mark.parametrize(("host", "asked", "status"), [
    ("127.0.0.1", "localhost:8642", 200), ("127.0.0.1", "127.0.0.1", 200), ("127.0.0.1", "[::1]:9000", 200), ("127.0.0.1", "LOCALHOST.", 200),
    ("127.0.0.1", "evil.example", 403), ("127.0.0.1", "localhost.evil.example", 403), ("127.0.0.1", "localhost@evil.example", 403),
    ("127.0.0.1", "10.0.0.7:8642", 403), ("127.0.0.1", "", 403), ("127.0.0.1", "[", 403), ("127.0.0.1", "localhost/x", 403),
    ("0.0.0.0", "10.0.0.7:8642", 200), ("0.0.0.0", "[fe80::1]", 200), ("0.0.0.0", "evil.example", 403),
    ("box.lan", "box.lan:8642", 200), ("box.lan", "10.0.0.7", 403),
])  # fmt: skip
def test_it_answers_to_its_own_names_only(guarded: Any, host: str, asked: str, status: int) -> None:
    answer = guarded(host=host).get("/api/v1/health", headers={"Host": asked})
    assert answer.status_code == status


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 201), ({"Origin": "http://localhost:8642"}, 201), ({"Sec-Fetch-Site": "same-origin"}, 201), ({"Sec-Fetch-Site": "none"}, 201),
    ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Origin": "http://localhost:9999"}, 403),
    ({"Origin": "https://localhost:8642"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403),
])  # fmt: skip
def test_no_other_site_writes(guarded: Any, headers: dict[str, str], status: int) -> None:
    client = guarded()
    assert client.post(FACT, json={"text": "x"}, headers=headers).status_code == status
    assert client.get("/api/v1/health", headers={"Origin": "http://evil.example"}).status_code == 200  # which it cannot read
    assert "access-control-allow-origin" not in client.get("/api/v1/health", headers={"Origin": "http://evil.example"}).headers


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_what_a_form_can_send_is_refused(guarded: Any, kind: str) -> None:
    assert guarded().post(FACT, content='{"text": "x"}', headers={"Content-Type": kind}).status_code == 415


def test_without_the_token_nobody_gets_in(guarded: Any) -> None:
    client = guarded(token=TOKEN)
    for path in ("/", "/api/v1/health", "/api/docs", "/static/docs.js", "/p/feedpost/", "/nothing", f"/?token={TOKEN}x", "/?token="):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="gitsession"'), path
    for wrong in ("Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xff"):
        assert client.get("/api/v1/health", headers={"Authorization": wrong.encode("latin-1")}).status_code == 401
    assert client.get("/api/v1/health", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_the_token_in_the_address_becomes_a_cookie(guarded: Any) -> None:
    client = guarded(token=TOKEN)
    answer = client.get(f"/p/feedpost/?q=a+b&token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/p/feedpost/?q=a+b")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/api/v1/health").status_code == 200  # the client keeps cookies
    assert client.get(f"http://localhost:8642//evil.example/?token={TOKEN}").headers["location"] == "/evil.example/"
    assert client.post(FACT + f"?token={TOKEN}", json={"text": "x"}, headers={"Cookie": ""}).status_code == 401


def test_every_answer_has_the_policy(guarded: Any) -> None:
    client = guarded()
    for path in ("/", "/p/feedpost/", "/api/docs", "/api/v1/health", "/api/v1/openapi.json", "/static/docs.js", "/nothing", "/p/none/"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_pages_have_no_inline_script_or_style(guarded: Any) -> None:
    for path in ("/", "/p/feedpost/", "/api/docs"):
        text = guarded().get(path).text.lower()
        assert "<script>" not in text
        assert "<style" not in text
        assert " style=" not in text


def test_what_is_too_large_is_not_read(guarded: Any) -> None:
    client = guarded()
    kind = {"Content-Type": "application/json"}
    assert client.post(FACT, content=b"x" * (MOST_BODY + 1), headers=kind).status_code == 413
    pieces = (b'{"text": "' if not n else b"x" * 100_000 for n in range(12))
    answer = client.post(FACT, content=pieces, headers=kind)  # whose length nobody said before
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:gitsession:problem:too-large")
    assert client.post(FACT, content=b"{", headers=kind).status_code == 422
    assert client.post(FACT, content=b"", headers={**kind, "Content-Length": "-1"}).status_code == 400


@pytest.mark.parametrize("path", [
    "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/%2fetc/passwd", "/p/..%2f..%2fetc/",
    "/p/feedpost/sessions/..%2f..%2f..%2fetc%2fpasswd", "/api/v1/projects/..%2f..%2f", "/api/v1/projects/feedpost/sessions/..%2fproject",
    "/api/v1/projects/feedpost/sessions/%2fetc%2fpasswd", "/api/v1/projects/feedpost/handoffs/--output=x",
    "/api/v1/projects/feedpost/knowledge/..%2fHANDOFF", "/api/v1/projects/feedpost/conversations/../x/y",
    "/api/v1/projects/feedpost/why?path=../../etc/passwd", "/api/v1/projects/feedpost/why?path=/etc/passwd",
    "/api/v1/projects/feedpost/why?path=src/../../x", "/api/v1/projects/feedpost/why?path=a%00b", "/api/v1/projects/feedpost/why?path=:(top)x",
])  # fmt: skip
def test_no_path_leads_out_of_the_repository(guarded: Any, path: str) -> None:
    answer = guarded().get(path)
    assert answer.status_code in (404, 405, 307)
    assert "root:" not in answer.text
    assert "import" not in answer.text


def test_a_fault_of_ours_tells_nothing(served: Any, secret: str, caplog: Any) -> None:
    app = make_api(open_projects([str(served.root)]))

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError(f"with {secret} in it")

    answer = TestClient(Guard(app), base_url="http://localhost").get("/fault")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "RuntimeError" not in answer.text
    assert "RuntimeError: with [REDACTED" in caplog.text
    assert secret not in caplog.text

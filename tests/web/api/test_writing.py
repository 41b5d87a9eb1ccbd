"""Writes: the same edits as the command line makes, refused where somebody was quicker."""

import threading
from typing import Any

import pytest

NEW = {"title": "Add login", "goal": "People sign in.", "agent": "codex"}


def begun(api: Any) -> Any:
    return api.post("/sessions", NEW, 201)


def test_a_session_begins_with_the_handoff_and_ends_with_the_next(api: Any) -> None:
    answer = begun(api)
    session = answer.json()["session"]
    assert (session["title"], session["in_progress"], session["agent"]) == ("Add login", True, "codex")
    assert "Gamma" in answer.json()["handoff"]["text"]
    assert "Add login" not in answer.json()["handoff"]["text"]
    assert api.client.get(answer.headers["location"]).json() == session
    assert api.get("/sessions/current").json() == session
    assert f"A  .sessions/{session['stem']}.md" in api.project.status()
    api.post("/sessions/current/facts", {"kind": "decision", "text": "Use argon2id", "why": "bcrypt truncates"}, 201)
    ended = api.post("/sessions/current/complete", {"outcome": "met", "commit": True}).json()
    assert (ended["session"]["status"], ended["session"]["outcome"]) == ("completed", "met")
    assert "Use argon2id, because bcrypt truncates" in ended["handoff"]["text"]
    assert api.get("/commits?limit=1").json()["items"][0]["subject"] == f"Complete session {session['number']}: Add login"
    assert api.get("/sessions/current", 404).json()["hint"]


def test_a_fact_is_added_and_closed(api: Any) -> None:
    begun(api)
    added = api.post("/sessions/current/facts", {"kind": "step", "text": "Hash passwords", "est": "20m"}, 201)
    assert added.headers["etag"] == f'"{added.json()["oid"]}"'
    (step,) = [f for f in api.get("/facts?kind=step").json()["items"] if f["text"] == "Hash passwords"]
    assert (step["number"], step["est"]) == (1, "20m")
    closed = api.post("/sessions/current/facts/close", {"what": "Hash passwords", "took": "25m"}).json()
    assert closed["text"] == "Hash passwords"
    assert "- [x] Hash passwords (est: 20m) (took: 25m)" in api.project.read(api.project.session)
    assert "Hash passwords" not in api.get("/facts?kind=step").text


def test_without_a_session_the_first_fact_begins_one(api: Any) -> None:
    assert api.post("/sessions/current/facts", {"text": "By a program"}, 201).json()["begun"]


@pytest.mark.parametrize("write", [
    ("/facts", {"text": "Mine"}), ("/facts/close", {"what": "Hash"}), ("/complete", {}),
])  # fmt: skip
def test_an_edit_in_between_is_refused_and_not_overwritten(api: Any, write: tuple[str, Any]) -> None:
    stem = begun(api).json()["session"]["stem"]
    api.post("/sessions/current/facts", {"kind": "step", "text": "Hash passwords"}, 201)
    read = api.get("/sessions/current").headers["etag"]
    api.project.gs("note", "In between")
    before = api.project.read(api.project.session)
    path, body = write
    problem = api.post(f"/sessions/{stem}{path}", body, 412, headers={"If-Match": read}).json()
    assert problem["type"] == "urn:gitsession:problem:changed-meanwhile"
    assert api.project.read(api.project.session) == before
    now = api.get("/sessions/current").headers["etag"]
    status = 201 if path == "/facts" else 200
    api.post(f"/sessions/{stem}{path}", body, status, headers={"If-Match": f'"other", {now}'})


def test_of_many_who_rely_on_the_same_one_is_let_through(api: Any) -> None:
    begun(api)
    read = {"If-Match": api.get("/sessions/current").headers["etag"]}
    told: list[int] = []

    def write(number: int) -> None:
        told.append(api.client.post(api.base + "/sessions/current/facts", json={"text": f"Number {number}"}, headers=read).status_code)

    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [201, 412, 412, 412, 412, 412]
    assert api.project.read(api.project.session).count("- Number") == 1


def test_only_the_session_in_progress_is_written_to(api: Any) -> None:
    begun(api)
    assert "not in progress" in api.post("/sessions/1/facts", {"text": "Into the past"}, 409).json()["detail"]
    api.post("/sessions/9/complete", {}, 409)


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/sessions", {}, 422), ("/sessions", {"title": "  "}, 400), ("/sessions", {"title": "99"}, 409),
    ("/sessions/current/facts", {"kind": "state", "text": "x"}, 422), ("/sessions/current/facts", {"text": "x" * 8001}, 422),
    ("/sessions/current/facts", {"text": "x", "est": "1) ("}, 400), ("/sessions/current/facts/close", {"what": "nothing says this"}, 409),
    ("/handoffs", {"sessions": []}, 422), ("/handoffs", {"sessions": ["9"]}, 409), ("/knowledge", {"text": ""}, 400),
])  # fmt: skip
def test_what_makes_no_sense_writes_nothing(api: Any, path: str, body: Any, status: int) -> None:
    before = api.project.status(), api.project.checkpoints()
    api.post(path, body, status)
    assert (api.project.status(), api.project.checkpoints()) == before


def test_a_secret_is_refused_and_said_nowhere(api: Any, secret: str) -> None:
    begun(api)
    said = f"key {secret}"
    for path, body in (("/sessions/current/facts", {"text": said}), ("/knowledge", {"text": said}), ("/sessions", {"title": said})):
        problem = api.post(path, body, 422)
        assert problem.json()["type"] == "urn:gitsession:problem:secret"
        assert secret not in problem.text
    api.get(f"/sessions/{secret}", 404)
    assert secret not in api.get(f"/sessions/{secret}", 404).text
    assert secret not in api.post("/sessions/current/facts", {"kind": secret, "text": "x"}, 422).text
    found = api.post("/scan", {"text": f"one\ntwo {secret}"}).json()["items"]
    assert [(f["line"], f["column"]) for f in found] == [(2, 5)]


def test_a_secret_that_was_written_by_hand_reaches_nobody(api: Any, secret: str) -> None:
    begun(api)
    api.project.write(api.project.session, api.project.read(api.project.session) + f"\n## Commands\n- try: `TOKEN={secret} ./try`\n")
    for path in ("/sessions/current", "/sessions/current/facts", "/handoff", "/handoff.md", "", "/scan"):
        answer = api.get(path)
        assert secret not in answer.text, path
    assert "[REDACTED" in api.get("/sessions/current").text


def test_knowledge_is_added_and_found(api: Any) -> None:
    added = api.post("/knowledge", {"text": "Retry on 429\nSleep as long as Retry-After says.", "tags": ["http"]}, 201)
    pattern = api.client.get(added.headers["location"]).json()
    assert (pattern["title"], pattern["text"], pattern["tags"]) == ("Retry on 429", "Sleep as long as Retry-After says.", ["http"])
    assert api.get("/knowledge?tag=HTTP&q=sleep").json()["items"] == [pattern]
    assert api.get("/knowledge?q=none").json()["total"] == 0


def test_turns_are_appended_once_and_redacted(api: Any, secret: str) -> None:
    begun(api)
    turns = [{"who": "user", "text": f"Use {secret}", "id": "t1"}, {"who": "assistant", "text": "Done.", "id": "t2"}]
    path = "/sessions/current/conversations"
    first = api.post(path, {"agent": "codex", "id": "talk-1", "turns": turns}, 201)
    again = api.post(path, {"agent": "codex", "id": "talk-1", "turns": [*turns, {"who": "user", "text": "Thanks", "id": "t3"}]}, 201)
    assert (first.json()["new"], again.json()["new"], again.json()["turns"]) == (2, 1, 3)
    assert first.json()["redacted"]
    talk = api.client.get(again.headers["location"] + "?limit=2").json()
    assert [t["number"] for t in talk["part"]["items"]] == [1, 2]
    assert talk["part"]["next"] == 2
    assert secret not in str(talk)
    assert api.get("/conversations").json()["total"] == 1
    api.post(path, {"agent": "codex", "turns": [{"who": "user"}]}, 400)


def test_a_handoff_is_composed_of_chosen_sessions(api: Any) -> None:
    page = api.post("/handoffs", {"sessions": ["1", "three"], "budget": 800}).json()
    assert page["figures"]["tokens"] <= 800
    assert "Gamma" in page["text"]


def test_an_error_is_looked_up_and_kept_nowhere(api: Any, secret: str) -> None:
    begun(api)
    api.post("/sessions/current/facts", {"kind": "error", "text": "KeyError: 'retry_after' in fetch", "fix": "ask with get"}, 201)
    before = api.project.status()
    found = api.post("/troubleshoot", {"text": f"Traceback\nKeyError: 'retry_after' in fetch with {secret}"})
    assert found.json()["items"][0]["fix"] == "ask with get"
    assert secret not in found.text
    assert api.project.status() == before
    api.post("/troubleshoot", {"text": "..."}, 400)

"""What the API answers to who reads."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from made import ONE, TWO

from gitsession import __version__
from gitsession.web.api.route import Answer, Answers

SNAPSHOTS = Path(__file__).parent / "snapshots"
ASKED = {
    "project": "", "sessions": "/sessions", "sessions-filtered": "/sessions?author=bo&order=oldest", "session": "/sessions/1",
    "session-facts": "/sessions/one/facts", "facts": "/facts", "facts-history": "/facts/history?closed=true", "handoff": "/handoff",
    "handoffs": "/handoffs", "handoff-at": "/handoffs/HEAD~1", "handoff-check": "/handoff/check", "commits": "/commits?session=1",
    "files": "/files", "why": "/why?path=src/a.py", "knowledge": "/knowledge", "stats": "/stats?by=author", "growth": "/growth",
    "timeline": "/timeline?since=2026-11-10", "accounts": "/accounts", "search": "/search?q=beta", "scan": "/scan", "conversations": "/conversations",
}  # fmt: skip


def test_answers_are_as_they_were(api: Any) -> None:
    """`UPDATE_SNAPSHOTS=1` writes them anew: look at what changed."""
    told = {}
    for name, path in ASKED.items():
        text = api.get(path).text.replace(str(api.project.root), "ROOT").replace(__version__, "VERSION")
        value = json.loads(text)
        if name.startswith("handoff"):  # what a page says is tested where it is made
            for key in ("text", "sections"):
                value.pop(key, None)
        told[name] = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            (SNAPSHOTS / f"{name}.json").write_text(told[name])
    assert told == {name: (SNAPSHOTS / f"{name}.json").read_text() for name in ASKED}


def test_a_tag_saves_sending_it_again_until_something_changes(api: Any) -> None:
    first = api.get("/sessions/1")
    tag = first.headers["etag"]
    assert tag.startswith(f'"{first.json()["oid"]}.')
    assert api.get("/sessions/1", status=304, headers={"If-None-Match": f'"x", {tag}'}).content == b""
    path = api.project.root / ".sessions" / f"{ONE}.md"
    path.write_text(path.read_text() + "\n## Notes\n- by hand\n")
    api.client.app.app.state.projects["feedpost"].state(closely=True)
    again = api.get("/sessions/1", headers={"If-None-Match": tag})
    assert again.json()["facts"][-1]["text"] == "by hand"
    assert again.headers["etag"] != tag


def test_a_commit_is_answered_for_at_once(api: Any) -> None:
    before = api.get("/commits").json()["total"]
    api.project.commit("One more", "--no-verify")
    after = api.get("/commits?limit=1").json()
    assert (after["total"], after["items"][0]["subject"], after["next"]) == (before + 1, "One more", 1)


def test_a_list_comes_in_parts(api: Any) -> None:
    whole = [c["oid"] for c in api.get("/commits").json()["items"]]
    parts, offset = [], 0
    while offset is not None:
        part = api.get(f"/commits?limit=2&offset={offset}").json()
        parts += [c["oid"] for c in part["items"]]
        offset = part["next"]
    assert parts == whole
    assert api.get("/commits?limit=200&offset=1000").json()["items"] == []


@pytest.mark.parametrize("path", ["/sessions", "/commits", "/stats", "/growth", "/timeline", "/search?q=alpha"])
def test_a_moment_at_the_end_of_time_is_one(api: Any, path: str) -> None:
    for since in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        api.get(path, params={**({"q": "alpha"} if "?" in path else {}), "since": since})


@pytest.mark.parametrize(("path", "status"), [
    ("/sessions/9", 404), ("/sessions/nothing-like-it", 404), ("/sessions/current", 404), ("/handoffs/no-such-rev", 404), ("/handoffs/a%00b", 404),
    ("/handoffs/--all", 404), ("/commits/" + "0" * 40, 404), ("/commits/HEAD", 422), ("/conversations/a/b", 404), ("/knowledge/none", 404),
    ("/sessions?limit=201", 422), ("/sessions?limit=0", 422), ("/sessions?since=yesterday", 422), ("/stats?by=moon", 422),
    ("/search", 422), ("/why?path=none.py", 404), ("/why?path=src/a.py&first=3&last=2", 400), ("/nothing", 404), ("/%00", 404),
    ("/handoff?session=nobody", 404),
])  # fmt: skip
def test_what_is_not_there_or_makes_no_sense_is_a_problem(api: Any, path: str, status: int) -> None:
    problem = api.get(path, status=status).json()
    assert problem["type"].startswith("urn:gitsession:problem:")
    assert problem["title"]


def test_other_methods_and_projects_are_problems(api: Any) -> None:
    assert api.client.delete(api.base + "/sessions").headers["allow"]
    assert api.client.get("/api/v1/projects/other").status_code == 404
    assert api.client.options(api.base + "/sessions").status_code == 405
    head = api.client.head(api.base + "/sessions")
    assert (head.status_code, head.content) == (200, b"")


def test_a_branch_with_a_slash_names_a_commit(api: Any) -> None:
    api.project.git("branch", "topic/one")
    assert api.get("/handoffs/topic/one").json() == api.get("/handoffs/main").json()


def test_the_handoff_comes_as_markdown_and_as_a_prompt(api: Any) -> None:
    page = api.get("/handoff.md")
    assert page.headers["content-type"].startswith("text/markdown")
    assert page.text == api.get("/handoff").json()["text"]
    prompt = api.get("/handoff.md?prompt=true").text
    assert prompt.endswith(f"{TWO}.md\n") or ".sessions/" in prompt
    assert len(prompt) > len(page.text)


def test_a_checkpoint_that_cannot_be_read_is_told_and_does_not_hide_the_others(api: Any) -> None:
    api.project.write(".sessions/0009-broken-zzzz.md", "---\nschema: [\n---\n")
    assert api.get("/sessions/9", status=409).json()["detail"].startswith(".sessions/0009-broken-zzzz.md:")
    assert api.get("/sessions").json()["total"] == 3
    assert len(api.get("").json()["problems"]) == 1


def test_many_ask_at_once_and_get_the_same(api: Any) -> None:
    paths = ["/sessions", "/handoff", "/growth", "/search?q=beta", "", "/scan"] * 4
    found: dict[str, set[str]] = {}

    def ask(path: str) -> None:
        found.setdefault(path, set()).add(api.get(path).text)

    threads = [threading.Thread(target=ask, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {path: len(texts) for path, texts in found.items()} == dict.fromkeys(paths, 1)


def test_kept_answers_take_bounded_room() -> None:
    for keys, body in ([f"/a{n}" for n in range(10)], b"x" * 30_000), ([f"/a?{n}" + "y" * 30_000 for n in range(10)], b""):
        answers = Answers(most=100_000)
        for key in keys:
            answers.keep(key, Answer(1, body, {}, ""))
            answers.keep(key, Answer(2, body, {}, ""))
        assert [answers.find(key, 2) is not None for key in keys] == [False] * 7 + [True] * 3
        assert answers.find(keys[9], 1) is None

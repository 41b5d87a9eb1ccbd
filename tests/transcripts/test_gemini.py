"""Gemini CLI's chats: a log, and the object of older versions."""

import json

import pytest

from gitsession.model.conversation import Change, Todo

META = {"sessionId": "s-1", "projectHash": "ab12", "startTime": "2026-05-01T10:00:00Z", "lastUpdated": "2026-05-01T10:00:00Z"}


def user(id_: str, *texts: str) -> dict:
    return {"id": id_, "timestamp": "2026-05-01T10:00:01Z", "type": "user", "content": [{"text": t} for t in texts]}


def gemini(id_: str, said: str = "", **more: object) -> dict:
    return {"id": id_, "timestamp": "2026-05-01T10:00:02Z", "type": "gemini", "content": said, "model": "gemini-3", **more}


def call(tool: str, args: dict, output: str = "", status: str = "success", shown: object = None, error: str = "") -> dict:
    response = {"error": error} if error else {"output": output}
    return {"id": f"c-{tool}", "name": tool, "args": args, "status": status, "timestamp": "2026-05-01T10:00:03Z", "resultDisplay": shown,
            "result": [{"functionResponse": {"id": "c", "name": tool, "response": response}}]}  # fmt: skip


def log(*records: dict) -> str:
    return "".join(json.dumps(r) + "\n" for r in (META, *records))


def old(*messages: dict, **more: object) -> str:
    return json.dumps({**META, **more, "messages": list(messages)}, indent=2)


def compact(*messages: dict) -> str:
    return json.dumps({"kind": "main", "messages": list(messages), **META}, sort_keys=True)


@pytest.mark.parametrize("shape", [log, old, compact])
def test_who_said_what(reading, shape):
    got = reading("gemini", shape(
        {"id": "0", "timestamp": "", "type": "info", "content": "An update is there."},
        user("1", "Wrap the images in @README.md", "\n--- Content from referenced files ---", "\nContent from @README.md:\n", "# Feedpost"),
        gemini("2", "I read it.", thoughts=[{"subject": "Look", "description": "where"}], tokens={"input": 50, "output": 3, "thoughts": 4}),
        {"id": "3", "timestamp": "", "type": "info", "content": "Request cancelled."},
        {"id": "4", "timestamp": "", "type": "error", "content": "429"},
        user("5", "/chat save x"), user("6", "<state_snapshot>all</state_snapshot>"), user("7", "<session_context>today</session_context>"),
        {"id": "8", "timestamp": "", "type": "banner", "content": "!"},
    ))  # fmt: skip
    said = got.said()
    assert json.loads(said.pop()[2])["type"] == "banner"
    assert said == [
        ("system", "", "An update is there."), ("user", "", "Wrap the images in @README.md"),
        ("user", "injected", "--- Content from referenced files ---\nContent from @README.md:\n# Feedpost"),
        ("assistant", "thinking", "Look: where"), ("assistant", "", "I read it."), ("user", "interrupted", "Request cancelled."),
        ("system", "error", "429"), ("user", "command", "/chat save x"), ("system", "summary", "<state_snapshot>all</state_snapshot>"),
        ("user", "injected", "<session_context>today</session_context>"),
    ]  # fmt: skip
    assert got.turns[-1].kind == "unknown:banner"
    assert (got.head.id, got.head.model, got.head.started) == ("s-1", "gemini-3", "2026-05-01T10:00:00Z")
    assert [t.tokens for t in got.turns[3:5]] == [(50, 7), (0, 0)]
    assert not got.source.skipped


def test_calls(reading):
    diff = "Index: a.md\n===\n--- a.md\n+++ a.md\n@@ -1,2 +1,3 @@\n x\n-y\n+z\n+w\n"
    replace = {"file_path": "a.md", "old_string": "y", "new_string": "z"}
    got = reading("gemini", old(gemini("1", toolCalls=[
        call("run_shell_command", {"command": "make"}, "Output: boom\nExit Code: 2\n"),
        call("run_shell_command", {"command": "ls"}, "Output: a"),
        call("run_shell_command", {"command": "git push"}, status="cancelled", error="[Operation Cancelled] Reason: User denied execution."),
        call("replace", replace, "done", shown={"fileDiff": diff}),
        call("replace", replace, status="cancelled", error="[Operation Cancelled] Reason: keep the old words"),
        call("replace", replace, status="error", error="0 occurrences"),
        call("write_file", {"file_path": "n.md", "content": "1\n"}, shown={"fileDiff": "@@ -0,0 +1,1 @@\n+1\n", "isNewFile": True}),
        call("write_todos", {"todos": [{"description": "Send", "status": "in_progress"}]}, "ok"),
    ])))  # fmt: skip
    make, ls, push, replaced, kept, failed, new, todo = got.tools()
    assert [(t.input, t.code, t.failed, t.refused) for t in (make, ls, push)] == [
        ("make", 2, True, False), ("ls", 0, False, False), ("git push", None, False, True),
    ]  # fmt: skip
    assert push.text == ""
    assert kept.text == "keep the old words"
    assert replaced.changes == (Change("a.md", "update", 2, 1),)
    assert new.changes == (Change("n.md", "add", 1, 0),)
    assert (kept.changes, kept.refused, failed.changes, failed.failed) == ((), True, (), True)
    assert todo.todos == (Todo("Send", "doing"),)


def test_a_log_is_read_as_it_stands(reading):
    got = reading("gemini", log(
        user("1", "First"), gemini("2", "half"), {"$set": {"lastUpdated": "2026-05-01T11:00:00Z", "summary": "About mail"}},
        gemini("2", "whole", toolCalls=[call("read_file", {"file_path": "a"}, "text")]),
        user("3", "A wrong turn"), gemini("4", "gone"), {"$rewindTo": "3"}, user("5", "Better"),
        {"$set": {"messages": [user("9", "<state_snapshot>s</state_snapshot>"), gemini("2", "masked")]}},
    ))  # fmt: skip
    assert got.said() == [
        ("user", "", "First"), ("assistant", "", "whole"), ("user", "", "Better"), ("system", "summary", "<state_snapshot>s</state_snapshot>"),
    ]  # fmt: skip
    assert (got.head.ended, got.head.title) == ("2026-05-01T11:00:00Z", "About mail")


def test_a_torn_line_is_noted_and_the_rest_is_read(reading):
    got = reading("gemini", log(user("1", "One"), user("2", "Two")).replace('{"text": "One"}', '{"text": "On'))
    assert got.said() == [("user", "", "Two")]
    assert [d.line for d in got.source.damage] == [2]


def test_a_sub_agent(reading):
    assert reading("gemini", old(user("1", "Look"), kind="subagent")).turns[0].side


@pytest.mark.parametrize("shape", [log, old, compact])
def test_cut_anywhere(check_cuts, shape):
    check_cuts("gemini", shape(user("1", "Grüße"), gemini("2", "Ja.", toolCalls=[call("glob", {"pattern": "*"}, "a")]), user("3", "Danke")))

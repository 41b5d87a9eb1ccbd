"""What opencode exports."""

import json

from gitsession.model.conversation import Change, Todo

ADDED = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n one\n--- two\n+two\n+++ three\n"


def part(kind: str, **fields: object) -> dict:
    return {"type": kind, "id": f"prt_{kind}", **fields}


def call(tool: str, given: dict, **state: object) -> dict:
    return part("tool", tool=tool, callID=f"call_{tool}", state={"status": "completed", "input": given, "time": {"start": 3000}, **state})


def message(role: str, *parts: dict, **info: object) -> dict:
    return {"info": {"role": role, "id": "msg_1", "time": {"created": 2000}, **info}, "parts": list(parts)}


def session(*messages: dict, **info: object) -> str:
    about = {"id": "ses_1", "directory": "/home/ada/feedpost", "title": "Send digests", "version": "1.2.3",
             "time": {"created": 1000, "updated": 9000}, **info}  # fmt: skip
    return json.dumps({"info": about, "messages": list(messages)}, indent=2)


def answer(*parts: dict, **info: object) -> dict:
    used = {"input": 10, "output": 5, "reasoning": 2, "cache": {"read": 100, "write": 1}}
    return message("assistant", *parts, modelID="gpt-5", cost=0.25, tokens=used, **info)


def test_the_head_and_who_said_what(reading):
    got = reading("opencode", session(
        message("user", part("text", text='"Send a \\"daily\\" digest.\n"\n'), part("text", text="Called the Read tool", synthetic=True),
                part("file", filename="plan.png", mime="image/png", url="data:AAAA")),
        answer(part("step-start"), part("reasoning", text="Hm.", time={"start": 2500}), part("text", text="I begin.")),
        message("assistant", part("text", text="So far: ..."), modelID="gpt-5", summary=True),
        answer(error={"name": "MessageAbortedError", "data": {"message": "stopped"}}),
        answer(part("retry", error={"data": {"message": "overloaded"}}), error={"name": "APIError", "data": {"message": "no quota"}}),
    ))  # fmt: skip
    assert got.said() == [
        ("user", "", 'Send a "daily" digest.\n'), ("user", "injected", "Called the Read tool"), ("user", "injected", "[file: plan.png]"),
        ("assistant", "thinking", "Hm."), ("assistant", "", "I begin."), ("system", "summary", "So far: ..."),
        ("user", "interrupted", "stopped"), ("system", "error", "overloaded"), ("system", "error", "no quota"),
    ]  # fmt: skip
    head = got.head
    assert (head.agent, head.id, head.cwd, head.title, head.model) == ("opencode", "ses_1", "/home/ada/feedpost", "Send digests", "gpt-5")
    assert (head.started, head.ended, head.cost) == ("1970-01-01T00:00:01.000+00:00", "1970-01-01T00:00:09.000+00:00", 0.75)
    assert [t.tokens for t in got.turns[3:5]] == [(111, 7), (0, 0)]
    assert got.turns[3].when == "1970-01-01T00:00:02.500+00:00"


def test_a_call_and_its_result_are_one_turn(reading):
    got = reading("opencode", session(answer(
        call("bash", {"command": "pytest -q"}, output="1 failed", metadata={"exit": 1}),
        call("todowrite", {}, metadata={"todos": [{"content": "Parse", "status": "completed"}, {"content": "Send", "status": "pending"}]}),
        call("question", {"questions": [{"question": "Which port?", "options": [{"label": "25"}, {"label": "587"}]}]}, output="587"),
        call("grep", {"pattern": "TODO"}, status="error", error="no such folder"),
    )))  # fmt: skip
    run, todo, ask, grep = got.tools()
    assert (run.action, run.input, run.text, run.code, run.failed) == ("run", "pytest -q", "1 failed", 1, True)
    assert todo.todos == (Todo("Parse", "done"), Todo("Send", "open"))
    assert (ask.action, ask.input, ask.text, ask.failed) == ("ask", "Which port? (25 / 587)", "587", False)
    assert (grep.action, grep.text, grep.failed, grep.refused) == ("search", "no such folder", True, False)
    assert run.when == "1970-01-01T00:00:03.000+00:00"


def test_changes_are_what_took_effect(reading):
    patch = "*** Begin Patch\n*** Update File: a.py\n*** Move to: b.py\n@@\n-x\n+y\n+z\n*** Delete File: c.py\n*** End Patch"
    edit = {"filePath": "/r/x.py", "oldString": "a\nb\nc", "newString": "a\nB\nb2\nc"}
    got = reading("opencode", session(answer(
        call("edit", edit, metadata={"filediff": {"additions": 7, "deletions": 0}}),
        call("edit", edit, metadata={"diff": ADDED}),
        call("edit", edit),
        call("write", {"filePath": "new.py", "content": "1\n2\n"}, metadata={"exists": False}),
        call("apply_patch", {"patchText": patch}),
        call("edit", edit, status="error", error="oldString not found"),
        call("edit", edit, status="error",
             error="The user rejected permission to use this specific tool call with the following feedback: Not there."),
        call("edit", edit, status="running"),
    )))  # fmt: skip
    assert [t.changes for t in got.tools()] == [
        (Change("/r/x.py", "update", 7, 0),), (Change("/r/x.py", "update", 2, 1),), (Change("/r/x.py", "update", 2, 1),),
        (Change("new.py", "add", 2, 0),), (Change("b.py", "rename", 2, 1, "a.py"), Change("c.py", "delete")), (), (), (),
    ]  # fmt: skip
    failed, refused = got.tools()[5:7]
    assert (failed.failed, failed.refused) == (True, False)
    assert (refused.failed, refused.refused, refused.text) == (False, True, "Not there.")


def test_a_session_of_a_sub_agent_and_what_is_not_known(reading):
    got = reading("opencode", session(message("user", part("text", text="Look around.")), answer(part("hologram", x=1)), parentID="ses_0"))
    assert got.head.parent == "ses_0"
    assert [(t.side, t.kind) for t in got.turns] == [(True, ""), (True, "unknown:hologram")]
    assert json.loads(got.turns[1].text) == {"type": "hologram", "id": "prt_hologram", "x": 1}


def test_fields_of_other_types_are_empty(reading):
    odd = [1, "x", None, {"info": [], "parts": {}}, {"info": {"role": "user", "time": 5}, "parts": [3, {"type": 4}, {"type": "text", "text": []}]},
           {"info": {"role": "assistant", "tokens": [], "cost": "much", "time": {"created": 1e30}},
            "parts": [{"type": "tool", "tool": 7, "state": {"input": 8, "metadata": []}}, {"type": "tool", "state": "?"}]}]  # fmt: skip
    got = reading("opencode", json.dumps({"info": {"id": 5, "time": {"created": "x"}}, "messages": odd}))
    assert [t.action for t in got.tools()] == ["other", "other"]


def test_cut_anywhere(check_cuts):
    check_cuts("opencode", session(message("user", part("text", text="Füge hinzu")), answer(call("bash", {"command": "ls"}, output="a\nb"))))

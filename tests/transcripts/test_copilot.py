"""Copilot CLI's events."""

import json

from gitsession.model.conversation import Change, Todo
from gitsession.transcripts.copilot_todos import TodoTables

START = ("session.start", {"sessionId": "s-1", "copilotVersion": "1.0.68", "startTime": "2026-05-01T10:00:00Z", "selectedModel": "gpt-5",
         "context": {"cwd": "/r", "branch": "main", "headCommit": "abc", "repository": "ada/feedpost", "repositoryHost": "github.com"}})  # fmt: skip


def events(*pairs: tuple[str, dict], **more: object) -> str:
    return "".join(
        json.dumps({"type": kind, "data": data, "id": f"e{n}", "timestamp": f"2026-05-01T10:00:{n:02}Z", "parentId": None, **more}) + "\n"
        for n, (kind, data) in enumerate((START, *pairs))
    )


def call(id_: str, tool: str, arguments: object, output: str = "", *, error: dict | None = None) -> list[tuple[str, dict]]:
    ended = {"success": False, "error": error} if error else {"success": True, "result": {"content": output}}
    return [
        ("tool.execution_start", {"toolCallId": id_, "toolName": tool, "arguments": arguments}),
        ("tool.execution_complete", {"toolCallId": id_, "model": "gpt-5", **ended}),
    ]


def asked(id_: str, answer: dict) -> list[tuple[str, dict]]:
    return [
        ("permission.requested", {"requestId": f"r{id_}", "permissionRequest": {"kind": "shell", "toolCallId": id_}}),
        ("permission.completed", {"requestId": f"r{id_}", "result": answer}),
    ]


def test_the_head_and_who_said_what(reading):
    got = reading("copilot", events(
        ("system.message", {"role": "system", "content": "You are ..."}),
        ("user.message", {"content": "Add a test", "transformedContent": "<current_datetime>now</current_datetime>\n\nAdd a test"}),
        ("hook.start", {"input": {"prompt": "Add a test"}}),
        ("user.message", {"content": "<skill-context>...", "source": "skill-testing"}),
        ("user.message", {"content": "ls", "agentMode": "shell"}),
        ("assistant.reasoning", {"content": "Think."}),
        ("assistant.message", {"content": "Done.", "reasoningText": "Think.", "model": "gpt-5", "outputTokens": 9, "phase": "final_answer"}),
        ("session.compaction_complete", {"success": True, "summaryContent": "So far ..."}),
        ("session.error", {"errorType": "quota", "message": "No quota"}),
        ("abort", {"reason": "user_initiated"}),
        ("session.title_changed", {"title": "A test"}),
        ("assistant.dream", {"content": "?"}),
        ("session.shutdown", {"modelMetrics": {"a": {"usage": {"inputTokens": 5, "outputTokens": 2}}, "b": {"usage": {"inputTokens": 1}}}}),
    ))  # fmt: skip
    assert got.said()[:-1] == [
        ("user", "", "Add a test"), ("user", "injected", "<skill-context>..."), ("user", "command", "ls"),
        ("assistant", "thinking", "Think."), ("assistant", "", "Done."), ("system", "summary", "So far ..."),
        ("system", "error", "No quota"), ("user", "interrupted", "user_initiated"),
    ]  # fmt: skip
    assert got.turns[-1].kind == "unknown:assistant.dream"
    done = got.turns[4]
    assert (done.tokens, done.phase, done.model) == ((0, 9), "final", "gpt-5")
    head = got.head
    assert (head.agent, head.id, head.cwd, head.branch, head.commit, head.model) == ("copilot", "s-1", "/r", "main", "abc", "gpt-5")
    assert (head.repository, head.title, head.tokens) == ("https://github.com/ada/feedpost", "A test", (6, 2))
    assert (head.started, head.ended) == ("2026-05-01T10:00:00Z", "2026-05-01T10:00:13Z")


def test_a_call_is_one_turn_of_three_events(reading):
    patch = "*** Begin Patch\n*** Add File: n.py\n+1\n+2\n*** End Patch"
    push, edit = call("c2", "bash", {"command": "git push"}, error={"message": "Denied", "code": "denied"}), {"path": "a.py", "old_str": "x"}
    got = reading("copilot", events(
        *call("c1", "bash", {"command": "make"}, "boom\n<exited with exit code 2>"),
        push[0], *asked("c2", {"kind": "denied-interactively-by-user", "feedback": "I push myself"}), push[1],
        *call("c3", "edit", {**edit, "new_str": "x\ny"}), *call("c4", "apply_patch", patch),
        *call("c5", "edit", edit, error={"message": "No match"}), *call("c6", "edit", edit, error={"message": "No", "code": "rejected"}),
        *call("c7", "ask_user", {"question": "Which port?"}, "User selected: 587"),
        ("tool.execution_start", {"toolCallId": "c8", "toolName": "view", "arguments": {"path": "a.py"}, "parentToolCallId": "c0"}),
    ))  # fmt: skip
    make, refused, edited, patched, failed, rejected, ask, view = got.tools()
    assert (make.input, make.code, make.failed) == ("make", 2, True)
    assert (refused.refused, refused.failed, refused.text, refused.input) == (True, False, "I push myself", "git push")
    assert edited.changes == (Change("a.py", "update", 1, 0),)
    assert patched.changes == (Change("n.py", "add", 2, 0),)
    assert (failed.changes, failed.failed, rejected.changes, rejected.refused) == ((), True, (), True)
    assert (ask.action, ask.input, ask.text) == ("ask", "Which port?", "User selected: 587")
    assert (view.action, view.input, view.side, view.failed) == ("read", "a.py", True, False)


def test_what_a_sub_agent_does_is_aside(reading):
    assert all(t.side for t in reading("copilot", events(("assistant.message", {"content": "Found."}), agentId="a1")).turns)


def test_the_to_do_list_is_what_its_table_holds(reading):
    got = reading("copilot", events(
        *call("1", "sql", {"query": "INSERT INTO todos (id, title, status) VALUES ('a', 'Parse', 'pending'), ('b', 'It''s sent', 'pending');"}),
        *call("2", "sql", {"query": "UPDATE todos SET status = 'done' WHERE id IN ('a'); SELECT * FROM todos"}),
        *call("3", "sql", {"query": "SELECT * FROM todos"}),
        *call("4", "update_todo", {"todos": "- [x] Parse\n- [ ] Send"}),
    ))  # fmt: skip
    made, done, looked, older = got.tools()
    assert made.todos == (Todo("Parse", "open"), Todo("It's sent", "open"))
    assert (done.action, done.todos) == ("todo", (Todo("Parse", "done"), Todo("It's sent", "open")))
    assert (looked.action, looked.todos) == ("other", ())
    assert older.todos == (Todo("Parse", "done"), Todo("Send", "open"))


def test_the_agents_sql_can_do_nothing_else(tmp_path):
    tables = TodoTables()
    file = tmp_path / "out.db"
    for query in (
        f"ATTACH DATABASE '{file}' AS o; CREATE TABLE o.todos (x)", f"VACUUM INTO '{file}' -- todos", "DROP TABLE todos",
        "PRAGMA writable_schema = 1; -- todos", "CREATE TRIGGER t AFTER INSERT ON todos BEGIN DELETE FROM todos; END",
        "INSERT INTO todos (id, title) SELECT 'x', readfile('/etc/hostname')", "SELECT load_extension('todos')",
        "INSERT INTO todos (id, title) VALUES ('x', printf('%1000000000d', 1))",
    ):  # fmt: skip
        assert tables.run(query) == ()
    assert not file.exists()
    many = "INSERT INTO todos (id) VALUES " + ", ".join(f"('{n}')" for n in range(5000))
    assert len(tables.run(many)) == 1000
    assert tables.run("INSERT INTO todos (id) SELECT a.id || b.id || c.id FROM todos a, todos b, todos c") == ()  # 125 billion
    assert tables.run("DELETE FROM todos") == ()
    assert tables.run("INSERT INTO todos (id, title) VALUES ('a', 'Parse')") == (Todo("Parse", "open"),)


def test_cut_anywhere(check_cuts):
    check_cuts("copilot", events(("user.message", {"content": "Grüße"}), *call("1", "bash", {"command": "ls"}, "a\n<exited with exit code 0>")))

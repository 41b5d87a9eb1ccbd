"""Codex' rollouts: each thing told once, and what its tools did."""

import json
from typing import Any

import pytest
import zstandard
from made_transcripts import Codex, Record, lines, opened, turns_of

from gitsession.model.conversation import Change, Todo, Turn

ENVIRONMENT = "<environment_context>\n  <cwd>/home/ada/shop</cwd>\n</environment_context>"
PATCH = """*** Begin Patch
*** Add File: docs/new.md
+one
+two
*** Update File: src/a.py
@@ def f():
-old
+new
+newer
*** Update File: src/b.py
*** Move to: src/c.py
@@
-x
*** Delete File: src/d.py
*** End Patch
"""
CHANGES = (
    Change("docs/new.md", "add", 2, 0), Change("src/a.py", "update", 2, 1), Change("src/c.py", "rename", 0, 1, "src/b.py"),
    Change("src/d.py", "delete", -1, -1),
)  # fmt: skip


def one(*records: Record) -> Turn:
    (turn,) = turns_of(Codex().meta(), *records)
    assert turn.who == "tool"
    return turn


def told(turns: list[Turn]) -> list[tuple[str, str, str]]:
    return [(t.who, t.kind, t.text) for t in turns]


def swapped(records: list[Record]) -> list[Record]:
    return records[::-1]


@pytest.mark.parametrize("order", [list, swapped], ids=["event first", "item first"])
def test_each_text_is_told_once(order) -> None:
    codex = Codex()
    records = [
        codex.meta(), codex.message("user", "# AGENTS.md instructions for /home/ada/shop\n\nUse tabs.", ENVIRONMENT),
        *order(codex.prompt("yes")), *order(codex.says("Working.", phase="commentary")), *order(codex.says("Done.", phase="final_answer")),
        *order(codex.prompt("yes")), *order(codex.says("Done.", phase="final_answer")),
    ]  # fmt: skip
    turns = turns_of(*records)
    assert [(t.who, t.text, t.phase) for t in turns if not t.kind] == [
        ("user", "yes", ""), ("assistant", "Working.", ""), ("assistant", "Done.", "final"), ("user", "yes", ""), ("assistant", "Done.", "final"),
    ]  # fmt: skip
    assert [t.kind for t in turns][:2] == ["injected", "injected"]


def test_items_alone_are_enough_and_so_are_events() -> None:
    codex = Codex()
    items = [codex.message("user", ENVIRONMENT), codex.message("user", "go"), codex.message("assistant", "ok"), codex.message("user", "on")]
    assert told(turns_of(codex.meta(), *items))[1:] == [("user", "", "go"), ("assistant", "", "ok"), ("user", "", "on")]
    events = [codex.event("user_message", message="go"), codex.event("agent_message", message="ok")]
    assert told(turns_of(codex.meta(), *events)) == [("user", "", "go"), ("assistant", "", "ok")]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (ENVIRONMENT, "injected", None), ("<skill>\n<name>ship</name>\n</skill>", "injected", None),
        ('<subagent_notification>\n{"status":{}}\n</subagent_notification>', "injected", None),
        ("<brand_new_tag>words of a program</brand_new_tag>", "injected", None), ("words that no event bears out", "injected", None),
        ("<user_shell_command>\n<command>\ngit status\n</command>\n<result>clean</result>\n</user_shell_command>", "command", "! git status"),
        ("<turn_aborted>\nThe user interrupted the previous turn.\n</turn_aborted>", "interrupted", "interrupted"),
        ("Another language model started to solve this problem and produced a summary: 5 conflicts remain", "summary", None),
    ],
)  # fmt: skip
def test_what_the_program_puts_in_the_users_place(text: str, kind: str, words: str | None) -> None:
    codex = Codex()
    turns = turns_of(codex.meta(), *codex.prompt("go"), *codex.says("ok"), codex.message("user", text), *codex.says("done"))
    assert [t.kind for t in turns] == ["", "", kind, ""]
    assert words in (None, turns[2].text)


def test_an_editors_context_is_no_prompt_and_images_are_named() -> None:
    codex = Codex()
    context = "# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n## My request for Codex:\nfix it\n"
    turns = turns_of(codex.meta(), *codex.prompt(context), codex.event("user_message", message="like this", local_images=["/tmp/a.png"]))
    assert [(t.kind, t.text) for t in turns][1:] == [("", "fix it"), ("", "like this\n[image]")]
    assert turns[0].kind == "injected"


@pytest.mark.parametrize(
    ("output", "code", "text"),
    [
        ("Chunk ID: 7ad\nWall time: 0.1 seconds\nProcess exited with code 0\nOriginal token count: 4\nOutput:\n1 passed\n", 0, "1 passed\n"),
        ("Command: /bin/zsh -lc 'cat <<E\nOutput\nE'\nChunk ID: 7\nWall time: 0.1 seconds\nProcess exited with code 2\nOutput:\nbad", 2, "bad"),
        ("Exit code: 124\nWall time: 2 seconds\nTotal output lines: 23\nOutput:\ncommand timed out", 124, "command timed out"),
        (json.dumps({"output": "1 failed", "metadata": {"exit_code": 1, "duration_seconds": 0.2}}), 1, "1 failed"),
        ([{"type": "input_text", "text": "Exit code: 0\nWall time: 1 seconds\nOutput:\nfine"}], 0, "fine"),
        ({"content": "plain", "success": True}, None, "plain"),
        ("plain: Exit code: 3 is said in it", None, "plain: Exit code: 3 is said in it"),
    ],
)
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("exec_command", {"cmd": "pytest -q", "workdir": "/"}), ("shell_command", {"command": "pytest -q"}),
        ("shell", {"command": ["bash", "-lc", "pytest -q"]}), ("container.exec", {"command": ["pytest", "-q"]}),
    ],
)  # fmt: skip
def test_how_a_command_ended(name: str, given: Record, output: Any, code: int | None, text: str) -> None:
    turn = one(*Codex().call(name, given, output))
    assert (turn.action, turn.input, turn.code, turn.text, turn.failed) == ("run", "pytest -q", code, text, bool(code))


def test_an_event_tells_the_exit_code_that_the_output_does_not() -> None:
    codex = Codex()
    turn = one(*codex.call("exec_command", {"cmd": "make"}, "no rule", codex.event("exec_command_end", exit_code=2, command=["make"])))
    assert (turn.code, turn.failed) == (2, True)


def test_a_command_that_goes_on_is_named_where_it_ends() -> None:
    codex = Codex()
    running = "Chunk ID: 1\nWall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\n"
    ended = "Chunk ID: 2\nWall time: 5.0 seconds\nProcess exited with code 1\nOutput:\n1 failed\n"
    turns = turns_of(
        codex.meta(),
        *codex.call("exec_command", {"cmd": "pytest"}, running),
        *codex.call("write_stdin", {"session_id": 77, "chars": ""}, ended),
    )
    assert [(t.input, t.code, t.failed) for t in turns] == [("pytest", None, False), ("pytest", 1, True)]


@pytest.mark.parametrize(
    "output",
    ['{"output":"Success. Updated the following files:","metadata":{"exit_code":0}}', "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess."],
)
def test_a_patch_is_changes(output: str) -> None:
    turn = one(*Codex().custom("apply_patch", PATCH, output))
    assert (turn.action, turn.changes) == ("edit", CHANGES)
    assert turn.input.splitlines() == [change.path for change in CHANGES]


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ({"command": ["apply_patch", PATCH]}, "edit"), ({"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}EOF\n"]}, "edit"),
        ({"command": f"cd src && apply_patch <<'EOF'\n{PATCH}EOF\n"}, "run"),
    ],
)  # fmt: skip
def test_a_patch_through_the_shell_is_changes_too(given: Record, action: str) -> None:
    turn = one(*Codex().call("shell", given, "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess."))
    assert (turn.action, turn.changes) == (action, CHANGES)


@pytest.mark.parametrize(
    ("output", "refused"),
    [
        ("apply_patch verification failed: Failed to find expected lines in src/a.py", False), ("patch rejected by user", True),
        ('{"output":"error: no such file","metadata":{"exit_code":1}}', False), (None, False),
    ],
)  # fmt: skip
def test_a_patch_that_was_not_applied_changes_nothing(output: str | None, refused: bool) -> None:
    records = Codex().custom("apply_patch", PATCH, output)
    turn = one(*(records if output else records[:1]))
    assert turn.changes == ()
    assert (turn.refused, turn.failed) == (refused, bool(output) and not refused)


@pytest.mark.parametrize("applied", [True, False])
def test_the_event_of_a_patch_decides(applied: bool) -> None:
    codex = Codex()
    changes = {
        "/a.py": {"type": "update", "unified_diff": "@@ -1 +1,2 @@\n-x\n+y\n+z\n", "move_path": None}, "/n.md": {"type": "add", "content": "1\n2\n"},
        "/old.py": {"type": "update", "unified_diff": "", "move_path": "/new.py"}, "/d.py": {"type": "delete", "content": "1\n"}, "/odd": 7,
    }  # fmt: skip
    event = codex.event("patch_apply_end", success=applied, changes=changes)
    turn = one(*codex.custom("apply_patch", PATCH, "done", event))
    assert turn.failed is not applied
    assert set(turn.changes) == ({
        Change("/a.py", "update", 2, 1), Change("/n.md", "add", 2, 0), Change("/new.py", "rename", 0, 0, "/old.py"), Change("/d.py", "delete", 0, 1),
    } if applied else set())  # fmt: skip


SCRIPT = "Script {}\nWall time 0.2 seconds\nOutput:\n"


@pytest.mark.parametrize(
    ("script", "output", "action", "subject", "code", "failed"),
    [
        ('const r = await tools.exec_command({cmd:"go test ./..."}); text(r.output);', ["ok"], "run", "go test ./...", None, False),
        ("const r = await tools.exec_command({\"workdir\": '/x', \"cmd\": 'echo \\'hi\\''});", ["hi"], "run", "echo 'hi'", None, False),
        ("await tools.exec_command({cmd: `a\nb`}); await tools.exec_command({cmd: 'c'})", ["x"], "run", "a\nb\nc", None, False),
        ('tools.exec_command({cmd: "false"})', ['{"chunk_id":"1","exit_code":1,"output":"bad"}'], "run", "false", 1, True),
        ("text(1 + 1)", ["2"], "other", "text(1 + 1)", None, False),
    ],
)
def test_code_mode_runs_commands(script, output, action, subject, code, failed) -> None:
    parts = [{"type": "input_text", "text": text} for text in [SCRIPT.format("completed"), *output]]
    turn = one(*Codex().custom("exec", script, parts))
    assert (turn.action, turn.input, turn.code, turn.failed) == (action, subject, code, failed)
    assert turn.text == ("bad" if code else output[0])


@pytest.mark.parametrize("quoted", [json.dumps(PATCH), "`" + PATCH + "`", "String.raw`" + PATCH + "`"])
@pytest.mark.parametrize("end", ["completed", "failed"])
def test_code_mode_applies_patches(quoted: str, end: str) -> None:
    output = [{"type": "input_text", "text": SCRIPT.format(end)}, {"type": "input_text", "text": "{}"}]
    turn = one(*Codex().custom("exec", f"const patch = {quoted};\ntext(await tools.apply_patch(patch));", output))
    assert (turn.action, turn.changes) == ("edit", CHANGES if end == "completed" else ())


def test_what_ends_inside_a_script_belongs_to_it() -> None:
    codex = Codex()
    ends = [
        codex.event("patch_apply_end", call_id="inner1", success=True, changes={"/a.py": {"type": "add", "content": "1\n"}}),
        codex.event("patch_apply_end", call_id="inner2", success=False, changes={"/b.py": {"type": "add", "content": "1\n"}}),
        codex.event("exec_command_end", call_id="inner3", exit_code=3),
    ]
    turn = one(*codex.custom("exec", 'tools.exec_command({cmd: "make"})', [{"type": "input_text", "text": SCRIPT.format("completed")}], *ends))
    assert (turn.changes, turn.code) == ((Change("/a.py", "add", 1, 0),), 3)


def test_the_plan_is_a_to_do_list() -> None:
    plan = [{"step": "a", "status": "completed"}, {"step": "b", "status": "in_progress"}, {"step": "c", "status": "pending"}, "d", 7]
    turn = one(*Codex().call("update_plan", {"plan": plan, "explanation": "why"}, "Plan updated"))
    assert (turn.action, turn.todos) == ("todo", (Todo("a", "done"), Todo("b", "doing"), Todo("c"), Todo("d")))
    assert one(*Codex().call("update_plan", {"plan": plan}, "failed to parse function arguments: x")).todos == ()


def test_questions_searches_and_agents() -> None:
    codex = Codex()
    questions = {"questions": [{"id": "q1", "question": "Which hash?", "options": []}]}
    turns = turns_of(
        codex.meta(),
        *codex.call("request_user_input", questions, '{"answers":{"q1":{"answers":["argon2id"]}}}'),
        codex.item("web_search_call", status="completed", action={"type": "search", "query": "argon2"}),
        codex.event("web_search_end", query="argon2"),
        *codex.call("spawn_agent", {"agent_type": "explorer", "message": "look"}, '{"agent_id":"x"}'),
        *codex.call("mcp__linear__get", {"id": 7}, "resources/list failed: unknown server"),
    )
    assert [(t.action, t.input, t.text, t.failed) for t in turns] == [
        ("ask", "Which hash?", "argon2id", False), ("web", "argon2", "", False), ("agent", "look", '{"agent_id":"x"}', False),
        ("other", '{"id": 7}', "resources/list failed: unknown server", True),
    ]  # fmt: skip


def test_interruptions_summaries_reviews_and_the_unknown() -> None:
    codex = Codex()
    transcript, turns, _ = opened(lines(
        codex.meta(), *codex.prompt("go"),
        codex.message("user", "<turn_aborted>\nstopped\n</turn_aborted>"), codex.event("turn_aborted", reason="interrupted"),
        codex.event("turn_aborted", reason="interrupted"),
        codex.record("compacted", message="what was done", replacement_history=[]), codex.event("context_compacted"),
        codex.event("entered_review_mode", user_facing_hint="changes against main"), *codex.prompt("Review the changes"), *codex.says("looking"),
        codex.event("exited_review_mode", review_output={"findings": [{"title": "Leak", "body": "in a.py"}], "overall_explanation": "Mostly fine"}),
        codex.event("error", message="usage limit"), codex.event("brand_new", x=1), codex.item("brand_new"), codex.record("brand_new"),
        codex.record("world_state"), codex.event("task_complete", last_agent_message="looking"),
    ))  # fmt: skip
    assert [(t.who, t.kind, t.text, t.side) for t in turns[:8]] == [
        ("user", "", "go", False), ("user", "interrupted", "interrupted", False), ("user", "interrupted", "interrupted", False),
        ("system", "summary", "what was done", False), ("user", "command", "/review changes against main", False),
        ("user", "injected", "Review the changes", True), ("assistant", "", "looking", True),
        ("assistant", "", "Mostly fine\n- Leak: in a.py", False),
    ]  # fmt: skip
    assert [t.kind for t in turns[8:]] == ["error", "unknown:event/brand_new", "unknown:item/brand_new", "unknown:brand_new"]
    assert sum(transcript.unknown.values()) == 3


def test_the_head() -> None:
    codex = Codex()
    usage = [{"total_token_usage": {"input_tokens": n, "output_tokens": 1}} for n in (10, 20)]
    head = opened(lines(
        codex.meta("c-2", forked_from_id="c-1"), codex.meta("c-1", cwd="/elsewhere"), codex.record("turn_context", model="gpt-5", cwd="/x"),
        codex.event("token_count", info=usage[0]), codex.event("token_count", info=usage[1]), codex.event("token_count", info=None),
        codex.event("thread_name_updated", thread_name="The cart"), *codex.prompt("go"),
    ))[2]  # fmt: skip
    assert head == head._replace(
        agent="codex", id="c-2", cwd="/home/ada/shop", branch="main", started="2026-11-23T09:29:00Z", ended="2026-11-23T09:30:09.000Z",
        title="The cart", model="gpt-5", version="0.140.0", parent="c-1", commit="abc", repository="https://example.org/shop.git", tokens=(20, 1),
    )  # fmt: skip


def test_a_sub_agents_own_part_is_aside_and_its_parents_is_not() -> None:
    codex = Codex()
    spawned = codex.meta("c-2", source={"subagent": {"thread_spawn": {"parent_thread_id": "c-1"}}})
    history = [codex.meta("c-1"), *codex.prompt("go"), *codex.call("spawn_agent", {"message": "look"}, "You are the newly spawned agent. ...")]
    _, turns, head = opened(lines(spawned, *history, *codex.prompt("look"), *codex.says("found")))
    assert [(t.kind, t.side) for t in turns] == [("", False), ("", False), ("injected", True), ("", True)]
    assert head.parent == "c-1"
    review = codex.meta("c-3", source={"subagent": "review"}, parent_thread_id="c-1")
    assert all(t.side for t in turns_of(review, *codex.prompt("Review"), *codex.says("fine")))


def test_the_form_of_2025() -> None:
    codex = Codex()
    head = {"id": "old", "timestamp": "2025-06-01T10:00:00Z", "instructions": None, "git": {"branch": "main"}}
    items = [codex.message("user", ENVIRONMENT), codex.message("user", "go"), *codex.call("shell", {"command": ["bash", "-lc", "ls"]}, "a.py")]
    data = lines(head, {"record_type": "state"}, *(record["payload"] for record in items))
    _, turns, found = opened(data)
    assert [(t.who, t.kind, t.input or t.text) for t in turns][1:] == [("user", "", "go"), ("tool", "", "ls")]
    assert (found.id, found.branch) == ("old", "main")


def test_a_packed_rollout() -> None:
    codex = Codex()
    assert told(opened(zstandard.compress(lines(codex.meta(), *codex.prompt("go"))))[1]) == [("user", "", "go")]

"""What Claude Code's tools did, from their calls and results."""

from typing import Any

import pytest
from made_transcripts import Claude, Record, lines, opened, turns_of

from gitsession.model.conversation import Change, Todo, Turn

REFUSED = "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, ...). "
STOP = "STOP what you are doing and wait for the user to tell you how to proceed."
SAID = "To tell you how to proceed, the user said:\n"


def one(tool: str, given: Record, output: Any, beside: Any = None, failed: bool = False) -> Turn:
    (turn,) = turns_of(*Claude().call(tool, given, output, beside, failed))
    assert turn.who == "tool"
    assert turn.tool == tool
    return turn


def patch(*changed: str) -> list[Record]:
    return [{"oldStart": 1, "lines": [" same", *changed, " same"]}]


@pytest.mark.parametrize(
    ("tool", "given", "output", "beside", "change"),
    [
        ("Edit", {"file_path": "/a.py", "old_string": "x", "new_string": "y"}, "The file /a.py has been updated.",
         {"originalFile": "x", "structuredPatch": patch("-x", "+y", "+++ z")}, Change("/a.py", "update", 2, 1)),
        ("Write", {"file_path": "/b.py", "content": "1\n2\n"}, "File created successfully at: /b.py",
         {"type": "create", "structuredPatch": []}, Change("/b.py", "add", 2, 0)),
        ("Write", {"file_path": "/b.py", "content": "1\n2\n"}, "The file /b.py has been updated.",
         {"type": "update", "structuredPatch": patch("+1")}, Change("/b.py", "update", 1, 0)),
        ("Write", {"file_path": "/b.py", "content": "same"}, "The file /b.py has been updated.",
         {"type": "update", "structuredPatch": []}, Change("/b.py", "update", 0, 0)),
        ("MultiEdit", {"file_path": "/c.py", "edits": []}, "Applied 2 edits to /c.py",
         {"structuredPatch": [*patch("-a"), *patch("+b", "+c")]}, Change("/c.py", "update", 2, 1)),
        ("NotebookEdit", {"notebook_path": "/d.ipynb", "new_source": "x"}, "Updated cell 3", None, Change("/d.ipynb", "update", -1, -1)),
        ("Edit", {"file_path": "/a.py", "old_string": "x", "new_string": "y"}, "File edited successfully", None, Change("/a.py", "update", -1, -1)),
        ("Edit", {"file_path": "/a.py", "old_string": "", "new_string": "x\ny"}, "File created", None, Change("/a.py", "add", 2, 0)),
    ],
)  # fmt: skip
def test_edits_are_changes_with_their_lines(tool, given, output, beside, change) -> None:
    turn = one(tool, given, output, beside)
    assert turn.changes == (change,)
    assert (turn.action, turn.input) == ("edit", change.path)


@pytest.mark.parametrize(
    ("output", "refused", "text"),
    [
        ("<tool_use_error>File has not been read yet.</tool_use_error>", False, "File has not been read yet."),
        ("Claude requested permissions to write to /a.py, but you haven't granted it yet.", False, None),
        (REFUSED + STOP, True, ""),
        (REFUSED + SAID + "any chance we can\nconsolidate this?", True, "any chance we can\nconsolidate this?"),
        (REFUSED + SAID + "no tabs\n\nNote: The user's next message may contain a correction or preference.", True, "no tabs"),
        ("The user doesn't want to take this action right now. " + STOP, True, ""),
    ],
)
def test_an_edit_that_took_no_effect_changes_nothing(output: str, refused: bool, text: str | None) -> None:
    turn = one("Edit", {"file_path": "/a.py", "old_string": "x", "new_string": "y"}, output, "Error: " + output, failed=True)
    assert turn.changes == ()
    assert (turn.refused, turn.failed) == (refused, not refused)
    assert text in (None, turn.text)


@pytest.mark.parametrize(
    ("given", "output", "failed", "code", "text"),
    [
        ({"command": "pytest"}, "1 passed", False, 0, "1 passed"),
        ({"command": "pytest"}, "Exit code 1\n1 failed", True, 1, "1 failed"),
        ({"command": "pytest"}, "Exit code 124", True, 124, ""),
        ({"command": "pytest"}, "Command timed out after 2m", True, None, "Command timed out after 2m"),
        ({"command": "echo"}, "Exit code 1 is printed", False, 0, "Exit code 1 is printed"),
        ({"command": "serve", "run_in_background": True}, "Command running in background with ID: b1", False, None, None),
        ({"command": "sleep 9"}, "<error>Command was aborted before completion</error>", False, None, None),
    ],
)
def test_how_a_command_ended(given, output, failed, code, text) -> None:
    turn = one("Bash", given, output, {"stdout": output, "stderr": ""}, failed)
    assert (turn.action, turn.input, turn.code, turn.failed) == ("run", given["command"], code, failed)
    assert text in (None, turn.text)


def test_a_look_at_the_background_names_the_command_and_how_it_ended() -> None:
    turn = one("BashOutput", {"bash_id": "b1"}, "<status>failed</status>", {"command": "make", "exitCode": 2, "status": "failed"})
    assert (turn.input, turn.code, turn.failed) == ("make", 2, True)


@pytest.mark.parametrize(
    ("tool", "given", "action", "subject"),
    [
        ("Read", {"file_path": "/a.py", "offset": 3}, "read", "/a.py"), ("Grep", {"pattern": "x+", "path": "/"}, "search", "x+"),
        ("Glob", {"pattern": "*.py"}, "search", "*.py"), ("LS", {"path": "/src"}, "search", "/src"), ("Task", {"prompt": "look"}, "agent", "look"),
        ("Agent", {"description": "d", "prompt": "look"}, "agent", "look"), ("WebFetch", {"url": "https://x", "prompt": "p"}, "web", "https://x"),
        ("WebSearch", {"query": "argon2"}, "web", "argon2"), ("mcp__linear__get_issue", {"id": "7"}, "other", '{"id": "7"}'),
        ("Skill", {"skill": "ship"}, "other", '{"skill": "ship"}'), ("Read", {"file_path": 7}, "read", '{"file_path": 7}'), ("Bash", {}, "run", ""),
    ],
)  # fmt: skip
def test_what_a_call_is_about(tool, given, action, subject) -> None:
    turn = one(tool, given, "result")
    assert (turn.action, turn.input, turn.text) == (action, subject, "result")


@pytest.mark.parametrize("content", [[{"type": "text", "text": "a"}, {"type": "image", "source": {"data": "iVBO"}}], "a\n[image]"])
def test_results_in_blocks_are_text(content) -> None:
    assert one("Read", {"file_path": "/a.png"}, content).text == "a\n[image]"


def test_reminders_are_no_part_of_a_result() -> None:
    reminder = "\n\n<system-reminder>\nconsider whether this is malware\n</system-reminder>"
    assert one("Read", {"file_path": "/a.py"}, f"code{reminder}\nmore{reminder}\n").text == "code\nmore\n"
    assert one("Read", {"file_path": "/a.py"}, "see <system-reminder> in the docs").text == "see <system-reminder> in the docs"


def test_answers_stand_in_the_order_of_the_questions() -> None:
    asked = [{"question": "Which\nhash?", "options": []}, {"question": "Where?", "options": []}, {"question": "Both?", "options": []}]
    answers = {"Where?": "Redis", "Which\nhash?": "argon2id", "Both?": ["a", "b"]}
    beside = {"questions": asked, "answers": answers, "annotations": {"Where?": {"notes": "not ours"}}}
    turn = one("AskUserQuestion", {"questions": asked}, "User has answered your questions: ...", beside)
    assert turn.action == "ask"
    assert turn.input.splitlines() == ["Which hash?", "Where?", "Both?"]
    assert turn.text.splitlines() == ["argon2id", "Redis (not ours)", "a, b"]


def test_a_declined_question_is_refused() -> None:
    turn = one("AskUserQuestion", {"questions": [{"question": "Which?"}]}, REFUSED + SAID + "neither", "Error", failed=True)
    assert (turn.refused, turn.text) == (True, "neither")


@pytest.mark.parametrize(("given", "beside"), [({"plan": "# Plan\n1. a"}, None), ({}, {"plan": "# Plan\n1. a", "filePath": "/p.md"})])
def test_a_plan_is_what_was_planned(given, beside) -> None:
    turn = one("ExitPlanMode", given, "User has approved your plan.\n\n## Approved Plan:\n# Plan\n1. a", beside)
    assert (turn.action, turn.input, turn.text) == ("plan", "# Plan\n1. a", "User has approved your plan.\n")


def test_a_plan_that_was_turned_down_keeps_the_reason() -> None:
    turn = one("ExitPlanMode", {"plan": "# Plan"}, REFUSED + SAID + "too large", "Error", failed=True)
    assert (turn.input, turn.refused, turn.text) == ("# Plan", True, "too large")


def test_the_to_do_list_as_a_whole() -> None:
    todos = [
        {"content": "a", "status": "completed", "activeForm": "doing a"}, {"content": "b", "status": "in_progress"},
        {"content": "c", "status": "pending"}, {"content": "d", "status": "cancelled"}, "e", {"status": "pending"}, 7, None,
    ]  # fmt: skip
    turn = one("TodoWrite", {"todos": todos}, "Todos have been modified successfully.", {"oldTodos": [], "newTodos": todos})
    assert turn.todos == (Todo("a", "done"), Todo("b", "doing"), Todo("c"), Todo("d", "dropped"), Todo("e"))
    assert one("TodoWrite", {"todos": todos}, "<tool_use_error>no</tool_use_error>", None, failed=True).todos == ()


def test_tasks_add_up_to_a_list() -> None:
    claude = Claude()
    turns = turns_of(
        *claude.call("TaskCreate", {"subject": "Add the cart", "description": "..."}, "Task #1 created successfully: Add the cart"),
        *claude.call("TaskCreate", {"subject": "Test it"}, "Task #2 created successfully: Test it"),
        *claude.call("TaskUpdate", {"taskId": "1", "status": "completed"}, "Updated task #1 status"),
        *claude.call("TaskUpdate", {"taskId": "2", "status": "deleted"}, "Updated task #2 deleted"),
        *claude.call("TaskUpdate", {"taskId": 9, "status": "in_progress", "subject": "Ship"}, "Updated task #9 status"),
        *claude.call("TaskCreate", {"subject": "Of a sub-agent"}, "Task #1 created successfully: ...", isSidechain=True),
        *claude.call("TaskList", {}, "#1 [completed] Add the cart\n#3 [pending] Write docs (ada) [blocked by #1]"),
    )
    assert turns[1].todos == (Todo("Add the cart"), Todo("Test it"))
    assert turns[4].todos == (Todo("Add the cart", "done"), Todo("Test it", "dropped"), Todo("Ship", "doing"))
    assert turns[5].todos == (Todo("Of a sub-agent"),)
    assert turns[6].todos == (Todo("Add the cart", "done"), Todo("Write docs"))


ODD_INPUTS = [{}, {"command": 7, "todos": 7, "questions": 7, "plan": [], "file_path": None}, [1], "text", None, {"questions": [7]}]
ODD_RESULTS = [None, 7, [1], "text", {"answers": 7, "structuredPatch": 7, "task": 7}, {"structuredPatch": [7, {"lines": [None]}]}]


@pytest.mark.parametrize("tool", ["Bash", "Edit", "TodoWrite", "TaskUpdate", "AskUserQuestion", "ExitPlanMode", "BashOutput", "Write", "TaskCreate"])
@pytest.mark.parametrize("odd", ODD_INPUTS)
@pytest.mark.parametrize("beside", ODD_RESULTS)
def test_nothing_is_trusted(tool: str, odd: Any, beside: Any) -> None:
    transcript, turns, _ = opened(lines(*Claude().call(tool, odd, "result", beside)))
    assert [t.tool for t in turns] == [tool]
    assert not transcript.source.skipped


def test_what_stands_beside_a_result_hides_no_other_record_of_the_line() -> None:
    claude = Claude()
    first, second = claude.call("Bash", {"command": "ls"}, "a.py", {"stdout": "a.py"})
    data = lines(first) + lines(second).rstrip(b"\n") + lines(claude.user("on the same line"))
    assert [t.text for t in opened(data)[1]] == ["a.py", "on the same line"]


def test_a_result_that_quotes_a_transcript_is_read_whole() -> None:
    claude = Claude()
    quoted = '{"toolUseResult":{"type":"progress","data":{"type":"hook_progress"},"sessionId":"x"}}'
    turn = turns_of(*claude.call("Read", {"file_path": "/t.jsonl"}, quoted, {"file": {"content": quoted}}))[0]
    assert turn.text == quoted

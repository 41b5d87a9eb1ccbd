"""Lines that an edit added and removed, and what it wrote into a text that people read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.model.conversation import Change
from gitsession.transcripts.diffs import by_patch, diff_lines, text_lines

LINES = st.lists(st.sampled_from(["a", "b", "", "--- c", "+++ d", "@@ -1 +1 @@"]), max_size=12)


@given(LINES, LINES)
def test_lines_between_two_texts_add_up(old, new):
    added, removed = text_lines("".join(f"{x}\n" for x in old), "".join(f"{x}\n" for x in new))
    assert len(added) - len(removed) == len(new) - len(old)
    assert (not added and not removed) == (old == new)


@given(LINES, LINES)
def test_a_hunk_is_taken_by_its_numbers(removed, added):
    diff = f"--- x\n+++ x\n@@ -1,{len(removed)} +1,{len(added)} @@\n" + "".join(f"-{x}\n" for x in removed) + "".join(f"+{x}\n" for x in added)
    assert diff_lines(diff) == (tuple(added), tuple(removed))


def test_a_patch_of_several_files():
    edited = by_patch("*** Begin Patch\n*** Update File: notes.md\n@@\n-a\n+b\n+c\n*** Add File: x.py\n+d\n*** End Patch")
    assert edited.changes == (Change("notes.md", "update", 2, 1), Change("x.py", "add", 1, 0))
    assert edited.written == "b\nc"


OPENCODE = {"info": {"id": "ses_1"}, "messages": [{"info": {"role": "assistant"}, "parts": [{"type": "tool", "tool": "edit", "state": {
    "status": "completed", "input": {"filePath": "TODO.md", "oldString": "# To do\n", "newString": "# To do\n- [ ] Send"}}}]}]}  # fmt: skip
GEMINI = {"sessionId": "1", "projectHash": "2", "messages": [{"id": "1", "type": "gemini", "content": "", "toolCalls": [{
    "name": "write_file", "args": {"file_path": "TODO.md"}, "status": "success",
    "resultDisplay": {"fileDiff": "@@ -1,1 +1,2 @@\n # To do\n+- [ ] Send\n"}}]}]}  # fmt: skip
MADE = {"toolCallId": "1", "toolName": "create", "arguments": {"path": "TODO.md", "file_text": "- [ ] Send\n"}}
COPILOT = [
    {"type": "tool.execution_start", "data": MADE},
    {"type": "tool.execution_complete", "data": {"toolCallId": "1", "success": True}},
]
WRITE = {"type": "tool_use", "name": "Write", "input": {"path": "TODO.md", "contents": "- [ ] Send"}}
CURSOR = {"role": "assistant", "message": {"content": [WRITE]}}
AIDER = (
    "# aider chat started at 2025-07-15 11:38:37\n\n#### Go  \n\nTODO.md\n```\n<<<<<<< SEARCH\n# To do\n=======\n# To do\n- [ ] Send\n"
    ">>>>>>> REPLACE\n```\n\n> Applied edit to TODO.md  \n"
)
SPECSTORY = (
    '_**Agent**_\n\n<tool-use data-tool-type="write" data-tool-name="apply_patch"><details>\n<summary>Tool use: **apply_patch**</summary>\n'
    "**Update: `TODO.md`**\n\n```diff\n@@\n # To do\n+- [ ] Send\n```\n</details></tool-use>\n"
)


@pytest.mark.parametrize(
    ("format_", "text"),
    [("opencode", json.dumps(OPENCODE)), ("gemini", json.dumps(GEMINI)), ("copilot", "\n".join(map(json.dumps, COPILOT))),
     ("cursor", json.dumps(CURSOR)), ("aider", AIDER), ("specstory", SPECSTORY)],
)  # fmt: skip
def test_what_was_written_into_a_text(reading, format_, text):
    (turn,) = reading(format_, text).tools()
    assert [c.path for c in turn.changes] == ["TODO.md"]
    assert turn.written == "- [ ] Send"
    (code,) = reading(format_, text.replace("TODO.md", "todo.py")).tools()
    assert code.changes
    assert not code.written

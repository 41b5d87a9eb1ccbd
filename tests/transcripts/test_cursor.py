"""Cursor's exports and the JSONL of its command line."""

import json

import pytest

from gitsession.model.conversation import Change, Todo

EXPORT = """# Send digests
_Exported on {date} from Cursor (2.0.69)_

---

**User**

Send a digest each day.

---

**Cursor**

I would write:

```md

**User**

---
# Digest
```

---

Then **Cursor** sends it.

---

**User**

Good.
"""
DATES = ("11/9/2025 at 14:42:23 GMT+1", "2025. 11. 9. at 14시 42분 23초 GMT+9", "2025/11/9 14:42:23 GMT+8", "9.11.2025, 14:42:23 MEZ")


def lines(*records: tuple[str, object]) -> str:
    return "".join(json.dumps({"role": role, "message": {"content": content}}) + "\n" for role, content in records)


def said(words: str) -> dict:
    return {"type": "text", "text": words}


def use(name: str, **given: object) -> dict:
    return {"type": "tool_use", "name": name, "input": given}


@pytest.mark.parametrize("date", DATES)
def test_an_export_in_any_locale(reading, date):
    got = reading("cursor", EXPORT.format(date=date))
    assert [who for who, _, _ in got.said()] == ["user", "assistant", "user"]
    assert got.turns[0].text == "Send a digest each day."
    assert got.turns[1].text.startswith("I would write:")
    assert got.turns[1].text.endswith("Then **Cursor** sends it.")
    assert got.turns[2].text == "Good."
    assert (got.head.title, got.head.version) == ("Send digests", "2.0.69")
    assert got.head.id == reading("cursor", EXPORT.format(date=DATES[0]) + "\n---\n\n**Cursor**\n\nMore.\n").head.id


def test_what_the_command_line_writes(reading):
    todos = [{"id": "1", "content": "Parse", "status": "in_progress"}, {"id": "2", "content": "Send", "status": "pending"}]
    got = reading("cursor", lines(
        ("user", [said("<external_links>a</external_links>\n<user_query>\nSend a digest\n</user_query>")]),
        ("assistant", [said("I begin."), use("Shell", command="make"), use("StrReplace", path="a.py", old_string="x", new_string="x\ny"),
                       use("Delete", path="b.py"), use("TodoWrite", merge=False, todos=todos),
                       use("TodoWrite", merge=True, todos=[{"id": "1", "status": "completed"}]), {"type": "hologram"}]),
        ("user", "Good."), ("moderator", "x"),
    ), "/agent-transcripts/0b1c.jsonl")  # fmt: skip
    assert got.said()[:4] == [
        ("user", "injected", "<external_links>a</external_links>"), ("user", "", "Send a digest"), ("assistant", "", "I begin."),
        ("system", "unknown:hologram", '{"type": "hologram"}'),
    ]  # fmt: skip
    assert [t.kind for t in got.turns if t.text == "Good."] == [""]
    assert got.turns[-1].kind == "unknown:moderator"
    make, edit, delete, todo, merged = got.tools()
    assert (make.action, make.input) == ("run", "make")
    assert edit.changes == (Change("a.py", "update", 1, 0),)
    assert delete.changes == (Change("b.py", "delete"),)
    assert todo.todos == (Todo("Parse", "doing"), Todo("Send", "open"))
    assert merged.todos == (Todo("Parse", "done"), Todo("Send", "open"))
    assert (got.head.agent, got.head.id) == ("cursor", "0b1c")


SAID = lines(("user", [said("<user_query>Grüße</user_query>")]), ("assistant", [said("Ja.")]))


@pytest.mark.parametrize("text", [EXPORT.format(date=DATES[1]), SAID])
def test_cut_anywhere(check_cuts, text):
    check_cuts("cursor", text)


def test_a_first_message_longer_than_what_a_format_is_told_by():
    from gitsession.transcripts import FORMATS

    begin = lines(("user", [said("x" * 500)]))[:300]
    assert [f.name for f in FORMATS if f.fits(begin, "")] == ["cursor"]

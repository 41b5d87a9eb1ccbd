"""aider's history. In the texts here a `$` ends the lines that aider ends with two blanks."""

import pytest

from gitsession.model.conversation import Change

TOP = """
# aider chat started at 2025-07-15 11:38:37

> Newer aider version is available.$
> Aider v0.85.1$
> Main model: gpt-4o with diff edit format$
> Git repo: .git with 16 files$
> Cur working dir: /home/ada/feedpost$
"""
EDIT = """
#### Send a digest each day.$
####$
#### Keep it plain.$

I add it:

feedpost/send.py
```python
<<<<<<< SEARCH
def send():
    pass
=======
def send():
    # > quoted$
    mail()
    log()
>>>>>>> REPLACE
```

feedpost/new.py
```python
<<<<<<< SEARCH
=======
```not a fence
a = 1
>>>>>>> REPLACE
```

> Tokens: 3.2k sent, 66 received. Cost: $0.0086 message, $0.03 session.$
> feedpost/new.py$
> Create new file? (Y)es/(N)o [Yes]: y$
> Applied edit to feedpost/new.py$
> Applied edit to feedpost/send.py$
> Commit dde0244 feat: send a digest$
> You can use /undo to undo and discard each aider commit.$
"""


def history(*parts: str) -> str:
    return "".join(parts).replace("$\n", "  \n")


def test_an_edit_counts_where_it_was_applied(reading):
    got = reading("aider", history(TOP, EDIT))
    assert [(t.who, t.kind) for t in got.turns] == [("user", ""), ("assistant", ""), ("tool", ""), ("tool", ""), ("tool", "")]
    assert got.turns[0].text == "Send a digest each day.\n\nKeep it plain."
    assert (got.turns[1].tokens, got.turns[1].model) == ((3200, 66), "gpt-4o")
    new, changed, commit = got.tools()
    assert new.changes == (Change("feedpost/new.py", "add", 2, 0),)
    assert changed.changes == (Change("feedpost/send.py", "update", 3, 1),)
    assert (commit.tool, commit.action, commit.input, commit.text) == ("git", "run", "git commit", "Commit dde0244 feat: send a digest")
    head = got.head
    assert (head.agent, head.started, head.model, head.version) == ("aider", "2025-07-15T11:38:37", "gpt-4o", "0.85.1")
    assert (head.cwd, head.cost) == ("/home/ada/feedpost", 0.03)


def test_an_edit_that_was_not_applied_is_none(reading):
    failed = EDIT.partition("> feedpost/new.py")[0] + (
        "> The LLM did not conform to the edit format.$\n> # 1 SEARCH/REPLACE block failed to match!\n\n## No match in feedpost/send.py\n"
        "\n#### def send():\n    pass$\n\nI try again.\n\n"
        "> Skipped.py$\n> Allow edits to file that has not been added to the chat? (Y)es/(N)o [Yes]: n$\n"
    )
    got = reading("aider", history(TOP, failed))
    assert not any(t.changes for t in got.turns)
    assert [(t.who, t.kind) for t in got.turns[2:]] == [("system", "error"), ("assistant", ""), ("tool", "")]
    assert "No match in feedpost/send.py" in got.turns[2].text
    assert (got.turns[4].refused, got.turns[4].input) == (True, "Skipped.py")


@pytest.mark.parametrize(
    ("answer", "change"),
    [
        ("src/a.py\n```\nx = 1\ny = 2\n```\n", Change("src/a.py")),
        ("```diff\n--- src/a.py\n+++ src/a.py\n@@ ... @@\n\n-x\n+y\n+z\n```\n", Change("src/a.py", "update", 2, 1)),
        ("```python\na.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```\n", Change("src/a.py", "update", 1, 1)),
        ("src\\a.py\n<source>python\n<<<<<<< SEARCH\n=======\ny\n>>>>>>> REPLACE\n</source>\n", Change("src/a.py", "update", 1, 0)),
        ("I did it.\n", Change("src/a.py")),
    ],
)
def test_the_forms_of_an_edit(reading, answer, change):
    got = reading("aider", history(TOP, "\n#### Go$\n\n", answer, "\n> Tokens: 1k sent, 1 received.$\n> Applied edit to src/a.py$\n"))
    assert [t.changes for t in got.tools()] == [(change,)]


def test_sessions_are_conversations_of_their_own(reading):
    later = "# aider chat started at 2025-07-16 09:00:00\n"
    got = reading("aider", history(TOP, EDIT, "\n", later, "\n> Aider v0.86$\n", "\n", later.replace("09:", "10:"), "\n#### Hi$\n\nHello.\n"))
    ids = [h.id for h in got.heads]
    assert ids == ["aider 2025-07-15T11:38:37"] * 2 + ["aider 2025-07-16T10:00:00"] * 2
    assert got.turns[-1].text == "Hello."
    # A history only grows: what was read before has the ids that it had.
    assert [t.id for t in reading("aider", history(TOP, EDIT)).turns] == [t.id for t in got.turns[:5]]


def test_an_answer_may_look_like_anything(reading):
    answer = "## Plan\n\n> A quotation\n\n#### Detail\n\nText.\n\n# aider chat\n\n```md\n> quoted$\n#### Heading\n```\n\nEnd."
    got = reading("aider", history(TOP, "\n#### Explain$\n\n", answer, "\n\n> Tokens: 1k sent, 5 received.$\n\n#### Thanks$\n"))
    assert got.said() == [("user", "", "Explain"), ("assistant", "", answer.replace("$\n", "  \n")), ("user", "", "Thanks")]


def test_prompts_are_told_from_the_programs_questions(reading):
    got = reading("aider", history(
        TOP, "\n#### Send it$\n> Repo-map can't include x$\n\nPlease add a.py.\n\n> Tokens: 1k sent, 5 received.$\n> a.py$\n\n",
        "#### Add file to the chat? (Y)es/(N)o/(D)on't ask again [Yes]: all$\n> Add file to the chat? (Y)es/(N)o [Yes]: a$\n\n",
        "#### /add b.py$\n> Added b.py to the chat$\n\n#### /ask why?$\n\nBecause.\n\n",
        "#### # Fix any errors below, if possible.$\n####$\n#### ## Running: lint$\n\nFixed.\n",
    ))  # fmt: skip
    assert got.said() == [
        ("user", "", "Send it"), ("assistant", "", "Please add a.py."),
        ("user", "injected", "Add file to the chat? (Y)es/(N)o/(D)on't ask again [Yes]: all"), ("user", "command", "/add b.py"),
        ("user", "", "/ask why?"), ("assistant", "", "Because."),
        ("user", "injected", "# Fix any errors below, if possible.\n\n## Running: lint"), ("assistant", "", "Fixed."),
    ]  # fmt: skip
    assert [(t.action, t.input) for t in got.tools()] == [("read", "b.py")]


def test_commands(reading):
    got = reading("aider", history(
        TOP, "\n#### Run it$\n\nDo:\n\n> Tokens: 1k sent, 5 received.$\n> make$\n> Run shell command? (Y)es/(N)o [Yes]: y$\n> Running make$\n",
        "> git push$\n> Run shell command? [Y/n] n$\n\n#### /run pytest -q$\n> FAILED a\n1 failed\n\nin 2s$\n> Add the output to the chat? y$\n",
        "\n#### Go on$\n>$\n>$\n> ^C again to exit$\n>$\n> ^C KeyboardInterrupt$\n",
    ))  # fmt: skip
    assert [(t.input, t.refused, t.text) for t in got.tools()] == [
        ("make", False, ""), ("git push", True, ""), ("pytest -q", False, "FAILED a\n1 failed\n\nin 2s"),
    ]  # fmt: skip
    assert [t.kind for t in got.turns if t.who == "user"] == ["", "command", "", "interrupted"]


def test_a_command_before_the_first_prompt(reading):
    got = reading("aider", history(TOP, "> Repo-map: disabled$\n> ls    $\ndate$\n> Run shell command(s)? [Y/n] y$\n"))
    assert [t.input for t in got.tools()] == ["ls\ndate"]
    assert got.heads[0].model == "gpt-4o"


def test_thinking_is_told_from_the_answer(reading):
    got = reading("aider", history(TOP, "\n#### Why$\n\n--------------\n► **THINKING**\n\nHm.\n\n------------\n► **ANSWER**\n\nSo.\n"))
    assert got.said()[1:] == [("assistant", "thinking", "Hm."), ("assistant", "", "So.")]


def test_a_history_whose_blanks_an_editor_took(reading):
    text = history(TOP, EDIT)
    trimmed = reading("aider", "\n".join(line.rstrip() for line in text.split("\n")))
    assert [t.changes for t in trimmed.turns] == [t.changes for t in reading("aider", text).turns]
    assert trimmed.turns[0].text == "Send a digest each day.\n\nKeep it plain."


def test_colours_are_left_out(reading):
    assert reading("aider", history(TOP, "\n#### Hi$\n\n\x1b[34mBlue\x1b[0m\n")).turns[1].text == "Blue"


def test_cut_anywhere(check_cuts):
    check_cuts("aider", history(TOP.lstrip(), EDIT))

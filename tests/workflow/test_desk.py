"""A handoff of chosen sessions: what is theirs, and how it stands now."""

import pytest

from gitsession.errors import SessionError, UsageError
from gitsession.workflow.desk import compose_handoff

ONE, TWO, THREE = "0001-login-aaaa", "0002-mail-bbbb", "0003-feeds-cccc"
TEXTS = {
    ONE: """# Login
## Decisions
- Use argon2id.
- Cookies last a week.
## Next steps
- [ ] Write the form
- [ ] Limit attempts
## Errors and fixes
- Not solved: The form hangs.
## Commands
- test: `pytest -q`
## Lessons
- Hash in a thread.
- Never sleep.
""",
    TWO: f"""# Mail
## Decisions
- Cookies last a day. (replaces: Cookies last a week.)
## Accomplished
- [x] Write the form ([0001]({ONE}.md))
## Next steps
- [ ] Send digests
## Errors and fixes
- [x] The form hangs. ([0001]({ONE}.md))
## Commands
- test: `pytest -q -n2`
## Lessons
- Hash in a thread.
- ~~Never sleep.~~
""",
    THREE: "# Feeds\n## Next steps\n- [ ] Send digests\n## Notes\n- Feeds are slow.\n",
}


@pytest.fixture
def repo(project):
    for number, (stem, text) in enumerate(TEXTS.items(), 1):
        front = f"---\nstatus: completed\nstarted: 2026-11-0{number}T09:00:00+00:00\nbranch: main\n---\n"
        project.write(f".sessions/{stem}.md", front + text)
        project.write(f"src/{stem[5:-5]}.py", "x = 1\n")
        project.git("add", ".")
        project.git("commit", "-q", "-m", f"Work on {stem[5:-5]}\n\nSession: {stem}")
    with project.open() as opened:
        yield opened


def test_what_others_settled_since_is_not_open_and_what_they_took_back_is_gone(repo) -> None:
    page = compose_handoff(repo, ["1"])
    for words in ("Use argon2id", "Limit attempts", "Hash in a thread", "src/login.py"):
        assert words in page.text, words
    for words in ("Write the form", "Cookies last a week", "hangs", "Never sleep", "pytest -q", "Send digests", "src/mail.py"):
        assert words not in page.text, words
    assert (page.figures.in_force, page.figures.in_force_carried) == (2, 2)


def test_the_page_says_that_it_is_of_some_sessions_only(repo) -> None:
    text = compose_handoff(repo, ["feeds", ONE, "1"]).text
    assert "> Covers 2 chosen sessions only: 0001, 0003.\n" in text
    assert "The last of these was **[0003] Feeds**" in text
    assert "higher number" not in text
    assert "Work on login" in text
    assert "Work on mail" not in text


def test_what_two_sessions_say_is_carried_for_either(repo) -> None:
    for stem in (TWO, THREE):
        assert "Send digests" in compose_handoff(repo, [stem]).text


def test_all_sessions_carry_what_the_project_has(project, repo) -> None:
    figures = compose_handoff(repo, list(TEXTS)).figures
    whole = project.json("handoff")["figures"]
    assert (figures.in_force, figures.background) == (whole["in_force"], whole["background"])
    assert figures.confidence == whole["confidence"]


def test_the_session_in_progress_is_told_of_as_such_where_it_is_chosen(project, repo) -> None:
    project.gs("start", "Search")
    project.gs("todo", "Index words")
    assert "**[0004] Search**, in progress" in compose_handoff(repo, ["4", "1"]).text
    assert "Search" not in compose_handoff(repo, ["1"]).text


def test_the_budget_is_never_passed(repo) -> None:
    page = compose_handoff(repo, [ONE, TWO, THREE], budget=170)
    assert len(page.text.encode()) <= 4 * 170
    assert page.figures.in_force_carried < page.figures.in_force


def test_none_and_unknown_ones_are_refused(repo) -> None:
    with pytest.raises(UsageError):
        compose_handoff(repo, [])
    with pytest.raises(SessionError):
        compose_handoff(repo, ["1", "9"])

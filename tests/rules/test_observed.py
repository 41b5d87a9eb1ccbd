"""What the tools show: files, commands, how tests ended, what git holds, to-do lists."""

import pytest
from talk import Talk


def test_files_by_what_became_of_them(drawn) -> None:
    talk = Talk().asks("Tidy up").edits("/p/src/a.py").makes("/p/src/new.py").makes("/p/tmp.py").makes("/p/draft.py")
    for line in ("rm -f tmp.py", "git mv src/old.py src/moved.py", "mv draft.py lib/", "git rm -q src/gone.py", "rm -rf node_modules"):
        talk.runs(line)
    facts = drawn(talk.runs("rm src/a.py", "rm: cannot remove", code=1).says("Done."))
    assert set(facts.state("files changed").split(", ")) == {
        "`src/a.py`", "`src/new.py` (new)", "`lib/draft.py` (new)", "`src/old.py` (deleted)", "`src/moved.py`", "`src/gone.py` (deleted)",
    }  # fmt: skip
    assert facts.state("work") == "not committed, 6 files edited"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("cd /p && FOO=1 timeout 60 pytest -q tests 2>&1 | tail -5", "test: `pytest -q tests`"),
        ("env CI=1 npm test -- --watch=false > out.log", "test: `npm test -- --watch=false`"),
        ("ls -la; ruff check . | head -3 && cat a.py", "lint: `ruff check .`"),
        ("git status && go test ./... -run 'A|B'", "test: `go test ./... -run 'A|B'`"),
    ],
)
def test_commands_as_a_person_would_type_them(drawn, line, command) -> None:
    assert drawn(Talk().asks("Check it").runs(line, "ok").says("Fine.")).of("command") == command


def test_how_the_last_tests_ended(drawn) -> None:
    talk = Talk().asks("Fix it").runs("pytest -q", "FAILED t.py::a\n1 failed, 2 passed in 1s", code=1).edits("/p/a.py")
    facts = drawn(talk.runs("pytest -q", "3 passed in 1s").says("Done."))
    assert facts.state("tests") == "3 passed in 1s, `pytest -q`"
    assert "1 failed" not in facts.of("state")
    assert "`t.py::a` (the last tests passed)" in facts.of("error")
    assert "1 failed, 2 passed" in drawn(Talk().asks("Test").runs("pytest -q", "E\n1 failed, 2 passed", code=1)).state("tests")


@pytest.mark.parametrize(
    ("printed", "told"),
    [("ok \tx/feed\t0.3s\nok  \tx/store\t(cached)", "passed, 2 packages"), ("ok \tx/feed\t0.3s\nFAIL\tx/store\t1.2s", "FAIL x/store 1.2s")],
)
def test_tests_that_report_each_package(drawn, printed, told) -> None:
    talk = Talk().asks("Fix it").runs("go test ./...", printed, code="FAIL" in printed)
    assert drawn(talk.says("Ran.")).state("tests") == f"{told}, `go test ./...`"


def test_an_error_of_the_program_is_told_once(drawn) -> None:
    talk = Talk().asks("Fix it")
    for n in range(3):
        talk.says(f'API Error: 500 {{"message": "Internal server error", "request_id": "req_{n}"}}', isApiErrorMessage=True)
    assert "API Error: 500 (3 times)" in drawn(talk.says("Fixed.")).of("error")


@pytest.mark.parametrize("line", ["E   IntegrityError: duplicate key", "TypeError: no function", "error: no file a.h", "src/a.c:3:5: unknown type"])
def test_the_line_that_says_why_a_command_failed(drawn, line) -> None:
    facts = drawn(Talk().asks("Build it").runs("make all", f"compiling\n{line}\nmake: *** [all] Error 1", code=2).says("Hm."))
    assert facts.of("error") == f"`make all`: {' '.join(line.split())}"


COMMIT = "[feature/login 3f2a1b9] Add login\n 1 file changed"


@pytest.mark.parametrize(
    ("then", "work"),
    [([], "committed, not pushed"), ([("git push", "To x\n   1111111..3f2a1b9  feature/login -> feature/login")], "committed and pushed"),
     ([("git push", "error: failed to push some refs\n ! [rejected]", 1)], "committed, not pushed")],
)  # fmt: skip
def test_what_git_holds(drawn, then, work) -> None:
    talk = Talk().asks("Ship it").edits("/p/a.py").runs("git add -A && git commit -m 'Add login'", COMMIT)
    for run in then:
        talk.runs(*run)
    talk.runs("gh pr create --fill", "https://example.com/x/y/pull/17")
    facts = drawn(talk.says("Opened."))
    assert facts.state("branch") == "`feature/login`"
    assert facts.state("commits") == "`3f2a1b9` Add login"
    assert facts.state("work") == work
    assert facts.state("pull request").startswith("#17")
    later = drawn(talk.edits("/p/b.py").says("One more."))
    assert later.state("work") == "not committed: 1 file edited since"


def test_a_heading_that_a_command_printed_is_no_branch(drawn) -> None:
    talk = Talk().asks("Go").runs("git status -sb", "## feature/login...origin/feature/login [ahead 1]\n M a.py")
    talk.runs("curl -s https://github.com/x/y/bug.md", "## Describe the bug\n## Expected\ntext").says("Read it.")
    assert drawn(talk).state("branch") == "`feature/login`"


def test_the_branch_amid_what_else_a_line_printed(drawn) -> None:
    printed = "f45cab4 Tidy\n75f9f7d Merge branch 'dev' into feat/x\nfeat/login-form\nauth\nstore\n"
    talk = Talk(branch="").asks("Go").runs("git log --oneline -2 && git branch --show-current && ls src/", printed)
    assert drawn(talk.says("Read it.")).state("branch") == "`feat/login-form`"


@pytest.mark.parametrize("line", ["gh pr list --state merged", "gh api repos/x/y/contents/CHANGELOG.md"])
def test_a_pull_request_that_was_only_listed_is_not_the_sessions(drawn, line) -> None:
    talk = Talk().asks("Go").runs(line, "https://github.com/x/y/pull/695").says("Read it.")
    assert drawn(talk).state("pull request") == ""
    assert drawn(talk.runs("gh pr view --json url", "https://github.com/x/y/pull/17").says("Seen.")).state("pull request") == "#17"


def test_a_package_that_failed_is_no_test(drawn) -> None:
    printed = "--- FAIL: TestFeed (0.1s)\nFAIL\tx.example/y/feed\t0.4s\ngo/testing.go:1974 +0x1a0\nfeed_test.go:12: want 3"
    facts = drawn(Talk().asks("Test it").runs("go test ./...", printed, code=1).says("It fails."))
    assert "x.example`" not in facts.all
    assert "feed_test.go:12: want 3" in facts.of("error")


LIST = (("Bump the version", "completed"), ("Write the changelog", "in_progress"), ("Tag the release", "pending"))
EXIT = "<command-name>/exit</command-name>"


def many(talk: Talk) -> Talk:
    for n in range(12):  # much else to say
        talk.says(f"Found: `load_{n}` fails because `parse_{n}` in `src/feed_{n}.py` was broken; fixed it in `src/load_{n}.py` by a lock.")
    return talk


@pytest.mark.parametrize(("after", "stale"), [(None, False), (EXIT, False), ("go on", False), ("Forget it. Rename the cart.", True)])
def test_the_agents_own_list(drawn, after, stale) -> None:
    """What is open in it is to be done, whatever else there is to say, until the person asks for something else."""
    talk = Talk().asks("Do the release").plans(*LIST)
    if after:
        talk.asks(after)
    assert drawn(many(Talk()).asks("Do the release").plans(*LIST)).of("step", box=" ").splitlines() == ["Write the changelog", "Tag the release"]
    facts = drawn(many(talk), size=300)
    assert ("Tag the release" in facts.of("step", box=" ")) is not stale
    assert "Bump the version" in drawn(talk).of("done", box="x")
    assert "Bump the version" not in drawn(talk).of("step")


def test_a_conversation_of_tool_calls_alone(drawn) -> None:
    facts = drawn(Talk().runs("pytest -q", "3 passed").edits("/p/a.py"))
    assert facts.of("goal") == ""
    assert facts.state("tests") == "3 passed, `pytest -q`"
    assert facts.state("files changed") == "`a.py`"


@pytest.mark.parametrize("talk", [Talk(branch=""), Talk(branch="").asks(EXIT), Talk(branch="").asks("   "), Talk(branch="").says("\n")])
def test_an_empty_conversation_says_nothing(drawn, talk) -> None:
    talk.add("user", message={"role": "user", "content": []})
    assert drawn(talk).drafts == []


def test_a_very_long_conversation(drawn) -> None:
    talk = Talk().asks("Begin with the parser. It must never read a file twice.")
    for n in range(3_300):
        talk.says(f"Turn {n}: `load_{n}` was slow because of `parse_{n}`; fixed.").runs(f"pytest -q tests/test_{n}.py", f"{n} passed")
    facts = drawn(talk.asks("Now write the docs").says("Which language shall they be in?"))
    assert "Begin with the parser." in facts.of("goal")
    assert "Now write the docs" in facts.of("goal")
    assert facts.of("constraint") == "It must never read a file twice."
    assert facts.of("question") == "Which language shall they be in?"
    assert facts.state("tests") == "3299 passed, `pytest -q tests/test_3299.py`"
    assert len(facts.all.encode()) < 12_000


@pytest.mark.parametrize("line", ["git commit -qm 'Remove the plugin'", 'git add a && git commit --quiet -m "Remove the plugin"'])
def test_a_commit_that_prints_nothing_is_one(drawn, line) -> None:
    facts = drawn(Talk().asks("Remove it").edits("/p/a.py").runs(line))
    assert facts.state("commits") == "Remove the plugin"
    assert facts.state("work") == "committed, not pushed"

"""What was drawn from a conversation enters the checkpoint: once, as items of its own, and never over what a person wrote."""

import io

import pytest
from talk import Talk

from gitsession.workflow.importing import Imported, import_transcript

RULE, CHOICE = "Passwords must never be logged.", "Chose argon2id, because bcrypt truncates at 72 bytes."
DOCS, TAG, QUESTION = "Write the docs", "Tag the release", "Which port shall it listen on?"


def talk(*, grown: bool = False) -> Talk:
    """`grown`, DOCS is done, QUESTION is answered, and there is a new rule."""
    one = Talk().asks(f"Add a sign-in form. {RULE}").plans((DOCS, "pending"), (TAG, "pending")).says(f"{CHOICE} {QUESTION}")
    if grown:
        one.asks("Port 8080. The form must always answer within a second.").plans((DOCS, "completed"), (TAG, "pending")).says("It does.")
    return one


def take(project, conversation: Talk, **how: str) -> Imported:
    with project.open() as repo:
        return import_transcript(repo, "made.jsonl", io.BytesIO(conversation.data), **how)


@pytest.fixture
def taken(project):
    """A project with a first import, committed."""
    assert take(project, talk()).facts == 7
    project.git("commit", "-q", "-m", "Import")
    return project


def change(project, old: str, new: str) -> None:
    text = project.read(project.session)
    assert text.count(old) == 1, text
    project.write(project.session, text.replace(old, new))
    project.git("add", ".sessions")


def line(project, words: str, *, times: int = 1) -> str:
    """The one line of the checkpoint that holds these words."""
    found = [one for one in project.read(project.session).splitlines() if words in one and not one.startswith("# ")]
    assert len(found) == times, found
    return found[0] if found else ""


def section(project, words: str) -> str:
    """The heading that these words stand under."""
    return project.read(project.session).split(words)[-2].rpartition("\n## ")[2].partition("\n")[0]


def test_each_fact_stands_under_its_section(taken) -> None:
    sections = {RULE: "Constraints", CHOICE: "Decisions", DOCS: "Next steps", TAG: "Next steps", QUESTION: "Open questions", "Add a sign-in": "Goal"}
    assert {words: section(taken, words) for words in sections} == sections
    assert line(taken, DOCS).startswith(f"- [ ] {DOCS} (turn: ")
    assert taken.status() == ""


def test_again_changes_nothing(taken) -> None:
    def everything() -> tuple[str, str, str]:
        return taken.read(taken.session), taken.git("rev-parse", "HEAD", "gitsession/conversations").stdout, taken.git("write-tree").stdout

    before = everything()
    again = take(taken, talk())
    assert (again.facts, again.outdated, again.new) == (0, 0, 0)
    assert everything() == before
    assert taken.status() == ""


def test_a_grown_one_adds_what_is_new_and_takes_out_what_no_longer_holds(taken) -> None:
    done = take(taken, talk(grown=True))
    assert line(taken, DOCS).startswith(f"- [x] {DOCS} (turn: ")
    assert line(taken, TAG).startswith(f"- [ ] {TAG} (turn: ")
    assert "within a second" in line(taken, "always answer")
    assert QUESTION not in taken.read(taken.session).partition("## Open questions")[2]
    assert done.outdated >= 1
    assert line(taken, RULE)


def test_what_holds_again_is_there_again(project) -> None:
    one = talk()
    for todos, there in (((), True), (((TAG, "pending"),), False), (((TAG, "pending"), (DOCS, "pending")), True)):
        if todos:
            one.plans(*todos)
        take(project, one)
        assert (DOCS in project.read(project.session)) is there


def test_an_older_copy_of_the_transcript_changes_nothing(taken) -> None:
    take(taken, talk(grown=True))
    text = taken.read(taken.session)
    for conversation in (talk(), talk(grown=True)):
        old = take(taken, conversation)
        assert (old.facts, old.outdated) == (0, 0)
        assert taken.read(taken.session) == text


KEPT = {
    "edited": (f"{CHOICE} (turn: ", "Use argon2id after all. (turn: ", "Use argon2id after all."),
    "struck": (f"- {CHOICE} (turn", f"- ~~{CHOICE}~~ (turn", f"~~{CHOICE}~~"),
    "ticked": (f"- [ ] {TAG}", f"- [x] {TAG}", f"[x] {TAG}"),
    "an outdated one edited": (QUESTION, "Which port, 80?", "Which port, 80?"),
    "an outdated one struck": (f"- {QUESTION} (turn", f"- ~~{QUESTION}~~ (turn", f"~~{QUESTION}~~"),
    "an outdated one resolved": (f"{QUESTION} (turn", f"{QUESTION} (resolved: 8080) (turn", "(resolved: 8080)"),
    "an outdated one boxed": (f"- {QUESTION} (turn", f"- [x] {QUESTION} (turn", f"[x] {QUESTION}"),
    "an outdated one with more": (f"- {QUESTION}", f"- {QUESTION}\n  Ask Bo first", "Ask Bo first"),
    "estimated": (f"{DOCS} (turn", f"{DOCS} (est: 2h) (turn", f"{DOCS} (est: 2h)"),
    "written": ("## Decisions\n", "## Decisions\nFor the record:\n\n- Mine\n", "For the record:\n\n- Mine"),
}


@pytest.mark.parametrize("how", KEPT)
def test_what_a_person_made_of_it_stays(taken, how) -> None:
    old, new, kept = KEPT[how]
    change(taken, old, new)
    take(taken, talk(grown=True))
    text = taken.read(taken.session)
    assert text.count(kept) == 1, text
    assert text.count(CHOICE) == (how != "edited")
    assert line(taken, "always answer")


@pytest.mark.parametrize("words", [CHOICE, TAG, QUESTION])
def test_a_fact_that_was_moved_stays_where_it_is(taken, words) -> None:
    moved = line(taken, words)
    text = taken.read(taken.session).replace(moved + "\n", "")
    taken.write(taken.session, f"{text.rstrip()}\n\n## Notes\n{moved}\n")
    take(taken, talk(grown=True))
    line(taken, words)
    assert section(taken, words) == "Notes"


@pytest.mark.parametrize("words", [RULE, CHOICE, TAG, "Add a sign-in form."])
def test_a_fact_that_was_removed_does_not_come_back(taken, words) -> None:
    change(taken, line(taken, words) + "\n", "")
    take(taken, talk())
    take(taken, talk(grown=True))
    assert words not in taken.read(taken.session).partition("\n## ")[2]
    assert line(taken, "always answer")


def test_a_checkpoint_that_was_put_back_gets_its_facts_again(project) -> None:
    project.gs("start", "Sign-in")
    project.git("commit", "-q", "-m", "Begin")
    bare = project.read(project.session)
    take(project, talk())
    full = project.read(project.session)
    project.git("checkout", "-q", "HEAD", "--", ".sessions")
    assert project.read(project.session) == bare
    take(project, talk())
    assert project.read(project.session) == full


def test_what_the_person_recorded_already_is_not_said_again(project) -> None:
    project.gs("constraint", RULE.upper())
    project.gs("todo", DOCS)
    project.gs("todo", TAG)
    take(project, talk(grown=True))
    assert "turn:" not in line(project, RULE.upper())
    assert RULE not in project.read(project.session).partition("\n## ")[2]
    assert line(project, DOCS) == f"- [x] {DOCS}"  # the agent did it
    assert line(project, TAG) == f"- [ ] {TAG}"


def test_a_checkpoint_with_the_line_ends_of_windows(project) -> None:
    project.gs("start", "Sign-in")
    project.git("config", "core.autocrlf", "false")
    project.write(project.session, project.read(project.session).replace("\n", "\r\n"))
    project.git("add", ".sessions")
    for conversation in (talk(), talk(grown=True)):
        take(project, conversation)
        text = project.read(project.session)
        assert text.count("\n") == text.count("\r\n")
        take(project, conversation)
        assert project.read(project.session) == text
        project.git("diff", "--exit-code")
    assert line(project, DOCS).startswith("- [x]")


def test_hand_edits_that_are_not_staged_stay_so(taken) -> None:
    taken.write(taken.session, taken.read(taken.session).replace(CHOICE, "By hand"))
    take(taken, talk(grown=True))
    staged, there = taken.staged(taken.session), taken.read(taken.session)
    assert ("By hand" in there, CHOICE in there) == (True, False)
    assert ("By hand" in staged, CHOICE in staged) == (False, True)
    assert "always answer" in staged
    assert "always answer" in there


# -- what git knows


def test_files_that_only_a_commit_changed(project) -> None:
    """Made by a script, and committed while the conversation went on; commits before, after and of `.sessions/` are none of it."""
    project.gs("start", "Generate")
    for when, files in (("09:00", {"before.txt": "x"}), ("09:30", {"made.txt": "x", "src/named.py": "x"}), ("12:00", {"after.txt": "x"})):
        for name, text in files.items():
            project.write(name, text)
        project.git("add", ".")
        if when == "09:30":
            project.git("rm", "-q", "before.txt")
        project.git("commit", "-q", "-m", f"At {when}", GIT_COMMITTER_DATE=f"2026-11-23T{when}:01+00:00")
    one = Talk(cwd=project.root).asks("Generate the tables").runs("./generate.sh").makes(f"{project.root}/src/named.py").says("Generated.")
    take(project, one)
    listed = line(project, "files changed: ").partition(" (turn: ")[0]
    assert set(listed.removeprefix("- files changed: ").split(", ")) == {"`src/named.py` (new)", "`made.txt` (new)", "`before.txt` (deleted)"}


def test_commits_are_no_evidence_for_what_took_place_elsewhere(project) -> None:
    project.git("commit", "-q", "--allow-empty", "-m", "x")
    project.write("made.txt", "x")
    project.git("add", ".")
    project.git("commit", "-q", "-m", "Here", GIT_COMMITTER_DATE="2026-11-23T09:30:01+00:00")
    take(project, Talk(cwd="/elsewhere").asks("Generate the tables").says("Generated."))
    assert "made.txt" not in project.read(project.session)

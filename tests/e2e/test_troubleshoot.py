"""`troubleshoot`: what is known of an error is found again, whatever changed in its text."""

import json
import shutil

import pytest
from conversations import HEAD, Turn, ran, said, token

from gitsession.store.conversations import write_conversation

TRACE = """Traceback (most recent call last):
  File "{root}/src/users.py", line 12, in add
    db.execute(SQL, (name, "{value}"))
sqlite3.IntegrityError: UNIQUE constraint failed: users.email ({value})
"""
#: Errors that are alike to none of those asked for, so that words have something to be rare among.
OTHERS = ("The form is slow", "Mails arrive twice", "ValueError: port out of range", "Feeds of 2 MB are cut")


@pytest.fixture
def history(project, templates):
    """Two sessions of the past: errors solved and not, a lesson, knowledge, files, a conversation."""
    made = templates / "errors"
    if not made.exists():
        project.gs("start", "Add login", "--goal", "People can sign in.")
        project.gs("decide", "Mail addresses are unique", "--why", "people sign in with them")
        project.gs("error", "`IntegrityError`: UNIQUE constraint failed on users.email", "--fix", "lower-case the address first")
        for text in OTHERS:
            project.gs("error", text)
        project.gs("error", "QueueTimeout: no worker took the job in 30 s")
        project.gs("learn", "A StaleLockError goes away when the lock file is removed")
        project.gs("knowledge", "add", "Retry a RateLimitError\nWait as long as Retry-After says.")
        project.commit("Add the users table", **{"src/users.py": "x = 1\n", "src/mail.py": "y = 1\n"})
        stem = project.session[10:-3]
        turns = [
            *said("Run it"), ran("E   WidgetError: cannot render 'a' at 0x7f12", "t1", failed=True, code=1),
            Turn("tool", "", id="t2", tool="Edit", action="edit", input="src/mail.py"), Turn("assistant", "The widget lacked a parent.", id="t3"),
            ran("1 passed", "t4", code=0), Turn("user", "Thanks", id="t5"),
        ]  # fmt: skip
        with project.open() as repo:
            write_conversation(repo, stem, HEAD, iter(turns))
        project.gs("start", "Workers")
        project.gs("done", "QueueTimeout: no worker took the job in 30 s", "--how", "start a worker beside the server")
        project.commit("Start a worker", **{"src/worker.py": "z = 1\n"})
        shutil.copytree(project.root, made, symlinks=True)
    shutil.rmtree(project.root)
    shutil.copytree(made, project.root, symlinks=True)
    return project


def ask(project, text: str) -> dict:
    return json.loads(project.gs("troubleshoot", "-", "--json", stdin=text).stdout)


def hits(project, text: str) -> list[dict]:
    return ask(project, text)["hits"]


def test_an_error_like_it_comes_first_with_its_fix(history) -> None:
    answer = ask(history, TRACE.format(root=history.root, value="bo@example.com"))
    first = answer["hits"][0]
    assert (first["kind"], first["state"], first["fix"]) == ("error", "solved", "lower-case the address first")
    assert first["reason"].startswith("same IntegrityError, 4 of ")
    assert "IntegrityError" in answer["error"]
    assert answer["kinds"] == ["IntegrityError"]
    shown = history.gs("troubleshoot", "-", stdin=TRACE.format(root="/elsewhere", value="x")).stdout
    assert "[1] error, solved  20" in shown
    assert "    fixed: lower-case the address first\n" in shown


@pytest.mark.parametrize(
    "place",
    ['File "{root}/src/users.py", line 3, in add', "  --> src/users.py:3:5", "at add (/app/src/users.py:3:1)", "./src/users.py:3: bad",
     "users.py:7: bad", r'C:\work\src\users.py:12'],
)  # fmt: skip
def test_who_touched_the_files_that_it_names(history, place) -> None:
    answer = ask(history, f"FrobnicationError: cannot frobnicate\n{place.format(root=history.root)}\n/usr/lib/x/src/worker.py:1: so\n")
    assert answer["files"] == ["src/users.py"]
    (hit,) = [hit for hit in answer["hits"] if hit["kind"] == "commit"]
    assert (hit["text"], hit["reason"]) == ("Add the users table", "touched src/users.py")
    assert hit["more"][0].endswith("Add login")
    assert hit["more"][1].startswith("decided here: Mail addresses are unique")


def test_how_another_session_settled_it_is_its_fix(history) -> None:
    hit = hits(history, "QueueTimeout: no worker took the job in 300 s")[0]
    assert (hit["state"], hit["fix"]) == ("solved", "start a worker beside the server")
    assert hit["session"].startswith("0001-")


@pytest.mark.parametrize(
    ("error", "kind", "holds"),
    [("StaleLockError: held by 12", "lesson", "lock file is removed"), ("RateLimitError: 429", "knowledge", "as long as Retry-After"),
     ("Mails arrive twice since Monday", "error", "Mails arrive twice")],
)  # fmt: skip
def test_lessons_and_knowledge_and_what_is_open_are_known(history, error, kind, holds) -> None:
    first = hits(history, error)[0]
    assert (first["kind"], holds in first["text"]) == (kind, True), first
    assert first["state"] == ("not solved" if kind == "error" else "")


def test_a_turn_in_which_it_occurred_and_what_was_done_then(history) -> None:
    hit = hits(history, "WidgetError: cannot render 'b' at 0x99ff")[0]
    assert (hit["kind"], hit["state"], hit["place"].rpartition("#")[2]) == ("turn", "solved", "turn-2")
    assert hit["more"] == ["edited src/mail.py", "`pytest -q` ran through in turn 5", "said: The widget lacked a parent."]
    shown = history.gs("troubleshoot", "WidgetError: cannot render").stdout
    assert "said: The widget" in shown
    assert "not committed" not in shown  # its transcript tells no time


def test_what_is_not_committed_yet_is_known(history) -> None:
    history.gs("error", "GadgetError: no gadget")
    assert [hits(history, "GadgetError: no gadget")[0][field] for field in ("state", "date", "fix")] == ["not solved", "", ""]
    assert "not committed" in history.gs("troubleshoot", "GadgetError: no gadget").stdout
    history.gs("done", "GadgetError", "--how", "buy one")
    assert [hits(history, "GadgetError: no gadget")[0][field] for field in ("state", "fix")] == ["solved", "buy one"]
    assert len([h for h in hits(history, "GadgetError: no gadget") if h["kind"] == "error"]) == 1


def test_nothing_known_is_said_with_what_to_do(history) -> None:
    done = history.gs("troubleshoot", "UnheardOfError: it's new")
    assert done.stdout == "UnheardOfError: it's new\n"
    assert """gitsession error 'UnheardOfError: it'"'"'s new'""" in done.stderr
    assert hits(history, "ValueError: unknown unit") == []  # it is raised for whatever reason


def test_the_last_error_is_the_newest_that_is_not_solved_else_what_failed_last(history) -> None:
    assert "error, not solved" not in history.gs("troubleshoot", "--last").stdout  # itself
    assert history.json("troubleshoot", "--last")["error"] == "Feeds of 2 MB are cut"
    for text in OTHERS:
        history.gs("done", text)
    answer = history.json("troubleshoot", "--last")
    assert "WidgetError" in answer["error"]


def test_a_secret_in_it_is_neither_shown_nor_kept(history) -> None:
    key = token("troubleshoot")
    before = history.git("status", "--porcelain", "--ignored").stdout
    done = history.gs("troubleshoot", f"TokenError: {key} was refused, so {key} is bad")
    assert key not in done.stdout + done.stderr
    assert "REDACTED" in done.stdout
    assert history.git("status", "--porcelain", "--ignored").stdout == before
    assert not any(key.encode() in path.read_bytes() for path in (history.root / ".git").rglob("*") if path.is_file())


def test_limits_count_errors_and_commits_apart(history) -> None:
    text = TRACE.format(root=history.root, value="x") + "WidgetError: cannot render\nsrc/worker.py:1: here\n"
    found = history.json("troubleshoot", text, "--limit", "1")["hits"]
    assert [hit["number"] for hit in found] == [1, 2]
    assert [hit["kind"] == "commit" for hit in found] == [False, True]


@pytest.mark.parametrize("arguments", [[], ["-"], ["404"], ["--last", "it hangs"]])
def test_what_makes_no_sense_is_refused(history, arguments) -> None:
    assert history.gs("troubleshoot", *arguments, check=False).returncode == 2


def test_a_project_without_errors_has_no_last_one(project) -> None:
    done = project.gs("troubleshoot", "--last", check=False)
    assert (done.returncode, "give its text" in done.stderr) == (1, True)

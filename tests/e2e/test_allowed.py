"""A finding that people let stand: recorded, reviewed in the diff, valid for its value and place, and told everywhere."""

import json
import random
import re
import string

import pytest

HINT = "gitsession scan --allow PATH:LINE:COLUMN --reason TEXT"


@pytest.fixture
def other():
    return "gh" + "p_" + "".join(random.Random(8).choices(string.ascii_letters + string.digits, k=36))


@pytest.fixture
def caught(working, secret):
    """A project with a value in its checkpoint that the gate has refused."""
    working.write(working.session, working.read(working.session) + f"- test key {secret}\n")
    working.git("add", ".")
    done = working.git("commit", "-m", "Note", check=False)
    assert done.returncode == 1
    assert HINT in done.stderr
    return working


def place(project, value, path=""):
    """Where the value stands, as a refusal prints it."""
    path = path or project.session
    before = project.read(path).split(value)[0]
    return f"{path}:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"


def allow(project, where, *args, check=True):
    return project.gs("scan", "--allow", where, "--reason", "a key of the tests", *args, check=check)


def test_what_is_allowed_is_committed_with_its_allowance(caught, secret):
    assert "allowed: GitHub token in " + caught.session in allow(caught, place(caught, secret)).stdout
    (file,) = (caught.root / ".sessions/allowed").iterdir()
    path = f".sessions/allowed/{file.name}"
    assert secret not in file.read_text()
    assert caught.staged(path) == file.read_text()  # as recordings are
    done = caught.git("commit", "-m", "Note")
    assert "2 allowed findings let stand" in done.stderr  # in the page, too, which is derived of it
    assert secret in caught.page
    assert path in caught.git("show", "--name-only", "--format=").stdout
    (entry,) = caught.json("scan", "--allowed")
    assert (entry["path"], entry["kind"], entry["problem"]) == (caught.session, "GitHub token", "")
    assert (entry["reason"], entry["author"]) == ("a key of the tests", "Ada Example")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", entry["date"])
    assert "a key of the tests" in caught.gs("scan", "--allowed").stdout
    scan = caught.gs("scan")
    assert (scan.stdout, scan.stderr.count("let stand")) == ("", 1)
    assert "[secret]" not in caught.gs("check", check=False).stdout
    assert allow(caught, place(caught, secret)).stdout.startswith("allowed already")


def test_a_session_with_an_allowed_value_goes_on(caught, secret):
    allow(caught, place(caught, secret))
    caught.git("commit", "-q", "-m", "Note")
    caught.gs("decide", "More of it")
    assert caught.git("commit", "-m", "More").returncode == 0
    caught.gs("complete", "--commit")


def test_the_allowances_of_the_commit_count_not_those_of_the_work_tree(caught, secret):
    allow(caught, place(caught, secret))
    caught.git("rm", "-q", "-r", "--cached", ".sessions/allowed")
    assert caught.git("commit", "-m", "Note", check=False).returncode == 1
    assert caught.gs("scan", "--staged", check=False).returncode == 1
    caught.git("add", ".sessions/allowed")
    assert caught.gs("scan", "--staged").returncode == 0
    caught.git("commit", "-q", "-m", "Note")
    caught.git("rm", "-q", "-r", ".sessions/allowed")
    done = caught.git("commit", "-m", "Take it back", check=False)
    assert ".sessions/HANDOFF.md:" in done.stderr  # the checkpoint is not new, the page is
    assert caught.gs("scan", check=False).returncode == 1


def test_it_is_neither_for_another_value_nor_for_another_file(caught, secret, other):
    allow(caught, place(caught, secret))
    caught.git("commit", "-q", "-m", "Note")
    for path, value in ((caught.session, other), (".sessions/notes.md", secret)):
        there = caught.root / path
        caught.write(path, (there.read_text() if there.exists() else "") + f"- {value}\n")
        caught.git("add", "-f", path)
        done = caught.git("commit", "-m", "Another", check=False)
        assert done.returncode == 1
        assert f"  {place(caught, value, path)}: GitHub token: ghp_****" in done.stderr
        caught.git("reset", "-q", "--hard")


@pytest.mark.parametrize(("where", "right"), [("--everywhere", True), ("--path=.sessions/n*.md", True)])
def test_asked_for_it_is_for_other_files(caught, secret, where, right):
    caught.write(".sessions/notes.md", f"- {secret}\n")
    allow(caught, place(caught, secret, ".sessions/notes.md"), where)
    caught.write(".sessions/more/notes.md" if where == "--everywhere" else ".sessions/next.md", f"- {secret}\n")
    caught.git("checkout", "-q", "HEAD", "--", caught.session)
    caught.git("add", ".")
    assert caught.git("commit", "-m", "Notes").returncode == 0


def test_a_merge_and_a_push_go_by_it(caught, secret, tmp_path, clone):
    caught.git("init", "-q", "--bare", str(tmp_path / "server"), cwd=tmp_path)
    caught.git("commit", "-q", "--no-verify", "-m", "Past the gate")
    push = ("push", "-q", str(tmp_path / "server"), "main")
    assert caught.git(*push, check=False).returncode == 1
    allow(caught, place(caught, secret))
    assert caught.git(*push, check=False).returncode == 1  # it is in no commit yet
    caught.git("commit", "-q", "-m", "Allow it")
    done = caught.git(*push)
    assert "allowed finding" in done.stderr
    caught.git("switch", "-q", "-c", "side", "HEAD~2")
    caught.commit("Aside", "--no-verify", side="1")
    assert caught.git("merge", "-m", "Merge", "main", check=False).returncode == 0


def test_pragmas_in_the_text_count_for_nothing(working, secret):
    for pragma in ("pragma: allowlist secret", "gitleaks:allow", "gitsession: allow", "nosec"):
        working.write(".sessions/notes.md", f"- {secret} <!-- {pragma} -->\n")
        assert working.gs("scan", check=False).returncode == 1


REFUSED = {
    "no reason": (("--reason", " "), "without a reason", 2),
    "a secret for a reason": (("--reason", "SECRET"), "at 1:1 of --reason", 1),
    "a glob elsewhere": (("--reason", "r", "--path", "src/*"), "does not match", 2),
    "two ways": (("--reason", "r", "--path", "*", "--everywhere"), "do not go together", 2),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(caught, secret, case):
    args, said, code = REFUSED[case]
    args = [a.replace("SECRET", secret) for a in args]
    done = caught.gs("scan", "--allow", place(caught, secret), *args, check=False)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert secret not in done.stderr
    assert not (caught.root / ".sessions/allowed").exists()


def test_which_finding_is_meant(caught, secret, other):
    caught.write(".sessions/notes.md", f"a\n{secret} {other}\n")
    for where, code, said in (
        ("notes.md:2", 2, "say which column: 1, 42"),
        ("notes.md:1", 1, "nothing at .sessions/notes.md:1 looks like a secret"),
        ("notes.md:2:9", 1, "nothing at"),
        ("gone.md:1:1", 2, "is no file of this repository"),
        ("../../elsewhere.md:1", 2, "is no file of this repository"),
        ("notes.md", 2, "names no finding"),
    ):
        done = allow(caught, ".sessions/" + where, check=False)
        assert (done.returncode, said in done.stderr) == (code, True), (where, done.stderr)
    folder = caught.root / ".sessions"
    for cwd, name in ((folder, "notes.md"), (folder, ".sessions/notes.md"), (caught.root.parent, str(folder / "notes.md"))):
        where = ("-C", str(caught.root)) if cwd == caught.root.parent else ()
        done = caught.gs(*where, "scan", "--allow", f"{name}:2:42", "--reason", "r", cwd=cwd)
        assert "GitHub token in .sessions/notes.md" in done.stdout
    assert len(caught.json("scan", "--allowed")) == 1


def test_stale_ones_and_those_without_a_reason_are_told(caught, secret, other):
    caught.write(".sessions/notes.md", f"{secret}\n")
    caught.write(".sessions/gone.md", f"{other}\n")
    allow(caught, place(caught, secret))
    allow(caught, ".sessions/notes.md:1:1", "--everywhere")
    allow(caught, ".sessions/notes.md:1:1")
    allow(caught, ".sessions/gone.md:1")
    (caught.root / ".sessions/gone.md").unlink()
    caught.write(".sessions/notes.md", "\n")
    files = {e["id"]: e for e in caught.json("scan", "--allowed")}
    (checkpoint,) = (i for i, e in files.items() if e["path"] == caught.session)
    own = f".sessions/allowed/{checkpoint}.yml"
    caught.write(own, re.sub(r"reason: .*\n", "", caught.read(own)))
    caught.write(".sessions/allowed/torn.yml", "kind: [\n")
    problems = {e["path"] or e["glob"]: e["problem"] for e in caught.json("scan", "--allowed")}
    assert problems == {
        caught.session: "gives no reason",
        "*": "",
        ".sessions/notes.md": "stale: its value stands in .sessions/notes.md no more",
        ".sessions/gone.md": "stale: .sessions/gone.md is gone",
    }
    assert "not counted: .sessions/allowed/torn.yml:" in caught.gs("scan", "--allowed").stderr
    told = {(r["path"] or "").rpartition("/")[2]: r for r in caught.json("check", check=False) if r["code"] == "allowed"}
    assert len(told) == 4
    assert {r["level"] for r in told.values()} == {"warning"}
    caught.git("checkout", "-q", "-f", "HEAD", "--", caught.session, ".sessions/HANDOFF.md")
    assert {e["glob"]: e["problem"] for e in caught.json("scan", "--allowed")}["*"] == "stale: its value stands in .sessions/ no more"


def test_two_branches_that_allow_do_not_conflict(caught, secret, other):
    caught.git("reset", "-q", "--hard")
    for branch, value in (("one", secret), ("two", other)):
        caught.git("switch", "-q", "-c", branch, "main")
        caught.write(f".sessions/{branch}.md", f"{value}\n")
        allow(caught, f".sessions/{branch}.md:1")
        caught.git("add", f".sessions/{branch}.md")
        caught.git("commit", "-q", "-m", branch)
    caught.git("merge", "-q", "one", "-m", "Both")
    assert len(caught.json("scan", "--allowed")) == 2
    assert caught.gs("scan").returncode == 0


def test_sarif_tells_what_is_allowed_as_suppressed_and_why(caught, secret, other):
    allow(caught, place(caught, secret))
    results = json.loads(caught.gs("scan", "--sarif").stdout)["runs"][0]["results"]
    assert results  # the checkpoint, and the page that is derived of it
    assert all(r["suppressions"] == [{"kind": "external", "justification": "a key of the tests"}] for r in results)
    assert secret not in json.dumps(results)
    caught.write(".sessions/notes.md", f"- {other}\n")
    results = json.loads(caught.gs("scan", "--sarif", check=False).stdout)["runs"][0]["results"]
    told = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: len(r["suppressions"]) for r in results}
    assert told[".sessions/notes.md"] == 0
    assert told[caught.session] == 1

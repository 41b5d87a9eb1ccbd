"""`gitsession eval`: questions with known answers, put to a handoff."""

import json
import re
from pathlib import Path

import pytest

METRICS = Path(__file__).parents[2] / "docs/metrics.md"


@pytest.fixture
def asking(project):
    """A project with a decision and a step on its page, and a function that asks it: probes -> (exit code, JSON)."""
    project.gs("start", "Add login")
    project.gs("decide", "Use argon2id for password hashes", "--why", "bcrypt truncates")
    project.gs("todo", "Rate-limit the sign-in endpoint")

    def ask(*probes, args=()):
        lines = "".join(json.dumps({"question": "?", **p}) + "\n" for p in probes)
        done = project.gs("eval", "-", "--json", *args, stdin=lines, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    ask.project = project
    return ask


@pytest.mark.parametrize(
    ("probe", "passes"),
    [
        ({"must_contain_any": [["scrypt", "ARGON2ID"], ["bcrypt"]]}, True),  # one alternative of each group, whatever the case
        ({"must_contain_any": [["argon2id"], ["scrypt"]]}, False),
        ({"must_contain_any": ["argon2id"]}, True),
        ({"must_not_contain": ["scrypt", "Bcrypt TRUNCATES"]}, False),
        ({"must_not_contain": ["scrypt"]}, True),
        ({"must_contain_any": [["argon2id"]], "must_not_contain": ["argon2id"]}, False),
        ({"answer": "argon2id"}, True),
        ({"answer": "scrypt"}, False),
        ({"answer": "scrypt", "must_contain_any": [["argon2id"]], "seen_by": "Ada"}, True),  # the answer is for people then
    ],
)
def test_what_passes(asking, probe, passes):
    code, score = asking(probe)
    assert (code, score["passed"], score["asked"]) == ((0, 1, 1) if passes else (1, 0, 1))


def test_a_page_over_its_budget_passes_nothing(asking):
    page = asking.project.write("long.md", "argon2id " + "x" * 900)
    code, score = asking({"answer": "argon2id"}, args=("--handoff", str(page), "--budget", "200"))
    assert (code, score["fits"], score["passed"]) == (1, False, 0)
    assert asking({"answer": "argon2id"}, args=("--handoff", str(page)))[0] == 0


def test_which_page_is_asked(asking):
    project = asking.project
    probe = {"answer": "argon2id"}
    assert asking(probe)[0] == 0  # of the work tree
    assert asking(probe, args=["HEAD"])[0] == 1  # not committed yet
    project.commit("Login")
    project.gs("start", "Another")
    assert asking(probe, args=["HEAD"])[0] == 0
    assert asking({"answer": "Add login**"}, args=("--session", "1"))[0] == 0
    page = project.write("HANDOFF.md", "Use scrypt.\n")
    assert asking(probe, args=("--handoff", str(page)))[0] == 1
    assert asking(probe, args=("HEAD", "--handoff", str(page)))[0] == 2


def test_a_page_that_no_repository_holds(asking, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("argon2id\n")
    done = asking.project.gs("eval", "-", "--handoff", str(page), cwd=tmp_path, stdin='{"question": "?", "answer": "argon2id"}')
    assert "1/1 100.0 %" in done.stdout


@pytest.mark.parametrize(("share", "code"), [("50", 0), ("50.1", 1)])
def test_the_share_that_is_asked_for(asking, share, code):
    assert asking({"answer": "argon2id"}, {"answer": "scrypt"}, args=("--at-least", share))[0] == code


def test_what_is_shown(project):
    project.gs("start", "Add login")
    project.gs("decide", "Use argon2id")
    probes = project.write("probes.yml", """\
# Asked after each import.
- question: Which hash is used?
  answer: argon2id
  kind: decision
- question: What signs the tokens?
  answer: Ed25519
  kind: decision
  must_contain_any: [[Ed25519, EdDSA]]
- question: Is it still argon2i?
  kind: stale
  must_not_contain: [use argon2i]
""")  # fmt: skip
    done = project.gs("eval", str(probes), check=False)
    assert done.returncode == 1
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert rows["decision"] == ["1/2", "50.0", "%"]
    assert rows["stale"] == ["0/1", "0.0", "%"]
    assert rows["all"] == ["1/3", "33.3", "%"]
    assert "missed [decision] What signs the tokens? -> Ed25519\n" in done.stdout
    assert "must not stand [stale] Is it still argon2i?: 'use argon2i'\n" in done.stdout
    assert "EdDSA" not in done.stdout
    assert "none of 'Ed25519', 'EdDSA'" in project.gs("eval", str(probes), "-v", check=False).stdout


def test_a_conversation_beside_it(asking, tmp_path):
    """What it answers as a whole, and what by the tokens that cost nothing to keep; probes of other conversations are not asked."""
    between, after = (" ".join([word] * 1500) for word in ("between", "after"))
    said = ["the first words", "early " * 250, "past a half", between, "in the middle", after, "the last words"]
    talk = tmp_path / "talk.jsonl"
    talk.write_text("".join(json.dumps({"message": {"content": text}}) + "\n" for text in said) + '{"torn')
    probes = [{"answer": text, "transcript": "claude/talk.jsonl"} for text in ("the first words", "past a half", "in the middle", "the last words")]
    code, score = asking(*probes, {"answer": "argon2id", "transcript": "other.jsonl"}, args=("--transcript", str(talk), "--budget", "500"))
    assert code == 1
    assert (score["passed"], score["asked"]) == (0, 4)
    assert {s["method"]: s["passed"] for s in score["baselines"]} == {"whole conversation": 4, "last tokens": 1, "first and last": 2}
    assert asking({"answer": "x", "transcript": "other.jsonl"}, args=("--transcript", str(talk)))[0] == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"question": "?", "answer": "a"}\n{"question"', "probes:2: no JSON"),
        ('\n{"question": "?"}', "probes:2: nothing to look for"),
        ('{"answer": "a"}', "probes:1: the question is missing"),
        ('{"question": "?", "answers": "a"}', "did you mean answer?"),
        ('{"question": "?", "must_contain_any": "a"}', "probes:1: must_contain_any: must be a list of groups"),
        ("- question: a\n  answer: b\n- question: c\n  must_contain_any:\n  - []\n", "probes:5: must_contain_any: a group has no alternative"),
        ("- question: a\n  answer: [b]\n", "probes:2: answer: must be text"),
        ("- only words\n", "probes:1: a probe is a mapping"),
        ("question: a\n", "probes:1: no list of probes"),
        ("- a: [\n", "probes:2: broken YAML"),
        (b"- question: \xff\n", "probes:1: not UTF-8"),
        ("", "no probes"),
        (None, "probes cannot be read"),
    ],
)
def test_probes_that_cannot_be_read(project, text, says):
    if text is not None:
        project.write("probes", text)
    done = project.gs("eval", "probes", check=False)
    assert done.returncode == 1
    assert says in done.stderr


def test_the_probes_that_the_docs_show(asking):
    for text in re.findall(r"```(?:yaml|json)\n(.*?)```", METRICS.read_text(), re.DOTALL):
        done = asking.project.gs("eval", "-", "--json", "--at-least", "0", stdin=text)
        assert json.loads(done.stdout)["asked"] == text.count("question")

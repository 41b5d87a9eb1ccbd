"""`import`: where it puts things, what it says, and what it says of what it cannot read."""

import json
import re
import subprocess
import sys

import pytest
from talk import Talk

RULE = "Passwords must never be logged."


def talk(id_: str = "c1", **how: object) -> Talk:
    return Talk(id_, **how).asks(f"Add a sign-in form. {RULE}").plans(("Write the docs", "pending")).says("Done. Which port shall it use?")


@pytest.fixture
def transcript(tmp_path):
    return talk().write(tmp_path / "c1.jsonl")


@pytest.mark.parametrize("id_", ["c1", "0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "5f3a2b1c-c3d4-4e5f-8a9b-0c1d2e3f4a5b"])
def test_each_fact_names_the_turn_that_shows_it(project, tmp_path, id_) -> None:
    said = project.gs("import", talk(id_).write(tmp_path / "c.jsonl"))
    assert "imported: 3 turns with claude-code" in said.stdout
    facts = re.findall(r"^- (?:\[.\] )?(.*) \(turn: (\w+)#(\d+)\)$", project.read(project.session), re.MULTILINE)
    assert len(facts) >= 4
    for words, key, number in facts:
        shown = project.gs("conversation", "show", key, "--turn", number).stdout
        assert words in shown or words.startswith("branch:")
    assert project.status().split() == ["A", project.session]


def test_what_it_prints_for_programs(project, transcript) -> None:
    (one,) = project.json("import", transcript)
    assert (one["turns"], one["new"], one["opened"], one["kept"], one["skipped"]) == (3, 3, True, True, 0)
    (again,) = project.json("import", transcript)
    assert (again["new"], again["facts"], again["outdated"], again["opened"]) == (0, 0, 0, False)


def test_standard_input_and_several_at_once(project, tmp_path) -> None:
    project.gs("start", "Sign-in")
    other = Talk("c2").asks("Write the docs. Never name a customer in them.").says("Done.").write(tmp_path / "c2.jsonl")
    done = project.gs("import", "-", other, stdin=talk().data.decode())
    assert done.stdout.count("imported: ") == 2
    text = project.read(project.session)
    assert RULE in text
    assert "Never name a customer" in text


def test_a_session_of_another_branch(project, transcript) -> None:
    project.gs("start", "On main")
    project.commit("Begin")
    project.git("switch", "-q", "-c", "topic")
    project.commit("Topic")
    assert len(project.checkpoints()) == 2
    project.gs("import", transcript, "--session", "on-main")
    on_main, topic = (project.read(f".sessions/{name}") for name in project.checkpoints())
    assert (RULE in on_main, RULE in topic) == (True, False)
    refused = project.gs("import", transcript, "--session", "nobody", check=False)
    assert refused.returncode == 1
    assert "nobody" in refused.stderr


def test_two_at_once(project, tmp_path) -> None:
    project.gs("start", "Both")
    other = Talk("c2", cwd=project.root).asks("Write it down. Never name a customer.").says("Done.")
    paths = [talk("c1", cwd=project.root).write(tmp_path / "c1.jsonl"), other.write(tmp_path / "c2.jsonl")]
    command = [sys.executable, "-m", "gitsession", "import"]
    runs = [subprocess.Popen([*command, path], cwd=project.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE) for path in paths * 2]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 4
    text = project.read(project.session)
    assert [text.count(f"- {words}") for words in (RULE, "Never name a customer.")] == [1, 1]
    assert len(project.json("conversation", "list")) == 2
    project.gs("check")


def plain(done) -> str:
    """What an error says, when it is one for people: one or two lines."""
    assert 1 <= done.stderr.count("\n") <= 2, done.stderr
    return done.stderr


def test_places_where_it_cannot_be(project, bare_project_too, transcript) -> None:
    project.git("switch", "-q", "--detach")
    detached = project.gs("import", transcript, check=False)
    assert (detached.returncode, project.checkpoints()) == (1, [])
    assert "HEAD" in plain(detached) or "branch" in plain(detached)
    assert "gitsession" not in project.git("branch", "--list").stdout  # nor is the conversation kept for no session
    without = bare_project_too.gs("import", transcript, check=False)
    assert (without.returncode, (bare_project_too.root / ".sessions").exists()) == (1, False)
    assert "gitsession init" in plain(without)
    assert project.gs("import", check=False).returncode == 2


@pytest.fixture
def bare_project_too(project, tmp_path):
    project.git("init", "-q", str(tmp_path / "bare"))
    return type(project)(tmp_path / "bare")


def test_where_sessions_are_begun_by_hand(project, transcript) -> None:
    project.write(".sessions/project.yml", project.read(".sessions/project.yml") + "sessions: manual\n")
    refused = project.gs("import", transcript, check=False)
    assert refused.returncode == 1
    assert "gitsession start" in plain(refused)
    project.gs("start", "By hand")
    project.gs("import", transcript)
    assert RULE in project.read(project.session)


def test_a_worktree_has_its_own_session(project, transcript, tmp_path) -> None:
    project.git("worktree", "add", "-q", "-b", "topic", str(tmp_path / "side"))
    side = type(project)(tmp_path / "side")
    side.gs("import", transcript)
    assert RULE in side.read(side.session)
    assert project.checkpoints() == []
    assert len(project.json("conversation", "list")) == 1


def test_a_private_session_keeps_no_conversation(project, transcript) -> None:
    project.gs("start", "Quietly", "--private")
    project.gs("import", transcript)
    assert RULE in project.read(project.session)
    assert project.json("conversation", "list") == []


# -- what cannot be read


BAD = {
    "absent": (None, 1), "empty": (b"", 1), "binary": (bytes(range(256)) * 40, 1), "prose": (b"Dear diary,\n\ntoday nothing.\n", 1),
    "other JSON": (b'{"a": 1}\n[2]\n"x"\n', 1), "half a line": (b'{"type": "user", "mess', 1),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_transcript(project, tmp_path, kind) -> None:
    data, code = BAD[kind]
    path = tmp_path / "t.jsonl"
    if data is not None:
        path.write_bytes(data)
    done = project.gs("import", str(path), check=False)
    assert done.returncode == code
    assert str(path) in plain(done)
    assert project.checkpoints() == []
    assert project.status() == ""


def test_a_folder_is_no_transcript(project, tmp_path) -> None:
    done = project.gs("import", str(tmp_path), check=False)
    assert done.returncode == 1
    assert str(tmp_path) in plain(done)


def test_damage_in_it_is_passed_over_and_told(project, tmp_path) -> None:
    before, after = talk().data, Talk("c1", at="2026-11-23T10:00:00+00:00")
    after.records = [{}] * 9
    after.asks("The form must always answer within a second. Add a test, too.").says("Done.")
    bad = b'{"type": "user", "message": {"role"\n\xff\xfe\x00\n{"type": 3}\n[]\n{"type": "brand-new", "sessionId": "c1", "uuid": "n1"}\n'
    (tmp_path / "t.jsonl").write_bytes(before + bad + after.data.replace(b"{}\n", b"") + before[:40])
    done = project.gs("import", str(tmp_path / "t.jsonl"))
    assert "could not be read and were left out (line 5" in done.stderr
    assert "brand-new (1)" in done.stderr
    assert RULE in project.read(project.session)
    assert "within a second" in project.read(project.session)


LIMIT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
from gitsession.cli import main
sys.argv = ["gitsession", "import", sys.argv[1]]
main()
"""


def test_a_line_of_70_megabytes_is_left_out_in_bounded_memory(project, tmp_path) -> None:
    path = tmp_path / "t.jsonl"
    with path.open("wb") as file:
        file.write(talk().data)
        file.write(b'{"type": "user", "message": {"role": "user", "content": "')
        for _ in range(70):
            file.write(b"x" * (1 << 20))
        file.write(b'"}}\n')
        file.write(Talk("c1").add("user", uuid="late", message={"role": "user", "content": "Never use cookies for the sign-in."}).data)
    done = project.run(sys.executable, "-c", LIMIT, str(path))
    assert "1 places could not be read" in done.stderr
    assert "Never use cookies" in project.read(project.session)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
def test_other_encodings(project, tmp_path, encoding) -> None:
    path = tmp_path / "t.jsonl"
    said = talk().asks("Grüße müssen immer höflich sein. Übersetze das Formular.").records
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in said), encoding)
    project.gs("import", str(path))
    assert "Grüße müssen immer höflich sein" in project.read(project.session)
    assert RULE in project.read(project.session)


@pytest.mark.parametrize("when", ["2999-01-01T00:00:00+00:00", "1970-01-01T00:00:00+00:00", "backwards", "nonsense"])
def test_clocks_that_go_wrong(project, tmp_path, when) -> None:
    one = talk() if when in ("backwards", "nonsense") else talk(at=when)
    for place, record in enumerate(one.records):
        if when == "nonsense":
            record["timestamp"] = ["yesterday", "", 17, None, "2026-99-99T99:99:99Z"][place % 5]
        elif when == "backwards":
            record["timestamp"] = f"2026-11-23T09:{59 - place}:00Z"
    project.gs("import", one.write(tmp_path / "t.jsonl"))
    project.git("commit", "-q", "-m", "Import")
    assert RULE in project.page
    assert "Write the docs" in project.page
    (listed,) = project.json("conversation", "list")
    assert listed["turns"] == 3
    project.gs("check")
    assert project.status() == ""


def test_a_transcript_of_another_project_is_imported_and_said(project, tmp_path) -> None:
    done = project.gs("import", talk(cwd="/home/bo/other").edits("/home/bo/other/src/a.py").write(tmp_path / "t.jsonl"))
    assert "took place in /home/bo/other" in done.stderr
    assert RULE in project.read(project.session)
    assert "`src/a.py`" in project.read(project.session)


AIDER = "\n# aider chat started at 2026-11-23 09:{}:00\n\n#### Add a form. {}  \n\nDone.\n"


def test_facts_of_several_conversations_in_a_file_name_each_its_own(project, tmp_path) -> None:
    said = {"30": "Never log a password.", "45": "It must always answer within a second."}
    (tmp_path / ".aider.chat.history.md").write_text("".join(AIDER.format(*one) for one in said.items()))
    project.gs("import", str(tmp_path / ".aider.chat.history.md"))
    facts = re.findall(r"^- (.*) \(turn: (\w+)#(\d+)\)$", project.read(project.session), re.MULTILINE)
    assert set(said.values()) <= {words for words, _, _ in facts}
    for words, key, number in facts:
        assert words in project.gs("conversation", "show", key, "--turn", number).stdout

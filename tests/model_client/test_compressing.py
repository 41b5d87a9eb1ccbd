"""`import --ai` and `complete --ai`: what a model finds stands beside what the rules drew, and is what the conversation says."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from canned import CHOICE, LEARNED, RULE, Asked, CannedModel, Reply, picks

SCRIPTS = Path(sys.executable).parent



def facts(project) -> list[str]:
    return [line for line in project.read(project.session).splitlines() if line.startswith("- ")]


def test_what_a_model_finds_stands_beside_what_the_rules_drew(project, transcript) -> None:
    project.gs("start", "Sign-in")
    project.gs("import", transcript)
    before = facts(project)
    with CannedModel(picks(("lesson", LEARNED, [2]), ("decision", CHOICE, [6]), ("lesson", "The queue runs on RabbitMQ 3.12.", [2]))) as model:
        done = project.gs("import", transcript, "--ai", "--endpoint", model.url, "--model", "made/up")
    after = facts(project)
    new = [line for line in after if line not in before]
    assert [line for line in before if line not in after] == []
    assert re.fullmatch(rf"- {re.escape(LEARNED)} \(by: made/up\) \(turn: [0-9a-f]{{8}}#2\)", new[0]), new
    assert len(new) == 2
    assert "1 facts of it stand here" in new[1]
    assert "1 dropped (1 not in the turns)" in new[1]
    assert "Confidence 0." in new[1]
    assert "RabbitMQ" not in project.read(project.session)
    assert "confidence 0." in done.stderr
    (asked,) = model.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "made/up"
    assert project.status().split() == ["A", project.session]


def test_complete_reads_what_is_kept_of_the_session(project, transcript) -> None:
    project.gs("start", "Sign-in")
    project.gs("import", transcript)
    with CannedModel(picks(("lesson", LEARNED, [2]))) as model:
        project.gs("complete", "--ai", "--endpoint", model.url)
    text = project.read(project.session)
    assert LEARNED in text
    assert "status: completed" in text


def test_without_a_model_everything_is_as_it_would_be(project, transcript) -> None:
    project.gs("start", "Sign-in")
    project.gs("import", transcript)
    before = project.read(project.session)
    with CannedModel(Reply("{}", 404)) as model:
        done = project.gs("import", transcript, "--ai", "--endpoint", model.url)
    assert project.read(project.session) == before
    *_, line = done.stderr.splitlines()
    assert "no model: 127.0.0.1" in line
    assert "does not know the model (404)" in line


def hear() -> None:
    """^C is heard, though a shell that runs the tests in the background has children ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_interrupted_at_once(project, transcript) -> None:
    """^C while a server holds its answer ends the command, whatever its threads wait for; what the rules wrote stands."""
    running: list[subprocess.Popen[str]] = []

    def hold(asked: Asked) -> Reply:
        running[0].send_signal(signal.SIGINT)
        return Reply(hold=True)

    project.gs("start", "Sign-in")
    with CannedModel(hold) as model:
        argv = [str(SCRIPTS / "gitsession"), "import", transcript, "--ai", "--endpoint", model.url]
        out_err = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        running.append(subprocess.Popen(argv, cwd=project.root, preexec_fn=hear, **out_err))
        out, err = running[0].communicate(timeout=60)
    assert running[0].returncode == 130, err
    assert "imported: 6 turns" in out
    assert "Traceback" not in err
    assert RULE in project.read(project.session)
    assert "(by: " not in project.read(project.session)

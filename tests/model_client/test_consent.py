"""Nothing leaves the machine unasked, no secret and no token at all; and whatever is missing ends in one line."""

import os
import pty
import random
import string
import subprocess
import sys
from pathlib import Path

import pytest
from canned import LEARNED, CannedModel, picks, says
from talk import Talk

from gitsession.errors import FormatError, ModelError
from gitsession.formats.settings import parse_settings
from gitsession.model.settings import ModelSettings
from gitsession.model_client.chunks import question_of
from gitsession.model_client.endpoint import DEFAULT_MODEL, Endpoint, choose_endpoint, find_token, is_local
from gitsession.workflow import compressing

SCRIPTS = Path(sys.executable).parent
PICKED = picks(("lesson", LEARNED, [2]))


def elsewhere(model: CannedModel) -> str:
    """The server by an address that is not plainly this machine's."""
    return model.url.replace("127.0.0.1", "0.0.0.0")


def allow(project, word: str, url: str = "") -> None:
    settings = project.read(".sessions/project.yml")
    project.write(".sessions/project.yml", f"{settings}model:\n  allowed: {word}\n" + (f"  endpoint: {url}\n" if url else ""))


def test_without_a_terminal_nothing_is_sent_unless_somebody_agreed(imported) -> None:
    with CannedModel(PICKED) as model:
        refused = imported.gs("complete", "--ai", "--endpoint", elsewhere(model), "--model", "some/model")
        assert model.asked == []
        (line, _) = refused.stderr.splitlines()
        host = elsewhere(model).split("/")[2]
        for words in ("no model: this would send ", " KB of conversation, secrets redacted (about ", " tokens in 1 request)", " unencrypted ",
                      f"to {host} for some/model", "--yes agrees", "the facts are those of the rules"):  # fmt: skip
            assert words in line
        assert "status: completed" in imported.read(imported.session)
        again = imported.gs("import", "--ai", "--yes", "--endpoint", elsewhere(model), "-", stdin=talk().data.decode())
        assert len(model.asked) == 1
        assert f" to {host} for " in again.stderr  # it is said all the same


def talk() -> Talk:
    return Talk("c9").asks("Go on.").says(f"Let me look at the worker: {LEARNED}").says("Done.")


@pytest.mark.parametrize(("answer", "sent"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_a_person_is_asked(imported, answer, sent) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    with CannedModel(PICKED) as model:
        argv = [SCRIPTS / "gitsession", "complete", "--ai", "--endpoint", elsewhere(model)]
        subprocess.run(argv, cwd=imported.root, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60)
        assert len(model.asked) == sent
    said = os.read(ours, 100_000).decode()
    os.close(theirs)
    os.close(ours)
    assert "This would send " in said
    assert ("model: 1 of 1 parts read" in said) == bool(sent)
    assert (LEARNED in imported.read(imported.session)) == bool(sent)


def test_a_project_forbids_it_whoever_agrees(imported) -> None:
    allow(imported, "never")
    before = imported.read(imported.session)
    with CannedModel(PICKED) as model:
        for url in (model.url, elsewhere(model)):
            done = imported.gs("import", "--ai", "--yes", "--endpoint", url, "-", stdin=talk().data.decode())
            assert "no model: this project allows no model" in done.stderr
        assert model.asked == []
    assert "(by: " not in before + imported.read(imported.session)


def test_a_project_allows_it_for_good(imported) -> None:
    with CannedModel(PICKED) as model:
        allow(imported, "always", elsewhere(model))
        done = imported.gs("complete", "--ai")
        assert len(model.asked) == 1
    assert "sending " in done.stderr
    assert model.asked[0].body["model"] == DEFAULT_MODEL


@pytest.mark.parametrize("word", ["yes", "allways", "[ask]", "{}"])
def test_what_cannot_be_read_is_no_leave(word) -> None:
    with pytest.raises(FormatError, match="model"):
        parse_settings(f"model:\n  allowed: {word}\n".encode())


def test_a_secret_in_the_conversation_reaches_no_model_no_cache_and_no_page(imported, compress, tmp_path) -> None:
    secret = "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))
    said = Talk("c3").asks(f"My token is {secret} for now.").says(f"Let me look at the worker: {LEARNED}").runs("env", f"GITHUB_TOKEN={secret}")
    with CannedModel(picks(("note", f"My token is {secret} for now.", [1]), ("lesson", LEARNED, [2]))) as model:
        imported.gs("import", "--ai", "--endpoint", model.url, said.says("Done.").write(tmp_path / "c3.jsonl"))
    (asked,) = model.asked
    assert secret not in str(asked)
    assert "[REDACTED" in asked.words
    found = [path for path in imported.root.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert found == []
    assert LEARNED in imported.read(imported.session)


def test_a_finding_right_before_sending_stops_it(imported, compress, monkeypatch) -> None:
    secret = "gh" + "p_" + "".join(random.Random(8).choices(string.ascii_letters + string.digits, k=36))
    monkeypatch.setattr(compressing, "redact", lambda text: (text, []))
    monkeypatch.setattr(compressing, "question_of", lambda chunk: question_of(chunk)._replace(user=f"token = {secret}"))
    with CannedModel(PICKED) as model, pytest.raises(ModelError, match="nothing was sent: it looks like it holds a secret") as error:
        compress(imported, model.url)
    assert model.asked == []
    assert secret not in str(error.value)


def test_what_is_sent_is_redacted_as_it_stands_there(imported, compress, monkeypatch) -> None:
    """Words beside others may look like a secret that neither was alone."""
    secret = "gh" + "p_" + "".join(random.Random(8).choices(string.ascii_letters + string.digits, k=36))
    monkeypatch.setattr(compressing, "question_of", lambda chunk: question_of(chunk)._replace(user=f"{chunk.text}\ntoken = {secret}"))
    with CannedModel(PICKED) as model:
        compress(imported, model.url)
    assert "token = [REDACTED" in model.asked[0].words


def test_a_token_is_printed_and_kept_nowhere(imported) -> None:
    token = "hf" + "_" + "".join(random.Random(9).choices(string.ascii_letters, k=34))
    with CannedModel(PICKED) as model:
        done = imported.gs("complete", "--ai", "--endpoint", model.url, HF_TOKEN=token, GITSESSION_MODEL_TOKEN=token[::-1])
    assert model.asked[0].headers["authorization"] == f"Bearer {token[::-1]}"
    files = [path.read_bytes() for path in imported.root.rglob("*") if path.is_file()]
    assert not any(token.encode() in data or token[::-1].encode() in data for data in files)
    assert token not in done.stdout + done.stderr + str(model.asked[0].headers)


def test_the_library_asks_nobody_by_itself(imported) -> None:
    with CannedModel(says("{}")) as proxy, CannedModel(PICKED) as model:  # whatever leaves goes by the proxy
        imported.gs("complete", "--ai", "--endpoint", model.url, HTTPS_PROXY=proxy.url, HTTP_PROXY=proxy.url, HF_ENDPOINT="http://hub.example")
        assert (len(model.asked), proxy.seen) == (1, 0)


def test_without_the_library(imported, tmp_path) -> None:
    (tmp_path / "huggingface_hub.py").write_text("raise ImportError")
    done = imported.gs("complete", "--ai", PYTHONPATH=str(tmp_path))
    assert "no model: huggingface_hub is not installed (pip install 'gitsession[ai]'); the facts are those of the rules" in done.stderr
    assert "status: completed" in imported.read(imported.session)


def test_without_a_token_or_a_conversation(project, tmp_path) -> None:
    project.gs("start", "Work")
    home = {"HF_HOME": str(tmp_path), "HF_TOKEN": ""}
    assert "no model: no token for Hugging Face (set HF_TOKEN" in project.gs("complete", "--ai", **home).stderr
    project.gs("start", "More work")
    assert "no model: no conversation of this session is kept" in project.gs("complete", "--ai", "--endpoint", "http://localhost:9/v1").stderr
    project.gs("start", "Private", "--private")
    done = project.gs("import", "--ai", "--endpoint", "http://localhost:9/v1", "-", stdin=talk().data.decode())
    assert "no model: this conversation is not kept" in done.stderr


def test_wrong_use(imported) -> None:
    done = imported.gs("complete", "--model", "x", check=False)
    assert (done.returncode, "go with --ai" in done.stderr) == (2, True)
    assert "no model: the endpoint is no http:// or https:// URL" in imported.gs("complete", "--ai", "--endpoint", "localhost:11434").stderr


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST/v1", True),
        ("http://api.localhost/v1", True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.3.2.1/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost@evil.example/v1", False),
        ("http://localhost.evil.example/v1", False),
        ("http://127.0.0.1.evil.example/v1", False),
        ("http://evil.example/localhost", False),
        ("http://192.168.1.5:8000/v1", False),
        ("http://0.0.0.0:8000/v1", False),
        ("https://huggingface.co/v1", False),
    ],
)
def test_this_machine_is_what_can_be_nothing_else(url, local) -> None:
    assert is_local(url) == local
    assert Endpoint("m", url).local == local


def test_flag_before_environment_before_project(monkeypatch) -> None:
    settings = ModelSettings("of/project", "https://project.example/v1")
    assert choose_endpoint(ModelSettings()) == Endpoint(DEFAULT_MODEL)
    assert choose_endpoint(settings) == Endpoint("of/project", "https://project.example/v1")
    monkeypatch.setenv("GITSESSION_MODEL", "of/environment")
    monkeypatch.setenv("GITSESSION_MODEL_ENDPOINT", "http://environment.example/v1")
    assert choose_endpoint(settings) == Endpoint("of/environment", "http://environment.example/v1")
    assert choose_endpoint(settings, "of/flag", "http://flag/v1") == Endpoint("of/flag", "http://flag/v1")


def test_a_token_of_somebody_else_s_is_not_tried(monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "sk" + "-none")
    with pytest.raises(ModelError, match="none of Hugging Face's"):
        find_token(Endpoint("m"))


def test_what_is_shown_of_an_endpoint_holds_no_password() -> None:
    shown = Endpoint("m", "https://ada:" + "pass" + "word" + "@host.example:8443/v1?key=value").host
    assert shown == "host.example:8443"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("", True),
        ("https://huggingface.co/api/v1", True),
        ("https://x.endpoints.huggingface.cloud/v1", True),
        ("http://huggingface.co/v1", False),  # in the clear
        ("https://huggingface.co.evil.example/v1", False),
        ("https://evilhf.co/v1", False),
        ("http://localhost:8000/v1", False),
    ],
)
def test_whom_hugging_face_s_token_is_for(url, sent, monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf" + "_token")
    assert find_token(Endpoint("m", url)) == ("hf" + "_token" if sent else "")

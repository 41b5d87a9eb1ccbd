"""`POST handoffs` with a model: what it adds stands in that answer alone, and its token goes to the endpoint and nowhere else."""

import random
import string
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from canned import CHOICE, FORM, LEARNED, RULE, CannedModel, Reply, picks
from made import ONE, TWO
from talk import Talk

from gitsession.workflow.importing import import_transcript

PICKED = picks(("lesson", LEARNED, [2]), ("constraint", RULE, [1]), ("decision", "Use a queue of our own for mail.", [2]))
TOKEN = "tk" + "-" + "".join(random.Random(11).choices(string.ascii_letters + string.digits, k=32))
ORDER = {"sessions": ["1", "2"], "model": {"id": "made/up"}}


@pytest.fixture
def told(api: Any, tmp_path: Any) -> Any:
    """The first session with a conversation, of which the rules leave out LEARNED."""
    talk = Talk().asks(f"Add a sign-in form. {RULE}").says(f"Let me look at the worker: {LEARNED}").runs("pytest -q", "3 passed")
    talk.says(f"Let me look at the form: {FORM}").says(CHOICE)
    with api.project.open() as repo:
        import_transcript(repo, talk.write(tmp_path / "c1.jsonl"), session=ONE)
    return api


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[CannedModel]:
    with CannedModel(PICKED) as canned:
        at(monkeypatch, canned)
        yield canned


def at(monkeypatch: pytest.MonkeyPatch, model: CannedModel, *, far: bool = False) -> None:
    """Where models answer; `far`, by an address that is not plainly this machine's."""
    monkeypatch.setenv("GITSESSION_MODEL_ENDPOINT", model.url.replace("127.0.0.1", "0.0.0.0") if far else model.url)


def post(api: Any, status: int = 200, token: str = TOKEN, **order: Any) -> Any:
    return api.post("/handoffs", ORDER | order, status, headers={"X-Model-Token": token} if token else {}).json()


def files(project: Any) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def test_what_a_model_adds_stands_on_that_page_and_in_no_file(told: Any, model: CannedModel) -> None:
    status = told.project.git("status", "--porcelain").stdout
    said = post(told)
    (session,) = said["model"]["sessions"]
    assert LEARNED in said["text"]
    assert "queue of our own" not in said["text"]  # the conversation does not say it
    assert (session["session"], session["added"], session["shared"], session["dropped"]) == (ONE, 1, 1, 1)
    assert 0 < session["confidence"] < 1
    assert "1 facts added" in session["summary"]
    assert "of what the model told is in its turns" in " ".join(session["reasons"])
    assert {k: said["model"][k] for k in ("id", "sent", "parts", "unread", "problem")} == {
        "id": "made/up", "sent": "", "parts": 1, "unread": 0, "problem": "",
    }  # fmt: skip
    assert told.project.git("status", "--porcelain").stdout == status
    assert LEARNED not in told.project.read(f".sessions/{ONE}.md")
    plain = told.post("/handoffs", {"sessions": ["1", "2"]}).json()
    assert LEARNED not in plain["text"]
    assert plain["model"] is None


def test_its_token_goes_to_the_endpoint_and_is_in_no_file_log_or_answer(
    told: Any, model: CannedModel, monkeypatch: pytest.MonkeyPatch, caplog: Any, capfd: Any
) -> None:
    monkeypatch.setenv("GITSESSION_MODEL_TOKEN", "of-this-machine")
    caplog.set_level("DEBUG")
    answers = [post(told)]
    model.replies[:] = [Reply(f"no: {TOKEN}", 401)]
    answers.append(post(told, model={"id": "other/one"}))
    assert "refuses the token" in answers[1]["model"]["problem"]
    assert [asked.headers["authorization"] for asked in model.asked] == [f"Bearer {TOKEN}"] * 2
    monkeypatch.setattr("gitsession.workflow.desk_model.plan_reading", lambda *_: 1 / 0)
    answers.append(post(told, 500))
    answers.append(post(told, 422, token=f"{TOKEN} {TOKEN}"))
    out, err = capfd.readouterr()
    assert "ZeroDivisionError" in caplog.text
    assert TOKEN not in str(answers) + out + err + caplog.text
    assert not [path for path, data in files(told.project).items() if TOKEN.encode() in data]


@pytest.mark.parametrize("token", ["", "hf" + "_theirs"])
def test_no_token_of_this_machine_s_or_hugging_face_s_goes_to_another(told: Any, model: CannedModel, token: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("GITSESSION_MODEL_TOKEN", "of-this-machine")
    post(told, token=token)
    assert "authorization" not in model.asked[0].headers


def test_somebody_agrees_before_words_leave_the_machine(told: Any, model: CannedModel, monkeypatch: Any) -> None:
    at(monkeypatch, model, far=True)
    asked = post(told, 428)
    assert asked["type"] == "urn:gitsession:problem:agreement-needed"
    host = model.url.split("/")[2].replace("127.0.0.1", "0.0.0.0")
    for words in ("KB of conversation, secrets redacted", "tokens in 1 request", f"unencrypted to {host} for made/up", "token along with it"):
        assert words in asked["detail"]
    assert model.asked == []
    assert f"to {host} for made/up" in post(told, agree=True)["model"]["sent"]
    assert len(model.asked) == 1


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 428), ("", 200)])
def test_a_project_that_needs_no_asking_does_not_speak_for_a_token(told: Any, model: CannedModel, token: str, status: int, monkeypatch: Any) -> None:
    monkeypatch.delenv("GITSESSION_MODEL_ENDPOINT")
    allow(told.project, "always", model.url.replace("127.0.0.1", "0.0.0.0"))
    post(told, status, token=token)
    assert len(model.asked) == (status == 200)


def allow(project: Any, word: str, url: str = "") -> None:
    settings = project.read(".sessions/project.yml") + f"model:\n  allowed: {word}\n" + (f"  endpoint: {url}\n" if url else "")
    project.write(".sessions/project.yml", settings)


def test_a_project_forbids_it_whoever_agrees(told: Any, model: CannedModel) -> None:
    allow(told.project, "never")
    assert post(told, 403, agree=True)["type"] == "urn:gitsession:problem:model-forbidden"
    assert model.asked == []


@pytest.mark.parametrize(
    "wish",
    [{"id": "http://169.254.169.254/v1"}, {"id": "HTTPS://x.example"}, {"id": "a/../../b"}, {"id": "//x.example"}, {"endpoint": "http://x.example"}],
)
def test_no_address_of_a_request_is_asked(told: Any, model: CannedModel, wish: dict[str, str], monkeypatch: Any) -> None:
    """The library takes a model that is a URL for the endpoint."""
    post(told, 422, model=wish, agree=True)
    assert model.asked == []


@pytest.mark.parametrize(
    ("reply", "words"), [(Reply("no", 404), "does not know the model"), (picks(), ""), (Reply("no", 402), "no credits left")]
)
def test_where_a_model_is_of_no_use_the_rules_do_without(told: Any, model: CannedModel, reply: Reply, words: str) -> None:
    plain = told.post("/handoffs", {"sessions": ["1", "2"]}).json()
    model.replies[:] = [reply]
    said = post(told)
    assert said["text"] == plain["text"]
    assert words in said["model"]["problem"]
    assert bool(said["model"]["sessions"]) == (not words)


def test_why_no_model_is_asked_is_told(told: Any, model: CannedModel, monkeypatch: Any) -> None:
    assert "no conversation of these sessions is kept" in post(told, sessions=[TWO])["model"]["problem"]
    monkeypatch.delenv("GITSESSION_MODEL_ENDPOINT")
    monkeypatch.setenv("HF_TOKEN", "hf" + "_of_this_machine")
    assert "no token for Hugging Face" in post(told, token="")["model"]["problem"]
    assert "none of Hugging Face's" in post(told)["model"]["problem"]
    assert model.asked == []


def test_who_asks_no_model_does_not_load_it() -> None:
    code = "import sys, gitsession.web.app; print([name for name in sys.modules if 'model_client' in name or 'huggingface' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"

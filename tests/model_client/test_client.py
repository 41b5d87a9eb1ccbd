"""One question to a real server through the real library: what is asked again, what ends, and in which words."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from canned import CannedModel, Reply, says

from gitsession.errors import ModelError
from gitsession.model_client.client import ATTEMPTS, Patience, Question, ask, ask_all
from gitsession.model_client.endpoint import Endpoint

SCHEMA = {"type": "object", "properties": {"facts": {"type": "array"}}}
QUESTION = Question("Pick facts.", "The conversation.", SCHEMA, 50)


class Waits(list[float]):
    """A patience that waits in no time, and what it waited."""

    def patience(self, seconds: float = 60.0) -> Patience:
        return Patience(seconds, clock=lambda: sum(self), wait=self.append, jitter=lambda: 0.5)


@pytest.fixture
def waits() -> Waits:
    return Waits()


def status(code: int, words: str = "", **headers: str) -> Reply:
    return Reply(f'{{"error": "{words or code}"}}', code, tuple(headers.items()))


def test_what_is_asked(waits) -> None:
    with CannedModel(says("Yes.")) as model:
        assert ask(Endpoint("some/model", model.url), QUESTION, waits.patience()) == "Yes."
    (asked,) = model.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "some/model"
    assert asked.body["max_tokens"] == 50
    assert [m["role"] for m in asked.body["messages"]] == ["system", "user"]
    assert "facts" in str(asked.body["response_format"])
    assert waits == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (status(429, retry_after="1"), "has too many questions to answer (429)"),
        (status(500), "refuses (500)"),
        (status(502), "refuses (502)"),
        (status(503, "Model is loading"), "is loading the model (503)"),
        (says("Yes.")._replace(cut=True), "broke the connection"),
        (Reply('{"choices": [{"mess'), "gave an answer that cannot be read"),
        (Reply('{"choices": []}'), "gave an answer that cannot be read"),
        (Reply("<html>"), "gave an answer that cannot be read"),
    ],
)  # fmt: skip
def test_what_may_pass_is_asked_again(reply, words, waits) -> None:
    with CannedModel(reply, reply, says("Yes.")) as model:
        assert ask(Endpoint("m", model.url), QUESTION, waits.patience()) == "Yes."
        assert len(model.asked) == 3
        assert waits == [0.5, 1.0]
    with CannedModel(reply) as model, pytest.raises(ModelError) as error:
        ask(Endpoint("m", model.url), QUESTION, waits.patience())
    assert words in error.value.message
    assert "\n" not in error.value.message
    assert len(model.asked) == ATTEMPTS


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (400, "refuses (400)"),
        (401, "refuses the token (401)"),
        (402, "no credits left (402)"),
        (403, "does not let this token use the model (403)"),
        (404, "does not know the model (404)"),
        (413, "finds the question too long (413)"),
        (422, "does not take the question (422)"),
    ],
)  # fmt: skip
def test_what_no_second_try_mends_ends(code, words, waits) -> None:
    with CannedModel(status(code)) as model, pytest.raises(ModelError) as error:
        ask(Endpoint("m", model.url), QUESTION, waits.patience())
    assert words in error.value.message
    assert model.url.split("/")[2] in error.value.message
    assert (len(model.asked), waits) == (1, [])
    assert code != 401 or "GITSESSION_MODEL_TOKEN" in error.value.hint


@pytest.mark.parametrize("told", ["7", "date"])
def test_the_server_says_how_long_to_wait(told, waits) -> None:
    after = told if told == "7" else format_datetime(datetime.now(UTC) + timedelta(seconds=7), usegmt=True)
    with CannedModel(Reply("{}", 429, (("Retry-After", after),)), says("Yes.")) as model:
        assert ask(Endpoint("m", model.url), QUESTION, waits.patience()) == "Yes."
    assert waits == [pytest.approx(7, abs=2)]


def test_nobody_waits_beyond_the_time_for_all(waits) -> None:
    with CannedModel(Reply("{}", 429, (("Retry-After", "120"),))) as model, pytest.raises(ModelError, match=r"429.*the time for all is over"):
        ask(Endpoint("m", model.url), QUESTION, waits.patience())
    assert (len(model.asked), waits) == (1, [])
    with CannedModel(status(503)) as model, pytest.raises(ModelError, match=r"503.*the time for all is over"):
        ask(Endpoint("m", model.url), QUESTION, waits.patience(3.2))
    assert waits == [0.5, 1.0]  # the next would have been two


def test_waits_grow_and_differ() -> None:
    waited: list[float] = []
    patience = Patience(60, clock=lambda: 0.0, wait=waited.append)
    for attempt in range(7):
        assert patience.rest(attempt, 0)
    assert all(0.5 * 0.5 * 2**n <= w <= 1.5 * min(0.5 * 2**n, 8) for n, w in enumerate(waited[:5]))
    assert max(waited) <= 12
    assert len(set(waited)) == 7


def test_a_server_that_does_not_take_a_schema_is_asked_without(waits) -> None:
    with CannedModel(status(422, "unknown field response_format"), says("Yes.")) as model:
        assert ask(Endpoint("m", model.url), QUESTION, waits.patience()) == "Yes."
    assert ["response_format" in asked.body for asked in model.asked] == [True, False]
    assert waits == []


def test_nobody_there(waits) -> None:
    with CannedModel(says("")) as gone:
        url = gone.url
    with pytest.raises(ModelError, match="cannot be reached"):
        ask(Endpoint("m", url), QUESTION, waits.patience())


def test_an_answer_that_does_not_come() -> None:
    with CannedModel(Reply(hold=True)) as model, pytest.raises(ModelError, match="did not answer in time"):
        ask(Endpoint("m", model.url), QUESTION, Patience(0.2))


def test_offline(waits, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    with CannedModel(says("Yes.")) as model, pytest.raises(ModelError, match="HF_HUB_OFFLINE is set"):
        ask(Endpoint("m", model.url), QUESTION, waits.patience())
    assert waits == []


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_words_go_nowhere_else(code, waits) -> None:
    with CannedModel(says("Yes.")) as other, CannedModel(status(code, location=f"{other.url}/chat/completions")) as model:
        with pytest.raises(ModelError, match="points to another address") as error:
            ask(Endpoint("m", model.url), QUESTION, waits.patience())
        assert error.value.message.startswith("127.0.0.1")
        assert (len(model.asked), other.asked, waits) == (1, [], [])


def test_of_an_answer_without_end_only_the_beginning_is_taken(waits) -> None:
    with CannedModel(says("Yes." * 1_000_000)) as model:
        assert len(ask(Endpoint("m", model.url), QUESTION, waits.patience())) <= 200_000


@pytest.mark.parametrize("proxied", [False, True])
def test_hugging_face_s_token_goes_to_nobody_else(proxied, waits, monkeypatch, tmp_path) -> None:
    token = "hf" + "_" + "x" * 34
    monkeypatch.setenv("HF_TOKEN", token)
    if proxied:  # what stays here does not go by a proxy
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setattr("huggingface_hub.utils._http._GLOBAL_CLIENT", None)
    with CannedModel(says("Yes.")) as model:
        ask(Endpoint("m", model.url), QUESTION, waits.patience())
        monkeypatch.setenv("GITSESSION_MODEL_TOKEN", "mine")
        ask(Endpoint("m", model.url), QUESTION, waits.patience())
    assert [asked.headers.get("authorization") for asked in model.asked] == [None, "Bearer mine"]


def test_the_hub_gets_the_model_and_the_token(waits, monkeypatch) -> None:
    token = "hf" + "_" + "x" * 34
    monkeypatch.setenv("HF_TOKEN", token)
    with CannedModel(says("Yes.")) as model:
        monkeypatch.setattr("huggingface_hub.inference._providers.CONVERSATIONAL_AUTO_ROUTER.base_url", model.url.removesuffix("/v1"))
        assert ask(Endpoint("meta-llama/Llama-3.1-8B-Instruct"), QUESTION, waits.patience()) == "Yes."
    (asked,) = model.asked
    assert (asked.path, asked.body["model"]) == ("/v1/chat/completions", "meta-llama/Llama-3.1-8B-Instruct")
    assert asked.headers["authorization"] == f"Bearer {token}"
    assert asked.body["response_format"]["json_schema"]["schema"] == SCHEMA


def test_several_are_asked_at_a_time(waits) -> None:
    together = threading.Barrier(3, timeout=20)  # answers come only once three are asked

    def reply(asked) -> Reply:
        together.wait()
        return says(asked.words)

    answers: dict[int, object] = {}
    questions = [QUESTION._replace(user=str(n)) for n in range(6)]
    with CannedModel(reply) as model:
        ask_all(Endpoint("m", model.url), questions, Patience(60), jobs=3, told=answers.__setitem__)
    assert answers == {n: str(n) for n in range(6)}


def test_a_fault_for_good_ends_them_all() -> None:
    answers: dict[int, object] = {}
    with CannedModel(status(401)) as model:
        ask_all(Endpoint("m", model.url), [QUESTION] * 20, Patience(60), jobs=2, told=answers.__setitem__)
    assert len(model.asked) <= 2
    assert all(isinstance(answers[n], ModelError) for n in range(20))


def test_a_server_that_drips_holds_nobody() -> None:
    answers: dict[int, object] = {}
    with CannedModel(Reply(drip=True)) as model:  # each read of the library's is in time
        ask_all(Endpoint("m", model.url), [QUESTION], Patience(0.3), jobs=1, told=answers.__setitem__)
        assert "the time for all is over" in str(answers[0])

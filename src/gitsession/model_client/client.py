"""One question to a model, and its answer: asked again where that helps, within a time for all."""

import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from gitsession.errors import ModelError
from gitsession.model_client.endpoint import Endpoint, find_token, library

ATTEMPTS = 6
_UNFIT = 2  # answers that are none
#: Characters of an answer that are looked at: it is scanned for secrets, which takes seconds for megabytes.
_LONGEST = 200_000
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0  # seconds; doubled from one to the other
_AGAIN = (408, 409, 425, 429, 500, 502, 503, 504, 529)  # too many, loading, overloaded: it may answer later
_FINAL = (401, 402, 403, 404)
_WORDS = {
    401: "refuses the token",
    402: "says that the account has no credits left",
    403: "does not let this token use the model",
    404: "does not know the model",
    413: "finds the question too long",
    422: "does not take the question",
    429: "has too many questions to answer",
    503: "is loading the model",
}
_HINTS = {
    401: "for the Hub set HF_TOKEN, or run `hf auth login`; for an endpoint of your own set GITSESSION_MODEL_TOKEN",
    403: "its page on huggingface.co tells how to get access",
    404: "name another with --model",
}


class Question(NamedTuple):
    """What a model is asked: a system and a user message, the JSON schema of the answer, the longest answer in tokens."""

    system: str
    user: str
    schema: Mapping[str, Any] | None = None
    tokens: int = 1500
    fits: Callable[[str], bool] | None = None  # whether an answer is one; another is asked for once more


class Patience:
    """How long all questions together may take, and whether somebody gave up. Shared by threads; the clock is for tests."""

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._end = clock() + seconds
        self._clock = clock
        self._stop = threading.Event()
        self._wait = wait or self._stop.wait
        self._jitter = jitter

    @property
    def left(self) -> float:
        """Seconds left, 0 once somebody gave up."""
        return 0.0 if self._stop.is_set() else max(0.0, self._end - self._clock())

    def stop(self) -> None:
        """Nobody waits any more, and no further question is asked."""
        self._stop.set()

    def rest(self, attempt: int, told: float) -> bool:
        """Wait before the next attempt: what the server told, or twice as long each time, give or take; False where no time is left."""
        seconds = told or min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT) * (0.5 + self._jitter())
        if seconds >= self.left:
            return False
        self._wait(seconds)
        return self.left > 0


class _Fault(NamedTuple):
    words: str
    again: bool
    wait: float = 0.0  # seconds that the server asks for
    hint: str = ""
    form: bool = False  # it does not take the schema
    final: bool = False  # no other question will fare better


def ask(endpoint: Endpoint, question: Question, patience: Patience, token: str | None = None) -> str:
    """The model's answer, as it is. Without a `token`, this machine's. Raises ModelError in one line; KeyboardInterrupt at once."""
    token = find_token(endpoint) if token is None else token
    schema = question.schema
    attempt = unfit = 0
    while patience.left > 0:
        try:
            answer = _answer(endpoint, question._replace(schema=schema), token, patience.left, 0.5 * bool(unfit))
            if question.fits is None or question.fits(answer):
                return answer
            unfit += 1
            fault = _Fault(f"answered {_shown(answer)}", again=unfit < _UNFIT)
        except Exception as e:  # noqa: BLE001  (whatever the library raises, in whichever version, ends in a line)
            fault = _fault(e)
        if fault.form and schema is not None:  # asked for in words, it may come all the same
            schema = None
            continue
        attempt += 1
        if fault.final:
            patience.stop()
        if not fault.again or attempt >= ATTEMPTS:
            raise ModelError(f"{endpoint.host} {fault.words}", fault.hint)
        if not patience.rest(attempt - 1, fault.wait):
            raise ModelError(
                f"{endpoint.host} {fault.words}, and the time for all is over", "--timeout SECONDS sets it"
            )
    raise ModelError("the time for all is over", "--timeout SECONDS sets it")


def _answer(endpoint: Endpoint, question: Question, token: str, seconds: float, warmth: float) -> str:
    if endpoint.local:
        _go_straight(endpoint)
    # Without a token of ours the library would look for one and send it to whatever URL this is.
    headers: Any = {} if token else {"authorization": None}
    where = {"base_url": endpoint.url} if endpoint.url else {"model": endpoint.model}
    _stay_there(library().get_session())
    client = library().InferenceClient(**where, token=token or "none", headers=headers, timeout=seconds)
    form: Any = None
    if question.schema is not None:
        form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": question.schema, "strict": True}}
    said = client.chat_completion(
        [{"role": "system", "content": question.system}, {"role": "user", "content": question.user}],
        model=endpoint.model,
        max_tokens=question.tokens,
        temperature=warmth,  # 0 would give the same answer again
        response_format=form,
    )
    return str(said.choices[0].message.content or "")[:_LONGEST]


def _stay_there(session: Any) -> None:
    """Words go where people were told that they go, not on to where a server points: the library would follow."""
    after = session.event_hooks["response"]
    if _refuse_redirect not in after:
        session.event_hooks = {**session.event_hooks, "response": [*after, _refuse_redirect]}


def _refuse_redirect(response: Any) -> None:
    if response.has_redirect_location:
        raise ModelError("points to another address, and nothing is sent there", "name that one with --endpoint")


def _go_straight(endpoint: Endpoint) -> None:
    """What stays on this machine must not go by a proxy that the environment names."""
    host = urlsplit(endpoint.url).hostname or ""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = os.environ.get(name, "")
        if host not in hosts.split(","):
            os.environ[name] = ",".join(filter(None, (hosts, host)))


def _shown(answer: str) -> str:
    """What an answer is, where it is not what was asked for."""
    if not answer.strip():
        return "nothing"
    return (
        "no facts that can be read, but words"
        if not answer.lstrip().startswith(("{", "[", "`"))
        else "JSON without facts"
    )


def _fault(error: Exception) -> _Fault:
    """What an error of the library means. It has changed its HTTP library between versions, so errors are known by what they have."""
    if isinstance(error, ModelError):
        return _Fault(error.message, again=False, hint=error.hint)
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if isinstance(status, int):
        words = f"{_WORDS.get(status, 'refuses')} ({status})"
        said = _said(error, response).casefold()
        form = status in (400, 422) and any(
            w in said for w in ("response_format", "json_schema", "json_object", "schema", "grammar", "guided")
        )
        return _Fault(
            words,
            status in _AGAIN,
            _retry_after(getattr(response, "headers", {})),
            _HINTS.get(status, ""),
            form,
            status in _FINAL,
        )
    if type(error).__name__ == "OfflineModeIsEnabled":
        return _Fault("cannot be asked: HF_HUB_OFFLINE is set", again=False, hint="unset it")
    if isinstance(error, TimeoutError):
        return _Fault("did not answer in time", again=True, hint="--timeout SECONDS sets it")
    if isinstance(error, (AttributeError, KeyError, TypeError, IndexError, ValueError)):
        return _Fault("gave an answer that cannot be read", again=True)
    refused = "refused" in str(error).casefold()
    return _Fault(
        "cannot be reached" if refused or "onnect" in type(error).__name__ else "broke the connection", again=True
    )


def _said(error: Exception, response: Any) -> str:
    try:
        return f"{error} {response.text}"
    except Exception:  # noqa: BLE001  (a body that was not read, or cannot be)
        return str(error)


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a Retry-After header asks for, as a number or a date; 0 where it does not."""
    told = str(headers.get("retry-after") or "").strip()
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError, IndexError):
        return 0.0


def ask_all(
    endpoint: Endpoint,
    questions: Sequence[Question],
    patience: Patience,
    *,
    jobs: int,
    told: Callable[[int, str | ModelError], None],
    token: str | None = None,
) -> None:
    """Ask several questions, `jobs` at a time; `told` gets each one's place and answer or error, in this thread, as they come.

    A fault that no second try mends ends them all. KeyboardInterrupt comes through at once: the threads are daemons, which hold no exit.
    """
    import queue

    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, str | ModelError]] = queue.SimpleQueue()
    for place in range(len(questions)):
        waiting.put(place)

    def work() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((place, ask(endpoint, questions[place], patience, token)))
            except ModelError as e:
                done.put((place, e))
            except Exception as e:  # noqa: BLE001  (a thread that dies silently would be waited for)
                done.put((place, ModelError(f"asking failed: {type(e).__name__}")))

    for number in range(min(jobs, len(questions))):
        threading.Thread(target=work, name=f"ask-{number}", daemon=True).start()
    left = set(range(len(questions)))
    try:
        while left:
            try:
                place, answer = done.get(timeout=0.2)
            except (
                queue.Empty
            ):  # the library's own time limit is for each read: a server that drips would hold us for ever
                if patience.left > 0:
                    continue
                late = ModelError("the time for all is over", "--timeout SECONDS sets it")
                for place in sorted(left):
                    told(place, late)
                return
            left.discard(place)
            told(place, answer)
    finally:
        patience.stop()

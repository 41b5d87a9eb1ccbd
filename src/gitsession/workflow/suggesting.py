"""A model's suggestion on an error: it sees what is known, cites it, and each citation is checked."""

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

from gitsession.errors import ModelError
from gitsession.git import Repository
from gitsession.model_client.chunks import tokens_of
from gitsession.model_client.client import Patience, Question, ask
from gitsession.model_client.endpoint import Endpoint, choose_endpoint, find_token, library
from gitsession.resources import read_resource
from gitsession.secretscan.redaction import admit
from gitsession.secretscan.scanner import find_hits
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.troubleshooting import Hit, Troubleshot, when_of

_ERROR = 4_000  # characters of the error's text, from its end
_RECORD = 1_500  # of what is told of each hit
_ANSWER = 800  # tokens
_STEPS = 5
_STEP = 600  # characters
_CITED = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_CODE = re.compile(r"`([^`\n]+)`")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "cites": {"type": "array", "items": {"type": "integer"}}},
                "required": ["text", "cites"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["steps"],
    "additionalProperties": False,
}


class Plan(NamedTuple):
    """What would be asked. `told` is all that the model is told of the error."""

    endpoint: Endpoint
    question: Question
    told: str
    numbers: frozenset[int]
    always: bool  # the project needs no asking

    @property
    def asks(self) -> bool:
        """Whether somebody has to agree: words would leave this machine."""
        return not self.endpoint.local and not self.always

    @property
    def bytes(self) -> int:
        """Of the question."""
        return len(f"{self.question.system}{self.question.user}".encode())

    @property
    def tokens(self) -> int:
        """About as many, in tokens."""
        return tokens_of(self.question.system) + tokens_of(self.question.user)


class Step(NamedTuple):
    """One thing to try, and the numbers of the hits that it rests on."""

    text: str
    cites: tuple[int, ...]


class Suggestion(NamedTuple):
    """What a model suggests. `dropped` counts steps that cite nothing that exists, or name what stands nowhere in what it was told."""

    model: str
    steps: tuple[Step, ...]
    dropped: int


def plan_suggestion(repo: Repository, found: Troubleshot, text: str, *, model: str = "", endpoint: str = "") -> Plan:
    """What a model would be asked about an error, redacted. Raises ModelError where it cannot be asked, or must not be."""
    settings = Snapshot.of_worktree(repo).settings.model
    if settings.allowed == "never":
        raise ModelError("this project allows no model", "`model: {allowed: never}` in .sessions/project.yml")
    where = choose_endpoint(settings, model, endpoint)
    if not found.hits:
        raise ModelError("nothing is known that it could cite")
    library()
    find_token(where)
    # As it stands there, since words beside others may look like a secret.
    records = "\n\n".join(_record(hit) for hit in found.hits)
    told = admit(f"Error:\n{admit(text)[-_ERROR:]}\n\nRecords:\n{records}")
    boundary = f"RECORDS-{secrets.token_hex(8)}"
    system = read_resource("templates", "model-suggestion.md").replace("{boundary}", boundary)
    user = f"{boundary}\n{told}\n{boundary}\n\nAnswer with the JSON object of the steps, and nothing else."
    question = Question(system, user, SCHEMA, _ANSWER, lambda answer: _steps(answer) is not None)
    return Plan(where, question, told, frozenset(hit.number for hit in found.hits), settings.allowed == "always")


def suggest(plan: Plan, patience: Patience) -> Suggestion:
    """Ask the model, and keep of its answer what cites what is known. Raises ModelError where nothing of it holds."""
    found = find_hits("question", plan.question.user)
    if found:  # something is wrong: it was redacted
        kind = next(iter(found.values()))[0].kind
        raise ModelError(f"nothing was sent: it looks like it holds a secret ({kind})")
    said = _steps(admit(ask(plan.endpoint, plan.question, patience))) or []
    kept = [step for step in (_checked(plan, step) for step in said) if step]
    if not kept:
        raise ModelError("its answer rests on nothing that is known" if said else "it finds no help in what is known")
    name = " ".join(admit(plan.endpoint.model).split())[:100]
    return Suggestion(name, tuple(kept[:_STEPS]), len(said) - len(kept))


def _record(hit: Hit) -> str:
    state = f", {hit.state}" if hit.state else ""
    lines = [
        f"[{hit.number}] {hit.kind}{state}, {when_of(hit) or 'no date'}, session {hit.title or hit.session}: {hit.text}"
    ]
    lines += [f"fixed: {hit.fix}"] if hit.fix else []
    return "\n".join([*lines, *hit.more])[:_RECORD]


def _checked(plan: Plan, step: Step) -> Step | None:
    """The step with those of its citations that exist; None without any, or where it names what nobody told it."""
    cites = tuple(number for number in step.cites if number in plan.numbers)
    told = " ".join(plan.told.split())
    if not cites or any(" ".join(code.split()) not in told for code in _CODE.findall(step.text)):
        return None
    return step._replace(cites=cites)


def _steps(answer: str) -> list[Step] | None:
    """The steps of an answer: JSON, whatever stands around it, else lines with numbers in brackets; None where it is neither."""
    at = answer.find("{")
    while at >= 0:
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(answer, at)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and isinstance(value.get("steps"), list):
            return list(_of_json(value["steps"]))
        at = answer.find("{", at + 1) if at < _ANSWER else -1
    steps = [step for line in answer.splitlines() if _CITED.search(line) and (step := _step(line, ()))]
    return steps or None


def _of_json(steps: list[Any]) -> Iterator[Step]:
    for one in steps:
        if isinstance(one, dict) and isinstance(one.get("text"), str):
            cites = one.get("cites")
            numbers = re.findall(r"\d{1,3}", str(cites)) if isinstance(cites, list | str | int) else []
            if step := _step(one["text"], tuple(map(int, numbers))):
                yield step


def _step(text: str, cites: tuple[int, ...]) -> Step | None:
    """Citations in the text stand beside it: which of them exist is not known yet."""
    parts = re.split(r"(`[^`\n]*`)", text)  # in code, `rows[1]` cites nothing
    inside = [int(number) for part in parts[::2] for match in _CITED.finditer(part) for number in match[1].split(",")]
    parts[::2] = [_CITED.sub("", part) for part in parts[::2]]
    words = " ".join("".join(parts).split()).lstrip("-*0123456789. ")[:_STEP]
    return Step(words, tuple(dict.fromkeys((*cites, *inside)))) if words else None

"""What a model answered, read with patience: prose around the JSON, fences, an end that is missing, keys of its own."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from gitsession.model_client.chunks import KINDS
from gitsession.resources import read_resource

_MOST = 200  # facts that are taken from one answer
_ANSWER = 200_000  # characters of an answer that are looked at
_LONGEST = 1000  # characters of a fact
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"[\[{]")
_KINDS = {
    "constraints": "constraint", "requirement": "constraint", "rule": "constraint", "must": "constraint",
    "decisions": "decision", "decided": "decision", "choice": "decision",
    "accomplished": "done", "accomplishment": "done", "completed": "done", "finished": "done",
    "next": "step", "nextstep": "step", "nextsteps": "step", "steps": "step", "todo": "step", "todos": "step", "task": "step", "open": "step",
    "blockers": "blocker", "blocked": "blocker",
    "questions": "question", "openquestion": "question", "openquestions": "question",
    "errors": "error", "bug": "error", "failure": "error", "errorsandfixes": "error", "fix": "error",
    "commands": "command", "lessons": "lesson", "learned": "lesson", "learning": "lesson", "insight": "lesson",
    "notes": "note", "fact": "note", "info": "note", "context": "note",
}  # fmt: skip
_TEXT = ("text", "fact", "content", "statement", "description", "summary", "sentence", "value")
_KIND = ("kind", "type", "category", "section")
_WHY = ("why", "reason", "rationale", "because")
_TURNS = ("turns", "turn", "turn_numbers", "sources", "source", "cites", "citations")


class Told(NamedTuple):
    """One fact as a model told it."""

    kind: str
    text: str
    why: str = ""
    turns: tuple[int, ...] = ()


def read_answer(answer: str) -> list[Told] | None:
    """The facts of an answer; None where it holds no JSON that could be facts: nothing, a refusal, prose, the prompt again."""
    asked = set(read_resource("templates", "model-facts.md").splitlines())
    text = "\n".join(line for line in _THOUGHT.sub("", answer[:_ANSWER]).split("\n") if line not in asked)
    found: list[Told] = []
    understood = False
    for value in _values(text):
        if isinstance(value, dict | list):
            facts = list(_facts(value, ""))
            understood = understood or bool(facts) or value == {"facts": []} or value == []
            found += facts
    if not understood:
        return None
    return list(dict.fromkeys(found))[:_MOST]


def _values(text: str) -> Iterator[Any]:
    """The JSON values in a text: whole ones, and of one that is cut short or broken the whole objects inside."""
    decoder = json.JSONDecoder(strict=False)
    at, budget = 0, 2000  # a text of brackets alone must not be tried at each of them
    while budget and (match := _OPENING.search(text, at)):
        budget -= 1
        at = match.start()
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        yield value


def _facts(value: Any, kind: str, depth: int = 0) -> Iterator[Told]:
    if depth > 4:
        return
    if isinstance(value, list):
        for one in value:
            yield from _facts(one, kind, depth + 1)
    elif isinstance(value, str):
        if kind and value.strip():
            yield Told(kind, _text(value))
    elif isinstance(value, dict):
        fields = {str(key).strip().casefold().replace(" ", "_"): one for key, one in value.items()}
        text = _first(fields, _TEXT)
        told = _kind(_first(fields, _KIND)) or kind
        if isinstance(text, str) and text.strip() and told:
            why = _first(fields, _WHY)
            yield Told(told, _text(text), _text(why) if isinstance(why, str) else "", _turns(_first(fields, _TURNS)))
            return
        for key, one in value.items():  # {"decisions": [...]}, {"facts": [...]}
            yield from _facts(one, _kind(key) or kind, depth + 1) if isinstance(one, dict | list) else ()


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if fields.get(name)), None)


def _kind(word: Any) -> str:
    """The kind that a word names, in whatever case and number; empty for none."""
    key = re.sub(r"[^a-z]", "", str(word or "").casefold())
    return key if key in KINDS else _KINDS.get(key, "")


def _turns(value: Any) -> tuple[int, ...]:
    """Numbers of turns: 3, "3", "[3]", "turn 3, 4", [3, "4"]."""
    many = value if isinstance(value, list) else [value]
    numbers = [
        int(n) for one in many if not isinstance(one, bool | dict) for n in re.findall(r"\d{1,9}", str(one or ""))
    ]
    return tuple(dict.fromkeys(numbers))[:20]


def _text(value: str) -> str:
    return " ".join(value.split())[:_LONGEST]

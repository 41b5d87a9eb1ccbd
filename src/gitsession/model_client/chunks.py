"""A conversation as questions to a model: cut at its turns into parts that fit, fenced so that nothing in it can pose as an instruction."""

import secrets
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from gitsession.model.stored import StoredTurn
from gitsession.model_client.client import Question
from gitsession.resources import read_resource

#: Kinds of facts that a model may give. State is observed by machines, and a goal is the person's own words: rules take both.
KINDS = ("constraint", "decision", "done", "step", "blocker", "question", "error", "command", "lesson", "note")
#: Tokens that a model takes in one question, unless told otherwise: what small machines give it.
CONTEXT = 8192
_ANSWER = 1500  # tokens of it kept for the answer
_LEAST = 500  # tokens of conversation in a part, whatever the context
_TOKEN = 4  # bytes of UTF-8
_OUTPUT = 700  # characters of a tool's output, from its end: how it ended
_INPUT = 500
_SILENT = ("read", "search", "web", "todo", "plan")  # calls whose output is others' text, or told by the agent itself
_CUT = " [... {} characters left out here ...] "

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "text": {"type": "string"},
                    "why": {"type": "string"},
                    "turns": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["kind", "text", "why", "turns"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["facts"],
    "additionalProperties": False,
}


class Chunk(NamedTuple):
    """A part of a conversation: its text as it is sent, the turns in it."""

    text: str
    turns: tuple[int, ...]

    def digest(self, model: str) -> str:
        """What an answer to it is kept under: another model, prompt or text is another question."""
        return sha256("\0".join((model, read_resource("templates", "model-facts.md"), self.text)).encode()).hexdigest()[
            :24
        ]


def tokens_of(text: str) -> int:
    """About how many tokens a text has."""
    return -(-len(text.encode("utf-8", "replace")) // _TOKEN)


def cut_chunks(turns: Sequence[StoredTurn], context: int = CONTEXT) -> list[Chunk]:
    """The parts of a conversation, in order, each of at most what is left of the context beside prompt and answer."""
    room = max(_LEAST, context - _ANSWER - tokens_of(read_resource("templates", "model-facts.md")) - 100)
    chunks: list[Chunk] = []
    texts: list[str] = []
    numbers: list[int] = []
    size = 0
    for turn in turns:
        text = _fitting(_told(turn), room)
        if not text:
            continue
        cost = tokens_of(text) + 1
        if texts and size + cost > room:
            chunks.append(Chunk("\n".join(texts), tuple(numbers)))
            texts, numbers, size = [], [], 0
        texts.append(text)
        numbers.append(turn.number)
        size += cost
    if texts:
        chunks.append(Chunk("\n".join(texts), tuple(numbers)))
    return chunks


def question_of(chunk: Chunk) -> Question:
    """The question that a part is. Its fence is another in each run, so that no transcript can close it."""
    boundary = f"CONVERSATION-{secrets.token_hex(8)}"
    system = read_resource("templates", "model-facts.md").replace("{boundary}", boundary)
    user = f"{boundary}\n{chunk.text}\n{boundary}\n\nAnswer with the JSON object of the facts in it, and nothing else."
    return Question(system, user, SCHEMA, _ANSWER)


def _told(turn: StoredTurn) -> str:
    """A turn in the words that the model gets: what a program put in the user's place, and what was thought, is left out."""
    if turn.who in ("user", "assistant") and turn.kind in ("", "command", "summary"):
        body = turn.text.strip()
    elif turn.who == "tool":
        body = "\n".join(_of_tool(turn))
    elif turn.kind == "error":
        body = turn.text.strip()[:_OUTPUT]
    else:
        return ""
    who = "tool" if turn.who == "system" else turn.who
    return f"[{turn.number}] {who}: {body}" if body else ""


def _of_tool(turn: StoredTurn) -> Iterator[str]:
    given = turn.input.strip()
    if given:
        verb = turn.action or turn.tool
        yield f"{verb} {given[:_INPUT]}" + (" [...]" if len(given) > _INPUT else "")
    elif turn.changes:
        yield "changed " + ", ".join(change.path for change in turn.changes[:10])
    if turn.refused:
        yield f"the user refused this call: {turn.text.strip()[:_OUTPUT]}"
    elif turn.action not in _SILENT or turn.failed:
        ended = turn.text.strip()
        if ended and (turn.action != "edit" or turn.failed):
            yield ("failed: " if turn.failed else "-> ") + ("[...] " if len(ended) > _OUTPUT else "") + ended[-_OUTPUT:]


def _fitting(text: str, room: int) -> str:
    """A turn that is longer than a part alone: its two ends, with a note between them."""
    if tokens_of(text) <= room:
        return text
    half = room * _TOKEN // 2 - 40
    data = text.encode("utf-8", "replace")
    first, last = data[:half].decode("utf-8", "ignore"), data[-half:].decode("utf-8", "ignore")
    return first + _CUT.format(len(text) - len(first) - len(last)) + last

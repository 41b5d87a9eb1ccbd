"""`eval`: asks a handoff questions whose answers are known, and looks for statements that must not stand in it.

A probe passes when for each of its groups at least one alternative occurs in the text, whatever the case, and nothing that must not
stand does. A text over its budget passes none: anything can be answered by keeping everything.
"""

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import IO, Any, NamedTuple

from gitsession.errors import FormatError, UsageError
from gitsession.formats.yamlplain import Value
from gitsession.formats.yamlreader import read_node
from gitsession.formats.yamltext import Fields
from gitsession.git import Repository
from gitsession.model.handoff import BYTES_PER_TOKEN
from gitsession.store.snapshot import Snapshot
from gitsession.transcripts.source import Source
from gitsession.workflow.reading import handoff_at, handoff_now

_SLACK = 1.01  # of the budget: what is cut between two characters may be a few bytes longer
_SHORTEST = 4  # characters of a string in a transcript that may be an answer; shorter ones are marks
_HOW = "docs/metrics.md shows how a probe is written"
_KEYS = ("id", "transcript", "kind", "question", "answer", "must_contain_any", "must_not_contain")


class Probe(NamedTuple):
    """A question with a known answer. `groups`: each has alternatives, one of which has to stand."""

    line: int  # in its file
    id: str
    kind: str
    question: str
    answer: str
    groups: tuple[tuple[str, ...], ...]
    unwanted: tuple[str, ...]
    transcript: str = ""


class Missed(NamedTuple):
    """A probe that was not passed: the groups that have no alternative in the text, and what stands that must not."""

    line: int
    id: str
    kind: str
    question: str
    answer: str
    lacks: tuple[tuple[str, ...], ...]
    stands: tuple[str, ...]


class Score(NamedTuple):
    """How many probes a text passed. `kinds` maps a kind to (passed, asked)."""

    method: str
    tokens: int
    fits: bool  # its budget; where it does not, it passed none
    passed: int
    asked: int
    kinds: dict[str, tuple[int, int]]
    missed: tuple[Missed, ...]


# -- probes


def read_probes(file: IO[bytes], name: str) -> list[Probe]:
    """The probes of a file: JSON Lines, or a list in YAML. Raises FormatError with the line."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FormatError(name, e.object.count(b"\n", 0, e.start) + 1, "not UTF-8") from None
    records = _json_lines(text, name) if text.lstrip().startswith("{") else _yaml_items(text, name)
    probes = [_probe(record, name) for record in records]
    if not probes:
        raise FormatError(name, 1, "no probes", _HOW)
    return probes


def choose_probes(probes: Sequence[Probe], transcript: str) -> list[Probe]:
    """Those that are about a conversation: its file's name ends like theirs, or they name none. Raises UsageError for none."""
    path = "/" + transcript.replace("\\", "/")
    chosen = [p for p in probes if not p.transcript or path.endswith("/" + p.transcript.rpartition("/")[2])]
    if not chosen:
        raise UsageError(
            f"no probe is about {transcript}", "each names its conversation's file as `transcript`, or none"
        )
    return chosen


def _json_lines(text: str, name: str) -> Iterator[Value]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _value(json.loads(line), number)
            except (ValueError, RecursionError):
                raise FormatError(name, number, "no JSON", "one probe is one object on one line") from None


def _value(plain: object, line: int) -> Value:
    """A JSON value as those of YAML are: texts, lists and mappings with their line."""
    if isinstance(plain, dict):
        return Value({key: _value(v, line) for key, v in plain.items()}, line)
    if isinstance(plain, list):
        return Value([_value(v, line) for v in plain], line)
    return Value("" if plain is None else str(plain), line, plain=plain is None)


def _yaml_items(text: str, name: str) -> list[Value]:
    root = read_node(text, name, 1)
    if root is None or root.null:
        return []
    if not isinstance(root.data, list):
        raise FormatError(name, root.line, "no list of probes", _HOW)
    return root.data


def _probe(record: Value, name: str) -> Probe:
    line = record.line
    if not isinstance(record.data, dict):
        raise FormatError(name, line, "a probe is a mapping of keys to values", _HOW)
    fields = Fields(record.data, name)
    for key in fields.data:
        near = get_close_matches(key, _KEYS, n=1, cutoff=0.75) if key not in _KEYS else ()
        if near:  # any other key is somebody's own
            raise fields.fail(key, f"no key of a probe; did you mean {near[0]}?")
    question, answer = fields.text("question"), fields.text("answer")
    if not question:
        raise FormatError(name, line, "the question is missing", _HOW)
    groups = _groups(fields)
    unwanted = tuple(filter(None, fields.texts("must_not_contain")))
    if not groups and not unwanted:
        if not answer:
            raise FormatError(name, line, "nothing to look for", "give answer, must_contain_any or must_not_contain")
        groups = ((answer,),)
    kind, transcript = fields.text("kind") or "other", fields.text("transcript")
    return Probe(line, fields.text("id"), kind, question, answer, groups, unwanted, transcript)


def _groups(fields: Fields) -> tuple[tuple[str, ...], ...]:
    """Each a list of alternatives, or one text."""
    key = "must_contain_any"
    value = fields.data.get(key, Value([], 0))
    if not isinstance(value.data, list):
        raise fields.fail(key, "must be a list of groups, each a list of alternatives")
    groups = []
    for part in value.data:
        group = tuple(filter(None, Fields({key: part}, fields.path).texts(key)))
        if not group:
            raise FormatError(fields.path, part.line, f"{key}: a group has no alternative")
        groups.append(group)
    return tuple(groups)


# -- texts


def page_to_ask(repo: Repository, rev: str = "", *, session: str = "", budget: int | None = None) -> tuple[str, int]:
    """The handoff of the work tree, of a commit or of a session, and the tokens that it may have."""
    page = (
        handoff_at(repo, rev, session=session, budget=budget)
        if rev
        else handoff_now(repo, session=session, budget=budget)
    )
    snapshot = Snapshot.of_commit(repo, repo.resolve(rev)) if rev else Snapshot.of_worktree(repo)
    own = snapshot.checkpoint(page.session) if page.session else None
    return page.text, budget or (own.budget if own else 0) or snapshot.settings.budget


def conversation_text(file: IO[bytes], name: str) -> str:
    """All that a transcript says, as one text: every string in it where it is JSON."""
    source = Source(file, name)
    if name.endswith(".json"):
        return "\n".join(_strings(source.whole()))
    if name.endswith((".jsonl", ".jsonl.zst")) or source.beginning().startswith("{"):
        return "\n".join(s for _, record in source.records() for s in _strings(record) if len(s) >= _SHORTEST)
    return source.text() or ""


def free_texts(conversation: str, budget: int) -> list[tuple[str, str]]:
    """(method, text): the whole of a conversation, and what of it costs nothing to keep in a budget."""
    raw, size = conversation.encode("utf-8", "replace"), budget * BYTES_PER_TOKEN
    ends = raw[: size // 2] + b"\n" + raw[-(size // 2) :] if len(raw) > size else raw
    return [
        ("whole conversation", conversation),
        ("last tokens", raw[-size:].decode("utf-8", "replace")),
        ("first and last", ends.decode("utf-8", "replace")),
    ]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


# -- counting


def ask(text: str, probes: Sequence[Probe], *, method: str = "handoff", budget: int | None = None) -> Score:
    """How many of the probes a text passes; with a budget, in tokens, none where it is over that."""
    low, size = text.lower(), len(text.encode("utf-8", "replace"))
    fits = budget is None or size <= budget * BYTES_PER_TOKEN * _SLACK
    kinds: dict[str, tuple[int, int]] = {}
    missed: list[Missed] = []
    for probe in probes:
        lacks = tuple(group for group in probe.groups if not any(words.lower() in low for words in group))
        stands = tuple(words for words in probe.unwanted if words.lower() in low)
        ok = fits and not lacks and not stands
        if not ok:
            missed.append(Missed(*probe[:5], lacks, stands))
        passed, asked = kinds.get(probe.kind, (0, 0))
        kinds[probe.kind] = (passed + ok, asked + 1)
    tokens = -(-size // BYTES_PER_TOKEN)
    return Score(
        method, tokens, fits, len(probes) - len(missed), len(probes), dict(sorted(kinds.items())), tuple(missed)
    )

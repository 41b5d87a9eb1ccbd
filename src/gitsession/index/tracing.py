"""Facts through the versions of a checkpoint: which commit brought each, which closed it, and what it closes elsewhere."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from gitsession.model.fact import BINDING_KINDS, OPEN_KINDS, Fact
from gitsession.model.words import words_key

#: How facts end, the likeliest meaning first where a commit says several at once.
HOW = ("ticked", "resolved", "replaced", "dropped", "removed")
_REASONS = (", because", " because", ", since", ": ", "; ")
_MIN_HEAD = 4


class Traced(NamedTuple):
    """A fact of a session, with the commits (ids) that brought it and that ended it in its own file."""

    fact: Fact
    kind: str
    opens: bool  # it calls for work, or binds, until it is closed
    key: int
    head: int | None
    introduced: int
    ended: int | None
    how: str


class Closing(NamedTuple):
    """What a session's last version closes elsewhere."""

    key: int
    stem: str | None  # the session that it names; None: its own and earlier ones
    how: str
    commit: int  # id of the one that said so
    by: int  # key of the fact that says so


_Said = tuple[str, str | None, str, str]  # words, stem or None, how, words of the fact that says so


class Step(NamedTuple):
    """What a version did: facts that it brought, and ended."""

    opened: int
    closed: int


class _Entry:
    __slots__ = ("ended", "fact", "how", "introduced", "opens")

    def __init__(self, fact: Fact, introduced: int) -> None:
        self.fact = fact
        self.introduced = introduced
        self.opens = False
        self.ended: int | None = None
        self.how = ""


def hash_key(words: str) -> int:
    """The key of a text as a number that SQLite holds."""
    return int.from_bytes(blake2b(words_key(words).removesuffix(".").encode(), digest_size=8).digest(), signed=True)


def head_key(words: str) -> int | None:
    """The key of what a text says before its reason; None where it gives none."""
    key = words_key(words)
    cuts = [at for reason in _REASONS if (at := key.find(reason)) >= _MIN_HEAD]
    return hash_key(key[: min(cuts)]) if cuts else None


def trace(versions: Iterable[tuple[int, Sequence[Fact] | None]]) -> tuple[list[Traced], list[Closing], list[Step]]:
    """Trace facts through (commit id, facts) of each version, oldest first. None: a version that cannot be read says nothing."""
    entries: dict[tuple[str, str], _Entry] = {}
    closings: dict[_Said, int] = {}
    steps: list[Step] = []
    standing: dict[tuple[str, str], _Entry] = {}
    for commit, facts in versions:
        if facts is None:
            steps.append(Step(0, 0))
            continue
        opened = closed = 0
        now: dict[tuple[str, str], tuple[Fact, str]] = {}
        for fact in facts:
            kind = "step" if fact.kind == "done" and fact.box == " " else fact.kind
            how = _how_closed(fact)
            before = now.get((kind, fact.text))
            if before is None or (before[1] and not how):  # within one file what is open wins
                now[kind, fact.text] = (fact, how)
        still = {}
        for place, (fact, how) in now.items():
            entry = entries.get(place)
            if entry is None:
                entry = entries[place] = _Entry(fact, commit)
                opened += 1
            entry.fact = fact
            entry.opens = entry.opens or _opens(fact, place[0])
            if not how:
                entry.ended, entry.how = None, ""
                still[place] = entry
            elif entry.ended is None or entry.how == "removed":
                closed += 1
                entry.ended, entry.how = commit, how
        for place, entry in standing.items():
            if place not in now and entry.ended is None:
                closed += 1
                entry.ended, entry.how = commit, "removed"
        standing = still
        said = _closings(facts, now)
        closings = {what: closings.get(what, commit) for what in said}
        steps.append(Step(opened, closed))
    traced = [
        Traced(e.fact, kind, e.opens, hash_key(e.fact.bare),
               head_key(e.fact.bare) if kind in (*OPEN_KINDS, *BINDING_KINDS) else None,
               e.introduced, e.ended, e.how)
        for (kind, _), e in entries.items()
    ]  # fmt: skip
    said_last = [
        Closing(hash_key(words), stem, how, commit, hash_key(by)) for (words, stem, how, by), commit in closings.items()
    ]
    return traced, said_last, steps


def _opens(fact: Fact, kind: str) -> bool:
    return not fact.dropped and (kind in ("step", "blocker", "question", *BINDING_KINDS) or fact.unsolved or (
        kind == "error" and fact.box == " "))  # fmt: skip


def _how_closed(fact: Fact) -> str:
    if fact.dropped:
        return "dropped"
    if fact.kind in OPEN_KINDS:
        return "ticked" if fact.box == "x" else "resolved" if fact.resolved else ""
    return ""


def _closings(facts: Iterable[Fact], now: dict[tuple[str, str], tuple[Fact, str]]) -> list[_Said]:
    """What is closed beside the fact itself."""
    found: list[_Said] = []
    for fact in facts:
        ticked = fact.box == "x" and fact.kind not in BINDING_KINDS
        how = "dropped" if fact.dropped else "ticked" if ticked else "resolved" if fact.resolved else ""
        found += [(words, None, "replaced", fact.bare) for words in fact.replaces]
        if how and fact.links:
            found += [(fact.bare, stem, how, fact.bare) for stem in fact.links]
        elif how == "resolved":
            found.append((fact.resolved, None, how, fact.bare))
            if fact.kind in OPEN_KINDS:
                found.append((fact.bare, None, how, ""))
        elif how and not any((kind, fact.text) in now and not now[kind, fact.text][1] for kind in OPEN_KINDS):
            found.append((fact.bare, None, how, ""))
    return found

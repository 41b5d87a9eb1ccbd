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
    line: int  # in the last version; 0 where that does not say it any more
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


class Tracer:
    """Follows the facts of one checkpoint."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._standing: dict[tuple[str, str], _Entry] = {}
        self._closings: dict[_Said, int] = {}

    def add(self, commit: int, facts: Sequence[Fact]) -> tuple[int, int]:
        """The next version, by the id of its commit: how many facts it brought, and how many it ended."""
        opened = closed = 0
        now: dict[tuple[str, str], tuple[Fact, str]] = {}
        for fact in facts:
            kind = "step" if fact.kind == "done" and fact.box == " " else fact.kind
            how = _how_closed(fact)
            before = now.get((kind, fact.text))
            if before is None or (before[1] and not how):  # within one file what is open wins
                now[kind, fact.text] = (fact, how)
        standing = {}
        for place, (fact, how) in now.items():
            entry = self._entries.get(place)
            if entry is None:
                entry = self._entries[place] = _Entry(fact, commit)
                opened += 1
            entry.fact = fact
            entry.opens = entry.opens or _opens(fact, place[0])
            if not how:
                entry.ended, entry.how = None, ""
                standing[place] = entry
            elif entry.ended is None or entry.how == "removed":
                closed += 1
                entry.ended, entry.how = commit, how
        for place, entry in self._standing.items():
            if place not in now:
                closed += 1
                entry.ended, entry.how = commit, "removed"
        self._standing = standing
        self._closings = {what: self._closings.get(what, commit) for what in _closings(facts, now)}
        return opened, closed

    def result(self, last: Iterable[Fact]) -> tuple[list[Traced], list[Closing]]:
        """All facts, and what the last version closes elsewhere; `last` are its facts, for their lines."""
        lines: dict[tuple[str, str], int] = {}
        for fact in last:
            lines.setdefault(("step" if fact.kind == "done" and fact.box == " " else fact.kind, fact.text), fact.line)
        traced = []
        for (kind, text), e in self._entries.items():
            head = head_key(e.fact.bare) if kind in (*OPEN_KINDS, *BINDING_KINDS) else None
            key = hash_key(e.fact.bare)
            traced.append(
                Traced(e.fact, kind, lines.get((kind, text), 0), e.opens, key, head, e.introduced, e.ended, e.how)
            )
        closings = [
            Closing(hash_key(words), stem, how, commit, hash_key(by))
            for (words, stem, how, by), commit in self._closings.items()
        ]
        return traced, closings


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

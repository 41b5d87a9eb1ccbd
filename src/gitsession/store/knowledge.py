"""The knowledge of a snapshot: read, and chosen for a page, each file parsed once per blob ever."""

from collections.abc import Iterable
from typing import NamedTuple

from gitsession.errors import FormatError
from gitsession.formats.knowledge import parse_knowledge
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.handoff import TouchedFile
from gitsession.model.knowledge import Knowledge, Terms, terms_of, weigh, words_of
from gitsession.store.cache import load_cache, store_cache
from gitsession.store.layout import knowledge_path
from gitsession.store.snapshot import Problem, Snapshot

MOST = 3  # on a page


class Kept(NamedTuple):
    """A piece of knowledge and the name of its file."""

    name: str
    knowledge: Knowledge


def read_knowledge(snapshot: Snapshot) -> tuple[list[Kept], list[Problem]]:
    """All that can be read, oldest first, and the others."""
    found, problems = [], []
    for name in snapshot.knowledge:
        try:
            found.append(Kept(name, parse_knowledge(snapshot.knowledge_data(name), name, knowledge_path(name))))
        except FormatError as e:
            problems.append(Problem(e.path, e.line, e.reason, e.hint))
    return sorted(found, key=lambda kept: (kept.knowledge.made, kept.name)), problems


def fitting(
    snapshot: Snapshot, session: Checkpoint | None, files: Iterable[TouchedFile]
) -> tuple[tuple[str, str], ...]:
    """Name and title of what fits a session's goal and its files, the best first. What cannot be read fits nothing."""
    if session is None:
        return ()
    goal = words_of(" ".join((session.title, session.goal, *session.tags)))
    paths = words_of(" ".join(file.path for file in files if session.stem in file.stems))
    weighed = [(-weigh(terms, goal, paths), name, title) for name, title, terms in _terms(snapshot)]
    return tuple((name, title) for weight, name, title in sorted(weighed) if weight)[:MOST]


def _terms(snapshot: Snapshot) -> list[tuple[str, str, Terms]]:
    """Name, title and terms of each."""
    common_dir = snapshot.repo.common_dir
    cached = load_cache(common_dir, "knowledge") or {}
    fresh: dict[str, tuple[str, tuple[object, ...]]] = {}
    result = []
    for name, oid in snapshot.knowledge.items():
        known = cached.get(oid)
        if known is None:
            try:
                # Without its name, which the same bytes elsewhere would not have.
                knowledge = parse_knowledge(snapshot.knowledge_data(name), "", knowledge_path(name))
            except FormatError:
                continue
            known = fresh[oid] = knowledge.title, tuple(terms_of(knowledge))
        result.append((name, known[0] or name, Terms(*known[1])))
    if fresh:
        here = set(snapshot.knowledge.values())
        older = cached if len(cached) < 2 * len(here) + 1000 else {oid: cached[oid] for oid in here & cached.keys()}
        store_cache(common_dir, "knowledge", {**older, **fresh})
    return result

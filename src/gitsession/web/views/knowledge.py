"""Knowledge: patterns to use again."""

from collections import Counter
from typing import NamedTuple

from gitsession.store.knowledge import Kept, read_knowledge
from gitsession.web.views.ground import Ground


class KnowledgeView(NamedTuple):
    """All patterns, newest first, with the tags that they share."""

    kept: tuple[Kept, ...]
    tags: tuple[tuple[str, int], ...]  # the most used first
    problems: tuple[str, ...]


def view_knowledge(ground: Ground) -> KnowledgeView:
    """The page's values."""
    kept, problems = read_knowledge(ground.snapshot)
    tags = Counter(tag for one in kept for tag in one.knowledge.tags)
    return KnowledgeView(tuple(reversed(kept)), tuple(tags.most_common(40)), tuple(map(str, problems)))

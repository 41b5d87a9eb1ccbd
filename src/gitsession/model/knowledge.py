"""Knowledge: a reusable pattern, and whether it fits what a session is about."""

import re
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
#: They stand everywhere, in English and in paths, and so tell nothing.
_COMMON = frozenset(
    _WORD.findall(
        "a after all also an and any are as at be because before but by can do does for from get has have how if in into is it its make "
        "new no not of on once one only or our out over so than that the their then there they this to use used using was we what when "
        "which who why will with work you your add added change fix init lib main py md src test doc file code session"
    )
)
TAG, TITLE, BODY = 4, 2, 1  # what fits weighs
ENOUGH = 4


class Knowledge(NamedTuple):
    """A pattern. All but the title may be empty; `session` and `lesson` are what it grew from."""

    title: str
    body: str = ""
    tags: tuple[str, ...] = ()
    made: str = ""  # as written
    author: str = ""
    session: str = ""  # stem
    lesson: str = ""


class Terms(NamedTuple):
    """The words of one piece of knowledge that may fit: those of each tag, of the title, and of the body without these."""

    tags: tuple[tuple[str, ...], ...]
    title: tuple[str, ...]
    body: tuple[str, ...]


def words_of(text: str) -> set[str]:
    """The words of a text, case and plural aside."""
    return {_singular(word) for word in _WORD.findall(text.casefold())}


def terms_of(knowledge: Knowledge) -> Terms:
    """What `weigh` asks for, to be kept. Only a tag may be a common word: somebody chose it."""
    title = _telling(knowledge.title)
    tags = (tuple(sorted(words_of(tag))) for tag in knowledge.tags)
    return Terms(tuple(filter(None, tags)), tuple(sorted(title)), tuple(sorted(_telling(knowledge.body) - title)))


def weigh(terms: Terms, goal: set[str], paths: set[str]) -> int:
    """How well it fits a goal's words and those of the paths that were worked on; 0 where it does not.

    A tag fits by itself, the title with two words, or one and two words of the body, the body with four. Paths, which share
    many a word, count for tags and title only.
    """
    both = goal | paths
    weight = TAG * sum(both.issuperset(tag) for tag in terms.tags) + TITLE * len(both.intersection(terms.title))
    weight += BODY * len(goal.intersection(terms.body))
    return weight if weight >= ENOUGH else 0


def _telling(text: str) -> set[str]:
    return {word for word in words_of(text) if len(word) > 1 or word.isdigit()} - _COMMON


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word

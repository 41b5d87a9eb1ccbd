"""Whether a conversation says what a model says that it says.

A model picks; the words are the conversation's. What it gives is looked for in the turns that it cites, sentence by sentence: its
paths, names, numbers, commands and quotes letter for letter, most of its other words by their stems. What is written is the sentence that
was found, as it stands in the turn: so a word that was left out, put in or swapped makes no false fact. What is in doubt is dropped.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from gitsession.model.stored import StoredTurn
from gitsession.model_client.answers import Told
from gitsession.model_client.phrases import (
    ANNOUNCES,
    BLOCKS,
    CONDITION,
    CORRECTS,
    FAILS,
    GOES_ON,
    LABEL,
    NOT,
    OFFERS,
    ORDERS,
    SOUND,
    STOP,
    WEIGHS,
)

_SHARE = 0.7  # of a fact's words, that its sentences have to hold
_OPEN = ("step", "question", "blocker")
_LOG = re.compile(r"\A\S+\.\w+:\d+")  # a line that a program printed and somebody pasted
_CITED = 4  # turns; one that cites more cites none
_NEAR = 2  # sentences that a fact may be spread over
_SENTENCE = 400  # characters of what is written
_LEAST = 2  # words that carry something, below which a text says nothing that could be looked for
_TEXT = 30_000  # characters of a turn that are looked at

_WORD = re.compile(r"[^\W_](?:[\w./:#@$%+\\=~*-]*[\w#+%/])?")
_CLOSING = r"[\"')\]*_`]"
_END = re.compile(rf"(?:(?<=[.!?])|(?<=[.!?]{_CLOSING})|(?<=[.!?]{_CLOSING}{{2}}))\s+(?=\S)|(?<=[\u3002\uff01\uff1f])")
_ITEM = re.compile(r"\A(?:(?:[-*+>#]+|\d{1,3}[.)]|\[[ xX]\])\s+)+")
_WRAPPED = 60  # characters of a line from which on it may have been wrapped
_SPECIAL = re.compile(r"[\d_./:#@$%+\\=~*-]|[a-z][A-Z]")
_SPAN = re.compile(r"`([^`\n]{2,200})`|[“\"]([^”\"\n]{3,200})[”\"]")
_DECIDES = ("constraint", "decision", "done", "lesson")
#: Whose words may say what: a person binds and decides, an agent tells what it did, output shows what failed.
_PEOPLE, _TALK, _ANY = ("user",), ("user", "assistant"), ("user", "assistant", "tool", "system")
_SPEAKERS = {"constraint": _PEOPLE, "done": ("assistant",), "error": _ANY, "command": _ANY}


class Grounded(NamedTuple):
    """A fact that the conversation says: the words of the turn, and its number."""

    kind: str
    text: str
    turn: int


class Sentence(NamedTuple):
    """A sentence or line of a turn, and its words in order."""

    text: str
    words: tuple[str, ...]
    block: int  # the paragraph or list item that it stands in, from 0


class _Place(NamedTuple):
    share: float  # of the fact's words, that stand here
    number: int  # the turn
    at: int  # its first sentence
    size: int


class Ground:
    """The turns of a conversation, to ask whether they say something."""

    def __init__(self, turns: Iterable[StoredTurn]) -> None:
        self._turns: Mapping[int, StoredTurn] = {turn.number: turn for turn in turns}
        self._sentences: dict[tuple[int, bool], tuple[Sentence, ...]] = {}

    def check(self, told: Told, shown: Sequence[int]) -> Grounded | str:
        """The fact in the conversation's words, or why it is dropped: `words`, `negation`, `speaker`, `doubt`, `orders`, `short`, `overtaken`.

        `shown`: the turns that the model saw. It is looked for in those that it cites, then in all of them.
        """
        if ORDERS.search(f"{told.text} {told.why}"):
            return "orders"
        wanted = words_of(told.text)
        if len(set(wanted)) < _LEAST and not _SPAN.search(told.text):
            return "short"
        cited = [n for n in told.turns if n in shown]
        problem = "words"
        for numbers in (cited if len(cited) <= _CITED else (), shown):
            for place in sorted(self._places(numbers, told, wanted), key=lambda p: (-p.share, p.size, p.number)):
                fits = self._fits(place, told)
                if isinstance(fits, Grounded):
                    return fits
                problem = fits if problem == "words" else problem
        return problem

    def _places(self, numbers: Sequence[int], told: Told, wanted: Sequence[str]) -> Iterator[_Place]:
        """Where the words of a fact stand: all that are special, and most of the others."""
        special = {word for word in wanted if _SPECIAL.search(word)}
        spans = [_plain(a or b) for a, b in _SPAN.findall(told.text)]
        for number in numbers:
            said = self._of(number, told.kind)
            for size in range(1, _NEAR + 1):
                for at in range(len(said) - size + 1):
                    window = said[at : at + size]
                    if window[0].block != window[-1].block:
                        continue
                    has = {word for sentence in window for word in sentence.words}
                    if special - has or not wanted:
                        continue
                    share = sum(word in has for word in wanted) / len(wanted)
                    if share >= _SHARE and all(span in _plain(_text(window)) for span in spans):
                        yield _Place(share, number, at, size)

    def _fits(self, place: _Place, told: Told) -> Grounded | str:
        """The words of a place as a fact of that kind, or why they are none."""
        said = self._of(place.number, told.kind)
        first, end = place.at, place.at + place.size
        text = _clause(told.text, _text(said[first:end]))
        if not self._may_say(place.number, told.kind):
            return "speaker"
        if bool(NOT.search(told.text)) != bool(NOT.search(text)):
            return "negation"
        if ORDERS.search(text):
            return "orders"
        if not self._of_kind(told.kind, place.number, text, _text(said[first:end])):
            return "doubt"
        if told.kind in _OPEN and self._overtaken(told.kind, place.number):
            return "overtaken"
        why = words_of(told.why)
        if why and not _holds(said[first:end], why):
            # Its reason stands beside it: both sentences then, so that no word of ours joins them.
            block = said[first].block
            if _holds([s for s in said[end : end + 1] if s.block == block], why):
                end += 1
            elif first and said[first - 1].block == block and _holds(said[first - 1 : first], why):
                first -= 1
            if not ORDERS.search(_text(said[first:end])) and len(_text(said[first:end])) <= _SENTENCE:
                text = _text(said[first:end])
        return Grounded(told.kind, text, place.number) if len(text) <= _SENTENCE else "words"

    def _may_say(self, number: int, kind: str) -> bool:
        turn = self._turns[number]
        if turn.who not in _SPEAKERS.get(kind, _TALK) or (turn.who == "user" and turn.kind not in ("", "command")):
            return False
        return turn.who != "tool" or kind == "error" or (turn.action == "run" and not turn.failed)

    def _of_kind(self, kind: str, number: int, text: str, whole: str) -> bool:
        """Whether a sentence may be a fact of that kind, by its words: in doubt it may not. `whole`: with what stands before it."""
        turn = self._turns[number]
        label, colon, _ = whole.partition(":")
        if kind in _DECIDES and (WEIGHS.search(text) or (colon and LABEL.search(label))):
            return False
        if kind == "decision" and turn.who == "assistant" and (OFFERS.search(turn.text) or ANNOUNCES.search(whole)):
            return False
        if kind in ("decision", "done") and self._corrected(turn):
            return False
        if kind == "done":
            return not any(words.search(whole) for words in (ANNOUNCES, GOES_ON))
        if kind == "step":  # what the person asks for is one in whatever form
            return turn.who == "user" or ANNOUNCES.search(text) is not None
        if kind == "error":
            return FAILS.search(text) is not None and not SOUND.search(text)
        if kind == "constraint":
            return not _LOG.match(whole)
        return BLOCKS.search(text) is not None if kind == "blocker" else kind != "question" or "?" in text

    def _corrected(self, turn: StoredTurn) -> bool:
        """Whether the person's next words take back what the agent said."""
        if turn.who != "assistant":
            return False
        later = (t for t in self._turns.values() if t.number > turn.number and t.who == "user" and t.kind == "")
        return any(CORRECTS.match(t.text) for t in itertools.islice(later, 1))

    def _overtaken(self, kind: str, number: int) -> bool:
        """Whether what was open may have been settled since: the other one spoke, or, of work, some was done."""
        asked = self._turns[number].who
        later = [t for t in self._turns.values() if t.number > number]
        answers = ("user",) if asked != "user" else ("assistant",)
        return any(
            (t.who in answers and t.kind == "" and t.text.strip() != "") or (kind != "question" and t.who == "tool")
            for t in later
        )

    def _of(self, number: int, kind: str) -> tuple[Sentence, ...]:
        turn = self._turns[number]
        run = kind == "command" and turn.who == "tool"  # what was run, not what it printed
        if (number, run) not in self._sentences:
            text = turn.input if run else turn.text if turn.who != "tool" else f"{turn.input}\n{turn.text}"
            self._sentences[number, run] = sentences(text)
        return self._sentences[number, run]


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, by paragraphs: a line that was wrapped goes on in the next one."""
    blocks: list[str] = []
    goes_on = False
    for line in text[:_TEXT].split("\n"):
        bare = line.strip()
        if goes_on and bare[:1].isalnum() and not _ITEM.match(bare):
            blocks[-1] += " " + bare
        elif bare:
            blocks.append(_ITEM.sub("", bare, count=1))
        goes_on = len(bare) >= _WRAPPED and bare[-1] not in ".!?:;|{}"
    parts = ((number, " ".join(part.split())) for number, block in enumerate(blocks) for part in _END.split(block))
    return tuple(Sentence(part, words_of(part), number) for number, part in parts if part)


@lru_cache(maxsize=1 << 14)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that carry something, in order: what looks like a path, name or number as it is, others by their stems."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0].strip("*~:=.-")
        low = word.casefold()
        if word and low not in STOP:
            found.append(low if _SPECIAL.search(word) else _stem(low))
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def _stem(word: str) -> str:
    for end in ("ations", "ation", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "e", "y"):
        if len(word) > len(end) + 2 and word.endswith(end):
            word = word[: -len(end)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word  # stopped, stop


def _text(window: Sequence[Sentence]) -> str:
    return " ".join(sentence.text for sentence in window)


def _clause(told: str, text: str) -> str:
    """The model's choice of a sentence where it is a clause of it, letter for letter, and nothing before it turns it around; else all of it."""
    before, found, after = text.partition(told.strip().rstrip("."))
    if not found:
        before, found, after = text.partition(told[:1].lower() + told[1:].strip().rstrip("."))
    ends = not before or before.rstrip()[-1:] in (":", ";", "\u2013", "\u2014")
    if (
        not found
        or not ends
        or after[:1] not in ("", ".", ";", "!")
        or NOT.search(before)
        or WEIGHS.search(before)
        or CONDITION.search(before)
        or LABEL.search(before)
    ):
        return text
    return found + ("." if after.startswith(".") else "")


def _holds(window: Sequence[Sentence], words: Sequence[str]) -> bool:
    has = {word for sentence in window for word in sentence.words}
    return sum(word in has for word in words) >= _SHARE * len(words)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").casefold().split()).rstrip(".,;:")

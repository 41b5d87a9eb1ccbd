"""What the agent asked last, and nobody has answered."""

import re
from itertools import dropwhile, takewhile

from gitsession.rules.asked import says_nothing
from gitsession.rules.candidate import Candidate, shorten
from gitsession.rules.prose import Unit, units
from gitsession.rules.story import Story

_SIZE = 260  # characters of a question
_WHOLE = 400  # with what it leaves to choose
_SHORT = 100  # below which it may need that
_OPTIONS = 6  # that it leaves to choose from

_POLITE = re.compile(
    r"\W*(?:anything else|how can i help|what would you like|is there anything|what(?:'s| is) next\?|ready\?)",
    re.IGNORECASE,
)
#: A question that leaves a choice.
_CHOOSE = re.compile(
    r"\b(?:which|prefer\w*|options?|either|approach|choose|pick|or|welche\w*|lieber|oder|qual|quais|cuál|quel\w*|laquelle|ou)\b|どちら|どれ|哪",
    re.IGNORECASE,
)


def question_left(story: Story) -> Candidate | None:
    """What the agent asked last, if nobody has answered it."""
    exchange = next(
        (
            e
            for e in reversed(story.exchanges)
            if not e.side and (e.answers or (e.prompt and not says_nothing(e.prompt)))
        ),
        story.exchanges[0],
    )
    if not exchange.answer:
        return None
    said = [u for u in units(exchange.answer.text) if u.kind != "code"]
    prose = [place for place, unit in enumerate(said) if unit.kind != "item" or "?" in unit.text[-3:]]
    for place in reversed(prose[-4:]):
        unit = said[place]
        if "?" in unit.text[-3:] and not _POLITE.match(unit.text):
            text = shorten(unit.text, _SIZE) + _options(said, place)
            return Candidate("question", text, exchange.answer.number, worth=2.0, sure=True)
    return None


def _options(said: list[Unit], place: int) -> str:
    """What a short question leaves to choose from: the list that stands before it, or after."""
    if said[place].kind == "item" or len(said[place].text) > _SHORT or not _CHOOSE.search(said[place].text):
        return ""
    above = dropwhile(lambda u: u.kind != "item", reversed(said[max(0, place - _OPTIONS - 2) : place]))
    before = list(takewhile(lambda u: u.kind == "item", above))[::-1]
    after = list(takewhile(lambda u: u.kind == "item", said[place + 1 :]))
    items = after or before
    if not 1 < len(items) <= _OPTIONS:
        return ""
    size = (_WHOLE - len(said[place].text)) // len(items)
    told = [f"({unit.label or number}) {shorten(unit.text, size)}" for number, unit in enumerate(items, start=1)]
    return " " + "; ".join(told)

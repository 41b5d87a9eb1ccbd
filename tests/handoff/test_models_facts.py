"""What a model wrote gets the room that is left: on a page that is full it displaces nothing that people or rules wrote."""

import pytest
from feedpost import BACKGROUND, IN_FORCE, SOURCE, THREE

from gitsession.handoff import derive
from gitsession.model.fold import Item

KINDS_IN_FORCE = ("decision", "constraint", "step", "question", "blocker")
KINDS = ("note", "lesson", "error", "command")


def items(kinds, count=6):
    """Of each kind some, that a model wrote."""
    texts = ((kind, f"A model says of {kind} {n} what nobody else does") for kind in kinds for n in range(count))
    return tuple(Item(kind, text, THREE, 90, (THREE,), by="some/model") for kind, text in texts)


WITH = SOURCE._replace(fold=SOURCE.fold._replace(
    in_force=(*IN_FORCE, *items(KINDS_IN_FORCE)), background=(*BACKGROUND, *items(KINDS)), background_total=len(BACKGROUND) + 24))  # fmt: skip


def lines(page):
    """The lines that carry facts: not the first, which tells how many, and not those on what is missing."""
    return {line.split(". ", 1)[-1] for title, found in page.sections if title != "More" for line in found}


@pytest.mark.parametrize("budget", [700, 1000, 1500, 2000, 3000, 6000])
def test_it_displaces_nothing(budget):
    def page(source):
        return derive(source._replace(settings=source.settings._replace(budget=budget)))

    # The line that says who wrote them is the one price: as much is taken from the page beside it.
    without, both = page(SOURCE), page(WITH)
    lost = lines(without) - lines(both)
    assert sum(len(line.encode()) for line in lost) < 200, lost
    if budget >= 2000:
        assert not lost
        assert sum("A model says" in line for line in lines(both)) == 54
    assert "were written by a model" in both.text


def test_what_a_person_vouches_for_claims_room_as_theirs():
    one = Item("decision", "A model says of decision 0 what nobody else does", THREE, 90, (THREE,), by="some/model")

    def page(item):
        source = SOURCE._replace(fold=SOURCE.fold._replace(in_force=(*IN_FORCE, item)))
        return derive(source._replace(settings=source.settings._replace(budget=900))).text

    assert ("A model says" in page(one), "A model says" in page(one._replace(by=""))) == (False, True)

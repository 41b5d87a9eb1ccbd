"""Turns on their way into the store."""

from gitsession.model.conversation import Change, Todo, Turn
from gitsession.store.intake import cut_turn


def test_a_turn_on_its_way_holds_little_more_than_what_is_kept():
    long = "many words " * 100_000
    turn = Turn("tool", long, id=long, action="edit", input=long, written=long, todos=(Todo(long),) * 3,
                changes=(Change("a.md"), Change(long)))  # fmt: skip
    assert len(repr(cut_turn(turn, "0" * 12, "/home/ada/shop"))) < 10_000

"""Facts drawn from a conversation by rules alone."""

from gitsession.rules.asked import own_words
from gitsession.rules.candidate import shorten
from gitsession.rules.draw import draw
from gitsession.rules.story import Story

__all__ = ["Story", "draw", "own_words", "shorten"]

"""Facts drawn from a conversation by rules alone."""

from gitsession.rules.draw import draw
from gitsession.rules.story import Story

__all__ = ["Story", "draw"]

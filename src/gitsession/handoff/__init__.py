"""The handoff page: derived from a fold and history, pure, within a budget, and verifiable."""

from gitsession.handoff.page import compare, is_intact, parse_page
from gitsession.handoff.render import derive, most_listed, render_json
from gitsession.handoff.select import open_steps

__all__ = ["compare", "derive", "is_intact", "most_listed", "open_steps", "parse_page", "render_json"]

"""What is drawn from the summary that a compaction left of the turns before it."""

import pytest

from gitsession.model.conversation import Head, Turn
from gitsession.rules import Story, draw

CLAUDE = """This session is being continued from a previous conversation that ran out of context.

Analysis:
1. **First task**: the user asked for a cart, and `cart_draft` was begun.

Summary:
1. Primary Request and Intent:
   Guests keep their cart in `src/cart.py` for a day.

2. Key Technical Concepts:
   - Carts are keyed by `guest_id`, because sessions rotate

4. Errors and fixes:
   - **Race in `cart.merge`**:
     - Two tabs wrote `cart.json` at once; fixed by `flock`

7. Pending Tasks:
   - Expire carts in `jobs/expire.py`

8. Current Work:
   Writing `tests/test_cart.py` just now.
"""
GEMINI = """<state_snapshot>
    <overall_goal>
        Guests keep their cart in `src/cart.py` for a day.
    </overall_goal>
    <key_knowledge>
        - Carts are keyed by `guest_id`, because sessions rotate
        - Race in `cart.merge`: fixed by `flock`
    </key_knowledge>
    <current_plan>
        1. [DONE] Write the form in `src/form.py`
        2. [TODO] Expire carts in `jobs/expire.py`
    </current_plan>
</state_snapshot>"""
MARKDOWN = """## Goal

Guests keep their cart in `src/cart.py` for a day.

## Discoveries

- Carts are keyed by `guest_id`, because sessions rotate
- Race in `cart.merge`: fixed by `flock`

## Próximos passos

- Expire carts in `jobs/expire.py`
"""


def said(*turns: Turn) -> dict[str, str]:
    """The texts by kind; open steps under `open`."""
    story = Story()
    for number, turn in enumerate(turns):
        story.feed(number, turn)
    found: dict[str, str] = {}
    for draft in draw(story, Head("")):
        kind = "open" if draft.box == " " else draft.kind
        found[kind] = found.get(kind, "") + draft.text + "\n"
    return found


@pytest.mark.parametrize("text", [CLAUDE, GEMINI, MARKDOWN])
def test_a_summary_stands_for_turns_that_are_gone(text) -> None:
    facts = said(Turn("system", text, kind="summary"))
    assert "keep their cart" in facts["goal"]
    assert "`guest_id`, because sessions rotate" in "".join(facts.values())
    assert "flock" in "".join(facts.values())
    assert facts["open"] == "Expire carts in `jobs/expire.py`\n"
    for stale in ("cart_draft", "continued from", "src/form.py"):
        assert stale not in "".join(facts.values())


@pytest.mark.parametrize("text", [CLAUDE, GEMINI, MARKDOWN])
def test_what_a_summary_called_next_is_over_when_the_work_went_on(text) -> None:
    asked = Turn("user", "Let guests keep their cart")
    facts = said(asked, Turn("system", text, kind="summary"), Turn("assistant", "All of the cart works, carts expire."))
    assert facts["goal"] == "Let guests keep their cart\n"
    assert "open" not in facts
    assert "jobs/expire.py" not in "".join(facts.values())
    assert "just now" not in "".join(facts.values())
    assert "flock" in "".join(facts.values())


def test_a_recap_in_a_line_says_what_is_next() -> None:
    recap = Turn("system", "Added the cart and its tests in `src/cart.py`. Next: expire carts in `jobs/expire.py`. (see settings)", kind="summary")
    asked, done = Turn("user", "Let guests keep their cart"), Turn("assistant", "Guests keep it.")
    assert "expire carts in `jobs/expire.py`" in said(asked, done, recap)["open"]
    assert "open" not in said(asked, done, recap, Turn("user", "Go on"), Turn("assistant", "They expire."))

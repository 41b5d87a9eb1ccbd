"""What was drawn from a conversation, on its way into a checkpoint."""

from typing import NamedTuple


class Draft(NamedTuple):
    """One fact to be written. `kind` is a fact's kind, or `goal`; a state's text is `key: value`."""

    kind: str
    text: str
    box: str = ""  # as Fact.box
    turn: str = ""  # where it was said: "CONVERSATION NUMBER", the first characters of the conversation's id and the turn's number
    resolved: str = ""
    by: str = ""  # the model that wrote it; empty for rules

"""Texts of facts compared, and named in warnings."""

from functools import lru_cache

from gitsession.model.fact import text_key


@lru_cache(maxsize=2048)  # of a fact it is asked for again and again
def words_key(text: str) -> str:
    """The key of a text. Backslashes do not count: words that would begin a block are written with one."""
    return text_key(text.replace("\\", ""))


def is_head(key: str, head: str) -> bool:
    """True if `head` is what a key says before it gives its reason."""
    rest = key[len(head) :]
    return len(head) >= 4 and rest.lstrip().startswith((", because", " because", ", since", ": ", "; "))


def short(text: str) -> str:
    """A text on one line, 60 characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."

"""Our block in a file of instructions (Markdown): it says which agents it is for, and is taken out to the byte."""

import re

#: What to take away with the block, for the file to be as it was.
_ENDED = ", after a last line without end"
_MADE = ", in a file made for it"
_BLOCK = re.compile(r"<!-- gitsession begin: ([a-z, -]*?)(, after a last line without end|, in a file made for it)? -->\r?\n.*?"
                    r"<!-- gitsession end -->\r?\n", re.DOTALL)  # fmt: skip


def agents_in(text: str) -> list[str]:
    """The agents that the block in a text is for; [] where there is none."""
    found = _BLOCK.search(text)
    return found[1].split(", ") if found and found[1] else []


def without_block(text: str) -> str:
    """A text without the block, for whichever agents it is."""
    return _BLOCK.sub("", text)


def is_current(text: str, words: str) -> bool:
    """Whether the block in a text says what it says now."""
    found = _BLOCK.search(text)
    return found is not None and found[0].replace("\r\n", "\n") == _render(words, found[1].split(", "), found[2] or "")


def add_block(text: str | None, words: str, agent: str) -> str:
    """The text with the block for one agent more; None for a file that is to be made."""
    if text is None:
        return _render(words, [agent], _MADE)
    found = _BLOCK.search(text)
    newline = "\r\n" if "\r\n" in (found[0] if found else text) else "\n"
    if found:
        names = [name for name in found[1].split(", ") if name]
        names += [agent] if agent not in names else []
        block = _render(words, names, found[2] or "").replace("\n", newline)
        return text[: found.start()] + block + text[found.end() :]
    if text and not text.endswith("\n"):
        return text + (newline * 2 + _render(words, [agent], _ENDED).replace("\n", newline))
    return text + (
        newline + _render(words, [agent], "").replace("\n", newline) if text else _render(words, [agent], "")
    )


def remove_block(text: str, agent: str) -> str | None:
    """The text without the block for an agent; None where it is all of a file that we made. It stays for the other agents."""
    found = _BLOCK.search(text)
    names = agents_in(text)
    if found is None or agent not in names:
        return text
    if len(names) > 1:
        left = ", ".join(name for name in names if name != agent)
        return text[: found.start(1)] + left + text[found.end(1) :]
    above, below, note = text[: found.start()], text[found.end() :], found[2]
    if note == _MADE and not (above + below).strip():
        return None
    newline = "\r\n" if "\r\n" in found[0] else "\n"
    for _ in range(2 if note == _ENDED else int(note != _MADE)):
        above = above.removesuffix(newline)
    return above + below


def _render(words: str, agents: list[str], note: str) -> str:
    return f"<!-- gitsession begin: {', '.join(agents)}{note} -->\n{words.strip()}\n<!-- gitsession end -->\n"

"""The handoff as an agent is handed it: fresh, with what no page can know, in the room that the agent gives."""

from typing import NamedTuple

from gitsession.git import Repository
from gitsession.workflow.commit import receipt
from gitsession.workflow.reading import handoff_now, live_lines

#: A fact, not an order: agents are wary of text that tells them what to do.
HOW = "Facts are recorded by gitsession decide, todo, done, ask, block, error, learn or run, and reach the next handoff with git commit"
_LINE = 500  # characters of a live line
_LIVE = 2_400  # bytes of all of them


class Handed(NamedTuple):
    """What the agent gets, and one line about it for people."""

    text: str
    receipt: str


def hand_over(repo: Repository, session: str, room: int) -> Handed:
    """The handoff for a conversation that starts; `room` is in bytes. What does not fit is counted in it, and no fact is cut in two."""
    page = handoff_now(repo, session=session)
    lines = [
        f"Session {page.session} goes on"
        if session
        else "No session is in progress; one begins with the first fact or commit"
    ]
    told = live_lines(repo)
    for number, line in enumerate(told):
        line = line if len(line) <= _LINE else line[: _LINE - 3] + "..."  # noqa: PLW2901
        if sum(len(kept.encode()) for kept in lines) + len(line.encode()) > _LIVE:
            lines.append(f"{len(told) - number} more lines: gitsession start")
            break
        lines.append(line)
    above = "".join(f"> {line}\n" for line in (*lines, HOW)) + "\n"
    left = room - len(above.encode()) - 200  # for the receipt
    if len(page.text.encode()) > left:
        page = handoff_now(repo, session=session, budget=left // 4)
    said = receipt(session, page)
    whole = "; the whole page: gitsession handoff" if "left out" in said else ""
    return Handed(f"> {said}{whole}\n{above}{page.text}", said)

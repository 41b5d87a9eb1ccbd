"""Turns at the end of a conversation, for programs that tell them as they happen and keep no transcript."""

import secrets
from collections.abc import Sequence

from gitsession.errors import SessionError, UsageError
from gitsession.git import Repository
from gitsession.model.conversation import WHO, Head, Turn
from gitsession.store.conversations import Kept, one_agent, write_conversation
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.privacy import is_private
from gitsession.workflow.sessions import find_session, need_sessions, now_text


def append_turns(
    repo: Repository, session: str, turns: Sequence[Turn], *, agent: str, id: str = "", title: str = "", model: str = "",  # noqa: A002
) -> Kept:  # fmt: skip
    """Store turns, redacted and cut, behind those that the conversation of this agent and id has. One that is not there begins in `session`.

    Without an `id` it is the session's one conversation with the agent. A turn that is given again with an id of its own is not
    stored twice. Raises UsageError for a turn that says nothing, SessionError where the session keeps no conversation.
    """
    snapshot = Snapshot.of_worktree(repo)
    need_sessions(repo, snapshot)
    stem = find_session(session, snapshot.oids)
    if is_private(repo, stem):
        raise SessionError(f"[{stem}] is private", "no conversation of it is kept")
    if not agent.strip():
        raise UsageError("no agent is named", "say who was talked with: claude-code, codex, ...")
    for number, turn in enumerate(turns, 1):
        if turn.who not in WHO:
            raise UsageError(f"turn {number}: nobody is called {turn.who!r}", "who: " + ", ".join(WHO))
        if not turn.text.strip() and not turn.input.strip():
            raise UsageError(f"turn {number} says nothing", "give it a text, or a tool's input")
    if not turns:
        raise UsageError("there is no turn", "give one at least")
    now = now_text()
    told = [t._replace(id=t.id or secrets.token_hex(8), when=t.when or now) for t in turns]
    head = Head(one_agent(agent), id or stem, title=title, model=model, branch=repo.branch())
    return write_conversation(repo, stem, head, told, follow=True)

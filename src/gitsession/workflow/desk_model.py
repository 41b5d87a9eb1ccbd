"""The handoff desk with a model: what it picks out of the chosen sessions' conversations stands on that page alone, and in no checkpoint."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitsession.formats.checkpoint import decode_checkpoint, parse_checkpoint
from gitsession.git import Repository
from gitsession.model.checkpoint import Checkpoint
from gitsession.model_client.client import Patience
from gitsession.store.layout import checkpoint_path
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.compressing import (
    Answers,
    Plan,
    Wish,
    hear,
    merge_heard,
    model_name,
    plan_reading,
    told_before,
    weigh,
)
from gitsession.workflow.desk import chosen_stems
from gitsession.workflow.merging_facts import Merged


class Helped(NamedTuple):
    """What came in of a session's conversations."""

    stem: str
    added: int
    merged: Merged


class Help(NamedTuple):
    """What a model adds to some sessions."""

    model: str
    checkpoints: Mapping[str, Checkpoint]  # by stem, as they would be with its facts
    sessions: tuple[Helped, ...]
    unread: int  # parts without an answer that can be read
    parts: int
    problem: str  # of the first of them


def plan_help(repo: Repository, sessions: Sequence[str], model: str, token: str) -> Plan:
    """What a model would be asked; where, the environment or the project says, else it is the Hub.

    Raises ModelError where it cannot be asked, ModelForbiddenError where it must not be, UsageError, SessionError.
    """
    snapshot = Snapshot.of_worktree(repo)
    plan = plan_reading(repo, snapshot, chosen_stems(repo, snapshot, sessions), Wish(model), token)
    # A project that needs no asking speaks for its conversations, not for somebody's token.
    return plan._replace(always=plan.always and not (token and plan.endpoint.url))


def ask_for_help(repo: Repository, plan: Plan, token: str, patience: Patience | None = None) -> Help:
    """Ask the model with that token alone. Raises ModelError where no answer can be used; FormatError."""
    answers, problem = hear(repo, plan, patience=patience, token=token)
    snapshot = Snapshot.of_worktree(repo)
    before = told_before(repo)
    checkpoints: dict[str, Checkpoint] = {}
    helped = []
    for stem in dict.fromkeys(conversation.stem for conversation in plan.conversations):
        if stem not in snapshot.oids:  # another branch was checked out meanwhile
            continue
        part, of_it = _of_session(plan, answers, stem)
        path = checkpoint_path(stem)
        text = decode_checkpoint(snapshot.data(stem), path)
        drawn, merged = merge_heard(text, path, part, weigh(part, of_it), before.get(stem, ()))
        checkpoints[stem] = parse_checkpoint(drawn.text.encode(), stem, path)
        helped.append(Helped(stem, drawn.added, merged))
    unread = sum(facts is None for facts in answers)
    return Help(model_name(plan), checkpoints, tuple(helped), unread, len(plan.parts), problem)


def _of_session(plan: Plan, answers: Answers, stem: str) -> tuple[Plan, Answers]:
    """What of a plan and its answers is about one session."""
    places = [place for place, conversation in enumerate(plan.conversations) if conversation.stem == stem]
    both = [(part, said) for part, said in zip(plan.parts, answers, strict=True) if part.conversation in places]
    parts = tuple(part._replace(conversation=places.index(part.conversation)) for part, _ in both)
    conversations = tuple(plan.conversations[place] for place in places)
    return plan._replace(stem=stem, conversations=conversations, parts=parts), [said for _, said in both]

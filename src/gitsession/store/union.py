"""Conversations forgotten, and those of another clone taken in: the branch as a set that grows, and from which things go for good."""

from collections.abc import Collection

from gitsession.formats.conversation import part_name, render_conversation
from gitsession.git import Repository
from gitsession.model.stored import Stored
from gitsession.store.branch import FORGOTTEN, MovedError, Tip, read_text, read_tip, replace_branch, write_files
from gitsession.store.conversations import (
    conversation_names,
    forgotten_digest,
    list_conversations,
    new_name,
    part_paths,
    read_named,
    stored_as,
)

Place = tuple[str, str]  # stem and name
_ATTEMPTS = 5


def forget(repo: Repository, places: Collection[Place]) -> list[Place]:
    """Take conversations out of the branch and its history, and note that they are gone; those that were there.

    What is left stands in one commit without history: an older version holds what a later one has lost. Raises GitError.
    """
    for attempt in range(_ATTEMPTS):
        tip = read_tip(repo)
        gone = [place for place in conversation_names(tip) if place in places]
        if not gone:
            return []
        try:
            _forget(repo, tip, gone)
        except MovedError:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            break
    return gone


def _forget(repo: Repository, tip: Tip, gone: Collection[Place]) -> None:
    paths = {path for place in gone for path in part_paths(tip, *place)}
    heads = [one.head for one in list_conversations(repo, tip) if (one.stem, one.name) in gone]
    lines = sorted({*forgotten_in(repo, tip), *(forgotten_digest(head) for head in heads)})
    left = {path: oid for path, oid in tip.files.items() if path not in paths and path != FORGOTTEN}
    noted = {FORGOTTEN: "".join(f"{line}\n" for line in lines).encode()}
    replace_branch(repo, tip, left, noted, "Keep what was not forgotten")


def forgotten_in(repo: Repository, tip: Tip) -> set[str]:
    """Digests of what a branch says was forgotten."""
    return set(read_text(repo, tip.files.get(FORGOTTEN, "")).split())


def take_in(repo: Repository, theirs: Tip) -> list[Place]:
    """Unite the branch with another clone's, and return which of theirs were forgotten here.

    Of what both have, the turns are united. What either side has forgotten goes. Theirs becomes a parent, unless it
    holds something that was forgotten: then only its files are taken, and whoever pushes must replace it.
    """
    tip = read_tip(repo)
    gone = forgotten_in(repo, tip) | forgotten_in(repo, theirs)
    forget(repo, _held(repo, tip, gone))
    tip = read_tip(repo)
    there = _held(repo, theirs, gone)
    changes: dict[str, bytes | None] = {}
    for stem, name in conversation_names(theirs):
        paths = part_paths(theirs, stem, name)
        if (stem, name) in there or all(tip.files.get(path) == theirs.files[path] for path in paths):
            continue
        new = read_named(repo, theirs, stem, name)
        old = stored_as(repo, tip, new.head)
        united = _united(old, new) if old else new._replace(stem=stem, name=new_name(tip, stem, new.head))
        for number, text in enumerate(render_conversation(united), 1):
            changes[f"{united.stem}/{part_name(united.name, number)}"] = text.encode()
    if gone - forgotten_in(repo, tip):
        changes[FORGOTTEN] = "".join(f"{line}\n" for line in sorted(gone)).encode()
    known = tip.oid == theirs.oid or is_ancestor(repo, theirs.oid, tip.oid)
    if changes or not (known or there):
        write_files(repo, tip, changes, "Take in what another clone has", *([] if known or there else [theirs.oid]))
    return there


def is_ancestor(repo: Repository, old: str, new: str) -> bool:
    """Whether a commit is the other one, or in its history."""
    return repo.git("merge-base", "--is-ancestor", old, new, check=False).code == 0


def _held(repo: Repository, tip: Tip, gone: Collection[str]) -> list[Place]:
    """What a branch holds although it was forgotten."""
    if not gone:
        return []
    return [(one.stem, one.name) for one in list_conversations(repo, tip) if forgotten_digest(one.head) in gone]


def _united(old: Stored, new: Stored) -> Stored:
    """The turns of both, ours first; a turn without a mark is known by what it says."""
    known = {turn.mark or turn._replace(number=0) for turn in old.turns}
    more = [turn for turn in new.turns if (turn.mark or turn._replace(number=0)) not in known]
    first = old.turns[-1].number + 1 if old.turns else 1
    turns = (*old.turns, *(turn._replace(number=number) for number, turn in enumerate(more, first)))
    head = old.head._replace(ended=max(old.head.ended, new.head.ended))
    cut = max(old.cut, new.cut, sum(turn.cut for turn in turns))
    return old._replace(head=head, turns=turns, cut=cut, facts=tuple(dict.fromkeys([*old.facts, *new.facts])))

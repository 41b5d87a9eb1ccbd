"""Importing a transcript: the whole conversation into the store, what it means into the session's checkpoint."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import IO, NamedTuple

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.model.conversation import Head, Turn
from gitsession.model.draft import Draft
from gitsession.rules import Story, draw
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import edit_staged
from gitsession.transcripts import Transcript, open_transcript
from gitsession.transcripts.source import Damage
from gitsession.workflow.drawing import apply_drafts
from gitsession.workflow.record import open_session, session_for_recording
from gitsession.workflow.sessions import NewSession, Progress, find_session, need_sessions

#: Called with the bytes read so far.
Told = Callable[[int], None]


class Imported(NamedTuple):
    """What an import did."""

    stem: str
    agent: str
    conversations: tuple[str, ...]
    turns: int
    new: int  # turns that the store did not have
    facts: int  # written
    outdated: int  # facts of an earlier import that no longer hold, taken out
    opened: bool  # the session began with it
    skipped: int  # places in the transcript that could not be read
    damage: tuple[Damage, ...]  # the first of these
    unknown: dict[str, int]  # record kinds that nobody knows, kept as they are
    elsewhere: str  # the folder where it took place, when that is not this repository
    kept: bool  # the conversation is in the store


def import_transcript(
    repo: Repository,
    path: str,
    file: IO[bytes] | None = None,
    *,
    agent: str = "",
    session: str = "",
    told: Told | None = None,
) -> Imported:
    """Read a transcript and write what it holds into the session in progress, or the named one.

    Raises FormatError where it is no transcript that we know, SessionError.
    """
    if file is None:
        try:
            with open(path, "rb") as opened:
                return import_transcript(repo, path, opened, agent=agent, session=session, told=told)
        except OSError as e:
            raise GitsessionError(f"{path} cannot be read: {e.strerror or e}") from None
    snapshot = Snapshot.of_worktree(repo)
    need_sessions(repo, snapshot)
    if session:
        session = find_session(session, snapshot.oids)
    reading = _Reading(open_transcript(file, path), agent, told)
    for _ in reading.turns():
        pass
    return _record(repo, reading, session)


class _Reading:
    """A transcript on its way: each turn is told to the story as it passes."""

    def __init__(self, transcript: Transcript, agent: str, told: Told | None) -> None:
        self.transcript = transcript
        self.agent = agent
        self.story = Story()
        self.heads: list[Head] = []  # one of each conversation in the file
        self.places: list[tuple[int, int]] = [
            (0, 0)
        ]  # of each turn of the story: its conversation, and its number there
        self._told = told

    def turns(self) -> Iterator[Turn]:
        """All turns, of all conversations in the file."""
        number = 0
        for one in self.transcript:
            if isinstance(one, Head):
                head = one._replace(agent=self.agent or one.agent)
                if self.heads and (not self.heads[-1].id or self.heads[-1].id == head.id):
                    self.heads[-1] = head
                else:
                    self.heads.append(head)
                    number = 0
                continue
            number += 1
            self.places.append((max(0, len(self.heads) - 1), number))
            self.story.feed(len(self.places) - 1, one)
            if self._told and number % 256 == 0:
                self._told(self.transcript.source.read)
            yield one

    @property
    def head(self) -> Head:
        """What the newest conversation in the file says of itself."""
        return self.heads[-1] if self.heads else Head(self.agent or self.transcript.format)


def _record(repo: Repository, reading: "_Reading", session: str) -> Imported:
    """Write what was drawn into the checkpoint."""
    story, head = reading.story, reading.head
    names = [h.key for h in reading.heads] or [head.key]
    drafts = [_placed(d, reading.places, names) for d in draw(story, head)]
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        stem, opened = (session, False) if session else _session(repo, snapshot, drafts, head)
        added = removed = 0

        def edit(text: str, path: str) -> str:
            nonlocal added, removed
            drawn = apply_drafts(text, path, drafts)
            added, removed = drawn.added, drawn.removed
            return drawn.text

        edit_staged(repo, checkpoint_path(stem), edit)
    source = reading.transcript.source
    return Imported(
        stem,
        head.agent,
        tuple(names),
        len(reading.places) - 1,
        len(reading.places) - 1,
        added,
        removed,
        opened,
        source.skipped,
        tuple(source.damage),
        dict(reading.transcript.unknown),
        "" if _inside(repo, head.cwd) else head.cwd,
        kept=False,
    )


def _session(repo: Repository, snapshot: Snapshot, drafts: Sequence[Draft], head: Head) -> tuple[str, bool]:
    """The session in progress; where none is, one that is called after what was asked first."""
    progress = Progress(repo, snapshot)
    goal = next((d.text for d in drafts if d.kind == "goal"), "")
    if goal and not progress.stem() and not progress.to_take_over() and snapshot.settings.sessions == "auto":
        progress.raise_unreadable()
        title = " ".join(goal.split())[:80]
        return open_session(repo, snapshot, NewSession(title, agent=head.agent, model=head.model)), True
    return session_for_recording(repo, snapshot)


def _placed(draft: Draft, places: Sequence[tuple[int, int]], names: Sequence[str]) -> Draft:
    """The draft with the conversation and the turn that it comes from."""
    conversation, number = places[int(draft.turn)] if draft.turn else (0, 0)
    return draft._replace(turn=f"{names[conversation]}#{number}")


def _inside(repo: Repository, folder: str) -> bool:
    """Whether a folder lies in this repository, or nothing says where the conversation took place."""
    if not folder or not repo.root:
        return True
    root, folder = os.path.realpath(repo.root), os.path.realpath(folder)
    return folder == root or folder.startswith(root + os.sep)

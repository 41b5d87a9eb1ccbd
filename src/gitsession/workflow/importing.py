"""Importing a transcript: the whole conversation into the store, what it means into the session's checkpoint."""

import gc
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Literal, NamedTuple

from gitsession.errors import GitsessionError
from gitsession.formats.checkpoint import parse_document
from gitsession.formats.edit import set_key, set_usage
from gitsession.git import Repository
from gitsession.model.conversation import Head, Turn
from gitsession.model.draft import Draft
from gitsession.rules import Story, draw, own_words, shorten
from gitsession.secretscan.redaction import admit, redact_lines
from gitsession.store.conversations import Kept, list_conversations, write_conversation
from gitsession.store.inbox import Entry, add_entry
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import edit_staged
from gitsession.transcripts import Transcript, open_transcript
from gitsession.transcripts.source import Damage
from gitsession.workflow.drawing import apply_drafts, digest, redacted
from gitsession.workflow.evidence import add_history, inside
from gitsession.workflow.privacy import is_private
from gitsession.workflow.record import open_session, session_for_recording
from gitsession.workflow.sessions import NewSession, Progress, find_session, need_sessions

#: Called with the bytes read so far.
Told = Callable[[int], None]
_AHEAD = 200  # turns among which the first prompt is looked for
_TITLE = 70
_KINDS = 20  # that nobody knows, and are told
_OBJECTS = 100_000  # more than before, until cycles are looked for


class Imported(NamedTuple):
    """What an import did."""

    stem: str
    agent: str
    conversations: tuple[str, ...]  # names in the store; the keys of those that are not kept
    turns: int
    new: int  # turns that the store did not have
    facts: int  # written, or put into the inbox
    outdated: int  # facts of an earlier import that no longer hold, taken out
    redacted: int  # secrets taken out of the conversation
    opened: bool  # the session began with it
    skipped: int  # places in the transcript that could not be read
    damage: tuple[Damage, ...]  # the first of these
    unknown: dict[str, int]  # record kinds that nobody knows, kept as they are
    elsewhere: str  # the folder where it took place, when that is not this repository
    kept: bool  # the conversation is in the store
    drawn: bool  # facts were asked for


def import_transcript(
    repo: Repository,
    path: str,
    file: IO[bytes] | None = None,
    *,
    agent: str = "",
    session: str = "",
    branch: str = "",
    into: Literal["checkpoint", "inbox"] = "checkpoint",
    facts: bool = True,
    told: Told | None = None,
) -> Imported:
    """Read a transcript: its turns go into the store, what it holds into the session in progress, or the named one.

    Without `facts` the conversation is kept and nothing more. `into` the inbox, they wait there for the next commit on `branch` (the one
    in work); then `session` is the one that was in progress on it, whose checkpoint need not be here. Raises FormatError where it is no
    transcript that we know, SessionError.
    """
    if file is None:
        try:
            with open(path, "rb") as opened:
                return import_transcript(
                    repo, path, opened, agent=agent, session=session, branch=branch, into=into, facts=facts, told=told
                )
        except OSError as e:
            raise GitsessionError(f"{path} cannot be read: {e.strerror or e}") from None
    snapshot = Snapshot.of_worktree(repo)
    need_sessions(repo, snapshot)
    reading = Reading(open_transcript(file, path), agent, told)
    reading.begin()
    opened_now = False
    if into == "inbox":
        stem = session or ("" if branch else Progress(repo, snapshot).stem())
    elif session:
        stem = find_session(session, snapshot.oids)
    else:
        with lock(repo.common_dir):
            stem, opened_now = _session(repo, Snapshot.of_worktree(repo), reading)
    keep = bool(stem) and not is_private(repo, stem)
    with _rare_collection():
        drafts, before, stored = _take(repo, reading, stem, keep=keep, facts=facts)
    if not facts:
        added, removed = 0, 0
    elif into == "inbox":
        entry = Entry(stem, branch or repo.branch(), reading.head.key, tuple(drafts), tuple(before))
        add_entry(repo.common_dir, entry)
        added, removed = len(drafts), 0
    else:
        added, removed = _write(repo, stem, drafts, before, reading.head)
    drawn = Drawn(stem, added, removed, asked=facts)
    return _imported(repo, reading, stored, drawn, opened=opened_now)


@contextmanager
def _rare_collection() -> Iterator[None]:
    """While open, Python looks for cycles rarely: records have none, and to look through all of them takes a tenth of an import."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _write(repo: Repository, stem: str, drafts: Sequence[Draft], before: Sequence[str], head: Head) -> tuple[int, int]:
    """Write drafts into a session's checkpoint, and what its conversations used. Returns how many facts were added and taken out."""
    added = removed = 0
    usage = _usage(repo, stem)

    def edit(text: str, path: str) -> str:
        nonlocal added, removed
        drawn = apply_drafts(text, path, drafts, before=before)
        added, removed = drawn.added, drawn.removed
        text = drawn.text
        keys = parse_document(text, path).keys
        for key, value in (("agent", head.agent), ("model", admit(head.model))):
            if value and key not in keys:
                text = set_key(text, path, key, value)
        return set_usage(text, path, usage) if usage else text

    with lock(repo.common_dir):
        edit_staged(repo, checkpoint_path(stem), edit)
    return added, removed


def _usage(repo: Repository, stem: str) -> dict[str, float]:
    """What all conversations of a session that are kept have used."""
    heads = [one.head for one in list_conversations(repo, session=stem) if not one.problem]
    sums = {
        "input_tokens": sum(head.tokens[0] for head in heads),
        "output_tokens": sum(head.tokens[1] for head in heads),
        "cost_usd": sum(head.cost for head in heads),
    }
    return {name: value for name, value in sums.items() if value}


class Reading:
    """A transcript on its way: each turn is told to the story as it passes."""

    def __init__(self, transcript: Transcript, agent: str = "", told: Told | None = None) -> None:
        self.transcript = transcript
        self.story = Story()
        self.heads: list[Head] = []  # one of each conversation in the file
        self.places: list[tuple[int, int]] = [
            (0, 0)
        ]  # of each turn of the story: its conversation, and its place there, from 0
        self._agent = agent
        self._told = told
        self._parts = iter(transcript)
        self._ahead: list[Turn | Head] = []
        self.more = True  # another conversation follows

    def begin(self) -> None:
        """Read up to the first prompt, so that the head, and what was asked first, are known."""
        for one in self._parts:
            self._ahead.append(one)
            if isinstance(one, Turn) and one.who == "user" and not one.kind:
                break
            if len(self._ahead) > _AHEAD:
                break
        self._parts = itertools.chain(self._ahead, self._parts)
        heads = [one for one in self._ahead if isinstance(one, Head)]
        self.heads.append(self._named(heads[-1] if heads else Head(self.transcript.format)))

    @property
    def head(self) -> Head:
        """What the newest conversation in the file says of itself."""
        return self.heads[-1]

    @property
    def told(self) -> Head:
        """What the conversation that was just read says of itself."""
        return self.heads[-2] if self.more else self.heads[-1]

    def title(self) -> str:
        """What was asked first, in a line."""
        for one in self._ahead:
            if isinstance(one, Turn) and one.who == "user" and not one.kind and (words := own_words(one.text)):
                return shorten(words.split("\n\n")[0], _TITLE)
        return ""

    def conversations(self) -> Iterator[Iterator[Turn]]:
        """The turns of each conversation in the file, one after the other; each is to be read to its end."""
        while self.more:
            yield self._turns()

    def _turns(self) -> Iterator[Turn]:
        place = 0
        self.more = False
        for one in self._parts:
            if isinstance(one, Head):
                head = self._named(one)
                if place and self.head.id and head.id != self.head.id:
                    self.heads.append(head)
                    self.more = True
                    return
                self.heads[-1] = head
                continue
            self.places.append((len(self.heads) - 1, place))
            place += 1
            self.story.feed(len(self.places) - 1, one)
            if self._told and place % 256 == 0:
                self._told(self.transcript.source.read)
            yield one

    def _named(self, head: Head) -> Head:
        return head._replace(agent=self._agent or head.agent or self.transcript.format)


def _take(
    repo: Repository, reading: Reading, stem: str, *, keep: bool, facts: bool
) -> tuple[list[Draft], list[str], list[Kept]]:
    """Read the transcript to its end. Returns its drafts, what was drawn of it before, and what the store has of it now."""
    digests: list[str] = []  # filled with the last turn
    before: list[str] = []
    stored: list[Kept] = []
    drafts: list[Draft] = []

    def told_whole(turns: Iterator[Turn]) -> Iterator[Turn]:
        yield from turns
        if facts and not reading.more:
            add_history(repo, reading.story, reading.head)
            drafts.extend(redacted(draw(reading.story, reading.head)))
            digests.extend(digest(d) for d in drafts)

    for turns in reading.conversations():
        if not keep:
            for _ in told_whole(turns):
                pass
            continue
        head = reading.head
        kept = write_conversation(repo, stem, head, told_whole(turns), facts=digests, latest=lambda: reading.told)
        stored.append(kept)
        before += kept.before
    placed = []
    for draft in drafts if not any(k.behind for k in stored) else ():  # an older copy knows less than what stands there
        conversation, place = reading.places[int(draft.turn)]
        number = stored[conversation].numbers[place] if stored else place + 1
        key = stored[conversation].key if stored else reading.heads[conversation].key
        placed.append(draft._replace(turn=f"{key}#{number}"))
    return placed, before, stored


def _session(repo: Repository, snapshot: Snapshot, reading: Reading) -> tuple[str, bool]:
    """The session in progress; where none is, one that is called after what was asked first. The caller holds the lock."""
    progress = Progress(repo, snapshot)
    title = admit(reading.title())
    if title and not progress.stem() and not progress.to_take_over() and snapshot.settings.sessions == "auto":
        progress.raise_unreadable()
        head = reading.head
        return open_session(repo, snapshot, NewSession(title, agent=head.agent, model=admit(head.model))), True
    return session_for_recording(repo, snapshot)


class Drawn(NamedTuple):
    """What became of the drafts."""

    stem: str
    added: int
    removed: int
    asked: bool


def _shown(kinds: Counter[str]) -> dict[str, int]:
    """How often each kind was met, the commonest ones: whoever wrote the transcript named them, so each is short, on one line, and redacted."""
    some = kinds.most_common(_KINDS)
    shown: Counter[str] = Counter()
    for name, (_, count) in zip(redact_lines([kind for kind, _ in some]), some, strict=True):
        shown[shorten(name, _TITLE)] += count
    return dict(shown)


def _imported(repo: Repository, reading: Reading, stored: Sequence[Kept], drawn: Drawn, *, opened: bool) -> Imported:
    source = reading.transcript.source
    turns = len(reading.places) - 1
    return Imported(
        drawn.stem,
        reading.head.agent,
        tuple(k.name for k in stored) or tuple(h.key for h in reading.heads),
        turns,
        sum(k.new for k in stored) if stored else turns,
        drawn.added,
        drawn.removed,
        sum(k.redacted for k in stored),
        opened,
        source.skipped,
        tuple(source.damage),
        _shown(reading.transcript.unknown),
        "" if inside(repo, reading.head.cwd) else " ".join(admit(reading.head.cwd).split()),
        bool(stored),
        drawn.asked,
    )

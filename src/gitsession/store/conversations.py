"""The conversations of the repository, on their own branch: written, read, listed, forgotten.

A conversation is given whole each time, and only what is new of it is added; nothing that is stored is lost when the
agent's transcript shrinks.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from gitsession.errors import FormatError, GitsessionError
from gitsession.formats.conversation import count_of, parse_conversation, parse_head, part_name, render_conversation
from gitsession.git import Repository
from gitsession.model.conversation import Head, Turn
from gitsession.model.stored import Stored, StoredTurn
from gitsession.secretscan.redaction import redact
from gitsession.store.branch import FORGOTTEN, MovedError, Tip, read_text, read_tip, write_files
from gitsession.store.intake import Intake, Raw, Shelf, redacted
from gitsession.store.layout import CONVERSATIONS

__all__ = [
    "Kept",
    "Listed",
    "Stored",
    "StoredTurn",
    "list_conversations",
    "read_named",
    "write_conversation",
]

_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_FILE = re.compile(r"([A-Za-z0-9-]+)/([A-Za-z0-9-]+)\.md")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_ATTEMPTS = 20


class Kept(NamedTuple):
    """What became of a conversation that was given."""

    stem: str  # its session: the one that it was stored under first
    name: str
    key: str  # that facts name it by
    turns: int  # in the store
    new: int  # those of them that were not there before
    cut: int  # characters left out of the whole
    redacted: int  # secrets taken out now
    numbers: Sequence[
        int
    ]  # of each given turn; of one that is not kept (thinking), that of the one before it, 0 for none
    before: tuple[str, ...]  # digests of the facts that were drawn of it earlier
    behind: bool  # the store has later turns: an older copy of the transcript was given


class Listed(NamedTuple):
    """A conversation without its turns, which are only counted."""

    stem: str
    name: str
    head: Head
    turns: int
    cut: int
    facts: tuple[str, ...]
    problem: str = ""  # why it cannot be read


def read_named(repo: Repository, tip: Tip, stem: str, name: str) -> Stored:
    """The conversation of that name in a session. Raises FormatError."""
    parts = [read_text(repo, tip.files.get(path, "")) for path in part_paths(tip, stem, name)]
    return parse_conversation(parts, name)._replace(stem=stem)


def list_conversations(repo: Repository, tip: Tip | None = None, *, session: str = "") -> list[Listed]:
    """All of them, or those of a session, in the order in which they began."""
    tip = tip or read_tip(repo)
    found = []
    for stem, name in conversation_names(tip):
        if session and stem != session:
            continue
        text = read_text(repo, tip.files[f"{stem}/{name}.md"])
        try:
            stored = parse_head(text, name)
            found.append(Listed(stem, name, stored.head, count_of(text, name)[1], stored.cut, stored.facts))
        except FormatError as e:
            found.append(Listed(stem, name, Head(""), 0, 0, (), str(e.message)))
    return sorted(found, key=lambda one: (one.head.started, one.stem, one.name))


def write_conversation(
    repo: Repository,
    stem: str,
    head: Head,
    turns: Iterable[Turn],
    *,
    facts: Sequence[str] = (),
    latest: Callable[[], Head] | None = None,
    follow: bool = False,
) -> Kept:
    """Store what is new of a conversation, redacted and cut. `turns` are all turns of its transcript; with `follow`, those that
    come after what is stored, each with an id of its own.

    `latest` gives, once all turns are read, what the transcript says of itself by then; `facts` may grow until then, too:
    they are those of this reading, and replace what was noted of an earlier one.
    One that is there already under another session stays there. Raises ScanError, GitError, FormatError, GitsessionError;
    then nothing was written.
    """
    if not _STEM.fullmatch(stem):
        raise GitsessionError(f"{stem!r} is no session", "`gitsession list` shows all")
    head = head._replace(agent=one_agent(head.agent), id=safe_id(head.id or f"{head.started} {head.title}"))
    tip = read_tip(repo)
    old = stored_as(repo, tip, head)
    intake = Intake(repo.root, old)
    for turn in turns:
        intake.take(turn)
    if latest:
        head = latest()._replace(agent=head.agent, id=head.id)
    intake.shelf.fit()
    fresh = {at: raw for at, raw in enumerate(intake.shelf.turns) if isinstance(raw, Raw) and at >= intake.void}
    later = intake.later
    clean_head, clean, secrets = redacted(intake.whole(head), [*fresh.values(), *later.values()])
    new = dict(zip(fresh, clean, strict=False))
    filled = dict(zip(later, clean[len(fresh) :], strict=True))
    first = _last(old) + 1
    for _ in range(_ATTEMPTS):
        numbers = _number(old, first, new, len(intake.shelf.turns), intake.void)
        added = [turn._replace(number=numbers[at]) for at, turn in new.items() if numbers[at] > _last(old)]
        given = intake.numbers(numbers)
        behind = max(given, default=0) < _last(old)
        if follow:  # the head knows of these turns alone
            sums = [sum(turn.tokens[i] for turn in added) + (old.head.tokens[i] if old else 0) for i in range(2)]
            clean_head = clean_head._replace(tokens=(sums[0], sums[1]))
        stored = _joined(old, clean_head, added, filled, intake.shelf.gone)
        stored = stored._replace(
            stem=old.stem if old else stem,
            name=old.name if old else new_name(tip, stem, head),
            facts=stored.facts if behind or not facts else tuple(dict.fromkeys(facts)),
        )
        if stored != old:
            try:
                _write(repo, tip, stored, "Continue" if old else "Add")
            except MovedError:
                tip = read_tip(repo)
                old = stored_as(repo, tip, head)
                continue
        before = old.facts if old else ()
        return Kept(
            stored.stem,
            stored.name,
            head.key,
            len(stored.turns),
            len(added),
            stored.cut,
            secrets,
            given,
            before,
            behind,
        )
    raise MovedError(f"the branch {CONVERSATIONS} is being written by too many at once", "try again")


def one_agent(agent: str) -> str:
    """An agent's name as it is kept."""
    return re.sub(r"[^a-z0-9]+", "-", agent.lower()).strip("-")[:40] or "agent"


def safe_id(id: str) -> str:  # noqa: A002
    """An agent's id of a conversation as it is kept: as it is, or a digest of one that may say something."""
    if _UUID.fullmatch(id) or (_PLAIN_ID.fullmatch(id) and redact(id)[0] == id):
        return id
    return sha256(id.encode("utf-8", "replace")).hexdigest()[:16]


def forgotten_digest(head: Head) -> str:
    """What a conversation that was forgotten is known by."""
    return sha256(f"{head.agent}\0{head.id}".encode()).hexdigest()[:16]


def conversation_names(tip: Tip) -> list[tuple[str, str]]:
    """(stem, name) of each conversation."""
    found = [(m[1], m[2]) for path in tip.files if (m := _FILE.fullmatch(path))]
    there = set(found)
    return [
        (stem, name)
        for stem, name in found
        if (stem, re.sub(r"-[2-9]$|-[1-9][0-9]+$", "", name)) not in there - {(stem, name)}
    ]


def part_paths(tip: Tip, stem: str, name: str) -> list[str]:
    """The files of a conversation, in order."""
    paths: list[str] = []
    while (path := f"{stem}/{part_name(name, len(paths) + 1)}") in tip.files:
        paths.append(path)
    return paths


def stored_as(repo: Repository, tip: Tip, head: Head) -> Stored | None:
    """The conversation of that agent and id, under whatever session it is. Raises FormatError."""
    base = _base(head)
    for stem, name in conversation_names(tip):
        if name.startswith(base):
            there = parse_head(read_text(repo, tip.files[f"{stem}/{name}.md"]), name)
            if (there.head.agent, there.head.id) == (head.agent, head.id):
                return read_named(repo, tip, stem, name)
    return None


def _base(head: Head) -> str:
    safe = re.sub(r"[^A-Za-z0-9]+", "-", head.id[:12]).strip("-")
    return f"{head.agent}-{safe}"


def new_name(tip: Tip, stem: str, head: Head) -> str:
    """A name in a session that nobody has, and that does not look like a part of another."""
    base = _base(head)
    if re.search(r"-\d+$", base) or f"{stem}/{base}.md" in tip.files:
        base += "-x" + forgotten_digest(head)[:4]
    return base


def _last(stored: Stored | None) -> int:
    return stored.turns[-1].number if stored and stored.turns else 0


def _number(old: Stored | None, first: int, new: dict[int, StoredTurn], count: int, void: int) -> dict[int, int]:
    """The number of each place on the shelf: that of the turn another process has stored meanwhile, or one of its own."""
    meanwhile: dict[str, list[int]] = {}
    for turn in old.turns if old else ():
        if turn.number >= first:
            meanwhile.setdefault(turn.mark, []).append(turn.number)
    following = max(first, _last(old) + 1)
    numbers: dict[int, int] = {}
    for at in range(void, count):
        known = meanwhile.get(new[at].mark) if at in new else None
        if known:
            numbers[at] = known.pop(0)
        elif not meanwhile or at in new:
            numbers[at] = following
            following += 1
    return numbers


def _joined(
    old: Stored | None, head: Head, added: Sequence[StoredTurn], filled: dict[int, StoredTurn], gone: int
) -> Stored:
    """What is stored with what is new, within the bound."""
    shelf = Shelf()
    for turn in old.turns if old else ():
        late = filled.get(turn.number)
        shelf.add(late._replace(number=turn.number) if late and not turn.text and not turn.cut else turn)
    for turn in added:
        shelf.add(turn)
    shelf.fit()
    turns = tuple(turn for turn in shelf.turns if isinstance(turn, StoredTurn))
    cut = sum(t.cut for t in added) + sum(t.cut for t in filled.values()) + gone + shelf.gone
    if old is None:
        return Stored("", "", head, turns, cut, ())
    before = old.head
    tokens = (max(before.tokens[0], head.tokens[0]), max(before.tokens[1], head.tokens[1]))
    head = before._replace(**{key: value for key, value in head._asdict().items() if value})
    head = head._replace(started=before.started or head.started, ended=max(before.ended, head.ended), tokens=tokens)
    if not added and not any(t.number in filled and not t.text and not t.cut for t in old.turns):
        cut = 0
    return old._replace(head=head, turns=turns, cut=old.cut + cut)


def _write(repo: Repository, tip: Tip, stored: Stored, verb: str) -> None:
    texts = render_conversation(stored)
    changes: dict[str, bytes | None] = dict.fromkeys(part_paths(tip, stored.stem, stored.name))
    for number, text in enumerate(texts, 1):
        changes[f"{stored.stem}/{part_name(stored.name, number)}"] = text.encode()
    digest = forgotten_digest(stored.head)
    lines = read_text(repo, tip.files.get(FORGOTTEN, "")).split()
    if digest in lines:  # somebody wants it back
        changes[FORGOTTEN] = "".join(f"{line}\n" for line in lines if line != digest).encode()
    write_files(repo, tip, changes, f"{verb} {stored.stem}/{stored.name}")

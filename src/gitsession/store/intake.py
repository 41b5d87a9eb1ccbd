"""Turns on their way into the store: told from those it has, cut to bounds, redacted in one go. Nothing here touches the disk."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

from gitsession.errors import ScanError
from gitsession.formats.cutting import Limits, cut_after, cut_before
from gitsession.formats.prose import one_line, storable
from gitsession.model.conversation import ACTIONS, WHO, Change, Head, Turn
from gitsession.model.stored import Stored, StoredTurn
from gitsession.secretscan.redaction import redact

#: What is kept of a text: said in the conversation, an output or input of a tool (of a file that was read: git has it), by a sub-agent.
SAID = Limits(20_000, 4_000)
OUTPUT = Limits(2_000, 400)
READ = Limits(600, 200)
INPUT = Limits(2_000, 1_000)
ASIDE = Limits(300, 200)
#: Characters of a conversation, in memory and in the store; older outputs go first.
MOST = 4_000_000
_TURN = 160  # characters that a turn takes besides its texts
_FILES = 40  # of one turn
_WORDS = 1_000  # characters of a name or path that are searched; half of them are kept
_TITLE = 120
_SAID = ("", "command", "interrupted", "error", "summary")
_WHEN = re.compile(r"[0-9T:.Z+-]{1,40}", re.ASCII)
_BETWEEN = "\n\x02\n"  # a line that no text holds, and that no secret goes on over


class Raw(NamedTuple):
    """A turn that was cut and is not redacted yet. `changes` name files as they will be kept."""

    turn: Turn
    mark: str
    text: str
    input: str
    changes: tuple[Change, ...]
    cut: int

    @property
    def size(self) -> int:
        """Characters that it takes."""
        return len(self.text) + len(self.input) + _TURN


class Shelf:
    """Turns in their order, within a bound: when there are too many, the older outputs go first, then older turns, the user's last.

    A turn that went leaves None in its place. `gone` counts characters.
    """

    def __init__(self) -> None:
        self.turns: list[Raw | StoredTurn | None] = []
        self.most = MOST
        self.size = 0
        self.gone = 0
        self._next = [0, 0, 0]  # where each way of making room goes on

    def add(self, turn: Raw | StoredTurn) -> None:
        """Put a turn last."""
        self.turns.append(turn)
        self.size += _size(turn)

    def empty(self, start: int) -> None:
        """Let all go that are there; before `start` there are none any more."""
        self.turns[start:] = [None] * (len(self.turns) - start)
        self.size = self.gone = 0

    def fit(self) -> None:
        """Make room, where there is too much."""
        for way in range(3):
            while self.size > self.most and self._next[way] < len(self.turns) - 1:
                at = self._next[way]
                self._next[way] += 1
                turn = self.turns[at]
                if turn is None or not _may_go(turn, way):
                    continue
                before = _size(turn)
                if way == 0:
                    self.turns[at] = turn._replace(text="", cut=turn.cut + len(turn.text))
                    self.gone += len(turn.text)
                    self.size -= len(turn.text)
                else:
                    self.turns[at] = None
                    self.gone += len(turn.text) + len(turn.input)
                    self.size -= before


def _size(turn: Raw | StoredTurn) -> int:
    return len(turn.text) + len(turn.input) + _TURN


def _may_go(turn: Raw | StoredTurn, way: int) -> bool:
    about = turn.turn if isinstance(turn, Raw) else turn
    if way == 0:
        return bool(turn.text) and (about.who == "tool" or about.kind not in _SAID)
    return way == 2 or about.who != "user" or about.kind not in _SAID


class Marks:
    """What each turn of a transcript is known by when the transcript is read again.

    With an id of its own by that, else by its length, a checksum too short to try passwords against, and its place in the order.
    """

    def __init__(self) -> None:
        self._id = ""
        self._alike: dict[str, int] = {}

    def of(self, turn: Turn) -> str:
        """12 hex digits; turns must be given in their order."""
        tool = turn.who == "tool"
        key = f"{turn.id}\0{turn.who}\0{turn.kind}\0{turn.tool}\0{len(turn.input)}\0{'' if tool else len(turn.text)}"
        if not turn.id:
            key += (
                f"\0{turn.when}\0{crc32((turn.input if tool else turn.text)[:4000].encode('utf-8', 'replace')) & 0xFF}"
            )
        else:
            if turn.id != self._id:  # several turns of one record stand together
                self._id = turn.id
                self._alike.clear()
            count = self._alike[key] = self._alike.get(key, 0) + 1
            key += f"\0{count}"
        return blake2b(key.encode("utf-8", "replace"), digest_size=6).hexdigest()


def cut_turn(turn: Turn, mark: str, root: str) -> Raw:
    """The turn within its bounds; `root` is the repository's folder, which paths are made relative to."""
    tool = turn.who == "tool"
    if turn.side:
        limits = ASIDE
    elif tool:
        limits = READ if turn.action in ("read", "search") and not turn.failed else OUTPUT
    else:
        limits = SAID if turn.kind in _SAID else OUTPUT
    given = turn.input if tool else ""
    if turn.todos:
        signs = {"done": "x", "doing": "~", "dropped": "-"}
        given = "\n".join(f"[{signs.get(todo.status, ' ')}] {todo.text}" for todo in turn.todos[:100])
    if turn.action in ("read", "edit") and (path := repository_path(given, root)):
        given = path
    text, cut = cut_before(turn.text, limits)
    given, more = cut_before(given, INPUT)
    seen: dict[str, Change] = {}
    for change in turn.changes:
        if (path := repository_path(change.path, root)) and len(seen) < _FILES:
            how = change.how if change.how in ("add", "delete", "rename") else "update"
            seen[path] = Change(path, how, change.added, change.removed, repository_path(change.old, root))
    # What the turn still holds beyond this must not be held in memory.
    who, _, when, _, kind, side, model, tokens, phase, name, action, _, _, _, failed, refused, code, _ = turn
    bare = Turn(who, "", when, "", kind, side, model, tokens, phase, name, action, "", (), (), failed, refused, code)
    return Raw(bare, mark, storable(text), storable(given), tuple(seen.values()), cut + more)


def repository_path(path: str, root: str) -> str:
    """A path as it is kept: relative to the repository where it is in it, below `~/` where it is the user's, else empty."""
    if not path or len(path) > 500 or "\n" in path:
        return ""
    return _kept_path(path, root)


@lru_cache(2_000)  # the same few files come again and again
def _kept_path(path: str, root: str) -> str:
    path = path.replace("\\", "/") if re.match(r"[A-Za-z]:[\\/]", path) else path
    if not path.startswith(("/", "~")) and not re.match(r"[A-Za-z]:/", path):
        inside = os.path.normpath(path).replace(os.sep, "/")
        return "" if inside.startswith("../") or inside in ("..", ".") else inside
    folder = root.replace(os.sep, "/").rstrip("/") + "/"
    if path.startswith(folder):
        return os.path.normpath(path[len(folder) :]).replace(os.sep, "/")
    home = re.match(r"(?:~|/(?:home|Users)/[^/]+|/root|[A-Za-z]:/Users/[^/]+)/(.+)", path)
    return "~/" + home[1] if home else ""


def redacted(head: Head, turns: Sequence[Raw]) -> tuple[Head, list[StoredTurn], int]:
    """Head and turns as they may be kept, numbered from 0, and how many secrets were in them. Raises ScanError.

    All texts are searched as one: a search has a price of its own, and a secret told once is found everywhere.
    """
    labels: dict[str, str] = {}
    for word in (*_words(head), *(word for raw in turns for word in _labels(raw))):
        labels[word] = ""
    pieces = [one_line(word[:_WORDS]) for word in labels]
    pieces += [text for raw in turns for text in (raw.input, raw.text)]
    text, findings = redact(_BETWEEN.join(pieces))
    found = text.split(_BETWEEN)
    if len(found) != len(pieces):
        raise ScanError("the conversation could not be redacted", "Nothing was kept of it. Please report this.")
    # Shorter than what was searched: half of a secret at its end goes, too.
    labels = {word: one_line(text[: _WORDS // 2]) for word, text in zip(labels, found, strict=False)}
    texts = found[len(labels) :]
    kept = [
        _kept(raw, labels, cut_after(given, INPUT), text)
        for raw, given, text in zip(turns, texts[::2], texts[1::2], strict=True)
    ]
    return _kept_head(head, labels), kept, len(findings)


def _words(head: Head) -> Iterable[str]:
    return (head.agent, head.branch, head.title, head.model, head.version, head.parent, head.commit, head.pull_request)


def _kept_head(head: Head, labels: dict[str, str]) -> Head:
    agent, branch, title, model, version, parent, commit, pull_request = (labels[word] for word in _words(head))
    if len(title) > _TITLE:
        title = (title[:_TITLE].rpartition(" ")[0] or title[:_TITLE]) + "\u2026"
    return Head(agent, head.id, "", branch, _when(head.started), _when(head.ended), title, model, version, parent, commit, "",
                _pair(head.tokens), head.cost, pull_request)  # fmt: skip


def _labels(raw: Raw) -> Iterable[str]:
    turn = raw.turn
    return (turn.kind, turn.model, turn.phase, turn.tool, *(p for c in raw.changes for p in (c.path, c.old)))


def _kept(raw: Raw, labels: dict[str, str], given: str, text: str) -> StoredTurn:
    turn = raw.turn
    wide = SAID if turn.who != "tool" and turn.kind in _SAID and not turn.side else OUTPUT
    model = "" if turn.who == "tool" else labels[turn.model]  # that of the answer which called it
    tool = labels[turn.tool] or ("tool" if turn.who == "tool" else "")
    changes = tuple(c._replace(path=labels[c.path], old=labels[c.old]) for c in raw.changes if labels[c.path])
    return StoredTurn(
        0, turn.who if turn.who in WHO else "system", storable(cut_after(text, wide)), _when(turn.when), labels[turn.kind], turn.side,
        model, _pair(turn.tokens), labels[turn.phase], tool,
        turn.action if turn.action in ACTIONS else "", storable(given), changes, turn.failed, turn.refused,
        turn.code if turn.code is None else max(-(10**9), min(turn.code, 10**11)), raw.cut, raw.mark,
    )  # fmt: skip


def _when(text: str) -> str:
    return text if _WHEN.fullmatch(text) else ""


def _pair(tokens: tuple[int, int]) -> tuple[int, int]:
    return (min(max(tokens[0], 0), 10**14), min(max(tokens[1], 0), 10**14))


class Intake:
    """Takes the turns of a transcript one by one, and keeps what the store lacks and where each of them will be found."""

    def __init__(self, root: str, old: Stored | None) -> None:
        self.shelf = Shelf()
        self.void = 0  # places on the shelf before this are of turns that were stored once, and went
        self.later: dict[int, Raw] = {}  # by number: turns that are stored without the output that they have now
        self._root = root
        self._stored = {turn.number: turn for turn in old.turns} if old else {}
        self._some_went = bool(old and old.gone)
        self._known: dict[str, list[int]] = {}
        for number, turn in self._stored.items():
            self._known.setdefault(turn.mark, []).append(number)
        self._marks = Marks()
        self._places: list[int] = []  # of each given turn: its number, or minus its place on the shelf minus 1
        self._at: dict[str, int] = {}
        self._cursor = 0
        self._when = ("", "")
        self._title = old.head.title if old else ""
        self._tokens = (0, 0)

    def take(self, turn: Turn) -> None:
        """The next turn."""
        if turn.when:
            self._when = (self._when[0] or turn.when, turn.when)
        if turn.tokens != (0, 0):
            self._tokens = (self._tokens[0] + turn.tokens[0], self._tokens[1] + turn.tokens[1])
        if not self._title and turn.who == "user" and not turn.kind and not turn.side:
            self._title = turn.text[:_WORDS].strip().partition("\n")[0]
        if turn.kind == "thinking":
            self._places.append(self._places[-1] if self._places else 0)
            return
        mark = self._marks.of(turn)
        if number := self._number(mark, ordered=not turn.id):
            stored = self._stored[number]
            if turn.text and not stored.text and not stored.cut and turn.who == "tool":
                self.later[number] = cut_turn(turn, mark, self._root)
            if self._some_went:
                self.shelf.empty(self.void)
                self.void = len(self.shelf.turns)
            self._places.append(number)
        elif turn.id and mark in self._at:
            self._places.append(self._at[mark])
        else:
            self.shelf.add(cut_turn(turn, mark, self._root))
            self._at[mark] = -len(self.shelf.turns)
            self._places.append(-len(self.shelf.turns))
            if self.shelf.size > self.shelf.most * 5 // 4:
                self.shelf.fit()

    def whole(self, head: Head) -> Head:
        """The head, with what the turns say where it says nothing."""
        return head._replace(
            title=head.title or self._title,
            started=head.started or self._when[0],
            ended=head.ended or self._when[1],
            tokens=head.tokens if any(head.tokens) else self._tokens,
        )

    def numbers(self, by_place: dict[int, int]) -> list[int]:
        """The number of each given turn."""
        result = []
        last = 0
        for place in self._places:
            last = by_place.get(-place - 1, last) if place < 0 else place or last
            result.append(last)
        return result

    def _number(self, mark: str, *, ordered: bool) -> int:
        known = self._known.get(mark)
        if not known:
            return 0
        at = bisect_right(known, self._cursor) if ordered else 0
        if at == len(known):
            return 0
        self._cursor = max(self._cursor, known[at])
        return known[at]

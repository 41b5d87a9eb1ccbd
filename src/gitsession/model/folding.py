"""The fold: all checkpoints to the state of the project.

Openings and closings are observed, as in an OR-set: an opening is (stem, text), a closing names openings. The fold
takes the checkpoints one after the other in an order that is a function of their set, so merging two branches, which is
the union of their files, gives the same state whichever is merged into the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gitsession.model.background import Keys, key_hash, newest
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fact import BINDING_KINDS, OPEN_KINDS, Fact, state_key, text_key
from gitsession.model.fold import Fold, Further, Item, Warning  # noqa: A004
from gitsession.model.order import ordered as ordered  # noqa: PLC0414  (whoever folds step by step needs both)
from gitsession.model.settings import Settings
from gitsession.model.words import is_head, short, words_key

RECENT = 8
_CANDIDATES = 50  # texts that a closing is compared with, letter by letter, where it matches none
_REOPENING = (*OPEN_KINDS, *BINDING_KINDS)


class WholeNeededError(Exception):
    """A checkpoint speaks of something that a resumed fold does not carry: fold all checkpoints instead."""


def fold(checkpoints: Iterable[Checkpoint], settings: Settings) -> Fold:
    """Fold checkpoints, in any order, each stem once. Pure: the result depends on their set alone."""
    state = FoldState()
    for checkpoint in ordered(checkpoints):
        state.add(checkpoint)
    return state.result(settings)


class Opening:
    """A fact in force, opened by one session."""

    __slots__ = ("fact", "index", "retired", "stem", "taken_by")

    def __init__(self, fact: Fact, stem: str, index: int) -> None:
        self.fact = fact
        self.stem = stem
        self.index = index
        self.taken_by = ""
        self.retired: tuple[tuple[str, str], ...] = ()


def fact_key(fact: Fact) -> str:
    """What makes two facts the same: their words, without "Not solved:"."""
    return words_key(fact.bare)


class FoldState:
    """The fold so far; `add` takes the next checkpoint in order, `result` says where the project stands."""

    def __init__(self) -> None:
        self.open: dict[str, dict[str, Opening]] = {}  # key -> stem -> opening
        self.state: dict[str, tuple[Fact, str, int]] = {}  # key -> (fact, stem, index)
        self.commands: dict[str, tuple[Fact, str, int]] = {}
        self.background: dict[tuple[str, str], tuple[str, Fact, int]] = {}  # (stem, key) -> (kind, fact, index)
        self.lessons: dict[str, tuple[str, str]] = {}  # key -> (stem, key) in background
        self.closed: dict[str, list[tuple[str, str, int]]] = {}  # key -> (opening's stem, closer's stem, line)
        self.parents: dict[str, tuple[str, ...]] = {}
        self.sessions: list[Checkpoint] = []
        self.count = 0
        self.first = ""
        self.last: tuple[float, str] = (float("-inf"), "")
        self.closings = 0
        self.matched = 0
        self.warnings: dict[Warning, None] = {}  # a set in order
        self.ahead: dict[
            tuple[str, str], list[Warning]
        ] = {}  # closings by link whose opening may come: (opening's stem, key)
        self.late: set[str] = set()  # parents that were not there before their child
        self.circle = False  # some came after it, so parents stand in a circle
        self.trimmed: dict[str, tuple[int, tuple[str, ...]]] = {}  # background that a resumed fold does not carry
        self.gone: Keys | None = None  # hashes of the keys that it does not carry: closed, or background
        self.far: Keys | None = None  # the same of facts in force
        self.further: tuple[Further, ...] = ()  # what these are
        self.older: Keys | None = None  # hashes of the stems taken before it was resumed

    # -- one checkpoint

    def add(self, checkpoint: Checkpoint) -> None:
        """Take the next checkpoint. All its openings stand before its closings are looked at."""
        stem, index = checkpoint.stem, self.count
        self.late.update(p for p in checkpoint.parents if not self.knows(p) and p != stem)
        self.parents[stem] = checkpoint.parents
        own: dict[str, int] = {}  # keys that stand open in this file, and the line
        said: set[str] = set()  # keys of all else that it says
        closing: list[Fact] = []
        for fact in checkpoint.facts:
            if fact.dropped or fact.box == "x" or fact.resolved or fact.replaces:
                closing.append(fact)
            if self._opens(fact):
                own.setdefault(fact_key(fact), fact.line)
                self._open(fact, stem, index)
            elif not fact.dropped:
                said.add(fact_key(fact))
                self._note(fact, stem, index)
        for fact in closing:
            self._close(fact, stem, own, said)
        self.count += 1
        self.first = self.first or stem
        self.last = max(self.last, checkpoint.order)
        self.sessions.append(checkpoint)
        del self.sessions[:-RECENT]

    def comes_next(self, checkpoint: Checkpoint) -> bool:
        """True for a checkpoint that the order of the fold has after all that were taken."""
        circle = self.circle or any(map(self.knows, self.late))
        return not circle and checkpoint.order >= self.last and checkpoint.stem not in self.late

    def knows(self, stem: str) -> bool:
        """True for a session that was taken."""
        return stem in self.parents or (self.older is not None and key_hash(stem) in self.older)

    @staticmethod
    def _opens(fact: Fact) -> bool:
        if fact.dropped or fact.kind not in (*_REOPENING, "done"):
            return False
        if fact.kind in BINDING_KINDS:  # a decision that somebody ticked is no less decided
            return True
        if fact.box == "x":
            return False
        if fact.kind == "done":
            return fact.box == " "
        if fact.kind in OPEN_KINDS and fact.resolved:
            return False
        return fact.kind != "error" or fact.unsolved or fact.box == " "

    def _open(self, fact: Fact, stem: str, index: int) -> None:
        if fact.kind == "done":  # "- [ ]" under Accomplished: not accomplished yet
            fact = fact._replace(kind="step")
        key = fact_key(fact)
        self._needs_open(key)
        there = self.open.setdefault(key, {})
        named = [there[link] for link in fact.links if link in there and link != stem]
        if named and fact.kind in OPEN_KINDS:
            for opening in named:
                opening.taken_by = stem
            return
        self._needs(key)
        for _, closer, line in self.closed.get(key, ()):
            if closer != stem and closer not in self._ancestors(stem):
                self._warn(closer, line, f'closes "{short(fact.bare)}", which [{stem}] has open')
        early = self.ahead.pop((stem, key), None)
        if early:  # closed by name in a session that began before this one, and saw it
            self.matched += len(early)
            self.closed.setdefault(key, []).extend((stem, w.stem, w.line) for w in early)
            if not there:
                del self.open[key]
            self.background.setdefault((stem, key), ("done" if fact.kind == "step" else fact.kind, fact, index))
            return
        there[stem] = Opening(fact, stem, index)

    def _note(self, fact: Fact, stem: str, index: int) -> None:
        """A fact that does not call for work: state, command, or background."""
        if fact.kind in ("state", "command"):
            name, _ = state_key(fact.text)
            table = self.state if fact.kind == "state" else self.commands
            key = text_key(name or fact.text)
            table.pop(key, None)  # the latest stands last
            table[key] = (fact, stem, index)
            return
        key = fact_key(fact)
        kind = "done" if fact.kind == "step" else fact.kind
        if kind == "lesson":
            self._needs(key)
            if key in self.lessons:
                return
            self.lessons[key] = (stem, key)
        self.background.setdefault((stem, key), (kind, fact, index))

    def _close(self, fact: Fact, stem: str, own: Mapping[str, int], said: AbstractSet[str]) -> None:
        key = fact_key(fact)
        ticked = fact.box == "x" and fact.kind not in BINDING_KINDS
        for words in fact.replaces:
            self._replace(fact, words, stem)
        if fact.links and (fact.dropped or fact.box == "x" or (fact.resolved and fact.kind in OPEN_KINDS)):
            self._close_named(fact, key, stem)
            return
        if not (fact.dropped or ticked):
            if fact.resolved:
                self._resolve(fact, stem)
            return
        # Within one file what is still said wins.
        if ticked and key in own:
            self._warn(stem, fact.line, f'closes "{short(fact.bare)}", which line {own[key]} has open')
            return
        if fact.dropped:
            if key in own or key in said:
                return
            self._drop(fact, key, stem)
        self._needs_open(key)
        for opening in list(self.open.get(key, {}).values()):
            if fact.dropped or opening.fact.kind in OPEN_KINDS:
                self._shut(opening, key, stem, fact.line)

    def _close_named(self, fact: Fact, key: str, stem: str) -> None:
        self._needs_open(key)
        for link in fact.links:
            self.closings += 1
            opening = self.open.get(key, {}).get(link)
            if opening is not None:
                self.matched += 1
                self._shut(opening, key, stem, fact.line)
                continue
            self._needs(key)
            if any(opener == link for opener, _, _ in self.closed.get(key, ())):
                self.matched += 1  # someone else closed it, too
            elif fact.dropped and (link, key) in self.background:
                self.matched += 1
                del self.background[link, key]
                if self.lessons.get(key) == (link, key):
                    del self.lessons[key]
            else:
                kinds = _REOPENING if fact.dropped else OPEN_KINDS
                warning = self._unmatched(fact.line, fact.bare, stem, kinds, of=link)
                if not self.knows(link):
                    self.ahead.setdefault((link, key), []).append(warning)
                else:
                    self.warnings[warning] = None

    def _replace(self, fact: Fact, words: str, stem: str) -> None:
        self.closings += 1
        found = self._find(words, _REOPENING, but=fact, stem=stem)
        if not found:
            if self._was_closed(words):
                self.matched += 1  # someone else replaced it, too
            else:
                self.warnings[self._unmatched(fact.line, words, stem, BINDING_KINDS)] = None
            return
        self.matched += 1
        heir = self.open.get(fact_key(fact), {}).get(stem)
        for key, opening in found:
            self._shut(opening, key, stem, fact.line)
            retired = opening.fact.bare
            self._needs(key)
            if opening.fact.kind in self.trimmed:
                raise WholeNeededError  # it goes among those that are not listed any more
            self.background.setdefault((opening.stem, key), (opening.fact.kind, opening.fact, opening.index))
            if heir is not None:
                heir.retired = (*heir.retired, (retired, opening.stem))

    def _resolve(self, fact: Fact, stem: str) -> None:
        found = self._find(fact.resolved, OPEN_KINDS, but=fact, stem=stem)
        for key, opening in found:
            self._shut(opening, key, stem, fact.line)
        itself = fact.kind in OPEN_KINDS
        if itself:
            self._needs_open(fact_key(fact))
            for opening in list(self.open.get(fact_key(fact), {}).values()):
                self._shut(opening, fact_key(fact), stem, fact.line)
        if found or not itself:
            self.closings += 1
            if found or self._was_closed(fact.resolved):
                self.matched += 1
            else:
                self.warnings[self._unmatched(fact.line, fact.resolved, stem, OPEN_KINDS)] = None

    def _was_closed(self, words: str) -> bool:
        """True if a fact of these words was in force once."""
        key = words_key(words).removesuffix(".")
        for exact in (key, key + "."):
            self._needs(exact)
        return key in self.closed or key + "." in self.closed

    def _find(self, words: str, kinds: Sequence[str], *, but: Fact, stem: str) -> list[tuple[str, Opening]]:
        """Open facts that `words` means: the whole text, or its head, up to a ", because"."""
        key = words_key(words).removesuffix(".")
        found = []
        for exact in (key, key + "."):
            self._needs_open(exact)
            found += [(exact, o) for o in self.open.get(exact, {}).values() if o.fact.kind in kinds]
        if not found:
            self._needs_all_open()
            found = [(k, o) for k, there in self.open.items() if k.startswith(key) and is_head(k, key)
                     for o in there.values() if o.fact.kind in kinds]  # fmt: skip
        return [(k, o) for k, o in found if not (o.stem == stem and o.fact.line == but.line)]

    def _shut(self, opening: Opening, key: str, closer: str, line: int) -> None:
        there = self.open[key]
        there.pop(opening.stem, None)
        if not there:
            del self.open[key]
        self.closed.setdefault(key, []).append((opening.stem, closer, line))

    def _drop(self, fact: Fact, key: str, stem: str) -> None:
        """Take a text out of all that earlier sessions say beside what is open."""
        self._needs(key)
        if fact.kind in ("state", "command"):
            table = self.state if fact.kind == "state" else self.commands
            name = text_key(state_key(fact.text)[0] or fact.text)
            if name in table and table[name][1] != stem:
                del table[name]
        for place in [p for p in self.background if p[1] == key]:
            del self.background[place]
        self.lessons.pop(key, None)

    def _needs(self, key: str) -> None:
        if self.gone is not None and key_hash(key) in self.gone:
            raise WholeNeededError

    def _needs_open(self, key: str) -> None:
        if self.far is not None and key_hash(key) in self.far:
            raise WholeNeededError

    def _needs_all_open(self) -> None:
        if self.further:
            raise WholeNeededError

    # -- warnings

    def _unmatched(self, line: int, words: str, stem: str, kinds: Sequence[str], of: str = "") -> Warning:
        from difflib import get_close_matches

        self._needs_all_open()
        texts = {
            k: o
            for k, there in self.open.items()
            for o in there.values()
            if o.fact.kind in kinds and (not of or o.stem == of)
        }
        if of and not texts:
            texts = {k: o for k, there in self.open.items() for o in there.values() if o.fact.kind in kinds}
        nearest = get_close_matches(words_key(words), _alike(words_key(words), texts), n=1, cutoff=0.4)
        where = f" of [{of}]" if of else ""
        tail = "nothing is open that comes near"
        if nearest:
            opening = texts[nearest[0]]
            tail = f'the nearest open text is "{short(opening.fact.bare)}" of [{opening.stem}]'
        return Warning(stem, line, f'closes "{short(words)}"{where}, which matches nothing; {tail}')

    def _warn(self, stem: str, line: int, message: str) -> None:
        self.warnings[Warning(stem, line, message)] = None

    def _ancestors(self, stem: str) -> set[str]:
        found: set[str] = set()
        todo = list(self.parents.get(stem, ()))
        while todo:
            parent = todo.pop()
            if parent not in found:
                found.add(parent)
                todo += self.parents.get(parent, ())
        return found

    # -- the result

    def result(self, settings: Settings, active: Checkpoint | None = None) -> Fold:
        """Where the project stands after the checkpoints taken so far.

        What the session in progress, `active`, observed of the state goes before what others did, whichever began first.
        """
        states = dict(self.state)
        for fact in active.facts if active is not None else ():
            if fact.kind == "state" and not fact.dropped and active is not None:
                states[text_key(state_key(fact.text)[0] or fact.text)] = (fact, active.stem, self.count - 1)
        items = [Item("constraint", text, "") for text in settings.constraints]
        openings = sorted(
            (o for there in self.open.values() for o in there.values()), key=lambda o: (o.index, o.fact.line)
        )
        shown: dict[tuple[str, str], list[Opening]] = {}
        for opening in openings:
            shown.setdefault((opening.fact.kind, fact_key(opening.fact)), []).append(opening)
        items += [self._item(same) for same in shown.values()]
        items += [
            Item("state", fact.text, stem, fact.line, (stem,), source=fact.source, by=fact.by, age=self.count - index)
            for fact, stem, index in states.values()
        ]
        background = sorted(
            [*((kind, fact, stem, index) for (stem, _), (kind, fact, index) in self.background.items()),
             *((fact.kind, fact, stem, index) for fact, stem, index in self.commands.values())],
            key=lambda b: (b[3], b[1].line))  # fmt: skip
        listed, older = newest(background, self.trimmed)
        return Fold(
            in_force=tuple(items),
            background=tuple(
                Item(kind, f.bare, stem, f.line, (stem,), by=f.by, age=self.count - i) for kind, f, stem, i in listed
            ),
            background_total=len(background) + sum(count for count, _ in self.trimmed.values()),
            older=older,
            recent=tuple(self.sessions),
            size=self.count,
            first=self.first,
            closings=self.closings,
            matched=self.matched,
            further=self.further,
            warnings=tuple(
                sorted(
                    {*self.warnings, *(w for early in self.ahead.values() for w in early)},
                    key=lambda w: (w.stem, w.line, w.message),
                )
            ),
        )

    def _item(self, same: list[Opening]) -> Item:
        first, last = same[0], same[-1]
        return Item(
            kind=first.fact.kind,
            text=last.fact.bare,
            stem=first.stem,
            line=first.fact.line,
            stems=tuple(o.stem for o in same),
            taken_by=last.taken_by,
            age=self.count - first.index,
            retired=tuple(r for o in same for r in o.retired),
            by=last.fact.by,
            est=last.fact.est,
        )


def _alike(words: str, texts: Iterable[str]) -> list[str]:
    """The texts that share most words with another, of a long history: comparing letters takes a millisecond each."""
    texts = list(texts)
    if len(texts) <= _CANDIDATES:
        return texts
    wanted = set(words.split())
    return sorted(texts, key=lambda text: -len(wanted.intersection(text.split())))[:_CANDIDATES]

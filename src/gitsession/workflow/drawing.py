"""What was drawn from a conversation goes into a checkpoint: as items of its own, never twice, never over what a person wrote."""

import re
import zlib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_document
from gitsession.formats.document import Item
from gitsession.formats.edit import New, add_fact, add_facts, add_goal, as_read, remove_facts, set_state, tick
from gitsession.formats.facts import clean_text, parse_fact
from gitsession.model.draft import Draft
from gitsession.model.fact import OPEN_KINDS, Fact, state_key, text_key
from gitsession.secretscan.redaction import redact_lines
from gitsession.secretscan.scanner import find_hits

_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u2060-\u2064\U000e0000-\U000e0fff]")
#: What a reader of Markdown would not show as text, tags and images; and what holds none: escapes and code.
_SHOWN = re.compile(r"\\.|(?<!`)(`+)(?!`).*?[^`]\1(?!`)|<(?=[A-Za-z/!?])|!(?=\[)")


class Drawn(NamedTuple):
    """A checkpoint's text with the drafts in it, and how many were added and taken out."""

    text: str
    added: int
    removed: int


def digest(draft: Draft) -> str:
    """What a draft is known by, 8 hexadecimal digits."""
    words = f"{draft.kind} {text_key(draft.text)}"
    return f"{zlib.crc32(words.encode('utf-8', 'replace')):08x}"


def apply_drafts(text: str, path: str, drafts: Sequence[Draft], *, before: Collection[str] = ()) -> Drawn:
    """Write drafts into a checkpoint's text.

    `before` holds the digests of what was drawn from the same conversation earlier: what of it a person has edited or taken out since does
    not come back, and what of it no longer holds is taken out where it stands as it was written. Raises FormatError.
    """
    drafts = redacted(drafts)
    conversations = {d.turn.partition("#")[0] for d in drafts if d.turn}
    now = {digest(d) for d in drafts}
    items = parse_document(text, path).items
    if not any(item.fact.turn.partition("#")[0] in conversations for item in items):
        before = ()  # nothing of it is here: another session, or the checkpoint was put back
    outdated = []
    for item in items:
        known = digest(Draft(item.fact.kind, item.fact.text))
        ours = item.fact.turn.partition("#")[0] in conversations and _as_drawn(item.fact)
        if ours and known in before and known not in now:
            outdated.append(item.start + 1)
    if outdated:
        text = remove_facts(text, path, outdated)
    adding = _Adding(text, path)
    for draft in drafts:
        if digest(draft) not in before:
            adding.take(draft)
    adding.end()
    refused = _refused(adding.text, path, {d.turn for d in drafts})
    stood = {(item.fact.kind, item.fact.text) for item in items}
    new = [item for item in refused if (item.fact.kind, item.fact.text) not in stood]
    gone = new + [item for item in refused if item not in new and item.fact.turn]  # what a person wrote stays
    text = remove_facts(adding.text, path, [item.start + 1 for item in gone]) if gone else adding.text
    return Drawn(text, adding.added - len(new), len(outdated) + len(gone) - len(new))


class _Adding:
    """Writes drafts into a checkpoint's text: those that go to the end of a section together, so that a long text is not read for each."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.added = 0
        self._path = path
        self._waiting: dict[str, list[Draft]] = {}
        facts = [item.fact for item in parse_document(text, path).items]
        self._said = {(f.kind, text_key(f.bare)) for f in facts}  # open or closed, dropped or not
        self._said |= {("done", text_key(f.bare)) for f in facts if f.kind == "step" and f.box == "x"}
        self._open = {text_key(f.text) for f in facts if f.kind in OPEN_KINDS and f.box == " "}

    def take(self, draft: Draft) -> None:
        """One draft more, unless the checkpoint says it already."""
        key, said = text_key(draft.text), (draft.kind, text_key(as_read(draft.text, draft.kind).bare))
        if draft.kind in ("goal", "state"):
            self._write(draft)
        elif said in self._said:
            return
        elif draft.kind == "done" and key in self._open:
            self.end()
            self._write(draft)
        else:
            self._waiting.setdefault(draft.kind, []).append(draft)
            self._said.add(said)
            if draft.kind in OPEN_KINDS and draft.box == " ":
                self._open.add(key)

    def end(self) -> None:
        """Write what waits; where that cannot be, what of it can."""
        waiting, self._waiting = self._waiting, {}
        for kind, drafts in waiting.items():
            try:
                new = [New(draft.text, draft.box, _notes(draft)) for draft in drafts]
                self.text = add_facts(self.text, self._path, kind, new)
                self.added += len(drafts)
            except FormatError:
                for draft in drafts:
                    self._write(draft)

    def _write(self, draft: Draft) -> None:
        edited = _write(self.text, self._path, draft)
        self.added += edited != self.text
        self.text = edited


def _as_drawn(fact: Fact) -> bool:
    """Whether an item stands as it was written: nobody ticked, closed, dropped or annotated it. State is replaced, not taken out."""
    box = {"step": " ", "done": "x"}.get(fact.kind, "")
    return fact.kind != "state" and fact == Fact(fact.kind, fact.text, fact.line, box, by=fact.by, turn=fact.turn)


def _refused(text: str, path: str, turns: Collection[str]) -> list[Item]:
    """Those items of these turns that the gate would refuse where they stand: beside others a word may look like a secret."""
    found = find_hits(path, text)
    items = parse_document(text, path).items if found else ()
    return [item for item in items if item.fact.turn in turns and any(item.start <= line < item.end for line in found)]


def _write(text: str, path: str, draft: Draft) -> str:
    notes = _notes(draft)
    try:
        if draft.kind == "goal":
            return add_goal(text, path, draft.text, annotations=f" (turn: {draft.turn})" if draft.turn else "")
        if draft.kind == "state":
            key, value = state_key(draft.text)
            return set_state(text, path, key, value, annotations=notes) if key else text
        if draft.kind == "done":
            for item in parse_document(text, path).items:
                if (
                    item.fact.kind in OPEN_KINDS
                    and item.fact.box == " "
                    and text_key(item.fact.text) == text_key(draft.text)
                ):
                    return tick(text, path, item.start + 1)
        return add_fact(text, path, draft.kind, draft.text, box=draft.box, annotations=notes)
    except FormatError as e:
        if e.line == 1 or "meant" in str(e):  # these words cannot stand in a list; the conversation has them
            return text
        raise


def _notes(draft: Draft) -> str:
    notes = (("resolved", draft.resolved), ("by", draft.by), ("turn", draft.turn))
    return "".join(f" ({name}: {value})" for name, value in notes if value)


def redacted(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts as they may stand in a file: one line each, without secrets, and with nothing that would be read as a closing or an annotation."""
    if not drafts:
        return []
    # One text: to search many short ones costs as much as to search a long one each time. What nobody sees in it goes first: it could hide one.
    texts = redact_lines([_INVISIBLE.sub("", clean_text(d.text).replace("\n", " ")) for d in drafts])
    return [_plain(draft._replace(text=text)) for draft, text in zip(drafts, texts, strict=True) if text.strip()]


def _plain(draft: Draft) -> Draft:
    text = _SHOWN.sub(lambda m: "\\" + m[0] if m[0] in "<!" else m[0], draft.text)
    while (read := parse_fact(text, draft.kind, 0)).text != text:
        if read.dropped or "~~" in text:
            text = text.replace("~~", "")
        elif text.rstrip(".").endswith(")"):
            start = len(read.text) + text[len(read.text) :].index("(")
            text = f"{text[:start]}[{text[start + 1 :].rstrip('.').removesuffix(')')}]"
        else:
            text = f"“{text}"
    return draft._replace(text=text)

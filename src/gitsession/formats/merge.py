"""Two versions of one checkpoint into one, by what they state: for the merge driver `merge=gitsession`.

A checkpoint is taken apart into regions (what stands above the first heading, and each heading with what is below it),
and each region into pieces: facts, blocks of code or HTML, and other lines. Regions, pieces and front matter keys are
then merged three-way by what they are: what one side added, changed or removed is added, changed or removed. What both
changed stays in both versions, or is settled by a rule that does not ask which side is ours, so that both directions
state the same facts.
"""

from collections import Counter
from dataclasses import dataclass, field

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import decode_checkpoint, parse_document, read_checkpoint
from gitsession.formats.document import Document
from gitsession.formats.frontmatter import merge_front
from gitsession.formats.threeway import merged_order
from gitsession.model.fact import Fact, state_key, text_key

Key = tuple[object, ...]


@dataclass(slots=True)
class _Piece:
    """A fact, a block or a line as it stands, the blank lines above, and what it stands below in its version."""

    lines: list[str]
    above: list[str] = field(default_factory=list)
    fact: Fact | None = None
    block: bool = False
    newline: str = ""  # the line ending of the version that it is from
    below: "_Piece | None" = None


@dataclass(slots=True)
class _Region:
    """A heading (none for what stands above the first) and the pieces below it."""

    heading: _Piece | None = None
    kind: str = ""
    pieces: dict[Key, _Piece] = field(default_factory=dict)


def merge_checkpoints(base: bytes | None, ours: bytes, theirs: bytes, path: str) -> bytes:
    """The checkpoint that states what both sides state; `base` is None where there is no common ancestor.

    Raises FormatError where a side cannot be read, or the result would not be read as meant: for people to settle.
    """
    mine, other = (_parse(data, path) for data in (ours, theirs))
    if ours == theirs or base == theirs:
        return ours
    if base == ours:
        return theirs
    try:
        old = _parse(base, path) if base is not None else None
    except FormatError:
        old = None
    regions = _merge_regions(_regions(old)[0] if old else {}, _regions(mine)[0], _regions(other)[0])
    lines = [*merge_front(old, mine, other), *_render(regions, mine.newline), *_regions(mine)[1]]
    text = "".join(line if line.endswith("\n") else line + mine.newline for line in lines[:-1]) + lines[-1]
    merged = _parse(text.encode("utf-8"), path)
    meant = [(piece.fact.kind, _plain(piece)) for region in regions for piece in region.pieces.values() if piece.fact]
    if [(i.fact.kind, _plain(_Piece(merged.lines[i.start : i.end]))) for i in merged.items] != meant:
        raise FormatError(path, 1, "the two versions cannot be joined by structure", "join them by hand")
    return text.encode("utf-8")


def _parse(data: bytes, path: str) -> Document:
    document = parse_document(decode_checkpoint(data, path), path)
    read_checkpoint(document, "")  # also what its keys say has to be right
    return document


# -- a document as regions


def _regions(document: Document) -> tuple[dict[Key, _Region], list[str]]:
    """The regions of a document, and the blank lines at its end; a heading that stands twice makes two."""
    lines = document.lines
    sections = {section.line: section for section in document.sections}
    items = {item.start: item for item in document.items}
    blocks = dict(document.verbatim)
    headings = set(document.headings) - {document.title_line}
    region = _Region()
    regions: dict[Key, _Region] = {("above", 0): region}
    taken: Counter[Key] = Counter()
    at, above, below = document.front_end + 1, [], None
    while at < len(lines):
        if not lines[at].strip():
            above.append(lines[at])
            at += 1
            continue
        item = items.get(at)
        end = item.end if item else blocks.get(at, at + 1)
        piece = _Piece(
            lines[at:end], above, item.fact if item else None, block=at in blocks, newline=document.newline, below=below
        )
        if at in headings:
            section = sections.get(at)
            region = _Region(piece, section.kind if section else "")
            name: Key = ("section", text_key(section.heading)) if section else ("heading", lines[at].strip())
            regions[_numbered(name, len(regions), taken)] = region
        else:
            name = ("title",) if at == document.title_line else _name(piece)
            region.pieces[_numbered(name, len(regions), taken)] = piece
        at, above, below = end, [], piece
    return regions, above


def _name(piece: _Piece) -> Key:
    """What a piece is, whatever its box and annotations: two versions of a fact have one name."""
    fact = piece.fact
    if fact is None:
        return ("text", *(line.rstrip() for line in piece.lines))
    if fact.kind in ("state", "command") and state_key(fact.text)[0]:
        return ("key", text_key(state_key(fact.text)[0]))
    return ("fact", text_key(fact.bare))


def _numbered(name: Key, region: int, taken: "Counter[Key]") -> Key:
    """A name that stands a second time in its region, or a heading that does in the file, is another one."""
    place = (*name, 0) if name[0] in ("section", "heading") else (*name, region)
    taken[place] += 1
    return (*name, taken[place])


def _plain(piece: _Piece) -> str:
    return "\n".join(line.rstrip() for line in piece.lines)


# -- three ways


def _merge_regions(base: dict[Key, _Region], ours: dict[Key, _Region], theirs: dict[Key, _Region]) -> list[_Region]:
    result = []
    for key in merged_order(base, list(ours), list(theirs)):
        old, mine, other = base.get(key), ours.get(key), theirs.get(key)
        one = mine or other
        assert one is not None  # noqa: S101  (each key is one side's)
        pieces = _merge_pieces(*(side.pieces if side else {} for side in (old, mine, other)))
        if pieces or (mine and other) or old is None:
            result.append(_Region(one.heading, one.kind, pieces))
    return result


def _merge_pieces(base: dict[Key, _Piece], ours: dict[Key, _Piece], theirs: dict[Key, _Piece]) -> dict[Key, _Piece]:
    result: dict[Key, _Piece] = {}
    for key in merged_order(base, list(ours), list(theirs)):
        for piece in _choose(key, base.get(key), ours.get(key), theirs.get(key)):
            result[(*key, len(result))] = piece
    return result


def _choose(key: Key, old: _Piece | None, mine: _Piece | None, other: _Piece | None) -> list[_Piece]:
    """What remains of a piece: nothing, one version, or both."""
    if mine is None or other is None:
        one = mine or other
        assert one is not None  # noqa: S101  (each key is one side's)
        return [] if old is not None and _plain(old) == _plain(one) else [one]
    if _plain(mine) == _plain(other) or (old is not None and _plain(other) == _plain(old)):
        return [mine]
    if old is not None and _plain(mine) == _plain(old):
        return [other]
    both = sorted((mine, other), key=_plain)
    if key[0] == "title" or (mine.fact and mine.fact.kind == "state"):
        return [both[-1]]  # one line for each: nothing says which is newer, so the greater text
    if old is None or not _closed(old):
        closed = [piece for piece in both if _closed(piece)]
        if len(closed) == 1:
            return closed
    return both


def _closed(piece: _Piece) -> bool:
    fact = piece.fact
    return fact is not None and (fact.box == "x" or fact.dropped or bool(fact.resolved))


# -- and back


def _render(regions: list[_Region], newline: str) -> list[str]:
    lines: list[str] = []
    before: _Piece | None = None
    for region in regions:
        for piece in [*([region.heading] if region.heading else []), *region.pieces.values()]:
            new = [*piece.above, *piece.lines]
            # What came to stand below something else is kept from running on in it.
            if (
                before
                and not piece.above
                and before is not region.heading
                and piece is not region.heading
                and _joins(before, piece)
            ):
                new.insert(0, newline)
            lines += [line if piece.newline == newline else line.rstrip("\r\n") + newline for line in new]
            before = piece
    return lines


def _joins(before: _Piece, piece: _Piece) -> bool:
    if piece.below is not None and _plain(piece.below) == _plain(before):
        return False
    return before.block or piece.block or (before.fact is None) != (piece.fact is None)

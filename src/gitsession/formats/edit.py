"""Edits of a checkpoint's text that leave every other byte as it was."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import parse_document
from gitsession.formats.document import Document, Item, Section
from gitsession.formats.facts import clean_text, head_length, parse_fact, render_item
from gitsession.formats.yamlplain import Value
from gitsession.formats.yamltext import bare_value, parse_yaml, quote_scalar
from gitsession.model.fact import HEADING_OF, SECTIONS, Fact, state_key, text_key

_ORDER = [heading.casefold() for heading, _ in SECTIONS]
_BOX_AT = re.compile(r"( {0,3}(?:[-*+]|\d{1,9}[.)]))([ \t]*)(\[[ xX]\](?=\s|$)[ \t]*)?")
#: A key's own line: a value in quotes or not (no list or mapping), and the comment behind it.
_KEY_LINE = re.compile(
    r"""[^:]+:[ \t]*"""
    r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'\[{#](?:[^#\s]|\s+(?!#|\s|$)|(?<!\s)\#)*)?"""
    r"""(?P<comment>[ \t]+\#.*)?[ \t]*"""
)


class New(NamedTuple):
    """A fact that is to be written."""

    words: str
    box: str = ""
    annotations: str = ""


def add_fact(text: str, path: str, kind: str, words: str, *, box: str = "", annotations: str = "") -> str:
    """The text with one more fact at the end of its section, which is made where it is missing.

    The same text where that fact stands there already: saying it twice in a row, as after a fault, is saying it once.
    """
    return add_facts(text, path, kind, [New(words, box, annotations)])


def add_facts(text: str, path: str, kind: str, facts: Sequence[New]) -> str:
    """The same for several facts of a kind: all of them, or FormatError."""
    document = parse_document(text, path)
    section = document.section(kind)
    last = section.items[-1] if section and section.items else None
    marker = last.marker if last and last.marker in "-*+" else "-"
    indent = last.indent if last else ""
    lines: list[str] = []
    meant = [last.fact._replace(line=0)] if last else []
    for fact in facts:
        item = render_item(fact.words, marker=marker, indent=indent, box=fact.box, annotations=fact.annotations)
        said = _fact_of(item, kind)
        if meant[-1:] != [said]:
            lines += item
            meant.append(said)
    if last:
        del meant[0]
    if not meant:
        return text
    if section is None:
        edited = _insert_section(document, HEADING_OF[kind], lines)
    else:
        at = last.end if last else _below(document, section)
        below = next((line for line in document.lines[at : section.end] if line.strip()), "")
        if below[:1] in (" ", "\t"):  # indented, and yet no part of the last item: it would become one of the new item
            at, last = _below(document, section), None
        # Between an item and prose or HTML, above or below, a blank line keeps one from running on in the other.
        if not last and at != section.line + 1:
            lines.insert(0, "")
        if at < len(document.lines) and document.lines[at].strip() and not document.lines[at].startswith("#"):
            lines.append("")
        edited = _insert(document, at, lines)
    return _checked(document, edited, *meant)


def add_goal(text: str, path: str, words: str, *, annotations: str = "") -> str:
    """The text with these words as its goal; where it has one already, as one more item of a list below it, once."""
    document = parse_document(text, path)
    section = next((s for s in document.sections if not s.kind), None)
    lines = render_item(words, annotations=annotations)
    if section is None or _below(document, section) == section.line + 1:
        first = render_item(words)
        lines = [first[0][2:], *(line[2:] for line in first[1:])]
        if section is None:
            return _without_change(document, _insert_section(document, SECTIONS[0][0], lines))
        return _without_change(document, _insert(document, section.line + 1, lines))
    body = [line.rstrip("\r\n") for line in document.lines[section.line + 1 : section.end]]
    bare = {text_key(parse_fact(line[2:], "", 0).text) if line.startswith("- ") else text_key(line) for line in body}
    if text_key(words) in bare or text_key(" ".join(body)) == text_key(words):
        return text
    at = _below(document, section)
    if not document.lines[at - 1].startswith(("- ", "  ")):
        lines.insert(0, "")
    return _without_change(document, _insert(document, at, lines))


def remove_facts(text: str, path: str, lines: Collection[int]) -> str:
    """The text without the items at `lines` (from 1), nested lines and all; a section that is empty then goes, too."""
    document = parse_document(text, path)
    items = [_item_at(document, line) for line in lines]
    gone = {number for item in items for number in range(item.start, item.end)}
    for section in document.sections:
        inside = range(section.line + 1, section.end)
        if not gone.isdisjoint(inside) and not any(document.lines[n].strip() for n in inside if n not in gone):
            gone.update(range(section.line, section.end))
    edited = "".join(line for number, line in enumerate(document.lines) if number not in gone)
    before = [i.fact._replace(line=0) for i in document.items if i.start not in gone]
    if [i.fact._replace(line=0) for i in parse_document(edited, path).items] != before:
        raise FormatError(path, min(lines), "the items cannot be taken out alone", "edit the file by hand")
    return edited


def _without_change(document: Document, edited: str) -> str:
    """The edit, once it is seen to state the facts that the file stated."""
    after = parse_document(edited, document.path)
    if [i.fact._replace(line=0) for i in after.items] != [i.fact._replace(line=0) for i in document.items]:
        raise FormatError(document.path, 1, "the edit would not be read back as it was meant", "edit the file by hand")
    return edited


def tick(text: str, path: str, line: int, *, annotations: str = "") -> str:
    """The text with the item at `line` (from 1) ticked, `annotations` put at its end."""
    document = parse_document(text, path)
    item = _item_at(document, line)
    first = document.lines[item.start]
    match = _BOX_AT.match(first)
    if match is None:
        raise FormatError(path, line, "no list item")
    lines = list(document.lines)
    rest = first[match.end() :]
    lines[item.start] = match[1] + (match[2] or " ") + "[x]" + (" " if rest.strip() else "") + rest
    if annotations:
        head = head_length([first[match.end(2) :], *lines[item.start + 1 : item.end]])
        at = item.start + head - 1 if head else item.end - 1
        body, end = _split_end(lines[at])
        if head:
            lines[at] = body.rstrip() + annotations + end
        else:  # code or a list from the first line on: behind it, where it is no part of it
            lines[at] = body + document.newline
            lines.insert(at + 1, " " * item.offset + annotations.strip() + end)
    return _checked(document, "".join(lines), item.fact, changed=item)


def set_state(text: str, path: str, key: str, value: str, *, annotations: str = "") -> str:
    """The text with the State line of that key replaced, or added."""
    document = parse_document(text, path)
    words = f"{key}: {value}"
    for item in reversed(document.items):
        if item.fact.kind == "state" and text_key(state_key(item.fact.text)[0]) == text_key(key):
            lines = render_item(words, marker=item.marker, indent=item.indent, annotations=annotations)
            meant = _fact_of(lines, "state")
            _, end = _split_end(document.lines[item.end - 1])
            new = [line + document.newline for line in lines]
            new[-1] = lines[-1] + end
            edited = "".join([*document.lines[: item.start], *new, *document.lines[item.end :]])
            return _checked(document, edited, meant, changed=item)
    return add_fact(text, path, "state", words, annotations=annotations)


def set_key(text: str, path: str, key: str, value: str | None) -> str:
    """The text with a front matter key set to a text, or without it (None); other lines, comments and unknown keys stay."""
    return _set_line(text, path, key, None if value is None else quote_scalar(value))


def set_usage(text: str, path: str, usage: Mapping[str, float]) -> str:
    """The text with what the session used, as numbers by name."""
    numbers = ", ".join(
        f"{name}: {value:.6g}" if value % 1 else f"{name}: {value:.0f}" for name, value in usage.items()
    )
    return _set_line(text, path, "usage", f"{{{numbers}}}")


def _set_line(text: str, path: str, key: str, value: str | None) -> str:
    document = parse_document(text, path)
    if value is None and key not in document.keys:
        return text
    new = f"{key}: {value}" if value is not None else ""
    lines = list(document.lines)
    at = _key_line(document, key)
    if key in document.keys:
        body, end = _split_end(lines[at])
        match = _KEY_LINE.fullmatch(body) if at else None
        stop = at + 1  # a value that was spread over lines goes as a whole
        while stop < document.front_end and lines[stop][:1] in (" ", "\t", "-"):
            stop += 1
        lines[at:stop] = [new + ((match["comment"] if match else None) or "") + end] if new else []
    else:
        started = _key_line(document, "started") if key == "ended" else 0
        lines.insert(started + 1 if started else document.front_end, new + document.newline)
    edited = "".join(lines)
    wanted = {**_plain(document.keys), **_plain(parse_yaml(new, path))}
    if value is None:
        del wanted[key]
    try:
        kept = _plain(parse_document(edited, path).keys) == wanted
    except FormatError:
        kept = False
    if not kept:
        line = document.keys[key].line if key in document.keys else 1
        reason = f"{key}: the front matter is written in a way that cannot be edited here"
        raise FormatError(path, line, reason, "edit the file by hand")
    return edited


def _key_line(document: Document, key: str) -> int:
    """Index of the line of a front matter key, 0 where it has none of its own."""
    pattern = re.compile(rf"{re.escape(key)}[ \t]*:(?:\s|$)")
    return next((i for i in range(1, document.front_end) if pattern.match(document.lines[i])), 0)


def _plain(keys: dict[str, Value]) -> dict[str, object]:
    return {key: bare_value(value) for key, value in keys.items()}


def as_read(words: str, kind: str) -> Fact:
    """What words say once they are written: some are escaped."""
    return _fact_of(render_item(words), kind)


def _fact_of(lines: list[str], kind: str) -> Fact:
    """What rendered lines are meant to say."""
    first = lines[0].lstrip()
    offset = len(lines[0]) - len(first) + len(first.split(" ", 1)[0]) + 1
    return parse_fact("\n".join(line[offset:] for line in lines), kind, 0)


def _item_at(document: Document, line: int) -> Item:
    for item in document.items:
        if item.start + 1 == line:
            return item
    raise FormatError(document.path, line, "no fact stands here")


def _split_end(line: str) -> tuple[str, str]:
    body = line.rstrip("\r\n")
    return body, line[len(body) :]


def _below(document: Document, section: Section) -> int:
    """Where a section ends, before the blank lines at its end."""
    at = section.end
    while at > section.line + 1 and not document.lines[at - 1].strip():
        at -= 1
    return at


def _insert(document: Document, at: int, new: list[str]) -> str:
    newline = document.newline
    lines = list(document.lines)
    block = [line + newline for line in new]
    if at == len(lines) and lines and not lines[-1].endswith("\n"):  # no final newline: there is still none after
        lines[-1] += newline
        block[-1] = new[-1]
    return "".join([*lines[:at], *block, *lines[at:]])


def _insert_section(document: Document, heading: str, items: list[str]) -> str:
    rank = _ORDER.index(heading.casefold())
    later = [s for s in document.sections if _ORDER.index(s.heading.casefold()) > rank]
    new = [f"## {heading}", *items]
    at = later[0].line if later else len(document.lines)
    if document.lines[at - 1].strip():
        new.insert(0, "")
    return _insert(document, at, [*new, ""] if later else new)


def _checked(document: Document, edited: str, *meant: Fact, changed: Item | None = None) -> str:
    """The edit, once it is seen to state all that the file stated, and some facts more or one changed."""
    after = parse_document(edited, document.path)
    before = [item.fact._replace(line=0) for item in document.items]  # lines move
    now = [item.fact._replace(line=0) for item in after.items]
    if changed is None:
        at = next((i for i, (old, new) in enumerate(zip(before, now, strict=False)) if old != new), len(before))
    else:
        at = document.items.index(changed)
        del before[at]
    new = [(fact.kind, fact.text) for fact in now[at : at + len(meant)]]
    del now[at : at + len(meant)]
    if now != before or new != [(fact.kind, fact.text) for fact in meant] or after.title != document.title:
        if document.open_fence >= 0:
            line = document.open_fence + 1
            raise FormatError(
                document.path, line, "this code fence or comment is never closed", "close it, then try again"
            )
        raise FormatError(document.path, 1, "the edit would not be read back as it was meant", "edit the file by hand")
    return edited


def new_checkpoint(title: str, keys: list[tuple[str, str]], goal: str = "") -> str:
    """Text of a new checkpoint; `keys` are front matter lines whose values are YAML already."""
    front = "".join(f"{key}: {value}\n" for key, value in keys)
    heading = " ".join(clean_text(title).split()) or "Session"
    text = f"---\nschema: 1\n{front}---\n# {heading}\n"
    if goal:
        lines = render_item(goal)
        text += "\n## Goal\n" + "\n".join([lines[0][2:], *(line[2:] for line in lines[1:])]) + "\n"
    return text

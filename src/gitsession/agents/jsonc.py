"""JSON with comments, edited in place: what is put in can be taken out again, and every other byte stays."""

import json
import re
from typing import Any, NamedTuple

from gitsession.errors import FormatError

_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_ATOM = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|(?:true|false|null)\b")


class Node(NamedTuple):
    """A value and where it stands in the text. `items` are those of an object (with keys) or a list (without)."""

    start: int
    end: int
    kind: str  # object | list | other
    items: tuple["Item", ...] = ()
    value: Any = None  # of other

    def get(self, key: str) -> "Node | None":
        """The value of a key, the last one where it stands twice."""
        return next((item.node for item in reversed(self.items) if item.key == key), None)

    @property
    def plain(self) -> Any:
        """The value as Python has it."""
        if self.kind == "object":
            return {item.key: item.node.plain for item in self.items}
        return [item.node.plain for item in self.items] if self.kind == "list" else self.value


class Item(NamedTuple):
    """A member or an element."""

    start: int  # of its key, where it has one
    key: str | None
    node: Node


def parse_jsonc(text: str, path: str) -> Node:
    """The value that a text holds. Comments and a comma at the end of a list are let stand. Raises FormatError."""
    try:
        return _Reader(text, path).whole()
    except RecursionError:
        raise FormatError(path, 1, "is nested too deeply") from None


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.at = 0

    def whole(self) -> Node:
        self.space()
        node = self.value()
        self.space()
        if self.at < len(self.text):
            raise self.error("nothing may follow the value")
        return node

    def space(self) -> None:
        self.at = _after_space(self.text, self.at)

    def value(self) -> Node:
        text, start = self.text, self.at
        opening = text[start : start + 1]
        if opening in ("{", "["):
            return self.container(opening == "{")
        found = (_STRING if opening == '"' else _ATOM).match(text, start)
        if found is None:
            raise self.error("a value is missing" if not opening or opening in ",:]}" else "this is no JSON value")
        self.at = found.end()
        try:
            return Node(start, self.at, "other", value=json.loads(found[0]))
        except ValueError:
            raise self.error("this is no JSON value", start) from None

    def container(self, is_object: bool) -> Node:  # noqa: FBT001
        start, close = self.at, "}" if is_object else "]"
        items: list[Item] = []
        self.at += 1
        self.space()
        while not self.text.startswith(close, self.at):
            place, key = self.at, None
            if is_object:
                name = self.value() if self.text.startswith('"', self.at) else None
                if name is None:
                    raise self.error(f'a key in quotes, or "{close}", is missing')
                key = name.value
                self.space()
                if not self.text.startswith(":", self.at):
                    raise self.error('":" is missing')
                self.at += 1
                self.space()
            items.append(Item(place, key, self.value()))
            self.space()
            if self.text.startswith(",", self.at):
                self.at += 1
                self.space()
            elif not self.text.startswith(close, self.at):
                raise self.error(f'"," or "{close}" is missing')
        self.at += 1
        return Node(start, self.at, "object" if is_object else "list", tuple(items))

    def error(self, message: str, at: int = -1) -> FormatError:
        line = self.text.count("\n", 0, self.at if at < 0 else at) + 1
        return FormatError(self.path, line, message, "mend the file, then try again; nothing was changed")


def put(text: str, container: Node, value: Any, key: str | None = None) -> str:
    """The text with one more item at the end of a container. What `take` gives back is this text, to the byte."""
    close = container.end - 1
    newline = "\r\n" if "\r\n" in text else "\n"
    if not container.items:
        # Between two blanks: by this `was_empty` knows a container that was there before.
        at = _after_comments(text, container.start + 1, close)
        ours = _render(text, value, key, _indent_at(text, container.start))
        ours = newline + ours if _ends_in_line_comment(text, container.start + 1, at) else f" {ours} "
        return text[:at] + ours + text[at:]
    last = container.items[-1]
    at = last.node.end
    comma = _after_space(text, at)
    trailing = text.startswith(",", comma)
    after = comma + 1 if trailing else at
    split = _after_comments(text, after, close)
    own_line = not text[:split].rpartition("\n")[2].strip() or _starts_line(text, last.start)
    indent = _indent_at(text, last.start)
    between = newline + indent if own_line or _ends_in_line_comment(text, after, split) else " "
    ours = between + _render(text, value, key, indent)
    if trailing:
        return text[:split] + ours + "," + text[split:]
    return text[:at] + "," + text[at:split] + ours + text[split:]


def take(text: str, container: Node, index: int) -> str:
    """The text without one item of a container."""
    item = container.items[index]
    start, end = _before_blank(text, item.start), item.node.end
    comma = _after_space(text, end)
    followed = text.startswith(",", comma)
    if len(container.items) == 1:
        if followed:
            end = comma + 1
        if text[start : item.start].endswith(" ") and text.startswith(" ", end):
            start, end = item.start - 1, end + 1
        elif not _ends_in_line_comment(text, container.start + 1, start):
            end = _BLANK.match(text, end).end()  # type: ignore[union-attr]
        return text[:start] + text[end:]
    if followed:
        return text[:start] + text[comma + 1 :]
    before = _after_space(text, container.items[index - 1].node.end)
    rest = text[end:]
    if _ends_in_line_comment(text, before, start) and not rest.startswith(("\n", "\r")):
        rest = "\n" + rest
    return text[:before] + text[before + 1 : start] + rest


def was_empty(text: str, container: Node) -> bool:
    """True for a container that `put` found empty, and for one with a comment at an end: it stays when its items go."""
    above = text[container.start + 1 : container.items[0].start]
    below = text[container.items[-1].node.end : container.end - 1]
    return bool((above + below).strip(" \t\r\n,")) or (above == " " and below.startswith(" "))


def _render(text: str, value: Any, key: str | None, indent: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    found = re.search(r"[{\[][ \t]*\r?\n([ \t]+)", text)
    lines = json.dumps(value, ensure_ascii=False, indent=found[1] if found else "  ").split("\n")
    name = f"{json.dumps(key, ensure_ascii=False)}: " if key is not None else ""
    return name + (newline + indent).join(lines)


def _indent_at(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _starts_line(text: str, at: int) -> bool:
    line = text[:at].rpartition("\n")
    return bool(line[1]) and not line[2].strip()


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _before_blank(text: str, at: int) -> int:
    return len(text[:at].rstrip(" \t\r\n"))


def _after_comments(text: str, at: int, end: int) -> int:
    """Where the last comment between two places ends; the first place where there is none."""
    blank = _before_blank(text, end)
    return max(at, blank)


def _ends_in_line_comment(text: str, start: int, end: int) -> bool:
    """True where what stands before `end`, and is white space and comments since `start`, ends in a comment that its line ends."""
    at = start
    while at < end:
        if text.startswith("//", at):
            stop = min((p for p in (text.find("\n", at), text.find("\r", at)) if p >= 0), default=len(text))
            if stop >= end:
                return True
            at = stop
        elif text.startswith("/*", at):
            at = text.find("*/", at) + 2
        else:
            at += 1
    return False

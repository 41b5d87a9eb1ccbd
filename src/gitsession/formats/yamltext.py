"""A small and strict reading of YAML: mappings, lists and scalars with their lines, nothing that expands.

libyaml's events are read rather than PyYAML's objects: they carry lines, show duplicate keys and aliases, and come
without a constructor, so a bomb of aliases or of nesting is met before it costs anything.
"""

import re
from dataclasses import dataclass

import yaml

from gitsession.errors import FormatError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_NOT_PLAIN = re.compile(r"""[]{}[,&*!|>%@`"'\\]|:(?:\s|$)|\s#""")
_NULL = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Value:
    """A node: `data` is str, list[Value] or dict[str, Value]; `line` counts from 1; a null is an empty plain string."""

    data: "str | list[Value] | dict[str, Value]"
    line: int
    plain: bool = True

    @property
    def null(self) -> bool:
        """True for an empty value, `~` and `null`."""
        return self.plain and isinstance(self.data, str) and self.data in _NULL


def parse_yaml(text: str, path: str, first_line: int = 1) -> dict[str, Value]:
    """The mapping that a YAML text holds, {} for an empty one. Raises FormatError with the line, counted from `first_line`."""
    if len(text) > MAX_BYTES:
        raise FormatError(path, first_line, f"{len(text)} characters of YAML, more than the {MAX_BYTES} that are read")
    reader = _Reader(path, first_line)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reader.take(event)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None) or getattr(e, "context_mark", None)
        if mark is not None:
            line = int(mark.line)
        else:
            line = text.count("\n", 0, getattr(e, "position", 0) or 0)
        problem = getattr(e, "problem", None) or getattr(e, "reason", None) or "not valid"
        raise FormatError(path, first_line + line, f"broken YAML: {problem}") from None
    root = reader.root
    if root is None or root.null:
        return {}
    if not isinstance(root.data, dict):
        raise FormatError(path, root.line, "not a mapping of keys to values")
    return root.data


class _Reader:
    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.root: Value | None = None
        self.stack: list[Value] = []
        self.keys: list[str | None] = []

    def take(self, event: yaml.Event) -> None:
        line = self.first_line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FormatError(self.path, line, "anchors and aliases are not read here", "write the value out")
        if isinstance(event, yaml.ScalarEvent):
            if len(self.stack) and isinstance(self.stack[-1].data, dict) and self.keys[-1] is None:
                if event.value in self.stack[-1].data:
                    raise FormatError(self.path, line, f"the key {event.value!r} stands twice", "keep one of them")
                self.keys[-1] = event.value
                return
            self.put(Value(event.value, line, plain=event.style is None))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self.stack) >= MAX_DEPTH:
                raise FormatError(self.path, line, f"nested deeper than {MAX_DEPTH} levels")
            mapping = isinstance(event, yaml.MappingStartEvent)
            if self.stack and isinstance(self.stack[-1].data, dict) and self.keys[-1] is None:
                raise FormatError(self.path, line, "a key must be plain text")
            node = Value({} if mapping else [], line)
            self.put(node)
            self.stack.append(node)
            self.keys.append(None)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()
            self.keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise FormatError(self.path, line, "a second document", "keep one")

    def put(self, value: Value) -> None:
        if not self.stack:
            self.root = value
            return
        data = self.stack[-1].data
        if isinstance(data, dict):
            key = self.keys[-1]
            assert key is not None  # noqa: S101  (scalars set it, other nodes are refused as keys)
            data[key] = value
            self.keys[-1] = None
        elif isinstance(data, list):
            data.append(value)


class Fields:
    """Typed access to the keys of a mapping; a wrong type raises FormatError with its line."""

    def __init__(self, data: dict[str, Value], path: str) -> None:
        self.data = data
        self.path = path

    def fail(self, key: str, message: str) -> FormatError:
        return FormatError(self.path, self.data[key].line, f"{key}: {message}")

    def text(self, key: str, default: str = "") -> str:
        value = self.data.get(key)
        if value is None or value.null:
            return default
        if not isinstance(value.data, str):
            raise self.fail(key, "must be text, not a list or a mapping")
        return value.data

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        text = self.text(key, default)
        if text not in allowed and text != default:
            raise self.fail(key, f"must be one of {', '.join(allowed)}, not {text[:40]!r}")
        return text

    def integer(self, key: str, default: int) -> int:
        text = self.text(key)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004
            raise self.fail(key, f"must be a whole number, not {text[:40]!r}")
        return int(text)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key)
        if value is None or value.null:
            return ()
        if isinstance(value.data, str):
            return (value.data,)
        if isinstance(value.data, list) and all(isinstance(v.data, str) for v in value.data):
            return tuple(v.data for v in value.data if isinstance(v.data, str) and not v.null)
        raise self.fail(key, "must be a list of texts")

    def mapping(self, key: str) -> tuple[tuple[str, str], ...]:
        value = self.data.get(key)
        if value is None or value.null:
            return ()
        if isinstance(value.data, dict) and all(isinstance(v.data, str) for v in value.data.values()):
            return tuple((k, v.data) for k, v in value.data.items() if isinstance(v.data, str))
        raise self.fail(key, "must be a mapping of keys to texts")


def quote_scalar(text: str) -> str:
    """A text as a YAML scalar on one line: plain where every reader takes it for text or it is a full time, else in double quotes."""
    if _plain(text):
        return text
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif c == "\n":
            out.append("\\n")
        elif c.isprintable():
            out.append(c)
        else:
            code = ord(c) if not 0xD800 <= ord(c) <= 0xDFFF else 0xFFFD  # noqa: PLR2004  (half of a pair is no character)
            out.append(f"\\U{code:08x}")
    return '"' + "".join(out) + '"'


def _plain(text: str) -> bool:
    if _TIME.fullmatch(text):
        return True
    return (
        text[:1].isalnum()
        and text.isprintable()
        and not text[-1].isspace()
        and not _NOT_PLAIN.search(text)
        and text.casefold() not in ("y", "n")
        and not any(pattern.match(text) for _, pattern in yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], ()))
    )

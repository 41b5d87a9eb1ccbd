"""Any YAML, by libyaml's events.

They carry lines, show duplicate keys and aliases, and come without a constructor, so a bomb of aliases or of nesting is met
before it costs anything.
"""

import yaml

from gitsession.errors import FormatError
from gitsession.formats.yamlplain import Value

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 8


def read_yaml(text: str, path: str, first_line: int) -> dict[str, Value]:
    """The mapping that a YAML text holds, {} for an empty one. Raises FormatError with the line, counted from `first_line`."""
    root = read_node(text, path, first_line)
    if root is None or root.null:
        return {}
    if not isinstance(root.data, dict):
        raise FormatError(path, root.line, "not a mapping of keys to values")
    return root.data


def read_node(text: str, path: str, first_line: int) -> Value | None:
    """What a YAML text holds, None for an empty one. Raises FormatError with the line, counted from `first_line`."""
    reader = _Reader(path, first_line)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reader.take(event)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None) or getattr(e, "context_mark", None)
        line = int(mark.line) if mark is not None else text.count("\n", 0, getattr(e, "position", 0) or 0)
        problem = getattr(e, "problem", None) or getattr(e, "reason", None) or "not valid"
        raise FormatError(path, first_line + line, f"broken YAML: {problem}") from None
    return reader.root


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
            self.put(Value(event.value, line, plain=not event.style))
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

"""A small and strict reading of YAML: mappings, lists and scalars with their lines, nothing that expands."""

import re

from gitsession.errors import FormatError
from gitsession.formats.yamlplain import Value, read_plain

MAX_BYTES = 64 * 1024
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_NOT_PLAIN = re.compile(r"""[]{}[,&*!|>%@`"'\\]|:(?:\s|$)|\s#""")
_NULL = ("", "~", "null", "Null", "NULL")


def bare_value(value: Value) -> object:
    """A node as str, list and dict, without lines."""
    if isinstance(value.data, dict):
        return {key: bare_value(v) for key, v in value.data.items()}
    return value.data if isinstance(value.data, str) else [bare_value(v) for v in value.data]


def parse_yaml(text: str, path: str, first_line: int = 1) -> dict[str, Value]:
    """The mapping that a YAML text holds, {} for an empty one. Raises FormatError with the line, from `first_line`."""
    if len(text) > MAX_BYTES:
        raise FormatError(path, first_line, f"{len(text)} characters of YAML, more than the {MAX_BYTES} that are read")
    plain = read_plain(text, first_line)
    if plain is not None:
        return plain
    from gitsession.formats.yamlreader import read_yaml

    return read_yaml(text, path, first_line)


class Fields:
    """Typed access to the keys of a mapping; a wrong type raises FormatError with its line."""

    def __init__(self, data: dict[str, Value], path: str) -> None:
        self.data = data
        self.path = path

    def fail(self, key: str, message: str) -> FormatError:
        """The error for a key, with its line."""
        return FormatError(self.path, self.data[key].line, f"{key}: {message}")

    def refuse_newer(self, known: int) -> None:
        """Raise FormatError for a file of a newer schema than is known here."""
        schema = self.integer("schema", known)
        if schema > known:
            newer = f"schema {schema} is newer than this gitsession reads ({known})"
            raise FormatError(self.path, self.data["schema"].line, newer, "upgrade gitsession")

    def text(self, key: str, default: str = "") -> str:
        """A text; `default` where there is none."""
        value = self.data.get(key)
        if value is None or value.null:
            return default
        if not isinstance(value.data, str):
            raise self.fail(key, "must be text, not a list or a mapping")
        return value.data

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of the texts that are allowed."""
        text = self.text(key, default)
        if text not in allowed and text != default:
            raise self.fail(key, f"must be one of {', '.join(allowed)}, not {text[:40]!r}")
        return text

    def integer(self, key: str, default: int) -> int:
        """A whole number, not negative."""
        text = self.text(key)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise self.fail(key, f"must be a whole number, not {text[:40]!r}")
        return int(text)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = self.data.get(key)
        if value is None or value.null:
            return ()
        if isinstance(value.data, str):
            return (value.data,)
        if isinstance(value.data, list) and all(isinstance(v.data, str) for v in value.data):
            return tuple(v.data for v in value.data if isinstance(v.data, str) and not v.null)
        raise self.fail(key, "must be a list of texts")

    def mapping(self, key: str) -> tuple[tuple[str, str], ...]:
        """Keys and texts, in order."""
        value = self.data.get(key)
        if value is None or value.null:
            return ()
        if isinstance(value.data, dict) and all(isinstance(v.data, str) for v in value.data.values()):
            return tuple((k, v.data) for k, v in value.data.items() if isinstance(v.data, str))
        raise self.fail(key, "must be a mapping of keys to texts")


def quote_scalar(text: str) -> str:
    """A text as YAML on one line: plain where every reader takes it for text, or for a full time; else in quotes."""
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
            code = ord(c) if not 0xD800 <= ord(c) <= 0xDFFF else 0xFFFD  # half of a pair is none
            out.append(f"\\U{code:08x}")
    return '"' + "".join(out) + '"'


def _plain(text: str) -> bool:
    import yaml

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


def parse_fields(data: bytes, path: str, schema: int) -> Fields:
    """The fields of a file of YAML, of this schema or an older one. Raises FormatError with the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FormatError(path, data.count(b"\n", 0, e.start) + 1, "not UTF-8") from None
    fields = Fields(parse_yaml(text, path), path)
    fields.refuse_newer(schema)
    return fields

"""The YAML that people and we write in front matter, without PyYAML: its import alone costs more than the rest of a hook's parsing.

Only what cannot mean anything else is read here, and the answer is the one that PyYAML would give (a test holds the two
against each other); at the first doubt `read_plain` gives up, and the full reader takes over.
"""

import re
from typing import NamedTuple

_NULL = ("", "~", "null", "Null", "NULL")
# A plain word or several: no indicator in front, and no colon or hash sign that could end it.
_PLAIN = r"[\w/](?:[\w ./@+()~=;?,'-]|:(?=[\w./@+-]))*(?<! )"
_QUOTED = r'"[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*"'
_KEY = re.compile(r"([A-Za-z_]\w*):(?: +(.+))?", re.ASCII)
_SCALAR = re.compile(f"{_PLAIN}|{_QUOTED}")
_FLOW_LIST = re.compile(r"\[ *((?:[\w./@+-]+(?:, *[\w./@+-]+)*)?) *\]")
_FLOW_MAP = re.compile(r"\{ *((?:[A-Za-z_]\w*: +[\w./@+-]+(?:, *[A-Za-z_]\w*: +[\w./@+-]+)*)?) *\}", re.ASCII)
_COMMENT = re.compile(r" +#.*$")


class Value(NamedTuple):
    """A node: `data` is str, list[Value] or dict[str, Value]; `line` counts from 1; a null is an empty plain string."""

    data: "str | list[Value] | dict[str, Value]"
    line: int
    plain: bool = True

    @property
    def null(self) -> bool:
        """True for an empty value, `~` and `null`."""
        return self.plain and isinstance(self.data, str) and self.data in _NULL


def read_plain(text: str, first_line: int) -> dict[str, Value] | None:
    """The mapping of a simple text: keys with scalars, flow lists of words, and one level of indented keys or items. None in doubt."""
    result: dict[str, Value] = {}
    nested: dict[str, Value] | list[Value] | None = None
    parent = ""
    for number, ended in enumerate(text.removesuffix("\n").split("\n") if text else (), first_line):
        line = ended.removesuffix("\r").rstrip(" ")
        if not line or line.startswith("#"):
            continue
        if line.startswith("  ") and parent:
            body = line[2:]
            if body.startswith("- "):
                value = _value(body[2:].lstrip(" "), number)
                if value is None or isinstance(nested, dict):
                    return None
                if nested is None:
                    nested = []
                    result[parent] = Value(nested, number)
                nested.append(value)
                continue
            match = _KEY.fullmatch(body)
            value = _value(match[2] or "", number) if match else None
            if match is None or value is None or not match[2] or isinstance(nested, list):
                return None
            if nested is None:
                nested = {}
                result[parent] = Value(nested, number)
            if match[1] in nested:
                return None
            nested[match[1]] = value
            continue
        match = _KEY.fullmatch(line)
        if match is None or match[1] in result:
            return None
        value = _value(match[2] or "", number)
        if value is None:
            return None
        result[match[1]] = value
        parent, nested = ("" if match[2] else match[1]), None
    return result


def _value(text: str, line: int) -> Value | None:
    if not text:
        return Value("", line)
    if "#" in text:
        if '"' in text or not _COMMENT.search(text):
            return None
        text = _COMMENT.sub("", text, count=1)
        if "#" in text:
            return None
    if _SCALAR.fullmatch(text):
        quoted = text[0] == '"'
        return Value(text[1:-1] if quoted else text, line, not quoted)
    match = _FLOW_LIST.fullmatch(text)
    if match is None:
        return _flow_map(text, line)
    return Value([Value(word.strip(" "), line) for word in match[1].split(",")] if match[1] else [], line)


def _flow_map(text: str, line: int) -> Value | None:
    match = _FLOW_MAP.fullmatch(text)
    if match is None:
        return None
    pairs = [pair.partition(":") for pair in match[1].split(",")] if match[1] else []
    data = {key.strip(" "): Value(word.strip(" "), line) for key, _, word in pairs}
    return Value(data, line) if len(data) == len(pairs) else None

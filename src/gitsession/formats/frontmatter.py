"""The front matter of two versions of a checkpoint, merged key by key."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from gitsession.errors import FormatError
from gitsession.formats.document import Document
from gitsession.formats.threeway import merged_order
from gitsession.formats.yamltext import bare_value, quote_scalar

_RANK = {"": 0, "active": 0, "abandoned": 1, "completed": 2}


def merge_front(base: Document | None, ours: Document, theirs: Document) -> list[str]:
    """The lines from `---` to `---`, ours' wherever it says the same. Raises FormatError for keys without a line each.

    What one side changed is changed. What both changed: `completed` over `abandoned` over `active`, the latest `ended`,
    lists united, numbers of `usage` added up, of anything else the greater text.
    """
    old = _entries(base) if base else {}
    mine, other = _entries(ours), _entries(theirs)
    lines = [ours.lines[0]]
    for key in merged_order(old, list(mine), list(other)):
        value = _choose(key, _value(old, base, key), _value(mine, ours, key), _value(other, theirs, key))
        if value is None:
            continue
        if value == _value(mine, ours, key):
            lines += mine[key]
        elif value == _value(other, theirs, key):
            lines += [line.rstrip("\r\n") + ours.newline for line in other[key]]
        else:
            lines.append(f"{key}: {_flow(value)}{ours.newline}")
    return [*lines, ours.lines[ours.front_end]]


def _entries(document: Document) -> dict[str, list[str]]:
    """The lines of each key; a comment or blank line is an entry of its own, under a name that no key has."""
    entries: dict[str, list[str]] = {}
    keys = set(document.keys)
    current: list[str] | None = None
    for line in document.lines[1 : document.front_end]:
        name = line.partition(":")[0].rstrip()
        if name in keys and name not in entries:
            current = entries.setdefault(name, [line])
        elif line[0] in " \t-" and line.strip() and current is not None:
            current.append(line)
        else:
            text = "# " + line.strip().lstrip("#")
            number = sum(1 for entry in entries if entry.startswith(text + "\n"))
            entries[f"{text}\n{number}"] = [line]
            current = None
    if keys - set(entries):
        raise FormatError(
            document.path, 1, "the front matter is written in a way that cannot be merged", "join the two by hand"
        )
    return entries


def _value(entries: Mapping[str, list[str]], document: Document | None, key: str) -> object:
    """The value of a key, None where there is none, "" for a comment."""
    if key not in entries or document is None:
        return None
    return bare_value(document.keys[key]) if key in document.keys else ""


def _choose(key: str, old: object, mine: object, other: object) -> object:
    """The value that remains, None for none."""
    if mine == other or other == old:
        return mine
    if mine == old or mine is None:
        return other
    if other is None:
        return mine
    if key == "status":
        return max(mine, other, key=lambda v: (_RANK.get(str(v), 0), str(v)))
    if key == "ended":
        return max(mine, other, key=_instant)
    if isinstance(mine, list) and isinstance(other, list):
        before = old if isinstance(old, list) else []
        kept = [v for v in mine if v in other or v not in before]
        return kept + [v for v in other if v not in mine and v not in before]
    if key == "usage" and isinstance(mine, dict) and isinstance(other, dict):
        return _summed(old if isinstance(old, dict) else {}, mine, other)
    return max(mine, other, key=lambda v: (isinstance(v, str), _flow(v)))


def _summed(old: Mapping[str, str], mine: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Counters that both sides raised: what each added is added."""
    result = {}
    for key in merged_order(old, list(mine), list(other)):
        try:
            start, one, two = (Decimal(side.get(key) or old.get(key) or 0) for side in (old, mine, other))
        except InvalidOperation:
            result[key] = max(mine.get(key, ""), other.get(key, ""))
        else:
            total = one + two - start
            result[key] = format(total if start else max(one, two), "f")
    return result


def _instant(value: object) -> tuple[float, str]:
    text = str(value)
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        return (float("-inf"), text)
    return ((when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp(), text)


def _flow(value: object) -> str:
    """A value on one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return quote_scalar(str(value))

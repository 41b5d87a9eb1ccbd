"""A checkpoint's text to facts, with the place of everything, so that an edit leaves all other bytes alone."""

import math
import time

from gitsession.errors import FormatError
from gitsession.formats.document import Document, scan_body, strip_comments
from gitsession.formats.yamltext import Fields, parse_yaml
from gitsession.model.checkpoint import OUTCOMES, SCHEMA, STATUSES, Checkpoint

#: A checkpoint holds facts, not logs; a larger file is a mistake, and would hold up every commit.
MAX_BYTES = 1024 * 1024
_PARTS = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))


def decode_checkpoint(data: bytes, path: str) -> str:
    """Bytes to text. Raises FormatError for what is too large or not UTF-8. A byte order mark stays in the text."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:.1f} MB, more than the {MAX_BYTES // 1024 // 1024} MB of a checkpoint"
        raise FormatError(path, 1, size, "keep facts in it, and logs elsewhere")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise FormatError(path, data.count(b"\n", 0, e.start) + 1, "not UTF-8", "save it as UTF-8") from None


def parse_document(text: str, path: str) -> Document:
    """Find front matter, title, sections and items. Raises FormatError for a missing or broken front matter."""
    lines = text.split("\n")
    last = lines.pop()
    lines = [line + "\n" for line in lines]
    if last:
        lines.append(last)
    if not lines or lines[0].removeprefix("\ufeff").rstrip() != "---":
        raise FormatError(path, 1, "no front matter", "a checkpoint begins with a line `---`, then keys, then `---`")
    end = next((i for i in range(1, len(lines)) if lines[i].rstrip() in ("---", "...")), 0)
    if not end:
        raise FormatError(path, 1, "the front matter is not closed", "end it with a line `---`")
    keys = parse_yaml("".join(lines[1:end]), path, first_line=2)
    document = Document(path, lines, end, keys)
    scan_body(document)
    return document


def parse_checkpoint(data: bytes, stem: str, path: str) -> Checkpoint:
    """What a checkpoint's bytes say. Raises FormatError with file and line."""
    document = parse_document(decode_checkpoint(data, path), path)
    return read_checkpoint(document, stem)


def read_checkpoint(document: Document, stem: str) -> Checkpoint:
    """The checkpoint that a document states."""
    path = document.path
    fields = Fields(document.keys, path)
    fields.refuse_newer(SCHEMA)
    started = fields.text("started")
    if not started:
        raise FormatError(path, 1, "`started` is missing", "add a line such as `started: 2026-11-23T09:30:00+00:00`")
    ended = fields.text("ended")
    if ended:
        _instant(fields, "ended")
    usage = []
    for key, value in fields.mapping("usage"):
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise fields.fail("usage", f"{key} must be a number, not {value[:40]!r}")
        usage.append((key, number))
    return Checkpoint(
        stem=stem,
        status=fields.choice("status", STATUSES, "active"),
        started=started,
        instant=_instant(fields, "started"),
        title=document.title or stem,
        goal=_goal(document),
        branch=fields.text("branch"),
        author=fields.text("author"),
        agent=fields.text("agent"),
        parents=fields.texts("parents"),
        ended=ended,
        model=fields.text("model"),
        account=fields.text("account"),
        tags=fields.texts("tags"),
        outcome=fields.choice("outcome", OUTCOMES, ""),
        budget=fields.integer("budget", 0),
        usage=tuple(usage),
        facts=tuple(item.fact for item in document.items),
    )


def _instant(fields: Fields, key: str) -> float:
    text = fields.text(key)
    seconds = _utc_seconds(text)
    if seconds is not None:
        return seconds
    import datetime as dt  # 4 ms on the way of a commit

    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise fields.fail(key, f"must be a time such as 2026-11-23T09:30:00+00:00, not {text[:40]!r}") from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return (when - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()


def _utc_seconds(text: str) -> float | None:
    """Seconds since the epoch of a time as we write it; None for any other way to write one."""
    if len(text) != len("2026-11-23T09:30:00+00:00") or not text.endswith("+00:00") or not text.isascii():
        return None
    try:
        year, month, day, hour, minute, second = (int(text[i:j]) for i, j in _PARTS)
        shifted = year - (month < 3)  # years that begin in March: a leap day is the last of its year
        days = (
            365 * shifted
            + shifted // 4
            - shifted // 100
            + shifted // 400
            + (153 * ((month + 9) % 12) + 2) // 5
            + day
            - 719469
        )
        seconds = days * 86400 + hour * 3600 + minute * 60 + second
        exact = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) == text[:19]
    except (ValueError, OverflowError, OSError):
        return None
    return float(seconds) if exact else None


def _goal(document: Document) -> str:
    section = next((s for s in document.sections if not s.kind), None)
    if section is None:
        return ""
    return strip_comments("".join(document.lines[section.line + 1 : section.end]).replace("\r\n", "\n")).strip()

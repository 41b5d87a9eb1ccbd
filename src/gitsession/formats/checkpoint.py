"""A checkpoint's text to facts, with the place of everything, so that an edit leaves all other bytes alone."""

import datetime as dt
import math

from gitsession.errors import FormatError
from gitsession.formats.document import Document, scan_body, strip_comments
from gitsession.formats.yamltext import Fields, parse_yaml
from gitsession.model.checkpoint import OUTCOMES, SCHEMA, STATUSES, Checkpoint

#: A checkpoint holds facts, not logs; a larger file is a mistake, and would hold up every commit.
MAX_BYTES = 1024 * 1024


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
    schema = fields.integer("schema", SCHEMA)
    if schema > SCHEMA:
        newer = f"schema {schema} is newer than this gitsession reads ({SCHEMA})"
        raise FormatError(path, fields.data["schema"].line, newer, "upgrade gitsession")
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
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise fields.fail(key, f"must be a time such as 2026-11-23T09:30:00+00:00, not {text[:40]!r}") from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return (when - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()


def _goal(document: Document) -> str:
    section = next((s for s in document.sections if not s.kind), None)
    if section is None:
        return ""
    return strip_comments("".join(document.lines[section.line + 1 : section.end]).replace("\r\n", "\n")).strip()

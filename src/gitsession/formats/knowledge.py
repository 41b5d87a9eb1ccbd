"""`.sessions/knowledge/<name>.md` to a piece of knowledge, and back."""

import re

from gitsession.errors import FormatError
from gitsession.formats.checkpoint import MAX_BYTES
from gitsession.formats.document import Document, scan_body
from gitsession.formats.facts import clean_text
from gitsession.formats.yamltext import Fields, parse_yaml, quote_scalar
from gitsession.model.knowledge import Knowledge

SCHEMA = 1
_CLOSING = re.compile(r"(?:^|\s)#+$")  # of a heading: Markdown does not show it


def parse_knowledge(data: bytes, name: str, path: str) -> Knowledge:
    """What the file's bytes say; without a heading, its name is the title. Raises FormatError with the line.

    Front matter may be missing: a page of Markdown that somebody wrote is knowledge, too.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(path, 1, f"{len(data) / 1e6:.1f} MB, more than the 1 MB that are read", "split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FormatError(path, data.count(b"\n", 0, e.start) + 1, "not UTF-8", "save it as UTF-8") from None
    lines = [line + "\n" for line in text.replace("\r\n", "\n").split("\n")]
    end, keys = -1, {}
    if lines[0].rstrip() == "---":
        end = next((i for i, line in enumerate(lines) if i and line.rstrip() in ("---", "...")), 0)
        if not end:
            raise FormatError(path, 1, "the front matter is not closed", "end it with a line `---`")
        keys = parse_yaml("".join(lines[1:end]), path, first_line=2)
    fields = Fields(keys, path)
    fields.refuse_newer(SCHEMA)
    document = Document(path, lines, end, keys)
    scan_body(document)
    body = [line for number, line in enumerate(lines[end + 1 :], end + 1) if number != document.title_line]
    found = Knowledge(document.title or name, "".join(body).strip(), fields.texts("tags"), fields.text("made"),
                      fields.text("author"), *_origin(fields))  # fmt: skip
    if not document.title and not found.body:
        raise FormatError(path, end + 2, "says nothing", "a knowledge file is a `#` heading, and text below it")
    return found


def _origin(fields: Fields) -> tuple[str, str]:
    value = fields.data.get("from")
    if value is not None and isinstance(value.data, str):
        return fields.text("from"), ""
    origin = dict(fields.mapping("from"))
    return origin.get("session", ""), origin.get("lesson", "")


def render_knowledge(knowledge: Knowledge) -> str:
    """The text of its file."""
    lines = ["---", f"schema: {SCHEMA}"]
    lines += [
        f"{key}: {quote_scalar(value)}"
        for key, value in (("made", knowledge.made), ("author", knowledge.author))
        if value
    ]
    if knowledge.tags:
        lines.append("tags: [" + ", ".join(map(quote_scalar, knowledge.tags)) + "]")
    origin = [(key, value) for key, value in (("session", knowledge.session), ("lesson", knowledge.lesson)) if value]
    lines += ["from:"] * bool(origin) + [f"  {key}: {quote_scalar(value)}" for key, value in origin]
    lines += ["---", f"# {knowledge.title}"]
    return "\n".join([*lines, "", knowledge.body] if knowledge.body else lines) + "\n"


def clean_title(text: str) -> str:
    """Words as they may stand in a heading: on one line, and without number signs at their end."""
    title = " ".join(clean_text(text).split())
    while _CLOSING.search(title):
        title = _CLOSING.sub("", title)
    return title


def clean_body(text: str) -> str:
    """Markdown as it may be kept: no control or direction characters; blank lines and indentation stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    return "\n".join(" " * (len(line) - len(line.lstrip(" "))) + clean_text(line) for line in lines).strip()

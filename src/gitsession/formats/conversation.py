"""A stored conversation as Markdown, in parts that GitHub still renders, and back: `parse(render(c)) == c`."""

import re
from collections.abc import Iterator, Sequence

from gitsession.errors import FormatError
from gitsession.formats.prose import escape, escape_line, fenced, in_code, unescape
from gitsession.formats.yamltext import Fields, parse_yaml, quote_scalar
from gitsession.model.conversation import ACTIONS, WHO, Change, Head
from gitsession.model.stored import Stored, StoredTurn

SCHEMA = 1
#: Bytes of a part: GitHub shows larger files without rendering them.
PART = 400_000
#: Lines of output that stand open; more are folded away.
OPEN_LINES = 6
#: What people and agents said stands as text; all else (output, what programs put in) as it is, in a code block.
_SAID = ("", "command", "interrupted", "error", "summary")

_TURN = re.compile(r"### Turn (\d{1,9})\Z", re.ASCII)
_WORD = "`([^`]+)`"
_META = re.compile(
    rf"\*\*({'|'.join(WHO)})\*\*(?: · {_WORD})?(?: \(({'|'.join(ACTIONS)})\))?(?: · kind {_WORD})?(?: · phase {_WORD})?"
    rf"( · sub-agent)?( · failed)?( · refused)?(?: · exit (-?\d{{1,12}}))?(?: · ([0-9T:.Z+-]+))?(?: · model {_WORD})?"
    r"(?: · tokens (\d{1,15}) in, (\d{1,15}) out)?(?: · cut (\d{1,15}) characters)?(?: · files (.*?))?(?: <!-- ([0-9a-f]+) -->)?",
    re.ASCII,
)
_CHANGE = re.compile(
    rf"{_WORD} \((add|update|delete|rename)(?: from {_WORD})?(?: \+(\d{{1,15}}))?(?: -(\d{{1,15}}))?\)", re.ASCII
)
_ONE_LINE = re.compile(r"`([^`\n]{1,200})`\Z")
_HEAD = ("branch", "model", "started", "ended", "title", "version", "parent", "commit", "pull_request")
_MAX_FRONT = 64 * 1024


def render_conversation(stored: Stored, part: int = PART) -> list[str]:
    """The texts of its files, one for each part of at most about `part` bytes: `NAME.md`, `NAME-2.md`, ..."""
    bodies: list[list[str]] = [[]]
    size = 0
    for turn in stored.turns:
        text = "\n".join([f"### Turn {turn.number}", *_turn(turn), "", ""])
        length = len(text.encode())
        if size and size + length > part:
            bodies.append([])
            size = 0
        bodies[-1].append(text)
        size += length
    count = len(bodies)
    return ["".join([*_top(stored, number, count), *body]).rstrip("\n") + "\n" for number, body in enumerate(bodies, 1)]


def render_turns(turns: Sequence[StoredTurn]) -> str:
    """Some turns, as they stand in the file."""
    return "\n".join("\n".join([f"### Turn {turn.number}", *_turn(turn), ""]) for turn in turns)


def part_name(name: str, number: int) -> str:
    """The file of a part, counted from 1."""
    return f"{name}.md" if number == 1 else f"{name}-{number}.md"


def parse_conversation(parts: Sequence[str], name: str) -> Stored:
    """A conversation from the texts of its parts. Raises FormatError with the line."""
    stored = parse_head(parts[0], name)
    turns = [turn for part in parts for turn in _turns(part, name)]
    return stored._replace(turns=tuple(turns))


def parse_head(text: str, name: str) -> Stored:
    """The same without its turns, from the first part. Raises FormatError."""
    path = f"{name}.md"
    front, found, _ = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not found:
        raise FormatError(path, 1, "not a conversation of ours: no front matter")
    fields = Fields(parse_yaml(front, path, 2), path)
    fields.refuse_newer(SCHEMA)
    try:
        cost = float(fields.text("cost", "0"))
    except ValueError:
        cost = 0.0
    used = dict(fields.mapping("tokens"))
    tokens = tuple(int(used[key]) if used.get(key, "").isdecimal() else 0 for key in ("input", "output"))
    head = Head(fields.text("agent"), fields.text("id"), tokens=(tokens[0], tokens[1]), cost=cost,
                **{key: fields.text(key) for key in _HEAD})  # fmt: skip
    return Stored(fields.text("session"), name, head, (), fields.integer("cut", 0), fields.texts("facts"))


def count_of(text: str, name: str) -> tuple[int, int]:
    """Parts and turns, as the first part says."""
    fields = Fields(parse_yaml(text.removeprefix("---\n").partition("\n---\n")[0], name, 2), name)
    return fields.integer("parts", 1), fields.integer("turns", 0)


# -- writing


def _top(stored: Stored, number: int, count: int) -> list[str]:
    head = stored.head
    keys = [("schema", str(SCHEMA)), ("agent", head.agent), ("id", head.id), ("session", stored.stem)]
    title = " ".join(escape_line(head.title).split()) or f"Conversation with {escape_line(head.agent)}"
    links = [f"[{n}]({part_name(stored.name, n)})" if n != number else str(n) for n in range(1, count + 1)]
    more = f"Parts: {' · '.join(links)}" if count > 1 else ""
    if number > 1:
        front = [f"{key}: {quote_scalar(value) if key != 'schema' else value}" for key, value in keys if value]
        return ["\n".join(["---", *front, f"part: {number}", "---", f"# {title}, part {number}", "", more, "", ""])]
    keys += [(key, getattr(head, key)) for key in _HEAD]
    front = [f"{key}: {quote_scalar(value) if key != 'schema' else value}" for key, value in keys if value]
    if any(head.tokens):
        front.append(f"tokens: {{input: {head.tokens[0]}, output: {head.tokens[1]}}}")
    if head.cost:
        front.append(f"cost: {head.cost!r}")
    front.append(f"turns: {len(stored.turns)}")
    if count > 1:
        front.append(f"parts: {count}")
    if stored.cut:
        front.append(f"cut: {stored.cut}")
    if stored.facts:
        front.append("facts: [" + ", ".join(map(quote_scalar, stored.facts)) + "]")
    lines = ["---", *front, "---", f"# {title}", "", _about(stored), ""]
    return ["\n".join([*lines, *([more, ""] if more else []), ""])]


def _about(stored: Stored) -> str:
    head = stored.head
    when = " to ".join(dict.fromkeys(t[:16].replace("T", " ") for t in (head.started, head.ended) if t))
    said = [escape_line(head.agent), *([escape_line(when)] if when else []), f"{len(stored.turns)} turns"]
    line = ", ".join(said) + "; secrets are redacted."
    if stored.cut:
        line += f" {stored.cut:,} characters were left out"
        line += f", with {stored.gone:,} of the older turns whole." if stored.gone else "."
    return line


def _turn(turn: StoredTurn) -> Iterator[str]:
    yield _meta(turn)
    if turn.input:
        yield ""
        if "`" not in turn.input and _ONE_LINE.match(f"`{turn.input}`") and turn.input.strip() == turn.input:
            yield f"`{turn.input}`"
        else:
            yield from fenced(turn.input, "sh" if turn.action == "run" else "")
    if not turn.text:
        return
    yield ""
    if not _is_said(turn):
        lines = fenced(turn.text)
        if len(lines) - 2 > OPEN_LINES:
            what = "Output" if turn.who == "tool" else "Text"
            yield from (f"<details><summary>{what}: {len(lines) - 2} lines</summary>", "", *lines, "", "</details>")
        else:
            yield from ("Output:" if turn.who == "tool" else "Text:", "", *lines)
    elif turn.who == "user":
        yield from (f"> {line}" if line else ">" for line in escape(turn.text, breaks=True))
    else:
        yield from escape(turn.text)


def _is_said(turn: StoredTurn) -> bool:
    return turn.who in ("user", "assistant") and turn.kind in _SAID


def _meta(turn: StoredTurn) -> str:
    parts = [f"**{turn.who}**"]
    if turn.tool:
        parts.append(f"`{turn.tool}`")
    if turn.action:
        parts[-1] += f" ({turn.action})"
    parts += [f"{key} `{value}`" for key, value in (("kind", turn.kind), ("phase", turn.phase)) if value]
    flags = (("sub-agent", turn.side), ("failed", turn.failed), ("refused", turn.refused))
    parts += [word for word, on in flags if on]
    if turn.code is not None:
        parts.append(f"exit {turn.code}")
    if turn.when:
        parts.append(turn.when)
    if turn.model:
        parts.append(f"model `{turn.model}`")
    if any(turn.tokens):
        parts.append(f"tokens {turn.tokens[0]} in, {turn.tokens[1]} out")
    if turn.cut:
        parts.append(f"cut {turn.cut} characters")
    if turn.changes:
        parts.append("files " + ", ".join(map(_change, turn.changes)))
    return " · ".join(parts) + (f" <!-- {turn.mark} -->" if turn.mark else "")


def _change(change: Change) -> str:
    told = change.how + (f" from `{change.old}`" if change.old else "")
    told += "".join(f" {sign}{n}" for sign, n in (("+", change.added), ("-", change.removed)) if n >= 0)
    return f"`{change.path}` ({told})"


# -- reading


def _turns(text: str, name: str) -> Iterator[StoredTurn]:
    lines = text.split("\n")
    starts: list[tuple[int, int]] = []
    for at, (line, code) in enumerate(in_code(lines)):
        if not code and (match := _TURN.match(line)):
            starts.append((at, int(match[1])))
    for (at, number), (end, _) in zip(starts, [*starts[1:], (len(lines), 0)], strict=False):
        yield _read_turn(number, lines[at + 1 : end], f"{name}.md", at + 2)


def _read_turn(number: int, lines: list[str], path: str, at: int) -> StoredTurn:
    meta = _META.fullmatch(lines[0]) if lines else None
    if meta is None:
        raise FormatError(path, at, f"turn {number} does not say whose it is")
    who, tool, action, kind, phase, side, failed, refused, code, when, model, sent, got, cut, files, mark = meta.groups(
        ""
    )
    changes = tuple(
        Change(m[1], m[2], int(m[4]) if m[4] else -1, int(m[5]) if m[5] else -1, m[3] or "")
        for m in _CHANGE.finditer(files)
    )
    turn = StoredTurn(number, who, "", when, kind, bool(side), model, (int(sent or 0), int(got or 0)), phase, tool, action, "",
                      changes, bool(failed), bool(refused), int(code) if code else None, int(cut or 0), mark)  # fmt: skip
    body = _trimmed(lines[1:])
    if _is_said(turn):
        if who == "user":
            body = [line.removeprefix(">").removeprefix(" ") for line in body]
        return turn._replace(text=unescape(body))
    given, body = _block(body)
    if given is None and body and (match := _ONE_LINE.match(body[0])):
        given, body = match[1], _trimmed(body[1:])
    text, _ = _block(_trimmed(body[1:])) if body else ("", [])
    return turn._replace(input=given or "", text=text or "")


def _block(lines: list[str]) -> tuple[str | None, list[str]]:
    """The code block that lines begin with, None where they do not, and the lines after it."""
    end = next((at for at, (_, code) in enumerate(in_code(lines)) if not code), len(lines))
    return ("\n".join(lines[1 : end - 1]), _trimmed(lines[end:])) if end else (None, lines)


def _trimmed(lines: list[str]) -> list[str]:
    first = next((at for at, line in enumerate(lines) if line), len(lines))
    last = next((at for at in range(len(lines), first, -1) if lines[at - 1]), first)
    return lines[first:last]

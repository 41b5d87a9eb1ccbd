"""An error's text taken apart: what stays the same when it occurs again, and which files it names."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MESSAGES = 12  # of one text
_LINES = 2000  # that are looked at, half of them from the end
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
#: Exception classes, compilers' codes, names of signals and of the system's errors: what people look an error up by.
_CLASS = r"[A-Z]\w*(?:Error|Exception|Panic|Fault|Failure|Interrupt|Timeout|Warning|Exit|Iteration)"
_KIND = re.compile(rf"(?:\b[\w$]+(?:\.|::))*\b({_CLASS}|SIG[A-Z]{{3,7}}|E[A-Z]{{4,}}|[A-Z]{{1,6}}\d{{3,5}})\b")
_RAISED = re.compile(
    rf"^\s*(?:E\s+|Caused by: |Uncaught |Unhandled |Exception in thread \S+ )*(?:[\w$]+[.:]+)*{_CLASS}\b(?: \[\w+\])?(?::|\s*$)|^E {{3,}}\S"
)
_ERROR = re.compile(
    r"\berror\b|\bERR!|\bfatal\b|panic|exception|\bfail(?:ed|ure|s)?\b|\bcannot\b|can't|could not|\bunable\b|undefined|not found|"
    r"denied|refused|no such|time[d ]?-?out|fault\b|abort|killed|unexpected|invalid|missing|mismatch",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r'^\s*(?:File "|at |-->|from .+:\d+:in |#\d+ |goroutine \d+|Traceback |During handling|The above exception|\^|~+\^*\s*$|\d* ?\|)'
)
_PYTHON_FRAME = re.compile(r'^\s*File "')
_URL = re.compile(r"\b[a-z][a-z0-9+]{1,9}://\S+")
_PATH = re.compile(
    r"(?<![\w@])(?:[A-Za-z]:[\\/]|~?/|\.{1,2}/)?(?:[\w@.+-]+[\\/])*[\w@+-][\w@.+-]*\.[A-Za-z]\w{0,9}(?:\b|(?=:))|(?<![\w@])~?/(?:[\w@.+-]+/)*[\w@.+-]+"
)
_PLACE = re.compile(r'^(?:"?, line |:|\()(\d{1,7})')
_QUOTED = re.compile(r"(?<!\w)([\"'`])(.{1,120}?)\1(?!\w)|[\u2018\u201c](.{1,120}?)[\u2019\u201d]")
_CHANGING = re.compile(
    r"\b0x[0-9a-f]+\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b(?=[a-f]*\d)[0-9a-f]{7,64}\b|\b\d{4}-\d\d-\d\d(?:[T ][\d:.,Z+-]+)?|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "been", "by", "did", "do", "does", "for", "from", "had", "has", "have", "if", "in", "into",
    "is", "it", "its", "no", "of", "off", "on", "or", "so", "than", "that", "the", "then", "there", "this", "to", "too", "was", "were",
    "while", "will", "with", "you", "your", "error", "errors", "exception", "traceback", "failed", "failure", "fail", "fails", "fatal",
    "line", "file", "most", "recent", "call", "last", "info",
))  # fmt: skip


class Message(NamedTuple):
    """One line that says what is wrong. Words are in lower case."""

    line: str
    kinds: frozenset[str]  # as written: IntegrityError, E0308, ECONNREFUSED
    words: frozenset[str]
    values: frozenset[str]  # words of what stands in quotes: names and values, which change the most


class Place(NamedTuple):
    """A file that the text names, as written, and a line in it, 0 for none."""

    path: str
    line: int


class Symptom(NamedTuple):
    """An error's text: its messages, the one that counts most first, and the files that it names, the nearest to the error first."""

    messages: tuple[Message, ...]
    places: tuple[Place, ...]


def parse_symptom(text: str) -> Symptom:
    """Take the text of an error apart: a message, a traceback, what a compiler or a test run printed."""
    lines = _ANSI.sub("", text).replace("\r", "\n").split("\n")
    if len(lines) > _LINES:
        lines = lines[: _LINES // 2] + lines[-_LINES // 2 :]
    lines = [line[:1000] for line in lines if line.strip()]
    python = any(line.lstrip().startswith("Traceback (") or _PYTHON_FRAME.match(line) for line in lines)
    found: dict[tuple[frozenset[str], ...], Message] = {}
    for line in _telling(lines, last=python):
        message = parse_message(line)
        if message.kinds or message.words or message.values:
            found.setdefault(message[1:], message)
        if len(found) == _MESSAGES:
            break
    places = [place for line in lines for place in _places(line)]
    if python:  # the innermost frame is the last
        places.reverse()
    lines_of: dict[str, int] = {}
    for place in places:
        lines_of[place.path] = lines_of.get(place.path, 0) or place.line
    return Symptom(tuple(found.values()), tuple(Place(path, line) for path, line in lines_of.items()))


def parse_message(text: str) -> Message:
    """What of a text stays the same when it is said of something else: numbers, addresses, ids, times and paths do not count."""
    kinds = frozenset(match[1] for match in _KIND.finditer(text))
    plain = _CHANGING.sub(" ", _PATH.sub(_kept_name, _URL.sub(" ", _KIND.sub(" ", text))))
    values: set[str] = set()
    for match in _QUOTED.finditer(plain):
        values.update(_words(match[2] or match[3] or ""))
    words = frozenset(_words(_QUOTED.sub(" ", plain)))
    return Message(text.strip(), kinds, words, frozenset(values) - words)


def _telling(lines: list[str], *, last: bool) -> Iterator[str]:
    """The lines that say what is wrong: all of a few; of many those that raise, then those that speak of an error."""
    shown = []  # not frames, and not the source that stands below one
    below = False
    for line in lines:
        if not _FRAME.match(line) and not (below and line.startswith("    ")):
            shown.append(line)
        below = _PYTHON_FRAME.match(line) is not None
    raised = [line for line in shown if _RAISED.match(line)]
    yield from reversed(raised) if last else raised
    spoken = [line for line in shown if _ERROR.search(line) or _KIND.search(line)]
    yield from spoken
    if not raised and not spoken:
        yield from (*shown[-3:], *shown[:3])


def _places(line: str) -> Iterator[Place]:
    for match in _PATH.finditer(_URL.sub(lambda m: " " * len(m[0]), line)):
        path = match[0].rstrip(".")
        number = _PLACE.match(line[match.end() :])
        if "/" in path or "\\" in path or number:
            yield Place(path, int(number[1]) if number else 0)


def _kept_name(match: re.Match[str]) -> str:
    """A path counts by its file's name, its ending aside; what only looks like one, such as `module.name`, stays."""
    path = match[0]
    return " " + re.split(r"[\\/]", path)[-1].partition(".")[0] + " " if "/" in path or "\\" in path else path


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        letters = sum(c.isalpha() for c in word)
        if len(word) > 1 and letters * 2 > len(word) and word not in _STOP:
            yield word

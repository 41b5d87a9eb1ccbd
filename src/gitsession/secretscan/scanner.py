"""Text to findings: every line through every detector, to the end or not at all."""

import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from gitsession.errors import ScanError
from gitsession.model.finding import Finding
from gitsession.secretscan import engine
from gitsession.secretscan.gates import Active, Gates, Spans
from gitsession.secretscan.masking import mask
from gitsession.secretscan.values import fold, is_placeholder
from gitsession.secretscan.views import SIGNS, decoded, is_open, join, readings, rows, without_files

RULES_VERSION = "4"

# A line is looked at in windows, so that no pattern costs more than its window's square; they overlap by more
# than any value that a pattern must see whole.
WINDOW = 16384
OVERLAP = 3072
# Seconds of this thread for one line, and more for each million of its characters.
LINE_SECONDS = 2.0
LINE_SECONDS_PER_MILLION = 4.0

SHORT = 500  # characters; the time is looked at once for a line that is no longer

# A value at least this long is looked for where nothing gives it away, too.
REPEATED = 8

_WORD = re.compile(r"[\w.-]{1,300}")
_LINE_END = re.compile(r"\r\n|\n|\r")


class _Rule(NamedTuple):
    """A detector, and the texts of which a line must hold one to be worth its while (`fold`: case aside)."""

    module: str
    name: str
    gates: tuple[str, ...] = ()
    fold: bool = False


class _View(NamedTuple):
    """Another reading of a line; of a part of it, where it has a place."""

    text: str
    place: tuple[int, int] | None


class Hit(NamedTuple):
    """A place in a line, in characters from 0. What a line holds in another form (escaped, encoded) stands near there only."""

    start: int
    end: int
    kind: str
    value: str


# The first rule of those that claim a place names its kind: ours know more precisely what a value is, and those that only
# see that it is drawn come last. Ours bring their own gates.
_OWN = (
    _Rule("gitsession.secretscan.prefixes", "KnownPrefixDetector"),
    _Rule("gitsession.secretscan.keys", "KeyMaterialDetector"),
    _Rule("gitsession.secretscan.shapes", "KnownShapeDetector"),
    _Rule("gitsession.secretscan.shapes", "WholeShapeDetector"),
    _Rule("gitsession.secretscan.urls", "UrlDetector"),
    _Rule("gitsession.secretscan.headers", "HeaderDetector"),
    _Rule("gitsession.secretscan.assignments", "SecretAssignmentDetector"),
    _Rule("gitsession.secretscan.configs", "ConfigDetector"),
    _Rule("gitsession.secretscan.commands", "CommandDetector"),
)
# Of detect-secrets' own: all that are for single providers, but those whose patterns are not bounded or whose shapes our
# tables hold whole (JSON web tokens, GitHub, GitLab).
_PLUGINS = "detect_secrets.plugins."
_PROVIDERS = (
    _Rule(_PLUGINS + "aws", "AWSKeyDetector", ("akia", "asia", "a3t", "abia", "acca", "aws"), fold=True),
    _Rule(_PLUGINS + "azure_storage_key", "AzureStorageKeyDetector", ("AccountKey=",)),
    _Rule(_PLUGINS + "mailchimp", "MailchimpDetector", ("-us",)),
    _Rule(_PLUGINS + "npm", "NpmDetector", ("_authToken",)),
    _Rule(_PLUGINS + "openai", "OpenAIDetector", ("T3BlbkFJ",)),
    _Rule(_PLUGINS + "private_key", "PrivateKeyDetector", ("PRIVATE KEY", "PuTTY-User-Key")),
    _Rule(_PLUGINS + "pypi_token", "PypiTokenDetector", ("pypi-",)),
    _Rule(_PLUGINS + "sendgrid", "SendGridDetector", ("SG.",)),
    _Rule(_PLUGINS + "slack", "SlackDetector", ("xox", "slack.com"), fold=True),
    _Rule(_PLUGINS + "square_oauth", "SquareOAuthDetector", ("sq0csp-",)),
    _Rule(_PLUGINS + "stripe", "StripeDetector", ("k_live_",)),
)
_LAST = (
    _Rule("gitsession.secretscan.prefixes", "UnknownPrefixDetector"),
    _Rule("gitsession.secretscan.nearby", "OpaqueValueDetector"),
)


def scan_bytes(path: str, data: bytes) -> list[Finding]:
    r"""Everything in `data` that looks like a secret, in the order of its lines; `path` is only for the findings.

    Whatever the bytes are, all of them are looked at: what is not UTF-8 is replaced, NUL bytes are also left out
    (text in UTF-16), and `\r\n`, `\n` and `\r` each end a line. Columns count characters from 1.
    Raises ScanError where the scan cannot run to its end; never an empty list instead.
    """
    found = find_hits(path, data)
    return [finding_of(path, number, hit) for number in sorted(found) for hit in found[number]]


def find_hits(path: str, data: bytes | str) -> dict[int, list[Hit]]:
    """As `scan_bytes`: the places and values by line (from 0), for those who replace or compare them. Nobody keeps a value."""
    found: dict[int, list[Hit]] = {}
    try:
        for text in _readings(data) if isinstance(data, bytes) else (data,):
            hits: dict[int, list[Hit]] = {}
            _scan_text(path, text, hits)
            _take_in(found, hits, is_binary=isinstance(data, bytes) and b"\0" in data)
    except ScanError:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, not all has been scanned
        reason = f"{path}: the secret scan failed ({type(error).__name__})"
        raise ScanError(reason, "Nothing was let through. Please report this.") from None
    return found


def finding_of(path: str, number: int, hit: Hit) -> Finding:
    """What may be told of a hit in a line (from 0)."""
    return Finding(path, number + 1, hit.start + 1, hit.kind, mask(hit.value))


def _readings(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    yield text
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield data.decode("utf-16", "replace")
    if "\0" in text:
        yield text.replace("\0", "")


def _scan_text(path: str, text: str, found: dict[int, list[Hit]]) -> None:
    whole, text = text, without_files(text)
    lines = _lines(text)
    different = list(dict.fromkeys(lines))  # in what tools print, half of the lines are there before
    text = "\n".join(different)
    starts = _starts(different)
    other = _other_readings(text, different, starts)
    gates = Gates(_active(path, text, "\n".join(view.text for views in other.values() for view in views)))
    planned = gates.plan(text, starts)
    known: dict[str, list[Hit]] = {}
    for number, line in enumerate(lines):
        hits = known.get(line)
        if hits is None:
            at = len(known)
            hits = known[line] = []
            if at in planned or at in other:
                _scan_line(path, number, line, planned.get(at, ()), other.get(at, ()), gates, hits)
        if hits:
            found[number] = hits.copy()
    opened = {line for line in different if is_open(line)}
    for number, line in enumerate(lines):  # last, so that what a line says by itself goes before
        if line in opened and not _is_told(line, found.get(number, ())):
            _scan_joined(path, lines, number, gates, found)
    if found:
        lines = _lines(whole)
        _find_again(path, lines, found)
        _fold_keys(lines, found)


def _take_in(found: dict[int, list[Hit]], hits: dict[int, list[Hit]], *, is_binary: bool) -> None:
    """Adds the hits of one reading of a text. What another one found in the same line is the same value at another place.

    In what is no text, runs of bytes look like anything: there a value must be printable.
    """
    for number, new in hits.items():
        known = {hit.value for hit in found.get(number, ())}
        for hit in new:
            if hit.value not in known and not (is_binary and not _is_printable(hit.value)):
                _add(found.setdefault(number, []), hit)
    for number in [number for number, of_line in found.items() if not of_line]:
        del found[number]


def _is_printable(value: str) -> bool:
    return value.isprintable() and "\ufffd" not in value


def _fold_keys(lines: list[str], found: dict[int, list[Hit]]) -> None:
    """Takes out what was found in the body of a private key: the key is one finding."""
    for number in sorted(found):
        for hit in [hit for hit in found.get(number, ()) if hit.kind == "Private key"]:
            if hit not in found.get(number, ()):
                continue  # in the body of another
            from gitsession.secretscan.extent import extent  # only where there is a key

            for line, start, end in extent(lines, number, hit):
                inside = [
                    h for h in found.get(line, ()) if (line, h) != (number, hit) and start <= h.start and h.end <= end
                ]
                if inside:
                    found[line] = [h for h in found[line] if h not in inside]
                    if not found[line]:
                        del found[line]


def _find_again(path: str, lines: list[str], found: dict[int, list[Hit]]) -> None:
    """Adds the places where a value that was found stands with nothing around it to give it away."""
    values = {hit.value: hit.kind for hits in found.values() for hit in hits if len(hit.value) >= REPEATED}
    if not values:
        return
    starts = _starts(lines)
    text = "\n".join(lines)  # no value has a line end in it
    deadline = _deadline(text)
    for value, kind in values.items():
        if text.count(value) > 1:
            for start in _places(text, value):
                number = bisect_right(starts, start) - 1
                at = start - starts[number]
                _add(found.setdefault(number, []), Hit(at, at + len(value), kind, value))
        if time.thread_time() > deadline:
            raise ScanError(f"{path}: the secret scan gave up on this file: too much in it looks like secrets")


def _other_readings(text: str, lines: list[str], starts: list[int]) -> dict[int, list[_View]]:
    """What the lines say when they are unescaped and decoded, by line."""
    other: dict[int, list[_View]] = {}
    if not text.isascii() or any(sign in text for sign in SIGNS):
        for number, line in enumerate(lines):
            if views := [_View(view, None) for view in readings(line)]:
                other[number] = views
    for start, end, plain in decoded(text):
        number = bisect_right(starts, start) - 1
        place = (start - starts[number], end - starts[number])
        other.setdefault(number, []).extend(_View(line, place) for line in plain.splitlines())
    return other


def _lines(text: str) -> list[str]:
    return text.split("\n") if "\r" not in text else _LINE_END.split(text)


def _starts(lines: Sequence[str]) -> list[int]:
    """Where each line begins in the text that they are, joined by line feeds."""
    return list(accumulate([len(line) + 1 for line in lines[:-1]], initial=0))


def _scan_line(
    path: str,
    number: int,
    line: str,
    planned: Iterable[Active],
    other: Iterable[_View],
    gates: Gates,
    hits: list[Hit],
) -> None:
    """Adds the hits of one line to those already known; a window at a time."""
    deadline = _deadline(line)
    whole = (_View(line, None),)
    claims: list[tuple[int, Hit]] = []
    for text, place in (*whole, *other):
        exact = len(text) == len(line)
        for offset in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
            window = text[offset : offset + WINDOW]
            for rule in planned if text is line and len(line) <= WINDOW else gates.of(window):
                for start, end, kind in _spans(path, number, rule, window):
                    if place:
                        claims.append((rule.order, Hit(*place, kind, line[slice(*place)])))
                    else:
                        value = window[start:end]
                        at = start + offset if exact else line.find(value)
                        at = at if at >= 0 else min(start + offset, len(line) - 1)
                        claims.append((rule.order, Hit(at, at + len(value), kind, value)))
                    _check(path, number, line, deadline)
                if len(line) > SHORT:
                    _check(path, number, line, deadline)
    for _, hit in sorted(claims, key=itemgetter(0)):
        _add(hits, hit)
    _check(path, number, line, deadline)


def _is_told(line: str, hits: Iterable[Hit]) -> bool:
    """True where a value that was found goes to the end of the line, or a key begins in it: nothing is wanting there."""
    end = len(line.rstrip())
    return any(hit.end >= end or "PRIVATE KEY" in hit.value for hit in hits)


def _scan_joined(path: str, lines: list[str], number: int, gates: Gates, found: dict[int, list[Hit]]) -> None:
    """Adds what is seen only when a line is read together with the next, or with the rows of a table below it."""
    joined = join(lines, number)
    for text, second, after, cut in [*([joined] if joined else []), *rows(lines, number)]:
        if len(text) > WINDOW:
            continue
        deadline = _deadline(text)
        for rule in gates.of(text):
            for start, end, kind in _spans(path, after, rule, text):
                if end > second:
                    value = text[start:end]
                    if start < second and lines[number][start:second] == text[start:second]:
                        _add(found.setdefault(number, []), Hit(start, second, kind, value))
                    at = max(start, second) - second + cut
                    _add(found.setdefault(after, []), Hit(at, end - second + cut, kind, value))
            _check(path, after, text, deadline)


def _deadline(text: str) -> float:
    return time.thread_time() + LINE_SECONDS + LINE_SECONDS_PER_MILLION * len(text) / 1e6


def _check(path: str, number: int, line: str, deadline: float) -> None:
    if time.thread_time() > deadline:
        raise ScanError(
            f"{path}:{number + 1}: the secret scan gave up on this line ({len(line)} characters)",
            "Break the line up, or leave it out.",
        )


def _spans(path: str, number: int, rule: Active, window: str) -> Iterator[tuple[int, int, str]]:
    try:
        yield from rule.spans(window)
    except Exception as error:  # noqa: BLE001  whatever it is, the line has not been scanned
        # Only its type: the error's own words could hold the line.
        reason = f"{path}:{number + 1}: the secret scan failed in {rule.name} ({type(error).__name__})"
        raise ScanError(reason, "Nothing was let through. Please report this.") from None


def _provider_spans(detector: Any, line: str) -> Iterator[tuple[int, int, str]]:
    """Where the values stand that one of detect-secrets' plugins names. Some name only a group of their match."""
    for value in dict.fromkeys(detector.analyze_string(line)):
        for start in _places(line, value):
            end = start + len(value)
            if len(value) < REPEATED:  # `ghp`, of `ghp_...`
                rest = _WORD.match(line, end)
                end = rest.end() if rest else end
            if not is_placeholder(line[start:end]):
                yield start, end, detector.secret_type


def _places(line: str, value: str) -> Iterator[int]:
    start = line.find(value) if value else -1
    while start >= 0:
        yield start
        start = line.find(value, start + len(value))


def _add(hits: list[Hit], hit: Hit) -> None:
    """Puts the hit into its place, unless an earlier one covers any of it."""
    index = bisect_left(hits, hit)
    before, after = hits[max(0, index - 1) : index], hits[index : index + 1]
    if all(other.end <= hit.start for other in before) and all(hit.end <= other.start for other in after):
        hits.insert(index, hit)


def _active(path: str, text: str, other: str) -> list[Active]:
    """What this text, or another reading of a line of it, can interest. Raises ScanError where a detector cannot be loaded."""
    # Each word once: a gate is a part of a word, or parts of several.
    text = "\n".join({*f"{text}\n{other}".split()})
    folded = fold(text)
    active: list[Active] = []
    for rule in _OWN + _PROVIDERS + _LAST:
        try:
            if rule.gates and not _present(rule.gates, folded if rule.fold else text):
                continue
            for gates, folds, spans in _parts(rule):
                if present := _present(gates, folded if folds else text):
                    active.append(Active(len(active), rule.name, spans, present, folds))
        except Exception as error:  # noqa: BLE001  a missing or broken engine refuses
            reason = f"{path}: the secret scan cannot run: {rule.name} does not load ({type(error).__name__})"
            raise ScanError(reason, "Reinstall gitsession, so that detect-secrets is there.") from None
    return active


def _present(gates: tuple[str, ...], words: str) -> tuple[str, ...]:
    return tuple(gate for gate in gates if gate in words or (" " in gate and all(p in words for p in gate.split())))


def _parts(rule: _Rule) -> list[tuple[tuple[str, ...], bool, Spans]]:
    """What the detector looks for, each with its gates: ours know theirs."""
    detector = _load(rule)
    if hasattr(detector, "parts"):
        parts: list[tuple[tuple[str, ...], bool, Spans]] = detector.parts()
        return parts
    return [(rule.gates, rule.fold, partial(_provider_spans, detector))]


@cache
def _load(rule: _Rule) -> Any:
    return engine.load(rule.module, rule.name)

"""Text to findings: every line through every detector, to the end or not at all."""

import re
import time
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from gitsession.errors import ScanError
from gitsession.model.finding import Finding
from gitsession.secretscan import engine
from gitsession.secretscan.masking import mask
from gitsession.secretscan.values import is_placeholder

RULES_VERSION = "1"

# A line is looked at in windows, so that no pattern costs more than its window's square; they overlap by more
# than any value that a pattern must see whole.
WINDOW = 8192
OVERLAP = 3072
# Seconds of this thread for one line, and more for each million of its characters.
LINE_SECONDS = 2.0
LINE_SECONDS_PER_MILLION = 4.0

# A value at least this long is looked for where nothing gives it away, too.
REPEATED = 8

_WORD = re.compile(r"[\w.-]{1,300}")
_LINE_END = re.compile(r"\r\n|\n|\r")
_ESCAPE = re.compile(r"\\{1,8}(?:u00([0-9a-fA-F]{2})|([nrt\"'/]))")
_BLOB = re.compile(  # what is long, random and harmless: embedded files, digests in lock files
    r"data:[\w.+-]{1,40}/[\w.+-]{1,80}(?:;[\w=-]{1,40}){0,3};base64,[A-Za-z0-9+/=]{1,100000000}"
    r"|(?<![A-Za-z0-9])(?:sha(?:1|256|384|512)[-:]|h1:|SHA256:|MD5:)[A-Za-z0-9+/=:]{16,128}"
    r"|(?<![A-Za-z0-9+/])(?:iVBORw0KGgo|/9j/|R0lGOD|UEsDB|d09GM|JVBERi0)[A-Za-z0-9+/=]{40,100000000}"
)
_BLOB_SIGNS = ("base64,", "sha", "h1:", "SHA256:", "MD5:", "iVBORw0KGgo", "/9j/", "R0lGOD", "UEsDB", "d09GM", "JVBERi0")


class _Rule(NamedTuple):
    """A detector, and the texts of which a line must hold one to be worth its while (`fold`: case aside)."""

    module: str
    name: str
    gates: tuple[str, ...] = ()
    fold: bool = False


class _Active(NamedTuple):
    """A detector whose gates the text at hand holds."""

    name: str
    detector: Any
    gates: tuple[str, ...]
    fold: bool


class Hit(NamedTuple):
    """A place in a line, in characters from 0. What a line holds in another form (escaped, encoded) stands near there only."""

    start: int
    end: int
    kind: str
    value: str


# The first rule to claim a place names its kind: ours know more precisely what a value is. Ours bring their own gates.
_OWN = (
    _Rule("gitsession.secretscan.prefixes", "KnownPrefixDetector"),
    _Rule("gitsession.secretscan.context", "SecretContextDetector"),
    _Rule("gitsession.secretscan.assignments", "SecretAssignmentDetector"),
    _Rule("gitsession.secretscan.prefixes", "UnknownPrefixDetector"),
)
_PLUGINS = "detect_secrets.plugins."
_PROVIDERS = (
    _Rule(_PLUGINS + "aws", "AWSKeyDetector", ("akia", "asia", "a3t", "abia", "acca", "aws"), fold=True),
    _Rule(_PLUGINS + "azure_storage_key", "AzureStorageKeyDetector", ("AccountKey=",)),
    _Rule(_PLUGINS + "github_token", "GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    _Rule(
        _PLUGINS + "gitlab_token",
        "GitLabTokenDetector",
        ("glpat", "gldt", "glft", "glsoat", "glrt", "GR1348941", "glcbt", "glimt", "glptt", "glagent", "gloas"),
    ),
    _Rule(_PLUGINS + "jwt", "JwtTokenDetector", ("eyJ",)),
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
            _scan_text(path, text, found)
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
    active = _active(path, text)
    lines = _LINE_END.split(text)
    values: dict[str, str] = {}
    for number, line in enumerate(lines):
        if line:
            hits = _scan_line(path, number, line, active, found.get(number, []))
            if hits:
                found[number] = hits
                values.update({hit.value: hit.kind for hit in hits if len(hit.value) >= REPEATED})
    deadline = time.thread_time() + LINE_SECONDS + LINE_SECONDS_PER_MILLION * len(text) / 1e6
    for value, kind in values.items():  # the same value where nothing around it gives it away
        if text.count(value) > 1:
            for number, line in enumerate(lines):
                for start in _places(line, value):
                    _add(found.setdefault(number, []), Hit(start, start + len(value), kind, value))
        if time.thread_time() > deadline:
            raise ScanError(f"{path}: the secret scan gave up on this file: too much in it looks like secrets")


def _scan_line(path: str, number: int, line: str, active: list[_Active], known: list[Hit]) -> list[Hit]:
    """The hits of one line, those already known included; a window at a time."""
    deadline = time.thread_time() + LINE_SECONDS + LINE_SECONDS_PER_MILLION * len(line) / 1e6
    hits = list(known)
    for text in _views(line):
        exact = len(text) == len(line)
        for offset in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
            window = text[offset : offset + WINDOW]
            folded = window.lower()
            for rule in active:
                if not any(gate in (folded if rule.fold else window) for gate in rule.gates):
                    continue
                for start, end, kind in _spans(path, number, rule, window):
                    value = window[start:end]
                    at = start + offset if exact else line.find(value)
                    at = at if at >= 0 else min(start + offset, len(line) - 1)
                    _add(hits, Hit(at, at + len(value), kind, value))
                    _check(path, number, line, deadline)
                _check(path, number, line, deadline)
    return hits


def _check(path: str, number: int, line: str, deadline: float) -> None:
    if time.thread_time() > deadline:
        raise ScanError(
            f"{path}:{number + 1}: the secret scan gave up on this line ({len(line)} characters)",
            "Break the line up, or leave it out.",
        )


def _spans(path: str, number: int, rule: _Active, window: str) -> Iterator[tuple[int, int, str]]:
    try:
        spans = getattr(rule.detector, "spans", None)
        yield from spans(window) if spans else _provider_spans(rule.detector, window)
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


def _views(line: str) -> Iterator[str]:
    """The line, without embedded files; and as it was before JSON or a shell escaped it."""
    if any(sign in line for sign in _BLOB_SIGNS):
        line = _BLOB.sub(lambda blob: " " * len(blob[0]), line)
    yield line
    if "\\" in line:
        plain = _ESCAPE.sub(_unescape, line)
        if plain != line:
            yield plain


def _unescape(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return " " if escape[2] in "nrt" else escape[2]


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


def _active(path: str, text: str) -> list[_Active]:
    """The detectors that this text can interest. Raises ScanError where one cannot be loaded."""
    text = "\n".join(_views(text))  # as its lines are looked at: what finds one must not hang on another
    folded = text.lower()
    active: list[_Active] = []
    for rule in _OWN + _PROVIDERS:
        try:
            detector = None if rule.gates else _load(rule)
            gates, fold = (detector.gates, detector.fold) if detector else (rule.gates, rule.fold)
            present = tuple(gate for gate in gates if gate in (folded if fold else text))
            if present:
                active.append(_Active(rule.name, detector or _load(rule), present, fold))
        except Exception as error:  # noqa: BLE001  a missing or broken engine refuses
            reason = f"{path}: the secret scan cannot run: {rule.name} does not load ({type(error).__name__})"
            raise ScanError(reason, "Reinstall gitsession, so that detect-secrets is there.") from None
    return active


@cache
def _load(rule: _Rule) -> Any:
    return engine.load(rule.module, rule.name)

"""Secrets that say what they are: a known prefix and a random part. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator
from functools import cache

from gitsession.secretscan import values
from gitsession.secretscan.nearby import HARMLESS
from gitsession.secretscan.plugin import SpanDetector, compiled
from gitsession.secretscan.prefix_table import TABLE

# A prefix that the table does not know: letters, a joiner (or two), and a part too random for anything else.
_GENERIC = re.compile(
    r"(?:(?<![\w/.+\\-])|(?<=^[+-]))(?=[A-Za-z][A-Za-z0-9.]{0,11}[_-])([A-Za-z][\w.-]{20,400}|[A-Za-z][A-Za-z0-9]{1,11}_[\w+/-]{40,800})={0,2}(?![\w/+-])"
)
_JOINER = re.compile(r"[_-]")
_HEAD = 24  # characters, of the longest prefix
_GROUPS = re.compile(r"(?:\d{5,20}[-_]){2,4}|(?!20\d{6}[-_])\d{8,20}[-_]")  # numbers before the part that is drawn
# Before the digits of a digest, with nothing between.
_JOINED = re.compile(
    r"(?:(?<![\w/.+\\-])|(?<=^[+-]))([a-z]{3,8})(?<![a-f]{3})([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![\w/.+-])"
)
_NOT_PREFIXES = re.compile(
    r"(?:sha\d*|md5|h1|blob|tree|commit|index|pack|chunk|tmp|cache|build|hash|id|class"
    r"|\w{0,8}_?(?:msg|call|ses|session|prt|toolu|user)"
    r"|dpl|evt|event|cus|prod|price|sub|run|job|usr|org|team|proj|acct|doc|file|img|conv|thread|asst|item|inv|ord|txn|src|card"
    r"|req|resp|vs|prj|rs|fc|gen|batch|wf|task|step|span|trace|log)[_-]",
    re.IGNORECASE,
)
_ID_FIELD = re.compile(r"(?:id|ID|Id)[\"'\\]{0,3}\s{0,2}[:=]\s{0,2}[\"'\\]{0,3}$")


_OWN_PREFIX = re.compile(r"\w{4,20}[_-]|GR1348941")
# Where a token may begin: the two characters that every prefix has, and more behind them.
_BEGIN = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z0-9][\w./:-])[^\s\"'`<>]{14})")


class KnownPrefixDetector(SpanDetector):
    """Tokens with a prefix of their own, from a table."""

    secret_type = "Known token prefix"  # noqa: S105
    gates = ("",)

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        heads = rules_by_head()
        end = 0
        judged: dict[str, bool] = {}  # on a hostile line, the same over and over
        for begin in _BEGIN.finditer(line):
            if begin.start() < end:
                continue
            for kind, prefix, body in heads.get(begin[1], ()):
                if line.startswith(prefix, begin.start()):
                    match = compiled(body).match(line, begin.start() + len(prefix))
                    if match and (value := match[0][:60]) not in judged:
                        judged[value] = _is_token(value, prefix)
                    if match and judged[value]:
                        end = match.end()
                        yield begin.start(), end, kind
                        break


class UnknownPrefixDetector(SpanDetector):
    """A prefix that the table does not know, before a part too random for anything else."""

    secret_type = "Token with a prefix"  # noqa: S105
    gates = ("",)

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        for match in _GENERIC.finditer(line):
            if _has_prefix(match[1]) and not _is_id(match):
                yield match.start(), match.end(), self.secret_type
        for match in _JOINED.finditer(line):
            if not _is_name(match[1]) and len(set(match[2])) > 8:
                yield match.start(), match.end(), self.secret_type


def _is_token(value: str, prefix: str) -> bool:
    if len(set(value)) <= 6 or values.is_placeholder(value):
        return False
    # Words behind a prefix that nothing else begins with are a token all the same, where a number is among them.
    return not values.is_words(value) or (_OWN_PREFIX.fullmatch(prefix) is not None and any(map(str.isdigit, value)))


def _has_prefix(token: str) -> bool:
    """Whether what follows one of its first joiners is drawn."""
    for joiner in _JOINER.finditer(token, 0, _HEAD):
        head, body = token[: joiner.end()], token[joiner.end() :]
        if _NOT_PREFIXES.fullmatch(head):
            return False
        groups = _GROUPS.match(body)
        if _is_body(head, body) or (groups and values.is_opaque(body[groups.end() :], 16)):
            return True
    return False


def _is_body(head: str, body: str) -> bool:
    first, *more = _JOINER.split(body)
    if values.HEX.fullmatch(first[:128]) and all(values.HEX.fullmatch(part[:128]) for part in more):
        is_long = max(map(len, (first, *more))) >= 32
        return is_long and len(set(body)) > 8 and len(head) < 14 and not _is_name(head)
    if body.isalnum() and len(body) >= 24:
        return values.is_random(body, 24)
    return len(body) >= 20 and values.is_drawn(body) and values.is_strong(body.replace("/", "+")) and not _is_name(head)


def _is_name(head: str) -> bool:
    """Whether it says what a digest is of: `tree-3f2a...`, `build_3f2a...`."""
    return not HARMLESS.isdisjoint(re.split(r"[\W_]+", head.lower())) or _NOT_PREFIXES.fullmatch(head + "_") is not None


def _is_id(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()]
    return bool(_ID_FIELD.search(before) or values.is_harmless(match[0]))


@cache
def rules_by_head() -> dict[str, list[tuple[str, str, str]]]:
    """The first two characters of a prefix to (kind, prefix, pattern of what follows), the longest prefix first."""
    rules: dict[str, list[tuple[str, str, str]]] = {}
    kind = ""
    for line in TABLE.splitlines():
        if line.startswith("  "):
            prefix, body = line[2:].replace(">", r"(?![0-9A-Za-z])").split(" ", 1)
            rules.setdefault(prefix[:2], []).append((kind, prefix, body))
        else:
            kind = line.partition(" @ ")[0]
    for rows in rules.values():
        rows.sort(key=lambda row: -len(row[1]))
    return rules

"""Secrets that say what they are: a known prefix and a random part. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator
from functools import cache

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector, compiled
from gitsession.secretscan.prefix_table import TABLE

# A prefix that the table does not know: letters, a joiner, and a part too random for anything else.
_GENERIC = re.compile(
    r"(?<![\w/.+-])([A-Za-z][A-Za-z0-9]{1,11}(?:[_-][a-z0-9]{2,8})?[_-])([A-Za-z0-9]{24,100})(?![\w/+-])"
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
    gates = ("_", "-")

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        for match in _GENERIC.finditer(line):
            if values.is_random(match[2], 24) and not values.HEX.fullmatch(match[2]) and not _is_id(match):
                yield match.start(), match.end(), self.secret_type


def _is_token(value: str, prefix: str) -> bool:
    if len(set(value)) <= 6 or values.is_placeholder(value):
        return False
    # Words behind a prefix that nothing else begins with are a token all the same, where a number is among them.
    return not values.is_words(value) or (_OWN_PREFIX.fullmatch(prefix) is not None and any(map(str.isdigit, value)))


def _is_id(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()]
    return bool(_ID_FIELD.search(before) or _NOT_PREFIXES.fullmatch(match[1]) or values.is_harmless(match[0]))


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

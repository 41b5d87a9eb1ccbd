"""Which findings people let stand: a value is known by its path, its kind and a slow hash of it."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from gitsession.errors import ScanError
from gitsession.model.allowance import Allowance
from gitsession.model.finding import Finding
from gitsession.secretscan.extent import extent, text_of
from gitsession.secretscan.scanner import find_hits, finding_of

_LINE_END = re.compile(r"\r\n|\n|\r")
# Some 50 ms and 16 MB for each guess at a value. With other numbers an allowance has another schema.
_COST, _BLOCK, _LANES = 2**14, 8, 1
MOST = 400  # values to hash in one search: whoever adds more allowances than sense must not make a commit take hours


def slow_hash(value: str, salt: str) -> str:
    """64 hex digits of scrypt."""
    secret = value.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=_LANES, dklen=32).hex()


def values_in(path: str, data: bytes) -> Iterator[tuple[Finding, str]]:
    """Each finding with its value, all of it: of a key, the body too, so that another key is another value. Raises ScanError."""
    found = find_hits(path, data)
    lines = _LINE_END.split(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    for number in sorted(found):
        for hit in found[number]:
            spans = extent(lines, number, hit) if number < len(lines) else []
            value = text_of(lines, spans)
            # What stands there in another form only (UTF-16, base64) is known by the form that was found.
            yield finding_of(path, number, hit), value if hit.value in value else hit.value


def not_allowed(
    path: str, data: bytes, allowances: Sequence[Allowance], hashes: dict[tuple[str, str], str]
) -> list[Finding]:
    """The findings in a file that none of these allowances lets stand; as `judged`."""
    return [finding for finding, allowance in judged(path, data, allowances, hashes) if allowance is None]


def judged(
    path: str, data: bytes, allowances: Sequence[Allowance], hashes: dict[tuple[str, str], str]
) -> Iterator[tuple[Finding, Allowance | None]]:
    """The findings in a file, each with the allowance, of these that all cover its path, that lets it stand. Raises ScanError.

    `hashes` remembers, while the process lives, what was computed: only values of a kind that is allowed here.
    """
    for finding, value in values_in(path, data):
        letting = None
        for allowance in allowances:
            if allowance.kind == finding.kind:
                key = (value, allowance.salt)
                if key not in hashes:
                    if len(hashes) >= MOST:
                        raise ScanError(
                            f"{path}: too many allowances to compare ({MOST})", "remove what is stale: gitsession check"
                        )
                    hashes[key] = slow_hash(*key)
                if hashes[key] == allowance.hash:
                    letting = allowance
                    break
        yield finding, letting

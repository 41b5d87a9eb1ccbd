"""Opaque values that what stands before them gives away: a provider's name, or a word like `private`. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector
from gitsession.secretscan.providers import is_provider
from gitsession.secretscan.views import LINE, decode

_CANDIDATE = re.compile(r"(?:(?<![\w+/.%@$#\\-])|(?<=^\+))[A-Za-z0-9_][\w+/.~|@-]{13,600}={0,2}(?![\w+/.~|@-])")
_RUN = re.compile(r"(?=[^\d]{0,40}\d)(?![0-9a-f]{1,80}$)[a-z0-9]{28,64}")
_BEYOND_HEX = re.compile(r"(?:[0-9a-f]{0,30}[g-z]){5}")
_SAID_AFTER = re.compile(
    r"[\"'`*]{0,3}\s{1,3}(?:(?:is|was|as|for)\s)?(?:(?:the|my|our|your|its|a|an)\s)?(?:[\w.-]{1,20}\s){0,2}"
    r"(?:api|access|secret|private|auth|bearer|service)[ _-]?(?:key|token)(?![\w-])",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\w/[\w.-]{1,40}:$")  # `acme/auth:3f2a...`
_POINTER = re.compile(r"0x[0-9a-fA-F]{1,40}")
_CUT = re.compile(r"[.@|~/-]{1,9}$")
_PIECE = re.compile(r"(?=[A-Za-z]{0,20}\d[A-Za-z]{0,20}\d)[A-Za-z0-9]{8,40}|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NAMED_HEX = re.compile(r"([a-z]{2,12})[_-][0-9a-f]{20,128}")
_FILE = re.compile(r"[./][a-z]{1,5}\d?$")
_BEFORE = 90  # characters that are looked at before a value

# What the value is for, nearest first: the first of these words that is met decides.
_TELLING_TEXT = """
access accesskey api apikey apitoken auth authkey authorization authtoken bearer cookie cred creds credential credentials
jwt key keys login license oauth pass passkey passphrase password passwd pat private psk pw pwd secret secretkey secrets
revoke revoked rotate rotated leaked seed sig token tokens webhook
"""
_HARMLESS_TEXT = """
account address after agent album anchor artifact artist asset base before blob boundary branch bucket build bundle cache call case
channel chat checksum chunk cid class color column commit commits compare container content conversation correlation
cursor database delivery deployment device diff digest digests directory doc document drive edit encrypted entry etag event experiment file
files fingerprint folder font generation group hash hashed head header hex id identifier ids image index instance integrity issue item
job key_id label layer line link lock locked manifest md5 merge message meta method modelid module msg name node nonce
number oid object objects offset op operation order org package page parent part patch path pid pipeline pin plan playlist pod
point port position prefix process project pub public publickey rebase record ref refs region release replica repo request
resource resp response resolved rev revert revision room row rpc run saved schema script secure segment selector serial
sequence session sha sha1 sha256 sha512 shasum sheet signature size slug snapshot span spec spreadsheet squash stamp state
subject sub tag tar task team tenant test tests tgz thread ticket tid time timestamp toolid trace traceparent track transaction tree tx
txid type ulid uri url urn user uuid v version volume widget window worker workspace zone
"""
_SECRET = frozenset(_TELLING_TEXT.split())
HARMLESS = frozenset(_HARMLESS_TEXT.split())
# Before one of the secret words, and making it that of something else: a public key, a hashed secret.
_PUBLIC_TEXT = (
    "public hashed hash foreign primary partition sort idempotency cache routing object encrypted page next tree socket"
)
_PUBLIC = frozenset(_PUBLIC_TEXT.split())
# Between a name and its value, and telling nothing.
_FILLER_TEXT = (
    "is was to the a as value values string str const let var new return func get set my our in with for env export here now and"
    " it user username"
)
_FILLERS = frozenset(_FILLER_TEXT.split())


class OpaqueValueDetector(SpanDetector):
    """Values without a prefix of their own, next to what says whose they are."""

    secret_type = "Opaque value"  # noqa: S105
    gates = ("",)

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        shapes: dict[str, str] = {}  # on a hostile line, the same over and over
        for match in _CANDIDATE.finditer(line):
            value = _CUT.sub("", match[0])
            if value not in shapes:
                shapes[value] = _shape(value)
            start = match.start()
            if not shapes[value]:
                continue
            before = line[max(0, start - _BEFORE) : start]
            if kind := self._kind(
                before, value, shapes[value], told=_SAID_AFTER.match(line, start + len(value)) is not None
            ):
                yield start, start + len(value), kind

    def _kind(self, before: str, value: str, shape: str, *, told: bool) -> str:
        verdict, distance = _look(before.rpartition(LINE)[2])
        if told and verdict != "harmless":
            return self.secret_type
        if shape == "hex" and _IMAGE.search(before):
            return ""
        given = before.endswith(('"', "'", "= ", "=", ": "))
        near = {"strong": 6, "weak": 2, "hex": 1 + given, "uuid": 1 + given}[shape]
        if verdict == "provider" and distance < near + (shape in {"hex", "uuid"}):
            return "Opaque value next to a provider's name"
        if verdict == "secret" and distance < near:
            return self.secret_type
        if (
            verdict != "harmless"
            and len(value) >= (28 if given else 36)
            and (_is_mixed(value) or ((given or len(value) >= 40) and _is_run(value)))
        ):
            return self.secret_type
        return ""


def _shape(value: str) -> str:
    """How the value is drawn: `strong` (both cases and digits), `weak`, `hex`, `uuid`; or "", for what is not."""
    if values.UUID.fullmatch(value):
        return "uuid"
    if values.HEX.fullmatch(value):
        return "hex" if len(value) >= 20 and len(set(value)) > 6 and not values.FINGERPRINT.fullmatch(value) else ""
    if ".." in value or values.is_harmless(value) or _FILE.search(value) or _POINTER.fullmatch(value):
        return ""
    if values.is_named(value):
        return ""
    named = _NAMED_HEX.fullmatch(value)
    if named and named[1] in HARMLESS:
        return ""
    if "/" in value and not _is_base64(value):
        return ""
    if not values.is_random(value, 14) or decode(value):  # what it says when decoded is looked at by itself
        return ""
    kinds = sum((any(c.isdigit() for c in value), any(c.islower() for c in value), any(c.isupper() for c in value)))
    return "strong" if kinds == 3 and len(value) >= 20 else "weak"


def _is_run(value: str) -> bool:
    """Whether it is digits and letters of one case, more than those of hexadecimal digits."""
    low = value.lower() if value.isupper() else value
    return _RUN.fullmatch(low) is not None and _BEYOND_HEX.search(low) is not None


def _is_mixed(value: str) -> bool:
    return min(sum(map(str.isdigit, value)), sum(map(str.islower, value)), sum(map(str.isupper, value))) > 2


def _is_base64(value: str) -> bool:
    return len(value) >= 24 and all(
        (len(part) > 3 and not values.is_words(part)) or len(part) < 4 for part in value.split("/")
    )


def _look(before: str) -> tuple[str, int]:
    """What the words before a value say, the nearest first, and how many words lie between."""
    pieces = list(_PIECE.finditer(before))[-16:]
    distance = 0
    for index in range(len(pieces) - 1, -1, -1):
        word = pieces[index][0].lower()
        joined = word
        if word in _SECRET:
            public = index and pieces[index - 1][0].lower() in _PUBLIC
            return ("harmless", 0) if public else ("secret", distance)
        if is_provider(word):
            return "provider", distance
        for other in range(index - 1, max(-1, index - 3), -1):
            if pieces[other + 1].start() - pieces[other].end() > 1:
                break
            joined = pieces[other][0].lower() + joined
            if is_provider(joined, whole=True):
                return "provider", distance
        if word in HARMLESS:
            return "harmless", distance
        if word not in _FILLERS:
            distance += 1
    return "", distance

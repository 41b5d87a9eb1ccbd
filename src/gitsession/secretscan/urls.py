"""Credentials in URLs. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector, compiled

_USER_AND_MORE = (
    r"://(?P<user>[^\s:/?#@\"'`<>]{0,100}):"
    r"(?P<secret>[^\s/?#@\"'`<>]{1,200}(?:[/?#][^\s/@\"'`<>]{0,60})?)@(?=[\w\[$%{.-])(?!sha256)"
)
_USER_ONLY = r"://(?P<secret>[A-Za-z0-9_-]{20,200}):?@(?=[\w.-])"
_QUERY = (
    r"(?i:[?&;#](?:[\w-]{0,20}(?:sig|signature|token|auth|code|key|pin|magic|invite|ticket|pwd|pass|passwd|password|secret|appid|app_id|credential|jwt|hmac))"
    r"=)(?P<secret>[^\s&\"'`<>#,;)\]}]{6,2000})"
)
# A part of the path that opens what the one before it names.
_PATH = (
    r"(?i:/(?:[\w.-]{0,30}[_-])?(?:reset|password|invit\w{0,6}|verif\w{0,8}|confirm\w{0,6}|activat\w{0,4}|magic|login|signin|signup|token|auth"
    r"|unlock|private|secret|ical|feed|unsubscribe|t)[\w-]{0,20}?/|/private-|/v\d{1,2}/|://[\w.-]{4,80}/(?=[\w-]{40,300}/?(?:[\s\"'`)>,;]|$)))(?P<secret>(?!0x)[A-Za-z0-9_-]{20,300})(?=[/?#\s\"'`)>,;.]|$)"
)
_ONLY_PART = re.compile(r"://[\w.-]{4,80}/[\w-]{40}")
_PATH_GATES = ("reset", "password", "invit", "verif", "confirm", "activat", "magic", "login", "signin", "signup", "token",
               "auth", "unlock", "private", "secret", "ical", "feed", "unsubscribe", "/t/", "/v")  # fmt: skip
_QUERY_GATES = (
    "sig=",
    "signature=",
    "token=",
    "auth=",
    "code=",
    "key=",
    "magic=",
    "invite=",
    "pwd=",
    "pass=",
    "passwd=",
    "password=",
    "secret=",
    "appid=",
    "app_id=",
    "credential=",
    "jwt=",
    "hmac=",
)


class UrlDetector(SpanDetector):
    """Passwords before the host, and secrets among the parameters."""

    secret_type = "Secret in a URL"  # noqa: S105
    gates = ("://", *_QUERY_GATES)
    fold = True

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        if "://" in line:
            yield from self._paths(line)
        if "://" in line and "@" in line:
            for match in compiled(_USER_AND_MORE).finditer(line):
                if _is_password(match["secret"], match["user"]):
                    yield *match.span("secret"), "Password in a URL"
            for match in compiled(_USER_ONLY).finditer(line):
                if values.is_opaque(match["secret"]) and not values.is_harmless(match["secret"]):
                    yield *match.span("secret"), "Token in a URL"
        if "=" in line and any(sign in line for sign in "?&#"):
            for match in compiled(_QUERY).finditer(line):
                value, name = match["secret"], match[0].partition("=")[0].lower()
                secret = _is_parameter(value, is_password="pass" in name or "pwd" in name)
                if secret and not values.is_harmless(value):
                    yield *match.span("secret"), self.secret_type

    def _paths(self, line: str) -> Iterator[tuple[int, int, str]]:
        if any(gate in line for gate in _PATH_GATES) or _ONLY_PART.search(line):
            for match in compiled(_PATH).finditer(line):
                if _opens(match["secret"]):
                    yield *match.span("secret"), self.secret_type


def _opens(part: str) -> bool:
    return values.is_opaque(part, 20) and not values.is_harmless(part) and not values.UUID.fullmatch(part)


def _is_parameter(value: str, *, is_password: bool) -> bool:
    return values.is_opaque(value) or values.is_letters(value) or (is_password and values.is_password(value))


def _is_password(secret: str, user: str) -> bool:
    if values.is_harmless(secret) or values.is_reference(user) or values.is_stock(secret) or secret == user:
        return False
    return not (secret.isdigit() and len(secret) <= 3)

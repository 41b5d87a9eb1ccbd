"""Credentials in URLs. A plugin of detect-secrets, too."""

from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector, compiled

_USER_AND_MORE = (
    r"://(?P<user>[^\s:/?#@\"'`<>]{0,100}):"
    r"(?P<secret>[^\s/?#@\"'`<>]{1,200}(?:[/?#][^\s/@\"'`<>]{0,60})?)@(?=[\w\[$%{.-])(?!sha256)"
)
_USER_ONLY = r"://(?P<secret>[A-Za-z0-9_-]{20,200}):?@(?=[\w.-])"
_QUERY = (
    r"(?i:[?&;#](?:[\w-]{0,20}(?:sig|signature|token|auth|code|key|pwd|pass|passwd|password|secret|appid|app_id|credential|jwt|hmac))"
    r"=)(?P<secret>[^\s&\"'`<>#,;)\]}]{6,2000})"
)
_QUERY_GATES = (
    "sig=",
    "signature=",
    "token=",
    "auth=",
    "code=",
    "key=",
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
                if values.is_harmless(value):
                    continue
                if values.is_opaque(value) or (("pass" in name or "pwd" in name) and values.is_password(value)):
                    yield *match.span("secret"), self.secret_type


def _is_password(secret: str, user: str) -> bool:
    if values.is_harmless(secret) or values.is_reference(user) or values.is_stock(secret) or secret == user:
        return False
    return not (secret.isdigit() and len(secret) <= 3)

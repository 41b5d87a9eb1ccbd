"""Secrets that the text around them gives away: URLs, headers, commands, keys. A plugin of detect-secrets, too."""

import binascii
import re
from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector

_URL = re.compile(
    r"://(?P<user>[^\s:/?#@\"'`<>]{0,100}):"
    r"(?P<secret>[^\s/?#@\"'`<>]{1,200}(?:[/?#][^\s/@\"'`<>]{0,60})?)@(?=[\w\[$%{.-])"
)
_USER_ONLY = re.compile(r"://(?P<secret>[A-Za-z0-9_-]{20,200})@(?=[\w.-])")
_HEADER = re.compile(
    r"\b(?P<scheme>Bearer|Basic|Token|Bot|ApiKey|SharedAccessSignature|GenieKey|SSWS|Digest)[\s:=]{1,4}(?:token=)?[\"']?"
    r"(?P<secret>[\w.~+/=:%-]{8,2000})",
    re.IGNORECASE,
)
# How the bodies of private keys begin, in base64: PKCS#1 and PKCS#8 of RSA, SEC1 of P-256, OpenSSH.
_KEY_BODIES = ("ibaakc", "ibadan", "mhccaqee", "b3blbnnzac1rzxktdje")
_KEY_FILE = re.compile(
    r"BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?|PuTTY-User-Key-File-\d"
    r"|\bMII[A-Za-z0-9]{2}[A-Za-z]IBA(?:AKC|DAN)[A-Za-z0-9+/]{20,80}|\bMHcCAQEE[A-Za-z0-9+/]{20,80}"
    r"|\bb3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{20,80}"
)
_QUERY = re.compile(
    r"[?&;](?:sig|signature|x-amz-signature|x-goog-signature|access_token|refresh_token|id_token|auth|code|key|pwd|pass|secret|token"
    r"|api[_-]?key|apikey|appid|app_id|client_secret|access_key|accesskey|private_token)=(?P<secret>[^\s&\"'`<>#,;)\]}]{8,600})",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(?:(?<=\s)|^)(?:-u|--user|--proxy-user|-U)[\s=]{1,3}[\"']?[\w.@+-]{0,60}:(?P<secret>[^\s\"']{4,200})"
    r"|(?:mysql|mysqldump|mariadb)\b[^|\n]{0,120}?\s-p(?P<mysql>[^\s\"'-][^\s\"']{4,100})"
    r"|sshpass\s{1,3}-p\s{0,3}[\"']?(?P<sshpass>[^\s\"']{4,100})"
    r"|(?:docker|podman|helm|az|redis-cli)\b[^|\n]{0,120}?\s(?:-p|-a)\s{1,3}[\"']?(?P<docker>[^\s\"']{6,200})"
    r"|\bpassword\s{1,3}(?P<netrc>[^\s\"'`]{6,100})(?=\s{0,4}[\"'`|]?$)"
    r"|IDENTIFIED BY\s{1,3}['\"](?P<sql>[^'\"]{4,100})"
    r"|(?:_auth|_authToken|_password|\"auth\"|\bauth)\s{0,4}[=:]\s{0,4}[\"']?(?P<npmrc>[\w+/=.-]{8,600})"
)


class SecretContextDetector(SpanDetector):
    """Credentials in URLs, headers, command lines; private keys."""

    secret_type = "Credential in context"  # noqa: S105
    gates = (
        "://", "private key", "putty-user-key", "bearer", "basic", "token", "bot", "apikey", "geniekey", "ssws",
        "digest", "sharedaccesssignature", "sig=", "signature=", "auth", "code=", "key=", "pwd=", "pass=", "secret=",
        "appid=", "app_id=", "-u", "--user", "--proxy-user", " -p", " -a", "password", "identified by", *_KEY_BODIES,
    )  # fmt: skip
    fold = True

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        for match in _KEY_FILE.finditer(line):
            yield match.start(), match.end(), "Private key"
        if "://" in line:
            yield from _in_urls(line)
        for match in _QUERY.finditer(line):
            if values.is_random(match["secret"], 12) and not values.is_harmless(match["secret"]):
                yield *match.span("secret"), "Secret in a URL"
        for match in _HEADER.finditer(line):
            if _is_header_secret(match["scheme"].lower(), match["secret"]):
                yield *match.span("secret"), "Authorization header"
        for match in _FLAG.finditer(line):
            group = match.lastgroup or ""
            value = match[group].rstrip("`|,;.")
            if values.is_password(value) and (group != "npmrc" or values.is_random(value) or is_basic(value)):
                yield match.start(group), match.start(group) + len(value), "Password on a command line"


def _in_urls(line: str) -> Iterator[tuple[int, int, str]]:
    for match in _URL.finditer(line):
        if _is_url_secret(match["secret"], match["user"]):
            yield *match.span("secret"), "Password in a URL"
    for match in _USER_ONLY.finditer(line):
        if values.is_random(match["secret"], 20) and not values.is_harmless(match["secret"]):
            yield *match.span("secret"), "Token in a URL"


def _is_url_secret(secret: str, user: str) -> bool:
    if values.is_harmless(secret) or values.is_reference(user):
        return False
    if secret.isdigit() and len(secret) <= 5:  # a port
        return False
    return not values.is_words(secret) or any(c.isdigit() for c in secret)


def _is_header_secret(scheme: str, secret: str) -> bool:
    if values.is_harmless(secret):
        return False
    if scheme == "basic":
        return is_basic(secret)
    return values.is_random(secret, 10 if scheme == "bearer" else 12)


def is_basic(text: str) -> bool:
    """Whether the text is base64 of `user:password`."""
    if len(text) < 8 or len(text) % 4:
        return False
    try:
        plain = binascii.a2b_base64(text, strict_mode=True).decode("utf-8")
    except ValueError:  # not base64, or not UTF-8
        return False
    return ":" in plain and plain.isprintable() and not values.is_placeholder(plain)

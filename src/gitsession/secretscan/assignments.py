"""Secrets that a name gives away: `DB_PASSWORD=...`, `"token": "..."`. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector

_KEYWORD = re.compile(  # in lower case: `re` is four times as slow where it must ignore case itself
    r"(?=[abcehjklmopstwп密口パ비ş_])(?:"
    r"(?P<password>pass(?:word|wd|phrase|code)|pass(?![a-z])|pwd|(?<![a-z])psw|(?<![a-z])pw(?![a-z])"
    r"|kennwort|passwort|contrase[nñ]a|senha|mot[ _]de[ _]passe"
    r"|wachtwoord|lösenord|adgangskode|salasana|hasło|heslo|lozinka|parola|şifre|парол[ья]|密码|密碼|口令|パスワード|비밀번호)"
    r"|(?P<token>secret|token|credential|bearer|authorization|auth(?![ou]r)|apikey"
    r"|(?:api|access|private|signing|account|encryption|client|service|shared|license)[ _.-]{0,2}key"
    r"|signature(?==)|sig(?==)|_pat(?=[\W_])|(?<![a-z])(?:cookie|jwt|otp|seed|webhook)(?![a-z]))"
    r"|(?P<key>key))"
)
_TAIL = re.compile(
    r"(?P<rest>[\w.$-]{0,40}?)[\"'`\])*]{0,3}"
    r"(?:\s{0,4}:?\s{0,2}(?:string|str|String|&str|char\s?\*)\b\??)?"
    r"(?P<sep>\s{0,20}(?:[?:.+|]=|:{2,3}=|={1,3}>?|:(?!:)|\uff1a|->)\s{0,20}"
    r"|[\"']?\s{0,4},\s{0,4}(?=[\"'])|\s{0,4}\|\s{0,4}"
    r"|\s(?:for|of|to|on)\s[\w@./ -]{1,40}?(?:\s{0,2}[:=]|\s(?:is|was))\s{1,3}"
    r"|\s{1,3}(?:is|was|to|value=|-)\s{1,3}|\s{1,4}value=(?=[\"'])|>(?=[^<>]{4,400}(?:</|$))|\s{1,20}|-)"
    r"(?:(?:Bearer|Basic|Token|Bot|token|basic|bearer|ApiKey|Key)\s{1,4})?",
)
_VALUE = re.compile(
    r"(?:[bruf]{1,2}(?=[\"']))?(?:\"(?P<double>[^\"\n]{1,2400})\"|'(?P<single>[^'\n]{1,2400})'|`(?P<back>[^`\n]{1,2400})`"
    r"|(?P<bare>(?:[^\s\"'`,;<>|\\]|\\(?![nrtu\"'\\/])){1,250}))"
)
_HARMLESS_REST = re.compile(  # what turns the name into that of something else: `token_type`, `secretary`, `tokenizer`
    r"s?[_.-]?(?:id|ids|name|names|type|file|path|dir|url|uri|hash|digest|length|len|size|count|limit|budget|max|min|field"
    r"|label|index|version|format|prefix|suffix|alias|expiry|expires|expires_in|ttl|policy|usage|ring|board|word|words"
    r"|store|map|code|iz\w{0,20}|ary|ation|fingerprint|algorithm|status|scope|scopes|provider|manager|env|ref|columns?)$"
    r"|[\w-]{0,40}\.(?:py|pyi|js|jsx|ts|tsx|go|rs|rb|java|kt|c|cc|cpp|h|cs|php|md|rst|html|css|sql|sh)$",
    re.IGNORECASE,
)
_HARMLESS_START = re.compile(  # the same before it: `public key`, `hashed_secret`, `monkey`, `compass`
    r"(?:public|hashed|foreign|primary|partition|sort|idempotency|public[_-]?ssh|page|next|cursor|csrf|xsrf|continuation"
    r"|etag|checksum|digest|sha\d{0,3}|commit|hash|integrity|nonce|cache)[ _.-]{0,2}$"
    r"|(?<![a-z])(?:mon|tur|don|hoc|whis|com|encom|by|sur|tres|over|under|bi|en)$",  # monkey, compass
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"[A-Z0-9]_[A-Z0-9_]{3,}$")
_JOINERS = tuple("_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_TRAILING = ".,;:!?)]}*&"


class SecretAssignmentDetector(SpanDetector):
    """Values given to a secret-like name, quoted or not, whatever the syntax."""

    secret_type = "Secret in an assignment"  # noqa: S105
    gates = (
        "pass", "pwd", "psw", "pw", "kennwort", "contrase", "senha", "mot de", "mot_de",
        "wachtwoord", "lösenord", "adgangskode", "salasana", "hasło", "heslo", "lozinka", "parola", "şifre", "парол",
        "密码", "密碼", "口令", "パスワード", "비밀번호",
        "secret", "token", "credential", "key", "auth", "bearer", "signature=", "sig=", "_pat",
        "cookie", "jwt", "otp", "seed", "webhook",
    )  # fmt: skip
    fold = True

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        judged: dict[tuple[str, ...], bool] = {}  # on a hostile line, the same over and over
        harmless: dict[str, bool] = {}
        for word in _KEYWORD.finditer(values.fold(line)):
            tail = _TAIL.match(line, word.end())
            if not tail or _HARMLESS_REST.match(tail["rest"]):
                continue
            if (
                line[word.start() : word.end()] == "PASS"
                and tail["sep"].strip() == ":"
                and not line[: word.start()].endswith(_JOINERS)
            ):
                continue  # a test runner's verdict
            before = line[max(0, word.start() - 20) : word.start()]
            if before not in harmless:
                harmless[before] = _HARMLESS_START.search(before) is not None
            if harmless[before]:
                continue
            match = _VALUE.match(line, tail.end())
            if not match:
                continue
            group = match.lastgroup or "bare"
            start, value = match.start(group), match[group]
            if group == "bare":
                value = value.rstrip(_TRAILING)
            name = line[max(0, word.start() - 40) : word.end()] + tail["rest"]
            if value and word.lastgroup == "password" and _VARIABLE.search(name) and _is_word(tail["sep"], value):
                yield start, start + len(value), "Password"
                continue
            case = (word.lastgroup or "key", tail["sep"].strip(), group, value, line[match.end() : match.end() + 40])
            if case not in judged:
                judged[case] = bool(value) and _is_secret(*case)
            if judged[case]:
                kind = "Password" if word.lastgroup == "password" else self.secret_type
                yield start, start + len(value), kind


def _is_secret(strength: str, separator: str, group: str, value: str, after: str) -> bool:
    if values.is_harmless(value):
        return False
    if separator in {"", "-", "is", "was", "to"}:  # prose, or a flag of a command
        if strength == "key" and values.FINGERPRINT.fullmatch(value):
            return False
        if separator == "-":  # `max-tokens-3-5-sonnet-2024-07-15`: names are joined like that
            name, _, end = value.rpartition("-")  # ... and `0002-fix-token-of-the-feed-k3f9.md`: words and a short id
            return values.is_random(value.replace("-", ""), 20) and not (len(end) < 10 and values.is_words(name))
        if "=" in value.rstrip("="):  # a name of its own
            return False
        least = {"password": 8 if group != "bare" else 10, "key": 16}.get(strength, 10)
        return " " not in value and values.is_random(value, least)
    if separator.endswith(","):  # a call's arguments, or only a list of words
        return " " not in value and values.is_random(value, 12) and not values.UUID.fullmatch(value)
    if strength == "password":
        if group == "bare" and separator == ":" and not _ends(after):
            return values.is_random(value, 8)
        return values.is_password(value) and (" " not in value or values.is_random(value))
    if " " in value:
        return False
    if values.UUID.fullmatch(value):
        return strength == "token"
    return values.is_random(value, 8 if strength == "token" else 16)


def _is_word(separator: str, value: str) -> bool:
    """Whether a word is the password of a variable of the environment, as in `REDIS_PASS=` before it."""
    plain = separator in {"=", ": "} and len(value) >= 7 and value.isalnum() and value.islower()
    return plain and not values.is_stock(value) and not values.is_harmless(value)


def _ends(after: str) -> bool:
    """Whether nothing but punctuation follows: in prose, a sentence goes on."""
    return not any(c.isalnum() for c in after)

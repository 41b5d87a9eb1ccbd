# ruff: noqa: RUF001  names in other scripts
"""Secrets that a name gives away: `DB_PASSWORD=...`, `"token": "..."`. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.nearby import HARMLESS
from gitsession.secretscan.plugin import SpanDetector

# In lower case: `re` is four times as slow where it must ignore case itself.
_PASSWORDS = (
    r"pass(?:word|wd|phrase|code)|passord|pass(?![a-z])|pwd|(?<![a-z])psk(?![a-z])|(?<![a-z])psw|(?<![a-z])pw(?![a-z])"
    r"|kennwort|passwort|contrase[nñ]|contrasenya|(?<![a-z])clave|senha|mot[ _]de[ _]passe|wachtwoord|lösenord|adgangskode"
    r"|salasana|hasło|heslo|geslo|lozinka|zaporka|parol[ae]|parool|şifre|jelsz|kata sandi|kata laluan|mật khẩu|lykilorð|slaptažod"
    r"|парол[ья]|лозинка|κωδικ|סיסמ|كلمة المرور|كلمة السر|رمز عبور|گذرواژه|รหัสผ่าน|पासवर्ड|密码|密碼|口令|パスワード|비밀번호"
)
_TOKENS = (
    r"secret|segreto|segredo|token|jeton|credential|bearer|authorization|auth(?![ou]r)|apikey"
    r"|(?:api|access|private|signing|account|encryption|client|service|shared|license)[ _.-]{0,2}key"
    r"|signature(?==)|sig(?==)|_pat(?=[\W_])|_salt|(?<![a-z])(?:cookie|jwt|otp|seed|webhook)(?![a-z])"
    r"|токен|секрет|令牌|密钥|密鑰|秘钥|トークン|토큰|시크릿"
)
_KEYS = r"key|schlüssel|schluessel|(?<![a-z])clé|chave|chiave|klucz|nyckel|sleutel|ключ|キー|秘密鍵|키(?=[\s:=])"
_FIRST = r"(?=[_abceghjklmnopstwzşκклпстסركگपรキトパ令口密秘비시키토])"  # what each of them begins with
_KEYWORD = re.compile(rf"{_FIRST}(?:(?P<password>{_PASSWORDS})|(?P<token>{_TOKENS})|(?P<key>{_KEYS}))")
_IS = r"(?:is|was|are|to|from|as|ist|lautet|war|est|es|era|é|è|je|jest|to|on|är|er|este|adalah|auf|naar|till?|на|là|είναι|is:|was:|—|–|→|=>|-)"
_TAIL = re.compile(
    r"(?P<rest>[\w.$-]{0,40}?)[\"'`\])*]{0,3}"
    r"(?:\s{0,4}(?::|As\s)?\s{0,2}(?:[Ss]tring|str|&(?:'static\s)?str|char\s?\*|SecureString)\b\??)?(?:\s\d{1,2}(?=[:=]))?"
    r"(?P<sep>\s{0,20}(?:[?:.+|]=|:{2,3}=|={1,3}>?|:(?!:)|\uff1a|->)\s{0,20}"
    r"|[\"']?\s{0,4},\s{0,4}[\"']?\w{0,12}(?i:value)[\"']?\s{0,4}[:=]\s{0,4}"
    r"|[\"']?\s{0,4},\s{0,12}(?=[\"'])|\s{0,4}\|\s{0,4}|\(\s{0,2}(?=[\"'])"
    r"|\s(?:for|of|to|on)\s[\w@./ -]{1,40}?(?:\s{0,2}[:=]|\s(?:is|was))\s{1,3}"
    rf"|(?:\s(?!{_IS}\s(?!\w{{2,8}}(?:ed|et)\s))[^\W\d_][^\W\d_'.-]{{0,20}}){{1,4}}(?:\s{{0,2}}[:=：]|\s{_IS})\s{{1,3}}"
    rf"|\s{{1,3}}(?:{_IS}|value=)\s{{1,3}}|\s{{0,2}}(?:是|为|為)\s{{0,2}}|\s{{1,4}}(?:value|content)=(?=[\"'])|>(?=[^<>]{{4,400}}(?:</|$))|\s{{1,20}}|-)"
    r"(?:(?:Bearer|Basic|Token|Bot|token|basic|bearer|ApiKey|Key)\s{1,4})?",
)
_VALUE = re.compile(
    r"(?:[brufN]{1,2}(?=[\"']))?(?:[\w.:]{1,40}\((?=[\"']))?"
    r"(?:\"(?P<double>[^\"\n]{1,2400})\"|'(?P<single>[^'\n]{1,2400})'|`(?P<back>[^`\n]{1,2400})`"
    r"|(?P<bare>(?:[^\s\"'`,;<>|\\，。；、」）]|\\(?![nrtu\"'\\/])){1,250}))"
)
_HARMLESS_REST = re.compile(  # what turns the name into that of something else: `token_type`, `secretary`, `tokenizer`
    r"s?[_.-]?(?:id|ids|name|names|type|file|path|dir|url|uri|hash|digest|length|len|size|count|limit|budget|max|min|field"
    r"|label|index|version|format|prefix|suffix|alias|expiry|expires|expires_in|ttl|policy|usage|ring|board|word|words"
    r"|store|map|service|server|gateway|bucket|endpoint|code|iz\w{0,20}|ary|ation|fingerprint|algorithm|status|scope|scopes|provider|manager|env|ref|columns?)$"
    r"|[\w-]{0,40}\.(?:py|pyi|js|jsx|ts|tsx|go|rs|rb|java|kt|c|cc|cpp|h|cs|php|md|rst|html|css|sql|sh|tar|tgz|gz|zip|txt|json|ya?ml|toml|lock|log|csv)$",
    re.IGNORECASE,
)
_HARMLESS_START = re.compile(  # the same before it: `public key`, `hashed_secret`
    r"(?:public|hashed|foreign|primary|partition|sort|idempotency|public[_-]?ssh|page|next|cursor|csrf|xsrf|continuation"
    r"|etag|checksum|digest|sha\d{0,3}|commit|hash|integrity|cache|websocket)[ _.-]{0,2}$|nonce[ _.-]{1,2}$"
    r"|\$\{\w{0,18}$",  # `${PASSWORD:?required}`
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?<![a-z])(?:(?:mon|tur|don|hoc|whis)key|(?:com|encom|by|sur|tres|over|under)pass)", re.IGNORECASE
)
_ID_OF_KEY = re.compile(r"access[_ .-]?key[\W_]?id", re.IGNORECASE)  # a login, and seldom without its secret
_OWNER = re.compile(r"(?:[A-Z]?[a-z]{2,20}|[A-Z]{3,20})[_-]?$")  # whose a key is: `acme_key`, `acmeKey`
_OTHERS = HARMLESS | {"dedup", "dedupe", "dict", "lookup", "natural", "storage", "surrogate", "unique"}
_IMAGE = re.compile(r"\w/[\w.-]{0,20}$")  # `acme/token:3f2a...`
_ARN = re.compile(r"\barn:[\w:/.-]{0,70}$")
_REACH = 400  # characters, more than a tail can have
_VARIABLE = re.compile(r"[A-Z0-9]_[A-Z0-9_]{3,}$")
_SAID = re.compile(r"[^\W\d_]|[—–→]|=>|^-$")
_OF = re.compile(r"(?:for|of|to|on)\s.*[:=]$|.*(?:value|content)[\"']?\s{0,4}[:=]$|[是为為]", re.IGNORECASE | re.DOTALL)
_MOVES = frozenset({"to", "from", "on", "as"})
_CHANGED = re.compile(r"chang|rotat|reset|updat|replac|\bset\b", re.IGNORECASE)
_THEN = re.compile(
    r"[\"'`*]{0,3}\s{1,3}(?:to|->|→|=>)\s{1,3}[\"'`*]{0,3}(?P<v>[^\s\"'`,;|]{8,200})"
)  # what it was changed to
_ADDRESS = re.compile(r"[#:@/]|\.(?:tgz|tar|zip|whl|jar)|(?:^|-)[0-9a-f]{32,}$")
_WORDS = re.compile(
    r"[a-z]{3,10}(?:-[a-z]{3,10}){3,9}|[a-z]{3,10}(?: [a-z]{3,10}){3,9}|[a-z]{3,10}(?:\.[a-z]{3,10}){3,9}"
)
_PAIR = re.compile(r"[a-z]{4,10}(?: [a-z]{4,10}){1,2}")
_SAYING_TEXT = """
the and for with not must can may should has have are was from into only your our their its all any each more least than
this that these those when where which who how why what then one two too long short again also here there now
enter confirm forgot change repeat current reset create update show set use add get new field form label title input
characters character contain contains letters digits numbers minimum required invalid mismatch strength policy rule
"""
_SAYING = frozenset(_SAYING_TEXT.split())  # words of sentences and of names in a program, not of a passphrase
_JOINERS = tuple("_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_TRAILING = ".,;:!?)]}*&"


class SecretAssignmentDetector(SpanDetector):
    """Values given to a secret-like name, quoted or not, whatever the syntax."""

    secret_type = "Secret in an assignment"  # noqa: S105
    gates = (
        "pass", "pwd", "psw", "pw", "kennwort", "contrase", "clave", "senha", "mot de", "mot_de", "wachtwoord", "lösenord", "adgangskode",
        "salasana", "hasło", "heslo", "geslo", "lozinka", "zaporka", "parol", "şifre", "jelsz", "kata sandi", "kata laluan", "mật khẩu",
        "lykilorð", "slaptažod", "парол", "лозинка", "κωδικ", "סיסמ", "كلمة", "رمز عبور", "گذرواژه", "รหัสผ่าน", "पासवर्ड",
        "密码", "密碼", "口令", "パスワード", "비밀번호",
        "secret", "segre", "token", "jeton", "credential", "key", "auth", "bearer", "signature=", "sig=", "_pat", "_salt",
        "cookie", "jwt", "otp", "seed", "webhook", "токен", "секрет", "令牌", "密钥", "密鑰", "秘钥", "トークン", "토큰", "시크릿",
        "schlüssel", "schluessel", "clé", "chave", "chiave", "klucz", "nyckel", "sleutel", "ключ", "キー", "秘密鍵", "키", "psk",
    )  # fmt: skip
    fold = True

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        judged: dict[tuple[str, ...], bool] = {}  # on a hostile line, the same over and over
        harmless: dict[str, bool] = {}
        for word, tail in _names(line):
            before = line[max(0, word.start() - 80) : word.start()]
            if before not in harmless:
                harmless[before] = bool(_HARMLESS_START.search(before[-20:]) or _ARN.search(before))
            if harmless[before] or (tail["sep"] == ":" and _IMAGE.search(before[-20:])):
                continue
            match = _VALUE.match(line, tail.end())
            if not match:
                continue
            group = match.lastgroup or "bare"
            start, value = match.start(group), match[group]
            if group == "bare":
                value = value.rstrip(_TRAILING)
            name = line[max(0, word.start() - 40) : word.end()] + tail["rest"]
            strength = _strength(word, tail["rest"], before, value)
            if value and word.lastgroup == "password" and _VARIABLE.search(name) and _is_word(tail["sep"], value):
                yield start, start + len(value), "Password"
                continue
            separator = "is" if tail["sep"].strip() == "-" != tail["sep"] else tail["sep"].strip()
            case = (strength, separator, group, value, line[match.end() : match.end() + 40])
            if case not in judged:
                judged[case] = bool(value and strength) and _is_secret(*case)
            if judged[case]:
                kind = "Password" if word.lastgroup == "password" else self.secret_type
                yield start, start + len(value), kind
                yield from _changed_to(line, start + len(value), kind)


def _names(line: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Each secret-like name in the line, with what stands between it and its value."""
    bare: set[str] = set()  # what cannot lead to a value: on a hostile line, the same over and over
    for word in _KEYWORD.finditer(values.fold(line)):
        behind = line[word.end() : word.end() + _REACH]
        if behind in bare:
            continue
        tail = _TAIL.match(line, word.end())
        if not tail:
            bare.add(behind)
        elif _is_verdict(line, word, tail["sep"]) or _INSIDE.search(line, max(0, word.start() - 5), word.end()):
            continue
        elif not _HARMLESS_REST.match(tail["rest"]) or _ID_OF_KEY.fullmatch(
            line[word.start() : word.end()] + tail["rest"]
        ):
            yield word, tail


def _strength(word: re.Match[str], rest: str, before: str, value: str) -> str:
    """What the name says of its value: a password, a token, a key; or "", where it is the id of a key and no key itself."""
    if _HARMLESS_REST.match(rest) and not (values.is_random(value) and value.isalnum()):
        return ""
    if word.lastgroup == "key" and values.UUID.fullmatch(value) and _is_owned(before):
        return "token"
    return word.lastgroup or "key"


def _changed_to(line: str, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    """The new value, where the one that ends there was changed."""
    if then := _THEN.match(line, end):
        start, new = then.start("v"), then["v"].rstrip(_TRAILING)
        if values.is_opaque(new, 8) or values.is_chosen(new):
            yield start, start + len(new), kind


def _is_owned(before: str) -> bool:
    """Whether a key is named for someone, and not for what it is the key of."""
    owner = _OWNER.search(before)
    return owner is not None and owner[0].rstrip("_-").lower() not in _OTHERS


def _is_verdict(line: str, word: re.Match[str], separator: str) -> bool:
    """Whether it is the `PASS:` of a test runner."""
    verdict = line[word.start() : word.end()] == "PASS" and separator.strip() == ":"
    return verdict and not line[: word.start()].endswith(_JOINERS)


def _is_secret(strength: str, separator: str, group: str, value: str, after: str) -> bool:
    if values.is_harmless(value):
        return False
    said = _SAID.search(separator)
    if not separator or separator == "-" or (said and not _OF.match(separator)):  # prose, or a flag of a command
        return _is_said(strength, separator, group, value)
    if separator.endswith((",", "(")):  # a call's arguments, or only a list of words
        if " " in value or values.UUID.fullmatch(value):
            return False
        if strength == "password":
            return values.is_random(value, 12 if separator[-1] == "," else 8) or values.is_chosen(value)
        return values.is_random(value, 12) if separator[-1] == "," else values.is_strong(value, 16)
    if strength == "password":
        if group == "bare" and separator == ":" and not _ends(after):
            return values.is_random(value, 8) or values.is_chosen(value)
        least = 2 if group in {"single", "double"} else 3
        if (group != "bare" or _ends(after)) and _is_phrase(value, least):
            return True
        return values.is_password(value) and (" " not in value or values.is_random(value))
    if " " in value:
        return False
    if values.UUID.fullmatch(value):
        return strength == "token"
    if strength == "token" and (_is_phrase(value) or (":" in value and values.is_chosen(value.rpartition(":")[2]))):
        return True
    return _is_drawn(strength, group, value)


def _is_said(strength: str, separator: str, group: str, value: str) -> bool:
    """Whether prose gives a secret away: what is meant there has to look like one."""
    words = separator.lower().split()
    if strength != "password":
        if values.FINGERPRINT.fullmatch(value) or not HARMLESS.isdisjoint(re.findall(r"[a-z]+", separator.lower())):
            return False
        if words and words[-1] in _MOVES and values.HEX.fullmatch(value) and not _CHANGED.search(separator):
            return False
    if strength == "password" and group != "bare" and _is_phrase(value):
        return True
    if values.is_named(value):
        return False
    if separator == "-":  # `max-tokens-3-5-sonnet-2024-07-15`: names are joined like that
        return not _ADDRESS.search(value) and values.is_random(value.replace("-", ""), 20)
    if "=" in value.rstrip("="):  # a name of its own
        return False
    if strength == "password" and values.is_chosen(value):
        return True
    least = {"password": 8 if group != "bare" else 10, "key": 16}.get(strength, 10)
    return " " not in value and values.is_random(value, least)


def _is_drawn(strength: str, group: str, value: str) -> bool:
    if len(value) > 31 and values.is_named(value):
        return False
    if strength == "token" and values.has_drawn_part(value):
        return True
    if strength == "key" and group != "bare" and values.is_strong(value, 12) and values.is_drawn(value, 12):
        return True
    least = 8 if strength == "token" else 16
    return values.is_random(value, least) or values.is_letters(value)


def _is_phrase(value: str, least: int = 3) -> bool:
    """Whether it is several words in a row that say nothing: `orchid-canyon-velvet-rocket`."""
    words = re.split(r"[-_. ]", value) if _WORDS.fullmatch(value) or _PAIR.fullmatch(value) else []
    return len({*words}) >= least and not any(values.is_stock(w) or w in _SAYING for w in words)


def _is_word(separator: str, value: str) -> bool:
    """Whether a word is the password of a variable of the environment, as in `REDIS_PASS=` before it."""
    plain = separator in {"=", ": "} and len(value) >= 7 and value.isalnum() and value.islower()
    return plain and not values.is_stock(value) and not values.is_harmless(value)


def _ends(after: str) -> bool:
    """Whether nothing but punctuation follows: in prose, a sentence goes on."""
    return not any(c.isalnum() for c in after)

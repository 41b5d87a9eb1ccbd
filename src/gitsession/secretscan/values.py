"""Is this value a secret, or something that only stands where a secret would stand?"""

import binascii
import re
from itertools import pairwise

_PLACEHOLDER_WORDS = re.compile(
    r"example|changeme|change[-_ ]me|replace|placeholder|redacted|removed|hidden|masked|sample|insert|your[-_ ]"
    r"|not[-_ ]a|not[-_ ]real|\*\*\*|\.\.\.|…|####|0000000|deadbeef|foobar|xxxxxx|abcdefghijklm|randomstring",
    re.IGNORECASE,
)
# Short enough to turn up by chance in a long random value.
_SHORT_PLACEHOLDER_WORDS = re.compile(r"xxxx|dummy|fake|todo|fixme|lorem", re.IGNORECASE)
_LONG = 48
_ENOUGH = 150  # characters of a value, to tell how it was made
_REFERENCE = re.compile(
    r"[$<{\[(\\|]|[%@&*!](?:[A-Za-z_.:-]{0,60}%?$|[^A-Za-z0-9])|~/|\.{0,2}/|[A-Za-z]:\\"  # a variable, template, tag, call, path
    r"|(?:os|process|env|ENV|self|this|cls|config|settings|secrets|vars?|local|data|params|request|args|options|kwargs)"
    r"[.\[(]"
    r"|(?:vault|op|file|env|arn|ssm|secret|secrets|keyring|keychain|sops|gcp|aws|https?|kms|doppler|bao)(?::|/{2})"
)
_CALL = re.compile(r"[A-Za-z_][\w.:]{0,60}(?:\(|\[|\{|<)")
_CODE = re.compile(r"\$\{|\{\{|\$\(|<%|#\{|\[[A-Za-z0-9]-|\\[wdsb]|\(\?|\{\d")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_]*(?:(?:[.:/]|::|->)[A-Za-z_]+)*")
_SHAPE = re.compile(
    r"v?\d+(?:\.\d+){1,4}(?:[-+]\S{0,60}|\S{0,20})"  # a version
    r"|\d{4}-\d\d-\d\d\S{0,20}"  # a date
    r"|[\w.-]{1,80}-\d{1,5}-g[0-9a-f]{7,40}"  # what `git describe` says
    r"|[a-z][\w.+-]{0,24}@[\w-]{1,40}\.[a-z]{2,}"  # an e-mail address
    r"|(?:sha\d{1,3}|md5|h1|sha\d{3}sum)[:-]\S{8,}"  # a digest that says so
    r"|0[1-7][0-9A-HJKMNP-TV-Z]{24}"  # a ULID
    r"|(?:[xyztuv]pub|npub1|age1)[0-9A-Za-z]{50,120}"  # what is public of a wallet or a key
    r"|(?:bc|tb|ltc|addr|stake|cosmos|osmo|terra|inj|juno|celestia|erd|kava)1[02-9ac-hj-np-z]{38,110}"  # its address
    r"|Ag[AB][\w+/]{150,4000}={0,2}"  # a sealed secret of Kubernetes
    r"|Qm[1-9A-HJ-NP-Za-km-z]{44}|baf[a-z2-7]{50,90}"  # a content id of IPFS
    r"|(?:toolu|msg|call|chatcmpl|req|run|resp|evt|item|thread|file|asst|batch|sess|session|job|task|step"
    r"|cus|pi|in|sub|prod|price|ch|vs|fc|rs|prj|dpl|acct)[_-]\w{6,}(?:\|\w{6,})?"  # ids that services hand out
)
# A word with a number that is the name of something else: of an algorithm, a standard, a program.
_NUMBERED = re.compile(
    r"(?:sha|md|aes|rsa|dsa|ecdsa|ed|curve|secp|x|p|hs|rs|es|ps|hmac|utf|iso|rfc|cve|base|argon|b?s?crypt|pbkdf|blake|keccak"
    r"|oauth|ipv|tls|ssl|http|web|python|py|node|java|jdk|php|windows|win|ubuntu|debian|postgres\w{0,3}|mysql|redis|es|vue"
    r"|angular|test|case|step|line|issue|user|item|page|error|code|version|option|column|field|row|part|phase|level|sprint)"
    r"-?\d{1,5}(?:bit|id|[a-z])?",
    re.IGNORECASE,
)
_TYPED = re.compile(r"(?=.{0,40}[A-Za-z])[A-Za-z0-9!#$%^&*?@+=~]{7,40}")
_SIGNS = re.compile(r"[!#$%^&*?@+=~]")
HEX = re.compile(r"[0-9a-f]{6,128}|[0-9A-F]{6,128}")
FINGERPRINT = re.compile(r"[0-9A-F]{16}(?:[0-9A-F]{24})?")  # of an OpenPGP key, which is public
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LETTERS = re.compile(r"[A-Za-z]+")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STOCK_TEXT = """
password passwd pass pwd passphrase passcode secret secrets token apitoken key apikey user username name value values string str
text none null nil true false yes no on off default empty unset undefined required optional disabled enabled hidden missing
test testing tests demo guest admin root postgres mysql mariadb redis mongo mongodb rabbitmq minio elastic kafka localhost db
database app server service client api auth login mypassword yourpassword userpass my_password your_password mysecret password1
pass123 secret123 password123 abc123 123456 12345678 changeit basic bearer prompt stdin file env input here this that
the same above below new old reset update development production staging local internal private public custom manual auto
generated random unknown invalid wrong correct valid empty blank word words phrase hash hashed encrypted plain plaintext cleartext
"""
_LONG_NUMBERS = re.compile(r"\d{9,30}[-_.]\d{9,30}")
_JOINERS = re.compile(r"[\W_]+")
_SEPARATOR = re.compile(r"[-._:/+~@]+")
_STOCK = frozenset(_STOCK_TEXT.split())
# The pairs of letters that make up about two thirds of English text.
_PAIR_TEXT = """
th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro
ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so
rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl
ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt
oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt pi rc rr eg au ck
ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn nu af
hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa
"""
_PAIRS = frozenset(_PAIR_TEXT.split())


def fold(text: str) -> str:
    """The text in lower case, with each character in its place: some capitals are two characters small."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(min(c.lower(), c, key=len) for c in text)


def is_placeholder(value: str) -> bool:
    """Whether the value says itself that it is none: `<token>`, `changeme`, `xxxxxxxx`, `...`."""
    if _PLACEHOLDER_WORDS.search(value) or (len(value) < _LONG and _SHORT_PLACEHOLDER_WORDS.search(value)):
        return True
    plain = value.strip("-_.=:/ ")
    return len(set(plain.lower())) < min(5, max(3, len(plain) // 4))


def is_reference(value: str) -> bool:
    """Whether the value only names where the secret is: a variable, a call, a path, a template, a pattern."""
    return bool(_REFERENCE.match(value) or _CALL.match(value) or _CODE.search(value) or _SHAPE.fullmatch(value))


def is_words(value: str) -> bool:
    """Whether the letters read as words, in any spelling of names (`order-2024-11`, `useAuthToken`, `SECRET_KEY`)."""
    runs = _LETTERS.findall(value)
    if not runs:
        return False
    total = fit = 0
    for run in runs:
        for word in _HUMPS.findall(run):
            low = word.lower()
            pairs = [low[i : i + 2] for i in range(len(low) - 1)]
            total += max(1, len(pairs))
            fit += sum(pair in _PAIRS for pair in pairs)
    letters = sum(map(len, runs))
    digits = sum(c.isdigit() for c in value)
    mixed = len(re.findall(r"[A-Za-z]\d|\d[A-Za-z]", value))
    return fit >= 0.62 * total and mixed <= max(1, len(value) // 16) and letters >= digits and _few_humps(runs)


def _few_humps(runs: list[str]) -> bool:
    """Whether words are as long as words: text drawn at random changes case every other letter."""
    humps = sum(len(_HUMPS.findall(run)) for run in runs)
    return sum(map(len, runs)) >= 3 * humps


def _is_name(value: str) -> bool:
    """Whether it is put together from words, numbers and short marks: `gpt-4o-2024-05-13`, `cmp2-qat-1208358310`, `1.41v.5h4v-.5c0`."""
    pieces = _SEPARATOR.split(value)
    if len(pieces) < 2:
        return False
    mixed = [p for p in pieces if not p.isdigit() and not (p.isalpha() and (len(p) < 5 or is_words(p)))]
    if all(len(p) < 5 for p in mixed) and len(mixed) < 3:
        return True
    return "." in value and max(map(len, pieces)) < 6 and len({len(p) for p in pieces}) > 2


def is_random(value: str, least: int = 16) -> bool:
    """Whether the value looks drawn by a machine: letters with digits or in both cases, no words, `least` long."""
    value = value[:_ENOUGH]
    if len(value) < least or len(set(value)) < min(10, least // 2 + 2) or is_words(value) or _is_name(value):
        return False
    kinds = [any(c.isdigit() for c in value), any(c.islower() for c in value), any(c.isupper() for c in value)]
    return sum(kinds) >= 2


def is_drawn(value: str, least: int = 16) -> bool:
    """Whether it changes between capitals, small letters and digits as often as what a machine draws, and no name does."""
    value = _JOINERS.sub("", value[:_ENOUGH])
    kinds = [1 if c.isdigit() else 2 if c.islower() else 3 for c in value]
    changes = sum(one != other for one, other in pairwise(kinds))
    return 3 * changes > len(value) and is_random(value, least)


def has_drawn_part(value: str) -> bool:
    """Whether it is words and numbers and a part that a machine drew: `FLOWER_TEST-5077162239b0`."""
    if len(value) < 16:
        return False
    return any(is_random(part, 12) for part in _JOINERS.split(value)) or _LONG_NUMBERS.search(value) is not None


def is_chosen(value: str) -> bool:
    """Whether the value looks like a password that a person chose: a word to which digits or signs were put."""
    if not _TYPED.fullmatch(value) or HEX.fullmatch(value) or _NUMBERED.fullmatch(value):
        return False
    digits = sum(map(str.isdigit, value))
    if is_harmless(value) or is_stock(value) or sum(map(str.isalpha, value)) < 3:
        return False
    return digits > 1 or (digits == 1 and _SIGNS.search(value) is not None)


def is_strong(value: str, least: int = 10) -> bool:
    """Whether the value is random, of capitals, small letters and digits: what no flag, path or name looks like."""
    return (
        any(map(str.isdigit, value))
        and any(map(str.islower, value))
        and any(map(str.isupper, value))
        and "/" not in value
        and is_random(value, least)
        and not is_harmless(value)
    )


def is_named(value: str) -> bool:
    """Whether it is words and a short id (`0002-fix-token-of-the-feed-k3f9`), or words and a digest."""
    name, _, end = value.rpartition("-")
    if not name or not is_words(name):
        return False
    return len(end) < 10 or (len(end) > 31 and name.count("-") > (len(end) < 40) and HEX.fullmatch(end) is not None)


def is_letters(value: str) -> bool:
    """Whether the value is made of letters in one case, and many of them, that make no words."""
    return (
        len(value) >= 16
        and value.isascii()
        and value.isalpha()
        and (value.islower() or value.isupper())
        and not is_words(value)
    )


def is_opaque(value: str, least: int = 12) -> bool:
    """Whether the value looks drawn by a machine, in whatever alphabet: random text, a UUID or hexadecimal digits."""
    return is_random(value, least) or bool(
        UUID.fullmatch(value) or (len(value) >= 16 and HEX.fullmatch(value) and len(set(value)) > 6)
    )


def is_stock(value: str) -> bool:
    """Whether it is a word that documents and defaults write where a password goes."""
    return value.lower().strip("-_.!?:") in _STOCK or value.isspace()


def is_basic(text: str) -> bool:
    """Whether the text is base64 of `user:password`."""
    if len(text) < 8 or len(text) % 4:
        return False
    try:
        plain = binascii.a2b_base64(text, strict_mode=True).decode("utf-8")
    except ValueError:  # not base64, or not UTF-8
        return False
    plain = plain.replace("\0", ":")  # between the parts of SASL's PLAIN
    return ":" in plain and plain.isprintable() and not is_placeholder(plain)


def is_harmless(value: str) -> bool:
    """Placeholders and references: never a secret, whatever name they are given."""
    return is_placeholder(value) or is_reference(value)


def is_password(value: str, *, least: int = 6) -> bool:
    """Whether a value given to a password-like name is one. Words alone are prose or names; a mix of kinds is not."""
    if len(value) < least or is_harmless(value) or is_stock(value) or (_NAME.fullmatch(value) and is_words(value)):
        return False
    if value.isdigit():
        return len(value) >= least
    has_digit = any(c.isdigit() for c in value)
    has_letter = any(c.isalpha() for c in value)
    has_sign = any(not c.isalnum() and c not in "-_. " for c in value)
    if has_letter and (has_digit or has_sign):
        return True
    return has_letter and len(value) >= 8 and not is_words(value)

"""The readings of a line: as it stands, unescaped, decoded, and together with the next one."""

import binascii
import re
from collections.abc import Iterator

_BLOB = re.compile(  # what is long, random and harmless: embedded files, digests in lock files
    r"data:(?!text/)[\w.+-]{1,40}/[\w.+-]{1,80}(?:;[\w=-]{1,40}){0,3};base64,[A-Za-z0-9+/=]{1,100000000}"
    r"|(?<![A-Za-z0-9])(?:sha(?:1|256|384|512)[-:]|h1:|SHA256:|MD5:)[A-Za-z0-9+/=:]{16,128}"
    r"|-----BEGIN (?:CERTIFICATE|(?:RSA |EC |DSA |SSH2 )?PUBLIC KEY|[A-Z0-9 ]{0,20}CERTIFICATE(?: REQUEST)?|PGP (?:PUBLIC KEY BLOCK"
    r"|SIGNATURE|MESSAGE)|SSH SIGNATURE|X509 CRL|DH PARAMETERS|PKCS7)-----[^-]{1,60000}"
    r"|ENC\[AES256_GCM,[^\]\n]{1,1000000}\]"  # what SOPS encrypted
    r"|\"(?:n|x|y|kid|x5t|x5t#S256)\"\s{0,3}:\s{0,3}\"[\w-]{20,1400}\""  # the public parts of a JSON web key
    r"|(?<![A-Za-z0-9+/])AAAA[BCE][A-Za-z0-9]Nz[A-Za-z0-9+/=]{20,3000}"  # public keys of SSH
    r"|(?<![A-Za-z0-9+/])(?:iVBORw0KGgo|/9j/|R0lGOD|UEsDB|d09GM|JVBERi0)[A-Za-z0-9+/=]{40,100000000}"
)
_BLOB_SIGNS = (
    "base64,", "-----BEGIN ", "ENC[", '"n"', '"x"', '"kid"', "AAAA", "sha1", "sha2", "sha3", "sha5", "h1:", "SHA256:", "MD5:",
    "iVBORw0KGgo", "/9j/", "R0lGOD", "UEsDB", "d09GM", "JVBERi0",
)  # fmt: skip
_ESCAPE = re.compile(
    r"(?=[\\%&])(?:\\{1,8}(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrt\"'/]))"
    r"|%([2-7][0-9a-fA-F])|&(quot|amp|lt|gt|apos|#3[49]|#x2[27]);)"
)
LINE = "\v"  # what the end of a line inside a line becomes: no pattern ends there, and what is above is another matter
_INVISIBLE = re.compile("\x1b\\[[0-9;]{0,20}[A-Za-z]|[\xad\u200b-\u200f\u2060\ufeff]")
BLANKS = {"n": LINE, "r": LINE, "t": " "}
_PIECES = re.compile(r"([\"'])\s{0,3}[+.]?\s{0,3}\1")  # "one" + "value"
SIGNS = ("\\", "%", "&", "\x1b", '"', "'")  # a text without any, in ASCII, has no other reading
_ENTITIES = {
    "quot": '"', "amp": "&", "lt": "<", "gt": ">", "apos": "'", "#34": '"', "#39": "'", "#x22": '"', "#x27": "'"
}  # fmt: skip
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,100000}={0,2}")
_PRINTABLE = frozenset(range(32, 127)) | {9, 10, 13}

# Words of which one stands on a line whose value is on the next.
_NAMES = (
    "pass", "pwd", "secret", "token", "key", "auth", "cred", "bearer", "phrase", "mnemonic", "seed", "code", "cookie",
)  # fmt: skip
AHEAD = 3  # lines in which the value is looked for: a blank one and the start of a block may come first
_OPENERS = " \t|>([{,-`\"'*_"
_MARKS = " \t>|*+#/"
_HALF = re.compile(r"[=:\s\"'`][A-Za-z0-9+/_=.-]{12,400}$")
_OTHER_HALF = re.compile(r"[A-Za-z0-9+/_=.-]{4,400}(?=[\"'`\s,;)]{0,4}$)")
# A name that stands alone in its line (`- Password`, `- name: DB_PASSWORD`), and what may stand before its value in the next one.
_LONE_NAME = re.compile(
    r"[\s>|*+#\"'`_-]{0,12}(?:\w{1,12}\s?[:=]\s?)?[\"']?[\w. -]{0,30}?"
    r"(?i:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private|secret)[ _-]?key|_key)s?[\"'`*_:,]{0,4}"
)
_VALUE_OF = re.compile(r"(?:-\s{1,3})?(?:[\"']?(?:[Vv]alue|default)[\"']?\s?[:=]\s?[\"']?)?")
_COLUMN = re.compile(
    r"[\s>+*_`\"']{0,8}(?:[\w.-]{1,20}[ _-])?(?i:pass(?:word|wd|phrase)?|pwd|secret|token|credential|(?:api|access|private|secret)?[ _-]?key)s?"
    r"[\s*_`\"']{0,8}"
)
# The first line of a recovery phrase that is a numbered list, and the lines below it.
_FIRST_WORD = re.compile(r"[\s>|*+-]{0,8}0?1[.)]\s{1,4}[*`]{0,2}[a-z]{3,8}[*`]{0,2}")
_NEXT_WORD = re.compile(r"[\s>|*+-]{0,8}(\d{1,2})[.)]\s{1,4}[*`]{0,2}([a-z]{3,8})[*`]{0,2}\s{0,4}")
_PHRASES = (12, 15, 18, 21, 24)  # words
_QUOTES = " \t`\"'*_"
_ENDS = frozenset("sdetylnSDETYLN")  # how the names of columns end
ROWS = 200  # of a table
_FENCE = re.compile(r"[\s+>]{0,8}(?:`{3,}|~{3,})")


def without_files(text: str) -> str:
    """The text with blanks where files are embedded and where digests say that they are."""
    if any(sign in text for sign in _BLOB_SIGNS):
        return _BLOB.sub(_blank, text)
    return text


def _blank(blob: re.Match[str]) -> str:
    return (
        "".join(c if c in "\r\n" else " " for c in blob[0])
        if "\n" in blob[0] or "\r" in blob[0]
        else " " * len(blob[0])
    )


def readings(text: str) -> Iterator[str]:
    """The text as it was before JSON, a shell, a URL or a page escaped it, and before colours and quotes were put in; if it differs."""
    plain = text
    if "\\" in text or "%" in text or "&" in text:
        plain = _ESCAPE.sub(_unescape, text)
    if not text.isascii() or "\x1b" in text:
        plain = _INVISIBLE.sub("", plain)
    if plain != text:
        yield plain
    if '"' in plain or "'" in plain:
        joined = _PIECES.sub("", plain)
        if joined != plain:
            yield joined


def _unescape(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[4]
    if digits:
        return chr(int(digits, 16))
    if escape[5]:
        return _ENTITIES[escape[5]]
    return BLANKS.get(escape[3], escape[3])


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """The places of what is base64 of text, and that text."""
    for match in _BASE64.finditer(text):
        if plain := decode(match[0]):
            yield match.start(), match.end(), plain


def decode(encoded: str) -> str:
    """What base64 text says; "" where that is no text."""
    return _plain(encoded) if _plain(encoded[:24]) else ""


def _plain(encoded: str) -> str:
    encoded = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    encoded += "=" * (-len(encoded) % 4)
    try:
        data = binascii.a2b_base64(encoded)
    except ValueError:
        return ""
    return data.decode("ascii") if _PRINTABLE.issuperset(data) else ""


def is_open(line: str) -> bool:
    """Whether a value that this line names, or begins, may go on in the next one."""
    tail = line.rstrip()
    if not tail:
        return False
    if len(tail) < 40 and "1" in tail and _FIRST_WORD.fullmatch(tail):
        return True
    if len(tail) < 400:
        folded = tail.lower()
        if (
            "pass" in folded
            or "key" in folded
            or "token" in folded
            or "secret" in folded
            or "pwd" in folded
            or "cred" in folded
        ) and (_is_name(tail) or _is_header(tail)):
            return True
    if tail[-1] in ":=([{,>|+&\\-`\"'*":
        end = tail[-90:].lower()
        return tail[-1] in "+\\" or any(name in end for name in _NAMES)
    return len(tail) >= 30 and bool(_HALF.search(tail, max(0, len(tail) - 402)))


def reach(lines: list[str], number: int) -> int:
    """How many of the next lines an open line is read with."""
    if _FIRST_WORD.fullmatch(lines[number].rstrip()):
        return _PHRASES[-1]
    return len(rows(lines, number)) + 2 if _is_header(lines[number]) else AHEAD


def _is_name(tail: str) -> bool:
    return len(tail) < 60 and _LONE_NAME.fullmatch(tail) is not None


def _is_header(line: str) -> bool:
    """Whether the line may be the first of a table with a column of secrets."""
    cells = _cells(line) if len(line) < 400 else []
    return any(len(cell) < 60 and cell.strip(_QUOTES)[-1:] in _ENDS and _COLUMN.fullmatch(cell) for cell in cells)


def _cells(line: str) -> list[str]:
    mark = next((mark for mark in "|\t;," if mark in line), "")
    return line.split(mark) if mark else []


def rows(lines: list[str], number: int) -> list[tuple[str, int, int, int]]:
    """The cells below a header that names secrets, each with that name before it, and the words of a phrase; as `join`."""
    if _FIRST_WORD.fullmatch(lines[number].rstrip()):
        return list(_words(lines, number))
    if not _is_header(lines[number]):
        return []
    header = _cells(lines[number])
    named = [column for column, cell in enumerate(header) if _COLUMN.fullmatch(cell)]
    found = []
    for after in range(number + 1, min(number + 1 + ROWS, len(lines))):
        cells = _cells(lines[after])
        if len(cells) != len(header):
            break
        for column in named:
            cell = cells[column].strip(" `\"'")
            if cell.strip(" :-"):
                at = len("".join(cells[:column])) + column
                cut = lines[after].index(cell, at)
                name = header[column].strip(_MARKS + "`\"'_") + ": "
                found.append((name + cell, len(name), after, cut))
    return found


def _words(lines: list[str], number: int) -> Iterator[tuple[str, int, int, int]]:
    """Each word of a recovery phrase, a line each, behind all the others."""
    words: list[re.Match[str]] = []
    for line in lines[number : number + _PHRASES[-1] + 1]:  # one more: a longer list is none
        word = _NEXT_WORD.fullmatch(line) if len(line) < 60 else None
        if not word or int(word[1]) != len(words) + 1:
            break
        words.append(word)
    if len(words) in _PHRASES and len({word[2] for word in words}) > len(words) * 3 // 4:
        for at, word in enumerate(words):
            others = [other[2] for other in words if other is not word]
            first = "".join(f"{n}. {other} " for n, other in enumerate(others, 1)) + f"{len(words)}. "
            yield first + word[2], len(first), number + at, word.start(2)


def join(lines: list[str], number: int) -> tuple[str, int, int, int] | None:
    """An open line with the next one that says something.

    Returns the text, where the second line begins in it, its number, and how many characters of it are left out.
    """
    tail = lines[number].rstrip()
    for after in range(number + 1, min(number + 1 + AHEAD, len(lines))):
        following = lines[after]
        if following.strip(" \t>|+") and not _FENCE.match(following):
            break
    else:
        return None
    rest = following.lstrip(_MARKS if not tail.endswith("\\") else " \t")
    cut = len(following) - len(rest)
    base = tail.rstrip(_OPENERS)
    value = _VALUE_OF.match(rest)
    if _is_name(tail) or (tail[-1] == "{" and value and value[0]):
        first = tail.strip(_MARKS + "`\"'_-:{") + ": "
        left = value.end() if value else 0
        rest, cut = rest[left:], cut + left
    elif tail[-1] == "\\":
        first = tail[:-1]
    elif tail[-1] in "+&" and base[-1:] not in ":=":
        first = tail[:-1].rstrip()
        if first[-1:] in {'"', "'"} and rest[:1] == first[-1:]:
            first, rest, cut = first[:-1], rest[1:], cut + 1
    elif base[-1:] in {":", "="}:
        first = base + " "
    elif tail[-1] in ">(":
        first = tail
    elif tail[-1] in ",:":
        first = tail + " "
    elif after == number + 1 and _OTHER_HALF.match(rest):
        first = tail
    else:
        return None
    return first + rest, len(first), after, cut

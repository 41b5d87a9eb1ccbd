"""The bytes of a transcript: lines in bounded memory, damage counted, JSON read without trust."""

import codecs
import json
import json.scanner
import re
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple, Protocol

import orjson

from gitsession.errors import GitsessionError

#: A longer line is skipped, told, and never held in memory.
LINE_LIMIT = 32 * 1024 * 1024
#: A transcript that is one JSON value, or one text, is held in memory whole.
WHOLE_LIMIT = 256 * 1024 * 1024
#: Bytes from the beginning that a format is told by.
PREFIX = 256 * 1024
_CHUNK = 1024 * 1024
_ZSTD = b"\x28\xb5\x2f\xfd"
#: How a file in UTF-16 begins: with a byte order mark, or with the brace of JSON.
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le", b"\0{": "utf-16-be"}
#: No transcript nests deeper; a hostile one is not followed.
_DEEPEST = 500
#: What tells how deep a place in a JSON text is. A string without its end takes the rest of the text.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
_DECODER = json.JSONDecoder()
_scan: Callable[[str, int], tuple[Any, int]] = json.scanner.make_scanner(_DECODER)  # type: ignore[arg-type]  # any with its settings will do
_SPACE = re.compile(r"[\s,\0]*")
#: A line with its digits all alike, and its brackets: what tells whether orjson may read it.
_ALIKE = bytes.maketrans(b"123456789{", b"000000000[")
_LONG_NUMBER = b"0" * 19


class Damage(NamedTuple):
    """A place that could not be read: the line (from 1; 0 where that is not known), and why."""

    line: int
    reason: str


class Source:
    """A transcript being read, packed or in UTF-16 as it may be; the file need not be seekable.

    `damage` holds the first places that were skipped, `skipped` counts all; `read` counts the bytes of the file that were read.
    Raises GitsessionError where it is packed and no unpacker is installed.
    """

    def __init__(self, file: IO[bytes], name: str = "") -> None:
        self.name = name
        self.damage: list[Damage] = []
        self.skipped = 0
        self._file = _Ahead(file)
        packed = self._file.peek(4) == _ZSTD
        self._text = _Ahead(_Utf8(_Ahead(_unpacked(self._file, self._torn)) if packed else self._file))

    @property
    def read(self) -> int:
        """Bytes of the file that were read."""
        return self._file.count

    def skip(self, line: int, reason: str) -> None:
        """Note a place that cannot be read."""
        self.skipped += 1
        if len(self.damage) < 20:
            self.damage.append(Damage(line, reason))

    def beginning(self) -> str:
        """The first PREFIX bytes as text, for telling a format; they are read again after."""
        return self._text.peek(PREFIX).decode("utf-8", "replace")

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines in UTF-8 with their numbers, without line ends; one longer than LINE_LIMIT is passed over and noted."""
        number, parts, size = 1, list[bytes](), 0
        for chunk in self._chunks():
            *pieces, rest = chunk.split(b"\n")
            for piece in pieces:
                if size:
                    size += len(piece)
                    parts.append(piece)
                    line = b"".join(parts)
                    parts.clear()
                else:
                    line, size = piece, len(piece)
                if size > LINE_LIMIT:
                    self.skip(number, _TOO_LONG)
                else:
                    yield number, line[:-1] if line.endswith(b"\r") else line
                number, size = number + 1, 0
            size += len(rest)
            if size > LINE_LIMIT:
                parts.clear()
            elif rest:
                parts.append(rest)
        if size > LINE_LIMIT:
            self.skip(number, _TOO_LONG)
        elif size:
            yield number, b"".join(parts).rstrip(b"\r")

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """JSON objects, one a line (several on one line are taken apart); what is none is noted."""
        for number, line in self.lines():
            for record in self.objects(number, line):
                yield number, record

    def objects(self, number: int, line: bytes) -> list[dict[str, Any]]:
        """The JSON objects of a line, mostly one; anything else in it is noted as damage of line `number`."""
        record = read_object(line)
        if record is not None:
            return [record]
        text = line.decode("utf-8", "replace").strip("\0 \t\r")
        found: list[dict[str, Any]] = []
        at = 0
        while at < len(text):
            try:
                value, at = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError) as e:
                deep = isinstance(e, RecursionError)
                self.skip(number, "nested too deep" if deep else "cut short" if found or text[0] == "{" else "no JSON")
                break
            if isinstance(value, dict):
                found.append(value)
            else:
                self.skip(number, "no JSON object")
            at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        return found

    def whole(self) -> Any:
        """The one JSON value that the transcript is; None (and noted) where it is none, or is longer than WHOLE_LIMIT."""
        text = self.text()
        if text is None:
            return None
        return self.load(text)

    def load(self, text: str) -> Any:
        """One JSON value; where it is cut short (and noted) what stands before the cut, None where that is nothing."""
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as e:
            value = mend(text)
            self.skip(getattr(e, "lineno", 1), "no JSON" if value is None else "cut short")
            return value

    def text(self) -> str | None:
        """All of it as text; None (and noted) where it is longer than WHOLE_LIMIT."""
        parts, size = [], 0
        for chunk in self._chunks():
            parts.append(chunk)
            size += len(chunk)
            if size > WHOLE_LIMIT:
                self.skip(1, f"the file is longer than {WHOLE_LIMIT // 1024 // 1024} MB")
                return None
        return b"".join(parts).decode("utf-8", "replace")

    def _chunks(self) -> Iterator[bytes]:
        """What is left of the text, in pieces."""
        while chunk := self._text.read(_CHUNK):
            yield chunk

    def _torn(self, reason: object) -> None:
        self.skip(0, f"the packed file is damaged ({reason}); what follows is lost")


_TOO_LONG = f"the line is longer than {LINE_LIMIT // 1024 // 1024} MB"


def read_object(line: bytes) -> dict[str, Any] | None:
    """The JSON object that a line is; None where it is anything else, or more.

    orjson reads it where it says the same as `json`, in half the time: it makes floats of whole numbers past 64 bits, nests deeper than
    Python can write out again, and refuses what `json` takes, like NaN and half a surrogate pair.
    """
    alike = line.translate(_ALIKE)
    if _LONG_NUMBER not in alike and alike.count(b"[") < _DEEPEST:
        try:
            record = orjson.loads(line)
        except ValueError:
            pass
        else:
            return record if type(record) is dict else None
    try:
        text = line.decode()
        record, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        return None
    if type(record) is not dict or (end != len(text) and not text[end:].isspace()):
        return None
    return record


def first_records(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects among the first lines of a beginning, for telling a format."""
    for line in text.split("\n", 100)[:100]:
        if line[:1] == "{" and (record := read_object(line.encode("utf-8", "replace"))) is not None:
            yield record


def read_value(text: bytes) -> Any:
    """The JSON value that a text begins with, whatever follows; None where there is none."""
    try:
        return _DECODER.raw_decode(text.decode("utf-8", "replace").lstrip())[0]
    except (ValueError, RecursionError):
        return None


def mend(text: str) -> Any:
    """What a JSON value holds that ends in its middle: everything up to the last comma or bracket, and closed there. None without any."""
    closing = ""  # the brackets that are open, innermost first
    end, rest = 0, ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[" and len(closing) < _DEEPEST:
            closing = ("}" if mark == "{" else "]") + closing
            end, rest = token.end(), closing
        elif mark == ",":
            end, rest = token.start(), closing
        elif mark in "}]":
            if closing[:1] != mark:
                break
            closing = closing[1:]
            end, rest = token.end(), closing
    try:
        return json.loads(text[:end] + rest) if end else None
    except (ValueError, RecursionError):
        return None


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Ahead:
    """A reader that can look ahead; `count` is of the bytes taken from what is below."""

    def __init__(self, below: _Reader) -> None:
        self.count = 0
        self._below = below
        self._ahead = b""

    def read(self, size: int, /) -> bytes:
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        data = self._below.read(size) or b""
        self.count += len(data)
        return data

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        parts = [self._ahead]
        missing = size - len(self._ahead)
        while missing > 0 and (data := self._below.read(missing)):
            self.count += len(data)
            missing -= len(data)
            parts.append(data)
        self._ahead = b"".join(parts)
        return self._ahead[:size]


class _Utf8:
    """The bytes of a text in UTF-8, without a byte order mark, whichever Unicode it is in below."""

    def __init__(self, below: _Ahead) -> None:
        self._below = below
        mark = below.peek(3)
        if mark == codecs.BOM_UTF8:
            below.read(3)
        encoding = _UTF16.get(mark[:2])
        self._decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None

    def read(self, size: int, /) -> bytes:
        data = self._below.read(size)
        if not self._decoder:
            return data
        text = self._decoder.decode(data, not data)
        while data and not text:  # half a character
            data = self._below.read(size)
            text = self._decoder.decode(data, not data)
        return text.encode()


class _Zstd:
    """The bytes of a stream that is being unpacked; where it is damaged it ends, and that is told."""

    def __init__(self, stream: _Reader, error: type[Exception], torn: Callable[[object], None]) -> None:
        self._stream = stream
        self._error = error
        self._torn = torn
        self._ended = False

    def read(self, size: int, /) -> bytes:
        if self._ended:
            return b""
        try:
            return self._stream.read(size)
        except self._error as e:
            self._ended = True
            self._torn(e)
            return b""


def _unpacked(file: _Ahead, torn: Callable[[object], None]) -> _Reader:
    try:
        import zstandard
    except ImportError as e:
        raise GitsessionError(
            "the transcript is packed with zstd, and the package that unpacks it is not installed",
            "pip install zstandard, or unpack it first: zstd -d FILE",
        ) from e
    packer = zstandard.ZstdDecompressor(max_window_size=128 * 1024 * 1024)
    stream = packer.stream_reader(file, read_across_frames=True)  # type: ignore[arg-type]  # it only reads
    return _Zstd(stream, zstandard.ZstdError, torn)

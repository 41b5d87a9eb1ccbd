import io
import json
import sys

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st
from made_transcripts import Claude, Codex, lines, opened

from gitsession.errors import FormatError, GitsessionError
from gitsession.transcripts import open_transcript
from gitsession.transcripts import source as source_module
from gitsession.transcripts.source import Source, read_object

SAID = ["first prompt", "zweite Frage: größer? 🎉"]


def conversation() -> bytes:
    claude = Claude()
    return lines(*(claude.user(text) for text in SAID))


def in_escapes(data: bytes) -> bytes:
    return b"".join(json.dumps(json.loads(line), ensure_ascii=False).encode() + b"\n" for line in data.splitlines())


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda data: data, id="plain"),
        pytest.param(in_escapes, id="utf-8"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + in_escapes(data), id="utf-8 with a mark"),
        pytest.param(lambda data: in_escapes(data).decode().encode("utf-16"), id="utf-16 with a mark"),
        pytest.param(lambda data: in_escapes(data).decode().encode("utf-16-le"), id="utf-16 without"),
        pytest.param(lambda data: in_escapes(data).decode().encode("utf-16-be"), id="utf-16 big-endian"),
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda data: data.replace(b"\n", b"\n\n  \n"), id="blank lines"),
        pytest.param(lambda data: data.replace(b"\n", b" "), id="all on one line"),
        pytest.param(lambda data: data.replace(b"\n", b""), id="all on one line, nothing between"),
        pytest.param(lambda data: data.rstrip(b"\n"), id="no last line end"),
        pytest.param(lambda data: data.replace(b"\n", b"\n" + b"\0" * 5000 + b"\n", 1), id="a line of NUL"),
        pytest.param(lambda data: data.replace(b"\n", b"\n" + b"\0" * 5000, 1), id="NUL before a record"),
        pytest.param(lambda data: zstandard.compress(data), id="zstd"),
        pytest.param(lambda data: zstandard.compress(data[:99]) + zstandard.compress(data[99:]), id="zstd in two frames"),
    ],
)
def test_a_transcript_is_read_whatever_its_bytes_are(written) -> None:
    transcript, turns, _ = opened(written(conversation()))
    assert [turn.text for turn in turns] == SAID
    assert not transcript.source.skipped


class Pipe(io.RawIOBase):
    """What standard input can be: no seeking, and few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self.left, self.step = data, step

    def read(self, size: int = -1) -> bytes:
        taken, self.left = self.left[: min(size, self.step)], self.left[min(size, self.step) :]
        return taken


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_a_pipe_needs_no_seeking(step: int) -> None:
    data = zstandard.compress(conversation())
    transcript = open_transcript(Pipe(data, step), "-")
    assert [turn.text for turn in transcript if hasattr(turn, "text")] == SAID
    assert transcript.source.read == len(data)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (b'{"type":"user","message":{"content":"torn', "cut short"),
        (b"fatal: disk full", "no JSON"),
        (b"\x00\xff\xfe\x80 binary \x01", "no JSON"),
        (b'["a","list"]', "no JSON object"),
        (b"42", "no JSON object"),
        (b'{"a":' + b"[" * 200_000, "nested too deep"),
        (b'{"n":' + b"9" * 10_000 + b"}", "cut short"),  # Python reads no number of that length
    ],
)
def test_damage_is_skipped_and_told_with_its_line(damage: bytes, reason: str) -> None:
    first, second, *_ = conversation().splitlines()
    transcript, turns, _ = opened(b"\n".join([first, damage, second]))
    assert [turn.text for turn in turns] == SAID
    assert [tuple(d) for d in transcript.source.damage] == [(2, reason)]
    assert transcript.source.skipped == 1


def test_much_damage_is_counted_and_only_the_first_of_it_kept() -> None:
    transcript, turns, _ = opened(conversation() + b"rubbish\n" * 1000)
    assert (len(turns), transcript.source.skipped, len(transcript.source.damage)) == (2, 1000, 20)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_line_that_is_too_long_is_passed_over(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "LINE_LIMIT", 3000)
    monkeypatch.setattr(source_module, "_CHUNK", 1000)
    records = conversation().splitlines()
    records.insert(at, b'{"type":"user","message":"' + b"x" * 10_000 + b'"}')
    source = Source(io.BytesIO(b"\n".join(records)))
    assert [r["message"]["content"] for _, r in source.records()] == SAID
    assert [(d.line, d.reason[:12]) for d in source.damage] == [(at + 1, "the line is ")]


def test_lines_are_without_their_ends() -> None:
    source = Source(io.BytesIO(b"one\r\n\r\ntwo\rthree\nlast\r"))
    assert list(source.lines()) == [(1, b"one"), (2, b""), (3, b"two\rthree"), (4, b"last")]


def test_half_a_surrogate_pair_can_be_written_in_the_end() -> None:
    claude = Claude()
    records = [claude.user("half \ud83d of a face"), *claude.call("Edit", {"file_path": "/a/\udc80.py"}, "updated \udfff")]
    _, turns, _ = opened(lines(*records))
    assert turns[0].text == "half \ufffd of a face"
    assert turns[1].changes[0].path == "/a/\ufffd.py"
    json.dumps(turns, ensure_ascii=False).encode()


def test_bytes_in_another_encoding_are_replaced() -> None:
    _, turns, _ = opened(lines(Claude().user("prompt: X")).replace(b"X", b"caf\xe9"))
    assert turns[0].text == "prompt: caf\ufffd"


@pytest.mark.parametrize("tear", [lambda d, at: d[:at], lambda d, at: d[:at] + b"\xff" * 2000 + d[at + 2000 :]], ids=["cut", "damaged"])
def test_a_packed_file_that_is_torn_gives_what_comes_before(tear) -> None:
    claude = Claude()
    data = zstandard.compress(lines(*(claude.user(f"prompt {n} {n * n * 7919 % 10_007}") for n in range(10_000))))
    transcript, turns, _ = opened(tear(data, len(data) * 2 // 3))
    assert 1000 < len(turns) < 10_000
    assert transcript.source.skipped


def test_a_packed_file_names_the_package_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(GitsessionError, match="zstandard"):
        opened(zstandard.compress(conversation()))
    assert len(opened(conversation())[1]) == 2  # and no other file does


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"), (b"\n \n", "empty"), (b"\x7fELF\x02\x01" + bytes(range(256)) * 40, "no agent's transcript"),
        (b'{"name": "shop", "version": "1.0.0"}\n', "no agent's transcript"), (b'{"level":"info","timestamp":"x"}\n' * 50, "no agent's"),
        (zstandard.compress(b""), "empty"), (b"\x28\xb5\x2f\xfd" + b"\xff" * 40, "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        opened(data, "notes.jsonl")


def test_the_content_tells_the_format_and_not_the_name() -> None:
    codex = Codex()
    assert opened(lines(codex.meta(), *codex.prompt("hello")), "claude-session.jsonl")[0].format == "codex"
    assert opened(conversation(), "rollout-2026.jsonl")[0].format == "claude-code"


@pytest.mark.parametrize("name", ["claude-code", "codex"])
def test_a_first_line_longer_than_what_is_looked_at(name: str) -> None:
    long = "word " * 100_000
    records = [Claude().user(long)] if name == "claude-code" else [Codex().meta(base_instructions={"text": long}), *Codex().prompt("go")]
    transcript, turns, _ = opened(lines(*records))
    assert (transcript.format, len(turns)) == (name, 1)


#: Strings with halves of surrogate pairs, whole numbers past 64 bits, floats that are no numbers.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1]))
@example({"n": 2**64}, True, None)
@example({"n": [-(2**63) - 1, 10**18, 2**64 - 1]}, True, None)
@example({"n": float("nan"), "m": float("inf")}, True, None)
@example({"\ud800": "\udc00"}, True, None)
@example({"digits": "1" * 19}, False, None)
def test_an_object_is_what_json_makes_of_it(value: dict[str, object], escaped: bool, indent: int | None) -> None:
    line = json.dumps(value, ensure_ascii=escaped, indent=indent).encode("utf-8", "surrogatepass").replace(b"\n", b"")
    try:
        same = json.loads(line.decode())
    except UnicodeDecodeError:  # half a surrogate pair that is not even escaped
        same = None
    assert repr(read_object(line)) == repr(same)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', {"a": 3, "b": 2}),
        (b'{"a": 1e400, "b": -0, "c": -0.0}', {"a": float("inf"), "b": 0, "c": -0.0}),
        (b'{"a": "\xff"}', None), (b'{"a": 01}', None), (b'{"a": 1} {}', None), (b"[1]", None), (b"", None),
    ],
)  # fmt: skip
def test_what_json_takes_and_refuses(line: bytes, value: object) -> None:
    assert repr(read_object(line)) == repr(value)


def test_what_nests_deeper_than_it_can_be_written_is_no_object() -> None:
    deep = b'{"a":' * 1010 + b"1" + b"}" * 1010
    assert read_object(deep) is None or json.dumps(read_object(deep))

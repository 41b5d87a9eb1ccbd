import sys

import pytest

from gitsession.process import ProcessError, pipe


def drained(pieces):
    """What a pipe yields, and what it returns."""
    out = b""
    while True:
        try:
            out += next(pieces)
        except StopIteration as end:
            return out, end.value


def python(code):
    return [sys.executable, "-I", "-c", f"import sys\n{code}"]


def test_a_pipe_hands_on_more_than_fits_into_it() -> None:
    data = b"x" * 1_000_000
    copy = python("sys.stdout.write(sys.stdin.read()); sys.stderr.write('y' * 200_000)")
    out, done = drained(pipe([copy, copy], stdin=data))
    assert (out, done.code, len(done.err)) == (data, 0, 400_000)


@pytest.mark.parametrize(("codes", "expected"), [((0, 0), 0), ((3, 0), 3), ((0, 4), 4), ((3, 4), 4)])
def test_a_pipe_fails_when_any_of_its_programs_does(codes, expected) -> None:
    _, done = drained(
        pipe([python(f"print(sys.stdin.read()); sys.stdout.flush(); sys.exit({code})") for code in codes])
    )
    assert done.code == expected


def test_a_pipe_ends_a_program_that_does_not_end() -> None:
    with pytest.raises(ProcessError, match=r"took longer than 0\.2 s"):
        drained(pipe([python("while True: pass"), ["cat"]], timeout=0.2))


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(ProcessError, match="cannot be started"):
        drained(pipe([["cat"], ["/nowhere/at/all"]]))

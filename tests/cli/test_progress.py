"""What is said while a long transcript is read."""

import io
import itertools
import json
import sys

import pytest

from gitsession.cli.progress import Progress
from gitsession.errors import GitsessionError
from gitsession.workflow import importing


class Screen(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: terminal


def told(monkeypatch, *seconds: float, size: int = 200_000_000, terminal: bool = True) -> list[str]:
    """What a terminal gets, a line each, when a reading begins at 0 and tells at these times, 10 MB more each time."""
    screen = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    clock = iter((0.0, *seconds))
    with Progress(size, lambda: next(clock)) as progress:
        for read, _ in enumerate(seconds, 1):
            progress(read * 10_000_000)
    return screen.getvalue().replace("\x1b[K", "").split("\r")[1:]


def test_a_line_stands_after_a_second_and_is_gone_at_the_end(monkeypatch):
    assert told(monkeypatch, 0.5, 1.1, 1.2, 1.4) == ["read 20 of 200 MB, 10 %", "read 40 of 200 MB, 20 %", ""]


def test_a_size_that_is_not_known_or_is_passed(monkeypatch):
    assert told(monkeypatch, 2, size=0) == ["read 10 MB", ""]
    assert told(monkeypatch, 2, size=5_000_000)[0].endswith(", 100 %")  # the file grew


@pytest.mark.parametrize(("seconds", "terminal"), [((0.2, 0.9), True), ((5, 6, 7), False)])
def test_nothing_is_said_of_a_short_reading_or_to_a_pipe(monkeypatch, seconds, terminal):
    assert told(monkeypatch, *seconds, terminal=terminal) == []


def fail(progress) -> None:
    progress(1)
    raise GitsessionError("it cannot be read further")


def test_a_failure_leaves_no_line_behind(monkeypatch):
    screen = Screen(terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    progress = Progress(0, itertools.count(0, 5).__next__)
    with pytest.raises(GitsessionError), progress:
        fail(progress)
    assert screen.getvalue().endswith("\r\x1b[K")


def test_an_import_tells_how_far_it_is(project, tmp_path):
    record = {"type": "assistant", "sessionId": "s-1", "message": {"role": "assistant", "content": "word " * 40}}
    file = tmp_path / "transcript.jsonl"
    file.write_text("".join(json.dumps(record | {"uuid": f"u{n}"}) + "\n" for n in range(20_000)))
    seen: list[int] = []
    importing.import_transcript(project.open(), str(file), told=seen.append)
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert seen[0] < file.stat().st_size / 2 < seen[-1] <= file.stat().st_size

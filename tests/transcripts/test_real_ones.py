"""Transcripts that agents wrote, where they lie beside the checkout: each is told by its format alone, and read without loss."""

from pathlib import Path

import pytest

from gitsession.model.conversation import Turn
from gitsession.transcripts import FORMATS, open_transcript
from gitsession.transcripts.source import PREFIX

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FOLDERS = {"aider": "aider", "copilot-cli": "copilot", "cursor": "cursor", "gemini": "gemini", "opencode": "opencode", "specstory": "specstory"}
FILES = [(file, format_) for folder, format_ in FOLDERS.items() for file in sorted((CORPUS / folder).glob("*"))]


@pytest.mark.skipif(not FILES, reason="there are none here")
@pytest.mark.parametrize(("file", "format_"), FILES, ids=[file.name for file, _ in FILES])
def test_a_real_transcript(file, format_):
    beginning = file.read_bytes()[:PREFIX].decode("utf-8", "replace")
    assert [f.name for f in FORMATS if f.fits(beginning, "")] == [format_]
    with file.open("rb") as opened:
        transcript = open_transcript(opened)
        turns = [one for one in transcript if isinstance(one, Turn)]
    assert not transcript.source.damage
    assert not transcript.unknown
    assert any(t.who == "user" and not t.kind and t.text.strip() for t in turns)
    ids = [t.id for t in turns if t.id and t.who == "tool"]
    assert len(ids) == len(set(ids))
    assert all(t.input for t in turns if t.action == "run")
    assert not any(t.changes for t in turns if t.failed or t.refused)

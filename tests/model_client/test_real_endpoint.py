"""With a model of one's own: GITSESSION_TEST_ENDPOINT names an endpoint such as http://localhost:11434/v1, GITSESSION_TEST_MODEL the model."""

import os

import pytest
from canned import CHOICE, FORM, LEARNED, RULE

from gitsession.formats.checkpoint import parse_document

ENDPOINT, MODEL = os.environ.get("GITSESSION_TEST_ENDPOINT", ""), os.environ.get("GITSESSION_TEST_MODEL", "")


@pytest.mark.skipif(not ENDPOINT, reason="GITSESSION_TEST_ENDPOINT names no endpoint")
def test_a_real_model_adds_nothing_that_is_not_there(imported, compress) -> None:
    before = imported.read(imported.session)
    done = compress(imported, ENDPOINT, seconds=300, **({"model": MODEL} if MODEL else {}))
    text = imported.read(imported.session)
    assert [line for line in before.splitlines() if line not in text.splitlines()] == []
    said = f"Add a sign-in form. {RULE} Let me look at the worker: {LEARNED} pytest -q 1 failed, 3 passed "
    said += f"Let me look at the form: {FORM} {CHOICE} "
    said += "Which port shall it listen on?"
    for item in parse_document(text, "c.md").items:
        assert not item.fact.turn or not item.fact.by or item.fact.text.rstrip(".") in said
    assert done.unread == 0

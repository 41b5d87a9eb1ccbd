"""What models answer, however they do: read where it holds facts, known where it does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.model_client.answers import Told, read_answer
from gitsession.resources import read_resource

FACT = {"kind": "decision", "text": "Use Redis", "why": "two servers share it", "turns": [3]}
TOLD = Told("decision", "Use Redis", "two servers share it", (3,))
WHOLE = json.dumps({"facts": [FACT, {**FACT, "text": "Use argon2id"}]})
BOTH = [TOLD, TOLD._replace(text="Use argon2id")]


@pytest.mark.parametrize(
    "answer",
    [
        WHOLE,
        f"Here are the facts that I found:\n\n{WHOLE}\n\nLet me know if you need more!",
        f"```json\n{WHOLE}\n```",
        f"<think>The user wants {{facts}} [like 3]</think>{WHOLE}",
        WHOLE[:-2],  # cut short behind the last object
        WHOLE[:-1] + ', {"kind": "dec',  # in the middle of one more
        json.dumps(json.loads(WHOLE)["facts"]),
        "\n".join(json.dumps(fact) for fact in json.loads(WHOLE)["facts"]),
        json.dumps({"decisions": [{"text": f.text, "why": f.why, "turns": [3]} for f in BOTH]}),
        json.dumps({"Decisions": [{"Fact": f.text, "Reason": f.why, "Turn": "3"} for f in BOTH]}),
        json.dumps({"result": {"facts": json.loads(WHOLE)["facts"]}}),
    ],
)
def test_facts_in_whatever_frame(answer) -> None:
    assert read_answer(answer) == BOTH


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"kind": "DECISION"}, TOLD),
        ({"kind": "Next Steps"}, TOLD._replace(kind="step")),
        ({"kind": "open_questions"}, TOLD._replace(kind="question")),
        ({"turns": "3"}, TOLD),
        ({"turns": ["[3]", "turn 4"]}, TOLD._replace(turns=(3, 4))),
        ({"turns": 3}, TOLD),
        ({"turns": None}, TOLD._replace(turns=())),
        ({"turns": {"a": 1}}, TOLD._replace(turns=())),
        ({"turns": [True, -3, 1e99]}, None),
        ({"why": None}, TOLD._replace(why="")),
        ({"why": ["x"]}, TOLD._replace(why="")),
        ({"text": "  Use\n Redis "}, TOLD),
    ],
)
def test_fields_of_other_shapes(changed, told) -> None:
    (read,) = read_answer(json.dumps({"facts": [{**FACT, **changed}]})) or [None]
    assert read == told or (told is None and read.text == "Use Redis")


@pytest.mark.parametrize("empty", ['{"facts": []}', "[]", "```json\n{\"facts\": []}\n```", 'Nothing to pick: {"facts": []}'])
def test_nothing_found_is_an_answer(empty) -> None:
    assert read_answer(empty) == []


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   \n",
        "I'm sorry, but I can't help with that.",
        "Das Gespräch handelt von einem Formular.",
        "{",
        '{"facts": [',
        '{"kind": "weather", "text": "It rains", "turns": [1]}',
        '{"facts": [{"kind": "decision", "text": ""}]}',
        '{"error": {"message": "overloaded"}}',
        "[" * 5000,
        '{"a":' * 5000,
        read_resource("templates", "model-facts.md"),  # the prompt again
        "null",
    ],
)
def test_no_answer(answer) -> None:
    assert read_answer(answer) is None


@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(
    st.sampled_from(["facts", "kind", "text", "why", "turns", "decisions"]) | st.text(), c)).map(json.dumps)), st.integers(0, 400))  # fmt: skip
def test_any_answer_can_be_read(answer, size) -> None:
    for told in read_answer(answer[:size]) or ():
        assert told.text.strip()
        assert all(isinstance(number, int) for number in told.turns)

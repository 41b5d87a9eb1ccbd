"""Our entries in settings that people write: what was there stays, and comes back to the byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.agents.jsonc import parse_jsonc
from gitsession.agents.settings import MARK, add_entries, entries_of, remove_entries
from gitsession.errors import FormatError

OURS = {
    event: {"hooks": [{"type": "command", "command": f"sh -c '{MARK}' {event}", "timeout": 5}]}
    for event in ("SessionStart", "Stop")
}
BLANKS = st.sampled_from(
    ["", "", " ", "\n", "\n  ", "\t", "\n\n    ", " /* c */ ", "\n  // note\n  ", "\n/* a\n b */\n", " // x, ]}\n"]
)
ATOMS = st.sampled_from(["1", '"a // b"', "true", "null", '"x\\"y, ]"', "-2.5e3", '"ü"'])


@st.composite
def containers(draw, members, brackets):
    """An object or a list in any formatting, with or without a comma at its end."""
    body = ",".join(draw(BLANKS) + member + draw(BLANKS) for member in members)
    return brackets[0] + body + ("," if members and draw(st.booleans()) else "") + draw(BLANKS) + brackets[1]


def named(draw, key, value):
    return f'"{key}"{draw(BLANKS)}:{draw(BLANKS)}{value}'


@st.composite
def values(draw, depth=0):
    kind = draw(st.sampled_from(["atom", "{}", "[]"])) if depth < 2 else "atom"
    if kind == "atom":
        return draw(ATOMS)
    inner = [draw(values(depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    return draw(containers([named(draw, f"k{i}", v) for i, v in enumerate(inner)] if kind == "{}" else inner, kind))


@st.composite
def documents(draw):
    """Settings as people may have them: comments, blanks, hooks of theirs, empty containers, line ends of either kind, a mark of order."""
    members = []
    for key in draw(st.lists(st.sampled_from(["model", "hooks", "version", "z"]), unique=True)):
        value = draw(values())
        if key == "hooks":
            events = draw(st.lists(st.sampled_from(["SessionStart", "Other", "Stop"]), unique=True))
            lists = [draw(containers([draw(values(1)) for _ in range(draw(st.integers(0, 2)))], "[]")) for _ in events]
            value = draw(containers([named(draw, e, v) for e, v in zip(events, lists, strict=True)], "{}"))
        members.append(named(draw, key, value))
    text = draw(BLANKS) + draw(containers(members, "{}")) + draw(st.sampled_from(["", "\n", "\n\n", " // end"]))
    return draw(st.sampled_from(["", "\ufeff"])) + (text.replace("\n", "\r\n") if draw(st.booleans()) else text)


def plain(text):
    return parse_jsonc(text.removeprefix("\ufeff"), "p").plain


@given(documents())
def test_what_is_put_in_is_taken_out_to_the_byte(text) -> None:
    merged = add_entries(text, "p", OURS, version=False)
    assert entries_of(merged, "p") == {event: [entry] for event, entry in OURS.items()}
    assert add_entries(merged, "p", OURS, version=False) == merged
    before, after = plain(text), plain(merged)
    hooks, more = before.pop("hooks", {}), after.pop("hooks")
    assert (before, list(before)) == (after, list(after))
    assert {e: [one for one in some if MARK not in json.dumps(one)] for e, some in more.items() if e in hooks} == hooks
    assert remove_entries(merged, "p") == text


@pytest.mark.parametrize("version", [True, False])
def test_a_file_of_ours_alone_goes(version) -> None:
    made = add_entries(None, "p", OURS, version=version)
    assert json.loads(made).get("version") == (1 if version else None)
    assert remove_entries(made, "p") is None
    shared = add_entries(made, "p", OURS, version=version).replace('{\n  "hooks"', '{\n  "mine": 1,\n  "hooks"')
    assert json.loads(remove_entries(shared, "p"))["mine"] == 1


def test_an_entry_of_another_version_is_replaced() -> None:
    old = {event: {"hooks": [{"command": f"old {MARK}"}]} for event in ("SessionStart", "Gone")}
    text = '{"model": "opus"}'
    assert add_entries(add_entries(text, "p", old, version=False), "p", OURS, version=False) == add_entries(
        text, "p", OURS, version=False
    )
    made = add_entries(add_entries(None, "p", old, version=True), "p", OURS, version=True)
    assert remove_entries(made, "p") is None


def test_a_hook_that_people_put_beside_ours_stays() -> None:
    made = add_entries(None, "p", OURS, version=False)
    settings = json.loads(made)
    settings["hooks"]["Stop"][0]["hooks"].append({"command": "theirs"})
    assert json.loads(remove_entries(json.dumps(settings, indent=4), "p")) == {
        "hooks": {"Stop": [{"hooks": [{"command": "theirs"}]}]}
    }


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "a value is missing"),
        ('{\n  "a": 1\n  "b": 2\n}', 3, "is missing"),
        ('{\n  "a": tru\n}', 2, "no JSON value"),
        ('{"a": "\\x"}', 1, "no JSON value"),
        ("{\n\n a: 1}", 3, "key in quotes"),
        ("{} x", 1, "nothing may follow"),
        ("[\n]", 1, "this is no object"),
        ('{\n"hooks": []}', 2, '"hooks" is no object'),
        ('{"hooks": {\n"Stop": {}}}', 2, '"Stop" is no list'),
        ("[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_broken_settings_are_told_with_their_line(text, line, words) -> None:
    with pytest.raises(FormatError, match=words) as e:
        add_entries(text, ".claude/settings.json", OURS, version=False)
    assert e.value.line == line

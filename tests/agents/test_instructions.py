"""Our block in instructions, and our lines in aider's configuration: they come out to the byte."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitsession.agents.aider import add_reading, remove_reading
from gitsession.agents.block import add_block, agents_in, is_current, remove_block
from gitsession.errors import FormatError

WORDS = "## Handoff\n\nIt is there.\n"
LINES = st.lists(st.sampled_from(["# Mine", "", "text", "  - item", "<!-- other -->", "ü\x0b\u2028z"])).map("\n".join)
TEXTS = st.builds(lambda text, end: text + end, LINES, st.sampled_from(["", "\n", "\n\n", "\r"]))
TEXTS |= TEXTS.map(lambda text: text.replace("\n", "\r\n"))


@given(TEXTS, st.permutations(["codex", "cursor"]))
def test_a_block_comes_out_to_the_byte(text, order) -> None:
    one = add_block(text, WORDS, "codex")
    both = add_block(one, WORDS, "cursor")
    assert agents_in(both) == ["codex", "cursor"]
    assert both.count("It is there.") == 1
    assert is_current(both, WORDS)
    assert add_block(both, WORDS, "cursor") == both
    left = remove_block(both, order[0])
    assert agents_in(left) == [order[1]]
    assert remove_block(left, order[1]) == text
    assert one.endswith("-->\r\n") == ("\r\n" in text)


def test_a_file_made_for_the_block_goes_unless_people_wrote_into_it() -> None:
    made = add_block(None, WORDS, "codex")
    assert remove_block(made, "codex") is None
    assert remove_block("# Mine\n" + made, "codex") == "# Mine\n"
    assert remove_block(made, "gemini") == made


def test_a_block_of_another_version_is_replaced_where_it_stands() -> None:
    old = add_block("# Above\n", "Old words.\n", "codex") + "Below\n"
    assert not is_current(old, WORDS)
    new = add_block(old, WORDS, "codex")
    assert is_current(new, WORDS)
    assert "Old words" not in new
    assert remove_block(new, "codex") == "# Above\nBelow\n"


READ = ["", "read:\n  - a.md\n", "read:\n- a.md\n# note\n- b.md\n\n", "read: # those\n    - a.md", "read:\n"]


@given(st.sampled_from(["", "model: x\n", "# c\n\n"]), st.sampled_from(READ), st.sampled_from(["", "\n", "auto: true", "z: 1\n"]))
def test_what_aider_reads_comes_out_to_the_byte(above, read, below) -> None:
    text = above + read + ("" if read and not read.endswith("\n") else below)
    for form in (text, text.replace("\n", "\r\n")):
        merged = add_reading(form, "p")
        before, after = yaml.safe_load(form) or {}, yaml.safe_load(merged)
        assert set(after.pop("read")) == {*(before.pop("read", None) or []), "CONVENTIONS.md", ".sessions/HANDOFF.md"}
        assert after == before
        assert add_reading(merged, "p") == merged
        assert remove_reading(merged) == form


def test_aiders_configuration_that_we_made_goes() -> None:
    assert remove_reading(add_reading(None, "p")) is None


@pytest.mark.parametrize("read", ["read: a.md", "read: [a.md]"])
def test_a_list_that_is_no_list_of_lines_is_left_to_people(read) -> None:
    with pytest.raises(FormatError, match="not a list of lines") as e:
        add_reading("model: x\n" + read + "\n", ".aider.conf.yml")
    assert e.value.line == 2

"""Lines are looked at where a gate of a detector stands in them, and once however often they stand there; nothing is missed by that."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.secretscan import scanner
from gitsession.secretscan.gates import Active, Gates
from gitsession.secretscan.scanner import find_hits


def drawn(seed):
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=32))


LINES = st.one_of(
    st.sampled_from(["", "Some words.", "- [ ] a step of session-in-progress", "x" * 900, "naïve İSTANBUL", "datadog", "%41 &quot;", "a_b-c"]),
    st.builds(lambda before, seed: before + drawn(seed),
              st.sampled_from(["password=", "DATADOG ", "gh" + "p_", "acme-", "see ", "https://a:", "İ token: ", "ok " * 6000 + "key: "]),
              st.integers(0, 9)),
    st.text("aZ9_-=: \"/", max_size=40),
)  # fmt: skip


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_line_of_a_text_says_what_it_says_alone(lines, end):
    lines = [line + " ." for line in lines]  # none goes on in the next
    together = find_hits("a.md", end.join(lines))
    values = {hit.value for hits in together.values() for hit in hits}
    for number, line in enumerate(lines):
        alone = find_hits("a.md", line).get(0, [])
        assert [hit for hit in together.get(number, []) if hit in alone] == alone
        # What else is found there was found in another line.
        assert all(hit.value in values - {h.value for h in alone} for hit in together.get(number, []) if hit not in alone)


@given(st.lists(LINES, max_size=8))
def test_a_gate_passes_over_nothing_that_a_detector_would_find(lines):
    text = "\n".join(line + " ." for line in lines)
    found = find_hits("a.md", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gates, "plan", lambda self, text, _starts: {n: self.of(line) for n, line in enumerate(text.split("\n"))})
        assert find_hits("a.md", text) == found


def test_a_line_that_comes_again_is_looked_at_once(monkeypatch):
    looked_at = []
    scan_line = scanner._scan_line
    monkeypatch.setattr(scanner, "_scan_line", lambda *a: (looked_at.append(a[2]), scan_line(*a))[1])
    line = "DB_PASSWORD=" + drawn(1)
    found = find_hits("a.md", f"{line}\n\n{line}\na token\n{line}")
    assert looked_at == [line, "a token"]
    assert {number: [hit.start for hit in hits] for number, hits in found.items()} == {0: [12], 2: [12], 4: [12]}


def test_gates_are_lines_of_their_own_and_rules_keep_their_order():
    def none(line):
        yield from ()

    rules = [
        Active(0, "folded", none, ("key", "pass"), fold=True),
        Active(1, "long", none, ("",), fold=False),
        Active(2, "joined", none, ("_", "-"), fold=False),
        Active(3, "exact", none, ("AKIA",), fold=False),
    ]
    lines = ["PassKey", "akia", "AKIA1234567890abc key", "a-b", "some-long-word-of-letters", "1" * 15 + " pass"]
    starts = [0, 8, 13, 35, 39, 65]
    planned = Gates(rules).plan("\n".join(lines), starts)
    assert {n: [r.order for r in of] for n, of in planned.items()} == {0: [0], 2: [0, 1, 2, 3], 4: [2], 5: [0, 1, 2]}
    assert [r.order for r in Gates(rules).of("AKIA key_1")] == [0, 1, 2, 3]

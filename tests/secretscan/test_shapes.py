"""Every shape of the benchmark's own case set, so that a detector that breaks is named; and that no line is hostile to one."""

import importlib.util
import random
from pathlib import Path

import pytest

from gitsession.secretscan import scan_bytes, scanner
from gitsession.secretscan.prefixes import rules_by_head

_FILE = Path(__file__).parents[2] / "bench" / "secret_scan.py"
_SPEC = importlib.util.spec_from_file_location("secret_scan", _FILE)
assert _SPEC
assert _SPEC.loader
bench = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(bench)


def rows(table):
    return [row.split(" | ", 1) for row in table.strip().splitlines()]


def texts(template):
    chooser = random.Random(template)
    for _ in range(5):
        text = bench.fill(template, chooser)
        yield text
        if "\n" not in text:
            yield f"- [ ] rotate {text}"
            yield f"Then `{text}`, once more"


@pytest.mark.parametrize(("kind", "template"), rows(bench.SECRETS))
def test_a_secret_of_this_shape_is_found(kind, template):
    for text in texts(template):
        assert scan_bytes("a.md", text.encode()), text


@pytest.mark.parametrize(("kind", "template"), rows(bench.HARMLESS))
def test_a_harmless_text_of_this_shape_passes(kind, template):
    for text in texts(template):
        assert not scan_bytes("a.md", text.encode()), text


def test_every_known_prefix_is_found_behind_nothing_that_tells():
    """A table whose row cannot match would never be missed: each pattern is filled with what it asks for."""
    missed = []
    for kind, prefix, body in (row for rules in rules_by_head().values() for row in rules):
        token = prefix + _sample(body, random.Random(prefix))
        found = scan_bytes("a.md", f"saw {token} there".encode())
        if kind not in {f.kind for f in found}:
            missed.append((kind, prefix, found))
    assert not missed


def _sample(pattern, chooser):
    """A text that the pattern matches, drawn anew wherever it may be."""
    from re import _constants, _parser

    def draw(parsed):
        return "".join(one(op, argument) for op, argument in parsed)

    def one(op, argument):
        if op is _constants.LITERAL:
            return chr(argument)
        if op is _constants.IN:
            pool = [c for c in bench.ALPHABETS["a"] + "-_" if any(fits(c, *member) for member in argument)]
            return chooser.choice([c for c in pool if c.isalnum()] or pool)
        if op is _constants.MAX_REPEAT:
            low, high, inner = argument
            return "".join(draw(inner) for _ in range(min(high, max(low, 1 if low else 0))))
        if op is _constants.SUBPATTERN:
            return draw(argument[-1])
        if op is _constants.BRANCH:
            return draw(chooser.choice(argument[1]))
        return ""  # what looks around

    def fits(c, op, argument):
        if op is _constants.LITERAL:
            return ord(c) == argument
        if op is _constants.RANGE:
            return argument[0] <= ord(c) <= argument[1]
        if argument is _constants.CATEGORY_DIGIT:
            return c.isdigit()
        return argument is _constants.CATEGORY_WORD and (c.isalnum() or c == "_")

    return draw(_parser.parse(pattern))


def _gates():
    rules = [*scanner._OWN, *scanner._PROVIDERS, *scanner._LAST]
    gates = {gate for rule in rules for part in scanner._parts(rule) for gate in part[0]} - {""}
    prefixes = sorted({row[1] for rules in rules_by_head().values() for row in rules})
    return sorted(gates) + random.Random(3).sample(prefixes, 20) + [
        "a1B2c3D4e5F6g7H8 ", "\\u0041", "%41", "&quot;", '"+"', "eyJ", '": "', "-a1", "k: ", "a.",
    ]  # fmt: skip


@pytest.mark.parametrize("share", range(8))
def test_no_line_of_100_kb_takes_long_whatever_it_repeats(monkeypatch, share):
    """Each passes within its time budget, which is lowered to half a second of this thread, and more for a slow machine."""
    monkeypatch.setattr(scanner, "LINE_SECONDS", 1.0)
    monkeypatch.setattr(scanner, "LINE_SECONDS_PER_MILLION", 0.0)
    for unit in _gates()[share::8]:
        scan_bytes("x.md", (unit * (100_000 // len(unit))).encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 1, "name": "item", "token_type": "bearer", "url": "https://example.com/items/1"}, ' * 1100,
        'function a(b,c){return b.token===c?d.key[b]:e(c,"name")};' * 1700,
        "![x](data:image/png;base64,iVBORw0KGgo" + "".join(random.Random(1).choices(bench.ALPHABETS["b"], k=100_000)),
    ],
    ids=["json", "script", "image"],
)
def test_an_honest_long_line_passes_in_time(monkeypatch, text):
    monkeypatch.setattr(scanner, "LINE_SECONDS", 0.5)
    assert scan_bytes("x.md", text.encode()) == []

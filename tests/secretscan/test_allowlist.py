"""A value is let stand by its path, kind and slow hash, and by nothing less; the file of an allowance says nothing of it."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.errors import FormatError, ScanError
from gitsession.formats.allowance import parse_allowance, render_allowance
from gitsession.model.allowance import Allowance
from gitsession.secretscan import allowlist, scan_bytes
from gitsession.secretscan.allowlist import not_allowed, slow_hash, values_in

PATH = ".sessions/0001-a-x7qm.md"
SALT = "5f" * 16


def token(seed):
    return "gh" + "p_" + "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=36))


def key(seed):
    body = "\n".join("".join(random.Random(f"{seed}{n}").choices(string.ascii_letters, k=64)) for n in range(2))
    return f"-----{'BEGIN RSA PRIVATE'} KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"


def allowance(value, kind="GitHub token", **other):
    return Allowance("abc", PATH, "", kind, "A test key.", "Ada", "2026-11-23", SALT, slow_hash(value, SALT))._replace(**other)


@pytest.mark.parametrize(
    ("other", "left"),
    [({}, 0), ({"kind": "Password"}, 1), ({"hash": "0" * 64}, 1), ({"salt": "6f" * 16}, 1)],
)
def test_kind_and_value_must_both_fit(other, left):
    data = f"a\n- {token(1)}\n".encode()
    assert len(not_allowed(PATH, data, [allowance(token(1), **other)], {})) == left


def test_another_value_beside_an_allowed_one_is_found_in_its_place():
    data = f"{token(1)} {token(2)}\n{token(1)}\n".encode()
    assert [(f.line, f.column) for f in not_allowed(PATH, data, [allowance(token(1))], {})] == [(1, 42)]


def test_one_key_does_not_let_another_stand():
    (found,) = values_in(PATH, key("a").encode())
    mine = allowance(found[1], "Private key")
    assert not_allowed(PATH, key("a").encode(), [mine], {}) == []
    assert len(not_allowed(PATH, (key("a") + key("b")).encode(), [mine], {})) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_the_same_value_in_another_encoding(encoding):
    data = f"- {token(1)}\r\n".encode(encoding)
    assert scan_bytes(PATH, data)
    assert not_allowed(PATH, data, [allowance(token(1))], {}) == []


def test_nothing_is_hashed_that_is_of_another_kind_and_no_value_twice(monkeypatch):
    hashed = []
    monkeypatch.setattr(allowlist, "slow_hash", lambda value, salt: hashed.append(value) or "0" * 64)
    data = f"- {token(1)}\nDB_PASSWORD={'hunter' + '2horse'}\n- {token(1)}\n".encode()
    known = {}
    for _ in range(2):
        assert len(not_allowed(PATH, data, [allowance("x"), allowance("y")], known)) == 3
    assert hashed == [token(1)]
    assert len(not_allowed(PATH, data, [allowance("x", "Another kind")], {})) == 3
    assert hashed == [token(1)]


def test_more_allowances_than_anybody_needs_refuse(monkeypatch):
    monkeypatch.setattr(allowlist, "MOST", 2)
    data = f"- {token(1)}\n".encode()
    with pytest.raises(ScanError):
        not_allowed(PATH, data, [allowance("x", salt=f"{n}f" * 16) for n in range(3)], {})


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda s: s.strip() or "x")


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.booleans())
def test_what_is_written_is_read(path, kind, reason, author, everywhere):
    one = allowance("x")._replace(path="" if everywhere else path, glob=path if everywhere else "", kind=kind, reason=reason, author=author)
    assert parse_allowance(render_allowance(one).encode(), "abc", "a.yml") == one


def test_its_file_holds_nothing_of_the_value_and_passes_the_gate():
    for seed in range(50):
        text = render_allowance(allowance(f"value {seed}", salt=f"{random.Random(seed).getrandbits(128):032x}"))
        assert scan_bytes(".sessions/allowed/abc.yml", text.encode()) == []
        assert f"value {seed}" not in text


@pytest.mark.parametrize(
    "change",
    [("schema: 1", "schema: 2"), ("path: ", "glob: '*'\npath: "), ("path: ", "other: "), ("kind: GitHub token\n", ""),
     ("salt: 5f", "salt: zz"), ("hash: ", "hash: 1"), ("hash: ", "hush: "), ("kind: ", "kind: ["), ("kind: ", "kind: é".encode("latin-1"))],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(change):
    old, new = (part if isinstance(part, bytes) else part.encode() for part in change)
    data = render_allowance(allowance("x")).encode()
    assert old in data
    with pytest.raises(FormatError, match=r"^a\.yml:\d+: "):
        parse_allowance(data.replace(old, new), "abc", "a.yml")

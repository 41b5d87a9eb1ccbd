"""What a machine wrote loses its secrets and nothing else; what a person wrote is refused."""

import base64
import json
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.errors import ScanError, SecretError
from gitsession.secretscan import redaction, scan_bytes
from gitsession.secretscan.redaction import admit, admit_error, redact, redact_lines
from gitsession.secretscan.versions import scan_versions

ALNUM = string.ascii_letters + string.digits


def draw(length, seed, alphabet=ALNUM):
    return "".join(random.Random(f"{seed}/{length}").choices(alphabet, k=length))


def key_block(seed):
    """A private key as a program prints it, and its lines."""
    body = [draw(64, f"{seed}/{n}") for n in range(3)] + [draw(10, seed) + "=="]
    return "\n".join(["-----" + "BEGIN RSA PRIVATE" + " KEY-----", *body, "-----END RSA PRIVATE" + " KEY-----"]), body


def planted(shape, seed):
    """A text with a secret in it, and the parts that must not survive."""
    token, word = "gh" + "p_" + draw(36, seed), draw(12, seed) + "7x"
    if shape == "key":
        text, body = key_block(seed)
        return text, body
    secret, text = {
        "token": (token, f"see {token}"),
        "long": (token * 20, f"token={token * 20}"),
        "assigned": (word, f'DB_PASSWORD="{word}"'),
        "url": (word, f"postgres://app:{word}@db.local/app"),
        "header": (draw(40, seed), f"Authorization: Bearer {draw(40, seed)}"),
        "json": (word, json.dumps({"password": word})),
        "aws": (draw(16, seed, string.ascii_uppercase + string.digits),) * 2,
    }[shape]
    return ("AK" + "IA" + text if shape == "aws" else text), [secret]


SHAPES = st.sampled_from(["token", "long", "assigned", "url", "header", "json", "aws", "key"])
WORDS = st.sampled_from(["", "Some words.", "café — naïve", "- [ ] a step (est: 2h)", "`pytest -q`: 3 passed", "\x1b[31mred", "[REDACTED:Password]"])
PIECES = st.lists(st.one_of(WORDS, st.tuples(SHAPES, st.integers(0, 10_000))), max_size=6)


@given(PIECES, st.sampled_from(["\n", "\r\n", "\n\n", " \n\t", "\r"]), st.integers(0, 2))
def test_no_planted_secret_survives_and_twice_is_once(pieces, between, wrapped):
    texts, secrets = [], []
    for piece in pieces:
        text, parts = (piece, []) if isinstance(piece, str) else planted(*piece)
        texts.append(text)
        secrets += parts
    text = between.join(texts)
    for _ in range(wrapped):  # as a transcript holds it: one line of JSON
        text = json.dumps({"role": "tool", "content": text})
    redacted, findings = redact(text)
    assert [s for s in secrets if s in redacted] == []
    assert bool(findings) == bool(secrets)
    assert redact(redacted) == (redacted, [])
    assert scan_bytes("page.md", redacted.encode()) == []
    if not secrets:
        assert redacted == text


@pytest.mark.parametrize(
    ("before", "secret", "after", "redacted"),
    [
        ("see ", "gh" + "p_" + draw(36, 1), ", please", "see [REDACTED:GitHub token], please"),
        ("a\nDB_PASSWORD=", draw(12, 2) + "7x", " and more\nb", "a\nDB_PASSWORD=[REDACTED:Password] and more\nb"),
        ('{"a": "\\"password\\": \\"', draw(12, 3) + "7x", '\\"", "b": 1}', '{"a": "\\"password\\": \\"[REDACTED:Password]\\"", "b": 1}'),
        ("user ", key_block(4)[0], "\nrest", "user [REDACTED:Private key]\nrest"),
        ("user ", key_block(4)[0].replace("\n", "\\n"), " rest", "user [REDACTED:Private key] rest"),
    ],
)  # fmt: skip
def test_what_is_around_the_value_stays(before, secret, after, redacted):
    assert redact(before + secret + after)[0] == redacted


def test_an_escaped_value_is_found_in_its_place():
    secret = "hunter" + "2horse"
    escaped = secret.replace("h", "\\u0068")
    assert redact(f"a password={escaped}, b")[0] == "a password=[REDACTED:Password], b"


def test_a_value_that_cannot_be_placed_takes_its_line_with_it(monkeypatch):
    from gitsession.secretscan.scanner import Hit

    encoded = base64.b64encode(b"something").decode()
    monkeypatch.setattr(
        redaction,
        "find_hits",
        lambda _, text: {1: [Hit(0, 9, "Secret in base64", "something")]} if encoded in text else {},
    )
    assert redact(f"a\nb {encoded} c\nd")[0] == "a\n[REDACTED:Secret in base64]\nd"


def test_a_text_that_is_never_clean_is_not_kept(monkeypatch):
    from gitsession.secretscan.scanner import Hit

    monkeypatch.setattr(redaction, "find_hits", lambda _, text: {0: [Hit(0, 1, "Password", text[:1])]})
    with pytest.raises(ScanError):
        redact("always something")


def test_a_key_that_was_cut_off_goes_as_far_as_it_reaches():
    block, body = key_block(5)
    cut = "\n".join(block.split("\n")[:3])
    redacted, _ = redact(f"{cut}\nThen the program ended.\n")
    assert redacted.endswith("\nThen the program ended.\n")
    assert not any(part in redacted for part in body)


CONTINUED = st.sampled_from(["\n", "\\\n", "=\n", "\n    ", "\n> ", '" \\\n  "', '" +\n  "', "\n| "])


@given(
    st.integers(0, 10_000),
    st.sampled_from(["gh" + "p_{}", "api_key: {}", 'token = "{}"', "Authorization: Bearer {}", "DB_PASSWORD={}"]),
    st.integers(36, 200),
    st.integers(30, 76),
    CONTINUED,
)
def test_a_wrapped_value_goes_to_its_last_line(seed, shape, length, width, between):
    value = draw(length, seed)
    pieces = [value[at : at + width] for at in range(0, length, width)]
    redacted, findings = redact(shape.format(between.join(pieces)) + "\nThen it works.\n")
    assert findings
    assert [piece for piece in pieces if len(piece) > 5 and piece in redacted] == []
    assert redacted.endswith("\nThen it works.\n")


@pytest.mark.parametrize("after", ["Then", "done", "- next", "```"])
def test_a_word_below_a_value_stays(after):
    assert redact(f"token {'gh' + 'p_' + draw(36, 1)}\n{after}\n")[0] == f"token [REDACTED:GitHub token]\n{after}\n"


@pytest.mark.parametrize("words", ["nothing to hide", "read " + "gh" + "p_" + draw(36, 1) + " there"])
def test_the_words_of_an_error_come_through_the_door(words):
    assert admit_error(words) == words.replace("gh" + "p_" + draw(36, 1), "[REDACTED:GitHub token]")


def test_where_the_door_is_broken_an_error_says_nothing(monkeypatch):
    monkeypatch.setattr(redaction, "find_hits", None)
    assert admit_error("words") == "(its words could not be searched for secrets)"


def test_lines_stay_as_many_as_they_are():
    lines = ["Add login", *key_block(6)[0].split("\n"), "Use gh" + "p_" + draw(36, 6), "two  spaces"]
    clean = redact_lines(lines)
    assert len(clean) == len(lines)
    assert (clean[0], *clean[-2:]) == ("Add login", "Use [REDACTED:GitHub token]", "two spaces")
    assert not any(part in line for part in key_block(6)[1] for line in clean)


def test_a_person_is_told_where_and_nothing_is_changed():
    secret = "gh" + "p_" + draw(36, 8)
    assert admit("No secret.", person="the text") == "No secret."
    with pytest.raises(SecretError) as caught:
        admit(f"one\ntwo {secret}", person="--why")
    assert "GitHub token (ghp_****) at 2:5 of --why" in caught.value.message
    assert secret not in str(caught.value)


def listed(count):
    return "".join(f"{n}. {chr(96 + n) * 2}{chr(97 + n)}word\n" for n in range(1, count + 1))


def test_every_word_of_a_listed_recovery_phrase_is_redacted():
    kept, _ = redact("My words:\n\n" + listed(12))
    assert "word\n" not in kept
    assert kept.count("REDACTED") == 12
    assert next(scan_versions([(1, "a.md", listed(24).encode())]))[0] == 1


@pytest.mark.parametrize("count", [11, 13, 25])
def test_a_list_of_another_length_is_no_recovery_phrase(count):
    assert redact(listed(count))[0] == listed(count)
    assert not list(scan_versions([(1, "a.md", listed(count).encode())]))

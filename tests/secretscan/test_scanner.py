import base64
import json
import os
import random
import string
import subprocess
import sys
import traceback

import pytest

from gitsession.errors import ScanError
from gitsession.secretscan import RULES_VERSION, engine, mask, scan_bytes, scanner

ALNUM = string.ascii_letters + string.digits


def draw(length, alphabet=ALNUM, seed=7):
    """A value that no scanner of this file's own text can see: made when the test runs."""
    chooser = random.Random(f"{seed}/{length}/{alphabet}")
    return "".join(chooser.choice(alphabet) for _ in range(length))


def b64(text):
    return base64.b64encode(text.encode()).decode()


HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
PLANTED = [
    # (what stands before, the secret, what stands after, the kind)
    ("key ", "AK" + "IA" + draw(16, UPPER), " in us-east-1", "AWS access key"),
    ("- token: ", "gh" + "p_" + draw(36), "", "GitHub token"),
    ("used ", "github" + "_pat_" + draw(60), ".", "GitHub token"),
    ("`", "gl" + "pat-" + draw(20), "`", "GitLab token"),
    ("", "xo" + "xb-123456789012-123456789013-" + draw(24), "", "Slack token"),
    ("", "xa" + "pp-1-A012345-1234567890123-" + draw(40), "", "Slack token"),
    ("https://", "hooks.sla" + f"ck.com/services/T{draw(8, UPPER)}/B{draw(8, UPPER)}/{draw(24)}", "", "Slack webhook"),
    ("", "sk-" + "ant-api03-" + draw(90), "", "Anthropic key"),
    ("", "sk-" + "proj-" + draw(60), "", "OpenAI key"),
    ("", "sk_" + "live_" + draw(24), "", "Secret key"),
    ("", "sk_" + "test_" + draw(24), "", "Secret key"),
    ("", "hf" + "_" + draw(34), "", "Hugging Face token"),
    ("", "AI" + "za" + draw(35), "", "Google API key"),
    ("", "ya" + "29." + draw(60), "", "Google OAuth token"),
    ("", "npm" + "_" + draw(36), "", "npm token"),
    ("", "S" + "G." + draw(22) + "." + draw(43), "", "SendGrid key"),
    ("", "dop" + "_v1_" + draw(64, HEX), "", "DigitalOcean token"),
    ("", "shp" + "at_" + draw(32, HEX), "", "Shopify token"),
    ("", "AGE-SECRET" + "-KEY-1" + draw(58, UPPER), "", "Age key"),
    ("", "lin" + "_api_" + draw(40), "", "Linear key"),
    ("", "acme" + "_" + draw(40), "", "Token with a prefix"),
    ("", draw(32, HEX) + "-us" + "12", "", "Mailchimp key"),
    ("DB_PASSWORD=", "hunter" + "2horse", "", "Password"),
    ('  "password": "', "Tr0ub4dor" + "&3", '",', "Password"),
    ("password: '", "k9" + draw(8), "'", "Password"),
    ("export SERVICE_TOKEN=", draw(32), "", "Secret in an assignment"),
    ("the api key is ", draw(32), "", "Secret in an assignment"),
    ('req.Header.Set("x-api-key", "', draw(32), '")', "Authorization header"),
    ("psql postgres://app:", "s3cr" + "et.horse", "@db.local/app", "Password in a URL"),
    ("curl -H 'Authorization: Bearer ", draw(40), "'", "Authorization header"),
    ("Basic ", b64("ada:correct horse"), "", "Authorization header"),
    ("-----", "BEGIN RSA PRIVATE" + " KEY", "-----", "Private key"),
    ("-----", "BEGIN ENCRYPTED PRIVATE" + " KEY", "-----", "Private key"),
    ("", "PuTTY-User" + "-Key-File-3", ": ssh-ed25519", "Private key"),
]


@pytest.mark.parametrize(("before", "secret", "after", "kind"), PLANTED, ids=[p[3] for p in PLANTED])
def test_a_planted_secret_is_found_in_its_place_and_masked(before, secret, after, kind):
    text = f"# Title\n\nWords.\n{before}{secret}{after}\nMore words.\n"
    findings = scan_bytes(".sessions/0001-a.md", text.encode())
    assert [(f.path, f.line, f.column, f.kind) for f in findings] == [(".sessions/0001-a.md", 4, len(before) + 1, kind)]
    assert secret not in repr(findings)
    assert secret[: len(secret) // 4 + 1] not in findings[0].excerpt


HARMLESS = f"""---
schema: 1
agent: claude-code
parents: [0001-bootstrap-x7qm]
---
# Rotate the tokens ([0001](0001-rotate-the-tokens-x7qm.md))

## Decisions
- Use argon2id for password hashes, because bcrypt truncates at 72 bytes.
- The token lives in the keyring, never in a file: password: (ask ops)
- Secrets come from `os.environ["DB_PASSWORD"]`, and `API_KEY=${{API_KEY}}` in CI
- `TOKEN=<your token>`, `token: changeme`, `password = test`
- commit {draw(40, HEX)} fixed it; `index {draw(7, HEX)}..{draw(7, HEX)} 100644`
- image sha256:{draw(64, HEX)}, "integrity": "sha512-{draw(86)}=="
- `password = getpass.getpass()`, `secret = config.secret`, `self.api_key = api_key or os.getenv("ACME_API_KEY")`
- [ ] Rate-limit by API key (est: 20m), primary key: user_id, foreign key: feeds.id
- tests: 878 tokens, --- PASS: TestGetLastMessageUUID7 (0.00s), `pytest tests/test_password.py::test_reset_token2`
- request 0d4f1c9e-35c7-4c69-9d0e-{draw(12, HEX)}, "id": "toolu_{draw(24)}", session 0002-add-login-k3f9
- postgres://user:password@localhost/db, https://github.com/acme/app/blob/main/src/password_reset.py#L10
- Authorization: Bearer <token>, Basic auth is disabled; `curl -u "$USER:$PASS"`
- ![logo](data:image/png;base64,{draw(400)})
- max_tokens: 4096, model: claude-sonnet-4-20250514, token_type: bearer, keyboard: us-intl
"""


@pytest.mark.parametrize("line", HARMLESS.splitlines())
def test_a_normal_line_of_a_handoff_passes(line):
    assert scan_bytes("x.md", line.encode()) == []


def test_every_occurrence_is_found_also_where_nothing_gives_it_away():
    value = draw(20)
    text = f"password={value} and password={value}\n\nlater {value}, once more\nit was x{value}x\n"
    places = [(f.line, f.column) for f in scan_bytes("x.md", text.encode())]
    assert places == [(1, 10), (1, 44), (3, 7), (4, 9)]


TOKEN = "gh" + "p_" + draw(36)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"caf\xe9\n" + TOKEN.encode() + b"\xff\n", 2),
        (b"\xff\xfe" + f"one\ntwo\n{TOKEN}\n".encode("utf-16-le"), 3),
        (b"\xfe\xff" + f"one\ntwo\n{TOKEN}\n".encode("utf-16-be"), 3),
        (f"one\n{TOKEN}\n".encode("utf-16-le"), 2),  # no byte order mark
        (b"\xff\xfeone\n" + TOKEN.encode(), 2),  # a byte order mark that lies
        (b"\xef\xbb\xbf" + TOKEN.encode(), 1),
        (b"one\r\ntwo\r\n" + TOKEN.encode() + b"\r\n", 3),
        (b"one\rtwo\r" + TOKEN.encode(), 3),
        (b"one\0two\0" + TOKEN.encode() + b"\0\n", 1),
        (b"\0" * 50 + TOKEN.encode(), 1),
        (b"x " * 40_000 + TOKEN.encode() + b" x" * 40_000, 1),
    ],
)
def test_no_encoding_or_line_end_hides_a_secret(data, line):
    assert {f.line for f in scan_bytes("x.md", data)} == {line}


def test_a_secret_in_escaped_json_is_found():
    value = draw(24)
    text = r'{"content": "$ env\nDB_PASSWORD=\"' + value + r'\"\nok", "path": "C:\\new"}'
    assert [(f.column, f.kind) for f in scan_bytes("x.jsonl", text.encode())] == [(text.index(value) + 1, "Password")]


def test_a_pragma_or_a_markdown_link_suppresses_nothing():
    line = f"[login](docs/login.md) x: y(z) {TOKEN} <!-- pragma: allowlist secret -->"
    assert len(scan_bytes("x.md", line.encode())) == 1


def test_nothing_to_scan():
    assert scan_bytes("x.md", b"") == []
    assert RULES_VERSION


@pytest.mark.parametrize("length", range(40))
def test_a_mask_shows_a_quarter_at_most(length):
    value = draw(length)
    shown = mask(value).removesuffix("****")
    assert value.startswith(shown)
    assert len(shown) <= min(4, length / 4)


def test_a_mask_shows_nothing_that_a_terminal_would_obey():
    assert mask("\x1b[2J" + draw(20)) == "?[2J****"


class _Broken:
    secret_type = "Broken"
    gates = ("e",)
    fold = False

    def spans(self, line):
        raise ValueError(line)
        yield

    def parts(self):
        return [(self.gates, self.fold, self.spans)]


@pytest.fixture
def fresh():
    scanner._load.cache_clear()
    yield
    scanner._load.cache_clear()


def test_a_detector_that_fails_refuses_and_tells_no_value(monkeypatch, fresh):
    monkeypatch.setattr(engine, "load", lambda module, name: _Broken())
    secret = draw(24)
    with pytest.raises(ScanError) as caught:
        scan_bytes("x.md", b"\nhere " + secret.encode())
    assert caught.value.message.startswith("x.md:2: ")
    assert secret not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("error", [ImportError, AttributeError, RuntimeError])
def test_an_engine_that_does_not_load_refuses(monkeypatch, fresh, error):
    def load(module, name):
        raise error("gone")

    monkeypatch.setattr(engine, "load", load)
    with pytest.raises(ScanError, match=r"x\.md: the secret scan cannot run"):
        scan_bytes("x.md", b"nothing in it")


def test_a_line_over_its_budget_refuses_with_its_number(monkeypatch):
    monkeypatch.setattr(scanner, "LINE_SECONDS", -1.0)
    with pytest.raises(ScanError, match=r"x\.md:2: "):
        scan_bytes("x.md", b"\npassword\n")


def _python(code):
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60)


PATHS = f"import sys; sys.path[:0] = {[p for p in sys.path if p]!r}\n"


def test_a_scan_loads_neither_requests_nor_multiprocessing():
    done = _python(
        PATHS + f"from gitsession.secretscan import scan_bytes\n"
        f"scan_bytes('x', {TOKEN.encode()!r} + b' aws key eyJ xoxb- k_live_ -us1 T3BlbkFJ')\n"
        "print([m for m in ('requests', 'multiprocessing', 'detect_secrets', 'subprocess') if m in sys.modules])\n"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_requests_and_detect_secrets_stay_the_real_ones():
    done = _python(
        PATHS + "from gitsession.secretscan import scan_bytes\nscan_bytes('x', b'aws key xoxb-')\n"
        "import requests, detect_secrets\nfrom detect_secrets.plugins import slack\n"
        "scan_bytes('x', b'sq0csp- k_live_')\n"
        "print(requests.get.__module__, slack.requests is requests is sys.modules['requests'], "
        "detect_secrets.SecretsCollection.__name__)\n"
    )
    assert done.stdout.split() == ["requests.api", "True", "SecretsCollection"], done.stderr


OURS = [
    ("prefixes", "KnownPrefixDetector", TOKEN),
    ("prefixes", "UnknownPrefixDetector", "acme" + "_" + draw(40)),
    ("shapes", "KnownShapeDetector", draw(14) + ".atlasv1." + draw(60)),
    ("shapes", "WholeShapeDetector", draw(32, HEX) + "-us" + "12"),
    ("keys", "KeyMaterialDetector", "-----BEGIN EC PRIVATE" + " KEY-----"),
    ("urls", "UrlDetector", "psql postgres://app:" + draw(12) + "@db/app"),
    ("headers", "HeaderDetector", f"Authorization: Bearer {draw(40)}"),
    ("assignments", "SecretAssignmentDetector", f'api_key = "{draw(40)}"'),
    ("configs", "ConfigDetector", "machine h login ada password " + draw(12)),
    ("commands", "CommandDetector", "curl -u ada:" + draw(12)),
    ("nearby", "OpaqueValueDetector", "datadog " + draw(32, HEX)),
]


@pytest.mark.parametrize(("module", "name", "line"), OURS, ids=[name for _, name, _ in OURS])
def test_our_detectors_are_plugins_of_plain_detect_secrets(module, name, line, tmp_path):
    """In one place, without the other families: each is a detector by itself."""
    (tmp_path / "a.py").write_text(f"{line}\n")
    plugin = {"name": name, "path": f"file://{os.path.dirname(scanner.__file__)}/{module}.py"}
    done = _python(
        PATHS + "from detect_secrets.settings import transient_settings\nfrom detect_secrets import SecretsCollection\n"
        f"with transient_settings({{'plugins_used': [{plugin!r}]}}):\n"
        f"    found = SecretsCollection()\n    found.scan_file({str(tmp_path / 'a.py')!r})\n    print(len(list(found)))\n"
    )
    assert int(done.stdout or 0) >= 1, done.stderr


def test_the_command_of_detect_secrets_runs_our_detectors(tmp_path):
    (tmp_path / "a.md").write_text(f"datadog {draw(32, HEX)}\n")
    plugin = os.path.dirname(scanner.__file__) + "/nearby.py"
    argv = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", "-p", plugin, str(tmp_path / "a.md")]
    argv += ["--all-files"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path)
    kinds = [found["type"] for all_found in json.loads(done.stdout)["results"].values() for found in all_found]
    assert "Opaque value" in kinds


def test_every_detector_that_the_gate_runs_is_one_of_these():
    assert {rule.name for rule in scanner._OWN + scanner._LAST} == {name for _, name, _ in OURS}


VALUE = draw(32).lower()


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        (["The API key:", "", "    " + VALUE], [(3, 5)]),
        (["the token is (", "```", VALUE, "```"], [(3, 1)]),
        (["> <apiToken>", ">    " + VALUE, "> </apiToken>"], [(2, 6)]),
        (["export TOKEN=\\", VALUE], [(2, 1)]),
        (["token: |", "  " + VALUE], [(2, 3)]),
        (['x = "gh' + 'p_' + TOKEN[4:20] + '" +', '    "' + TOKEN[20:] + '"'], [(1, 6), (2, 6)]),
        (["What the terminal wrapped was " + TOKEN[:17], TOKEN[17:]], [(1, 31), (2, 1)]),
        (["The API key:", "", "", "", VALUE], []),
        (["The API key:", "is in the vault", VALUE], []),
    ],
)  # fmt: skip
def test_a_value_on_the_next_line_or_over_two_is_found_where_it_stands(lines, places):
    assert [(f.line, f.column) for f in scan_bytes("a.md", "\n".join(lines).encode())] == places


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("in a certificate\n-----BEGIN " + "CERTIFICATE-----\n", "\n-----END CERTIFICATE-----\n"),
    ],
)
def test_what_is_public_passes_and_the_same_text_elsewhere_does_not(before, after):
    body = "\n".join(draw(64, ALNUM + "+", seed) for seed in range(3))
    assert bool(scan_bytes("a.md", f"{before}{body}{after}".encode())) is (not before)


def test_base64_of_text_is_read_and_its_place_named():
    inner = b64("[db]\nDB_PASSWORD=" + draw(12) + "\nport = 1\n")
    assert [(f.column, f.kind) for f in scan_bytes("a.md", f"see {inner} here".encode())] == [(5, "Password")]
    assert not scan_bytes("a.md", f"see {b64('no more than a plain sentence of words')} here".encode())


def test_a_line_is_judged_by_itself():
    line = "\\u0070assword=" + "hunter" + "2horse"  # the gate shows only once it is unescaped
    alone, beside = scan_bytes("a", line.encode()), scan_bytes("a", f"{line}\n# password\n".encode())
    assert [(f.line, f.kind) for f in alone] == [(1, "Password")]
    assert alone == beside


@pytest.mark.parametrize("words", ["scanner-parser-428q", "checkpoint-handoff-8tp9", "session-worktree-a3s4"])
@pytest.mark.parametrize("name", ["merge-auth", "fix-token"])
def test_a_link_to_a_session_is_no_secret(name, words):
    link = f"- [x] Done ([0870](0870-{name}-{words}.md))\n"
    assert scan_bytes("a.md", link.encode()) == []
    assert scan_bytes("a.md", link.replace(words, draw(32).lower()).encode())


def test_a_private_key_is_one_finding_and_what_is_beside_it_another():
    body = "\n".join(draw(64, seed=seed) for seed in range(6))
    key = "-----" + f"BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    token = "gh" + "p_" + draw(36)
    for text in (key, key.replace("\n", "\n> "), json.dumps({"key": key})):
        found = scan_bytes("a.md", f"{text}\nand {token}\n".encode())
        assert [f.kind for f in found] == ["Private key", "GitHub token"]


def test_binary_data_is_scanned_and_each_value_told_once():
    token = ("gh" + "p_" + draw(36)).encode()
    data = b"\x89PNG\0\1" + token + b"\0\xfe\npassword=" + b"hunter" + b"2horse\0\n"
    assert [(f.line, f.kind) for f in scan_bytes("a.bin", data)] == [(1, "GitHub token"), (2, "Password")]
    noise = b"\0".join(b"pw=\x01a\x93%d\xff$" % n for n in range(50))
    assert scan_bytes("a.bin", noise) == []

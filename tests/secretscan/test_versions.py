from hypothesis import given, settings
from hypothesis import strategies as st

from gitsession.secretscan import scan_bytes, scanner, versions
from gitsession.secretscan.versions import scan_versions

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6" * 3
LINES = st.sampled_from([
    b"", b"words", b"- token: none", b"caf\xe9", b"a\rb", b"- token " + TOKEN.encode(), b"see " + TOKEN[4:].encode(),
    b"password=" + b"hunter" + b"2horse", b"\\u0070assword=" + b"hunter" + b"2horse", b"\xef\xbb\xbfword", b"\xff\xfe", b"a\0b",
    b"The API key:", b"   " + TOKEN[4:].lower().encode(), b"words that end in a password:", b"correct7horse", b"```",
])  # fmt: skip
FILES = st.lists(st.tuples(st.lists(LINES, max_size=5), st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=12)


@settings(max_examples=60)
@given(FILES, st.sampled_from([0, 30, 10_000]), st.sampled_from([0, 10_000]))
def test_the_findings_are_those_of_each_file_by_itself(files, batch, remembered):
    files = [(number, f"{number}.md", end.join(lines)) for number, (lines, end) in enumerate(files)]
    before = versions.BATCH, versions.REMEMBERED
    versions.BATCH, versions.REMEMBERED = batch, remembered
    try:
        found = dict(scan_versions(files))
    finally:
        versions.BATCH, versions.REMEMBERED = before
    assert found == {number: f for number, path, data in files if (f := scan_bytes(path, data))}


def test_a_line_is_scanned_once(monkeypatch):
    looked_at = []
    scan_line = scanner._scan_line
    monkeypatch.setattr(scanner, "_scan_line", lambda *a: (looked_at.append(a[2]), scan_line(*a))[1])
    monkeypatch.setattr(versions, "BATCH", 100)
    text = "".join(f"- token number {number}\n" for number in range(20))
    assert not list(scan_versions((n, "a.md", f"{text}- the token of version {n}\n".encode()) for n in range(50)))
    assert len(looked_at) == 20 + 50


def test_a_scan_that_fails_names_the_file_where_it_failed(monkeypatch):
    monkeypatch.setattr(scanner, "LINE_SECONDS", -1)
    monkeypatch.setattr(scanner, "LINE_SECONDS_PER_MILLION", 0)
    try:
        list(scan_versions([(1, "a.md", b"a token here\n")]))
    except scanner.ScanError as e:
        assert "a.md:1" in e.message  # noqa: PT017
    else:
        raise AssertionError

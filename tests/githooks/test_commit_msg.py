"""The trailer, put in by the shell."""

import pytest

STEM = "0002-add-login-k3f9"
S = f"Session: {STEM}\n"


@pytest.fixture
def marked(clone):
    """A repository whose commits are to bear the trailer."""
    clone.install()
    clone.when("pre-commit", f"printf '{STEM}\\n' >.git/gitsession-commit")
    return clone


@pytest.mark.parametrize(
    ("message", "result"),
    [
        ("One", f"One\n\n{S}"),
        ("feat: one", f"feat: one\n\n{S}"),
        ("One\n\nBody", f"One\n\nBody\n\n{S}"),
        ("One\n\nBody\n---\nmore", f"One\n\nBody\n---\nmore\n\n{S}"),
        ("One\n\nSigned-off-by: A <a@e>", f"One\n\nSigned-off-by: A <a@e>\n{S}"),
        ("One\n\nFixes: 3\n  and more\nRefs: 4", f"One\n\nFixes: 3\n  and more\nRefs: 4\n{S}"),
        ("One\n\nSee below:\nSigned-off-by: A <a@e>", f"One\n\nSee below:\nSigned-off-by: A <a@e>\n{S}"),
        ("One\n\nA line\nhttps://example.com", f"One\n\nA line\nhttps://example.com\n\n{S}"),
        ("One\n\nSession: 0001-other", "One\n\nSession: 0001-other\n"),
        ("One\n\n    Session: 0001-other", "One\n\n    Session: 0001-other\n"),
        ("One\n\n* Session: 0001-other", "One\n\n* Session: 0001-other\n"),
        ("One\n\n#12 is fixed", f"One\n\n#12 is fixed\n\n{S}"),
        ("One \\n %s $HOME `x`\n\n\ttab\n*", f"One \\n %s $HOME `x`\n\n\ttab\n*\n\n{S}"),
    ],
)
def test_message_on_the_command_line(marked, message, result) -> None:
    marked.commit("-m", message)
    assert marked.message() == result


@pytest.mark.parametrize("message", ["One\r\n\r\nBody\r\n", "One\r\n\r\nRefs: 4\r\n", "One\r\n"])
def test_crlf(marked, message) -> None:
    (marked.root / "m").write_bytes(message.encode())
    marked.commit("-F", "m")
    lines = message.splitlines()
    assert marked.message() == "\n".join(lines) + ("\n" if "Refs: 4" in lines else "\n\n") + S


def test_bytes_that_are_no_text(marked) -> None:
    marked.git("config", "i18n.commitEncoding", "iso-8859-1")  # or git makes UTF-8 of it
    (marked.root / "m").write_bytes(b"caf\xe9\n\n\xff\\\n")
    marked.commit("-F", "m")
    assert b"caf\xe9\n\n\xff\\\n\nSession" in marked.open().read_object("HEAD")


@pytest.mark.parametrize(
    "typed",
    [
        'printf "One\\n" | cat - "$1" >m && cp m "$1"',  # a line on top of git's comments
        'sed "1s/.*/One/" "$1" >m && cp m "$1"',  # in the empty first line: no gap to the comments
        'printf "One" >"$1"',
        'printf "# first\\nOne\\n# last" >"$1"',
    ],
)
@pytest.mark.parametrize("args", [[], ["-v"], ["--cleanup=scissors"], ["-v", "--cleanup=scissors"]])
@pytest.mark.parametrize("char", ["#", ";", "auto"])
def test_message_from_an_editor(marked, typed, args, char) -> None:
    if char != "#" and "# first" in typed:
        pytest.skip("those are no comments then")
    marked.git("config", "core.commentChar", char)
    marked.commit(*args, GIT_EDITOR=marked.editor(typed))
    message = marked.message()
    if "--cleanup=scissors" in args:  # keeps comments above the scissors
        message = "".join(line for line in message.splitlines(keepends=True) if not line.startswith("#")).lstrip("\n")
    assert message == f"One\n\n{S}"


@pytest.mark.parametrize("char", ["#", ";", "auto"])
@pytest.mark.parametrize("args", [[], ["-v"], ["-s"], ["-v", "-s", "--cleanup=scissors"]])
def test_an_abandoned_commit_stays_one(marked, args, char) -> None:
    marked.git("config", "core.commentChar", char)
    done = marked.commit(*args, check=False, GIT_EDITOR="true")
    assert done.returncode == 1
    assert "empty commit message" in done.stderr
    assert marked.commit(*args, check=False, GIT_EDITOR=":").returncode == 1
    assert marked.message() == "Begin\n"


def test_sign_off_keeps_its_block(marked) -> None:
    marked.commit("-s", "-m", "One")
    assert marked.message() == f"One\n\nSigned-off-by: Ada Example <ada@example.com>\n{S}"
    marked.commit("-s", "-v", GIT_EDITOR=marked.editor('sed "1s/.*/Two/" "$1" >m && cp m "$1"'))
    assert marked.message() == f"Two\n\nSigned-off-by: Ada Example <ada@example.com>\n{S}"


def test_amend_keeps_one_trailer(marked) -> None:
    marked.commit("-m", "One")
    marked.commit("--amend", "--no-edit")
    marked.commit("--amend", GIT_EDITOR="true")
    assert marked.message() == f"One\n\n{S}"


def test_a_large_diff_below_the_scissors_is_no_text(marked) -> None:
    (marked.root / "big").write_text("Session: 0001-x\n" * 20000)
    marked.git("add", "big")
    marked.commit("-v", GIT_EDITOR=marked.editor('sed "1s/.*/One/" "$1" >m && cp m "$1"'))
    assert marked.message() == f"One\n\n{S}"
    assert (marked.root / ".git" / "COMMIT_EDITMSG").read_text().count("+Session: 0001-x\n") == 20000


def test_no_trailer_without_a_stem(marked) -> None:
    for stem in ("", "../x", "a b", "$(date)"):
        marked.when("pre-commit", f"printf '%s\\n' '{stem}' >.git/gitsession-commit")
        marked.commit("-m", "One")
        assert marked.message() == "One\n"


def test_never_stops_a_commit(marked) -> None:
    marked.when("pre-commit", "mkdir -p .git/gitsession-after .git/gitsession-through .git/COMMIT_EDITMSG.gitsession\n"
                              f"printf '{STEM}\\n' >.git/gitsession-commit")  # fmt: skip
    marked.commit("-m", "One")
    assert marked.message() == "One\n"

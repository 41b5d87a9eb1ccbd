"""Messages and signatures: what git makes of them without us, and the trailer."""

import re
import shutil

import pytest


@pytest.fixture
def stem(working):
    """Of the session in progress; a file is staged for its next commit."""
    working.write("a.txt", "changed\n")
    working.git("add", "a.txt")
    return working.checkpoints()[-1][:-3]


def message(project):
    return project.git("log", "-1", "--format=%B").stdout.rstrip("\n")


def script(path, text):
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return str(path)


MESSAGES = [
    ["-m", "Subject", "-m", "Body\n# no comment\n\n\nmore  "],
    ["--cleanup=verbatim", "-m", "\nSubject  \n\n\n# kept\n"],
    ["--cleanup=whitespace", "-m", "\nSubject  \n\n\n# kept\n"],
    ["--cleanup=strip", "-m", "Subject\n\n# gone\nBody\n"],
    ["--cleanup=scissors", "-e", "-m", "Subject\n\nBody"],
    ["--cleanup=scissors", "-v", "-e", "-m", "Subject"],
    ["-v", "-e", "-m", "Subject\n\n- diff --git in a list"],
    ["-F", "message"],
    ["-F", "message", "-e", "--cleanup=verbatim"],
    ["-F", "-"],
    ["-t", "message"],
    ["-C", "HEAD~1"],
    ["-c", "HEAD~1"],
    ["--fixup", "HEAD~1"],
    ["--fixup=amend:HEAD~1"],
    ["--squash", "HEAD~1", "-m", "And this"],
    ["-m", "Subject", "--trailer", "Reviewed-by: Bo <bo@example.com>", "-s"],
    ["-m", "Subject", "--author", "Bo <bo@example.com>", "--date", "2001-02-03T04:05:06Z"],
]


@pytest.mark.parametrize("options", MESSAGES, ids=" ".join)
def test_the_message_is_what_git_makes_of_it_and_the_trailer(working, stem, options, tmp_path):
    working.write("message", "From a file\n\nBody of it\n")
    writer = script(tmp_path / "writer", "{ echo Edited; cat $1; } >$1.x; mv $1.x $1" if "-t" in options else ":")
    made = []
    head = working.git("rev-parse", "HEAD").stdout.strip()
    for hooks in ("/dev/null", ".git/hooks"):
        working.git("reset", "-q", "--soft", head)
        argv = ["git", "-c", f"core.hooksPath={hooks}", "commit", "-q", *options]
        working.run(*argv, stdin="From stdin\n", GIT_EDITOR=writer)
        made.append(working.git("log", "-1", "--format=%an %ae %at%n%B").stdout.rstrip("\n"))
    plain, ours = (text.split("\n", 1) for text in made)
    assert ours[0] == plain[0] or "--date" not in options
    assert sorted(ours[1].replace(f"Session: {stem}", "").split()) == sorted(plain[1].split())
    assert ours[1].count("Session: ") == max(plain[1].count("Session: "), 1)
    assert working.status() == "?? message\n"


def test_the_setting_of_a_template_and_of_the_clean_up_hold(working, stem, tmp_path):
    (tmp_path / "template").write_text("\n\n# Why?\n")
    working.git("config", "commit.template", str(tmp_path / "template"))
    working.git("config", "commit.cleanup", "scissors")
    working.git("config", "commit.verbose", "true")
    assert working.git("commit", check=False, GIT_EDITOR="true").returncode != 0
    typed = script(tmp_path / "typed", "sed -i '1s/.*/Because/' $1")
    working.git("commit", "-q", GIT_EDITOR=typed)
    assert re.findall(r"^.+$", message(working), re.MULTILINE) == ["Because", f"Session: {stem}", "# Why?"]


# -- signatures


def test_the_signature_of_a_program_covers_page_and_trailer(working, stem, tmp_path):
    signer = script(
        tmp_path / "gpg",
        f"cat >{tmp_path}/signed\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'",
    )
    for key, value in (("gpg.program", signer), ("commit.gpgsign", "true"), ("log.showSignature", "true")):
        working.git("config", key, value)
    working.gs("decide", "Signed")
    working.git("commit", "-q", "-m", "Signed")
    signed = (tmp_path / "signed").read_text()
    assert f"\nSession: {stem}\n" in signed
    assert signed.startswith("tree " + working.git("rev-parse", "HEAD^{tree}").stdout)
    assert "Signed" in working.git("show", "HEAD:.sessions/HANDOFF.md").stdout
    working.gs("complete", "--commit")
    assert (tmp_path / "signed").read_text() != signed
    assert working.status() == ""


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen here")
def test_a_signature_by_an_ssh_key_verifies(working, trailers, stem, tmp_path):
    working.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key"))
    (tmp_path / "signers").write_text("ada@example.com " + (tmp_path / "key.pub").read_text())
    for key, value in (("gpg.format", "ssh"), ("user.signingKey", tmp_path / "key.pub"), ("commit.gpgSign", "true"),
                       ("gpg.ssh.allowedSignersFile", tmp_path / "signers")):  # fmt: skip
        working.git("config", key, str(value))
    working.git("commit", "-q", "-m", "Signed")
    assert "Good" in working.git("verify-commit", "HEAD").stderr
    assert trailers(working) == [stem]

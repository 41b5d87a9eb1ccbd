"""`conversation`: what is kept is shown, exported, published when asked, and forgotten for good."""

import json
import re

import pytest
from conversations import HEAD, STEM, Head, Turn, ran, said, token

from gitsession.git import Repository
from gitsession.store.branch import read_tip, write_files
from gitsession.store.conversations import write_conversation

BRANCH = "gitsession/conversations"
NAME = f"{STEM}/claude-code-0198a1b2-c3d"
OTHER = Head("codex", "other", title="Other work", started="2026-11-24T10:00:00Z")


def keep(project, turns, head=HEAD, stem=STEM):
    with Repository.open(str(project.root)) as repo:
        return write_conversation(repo, stem, head, turns)


@pytest.fixture
def kept(bare_project):
    """Two conversations, in two sessions."""
    keep(bare_project, [*said("Add login", "I do"), ran("1 failed", "t", code=1, failed=True)])
    keep(bare_project, said("Word of the other"), OTHER, "0002-other-k3f9")
    return bare_project


def names(project):
    return [f"{one['session']}/{one['name']}" for one in project.json("conversation", "list")]


def test_list_and_show(kept):
    assert names(kept) == [NAME, "0002-other-k3f9/codex-other"]
    assert re.search(rf"^  1  2026-11-23 09:30 +3 turns  {NAME}  Add login$", kept.gs("conversation", "list").stdout, re.MULTILINE)
    for word in ("1", NAME, "claude", HEAD.id):
        assert kept.gs("conversation", "show", word).stdout.count("### Turn ") == 3
    shown = kept.gs("conversation", "show", "1", "--turn", "2..3").stdout
    assert re.findall(r"^### Turn (\d+)$", shown, re.MULTILINE) == ["2", "3"]
    assert "**tool** · `Bash` (run) · failed · exit 1" in shown
    (turn,) = kept.json("conversation", "show", "1", "--turn", "3")["turns"]
    assert turn == {"number": 3, "who": "tool", "text": "1 failed", "tool": "Bash", "action": "run", "input": "pytest -q", "failed": True, "code": 1}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [(["show", "nobody"], 1, "no conversation"), (["show", "000"], 1, "fits 2 conversations"), (["show", "1", "--turn", "9"], 1, "go to 3"),
     (["show", "1", "--turn", "x"], 2, "is no turn"), (["forget"], 2, "say what"), (["forget", "1", "--all"], 2, "say what"),
     (["forget", "1"], 2, "--yes"), (["push"], 2, "no remote"), (["push", "./absent"], 1, "cannot be reached")],
)  # fmt: skip
def test_what_makes_no_sense_is_said(kept, words, code, says):
    done = kept.gs("conversation", *words, check=False)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert len(names(kept)) == 2


def test_export_writes_what_is_stored(kept, tmp_path):
    file = tmp_path / "out.md"
    kept.gs("conversation", "export", "1", str(file))
    assert file.read_text() == kept.git("show", f"{BRANCH}:{NAME}.md").stdout == kept.gs("conversation", "export", "1").stdout
    assert json.loads(kept.gs("conversation", "export", "1", "--format", "json").stdout)["turns"][0]["text"] == "Add login"


def test_without_any_nothing_is_listed_or_made(bare_project):
    assert bare_project.json("conversation", "list") == []
    assert bare_project.gs("conversation", "push", check=False).returncode in (1, 2)
    assert bare_project.git("for-each-ref", "refs/heads").stdout.count("\n") == 1


# -- forgetting


def objects(project):
    """Everything that a ref or a reflog reaches, as text."""
    oids = project.git("rev-list", "--all", "--reflog", "--objects", "--no-object-names").stdout
    return project.run("git", "cat-file", "--batch", stdin=oids).stdout


@pytest.mark.parametrize(("words", "left"), [(["claude"], 1), (["--session", "1"], 1), (["--all"], 0)])
def test_forgetting_leaves_nothing_that_is_reachable(kept, words, left):
    keep(kept, [*said("Add login", "I do"), Turn("user", "Word of the second version", id="w")])
    assert "Word of the second version" in objects(kept)
    done = kept.gs("conversation", "forget", *words, "--yes")
    assert f"forgotten: {NAME}" in done.stdout
    assert len(names(kept)) == left
    there = objects(kept)
    assert ("Add login" in there, "Word of the second" in there) == (False, False)
    assert ("Word of the other" in there) == bool(left)
    assert kept.git("log", "--format=%s", "-g", BRANCH, check=False).stdout.count("\n") <= 1
    assert kept.git("for-each-ref").stdout.count("\n") == 2
    kept.git("fsck", "--strict")
    assert keep(kept, said("Add login")).new == 1  # who imports it again wants it back


# -- publishing


@pytest.fixture
def server(kept, tmp_path):
    """A bare repository, `origin` of two clones: `kept`, and the one that is returned."""
    kept.git("init", "-q", "--bare", str(tmp_path / "server.git"))
    kept.git("remote", "add", "origin", str(tmp_path / "server.git"))
    kept.git("push", "-q", "origin", "main")
    kept.git("clone", "-q", str(tmp_path / "server.git"), str(tmp_path / "clone"))
    return type(kept)(tmp_path / "clone")


def test_what_two_clones_push_is_united(kept, server):
    keep(server, said("From the clone"), Head("gemini", "g"), "0003-third-aaaa")
    keep(server, [*said("Add login"), Turn("user", "Said in the clone", id="c")])
    assert "3 conv" not in kept.gs("conversation", "push").stdout
    assert "pushed to origin: 3 conversations" in server.gs("conversation", "push").stdout
    assert "3 conversations" in kept.gs("conversation", "push", "origin").stdout
    for project in (kept, server):
        assert len(names(project)) == 3
        assert {t["text"] for t in project.json("conversation", "show", "claude")["turns"]} == {"Add login", "I do", "1 failed", "Said in the clone"}
    tip = kept.git("rev-parse", BRANCH).stdout
    kept.gs("conversation", "push")
    assert kept.git("rev-parse", BRANCH).stdout == tip == kept.git("rev-parse", f"origin/{BRANCH}").stdout


def test_what_is_forgotten_does_not_come_back_from_anywhere(kept, server):
    kept.gs("conversation", "push")
    server.git("fetch", "-q")
    keep(server, said("From the clone"), Head("gemini", "g"), "0003-third-aaaa")
    server.gs("conversation", "push")
    told = kept.gs("conversation", "forget", "claude", "--yes").stderr
    assert f"git push --force-with-lease origin {BRANCH}" in told
    refused = kept.gs("conversation", "push", check=False)
    assert f"origin still has what was forgotten: {NAME}" in refused.stderr
    (command,) = re.findall(r"git push --force-with-lease=\S+ origin \S+", refused.stderr)
    kept.run("sh", "-c", command)
    assert len(names(kept)) == 2  # the other, and what was pushed meanwhile from the clone
    for clone in (server, kept):
        clone.gs("conversation", "push")
        assert (NAME in names(clone), len(names(clone))) == (False, 2)
        clone.git("fetch", "-q", "origin")
        published = clone.run("git", "cat-file", "--batch", stdin=clone.git("rev-list", "--objects", "--no-object-names", f"origin/{BRANCH}").stdout)
        assert "Add login" not in published.stdout


def test_the_removal_keeps_what_others_have_pushed(kept, server):
    kept.gs("conversation", "push")
    server.git("fetch", "-q")
    keep(server, said("From the clone"), Head("gemini", "g"), "0003-third-aaaa")
    server.gs("conversation", "push")
    kept.git("fetch", "-q")
    (command,) = re.findall(r"git push .*", kept.gs("conversation", "forget", "claude", "--yes").stderr)
    kept.run("sh", "-c", command)
    there = kept.git("ls-tree", "-r", "--name-only", f"origin/{BRANCH}").stdout.split()
    assert there == ["0002-other-k3f9/codex-other.md", "0003-third-aaaa/gemini-g.md", "README.md", "forgotten"]


def test_a_secret_is_not_published(kept, server, secret):
    with Repository.open(str(kept.root)) as repo:
        write_files(repo, read_tip(repo), {f"{STEM}/by-hand.md": f"{secret}\n".encode()}, "By hand")
    done = kept.gs("conversation", "push", check=False)
    assert done.returncode == 1
    assert "push refused: a secret" in done.stderr
    assert secret not in done.stderr
    assert kept.git("ls-remote", "origin", BRANCH).stdout == ""


def test_all_that_is_kept_passes_the_gate_of_a_push(kept, server):
    keep(kept, [Turn("user", f"{n} is {token(n)}", id=str(n)) for n in range(5)], Head("codex", "tokens"))
    kept.gs("hooks", "install")
    assert "pushed to origin: 3" in kept.gs("conversation", "push").stdout
    assert len(kept.git("ls-remote", "origin", BRANCH).stdout.split("\n")) == 2

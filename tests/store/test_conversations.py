"""A conversation given whole, again and again: what is new is added, what is there stays, what is secret or too much is left out."""

import os
import sys
from pathlib import Path

import pytest
from conversations import HEAD, STEM, draw, ran, said, token

from gitsession.errors import GitsessionError
from gitsession.model.conversation import Change, Head, Todo, Turn
from gitsession.store import intake
from gitsession.store.branch import read_tip
from gitsession.store.conversations import list_conversations, safe_id, stored_as

REF = "refs/heads/gitsession/conversations"


def texts(project, head=HEAD):
    return [turn.text for turn in stored(project, head).turns]


def stored(project, head=HEAD):
    repo = project.open()
    return stored_as(repo, read_tip(repo), head._replace(id=safe_id(head.id)))


@pytest.mark.parametrize("ids", [True, False])
def test_a_grown_transcript_adds_what_is_new(bare_project, keep, ids):
    turns = said("Add login", "Done", "go on", "Done too", "go on", ids=ids)
    if ids:
        turns[4] = turns[4]._replace(id="another")
    first = keep(bare_project, turns[:3], facts=("0a1b2c3d",))
    assert (first.turns, first.new, first.numbers) == (3, 3, [1, 2, 3])
    tip = bare_project.git("rev-parse", REF).stdout
    assert keep(bare_project, turns[:3], facts=("0a1b2c3d",)).new == 0
    assert bare_project.git("rev-parse", REF).stdout == tip  # nothing new, no commit
    grown = keep(bare_project, turns, facts=("4e5f6a7b",))
    assert (grown.turns, grown.new, grown.numbers) == (5, 2, [1, 2, 3, 4, 5])
    assert texts(bare_project) == [turn.text for turn in turns]
    assert stored(bare_project).facts == ("4e5f6a7b",)  # those of the last reading
    old = keep(bare_project, turns[:3], facts=("0a1b2c3d",))
    assert (old.new, old.behind, grown.behind) == (0, True, False)
    assert stored(bare_project).facts == ("4e5f6a7b",)


@pytest.mark.parametrize("ids", [True, False])
def test_a_transcript_that_was_cut_down_loses_nothing(bare_project, keep, ids):
    turns = said("One", "Two", "Three", "Four", ids=ids)
    keep(bare_project, turns)
    summary = Turn("user", "What was before", id="s" if ids else "", kind="summary")
    kept = keep(bare_project, [summary, *turns[2:], Turn("assistant", "Five", id="5" if ids else "")])
    assert (kept.turns, kept.new, kept.numbers) == (6, 2, [5, 3, 4, 6])
    assert texts(bare_project) == ["One", "Two", "Three", "Four", "What was before", "Five"]


def test_an_output_that_comes_later_is_filled_in_where_its_call_stands(bare_project, keep):
    keep(bare_project, [*said("Test it"), ran("", "call")])
    kept = keep(bare_project, [*said("Test it"), ran("3 passed", "call", code=0), Turn("assistant", "Passed", id="x")])
    assert (kept.turns, kept.new, kept.numbers) == (3, 1, [1, 2, 3])
    assert [(t.number, t.text, t.code) for t in stored(bare_project).turns][1] == (2, "3 passed", 0)


def test_a_record_that_stands_twice_is_kept_once_and_thinking_never(bare_project, keep):
    turns = said("One", "Two")
    thought = Turn("assistant", "hm " * 100, id="t", kind="thinking")
    kept = keep(bare_project, [thought, *turns, thought, *turns])
    assert (kept.turns, kept.numbers) == (2, [0, 1, 2, 2, 1, 2])


def test_a_conversation_stays_with_the_session_that_it_was_kept_under(bare_project, keep):
    keep(bare_project, said("One"))
    kept = keep(bare_project, said("One", "Two"), stem="0002-other-k3f9")
    assert (kept.stem, kept.turns) == (STEM, 2)
    assert len(list_conversations(bare_project.open())) == 1


def test_a_title_is_the_first_words_of_the_user_where_the_agent_gives_none(bare_project, keep):
    head = HEAD._replace(title="")
    turns = [Turn("assistant", "Hello", id="h"), Turn("user", f"<x> Use {token(1)} to\nsign in", id="u"), *said("More")]
    keep(bare_project, turns, head=head)
    keep(bare_project, [*said("More"), Turn("user", "Something else", id="e")], head=head)
    assert stored(bare_project).head.title == "<x> Use [REDACTED:GitHub token] to"
    long = HEAD._replace(id="long", title="word " * 96 + token(2) + " word" * 200)
    keep(bare_project, said("One"), head=long)
    assert len(stored(bare_project, long).head.title) <= 121
    path = "d/" * 220 + token(3) + "/a.py"
    keep(bare_project, [ran("", action="edit", changes=(Change(path),))], head=HEAD._replace(id="path"))
    assert token(3)[:10] not in stored(bare_project, HEAD._replace(id="path")).turns[0].changes[0].path


def test_ids_that_begin_alike_are_conversations_of_their_own(bare_project, keep):
    ids = ["0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "0198a1b2-c3d4-7e5f-8a9b-ffffffffffff", "0198a1b2", "0198a1b2-2", "../..", "a b\n"]
    names = {keep(bare_project, said("One " + id_), head=Head("codex", id_)).name for id_ in ids}
    assert len(names) == len(ids)
    assert sorted(texts(bare_project, Head("codex", id_))[0] for id_ in ids) == sorted(("One " + id_).rstrip() for id_ in ids)
    assert len(list_conversations(bare_project.open())) == len(ids)
    assert [len(list_conversations(bare_project.open(), session=stem)) for stem in (STEM, "0002-other-x7qm")] == [len(ids), 0]


# -- what must not be kept


def planted():
    """A conversation with a secret of another kind in each place that takes a text, and the secrets."""
    body = [draw(64, n) for n in range(30)]
    key = "\n".join(["-----" + "BEGIN RSA PRIVATE" + " KEY-----", *body, "-----END RSA PRIVATE" + " KEY-----"])
    tokens = [token(n) for n in range(20)]
    it = iter(tokens)
    aws, word = "AK" + "IA" + draw(16, 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), draw(12, "w") + "7x"
    url = f"postgres://app:{draw(14, 'u')}9z@db.local/app"
    head = Head("claude-code", next(it), "/home/ada/x", f"topic-{next(it)}", title=f"Use {next(it)}", model=next(it), parent=next(it))
    turns = [
        Turn("user", f"Here is {next(it)} for you", id=next(it), when=next(it)),
        Turn("assistant", f'DB_PASSWORD="{word}"\n' + "words\n" * 5000 + f"and {next(it)}", kind="", model=next(it)),
        ran("a line of output\n" * 40 + key + "\n" + "a line of output\n" * 3, "k", input=f"curl -H 'Authorization: Bearer {next(it)}' x"),
        ran("x\n" * 900 + f"aws_access_key_id = {aws}\n", "a", tool=f"T-{next(it)}", action="other"),
        ran("", "e", action="edit", input="src/a.py", changes=(Change(f"src/{next(it)}.py", old=f"{next(it)}.py"),), failed=True),
        ran("", "t", action="todo", todos=(Todo(f"Set {url}"),)),
        Turn("system", f"export TOKEN={next(it)}", kind="unknown:x", phase="p"),
        ran("word " * 70 + f"{tokens[0]} " + "word " * 9000, "line"),
    ]
    return head, turns, [*tokens, *body, aws, word, draw(14, "u") + "9z"]


def test_no_secret_reaches_an_object_a_file_or_the_terminal(bare_project, keep, everything):
    head, turns, secrets = planted()
    kept = keep(bare_project, turns, head=head)
    assert kept.redacted > 10
    keep(bare_project, [*turns, Turn("user", f"again {secrets[3]}", id="again")], head=head)
    there = everything(bare_project)
    assert "Here is [REDACTED:GitHub token] for you" in there
    assert [secret for secret in secrets if secret in there] == []
    assert bare_project.gs("scan", "--history").returncode == 0


def test_the_end_of_an_output_with_a_key_in_it_is_not_kept():
    body = [draw(64, n) for n in range(60)]
    for ends in (body, [*body[:20], "-----END RSA PRIVATE" + " KEY-----", *["more"] * 190]):
        raw = intake.cut_turn(ran("\n".join(["-----" + "BEGIN RSA PRIVATE" + " KEY-----", *ends])), "", "/r")
        _, (turn,), _ = intake.redacted(HEAD, [raw])
        assert [line for line in [*body, "more"] if line in turn.text] == []


@pytest.mark.parametrize("at", range(0, 240, 6))
def test_a_secret_at_the_end_of_what_is_kept_goes_whole(at):
    secret = token(at)
    for text in (
        "\n" * (850 + at) + secret + "\n" * 5000,
        "w" * (220 + at) + " " + secret + " word" * 3000,
        "w " * 3000 + f"\n{secret}\n" + "y\n" * (430 + at // 2),
    ):
        raw = intake.cut_turn(ran(text), "", "/r")
        _, (turn,), _ = intake.redacted(HEAD, [raw])
        assert secret[:12] not in turn.text
        assert len(turn.text) < 2100


def test_outputs_are_cut_at_line_ends_with_a_note(bare_project, keep):
    lines = [f"line {n} of many" for n in range(5000)]
    blob = draw(200_000, "blob")
    keep(bare_project, [ran("\n".join(lines)), ran(f"before\ndata:image/png;base64,{blob}\nafter"), ran("a,b;" * 50_000), *said("w " * 30_000)])
    shown, data, minified, long = (t.text for t in stored(bare_project).turns)
    cut = stored(bare_project).turns[0].cut
    assert f"[{cut - 2:,} characters cut]" in shown or "characters cut]" in shown
    assert set(shown.split("\n")) - set(lines) == {next(line for line in shown.split("\n") if line.startswith("["))}
    assert (shown.split("\n")[0], shown.split("\n")[-1]) == (lines[0], lines[-1])
    assert len(shown) < 2100
    assert (data.startswith("before\n"), data.endswith("after"), len(data) < 1000) == (True, True, True)
    assert len(minified) < 700
    assert len(long) < 20_100
    assert stored(bare_project).cut > 200_000


def test_when_there_is_too_much_older_outputs_go_first_and_do_not_come_back(bare_project, keep, monkeypatch):
    monkeypatch.setattr(intake, "MOST", 20_000)
    turns = [t for n in range(100) for t in (Turn("user", f"Ask {n}", id=f"u{n}"), ran("out\n" * 200, f"t{n}"))]
    kept = keep(bare_project, turns)
    one = stored(bare_project)
    assert kept.cut == one.cut > 50_000
    assert one.turns[-1].text
    assert not any(t.text for t in one.turns[:20] if t.who == "tool")
    assert sum(t.who == "user" for t in one.turns) > 80  # the user's words last
    assert one.turns[-1].number == 200
    assert "left out" in bare_project.git("show", f"{REF}:{kept.stem}/{kept.name}.md").stdout.split("### ")[0]
    again = keep(bare_project, turns)
    assert (again.new, again.turns, again.numbers[-1]) == (0, kept.turns, 200)
    more = keep(bare_project, [*turns, Turn("user", "One more", id="more")])
    assert (more.new, more.numbers[-1]) == (1, 201)


def test_files_are_named_as_the_repository_has_them(bare_project, keep):
    root = bare_project.open().root
    paths = [f"{root}/src/a.py", "src/a.py", "./lib//b.py", "../out.py", "/etc/passwd", "/home/ada/notes.md", "~/x.md", "C:\\Users\\ada\\y.md", "."]
    keep(bare_project, [ran("", action="edit", input=f"{root}/src/a.py", changes=tuple(Change(p, "odd") for p in paths))])
    (turn,) = stored(bare_project).turns
    assert turn.input == "src/a.py"
    assert [c.path for c in turn.changes] == ["src/a.py", "lib/b.py", "~/notes.md", "~/x.md", "~/y.md"]
    assert {c.how for c in turn.changes} == {"update"}


# -- repositories of all kinds


def test_work_tree_and_index_are_not_touched(bare_project, keep):
    bare_project.write("staged.txt", "1\n")
    bare_project.git("add", "staged.txt")
    bare_project.write("staged.txt", "2\n")
    bare_project.write("README.md", "changed\n")
    before = bare_project.git("status", "--porcelain=v2", "--branch").stdout
    index = bare_project.root / ".git" / "index"
    was = (index.read_bytes(), index.stat().st_mtime_ns)
    keep(bare_project, said("One"))
    assert (index.read_bytes(), index.stat().st_mtime_ns) == was
    assert bare_project.git("status", "--porcelain=v2", "--branch").stdout == before
    bare_project.git("fsck", "--strict")


def test_a_worktree_shares_them_and_nobody_need_have_a_name(bare_project, keep, monkeypatch):
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{who}_NAME")
        monkeypatch.delenv(f"GIT_{who}_EMAIL")
    bare_project.git("config", "--remove-section", "user")
    bare_project.git("config", "user.useConfigOnly", "true")
    bare_project.git("worktree", "add", "-q", "--detach", "../side")
    side = type(bare_project)(bare_project.root.parent / "side")
    keep(side, said("One"))
    assert keep(bare_project, said("One", "Two")).new == 1
    assert bare_project.git("log", "--format=%cn", REF).stdout.split() == ["gitsession"] * 2


def test_a_sha256_repository(tmp_path, bare_project, keep):
    other = type(bare_project)(tmp_path / "sha256")
    bare_project.git("init", "-q", "--object-format=sha256", str(other.root))
    keep(other, said("One"))
    assert keep(other, said("One", "Two")).new == 1
    assert texts(other) == ["One", "Two"]


@pytest.mark.parametrize("options", [(), ("--depth=1", "--no-single-branch"), ("--filter=blob:none",)])
def test_a_clone_goes_on_from_what_origin_has(tmp_path, bare_project, keep, options):
    keep(bare_project, said("One"))
    keep(bare_project, said("One", "Two"))
    bare_project.git("config", "uploadpack.allowFilter", "true")
    bare_project.git("clone", "-q", *options, f"file://{bare_project.root}", str(tmp_path / "clone"))
    clone = type(bare_project)(tmp_path / "clone")
    if options == ("--filter=blob:none",):
        clone.git("checkout", "-q", "origin/gitsession/conversations", "--", ".")  # gets the blobs
        clone.git("rm", "-rfq", "--cached", ".")
    kept = keep(clone, said("One", "Two", "Three"))
    assert (kept.new, kept.turns) == (1, 3)
    assert clone.git("merge-base", "--is-ancestor", "origin/gitsession/conversations", REF).returncode == 0


def test_a_branch_of_somebody_else_is_refused(bare_project, keep):
    bare_project.git("branch", "gitsession/conversations")
    tip = bare_project.git("rev-parse", REF).stdout
    with pytest.raises(GitsessionError, match="not one of gitsession's"):
        keep(bare_project, said("One"))
    assert bare_project.git("rev-parse", REF).stdout == tip


WRITER = """
import sys
from gitsession.git import Repository
from gitsession.model.conversation import Head, Turn
from gitsession.store.conversations import write_conversation
repo, me = Repository.open("."), sys.argv[1]
for n in range(4):
    mine = [Turn("user", f"{me} {i}", id=f"{me}{i}") for i in range(n + 1)]
    write_conversation(repo, "0001-work-x7qm", Head("codex", me), mine)
    both = [Turn("user", f"both {i}", id=f"both{i}") for i in range(n + 1)]
    write_conversation(repo, "0001-work-x7qm", Head("codex", "both"), [*both, *mine])
"""


def test_two_processes_write_at_once(bare_project):
    import subprocess

    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, me], cwd=bare_project.root, env=env, stderr=subprocess.PIPE) for me in "abc"]
    assert [(w.communicate()[1], w.returncode) for w in writers] == [(b"", 0)] * 3
    for me in "abc":
        assert texts(bare_project, Head("codex", me)) == [f"{me} {i}" for i in range(4)]
    both = texts(bare_project, Head("codex", "both"))
    assert sorted(both) == sorted([f"{who} {i}" for who in ("a", "b", "both", "c") for i in range(4)])
    assert [t.number for t in stored(bare_project, Head("codex", "both")).turns] == list(range(1, 17))
    assert not list(Path(bare_project.root, ".git").glob("fast_import_crash*"))

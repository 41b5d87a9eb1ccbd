"""What leaves by a push is scanned: whatever the refs, the remote and the repository, and nothing that is there already."""

import os
import re
import stat

import pytest

from gitsession.git.outgoing import _place

SLIP = ".sessions/slip.md"


@pytest.fixture
def server(project, tmp_path):
    """A bare repository, the remote `origin`, that has `main` as it is."""
    return add_remote(project, tmp_path, "origin", "main")


def add_remote(project, tmp_path, name, *refs):
    path = tmp_path / f"{name.replace('/', '-')}.git"
    project.git("init", "-q", "--bare", "-b", "main", str(path))
    project.git("remote", "add", name, str(path))
    if refs:
        project.git("push", "-q", "--no-verify", name, *refs)
    return path


def slip_in(project, secret, path=SLIP):
    """A commit past the gate; its id."""
    project.write(path, f"- one\n- token {secret}\n")
    project.git("add", "-f", "--", path)
    project.git("commit", "-q", "--no-verify", "-m", "Past the gate")
    return oid_of(project)


def oid_of(project, rev="HEAD"):
    return project.git("rev-parse", rev).stdout.strip()


def clean(project, name="work.txt"):
    project.commit("Clean", "-q", "--no-verify", **{name: f"{name}\n"})


def refused(project, secret, *push, path=SLIP, cwd=None, **env):
    """A push that the gate stops: what it said."""
    done = project.git("push", *push, check=False, cwd=cwd, **env)
    assert done.returncode == 1, done.stderr
    assert "gitsession: push refused: " in done.stderr
    assert f"  {path}:" in done.stderr, done.stderr
    assert secret not in done.stdout + done.stderr
    return done.stderr


def passes(project, *push, cwd=None):
    done = project.git("push", *push, cwd=cwd)
    assert "gitsession:" not in done.stderr
    return done.stderr


# -- what is said


def test_a_refusal_says_where_what_and_in_which_commits(project, server, secret):
    oid = slip_in(project, secret)
    for name in ("a", "b"):  # the same secret in two more versions of the file
        project.write(SLIP, project.read(SLIP) + f"- {name}\n")
        project.git("commit", "-qa", "--no-verify", "-m", name)
    said = refused(project, secret, "origin", "main")
    ours = said[said.index("gitsession:") :].splitlines()[:3]
    assert ours == [
        "gitsession: push refused: a secret in commits that it would publish",
        f"  {SLIP}:2:9: GitHub token: {secret[:4]}**** (in {oid[:10]}, and 2 later)",
        "  take it out of those commits (git rebase -i), not only out of the file; revoke a real key",
    ]
    assert project.git("ls-remote", "origin").stdout.split()[0] == oid_of(project, "origin/main")


def test_no_verify_lets_through_and_what_is_there_is_not_told_again(project, server, secret):
    slip_in(project, secret)
    passes(project, "-q", "--no-verify", "origin", "main")
    clean(project)
    assert passes(project, "-q", "origin", "main", "main:more") == ""
    assert "up-to-date" in passes(project, "origin", "main")


def test_two_secrets_that_are_masked_alike_are_two(project, server, secret):
    slip_in(project, secret)
    project.write(SLIP, f"- token {secret}\n- token {secret[:4]}{secret[:3:-1]}\n")
    project.git("commit", "-qa", "--no-verify", "-m", "Another")
    assert "refused: 2 secrets in" in refused(project, secret, "origin", "main")


# -- which refs


REFS = {
    "several new branches": ["main~0:refs/heads/one", "topic:refs/heads/two"],
    "several refs, one deleted": [":old", "topic", "main"],
    "all": ["--all"],
    "mirror": ["--mirror"],
    "atomic": ["--atomic", "main", "topic"],
    "light tag": ["refs/tags/light"],
    "annotated tag": ["annotated"],
    "tags": ["--tags"],
    "tag of a tree": ["tree"],
    "annotated tag of a tree": ["annotated-tree"],
    "review": ["topic:refs/for/main"],
    "id": ["{oid}:refs/heads/new"],
    "name with spaces": ["topic@{{0 days ago}}:refs/heads/new"],
    "known branch": ["topic:main"],
    "forced": ["--force", "topic:main"],
}


@pytest.mark.parametrize("refs", REFS.values(), ids=REFS)
def test_a_secret_behind_any_ref_stops_the_push(project, server, secret, refs):
    project.git("push", "-q", "--no-verify", "origin", "main:old")
    clean(project)
    project.git("switch", "-q", "-c", "topic")
    oid = slip_in(project, secret)
    project.git("tag", "light")
    project.git("tag", "-m", "One", "annotated")
    project.git("tag", "tree", "HEAD^{tree}")
    project.git("tag", "-m", "One", "annotated-tree", "HEAD^{tree}")
    before = project.git("ls-remote", "origin").stdout
    options = [ref for ref in refs if ref.startswith("--")]
    said = refused(project, secret, *options, "origin", *(r.format(oid=oid) for r in refs if r not in options))
    named = oid_of(project, "HEAD^{tree}") if "tree" in refs[0] else oid
    assert f"(in {named[:10]})" in said
    assert project.git("ls-remote", "origin").stdout == before


def test_a_tag_of_a_commit_that_no_branch_has(project, server, secret):
    slip_in(project, secret)
    project.git("tag", "-m", "One", "v1")
    project.git("tag", "-m", "A tag of it", "v2", "v1")
    project.git("reset", "-q", "--hard", "HEAD~1")
    passes(project, "-q", "origin", "main")
    refused(project, secret, "origin", "v2")


def test_refs_that_publish_nothing_under_the_folder_pass(project, server, secret):
    """Notes, blobs without a path, folders of that name elsewhere, messages, code: not ours to judge."""
    project.commit(f"Use {secret}", "-q", "--no-verify", **{"code.py": secret, "sub/.sessions/a.md": secret})
    project.git("notes", "add", "-m", secret)
    project.git("tag", "blob", "HEAD:code.py")
    passes(project, "-q", "origin", "main", "refs/notes/commits", "blob")
    passes(project, "-q", "origin", ":blob", ":refs/notes/commits")


def test_a_force_push_over_commits_that_were_never_fetched(project, server, secret, clone):
    other = clone(type(project)(server), name="other")
    clean(other)
    other.git("push", "-q", "origin", "main")
    slip_in(project, secret)
    refused(project, secret, "--force", "origin", "main")
    project.git("reset", "-q", "--hard", "HEAD~1")
    clean(project, "mine.txt")
    passes(project, "-q", "--force", "origin", "main")


# -- which commits


def side_branch(project, secret):
    """A secret that comes and goes on a branch that is merged."""
    project.git("switch", "-q", "-c", "side")
    oid = slip_in(project, secret)
    project.git("rm", "-q", SLIP)
    project.git("commit", "-q", "-m", "Take it out")
    back_and_merge(project, "side")
    return oid


def octopus(project, secret):
    for name in ("one", "two"):
        project.git("switch", "-q", "-c", name, "main")
        clean(project, name)
    oid = slip_in(project, secret)
    back_and_merge(project, "one", "two")
    return oid


def back_and_merge(project, *branches):
    project.git("switch", "-q", "main")
    clean(project, "here.txt")
    project.git("merge", "-q", "--no-verify", "-m", "Merge", *branches)


def evil_octopus(project, secret):
    """A merge that says about a file what none of its parents says."""
    for name in ("one", "two"):
        project.git("switch", "-q", "-c", name, "main")
        project.commit(name, "-q", "--no-verify", **{f".sessions/{name}.md": name, SLIP: "- the same\n"})
    back_and_merge(project, "one", "two")
    project.write(SLIP, f"- one\n- token {secret}\n")
    project.git("commit", "-qa", "--no-verify", "--amend", "-m", "Evil")
    return oid_of(project)


def root(project, secret):
    project.git("switch", "-q", "--orphan", "other")
    oid = slip_in(project, secret)
    project.git("branch", "-f", "main")
    return oid


def moved_out(project, secret):
    oid = slip_in(project, secret)
    project.git("mv", SLIP, "elsewhere.md")
    project.git("commit", "-q", "-m", "Move it out")
    return oid


def moved_in(project, secret):
    slip_in(project, secret, "elsewhere.md")
    project.git("mv", "elsewhere.md", SLIP)
    project.git("commit", "-q", "--no-verify", "-m", "Move it in")
    return oid_of(project)


@pytest.mark.parametrize(
    "make", [side_branch, octopus, evil_octopus, root, moved_out, moved_in], ids=lambda f: f.__name__
)
def test_a_secret_in_any_commit_of_the_push_is_found_and_its_commit_named(project, server, secret, make):
    oid = make(project, secret)
    said = refused(project, secret, "--force", "origin", "main")
    assert f"{SLIP}:2:9: GitHub token" in said
    assert f"(in {oid[:10]})" in said


def test_whoever_merges_what_was_published_is_not_held_up_by_it(project, server, secret):
    project.git("switch", "-q", "-c", "theirs")
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", "origin", "theirs")
    back_and_merge(project, "theirs")
    passes(project, "-q", "origin", "main")


def test_what_stands_unchanged_since_then_is_not_told_again_but_a_new_version_is(project, server, secret):
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", "origin", "main")
    clean(project)
    passes(project, "-q", "origin", "main")
    project.write(SLIP, project.read(SLIP) + "- more\n")
    project.git("commit", "-qa", "--no-verify", "-m", "A new version")
    refused(project, secret, "origin", "main")


def test_the_branch_of_conversations_is_scanned_whole(project, server, secret):
    project.git("switch", "-q", "--orphan", "gitsession/conversations")
    slip_in(project, secret, "0001/turns.jsonl")
    for refs in (["gitsession/conversations"], ["HEAD:refs/heads/copy"], ["--all"]):
        refused(project, secret, "origin", *refs, path="0001/turns.jsonl")
    project.git("branch", "-m", "renamed")
    passes(project, "-q", "origin", "renamed")  # any other branch: only what is under .sessions/


# -- which remote


def overlapping(project, one, two):
    """What `two` has is written where refs of `one` are, or seems to be."""
    project.git("config", f"remote.{two}.fetch", f"+refs/heads/*:refs/remotes/{one}/*")


def no_overlap(project, one, two):
    pass


def elsewhere(project, one, two):
    """Fetched from `one`, pushed to where `two` is."""
    project.git("config", f"remote.{one}.pushurl", url_of(project, two))


def rewritten(project, one, two):
    base = url_of(project, one)
    project.git("config", f"url.{url_of(project, two)}.pushInsteadOf", base)


def url_of(project, name):
    return project.git("config", f"remote.{name}.url").stdout.strip()


OTHERS = {
    "another": ("origin", "public", no_overlap, "public"),
    "a name that goes on": ("origin2", "origin", no_overlap, "origin"),
    "a name that is part of it": ("origin", "origin2", no_overlap, "origin2"),
    "a name below it": ("team/a", "team", no_overlap, "team"),
    "a name above it": ("team", "team/a", no_overlap, "team/a"),
    "refs that another writes": ("origin", "public", overlapping, "public"),
    "a URL to push to": ("origin", "public", elsewhere, "origin"),
    "a URL rewritten for pushes": ("origin", "public", rewritten, "origin"),
}


@pytest.mark.parametrize(("one", "two", "prepare", "to"), OTHERS.values(), ids=OTHERS)
def test_what_another_place_has_is_no_excuse(project, secret, tmp_path, one, two, prepare, to):
    add_remote(project, tmp_path, one, "main")
    add_remote(project, tmp_path, two)
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", one, "main:wip/a", "main:a/b")
    prepare(project, one, two)
    refused(project, secret, to, "main:refs/heads/new")


def test_a_name_that_is_a_pattern_matches_no_other_remote(project, server, secret, tmp_path):
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", "origin", "main")
    for name in ("o*", "origi?", "[o]rigin"):
        project.git("config", f"remote.{name}.url", str(tmp_path / "other.git"))
        project.git("init", "-q", "--bare", str(tmp_path / "other.git"))  # git takes no refspec with such a name
        refused(project, secret, name, "main")


def test_refs_of_no_remote_are_no_excuse(project, server, secret):
    slip_in(project, secret)
    project.git("push", "-q", "--no-verify", "origin", "main")
    for url in (str(server), f"file://{server}", "../origin.git"):
        refused(project, secret, url, "main:new")
        passes(project, "-q", url, "main:main")  # the other side says that it has it
    project.git("config", "remote.origin.fetch", "+refs/*:refs/*")  # a mirror: its refs are ours
    refused(project, secret, "origin", "main:new")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("remote.origin.fetch", "+refs/heads/*:refs/remotes/up/stream/*"),
        ("remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"),
        ("remote.origin.pushurl", "file://{server}"),
        ("url.file://{server}.pushInsteadOf", "{server}"),
    ],
    ids=["other refs", "one branch", "pushurl", "pushInsteadOf"],
)
def test_what_the_remote_has_is_known_however_it_is_set_up(project, server, secret, key, value):
    slip_in(project, secret)
    project.git("config", key.format(server=server), value.format(server=server))
    project.git("push", "-q", "--no-verify", "origin", "main")
    project.git("fetch", "-q")
    passes(project, "-q", "origin", "main:new")


def test_no_url_is_ever_printed(project, server, secret):
    word = "hunter" + "2horse"
    url = f"https://ada:{word}@example.com/x.git"
    project.git("config", f"url.{server}.insteadOf", url)
    slip_in(project, secret)
    said = refused(project, secret, url, "main:new")
    assert word not in said[said.index("gitsession:") : said.index("error:")]
    assert "example.com" not in said[said.index("gitsession:") : said.index("error:")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("git@example.com:me/x.git", "https://example.com/me/x", True),
        ("ssh://git@example.com:2222/me/x.git", "https://ada:pw@example.com/me/x/", True),
        ("/srv/x.git", "file:///srv/x.git", True),
        ("git@example.com:me/x.git", "git@example.com:you/x.git", False),
        ("git@example.com:me/x.git", "git@example.org:me/x.git", False),
        ("/srv/x.git", "/srv/y.git", False),
    ],
)
def test_two_urls_of_one_place(one, other, same):
    assert (_place(one) == _place(other)) is same


# -- which repository


def test_from_a_worktree_and_a_detached_head(project, server, secret, tmp_path):
    project.git("worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    tree = type(project)(tmp_path / "wt")
    slip_in(tree, secret)
    refused(tree, secret, "origin", "HEAD:refs/heads/topic")
    clean(project)
    passes(project, "-q", "origin", "main")


@pytest.mark.parametrize("options", [["--depth=1"], ["--filter=blob:none"], ["--filter=tree:0"]], ids=lambda o: o[0])
def test_from_a_clone_that_lacks_a_part(project, server, secret, clone, options):
    for name in "ab":
        project.commit(name, "-q", **{f".sessions/{name}.md": f"{name}\n"})
    project.git("push", "-q", "origin", "main")
    type(project)(server).git("config", "uploadpack.allowFilter", "true")
    mine = clone(type(project)(server), *options, name="mine")
    mine.gs("init")
    before = mine.git("rev-list", "--objects", "--all", "--missing=print").stdout.count("?")
    clean(mine)
    passes(mine, "-q", "origin", "main", "main:new")
    slip_in(mine, secret)
    refused(mine, secret, "origin", "main")
    assert mine.git("rev-list", "--objects", "--all", "--missing=print").stdout.count("?") == before  # nothing fetched


def test_a_replacement_hides_nothing(project, server, secret):
    oid = slip_in(project, secret)
    clean_one = project.git("commit-tree", "HEAD~1^{tree}", "-p", "HEAD~1", "-m", "Clean").stdout.strip()
    project.git("replace", oid, clean_one)
    refused(project, secret, "origin", "main")
    project.git("replace", "-d", oid)
    project.git("replace", oid_of(project, f"{oid}:{SLIP}"), oid_of(project, "HEAD:README.md"))
    refused(project, secret, "origin", "main")


@pytest.mark.parametrize("lost", ["HEAD~1^{tree}", "HEAD~1:.sessions", "HEAD~1:.sessions/gone.md"])
def test_an_object_that_cannot_be_read_stops_the_push(project, server, lost):
    project.commit("Broken", "-q", **{".sessions/gone.md": "- words\n"})
    project.git("rm", "-q", ".sessions/gone.md")
    clean(project)
    oid = oid_of(project, lost)
    file = project.root / ".git/objects" / oid[:2] / oid[2:]
    os.chmod(file, stat.S_IRUSR | stat.S_IWUSR)
    file.write_bytes(b"damaged")
    done = project.git("push", "origin", "main", check=False)
    assert done.returncode == 1
    assert "push refused: the search for secrets in .sessions/ could not run: " in done.stderr
    assert re.search(rf"could not run: .*({oid[:12]}|git diff-tree: \w+|cat-file)", done.stderr), done.stderr


def test_a_tracking_ref_whose_commit_is_gone_stops_nothing(project, server, secret):
    project.write(".git/refs/remotes/origin/gone", "1" * 40 + "\n")
    clean(project)
    passes(project, "-q", "origin", "main:new")
    slip_in(project, secret)
    refused(project, secret, "origin", "main:newer")

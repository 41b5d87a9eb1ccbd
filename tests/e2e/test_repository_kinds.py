"""Repositories of every kind: whatever git is set to, a fact that is recorded is in the next commit, and on its page."""

import os

import pytest

MASTER = ".sessions/HANDOFF.md"


@pytest.fixture
def works(checked, trailers):
    """Records a fact, commits it with code, and looks whether all is as it should be; `env` is for git and for us."""

    def work(project, fact="Kept", *, name="src/a.txt", options=(), **env):
        project.gs("decide", fact, **env)
        project.write(name, fact + "\n")
        project.git("add", "--sparse", name, **env)
        done = project.git("commit", "-q", "-m", f"Work: {fact}", *options, **env)
        assert "gitsession: handoff of 0001" in done.stderr
        assert "not derived" not in done.stderr
        assert f"\n- {fact} [0001]" in show(project, MASTER)
        assert trailers(project) == [session(project)]
        assert project.git("status", "--porcelain", "--untracked-files=no", **env).stdout == ""
        assert checked(project) == {MASTER: "current"}

    return work


def names(project):
    return project.git("ls-tree", "-r", "-z", "--name-only", "HEAD").stdout.split("\0")[:-1]


def show(project, path, **env):
    return project.git("show", f"HEAD:{path}", **env).stdout


def session(project):
    """The stem of the newest checkpoint of HEAD (a sparse checkout may have none on disk)."""
    return max(n for n in names(project) if n.startswith(".sessions/0"))[len(".sessions/") : -len(".md")]


def config(project, settings):
    for key, value in settings.items():
        project.git("config", key, value)


def no_remote(project):
    """From here on a fetch, by whomever, fails."""
    project.git("config", "remote.origin.uploadpack", "false")


# -- what git is set to

SETTINGS = {
    "many files": {"feature.manyFiles": "true", "index.skipHash": "true", "index.threads": "2"},
    "split index": {"core.splitIndex": "true", "splitIndex.maxPercentChange": "0"},
    "files": {"core.fileMode": "false", "core.symlinks": "false", "core.ignoreCase": "true", "core.checkStat": "minimal",
              "core.trustctime": "false", "core.sharedRepository": "group", "core.preloadIndex": "false"},
    "display": {"color.ui": "always", "core.pager": "false", "core.abbrev": "4", "core.commentChar": ";",
                "status.short": "true", "status.branch": "true", "status.showUntrackedFiles": "no",
                "log.showSignature": "true", "log.decorate": "full", "log.date": "relative", "commit.verbose": "true"},
    "diff": {"diff.external": "false", "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "diff.renames": "copies",
             "diff.ignoreSubmodules": "all", "diff.submodule": "log", "diff.wsErrorHighlight": "all",
             "diff.orderFile": "/dev/null", "diff.relative": "true", "core.whitespace": "cr-at-eol"},
    "latin": {"i18n.commitEncoding": "iso-8859-1", "i18n.logOutputEncoding": "iso-8859-1"},
}  # fmt: skip


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_of_git(working, works, kind):
    config(working, SETTINGS[kind])
    working.git("update-index", "--force-write-index")
    works(working, "Kept for good", name="src/Grüße.txt")
    works(working, "By a path", name="lib/b.txt", options=["--", "lib/b.txt", ".sessions"])
    if kind == "split index":
        assert any(name.startswith("sharedindex.") for name in os.listdir(working.root / ".git"))


def test_a_monitor_of_files_and_the_cache_of_untracked_ones(working, works, tmp_path):
    monitor = working.write(".git/monitor", f"#!/bin/sh\necho asked >>'{tmp_path}/asked'\nprintf 'token\\0/\\0'\n")
    monitor.chmod(0o755)
    config(working, {"core.fsmonitor": ".git/monitor", "core.fsmonitorHookVersion": "2", "core.untrackedCache": "true"})
    works(working)
    assert (tmp_path / "asked").exists()
    works(working, "And again", options=["-a"])


@pytest.mark.parametrize("quote", ["true", "false"])
def test_names_that_are_not_ascii(working, works, quote):
    working.git("config", "core.quotepath", quote)
    works(working, "Grüße 🎉", name="Größe/naïve 🎉.txt")
    assert "`Größe/naïve 🎉.txt` (new)" in working.page


def test_optional_locks_are_not_taken_and_not_needed(working, works):
    works(working, GIT_OPTIONAL_LOCKS="0")


# -- line ends and encodings


@pytest.mark.parametrize("value", ["true", "input"])
def test_line_ends_are_converted_on_the_way(working, works, value):
    working.git("config", "core.autocrlf", value)
    path = working.session
    if value == "true":
        for name in (path, MASTER):  # as a clone with that setting has them
            (working.root / name).unlink()
            working.git("checkout", "-q", "--", name)
    else:
        working.write(path, working.read(path).replace("\n", "\r\n"))
        working.git("add", path)
    works(working)
    for name in (path, MASTER) if value == "true" else (path,):
        on_disk = (working.root / name).read_bytes()
        assert on_disk.count(b"\n") == on_disk.count(b"\r\n")
    for name in (path, MASTER):
        stored = working.run("git", "cat-file", "blob", f"HEAD:{name}").stdout.encode()
        assert stored
        assert b"\r" not in stored
    assert "From the start" in working.page


@pytest.mark.parametrize("pattern", ["README.md", "*.md", "*"])
def test_files_of_another_encoding(bare_project, works, pattern):
    """Ours are UTF-8 on disk, too: people and agents read them there."""
    text = "# Feedpost: Größe\n"
    bare_project.write(".gitattributes", f"{pattern} text working-tree-encoding=UTF-16LE-BOM\n".replace("* ", "[!.]* "))
    bare_project.write("README.md", "\ufeff".encode("utf-16-le") + text.encode("utf-16-le"))
    bare_project.gs("init")
    bare_project.git("add", ".gitattributes", "README.md")
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    bare_project.write("code.bin", b"\xff\xfe" + "x\n".encode("utf-16-le"))
    bare_project.gs("decide", "Größe")
    bare_project.git("add", "code.bin")
    bare_project.git("commit", "-q", "-m", "Work")
    path = bare_project.session
    for name in (path, MASTER):
        (bare_project.root / name).unlink()
    bare_project.git("checkout", "-q", "--", ".sessions")
    assert "- Größe\n" in bare_project.read(path)
    bare_project.gs("decide", "And more")
    bare_project.git("commit", "-q", "-m", "More")
    assert "- And more" in bare_project.page
    assert show(bare_project, "README.md") == text
    assert bare_project.status() == ""


# -- what is not in the work tree


@pytest.mark.parametrize("place", [".gitignore", ".git/info/exclude", "global"])
def test_an_ignored_folder_is_committed_all_the_same(project, trailers, checked, tmp_path, place):
    if place == "global":
        (tmp_path / "ignore").write_text(".sessions/\n*.md\n")
        project.git("config", "core.excludesFile", str(tmp_path / "ignore"))
    else:
        project.write(place, ".sessions/\n*.md\n")
        project.git("add", ".gitignore", check=False)
    project.git("switch", "-q", "-c", "topic")
    project.commit("Begin")
    project.gs("decide", "Kept")
    project.write("file.txt", "more\n")
    project.git("commit", "-q", "-a", "-m", "More")
    path = project.session
    page = path.replace(".sessions/", ".sessions/handoffs/")
    assert "- Kept" in show(project, page)
    project.gs("complete", "--commit")
    assert trailers(project) == [path[len(".sessions/") : -len(".md")]]
    assert "status: completed" in show(project, path)
    assert checked(project)[page] == "current"
    assert project.git("status", "--porcelain", "--ignored").stdout == ""


SPARSE = {
    "cone, without": (["--cone", "src"], False),
    "cone, with": (["--cone", "src", ".sessions"], True),
    "sparse index": (["--cone", "--sparse-index", "src"], False),
    "patterns, without": (["--no-cone", "/src/"], False),
    "patterns, with": (["--no-cone", "/src/", "/.sessions/"], True),
}


@pytest.mark.parametrize("kind", SPARSE)
def test_sparse_checkouts(working, works, kind):
    options, there = SPARSE[kind]
    working.git("sparse-checkout", "set", *options)
    assert (working.root / MASTER).exists() == there
    works(working, "Kept off the disk")
    working.git("sparse-checkout", "reapply")
    assert (working.root / ".sessions").exists() == there
    works(working, "And again", options=["-a"])
    working.git("sparse-checkout", "disable")
    assert all(f"- {fact} [0001]" in working.page for fact in ("From the start", "Kept off the disk", "And again"))
    assert working.page == show(working, MASTER)
    assert working.status() == ""


def test_a_shallow_clone_and_what_is_fetched_later(working, clone, trailers):
    for number in range(2):
        working.commit(f"Work {number}", **{f"src/{number}.txt": "x\n"})
    other = clone(working, "--depth", "1")
    other.gs("init")
    stem = session(other)
    work = {"GITSESSION_SESSION": stem}
    other.gs("decide", "In the shallows", **work)
    other.git("commit", "-q", "-m", "Shallow", **work)
    assert trailers(other) == [stem]
    assert "In the shallows" in show(other, MASTER)
    assert other.gs("handoff", "--check").returncode == 0
    other.git("fetch", "-q", "--unshallow")
    other.write("src/a.txt", "deeper\n")
    other.git("commit", "-q", "-a", "-m", "Deep", **work)
    # The same as where nobody ever was shallow: what was read then is forgotten.
    whole = clone(other, name="whole")
    assert {row["status"] for row in whole.json("handoff", "--check")} == {"current"}
    assert "`src/0.txt`" in show(other, MASTER)


def test_a_clone_without_old_blobs(working, works, clone):
    working.gs("decide", "Later")
    working.commit("Later", **{"src/a.txt": "later\n"})
    working.git("config", "uploadpack.allowFilter", "true")
    other = clone(working, "--filter=blob:none")
    other.gs("init")
    no_remote(other)
    env = {"GITSESSION_SESSION": session(other)}
    works(other, **env)
    works(other, "And again", options=["-a"], **env)
    done = other.gs("handoff", "HEAD~3", check=False)
    assert done.returncode == 1
    assert "is missing here" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_clone_without_our_blobs_commits_merges_and_pushes(working, clone, trailers, checked):
    """`git clone --filter=blob:none --sparse`: no page is made of a part of the checkpoints, and nothing is refused for it."""
    working.git("config", "receive.denyCurrentBranch", "ignore")
    working.git("config", "uploadpack.allowFilter", "true")
    other = clone(working, "--filter=blob:none", "--sparse")
    other.git("sparse-checkout", "add", ".sessions")
    other.gs("init")
    other.git("sparse-checkout", "set", "src")
    working.gs("decide", "On the server")
    working.commit("Server", **{"lib/b.txt": "server\n"})
    other.git("fetch", "-q")
    no_remote(other)
    page = show(other, MASTER)
    other.commit("Here", **{"src/a.txt": "here\n"})
    assert other.git("merge", "-q", "--no-stat", "--no-edit", "origin/main").returncode == 0
    for command in ("status", "handoff", "list", "note x"):
        done = other.gs(*command.split(), check=False)
        assert done.returncode == 1
        assert "git sparse-checkout add .sessions" in done.stderr
    done = other.commit("After", **{"src/a.txt": "after\n"})
    assert "the handoff was not derived, and the commit goes on" in done.stderr
    assert "On the server" not in page
    other.git("config", "--unset", "remote.origin.uploadpack")
    assert other.git("push", "origin", "main", check=False).returncode == 0
    other.git("sparse-checkout", "add", ".sessions")
    no_remote(other)
    other.commit("With all", **{"src/a.txt": "all\n"})
    assert "On the server" in show(other, MASTER)
    assert checked(other) == {MASTER: "current"}
    assert other.status() == ""


def test_only_intended_to_be_added(working, checked):
    """Neither code nor a checkpoint that is added with -N is in a commit, until `commit -a`."""
    old = working.page
    working.gs("start", "Another")
    path = working.session
    working.git("reset", "-q")
    working.write("later.txt", "x\n")
    working.git("add", "-N", "later.txt", path)
    working.write("src/a.txt", "now\n")
    working.git("add", "src/a.txt")
    working.git("commit", "-q", "-m", "Now")
    assert "later.txt" not in working.page
    assert path not in names(working)
    assert working.status() == f" A {path}\n A later.txt\n"
    assert "Another" not in working.page
    assert checked(working) == {MASTER: "current"}
    working.git("commit", "-q", "-a", "-m", "Later")
    assert "Another" in working.page
    assert "`later.txt` (new)" in working.page
    assert working.page != old
    assert checked(working) == {MASTER: "current"}
    assert working.status() == ""


# -- where it lies, and whose it is


@pytest.mark.parametrize("name", ["with space", "it's \"ü\" $HOME `x` \\ *", "new\nline"])
def test_a_path_with_odd_characters(working, works, tmp_path, name):
    (tmp_path / name).mkdir()
    odd = type(working)(working.root.rename(tmp_path / name / "repo é"))
    odd.git("update-index", "-q", "--refresh")
    works(odd)
    works(odd, "By a path", name="lib/b.txt", options=["lib/b.txt", ".sessions"])


def test_a_git_directory_elsewhere(working, works, tmp_path):
    working.git("init", "-q", "--separate-git-dir", str(tmp_path / "elsewhere.git"))
    assert (working.root / ".git").is_file()
    works(working)
    works(working, "By a path", name="lib/b.txt", options=["lib/b.txt", ".sessions"])


def test_a_bare_repository_with_a_work_tree_of_its_own(working, works, tmp_path):
    """As people keep their dotfiles: `git --git-dir=... --work-tree=...`."""
    (working.root / ".git").rename(tmp_path / "dot.git")
    env = {"GIT_DIR": str(tmp_path / "dot.git"), "GIT_WORK_TREE": str(working.root)}
    working.git("config", "core.bare", "true", **env)
    working.gs("decide", "Kept", **env)
    working.git("commit", "-q", "-m", "Work", **env)
    assert "- Kept [0001]" in show(working, MASTER, **env)
    assert working.git("status", "--porcelain", **env).stdout == ""


def test_a_submodule_keeps_sessions_of_its_own(working, works):
    working.git("-c", "protocol.file.allow=always", "submodule", "-q", "add", f"file://{working.root}", "inner")
    inner = type(working)(working.root / "inner")
    inner.gs("init")
    inner.git("config", "branch.main.gitsession", session(inner))
    works(inner)
    working.git("add", "inner")
    working.git("commit", "-q", "-m", "Take it in")
    assert "Kept" not in working.page
    assert working.status() == ""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_somebody_elses_repository_that_is_said_to_be_safe(working, trailers):
    stem = session(working)
    for folder, folders, files in os.walk(working.root):
        for name in (".", *folders, *files):
            os.chown(os.path.join(folder, name), 12345, 12345)
    safe = ["-c", f"safe.directory={working.root}"]
    working.write("src/a.txt", "theirs\n")
    assert working.git("commit", "-a", "-m", "Not safe", check=False).returncode != 0
    working.git(*safe, "commit", "-q", "-a", "-m", "Safe")
    log = working.git(*safe, "log", "-1", "--format=%(trailers:key=Session,valueonly)").stdout
    assert log.split() == [stem]


# -- the first commit


@pytest.mark.parametrize(
    ("form", "options"), [("sha1", ["-a"]), ("sha1", ["file.txt", ".sessions"]), ("sha256", ["-i", "file.txt"])]
)
def test_the_first_commit_of_all(project, works, checked, tmp_path, form, options):
    new = type(project)(tmp_path / "new")
    new.root.mkdir()
    new.git("init", "-q", "-b", "main", f"--object-format={form}")
    new.gs("init")
    new.gs("decide", "First of all")
    new.write("file.txt", "x\n")
    new.git("add", "file.txt")
    new.git("commit", "-q", "-m", "First", *options)
    assert "- First of all [0001]" in show(new, MASTER)
    assert "`file.txt` (new)" in show(new, MASTER)
    assert new.status() == ""
    new.git("commit", "-q", "--amend", "-m", "Amended first")
    assert checked(new) == {MASTER: "current"}
    works(new, "Then more")


def test_an_orphan_branch(working, trailers, checked):
    """Without a commit below it, and with all files staged."""
    working.git("switch", "-q", "--orphan", "fresh")
    working.write("page.html", "x\n")
    working.git("add", "page.html")
    working.git("commit", "-q", "-m", "Without sessions")
    assert names(working) == ["page.html"]  # a branch that keeps none, as for pages of a web site
    assert trailers(working) == []
    working.git("switch", "-q", "main")
    working.git("checkout", "-q", "--orphan", "again")
    working.git("commit", "-q", "-m", "With all")  # for all that git tells, the commit of an init
    working.commit("Goes on", **{"src/a.txt": "again\n"})
    (stem,) = trailers(working)
    assert stem == working.checkpoints()[-1][:-3]
    assert len(working.checkpoints()) == 2
    assert checked(working)[f".sessions/handoffs/{stem}.md"] == "current"
    assert working.status() == ""

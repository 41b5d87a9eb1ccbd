"""`gitsession scan`: files wherever they are, the git index, all history, a range; for people, programs and code scanning."""

import json
import os
import random
import re
import string

import pytest

from gitsession.workflow import scanning


def token(seed):
    return "gh" + "p_" + "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=36))


def scan(project, *args, **options):
    done = project.gs("scan", *args, check=False, **options)
    assert "ghp_" not in done.stdout.replace("ghp_****", "") + done.stderr.replace("ghp_****", "")
    return done


def places(project, *args):
    """(path, line, column) of each finding."""
    return [(r["path"], r["line"], r["column"]) for r in project.json("scan", *args, check=False)]


# -- files


@pytest.mark.parametrize("repository", [True, False])
def test_files_and_folders_wherever_they_are(project, tmp_path, secret, repository):
    place = project.root if repository else tmp_path / "plain"
    for name, data in {
        "a.txt": f"x {secret}\n".encode(),
        "deep/b c.bin": b"\0\1" + secret.encode() + b"\xff",
        "deep/.git/c": secret.encode(),  # packed objects are for --history
        "deep/clean": b"",
    }.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    os.symlink("/nowhere/" + secret, place / "deep/link")  # what git keeps of a link
    os.symlink("..", place / "deep/loop")
    (place / secret).mkdir()
    os.symlink(f"../{secret}", place / "deep/folder")
    os.mkfifo(place / "deep/pipe")
    here = type(project)(place)
    found = [("a.txt", 1, 3), ("deep/b c.bin", 1, 3), ("deep/folder", 1, 4), ("deep/link", 1, 10)]
    assert places(here, "a.txt", "deep") == found
    assert places(here, str(place / "a.txt")) == [(str(place / "a.txt"), 1, 3)]
    assert [p[0] for p in places(here, str(place / "deep"))] == [str(place / n) for n in ("deep/b c.bin", "deep/folder", "deep/link")]
    done = scan(here, "a.txt")
    assert (done.returncode, done.stdout) == (1, "a.txt:1:3: GitHub token: ghp_****\n")
    assert scan(here, "deep/clean").returncode == 0
    assert places(type(project)(place / "deep"), "../a.txt") == [("../a.txt", 1, 3)]


def test_standard_input(project, tmp_path, secret):
    done = scan(type(project)(tmp_path), "-", stdin=f"a\n b {secret}")
    assert (done.returncode, done.stdout) == (1, "-:2:4: GitHub token: ghp_****\n")
    assert scan(project, "-", stdin="nothing").returncode == 0


def test_what_cannot_be_read_is_no_clean_result_and_stops_nothing(project, secret):
    project.write("a.txt", secret)
    for args in (("nowhere", "a.txt"), ("a.txt", "nowhere..else")):
        done = scan(project, *args)
        assert (done.returncode, done.stdout.count("a.txt:1:1:")) == (1, 1)
        assert re.search(r"nowhere\S* cannot be read: No such file", done.stderr)
    assert scan(project, "nowhere").returncode == 1


def test_a_huge_file_is_read_in_parts_and_told_as_one(tmp_path, monkeypatch, secret):
    monkeypatch.setattr(scanning, "PART", 300)
    monkeypatch.setattr(scanning, "_LAP", 100)
    lines = [f"line {n} of many, é\n" for n in range(100)]
    lines[3] = f"x {secret}\n"
    lines[77] = f"xyz {token(1)}\n"
    lines[90] = "é " * 1000 + f"{token(2)} " + "z " * 1000 + "\n"
    (tmp_path / "huge").write_text("".join(lines))
    search = scanning.Search(None)
    search.path(str(tmp_path), "huge")
    assert sorted({(f.finding.line, f.finding.column) for f in search.found}) == [(4, 3), (78, 5), (91, 2001)]
    assert not search.problems


# -- the work tree and the git index


def test_the_work_tree_and_the_git_index_each_have_their_say(working, secret):
    path = ".sessions/draft.md"
    working.write(path, f"{secret}\n")
    for args in ((), ("--all",)):
        assert places(working, *args) == [(path, 1, 1)]
    assert places(working, "--staged") == []
    working.git("add", path)
    working.write(path, "clean\n")
    assert places(working, "--staged") == [(path, 1, 1)]
    assert places(working) == []
    assert scan(working, cwd=working.root / ".sessions").returncode == 0


# -- history


@pytest.fixture
def leaked(working, secret):
    """A checkpoint with a secret in two versions of two commits, taken out by a third; on another branch a file that is gone."""
    clean = working.read(working.session)
    for n in (1, 2):
        working.write(working.session, clean + f"- {n}\n- token {secret}\n")
        working.git("commit", "-q", "-a", "--no-verify", "-m", f"Leak {n}")
    working.write(working.session, clean + "- taken out\n")
    working.git("commit", "-q", "-a", "-m", "Take it out")
    working.git("switch", "-q", "-c", "side")
    working.commit("Aside", "--no-verify", **{".sessions/it's gone.md": f"{token(1)}\n"})
    working.git("rm", "-q", ".sessions/it's gone.md")
    working.git("commit", "-q", "--no-verify", "-m", "Remove it")
    working.git("tag", "v1")
    working.git("switch", "-q", "main")
    working.git("branch", "-q", "-D", "side")
    return working


def test_history_tells_the_oldest_commit_and_how_many_versions(leaked):
    first = leaked.git("rev-parse", "main~2").stdout.strip()
    found = {r["path"]: r for r in leaked.json("scan", "--history", check=False)}
    assert found.keys() == {leaked.session, ".sessions/it's gone.md"}
    assert (found[leaked.session]["commit"], found[leaked.session]["versions"]) == (first, 2)
    assert found[".sessions/it's gone.md"]["versions"] == 1
    done = scan(leaked, "--history")
    assert done.returncode == 1
    assert f"GitHub token: ghp_**** (in {first[:10]}, and 1 later)" in done.stdout
    assert done.stderr.startswith("Revoke it first")
    assert scan(leaked).returncode == 0  # the work tree is clean
    leaked.git("checkout", "-q", first, "--", leaked.session)
    leaked.git("commit", "-q", "--no-verify", "-m", "The same again")
    found = {r["path"]: r for r in leaked.json("scan", "--history", check=False)}
    assert (found[leaked.session]["commit"], found[leaked.session]["versions"]) == (first, 2)


def test_the_conversations_are_part_of_it_whole(working, secret):
    tree = working.run("sh", "-c", f"printf '100644 blob %s\\tturn.jsonl\\n' $(echo {secret} | git hash-object -w --stdin) | git mktree")
    commit = working.git("commit-tree", "-m", "A turn", tree.stdout.strip()).stdout.strip()
    working.git("update-ref", "refs/remotes/origin/gitsession/conversations", commit)
    assert places(working, "--history") == [("turn.jsonl", 1, 1)]
    assert places(working, f"{commit}~0..HEAD") == []
    working.git("update-ref", "refs/heads/gitsession/conversations", commit)
    assert places(working, f"HEAD..{commit}") == [("turn.jsonl", 1, 1)]


@pytest.mark.parametrize(
    ("words", "found"),
    [("HEAD~3..HEAD", 1), ("HEAD~2..HEAD", 1), ("HEAD~1..", 0), ("HEAD..HEAD~1", 0), ("v1~1...main", 1), ("HEAD..v1", 1)],
)
def test_a_range_is_what_its_commits_bring(leaked, words, found):
    done = scan(leaked, words)
    assert (done.stdout.count("\n"), done.returncode) == (found, min(found, 1)), done.stdout


@pytest.mark.parametrize("published", [False, True])
def test_the_commands_that_are_printed_take_it_out_of_history(leaked, secret, tmp_path, published):
    """With what is in every git; `git filter-repo` is asked for where it is installed."""
    if published:
        leaked.git("init", "-q", "--bare", str(tmp_path / "origin.git"))
        leaked.git("remote", "add", "origin", str(tmp_path / "origin.git"))
        leaked.git("push", "-q", "--no-verify", "--all", "origin")
    told = scan(leaked, "--history").stderr.splitlines()
    commands = [line.strip() for line in told if line.startswith("  ")]
    assert len(commands) == 6 + published, told
    assert "filter-branch" in commands[1]
    before = leaked.read(leaked.session)
    for command in commands:
        leaked.run("sh", "-c", command)
    assert leaked.read(leaked.session) == before
    assert scan(leaked, "--history").returncode == 0
    for value in (secret, token(1)):
        assert value not in leaked.git("cat-file", "--batch-all-objects", "--batch", "--buffer").stdout
    assert leaked.git("log", "--format=%s", "main").stdout.split("\n")[1] == "Take it out"
    assert leaked.status() == ""


def test_where_filter_repo_is_installed_it_is_what_is_advised(leaked, tmp_path):
    leaked.git("remote", "add", "origin", "https://ada:secret@example.org/app.git")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git-filter-repo").write_text("#!/bin/sh\n")
    (tmp_path / "bin/git-filter-repo").chmod(0o755)
    told = scan(leaked, "--history", PATH=f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}").stderr
    paths = f"--path {leaked.session} --path '.sessions/it'\"'\"'s gone.md'"
    commands = ["url=$(git remote get-url origin)", f"git filter-repo --force --invert-paths {paths}", 'git remote add origin "$url"']
    assert "".join(f"\n  {command}" for command in commands) + "\n" in told
    assert "filter-branch" not in told


# -- for programs


def test_sarif_is_as_code_scanning_takes_it(working, secret):
    path = ".sessions/é notes.md"
    working.write(path, f"é {secret}\n{token(1)} DB_PASSWORD={'hunter' + '2horse'}\n")
    done = scan(working, "--sarif")
    assert done.returncode == 1
    log = json.loads(done.stdout)
    assert (log["version"], log["$schema"].endswith("sarif-2.1.0.json"), len(log["runs"])) == ("2.1.0", True, 1)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert driver["name"] == "gitsession"
    assert ids == ["secret/github-token", "secret/password"]
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert run["columnKind"] == "unicodeCodePoints"
    regions = []
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == ".sessions/%C3%A9%20notes.md"
        regions.append((physical["region"]["startLine"], physical["region"]["startColumn"]))
    assert sorted(regions) == [(1, 3), (2, 1), (2, 54)]
    prints = [json.dumps(r["partialFingerprints"]) for r in run["results"]]
    assert len(set(prints)) == 3
    working.write(path, f"\nmoved\né {token(3)}\n{token(4)} DB_PASSWORD={'other' + '3horse'}\n")
    again = json.loads(scan(working, "--sarif").stdout)["runs"][0]["results"]
    assert [json.dumps(r["partialFingerprints"]) for r in again] == prints  # nothing of lines or values is in them
    working.write(path, "clean\n")
    assert json.loads(scan(working, "--sarif").stdout)["runs"][0]["results"] == []


@pytest.mark.parametrize(
    "args",
    [("--staged", "--history"), ("--all", "x.md"), ("--json", "--sarif"), ("--reason", "r"), ("--allowed", "--sarif"),
     ("--path", "*", "x.md"), ("--allow",), ("--nothing",)],
)  # fmt: skip
def test_wrong_use_is_told(project, args):
    done = project.gs("scan", *args, check=False)
    assert done.returncode == 2
    assert 1 <= len(done.stderr.splitlines()) <= 3


@pytest.mark.parametrize("args", [(), ("--staged",), ("--history",), ("--allowed",), ("--allow", "a:1", "--reason", "r")])
def test_outside_a_repository_it_says_so(project, tmp_path, args):
    done = project.gs("scan", *args, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "needs a git repository" in done.stderr

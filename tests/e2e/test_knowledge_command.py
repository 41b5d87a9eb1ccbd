"""Knowledge: added, found, named on the page where it fits, merged without conflict."""

import json

import pytest

FOLDER = ".sessions/knowledge"


def add(project, *args, stdin=""):
    return json.loads(project.gs("knowledge", "add", *args, "--json", stdin=stdin).stdout)


def named(project, page=".sessions/HANDOFF.md"):
    """The titles that a page names."""
    return [line.split("[")[1].split("]")[0] for line in project.read(page).split("\n") if line.startswith("- Knowledge: ")]


def test_what_is_added_is_staged_and_found(project) -> None:
    one = add(project, "Retry on 429", "--tag", "http,retry", "--tag", "http")
    two = add(project, "-", stdin="Take a lock\n\nCron overlaps.\n\n    flock -n\n")
    assert one["tags"] == ["http", "retry"]
    assert two["text"] == "Cron overlaps.\n\n    flock -n"
    assert project.status() == "".join(f"A  {p}\n" for p in sorted([one["path"], two["path"]]))
    assert project.read(one["path"]) == project.staged(one["path"])
    assert one["path"].startswith(f"{FOLDER}/retry-on-429-")
    rows = project.json("knowledge", "list")
    assert sorted(r["title"] for r in rows) == ["Retry on 429", "Take a lock"]
    assert [r["author"] for r in rows] == ["Ada Example"] * 2
    assert [r["title"] for r in project.json("knowledge", "list", "--tag", "HTTP")] == ["Retry on 429"]
    assert [r["title"] for r in project.json("knowledge", "search", "cron", "LOCK")] == ["Take a lock"]
    assert project.json("knowledge", "search", "cron", "429") == []
    assert project.gs("knowledge", "show", "take-a").stdout == project.read(two["path"])
    assert project.json("knowledge", "show", one["name"]) == one
    assert add(project, "Retry on 429")["path"] != one["path"]
    assert "fits 2" in project.gs("knowledge", "show", "retry", check=False).stderr


def test_a_lesson_grows_up(project) -> None:
    project.gs("learn", "cron overlaps: take a lock")
    project.gs("learn", "urllib raises on a 429")
    stem = project.checkpoints()[0].removesuffix(".md")
    lessons = project.json("knowledge", "list", "--lessons")
    assert [(r["number"], r["session"]) for r in lessons] == [(1, stem), (2, stem)]
    by_number, by_text = add(project, "--from", "1"), add(project, "Retry on 429", "--from", "URLLIB raises")
    assert (by_number["title"], by_number["text"]) == ("cron overlaps: take a lock", "")
    assert (by_text["title"], by_text["text"]) == ("Retry on 429", "urllib raises on a 429")
    assert (by_text["session"], by_text["lesson"]) == (stem, "urllib raises on a 429")
    for word, said in (("3", "there are 2"), ("a", "fits 2"), ("nothing like it", "no lesson says")):
        done = project.gs("knowledge", "add", "--from", word, check=False)
        assert done.returncode == 1
        assert said in done.stderr
    assert len(project.json("knowledge", "list")) == 2


def test_a_secret_is_refused_at_the_door_and_at_the_commit(project, secret) -> None:
    for args in (["Log in with", secret], ["Log in", "--tag", secret]):
        done = project.gs("knowledge", "add", *args, check=False)
        assert done.returncode == 1
        assert secret not in done.stderr
    assert project.gs("knowledge", "add", check=False).returncode == 2
    assert not (project.root / FOLDER).exists()
    refused = project.commit("By hand", check=False, **{f"{FOLDER}/login.md": f"# Log in\n\nWith {secret}\n"})
    assert refused.returncode == 1
    assert f"{FOLDER}/login.md:3" in refused.stderr


def test_the_page_names_what_fits_best_and_no_more_than_three(project) -> None:
    for n in range(3):
        add(project, f"Feeds {n}", "--tag", "feeds")
    add(project, "Feeds that answer 429", "--tag", "feeds")
    add(project, "Take a lock", "--tag", "cron")
    project.gs("start", "Fetch", "--goal", "All feeds are fetched, also those that answer 429.")
    project.commit("Fetch")
    assert named(project) == ["Feeds that answer 429", "Feeds 0", "Feeds 1"]
    assert project.gs("handoff", "--check", "--strict").returncode == 0
    project.gs("start", "Other work")
    project.commit("Run it", **{"jobs/cron.sh": "fetch\n"})  # a file of the session, with the word of a tag
    assert named(project) == ["Take a lock"]
    project.commit("Run it", "--amend")
    assert named(project) == ["Take a lock"]
    before = project.page
    for path in (project.root / ".git/gitsession").glob("*.cache"):
        path.unlink()
    project.git("commit", "-q", "--amend", "--allow-empty", "-m", "Run it")
    assert project.page == before  # whatever is cached


def test_the_page_follows_knowledge_alone(working) -> None:
    working.write(f"{FOLDER}/work.md", "# Work well\r\n")
    working.git("-c", "core.autocrlf=false", "add", ".sessions")
    working.git("commit", "-q", "-m", "Know", "--no-verify")
    assert working.json("handoff", "--check")[0]["status"] == "behind"
    add(working, "Begin work", "--tag", "work")
    working.git("commit", "-q", "-m", "Know more")
    assert named(working) == ["Begin work"]
    assert working.json("handoff", "--check")[0]["status"] == "current"
    working.git("rm", "-q", "-r", FOLDER)
    working.git("commit", "-q", "-m", "Forget")
    assert named(working) == []
    assert working.json("handoff", "--check")[0]["status"] == "current"


def test_what_cannot_be_read_is_told_and_stops_nothing(working) -> None:
    path = f"{FOLDER}/work.md"
    working.commit("Know", **{path: "---\ntags: {a: b}\n---\n# Work\n", f"{FOLDER}/My work.md": "# Work\n"})
    add(working, "Begin work", "--tag", "work")
    working.git("commit", "-q", "-m", "Know more")
    assert named(working) == ["Begin work"]
    listed = working.gs("knowledge", "list")
    assert "Begin work" in listed.stdout
    assert f"{path}:2" in listed.stderr
    found = {(r["code"], r["path"], r["line"]) for r in working.json("check", check=False)}
    assert {("unreadable", path, 2), ("file-name", f"{FOLDER}/My work.md", None)} <= found


def test_two_branches_that_add_the_same_merge_without_conflict(project) -> None:
    pages = []
    for name in ("one", "two"):
        project.git("switch", "-q", "-c", name, "main")
        project.gs("start", f"Retry {name}")
        add(project, "Retry on 429", "--tag", "retry")
        project.commit(f"Work on {name}", **{f"{name}.txt": "x\n"})
        stem = project.checkpoints()[-1]
        assert named(project, f".sessions/handoffs/{stem}") == ["Retry on 429"]
        pages.append(project.read(f".sessions/handoffs/{stem}"))
    assert all("](../knowledge/retry-on-429-" in page for page in pages)
    assert project.git("merge-tree", "--write-tree", "one", "two").returncode == 0
    project.git("merge", "-q", "--no-edit", "one")
    assert len(project.json("knowledge", "list")) == 2


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_links_are_not_followed(project, kind) -> None:
    project.write("outside/secret.md", "# Outside\n")
    place = project.root / FOLDER
    if kind == "folder":
        place.symlink_to("../outside")
    else:
        place.mkdir()
        (place / "secret.md").symlink_to("../../outside/secret.md")
    assert project.json("knowledge", "list") == []
    if kind == "folder":
        assert "symbolic link" in project.gs("knowledge", "add", "Retry", check=False).stderr

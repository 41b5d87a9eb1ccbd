"""Two people, two clones of one repository: both work, pull and push, each in a session of their own."""

import pytest

ADA = {}
BO = {"GIT_AUTHOR_NAME": "Bo Example", "GIT_AUTHOR_EMAIL": "bo@example.com"}


@pytest.fixture
def people(tmp_path, project, clone, monkeypatch):
    """Ada's and Bo's clones of a bare repository."""
    project.gs("todo", "Older step")
    project.commit("Base")
    hub = tmp_path / "hub.git"
    project.git("clone", "-q", "--bare", str(project.root), str(hub), cwd=tmp_path)
    found = []
    for name in ("ada", "bo"):
        person = type(project)(tmp_path / name)
        project.git("clone", "-q", str(hub), str(person.root), cwd=tmp_path)
        person.gs("init")
        person.env = BO if name == "bo" else ADA
        found.append(person)
    return found


def work(person, number):
    """A round of work: a fact, code, a commit."""
    person.gs("note", f"{person.root.name} notes {number}", **person.env)
    person.write(f"{person.root.name}-{number}.txt", "x\n")
    person.git("add", f"{person.root.name}-{number}.txt")
    person.git("commit", "-q", "-m", f"{person.root.name} {number}", **person.env)


@pytest.mark.parametrize(("branch", "drivers"), [("main", True), ("main", False), ("feature", False)])
@pytest.mark.parametrize("pull", ["--no-rebase", "--rebase"], ids=["merge", "rebase"])
def test_both_work_on_one_branch_pull_and_push(people, sound, attributed, trailers, branch, pull, drivers):
    """The derived page is written by both in each round: with drivers nothing conflicts, without, `resolve` settles it in one go."""
    ada, bo = people
    if not drivers:
        bo.git("config", "--remove-section", "merge.gitsession")
        bo.git("config", "--remove-section", "merge.gitsession-derived")
    if branch != "main":
        ada.git("switch", "-q", "-c", branch)
        work(ada, 0)
        ada.git("push", "-q", "-u", "origin", branch)
        bo.git("fetch", "-q")
        bo.git("switch", "-q", branch)
    for number in (1, 2):
        for person in people:
            work(person, number)
        ada.git("pull", "-q", "--no-edit", pull)
        ada.git("push", "-q")
        done = bo.git("pull", "-q", "--no-edit", pull, check=False)
        if done.returncode:
            assert not drivers, done.stdout + done.stderr
            unmerged = {line.split("\t")[1] for line in bo.git("ls-files", "-u").stdout.splitlines()}
            assert unmerged == {".sessions/HANDOFF.md"}
            assert "derived anew" in bo.gs("resolve").stdout
            bo.git(
                *(["rebase", "--continue"] if pull == "--rebase" else ["commit", "--no-edit"]), GIT_EDITOR="true", **BO
            )
        elif branch == "main":
            assert f"bo notes {number}" in bo.page  # of the two pages, that of the session in progress here
        bo.git("push", "-q")
    stems = {person.root.name: person.json("status")["session"] for person in people}
    assert stems["ada"] != stems["bo"]
    assert None not in stems.values()
    for subject, sessions in attributed(bo, f"origin/{branch}").items():
        if subject.split(" ")[0] in stems:
            assert sessions == [stems[subject.split(" ")[0]]]
    sound(bo, None, "ada notes 1", "bo notes 1", "ada notes 2", "bo notes 2")
    assert trailers(bo) == [stems["bo"]]
    page = bo.page if branch == "main" else bo.read(f".sessions/handoffs/{stems['bo']}.md")
    assert "ada notes 2" in page
    assert "bo notes 2" in page


def test_a_colleagues_end_of_a_session_is_not_ours(people, sound, trailers):
    """Ada completes hers and pushes; Bo, who pulls, goes on in his own and sees hers ended."""
    ada, bo = people
    work(bo, 1)
    mine = bo.json("status")["session"]
    work(ada, 1)
    ada.gs("complete", "--outcome", "met", "--commit")
    ada.git("push", "-q")
    done = bo.git("pull", "-q", "--no-rebase", "--no-edit")
    assert bo.json("status")["session"] == mine
    assert [r["over"] for r in bo.json("list")].count("completed") == 1
    sound(bo, done, "ada notes 1", "bo notes 1")
    assert trailers(bo) == [mine]


def test_a_colleague_without_gitsession_leaves_pages_behind_and_the_next_commit_mends_them(people, sound):
    ada, bo = people
    for hook in (bo.root / ".git" / "hooks").glob("*"):
        hook.unlink()
    work(ada, 1)
    ada.git("push", "-q")
    bo.git("pull", "-q", "--ff-only")
    path = ".sessions/" + next(n for n in bo.checkpoints() if "work-on-main" in n)
    bo.write(path, bo.read(path) + "\n## Lessons\n- By hand, no tool\n")
    bo.git("commit", "-qam", "By hand", **BO)
    bo.git("push", "-q")
    done = ada.git("pull", "-q", "--ff-only")
    assert "behind" in done.stderr
    sound(ada, done, "ada notes 1", "By hand, no tool")
    assert "By hand, no tool" in ada.page

"""The matrix: each operation is hit at each place where it writes or starts git. No byte is lost, and nothing stops without need."""

import re

import pytest
from scenes import OPERATIONS, REFUSED, checkpoints, on_disk, plain, staged

from gitsession.workflow.reading import check_pages, read_status

#: What the search for secrets rests on: without an answer nobody may commit. (All that a push asks for, it asks for that.)
NEEDED = ("git rev-parse", "git cat-file", "git diff-index", "git ls-files")
#: Where nothing of the repository changes: a process killed there leaves what one killed at the place before leaves.
IDLE = r"mkdir|open|remove .*\.tmp|write .*lock|chmod|git (rev-|version|ls-|diff-|config$|cat-file|var|log|symbolic-ref|for-each|status|remote)"
#: Where an operation does what others do not.
OWN = r".*\.sessions|rename .*hooks|.*gitsession-after|git (update-index|checkout-index|config, written)|rename .*/\d{4}|exit"


def picture(project):
    """What people see of a project, but for what is another each time."""
    log = project.git("log", "-3", "--format=%B", check=False).stdout
    return on_disk(project), staged(project), plain(project.status()), plain(log)


def assert_whole(before, after, now):
    """Each checkpoint has all that it had, but for what the operation changes in it, and nothing that nobody wrote."""
    before, after, now = checkpoints(before), checkpoints(after), checkpoints(now)
    assert before.keys() <= now.keys()
    for path, lines in now.items():
        old, new = before.get(path, []), after.get(path, before.get(path, lines))
        assert [line for line in lines if line in old and line in new] == [line for line in old if line in new], path
        assert set(lines) <= {*old, *new}, path


def assert_sane(project):
    """People can go on: all can be read, one commit takes all in, its page is true, and no fact stands there twice."""
    project.write("next.txt", "next\n")
    project.git("add", "-A")
    done = project.git("commit", "-q", "-m", "Next", check=False)
    assert done.returncode == 0, done.stderr
    assert project.status() == ""
    with project.open() as repo:
        status = read_status(repo)
        assert (status.problems, status.handoff) == ((), "current")
        assert "wrong" not in {page.status for page in check_pages(repo)}
    committed = staged(project)
    assert [path for path in committed if path.endswith(".tmp")] == []
    for lines in checkpoints(committed).values():
        facts = [line for line in lines if line.startswith("- ")]
        assert len(facts) == len(set(facts))


def assert_healed(scene, place, project, done, after):
    """The operation, done again where it failed, gives what it would have given; or else the next commit puts all right."""
    operation = scene.operation
    if done.returncode:
        again = scene.again(project)
        assert any(again.returncode == code and words in again.stderr for code, words in operation.again), (place, again)
    same = picture(project) == after
    assert same or not done.returncode or not operation.repeats or place == operation.shown, place
    if not same:
        assert_sane(project)


def blows(scene, action, but):
    """Hit at each place, `but` left out; of many of a kind, at the first. All bytes are there afterwards.

    Gives the place, the project, what the operation said, and the picture of a project that nothing went wrong with.
    """
    project = scene.fresh()
    before = picture(project)
    done = scene.act(project)
    assert done.returncode == 0, done.stderr
    kinds = {}
    for number, place in enumerate(scene.places(project), 1):
        kind = re.sub(r"\.\d+\.tmp", ".tmp", re.sub(r"\d{4}-[a-z0-9-]+", "NNNN", place))
        kind = re.sub(r"hooks/[a-z-]+|(commits|fold|checkpoints)\.cache|README.md|\.gitattributes", "*", kind)
        if not re.match(but, place) and re.match(OWN if scene.operation.narrow else "", place):
            again = sum(name == kind for name, _ in kinds) if scene.operation.narrow else 0
            if again < 3:
                kinds.setdefault((kind, again), (number, place))
    after = picture(project)
    for number, place in kinds.values():
        project = scene.fresh()
        done = scene.act(project, action, number)
        assert scene.places(project)[number - 1 : number], place
        assert_whole(before[0], after[0], on_disk(project))
        assert_whole(before[1], after[1], staged(project))
        yield place, project, done, after


@pytest.mark.parametrize("name", OPERATIONS)
def test_killed(scene, name):
    scene = scene(name)
    for place, project, done, after in blows(scene, "kill", IDLE):
        if scene.operation.run[0] == "git":
            assert (done.returncode == 0) != scene.operation.stops, (place, done)
        assert_healed(scene, place, project, done, after)


@pytest.mark.parametrize("name", OPERATIONS)
def test_full_disk_and_no_right_to_write(scene, name):
    stand(scene(name), "error", "exit|mkdir|chmod|fsync|remove .*tmp")


@pytest.mark.parametrize("name", ["next fact", "commit", "message", "after a path", "after a merge", "push"])
@pytest.mark.parametrize("action", ["endless", "garbage"])
def test_git_goes_wrong(scene, name, action):
    stand(scene(name), action, "(?!git )")


def stand(scene, action, but):
    """What fails says so in a line or two; what the search for secrets does not need stops no commit and no push."""
    for place, project, done, after in blows(scene, action, but):
        assert not [line for line in scene.places(project) if line.startswith("no time limit")]
        if scene.operation.run[0] == "git":
            needed = scene.operation.target == "pre-push" or (scene.operation.stops and place in NEEDED)
            assert done.returncode == 0 or needed, (place, done)
        if done.returncode:
            assert len([line for line in done.stderr.splitlines() if line.startswith("gitsession: ")]) == 1, (place, done)
        assert_healed(scene, place, project, done, after)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("action", ["kill", "error", "endless", "garbage"])
def test_a_secret_gets_through_no_fault(scene, name, action):
    scene = scene(name)
    project = scene.fresh()
    assert scene.act(project).returncode == 1
    for number, place in enumerate(scene.places(project), 1):
        if (action, place) == ("garbage", "git rev-list"):
            continue  # what ends well and names no commit says that none is published
        if action in ("kill", "error") or place.startswith("git "):
            done = scene.act(scene.fresh(), action, number)
            assert done.returncode != 0, (place, done)

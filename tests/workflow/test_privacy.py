"""`start --private`: known for the session, whatever becomes of its branch."""

from gitsession.workflow.privacy import is_private


def test_a_private_session_stays_private_and_the_next_one_is_not(project) -> None:
    project.git("switch", "-q", "-c", "topic")
    project.gs("start", "Quiet work", "--private")
    quiet = project.json("status")["session"]
    assert is_private(project.open(), quiet)
    project.gs("complete", "--commit")
    project.git("switch", "-q", "main")
    project.git("branch", "-q", "-D", "topic")
    project.gs("start", "Open work")
    loud = project.json("status")["session"]
    assert (is_private(project.open(), quiet), is_private(project.open(), loud)) == (True, False)
    project.gs("start", "--private")
    assert is_private(project.open(), loud)
    assert project.status().strip().startswith("A")  # nothing of it is in a file


def test_without_a_session_nothing_is_private(project) -> None:
    done = project.gs("start", "--private", check=False)
    assert done.returncode == 1
    assert "no session is in progress" in done.stderr
    assert not is_private(project.open(), "")
